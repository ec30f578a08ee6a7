/* What the user is in the middle of in his repository: until that has ended,
 * nothing is recorded, and his index is left alone. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "store/git/git_parts.h"

/* What stands in .git for as long as an operation lasts. */
static const struct operation {
	const char *mark;
	const char *command; /* that has --continue and --abort */
} operations[] = {
	{"rebase-merge", "rebase"},          {"rebase-apply/applying", "am"},
	{"rebase-apply", "rebase"},          {"MERGE_HEAD", "merge"},
	{"CHERRY_PICK_HEAD", "cherry-pick"}, {"REVERT_HEAD", "revert"},
};

#define NOPERATIONS (sizeof(operations) / sizeof(operations[0]))

static bool has_mark(const struct git *git, const char *mark)
{
	char path[64];

	(void)snprintf(path, sizeof(path), ".git/%s", mark);
	return faccessat(git->folder->fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Refuse while an operation is under way. */
static int check_operations(const struct git *git, struct nf_error *err)
{
	char shown[FOLDER_SHOWN];

	for (size_t i = 0; i < NOPERATIONS; i++) {
		if (!has_mark(git, operations[i].mark))
			continue;
		folder_shown(shown, git->folder, "");
		return error_set(err, NF_INVALID,
				 "a git %s is under way there: end it with "
				 "'git -C %s %s --continue' (or --abort)",
				 operations[i].command, shown,
				 operations[i].command);
	}
	return 0;
}

static int note_any(void *arg, const uint8_t *bytes, size_t len)
{
	(void)bytes;
	*(bool *)arg |= len > 0;
	return 0;
}

/* Refuse while files are in conflict, as behind a stash that did not fit: they
 * have marks of that in them. An index that cannot be read has none. */
static int check_conflicts(const struct git *git, struct nf_error *err)
{
	bool any = false;
	const struct git_call call = {.args = {"ls-files", "--unmerged"},
				      .take = note_any,
				      .arg = &any};
	char shown[FOLDER_SHOWN];

	if (git_run(git, &call, NULL) != 0 || !any)
		return 0;
	folder_shown(shown, git->folder, "");
	return error_set(err, NF_INVALID,
			 "files are in conflict there: 'git -C %s status' "
			 "tells which, 'git add' that they are right",
			 shown);
}

int git_tell_detached(const struct git *git, struct nf_error *err)
{
	const struct git_call call = {.args = {"rev-parse", "-q", "--verify",
					       "--symbolic-full-name",
					       "@{-1}"}};
	char ref[GIT_REF], shown[FOLDER_SHOWN];
	const char *branch = "BRANCH";

	if (check_operations(git, err) == -1)
		return -1;
	folder_shown(shown, git->folder, "");
	if (has_mark(git, "BISECT_LOG"))
		return error_set(err, NF_INVALID,
				 "a git bisect is under way there: end it with "
				 "'git -C %s bisect reset'",
				 shown);
	if (git_ask(git, &call, ref, sizeof(ref), NULL) == 0 &&
	    strncmp(ref, "refs/heads/", 11) == 0)
		branch = ref + 11;
	return error_set(err, NF_INVALID,
			 "HEAD is on no branch there: check one out with "
			 "'git -C %s checkout %s'",
			 shown, branch);
}

int git_check_rest(const struct git *git, struct nf_error *err)
{
	char ref[GIT_REF];

	return check_operations(git, err) == 0 && check_conflicts(git, err) == 0
		       ? git_branch(git, ref, err)
		       : -1;
}
