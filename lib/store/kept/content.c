/* Texts that are kept, read through the filter. */
#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "store/store_parts.h"

#define PIECE ((size_t)64 * 1024)

/* A text on its way. */
struct passage {
	struct content_filter *filter;
	struct aside *aside; /* where it goes, or NULL */
	struct nf_error *err;
	bool told; /* err is set */
};

static int emit(void *arg, const uint8_t *bytes, size_t len, int64_t *waited_ms)
{
	struct passage *passage = arg;

	(void)waited_ms;
	if (aside_write(passage->aside, bytes, len, passage->err) == 0)
		return 0;
	passage->told = true;
	return -1;
}

static int take(void *arg, const uint8_t *bytes, size_t len)
{
	struct passage *passage = arg;
	int64_t waited_ms = 0;

	return filter_feed(passage->filter, bytes, len, &waited_ms);
}

static int read_fd(struct passage *passage, int fd)
{
	uint8_t bytes[PIECE];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, bytes, sizeof(bytes), at)) > 0) {
		if (take(passage, bytes, (size_t)n) == -1)
			return -1;
		at += n;
	}
	if (n == 0)
		return 1;
	passage->told = true;
	return error_sys(passage->err, NF_SYSTEM,
			 "what is kept of it cannot "
			 "be read");
}

static int read_source(struct nf_store *store, struct passage *passage,
		       const struct source *source)
{
	int rc;

	if (source->fd != -1)
		return read_fd(passage, source->fd);
	rc = git_show(store->git, source->rev, source->path, take, passage,
		      passage->err);
	/* NF_CANCELLED is the filter's word, of which err tells already. */
	if (rc == -1 && passage->err->code != NF_CANCELLED)
		passage->told = true;
	return rc;
}

static int pass(struct nf_store *store, const struct source *source,
		const struct content_rules *rules, const char *command,
		enum content_use use, struct passage *passage,
		struct content_end *end)
{
	int64_t waited_ms = 0;
	int rc;

	if (filter_new(&passage->filter, rules, store->folder.key, command, use,
		       passage->aside != NULL ? emit : NULL, passage,
		       passage->err) == -1)
		return -1;
	errno = 0;
	rc = read_source(store, passage, source);
	if (rc == 1 && filter_end(passage->filter, end, &waited_ms) == -1)
		rc = -1;
	if (rc == -1 && !passage->told)
		(void)error_sys(passage->err, NF_SYSTEM,
				"no memory to compare");
	filter_free(passage->filter);
	return rc;
}

static int copy(struct nf_store *store, const struct source *source,
		const char *platform, const char *command, enum content_use use,
		struct aside *aside, struct content_end *end,
		struct nf_error *err)
{
	struct passage passage = {.aside = aside, .err = err};
	const struct content_rules *rules = rulebook_find(store, platform, err);

	if (rules == NULL)
		return -1;
	return pass(store, source, rules, command, use, &passage, end);
}

int content_read(struct nf_store *store, const struct source *source,
		 const char *platform, const char *command,
		 enum content_use use, struct content_end *end,
		 struct nf_error *err)
{
	return copy(store, source, platform, command, use, NULL, end, err);
}

int content_copy(struct nf_store *store, const struct source *source,
		 const char *platform, const char *command,
		 enum content_use use, struct aside *aside,
		 struct content_end *end, struct nf_error *err)
{
	int rc;

	if (aside_begin(aside, &store->folder, err) == -1)
		return -1;
	rc = copy(store, source, platform, command, use, aside, end, err);
	if (rc != -1 && aside_end(aside, err) == -1)
		rc = -1;
	if (rc != 1)
		aside_drop(aside);
	return rc;
}
