/* What changed in this run, as a diff. */
#include "netfan.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "store/store_parts.h"
#include "store/text_diff.h"

/* One side of a diff: a text without what does not count, aside. */
struct side {
	struct aside aside;
	int fd; /* -1: an empty text */
};

static int open_side(struct side *side, struct nf_store *store,
		     const struct source *source, const struct row *row,
		     const char *command, unsigned flags, struct nf_error *err)
{
	enum content_use use = (flags & NF_SHOW_SECRETS) != 0 ? CONTENT_COMPARED
							      : CONTENT_SHOWN;
	struct content_end end;
	int rc = content_copy(store, source, row->pub.platform, command, use,
			      &side->aside, &end, err);

	side->fd = -1;
	if (rc != 1)
		return rc;
	side->fd = aside_open(&side->aside, err);
	if (side->fd != -1)
		return 1;
	aside_drop(&side->aside);
	return -1;
}

static void close_side(struct side *side)
{
	if (side->fd == -1)
		return;
	(void)close(side->fd);
	aside_drop(&side->aside);
}

/* What was there before; an output that is new has nothing before it. */
static int open_before(struct side *side, struct nf_store *store,
		       const struct row *row, size_t output, unsigned flags,
		       struct nf_error *err)
{
	const struct nf_store_output *told = &row->told[output];
	const struct state_file *file =
		state_find_file(row->state, told->command);
	struct source source;
	int rc;

	side->fd = -1;
	if (told->fate == NF_OUTPUT_ADDED)
		return 0;
	if (compare_base(store, row, file, &row->outputs[output], &source) == 0)
		return error_set(err, NF_SYSTEM,
				 "the version before is not recorded");
	rc = open_side(side, store, &source, row, told->command, flags, err);
	if (source.fd != -1)
		(void)close(source.fd);
	return rc;
}

/* What came. */
static int open_after(struct side *side, struct nf_store *store,
		      const struct row *row, size_t output, unsigned flags,
		      struct nf_error *err)
{
	const struct nf_store_output *told = &row->told[output];
	const struct state_file *file =
		state_find_file(row->state, told->command);
	struct source source = {.fd = -1};
	char path[STORE_PATH_MAX];
	struct stat st;
	int rc;

	side->fd = -1;
	if (told->fate == NF_OUTPUT_SHRUNK)
		kept_shrunk_path(path, row->state, file);
	else if (kept_find(store, row->state, file, path, &st) == 0)
		return error_set(err, NF_SYSTEM, "%s is not there any more",
				 told->path);
	source.fd = folder_file(&store->folder, path, &st, err);
	if (source.fd == -1)
		return -1;
	rc = open_side(side, store, &source, row, told->command, flags, err);
	(void)close(source.fd);
	return rc;
}

static bool has_diff(enum nf_output_fate fate)
{
	return fate == NF_OUTPUT_ADDED || fate == NF_OUTPUT_CHANGED ||
	       fate == NF_OUTPUT_SHRUNK;
}

int nf_store_diff(struct nf_store *store, size_t device, size_t output,
		  unsigned flags, nf_take_line *take, void *arg,
		  struct nf_error *err)
{
	const struct row *row = &store->rows[device];
	struct side before, after;
	int rc = -1;

	if (!has_diff(row->told[output].fate))
		return 0;
	if (open_before(&before, store, row, output, flags, err) == -1)
		return -1;
	if (open_after(&after, store, row, output, flags, err) == 1) {
		rc = text_diff(&store->folder, before.fd, after.fd, take, arg,
			       err);
		close_side(&after);
	}
	close_side(&before);
	return rc;
}
