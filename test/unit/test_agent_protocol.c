/* lib/keys/agent_protocol.c, lib/keys/agent_call.c */
#include "keys/agent_protocol.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wire.h"
#include "keys/agent_call.h"
#include "keys/key_blob.h"
#include "netfan.h"
#include "unit/unit.h"

/* ---- replies, as an agent makes them ---- */

static struct buf bytes_of(const char *text)
{
	struct buf buf;

	buf_init(&buf, AGENT_MESSAGE_MAX * 2);
	assert_int_equal(blob_put_text(&buf, text), 0);
	return buf;
}

/* "TYPE, PUBLIC", as an ed25519 key has it. */
static struct buf blob_of(const char *type, const char *public)
{
	struct buf buf = bytes_of(type);

	assert_int_equal(blob_put_text(&buf, public), 0);
	return buf;
}

/* A certificate of that key, as it stands in PROTOCOL.certkeys. */
static struct buf certificate_of(const char *public)
{
	struct buf buf = blob_of("ssh-ed25519-cert-v01@openssh.com", "nonce");

	(void)blob_put_text(&buf, public);
	(void)blob_put_u32(&buf, 0); /* serial */
	(void)blob_put_u32(&buf, 1);
	(void)blob_put_u32(&buf, 1); /* of a user */
	(void)blob_put_text(&buf, "id");
	(void)blob_put_text(&buf, ""); /* principals */
	(void)blob_put_u32(&buf, 0);
	(void)blob_put_u32(&buf, 0);
	(void)blob_put_u32(&buf, UINT32_MAX);
	(void)blob_put_u32(&buf, UINT32_MAX);
	for (int i = 0; i < 3; i++) /* options, extensions, reserved */
		(void)blob_put_text(&buf, "");
	(void)blob_put_text(&buf, "authority");
	(void)blob_put_text(&buf, "signature");
	return buf;
}

struct identity {
	struct buf blob;
	const char *comment;
};

/* The reply to a list; takes the blobs over. */
static struct buf list_of(struct identity *identities, size_t n)
{
	struct buf reply;

	buf_init(&reply, AGENT_MESSAGE_MAX * 2);
	(void)buf_append(&reply, "\x0c", 1);
	(void)blob_put_u32(&reply, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		(void)blob_put_string(&reply, identities[i].blob.data,
				      identities[i].blob.len);
		(void)blob_put_text(&reply, identities[i].comment);
		buf_release(&identities[i].blob);
	}
	return reply;
}

static struct buf signature_of(const char *algorithm, const char *bytes)
{
	struct buf inner = blob_of(algorithm, bytes), reply;

	buf_init(&reply, AGENT_MESSAGE_MAX);
	(void)buf_append(&reply, "\x0e", 1);
	(void)blob_put_string(&reply, inner.data, inner.len);
	buf_release(&inner);
	return reply;
}

/* In memory of just that length: a sanitizer sees a read beyond. */
static int take_list(struct agent_keys *keys, const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	struct nf_error err;
	int rc;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	rc = agent_take_list(keys, copy, len, &err);
	if (rc == -1)
		assert_int_equal(err.code, NF_PROTOCOL);
	free(copy);
	return rc;
}

/* ---- lists ---- */

static void test_a_request_for_keys_is_spelled_byte_by_byte(void **state)
{
	static const uint8_t bytes[] = {0, 0, 0, 1, 11};
	struct buf out = {.max = 100};

	(void)state;
	assert_int_equal(agent_put_list(&out), 0);
	assert_int_equal(out.len, sizeof(bytes));
	assert_memory_equal(out.data, bytes, sizeof(bytes));
	buf_release(&out);
}

static void test_keys_are_listed_in_the_agents_order(void **state)
{
	struct identity identities[] = {
		{blob_of("ssh-ed25519", "one"), "first"},
		{blob_of("ssh-rsa", "two"), ""},
	};
	struct buf reply = list_of(identities, 2);
	struct agent_keys keys;

	(void)state;
	assert_int_equal(take_list(&keys, reply.data, reply.len), 0);
	assert_int_equal(keys.n, 2);
	assert_int_equal(keys.nunusable, 0);
	assert_string_equal(key_type(&keys.at[0]), "ssh-ed25519");
	assert_string_equal(keys.at[0].comment, "first");
	assert_null(keys.at[0].source);
	assert_null(keys.at[0].private);
	assert_string_equal(key_type(&keys.at[1]), "ssh-rsa");
	assert_string_equal(keys.at[1].comment, "");
	assert_ptr_equal(agent_keys_find(&keys, &keys.at[1].blob), &keys.at[1]);
	assert_null(agent_keys_find(
		&keys, &(struct key_blob){keys.at[1].blob.at,
					  keys.at[1].blob.len - 1}));
	agent_keys_release(&keys);
	buf_release(&reply);
}

static void
test_keys_that_no_login_can_use_are_left_out_and_counted(void **state)
{
	struct identity identities[] = {
		{blob_of("sk-ssh-ed25519@openssh.com", "one"), "touch"},
		{blob_of("ssh-ed25519", "two"), "plain"},
		{blob_of("ssh-dss", "three"), "old"},
		{bytes_of(""), "none"},
	};
	struct buf reply = list_of(identities, LENGTH(identities));
	struct agent_keys keys;

	(void)state;
	assert_int_equal(take_list(&keys, reply.data, reply.len), 0);
	assert_int_equal(keys.n, 1);
	assert_string_equal(keys.at[0].comment, "plain");
	assert_int_equal(keys.nunusable, 3);
	agent_keys_release(&keys);
	buf_release(&reply);
}

/* Wherever it stands; a certificate without its key is of no use. */
static void test_a_certificate_goes_to_its_key(void **state)
{
	struct identity identities[] = {
		{certificate_of("two"), "certificate"},
		{certificate_of("alone"), "certificate"},
		{blob_of("ssh-ed25519", "one"), "one"},
		{blob_of("ssh-ed25519", "two"), "two"},
	};
	struct buf reply = list_of(identities, LENGTH(identities));
	struct buf certificate = certificate_of("two");
	struct agent_keys keys;

	(void)state;
	assert_int_equal(take_list(&keys, reply.data, reply.len), 0);
	assert_int_equal(keys.n, 2);
	assert_null(keys.at[0].certificate.at);
	assert_int_equal(keys.at[1].certificate.len, certificate.len);
	assert_memory_equal(keys.at[1].certificate.at, certificate.data,
			    certificate.len);
	agent_keys_release(&keys);
	buf_release(&certificate);
	buf_release(&reply);
}

static void test_an_agent_without_keys_is_no_mistake(void **state)
{
	static const uint8_t reply[] = {12, 0, 0, 0, 0};
	struct agent_keys keys;

	(void)state;
	assert_int_equal(take_list(&keys, reply, sizeof(reply)), 0);
	assert_int_equal(keys.n, 0);
	agent_keys_release(&keys);
}

static void
test_a_list_is_refused_at_every_byte_too_few_or_too_many(void **state)
{
	struct identity identities[] = {
		{blob_of("ssh-ed25519", "one"), "first"},
		{blob_of("ssh-rsa", "two"), "second"},
	};
	struct buf reply = list_of(identities, 2);
	struct agent_keys keys;

	(void)state;
	for (size_t len = 0; len < reply.len; len++)
		assert_int_equal(take_list(&keys, reply.data, len), -1);
	assert_int_equal(buf_append(&reply, "", 1), 0);
	assert_int_equal(take_list(&keys, reply.data, reply.len), -1);
	for (unsigned type = 0; type <= 255; type++) {
		reply.data[0] = (uint8_t)type;
		assert_int_equal(take_list(&keys, reply.data, reply.len - 1),
				 type == 12 ? 0 : -1);
		agent_keys_release(&keys);
	}
	buf_release(&reply);
}

static void test_a_count_of_keys_that_are_not_there_is_refused(void **state)
{
	static const uint8_t reply[] = {12, 0xff, 0xff, 0xff, 0xff};
	struct agent_keys keys;

	(void)state;
	assert_int_equal(take_list(&keys, reply, sizeof(reply)), -1);
}

/* ---- signatures ---- */

static void test_a_request_to_sign_is_spelled_byte_by_byte(void **state)
{
	static const struct {
		const char *algorithm;
		uint8_t flags;
	} cases[] = {{"ssh-ed25519", 0},
		     {"ssh-rsa", 0},
		     {"rsa-sha2-256", 2},
		     {"rsa-sha2-512", 4}};
	uint8_t public[] = {'k', 'e', 'y'};
	const struct key key = {.blob = {public, sizeof(public)}};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const uint8_t bytes[] = {
			0,   0, 0, 18, 13, 0,   0,   0, 3, 'k', 'e',
			'y', 0, 0, 0,  2,  'h', 'i', 0, 0, 0,   cases[i].flags};
		struct buf out = {.max = 100};

		assert_int_equal(agent_put_sign(&out, &key, cases[i].algorithm,
						(const uint8_t *)"hi", 2),
				 0);
		assert_int_equal(out.len, sizeof(bytes));
		assert_memory_equal(out.data, bytes, sizeof(bytes));
		buf_release(&out);
	}
}

static int take_signature(struct buf *out, const struct buf *reply,
			  struct nf_error *err)
{
	return agent_take_signature(out, "rsa-sha2-256", reply->data,
				    reply->len, err);
}

static void test_a_signature_loses_the_name_of_its_algorithm(void **state)
{
	struct buf reply = signature_of("rsa-sha2-256", "signed");
	struct buf out = {.max = 100};
	struct nf_error err;

	(void)state;
	assert_int_equal(take_signature(&out, &reply, &err), 0);
	assert_int_equal(out.len, 6);
	assert_memory_equal(out.data, "signed", 6);
	buf_release(&out);
	buf_release(&reply);
}

static void test_a_refusal_is_told_from_what_is_no_reply(void **state)
{
	static const uint8_t failure[] = {5};
	struct buf other = signature_of("ssh-rsa", "signed"), out = {.max = 9};
	struct nf_error err;

	(void)state;
	assert_int_equal(
		agent_take_signature(&out, "ssh-ed25519", failure, 1, &err),
		-1);
	assert_int_equal(err.code, NF_AUTH_FAILED);
	assert_string_equal(err.message, "the agent refused to sign");
	assert_int_equal(take_signature(&out, &other, &err), -1);
	assert_int_equal(err.code, NF_PROTOCOL);
	assert_string_equal(err.message, "the agent signed by another "
					 "algorithm than rsa-sha2-256");
	buf_release(&other);
}

static void test_a_signature_is_refused_at_every_byte_too_few(void **state)
{
	struct buf reply = signature_of("rsa-sha2-256", "signed");
	struct buf empty = signature_of("rsa-sha2-256", "");
	struct buf out = {.max = 100};
	struct nf_error err;
	size_t whole = reply.len;

	(void)state;
	for (reply.len = 0; reply.len < whole; reply.len++) {
		assert_int_equal(take_signature(&out, &reply, &err), -1);
		assert_int_equal(err.code, NF_PROTOCOL);
	}
	assert_int_equal(buf_append(&reply, "", 1), 0);
	assert_int_equal(take_signature(&out, &reply, &err), -1);
	assert_int_equal(take_signature(&out, &empty, &err), -1);
	assert_int_equal(out.len, 0);
	buf_release(&reply);
	buf_release(&empty);
}

/* ---- calls ---- */

struct line {
	int ours, agents;
	struct agent_call call;
};

static struct line open_line(void)
{
	struct line line;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX,
				    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
				    0, pair),
			 0);
	line.ours = pair[0];
	line.agents = pair[1];
	agent_call_init(&line.call);
	return line;
}

static void close_line(struct line *line)
{
	agent_call_release(&line->call);
	(void)close(line->ours);
	(void)close(line->agents);
}

static int turn(struct line *line)
{
	unsigned directions;
	int rc = agent_call_turn(&line->call, line->ours, &directions);

	if (rc == 0)
		assert_int_equal(directions, NF_WAIT_IN);
	return rc;
}

static void test_a_reply_arrives_in_pieces_of_any_size(void **state)
{
	static const uint8_t reply[] = {0, 0, 0, 5, 12, 0, 0, 0, 0};
	struct line line = open_line();
	uint8_t request[5];

	(void)state;
	assert_int_equal(agent_put_list(&line.call.request), 0);
	for (size_t i = 0; i < sizeof(reply); i++) {
		assert_int_equal(turn(&line), 0);
		assert_int_equal(write(line.agents, &reply[i], 1), 1);
	}
	assert_int_equal(turn(&line), 1);
	assert_int_equal(line.call.reply.len, 5);
	assert_memory_equal(line.call.reply.data, reply + 4, 5);
	assert_int_equal(read(line.agents, request, 5), 5);
	close_line(&line);
}

static void test_a_reply_has_a_bound(void **state)
{
	static const struct {
		uint32_t len;
		int rc;
	} cases[] = {{0, -1},
		     {AGENT_MESSAGE_MAX, 0},
		     {AGENT_MESSAGE_MAX + 1, -1},
		     {UINT32_MAX, -1}};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct line line = open_line();
		uint8_t header[AGENT_HEADER];

		wire_put_u32(header, cases[i].len);
		assert_int_equal(write(line.agents, header, 4), 4);
		assert_int_equal(turn(&line), cases[i].rc);
		if (cases[i].rc == -1)
			assert_int_equal(errno, EPROTO);
		close_line(&line);
	}
}

static void test_an_agent_that_closes_ends_the_call(void **state)
{
	struct line line = open_line();

	(void)state;
	assert_int_equal(write(line.agents, "\0\0", 2), 2);
	assert_int_equal(shutdown(line.agents, SHUT_RDWR), 0);
	assert_int_equal(turn(&line), -1);
	assert_int_equal(errno, EPIPE);
	close_line(&line);
}

/* What it says too much is left: the connection is not used again then. */
static void test_a_call_takes_one_reply_and_no_more(void **state)
{
	static const uint8_t two[] = {0, 0, 0, 1, 5, 0, 0, 0, 1, 5};
	struct line line = open_line();

	(void)state;
	assert_int_equal(write(line.agents, two, 10), 10);
	assert_int_equal(turn(&line), 1);
	assert_int_equal(line.call.reply.len, 1);
	close_line(&line);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_request_for_keys_is_spelled_byte_by_byte),
	cmocka_unit_test(test_keys_are_listed_in_the_agents_order),
	cmocka_unit_test(
		test_keys_that_no_login_can_use_are_left_out_and_counted),
	cmocka_unit_test(test_a_certificate_goes_to_its_key),
	cmocka_unit_test(test_an_agent_without_keys_is_no_mistake),
	cmocka_unit_test(
		test_a_list_is_refused_at_every_byte_too_few_or_too_many),
	cmocka_unit_test(test_a_count_of_keys_that_are_not_there_is_refused),
	cmocka_unit_test(test_a_request_to_sign_is_spelled_byte_by_byte),
	cmocka_unit_test(test_a_signature_loses_the_name_of_its_algorithm),
	cmocka_unit_test(test_a_refusal_is_told_from_what_is_no_reply),
	cmocka_unit_test(test_a_signature_is_refused_at_every_byte_too_few),
	cmocka_unit_test(test_a_reply_arrives_in_pieces_of_any_size),
	cmocka_unit_test(test_a_reply_has_a_bound),
	cmocka_unit_test(test_an_agent_that_closes_ends_the_call),
	cmocka_unit_test(test_a_call_takes_one_reply_and_no_more),
};

UNIT_MAIN(tests)
