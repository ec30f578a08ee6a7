/* lib/exchange/pager.c: pagers of all families, each played in every manner. */
#include "dialogue/cli.h"

#include <stdio.h>
#include <string.h>

#include "unit/talk.h"
#include "unit/unit.h"

#define END                                                                    \
	{                                                                      \
		SCRIPT_END, NULL, 0, 0                                         \
	}

/* A Cisco as far as its command, in the words of STEPS. */
#define TO_COMMAND                                                             \
	DELIVER("\r\nR1#"), EXPECT("terminal length 0\r"),                     \
		DELIVER("terminal length 0\r\n"                                \
			"% Invalid input detected at '^' marker.\r\nR1#"),     \
		EXPECT("show run\r")

#define BACK9 "\b\b\b\b\b\b\b\b\b"
#define BACK10 BACK9 "\b"
#define BLANK8 "        "
#define BLANK10 BLANK8 "  "
#define BLANK42 BLANK10 BLANK10 BLANK10 BLANK10 "  "

/* A dialogue with one command, which is show run. */
struct paged {
	const char *what;
	const char *output;
	const char *platform; /* NULL: cisco_ios */
	struct script_step steps[14];
	const struct script_step *dialogue; /* NULL: steps */
};

static void play(void *arg, struct script_manner manner)
{
	const struct paged *paged = arg;
	struct talk talk;

	unit_where(paged->what);
	talk_begin(&talk,
		   paged->platform != NULL ? paged->platform : "cisco_ios",
		   paged->dialogue != NULL ? paged->dialogue : paged->steps,
		   manner);
	learn(&talk, "R1#");
	if (run(&talk, "show run") == -1)
		fail_msg("%s", talk.err.message);
	assert_out(&talk, paged->output);
	assert_prompt(&talk, "R1#");
	talk_end(&talk);
}

static void play_each(const struct paged *paged, size_t n)
{
	for (size_t i = 0; i < n; i++)
		play_in_every_manner(play, (void *)(uintptr_t)&paged[i],
				     paged[i].steps);
}

/* ---- in the middle of a line */

static void test_a_pager_behind_letters_leaves_them(void **state)
{
	static const struct paged paged[] = {
		{.what = "as many backspaces as it has letters",
		 .output = "line 1\nxxxxxxrest\nend\n",
		 .steps = {TO_COMMAND,
			   DELIVER("show run\r\nline 1\r\nxxxxxx --More-- "),
			   EXPECT(" "),
			   DELIVER(BACK10 BLANK10 BACK10 "rest\r\nend\r\nR1#"),
			   END}},
		{.what = "two blanks less than it has letters",
		 .output = "interface Gi0/1\n",
		 .steps = {TO_COMMAND,
			   DELIVER("show run\r\ninterface Gi --More-- "),
			   EXPECT(" "),
			   DELIVER(BACK9 BLANK8 BACK9 "0/1\r\nR1#"), END}},
		{.what = "a blank before it that is the text's",
		 .output = "ip address 10.0.0.1\n",
		 .steps = {TO_COMMAND,
			   DELIVER("show run\r\nip address --More-- "),
			   EXPECT(" "),
			   DELIVER(BACK9 BLANK8 " " BACK9 "10.0.0.1\r\nR1#"),
			   END}},
		{.what = "blanks behind it that are the text's",
		 .output = "ip address  10.0.0.1\n",
		 .steps = {TO_COMMAND,
			   DELIVER("show run\r\nip address --More-- "),
			   EXPECT(" "),
			   DELIVER(BACK10 BLANK10 BACK10 "  10.0.0.1\r\nR1#"),
			   END}},
		{.what = "the cursor far to the left",
		 .output = " sysname R1\n#\n",
		 .platform = "huawei_smartax",
		 .steps = {DELIVER("R1#"), EXPECT("undo smart\n"),
			   DELIVER("undo smart\r\nR1#"), EXPECT("scroll\n"),
			   DELIVER("scroll\r\nR1#"), EXPECT("show run\n"),
			   DELIVER("show run\r\n sysna"
				   "---- More ( Press 'Q' to break ) ----"),
			   EXPECT(" "),
			   DELIVER("\033[42D" BLANK42
				   "\033[42Dme R1\r\n#\r\nR1#"),
			   END}},
		{.what = "a carriage return and blanks",
		 .output = "set srcaddr all\n",
		 .steps = {TO_COMMAND, DELIVER("show run\r\nset src--More--"),
			   EXPECT(" "),
			   DELIVER("\r" BLANK8 "\raddr all\r\nR1#"), END}},
		{.what = "the line erased",
		 .output = "set srcaddr all\n",
		 .steps = {TO_COMMAND, DELIVER("show run\r\nset src--More--"),
			   EXPECT(" "), DELIVER("\r\033[2Kaddr all\r\nR1#"),
			   END}},
		{.what = "at the end of a line",
		 .output = "one\n\ntwo\n",
		 .steps = {TO_COMMAND, DELIVER("show run\r\none --More-- "),
			   EXPECT(" "),
			   DELIVER(BACK10 BLANK10 BACK10 "\r\n\r\ntwo\r\nR1#"),
			   END}},
		{.what = "before a prompt that begins no line",
		 .output = "one",
		 .steps = {TO_COMMAND, DELIVER("show run\r\none --More-- "),
			   EXPECT(" "), DELIVER(BACK10 BLANK10 BACK10 "R1#"),
			   END}},
	};

	(void)state;
	play_each(paged, LENGTH(paged));
}

/* Longer than any pattern is matched against, and than a row. */
static void test_a_pager_behind_a_long_line_leaves_it(void **state)
{
#define X100 BLANK42 BLANK42 "xxxxxxxxxxxxxxxx"
#define X600 X100 X100 X100 X100 X100 X100
	static const struct paged paged[] = {
		{.what = "600 columns",
		 .output = "y" X600 "rest\n",
		 .steps = {TO_COMMAND,
			   DELIVER("show run\r\ny" X600 " --More-- "),
			   EXPECT(" "),
			   DELIVER(BACK10 BLANK10 BACK10 "rest\r\nR1#"), END}},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(paged); i++)
		play((void *)(uintptr_t)&paged[i], plain);
}

/* The first page waits for a pause, those behind it for nothing. */
static void test_a_pager_that_was_rubbed_out_is_known_again(void **state)
{
	static const struct script_step steps[] = {
		TO_COMMAND,
		DELIVER("show run\r\naa --More-- "),
		EXPECT(" "),
		DELIVER(BACK10 BLANK10 BACK10 "bb\r\ncc --More-- "),
		EXPECT(" "),
		DELIVER(BACK10 BLANK10 BACK10 "dd\r\nee --More-- "),
		EXPECT(" "),
		DELIVER(BACK10 BLANK10 BACK10 "ff\r\nR1#"),
		END};
	struct talk talk;
	int64_t before;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1#");
	before = talk.script.now_ms;
	command(&talk, "show run", "aabb\nccdd\neeff\n");
	assert_in_range(talk.script.now_ms - before, 1, 300);
	talk_end(&talk);
}

/* What stands before it is no prompt, however long the page takes. */
static void test_a_slow_page_is_waited_for(void **state)
{
	static const struct paged paged[] = {
		{.what = "a slow page",
		 .output = "R2#3\nend\n",
		 .steps = {TO_COMMAND, DELIVER("show run\r\nR2# --More-- "),
			   EXPECT(" "),
			   DELIVER_AFTER(4500, BACK10 BLANK10 BACK10
					 "3\r\nend\r\nR1#"),
			   END}},
	};

	(void)state;
	play((void *)(uintptr_t)&paged[0], plain);
}

static void test_a_pager_of_a_device_without_echo(void **state)
{
	static const struct paged paged[] = {
		{.what = "without echo",
		 .output = "one\nxxyy\nend\n",
		 .steps = {DELIVER("\r\nR1#"), EXPECT("terminal length 0\r"),
			   DELIVER("\r\nR1#"), EXPECT("show run\r"),
			   DELIVER("one\r\nxx --More-- "), EXPECT(" "),
			   DELIVER(BACK10 BLANK10 BACK10 "yy\r\n"
							 "--More--"),
			   EXPECT(" "), DELIVER("\r\033[Kend\r\nR1#"),
			   EXPECT("\r"), DELIVER("\r\nR1#"), END}},
	};

	(void)state;
	play_each(paged, LENGTH(paged));
}

/* ---- with a message of the device behind it */

#define LINK "*Jan  5 10:00:01: %LINK-3-UPDOWN: Interface Gi0/1, changed state"

static void test_a_message_behind_a_pager_is_no_end(void **state)
{
	static const struct paged paged[] = {
		{.what = "a log line",
		 .output = "one\n" LINK "\ntwo\n",
		 .steps = {TO_COMMAND,
			   DELIVER("show run\r\none\r\n --More-- \r\n" LINK
				   "\r\n"),
			   EXPECT(" "),
			   DELIVER(BACK10 BLANK10 BACK10 "two\r\nR1#"), END}},
		{.what = "two log lines, and no newline to begin with",
		 .output = "one\n<189>1: a\n2026 Jan  5 10:00:01 R1 "
			   "%ETHPORT-5-IF_UP: up\ntwo\n",
		 .platform = "cisco_nxos",
		 .steps = {DELIVER("R1#"), EXPECT("terminal length 0\n"),
			   DELIVER("terminal length 0\r\nR1#"),
			   EXPECT("show run\n"),
			   DELIVER("show run\r\none\r\n\033[7m--More--\033[27m"
				   "\r\n<189>1: a\r\n2026 Jan  5 10:00:01 R1 "
				   "%ETHPORT-5-IF_UP: up\r\n"),
			   EXPECT(" "), DELIVER("\r\033[Ktwo\r\nR1#"), END}},
		{.what = "behind a pager behind letters",
		 .output = "one\nxx\n" LINK "\nyy\n",
		 .steps = {TO_COMMAND,
			   DELIVER("show run\r\none\r\nxx --More-- \r\n" LINK
				   "\r\n"),
			   EXPECT(" "), DELIVER("yy\r\nR1#"), END}},
		{.what = "a broadcast, behind a pager of another family",
		 .output = "one\nBroadcast message from admin\ntwo\n",
		 .steps = {TO_COMMAND,
			   DELIVER("show run\r\none\r\n[more 5%] (q,g,space,"
				   "enter)\r\nBroadcast message from admin"
				   "\r\n"),
			   EXPECT(" "), DELIVER("two\r\nR1#"), END}},
	};

	(void)state;
	/* A pause within the pager's text would make it one. */
	for (size_t i = 0; i < LENGTH(paged); i++)
		play((void *)(uintptr_t)&paged[i], plain);
}

/* It was on its way when the key was sent; or the pager is shown again. */
static void
test_a_message_that_meets_the_key_ends_no_line_of_output(void **state)
{
	static const struct paged paged[] = {
		{.what = "a message, then the page",
		 .output = "one\n" LINK "\ntwo\nthree\n",
		 .steps = {TO_COMMAND, DELIVER("show run\r\none\r\n --More-- "),
			   EXPECT(" "),
			   DELIVER("\r\n" LINK "\r\n" BACK10 BLANK10 BACK10
				   "two\r\nthree\r\nR1#"),
			   END}},
		{.what = "a message, then the pager again",
		 .output = "one\n" LINK "\ntwo\n",
		 .steps = {TO_COMMAND,
			   DELIVER("show run\r\none\r\n --More-- \r\n" LINK
				   "\r\n --More-- "),
			   EXPECT(" "),
			   DELIVER(BACK10 BLANK10 BACK10 "two\r\nR1#"), END}},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(paged); i++)
		play((void *)(uintptr_t)&paged[i], plain);
}

/* ---- of another family */

static void test_a_pager_that_the_platform_lacks_gets_its_key(void **state)
{
#define SHOWS(prompt, key)                                                     \
	{                                                                      \
		.what = (prompt), .output = "one\n two\n", .steps = {          \
			TO_COMMAND,                                            \
			DELIVER("show run\r\none\r\n" prompt),                 \
			EXPECT(key),                                           \
			DELIVER("\r\033[K two\r\nR1#"),                        \
			END                                                    \
		}                                                              \
	}
	static const struct paged paged[] = {
		SHOWS("<--- More --->", " "),
		SHOWS("---- More ----", " "),
		SHOWS("---- More ( Press 'Q' to break ) ----", " "),
		SHOWS("----- more ----- Press Q or Ctrl+C to break -----", " "),
		SHOWS("---(more 50%)---", " "),
		SHOWS("--More--(50%)", " "),
		SHOWS("--More-- or (q)uit", " "),
		SHOWS("--More-- (q) quit (u) pageup (/) search (n) repeat",
		      " "),
		SHOWS("-- MORE --, next page: Space, next line: Enter, quit: "
		      "Control-C",
		      " "),
		SHOWS("[more 0%] (q,g,space,enter)", " "),
		SHOWS("(less 50%)", " "),
		SHOWS("More: <space>,  Quit: q or CTRL+Z, One line: <return> ",
		      " "),
		SHOWS("More? [next screen <sp>, next line <cr>, filter pattern "
		      "</>, quit </>]",
		      " "),
		SHOWS("Press any key to continue (Q to quit)", " "),
		SHOWS("Press <SPACE> to continue or <Q> to quit:", " "),
		SHOWS("Hit space for next page", " "),
		SHOWS("Press Q to quit, Enter to print next line or any other "
		      "key to print next page.",
		      " "),
		SHOWS(" CTRL+C ESC q Quit SPACE n Next Page ENTER Next Entry a "
		      "All",
		      " "),
		SHOWS("Press Enter to continue or <ctrl-z> to abort", "\r"),
		SHOWS("Type <CR> to continue, Q<CR> to stop", "\r"),
		SHOWS("{ <cr>|include-default<K>|interface<K>||<K> }:", "\r"),
		SHOWS("-- [Q quit|D dump|down]", "D"),
		SHOWS("lines 1-23", " "),
		SHOWS("lines 1-23/100 23%", " "),
		SHOWS("byte 1234", " "),
		SHOWS(":", " "),
		SHOWS("(END)", "q"),
		SHOWS("lines 78-100/100 (END)", "q"),
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(paged); i++) {
		play((void *)(uintptr_t)&paged[i], plain);
		play((void *)(uintptr_t)&paged[i],
		     (struct script_manner){.piece = 1, .busy = true});
	}
}

/* ---- what is none */

/* Whatever is sent to it changes nothing; all that comes is output. */
static void test_text_like_a_pager_is_output_however_it_is_cut(void **state)
{
#define SAYS(text)                                                             \
	{                                                                      \
		.what = (text), .output = "one\n" text "\ntwo\n", .steps = {   \
			TO_COMMAND,                                            \
			STEP(SCRIPT_SWALLOW),                                  \
			DELIVER("show run\r\none\r\n" text "\r\ntwo\r\nR1#"),  \
			END                                                    \
		}                                                              \
	}
	static const struct paged paged[] = {
		SAYS("--More--"),
		SAYS(" --More-- "),
		SAYS("alias exec m --More--"),
		SAYS("banner exec ^CPress any key to continue^C"),
		SAYS("lines 1-23"),
		SAYS("(END)"),
		SAYS(":"),
		SAYS("[more 0%] (q,g,space,enter) is what it says"),
	};

	(void)state;
	play_each(paged, LENGTH(paged));
}

/* No key is sent. */
static void test_an_answer_that_pauses_is_no_pager(void **state)
{
#define PAUSES(text)                                                           \
	{                                                                      \
		.what = (text), .output = "one\n" text ".\ntwo\n", .steps = {  \
			TO_COMMAND,                                            \
			DELIVER("show run\r\none\r\n" text),                   \
			DELIVER_AFTER(2500, ".\r\ntwo\r\nR1#"),                \
			END                                                    \
		}                                                              \
	}
#define PAUSES_BEHIND(line)                                                    \
	{                                                                      \
		.what = (line), .output = "one\n" line "\n\ntwo\n", .steps = { \
			TO_COMMAND,                                            \
			DELIVER("show run\r\none\r\n" line "\r\n\r\n"),        \
			DELIVER_AFTER(2500, "two\r\nR1#"),                     \
			END                                                    \
		}                                                              \
	}
	static const struct paged paged[] = {
		PAUSES("3 more "),
		PAUSES("3 more ..."),
		PAUSES("more than 10 neighbors"),
		PAUSES("and more --"),
		PAUSES("(END) of list"),
		PAUSES("press"),
		PAUSES("50%"),
		PAUSES("(50%)"),
		PAUSES("lines 1-23 of"),
		PAUSES("Building configuration: "),
		PAUSES("---- Moreover ----"),
		PAUSES_BEHIND("--More--"),
		PAUSES_BEHIND("(END)"),
		PAUSES_BEHIND("see --More-- "),
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(paged); i++)
		play((void *)(uintptr_t)&paged[i], plain);
}

/* A blank is typed, and the text is whole: the device rubbed nothing out. */
static void test_text_like_a_pager_that_pauses_is_output(void **state)
{
#define STALLS(text, behind)                                                   \
	{                                                                      \
		.what = (text), .output = "one\n" text behind "\ntwo\n",       \
		.steps = {                                                     \
			TO_COMMAND,                                            \
			DELIVER("show run\r\none\r\n" text),                   \
			EXPECT(" "),                                           \
			DELIVER_AFTER(700, behind "\r\ntwo\r\nR1#"),           \
			END                                                    \
		}                                                              \
	}
	static const struct paged paged[] = {
		STALLS("see (less 50%)", ""),
		STALLS("see (less 50%)", " of it"),
		STALLS("[more 10%]", "  done"),
		STALLS("banner Press any key to continue", "^C"),
		STALLS("--More--", ""),
		STALLS("a --More-- ", " b"),
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(paged); i++)
		play((void *)(uintptr_t)&paged[i], plain);
}

/* A device without echo is silent at its prompt. */
static void test_the_prompt_gets_no_key(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\n[more 5%]"),
		EXPECT("\n"),
		DELIVER("\r\n[more 5%]"),
		EXPECT("date\n"),
		DELIVER("\r\n[more 5%]"),
		DELIVER_AFTER(250, "\r\nMonday\r\n[more 5%]"),
		EXPECT("\n"),
		DELIVER("\r\n[more 5%]"),
		END};
	struct talk talk;

	(void)state;
	talk_begin(&talk, "generic", steps, plain);
	learn(&talk, "[more 5%]");
	if (run(&talk, "date") == -1)
		fail_msg("%s", talk.err.message);
	talk_end(&talk);
}

/* ---- pages at random */

#define PAGES_MAX 12
#define PAGE_MAX 40

/* How a device shows its pager, and rubs it out. */
struct style {
	const char *prompt;
	const char *erases; /* for each column of it, or all at once */
	bool each;
	bool whole_lines; /* its pages end where lines do */
};

/* A dialogue of which the pages are cut at random. */
struct pages {
	unsigned state;
	struct buf said[PAGES_MAX + 1]; /* of each step, that the device says */
	struct buf output;
	struct script_step steps[PAGES_MAX * 2 + 5];
};

static unsigned draw(struct pages *pages, unsigned n)
{
	pages->state = pages->state * 1103515245u + 12345u;
	return pages->state / 65536u % n;
}

static void say(struct buf *buf, const char *text)
{
	assert_int_equal(buf_append(buf, text, strlen(text)), 0);
}

/* Add the text of a page: letters, and what a pager's prompt might take for its
 * own. */
static void add_page(struct pages *pages, struct buf *said,
		     const struct style *style)
{
	static const char letters[] = "ab  --<>(50%):\n\n";
	unsigned n = draw(pages, PAGE_MAX);
	char letter[2] = "\n";

	while (n > 0 || (style->whole_lines && letter[0] != '\n')) {
		letter[0] = letters[draw(pages, sizeof(letters) - 1)];
		say(&pages->output, letter);
		say(said, letter[0] == '\n' ? "\r\n" : letter);
		n -= n > 0;
	}
}

static void rub_out(struct buf *said, const struct style *style)
{
	size_t n = style->each ? strlen(style->prompt) : 1;

	while (n-- > 0)
		say(said, style->erases);
}

/* Begin the steps of a dialogue: where the others go. */
static struct script_step *begin_pages(struct pages *pages, unsigned seed)
{
	static const struct script_step to_command[] = {TO_COMMAND};

	*pages = (struct pages){.state = seed};
	buf_init(&pages->output, SIZE_MAX);
	for (size_t i = 0; i < LENGTH(pages->said); i++)
		buf_init(&pages->said[i], SIZE_MAX);
	say(&pages->said[0], "show run\r\n");
	memcpy(pages->steps, to_command, sizeof(to_command));
	return pages->steps + LENGTH(to_command);
}

static struct script_step delivery(const struct buf *said, int64_t after_ms)
{
	return (struct script_step){SCRIPT_DELIVER, (char *)said->data,
				    said->len, after_ms};
}

/* Make a dialogue with a pager. */
static void make_pages(struct pages *pages, unsigned seed,
		       const struct style *style)
{
	struct script_step *step = begin_pages(pages, seed);
	unsigned n = draw(pages, PAGES_MAX);

	for (unsigned i = 0; i <= n; i++) {
		struct buf *said = &pages->said[i];

		if (i > 0)
			rub_out(said, style);
		add_page(pages, said, style);
		say(said, i == n ? "\r\nR1#" : style->prompt);
		*step++ = delivery(said, 0);
		if (i < n)
			*step++ = (struct script_step)EXPECT(" ");
	}
	say(&pages->output, "\n");
	*step = (struct script_step)END;
}

/* Make a dialogue without one, but with words like those of pagers, and pauses:
 * whatever is sent, it goes on. */
static void make_words(struct pages *pages, unsigned seed)
{
	static const char *const words[] = {
		"--More--",
		" --More-- ",
		"<--- More --->",
		"(less 50%)",
		"[more 5%]",
		"3 more",
		"Press any key to continue",
		"lines 1-23",
		"(END)",
		":",
		"-",
		" ",
		"a",
		"\n",
		"\n",
	};
	struct script_step *step = begin_pages(pages, seed);
	unsigned n = draw(pages, PAGES_MAX);

	*step++ = (struct script_step)STEP(SCRIPT_SWALLOW);
	for (unsigned i = 0; i <= n; i++) {
		struct buf *said = &pages->said[i];

		for (unsigned m = draw(pages, 4) + 1; m > 0; m--) {
			const char *word = words[draw(pages, LENGTH(words))];

			say(&pages->output, word);
			say(said, *word == '\n' ? "\r\n" : word);
		}
		if (i == n)
			say(said, "\r\nR1#");
		*step++ = delivery(said, draw(pages, 2) * draw(pages, 2500));
	}
	say(&pages->output, "\n");
	*step = (struct script_step)END;
}

static void play_pages(struct pages *pages, const char *where)
{
	const size_t pieces[] = {0, 1, 3, 100};

	assert_int_equal(buf_append(&pages->output, "", 1), 0);
	play(&(struct paged){.what = where,
			     .output = (char *)pages->output.data,
			     .dialogue = pages->steps},
	     (struct script_manner){.piece = pieces[draw(pages, 4)],
				    .busy = draw(pages, 2) == 1});
	for (size_t i = 0; i < LENGTH(pages->said); i++)
		buf_release(&pages->said[i]);
	buf_release(&pages->output);
}

static void test_pages_cut_anywhere_come_out_whole(void **state)
{
	static const struct style styles[] = {
		{" --More-- ", "\b \b", true, false},
		{"--More--", "\b \b", true, false},
		{" --More-- ", BACK10 BLANK10 BACK10, false, false},
		{" --More-- ", BACK9 BLANK8 BACK9, false, false},
		{"<--- More --->", "\b \b", true, false},
		{"[more 5%]", "\b \b", true, false},
		{"--More--", "\r\033[K", false, true},
		{"  ---- More ----", "\033[42D" BLANK42 "\033[42D", false,
		 true},
		{"(less 50%)", "\r          \r", false, true},
	};

	struct pages pages;
	char where[100];

	(void)state;
	for (unsigned seed = 1; seed <= 900; seed++) {
		const struct style *style = &styles[seed % LENGTH(styles)];

		(void)snprintf(where, sizeof(where), "seed %u, %s", seed,
			       style->prompt);
		make_pages(&pages, seed, style);
		play_pages(&pages, where);
	}
}

static void test_words_of_pagers_come_out_whole(void **state)
{
	struct pages pages;
	char where[100];

	(void)state;
	for (unsigned seed = 1; seed <= 900; seed++) {
		(void)snprintf(where, sizeof(where), "seed %u", seed);
		make_words(&pages, seed);
		play_pages(&pages, where);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_pager_behind_letters_leaves_them),
	cmocka_unit_test(test_a_pager_behind_a_long_line_leaves_it),
	cmocka_unit_test(test_a_pager_that_was_rubbed_out_is_known_again),
	cmocka_unit_test(test_a_slow_page_is_waited_for),
	cmocka_unit_test(test_a_pager_of_a_device_without_echo),
	cmocka_unit_test(test_a_message_behind_a_pager_is_no_end),
	cmocka_unit_test(
		test_a_message_that_meets_the_key_ends_no_line_of_output),
	cmocka_unit_test(test_a_pager_that_the_platform_lacks_gets_its_key),
	cmocka_unit_test(test_text_like_a_pager_is_output_however_it_is_cut),
	cmocka_unit_test(test_an_answer_that_pauses_is_no_pager),
	cmocka_unit_test(test_text_like_a_pager_that_pauses_is_output),
	cmocka_unit_test(test_the_prompt_gets_no_key),
	cmocka_unit_test(test_pages_cut_anywhere_come_out_whole),
	cmocka_unit_test(test_words_of_pagers_come_out_whole),
};

UNIT_MAIN(tests)
