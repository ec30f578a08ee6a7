/* lib/terminal/text.c */
#include "terminal/text.h"

#include <string.h>

#include "unit/unit.h"

#define COLUMNS 511

#define SCREEN_MAX ((size_t)1024 * 1024)

/* What the lines said, one behind the other, then what is unfinished. */
struct screen {
	struct text text;
	struct buf lines;
	size_t nlines; /* calls of on_line */
	size_t longest;
	size_t refuse_at; /* the call that says stop; 0: none */
};

static int take_line(void *arg, const uint8_t *line, size_t len)
{
	struct screen *screen = arg;

	if (++screen->nlines == screen->refuse_at)
		return -1;
	if (len > screen->longest)
		screen->longest = len;
	return buf_append(&screen->lines, line, len);
}

static void screen_init(struct screen *screen)
{
	*screen = (struct screen){.nlines = 0};
	text_init(&screen->text, COLUMNS, take_line, screen);
	buf_init(&screen->lines, SCREEN_MAX);
}

static void screen_release(struct screen *screen)
{
	text_release(&screen->text);
	buf_release(&screen->lines);
}

static void feed(struct screen *screen, const char *bytes, size_t len)
{
	assert_int_equal(text_feed(&screen->text, (const uint8_t *)bytes, len),
			 0);
}

static void assert_buf(const struct buf *buf, const char *text)
{
	assert_int_equal(buf->len, strlen(text));
	if (buf->len > 0)
		assert_memory_equal(buf->data, text, buf->len);
}

struct example {
	const char *bytes;
	size_t len;
	const char *lines;
	const char *rest; /* the unfinished line */
};

#define EXAMPLE(bytes, lines, rest)                                            \
	{                                                                      \
		bytes, sizeof(bytes) - 1, lines, rest                          \
	}

static void check_split(const struct example *example, size_t at)
{
	struct screen screen;

	screen_init(&screen);
	feed(&screen, example->bytes, at);
	feed(&screen, example->bytes + at, example->len - at);
	assert_buf(&screen.lines, example->lines);
	assert_buf(&screen.text.line, example->rest);
	screen_release(&screen);
}

static void check_bytewise(const struct example *example)
{
	struct screen screen;

	screen_init(&screen);
	for (size_t i = 0; i < example->len; i++)
		feed(&screen, example->bytes + i, 1);
	assert_buf(&screen.lines, example->lines);
	assert_buf(&screen.text.line, example->rest);
	screen_release(&screen);
}

/* The same, wherever the bytes are split. */
static void check(const struct example *examples, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t at = 0; at <= examples[i].len; at++)
			check_split(&examples[i], at);
		check_bytewise(&examples[i]);
	}
}

#define CHECK(examples) check(examples, LENGTH(examples))

static void test_text_makes_one_newline_of_every_line_end(void **state)
{
	static const struct example examples[] = {
		EXAMPLE("", "", ""),
		EXAMPLE("a\nb\n", "a\nb\n", ""),
		EXAMPLE("a\r\nb\r\n", "a\nb\n", ""),
		EXAMPLE("a\r\r\nb\r\r\n", "a\nb\n", ""),
		EXAMPLE("\r\n\r\n\n", "\n\n\n", ""),
		EXAMPLE("a\n\rb\n\r", "a\nb\n", ""),
		EXAMPLE("a\r\nR1#", "a\n", "R1#"),
		EXAMPLE(" two  blanks  \r\n", " two  blanks  \n", ""),
		EXAMPLE("   \r\n", "   \n", ""),
		EXAMPLE("a\tb\r\n", "a\tb\n", ""),
		EXAMPLE("\xc3\xa9\r\n", "\xc3\xa9\n", ""),
	};

	(void)state;
	CHECK(examples);
}

static void test_text_shows_nothing_for_nul_and_bel(void **state)
{
	static const struct example examples[] = {
		EXAMPLE("a\0b\a\x7f\x01\r\0\n", "ab\n", ""),
		EXAMPLE("\0\0R1\0#\a", "", "R1#"),
	};

	(void)state;
	CHECK(examples);
}

static void test_text_forgets_a_pager_that_was_rubbed_out(void **state)
{
#define RUB9 "\b\b\b\b\b\b\b\b\b"
#define BLANK9 "         "
	static const struct example examples[] = {
		EXAMPLE(" --More-- " RUB9 "\b" BLANK9 " " RUB9 "\bline\r\n",
			"line\n", ""),
		EXAMPLE(" --More-- " RUB9 "\b" BLANK9 " " RUB9 "\b in\r\n",
			" in\n", ""),
		EXAMPLE("--More-- " RUB9 BLANK9 RUB9 "\r\nb\r\n", "\nb\n", ""),
		EXAMPLE("--More-- \r" BLANK9 "\rline\r\n", "line\n", ""),
		EXAMPLE("--More-- \r" BLANK9 "\r in\r\n", " in\n", ""),
		EXAMPLE("--More-- \r" BLANK9 "\r\r\nb\r\n", "\nb\n", ""),
		EXAMPLE("--More-- \r\033[Kline\r\n", "line\n", ""),
		EXAMPLE("--More-- \r\033[2K\r\nb", "\n", "b"),
		EXAMPLE("--More-- \r" BLANK9 "\rR1#", "", "R1#"),
		EXAMPLE("a\b \b", "", " "), /* still to be overwritten */
	};

	(void)state;
	CHECK(examples);
}

static void test_text_rubs_out_typed_characters(void **state)
{
	static const struct example examples[] = {
		EXAMPLE("R1#shoe\b \bw\r\n", "R1#show\n", ""),
		EXAMPLE("foo\b \b\r\n", "fo\n", ""),
		EXAMPLE("foo\b \b\n", "fo\n", ""),
		EXAMPLE("foo\b \b\b \b\r\n", "f\n", ""),
		EXAMPLE("ab\bc\r\n", "ac\n", ""),
		EXAMPLE("a\b\b\b\bb\r\n", "b\n", ""),
		EXAMPLE("10%\r20%\r100%\r\n", "100%\n", ""),
		EXAMPLE("longer\rab\r\n", "abnger\n", ""),
	};

	(void)state;
	CHECK(examples);
}

static void test_text_moves_the_cursor(void **state)
{
	static const struct example examples[] = {
		EXAMPLE("abc\033[2Dx\r\n", "axc\n", ""),
		EXAMPLE("abc\033[Dx\r\n", "abx\n", ""),
		EXAMPLE("abc\033[99Dx\r\n", "xbc\n", ""),
		EXAMPLE("a\033[3Cb\r\n", "a   b\n", ""),
		EXAMPLE("abc\r\033[Cx\r\n", "axc\n", ""),
		EXAMPLE("abc\033[Gx\r\n", "xbc\n", ""),
		EXAMPLE("abc\033[2Gx\r\n", "axc\n", ""),
		EXAMPLE("a\033[5Gb\r\n", "a   b\n", ""),
		EXAMPLE("abcd\033[2D\033[Kx\r\n", "abx\n", ""),
		EXAMPLE("abcd\033[2D\033[Jx\r\n", "abx\n", ""),
		EXAMPLE("abcd\033[2D\033[J", "", "ab"),
		EXAMPLE("abcd\r\033[0J", "", ""),
		EXAMPLE("abcd\r\033[1Jx\033[2J", "", "xbcd"),
		EXAMPLE("abcd\033[2D\033[1K\r\n", "  cd\n", ""),
		EXAMPLE("\033[1Kabc\r\n", "abc\n", ""),
		EXAMPLE("abc\033[2;1Dx\r\n", "axc\n", ""),
	};

	(void)state;
	CHECK(examples);
}

/* As a terminal has them: a character is in one place, whatever its bytes. */
static void test_text_writes_over_whole_characters(void **state)
{
	static const struct example examples[] = {
		EXAMPLE("\xe2\x8f\x8e ab\r> \r\n", "> ab\n", ""),
		EXAMPLE("\xe2\x8f\x8e\xc3\xa9z\rab\r\n", "abz\n", ""),
		EXAMPLE("abc\r\xe2\x8f\x8e\r\n",
			"\xe2\x8f\x8e"
			"bc\n",
			""),
		EXAMPLE("\xc3\xa9z\r\xe2\x8f\x8e\r\n", "\xe2\x8f\x8ez\n", ""),
		EXAMPLE("\xf0\x9f\x90\x9f"
			"b\ra\r\n",
			"ab\n", ""),
		EXAMPLE("a\xc3\xa9\b \b\r\n", "a\n", ""),
		EXAMPLE("a\xc3\xa9z\033[2Dx\r\n", "axz\n", ""),
		EXAMPLE("\xc3\xa9z\033[1Gxy\r\n", "xy\n", ""),
		EXAMPLE("\xc3\xa9zz\r\033[Cx\r\n", "\xc3\xa9xz\n", ""),
	};

	(void)state;
	CHECK(examples);
}

/* Latin-1 and what is nothing: each byte is a character. */
static void test_text_takes_bytes_for_characters_elsewhere(void **state)
{
	static const struct example examples[] = {
		EXAMPLE("20\xb0"
			"C\r1\r\n",
			"10\xb0"
			"C\n",
			""),
		EXAMPLE("20\xb0\bx\r\n", "20x\n", ""),
		EXAMPLE("\xb0\xb0\xb0\bx\r\n", "\xb0\xb0x\n", ""),
		EXAMPLE("\xe9t\xe9\rabc\r\n", "abc\n", ""),
		EXAMPLE("\xff\xbf\rab\r\n", "ab\n", ""),
		EXAMPLE("abc\r\xb0\r\n",
			"\xb0"
			"bc\n",
			""),
	};

	(void)state;
	CHECK(examples);
}

static void test_text_leaves_colours_titles_and_modes_out(void **state)
{
	static const struct example examples[] = {
		EXAMPLE("\033[1;31mred\033[0m\r\n", "red\n", ""),
		EXAMPLE("\033[mR1#\033[m ", "", "R1# "),
		EXAMPLE("\033[?2004hhost$ ", "", "host$ "),
		EXAMPLE("\033]0;user@host: ~\ahost$ ", "", "host$ "),
		EXAMPLE("\033]0;title\033\\host$ ", "", "host$ "),
		EXAMPLE("\033]0;a\033b\033\033\\host$ ", "", "host$ "),
		EXAMPLE("\033P1$r0m\033\\x", "", "x"),
		EXAMPLE("\033_a\033\\\033^b\033\\\033Xc\033\\x", "", "x"),
		EXAMPLE("\033(B\033)0x\033=\033>y", "", "xy"),
		EXAMPLE("\033\033[1mx", "", "x"),
		EXAMPLE("\033[1\033[1mx", "", "x"),
		EXAMPLE("\033[H\033[2J\033[1;1HR1#", "", "R1#"),
		EXAMPLE("\033[99999999999999999999mx", "", "x"),
	};

	(void)state;
	CHECK(examples);
}

static void test_text_loses_no_line_to_an_unfinished_sequence(void **state)
{
	static const struct example examples[] = {
		EXAMPLE("a\033", "", "a"),
		EXAMPLE("a\033[", "", "a"),
		EXAMPLE("a\033[12", "", "a"),
		EXAMPLE("a\033]0;title", "", "a"),
		EXAMPLE("a\033(", "", "a"),
		EXAMPLE("a\033\nb\n", "a\nb\n", ""),
		EXAMPLE("a\033[1\nb\n", "a\nb\n", ""),
		EXAMPLE("a\033(\nb\n", "a\nb\n", ""),
		EXAMPLE("a\033]0;title\r\nb\r\n", "a\nb\n", ""),
		EXAMPLE("a\033]0;title\033\nb\r\n", "a\nb\n", ""),
		EXAMPLE("a\033[\b0mb", "", "b"), /* acts inside a sequence */
	};

	(void)state;
	CHECK(examples);
}

static void test_text_passes_an_overlong_line_on_in_pieces(void **state)
{
	static const size_t lens[] = {TEXT_LINE_MAX - 1, TEXT_LINE_MAX,
				      TEXT_LINE_MAX + 1, 3 * TEXT_LINE_MAX - 1,
				      3 * TEXT_LINE_MAX + 99};
	static const size_t pieces[] = {1, 1000, 65536, SCREEN_MAX};
	static char line[4 * 64 * 1024];

	(void)state;
	for (size_t i = 0; i < sizeof(line); i++)
		line[i] = (char)('a' + i % 26);
	for (size_t i = 0; i < 5 * 4; i++) {
		size_t len = lens[i / 4], piece = pieces[i % 4];
		struct screen screen;

		screen_init(&screen);
		for (size_t at = 0; at < len; at += piece)
			feed(&screen, line + at,
			     piece < len - at ? piece : len - at);
		assert_in_range(screen.text.line.len, 1, TEXT_LINE_MAX);
		feed(&screen, "\r\n", 2);
		assert_int_equal(screen.lines.len, len + 1);
		assert_memory_equal(screen.lines.data, line, len);
		assert_int_equal(screen.lines.data[len], '\n');
		assert_in_range(screen.longest, 1, TEXT_LINE_MAX);
		assert_int_equal(screen.text.line.len, 0);
		screen_release(&screen);
	}
}

/* A line longer than the terminal is wide goes on in a row of its own. */
static void test_text_returns_to_the_row_it_is_in(void **state)
{
	static const struct {
		size_t len; /* characters before */
		const char *bytes; /* behind them */
		size_t at; /* where the text then begins */
		const char *text;
	} examples[] = {
		{600, "\ryy", 511, "yy"},      {600, "\r\ryy", 511, "yy"},
		{511, "\ryy", 0, "yy"},        {511, "z\ryy", 511, "yy"},
		{512, "\r\b\ryy", 0, "yy"},    {1100, "\r\r \ry", 1022, "y"},
		{600, "\033[3Gyy", 513, "yy"}, {5, "\033[9999Cz", 510, "z"},
		{511, "\033[3C\ry", 0, "y"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(examples); i++) {
		const char *text = examples[i].text;
		struct screen screen;
		char long_line[2000];

		screen_init(&screen);
		memset(long_line, 'x', sizeof(long_line));
		feed(&screen, long_line, examples[i].len);
		feed(&screen, examples[i].bytes, strlen(examples[i].bytes));
		assert_memory_equal(screen.text.line.data + examples[i].at,
				    text, strlen(text));
		screen_release(&screen);
	}
}

/* Where the first character stands that comes behind len of them, one blank and
 * a carriage return. */
static size_t place_behind(bool wraps_at_once, char first, size_t len)
{
	struct screen screen;
	char row[COLUMNS + 2];
	const uint8_t *y;
	size_t at;

	screen_init(&screen);
	screen.text.wraps_at_once = wraps_at_once;
	memset(row, ' ', sizeof(row));
	row[0] = first;
	row[1] = '%';
	feed(&screen, row, len);
	feed(&screen, "\r \r\ry", 5);
	y = memchr(screen.text.line.data, 'y', screen.text.line.len);
	assert_non_null(y);
	at = (size_t)(y - screen.text.line.data);
	screen_release(&screen);
	return at;
}

/* At once, or with the next character: terminfo(5) calls the latter xenl. */
static void test_text_leaves_a_full_row_as_its_terminal_does(void **state)
{
	(void)state;
	assert_int_equal(place_behind(true, 'x', COLUMNS - 1), 0);
	assert_int_equal(place_behind(true, 'x', COLUMNS), COLUMNS);
	assert_int_equal(place_behind(true, 'x', COLUMNS + 1), COLUMNS);
	assert_int_equal(place_behind(false, 'x', COLUMNS), 0);
	assert_int_equal(place_behind(false, 'x', COLUMNS + 1), COLUMNS);
}

/* A row is so many characters, not bytes. */
static void test_text_counts_the_characters_of_a_row(void **state)
{
	static const char letter[] = "\xc3\xa9";
	struct screen screen;

	(void)state;
	screen_init(&screen);
	for (size_t i = 0; i < COLUMNS; i++)
		feed(&screen, letter, 2);
	assert_int_equal(screen.text.row, 0);
	assert_int_equal(text_column(&screen.text), COLUMNS);
	feed(&screen, letter, 2);
	assert_int_equal(screen.text.row, 2 * COLUMNS);
	feed(&screen, "\b\b", 2);
	assert_int_equal(screen.text.row, 0);
	assert_int_equal(text_column(&screen.text), COLUMNS - 1);
	feed(&screen, "\033[3Gx\r", 6);
	assert_int_equal(screen.text.cursor, 0);
	assert_int_equal(screen.text.line.data[4], 'x');
	assert_int_equal(screen.text.line.len, 2 * COLUMNS + 1);
	screen_release(&screen);
}

/* A row of blanks is a row of blanks, though a carriage return follows. */
static void test_text_keeps_blanks_in_a_wrapped_row(void **state)
{
	struct screen screen;
	char line[COLUMNS];

	(void)state;
	memset(line, 'x', sizeof(line));
	screen_init(&screen);
	feed(&screen, line, sizeof(line));
	feed(&screen, "   \r\n", 5);
	assert_int_equal(screen.lines.len, COLUMNS + 4);
	screen_release(&screen);
}

static void test_text_drop_line_forgets_the_unfinished_one_only(void **state)
{
	struct screen screen;

	(void)state;
	screen_init(&screen);
	feed(&screen, "a\r\nR1#\b\b", 8);
	text_drop_line(&screen.text);
	assert_int_equal(screen.text.line.len, 0);
	feed(&screen, "b\r\n", 3);
	assert_buf(&screen.lines, "a\nb\n");
	screen_release(&screen);
}

static void test_text_stops_when_its_taker_says_so(void **state)
{
	struct screen screen;

	(void)state;
	screen_init(&screen);
	screen.refuse_at = 2;
	assert_int_equal(
		text_feed(&screen.text, (const uint8_t *)"a\nb\nc\n", 6), -1);
	assert_int_equal(screen.nlines, 2);
	assert_buf(&screen.lines, "a\n");
	screen_release(&screen);
}

static int count_bytes(void *arg, const uint8_t *line, size_t len)
{
	size_t *count = arg;

	(void)line;
	*count += len;
	return 0;
}

/* Quadratic behaviour would not end within the time of a test. */
static void test_text_takes_fifty_megabytes(void **state)
{
	static const char *const lines[] = {
		"interface GigabitEthernet0/1 is up, line protocol is up\r\n",
		"\033[32mok\033[0m  --More-- \b\b\b\b         \b\b\b\b\b\r\n",
		"no line end at all",
		"\r                                    x\r \r \r ",
		"\xe2\x8f\x8e\xe2\x8f\x8e\xe2\x8f\x8e\r\xc3\xa9  \b\b",
	};
	const size_t total = (size_t)50 * 1000 * 1000;

	(void)state;
	for (size_t i = 0; i < LENGTH(lines); i++) {
		size_t len = strlen(lines[i]), count = 0;
		char block[64 * 1024];
		struct text text;

		for (size_t at = 0; at < sizeof(block); at++)
			block[at] = lines[i][at % len];
		text_init(&text, COLUMNS, count_bytes, &count);
		for (size_t at = 0; at < total; at += sizeof(block))
			assert_int_equal(text_feed(&text,
						   (const uint8_t *)block,
						   sizeof(block)),
					 0);
		assert_in_range(text.line.len, 0, TEXT_LINE_MAX);
		text_release(&text);
	}
}

/* A line of blanks with something at its end, written over for ever. */
static void test_text_rubs_out_in_bounded_time(void **state)
{
	static char blanks[TEXT_LINE_MAX - 2];
	struct screen screen;

	(void)state;
	memset(blanks, ' ', sizeof(blanks));
	screen_init(&screen);
	feed(&screen, blanks, sizeof(blanks));
	feed(&screen, "x", 1);
	for (size_t i = 0; i < TEXT_LINE_MAX; i += 1024)
		feed(&screen, "\033[1024D", 7);
	assert_int_equal(screen.text.cursor, 0);
	for (int i = 0; i < 1000 * 1000; i++)
		feed(&screen, " \b", 2);
	assert_int_equal(screen.text.line.len, sizeof(blanks) + 1);
	screen_release(&screen);
}

/* Not one that came before other text, or in an earlier line. */
static void test_text_tells_a_bell_behind_the_unfinished_line(void **state)
{
	static const struct {
		const char *bytes;
		bool rang;
	} examples[] = {
		{"> show\a", true},        {"> show\a\033[K", true},
		{"> sh\aow", false},       {"> show\a\r\n> ", false},
		{"> show", false},         {"\a", true},
		{"\033]0;title\a", false},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(examples); i++) {
		struct screen screen;

		screen_init(&screen);
		feed(&screen, examples[i].bytes, strlen(examples[i].bytes));
		assert_int_equal(screen.text.rang, examples[i].rang);
		screen_release(&screen);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_text_makes_one_newline_of_every_line_end),
	cmocka_unit_test(test_text_shows_nothing_for_nul_and_bel),
	cmocka_unit_test(test_text_forgets_a_pager_that_was_rubbed_out),
	cmocka_unit_test(test_text_rubs_out_typed_characters),
	cmocka_unit_test(test_text_moves_the_cursor),
	cmocka_unit_test(test_text_tells_a_bell_behind_the_unfinished_line),
	cmocka_unit_test(test_text_writes_over_whole_characters),
	cmocka_unit_test(test_text_takes_bytes_for_characters_elsewhere),
	cmocka_unit_test(test_text_leaves_colours_titles_and_modes_out),
	cmocka_unit_test(test_text_loses_no_line_to_an_unfinished_sequence),
	cmocka_unit_test(test_text_passes_an_overlong_line_on_in_pieces),
	cmocka_unit_test(test_text_returns_to_the_row_it_is_in),
	cmocka_unit_test(test_text_leaves_a_full_row_as_its_terminal_does),
	cmocka_unit_test(test_text_counts_the_characters_of_a_row),
	cmocka_unit_test(test_text_keeps_blanks_in_a_wrapped_row),
	cmocka_unit_test(test_text_drop_line_forgets_the_unfinished_one_only),
	cmocka_unit_test(test_text_stops_when_its_taker_says_so),
	cmocka_unit_test(test_text_takes_fifty_megabytes),
	cmocka_unit_test(test_text_rubs_out_in_bounded_time),
};

UNIT_MAIN(tests)
