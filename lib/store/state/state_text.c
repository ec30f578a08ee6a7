/* The text of a state. */
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/error.h"
#include "base/printable.h"
#include "store/aside.h"
#include "store/record.h"
#include "store/state/state.h"

#define STATE_PATH ".netfan/state"
#define STATE_MAX ((size_t)1 << 30)
#define HEAD "netfan-state"

/* ---- the keys of each record, in the order in which they are written */

static const struct record_key head_rows[] = {
	RECORD_KEY("kind", CHARS, state, kind),
	RECORD_KEY("head", CHARS, state, head),
	RECORD_KEY("masked", FLAG, state, masked),
};
static const struct record_keys head_keys = RECORD_KEYS(head_rows);

struct pattern {
	const char *pattern;
};

static const struct record_key pattern_rows[] = {
	RECORD_KEY("pattern", TEXT, pattern, pattern),
};
static const struct record_keys pattern_keys = RECORD_KEYS(pattern_rows);

static const struct record_key device_rows[] = {
	RECORD_KEY("name", TEXT, state_device, name),
	RECORD_KEY("dir", TEXT, state_device, dir),
	RECORD_KEY("platform", TEXT, state_device, platform),
	RECORD_KEY("tried", TIME, state_device, tried_us),
	RECORD_KEY("succeeded", TIME, state_device, succeeded_us),
	RECORD_KEY("failing", TIME, state_device, failing_us),
	RECORD_KEY("changes", COUNT, state_device, changes),
	RECORD_KEY("error", CODE, state_device, error.code),
	RECORD_KEY("stage", STAGE, state_device, error.stage),
	RECORD_KEY("errno", SMALL, state_device, error.sys_errno),
	RECORD_KEY("message", CHARS, state_device, error.message),
	RECORD_KEY("gone", FLAG, state_device, gone),
};
static const struct record_keys device_keys = RECORD_KEYS(device_rows);

static const struct record_key file_rows[] = {
	RECORD_KEY("command", TEXT, state_file, command),
	RECORD_KEY("file", TEXT, state_file, file),
	RECORD_KEY("kept", FLAG, state_file, kept),
	RECORD_KEY("digest", DIGEST, state_file, digest),
	RECORD_KEY("bytes", COUNT, state_file, bytes),
	RECORD_KEY("marked", FLAG, state_file, marked),
	RECORD_KEY("guessed", FLAG, state_file, guessed),
	RECORD_KEY("size", COUNT, state_file, size),
	RECORD_KEY("mtime", TIME, state_file, mtime_ns),
	RECORD_KEY("inode", COUNT, state_file, inode),
	RECORD_KEY("changed", TIME, state_file, changed_us),
	RECORD_KEY("seen", TIME, state_file, seen_us),
	RECORD_KEY("left_out", FLAG, state_file, left_out),
	RECORD_KEY("shrunk", SMALL, state_file, shrunk),
	RECORD_KEY("shrunk_digest", DIGEST, state_file, shrunk_digest),
};
static const struct record_keys file_keys = RECORD_KEYS(file_rows);

struct ending {
	uint64_t records;
	uint8_t sum[NF_DIGEST];
};

static const struct record_key end_rows[] = {
	RECORD_KEY("records", COUNT, ending, records),
	RECORD_KEY("sha256", DIGEST, ending, sum),
};
static const struct record_keys end_keys = RECORD_KEYS(end_rows);

static int sum_of(uint8_t sum[NF_DIGEST], const void *bytes, size_t len,
		  struct nf_error *err)
{
	if (EVP_Digest(bytes, len, sum, NULL, EVP_sha256(), NULL) == 1)
		return 0;
	return error_set(err, NF_SYSTEM, "no SHA-256 of the state");
}

/* ---- writing */

static int put_patterns(struct buf *out, const struct state *state,
			uint64_t *records)
{
	for (size_t i = 0; i < state->nvolatile; i++) {
		const struct pattern pattern = {state->volatile_lines[i]};

		if (record_put(out, "volatile", &pattern_keys, &pattern) == -1)
			return -1;
	}
	*records += state->nvolatile;
	return 0;
}

static int put_device(struct buf *out, const struct state_device *device,
		      uint64_t *records)
{
	if (record_put(out, "device", &device_keys, device) == -1)
		return -1;
	for (size_t i = 0; i < device->nfiles; i++) {
		if (record_put(out, "file", &file_keys, &device->files[i]) ==
		    -1)
			return -1;
	}
	*records += 1 + device->nfiles;
	return 0;
}

struct sorted {
	const struct state_device *device;
};

static int compare_names(const void *a, const void *b)
{
	const struct sorted *left = a, *right = b;

	return strcmp(left->device->name, right->device->name);
}

static int put_sorted(struct buf *out, const struct state *state,
		      uint64_t *records)
{
	size_t n = state->ndevices;
	struct sorted *sorted = calloc(n + 1, sizeof(*sorted));
	int rc = 0;

	if (sorted == NULL)
		return -1;
	for (size_t i = 0; i < n; i++)
		sorted[i].device = &state->devices[i];
	qsort(sorted, n, sizeof(*sorted), compare_names);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = put_device(out, sorted[i].device, records);
	free(sorted);
	return rc;
}

int state_print(const struct state *state, struct buf *out,
		struct nf_error *err)
{
	struct ending end = {0};
	char word[sizeof(HEAD) + 12];

	(void)snprintf(word, sizeof(word), HEAD " %d", STATE_FORMAT);
	if (record_put(out, word, &head_keys, state) == -1 ||
	    put_patterns(out, state, &end.records) == -1 ||
	    put_sorted(out, state, &end.records) == -1)
		return error_sys(err, NF_SYSTEM, "no room for the state");
	if (sum_of(end.sum, out->data, out->len, err) == -1)
		return -1;
	if (record_put(out, "end", &end_keys, &end) == -1)
		return error_sys(err, NF_SYSTEM, "no room for the state");
	return 0;
}

int state_write(const struct state *state, const struct folder *folder,
		struct nf_error *err)
{
	struct buf out;
	int rc;

	buf_init(&out, STATE_MAX);
	rc = state_print(state, &out, err);
	if (rc == 0)
		rc = aside_replace(folder, STATE_PATH, out.data, out.len, err);
	buf_release(&out);
	return rc;
}

/* ---- reading */

struct reader {
	struct state *state;
	struct state_device *device; /* of the files that follow; NULL: none */
	struct buf texts; /* TEXTs of a line, decoded */
	size_t line; /* its number */
	struct nf_error *err;
};

/* Read the words of a line, or tell which is wrong. */
static int get_words(struct reader *reader, const char *at, const char *end,
		     const struct record_keys *keys, void *record)
{
	const char *wrong = record_get(keys, at, end, record, &reader->texts);

	if (wrong == NULL)
		return 0;
	if (*wrong == '\0')
		return error_set(reader->err, NF_INVALID,
				 "line %zu: a word is no key and value",
				 reader->line);
	return error_set(reader->err, NF_INVALID,
			 "line %zu: %s has no such value", reader->line, wrong);
}

static int no_room(struct reader *reader)
{
	return error_sys(reader->err, NF_SYSTEM, "no room for the state");
}

/* Tell why a name cannot have a file. */
static int refuse_name(const struct reader *reader, const char *what,
		       const char *name, const char *file, bool twice)
{
	char shown[128], shown_file[PATHS_NAME_MAX];

	printable_copy(shown, sizeof(shown), (const uint8_t *)name,
		       strlen(name));
	printable_copy(shown_file, sizeof(shown_file), (const uint8_t *)file,
		       strlen(file));
	if (*name == '\0')
		return error_set(reader->err, NF_INVALID,
				 "line %zu: a %s has no name", reader->line,
				 what);
	if (twice)
		return error_set(reader->err, NF_INVALID,
				 "line %zu: %s %s is there twice", reader->line,
				 what, shown);
	return error_set(reader->err, NF_INVALID,
			 "line %zu: %s %s cannot have the file '%s'",
			 reader->line, what, shown, shown_file);
}

/* Take a name and its file, as they were in the run before. */
static int keep(struct reader *reader, struct paths *paths, const char *what,
		const char *name, const char *file)
{
	size_t before = paths->n;

	if (*name != '\0' && paths_keep(paths, name, file) == 0) {
		if (paths->n > before)
			return 0;
		return refuse_name(reader, what, name, file, true);
	}
	if (*name != '\0' && errno == ENOMEM)
		return no_room(reader);
	return refuse_name(reader, what, name, file,
			   paths_find(paths, name) != NULL);
}

static int read_device(struct reader *reader, const char *at, const char *end)
{
	char none[] = "", *platform;
	struct state_device read = {.name = "", .dir = "", .platform = none};
	struct state_device *device;

	if (get_words(reader, at, end, &device_keys, &read) == -1 ||
	    keep(reader, &reader->state->paths, "device", read.name,
		 read.dir) == -1)
		return -1;
	device = state_device(reader->state, read.name);
	if (device == NULL || state_set_platform(device, read.platform) == -1)
		return no_room(reader);
	/* What it owns is not what was read. */
	platform = device->platform;
	read.name = device->name;
	read.dir = device->dir;
	*device = read;
	device->platform = platform;
	reader->device = device;
	return 0;
}

static int read_pattern(struct reader *reader, const char *at, const char *end)
{
	struct pattern read = {.pattern = ""};

	if (get_words(reader, at, end, &pattern_keys, &read) == -1)
		return -1;
	if (state_add_volatile(reader->state, &read.pattern, 1) == -1)
		return no_room(reader);
	return 0;
}

static int read_file(struct reader *reader, const char *at, const char *end)
{
	struct state_file read = {.command = "", .file = ""};
	struct state_file *file;

	if (reader->device == NULL)
		return error_set(reader->err, NF_INVALID,
				 "line %zu: a file is of no device",
				 reader->line);
	if (get_words(reader, at, end, &file_keys, &read) == -1 ||
	    keep(reader, &reader->device->paths, "command", read.command,
		 read.file) == -1)
		return -1;
	file = state_file(reader->device, read.command);
	if (file == NULL)
		return no_room(reader);
	read.command = file->command;
	read.file = file->file;
	*file = read;
	return 0;
}

static bool begins(const char **at, const char *end, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(end - *at) < len || memcmp(*at, word, len) != 0 ||
	    (*at + len < end && (*at)[len] != ' '))
		return false;
	*at += len;
	return true;
}

static int read_line(struct reader *reader, const char *at, const char *end)
{
	reader->texts.len = 0;
	if (buf_reserve(&reader->texts, (size_t)(end - at) + 1) == -1)
		return no_room(reader);
	if (begins(&at, end, "volatile"))
		return read_pattern(reader, at, end);
	if (begins(&at, end, "device"))
		return read_device(reader, at, end);
	if (begins(&at, end, "file"))
		return read_file(reader, at, end);
	return error_set(reader->err, NF_INVALID, "line %zu: no record is such",
			 reader->line);
}

/* Read the line that says of which format the rest is. */
static int read_head(struct reader *reader, const char *at, const char *end)
{
	unsigned long long format;
	char *behind;

	/* The newline at the end stops strtoull(3). */
	if (!begins(&at, end, HEAD) || end - at < 2 || at[1] < '0' ||
	    at[1] > '9')
		return error_set(reader->err, NF_INVALID,
				 "that is no state of netfan");
	format = strtoull(at + 1, &behind, 10);
	if (format > STATE_FORMAT) {
		(void)error_set(reader->err, NF_INVALID,
				"a later netfan wrote it: use that one, as "
				"this one cannot read it");
		/* To be told from damage; its own text would say nothing. */
		reader->err->sys_errno = EPROTONOSUPPORT;
		return -1;
	}
	if (format == 0)
		return error_set(reader->err, NF_INVALID,
				 "that is no format of a state");
	return get_words(reader, behind, end, &head_keys, reader->state);
}

/* Read the last line, and compare its sum with that of all above it: so who cut
 * the file, or edited it, is told that. */
static int read_end(struct reader *reader, const char *bytes, const char *at,
		    const char *end, uint64_t *records)
{
	size_t len = (size_t)(at - bytes);
	struct ending ending = {0};
	uint8_t sum[NF_DIGEST];

	if (!begins(&at, end, "end") ||
	    get_words(reader, at, end, &end_keys, &ending) == -1)
		return error_set(reader->err, NF_INVALID,
				 "its last line is missing: it was cut");
	if (sum_of(sum, bytes, len, reader->err) == -1)
		return -1;
	if (memcmp(sum, ending.sum, sizeof(sum)) != 0)
		return error_set(reader->err, NF_INVALID,
				 "its sum is wrong: it was changed or cut");
	*records = ending.records;
	return 0;
}

static int read_lines(struct reader *reader, const char *bytes, size_t len)
{
	const char *at = len > 0 ? memchr(bytes, '\n', len) : NULL;
	const char *end, *last;
	uint64_t records = 0;

	if (at == NULL)
		return error_set(reader->err, NF_INVALID,
				 "that is no state of netfan");
	if (read_head(reader, bytes, at++) == -1)
		return -1;
	last = memrchr(bytes, '\n', len - 1);
	last = last != NULL ? last + 1 : bytes;
	end = memchr(last, '\n', (size_t)(bytes + len - last));
	if (end == NULL)
		end = last;
	if (read_end(reader, bytes, last, end, &records) == -1)
		return -1;
	for (; at < last; at = end + 1) {
		end = memchr(at, '\n', (size_t)(last - at));
		reader->line++;
		if (read_line(reader, at, end) == -1)
			return -1;
	}
	if (records != reader->line - 1)
		return error_set(reader->err, NF_INVALID,
				 "it has not as many lines as its last one "
				 "says");
	return 0;
}

int state_parse(struct state *state, const char *bytes, size_t len,
		struct nf_error *err)
{
	struct reader reader = {.state = state, .line = 1, .err = err};
	int rc;

	*state = (struct state){0};
	buf_init(&reader.texts, STATE_MAX);
	rc = read_lines(&reader, bytes, len);
	buf_release(&reader.texts);
	if (rc == -1)
		state_release(state);
	return rc;
}

/* Read all of a file into bytes. */
static int read_whole(struct buf *bytes, int fd, const struct stat *st)
{
	ssize_t n = 1;

	if (st->st_size > (off_t)STATE_MAX) {
		errno = EFBIG;
		return -1;
	}
	if (buf_reserve(bytes, (size_t)st->st_size) == -1)
		return -1;
	while (n != 0 && bytes->len < (size_t)st->st_size) {
		n = read(fd, bytes->data + bytes->len,
			 (size_t)st->st_size - bytes->len);
		if (n == -1 && errno != EINTR)
			return -1;
		bytes->len += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* Name the file in front of what is wrong in it. */
static int refuse(const struct folder *folder, const struct nf_error *why,
		  struct nf_error *err)
{
	char shown[FOLDER_SHOWN];

	folder_shown(shown, folder, STATE_PATH);
	(void)error_set(err, why->code, "%s: %.180s", shown, why->message);
	err->sys_errno = why->sys_errno;
	return -1;
}

int state_read(struct state *state, const struct folder *folder,
	       struct nf_error *err)
{
	struct nf_error why = {0};
	struct buf bytes;
	struct stat st;
	int fd, rc;

	*state = (struct state){0};
	fd = folder_file(folder, STATE_PATH, &st, &why);
	if (fd == -1 && why.sys_errno == ENOENT)
		return 0;
	if (fd == -1) {
		*err = why;
		return -1;
	}
	buf_init(&bytes, STATE_MAX);
	rc = read_whole(&bytes, fd, &st);
	(void)close(fd);
	if (rc == -1)
		(void)folder_refuse(folder, "read", STATE_PATH, err);
	else if (state_parse(state, (const char *)bytes.data, bytes.len,
			     &why) == -1)
		rc = refuse(folder, &why, err);
	buf_release(&bytes);
	return rc == 0 ? 1 : -1;
}
