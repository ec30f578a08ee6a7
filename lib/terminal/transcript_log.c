/* Log of both sides of a dialogue. */
#include "terminal/transcript_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define TURNS_MAX 256

struct turn {
	bool ours;
	size_t len;
};

struct transcript_log {
	const struct credentials *credentials;
	struct buf said; /* turn after turn */
	struct turn turns[TURNS_MAX];
	size_t nturns;
	bool redacted; /* the device's line may be the echo of a secret */
	bool cut; /* more came, of which nothing is kept */
};

/* The turn that bytes of a side belong to now, NULL when there is no room. */
static struct turn *turn_of(struct transcript_log *log, bool ours)
{
	struct turn *last =
		log->nturns > 0 ? &log->turns[log->nturns - 1] : NULL;

	if (last != NULL && last->ours == ours)
		return last;
	if (log->nturns == TURNS_MAX)
		return NULL;
	last = &log->turns[log->nturns++];
	*last = (struct turn){.ours = ours};
	return last;
}

static void keep(struct transcript_log *log, bool ours, const void *bytes,
		 size_t len)
{
	struct turn *turn;

	if (log->cut || len == 0)
		return;
	log->cut = len > buf_room(&log->said);
	turn = log->cut ? NULL : turn_of(log, ours);
	if (turn == NULL || buf_append(&log->said, bytes, len) == -1)
		log->cut = true;
	else
		turn->len += len;
}

void transcript_log_keep(struct transcript_log *log, bool ours,
			 const void *bytes, size_t len)
{
	const uint8_t *at = bytes, *end;

	if (!ours && log->redacted) {
		end = memchr(at, '\n', len);
		if (end == NULL)
			return;
		log->redacted = false;
		len -= (size_t)(end - at);
		at = end;
	}
	keep(log, ours, at, len);
}

void transcript_log_secret(struct transcript_log *log)
{
	keep(log, true, REDACTED, strlen(REDACTED));
	log->redacted = true;
}

int transcript_log_new(struct transcript_log **out,
		       const struct credentials *credentials,
		       struct nf_error *err)
{
	struct transcript_log *log = calloc(1, sizeof(*log));

	if (log == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a log");
	log->credentials = credentials;
	buf_init(&log->said, TRANSCRIPT_LOG_MAX);
	/* All of it at once: a buffer that grows leaves copies behind. */
	if (buf_reserve(&log->said, TRANSCRIPT_LOG_MAX) == -1) {
		transcript_log_free(log);
		return error_sys(err, NF_SYSTEM, "no memory for a log");
	}
	*out = log;
	return 0;
}

void transcript_log_free(struct transcript_log *log)
{
	if (log == NULL)
		return;
	if (log->said.len > 0) /* a device may show a password */
		explicit_bzero(log->said.data, log->said.len);
	buf_release(&log->said);
	free(log);
}

/* ---- printing */

/* Print a byte as YAML has it in double quotes. */
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

/* Print a turn. What was sent is shown as it is: it holds no secret, and what
 * follows would not be understood without it. */
static int print_turn(const struct credentials *credentials,
		      const struct turn *turn, const uint8_t *bytes,
		      struct buf *out)
{
	const char *start = turn->ours ? "# - netfan: \"" : "# - device: \"";

	if (buf_append(out, start, strlen(start)) == -1)
		return -1;
	for (size_t i = 0; i < turn->len;) {
		size_t n = turn->ours ? 0
				      : redact_len(credentials, bytes,
						   turn->len, i);
		int rc = n > 0 ? buf_append(out, REDACTED, strlen(REDACTED))
			       : print_byte(out, bytes[i]);

		if (rc == -1)
			return -1;
		i += n > 0 ? n : 1;
	}
	return buf_append(out, "\"\n", 2);
}

const struct credentials *
transcript_log_credentials(const struct transcript_log *log)
{
	return log->credentials;
}

int transcript_log_print(const struct transcript_log *log, struct buf *out)
{
	static const char cut[] = "# (and more)\n";
	const uint8_t *at = log->said.data;

	for (size_t i = 0; i < log->nturns; i++) {
		if (print_turn(log->credentials, &log->turns[i], at, out) == -1)
			return -1;
		at += log->turns[i].len;
	}
	return log->cut ? buf_append(out, cut, sizeof(cut) - 1) : 0;
}
