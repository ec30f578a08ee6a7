/* What was said at a terminal. */
#include "session/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define TURNS_MAX 256

struct turn {
	bool ours;
	size_t len;
};

struct record {
	struct veil veil;
	struct buf said; /* turn after turn */
	struct turn turns[TURNS_MAX];
	size_t nturns;
	bool veiled; /* the device's line may be a secret's echo */
	bool cut; /* more was said, of which nothing is kept */
};

/* The turn that what is said now belongs to, NULL when there is no room. */
static struct turn *turn_of(struct record *record, bool ours)
{
	struct turn *last =
		record->nturns > 0 ? &record->turns[record->nturns - 1] : NULL;

	if (last != NULL && last->ours == ours)
		return last;
	if (record->nturns == TURNS_MAX)
		return NULL;
	last = &record->turns[record->nturns++];
	*last = (struct turn){.ours = ours};
	return last;
}

static void keep(struct record *record, bool ours, const void *bytes,
		 size_t len)
{
	struct turn *turn;

	if (record->cut || len == 0)
		return;
	record->cut = len > buf_room(&record->said);
	turn = record->cut ? NULL : turn_of(record, ours);
	if (turn == NULL || buf_append(&record->said, bytes, len) == -1)
		record->cut = true;
	else
		turn->len += len;
}

void record_keep(struct record *record, bool ours, const void *bytes,
		 size_t len)
{
	const uint8_t *at = bytes, *end;

	if (!ours && record->veiled) {
		end = memchr(at, '\n', len);
		if (end == NULL)
			return;
		record->veiled = false;
		len -= (size_t)(end - at);
		at = end;
	}
	keep(record, ours, at, len);
}

void record_secret(struct record *record)
{
	keep(record, true, VEIL, strlen(VEIL));
	record->veiled = true;
}

int record_new(struct record **out, const struct veil *veil,
	       struct nf_error *err)
{
	struct record *record = calloc(1, sizeof(*record));

	if (record == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a record");
	record->veil = *veil;
	buf_init(&record->said, RECORD_MAX);
	/* In one place: no copy is left behind. */
	if (buf_reserve(&record->said, RECORD_MAX) == -1) {
		record_free(record);
		return error_sys(err, NF_SYSTEM, "no memory for a record");
	}
	*out = record;
	return 0;
}

void record_free(struct record *record)
{
	if (record == NULL)
		return;
	if (record->said.len > 0) /* a device may say more than it should */
		explicit_bzero(record->said.data, record->said.len);
	buf_release(&record->said);
	free(record);
}

/* ---- printing */

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

/* Our own words are no secrets, and needed for what follows. */
static int print_turn(const struct veil *veil, const struct turn *turn,
		      const uint8_t *bytes, struct buf *out)
{
	const char *start = turn->ours ? "# - netfan: \"" : "# - device: \"";

	if (buf_append(out, start, strlen(start)) == -1)
		return -1;
	for (size_t i = 0; i < turn->len;) {
		size_t n = turn->ours ? 0 : veil_len(veil, bytes, turn->len, i);
		int rc = n > 0 ? buf_append(out, VEIL, strlen(VEIL))
			       : print_byte(out, bytes[i]);

		if (rc == -1)
			return -1;
		i += n > 0 ? n : 1;
	}
	return buf_append(out, "\"\n", 2);
}

const struct veil *record_veil(const struct record *record)
{
	return &record->veil;
}

int record_print(const struct record *record, struct buf *out)
{
	static const char cut[] = "# (and more)\n";
	const uint8_t *at = record->said.data;

	for (size_t i = 0; i < record->nturns; i++) {
		if (print_turn(&record->veil, &record->turns[i], at, out) == -1)
			return -1;
		at += record->turns[i].len;
	}
	return record->cut ? buf_append(out, cut, sizeof(cut) - 1) : 0;
}
