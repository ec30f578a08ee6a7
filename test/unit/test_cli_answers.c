/*
 * lib/dialogue/cli.c: where an answer ends. A line that looks like the prompt,
 * and a pause behind it, does not end it; the echo of what is sent next does.
 */
#include "dialogue/cli.h"

#include <stdio.h>
#include <string.h>

#include "unit/talk.h"
#include "unit/unit.h"

#define END STEP(SCRIPT_END)
#define STEPS_MAX 40
#define TEXT_MAX ((size_t)16 * 1024)

/* A device whose second answer pauses behind a line like its prompt. */
struct box {
	struct platform platform;
	const char *above; /* what it puts before each prompt */
};

static struct box box_like(const char *platform)
{
	return (struct box){.platform = *talk_platform(platform), .above = ""};
}

/* The script of a session, put together. */
struct play {
	struct script_step steps[STEPS_MAX];
	size_t nsteps;
	char text[TEXT_MAX];
	size_t len;
};

static void add(struct play *play, enum script_kind kind, int64_t after_ms,
		const char *text)
{
	size_t len = strlen(text);

	assert_true(play->nsteps < STEPS_MAX - 1);
	assert_true(len < TEXT_MAX - play->len);
	memcpy(play->text + play->len, text, len);
	play->steps[play->nsteps++] =
		(struct script_step){.kind = kind,
				     .bytes = play->text + play->len,
				     .len = len,
				     .after_ms = after_ms};
	play->len += len;
}

static void expect(struct play *play, const char *text)
{
	add(play, SCRIPT_EXPECT, 0, text);
}

static void deliver(struct play *play, int64_t after_ms, const char *text)
{
	add(play, SCRIPT_DELIVER, after_ms, text);
}

/* Add what a device says: a text, in which ~ is a prompt with what is above it,
 * and @ the bare one. */
static void says(struct play *play, const struct box *box, int64_t after_ms,
		 const char *text)
{
	char whole[4096];
	size_t len = 0;

	for (; *text != '\0'; text++) {
		const char *put = (const char[]){*text, '\0'};

		if (*text == '~' || *text == '@')
			put = "R1#";
		if (*text == '~')
			len += (size_t)snprintf(whole + len,
						sizeof(whole) - len, "%s",
						box->above);
		len += (size_t)snprintf(whole + len, sizeof(whole) - len, "%s",
					put);
	}
	deliver(play, after_ms, whole);
}

static void begin(struct play *play, const struct box *box)
{
	*play = (struct play){0};
	says(play, box, 0, "\r\n~");
	expect(play, "terminal length 0\r");
	says(play, box, 0, "terminal length 0\r\n~");
}

static const char *const commands[] = {"show one", "show two", "show three"};
static const char *const answers[] = {"1\n", "2\n2\n", "3\n"};
#define LATE "hostname R1\nbanner\nR1#\n^C\n\nline a\nend\n"

/* The answers of a device that echoes; the one at late_at pauses. */
static void play_echoing(struct play *play, const struct box *box,
			 size_t late_at, int64_t pause_ms)
{
	static const char *const said[] = {"1\r\n~", "2\r\n2\r\n~", "3\r\n~"};
	char text[200];

	begin(play, box);
	for (size_t i = 0; i <= LENGTH(commands); i++) {
		const char *next = i < LENGTH(commands) ? commands[i] : "exit";
		bool was_late = i == late_at + 1;

		(void)snprintf(text, sizeof(text), "%s\r", next);
		expect(play, text);
		(void)snprintf(text, sizeof(text), "%s%s\r\n%s",
			       was_late ? "\r\n^C\r\n\r\nline a\r\nend\r\n~"
					: "",
			       next,
			       i == LENGTH(commands) ? ""
			       : i == late_at ? "hostname R1\r\nbanner\r\n@"
					      : said[i]);
		says(play, box, was_late ? pause_ms : 0, text);
	}
}

static void assert_text(const struct talk_output *output, const char *text)
{
	const struct buf *bytes = &output->bytes;

	if (bytes->len != strlen(text) ||
	    memcmp(bytes->data, text, bytes->len) != 0)
		fail_msg("it is \"%.*s\", not \"%s\"", (int)bytes->len,
			 (char *)bytes->data, text);
}

/* Run all commands, and say goodbye: each answer has to be whole. */
static void run_all(struct talk *talk, size_t late_at)
{
	for (size_t i = 0; i <= LENGTH(commands); i++) {
		int rc = i < LENGTH(commands) ? run(talk, commands[i])
					      : leave(talk);

		if (rc == -1)
			fail_msg("%zu: %s", i, talk->err.message);
		if (i == 0)
			continue;
		assert_true(ended(talk)->whole);
		assert_text(ended(talk),
			    i - 1 == late_at ? LATE : answers[i - 1]);
	}
}

static const int64_t pauses_ms[] = {0, 10, 30, 100, 200, 500, 1000, 1900, 5000};

/* How long a goodbye waits for its echo. */
#define GOODBYE_MS 2000

static void check_pauses(const struct box *box)
{
	static struct play play;
	static char where[100];

	for (size_t at = 0; at < LENGTH(commands); at++) {
		for (size_t i = 0; i < LENGTH(pauses_ms); i++) {
			bool is_last = at + 1 == LENGTH(commands);
			struct talk talk;

			if (is_last && pauses_ms[i] >= GOODBYE_MS)
				continue;
			(void)snprintf(where, sizeof(where),
				       "command %zu, %d ms", at,
				       (int)pauses_ms[i]);
			unit_where(where);
			play_echoing(&play, box, at, pauses_ms[i]);
			talk_begin_with(&talk, &box->platform, play.steps,
					plain);
			learn(&talk, "R1#");
			run_all(&talk, at);
			talk_end(&talk);
		}
	}
}

static void
test_a_pause_behind_a_line_like_the_prompt_ends_nothing(void **state)
{
	const struct box box = box_like("cisco_ios");

	(void)state;
	check_pauses(&box);
}

static void test_a_pause_is_told_where_lines_stand_above_prompts(void **state)
{
	static char header[] = "^\\{master\\}$";
	struct box box = box_like("cisco_ios");

	(void)state;
	box.above = "\r\n";
	check_pauses(&box);
	box.platform.prompt_header = header;
	box.above = "{master}\r\n";
	check_pauses(&box);
	box.above = "\r\n{master}\r\n";
	check_pauses(&box);
}

/* ---- one answer, and what is sent next */

#define ROUTER                                                                 \
	DELIVER("\r\nR1#"), EXPECT("terminal length 0\r"),                     \
		DELIVER("terminal length 0\r\nR1#")
#define TO_ONE ROUTER, EXPECT("show one\r")

/* What becomes of the first answer, and of the command behind it. */
struct outcome {
	const char *about;
	struct script_step steps[16];
	const char *text; /* of the first */
	const char *next; /* of the second; NULL: goodbye was said */
	enum nf_code code; /* of the second command, or of the goodbye */
	bool cut; /* the first is not whole */
	bool rejected;
};

static void check_outcome(const struct outcome *outcome,
			  const struct platform *platform,
			  struct script_manner manner)
{
	struct talk talk;
	int rc;

	unit_where(outcome->about);
	talk_begin_with(&talk, platform, outcome->steps, manner);
	learn(&talk, "R1#");
	if (run(&talk, "show one") == -1)
		fail_msg("%s", talk.err.message);
	talk.err = (struct nf_error){0};
	rc = outcome->next != NULL ? run(&talk, "show two") : leave(&talk);
	if (talk.err.code != outcome->code)
		fail_msg("%s", talk.err.message);
	assert_int_equal(rc, outcome->code == NF_OK ? 0 : -1);
	if (outcome->next != NULL)
		assert_out(&talk, outcome->next);
	assert_text(ended(&talk), outcome->text);
	assert_int_equal(ended(&talk)->whole, !outcome->cut);
	assert_int_equal(ended(&talk)->rejected, outcome->rejected);
	talk_end(&talk);
}

static void check_outcomes(const struct outcome *outcomes, size_t n)
{
	static const struct script_manner manners[] = {
		{0}, {.busy = true}, {.piece = 1}, {.piece = 7, .send_max = 3}};

	for (size_t i = 0; i < n; i++) {
		for (size_t m = 0; m < LENGTH(manners); m++)
			check_outcome(&outcomes[i], talk_platform("cisco_ios"),
				      manners[m]);
	}
}

#define CHECK(outcomes) check_outcomes(outcomes, LENGTH(outcomes))

static void
test_what_comes_before_the_echo_is_the_earlier_answer_s(void **state)
{
	static const struct outcome outcomes[] = {
		{.about = "nothing",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("show two\r"),
			   DELIVER("show two\r\nb\r\nR1#"), END},
		 .text = "a\n",
		 .next = "b\n"},
		{.about = "the rest of the prompt's line",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("show two\r"),
			   DELIVER_AFTER(3, " is said\r\nR1#"),
			   DELIVER("show two\r\nb\r\nR1#"), END},
		 .text = "a\nR1# is said\n",
		 .next = "b\n"},
		{.about = "a message of the device",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("show two\r"),
			   DELIVER("\r\n%LINK-3-UPDOWN: down\r\nR1#show two"
				   "\r\nb\r\nR1#"),
			   END},
		 .text = "a\nR1#\n%LINK-3-UPDOWN: down\n",
		 .next = "b\n"},
		{.about = "lines behind a second one like the prompt",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("show two\r"),
			   DELIVER_AFTER(1500, "\r\nb\r\nR1#"),
			   DELIVER_AFTER(1500, "\r\nc\r\nR1#"),
			   DELIVER("show two\r\nb\r\nR1#"), END},
		 .text = "a\nR1#\nb\nR1#\nc\n",
		 .next = "b\n"},
		{.about = "lines behind a second one, which is asked about",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("show two\r"),
			   DELIVER_AFTER(1500, "\r\nb\r\nR1#"), EXPECT("\r"),
			   DELIVER_AFTER(9000, "\r\nc\r\nR1#"),
			   DELIVER("show two\r\nb\r\nR1#\r\nR1#"), END},
		 .text = "a\nR1#\nb\nR1#\nc\n",
		 .next = "b\n"},
		{.about = "an echo in two rows",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("show two\r"),
			   DELIVER_AFTER(50, "\r\nb\r\nR1#show\r\n"),
			   DELIVER(" two\r\nb\r\nR1#"), END},
		 .text = "a\nR1#\nb\n",
		 .next = "b\n"},
		{.about = "a refusal",
		 .steps = {TO_ONE, DELIVER("show one\r\nR1#"),
			   EXPECT("show two\r"),
			   DELIVER_AFTER(50,
					 "\r\n% Invalid input detected\r\nR1#"),
			   DELIVER("show two\r\nb\r\nR1#"), END},
		 .text = "R1#\n% Invalid input detected\n",
		 .next = "b\n",
		 .rejected = true},
		{.about = "text in front of the prompt",
		 .steps = {TO_ONE, DELIVER("show one\r\nsays R1#"),
			   EXPECT("show two\r"),
			   DELIVER_AFTER(50, " again\r\nR1#"),
			   DELIVER("show two\r\nb\r\nR1#"), END},
		 .text = "says R1# again\n",
		 .next = "b\n"},
		{.about = "the goodbye's",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("exit\r"),
			   DELIVER_AFTER(1000, "\r\nb\r\nR1#exit\r\n"), END},
		 .text = "a\nR1#\nb\n"},
	};

	(void)state;
	CHECK(outcomes);
}

/* Where an earlier answer ends is not always to be known: never in silence. */
static void test_an_answer_that_is_not_known_to_be_whole_is_not_ok(void **state)
{
	static const struct outcome outcomes[] = {
		{.about = "the terminal's driver echoes at once",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("show two\r"),
			   DELIVER("show two\r\nb\r\nR1#show two\r\n"),
			   STEP(SCRIPT_END), END},
		 .code = NF_INCOMPLETE,
		 .text = "a\n",
		 .next = "b\n"},
		{.about = "no echo comes, but a prompt among the lines",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("show two\r"),
			   DELIVER("\r\nb\r\nR1#xyz\r\nR1#"), EXPECT("\r"),
			   DELIVER("\r\nR1#"), END},
		 .code = NF_INCOMPLETE,
		 .text = "a\nR1#\nb\nR1#xyz\n",
		 .next = "",
		 .cut = true},
		{.about = "a pager comes before the echo",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("show two\r"),
			   DELIVER_AFTER(40, "\r\nb\r\n --More-- "),
			   EXPECT(" "), END},
		 .code = NF_INCOMPLETE,
		 .text = "a\nR1#\nb\n",
		 .next = "",
		 .cut = true},
		{.about = "the connection ends in the midst of late lines",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("show two\r"),
			   DELIVER_AFTER(40, "\r\nb\r\nhal"),
			   STEP(SCRIPT_CLOSE), END},
		 .code = NF_DISCONNECTED,
		 .text = "a\nR1#\nb\nhal",
		 .next = "",
		 .cut = true},
		{.about = "late lines, and no echo of the goodbye",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("exit\r"), DELIVER_AFTER(40, "\r\nb\r\n"),
			   END},
		 .code = NF_INCOMPLETE,
		 .text = "a\nR1#\nb\n",
		 .cut = true},
		{.about = "late lines, and the end of the connection",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("exit\r"), DELIVER_AFTER(40, " b\r\n"),
			   STEP(SCRIPT_CLOSE), END},
		 .code = NF_INCOMPLETE,
		 .text = "a\nR1# b\n",
		 .cut = true},
		{.about = "part of a late line",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("exit\r"), DELIVER_AFTER(40, " b"), END},
		 .code = NF_INCOMPLETE,
		 .text = "a\nR1# b",
		 .cut = true},
	};

	(void)state;
	CHECK(outcomes);
}

static void
test_an_answer_is_whole_by_its_prompt_when_nothing_follows(void **state)
{
	static const struct outcome outcomes[] = {
		{.about = "the connection ends behind the next command",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("show two\r"), STEP(SCRIPT_CLOSE), END},
		 .code = NF_DISCONNECTED,
		 .text = "a\n",
		 .next = ""},
		{.about = "in the midst of its echo",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("show two\r"), DELIVER("\r\nR1#show t"),
			   STEP(SCRIPT_RESET), END},
		 .code = NF_DISCONNECTED,
		 .text = "a\n",
		 .next = ""},
		{.about = "the next command has no answer in time",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("show two\r"), END},
		 .code = NF_TIMEOUT,
		 .text = "a\n",
		 .next = ""},
		{.about = "it ends behind the goodbye",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("exit\r"), STEP(SCRIPT_RESET), END},
		 .text = "a\n"},
		{.about = "it ends behind the goodbye's unfinished echo",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("exit\r"), DELIVER("exit"),
			   STEP(SCRIPT_CLOSE), END},
		 .text = "a\n"},
		{.about = "the goodbye leads to a question",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("exit\r"), DELIVER("exit  Save it? [y/n]"),
			   END},
		 .text = "a\n"},
		{.about = "the goodbye has no answer",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("exit\r"), END},
		 .text = "a\n"},
	};

	(void)state;
	CHECK(outcomes);
}

/* What was read along with it, too. */
static void test_the_end_of_the_connection_ends_an_answer(void **state)
{
	static const struct outcome outcomes[] = {
		{.about = "before the next command",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   STEP(SCRIPT_CLOSE), END},
		 .code = NF_DISCONNECTED,
		 .text = "a\n",
		 .next = ""},
		{.about = "before the goodbye",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   STEP(SCRIPT_RESET), END},
		 .text = "a\n"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(outcomes); i++)
		check_outcome(&outcomes[i], talk_platform("cisco_ios"), plain);
}

/* More than can be withheld is passed on as it comes. */
static void test_a_long_rest_is_passed_on_before_the_echo(void **state)
{
	static char rest[200002];
	const struct script_step steps[] = {
		TO_ONE,
		DELIVER("show one\r\nR1#"),
		EXPECT("show two\r"),
		{SCRIPT_DELIVER, rest, sizeof(rest) - 1, 50},
		DELIVER_AFTER(2500, "\r\nend\r\nR1#"),
		DELIVER("show two\r\nb\r\nR1#"),
		END};
	const struct script_step unheard[] = {
		TO_ONE,
		DELIVER("show one\r\nR1#"),
		EXPECT("show two\r"),
		{SCRIPT_DELIVER, rest, sizeof(rest) - 1, 50},
		DELIVER("\r\nend\r\nR1#"),
		EXPECT("\r"),
		DELIVER("\r\nR1#"),
		END};
	struct talk talk;

	(void)state;
	for (size_t i = 0; i < sizeof(rest) - 1; i++)
		rest[i] = (char)(i % 100 == 98   ? '\r'
				 : i % 100 == 99 ? '\n'
						 : 'x');
	talk_open(&talk, "cisco_ios", steps, "R1#");
	command(&talk, "show one", "");
	command(&talk, "show two", "b\n");
	assert_true(ended(&talk)->whole);
	assert_int_equal(ended(&talk)->bytes.len, 2000 * 99 + 9);
	talk_end(&talk);

	talk_open(&talk, "cisco_ios", unheard, "R1#");
	command(&talk, "show one", "");
	command_fails(&talk, "show two", NF_INCOMPLETE, "");
	assert_false(ended(&talk)->whole);
	talk_end(&talk);
}

/* ---- without an echo */

#define SILENT                                                                 \
	DELIVER("\r\nR1#"), EXPECT("terminal length 0\r"), DELIVER("\r\nR1#"), \
		EXPECT("show one\r")

static void test_without_echo_an_empty_line_proves_the_end(void **state)
{
	static const struct outcome outcomes[] = {
		{.about = "a short pause",
		 .steps = {SILENT, DELIVER("a\r\nR1#"),
			   DELIVER_AFTER(200, "\r\nb\r\nR1#"), EXPECT("\r"),
			   DELIVER("\r\nR1#"), EXPECT("exit\r"),
			   DELIVER("Bye\r\n"), STEP(SCRIPT_CLOSE), END},
		 .text = "a\nR1#\nb\n"},
		{.about = "a pause in which the empty line is sent",
		 .steps = {SILENT, DELIVER("a\r\nR1#"), EXPECT("\r"),
			   DELIVER_AFTER(500, "\r\nb\r\nR1#"), EXPECT("\r"),
			   DELIVER("\r\nR1#\r\nR1#"), EXPECT("exit\r"),
			   STEP(SCRIPT_CLOSE), END},
		 .text = "a\nR1#\nb\n"},
		{.about = "the first empty line's prompt comes late",
		 .steps = {SILENT, DELIVER("a\r\nR1#"), EXPECT("\r"),
			   DELIVER_AFTER(500, "\r\nb\r\nR1#"), EXPECT("\r"),
			   DELIVER("\r\nR1#"), DELIVER_AFTER(600, "\r\nR1#"),
			   EXPECT("show two\r"), DELIVER("c\r\nR1#"),
			   EXPECT("\r"), DELIVER("\r\nR1#"), END},
		 .text = "a\nR1#\nb\n",
		 .next = "c\n"},
		{.about = "an empty line is ignored, and the next command too",
		 .steps = {SILENT, DELIVER("a\r\nR1#"), EXPECT("\r"),
			   EXPECT("show two\r"), DELIVER_AFTER(5, "c\r\nR1#"),
			   END},
		 .text = "a\n",
		 .next = "c\n"},
		{.about = "a long pause",
		 .steps = {SILENT, DELIVER("a\r\nR1#"), EXPECT("\r"),
			   EXPECT("show two\r"),
			   DELIVER_AFTER(3000, "\r\nb\r\nR1#\r\nR1#c\r\nR1#"),
			   END},
		 .code = NF_INCOMPLETE,
		 .text = "a\nR1#\nb\nR1#\nR1#c\n",
		 .next = "",
		 .cut = true},
		{.about = "no newline at the end",
		 .steps = {SILENT, DELIVER("a\r\nb R1#"), EXPECT("\r"),
			   DELIVER("\r\nR1#"), EXPECT("show two\r"),
			   DELIVER("vlanR1#"), EXPECT("\r"), DELIVER("\r\nR1#"),
			   END},
		 .text = "a\nb ",
		 .next = "vlan"},
		{.about = "a line that ends in the prompt, and a pause",
		 .steps = {SILENT, DELIVER("a\r\nb R1#"), EXPECT("\r"),
			   DELIVER_AFTER(500, "\r\nc\r\nR1#"), EXPECT("\r"),
			   DELIVER("\r\nR1#\r\nR1#"), EXPECT("exit\r"),
			   STEP(SCRIPT_CLOSE), END},
		 .text = "a\nb R1#\nc\n"},
		{.about = "the goodbye is not waited for long",
		 .steps = {SILENT, DELIVER("a\r\nR1#"), EXPECT("\r"),
			   DELIVER("\r\nR1#"), EXPECT("exit\r"), END},
		 .text = "a\n"},
	};

	(void)state;
	CHECK(outcomes);
}

/* ---- without a logout */

static void
test_without_a_logout_an_empty_line_ends_the_last_answer(void **state)
{
	static const struct outcome outcomes[] = {
		{.about = "the prompt comes again",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("\r"), DELIVER("\r\nR1#"), END},
		 .text = "a\n"},
		{.about = "late lines",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("\r"),
			   DELIVER_AFTER(400, "\r\nb\r\nR1#\r\nR1#"), END},
		 .text = "a\nR1#\nb\n"},
		{.about = "no answer",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("\r"), END},
		 .text = "a\n"},
		{.about = "the connection ends",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("\r"), STEP(SCRIPT_CLOSE), END},
		 .text = "a\n"},
		{.about = "the connection ends behind late lines",
		 .steps = {TO_ONE, DELIVER("show one\r\na\r\nR1#"),
			   EXPECT("\r"), DELIVER("\r\nb\r\n"),
			   STEP(SCRIPT_CLOSE), END},
		 .code = NF_DISCONNECTED,
		 .text = "a\nR1#\nb\n",
		 .cut = true},
	};
	struct platform platform = *talk_platform("cisco_ios");

	(void)state;
	platform.logout = NULL;
	for (size_t i = 0; i < LENGTH(outcomes); i++)
		check_outcome(&outcomes[i], &platform, plain);
}

/* ---- what it costs */

static void test_an_ordinary_session_never_waits(void **state)
{
	static const struct script_step steps[] = {
		TO_ONE,
		DELIVER("show one\r\na\r\nR1#"),
		EXPECT("show two\r"),
		DELIVER("show two\r\nb\r\nR1#"),
		EXPECT("exit\r"),
		DELIVER("exit\r\n"),
		STEP(SCRIPT_CLOSE),
		END};
	struct talk talk;
	int64_t begin_ms;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1#");
	begin_ms = talk.script.now_ms;
	command(&talk, "show one", "a\n");
	command(&talk, "show two", "b\n");
	assert_int_equal(leave(&talk), 0);
	assert_int_equal(talk.script.now_ms, begin_ms);
	talk_end(&talk);
}

/* Four round trips, or 50 ms, without an echo; as long as for any echo, with
 * one. */
static void test_the_wait_for_a_goodbye_has_its_bounds(void **state)
{
	static const struct {
		bool echoes;
		int64_t round_trip_ms, wait_ms;
	} cases[] = {{false, 3, 50}, {false, 100, 400}, {true, 100, 2000}};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		static struct play play;
		const struct box box = box_like("cisco_ios");
		bool echoes = cases[i].echoes;
		struct talk talk;
		int64_t begin_ms;

		play = (struct play){0};
		says(&play, &box, 0, "\r\n~");
		expect(&play, "terminal length 0\r");
		says(&play, &box, cases[i].round_trip_ms, "~");
		expect(&play, "show one\r");
		says(&play, &box, cases[i].round_trip_ms,
		     echoes ? "show one\r\n1\r\n~" : "1\r\n~");
		if (!echoes) {
			expect(&play, "\r");
			says(&play, &box, cases[i].round_trip_ms, "\r\n~");
		}
		expect(&play, "exit\r");
		talk_begin_with(&talk, &box.platform, play.steps, plain);
		learn(&talk, "R1#");
		command(&talk, "show one", "1\n");
		begin_ms = talk.script.now_ms;
		assert_int_equal(leave(&talk), 0);
		assert_int_equal(talk.script.now_ms - begin_ms,
				 cases[i].wait_ms);
		assert_true(ended(&talk)->whole);
		talk_end(&talk);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		test_a_pause_behind_a_line_like_the_prompt_ends_nothing),
	cmocka_unit_test(test_a_pause_is_told_where_lines_stand_above_prompts),
	cmocka_unit_test(
		test_what_comes_before_the_echo_is_the_earlier_answer_s),
	cmocka_unit_test(
		test_an_answer_that_is_not_known_to_be_whole_is_not_ok),
	cmocka_unit_test(
		test_an_answer_is_whole_by_its_prompt_when_nothing_follows),
	cmocka_unit_test(test_the_end_of_the_connection_ends_an_answer),
	cmocka_unit_test(test_a_long_rest_is_passed_on_before_the_echo),
	cmocka_unit_test(test_without_echo_an_empty_line_proves_the_end),
	cmocka_unit_test(
		test_without_a_logout_an_empty_line_ends_the_last_answer),
	cmocka_unit_test(test_an_ordinary_session_never_waits),
	cmocka_unit_test(test_the_wait_for_a_goodbye_has_its_bounds),
};

UNIT_MAIN(tests)
