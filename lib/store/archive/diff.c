/* Two versions of a device's outputs, compared. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "store/archive/archive_parts.h"
#include "store/text_diff.h"

static int no_memory(struct nf_error *err)
{
	return error_set(err, NF_SYSTEM, "no memory for a diff");
}

/* ---- outputs that a device has or had */

/* A commit touched an output. */
struct touch {
	char commit[72];
	int64_t when_us;
	size_t output;
};

struct outputs {
	const struct nf_archive *archive;
	struct strings strings;
	const char **commands;
	size_t n, cap;
	struct touch *touches; /* newest first, those of a commit together */
	size_t ntouches, touches_cap;
};

/* Add an output, unless it is there: -1 without memory. */
static int add_output(struct outputs *outputs, const char *command,
		      size_t *index)
{
	for (*index = 0; *index < outputs->n; ++*index) {
		if (strcmp(outputs->commands[*index], command) == 0)
			return 0;
	}
	if (outputs->n == outputs->cap) {
		size_t cap = 2 * outputs->cap + 8;
		const char **grown =
			reallocarray(outputs->commands, cap, sizeof(*grown));

		if (grown == NULL)
			return -1;
		outputs->commands = grown;
		outputs->cap = cap;
	}
	command = strings_add(&outputs->strings, command, strlen(command));
	if (command == NULL)
		return -1;
	outputs->commands[outputs->n++] = command;
	return 0;
}

static int add_commit(void *arg, const struct git_commit *commit)
{
	struct outputs *outputs = arg;
	struct archive_owner owner;
	struct touch *touch;

	if (!place_owner(&owner, outputs->archive, commit->path))
		return 0;
	if (outputs->ntouches == outputs->touches_cap) {
		size_t cap = 2 * outputs->touches_cap + 8;
		struct touch *grown =
			reallocarray(outputs->touches, cap, sizeof(*grown));

		if (grown == NULL)
			return -1;
		outputs->touches = grown;
		outputs->touches_cap = cap;
	}
	touch = &outputs->touches[outputs->ntouches++];
	memcpy(touch->commit, commit->commit, sizeof(touch->commit));
	touch->when_us = commit->when_s * SECOND_US;
	return add_output(outputs, owner.command, &touch->output);
}

/* List what the state has, in its order, then what only git knows of. */
static int list_outputs(struct outputs *outputs, const struct nf_archive *of,
			const char *device, struct nf_error *err)
{
	struct archive_place place;
	size_t index;
	int rc;

	*outputs = (struct outputs){.archive = of};
	place_find(&place, of, device, NULL);
	for (size_t i = 0; place.known != NULL && i < place.known->nfiles;
	     i++) {
		if (add_output(outputs, place.known->files[i].command,
			       &index) == -1)
			return no_memory(err);
	}
	rc = git_log(of->git, place.path, add_commit, outputs, err);
	if (rc == -1 && err->code == NF_CANCELLED)
		return no_memory(err);
	if (rc == 0 && outputs->n == 0)
		return place_refuse(of, &place, err);
	return rc;
}

static void release_outputs(struct outputs *outputs)
{
	free(outputs->commands);
	free(outputs->touches);
	strings_release(&outputs->strings);
}

/* ---- one output */

struct comparison {
	struct nf_archive *archive;
	const char *device;
	const struct content_rules *rules;
	enum content_use use;
	const struct nf_archive_diff *take;
	bool absent; /* nothing at all is in the version before */
	struct archive_source source[2]; /* from, to */
	bool told; /* a difference */
};

/* A text in memory, as diff(1) is to see it. */
struct text {
	int fd;
	int64_t when_us; /* 0: it is not there */
};

static int write_piece(void *arg, const uint8_t *bytes, size_t len,
		       int64_t *waited_ms)
{
	const struct text *text = arg;

	(void)waited_ms;
	return file_write_all(text->fd, bytes, len);
}

/* Read one of the versions of an output into memory. */
static int read_text(const struct comparison *comparison, int side,
		     const struct archive_place *place, struct text *text,
		     struct nf_error *err)
{
	struct archive_reading reading = {.rules = comparison->rules,
					  .use = comparison->use,
					  .emit = write_piece,
					  .arg = text};

	text->when_us = 0;
	text->fd = memfd_create("netfan", MFD_CLOEXEC);
	if (text->fd == -1)
		return error_sys(err, NF_SYSTEM, "no memory for an output");
	if (side == 0 && comparison->absent)
		return 0;
	if (archive_read(comparison->archive, &comparison->source[side], place,
			 &reading, err) == -1)
		return -1;
	text->when_us = reading.when_us;
	return 0;
}

/* Lines of a diff, the first of which tells whose they are. */
struct telling {
	const struct comparison *comparison;
	const char *command;
	struct nf_archive_version version[2];
	bool begun;
};

static int tell_line(void *arg, const char *line, size_t len)
{
	struct telling *telling = arg;
	const struct nf_archive_diff *take = telling->comparison->take;

	if (!telling->begun &&
	    take->output(take->arg, telling->command, &telling->version[0],
			 &telling->version[1]) == -1)
		return -1;
	telling->begun = true;
	return take->line(take->arg, line, len);
}

static int compare_texts(struct comparison *comparison, const char *command,
			 const struct text texts[2], struct nf_error *err)
{
	struct telling telling = {.comparison = comparison, .command = command};
	int rc;

	for (int side = 0; side < 2; side++)
		telling.version[side] = (struct nf_archive_version){
			.commit = comparison->source[side].commit,
			.when_us = texts[side].when_us};
	if (texts[0].when_us == 0 && texts[1].when_us == 0)
		return 0;
	rc = text_diff(&comparison->archive->folder, texts[0].fd, texts[1].fd,
		       tell_line, &telling, err);
	comparison->told |= telling.begun;
	return rc;
}

static int compare_output(struct comparison *comparison, const char *command,
			  struct nf_error *err)
{
	struct text texts[2] = {{.fd = -1}, {.fd = -1}};
	struct archive_place place;
	int rc = 0;

	place_find(&place, comparison->archive, comparison->device, command);
	for (int side = 0; rc == 0 && side < 2; side++)
		rc = read_text(comparison, side, &place, &texts[side], err);
	if (rc == 0)
		rc = compare_texts(comparison, command, texts, err);
	for (int side = 0; side < 2; side++) {
		if (texts[side].fd != -1)
			(void)close(texts[side].fd);
	}
	return rc;
}

/* ---- what changed last */

static int find_parent(struct comparison *comparison, const struct touch *touch,
		       struct nf_error *err)
{
	struct archive_source *before = &comparison->source[0];
	struct archive_source *after = &comparison->source[1];
	char parent[sizeof(touch->commit) + 1];
	int64_t when_s = 0;
	int rc;

	before->commit = before->found;
	after->commit = touch->commit;
	after->when_us = touch->when_us;
	(void)snprintf(parent, sizeof(parent), "%s^", touch->commit);
	rc = git_find(comparison->archive->git, parent, 0, before->found,
		      &when_s, err);
	before->when_us = when_s * SECOND_US;
	comparison->absent = rc == 0; /* it is the first of all */
	return rc == -1 ? -1 : 0;
}

static bool is_touched(const struct touch *touches, size_t n, size_t output)
{
	for (size_t i = 0; i < n; i++) {
		if (touches[i].output == output)
			return true;
	}
	return false;
}

/* Compare what a commit touched with the commit before it. */
static int compare_commit(struct comparison *comparison,
			  const struct outputs *outputs,
			  const struct touch *touches, size_t n,
			  struct nf_error *err)
{
	int rc = find_parent(comparison, &touches[0], err);

	for (size_t i = 0; rc == 0 && i < outputs->n; i++) {
		if (is_touched(touches, n, i))
			rc = compare_output(comparison, outputs->commands[i],
					    err);
	}
	return rc;
}

/* Commits that touched nothing of what is shown, as marks came in the place of
 * secrets, are passed over. */
static int compare_last(struct comparison *comparison,
			const struct outputs *outputs, struct nf_error *err)
{
	const struct touch *at = outputs->touches;
	const struct touch *end = at + outputs->ntouches;
	size_t n;

	for (; at < end && !comparison->told; at += n) {
		n = 1;
		while (at + n < end && strcmp(at[n].commit, at->commit) == 0)
			n++;
		if (compare_commit(comparison, outputs, at, n, err) == -1)
			return -1;
	}
	return 0;
}

/* ---- two versions */

static int compare_versions(struct comparison *comparison,
			    const struct nf_version *from,
			    const struct nf_version *to,
			    const struct outputs *outputs, struct nf_error *err)
{
	struct nf_archive *archive = comparison->archive;
	int rc = 0;

	if (version_find(&comparison->source[0], archive, from, err) == -1 ||
	    version_find(&comparison->source[1], archive, to, err) == -1)
		return -1;
	for (size_t i = 0; rc == 0 && i < outputs->n; i++)
		rc = compare_output(comparison, outputs->commands[i], err);
	return rc;
}

static int compare(struct comparison *comparison, const struct nf_version *from,
		   const struct nf_version *to, const struct outputs *outputs,
		   struct nf_error *err)
{
	struct content_rules *rules = NULL;
	struct archive_place place;
	int rc;

	place_find(&place, comparison->archive, comparison->device, NULL);
	if (archive_rules(&rules, comparison->archive, &place, err) == -1)
		return -1;
	comparison->rules = rules;
	rc = from == NULL
		     ? compare_last(comparison, outputs, err)
		     : compare_versions(comparison, from, to, outputs, err);
	rules_free(rules);
	return rc;
}

static enum content_use use_of(unsigned flags)
{
	static const enum content_use uses[] = {
		[0] = CONTENT_SHOWN,
		[NF_SHOW_SECRETS] = CONTENT_COMPARED,
		[NF_SHOW_VOLATILE] = CONTENT_MASKED,
		[NF_SHOW_SECRETS | NF_SHOW_VOLATILE] = CONTENT_AS_IT_CAME,
	};

	return uses[flags & (NF_SHOW_SECRETS | NF_SHOW_VOLATILE)];
}

int nf_archive_diff(struct nf_archive *archive, const char *device,
		    const struct nf_version *from, const struct nf_version *to,
		    unsigned flags, const struct nf_archive_diff *take,
		    struct nf_error *err)
{
	struct comparison comparison = {.archive = archive,
					.device = device,
					.use = use_of(flags),
					.take = take};
	struct outputs outputs;
	int rc;

	if (archive->git == NULL)
		return archive_needs_git(archive, err);
	rc = list_outputs(&outputs, archive, device, err);
	if (rc == 0)
		rc = compare(&comparison, from, to, &outputs, err);
	release_outputs(&outputs);
	return rc;
}
