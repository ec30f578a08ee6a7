/* The protocol of a session: said, judged and read. */
#include "poll/protocol.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/wire.h"
#include "poll/plan/plan.h"

#define SIZE_OF(field) sizeof(((struct message *)NULL)->field)

/* ---- said */

/* The header and the fixed part of a body; RESULT's is the longest. */
struct writer {
	uint8_t bytes[1700];
	size_t len;
};

static_assert(MESSAGE_HEADER + 4 * 4 + 7 + NF_NTIMES * 8 +
			      SIZE_OF(result.error.message) +
			      SIZE_OF(result.prompt) + SIZE_OF(result.weak) +
			      SIZE_OF(result.key) + 4 * 2 <=
		      sizeof(((struct writer *)NULL)->bytes),
	      "a RESULT fits");

static void put_u8(struct writer *w, uint8_t value)
{
	w->bytes[w->len++] = value;
}

static void put_u32(struct writer *w, uint32_t value)
{
	wire_put_u32(w->bytes + w->len, value);
	w->len += 4;
}

static void put_us(struct writer *w, int64_t us)
{
	wire_put_u64(w->bytes + w->len, (uint64_t)us);
	w->len += 8;
}

static void put_text(struct writer *w, const char *text)
{
	size_t len = strlen(text);

	put_u32(w, (uint32_t)len);
	assert(len <= sizeof(w->bytes) - w->len);
	memcpy(w->bytes + w->len, text, len);
	w->len += len;
}

static void put_result(struct writer *w, const struct message *message)
{
	put_u8(w, (uint8_t)message->result.error.code);
	put_u8(w, (uint8_t)message->result.error.stage);
	put_u32(w, (uint32_t)message->result.error.sys_errno);
	for (int i = 0; i < NF_NTIMES; i++)
		put_us(w, message->result.us[i]);
	put_u32(w, message->result.platform);
	put_u8(w, message->result.unknown_prompt);
	put_u8(w, message->result.privileged);
	put_text(w, message->result.error.message);
	put_text(w, message->result.prompt);
	put_text(w, message->result.weak);
	put_u8(w, (uint8_t)message->result.key.state);
	put_text(w, message->result.key.type);
	put_text(w, message->result.key.fingerprint);
}

static void put_content(struct writer *w, const struct message_content *content)
{
	wire_put_u64(w->bytes + w->len, content->received);
	wire_put_u64(w->bytes + w->len + 8, content->counted);
	w->len += 16;
	put_u8(w, content->unchanged);
	put_u8(w, content->marked);
	put_u8(w, content->blank);
	memcpy(w->bytes + w->len, content->digest, NF_DIGEST);
	w->len += NF_DIGEST;
}

/* Write the fixed part; *tail is what follows it as it stands. */
static void encode(struct writer *w, const struct message *message,
		   struct iovec *tail)
{
	*tail = (struct iovec){0};
	switch (message->type) {
	case MESSAGE_COMMAND:
		put_u32(w, message->command.number);
		put_u32(w, message->command.platform);
		break;
	case MESSAGE_OUTPUT:
	case MESSAGE_STDERR:
		tail->iov_base = (void *)(uintptr_t)message->output.bytes;
		tail->iov_len = message->output.len;
		break;
	case MESSAGE_END:
		put_us(w, message->end.us);
		put_u8(w, message->end.rejected);
		put_u8(w, message->end.truncated);
		put_u8(w, message->end.ran);
		put_u32(w, (uint32_t)message->end.status);
		put_text(w, message->end.signal);
		put_u8(w, message->end.left_open);
		if (message->end.content.made)
			put_content(w, &message->end.content);
		break;
	case MESSAGE_HOSTKEY:
		put_text(w, message->hostkey.type);
		tail->iov_base = (void *)(uintptr_t)message->hostkey.key;
		tail->iov_len = message->hostkey.len;
		break;
	case MESSAGE_PROMPT:
		put_text(w, message->prompt);
		break;
	case MESSAGE_REQUEST:
		put_u32(w, message->request.number);
		put_u8(w, (uint8_t)message->request.kind);
		put_text(w, message->request.text);
		break;
	case MESSAGE_ASK:
		put_u8(w, (uint8_t)message->ask.offer);
		break;
	case MESSAGE_PROXIED:
	case MESSAGE_AHEAD:
		break;
	case MESSAGE_RESULT:
		put_result(w, message);
		break;
	}
}

int message_send(struct nf_task_io *out, const struct message *message,
		 int64_t *waited_ms)
{
	struct writer w = {.len = MESSAGE_HEADER};
	struct iovec parts[2];

	encode(&w, message, &parts[1]);
	assert(w.len - MESSAGE_HEADER + parts[1].iov_len <= MESSAGE_MAX);
	w.bytes[0] = (uint8_t)message->type;
	wire_put_u32(w.bytes + 1,
		     (uint32_t)(w.len - MESSAGE_HEADER + parts[1].iov_len));
	parts[0] = (struct iovec){.iov_base = w.bytes, .iov_len = w.len};
	return task_io_send(out, parts, 2, waited_ms);
}

/* ---- judged */

/* Reads on within a body; short once it asked for more than there is. */
struct reader {
	const uint8_t *bytes;
	size_t len;
	bool short_of;
};

static const uint8_t *take(struct reader *r, size_t len)
{
	static const uint8_t zero[NF_DIGEST];
	const uint8_t *at = r->bytes;

	if (len > r->len || r->short_of) {
		r->short_of = true;
		return zero; /* every fixed field is at most as long */
	}
	r->bytes += len;
	r->len -= len;
	return at;
}

static void take_text(struct reader *r, char *out, size_t size)
{
	uint32_t len = wire_u32(take(r, 4));

	if (len >= size || len > r->len) {
		r->short_of = true;
		return;
	}
	memcpy(out, take(r, len), len);
	out[len] = '\0';
}

/* Never below zero: it is printed as it is. */
static int64_t take_us(struct reader *r)
{
	int64_t us = (int64_t)wire_u64(take(r, 8));

	r->short_of |= us < 0;
	return us;
}

static void take_key(struct reader *r, struct hostcheck_key *key)
{
	uint8_t state = *take(r, 1);

	r->short_of |= state >= NF_NKEYS;
	key->state = (enum nf_key)state;
	take_text(r, key->type, sizeof(key->type));
	take_text(r, key->fingerprint, sizeof(key->fingerprint));
}

static void take_result(struct reader *r, struct message *message)
{
	uint8_t code = *take(r, 1), stage = *take(r, 1);

	r->short_of |= code >= NF_NCODES || stage >= NF_NSTAGES;
	message->result.error.code = (enum nf_code)code;
	message->result.error.stage = (enum nf_stage)stage;
	message->result.error.sys_errno = (int)wire_u32(take(r, 4));
	for (int i = 0; i < NF_NTIMES; i++)
		message->result.us[i] = take_us(r);
	message->result.platform = wire_u32(take(r, 4));
	message->result.unknown_prompt = *take(r, 1) != 0;
	message->result.privileged = *take(r, 1) != 0;
	take_text(r, message->result.error.message,
		  sizeof(message->result.error.message));
	take_text(r, message->result.prompt, sizeof(message->result.prompt));
	take_text(r, message->result.weak, sizeof(message->result.weak));
	take_key(r, &message->result.key);
}

static void take_content(struct reader *r, struct message_content *content)
{
	content->made = true;
	content->received = wire_u64(take(r, 8));
	content->counted = wire_u64(take(r, 8));
	content->unchanged = *take(r, 1) != 0;
	content->marked = *take(r, 1) != 0;
	content->blank = *take(r, 1) != 0;
	memcpy(content->digest, take(r, NF_DIGEST), NF_DIGEST);
}

static void take_ask(struct reader *r, struct message *message)
{
	uint8_t offer = *take(r, 1);

	r->short_of |= offer > OFFER_PROXY;
	message->ask.offer = (enum offer)offer;
}

static void take_request(struct reader *r, struct message *message)
{
	uint32_t number = wire_u32(take(r, 4));
	uint8_t kind = *take(r, 1);

	r->short_of |= kind >= REQUEST_NKINDS;
	message->request.number = number;
	message->request.kind = (enum request_kind)kind;
	take_text(r, message->request.text, sizeof(message->request.text));
}

/* Read a header: the type and length of the body. -1 when it is none. */
static int decode_header(const uint8_t header[MESSAGE_HEADER],
			 enum message_type *type, size_t *len)
{
	if (header[0] < MESSAGE_COMMAND || header[0] > MESSAGE_PROXIED ||
	    wire_u32(header + 1) > MESSAGE_MAX)
		return -1;
	*type = (enum message_type)header[0];
	*len = wire_u32(header + 1);
	return 0;
}

static int decode_body(struct message *message, enum message_type type,
		       const uint8_t *body, size_t len)
{
	struct reader r = {.bytes = body, .len = len};

	message->type = type;
	switch (type) {
	case MESSAGE_COMMAND:
		message->command.number = wire_u32(take(&r, 4));
		message->command.platform = wire_u32(take(&r, 4));
		break;
	case MESSAGE_OUTPUT:
	case MESSAGE_STDERR:
		message->output.len = r.len;
		message->output.bytes = take(&r, r.len);
		break;
	case MESSAGE_END:
		message->end.us = take_us(&r);
		message->end.rejected = *take(&r, 1) != 0;
		message->end.truncated = *take(&r, 1) != 0;
		message->end.ran = *take(&r, 1) != 0;
		message->end.status = (int32_t)wire_u32(take(&r, 4));
		take_text(&r, message->end.signal, sizeof(message->end.signal));
		message->end.left_open = *take(&r, 1) != 0;
		message->end.content = (struct message_content){0};
		if (r.len > 0)
			take_content(&r, &message->end.content);
		break;
	case MESSAGE_HOSTKEY:
		take_text(&r, message->hostkey.type,
			  sizeof(message->hostkey.type));
		message->hostkey.len = r.len;
		message->hostkey.key = take(&r, r.len);
		break;
	case MESSAGE_PROMPT:
		take_text(&r, message->prompt, sizeof(message->prompt));
		break;
	case MESSAGE_REQUEST:
		take_request(&r, message);
		break;
	case MESSAGE_ASK:
		take_ask(&r, message);
		break;
	case MESSAGE_PROXIED:
	case MESSAGE_AHEAD:
		break;
	case MESSAGE_RESULT:
		take_result(&r, message);
		break;
	}
	return r.short_of || r.len > 0 ? -1 : 0;
}

int message_decode(struct message *message, const uint8_t *bytes, size_t len)
{
	enum message_type type;
	size_t body_len;

	if (len < MESSAGE_HEADER ||
	    decode_header(bytes, &type, &body_len) == -1 ||
	    body_len != len - MESSAGE_HEADER)
		return -1;
	return decode_body(message, type, bytes + MESSAGE_HEADER, body_len);
}

#define IN(state) (1u << PROTOCOL_##state)

/* When a message may come, and what state comes behind it. */
static const struct rule {
	unsigned from; /* a bit a state */
	enum protocol_state to;
} rules[] = {
	[MESSAGE_HOSTKEY] = {IN(BEGINNING), PROTOCOL_BEGINNING},
	[MESSAGE_PROMPT] = {IN(BEGINNING), PROTOCOL_BEGINNING},
	[MESSAGE_ASK] = {IN(BEGINNING), PROTOCOL_BEGINNING},
	[MESSAGE_PROXIED] = {IN(BEGINNING), PROTOCOL_BEGINNING},
	[MESSAGE_REQUEST] = {IN(BEGINNING), PROTOCOL_BEGINNING},
	[MESSAGE_COMMAND] = {IN(BEGINNING) | IN(BETWEEN), PROTOCOL_OUTPUT},
	[MESSAGE_OUTPUT] = {IN(OUTPUT), PROTOCOL_OUTPUT},
	[MESSAGE_STDERR] = {IN(OUTPUT) | IN(STDERR), PROTOCOL_STDERR},
	[MESSAGE_AHEAD] = {IN(OUTPUT), PROTOCOL_OUTPUT},
	[MESSAGE_END] = {IN(OUTPUT) | IN(STDERR), PROTOCOL_BETWEEN},
	[MESSAGE_RESULT] = {IN(BEGINNING) | IN(BETWEEN), PROTOCOL_OVER},
};

/* Is this the platform of the commands so far? */
static bool same_platform(const struct protocol *protocol, uint32_t platform)
{
	return protocol->next_command == 0 || platform == protocol->platform;
}

static int count_command(struct protocol *protocol,
			 const struct message *message)
{
	uint32_t platform = message->command.platform;

	if (!same_platform(protocol, platform) ||
	    message->command.number != protocol->next_command ||
	    message->command.number >= plan_ncommands(protocol->plan, platform))
		return -1;
	protocol->platform = platform;
	protocol->next_command++;
	if (protocol->sent < protocol->next_command)
		protocol->sent = protocol->next_command;
	protocol->errors = 0;
	protocol->said = false;
	return 0;
}

/* Judge the end of an output. That it is known cannot be said of what was not
 * told whole, nor behind a piece of it. */
static int check_end(const struct protocol *protocol,
		     const struct message *message)
{
	const struct message_content *content = &message->end.content;

	if (content->made != (protocol->plan->options->content != NULL) ||
	    content->received > PROTOCOL_OUTPUT_MAX)
		return -1;
	return content->unchanged && (message->end.truncated || protocol->said)
		       ? -1
		       : 0;
}

/* Count what a message brings. -1 for what is out of its bounds. */
static int count(struct protocol *protocol, const struct message *message)
{
	switch (message->type) {
	case MESSAGE_COMMAND:
		return count_command(protocol, message);
	case MESSAGE_AHEAD:
		if (protocol->sent != protocol->next_command ||
		    protocol->sent >=
			    plan_ncommands(protocol->plan, protocol->platform))
			return -1;
		protocol->sent++;
		return 0;
	case MESSAGE_OUTPUT:
		if (message->output.len == 0 ||
		    message->output.len >
			    PROTOCOL_OUTPUT_MAX - protocol->output)
			return -1;
		protocol->output += message->output.len;
		protocol->said = true;
		return 0;
	case MESSAGE_STDERR:
		if (message->output.len == 0 ||
		    message->output.len >
			    SSH_EXEC_STDERR_MAX - protocol->errors)
			return -1;
		protocol->errors += message->output.len;
		return 0;
	case MESSAGE_END:
		return check_end(protocol, message);
	case MESSAGE_RESULT:
		return same_platform(protocol, message->result.platform) ? 0
									 : -1;
	case MESSAGE_HOSTKEY:
	case MESSAGE_PROMPT:
	case MESSAGE_ASK:
	case MESSAGE_PROXIED:
	case MESSAGE_REQUEST:
		break;
	}
	return 0;
}

int protocol_accept(struct protocol *protocol, const struct message *message)
{
	const struct rule *rule = &rules[message->type];

	if ((rule->from & 1u << protocol->state) == 0 ||
	    count(protocol, message) == -1)
		return -1;
	protocol->state = rule->to;
	return 0;
}

/* ---- read */

void body_init(struct nf_result_body *body, struct spool *spool,
	       const struct plan *plan)
{
	*body = (struct nf_result_body){.protocol = {.plan = plan}};
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
		return n == 0 ? 0 : -1;
	if (body->bytes == NULL)
		body->bytes = malloc(MESSAGE_MAX);
	if (body->bytes == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a result");
	if (n != MESSAGE_HEADER || decode_header(header, &type, &len) == -1)
		return error_set(err, NF_SYSTEM, "its output is damaged");
	n = spool_read(&body->spool, body->bytes, len, err);
	if (n == -1)
		return -1;
	if ((size_t)n != len ||
	    decode_body(message, type, body->bytes, len) == -1)
		return error_set(err, NF_SYSTEM, "its output is damaged");
	return 1;
}

static void fill_content(const struct message_content *content,
			 struct nf_part *part)
{
	if (!content->made)
		return;
	part->total = content->received;
	part->unchanged = content->unchanged;
	part->marked = content->marked;
	part->blank = content->blank;
	part->counted = content->counted;
	memcpy(part->digest, content->digest, NF_DIGEST);
}

static void fill_end(struct nf_result_body *body, const struct message *message,
		     struct nf_part *part)
{
	memcpy(body->signal, message->end.signal, sizeof(body->signal));
	part->kind = NF_PART_END;
	part->total = body->total;
	part->own = plan_collects(body->protocol.plan);
	part->us = message->end.us;
	part->rejected = message->end.rejected;
	part->truncated = message->end.truncated;
	part->left_open = message->end.left_open;
	part->ran = message->end.ran;
	part->exit_status = message->end.status;
	part->signal = body->signal;
	fill_content(&message->end.content, part);
}

/* -1 for a message that is never kept. */
static int fill_part(struct nf_result_body *body, const struct message *message,
		     struct nf_part *part)
{
	*part = (struct nf_part){0};
	switch (message->type) {
	case MESSAGE_COMMAND:
		body->total = 0;
		part->kind = NF_PART_COMMAND;
		part->command = plan_command(body->protocol.plan,
					     message->command.platform,
					     message->command.number);
		return 0;
	case MESSAGE_OUTPUT:
		body->total += message->output.len;
		part->kind = NF_PART_OUTPUT;
		part->bytes = message->output.bytes;
		part->len = message->output.len;
		return 0;
	case MESSAGE_STDERR:
		part->kind = NF_PART_STDERR;
		part->bytes = message->output.bytes;
		part->len = message->output.len;
		return 0;
	case MESSAGE_END:
		fill_end(body, message, part);
		return 0;
	case MESSAGE_HOSTKEY:
	case MESSAGE_PROMPT:
	case MESSAGE_ASK:
	case MESSAGE_PROXIED:
	case MESSAGE_REQUEST:
	case MESSAGE_AHEAD:
	case MESSAGE_RESULT:
		break;
	}
	return -1;
}

/* End a command for a worker that died in the middle of its output. */
static int read_end(struct nf_result_body *body, struct nf_part *part)
{
	const struct nf_poll_options *options = body->protocol.plan->options;
	const struct message end = {
		.type = MESSAGE_END,
		.end = {.truncated = true,
			.content = {.made = options->content != NULL,
				    .received = body->total}}};

	if (protocol_accept(&body->protocol, &end) == -1)
		return 0;
	return fill_part(body, &end, part) == -1 ? -1 : 1;
}

int nf_result_read(struct nf_result *result, struct nf_part *part,
		   struct nf_error *err)
{
	struct nf_result_body *body = result->body;
	struct message message = {0};
	int rc = read_message(body, &message, err);

	if (rc != 1)
		return rc == 0 ? read_end(body, part) : -1;
	if (protocol_accept(&body->protocol, &message) == -1 ||
	    fill_part(body, &message, part) == -1)
		return error_set(err, NF_SYSTEM, "its output is damaged");
	return 1;
}
