/* Recording: paths become a commit. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "store/git/git_parts.h"

/* A second git pays off from so many files on. */
#define FILES_A_CALL 100
#define CALLS_MAX 8

#define TRIES 2 /* somebody else may commit at the same time, once */
#define PLACE_TRIES 3

struct record {
	const struct git *git;
	struct git_file *files; /* sorted by path */
	size_t n;
	const char *subject;
	const char *body;
	char ref[GIT_REF];
	char tip[GIT_ID]; /* that ours will follow; "": none */
	char tip_tree[GIT_ID];
	char tree[GIT_ID];
	char commit[GIT_ID];
	struct git_index index;
	bool clean; /* the user's index has nothing but what tip has */
};

/* ---- 1: the files */

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct git_file *)a)->path,
		      ((const struct git_file *)b)->path);
}

/* git is told a path in a line. */
static bool is_sayable(const char *path)
{
	return path[0] != '\0' && path[0] != '"' &&
	       strpbrk(path, "\n\r") == NULL;
}

/* A file that is not there any more is gone: the files are the truth. */
static int look_at(const struct git *git, struct git_file *file, bool gone,
		   struct nf_error *err)
{
	if (!is_sayable(file->path))
		return error_set(err, NF_SYSTEM,
				 "a path with a line break in it, or a quote "
				 "before it, cannot be recorded");
	if (gone)
		return 0;
	if (fstatat(git->folder->fd, file->path, &file->st,
		    AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT || errno == ENOTDIR
			       ? 0
			       : error_sys(err, NF_SYSTEM, "cannot read %s/%s",
					   git->folder->path, file->path);
	if (!S_ISREG(file->st.st_mode))
		return error_set(err, NF_SYSTEM,
				 "%s/%s is no file: remove it, so that it can "
				 "be recorded",
				 git->folder->path, file->path);
	file->id[0] = '?'; /* to be hashed */
	return 0;
}

static int fill_files(struct record *record, const struct git_path *paths,
		      struct nf_error *err)
{
	record->files = calloc(record->n + 1, sizeof(*record->files));
	if (record->files == NULL)
		return error_sys(err, NF_SYSTEM, "no memory to record files");
	for (size_t i = 0; i < record->n; i++) {
		record->files[i].path = paths[i].path;
		if (look_at(record->git, &record->files[i], paths[i].gone,
			    err) == -1)
			return -1;
	}
	qsort(record->files, record->n, sizeof(*record->files), compare_files);
	return 0;
}

/* One call's share: every ncalls-th of the files that are there. */
struct share {
	struct buf paths;
	struct buf ids;
};

static size_t count_calls(size_t nfiles)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t most =
		cores > 0 && cores < CALLS_MAX ? (size_t)cores : CALLS_MAX;
	size_t wished = 1 + nfiles / FILES_A_CALL;

	return wished < most ? wished : most;
}

static int tell_paths(const struct record *record, struct share *shares,
		      size_t nshares, struct nf_error *err)
{
	size_t next = 0;

	for (size_t i = 0; i < record->n; i++) {
		if (record->files[i].id[0] == '\0')
			continue;
		if (buf_print(&shares[next++ % nshares].paths, "%s\n",
			      record->files[i].path) == -1)
			return error_sys(err, NF_SYSTEM, "no memory for paths");
	}
	return 0;
}

/* Take the next id of a share: false when there is none. */
static bool take_id(struct share *share, size_t *at, char id[GIT_ID])
{
	const uint8_t *line = share->ids.data + *at;
	size_t left = share->ids.len - *at;
	const uint8_t *end = left > 0 ? memchr(line, '\n', left) : NULL;

	if (end == NULL || end - line >= GIT_ID || end == line)
		return false;
	memcpy(id, line, (size_t)(end - line));
	id[end - line] = '\0';
	*at += (size_t)(end - line) + 1;
	return true;
}

static int hear_ids(struct record *record, struct share *shares, size_t nshares,
		    struct nf_error *err)
{
	size_t at[CALLS_MAX] = {0}, next = 0;

	for (size_t i = 0; i < record->n; i++) {
		struct git_file *file = &record->files[i];
		size_t of = next % nshares;

		if (file->id[0] == '\0')
			continue;
		if (!take_id(&shares[of], &at[of], file->id))
			return error_set(err, NF_SYSTEM,
					 "git hash-object said too little");
		next++;
	}
	return 0;
}

static int hash_shares(const struct record *record, struct share *shares,
		       size_t nshares, struct nf_error *err)
{
	struct git_call calls[CALLS_MAX];

	for (size_t i = 0; i < nshares; i++)
		calls[i] = (struct git_call){
			.args = {"hash-object", "-w", "--no-filters",
				 "--stdin-paths"},
			.input = &shares[i].paths,
			.output = &shares[i].ids,
		};
	return git_run_all(record->git, calls, nshares, err);
}

static int hash_files(struct record *record, struct nf_error *err)
{
	struct share shares[CALLS_MAX];
	size_t nfiles = 0, nshares;
	int rc = -1;

	for (size_t i = 0; i < record->n; i++)
		nfiles += record->files[i].id[0] != '\0';
	if (nfiles == 0)
		return 0;
	nshares = count_calls(nfiles);
	for (size_t i = 0; i < nshares; i++) {
		buf_init(&shares[i].paths, SIZE_MAX);
		buf_init(&shares[i].ids, SIZE_MAX);
	}
	if (tell_paths(record, shares, nshares, err) == 0 &&
	    hash_shares(record, shares, nshares, err) == 0)
		rc = hear_ids(record, shares, nshares, err);
	for (size_t i = 0; i < nshares; i++) {
		buf_release(&shares[i].paths);
		buf_release(&shares[i].ids);
	}
	return rc;
}

/* ---- 2: an index with them, and its tree */

/* The lines of update-index --index-info: mode 0 removes. */
static int tell_entries(const struct record *record, struct buf *lines)
{
	static const char none[] = "0000000000000000000000000000000000000000"
				   "000000000000000000000000";
	int id_len = 40;

	for (size_t i = 0; i < record->n; i++)
		if (record->files[i].id[0] != '\0')
			id_len = (int)strlen(record->files[i].id);
	if (record->tip[0] != '\0')
		id_len = (int)strlen(record->tip);
	for (size_t i = 0; i < record->n; i++) {
		const struct git_file *file = &record->files[i];
		bool gone = file->id[0] == '\0';

		if (buf_print(lines, "%s %.*s\t%s%c", gone ? "0" : "100644",
			      id_len, gone ? none : file->id, file->path,
			      '\0') == -1)
			return -1;
	}
	return 0;
}

/* Version 2 is one that git_index_fill() understands. */
static int enter_files(const struct record *record,
		       const struct git_index *index, struct nf_error *err)
{
	struct git_call call = {
		.args = {"update-index", "--index-version", "2", "-z",
			 "--index-info"},
		.index = index->name,
	};
	struct buf lines;
	int rc;

	buf_init(&lines, SIZE_MAX);
	call.input = &lines;
	rc = tell_entries(record, &lines) == -1
		     ? error_sys(err, NF_SYSTEM, "no memory for an index")
		     : git_run(record->git, &call, err);
	buf_release(&lines);
	return rc == 0 ? 0 : -1;
}

/* A new index of the tip, without what the user's has. */
static int begin_anew(struct record *record, struct nf_error *err)
{
	const struct git_call call = {
		.args = {"read-tree", "--reset", record->tip},
		.index = record->index.name,
	};

	if (record->tip[0] == '\0') {
		git_index_drop(record->git, &record->index);
		return 0;
	}
	return git_run(record->git, &call, err) == 0 ? 0 : -1;
}

/*
 * Begin with the user's index if it has what the tip has: it knows the stat of
 * all files, and the trees. One with changes staged is left to the user, and so
 * replaced here; one that git cannot read, or that is behind, is replaced for
 * good.
 */
static int begin_index(struct record *record, struct nf_error *err)
{
	const struct git_call call = {
		.args = {"diff-index", "--cached", "--quiet", record->tip,
			 "--"},
		.index = record->index.name,
	};
	bool behind = git_index_is_behind(record->git);
	int status = 1;

	if (git_index_begin(record->git, &record->index, true, err) == -1)
		return -1;
	if (record->tip[0] != '\0' && !behind)
		status = git_run(record->git, &call, NULL);
	record->clean = status != 1 || behind || record->index.of.st_ino == 0;
	if (status == 0)
		return 0;
	if (status != 1)
		git_index_drop(record->git, &record->index);
	return begin_anew(record, err);
}

static int write_tree(struct record *record, struct nf_error *err)
{
	const struct git_call call = {.args = {"write-tree"},
				      .index = record->index.name};

	return git_ask(record->git, &call, record->tree, GIT_ID, err) == 0 ? 0
									   : -1;
}

/* ---- 3: the commit */

static int commit_tree(struct record *record, struct nf_error *err)
{
	struct git_call call = {.args = {"commit-tree", record->tree}};
	struct buf message;
	int rc;

	if (record->tip[0] != '\0') {
		call.args[2] = "-p";
		call.args[3] = record->tip;
	}
	buf_init(&message, SIZE_MAX);
	call.input = &message;
	rc = buf_print(&message, "%s\n%s%s", record->subject,
		       record->body[0] != '\0' ? "\n" : "", record->body);
	rc = rc == -1
		     ? error_sys(err, NF_SYSTEM, "no memory for a message")
		     : git_ask(record->git, &call, record->commit, GIT_ID, err);
	buf_release(&message);
	return rc == 0 ? 0 : -1;
}

/* Without a tip there must be no such branch: that is an empty old value. */
static int move_branch(const struct record *record, struct nf_error *err)
{
	const struct git_call call = {
		.args = {"update-ref", "-m", "netfan: collect", record->ref,
			 record->commit, record->tip},
	};

	if (folder_sync(record->git->folder, err) == -1)
		return -1;
	return git_run(record->git, &call, err) == 0 ? 0 : -1;
}

/* ---- 4: the user's index */

static void place_index(struct record *record)
{
	const struct git *git = record->git;

	if (record->clean &&
	    git_index_fill(git, &record->index, record->files, record->n,
			   NULL) == 0 &&
	    git_index_place(git, &record->index))
		return;
	/* What the user has staged stays so. */
	for (int i = 0; i < PLACE_TRIES; i++) {
		struct git_index index = {0};
		bool done;

		if (git_index_begin(git, &index, true, NULL) == -1)
			return;
		done = enter_files(record, &index, NULL) == 0 &&
		       git_index_fill(git, &index, record->files, record->n,
				      NULL) == 0 &&
		       git_index_place(git, &index);
		git_index_drop(git, &index);
		if (done)
			return;
	}
}

/* ---- all of it */

/* What the branch is at, and whether that is another commit than before. */
static int look_at_tip(struct record *record, bool *moved, struct nf_error *err)
{
	char before[GIT_ID];

	memcpy(before, record->tip, GIT_ID);
	if (git_branch(record->git, record->ref, err) == -1 ||
	    git_tip(record->git, record->ref, record->tip, record->tip_tree,
		    err) == -1)
		return -1;
	*moved = strcmp(before, record->tip) != 0;
	return 0;
}

/* 1, 0 when the tip has it all, or -1. */
static int record_on_tip(struct record *record, struct nf_error *err)
{
	int rc = -1;

	if (begin_index(record, err) == -1)
		return -1;
	if (enter_files(record, &record->index, err) == -1 ||
	    write_tree(record, err) == -1)
		goto out;
	if (strcmp(record->tree, record->tip_tree) == 0)
		rc = 0;
	else if (commit_tree(record, err) == 0 && move_branch(record, err) == 0)
		rc = 1;
	if (rc != -1)
		place_index(record);
out:
	git_index_drop(record->git, &record->index);
	return rc;
}

/* Once more when somebody else has committed in between. */
static int record_files(struct record *record, struct nf_error *err)
{
	bool moved;
	int rc;

	if (look_at_tip(record, &moved, err) == -1)
		return -1;
	for (int i = 1;; i++) {
		struct nf_error other;

		rc = record_on_tip(record, err);
		if (rc != -1 || i == TRIES ||
		    look_at_tip(record, &moved, &other) == -1 || !moved)
			return rc;
	}
}

int git_record(struct git *git, const struct git_path *paths, size_t n,
	       const char *subject, const char *body, char head[72],
	       struct nf_error *err)
{
	struct record record = {
		.git = git, .n = n, .subject = subject, .body = body};
	int rc = -1;

	if (git_check_rest(git, err) == -1 || git_begin(git, err) == -1)
		return -1;
	if (fill_files(&record, paths, err) == 0 &&
	    hash_files(&record, err) == 0)
		rc = record_files(&record, err);
	free(record.files);
	if (rc == -1) {
		/* A git that died may have left a lock: its mark stays. */
		return -1;
	}
	git_done(git);
	memcpy(head, rc == 1 ? record.commit : record.tip, GIT_ID);
	return rc;
}
