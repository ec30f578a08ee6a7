/* What the jump process and its parent say to each other. */
#include "jump/report.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/wire.h"

#define WISH_LEN 20u
#define REPORT_LEN 5u

size_t report_wish_encode(const struct report_wish *wish,
			  uint8_t bytes[PASSED_BYTES_MAX])
{
	size_t len = strnlen(wish->host, sizeof(wish->host));

	if (len == sizeof(wish->host))
		return 0;
	wire_put_u32(bytes, wish->device);
	wire_put_u32(bytes + 4, wish->hop);
	wire_put_u32(bytes + 8, wish->port);
	wire_put_u32(bytes + 12, wish->connect_ms);
	wire_put_u32(bytes + 16, wish->left_ms);
	memcpy(bytes + WISH_LEN, wish->host, len);
	return WISH_LEN + len;
}

int report_wish_decode(struct report_wish *wish, const uint8_t *bytes,
		       size_t len)
{
	if (len <= WISH_LEN || len - WISH_LEN >= sizeof(wish->host) ||
	    wire_u32(bytes + 8) > UINT16_MAX)
		return -1;
	*wish = (struct report_wish){
		.device = wire_u32(bytes),
		.hop = wire_u32(bytes + 4),
		.port = (uint16_t)wire_u32(bytes + 8),
		.connect_ms = wire_u32(bytes + 12),
		.left_ms = wire_u32(bytes + 16),
	};
	memcpy(wish->host, bytes + WISH_LEN, len - WISH_LEN);
	return 0;
}

static size_t encode_key(const struct report *report, uint8_t *bytes,
			 size_t size)
{
	size_t type = strlen(report->key_type) + 1;

	if (report->key_len > size - type)
		return 0;
	memcpy(bytes, report->key_type, type);
	memcpy(bytes + type, report->key, report->key_len);
	return type + report->key_len;
}

/* What is too long loses its beginning: the question itself is the end. */
static size_t encode_text(const char *text, uint8_t *bytes)
{
	size_t len = strlen(text);
	size_t drop = len < REQUEST_TEXT_MAX ? 0 : len - (REQUEST_TEXT_MAX - 1);

	memcpy(bytes, text + drop, len - drop + 1);
	return len - drop + 1;
}

size_t report_encode(const struct report *report,
		     uint8_t bytes[PASSED_BYTES_MAX])
{
	size_t len = 0;

	bytes[0] = (uint8_t)report->kind;
	wire_put_u32(bytes + 1, report->place);
	switch (report->kind) {
	case REPORT_OPENED:
		wire_put_u32(bytes + REPORT_LEN, report->took_ms);
		len = 4;
		break;
	case REPORT_HERE:
	case REPORT_ASKS:
	case REPORT_ACCEPTED:
	case REPORT_REFUSED:
	case REPORT_LEFT:
	case REPORT_UNASKED:
		break;
	case REPORT_FAILED:
	case REPORT_CUT:
	case REPORT_CLOSED:
		len = error_encode(&report->error, bytes + REPORT_LEN);
		break;
	case REPORT_KEY:
		len = encode_key(report, bytes + REPORT_LEN,
				 PASSED_BYTES_MAX - REPORT_LEN);
		if (len == 0)
			return 0;
		break;
	case REPORT_QUESTION:
		len = encode_text(report->text, bytes + REPORT_LEN);
		break;
	}
	return REPORT_LEN + len;
}

static int decode_key(struct report *report, const uint8_t *bytes, size_t len)
{
	size_t type = strnlen((const char *)bytes, len);

	if (type == len || type >= sizeof(report->key_type))
		return -1;
	memcpy(report->key_type, bytes, type + 1);
	report->key = bytes + type + 1;
	report->key_len = len - type - 1;
	return report->key_len > 0 ? 0 : -1;
}

/* Is it a text with its NUL, of so many bytes at most? */
static bool is_text(const uint8_t *bytes, size_t len, size_t most)
{
	return len > 0 && len <= most &&
	       strnlen((const char *)bytes, len) == len - 1;
}

int report_decode(struct report *report, const uint8_t *bytes, size_t len)
{
	*report = (struct report){0};
	if (len < REPORT_LEN)
		return -1;
	report->kind = (enum report_kind)bytes[0];
	report->place = wire_u32(bytes + 1);
	bytes += REPORT_LEN;
	len -= REPORT_LEN;
	switch (report->kind) {
	case REPORT_OPENED:
		if (len != 4)
			return -1;
		report->took_ms = wire_u32(bytes);
		return 0;
	case REPORT_HERE:
	case REPORT_ASKS:
	case REPORT_ACCEPTED:
	case REPORT_REFUSED:
	case REPORT_LEFT:
	case REPORT_UNASKED:
		return len == 0 ? 0 : -1;
	case REPORT_FAILED:
	case REPORT_CUT:
	case REPORT_CLOSED:
		return error_decode(&report->error, bytes, len);
	case REPORT_KEY:
		return decode_key(report, bytes, len);
	case REPORT_QUESTION:
		report->text = (const char *)bytes;
		return is_text(bytes, len, REQUEST_TEXT_MAX) ? 0 : -1;
	}
	return -1;
}

/* ---- answers */

size_t report_answer_encode(const char *typed, const struct nf_error *why,
			    uint8_t bytes[PASSED_BYTES_MAX])
{
	size_t len;

	if (typed == NULL)
		return error_encode(why, bytes);
	len = strnlen(typed, NF_ANSWER_MAX - 1);
	bytes[0] = NF_OK;
	memcpy(bytes + 1, typed, len);
	bytes[1 + len] = '\0';
	return len + 2;
}

static void open_text(struct passed *passed)
{
	passed->len--;
	memmove(passed->bytes, passed->bytes + 1, passed->len);
	explicit_bzero(passed->bytes + passed->len, 1);
}

int report_answer_open(struct passed *passed, struct nf_error *err)
{
	struct nf_error why;

	if (passed->len > 0 && passed->bytes[0] == NF_OK &&
	    is_text(passed->bytes + 1, passed->len - 1, NF_ANSWER_MAX)) {
		open_text(passed);
		return 0;
	}
	if (error_decode(&why, passed->bytes, passed->len) == 0 &&
	    why.code != NF_OK)
		*err = why;
	else
		(void)error_set(err, NF_SYSTEM, "an answer is damaged");
	return -1;
}
