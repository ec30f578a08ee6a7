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

size_t report_encode(const struct report *report,
		     uint8_t bytes[PASSED_BYTES_MAX])
{
	size_t len = 0;

	bytes[0] = (uint8_t)report->kind;
	wire_put_u32(bytes + 1, report->place);
	switch (report->kind) {
	case REPORT_OPENED:
	case REPORT_HERE:
	case REPORT_ASKS:
	case REPORT_ACCEPTED:
	case REPORT_REFUSED:
	case REPORT_LEFT:
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
	case REPORT_HERE:
	case REPORT_ASKS:
	case REPORT_ACCEPTED:
	case REPORT_REFUSED:
	case REPORT_LEFT:
		return len == 0 ? 0 : -1;
	case REPORT_FAILED:
	case REPORT_CUT:
	case REPORT_CLOSED:
		return error_decode(&report->error, bytes, len);
	case REPORT_KEY:
		return decode_key(report, bytes, len);
	}
	return -1;
}
