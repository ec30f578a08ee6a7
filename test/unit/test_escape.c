/* Bytes of a device, made harmless: cmd/format/escape.c. */
#include "format/escape.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "unit/unit.h"

static struct stop no_stop = {.fd = -1};
static struct output out;

/* Escape bytes in pieces of at most step, and compare with want. */
static void check(enum escape_style style, const void *bytes, size_t len,
		  size_t step, const char *want)
{
	const uint8_t *at = bytes;
	int fd = memfd_create("out", MFD_CLOEXEC);
	struct escape escape;
	char got[512];
	ssize_t n;

	assert_int_not_equal(fd, -1);
	output_init(&out, fd, &no_stop);
	escape_init(&escape, style);
	for (size_t i = 0; i < len; i += step)
		escape_bytes(&escape, &out, at + i,
			     len - i < step ? len - i : step);
	escape_end(&escape, &out);
	output_flush(&out);
	n = pread(fd, got, sizeof(got) - 1, 0);
	assert_int_not_equal(n, -1);
	got[n] = '\0';
	(void)close(fd);
	assert_string_equal(got, want);
}

struct row {
	const char *bytes;
	size_t len;
	const char *want;
};

#define ROW(bytes, want)                                                       \
	{                                                                      \
		bytes, sizeof(bytes) - 1, want                                 \
	}

static void check_all(enum escape_style style, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t step = 1; step <= rows[i].len; step++)
			check(style, rows[i].bytes, rows[i].len, step,
			      rows[i].want);
	}
}

static void test_escape_text_leaves_no_control_to_a_terminal(void **state)
{
	static const struct row rows[] = {
		ROW("plain text\n\tmore", "plain text\n\tmore"),
		ROW("\033]0;title\007", "\\x1b]0;title\\x07"),
		ROW("a\033[31mred", "a\\x1b[31mred"),
		ROW("a\rb\bc\177", "a\\x0db\\x08c\\x7f"),
		ROW("nul\0here", "nul\\x00here"),
		ROW("\302\23331m", "\\xc2\\x9b31m"), /* U+009B, CSI */
		ROW("\2331m", "\\x9b1m"),
	};

	(void)state;
	check_all(ESCAPE_TEXT, rows, LENGTH(rows));
}

static void test_escape_text_keeps_utf8_and_shows_what_is_none(void **state)
{
	static const struct row rows[] = {
		ROW("caf\303\251 \342\202\254 \360\237\230\200",
		    "caf\303\251 \342\202\254 \360\237\230\200"),
		ROW("\303(", "\\xc3("),
		ROW("\342\202", "\\xe2\\x82"),
		ROW("\342\202x", "\\xe2\\x82x"),
		ROW("\300\257", "\\xc0\\xaf"), /* overlong */
		ROW("\340\200\257", "\\xe0\\x80\\xaf"), /* overlong */
		ROW("\355\240\200", "\\xed\\xa0\\x80"), /* surrogate */
		ROW("\364\220\200\200", "\\xf4\\x90\\x80\\x80"), /* too high */
		ROW("\377\376", "\\xff\\xfe"),
		ROW("\303\303\251", "\\xc3\303\251"),
	};

	(void)state;
	check_all(ESCAPE_TEXT, rows, LENGTH(rows));
}

static void test_escape_line_stays_one_line(void **state)
{
	static const struct row rows[] = {
		ROW("a\nb\tc", "a\\x0ab\\x09c"),
		ROW("\033[2J", "\\x1b[2J"),
		ROW("\302\205", "\\xc2\\x85"), /* U+0085, next line */
		ROW("caf\303\251\377", "caf\303\251\\xff"),
	};

	(void)state;
	check_all(ESCAPE_LINE, rows, LENGTH(rows));
}

static void test_escape_json_is_json(void **state)
{
	static const struct row rows[] = {
		ROW("a \"quoted\" \\ path", "a \\\"quoted\\\" \\\\ path"),
		ROW("line\r\n\tend", "line\\r\\n\\tend"),
		ROW("\033[0m\0\177", "\\u001b[0m\\u0000\\u007f"),
		ROW("\302\205", "\\u0085"),
		ROW("caf\303\251", "caf\303\251"),
		ROW("\377", "\\ufffd"),
		ROW("\342\202", "\\ufffd\\ufffd"),
	};

	(void)state;
	check_all(ESCAPE_JSON, rows, LENGTH(rows));
}

static void test_escape_html_has_no_markup(void **state)
{
	static const struct row rows[] = {
		ROW("<script>alert('a')</script>",
		    "&lt;script&gt;alert(&#39;a&#39;)&lt;/script&gt;"),
		ROW("a & \"b\"\n\tc", "a &amp; &quot;b&quot;\n\tc"),
		ROW("\033[2J\0\177", "\\x1b[2J\\x00\\x7f"),
		ROW("\302\2331m", "\\xc2\\x9b1m"),
		ROW("\303<", "\\xc3&lt;"),
	};

	(void)state;
	check_all(ESCAPE_HTML, rows, LENGTH(rows));
}

static void test_escape_knows_the_last_byte_written(void **state)
{
	struct escape escape;

	(void)state;
	output_init(&out, -1, &no_stop);
	escape_init(&escape, ESCAPE_TEXT);
	assert_int_equal(escape.last, 0);
	escape_bytes(&escape, &out, (const uint8_t *)"ab\n", 3);
	assert_int_equal(escape.last, '\n');
	escape_bytes(&escape, &out, NULL, 0);
	assert_int_equal(escape.last, '\n');
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_escape_text_leaves_no_control_to_a_terminal),
	cmocka_unit_test(test_escape_text_keeps_utf8_and_shows_what_is_none),
	cmocka_unit_test(test_escape_line_stays_one_line),
	cmocka_unit_test(test_escape_json_is_json),
	cmocka_unit_test(test_escape_html_has_no_markup),
	cmocka_unit_test(test_escape_knows_the_last_byte_written),
};

UNIT_MAIN(tests)
