/* lib/transport/ssh/algorithms.c */
#include "transport/ssh/algorithms.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/wire.h"
#include "unit/unit.h"

#define BANNER "SSH-2.0-Test_1.0\r\n"
#define HELLO_MAX ((size_t)16 * 1024)

static const char *const kex_ok = "curve25519-sha256,x";
static const char *const key_ok = "ssh-ed25519";
static const char *const cipher_ok = "aes128-ctr,none";
static const char *const mac_ok = "x,hmac-sha2-256";

/* The six lists of a KEXINIT that has something in common in each. */
static void common_lists(const char *lists[KEXINIT_NKINDS])
{
	lists[KEXINIT_KEX] = kex_ok;
	lists[KEXINIT_HOSTKEY] = key_ok;
	lists[KEXINIT_CIPHER_OUT] = cipher_ok;
	lists[KEXINIT_CIPHER_IN] = cipher_ok;
	lists[KEXINIT_MAC_OUT] = mac_ok;
	lists[KEXINIT_MAC_IN] = mac_ok;
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
		       const char *const lists[KEXINIT_NKINDS])
{
	static const uint8_t type = 20, cookie[16] = {0}, tail[8] = {0};
	size_t len = 0;

	buf_init(out, HELLO_MAX);
	put(out, greeting, strlen(greeting));
	for (size_t i = 0; i < KEXINIT_NKINDS; i++)
		len += 4 + strlen(lists[i]);
	put_u32(out, 1 + 1 + sizeof(cookie) + len + sizeof(tail));
	put(out, &tail, 1);
	put(out, &type, 1);
	put(out, cookie, sizeof(cookie));
	for (size_t i = 0; i < KEXINIT_NKINDS; i++) {
		put_u32(out, strlen(lists[i]));
		put(out, lists[i], strlen(lists[i]));
	}
	put(out, tail, sizeof(tail));
}

/* ---- what two libraries speak, as libssh2_session_supported_algs() lists it
 */

struct library {
	int version;
	const char *const *names[KEXINIT_NKINDS];
};

static const char *const old_kex[] = {"curve25519-sha256",
				      "curve25519-sha256@libssh.org",
				      "ecdh-sha2-nistp256",
				      "ecdh-sha2-nistp384",
				      "ecdh-sha2-nistp521",
				      "diffie-hellman-group-exchange-sha256",
				      "diffie-hellman-group16-sha512",
				      "diffie-hellman-group18-sha512",
				      "diffie-hellman-group14-sha256",
				      "diffie-hellman-group14-sha1",
				      "diffie-hellman-group1-sha1",
				      "diffie-hellman-group-exchange-sha1",
				      NULL};
static const char *const strict_kex[] = {"curve25519-sha256",
					 "diffie-hellman-group14-sha1",
					 "diffie-hellman-group1-sha1",
					 "ext-info-c",
					 "kex-strict-c-v00@openssh.com",
					 NULL};
static const char *const old_key[] = {
	"ecdsa-sha2-nistp256",
	"ecdsa-sha2-nistp384",
	"ecdsa-sha2-nistp521",
	"ecdsa-sha2-nistp256-cert-v01@openssh.com",
	"ssh-ed25519",
	"ssh-rsa",
	"ssh-dss",
	NULL};
static const char *const new_key[] = {"ecdsa-sha2-nistp256",
				      "ecdsa-sha2-nistp384",
				      "ecdsa-sha2-nistp521",
				      "ssh-ed25519",
				      "ssh-ed25519-cert-v01@openssh.com",
				      "rsa-sha2-512",
				      "rsa-sha2-256",
				      "rsa-sha2-512-cert-v01@openssh.com",
				      "ssh-rsa",
				      "ssh-rsa-cert-v01@openssh.com",
				      NULL};
static const char *const old_cipher[] = {
	"aes256-ctr",  "aes192-ctr", "aes128-ctr", "aes256-cbc",
	"aes192-cbc",  "aes128-cbc", "arcfour128", "arcfour",
	"cast128-cbc", "3des-cbc",   NULL};
static const char *const new_cipher[] = {"chacha20-poly1305@openssh.com",
					 "aes256-gcm@openssh.com",
					 "aes128-gcm@openssh.com",
					 "aes256-ctr",
					 "aes192-ctr",
					 "aes128-ctr",
					 "aes128-cbc",
					 "3des-cbc",
					 NULL};
static const char *const old_mac[] = {
	"hmac-sha2-256", "hmac-sha2-512", "hmac-sha1",      "hmac-sha1-96",
	"hmac-md5",      "hmac-md5-96",   "hmac-ripemd160", NULL};
static const char *const new_mac[] = {
	"hmac-sha2-256", "hmac-sha2-256-etm@openssh.com",
	"hmac-sha2-512", "hmac-sha2-512-etm@openssh.com",
	"hmac-sha1",     "hmac-sha1-etm@openssh.com",
	"hmac-md5",      NULL};

/* Debian 12's, Ubuntu 24.04's with Terrapin mended, Debian 13's. */
static const struct library v1_10_0 = {
	ALGORITHMS_VERSION(1, 10, 0),
	{old_kex, old_key, old_cipher, old_cipher, old_mac, old_mac}};
static const struct library v1_11_0 = {
	ALGORITHMS_VERSION(1, 11, 0),
	{strict_kex, new_key, new_cipher, new_cipher, new_mac, new_mac}};
static const struct library v1_11_1 = {
	ALGORITHMS_VERSION(1, 11, 1),
	{strict_kex, new_key, new_cipher, new_cipher, new_mac, new_mac}};

static struct algorithms of_library(const struct library *library,
				    enum legacy legacy)
{
	struct algorithms algorithms;

	algorithms_init(&algorithms, legacy, library->version);
	for (int i = 0; i < KEXINIT_NKINDS; i++) {
		size_t n = 0;

		while (library->names[i][n] != NULL)
			n++;
		algorithms_speak(&algorithms, (enum kexinit_kind)i,
				 library->names[i], n);
	}
	return algorithms;
}

static void assert_list(const struct library *library, enum kexinit_kind kind,
			enum legacy legacy, const char *expected)
{
	const struct algorithms algorithms = of_library(library, legacy);
	char list[ALGORITHMS_LIST];

	algorithms_list(&algorithms, kind, NULL, 0, list);
	assert_string_equal(list, expected);
}

static void test_algorithms_list_goes_as_far_as_it_is_told(void **state)
{
	(void)state;
	assert_list(&v1_10_0, KEXINIT_MAC_OUT, LEGACY_OFF,
		    "hmac-sha2-256,hmac-sha2-512");
	assert_list(&v1_10_0, KEXINIT_MAC_IN, LEGACY_DEFAULT,
		    "hmac-sha2-256,hmac-sha2-512,hmac-sha1");
	assert_list(&v1_10_0, KEXINIT_MAC_IN, LEGACY_ON,
		    "hmac-sha2-256,hmac-sha2-512,hmac-sha1,hmac-sha1-96,"
		    "hmac-md5,hmac-md5-96");
	assert_list(&v1_10_0, KEXINIT_HOSTKEY, LEGACY_OFF,
		    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
		    "ecdsa-sha2-nistp521");
	assert_list(&v1_10_0, KEXINIT_CIPHER_OUT, LEGACY_DEFAULT,
		    "aes128-ctr,aes256-ctr,aes192-ctr,aes128-cbc,aes256-cbc,"
		    "aes192-cbc");
}

static void test_algorithms_list_is_what_the_library_speaks(void **state)
{
	(void)state;
	assert_list(&v1_11_1, KEXINIT_HOSTKEY, LEGACY_OFF,
		    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
		    "ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256");
	assert_list(&v1_11_1, KEXINIT_HOSTKEY, LEGACY_ON,
		    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
		    "ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256,ssh-rsa");
	assert_list(&v1_11_1, KEXINIT_CIPHER_IN, LEGACY_DEFAULT,
		    "aes128-gcm@openssh.com,aes256-gcm@openssh.com,"
		    "aes128-ctr,aes256-ctr,aes192-ctr,"
		    "chacha20-poly1305@openssh.com,aes128-cbc");
	assert_list(&v1_11_1, KEXINIT_MAC_IN, LEGACY_DEFAULT,
		    "hmac-sha2-256-etm@openssh.com,"
		    "hmac-sha2-512-etm@openssh.com,hmac-sha2-256,"
		    "hmac-sha2-512,hmac-sha1-etm@openssh.com,hmac-sha1");
	assert_list(&v1_11_1, KEXINIT_KEX, LEGACY_DEFAULT,
		    "curve25519-sha256,diffie-hellman-group14-sha1");
}

/* It signs with SHA-2; its other news are not sound yet. */
static void test_algorithms_list_of_1_11_0_is_without_its_ciphers(void **state)
{
	(void)state;
	assert_list(&v1_11_0, KEXINIT_HOSTKEY, LEGACY_OFF,
		    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
		    "ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256");
	assert_list(&v1_11_0, KEXINIT_CIPHER_IN, LEGACY_OFF,
		    "aes128-ctr,aes256-ctr,aes192-ctr");
	assert_list(&v1_11_0, KEXINIT_MAC_OUT, LEGACY_OFF,
		    "hmac-sha2-256,hmac-sha2-512");
	/* It is strict when the server is, whether or not it has said so. */
	assert_list(&v1_11_0, KEXINIT_KEX, LEGACY_OFF,
		    "curve25519-sha256,kex-strict-c-v00@openssh.com");
}

/* Each level adds to the end of the one before. */
static void test_algorithms_list_puts_old_ones_last(void **state)
{
	(void)state;
	for (int i = 0; i < KEXINIT_NKINDS; i++) {
		enum kexinit_kind kind = (enum kexinit_kind)i;
		const enum legacy levels[] = {LEGACY_OFF, LEGACY_DEFAULT,
					      LEGACY_ON};
		char list[2][ALGORITHMS_LIST] = {"", ""};

		for (size_t level = 0; level < LENGTH(levels); level++) {
			const struct algorithms algorithms =
				of_library(&v1_10_0, levels[level]);
			char *less = list[level % 2];
			char *more = list[(level + 1) % 2];

			algorithms_list(&algorithms, kind, NULL, 0, more);
			assert_in_range(strlen(less), 0, strlen(more) - 1);
			assert_memory_equal(less, more, strlen(less));
		}
	}
}

static void assert_first(const struct library *library, enum legacy legacy,
			 const char *expected)
{
	static const char *const first[] = {"ecdsa-sha2-nistp521",
					    "ssh-rsa",
					    "ssh-unknown",
					    "ssh-rsa",
					    "ssh-dss",
					    ""};
	const struct algorithms algorithms = of_library(library, legacy);
	char list[ALGORITHMS_LIST];

	algorithms_list(&algorithms, KEXINIT_HOSTKEY, first, LENGTH(first),
			list);
	assert_string_equal(list, expected);
}

static void test_algorithms_list_begins_with_known_types_once(void **state)
{
	(void)state;
	assert_first(&v1_10_0, LEGACY_OFF,
		     "ecdsa-sha2-nistp521,ssh-ed25519,"
		     "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384");
	assert_first(&v1_10_0, LEGACY_DEFAULT,
		     "ecdsa-sha2-nistp521,ssh-rsa,ssh-ed25519,"
		     "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384");
	assert_first(&v1_10_0, LEGACY_ON,
		     "ecdsa-sha2-nistp521,ssh-rsa,ssh-dss,ssh-ed25519,"
		     "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384");
}

/* In known_hosts it is an ssh-rsa, however it signs. */
static void test_algorithms_list_asks_a_known_rsa_key_for_sha2(void **state)
{
	(void)state;
	assert_first(&v1_11_1, LEGACY_OFF,
		     "ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256,"
		     "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384");
	assert_first(&v1_11_1, LEGACY_DEFAULT,
		     "ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256,ssh-rsa,"
		     "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384");
}

static void test_algorithms_weak_names_what_is_for_old_devices(void **state)
{
	(void)state;
	assert_false(algorithms_weak(KEXINIT_KEX, "curve25519-sha256"));
	assert_true(
		algorithms_weak(KEXINIT_KEX, "diffie-hellman-group14-sha1"));
	assert_true(algorithms_weak(KEXINIT_HOSTKEY, "ssh-rsa"));
	assert_false(algorithms_weak(KEXINIT_HOSTKEY, "rsa-sha2-256"));
	assert_true(algorithms_weak(KEXINIT_CIPHER_IN, "3des-cbc"));
	assert_false(algorithms_weak(KEXINIT_MAC_OUT, "hmac-sha2-256"));
	assert_true(algorithms_weak(KEXINIT_MAC_OUT, "hmac-md5"));
	assert_false(algorithms_weak(KEXINIT_KEX, "hmac-md5"));
	assert_false(algorithms_weak(KEXINIT_KEX, "ssh"));
}

static void test_algorithms_need_no_mac_where_the_cipher_has_it(void **state)
{
	(void)state;
	assert_true(algorithms_needs_no_mac("aes128-gcm@openssh.com"));
	assert_true(algorithms_needs_no_mac("chacha20-poly1305@openssh.com"));
	assert_false(algorithms_needs_no_mac("aes128-ctr"));
	assert_false(algorithms_needs_no_mac(""));
}

static void explain_with(const struct library *library, const struct buf *hello,
			 enum legacy legacy, enum nf_code code,
			 const char *part)
{
	const struct algorithms algorithms = of_library(library, legacy);
	struct nf_error err = {0};
	int rc = algorithms_explain(&algorithms, hello->data, hello->len, &err);

	assert_int_equal(rc, code == NF_OK ? 0 : -1);
	assert_int_equal(err.code, code);
	if (part != NULL && strstr(err.message, part) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", err.message, part);
}

static void explain(const struct buf *hello, enum legacy legacy,
		    enum nf_code code, const char *part)
{
	explain_with(&v1_10_0, hello, legacy, code, part);
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
	for (size_t i = 0; i < KEXINIT_NKINDS; i++) {
		const char *lists[KEXINIT_NKINDS];
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
	const char *lists[KEXINIT_NKINDS];
	const struct algorithms algorithms = of_library(&v1_10_0, LEGACY_ON);
	struct nf_error err = {0};
	struct buf hello;

	(void)state;
	common_lists(lists);
	lists[KEXINIT_KEX] = "diffie-hellman-group1-sha1";
	make_hello(&hello, BANNER, lists);
	explain(&hello, LEGACY_DEFAULT, NF_NO_COMMON_ALGORITHM, hint);
	explain(&hello, LEGACY_OFF, NF_NO_COMMON_ALGORITHM, hint);
	explain(&hello, LEGACY_ON, NF_OK, NULL);
	buf_release(&hello);

	/* Names are whole words of a list, not parts of one. */
	lists[KEXINIT_KEX] = "curve25519-sha256x,xcurve25519-sha256,";
	make_hello(&hello, BANNER, lists);
	assert_int_equal(
		algorithms_explain(&algorithms, hello.data, hello.len, &err),
		-1);
	assert_null(strstr(err.message, hint));
	buf_release(&hello);
}

static void expect_advice(const struct library *library, enum legacy legacy,
			  enum kexinit_kind kind, const char *theirs,
			  const char *advice)
{
	const char *lists[KEXINIT_NKINDS];
	struct buf hello;

	common_lists(lists);
	lists[kind] = theirs;
	make_hello(&hello, BANNER, lists);
	explain_with(library, &hello, legacy,
		     advice != NULL ? NF_NO_COMMON_ALGORITHM : NF_OK, advice);
	buf_release(&hello);
}

static void test_algorithms_explain_names_the_library_it_takes(void **state)
{
	static const char *const rsa = "rsa-sha2-512,rsa-sha2-256";

	(void)state;
	expect_advice(&v1_10_0, LEGACY_DEFAULT, KEXINIT_HOSTKEY, rsa,
		      "no common host key algorithm: it offers "
		      "rsa-sha2-512,rsa-sha2-256; netfan offers ssh-ed25519,"
		      "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
		      "ecdsa-sha2-nistp521,ssh-rsa "
		      "(rsa-sha2-512 takes libssh2 1.11.0)");
	expect_advice(&v1_11_0, LEGACY_OFF, KEXINIT_HOSTKEY, rsa, NULL);
	expect_advice(&v1_11_1, LEGACY_OFF, KEXINIT_HOSTKEY, rsa, NULL);
	expect_advice(&v1_11_0, LEGACY_ON, KEXINIT_CIPHER_IN,
		      "chacha20-poly1305@openssh.com",
		      "(chacha20-poly1305@openssh.com takes libssh2 1.11.1)");
	expect_advice(&v1_11_1, LEGACY_OFF, KEXINIT_CIPHER_IN,
		      "chacha20-poly1305@openssh.com", NULL);
	expect_advice(&v1_11_1, LEGACY_ON, KEXINIT_HOSTKEY, "ssh-dss",
		      "(this libssh2 has no ssh-dss)");
	expect_advice(&v1_10_0, LEGACY_DEFAULT, KEXINIT_HOSTKEY, "ssh-dss",
		      "(legacy: true adds older ones)");
}

/* With a cipher that sees to integrity the MACs are not even compared. */
static void
test_algorithms_explain_asks_for_a_mac_where_it_is_used(void **state)
{
	const char *lists[KEXINIT_NKINDS];
	struct buf hello;

	(void)state;
	common_lists(lists);
	lists[KEXINIT_CIPHER_IN] = "aes256-ctr,aes256-gcm@openssh.com";
	lists[KEXINIT_MAC_IN] = "none";
	make_hello(&hello, BANNER, lists);
	explain_with(&v1_11_1, &hello, LEGACY_OFF, NF_OK, NULL);
	explain_with(&v1_11_0, &hello, LEGACY_OFF, NF_NO_COMMON_ALGORITHM,
		     "no common MAC: it offers none;");
	buf_release(&hello);
	lists[KEXINIT_MAC_OUT] = "none";
	make_hello(&hello, BANNER, lists);
	explain_with(&v1_11_1, &hello, LEGACY_OFF, NF_NO_COMMON_ALGORITHM,
		     "no common MAC: it offers none;");
	buf_release(&hello);
}

static void test_algorithms_explain_leaves_out_what_is_no_method(void **state)
{
	(void)state;
	expect_advice(&v1_10_0, LEGACY_DEFAULT, KEXINIT_KEX,
		      "ext-info-s,sntrup761x25519-sha512,"
		      "kex-strict-s-v00@openssh.com",
		      "it offers sntrup761x25519-sha512; netfan");
	expect_advice(&v1_10_0, LEGACY_DEFAULT, KEXINIT_KEX,
		      "kex-strict-s-v00@openssh.com,ext-info-s",
		      "it offers ; netfan");
}

static void test_algorithms_explain_refuses_a_client(void **state)
{
	static const char *const says[] = {
		"ext-info-c", "curve25519-sha256,kex-strict-c-v00@openssh.com"};

	(void)state;
	for (size_t i = 0; i < LENGTH(says); i++) {
		const char *lists[KEXINIT_NKINDS];
		struct buf hello;

		common_lists(lists);
		lists[KEXINIT_KEX] = says[i];
		make_hello(&hello, BANNER, lists);
		explain(&hello, LEGACY_DEFAULT, NF_PROTOCOL,
			"which is a client's word");
		buf_release(&hello);
	}
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
		 "it speaks HTTP, not SSH: it said \"HTTP/1.1 400 Bad "
		 "Request\""},
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
	for (size_t i = 0; i < LENGTH(examples); i++) {
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
	const char *lists[KEXINIT_NKINDS];
	struct buf hello;

	(void)state;
	common_lists(lists);
	lists[KEXINIT_MAC_IN] = "umac-64@openssh.com";
	for (size_t i = 0; i < LENGTH(greetings); i++) {
		make_hello(&hello, greetings[i], lists);
		explain(&hello, LEGACY_ON, NF_NO_COMMON_ALGORITHM,
			"no common MAC: it offers umac-64@openssh.com;");
		buf_release(&hello);
	}
}

/* In memory of just that size, for ASan to see what is read. */
static void test_algorithms_explain_never_reads_past_the_end(void **state)
{
	const struct algorithms algorithms =
		of_library(&v1_10_0, LEGACY_DEFAULT);
	const char *lists[KEXINIT_NKINDS];
	struct buf hello;

	(void)state;
	common_lists(lists);
	lists[KEXINIT_MAC_IN] = "none";
	make_hello(&hello, "Hi\r\n" BANNER, lists);
	for (size_t len = 0; len < hello.len; len++) {
		uint8_t *bytes = test_malloc(len > 0 ? len : 1);
		struct nf_error err = {0};
		int rc;

		memcpy(bytes, hello.data, len);
		rc = algorithms_explain(&algorithms, bytes, len, &err);
		if (len == 0 || len >= 8)
			assert_int_equal(rc, 0);
		test_free(bytes);
	}
	buf_release(&hello);
}

static void test_algorithms_explain_bears_lengths_that_lie(void **state)
{
	static const uint32_t lies[] = {0x7fffffff, 0xffffffff, 0xfffffffc,
					1000000, 200};
	const char *lists[KEXINIT_NKINDS];
	struct buf hello;

	(void)state;
	common_lists(lists);
	make_hello(&hello, BANNER, lists);
	for (size_t i = 0; i < LENGTH(lies); i++) {
		wire_put_u32(hello.data + strlen(BANNER) + 22, lies[i]);
		explain(&hello, LEGACY_DEFAULT, NF_PROTOCOL,
			"its KEXINIT ends within a list");
	}
	buf_release(&hello);
}

static void test_algorithms_explain_makes_hostile_lists_printable(void **state)
{
	static char endless[8000];
	static const char *const hostile[] = {"a\033[2J\a\x7f,b\xff", "a\nb\rc",
					      "", endless};
	const struct algorithms algorithms = of_library(&v1_10_0, LEGACY_ON);
	const char *lists[KEXINIT_NKINDS];

	(void)state;
	memset(endless, 'x', sizeof(endless) - 1);
	common_lists(lists);
	for (size_t i = 0; i < LENGTH(hostile); i++) {
		struct nf_error err = {0};
		struct buf hello;

		lists[KEXINIT_KEX] = hostile[i];
		make_hello(&hello, BANNER, lists);
		assert_int_equal(algorithms_explain(&algorithms, hello.data,
						    hello.len, &err),
				 -1);
		assert_int_equal(err.code, NF_NO_COMMON_ALGORITHM);
		for (const char *c = err.message; *c != '\0'; c++)
			assert_in_range(*c, 0x20, 0x7e);
		/* Theirs is cut so that ours still fits. */
		assert_non_null(strstr(err.message, "netfan offers curve"));
		buf_release(&hello);
	}
}

/* ---- lists that an inventory or ssh_config wishes for */

static const char *chosen(const struct library *library, enum legacy legacy,
			  enum kexinit_kind kind, const char *wished)
{
	static char list[ALGORITHMS_LIST];
	struct algorithms algorithms = of_library(library, legacy);
	const struct algorithms_wish wish = {
		.legacy = legacy,
		.kex = kind == KEXINIT_KEX ? wished : NULL,
		.hostkeys = kind == KEXINIT_HOSTKEY ? wished : NULL,
		.ciphers = kind == KEXINIT_CIPHER_IN ? wished : NULL,
		.macs = kind == KEXINIT_MAC_OUT ? wished : NULL};
	struct nf_error err;

	if (algorithms_choose(&algorithms, &wish, &err) == -1) {
		assert_int_equal(err.code, NF_INVALID);
		(void)snprintf(list, sizeof(list), "%s", err.message);
	} else {
		algorithms_list(&algorithms, kind, NULL, 0, list);
	}
	return list;
}

static void test_algorithms_choose_reads_lists_as_ssh_does(void **state)
{
	static const struct {
		const char *wished, *list;
	} macs[] = {
		{"hmac-sha1,hmac-sha2-256", "hmac-sha1,hmac-sha2-256"},
		{"hmac-sha1,hmac-sha1", "hmac-sha1"},
		{"+hmac-md5", "hmac-sha2-256,hmac-sha2-512,hmac-sha1,hmac-md5"},
		{"+hmac-sha1", "hmac-sha2-256,hmac-sha2-512,hmac-sha1"},
		{"^hmac-md5,hmac-sha1",
		 "hmac-md5,hmac-sha1,hmac-sha2-256,hmac-sha2-512"},
		{"-hmac-sha1", "hmac-sha2-256,hmac-sha2-512"},
		{"-*sha2*", "hmac-sha1"},
		{"-hmac-sha2-25?", "hmac-sha2-512,hmac-sha1"},
		{"+*-96", "hmac-sha2-256,hmac-sha2-512,hmac-sha1,"
			  "hmac-sha1-96,hmac-md5-96"},
		{"umac-64@openssh.com,hmac-sha2-512", "hmac-sha2-512"},
		{"hmac-ripemd160", "hmac-ripemd160"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(macs); i++)
		assert_string_equal(chosen(&v1_10_0, LEGACY_DEFAULT,
					   KEXINIT_MAC_OUT, macs[i].wished),
				    macs[i].list);
	/* Beside our own means those of the level. */
	assert_string_equal(
		chosen(&v1_10_0, LEGACY_OFF, KEXINIT_MAC_OUT, "+hmac-md5"),
		"hmac-sha2-256,hmac-sha2-512,hmac-md5");
	/* Old ones that are named are offered without legacy. */
	assert_string_equal(chosen(&v1_10_0, LEGACY_OFF, KEXINIT_KEX,
				   "diffie-hellman-group1-sha1"),
			    "diffie-hellman-group1-sha1");
	assert_string_equal(chosen(&v1_10_0, LEGACY_OFF, KEXINIT_CIPHER_IN,
				   "3des-cbc,aes128-ctr"),
			    "3des-cbc,aes128-ctr");
	/* What is not sound yet is not offered, whoever names it. */
	assert_string_equal(chosen(&v1_11_0, LEGACY_ON, KEXINIT_CIPHER_IN,
				   "*gcm*,chacha20*,aes256-ctr"),
			    "aes256-ctr");
	/* Strict key exchange is asked for all the same. */
	assert_string_equal(
		chosen(&v1_11_0, LEGACY_ON, KEXINIT_KEX, "curve25519-sha256"),
		"curve25519-sha256,kex-strict-c-v00@openssh.com");
}

/* Whatever is listed, a known type comes first: its key can be checked. */
static void test_algorithms_list_that_is_wished_begins_with_known(void **state)
{
	static const char *const first[] = {"ecdsa-sha2-nistp521", "ssh-rsa"};
	const struct algorithms_wish wish = {
		.hostkeys = "ssh-ed25519,ecdsa-sha2-nistp521"};
	struct algorithms algorithms = of_library(&v1_10_0, LEGACY_DEFAULT);
	struct nf_error err;
	char list[ALGORITHMS_LIST];

	(void)state;
	assert_int_equal(algorithms_choose(&algorithms, &wish, &err), 0);
	algorithms_list(&algorithms, KEXINIT_HOSTKEY, first, LENGTH(first),
			list);
	assert_string_equal(list, "ecdsa-sha2-nistp521,ssh-ed25519");
}

static void test_algorithms_choose_refuses_a_list_of_nothing(void **state)
{
	(void)state;
	assert_string_equal(
		chosen(&v1_10_0, LEGACY_DEFAULT, KEXINIT_MAC_OUT,
		       "umac-64@openssh.com"),
		"macs 'umac-64@openssh.com' leaves nothing that this libssh2 "
		"speaks, which is hmac-sha2-256,hmac-sha2-512,hmac-sha1,"
		"hmac-sha1-96,hmac-md5,hmac-md5-96,hmac-ripemd160");
	assert_non_null(strstr(
		chosen(&v1_10_0, LEGACY_ON, KEXINIT_KEX, "-*"),
		"kex_algorithms '-*' leaves nothing that this libssh2 speaks"));
}

static void test_algorithms_tell_lacking_names_what_it_takes(void **state)
{
	const struct algorithms_wish wish = {
		.kex = "+sntrup761x25519-sha512,mlkem768x25519-sha256,ecdh*",
		.hostkeys = "ssh-ed25519,rsa-sha2-256",
		.ciphers = "-aes128-gone",
		.macs = "hmac-sha2-256"};
	const struct algorithms old = of_library(&v1_10_0, LEGACY_DEFAULT);
	const struct algorithms new = of_library(&v1_11_1, LEGACY_DEFAULT);
	const struct algorithms_wish dss = {.hostkeys = "ssh-dss"};
	char told[400];

	(void)state;
	assert_true(
		algorithms_tell_lacking(&old, &wish, 0, told, sizeof(told)));
	assert_string_equal(told,
			    "kex_algorithms: no libssh2 speaks "
			    "'sntrup761x25519-sha512'; "
			    "mlkem768x25519-sha256 takes a libssh2 newer than "
			    "1.11.1");
	assert_true(
		algorithms_tell_lacking(&old, &wish, 1, told, sizeof(told)));
	assert_string_equal(
		told, "hostkey_algorithms: rsa-sha2-256 takes libssh2 1.11.0");
	assert_false(
		algorithms_tell_lacking(&new, &wish, 1, told, sizeof(told)));
	assert_false(
		algorithms_tell_lacking(&old, &wish, 2, told, sizeof(told)));
	assert_false(
		algorithms_tell_lacking(&old, &wish, 3, told, sizeof(told)));
	assert_true(algorithms_tell_lacking(&new, &dss, 1, told, sizeof(told)));
	assert_string_equal(told,
			    "hostkey_algorithms: this libssh2 has no ssh-dss");
	/* A room that is too small cuts it. */
	assert_true(algorithms_tell_lacking(&old, &wish, 0, told, 10));
	assert_string_equal(told, "kex_algor");
}

static void test_algorithms_keep_spoken_drops_the_others(void **state)
{
	const struct algorithms old = of_library(&v1_10_0, LEGACY_DEFAULT);
	char list[ALGORITHMS_LIST];

	(void)state;
	algorithms_keep_spoken(&old, KEXINIT_KEX,
			       "sntrup761x25519-sha512,curve25519-sha256,"
			       "diffie-hellman-group1-sha1",
			       list);
	assert_string_equal(list,
			    "curve25519-sha256,diffie-hellman-group1-sha1");
	algorithms_keep_spoken(&old, KEXINIT_MAC_OUT, "umac-64@openssh.com",
			       list);
	assert_string_equal(list, "umac-64@openssh.com");
}

static void test_algorithms_is_list_checks_no_names(void **state)
{
	static const char *const good[] = {"a",  "a,b",       "+a",
					   "-*", "^x@y.z,??", "--x"};
	static const char *const bad[] = {
		"",     "+",     ",",   "a,", ",a",    "a,,b",  "a b", "a, b",
		"a\tb", "\"a\"", "'a'", "+,", "a\xff", "a\x7f", "a\nb"};
	char endless[ALGORITHMS_LIST + 1];

	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++)
		assert_true(algorithms_is_list(good[i]));
	for (size_t i = 0; i < LENGTH(bad); i++)
		assert_false(algorithms_is_list(bad[i]));
	memset(endless, 'x', sizeof(endless) - 1);
	endless[sizeof(endless) - 1] = '\0';
	assert_false(algorithms_is_list(endless));
}

static void test_algorithms_explain_says_what_a_list_leaves_out(void **state)
{
	const struct algorithms_wish wish = {.ciphers = "aes256-ctr"};
	struct algorithms algorithms = of_library(&v1_10_0, LEGACY_DEFAULT);
	const char *lists[KEXINIT_NKINDS];
	struct nf_error err = {0};
	struct buf hello;

	(void)state;
	assert_int_equal(algorithms_choose(&algorithms, &wish, &err), 0);
	common_lists(lists);
	lists[KEXINIT_CIPHER_OUT] =
		"aes256-gcm@openssh.com,aes128-ctr,aes128-cbc";
	make_hello(&hello, BANNER, lists);
	assert_int_equal(
		algorithms_explain(&algorithms, hello.data, hello.len, &err),
		-1);
	assert_string_equal(err.message,
			    "no common cipher: it offers "
			    "aes256-gcm@openssh.com,aes128-ctr,aes128-cbc;"
			    " netfan offers aes256-ctr (ciphers: +aes128-ctr "
			    "adds it)");
	buf_release(&hello);
	expect_advice(&v1_10_0, LEGACY_ON, KEXINIT_CIPHER_IN, "blowfish-cbc",
		      "(this libssh2 has no blowfish-cbc)");
	expect_advice(&v1_10_0, LEGACY_ON, KEXINIT_CIPHER_IN, "cast128-cbc",
		      "(ciphers: +cast128-cbc adds it)");
	expect_advice(&v1_10_0, LEGACY_ON, KEXINIT_MAC_IN,
		      "umac-64@openssh.com,umac-128@openssh.com",
		      "(no libssh2 speaks any of them)");
	expect_advice(&v1_11_1, LEGACY_DEFAULT, KEXINIT_KEX,
		      "mlkem1024nistp384-sha384",
		      "(mlkem1024nistp384-sha384 takes a libssh2 newer than "
		      "1.11.1)");
}

/* However long the lists are, the advice is there. */
static void test_algorithms_explain_always_ends_in_its_advice(void **state)
{
	char endless[800];

	(void)state;
	memset(endless, 'x', sizeof(endless) - 1);
	memcpy(endless, "mlkem768nistp256-sha256,", 24);
	endless[sizeof(endless) - 1] = '\0';
	expect_advice(&v1_10_0, LEGACY_ON, KEXINIT_KEX, endless,
		      "(mlkem768nistp256-sha256 takes a libssh2 newer than "
		      "1.11.1)");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_algorithms_choose_reads_lists_as_ssh_does),
	cmocka_unit_test(test_algorithms_list_that_is_wished_begins_with_known),
	cmocka_unit_test(test_algorithms_choose_refuses_a_list_of_nothing),
	cmocka_unit_test(test_algorithms_tell_lacking_names_what_it_takes),
	cmocka_unit_test(test_algorithms_keep_spoken_drops_the_others),
	cmocka_unit_test(test_algorithms_is_list_checks_no_names),
	cmocka_unit_test(test_algorithms_explain_says_what_a_list_leaves_out),
	cmocka_unit_test(test_algorithms_explain_always_ends_in_its_advice),
	cmocka_unit_test(test_algorithms_list_goes_as_far_as_it_is_told),
	cmocka_unit_test(test_algorithms_list_is_what_the_library_speaks),
	cmocka_unit_test(test_algorithms_list_of_1_11_0_is_without_its_ciphers),
	cmocka_unit_test(test_algorithms_list_puts_old_ones_last),
	cmocka_unit_test(test_algorithms_list_begins_with_known_types_once),
	cmocka_unit_test(test_algorithms_list_asks_a_known_rsa_key_for_sha2),
	cmocka_unit_test(test_algorithms_weak_names_what_is_for_old_devices),
	cmocka_unit_test(test_algorithms_need_no_mac_where_the_cipher_has_it),
	cmocka_unit_test(test_algorithms_explain_names_theirs_and_ours),
	cmocka_unit_test(test_algorithms_explain_hints_at_legacy_if_it_helps),
	cmocka_unit_test(test_algorithms_explain_names_the_library_it_takes),
	cmocka_unit_test(
		test_algorithms_explain_asks_for_a_mac_where_it_is_used),
	cmocka_unit_test(test_algorithms_explain_leaves_out_what_is_no_method),
	cmocka_unit_test(test_algorithms_explain_refuses_a_client),
	cmocka_unit_test(test_algorithms_explain_tells_who_is_no_ssh_server),
	cmocka_unit_test(test_algorithms_explain_reads_past_lines_before_it),
	cmocka_unit_test(test_algorithms_explain_never_reads_past_the_end),
	cmocka_unit_test(test_algorithms_explain_bears_lengths_that_lie),
	cmocka_unit_test(test_algorithms_explain_makes_hostile_lists_printable),
};

UNIT_MAIN(tests)
