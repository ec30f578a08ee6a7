/* lib/base/printable.c */
#include "base/printable.h"

#include <string.h>

#include "unit/unit.h"

struct example {
	const char *bytes;
	size_t len;
	size_t size;
	const char *text;
};

#define EXAMPLE(bytes, size, text)                                             \
	{                                                                      \
		bytes, sizeof(bytes) - 1, size, text                           \
	}

typedef void printable_fn(char *out, size_t size, const uint8_t *bytes,
			  size_t len);

/* Into a buffer of just that size, for ASan to see what is written. */
static void check(printable_fn *function, const struct example *example)
{
	char *out = test_malloc(example->size);

	function(out, example->size, (const uint8_t *)example->bytes,
		 example->len);
	assert_string_equal(out, example->text);
	test_free(out);
}

static void test_printable_copy_spells_all_but_ascii(void **state)
{
	static const struct example examples[] = {
		EXAMPLE("", 8, ""),
		EXAMPLE("plain text", 32, "plain text"),
		EXAMPLE("a\tb\0c", 32, "a\\x09b\\x00c"),
		EXAMPLE("\x1b[2J\x07\x7f", 32, "\\x1b[2J\\x07\\x7f"),
		EXAMPLE("\xc3\xa9\xff", 32, "\\xc3\\xa9\\xff"),
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(examples); i++)
		check(printable_copy, &examples[i]);
}

static void test_printable_copy_takes_the_first_line_only(void **state)
{
	static const struct example examples[] = {
		EXAMPLE("one\r\ntwo\r\n", 32, "one"),
		EXAMPLE("one\ntwo", 32, "one"),
		EXAMPLE("\ntwo", 32, ""),
		EXAMPLE("a\rb", 32, "ab"),
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(examples); i++)
		check(printable_copy, &examples[i]);
}

static void test_printable_copy_shows_where_it_was_cut(void **state)
{
	static const struct example examples[] = {
		EXAMPLE("0123456789", 8, "0123..."),
		EXAMPLE("0123456789", 4, "..."),
		EXAMPLE("\x01\x02\x03", 8, "\\x01..."),
		EXAMPLE("\x01\x02\x03", 7, "..."), /* no half of a spelling */
		EXAMPLE("0123", 8, "0123"),
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(examples); i++)
		check(printable_copy, &examples[i]);
}

static void test_printable_tail_keeps_the_end_and_spells_lines(void **state)
{
	static const struct example examples[] = {
		EXAMPLE("", 8, ""),
		EXAMPLE("R1#", 8, "R1#"),
		EXAMPLE("a\r\nb", 8, "a\\r\\nb"),
		EXAMPLE("0123456789", 5, "6789"),
		EXAMPLE("0123456789", 1, ""),
		EXAMPLE("ab\x1b[m", 7, "\\x1b[m"),
		EXAMPLE("ab\x1b[m", 6, "[m"), /* no half of a spelling */
		EXAMPLE("\x80\xff", 9, "\\x80\\xff"),
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(examples); i++)
		check(printable_tail, &examples[i]);
}

/* Whatever the bytes and the room: it ends, it fits, it is printable. */
static void test_printable_fits_any_room(void **state)
{
	static printable_fn *const functions[] = {printable_copy,
						  printable_tail};
	uint8_t bytes[256];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i + 11); /* a newline last */
	for (size_t size = 4; size < 1100; size++) {
		char *out = test_malloc(size);

		for (size_t i = 0; i < 2; i++) {
			functions[i](out, size, bytes, sizeof(bytes));
			assert_in_range(strlen(out), 0, size - 1);
			for (const char *c = out; *c != '\0'; c++)
				assert_in_range(*c, 0x20, 0x7e);
		}
		test_free(out);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_printable_copy_spells_all_but_ascii),
	cmocka_unit_test(test_printable_copy_takes_the_first_line_only),
	cmocka_unit_test(test_printable_copy_shows_where_it_was_cut),
	cmocka_unit_test(test_printable_tail_keeps_the_end_and_spells_lines),
	cmocka_unit_test(test_printable_fits_any_room),
};

UNIT_MAIN(tests)
