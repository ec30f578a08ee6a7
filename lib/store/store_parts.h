/* The parts of a store: for those files of this room that work on it. */
#ifndef NETFAN_STORE_STORE_PARTS_H
#define NETFAN_STORE_STORE_PARTS_H

#include "base/strings.h"
#include "store/aside.h"
#include "store/dated.h"
#include "store/git.h"
#include "store/judge.h"
#include "store/state/state.h"

/* Longest path below DIR: .netfan/shrunk, a device, a command, a version. */
#define STORE_PATH_MAX ((size_t)512)

/* What is known of an output beside what is told of it. */
struct output {
	struct aside aside; /* what came, not in its place yet; if: */
	bool held;
	bool place; /* it belongs there; else it is aside for good */
	struct content_end end; /* of what came */
	const char *before; /* of a plain store: the file before, or NULL */
};

/* A device of this run, or one that is gone. */
struct row {
	struct nf_store_device pub;
	struct state_device *state; /* NULL: of one that was removed */
	struct nf_store_output *told; /* noutputs of pub, */
	struct output *outputs; /* and of these */
	size_t cap;
	bool accept; /* what is shrunk is taken */
	bool had; /* outputs before this run, as the state told */
	int64_t succeeded_us, failing_us; /* as the state told then */
	bool came; /* its result was taken */
	bool removed; /* it is gone, and so are its files */
};

/* A file as the workers may know it. */
struct known {
	const char *command; /* of the state */
	uint8_t digest[NF_DIGEST];
};

/* Rules of content by the name of their platform. */
struct rulebook_row {
	const struct platform *platform; /* of the catalogue */
	struct content_rules *rules;
};

/* A file that is to be masked. */
struct remask {
	const char *device, *command; /* of the state */
	struct aside aside;
};

struct nf_store {
	struct nf_store_options options; /* strings are borrowed */
	struct folder folder;
	struct git *git; /* NULL: plain, or the record is damaged, as: */
	struct nf_error git_error;
	struct state state;
	bool masks; /* secrets are not kept */
	const char *rebuilt; /* why the state is made anew; NULL: it is not */
	size_t leftovers; /* of dead runs */
	char base[72]; /* what the last run recorded that ended; "": nothing */
	char head[72]; /* what git had when this run began */
	char commit[72]; /* of this run, or "" */
	int64_t began_us;
	bool placed; /* a file was put into its place */

	const struct nf_inventory *inv;
	const char *
		*volatile_lines; /* those of options: the inventory's, too */
	struct nf_content content;
	struct strings strings;
	struct rulebook_row *rulebook;
	size_t nrulebook;
	struct row *rows; /* ninv of the inventory, then those gone */
	size_t nrows, ninv;
	struct known
		*known; /* by device: from known_at[i] to known_at[i + 1] */
	size_t *known_at;
	struct remask *remasks;
	size_t nremasks;
	struct git_path *paths; /* that are to be recorded */
	size_t npaths, paths_cap;
};

/* ---- store.c */

/* Pass a line to the log. */
void store_note(const struct nf_store *store, const char *fmt, ...)
	NF_PRINTF(2, 3);

/* Add a path to those that are recorded. NF_SYSTEM without memory. */
int store_record(struct nf_store *store, const char *path, bool gone,
		 struct nf_error *err);

/* How content is kept. */
enum content_use store_use(const struct nf_store *store);

/* ---- rulebook.c: rules by platform */

/* The rules of a platform, or of the neutral one where no platform has the name
 * any more. NULL with NF_SYSTEM, NF_INVALID as rules_new(). */
const struct content_rules *rulebook_find(struct nf_store *store,
					  const char *platform,
					  struct nf_error *err);
void rulebook_release(struct nf_store *store);

/* ---- kept.c: outputs in their places, of both kinds */

/* Write DIR/NAME; names are below PATHS_NAME_MAX, so that three of them fit. */
void kept_join(char path[STORE_PATH_MAX], const char *dir, const char *name);

/* Find the file of an output: 1 with its path below DIR and its stat, 0 when it
 * is not there. */
int kept_find(const struct nf_store *store, const struct state_device *device,
	      const struct state_file *file, char path[STORE_PATH_MAX],
	      struct stat *st);

/* The path that is told of it. */
const char *kept_path(struct nf_store *store, const struct state_device *device,
		      const struct state_file *file);

/* Put what is aside into its place; its stat goes to the state. Errors as
 * aside_place(). */
int kept_place(struct nf_store *store, const struct state_device *device,
	       struct state_file *file, struct aside *aside,
	       struct nf_error *err);

/* Remove the outputs of a device, but for files that are guessed to be some.
 * NF_SYSTEM. */
int kept_remove(struct nf_store *store, const struct state_device *device,
		struct nf_error *err);

/* Remove a file below DIR, and its directories (but .netfan's own) when they are
 * empty then. 0 also when it is not there; NF_SYSTEM, NF_INVALID. */
int kept_unlink(const struct nf_store *store, const char *path,
		struct nf_error *err);

/* The path of an output that is much shorter than before. */
void kept_shrunk_path(char path[STORE_PATH_MAX],
		      const struct state_device *device,
		      const struct state_file *file);

/* ---- content.c: texts through the filter */

/* Where a text comes from: one of both. */
struct source {
	int fd; /* or -1 */
	const char *rev; /* a commit, and */
	const char *path;
};

/* Pass a text through the filter. 1; 0 when a commit does not have it; -1 with
 * NF_SYSTEM, or as emit set *err. */
int content_read(struct nf_store *store, const struct source *source,
		 const char *platform, const char *command,
		 enum content_use use, struct content_end *end,
		 struct nf_error *err);

/* Likewise, into a file aside. NF_SYSTEM. */
int content_copy(struct nf_store *store, const struct source *source,
		 const char *platform, const char *command,
		 enum content_use use, struct aside *aside,
		 struct content_end *end, struct nf_error *err);

/* ---- compare.c: an answer and what was kept before */

/* What comes of the comparison, beside struct before. */
struct compared {
	struct before before;
	bool place; /* the file in its place is to be replaced */
	bool doubt; /* it was not put there by a run that ended */
	struct stat st; /* of the file, if it is there */
};

/* Compare an answer that is good. */
void compare(struct nf_store *store, const struct row *row,
	     const struct state_file *file, const struct output *output,
	     struct compared *compared);

/* The version of an output that the last run left that ended: where it comes
 * from. Its descriptor is the caller's. 0 when there is none. */
int compare_base(struct nf_store *store, const struct row *row,
		 const struct state_file *file, const struct output *output,
		 struct source *source);

/* ---- masks.c: files in which secrets become marks */

/* See whether secrets are kept; write the files aside that have to be masked.
 * NF_SYSTEM. */
int masks_prepare(struct nf_store *store, struct nf_error *err);
int masks_place(struct nf_store *store, struct nf_error *err);
void masks_release(struct nf_store *store);

/* ---- rebuild.c: a state made anew */

/* Is there anything of which a state can be made? */
bool rebuild_wanted(const struct nf_store *store);

/* Are there outputs of a plain store? */
bool rebuild_finds_plain(const struct nf_store *store);

/* Make the state from the files, and from the record's log. NF_SYSTEM. */
int rebuild_state(struct nf_store *store, const struct nf_poll_options *poll,
		  struct nf_error *err);

/* ---- take.c */

/* Tell the state that what came is in its place now. */
void output_keep(const struct nf_store *store,
		 const struct state_device *device, struct state_file *file,
		 const struct output *output);

/* Let a device fail. */
void row_fail(struct row *row, const struct nf_error *error);

/* ---- message.c: what a commit says */

/* Is any of its outputs new, or the first of its kind? */
bool row_changed(const struct row *row);

char *message_subject(const struct nf_store *store, char *out, size_t size);

/* Does a subject tell that devices changed? */
bool message_has_changed(const char *subject);

/* Its lines, to be freed: NULL without memory. */
char *message_body(const struct nf_store *store);

/* ---- plain.c: versions by date, as dated.h names them */

/* The version that is the latest in a directory: 1, 0 for none. */
int plain_latest(const struct nf_store *store, const char *dir,
		 char version[DATED_NAME]);

/* The path of the version that the last run left that ended, by the stat that
 * the state has: NULL for none. */
const char *plain_before(struct nf_store *store,
			 const struct state_device *device,
			 const struct state_file *file);

/* Add a version, which is the latest then. Errors as aside_place(). */
int plain_place(struct nf_store *store, const char *dir, struct aside *aside,
		struct stat *st, struct nf_error *err);

/* Remove all versions. NF_SYSTEM, NF_INVALID. */
int plain_remove(struct nf_store *store, const char *dir, struct nf_error *err);

/* Remove versions that are not to be kept. NF_SYSTEM. */
int plain_tidy(struct nf_store *store, struct nf_error *err);

#endif
