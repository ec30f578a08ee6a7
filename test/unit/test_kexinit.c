/* lib/transport/ssh/kexinit.c */
#include "transport/ssh/kexinit.h"

#include <stdio.h>
#include <string.h>

#include "base/wire.h"
#include "unit/unit.h"

#define BANNER "SSH-2.0-Test_1.0\r\n"

/* What a server sends, at the end of its memory for ASan to see the rest. */
struct hello {
	uint8_t bytes[3 * KEXINIT_WITHIN];
	size_t len;
};

static void put(struct hello *hello, const void *bytes, size_t len)
{
	assert_in_range(len, 0, sizeof(hello->bytes) - hello->len);
	memcpy(hello->bytes + hello->len, bytes, len);
	hello->len += len;
}

static void put_u32(struct hello *hello, size_t value)
{
	uint8_t bytes[4];

	wire_put_u32(bytes, (uint32_t)value);
	put(hello, bytes, sizeof(bytes));
}

static void put_list(struct hello *hello, const char *names)
{
	put_u32(hello, strlen(names));
	put(hello, names, strlen(names));
}

/* A packet without padding. */
static void put_packet(struct hello *hello, uint8_t type, const void *bytes,
		       size_t len)
{
	const uint8_t head[2] = {0, type};

	put_u32(hello, sizeof(head) + len);
	put(hello, head, sizeof(head));
	put(hello, bytes, len);
}

/* With this list of key exchanges, and the kind's number in each other. */
static void put_kexinit(struct hello *hello, const char *kex)
{
	static const uint8_t cookie[16] = {0}, tail[9] = {0};
	static struct hello lists;
	char name[16];

	lists.len = 0;
	put(&lists, cookie, sizeof(cookie));
	put_list(&lists, kex);
	for (int kind = 1; kind < KEXINIT_NKINDS; kind++) {
		(void)snprintf(name, sizeof(name), "a,%d", kind);
		put_list(&lists, name);
	}
	put(&lists, tail, sizeof(tail));
	put_packet(hello, 20, lists.bytes, lists.len);
}

static void begin(struct hello *hello)
{
	hello->len = 0;
	put(hello, BANNER, strlen(BANNER));
}

static int find_in(const struct hello *hello, size_t len,
		   struct kexinit *kexinit, struct nf_error *err)
{
	uint8_t *bytes = test_malloc(len);
	int rc;

	memcpy(bytes, hello->bytes, len);
	rc = kexinit_find(bytes, len, kexinit, err);
	test_free(bytes);
	return rc;
}

static void assert_found(const struct hello *hello, const char *kex)
{
	struct kexinit kexinit;
	struct nf_error err = {0};

	for (size_t len = 1; len < hello->len; len++)
		assert_int_equal(find_in(hello, len, &kexinit, &err), 0);
	assert_int_equal(kexinit_find(hello->bytes, hello->len, &kexinit, &err),
			 1);
	assert_int_equal(kexinit.lists[KEXINIT_KEX].len, strlen(kex));
	assert_memory_equal(kexinit.lists[KEXINIT_KEX].names, kex, strlen(kex));
	assert_true(kexinit_lists(&kexinit.lists[KEXINIT_HOSTKEY], "1"));
	assert_true(kexinit_lists(&kexinit.lists[KEXINIT_MAC_IN], "5"));
}

static void assert_refused(const struct hello *hello, const char *part)
{
	struct kexinit kexinit;
	struct nf_error err = {0};

	assert_int_equal(find_in(hello, hello->len, &kexinit, &err), -1);
	assert_int_equal(err.code, NF_PROTOCOL);
	if (strstr(err.message, part) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", err.message, part);
}

static void test_kexinit_is_found_when_all_of_it_has_come(void **state)
{
	static struct hello hello;

	(void)state;
	begin(&hello);
	put_kexinit(&hello, "curve25519-sha256");
	assert_found(&hello, "curve25519-sha256");
	begin(&hello);
	put_kexinit(&hello, "");
	assert_found(&hello, "");
}

static void test_kexinit_is_found_behind_other_packets(void **state)
{
	static struct hello hello;

	(void)state;
	begin(&hello);
	put_packet(&hello, 2, "\0\0\0\4ping", 8);
	put_packet(&hello, 4, "", 0);
	put_kexinit(&hello, "x,y");
	assert_found(&hello, "x,y");
}

static void test_kexinit_that_would_be_too_far_is_refused(void **state)
{
	static const size_t lengths[] = {0,          1,          KEXINIT_WITHIN,
					 0x7fffffff, 0xffffffff, 0xfffffffc};
	static uint8_t zeros[KEXINIT_WITHIN];
	static struct hello hello;

	(void)state;
	for (size_t i = 0; i < LENGTH(lengths); i++) {
		begin(&hello);
		put_u32(&hello, lengths[i]);
		put(&hello, zeros, 2);
		assert_refused(&hello, "no KEXINIT within its first 8192 ");
	}
	/* Behind packets that fill what there is. */
	begin(&hello);
	put_packet(&hello, 2, zeros, KEXINIT_WITHIN - 100);
	put_kexinit(&hello, "curve25519-sha256,curve25519-sha256@libssh.org");
	assert_refused(&hello, "no KEXINIT within its first 8192 ");
	/* A line without an end. */
	memset(hello.bytes, 'x', KEXINIT_WITHIN);
	hello.len = KEXINIT_WITHIN;
	assert_refused(&hello, "no KEXINIT within its first 8192 ");
}

static void test_kexinit_with_lists_beyond_its_end_is_refused(void **state)
{
	static struct hello hello, whole;

	(void)state;
	begin(&whole);
	put_kexinit(&whole, "curve25519-sha256");
	for (size_t cut = 10; cut < whole.len - strlen(BANNER) - 6; cut++) {
		hello = whole;
		hello.len -= cut;
		wire_put_u32(hello.bytes + strlen(BANNER),
			     (uint32_t)(hello.len - strlen(BANNER) - 4));
		assert_refused(&hello, "its KEXINIT ends within a list");
	}
}

/* They stand for functions that libssh2 has not got. */
static void test_kexinit_of_a_client_is_refused(void **state)
{
	static const char *const says[] = {
		"ext-info-c", "kex-strict-c-v00@openssh.com",
		"curve25519-sha256,ext-info-c", "a,ext-info-c,b"};
	static const char *const harmless[] = {
		"curve25519-sha256,ext-info-s,kex-strict-s-v00@openssh.com",
		"ext-info-cc", "xext-info-c"};
	static struct hello hello;

	(void)state;
	for (size_t i = 0; i < LENGTH(says); i++) {
		begin(&hello);
		put_kexinit(&hello, says[i]);
		assert_refused(&hello, "which is a client's word");
	}
	for (size_t i = 0; i < LENGTH(harmless); i++) {
		begin(&hello);
		put_kexinit(&hello, harmless[i]);
		assert_found(&hello, harmless[i]);
	}
}

static void test_kexinit_find_hears_a_disconnect_in_its_place(void **state)
{
	static const char why[] = "\0\0\0\7\0\0\0\6closed\0\0\0\0";
	static struct hello hello;
	struct kexinit kexinit;
	struct nf_error err = {0};

	(void)state;
	begin(&hello);
	put_packet(&hello, 1, why, sizeof(why) - 1);
	for (size_t len = strlen(BANNER); len < hello.len; len++)
		assert_int_equal(find_in(&hello, len, &kexinit, &err), 0);
	assert_int_equal(find_in(&hello, hello.len, &kexinit, &err), -1);
	assert_int_equal(err.code, NF_DISCONNECTED);
	assert_non_null(strstr(err.message, "it said \"closed\""));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_kexinit_is_found_when_all_of_it_has_come),
	cmocka_unit_test(test_kexinit_is_found_behind_other_packets),
	cmocka_unit_test(test_kexinit_that_would_be_too_far_is_refused),
	cmocka_unit_test(test_kexinit_with_lists_beyond_its_end_is_refused),
	cmocka_unit_test(test_kexinit_of_a_client_is_refused),
	cmocka_unit_test(test_kexinit_find_hears_a_disconnect_in_its_place),
};

UNIT_MAIN(tests)
