/* Parts of git.c and its neighbours; for the files of this room alone. */
#ifndef NETFAN_STORE_GIT_PARTS_H
#define NETFAN_STORE_GIT_PARTS_H

#include "base/buf.h"
#include "store/git.h"
#include "system/program.h"

#define GIT_ID 72 /* of an object, in hex, with room: SHA-256 has 64 digits */
#define GIT_REF 512
#define GIT_ENV 24
#define GIT_ARGS 24

struct git {
	const struct folder *folder; /* borrowed */
	char *env[GIT_ENV + 1]; /* NULL at the end */
};

/* One call of the program. */
struct git_call {
	const char *args[GIT_ARGS]; /* behind "git", NULL at the end */
	const char *const *env; /* NULL: that of the repository */
	const char *index; /* a private one, in .netfan; NULL: the user's */
	const struct buf *input; /* may be NULL */
	git_take *take; /* of its output; or */
	void *arg;
	struct buf *output; /* all of it */
	bool nice;
	int64_t limit_ms; /* 0: as long as it takes */
};

/*
 * Call git: its exit status, or -1. *err is set unless that is 0: NF_SYSTEM with
 * git's words. Several run side by side: 0 when all ended with 0, else -1.
 */
int git_run(const struct git *git, const struct git_call *call,
	    struct nf_error *err);
int git_run_all(const struct git *git, const struct git_call *calls, size_t n,
		struct nf_error *err);

/* Call git for one line, without its end: as git_run(), NF_SYSTEM. size is at
 * least 2. */
int git_ask(const struct git *git, const struct git_call *call, char *out,
	    size_t size, struct nf_error *err);

/* Add a variable to an environment that has room for it: 0, or -1 without
 * memory. */
int git_env_add(char *env[GIT_ENV + 1], const char *name, const char *value);

/* Set who makes commits: "NAME <MAIL>", NULL for netfan. NF_INVALID. */
int git_set_author(struct git *git, const char *author, struct nf_error *err);

/* The branch that HEAD is: "refs/heads/main"; NF_INVALID when it is none, as of
 * git_tell_detached(). */
int git_branch(const struct git *git, char ref[GIT_REF], struct nf_error *err);

/* Tell why HEAD is on no branch, and what to do: -1 with NF_INVALID. */
int git_tell_detached(const struct git *git, struct nf_error *err);

/* Is the repository at rest, on a branch, and the user in the middle of nothing?
 * NF_INVALID tells what is under way, and what to do; NF_SYSTEM. */
int git_check_rest(const struct git *git, struct nf_error *err);

/* The commit of a branch, and its tree; "" when there is none yet. NF_SYSTEM. */
int git_tip(const struct git *git, const char *ref, char commit[GIT_ID],
	    char tree[GIT_ID], struct nf_error *err);

/* Say that work in the repository begins and ends, between which a death may
 * leave locks. NF_SYSTEM. */
int git_begin(const struct git *git, struct nf_error *err);
void git_done(const struct git *git);

/* Remove what dead runs left: how much. Only for who has the lock. */
size_t git_mend(const struct git *git);

/* ---- indexes: those of our own are .netfan/index.NAME */

#define GIT_INDEX "index."

/* A file whose content has been hashed, as it was before that. */
struct git_file {
	const char *path;
	struct stat st;
	char id[GIT_ID]; /* "": it is gone */
};

struct git_index {
	char name[48]; /* in .netfan */
	struct stat of; /* the user's at that moment; st_ino 0: none */
};

/* Make a private index, as a copy of the user's with its time; without copy, or
 * if there is none, there is a name, and no file. NF_SYSTEM. */
int git_index_begin(const struct git *git, struct git_index *index, bool copy,
		    struct nf_error *err);
void git_index_drop(const struct git *git, const struct git_index *index);

/*
 * Fill in the stat of files (sorted by path) in an index of version 2 or 3, so
 * that git need not read them again: --index-info cannot. An index that is not
 * understood stays as it is. NF_SYSTEM.
 */
int git_index_fill(const struct git *git, const struct git_index *index,
		   const struct git_file *files, size_t n,
		   struct nf_error *err);

/*
 * Make a private index the user's, by git's own rules: index.lock is made, then
 * renamed. False, and nothing is done, when the user's has changed since this one
 * was begun. When somebody else has the lock, the user's is behind from then on,
 * until one is put into its place.
 */
bool git_index_place(const struct git *git, const struct git_index *index);
bool git_index_is_behind(const struct git *git);

/* Bring a user's index that is behind to where HEAD is: false when there was no
 * need, or it cannot be done now. */
bool git_index_catch_up(const struct git *git);

#endif
