/* An output of an archive, shown. */
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "store/archive/archive_parts.h"

/* A line that is longer is passed on in parts. */
#define LINE_PART ((size_t)1 << 20)

/* Lines on their way. */
struct lines {
	struct buf line; /* that has not ended */
	nf_take_line *take;
	void *arg;
};

static int pass_on(struct lines *lines, const char *line, size_t len)
{
	errno = 0;
	if (lines->take(lines->arg, line, len) == 0)
		return 0;
	errno = 0; /* it was given up */
	return -1;
}

static int end_line(struct lines *lines)
{
	int rc =
		pass_on(lines, (const char *)lines->line.data, lines->line.len);

	lines->line.len = 0;
	return rc;
}

static int take_part(struct lines *lines, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		size_t n = buf_room(&lines->line);

		n = n < len ? n : len;
		if (buf_append(&lines->line, bytes, n) == -1)
			return -1;
		if (buf_room(&lines->line) == 0 && end_line(lines) == -1)
			return -1;
		bytes += n;
		len -= n;
	}
	return 0;
}

/* Cut pieces into lines. */
static int take_piece(void *arg, const uint8_t *bytes, size_t len,
		      int64_t *waited_ms)
{
	struct lines *lines = arg;

	(void)waited_ms;
	while (len > 0) {
		const uint8_t *end = memchr(bytes, '\n', len);
		size_t part = end != NULL ? (size_t)(end - bytes) : len;

		if (take_part(lines, bytes, part) == -1 ||
		    (end != NULL && end_line(lines) == -1))
			return -1;
		part += end != NULL;
		bytes += part;
		len -= part;
	}
	return 0;
}

static int refuse_version(const struct nf_archive *archive,
			  const struct archive_place *place,
			  const struct nf_version *version,
			  struct nf_error *err)
{
	if (place->known_file == NULL ||
	    (version->rev == NULL && version->at_us == 0))
		return place_refuse(archive, place, err);
	return error_set(err, NF_INVALID,
			 "nothing of '%.120s' of %.120s is in %s%.120s%s",
			 place->command, place->device,
			 version->rev != NULL ? "version '" : "",
			 version->rev != NULL ? version->rev
					      : "what was kept at that time",
			 version->rev != NULL ? "'" : "");
}

int nf_archive_show(struct nf_archive *archive, const char *device,
		    const char *command, const struct nf_version *version,
		    unsigned flags, nf_take_line *take, void *arg,
		    struct nf_error *err)
{
	struct lines lines = {.take = take, .arg = arg};
	struct archive_reading reading = {
		.use = CONTENT_MASKED, .emit = take_piece, .arg = &lines};
	struct content_rules *rules = NULL;
	struct archive_source source;
	struct archive_place place;
	int rc;

	buf_init(&lines.line, LINE_PART);
	place_find(&place, archive, device, command);
	if (version_find(&source, archive, version, err) == -1 ||
	    ((flags & NF_SHOW_SECRETS) == 0 &&
	     archive_rules(&rules, archive, &place, err) == -1))
		return -1;
	reading.rules = rules;
	rc = archive_read(archive, &source, &place, &reading, err);
	if (rc == 0)
		rc = refuse_version(archive, &place, version, err);
	else if (rc == 1)
		rc = lines.line.len > 0 && end_line(&lines) == -1
			     ? error_set(err, NF_CANCELLED, "it was given up")
			     : 0;
	buf_release(&lines.line);
	rules_free(rules);
	return rc;
}
