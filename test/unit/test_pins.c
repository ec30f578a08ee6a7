/* lib/hostkeys/pins.c */
#include "hostkeys/pins.h"

#include <stdio.h>
#include <string.h>

#include "unit/testkey.h"
#include "unit/unit.h"

/* What ssh-keygen -l prints of ED_A, and with -E md5. */
#define SHA "SHA256:xrrYfjRHE3yvwySaBjVHzvLXp3pXmEEr6ZsgSS+CdK4"
#define MD5_BYTES "5a:9a:88:e2:f0:09:35:1a:bf:d9:5d:59:b9:6a:b6:c1"
#define OTHER "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"

static bool matches(const char *text, const struct testkey *key)
{
	uint8_t blob[TESTKEY_ROOM];

	return pins_match(text, blob, testkey_blob(blob, key));
}

static void test_pins_match_the_key_in_each_way_of_writing(void **state)
{
	static const char *const texts[] = {
		SHA,
		SHA "=",
		"MD5:" MD5_BYTES,
		MD5_BYTES,
		OTHER "," SHA,
		SHA "," OTHER,
		" " OTHER " ,\t" SHA " ",
	};
	char upper[64];
	size_t len;

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		unit_where(texts[i]);
		assert_null(pins_wrong(texts[i], &len));
		assert_true(matches(texts[i], &testkey_ed_a));
		assert_false(matches(texts[i], &testkey_ed_b));
	}
	(void)snprintf(upper, sizeof(upper), "md5:%s", MD5_BYTES);
	for (size_t i = 4; upper[i] != '\0'; i++) {
		if (upper[i] >= 'a')
			upper[i] = (char)(upper[i] - 'a' + 'A');
	}
	assert_null(pins_wrong(upper, &len));
	assert_true(matches(upper, &testkey_ed_a));
}

static void test_pins_match_what_each_fingerprint_says(void **state)
{
	static const struct testkey *const keys[] = {
		&testkey_ed_a, &testkey_ed_b, &testkey_ec_a, &testkey_rsa_a};

	(void)state;
	for (size_t i = 0; i < LENGTH(keys); i++) {
		for (size_t k = 0; k < LENGTH(keys); k++)
			assert_int_equal(matches(keys[i]->fingerprint, keys[k]),
					 i == k);
	}
}

static void test_pins_are_wrong_where_one_is_no_fingerprint(void **state)
{
	static const struct {
		const char *text;
		const char *wrong; /* the beginning, and how long it is */
		size_t len;
	} cases[] = {
		{"", "", 0},
		{" ", "", 0},
		{SHA ",", "", 0},
		{"SHA256:", "SHA256:", 7},
		{OTHER "x", OTHER "x", strlen(OTHER) + 1},
		{SHA "==", SHA "==", strlen(SHA) + 2},
		{SHA ", ssh-ed25519 x", "ssh-ed25519", 13},
		/* Bits are left over behind the last byte. */
		{"SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV", "SHA256",
		 50},
		{"SHA1:2jmj7l5rSw0yVb/vlWAYkK/YBwk", "SHA1", 32},
		{"MD5:" MD5_BYTES ":00", "MD5", 4 + 50},
		{"MD5:aa:bb", "MD5:aa:bb", 9},
		{"aa-bb-cc-dd-ee-ff-00-11-22-33-44-55-66-77-88-99", "aa-bb",
		 47},
		{"ga:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99", "ga:bb",
		 47},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		size_t len = 99;
		const char *wrong = pins_wrong(cases[i].text, &len);

		unit_where(cases[i].text);
		assert_non_null(wrong);
		assert_int_equal(len, cases[i].len);
		assert_int_equal(
			strncmp(wrong, cases[i].wrong, strlen(cases[i].wrong)),
			0);
		if (strchr(cases[i].text, ',') == NULL)
			assert_false(matches(cases[i].text, &testkey_ed_a));
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_pins_match_the_key_in_each_way_of_writing),
	cmocka_unit_test(test_pins_match_what_each_fingerprint_says),
	cmocka_unit_test(test_pins_are_wrong_where_one_is_no_fingerprint),
};

UNIT_MAIN(tests)
