/* What was said on a stream. */
#include "session/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define TURNS_MAX 256
#define HIDDEN "****"

struct turn {
	bool ours;
	size_t len;
};

struct record {
	struct transport transport;
	struct transport *inner;
	const char *hidden[RECORD_HIDDEN_MAX];
	struct buf said; /* turn after turn */
	struct turn turns[TURNS_MAX];
	size_t nturns;
	bool cut; /* more was said */
};

/* ---- keeping */

static void keep(struct record *record, bool ours, const void *bytes,
		 size_t len)
{
	struct turn *turn =
		record->nturns > 0 ? &record->turns[record->nturns - 1] : NULL;

	if (turn == NULL || turn->ours != ours) {
		if (record->nturns == TURNS_MAX) {
			record->cut = true;
			return;
		}
		turn = &record->turns[record->nturns++];
		*turn = (struct turn){.ours = ours};
	}
	if (len > buf_room(&record->said)) {
		record->cut = true;
		len = buf_room(&record->said);
	}
	if (!record->cut || len > 0) {
		if (buf_append(&record->said, bytes, len) == -1)
			record->cut = true;
		else
			turn->len += len;
	}
}

static struct record *of(struct transport *tr)
{
	return (struct record *)(void *)tr;
}

static ssize_t record_recv(struct transport *tr, void *bytes, size_t len)
{
	ssize_t n = transport_recv(of(tr)->inner, bytes, len);

	if (n > 0)
		keep(of(tr), false, bytes, (size_t)n);
	return n;
}

static ssize_t record_send(struct transport *tr, const void *bytes, size_t len)
{
	ssize_t n = transport_send(of(tr)->inner, bytes, len);

	if (n > 0)
		keep(of(tr), true, bytes, (size_t)n);
	return n;
}

static int record_wait(struct transport *tr, unsigned directions,
		       int64_t deadline_ms)
{
	return transport_wait(of(tr)->inner, directions, deadline_ms);
}

static int64_t record_now_ms(struct transport *tr)
{
	return transport_now(of(tr)->inner);
}

static void record_shutdown(struct transport *tr)
{
	transport_shutdown(of(tr)->inner);
}

/* Both streams are somebody else's. */
static void record_forget(struct transport *tr)
{
	of(tr)->inner = NULL;
}

static const struct transport_ops ops = {
	.recv = record_recv,
	.send = record_send,
	.wait = record_wait,
	.now_ms = record_now_ms,
	.shutdown = record_shutdown,
	.free = record_forget,
};

int record_new(struct record **out, struct nf_error *err)
{
	struct record *record = calloc(1, sizeof(*record));

	if (record == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a record");
	record->transport.ops = &ops;
	buf_init(&record->said, RECORD_MAX);
	*out = record;
	return 0;
}

void record_free(struct record *record)
{
	if (record == NULL)
		return;
	if (record->said.len > 0) /* passwords, too */
		explicit_bzero(record->said.data, record->said.len);
	buf_release(&record->said);
	free(record);
}

void record_hide(struct record *record, const char *text)
{
	size_t i = 0;

	while (i < RECORD_HIDDEN_MAX && record->hidden[i] != NULL)
		i++;
	if (i < RECORD_HIDDEN_MAX && text != NULL && *text != '\0')
		record->hidden[i] = text;
}

struct transport *record_wrap(struct record *record, struct transport *inner)
{
	record->inner = inner;
	record->transport.fd = inner->fd;
	return &record->transport;
}

/* ---- printing */

/* The length of what has to be hidden there, 0 for nothing. */
static size_t hidden_at(const struct record *record, const uint8_t *bytes,
			size_t len)
{
	size_t longest = 0;

	for (size_t i = 0; i < RECORD_HIDDEN_MAX; i++) {
		const char *text = record->hidden[i];
		size_t n = text != NULL ? strlen(text) : 0;

		if (n > longest && n <= len && memcmp(bytes, text, n) == 0)
			longest = n;
	}
	return longest;
}

/* A byte as a text of YAML in double quotes has it. */
static int print_byte(struct buf *out, uint8_t byte)
{
	static const char plain[] = "\r\n\t\033\"\\", named[] = "rnte\"\\";
	const char *at = byte != '\0' ? strchr(plain, byte) : NULL;
	char text[8];

	if (at != NULL)
		(void)snprintf(text, sizeof(text), "\\%c", named[at - plain]);
	else if (byte < 0x20 || byte > 0x7e)
		(void)snprintf(text, sizeof(text), "\\x%02x", byte);
	else
		(void)snprintf(text, sizeof(text), "%c", byte);
	return buf_append(out, text, strlen(text));
}

static int print_turn(const struct record *record, const struct turn *turn,
		      const uint8_t *bytes, struct buf *out)
{
	const char *start = turn->ours ? "# - netfan: \"" : "# - device: \"";
	size_t i = 0;

	if (buf_append(out, start, strlen(start)) == -1)
		return -1;
	while (i < turn->len) {
		size_t hidden = hidden_at(record, bytes + i, turn->len - i);
		int rc = hidden > 0 ? buf_append(out, HIDDEN, strlen(HIDDEN))
				    : print_byte(out, bytes[i]);

		if (rc == -1)
			return -1;
		i += hidden > 0 ? hidden : 1;
	}
	return buf_append(out, "\"\n", 2);
}

int record_print(const struct record *record, struct buf *out)
{
	static const char cut[] = "# (and more)\n";
	const uint8_t *at = record->said.data;

	for (size_t i = 0; i < record->nturns; i++) {
		if (print_turn(record, &record->turns[i], at, out) == -1)
			return -1;
		at += record->turns[i].len;
	}
	return record->cut ? buf_append(out, cut, sizeof(cut) - 1) : 0;
}
