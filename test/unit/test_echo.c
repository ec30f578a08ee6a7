/* lib/output/echo.c: the echo of a command among other lines. */
#include "output/echo.h"

#include <string.h>

#include "terminal/text.h"
#include "unit/unit.h"

#define NONE (-1)

struct example {
	const char *prompt, *command;
	const char *came; /* lines, the last of which is looked at */
	ssize_t before;
};

/* Look at each line of what came: what was found with the last, as nothing may
 * be found before. */
static ssize_t find(struct echo *echo, const char *came)
{
	const uint8_t *bytes = (const uint8_t *)came;
	const char *end = came;
	ssize_t before = NONE;

	while (*end != '\0') {
		assert_int_equal(before, NONE);
		end = strchrnul(end, '\n');
		end += *end == '\n';
		before = echo_find(echo, bytes, (size_t)(end - came));
	}
	return before;
}

static void check(const struct example *examples, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct example *one = &examples[i];
		struct echo echo = {0};

		unit_where(one->came);
		echo_begin(&echo, one->command, one->prompt);
		assert_int_equal(find(&echo, one->came), one->before);
		assert_int_equal(echo.seen, one->before != NONE &&
						    one->command[0] != '\0');
	}
}

#define CHECK(examples) check(examples, LENGTH(examples))

#define LONG                                                                   \
	"show running-config | include interface|description|switchport mode|" \
	"spanning-tree"

static void test_echo_is_the_command_behind_the_prompt(void **state)
{
	static const struct example examples[] = {
		{"R1#", "show clock", "show clock\n", 0},
		{"R1#", "show clock", " show  clock \n", 0},
		{"R1#", "show clock", "R1#show clock\n", 0},
		{"R1# ", "show clock", "R1#show clock\n", 0},
		{"R1#", "show clock", "R1# show clock\n", 0},
		{"R1#", "show clock", "R1#R1#show clock\n", 3},
		{"R1#", "show clock", "", NONE},
		{"R1#", "show clock", "\n", NONE},
		{"R1#", "show clock", "R1#\n", NONE},
		{"R1#", "show clock", "show the clock x\n", NONE},
		{"R1#", "show clock", "how clock\n", NONE},
		{"R1#", "show  \t clock ", "show clock\n", 0},
	};

	(void)state;
	CHECK(examples);
}

static void test_echo_tells_what_stood_before_it(void **state)
{
	static const struct example examples[] = {
		{"R1#", "show x", "\n%LINK-3: down\nR1#show x\n", 15},
		{"R1#", "show x", "\nline 2\nline 3\nshow x\n", 15},
		{"R1#", "show x", "the restR1#show x\n", 8},
		{"R1#", "show x", "a\n b\n\n show x\n", 6},
		{"R1#", LONG, "the restR1#$|switchport mode|spanning-tree\n",
		 8},
		{"R1#", LONG, "line 1\n$|switchport mode|spanning-tree\n", 7},
	};

	(void)state;
	CHECK(examples);
}

static void test_echo_may_be_wrapped_anywhere(void **state)
{
	static const struct example examples[] = {
		{"R1#", "show clock", "show\n clock\n", 0},
		{"R1#", "show clock", "sh\now cl\nock\n", 0},
		{"R1#", "show clock", "R1#show cl\nock\n", 0},
		{"R1#", "show clock", "rest\nR1#show cl\nock\n", 5},
		{"R1#", "show clock", "show\nclocks x\n", NONE},
	};

	(void)state;
	CHECK(examples);
}

/* An answer of a device without echo may end in them. */
static void
test_echo_of_a_short_command_has_only_the_prompt_before(void **state)
{
	static const struct example examples[] = {
		{"$ ", "w", "w\n", 0},
		{"$ ", "w", "$ w\n", 0},
		{"$ ", "w", "it is ten now\n", NONE},
		{"$ ", "w", "x# w\n", NONE},
		{"R1#", "?", "who?\n", NONE},
		{"R1#", "ls", "bells\n", NONE},
		{"R1#", "exit", "logged: exit\n", NONE},
	};

	(void)state;
	CHECK(examples);
}

static void test_echo_may_stand_behind_a_prompt_of_another_mode(void **state)
{
	static const struct example examples[] = {
		{"R1#", "show x", "R1(config)#show x\n", 11},
		{"R1>", "show x", "[R1] show x\n", 5},
		{"R1#", "show x", "^@show x\n", 2},
		{"R1#", "show clock", "Invalid command: show clock\n", NONE},
	};

	(void)state;
	CHECK(examples);
}

/* Of a device that echoes; another one may refuse it in these words. */
static void
test_echo_may_stand_behind_other_text_where_it_is_known(void **state)
{
	struct echo echo = {0};

	(void)state;
	echo_begin(&echo, "show clock", "R1#");
	assert_int_equal(find(&echo, "is down show clock\n"), NONE);
	echo_begin(&echo, "show clock", "R1#");
	assert_int_equal(find(&echo, "show clock\n"), 0);
	echo_begin(&echo, "show clock", "R1#");
	assert_int_equal(find(&echo, "is down show clock\n"), 8);
	echo_begin(&echo, "show x", "R1#");
	assert_int_equal(find(&echo, "is down show x\n"), NONE);
}

static void test_echo_of_an_empty_line_is_an_empty_line(void **state)
{
	static const struct example examples[] = {
		{"R1#", "", "\n", 0},
		{"R1#", "", "R1#\n", 0},
		{"R1#", "", "%LINK-3: down\n", NONE},
		{"R1#", "", "%LINK-3: down\nR1# \n", 14},
	};

	(void)state;
	CHECK(examples);
}

static void test_echo_is_the_end_of_a_long_command_behind_a_mark(void **state)
{
	static const struct example examples[] = {
		{"R1#", LONG, "$ription|switchport mode|spanning-tree\n", 0},
		{"R1#", LONG, "R1#$ription|switchport mode|spanning-tree\n", 0},
		{"R1#", LONG, "<mode|spanning-tree\n", 0},
		{"R1#", LONG, "> ...port mode|spanning-tree  \n", NONE},
		{"R1>", LONG, "R1> ...port mode|spanning-tree  \n", 0},
		{"R1#", LONG, "<....hport mode|spanning-tree\n", 0},
		{"R1#", LONG, ">....hport mode|spanning-tree\n", 0},
		{"R1#", LONG, "..hport mode|spanning-tree\n", NONE},
		{"R1#", LONG, "$g-tree\n", NONE}, /* too little */
		{"R1#", LONG, "$description|switchport mode\n", NONE},
		{"R1#", LONG, "ription|switchport mode|spanning-tree\n", NONE},
		{"R1#", LONG, "$" LONG "\n", 1}, /* behind another prompt */
		{"R1#", LONG, "the cost is $5\n", NONE},
	};

	(void)state;
	CHECK(examples);
}

static void test_echo_is_the_beginning_of_one_before_a_mark(void **state)
{
	static const struct example examples[] = {
		{"fw1# ", LONG, "show running-config | include inter$\n", 0},
		{"fw1# ", LONG, "fw1# show running-config | include inter$\n",
		 0},
		{"fw1# ", LONG, "show running-config | include inter>\n", 0},
		{"fw1# ", LONG, "show running-config | include i...\n", 0},
		{"fw1# ", LONG, "show running-config | include ....>\n", 0},
		{"fw1# ", LONG, "show running-config | include int..\n", NONE},
		{"fw1# ", LONG, "show running-config$\n", NONE}, /* no row */
		{"fw1# ", LONG, "show running-config | include enter$\n", NONE},
		{"fw1# ", LONG, "show running-config | include inter\n", NONE},
	};

	(void)state;
	CHECK(examples);
}

static void test_echo_has_its_words_completed(void **state)
{
	static const struct example examples[] = {
		{"A:sr1# ", "show port desc | match 1/2/1",
		 "show port description | match 1/2/1\n", 0},
		{"lab@mx> ", "sh ver", "lab@mx> show version\n", 0},
		{"lab@mx> ", "sh ver", "show version \n", 0},
		{"lab@mx> ", "sh ver", "show version detail\n", NONE},
		{"lab@mx> ", "sh ver", "shut down\n", NONE},
		{"lab@mx> ", "show", "showing\n", NONE},
		{"lab@mx> ", "s v", "system version\n", NONE},
	};

	(void)state;
	CHECK(examples);
}

/* What a device without echo may say, which is in no command's end. */
static void test_echo_is_not_an_answer_that_ends_in_a_mark(void **state)
{
	static const struct example examples[] = {
		{"R1#", "show price", "$5\n", NONE},
		{"R1#", "show price", "$\n", NONE},
		{"R1#", "show price", "<\n", NONE},
		{"R1#", "show price", "show pr$\n", NONE},
		{"R1#", "interface vlan 10", "interface $\n", NONE},
		{"R1#", "interface vlan 10", "$\n<\n...\n", NONE},
		{"R1#", "show x | include $5", "$5\n", NONE},
		/* The mark is of the command. */
		{"$ ", "grep -h ldap_password /etc/*.conf /srv/$LDAP_PASSWORD",
		 "$LDAP_PASSWORD\n", NONE},
		{"$ ", "echo the_price_is_said_to_be_five$ and it is so",
		 "echo the_price_is_said_to_be_five$\n", NONE},
	};

	(void)state;
	CHECK(examples);
}

static void
test_echo_in_part_comes_near_the_top_or_behind_the_prompt(void **state)
{
	struct echo echo = {0};

	(void)state;
	echo_begin(&echo, LONG, "R1#");
	assert_int_equal(find(&echo, "1\n2\n3\n4\n5\n6\n7\n"
				     "$mode|spanning-tree\n"),
			 14);
	echo_begin(&echo, LONG, "R1#");
	assert_int_equal(find(&echo, "1\n2\n3\n4\n5\n6\n7\n8\n"
				     "$mode|spanning-tree\n"),
			 NONE);
	echo_begin(&echo, LONG, "R1#");
	assert_int_equal(find(&echo, "1\n2\n3\n4\n5\n6\n7\n8\n"
				     "R1#$mode|spanning-tree\n"),
			 16);
}

/* ---- as devices paint it */

/* The finished line is looked for, in the bytes as they came. */
static int look(void *arg, const uint8_t *line, size_t len)
{
	struct echo *echo = arg;

	assert_int_equal(echo_find(echo, line, len), 0);
	return 0;
}

struct device {
	struct text text;
	size_t width, prompt;
};

static void say(struct device *device, const char *bytes)
{
	assert_int_equal(
		text_feed(&device->text, (const uint8_t *)bytes, strlen(bytes)),
		0);
}

static void say_again(struct device *device, const char *bytes, size_t times)
{
	while (times-- > 0)
		say(device, bytes);
}

typedef void paint_fn(struct device *device, const char *command);

/* Each character, and in the last column all anew: IOS keeps most of a row. */
static void paint_scrolled(struct device *device, const char *command)
{
	size_t column = device->prompt;
	size_t keep = (device->width - device->prompt) * 2 / 3;

	for (const char *c = command; *c != '\0'; c++) {
		say(device, (const char[]){*c, '\0'});
		if (++column < device->width - 1)
			continue;
		say_again(device, "\b", column - device->prompt);
		say(device, "$");
		for (const char *k = c + 1 - keep; k <= c; k++)
			say(device, (const char[]){*k, '\0'});
		say_again(device, " ", column - device->prompt - keep - 1);
		say_again(device, "\b", column - device->prompt - keep - 1);
		column = device->prompt + 1 + keep;
	}
}

/* The same, and at the return key the beginning, as ASA has it. */
static void paint_cut(struct device *device, const char *command)
{
	size_t column = device->prompt;
	size_t room = device->width - 1 - device->prompt;

	for (const char *c = command; *c != '\0'; c++, column++)
		say(device, (const char[]){*c, '\0'});
	say_again(device, "\b", column - device->prompt);
	for (size_t i = 0; i + 1 < room; i++)
		say(device, (const char[]){command[i], '\0'});
	say(device, "$\033[K");
}

/* readline(3) at a margin that the terminal does not have. */
static void paint_wrapped(struct device *device, const char *command)
{
	size_t column = device->prompt;

	for (const char *c = command; *c != '\0'; c++) {
		if (column == device->width) {
			say(device, " \r");
			column = 0;
		}
		say(device, (const char[]){*c, '\0'});
		column++;
	}
}

/* The same, as it paints a line that it got at once. */
static void paint_wrapped_at_once(struct device *device, const char *command)
{
	size_t column = device->prompt;

	for (const char *c = command; *c != '\0'; c++) {
		if (column == device->width) {
			say(device, (const char[]){*c, '\r', '\0'});
			column = 0;
		}
		say(device, (const char[]){*c, '\0'});
		column++;
	}
}

/* A blank, and back: the cursor is in the next row then. */
static void paint_with_blanks(struct device *device, const char *command)
{
	size_t column = device->prompt;

	for (const char *c = command; *c != '\0'; c++, column++) {
		if (column > 0 && column % device->width == 0)
			say(device, " \033[1D");
		say(device, (const char[]){*c, '\0'});
	}
}

/* Of all lengths, on devices of all widths. */
static void check_painted(paint_fn *paint)
{
	static const char prompt[] = "core-sw.par# ";
	char command[] = LONG "|storm-control|load-interval|negotiation|speed|"
			      "channel-group|service-policy|ip address";

	for (size_t len = sizeof(command) - 1; len > 80; len -= 3) {
		command[len] = '\0';
		for (size_t width = 44; width < 90; width++) {
			struct device device = {.width = width,
						.prompt = strlen(prompt)};
			struct echo echo = {0};

			echo_begin(&echo, command, prompt);
			text_init(&device.text, 511, look, &echo);
			paint(&device, command);
			say(&device, "\r\n");
			assert_true(echo.seen);
			text_release(&device.text);
		}
	}
}

static void test_echo_is_found_as_it_scrolls_at_any_margin(void **state)
{
	(void)state;
	check_painted(paint_scrolled);
}

static void test_echo_is_found_cut_at_any_margin(void **state)
{
	(void)state;
	check_painted(paint_cut);
}

static void test_echo_is_found_wrapped_at_any_margin(void **state)
{
	(void)state;
	check_painted(paint_wrapped);
	check_painted(paint_wrapped_at_once);
	check_painted(paint_with_blanks);
}

/* ---- once more */

struct repetition {
	const char *came;
	const char *behind;
	bool is_repeated;
};

static void check_repetitions(const char *command,
			      const struct repetition *repetitions, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *line = repetitions[i].behind;
		struct echo echo = {0};

		unit_where(line);
		echo_begin(&echo, command, "R1# ");
		assert_int_equal(find(&echo, repetitions[i].came), 0);
		assert_int_equal(echo_is_repeated(&echo, (const uint8_t *)line,
						  strlen(line), false),
				 repetitions[i].is_repeated);
		/* Once. */
		assert_false(echo_is_repeated(&echo, (const uint8_t *)line,
					      strlen(line), false));
	}
}

static void test_echo_is_painted_once_more_behind_the_prompt(void **state)
{
	static const struct repetition whole[] = {
		{"show x\n", "R1# show x\n", true},
		{"show x\n", "R1#show x \n", true},
		{"R1# show x\n", "R1# show x\n", true},
		{"show x\n", "show x\n", false},
		{"R1# show x\n", "show x\n", false},
		{"show x\n", "R2# show x\n", false},
		{"show x\n", "R1# show xy\n", false},
		{"show x\n", "R1#\n", false},
		{"show x\n", "  show x\n", false},
		{"show x\n", "\n", false},
	};
	static const struct repetition part[] = {
		{"$mode|spanning-tree\n", "R1# " LONG "\n", true},
		{LONG "\n", "R1# $mode|spanning-tree\n", true},
		{"$mode|spanning-tree\n", "$mode|spanning-tree\n", true},
		{LONG "\n", "$mode|spanning-tree\n", false},
	};

	(void)state;
	check_repetitions("show x", whole, LENGTH(whole));
	check_repetitions(LONG, part, LENGTH(part));
}

static bool is_repeated(struct echo *echo, const char *command, bool silent)
{
	echo_begin(echo, command, "R1#");
	assert_int_equal(find(echo, command), 0);
	return echo_is_repeated(echo, (const uint8_t *)command, strlen(command),
				silent);
}

/* A command without output shows it: then its text is no answer. */
static void test_echo_without_a_prompt_is_known_to_come_twice(void **state)
{
	struct echo echo = {0};

	(void)state;
	assert_false(is_repeated(&echo, "show history", false));
	assert_true(is_repeated(&echo, "terminal length 0", true));
	assert_true(is_repeated(&echo, "show history", false));
	assert_false(echo_is_repeated(&echo, (const uint8_t *)"show history\n",
				      13, false));
}

/* ---- typed again */

static void test_echo_tells_a_command_that_is_typed_again(void **state)
{
	static const struct {
		const char *command, *line;
		enum echo_typed typed;
	} examples[] = {
		{"show foo", "> show foo", ECHO_TYPED},
		{"show foo", ">show  foo ", ECHO_TYPED},
		{"show foo", "> show foo^U", ECHO_TYPED},
		{"show foo", "> show barshow foo", ECHO_TYPED},
		{LONG, "> " LONG, ECHO_TYPED},
		{LONG, "> $switchport mode|spanning-tree", ECHO_TYPED},
		{"show foo", "> show", ECHO_TYPED_IN_PART},
		{"show foo", "> show f ", ECHO_TYPED_IN_PART},
		{"show foo", "> s", ECHO_TYPED_IN_PART},
		{"show foo", "> ", ECHO_NOT_TYPED},
		{"show foo", ">", ECHO_NOT_TYPED},
		{"show foo", "", ECHO_NOT_TYPED},
		{"show foo", "show foo", ECHO_NOT_TYPED},
		{"show foo", "box> show foo", ECHO_NOT_TYPED},
		{"show foo", "> show foo at 10:00", ECHO_NOT_TYPED},
		{"show foo", "> %LINK-3: down", ECHO_NOT_TYPED},
		{"", "> show", ECHO_NOT_TYPED},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(examples); i++) {
		const char *line = examples[i].line;
		struct echo echo = {0};

		unit_where(line);
		echo_begin(&echo, examples[i].command, "> ");
		assert_int_equal(
			echo_typed(&echo, (const uint8_t *)line, strlen(line)),
			examples[i].typed);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_echo_is_the_command_behind_the_prompt),
	cmocka_unit_test(test_echo_tells_what_stood_before_it),
	cmocka_unit_test(test_echo_may_be_wrapped_anywhere),
	cmocka_unit_test(
		test_echo_of_a_short_command_has_only_the_prompt_before),
	cmocka_unit_test(test_echo_may_stand_behind_a_prompt_of_another_mode),
	cmocka_unit_test(
		test_echo_may_stand_behind_other_text_where_it_is_known),
	cmocka_unit_test(test_echo_of_an_empty_line_is_an_empty_line),
	cmocka_unit_test(test_echo_is_the_end_of_a_long_command_behind_a_mark),
	cmocka_unit_test(test_echo_is_the_beginning_of_one_before_a_mark),
	cmocka_unit_test(test_echo_has_its_words_completed),
	cmocka_unit_test(test_echo_is_not_an_answer_that_ends_in_a_mark),
	cmocka_unit_test(
		test_echo_in_part_comes_near_the_top_or_behind_the_prompt),
	cmocka_unit_test(test_echo_is_found_as_it_scrolls_at_any_margin),
	cmocka_unit_test(test_echo_is_found_cut_at_any_margin),
	cmocka_unit_test(test_echo_is_found_wrapped_at_any_margin),
	cmocka_unit_test(test_echo_is_painted_once_more_behind_the_prompt),
	cmocka_unit_test(test_echo_without_a_prompt_is_known_to_come_twice),
	cmocka_unit_test(test_echo_tells_a_command_that_is_typed_again),
};

UNIT_MAIN(tests)
