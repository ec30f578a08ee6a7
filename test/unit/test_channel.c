/* lib/transport/ssh/refusal.c: the words of a channel's refusal */
#include "transport/ssh/refusal.h"

#include <string.h>

#include "unit/unit.h"

/* Channel 0, reason 4. */
#define REFUSAL(len, words) "\x5c\0\0\0\0\0\0\0\4\0\0\0" len words

static void test_channel_hears_the_words_of_a_refusal(void **state)
{
	static const char whole[] = REFUSAL("\6", "lim\033[m") "\0\0\0\0....";
	struct channel_refusal refusal = {0};

	(void)state;
	channel_refusal_decode(&refusal, (const uint8_t *)whole,
			       sizeof(whole) - 1);
	assert_string_equal(refusal.words, "lim\\x1b[m");
	assert_int_equal(refusal.reason, 4);
}

/* libssh2 frees much more than refusals, and a length may lie. */
static void test_channel_hears_no_refusal_in_other_memory(void **state)
{
	static const char whole[] = REFUSAL("\5", "words");
	static const char lies[] = "\x5c\0\0\0\0\0\0\0\4\377\377\377\377words";
	static const char other[] = "\x5b\0\0\0\0\0\0\0\4\0\0\0\5words";
	struct channel_refusal refusal = {0};

	(void)state;
	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		uint8_t *bytes = test_malloc(len > 0 ? len : 1);

		memcpy(bytes, whole, len);
		channel_refusal_decode(&refusal, bytes, len);
		test_free(bytes);
	}
	channel_refusal_decode(&refusal, (const uint8_t *)lies,
			       sizeof(lies) - 1);
	channel_refusal_decode(&refusal, (const uint8_t *)other,
			       sizeof(other) - 1);
	assert_string_equal(refusal.words, "");
	assert_int_equal(refusal.reason, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_channel_hears_the_words_of_a_refusal),
	cmocka_unit_test(test_channel_hears_no_refusal_in_other_memory),
};

UNIT_MAIN(tests)
