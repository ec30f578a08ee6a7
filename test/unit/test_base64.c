/* lib/base/base64.c */
#include "base/base64.h"

#include <string.h>

#include <openssl/evp.h>

#include "unit/unit.h"

static ssize_t decode(uint8_t *out, const char *text)
{
	return base64_decode(out, text, strlen(text));
}

static void test_base64_decodes_the_vectors_of_rfc_4648(void **state)
{
	static const char *const vectors[][2] = {
		{"", ""},
		{"Zg==", "f"},
		{"Zm8=", "fo"},
		{"Zm9v", "foo"},
		{"Zm9vYg==", "foob"},
		{"Zm9vYmE=", "fooba"},
		{"Zm9vYmFy", "foobar"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(vectors); i++) {
		const char *want = vectors[i][1];
		uint8_t out[8];

		assert_int_equal(decode(out, vectors[i][0]), strlen(want));
		assert_memory_equal(out, want, strlen(want));
	}
}

static void test_base64_decodes_what_libcrypto_encodes(void **state)
{
	uint8_t bytes[257];
	char text[(sizeof(bytes) + 2) / 3 * 4 + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 37 + i / 8);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		uint8_t out[sizeof(text)];

		(void)EVP_EncodeBlock((uint8_t *)text, bytes, (int)len);
		assert_int_equal(decode(out, text), len);
		assert_memory_equal(out, bytes, len);
	}
}

static void test_base64_decodes_in_place(void **state)
{
	char text[] = "Zm9vYmE=";

	(void)state;
	assert_int_equal(decode((uint8_t *)text, text), 5);
	assert_memory_equal(text, "fooba", 5);
}

static void test_base64_refuses_what_is_not_to_the_letter(void **state)
{
	static const char *const wrong[] = {
		"Z",        "Zg",       "Zm8",        "Zg=",     "=",
		"==",       "====",     "Z===",       "Zg=A",    "Zh==",
		"Zm9=",     "Zm-v",     "Zm_v",       "Zm v",    "Zm9v\n",
		"Zg==Zg==", "Zm9v====", "Z\xc3\xa9v", "Zm9\xff",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(wrong); i++) {
		uint8_t out[16];

		assert_int_equal(decode(out, wrong[i]), -1);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_base64_decodes_the_vectors_of_rfc_4648),
	cmocka_unit_test(test_base64_decodes_what_libcrypto_encodes),
	cmocka_unit_test(test_base64_decodes_in_place),
	cmocka_unit_test(test_base64_refuses_what_is_not_to_the_letter),
};

UNIT_MAIN(tests)
