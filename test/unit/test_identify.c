/* lib/dialogue/identify.c: what is at the prompt, and how one goes on then. */
#include "dialogue/identify.h"

#include <string.h>

#include "platform/catalogue.h"
#include "unit/talk.h"
#include "unit/unit.h"

#define CANDIDATES_MAX 200

/* All that are compiled in, and how one speaks until it is known. */
static struct patterns *candidates[CANDIDATES_MAX];
static size_t ncandidates;
static struct platform neutral;

static int setup(void **state)
{
	const struct platform *all[CANDIDATES_MAX];
	struct nf_error err;

	(void)state;
	for (; builtins[ncandidates].name != NULL; ncandidates++) {
		assert_in_range(ncandidates, 0, CANDIDATES_MAX - 1);
		all[ncandidates] = talk_platform(builtins[ncandidates].name);
		assert_int_equal(patterns_new(&candidates[ncandidates],
					      all[ncandidates], NULL, &err),
				 0);
	}
	return detect_neutral(&neutral, talk_platform(DETECT_TYPE), all,
			      ncandidates);
}

static int teardown(void **state)
{
	(void)state;
	while (ncandidates > 0)
		patterns_free(candidates[--ncandidates]);
	detect_neutral_release(&neutral);
	return 0;
}

/* The name of what it is found to be, "none"; the dialogue goes on as that. */
static const char *find_out(struct talk *talk)
{
	struct login login = {WITH(.username = "admin", .password = "hunter2")};
	struct detect detect;
	size_t found;

	assert_int_equal(
		detect_begin(&detect, candidates, ncandidates, &talk->err), 0);
	cli_listen(talk->cli, identify_banner, &detect);
	if (cli_find_prompt(talk->cli, &login, patience(talk), &talk->err) ==
		    -1 ||
	    identify(talk->cli, &detect, patience(talk), &talk->err) == -1)
		fail_msg("%s", talk->err.message);
	found = detect_found(&detect);
	detect_end(&detect);
	if (found == ncandidates)
		return "none";
	if (cli_set_platform(talk->cli, candidates[found], NULL, patience(talk),
			     &talk->err) == -1)
		fail_msg("%s", talk->err.message);
	return patterns_platform(candidates[found])->name;
}

struct play {
	const struct script_step *steps;
	const char *name;
	const char *prompt;
	const char *command, *text;
};

static void play(void *arg, struct script_manner manner)
{
	const struct play *play = arg;
	struct talk talk;

	talk_begin_with(&talk, &neutral, play->steps, manner);
	assert_string_equal(find_out(&talk), play->name);
	assert_prompt(&talk, play->prompt);
	command(&talk, play->command, play->text);
	talk_end(&talk);
}

static void test_an_answer_tells_and_paging_is_left_its_way(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\nR1>"),
		EXPECT("\r"),
		DELIVER("\r\nR1>"),
		EXPECT("show version\r"),
		DELIVER("show version\r\nCisco IOS Software, C2960 Software "
			"(C2960-LANBASEK9-M), Version 12.2(55)SE, RELEASE "
			"SOFTWARE (fc2)\r\n --More-- "),
		EXPECT(" "),
		DELIVER("\b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\bR1 uptime "
			"is 1 week\r\nR1>"),
		EXPECT("terminal length 0\r"),
		DELIVER("terminal length 0\r\nR1>"),
		EXPECT("show clock\r"),
		DELIVER("show clock\r\n*12:26:18.137 UTC Wed Jun 5 2019\r\n"
			"R1>"),
		STEP(SCRIPT_END),
	};
	struct play ios = {.steps = steps,
			   .name = "cisco_ios",
			   .prompt = "R1>",
			   .command = "show clock",
			   .text = "*12:26:18.137 UTC Wed Jun 5 2019\n"};

	(void)state;
	play_in_every_manner(play, &ios, steps);
}

static void test_a_banner_tells_without_any_question(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("--- JUNOS 18.4R1.8 built 2018-12-20 02:51:52 UTC\r\n"
			"admin@vmx1> "),
		EXPECT("\r"),
		DELIVER("\r\nadmin@vmx1> "),
		STEP(SCRIPT_END),
	};
	struct talk talk;
	struct detect detect;
	struct nf_error err;

	(void)state;
	talk_begin_with(&talk, &neutral, steps, plain);
	assert_int_equal(detect_begin(&detect, candidates, ncandidates, &err),
			 0);
	cli_listen(talk.cli, identify_banner, &detect);
	learn(&talk, "admin@vmx1> ");
	assert_int_equal(identify(talk.cli, &detect, patience(&talk), &err), 0);
	assert_in_range(detect_found(&detect), 0, ncandidates - 1);
	assert_string_equal(
		patterns_platform(candidates[detect_found(&detect)])->name,
		"juniper_junos");
	detect_end(&detect);
	talk_end(&talk);
}

/* Its banner is somebody's joke, or a jump host's. */
static void test_a_prompt_contradicts_a_banner(void **state)
{
	struct detect detect;
	struct nf_error err;
	static const char banner[] = "SSH-2.0-ROSSSH";

	(void)state;
	assert_int_equal(detect_begin(&detect, candidates, ncandidates, &err),
			 0);
	detect_banner(&detect, (const uint8_t *)banner, sizeof(banner) - 1);
	assert_in_range(detect_found(&detect), 0, ncandidates - 1);
	detect_prompt(&detect, "R1#");
	assert_int_equal(detect_found(&detect), ncandidates);
	assert_string_equal(detect_ask(&detect), "show version");
	detect_end(&detect);
}

static void test_questions_of_any_platform_are_answered(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\nPress any key to continue"),
		EXPECT(" "),
		DELIVER("\r\nsw1# "),
		EXPECT("\r"),
		DELIVER("\r\nsw1# "),
		EXPECT("show version\r"),
		DELIVER("show version\r\n\r\nImage stamp:    "
			"/ws/swbuildm/rel_spokane_qaoff/code/build/btm"
			"(swbuildm_rel_spokane_qaoff_rel_spokane)\r\n"
			"                Jul 21 2015 16:06:46\r\n"
			"                YA.15.18.0006\r\n"
			"                55\r\n\r\nsw1# "),
		EXPECT("no page\r"),
		DELIVER("no page\r\nsw1# "),
		EXPECT("show time\r"),
		DELIVER("show time\r\nMon Jan  1 00:10:31 1990\r\nsw1# "),
		STEP(SCRIPT_END),
	};
	struct play procurve = {.steps = steps,
				.name = "hp_procurve",
				.prompt = "sw1#",
				.command = "show time",
				.text = "Mon Jan  1 00:10:31 1990\n"};

	(void)state;
	play(&procurve, plain);
}

/* Nothing but an empty line is said to any prompt that is known. */
static void test_prompts_are_no_questions(void **state)
{
	static char first[PATTERNS_LINE_MAX + 8];
	struct talk talk;

	(void)state;
	for (size_t i = 0; i < ncandidates; i++) {
		const struct platform_detect *signs =
			patterns_platform(candidates[i])->detect;

		for (unsigned k = 0; signs != NULL && k < signs->samples_count;
		     k++) {
			const char *prompt = signs->samples[k].prompt;
			size_t len =
				(size_t)(stpcpy(stpcpy(first, "\r\n"), prompt) -
					 first);
			const struct script_step steps[] = {
				{SCRIPT_DELIVER, first, len, 0},
				EXPECT("\r"),
				{SCRIPT_DELIVER, first, len, 0},
				STEP(SCRIPT_END)};

			unit_where(prompt);
			talk_begin_with(&talk, &neutral, steps, plain);
			learn(&talk, prompt);
			talk_end(&talk);
		}
	}
}

/* As TP-Link's, to whom a carriage return is no end. */
static void test_another_end_of_line_is_tried(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\n\r\nUser Access Login\r\n{box} % "),
		EXPECT("\r"),
		EXPECT("\r\n"),
		DELIVER("\r\n{box} % "),
		EXPECT("show version\r\n"),
		DELIVER("show version\r\nWhat?\r\n{box} % "),
		EXPECT("status\r\n"),
		DELIVER("status\r\nall is well\r\n{box} % "),
		STEP(SCRIPT_END),
	};
	struct play slow = {.steps = steps,
			    .name = "none",
			    .prompt = "{box} %",
			    .command = "status",
			    .text = "all is well\n"};

	(void)state;
	play(&slow, plain);
}

static void test_what_nobody_knows_stays_unknown(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\n{box} % "),
		EXPECT("\r"),
		DELIVER("\r\n{box} % "),
		EXPECT("show version\r"),
		DELIVER("show version\r\nWhat?\r\n{box} % "),
		EXPECT("status\r"),
		DELIVER("status\r\nall is well\r\n{box} % "),
		STEP(SCRIPT_END),
	};
	struct play unknown = {.steps = steps,
			       .name = "none",
			       .prompt = "{box} %",
			       .command = "status",
			       .text = "all is well\n"};

	(void)state;
	play(&unknown, plain);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(
		test_an_answer_tells_and_paging_is_left_its_way, setup,
		teardown),
	cmocka_unit_test_setup_teardown(
		test_a_banner_tells_without_any_question, setup, teardown),
	cmocka_unit_test_setup_teardown(test_a_prompt_contradicts_a_banner,
					setup, teardown),
	cmocka_unit_test_setup_teardown(
		test_questions_of_any_platform_are_answered, setup, teardown),
	cmocka_unit_test_setup_teardown(test_prompts_are_no_questions, setup,
					teardown),
	cmocka_unit_test_setup_teardown(test_another_end_of_line_is_tried,
					setup, teardown),
	cmocka_unit_test_setup_teardown(test_what_nobody_knows_stays_unknown,
					setup, teardown),
};

UNIT_MAIN(tests)
