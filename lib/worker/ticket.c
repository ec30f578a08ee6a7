/* Tickets: what the pool writes into a task pipe. */
#include "worker/ticket.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/wire.h"

size_t ticket_size(size_t payload_len)
{
	return TICKET_HEADER + payload_len;
}

int ticket_put(struct buf *out, uint32_t number, uint32_t index,
	       const void *payload, uint32_t payload_len)
{
	/* Whole: half of a ticket could not be taken back. */
	uint8_t *at = buf_extend(out, ticket_size(payload_len));

	if (at == NULL)
		return -1;
	wire_put_u32(at, number);
	wire_put_u32(at + 4, index);
	wire_put_u32(at + 8, payload_len);
	if (payload_len > 0)
		memcpy(at + TICKET_HEADER, payload, payload_len);
	return 0;
}

static struct ticket decode(const uint8_t *header)
{
	return (struct ticket){.number = wire_u32(header),
			       .index = wire_u32(header + 4),
			       .payload_len = wire_u32(header + 8)};
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The header is whole: 0, or -1. */
static int begin_payload(struct ticket_parser *parser)
{
	struct ticket *ticket = &parser->ticket;

	*ticket = decode(parser->header);
	if (ticket->payload_len > NF_PAYLOAD_MAX) {
		errno = EPROTO;
		return -1;
	}
	if (ticket->payload_len > 0)
		ticket->payload = malloc(ticket->payload_len);
	return ticket->payload_len == 0 || ticket->payload != NULL ? 0 : -1;
}

/* Take what is missing of size bytes, of which there are have. */
static size_t take(void *to, size_t have, size_t size, const uint8_t *bytes,
		   size_t len)
{
	size_t n = least(size - have, len);

	if (to != NULL && n > 0)
		memcpy((uint8_t *)to + have, bytes, n);
	return n;
}

/* Most tickets come whole, and with nothing. */
static bool take_plain(const struct ticket_parser *parser, const uint8_t *bytes,
		       size_t len, size_t *used, struct ticket *ticket)
{
	if (parser->have > 0 || len < TICKET_HEADER)
		return false;
	*ticket = decode(bytes);
	*used = TICKET_HEADER;
	return ticket->payload_len == 0;
}

int ticket_parser_feed(struct ticket_parser *parser, const uint8_t *bytes,
		       size_t len, size_t *used, struct ticket *ticket)
{
	size_t n;

	if (take_plain(parser, bytes, len, used, ticket))
		return 1;
	*used = 0;
	if (parser->have < TICKET_HEADER) {
		n = take(parser->header, parser->have, TICKET_HEADER, bytes,
			 len);
		parser->have += n;
		*used = n;
		if (parser->have < TICKET_HEADER)
			return 0;
		if (begin_payload(parser) == -1) {
			parser->have = 0;
			return -1;
		}
	}
	n = take(parser->ticket.payload, parser->have - TICKET_HEADER,
		 parser->ticket.payload_len, bytes + *used, len - *used);
	parser->have += n;
	*used += n;
	if (parser->have < ticket_size(parser->ticket.payload_len))
		return 0;
	*ticket = parser->ticket;
	*parser = (struct ticket_parser){0};
	return 1;
}

void ticket_parser_release(struct ticket_parser *parser)
{
	free(parser->ticket.payload);
	*parser = (struct ticket_parser){0};
}
