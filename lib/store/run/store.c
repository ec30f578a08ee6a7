/* A store: opened and locked, and what is told of it. */
#include "netfan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "store/store_parts.h"

#define NAME_OF(id, name) name,
static const char *const output_fates[] = {NF_OUTPUT_FATES(NAME_OF)};
static const char *const device_fates[] = {NF_DEVICE_FATES(NAME_OF)};
#undef NAME_OF

/* By enum nf_store_kind. */
static const char *const kinds[] = {"git", "plain"};

const char *nf_output_fate_name(enum nf_output_fate fate)
{
	return output_fates[fate];
}

const char *nf_device_fate_name(enum nf_device_fate fate)
{
	return device_fates[fate];
}

void store_note(const struct nf_store *store, const char *fmt, ...)
{
	const struct nf_log *log = &store->options.log;
	char text[512];
	va_list args;

	if (log->line == NULL)
		return;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	log->line(log->arg, text);
}

int store_record(struct nf_store *store, const char *path, bool gone,
		 struct nf_error *err)
{
	size_t cap = store->paths_cap != 0 ? store->paths_cap * 2 : 64;
	struct git_path *paths;
	const char *copy = strings_add(&store->strings, path, strlen(path));

	if (store->npaths == store->paths_cap && copy != NULL) {
		paths = reallocarray(store->paths, cap, sizeof(*paths));
		if (paths == NULL)
			return error_sys(err, NF_SYSTEM, "no memory");
		store->paths = paths;
		store->paths_cap = cap;
	}
	if (copy == NULL)
		return error_sys(err, NF_SYSTEM, "no memory");
	store->paths[store->npaths++] =
		(struct git_path){.path = copy, .gone = gone};
	return 0;
}

enum content_use store_use(const struct nf_store *store)
{
	return store->masks ? CONTENT_MASKED : CONTENT_AS_IT_CAME;
}

/* ---- opening */

static int check_options(const struct nf_store_options *options,
			 struct nf_error *err)
{
	if (options->dir == NULL || options->dir[0] == '\0')
		return error_set(err, NF_INVALID,
				 "a collection needs a directory");
	if (options->kind != NF_STORE_PLAIN &&
	    (options->keep != 0 || options->keep_days != 0))
		return error_set(err, NF_INVALID,
				 "versions are dropped from a plain store "
				 "alone: git keeps them all");
	/* Not a number is not less than 1, either. */
	if (!(options->min_size_ratio < 1))
		return error_set(err, NF_INVALID,
				 "a size ratio is below 1, not %g",
				 options->min_size_ratio);
	return 0;
}

static int lock(struct nf_store *store, struct nf_error *err)
{
	const struct nf_store_options *options = &store->options;
	int64_t deadline_ms = 0;

	if (options->wait_ms < 0)
		deadline_ms = NO_DEADLINE;
	else if (options->wait_ms > 0)
		deadline_ms = deadline_clock_ms() + options->wait_ms;
	return folder_lock(&store->folder, deadline_ms, options->interrupted,
			   options->interrupted_arg, err);
}

/* The kind that the state tells, or where it is lost what is there: "" for
 * neither. */
static const char *kind_of(const struct nf_store *store)
{
	struct stat st;

	if (store->state.kind[0] != '\0')
		return store->state.kind;
	if (fstatat(store->folder.fd, ".git", &st, AT_SYMLINK_NOFOLLOW) == 0)
		return kinds[NF_STORE_GIT];
	return rebuild_finds_plain(store) ? kinds[NF_STORE_PLAIN] : "";
}

/* A folder is of one kind for ever: what is older than the change would be in
 * neither. */
static int check_kind(const struct nf_store *store, struct nf_error *err)
{
	const char *kind = kinds[store->options.kind];
	const char *is = kind_of(store);

	if (is[0] == '\0' || strcmp(is, kind) == 0)
		return 0;
	return error_set(err, NF_INVALID,
			 "%.300s is a store of kind %s, and stays one: use "
			 "another directory for kind %s",
			 store->folder.path, is, kind);
}

/* Read the state; one that is missing or damaged is made anew once the
 * inventory is known. */
static int open_state(struct nf_store *store, struct nf_error *err)
{
	struct nf_error damage = {0};
	int rc = state_read(&store->state, &store->folder, &damage);

	if (rc == -1 && (damage.code != NF_INVALID ||
			 damage.sys_errno == EPROTONOSUPPORT)) {
		*err = damage;
		return -1;
	}
	if (rc != 1) {
		state_release(&store->state);
		store->state = (struct state){0};
	}
	if (rc == -1) {
		store->rebuilt = strings_add(&store->strings, damage.message,
					     strlen(damage.message));
		if (store->rebuilt == NULL)
			return error_sys(err, NF_SYSTEM, "no memory");
	}
	if (check_kind(store, err) == -1)
		return -1;
	(void)snprintf(store->state.kind, sizeof(store->state.kind), "%s",
		       kinds[store->options.kind]);
	if (rc == 0 && rebuild_wanted(store))
		store->rebuilt = "there is none";
	return 0;
}

/* What counts as before is what the last run recorded that ended, not one that
 * was killed behind its commit. */
static void set_base(struct nf_store *store)
{
	const char *base = store->state.head;
	struct nf_error err;
	char commit[72];
	int64_t when_s;

	if (strcmp(base, store->head) != 0 &&
	    (base[0] == '\0' ||
	     git_find(store->git, base, 0, commit, &when_s, &err) != 1))
		base = store->head;
	memcpy(store->base, base, sizeof(store->base));
}

/* Tell what is not as it should be, and the run goes on with. */
static void note_record(const struct nf_store *store)
{
	const char *path = store->folder.path;

	if (git_restore_index(store->git))
		store_note(store,
			   "%.300s: git's index was missing or damaged: it is "
			   "made anew from HEAD",
			   path);
	if (git_index_is_held(store->git))
		store_note(store,
			   "%.300s/.git/index.lock is there since an earlier "
			   "run, so that 'git status' shows changes that are "
			   "recorded: remove it if no git is at work",
			   path);
	if (store->head[0] == '\0' && store->state.head[0] != '\0')
		store_note(store,
			   "%.300s: the branch of HEAD has no commit: a new "
			   "record of all files begins there",
			   path);
}

/* Open the record. One that is damaged stops nobody: the files are the truth,
 * and nf_store_commit() tells. */
static int open_record(struct nf_store *store, struct nf_error *err)
{
	struct nf_error *why = &store->git_error;
	size_t mended = 0;

	if (git_open(&store->git, &store->folder, store->options.author,
		     &mended, why) == -1) {
		store->git = NULL;
		if (why->code == NF_SYSTEM && why->sys_errno != ENOENT)
			return 0;
		*err = *why;
		return -1;
	}
	store->leftovers += mended;
	if (git_head(store->git, store->head, why) == -1) {
		git_free(store->git);
		store->git = NULL;
		return 0;
	}
	note_record(store);
	set_base(store);
	return 0;
}

static int open_all(struct nf_store *store, struct nf_error *err)
{
	if (folder_open(&store->folder, store->options.dir, true, err) == -1)
		return -1;
	if (lock(store, err) == -1)
		return -1;
	store->leftovers = aside_clean(&store->folder);
	if (open_state(store, err) == -1)
		return -1;
	return store->options.kind == NF_STORE_GIT ? open_record(store, err)
						   : 0;
}

int nf_store_open(struct nf_store **out, const struct nf_store_options *options,
		  struct nf_error *err)
{
	struct nf_store *store;

	if (check_options(options, err) == -1)
		return -1;
	store = calloc(1, sizeof(*store));
	if (store == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a store");
	store->options = *options;
	if (store->options.min_size_ratio == 0)
		store->options.min_size_ratio = 0.5;
	store->began_us = real_us();
	if (open_all(store, err) == -1) {
		nf_store_free(store);
		return -1;
	}
	*out = store;
	return 0;
}

static void row_release(struct row *row)
{
	for (size_t i = 0; i < row->pub.noutputs; i++) {
		if (row->outputs[i].held)
			aside_drop(&row->outputs[i].aside);
	}
	free(row->outputs);
	free(row->told);
}

void nf_store_free(struct nf_store *store)
{
	if (store == NULL)
		return;
	for (size_t i = 0; i < store->nrows; i++)
		row_release(&store->rows[i]);
	free(store->rows);
	free(store->volatile_lines);
	free(store->known);
	free(store->known_at);
	free(store->paths);
	masks_release(store);
	rulebook_release(store);
	strings_release(&store->strings);
	state_release(&store->state);
	git_free(store->git);
	folder_close(&store->folder);
	free(store);
}

/* ---- what is told */

size_t nf_store_size(const struct nf_store *store)
{
	return store->nrows;
}

const struct nf_store_device *nf_store_device(const struct nf_store *store,
					      size_t i)
{
	return &store->rows[i].pub;
}

const char *nf_store_head(const struct nf_store *store)
{
	return store->commit;
}

/* ---- the record afterwards */

int nf_remote_check(const char *remote, struct nf_error *err)
{
	return git_check_remote(remote, err);
}

int nf_store_push(struct nf_store *store, const char *remote,
		  struct nf_error *err)
{
	if (store->options.kind != NF_STORE_GIT)
		return error_set(err, NF_INVALID,
				 "a plain store has nothing to push: that "
				 "takes one of kind git");
	if (store->git == NULL) {
		*err = store->git_error;
		return -1;
	}
	return git_push(store->git, remote, err);
}

int nf_store_tidy(struct nf_store *store, struct nf_error *err)
{
	if (store->options.kind == NF_STORE_PLAIN)
		return plain_tidy(store, err);
	if (store->git == NULL)
		return 0; /* nf_store_commit() has told */
	return git_tidy(store->git, err);
}
