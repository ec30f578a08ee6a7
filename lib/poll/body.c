/* A result's body. */
#include "poll/body.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

void body_init(struct nf_result_body *body, struct spool *spool,
	       const struct nf_poll_options *options)
{
	*body = (struct nf_result_body){.commands = options->commands,
					.ncommands = options->ncommands};
	spool_move(&body->spool, spool, spool->budget);
}

void body_release(struct nf_result_body *body)
{
	spool_release(&body->spool);
	free(body->bytes);
	body->bytes = NULL;
}

/* Read one message: 1, 0 at the end, -1. */
static int read_message(struct nf_result_body *body, struct message *message,
			struct nf_error *err)
{
	uint8_t header[MESSAGE_HEADER];
	enum message_type type;
	size_t len;
	ssize_t n = spool_read(&body->spool, header, sizeof(header), err);

	if (n <= 0)
		return (int)n;
	if (body->bytes == NULL)
		body->bytes = malloc(MESSAGE_MAX);
	if (body->bytes == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a result");
	if (n != MESSAGE_HEADER || message_header(header, &type, &len) == -1)
		return error_set(err, NF_SYSTEM, "its output is damaged");
	n = spool_read(&body->spool, body->bytes, len, err);
	if (n == -1)
		return -1;
	if ((size_t)n != len ||
	    message_decode_body(message, type, body->bytes, len) == -1)
		return error_set(err, NF_SYSTEM, "its output is damaged");
	return 1;
}

/* A worker that died in the middle of an answer could not end it. */
static int read_end(struct nf_result_body *body, struct nf_part *part)
{
	if (!body->inside)
		return 0;
	body->inside = false;
	*part = (struct nf_part){
		.kind = NF_PART_END, .total = body->total, .truncated = true};
	return 1;
}

static int fill_end(struct nf_result_body *body, const struct message *message,
		    struct nf_part *part)
{
	body->inside = false;
	memcpy(body->signal, message->end.signal, sizeof(body->signal));
	part->kind = NF_PART_END;
	part->total = body->total;
	part->us = message->end.us;
	part->rejected = message->end.rejected;
	part->truncated = message->end.truncated;
	part->ran = message->end.ran;
	part->exit_status = message->end.status;
	part->signal = body->signal;
	return 1;
}

static int fill_part(struct nf_result_body *body, const struct message *message,
		     struct nf_part *part, struct nf_error *err)
{
	*part = (struct nf_part){0};
	switch (message->type) {
	case MESSAGE_COMMAND:
		if (message->command.number >= body->ncommands)
			break;
		body->inside = true;
		body->total = 0;
		part->kind = NF_PART_COMMAND;
		part->command = body->commands[message->command.number];
		return 1;
	case MESSAGE_OUTPUT:
		body->total += message->output.len;
		part->kind = NF_PART_OUTPUT;
		part->bytes = message->output.bytes;
		part->len = message->output.len;
		return 1;
	case MESSAGE_STDERR:
		part->kind = NF_PART_STDERR;
		part->bytes = message->output.bytes;
		part->len = message->output.len;
		return 1;
	case MESSAGE_END:
		return fill_end(body, message, part);
	case MESSAGE_HOSTKEY:
	case MESSAGE_PROMPT:
	case MESSAGE_ASK:
	case MESSAGE_RESULT:
		break; /* never kept */
	}
	return error_set(err, NF_SYSTEM, "its output is damaged");
}

int nf_result_read(struct nf_result *result, struct nf_part *part,
		   struct nf_error *err)
{
	struct message message;
	int rc = read_message(result->body, &message, err);

	if (rc == 0)
		return read_end(result->body, part);
	return rc == -1 ? -1 : fill_part(result->body, &message, part, err);
}
