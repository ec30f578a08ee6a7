/*
 * The record of a store in git, driven by the program. DIR is the work tree of
 * an ordinary repository; commits are made by plumbing, on an index of our own,
 * so that of all steps but one a death leaves no lock:
 *
 *   1 hash-object -w --no-filters --stdin-paths, several at a time if there are
 *     many; update-index on a private index, which begins as the user's if that
 *     has what HEAD has, else as HEAD's tree
 *   2 write-tree; no commit if that is HEAD's tree
 *   3 commit-tree
 *   4 one syncfs of the folder
 *   5 update-ref REF NEW OLD, synced; once more if the branch has moved
 *   6 the private index becomes the user's, so that git status is clean; what he
 *     has staged stays staged
 *
 * While that runs, DIR/.netfan/git is there: behind a run that died over it, the
 * next one removes the lock files that stand still.
 *
 * While the user is in the middle of something (a rebase, a merge, files in
 * conflict), or HEAD is on no branch, nothing is recorded, and his index is left
 * alone.
 *
 * git runs without the user's and the system's configuration, hooks, filters,
 * prompts and gc (but for push, which needs the user's configuration).
 */
#ifndef NETFAN_STORE_GIT_H
#define NETFAN_STORE_GIT_H

#include "store/folder.h"

struct git;

/*
 * Open the repository of a folder; made if there is none, with .netfan in its
 * info/exclude. author is "NAME <MAIL>", NULL for netfan's own. *mended is how
 * many leftovers of dead runs were removed (private indexes and the like).
 * NF_SYSTEM when there is no git (sys_errno ENOENT) or it cannot make a
 * repository; NF_INVALID for an author that git would not take.
 */
int git_open(struct git **out, const struct folder *folder, const char *author,
	     size_t *mended, struct nf_error *err);

/* Open it to read from, while others may be at work in it: nothing is made or
 * mended. NF_INVALID when there is no repository; NF_SYSTEM as above. */
int git_open_to_read(struct git **out, const struct folder *folder,
		     struct nf_error *err);
void git_free(struct git *git);

/* Make the user's index anew if it is missing or damaged: was that done? What he
 * had staged in it is lost already. */
bool git_restore_index(struct git *git);

/* Is the user's index behind HEAD since an earlier run, as somebody has its
 * lock, or died over it? */
bool git_index_is_held(const struct git *git);

/* The commit that HEAD is at, in hex, "" for none yet: 0, or -1 with NF_SYSTEM
 * when the repository is damaged. */
int git_head(struct git *git, char head[72], struct nf_error *err);

/* A path below DIR that is to be recorded; gone: as removed. */
struct git_path {
	const char *path;
	bool gone;
};

/*
 * Record paths in one commit. Returns 1 and the commit in head, 0 when HEAD has
 * all this already (head is HEAD's); -1 with NF_INVALID while the user is in the
 * middle of something there (the message tells what to do), NF_SYSTEM and git's
 * words when it cannot be done: then HEAD is as it was. subject has one line, body any number
 * ("" for none).
 */
int git_record(struct git *git, const struct git_path *paths, size_t n,
	       const char *subject, const char *body, char head[72],
	       struct nf_error *err);

/* Is a text a remote to push to, and no option, no command ("ext::"), and
 * without control characters? NF_INVALID says why not, and what to give. */
int git_check_remote(const char *remote, struct nf_error *err);

/* Push the branch of HEAD to a remote, never forced: 60 s, no prompts, the
 * user's configuration, and of the environment what git and ssh need. NF_INVALID
 * as git_check_remote(), and where HEAD is on no branch; NF_TIMEOUT; NF_SYSTEM with git's words. */
int git_push(struct git *git, const char *remote, struct nf_error *err);

/* Pack loose objects when there are many: repack -dl beyond 6700, a whole gc
 * when the last one is a week ago; niced, in the foreground. NF_SYSTEM. */
int git_tidy(struct git *git, struct nf_error *err);

/* Takes a piece: 0, or -1 to give up. */
typedef int git_take(void *arg, const uint8_t *bytes, size_t len);

/* The content of a path in a commit: 1; 0 when it is not there; -1 with
 * NF_SYSTEM, or NF_CANCELLED as take gave up. */
int git_show(struct git *git, const char *rev, const char *path, git_take *take,
	     void *arg, struct nf_error *err);

/*
 * A revision of the user's as a commit: one that git knows ("HEAD~2", a hash),
 * or a time (seconds since 1970 in before, then rev is NULL): the last commit
 * not after it. 1, the commit, and its time (seconds since 1970) in *when_s; 0
 * when there is none; -1 with NF_SYSTEM. What begins with "-" is none.
 */
int git_find(struct git *git, const char *rev, int64_t before, char commit[72],
	     int64_t *when_s, struct nf_error *err);

/* A commit that touched a path. */
struct git_commit {
	char commit[72];
	int64_t when_s; /* seconds since 1970 */
	const char *subject;
	const char *path; /* that it touched: a row for each */
	char status; /* git's letter: A, M, D */
};

/* List commits that touched a path, or paths below it (as it is written: no
 * pattern; NULL: any), newest first: 0, also when there is no commit yet; -1
 * with NF_SYSTEM, or NF_CANCELLED as row gave up. */
int git_log(struct git *git, const char *path,
	    int (*row)(void *arg, const struct git_commit *commit), void *arg,
	    struct nf_error *err);

#endif
