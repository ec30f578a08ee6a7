/* SOCKS5, byte by byte. */
#include "transport/socks5.h"

#include <string.h>

#include "unit/script.h"
#include "unit/unit.h"

#define NAME "proxy.example:1080"
#define FOR_MS 5000

#define OFFER "\x05\x01\x00"
#define OFFER_LOGIN "\x05\x02\x00\x02"
#define NO_LOGIN "\x05\x00"
#define WANTS_LOGIN "\x05\x02"
#define LOGIN "\x01\x02me\x06secret"
#define LET_IN "\x01\x00"
#define TO_NAME "\x05\x01\x00\x03\x02r1\x00\x16"
#define DONE "\x05\x00\x00\x01\x7f\x00\x00\x01\x04\x38"

static const struct socks5 plain = {.name = NAME};
static const struct socks5 known = {
	.name = NAME, .user = "me", .password = "secret"};

/* Each way in which bytes may come and go. */
static const struct script_manner manners[] = {
	{.piece = 0},
	{.piece = 1, .busy = true, .send_max = 1},
};

struct talk {
	const struct socks5 *proxy;
	const char *host;
	enum nf_code code;
	const char *message; /* in the error */
	const struct script_step *steps;
};

/* Log in, and connect: the last return. */
static int connect_through(struct script *script, const struct socks5 *proxy,
			   const char *host, struct nf_error *err)
{
	int64_t deadline_ms = script->now_ms + FOR_MS;
	int rc = socks5_greet(&script->transport, proxy, deadline_ms, err);

	/* Who has no password is not asked for it. */
	assert_true(rc != 1 || proxy->user != NULL);
	if (rc == 1)
		rc = socks5_log_in(&script->transport, proxy, deadline_ms, err);
	return rc == -1 ? -1
			: socks5_connect(&script->transport, proxy, host, 22,
					 deadline_ms, err);
}

static void run(const struct talk *talk, struct script_manner manner)
{
	struct nf_error err = {.code = NF_OK};
	struct script script;
	int rc;

	script_init(&script, talk->steps, manner);
	rc = connect_through(&script, talk->proxy, talk->host, &err);
	assert_int_equal(err.code, talk->code);
	assert_int_equal(rc, talk->code == NF_OK ? 0 : -1);
	if (talk->message != NULL && strstr(err.message, talk->message) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", talk->message, err.message);
	assert_null(strstr(err.message, "secret"));
	script_done(&script);
	script_release(&script);
}

static void run_all(const struct talk *talks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < LENGTH(manners); k++)
			run(&talks[i], manners[k]);
	}
}

#define STEPS(...)                                                             \
	(const struct script_step[])                                           \
	{                                                                      \
		__VA_ARGS__, STEP(SCRIPT_END)                                  \
	}
#define REPLY(reply)                                                           \
	STEPS(EXPECT(OFFER), DELIVER(NO_LOGIN), EXPECT(TO_NAME),               \
	      DELIVER("\x05" reply), STEP(SCRIPT_CLOSE))

static void test_a_name_is_left_to_the_proxy(void **state)
{
	const struct talk talk = {&plain, "r1", NF_OK, NULL,
				  STEPS(EXPECT(OFFER), DELIVER(NO_LOGIN),
					EXPECT(TO_NAME), DELIVER(DONE))};

	(void)state;
	run_all(&talk, 1);
}

static void test_an_address_is_sent_as_one(void **state)
{
	const struct talk talks[] = {
		{&plain, "127.0.0.9", NF_OK, NULL,
		 STEPS(EXPECT(OFFER), DELIVER(NO_LOGIN),
		       EXPECT("\x05\x01\x00\x01\x7f\x00\x00\x09\x00\x16"),
		       DELIVER(DONE))},
		{&plain, "2001:db8::7", NF_OK, NULL,
		 STEPS(EXPECT(OFFER), DELIVER(NO_LOGIN),
		       EXPECT("\x05\x01\x00\x04\x20\x01\x0d\xb8\x00\x00\x00"
			      "\x00\x00\x00\x00\x00\x00\x00\x00\x07\x00\x16"),
		       DELIVER(DONE))},
		{&plain, "fe80::1%eth0", NF_INVALID, "fe80::1%eth0",
		 STEPS(EXPECT(OFFER), DELIVER(NO_LOGIN))},
	};

	(void)state;
	run_all(talks, LENGTH(talks));
}

static void test_the_login_is_given_where_it_is_asked_for(void **state)
{
	const struct talk talks[] = {
		{&known, "r1", NF_OK, NULL,
		 STEPS(EXPECT(OFFER_LOGIN), DELIVER(WANTS_LOGIN), EXPECT(LOGIN),
		       DELIVER(LET_IN), EXPECT(TO_NAME), DELIVER(DONE))},
		{&known, "r1", NF_OK, NULL,
		 STEPS(EXPECT(OFFER_LOGIN), DELIVER(NO_LOGIN), EXPECT(TO_NAME),
		       DELIVER(DONE))},
	};

	(void)state;
	run_all(talks, LENGTH(talks));
}

static void test_a_login_that_is_refused_is_the_proxys(void **state)
{
	const struct talk talks[] = {
		{&known, "r1", NF_AUTH_FAILED,
		 "the proxy " NAME " refuses user me",
		 STEPS(EXPECT(OFFER_LOGIN), DELIVER(WANTS_LOGIN), EXPECT(LOGIN),
		       DELIVER("\x01\x01"))},
		{&plain, "r1", NF_AUTH_FAILED,
		 "wants a login: write socks5://user:password@" NAME,
		 STEPS(EXPECT(OFFER), DELIVER("\x05\xff"))},
		{&known, "r1", NF_AUTH_FAILED, "takes no user and password",
		 STEPS(EXPECT(OFFER_LOGIN), DELIVER("\x05\xff"))},
		{&plain, "r1", NF_PROTOCOL, "method 2, which was not offered",
		 STEPS(EXPECT(OFFER), DELIVER(WANTS_LOGIN))},
	};

	(void)state;
	run_all(talks, LENGTH(talks));
}

static void test_each_reply_has_its_code_and_words(void **state)
{
	const struct talk talks[] = {
		{&plain, "r1", NF_UNREACHABLE, "could not connect to it",
		 REPLY("\x01")},
		{&plain, "r1", NF_SESSION_DENIED, "does not allow",
		 REPLY("\x02")},
		{&plain, "r1", NF_UNREACHABLE, "network unreachable",
		 REPLY("\x03")},
		{&plain, "r1", NF_UNREACHABLE, "finds it unreachable",
		 REPLY("\x04")},
		{&plain, "r1", NF_REFUSED, "connection refused", REPLY("\x05")},
		{&plain, "r1", NF_TIMEOUT, "no answer from it", REPLY("\x06")},
		{&plain, "r1", NF_PROTOCOL, "makes no connections",
		 REPLY("\x07")},
		{&plain, "r1", NF_PROTOCOL, "no address of this kind",
		 REPLY("\x08")},
		{&plain, "r1", NF_PROTOCOL, "answered with 9", REPLY("\x09")},
		{&plain, "r1", NF_PROTOCOL, "answered with 255", REPLY("\xff")},
	};

	(void)state;
	run_all(talks, LENGTH(talks));
}

/* What follows is the device's, whatever address the proxy connects from. */
static void test_no_byte_behind_the_reply_is_read(void **state)
{
	static const char *const addresses[] = {
		"\x01\x7f\x00\x00\x01\x04\x38",
		"\x03\x05proxy\x04\x38",
		"\x04\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
		"\x00\x07\x04\x38",
	};
	static const size_t lens[] = {7, 9, 19};

	(void)state;
	for (size_t i = 0; i < LENGTH(addresses); i++) {
		const struct script_step steps[] = {
			EXPECT(OFFER),
			DELIVER(NO_LOGIN),
			EXPECT(TO_NAME),
			DELIVER("\x05\x00\x00"),
			{SCRIPT_DELIVER, addresses[i], lens[i], 0},
			DELIVER("SSH-2.0-"),
			STEP(SCRIPT_END),
		};
		struct nf_error err = {.code = NF_OK};
		struct script script;
		char banner[32];

		script_init(&script, steps, manners[0]);
		assert_int_equal(connect_through(&script, &plain, "r1", &err),
				 0);
		assert_int_equal(transport_recv(&script.transport, banner,
						sizeof(banner)),
				 8);
		assert_memory_equal(banner, "SSH-2.0-", 8);
		script_done(&script);
		script_release(&script);
	}
}

static void test_another_protocol_is_told(void **state)
{
	const struct talk talks[] = {
		{&plain, "r1", NF_PROTOCOL, "speaks no SOCKS5",
		 STEPS(EXPECT(OFFER), DELIVER("HT"))},
		{&plain, "r1", NF_PROTOCOL, "speaks no SOCKS5",
		 STEPS(EXPECT(OFFER), DELIVER("\x04\x00"))},
		{&plain, "r1", NF_PROTOCOL, "speaks no SOCKS5",
		 REPLY("\x00\x00\x02")},
		{&known, "r1", NF_PROTOCOL, "speaks no SOCKS5",
		 STEPS(EXPECT(OFFER_LOGIN), DELIVER(WANTS_LOGIN), EXPECT(LOGIN),
		       DELIVER("\x05\x00"))},
	};

	(void)state;
	run_all(talks, LENGTH(talks));
}

static void test_a_proxy_that_ends_or_is_silent_is_named(void **state)
{
	const struct talk talks[] = {
		{&plain, "r1", NF_DISCONNECTED, NAME " closed the connection",
		 STEPS(EXPECT(OFFER), STEP(SCRIPT_CLOSE))},
		{&plain, "r1", NF_DISCONNECTED, NAME " closed the connection",
		 STEPS(EXPECT(OFFER), DELIVER("\x05"), STEP(SCRIPT_RESET))},
		{&plain, "r1", NF_DISCONNECTED, NAME " closed the connection",
		 REPLY("\x00\x00\x01\x7f")},
		{&plain, "r1", NF_UNREACHABLE,
		 NAME " closed the connection when",
		 STEPS(EXPECT(OFFER), DELIVER(NO_LOGIN), EXPECT(TO_NAME),
		       STEP(SCRIPT_CLOSE))},
		{&plain, "r1", NF_TIMEOUT, "no answer of the proxy " NAME,
		 STEPS(EXPECT(OFFER), DELIVER(NO_LOGIN), EXPECT(TO_NAME))},
	};

	(void)state;
	run_all(talks, LENGTH(talks));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_name_is_left_to_the_proxy),
	cmocka_unit_test(test_an_address_is_sent_as_one),
	cmocka_unit_test(test_the_login_is_given_where_it_is_asked_for),
	cmocka_unit_test(test_a_login_that_is_refused_is_the_proxys),
	cmocka_unit_test(test_each_reply_has_its_code_and_words),
	cmocka_unit_test(test_no_byte_behind_the_reply_is_read),
	cmocka_unit_test(test_another_protocol_is_told),
	cmocka_unit_test(test_a_proxy_that_ends_or_is_silent_is_named),
};

UNIT_MAIN(tests)
