/* lib/terminal/redact.c */
#include "terminal/redact.h"

#include <stdio.h>
#include <string.h>

#include "unit/unit.h"

struct example {
	struct credentials credentials;
	const char *said;
	const char *shown;
};

static void check(const struct example *examples, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char text[256];

		unit_where(examples[i].said);
		(void)snprintf(text, sizeof(text), "%s", examples[i].said);
		redact_text(&examples[i].credentials, text, sizeof(text));
		assert_string_equal(text, examples[i].shown);
		assert_int_equal(redact_finds(&examples[i].credentials,
					      examples[i].said),
				 strcmp(examples[i].said, examples[i].shown) !=
					 0);
	}
}

static void test_redact_covers_passwords_wherever_they_stand(void **state)
{
	static const struct example examples[] = {
		{{NULL, "hunter2", NULL, 0}, "hunter2", "****"},
		{{NULL, "hunter2", NULL, 0}, "a hunter2, b", "a ****, b"},
		{{NULL, "hunter2", NULL, 0}, "xhunter23hunter2", "x****3****"},
		{{NULL, "hunter2", NULL, 0}, "hunter hunte", "hunter hunte"},
		{{NULL, "hunter2", NULL, 0}, "hhunter2", "h****"},
		{{NULL, "hunter2", "hunter234", 0},
		 "hunter234 hunter2",
		 "**** ****"},
		{{NULL, NULL, "s3same", 0}, "open s3same", "open ****"},
		{{NULL, "", NULL, 0}, "nothing to hide", "nothing to hide"},
		{{NULL, NULL, NULL, 0}, "nothing to hide", "nothing to hide"},
		{{NULL, "p\xc3\xa4ss", NULL, 0}, "p\xc3\xa4ss.", "****."},
	};

	(void)state;
	check(examples, LENGTH(examples));
}

static void test_redact_covers_passwords_that_are_wrapped(void **state)
{
	static const struct example examples[] = {
		{{NULL, "hunter2", NULL, 0}, "hun\r\nter2", "****"},
		{{NULL, "hunter2", NULL, 0},
		 "h\x07u\bn\rter\x7f"
		 "2\r\n",
		 "****\r\n"},
		{{NULL, "hun\tter2", NULL, 0}, "hun\tter2", "****"},
		{{NULL, "hunter2", NULL, 0}, "hun ter2", "hun ter2"},
	};

	(void)state;
	check(examples, LENGTH(examples));
}

static void test_redact_covers_short_passwords_as_words_alone(void **state)
{
	static const struct example examples[] = {
		{{NULL, "a", NULL, 0},
		 "a banana has a.",
		 "**** banana has ****."},
		{{NULL, "abc", NULL, 0}, "abc abcd 1abc", "**** abcd 1abc"},
		{{NULL, "abc", NULL, 0}, "\"abc\"\r\n", "\"****\"\r\n"},
		{{NULL, "abcd", NULL, 0}, "abcde", "****e"},
	};

	(void)state;
	check(examples, LENGTH(examples));
}

static void
test_redact_covers_the_end_of_one_where_the_rest_is_lost(void **state)
{
	static const struct credentials credentials = {NULL, "hunter2",
						       "s3same", 0};
	static const char *const texts[][3] = {
		/* said, shown when it is cut, shown when not */
		{"ter2# ", "****# ", "ter2# "},
		{"ame hunter2", "**** ****", "ame ****"},
		{"box# ", "box# ", "box# "},
		{"hunter2", "****", "****"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		for (int whole = 0; whole < 2; whole++) {
			const char *wanted = texts[i][1 + whole];
			uint8_t out[64];
			size_t len = redact_copy(&credentials, out, sizeof(out),
						 (const uint8_t *)texts[i][0],
						 strlen(texts[i][0]), !whole);

			assert_int_equal(len, strlen(wanted));
			assert_memory_equal(out, wanted, len);
		}
	}
}

static void test_redact_never_writes_beyond_its_end(void **state)
{
	static const struct credentials credentials = {NULL, "a", NULL, 0};
	static const uint8_t text[] = "a a a a";

	(void)state;
	for (size_t size = 0; size < 20; size++) {
		uint8_t *out = test_malloc(size + 1);

		assert_true(redact_copy(&credentials, out, size, text, 7,
					false) <= size);
		test_free(out);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_redact_covers_passwords_wherever_they_stand),
	cmocka_unit_test(test_redact_covers_passwords_that_are_wrapped),
	cmocka_unit_test(test_redact_covers_short_passwords_as_words_alone),
	cmocka_unit_test(
		test_redact_covers_the_end_of_one_where_the_rest_is_lost),
	cmocka_unit_test(test_redact_never_writes_beyond_its_end),
};

UNIT_MAIN(tests)
