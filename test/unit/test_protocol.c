/* lib/poll/protocol.c */
#include "poll/protocol.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/wire.h"
#include "fiber/fiber.h"
#include "poll/plan/plan.h"
#include "unit/unit.h"
#include "worker/frame.h"
#include "worker/ticket.h"

#define SIZE_OF(field) sizeof(((struct message *)NULL)->field)

/* ---- sending: a worker that says the messages of a test ---- */

struct speech {
	const struct message *messages;
	size_t nmessages;
	int rc;
};

static int task_speak(void *ctx, uint32_t index, struct nf_task_io *out,
		      struct nf_error *err)
{
	struct speech *speech = ctx;
	int64_t waited_ms = 0;

	(void)index;
	(void)err;
	for (size_t i = 0; i < speech->nmessages; i++)
		speech->rc |=
			message_send(out, &speech->messages[i], &waited_ms);
	return 0;
}

/* Run a worker for one task, in this process, and read what it wrote. */
static void run_worker(struct speech *speech, struct buf *written)
{
	static const uint8_t ticket[TICKET_HEADER] = {0, 0, 0, 1};
	static uint8_t bytes[1 << 20];
	struct worker_options options = {.most = 1,
					 .fibers = 1,
					 .stack_size = FIBER_STACK,
					 .run = task_speak,
					 .ctx = speech};
	int task[2], result[2];
	ssize_t n;

	open_pipe(task);
	open_pipe(result);
	/* Nobody reads while it runs: all must fit. */
	assert_true(fcntl(result[1], F_SETPIPE_SZ, (int)sizeof(bytes)) > 0);
	options.task_fd = task[0];
	options.result_fd = result[1];
	assert_int_equal(write(task[1], ticket, sizeof(ticket)),
			 sizeof(ticket));
	(void)close(task[1]);
	assert_int_equal(worker_run(&options, NULL), 0);
	(void)close(task[0]);
	(void)close(result[1]);
	buf_init(written, sizeof(bytes));
	while ((n = read(result[0], bytes, sizeof(bytes))) > 0)
		assert_int_equal(buf_append(written, bytes, (size_t)n), 0);
	(void)close(result[0]);
}

/* Send messages and fill *payloads with those of the DATA frames. */
static size_t send_all(const struct message *messages, size_t nmessages,
		       struct buf *payloads, size_t max)
{
	struct speech speech = {.messages = messages, .nmessages = nmessages};
	struct frame_parser *parser = calloc(1, sizeof(*parser));
	size_t at = 0, used, n = 0;
	struct buf written;
	struct frame frame;

	assert_non_null(parser);
	run_worker(&speech, &written);
	assert_int_equal(speech.rc, 0);
	while (frame_parser_feed(parser, written.data + at, written.len - at,
				 &used, &frame, NULL) == 1) {
		at += used;
		assert_int_equal(frame.ticket, frame.type != FRAME_HELLO);
		if (frame.type != FRAME_DATA)
			continue;
		assert_true(n < max);
		buf_init(&payloads[n], FRAME_PAYLOAD_MAX);
		assert_int_equal(
			buf_append(&payloads[n++], frame.payload, frame.len),
			0);
	}
	assert_int_equal(at, written.len);
	buf_release(&written);
	free(parser);
	return n;
}

static struct buf encode(const struct message *message)
{
	struct buf payload;

	assert_int_equal(send_all(message, 1, &payload, 1), 1);
	return payload;
}

/* ---- messages ---- */

static void fill_text(char *out, size_t size, char first)
{
	for (size_t i = 0; i + 1 < size; i++)
		out[i] = (char)(first + (char)(i % 20));
	out[size - 1] = '\0';
}

/* A result whose every field differs, its texts as long as they can be. */
static struct message largest_result(void)
{
	struct message message = {.type = MESSAGE_RESULT};
	struct nf_error *error = &message.result.error;

	error->code = NF_AUTH_FAILED;
	error->stage = NF_STAGE_AUTH;
	error->sys_errno = 0x01020304;
	fill_text(error->message, sizeof(error->message), 'a');
	for (int i = 0; i < NF_NTIMES; i++)
		message.result.us[i] = (int64_t)0x0123456789abcd00 + i;
	message.result.platform = 0x05060708;
	message.result.unknown_prompt = true;
	message.result.privileged = true;
	fill_text(message.result.prompt, sizeof(message.result.prompt), 'A');
	fill_text(message.result.weak, sizeof(message.result.weak), 'f');
	message.result.key.state = NF_NKEYS - 1;
	fill_text(message.result.key.type, sizeof(message.result.key.type),
		  'k');
	fill_text(message.result.key.fingerprint,
		  sizeof(message.result.key.fingerprint), 'K');
	return message;
}

static struct message longest_prompt(void)
{
	struct message message = {.type = MESSAGE_PROMPT};

	fill_text(message.prompt, sizeof(message.prompt), 'a');
	return message;
}

static struct message small_result(void)
{
	struct message message = {.type = MESSAGE_RESULT};

	message.result.error.code = NF_OK;
	message.result.us[NF_TIME_QUEUE] = INT64_MAX;
	return message;
}

static void assert_same_result(const struct message *a, const struct message *b)
{
	assert_int_equal(a->result.error.code, b->result.error.code);
	assert_int_equal(a->result.error.stage, b->result.error.stage);
	assert_int_equal(a->result.error.sys_errno, b->result.error.sys_errno);
	assert_string_equal(a->result.error.message, b->result.error.message);
	for (int i = 0; i < NF_NTIMES; i++)
		assert_true(a->result.us[i] == b->result.us[i]);
	assert_int_equal(a->result.platform, b->result.platform);
	assert_int_equal(a->result.unknown_prompt, b->result.unknown_prompt);
	assert_int_equal(a->result.privileged, b->result.privileged);
	assert_string_equal(a->result.prompt, b->result.prompt);
	assert_string_equal(a->result.weak, b->result.weak);
	assert_int_equal(a->result.key.state, b->result.key.state);
	assert_string_equal(a->result.key.type, b->result.key.type);
	assert_string_equal(a->result.key.fingerprint,
			    b->result.key.fingerprint);
}

static void assert_same_content(const struct message_content *a,
				const struct message_content *b)
{
	assert_int_equal(a->made, b->made);
	assert_true(a->received == b->received);
	assert_true(a->counted == b->counted);
	assert_int_equal(a->unchanged, b->unchanged);
	assert_int_equal(a->marked, b->marked);
	assert_int_equal(a->blank, b->blank);
	assert_memory_equal(a->digest, b->digest, NF_DIGEST);
}

static void assert_same(const struct message *a, const struct message *b)
{
	assert_int_equal(a->type, b->type);
	switch (a->type) {
	case MESSAGE_COMMAND:
		assert_int_equal(a->command.number, b->command.number);
		assert_int_equal(a->command.platform, b->command.platform);
		break;
	case MESSAGE_OUTPUT:
	case MESSAGE_STDERR:
		assert_int_equal(a->output.len, b->output.len);
		assert_memory_equal(a->output.bytes, b->output.bytes,
				    a->output.len);
		break;
	case MESSAGE_END:
		assert_true(a->end.us == b->end.us);
		assert_int_equal(a->end.rejected, b->end.rejected);
		assert_int_equal(a->end.truncated, b->end.truncated);
		assert_int_equal(a->end.left_open, b->end.left_open);
		assert_int_equal(a->end.ran, b->end.ran);
		assert_int_equal(a->end.status, b->end.status);
		assert_string_equal(a->end.signal, b->end.signal);
		assert_same_content(&a->end.content, &b->end.content);
		break;
	case MESSAGE_HOSTKEY:
		assert_string_equal(a->hostkey.type, b->hostkey.type);
		assert_int_equal(a->hostkey.len, b->hostkey.len);
		assert_memory_equal(a->hostkey.key, b->hostkey.key,
				    a->hostkey.len);
		break;
	case MESSAGE_PROMPT:
		assert_string_equal(a->prompt, b->prompt);
		break;
	case MESSAGE_REQUEST:
		assert_int_equal(a->request.number, b->request.number);
		assert_int_equal(a->request.kind, b->request.kind);
		assert_string_equal(a->request.text, b->request.text);
		break;
	case MESSAGE_ASK:
		assert_int_equal(a->ask.offer, b->ask.offer);
		break;
	case MESSAGE_PROXIED:
	case MESSAGE_AHEAD:
		break;
	case MESSAGE_RESULT:
		assert_same_result(a, b);
		break;
	}
}

static struct message longest_request(void)
{
	struct message message = {
		.type = MESSAGE_REQUEST,
		.request = {.number = UINT32_MAX, .kind = REQUEST_JUMP}};

	memset(message.request.text, 'x', sizeof(message.request.text) - 1);
	return message;
}

/* The end of an output of which there is a digest: one byte after the other. */
static struct message end_with_digest(bool unchanged, bool marked, bool blank)
{
	struct message message = {
		.type = MESSAGE_END,
		.end = {.us = 1,
			.status = -1,
			.content = {.made = true,
				    .received = 0x0203,
				    .counted = 0x0405060708090a0b,
				    .unchanged = unchanged,
				    .marked = marked,
				    .blank = blank}}};

	for (size_t i = 0; i < NF_DIGEST; i++)
		message.end.content.digest[i] = (uint8_t)(0xa0 + i);
	return message;
}

static const uint8_t *many_bytes(void)
{
	static uint8_t bytes[MESSAGE_MAX];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + (i >> 8));
	return bytes;
}

static void test_every_message_comes_out_as_it_went_in(void **state)
{
	const uint8_t *bytes = many_bytes();
	const struct message messages[] = {
		{.type = MESSAGE_COMMAND, .command = {0, 0}},
		{.type = MESSAGE_COMMAND, .command = {0xfffffffe, 49}},
		{.type = MESSAGE_OUTPUT, .output = {bytes, 0}},
		{.type = MESSAGE_OUTPUT, .output = {bytes, 1}},
		{.type = MESSAGE_OUTPUT, .output = {bytes, MESSAGE_MAX}},
		{.type = MESSAGE_STDERR, .output = {bytes, 1000}},
		{.type = MESSAGE_END, .end = {0, false, false, false, -1, ""}},
		{.type = MESSAGE_END,
		 .end = {INT64_MAX, true, false, true, 255, "TERM", true}},
		{.type = MESSAGE_END,
		 .end = {1, false, true, true, INT32_MIN,
			 "a-name-of-thirty-one-characters"}},
		{.type = MESSAGE_HOSTKEY,
		 .hostkey = {"ssh-ed25519", bytes, 51}},
		{.type = MESSAGE_HOSTKEY, .hostkey = {"", bytes, 0}},
		{.type = MESSAGE_HOSTKEY,
		 .hostkey = {"a-name-of-thirty-one-characters", bytes, 16384}},
		{.type = MESSAGE_PROMPT, .prompt = ""},
		{.type = MESSAGE_ASK},
		{.type = MESSAGE_ASK, .ask = {OFFER_PROXY}},
		{.type = MESSAGE_PROXIED},
		{.type = MESSAGE_REQUEST, .request = {1, REQUEST_AGENT, ""}},
		longest_request(),
		end_with_digest(true, false, false),
		end_with_digest(false, true, false),
		end_with_digest(false, false, true),
		longest_prompt(),
		small_result(),
		largest_result(),
	};
	struct buf payloads[LENGTH(messages)];
	struct message message;

	(void)state;
	assert_int_equal(send_all(messages, LENGTH(messages), payloads,
				  LENGTH(payloads)),
			 LENGTH(messages));
	for (size_t i = 0; i < LENGTH(messages); i++) {
		memset(&message, 0x55, sizeof(message));
		assert_int_equal(message_decode(&message, payloads[i].data,
						payloads[i].len),
				 0);
		assert_same(&messages[i], &message);
		buf_release(&payloads[i]);
	}
}

/* ---- the bytes themselves ---- */

struct spelling {
	const char *name;
	struct message message;
	uint8_t bytes[32];
	size_t len;
};

static const struct spelling spellings[] = {
	{"COMMAND",
	 {.type = MESSAGE_COMMAND, .command = {0x01020304, 5}},
	 {1, 0, 0, 0, 8, 1, 2, 3, 4, 0, 0, 0, 5},
	 13},
	{"OUTPUT",
	 {.type = MESSAGE_OUTPUT, .output = {(const uint8_t *)"ok\n", 3}},
	 {2, 0, 0, 0, 3, 'o', 'k', '\n'},
	 8},
	{"END",
	 {.type = MESSAGE_END,
	  .end = {0x0102030405060708, true, false, true, 9, "HUP", true}},
	 {4, 0, 0, 0, 23, 1, 2, 3, 4, 5, 6,   7,   8,   1,
	  0, 1, 0, 0, 0,  9, 0, 0, 0, 3, 'H', 'U', 'P', 1},
	 28},
	{"STDERR",
	 {.type = MESSAGE_STDERR, .output = {(const uint8_t *)"no", 2}},
	 {3, 0, 0, 0, 2, 'n', 'o'},
	 7},
	{"HOSTKEY",
	 {.type = MESSAGE_HOSTKEY,
	  .hostkey = {"rsa", (const uint8_t *)"KEY!", 4}},
	 {5, 0, 0, 0, 11, 0, 0, 0, 3, 'r', 's', 'a', 'K', 'E', 'Y', '!'},
	 16},
	{"PROMPT",
	 {.type = MESSAGE_PROMPT, .prompt = "R1#"},
	 {6, 0, 0, 0, 7, 0, 0, 0, 3, 'R', '1', '#'},
	 12},
	{"ASK",
	 {.type = MESSAGE_ASK, .ask = {OFFER_PROXY}},
	 {7, 0, 0, 0, 1, 1},
	 6},
	{"PROXIED", {.type = MESSAGE_PROXIED}, {11, 0, 0, 0, 0}, 5},
	{"REQUEST",
	 {.type = MESSAGE_REQUEST,
	  .request = {0x01020304, REQUEST_TYPED, "Code:"}},
	 {8, 0, 0, 0, 14, 1, 2, 3, 4, 3, 0, 0, 0, 5, 'C', 'o', 'd', 'e', ':'},
	 19},
};

static void test_messages_are_spelled_byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(spellings); i++) {
		const struct spelling *spelling = &spellings[i];
		struct buf payload = encode(&spelling->message);
		struct message message;

		assert_int_equal(payload.len, spelling->len);
		assert_memory_equal(payload.data, spelling->bytes,
				    spelling->len);
		assert_int_equal(message_decode(&message, spelling->bytes,
						spelling->len),
				 0);
		assert_same(&spelling->message, &message);
		buf_release(&payload);
	}
}

/* Behind what every END has. */
static void test_a_digest_is_spelled_behind_the_end(void **state)
{
	static const uint8_t begin[] = {4, 0, 0, 0, 71};
	static const uint8_t rest[] = {0, 0, 0, 0,  0,  0, 2, 3, 4,    5,   6,
				       7, 8, 9, 10, 11, 1, 0, 1, 0xa0, 0xa1};
	const struct message message = end_with_digest(true, false, true);
	struct buf payload = encode(&message);

	(void)state;
	assert_int_equal(payload.len, MESSAGE_HEADER + 71);
	assert_memory_equal(payload.data, begin, sizeof(begin));
	assert_memory_equal(payload.data + MESSAGE_HEADER + 20, rest,
			    sizeof(rest));
	assert_int_equal(payload.data[payload.len - 1], 0xa0 + NF_DIGEST - 1);
	buf_release(&payload);
}

static void set_len(struct buf *payload)
{
	wire_put_u32(payload->data + 1,
		     (uint32_t)(payload->len - MESSAGE_HEADER));
}

/* On the heap and no longer than that: a sanitizer sees a read beyond. */
static int decode_copy(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	struct message message;
	int rc;

	assert_non_null(copy);
	if (len > 0)
		memcpy(copy, bytes, len);
	rc = message_decode(&message, copy, len);
	free(copy);
	return rc;
}

/* Every shorter message, with the length it had and with the one it has. */
static void assert_no_truncation_passes(struct buf *payload, size_t shortest)
{
	size_t whole = payload->len;

	assert_int_equal(decode_copy(payload->data, whole), 0);
	for (size_t len = 0; len < whole; len++)
		assert_int_equal(decode_copy(payload->data, len), -1);
	for (size_t len = shortest; len < whole; len++) {
		payload->len = len;
		set_len(payload);
		if (decode_copy(payload->data, len) == 0)
			fail_msg("%zu of %zu bytes pass", len, whole);
	}
}

static void test_a_truncated_result_is_refused_at_every_byte(void **state)
{
	const struct message messages[] = {small_result(), largest_result()};

	(void)state;
	for (size_t i = 0; i < LENGTH(messages); i++) {
		struct buf payload = encode(&messages[i]);

		assert_no_truncation_passes(&payload, MESSAGE_HEADER);
		buf_release(&payload);
	}
}

static void test_other_messages_are_refused_when_too_short(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(spellings); i++) {
		struct buf payload = encode(&spellings[i].message);

		switch (spellings[i].message.type) {
		case MESSAGE_OUTPUT: /* any length is one */
		case MESSAGE_STDERR:
			assert_no_truncation_passes(&payload, payload.len);
			break;
		case MESSAGE_HOSTKEY: /* likewise of the key */
			for (size_t len = MESSAGE_HEADER; len < 12; len++) {
				payload.len = len;
				set_len(&payload);
				assert_int_equal(decode_copy(payload.data, len),
						 -1);
			}
			break;
		case MESSAGE_COMMAND:
		case MESSAGE_END:
		case MESSAGE_PROMPT:
		case MESSAGE_ASK:
		case MESSAGE_PROXIED:
		case MESSAGE_REQUEST:
		case MESSAGE_AHEAD:
		case MESSAGE_RESULT:
			assert_no_truncation_passes(&payload, MESSAGE_HEADER);
			break;
		}
		buf_release(&payload);
	}
}

/* But for the whole of it: whether it has to be there, the grammar tells. */
static void test_a_digest_is_refused_when_too_short(void **state)
{
	const struct message message = end_with_digest(false, false, false);
	struct buf payload = encode(&message);
	size_t whole = payload.len;

	(void)state;
	for (size_t len = MESSAGE_HEADER; len < whole; len++) {
		payload.len = len;
		set_len(&payload);
		assert_int_equal(decode_copy(payload.data, len),
				 len == MESSAGE_HEADER + 20 ? 0 : -1);
	}
	buf_release(&payload);
}

static void test_a_byte_too_many_is_refused(void **state)
{
	const struct message messages[] = {spellings[0].message,
					   spellings[2].message,
					   end_with_digest(true, true, true),
					   longest_prompt(),
					   longest_request(),
					   largest_result()};

	(void)state;
	for (size_t i = 0; i < LENGTH(messages); i++) {
		struct buf payload = encode(&messages[i]);

		assert_int_equal(buf_append(&payload, "", 1), 0);
		assert_int_equal(decode_copy(payload.data, payload.len), -1);
		set_len(&payload);
		assert_int_equal(decode_copy(payload.data, payload.len), -1);
		buf_release(&payload);
	}
}

static void test_types_that_there_are_not_are_refused(void **state)
{
	uint8_t bytes[MESSAGE_HEADER + 4] = {0, 0, 0, 0, 4};

	(void)state;
	for (unsigned i = 0; i <= 255; i++) {
		if (i >= MESSAGE_COMMAND && i <= MESSAGE_PROXIED)
			continue;
		bytes[0] = (uint8_t)i;
		assert_int_equal(decode_copy(bytes, sizeof(bytes)), -1);
	}
}

/* They are printed as they come. */
static void test_times_below_zero_are_refused(void **state)
{
	struct message messages[] = {small_result(),
				     {.type = MESSAGE_END, .end = {.us = -1}}};

	(void)state;
	messages[0].result.us[NF_TIME_TOTAL] = INT64_MIN;
	for (size_t i = 0; i < LENGTH(messages); i++) {
		struct buf payload = encode(&messages[i]);

		assert_int_equal(decode_copy(payload.data, payload.len), -1);
		buf_release(&payload);
	}
}

static void test_lengths_above_the_maximum_are_refused(void **state)
{
	static const uint32_t lens[] = {MESSAGE_MAX + 1, 0x10000, 0x7fffffff,
					0x80000000, 0xffffffff};
	uint8_t *bytes = calloc(1, MESSAGE_HEADER + MESSAGE_MAX + 1);

	(void)state;
	assert_non_null(bytes);
	bytes[0] = MESSAGE_OUTPUT;
	for (size_t i = 0; i < LENGTH(lens); i++) {
		wire_put_u32(bytes + 1, lens[i]);
		assert_int_equal(decode_copy(bytes, MESSAGE_HEADER), -1);
	}
	wire_put_u32(bytes + 1, MESSAGE_MAX);
	assert_int_equal(decode_copy(bytes, MESSAGE_HEADER + MESSAGE_MAX), 0);
	wire_put_u32(bytes + 1, MESSAGE_MAX + 1);
	assert_int_equal(decode_copy(bytes, MESSAGE_HEADER + MESSAGE_MAX + 1),
			 -1);
	free(bytes);
}

/* ---- texts ---- */

#define NO_KEY 9 /* bytes: its state, and two empty texts */

/* A RESULT whose texts have these lengths, all of them really there, and that
 * has no host key. */
static struct buf result_with_texts(size_t message, size_t prompt, size_t weak)
{
	const size_t lens[] = {message, prompt, weak};
	uint8_t fixed[MESSAGE_HEADER + 6 + 8 * NF_NTIMES + 6] = {
		MESSAGE_RESULT};
	struct buf payload;

	buf_init(&payload, 10000);
	assert_int_equal(buf_append(&payload, fixed, sizeof(fixed)), 0);
	for (size_t i = 0; i < LENGTH(lens); i++) {
		uint8_t len[4];

		wire_put_u32(len, (uint32_t)lens[i]);
		assert_int_equal(buf_append(&payload, len, 4), 0);
		for (size_t k = 0; k < lens[i]; k++)
			assert_int_equal(buf_append(&payload, "x", 1), 0);
	}
	assert_int_equal(buf_append(&payload, (uint8_t[NO_KEY]){0}, NO_KEY), 0);
	set_len(&payload);
	return payload;
}

static void test_a_host_key_that_cannot_be_is_refused(void **state)
{
	static const uint8_t long_type[NO_KEY + 32] = {[4] = 32};
	struct buf payload = result_with_texts(0, 0, 0);
	uint8_t *key = payload.data + payload.len - NO_KEY;

	(void)state;
	key[0] = NF_NKEYS - 1;
	assert_int_equal(decode_copy(payload.data, payload.len), 0);
	key[0] = NF_NKEYS;
	assert_int_equal(decode_copy(payload.data, payload.len), -1);
	payload.len -= NO_KEY;
	assert_int_equal(buf_append(&payload, long_type, sizeof(long_type)), 0);
	set_len(&payload);
	assert_int_equal(decode_copy(payload.data, payload.len), -1);
	buf_release(&payload);
}

static void test_a_text_too_long_for_its_place_is_refused(void **state)
{
	const size_t message = SIZE_OF(result.error.message);
	const size_t prompt = SIZE_OF(result.prompt);
	const size_t weak = SIZE_OF(result.weak);
	const struct {
		size_t lens[3];
		int rc;
	} cases[] = {
		{{0, 0, 0}, 0},        {{message - 1, prompt - 1, weak - 1}, 0},
		{{message, 0, 0}, -1}, {{0, prompt, 0}, -1},
		{{0, 0, weak}, -1},    {{5000, 0, 0}, -1},
		{{0, 0, 5000}, -1},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct buf payload = result_with_texts(
			cases[i].lens[0], cases[i].lens[1], cases[i].lens[2]);

		assert_int_equal(decode_copy(payload.data, payload.len),
				 cases[i].rc);
		buf_release(&payload);
	}
}

static void test_a_text_longer_than_the_message_is_refused(void **state)
{
	static const uint32_t lens[] = {1, 4, 5, 100, 0x7fffffff, 0xffffffff};

	(void)state;
	for (size_t i = 0; i < LENGTH(lens); i++) {
		struct buf payload = result_with_texts(0, 0, 0);
		uint8_t hostkey[MESSAGE_HEADER + 4] = {MESSAGE_HOSTKEY, 0, 0, 0,
						       4};

		for (size_t text = 0; text < 3; text++) {
			uint8_t *at = payload.data + payload.len - NO_KEY - 12 +
				      text * 4;

			/* A length of 4 eats the next one, and ends short. */
			wire_put_u32(at, lens[i]);
			assert_int_equal(decode_copy(payload.data, payload.len),
					 -1);
			wire_put_u32(at, 0);
		}
		wire_put_u32(hostkey + MESSAGE_HEADER, lens[i]);
		assert_int_equal(decode_copy(hostkey, sizeof(hostkey)), -1);
		buf_release(&payload);
	}
}

static void test_a_key_type_too_long_for_its_place_is_refused(void **state)
{
	(void)state;
	for (size_t len = 30; len < 40; len++) {
		struct buf payload;
		uint8_t head[MESSAGE_HEADER + 4] = {MESSAGE_HOSTKEY};

		wire_put_u32(head + MESSAGE_HEADER, (uint32_t)len);
		buf_init(&payload, 100);
		assert_int_equal(buf_append(&payload, head, sizeof(head)), 0);
		for (size_t i = 0; i < 40; i++)
			assert_int_equal(buf_append(&payload, "k", 1), 0);
		set_len(&payload);
		assert_int_equal(decode_copy(payload.data, payload.len),
				 len < SIZE_OF(hostkey.type) ? 0 : -1);
		buf_release(&payload);
	}
}

static void test_codes_and_stages_that_there_are_not_are_refused(void **state)
{
	struct buf payload = result_with_texts(1, 1, 1);

	(void)state;
	for (unsigned i = 0; i <= 255; i++) {
		payload.data[MESSAGE_HEADER] = (uint8_t)i;
		assert_int_equal(decode_copy(payload.data, payload.len),
				 i < NF_NCODES ? 0 : -1);
	}
	payload.data[MESSAGE_HEADER] = NF_OK;
	for (unsigned i = 0; i <= 255; i++) {
		payload.data[MESSAGE_HEADER + 1] = (uint8_t)i;
		assert_int_equal(decode_copy(payload.data, payload.len),
				 i < NF_NSTAGES ? 0 : -1);
	}
	buf_release(&payload);
}

static void test_kinds_of_requests_that_there_are_not_are_refused(void **state)
{
	const struct message message = longest_request();
	struct buf payload = encode(&message);

	(void)state;
	for (unsigned i = 0; i <= 255; i++) {
		payload.data[MESSAGE_HEADER + 4] = (uint8_t)i;
		assert_int_equal(decode_copy(payload.data, payload.len),
				 i < REQUEST_NKINDS ? 0 : -1);
	}
	buf_release(&payload);
}

/* Any byte of a good message replaced: it is refused or read within it. */
static void test_a_damaged_message_is_never_read_beyond(void **state)
{
	const struct message messages[] = {
		spellings[0].message, spellings[2].message,
		spellings[3].message, small_result()};
	static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};

	(void)state;
	for (size_t i = 0; i < LENGTH(messages); i++) {
		struct buf payload = encode(&messages[i]);

		for (size_t at = 0; at < payload.len; at++) {
			uint8_t saved = payload.data[at];

			for (size_t k = 0; k < LENGTH(values); k++) {
				payload.data[at] = values[k];
				(void)decode_copy(payload.data, payload.len);
			}
			payload.data[at] = saved;
		}
		buf_release(&payload);
	}
}

/* ---- the grammar ---- */

/*
 * The messages of a session, a letter each: Key, Ask, reQuest, Prompt, Command (the
 * next), Output, 2 (standard error), Next ahead of the end, End, Result.
 */
static struct message message_of(char letter, uint32_t next_command)
{
	static const char letters[] = "CO2EKPAQNR"; /* by enum message_type */
	static const uint8_t byte[1] = {'x'};
	struct message message = {
		.type = (enum message_type)(strchr(letters, letter) - letters +
					    MESSAGE_COMMAND)};

	if (letter == 'C')
		message.command.number = next_command;
	if (letter == 'O' || letter == '2') {
		message.output.bytes = byte;
		message.output.len = sizeof(byte);
	}
	return message;
}

/* A plan of one platform, by which devices are asked so many commands (three at
 * most); until the next call. */
static const struct plan *plan_of(size_t ncommands)
{
	static const char *const commands[] = {"a", "b", "c"};
	static struct nf_poll_options options;
	static struct plan plan;

	options = (struct nf_poll_options){.commands = commands,
					   .ncommands = ncommands};
	plan = (struct plan){.options = &options, .npatterns = 1};
	return &plan;
}

/* How many of the messages are taken; the one behind them is refused. */
static size_t accepted(const char *letters, size_t ncommands)
{
	struct protocol protocol = {.plan = plan_of(ncommands)};
	uint32_t next_command = 0;
	size_t n = 0;

	for (; letters[n] != '\0'; n++) {
		struct message message = message_of(letters[n], next_command);
		struct protocol before = protocol;

		next_command += letters[n] == 'C';
		if (protocol_accept(&protocol, &message) == 0)
			continue;
		assert_int_equal(protocol.state, before.state);
		assert_int_equal(protocol.next_command, before.next_command);
		break;
	}
	return n;
}

static void test_messages_come_in_an_order(void **state)
{
	static const struct {
		const char *letters;
		size_t n;
	} cases[] = {
		{"KAPPCOO22ECEC2ER", 16},
		{"R", 1},
		{"KR", 2},
		{"PCEKR", 3}, /* a key is asked about before any command */
		{"CEP", 2}, /* so is the prompt told */
		{"CA", 1}, /* and a password offered */
		{"QQPKQCEQ", 7}, /* and all else asked for */
		{"O", 0},
		{"2", 0},
		{"E", 0},
		{"CC", 1},
		{"CO2O",
		 3}, /* no output behind the standard error of a command */
		{"C2O", 2},
		{"C2ECO", 5}, /* but behind that of the one before */
		{"CEO", 2},
		{"CEE", 2},
		{"COR", 2},
		{"RR", 1},
		{"RC", 1},
		{"RK", 1},
		{"CECECECE", 6}, /* there are three commands */
		{"CNOECE", 6}, /* an output goes on as the next is sent */
		{"CONECNOECOER", 12},
		{"N", 0},
		{"CEN", 2},
		{"C2N", 2},
		{"CNN", 2}, /* one ahead, no more */
		{"CNECNECN", 7},
		{"CNER", 4}, /* it could not be sent, after all */
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_int_equal(accepted(cases[i].letters, 3), cases[i].n);
}

static void test_commands_are_announced_in_their_order(void **state)
{
	struct protocol protocol = {.plan = plan_of(3)};
	struct message message = message_of('C', 1);

	(void)state;
	assert_int_equal(protocol_accept(&protocol, &message), -1);
	message.command.number = 0;
	assert_int_equal(protocol_accept(&protocol, &message), 0);
	assert_int_equal(protocol.next_command, 1);
	assert_int_equal(protocol.sent, 1);
}

/* ---- digests */

/* A plan in which digests are made, of one command. */
static const struct plan *plan_of_digests(void)
{
	static const struct nf_content content;
	static const char *const commands[] = {"a"};
	static const struct nf_poll_options options = {
		.commands = commands, .ncommands = 1, .content = &content};
	static const struct plan plan = {.options = &options, .npatterns = 1};

	return &plan;
}

static int say_end(const struct plan *plan, const char *before,
		   const struct message *end)
{
	struct protocol protocol = {.plan = plan};

	for (; *before != '\0'; before++) {
		const struct message message = message_of(*before, 0);

		assert_int_equal(protocol_accept(&protocol, &message), 0);
	}
	return protocol_accept(&protocol, end);
}

static void test_an_end_has_a_digest_where_they_are_made(void **state)
{
	const struct message bare = message_of('E', 0);
	struct message end = end_with_digest(false, false, false);

	(void)state;
	assert_int_equal(say_end(plan_of_digests(), "CO", &end), 0);
	assert_int_equal(say_end(plan_of_digests(), "CO", &bare), -1);
	assert_int_equal(say_end(plan_of(1), "CO", &end), -1);
	assert_int_equal(say_end(plan_of(1), "CO", &bare), 0);
	end.end.content.received = PROTOCOL_OUTPUT_MAX;
	assert_int_equal(say_end(plan_of_digests(), "C", &end), 0);
	end.end.content.received++;
	assert_int_equal(say_end(plan_of_digests(), "C", &end), -1);
}

static void test_what_is_unchanged_was_not_said(void **state)
{
	struct message end = end_with_digest(true, false, false);

	(void)state;
	assert_int_equal(say_end(plan_of_digests(), "C", &end), 0);
	assert_int_equal(say_end(plan_of_digests(), "C2", &end), 0);
	assert_int_equal(say_end(plan_of_digests(), "CO", &end), -1);
	assert_int_equal(say_end(plan_of_digests(), "CO2", &end), -1);
	end.end.truncated = true; /* so who knows what it is? */
	assert_int_equal(say_end(plan_of_digests(), "C", &end), -1);
	end.end.content.unchanged = false;
	assert_int_equal(say_end(plan_of_digests(), "C", &end), 0);
}

/* ---- commands by platform */

/* A plan of two platforms, of which the first lists a command to be collected,
 * and the second two. */
struct lists {
	struct nf_poll_options options;
	struct platform *platforms[2];
	struct patterns *patterns[2];
	struct plan plan;
};

static void lists_init(struct lists *lists)
{
	static const char *const texts[] = {
		"prompts: {user: '^a$'}\ncollect:\n- command: show a\n",
		"prompts: {user: '^a$'}\ncollect:\n- command: show b\n"
		"- command: show c\n",
	};
	struct nf_error err;

	*lists = (struct lists){.options = {.platform_commands = true}};
	for (size_t i = 0; i < LENGTH(texts); i++) {
		if (platform_load(&lists->platforms[i], "p", texts[i],
				  strlen(texts[i]), "p.yaml", &err) == -1 ||
		    patterns_new(&lists->patterns[i], lists->platforms[i], NULL,
				 &err) == -1)
			fail_msg("%s", err.message);
	}
	lists->plan = (struct plan){.options = &lists->options,
				    .patterns = lists->patterns,
				    .npatterns = LENGTH(texts)};
}

static void lists_release(struct lists *lists)
{
	for (size_t i = 0; i < LENGTH(lists->patterns); i++) {
		patterns_free(lists->patterns[i]);
		platform_free(lists->platforms[i]);
	}
}

static int say_command(struct protocol *protocol, uint32_t number,
		       uint32_t platform)
{
	const struct message message = {
		.type = MESSAGE_COMMAND,
		.command = {.number = number, .platform = platform}};

	return protocol_accept(protocol, &message);
}

static int say(struct protocol *protocol, char letter)
{
	const struct message message = message_of(letter, 0);

	return protocol_accept(protocol, &message);
}

static void test_there_are_as_many_commands_as_the_platform_lists(void **state)
{
	struct lists lists;

	(void)state;
	lists_init(&lists);
	for (uint32_t platform = 0; platform <= 2; platform++) {
		struct protocol protocol = {.plan = &lists.plan};
		uint32_t n = platform < 2 ? platform + 1 : 0;

		for (uint32_t i = 0; i < n; i++) {
			assert_int_equal(say_command(&protocol, i, platform),
					 0);
			assert_int_equal(say(&protocol, 'N'),
					 i + 1 < n ? 0 : -1);
			assert_int_equal(say(&protocol, 'E'), 0);
		}
		assert_int_equal(say_command(&protocol, n, platform), -1);
	}
	lists_release(&lists);
}

static void
test_the_platform_stays_the_same_from_the_first_command(void **state)
{
	struct message result = {.type = MESSAGE_RESULT,
				 .result = {.platform = 0}};
	struct lists lists;
	struct protocol protocol = {.plan = &lists.plan};

	(void)state;
	lists_init(&lists);
	assert_int_equal(say_command(&protocol, 0, 1), 0);
	assert_int_equal(say(&protocol, 'E'), 0);
	assert_int_equal(say_command(&protocol, 1, 0), -1);
	assert_int_equal(protocol_accept(&protocol, &result), -1);
	result.result.platform = 1;
	assert_int_equal(protocol_accept(&protocol, &result), 0);
	lists_release(&lists);
}

/* A worker that dies then may have sent it. */
static void test_a_command_ahead_counts_as_sent(void **state)
{
	struct protocol protocol = {.plan = plan_of(3)};

	(void)state;
	for (const char *letters = "CN"; *letters != '\0'; letters++) {
		const struct message message = message_of(*letters, 0);

		assert_int_equal(protocol_accept(&protocol, &message), 0);
	}
	assert_int_equal(protocol.next_command, 1);
	assert_int_equal(protocol.sent, 2);
	for (const char *letters = "EC"; *letters != '\0'; letters++) {
		const struct message message = message_of(*letters, 1);

		assert_int_equal(protocol_accept(&protocol, &message), 0);
	}
	assert_int_equal(protocol.next_command, 2);
	assert_int_equal(protocol.sent, 2);
}

static void test_pieces_are_neither_empty_nor_too_many(void **state)
{
	static const struct {
		char letter;
		uint64_t max;
	} cases[] = {{'O', PROTOCOL_OUTPUT_MAX}, {'2', SSH_EXEC_STDERR_MAX}};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct protocol protocol = {.plan = plan_of(1),
					    .state = PROTOCOL_OUTPUT};
		struct message message = message_of(cases[i].letter, 0);

		message.output.len = 0;
		assert_int_equal(protocol_accept(&protocol, &message), -1);
		message.output.len = (size_t)cases[i].max;
		assert_int_equal(protocol_accept(&protocol, &message), 0);
		message.output.len = 1;
		assert_int_equal(protocol_accept(&protocol, &message), -1);
	}
}

/* ---- reading ---- */

/* Read a result whose spool has these messages, as the letters of its parts
 * say; '!' for an error. */
static void read_parts(const char *letters, char out[32])
{
	static const char kinds[] = {[NF_PART_COMMAND] = 'C',
				     [NF_PART_OUTPUT] = 'O',
				     [NF_PART_STDERR] = '2',
				     [NF_PART_END] = 'E'};
	struct spool_budget budget = {0};
	struct nf_result_body body;
	struct nf_result result = {.body = &body};
	uint32_t next_command = 0;
	struct nf_error err;
	struct nf_part part;
	struct spool spool;
	size_t n = 0;
	int rc;

	spool_init(&spool, &budget);
	for (; *letters != '\0'; letters++) {
		struct message message = message_of(*letters, next_command);
		struct buf payload = encode(&message);

		next_command += *letters == 'C';
		assert_int_equal(
			spool_append(&spool, payload.data, payload.len, &err),
			0);
		buf_release(&payload);
	}
	body_init(&body, &spool, plan_of(2));
	while ((rc = nf_result_read(&result, &part, &err)) == 1)
		out[n++] = part.kind == NF_PART_END && part.truncated
				   ? 'T'
				   : kinds[part.kind];
	if (rc == -1) {
		assert_int_equal(err.code, NF_SYSTEM);
		out[n++] = '!';
	}
	out[n] = '\0';
	body_release(&body);
}

static void test_a_result_is_read_by_the_same_grammar(void **state)
{
	static const char *const cases[][2] = {
		{"", ""},        {"CO2ECE", "CO2ECE"},
		{"COO", "COOT"}, /* its worker died */
		{"C2", "C2T"},   {"CO2O", "CO2!"},
		{"O", "!"},      {"CECECE", "CECE!"},
		{"CEP", "CE!"},  {"CEK", "CE!"},
		{"R", "!"},      {"A", "!"},
	};
	char parts[32];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		read_parts(cases[i][0], parts);
		assert_string_equal(parts, cases[i][1]);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_every_message_comes_out_as_it_went_in),
	cmocka_unit_test(test_messages_are_spelled_byte_by_byte),
	cmocka_unit_test(test_a_digest_is_spelled_behind_the_end),
	cmocka_unit_test(test_a_digest_is_refused_when_too_short),
	cmocka_unit_test(test_a_truncated_result_is_refused_at_every_byte),
	cmocka_unit_test(test_other_messages_are_refused_when_too_short),
	cmocka_unit_test(test_a_byte_too_many_is_refused),
	cmocka_unit_test(test_types_that_there_are_not_are_refused),
	cmocka_unit_test(test_times_below_zero_are_refused),
	cmocka_unit_test(test_lengths_above_the_maximum_are_refused),
	cmocka_unit_test(test_a_host_key_that_cannot_be_is_refused),
	cmocka_unit_test(test_a_text_too_long_for_its_place_is_refused),
	cmocka_unit_test(test_a_text_longer_than_the_message_is_refused),
	cmocka_unit_test(test_a_key_type_too_long_for_its_place_is_refused),
	cmocka_unit_test(test_codes_and_stages_that_there_are_not_are_refused),
	cmocka_unit_test(test_kinds_of_requests_that_there_are_not_are_refused),
	cmocka_unit_test(test_a_damaged_message_is_never_read_beyond),
	cmocka_unit_test(test_messages_come_in_an_order),
	cmocka_unit_test(test_commands_are_announced_in_their_order),
	cmocka_unit_test(test_an_end_has_a_digest_where_they_are_made),
	cmocka_unit_test(test_what_is_unchanged_was_not_said),
	cmocka_unit_test(test_there_are_as_many_commands_as_the_platform_lists),
	cmocka_unit_test(
		test_the_platform_stays_the_same_from_the_first_command),
	cmocka_unit_test(test_a_command_ahead_counts_as_sent),
	cmocka_unit_test(test_pieces_are_neither_empty_nor_too_many),
	cmocka_unit_test(test_a_result_is_read_by_the_same_grammar),
};

UNIT_MAIN(tests)
