/* Messages: what a session's task says inside DATA frames. */
#include "poll/message.h"

#include <assert.h>
#include <string.h>

#include "base/wire.h"

/* The fixed part of a body; the longest is RESULT's with its texts. */
struct writer {
	uint8_t bytes[1600];
	size_t len;
};

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
	put_text(w, message->result.error.message);
	put_text(w, message->result.prompt);
	put_text(w, message->result.weak);
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
		break;
	case MESSAGE_HOSTKEY:
		put_text(w, message->hostkey.type);
		tail->iov_base = (void *)(uintptr_t)message->hostkey.key;
		tail->iov_len = message->hostkey.len;
		break;
	case MESSAGE_PROMPT:
		put_text(w, message->prompt);
		break;
	case MESSAGE_ASK:
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

/* Reads on within a body; short once it asked for more than there is. */
struct reader {
	const uint8_t *bytes;
	size_t len;
	bool short_of;
};

static const uint8_t *take(struct reader *r, size_t len)
{
	static const uint8_t zero[8];
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
	take_text(r, message->result.error.message,
		  sizeof(message->result.error.message));
	take_text(r, message->result.prompt, sizeof(message->result.prompt));
	take_text(r, message->result.weak, sizeof(message->result.weak));
}

int message_header(const uint8_t header[MESSAGE_HEADER],
		   enum message_type *type, size_t *len)
{
	if (header[0] < MESSAGE_COMMAND || header[0] > MESSAGE_RESULT ||
	    wire_u32(header + 1) > MESSAGE_MAX)
		return -1;
	*type = (enum message_type)header[0];
	*len = wire_u32(header + 1);
	return 0;
}

int message_decode_body(struct message *message, enum message_type type,
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
	case MESSAGE_ASK:
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
	    message_header(bytes, &type, &body_len) == -1 ||
	    body_len != len - MESSAGE_HEADER)
		return -1;
	return message_decode_body(message, type, bytes + MESSAGE_HEADER,
				   body_len);
}
