/* lib/session/algorithms.c */
#include "session/algorithms.h"

#include <string.h>

#include "base/buf.h"
#include "base/wire.h"
#include "unit/unit.h"

#define BANNER "SSH-2.0-Test_1.0\r\n"
#define HELLO_MAX ((size_t)16 * 1024)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const kex_ok = "curve25519-sha256,x";
static const char *const key_ok = "ssh-ed25519";
static const char *const cipher_ok = "aes128-ctr,none";
static const char *const mac_ok = "x,hmac-sha2-256";

/* The six lists of a KEXINIT that has something in common in each. */
static void common_lists(const char *lists[ALGORITHMS_NKINDS])
{
	lists[ALGORITHMS_KEX] = kex_ok;
	lists[ALGORITHMS_HOSTKEY] = key_ok;
	lists[ALGORITHMS_CIPHER_OUT] = cipher_ok;
	lists[ALGORITHMS_CIPHER_IN] = cipher_ok;
	lists[ALGORITHMS_MAC_OUT] = mac_ok;
	lists[ALGORITHMS_MAC_IN] = mac_ok;
}

static void put(struct buf *out, const void *bytes, size_t len)
{
	assert_int_equal(buf_append(out, bytes, len), 0);
}

static void put_u32(struct buf *out, size_t value)
{
	uint8_t bytes[4];

	wire_put_u32(bytes, (uint32_t)value);
	put(out, bytes, sizeof(bytes));
}

/* What a server says first: a greeting, then a packet with these lists. */
static void make_hello(struct buf *out, const char *greeting,
		       const char *const lists[ALGORITHMS_NKINDS])
{
	static const uint8_t type = 20, cookie[16] = {0}, tail[8] = {0};
	size_t len = 0;

	buf_init(out, HELLO_MAX);
	put(out, greeting, strlen(greeting));
	for (size_t i = 0; i < ALGORITHMS_NKINDS; i++)
		len += 4 + strlen(lists[i]);
	put_u32(out, 1 + 1 + sizeof(cookie) + len + sizeof(tail));
	put(out, &tail, 1);
	put(out, &type, 1);
	put(out, cookie, sizeof(cookie));
	for (size_t i = 0; i < ALGORITHMS_NKINDS; i++) {
		put_u32(out, strlen(lists[i]));
		put(out, lists[i], strlen(lists[i]));
	}
	put(out, tail, sizeof(tail));
}

static void assert_list(enum algorithms_kind kind, enum legacy legacy,
			const char *expected)
{
	char list[ALGORITHMS_LIST];

	algorithms_list(kind, legacy, NULL, 0, list);
	assert_string_equal(list, expected);
}

static void test_algorithms_list_goes_as_far_as_it_is_told(void **state)
{
	(void)state;
	assert_list(ALGORITHMS_MAC_OUT, LEGACY_OFF,
		    "hmac-sha2-256,hmac-sha2-512");
	assert_list(ALGORITHMS_MAC_IN, LEGACY_DEFAULT,
		    "hmac-sha2-256,hmac-sha2-512,hmac-sha1");
	assert_list(ALGORITHMS_MAC_IN, LEGACY_ON,
		    "hmac-sha2-256,hmac-sha2-512,hmac-sha1,hmac-sha1-96,"
		    "hmac-md5,hmac-md5-96");
	assert_list(ALGORITHMS_HOSTKEY, LEGACY_OFF,
		    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
		    "ecdsa-sha2-nistp521");
	assert_list(ALGORITHMS_CIPHER_OUT, LEGACY_DEFAULT,
		    "aes128-ctr,aes256-ctr,aes192-ctr,aes128-cbc,aes256-cbc,"
		    "aes192-cbc");
}

/* Each level adds to the end of the one before. */
static void test_algorithms_list_puts_old_ones_last(void **state)
{
	(void)state;
	for (int i = 0; i < ALGORITHMS_NKINDS; i++) {
		enum algorithms_kind kind = (enum algorithms_kind)i;
		char good[ALGORITHMS_LIST], weak[ALGORITHMS_LIST];
		char all[ALGORITHMS_LIST];

		algorithms_list(kind, LEGACY_OFF, NULL, 0, good);
		algorithms_list(kind, LEGACY_DEFAULT, NULL, 0, weak);
		algorithms_list(kind, LEGACY_ON, NULL, 0, all);
		assert_in_range(strlen(good), 1, strlen(weak) - 1);
		assert_in_range(strlen(weak), 1, strlen(all) - 1);
		assert_memory_equal(good, weak, strlen(good));
		assert_memory_equal(weak, all, strlen(weak));
	}
}

static void test_algorithms_list_begins_with_known_types_once(void **state)
{
	static const char *const first[] = {"ecdsa-sha2-nistp521",
					    "ssh-rsa",
					    "ssh-unknown",
					    "ssh-rsa",
					    "ssh-dss",
					    ""};
	static const struct {
		enum legacy legacy;
		const char *list;
	} examples[] = {
		{LEGACY_OFF, "ecdsa-sha2-nistp521,ssh-ed25519,"
			     "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384"},
		{LEGACY_DEFAULT, "ecdsa-sha2-nistp521,ssh-rsa,ssh-ed25519,"
				 "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384"},
		{LEGACY_ON, "ecdsa-sha2-nistp521,ssh-rsa,ssh-dss,ssh-ed25519,"
			    "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384"},
	};
	char list[ALGORITHMS_LIST];

	(void)state;
	for (size_t i = 0; i < COUNT(examples); i++) {
		algorithms_list(ALGORITHMS_HOSTKEY, examples[i].legacy, first,
				COUNT(first), list);
		assert_string_equal(list, examples[i].list);
	}
}

static void test_algorithms_weak_names_what_is_for_old_devices(void **state)
{
	(void)state;
	assert_false(algorithms_weak(ALGORITHMS_KEX, "curve25519-sha256"));
	assert_true(
		algorithms_weak(ALGORITHMS_KEX, "diffie-hellman-group14-sha1"));
	assert_true(algorithms_weak(ALGORITHMS_HOSTKEY, "ssh-rsa"));
	assert_true(algorithms_weak(ALGORITHMS_CIPHER_IN, "3des-cbc"));
	assert_false(algorithms_weak(ALGORITHMS_MAC_OUT, "hmac-sha2-256"));
	assert_true(algorithms_weak(ALGORITHMS_MAC_OUT, "hmac-md5"));
	assert_false(algorithms_weak(ALGORITHMS_KEX, "hmac-md5"));
	assert_false(algorithms_weak(ALGORITHMS_KEX, "ssh"));
}

static void explain(const struct buf *hello, enum legacy legacy,
		    enum nf_code code, const char *part)
{
	struct nf_error err = {0};
	int rc = algorithms_explain(hello->data, hello->len, legacy, &err);

	assert_int_equal(rc, code == NF_OK ? 0 : -1);
	assert_int_equal(err.code, code);
	if (part != NULL && strstr(err.message, part) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", err.message, part);
}

static void test_algorithms_explain_names_theirs_and_ours(void **state)
{
	static const struct {
		const char *what, *ours;
	} kinds[] = {
		{"no common key exchange: ", "curve25519-sha256,"},
		{"no common host key algorithm: ", "ssh-ed25519,"},
		{"no common cipher: ", "aes128-ctr,"},
		{"no common cipher: ", "aes128-ctr,"},
		{"no common MAC: ", "hmac-sha2-256,"},
		{"no common MAC: ", "hmac-sha2-256,"},
	};

	(void)state;
	for (size_t i = 0; i < ALGORITHMS_NKINDS; i++) {
		const char *lists[ALGORITHMS_NKINDS];
		struct buf hello;

		common_lists(lists);
		make_hello(&hello, BANNER, lists);
		explain(&hello, LEGACY_DEFAULT, NF_OK, NULL);
		buf_release(&hello);

		lists[i] = "one@example.org,two";
		make_hello(&hello, BANNER, lists);
		explain(&hello, LEGACY_DEFAULT, NF_NO_COMMON_ALGORITHM,
			kinds[i].what);
		explain(&hello, LEGACY_DEFAULT, NF_NO_COMMON_ALGORITHM,
			"it offers one@example.org,two; netfan offers ");
		explain(&hello, LEGACY_DEFAULT, NF_NO_COMMON_ALGORITHM,
			kinds[i].ours);
		buf_release(&hello);
	}
}

static void test_algorithms_explain_hints_at_legacy_if_it_helps(void **state)
{
	static const char *const hint = "(legacy: true adds older ones)";
	const char *lists[ALGORITHMS_NKINDS];
	struct nf_error err = {0};
	struct buf hello;

	(void)state;
	common_lists(lists);
	lists[ALGORITHMS_KEX] = "diffie-hellman-group1-sha1";
	make_hello(&hello, BANNER, lists);
	explain(&hello, LEGACY_DEFAULT, NF_NO_COMMON_ALGORITHM, hint);
	explain(&hello, LEGACY_OFF, NF_NO_COMMON_ALGORITHM, hint);
	explain(&hello, LEGACY_ON, NF_OK, NULL);
	buf_release(&hello);

	/* Names are whole words of a list, not parts of one. */
	lists[ALGORITHMS_KEX] = "curve25519-sha256x,xcurve25519-sha256,";
	make_hello(&hello, BANNER, lists);
	assert_int_equal(
		algorithms_explain(hello.data, hello.len, LEGACY_ON, &err), -1);
	assert_null(strstr(err.message, hint));
	buf_release(&hello);
}

static void test_algorithms_explain_tells_who_is_no_ssh_server(void **state)
{
	static const struct {
		const char *said;
		enum nf_code code;
		const char *part;
	} examples[] = {
		{"", NF_OK, NULL},
		{"SSH-1.5-Old\r\n", NF_PROTOCOL,
		 "another version of SSH: \"SSH-1.5-Old\""},
		{"SSH-3.0-New\n", NF_PROTOCOL, "\"SSH-3.0-New\""},
		{"HTTP/1.1 400 Bad Request\r\nServer: x\r\n", NF_PROTOCOL,
		 "no SSH server: it said \"HTTP/1.1 400 Bad Request\""},
		{"220 mail\033[2J ESMTP\r\n", NF_PROTOCOL,
		 "\"220 mail\\x1b[2J ESMTP\""},
		{"ssh-2.0-x\r\n", NF_PROTOCOL, "no SSH server"},
		{"Not yet SSH-2.0-x\r\n", NF_PROTOCOL, "no SSH server"},
		{"SSH-1.99-Cisco-1.25\r\n", NF_OK, NULL},
		{"Welcome\r\n\r\nSSH-2.0-x\r\n", NF_OK, NULL},
		{"Welcome\r\nSSH-1.5-x\r\n", NF_PROTOCOL, "\"SSH-1.5-x\""},
		{"SSH-2.0-unfinished", NF_OK, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(examples); i++) {
		struct buf hello;

		buf_init(&hello, HELLO_MAX);
		put(&hello, examples[i].said, strlen(examples[i].said));
		explain(&hello, LEGACY_DEFAULT, examples[i].code,
			examples[i].part);
		buf_release(&hello);
	}
}

static void test_algorithms_explain_reads_past_lines_before_it(void **state)
{
	static const char *const greetings[] = {
		"Welcome\r\n\r\nNo entry!\r\n" BANNER, "\n" BANNER,
		"SSH-1.99-Cisco-1.25\n"};
	const char *lists[ALGORITHMS_NKINDS];
	struct buf hello;

	(void)state;
	common_lists(lists);
	lists[ALGORITHMS_MAC_IN] = "umac-64@openssh.com";
	for (size_t i = 0; i < COUNT(greetings); i++) {
		make_hello(&hello, greetings[i], lists);
		explain(&hello, LEGACY_ON, NF_NO_COMMON_ALGORITHM,
			"no common MAC: it offers umac-64@openssh.com;");
		buf_release(&hello);
	}
}

/* In memory of just that size, for ASan to see what is read. */
static void test_algorithms_explain_never_reads_past_the_end(void **state)
{
	const char *lists[ALGORITHMS_NKINDS];
	struct buf hello;

	(void)state;
	common_lists(lists);
	lists[ALGORITHMS_MAC_IN] = "none";
	make_hello(&hello, "Hi\r\n" BANNER, lists);
	for (size_t len = 0; len < hello.len; len++) {
		uint8_t *bytes = test_malloc(len > 0 ? len : 1);
		struct nf_error err = {0};
		int rc;

		memcpy(bytes, hello.data, len);
		rc = algorithms_explain(bytes, len, LEGACY_DEFAULT, &err);
		if (len == 0 || (len >= 8 && len < hello.len - 8))
			assert_int_equal(rc, 0);
		test_free(bytes);
	}
	buf_release(&hello);
}

static void test_algorithms_explain_bears_lengths_that_lie(void **state)
{
	static const uint32_t lies[] = {0x7fffffff, 0xffffffff, 0xfffffffc,
					1000000, 200};
	const char *lists[ALGORITHMS_NKINDS];
	struct buf hello;

	(void)state;
	common_lists(lists);
	make_hello(&hello, BANNER, lists);
	for (size_t i = 0; i < COUNT(lies); i++) {
		wire_put_u32(hello.data + strlen(BANNER) + 22, lies[i]);
		explain(&hello, LEGACY_DEFAULT,
			lies[i] < hello.len ? NF_NO_COMMON_ALGORITHM : NF_OK,
			NULL);
	}
	buf_release(&hello);
}

static void test_algorithms_explain_makes_hostile_lists_printable(void **state)
{
	static char endless[10000];
	static const char *const hostile[] = {"a\033[2J\a\x7f,b\xff", "a\nb\rc",
					      "", endless};
	const char *lists[ALGORITHMS_NKINDS];

	(void)state;
	memset(endless, 'x', sizeof(endless) - 1);
	common_lists(lists);
	for (size_t i = 0; i < COUNT(hostile); i++) {
		struct nf_error err = {0};
		struct buf hello;

		lists[ALGORITHMS_KEX] = hostile[i];
		make_hello(&hello, BANNER, lists);
		assert_int_equal(algorithms_explain(hello.data, hello.len,
						    LEGACY_ON, &err),
				 -1);
		assert_int_equal(err.code, NF_NO_COMMON_ALGORITHM);
		for (const char *c = err.message; *c != '\0'; c++)
			assert_in_range(*c, 0x20, 0x7e);
		/* Theirs is cut so that ours still fits. */
		assert_non_null(strstr(err.message, "netfan offers curve"));
		buf_release(&hello);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_algorithms_list_goes_as_far_as_it_is_told),
	cmocka_unit_test(test_algorithms_list_puts_old_ones_last),
	cmocka_unit_test(test_algorithms_list_begins_with_known_types_once),
	cmocka_unit_test(test_algorithms_weak_names_what_is_for_old_devices),
	cmocka_unit_test(test_algorithms_explain_names_theirs_and_ours),
	cmocka_unit_test(test_algorithms_explain_hints_at_legacy_if_it_helps),
	cmocka_unit_test(test_algorithms_explain_tells_who_is_no_ssh_server),
	cmocka_unit_test(test_algorithms_explain_reads_past_lines_before_it),
	cmocka_unit_test(test_algorithms_explain_never_reads_past_the_end),
	cmocka_unit_test(test_algorithms_explain_bears_lengths_that_lie),
	cmocka_unit_test(test_algorithms_explain_makes_hostile_lists_printable),
};

UNIT_MAIN(tests)
