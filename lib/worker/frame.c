/* Frames: what a worker writes into its result pipe. */
#include "worker/frame.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/wire.h"

/* Payload length of the header at bytes, or -1 when it is no header. */
static int header_check(const uint8_t *bytes, uint32_t *payload_len,
			struct nf_error *err)
{
	uint32_t len = wire_u32(bytes);

	if (len > FRAME_PAYLOAD_MAX)
		return error_set(err, NF_PROTOCOL,
				 "frame of %u bytes: more than %u", len,
				 FRAME_PAYLOAD_MAX);
	if (bytes[4] < FRAME_STARTED || bytes[4] > FRAME_READY)
		return error_set(err, NF_PROTOCOL, "frame of unknown type %u",
				 bytes[4]);
	*payload_len = len;
	return 0;
}

static void frame_fill(struct frame *frame, const uint8_t *bytes, uint32_t len)
{
	frame->type = (enum frame_type)bytes[4];
	frame->ticket = wire_u32(bytes + 5);
	frame->payload = bytes + FRAME_HEADER;
	frame->len = len;
}

/* Move bytes into the parser until it holds want of them: 1 when it does. */
static int gather(struct frame_parser *parser, size_t want,
		  const uint8_t *bytes, size_t len, size_t *used)
{
	size_t more = 0;

	if (parser->have < want) {
		more = want - parser->have;
		if (more > len - *used)
			more = len - *used;
		memcpy(parser->bytes + parser->have, bytes + *used, more);
		parser->have += more;
		*used += more;
	}
	return parser->have >= want;
}

int frame_parser_feed(struct frame_parser *parser, const uint8_t *bytes,
		      size_t len, size_t *used, struct frame *frame,
		      struct nf_error *err)
{
	uint32_t payload_len = 0;

	*used = 0;
	if (parser->taken) {
		parser->taken = false;
		parser->have = 0;
	}
	/* A frame that lies whole in the bytes read is not copied. */
	if (parser->have == 0 && len >= FRAME_HEADER) {
		if (header_check(bytes, &payload_len, err) == -1)
			return -1;
		if (len - FRAME_HEADER >= payload_len) {
			*used = FRAME_HEADER + payload_len;
			frame_fill(frame, bytes, payload_len);
			return 1;
		}
	}
	if (!gather(parser, FRAME_HEADER, bytes, len, used))
		return 0;
	if (header_check(parser->bytes, &payload_len, err) == -1)
		return -1;
	if (!gather(parser, FRAME_HEADER + payload_len, bytes, len, used))
		return 0;
	frame_fill(frame, parser->bytes, payload_len);
	parser->taken = true;
	return 1;
}

bool frame_parser_inside(const struct frame_parser *parser)
{
	return parser->have > 0 && !parser->taken;
}

size_t frame_size(size_t payload_len)
{
	return FRAME_HEADER + payload_len;
}

size_t frame_payload(const struct iovec *parts, size_t nparts)
{
	size_t len = 0;

	for (size_t i = 0; i < nparts; i++)
		len += parts[i].iov_len;
	return len;
}

int frame_put(struct buf *out, enum frame_type type, uint32_t ticket,
	      const struct iovec *parts, size_t nparts)
{
	size_t len = frame_payload(parts, nparts);
	uint8_t *at;

	assert(len <= FRAME_PAYLOAD_MAX);
	at = buf_extend(out, frame_size(len));
	if (at == NULL)
		return -1;
	wire_put_u32(at, (uint32_t)len);
	at[4] = (uint8_t)type;
	wire_put_u32(at + 5, ticket);
	at += FRAME_HEADER;
	for (size_t i = 0; i < nparts; i++) {
		if (parts[i].iov_len > 0)
			memcpy(at, parts[i].iov_base, parts[i].iov_len);
		at += parts[i].iov_len;
	}
	return 0;
}
