/* The history of an archive: which output changed when. */
#include "base/error.h"
#include "store/archive/archive_parts.h"

struct history {
	const struct nf_archive *archive;
	nf_take_entry *take;
	void *arg;
	size_t n; /* entries that were taken */
};

/* Take a commit's path, unless it is none of an output: the user's own. */
static int take_commit(void *arg, const struct git_commit *commit)
{
	struct history *history = arg;
	struct archive_owner owner;
	struct nf_archive_entry entry = {
		.commit = commit->commit,
		.when_us = commit->when_s * SECOND_US,
		.status = commit->status,
	};

	if (!place_owner(&owner, history->archive, commit->path))
		return 0;
	entry.device = owner.device;
	entry.command = owner.command;
	history->n++;
	return history->take(history->arg, &entry);
}

int nf_archive_history(struct nf_archive *archive, const char *device,
		       const char *command, nf_take_entry *take, void *arg,
		       struct nf_error *err)
{
	struct history history = {.archive = archive, .take = take, .arg = arg};
	struct archive_place place;

	if (archive->git == NULL)
		return archive_needs_git(archive, err);
	if (device == NULL)
		return git_log(archive->git, NULL, take_commit, &history, err);
	place_find(&place, archive, device, command);
	if (git_log(archive->git, place.path, take_commit, &history, err) == -1)
		return -1;
	return history.n > 0 ? 0 : place_refuse(archive, &place, err);
}
