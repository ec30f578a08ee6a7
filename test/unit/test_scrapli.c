/* lib/platform/foreign/scrapli.c: what becomes of a file, what is refused. */
#include "platform/foreign/scrapli.h"

#include <stdio.h>
#include <string.h>

#include "platform/patterns.h"
#include "unit/talk.h"
#include "unit/unit.h"

/* A device with every kind of instruction. */
static const char acme[] =
	"---\n"
	"# of the Acme company\n"
	"prompt_pattern: '^\\S{1,40}[>#%]\\s?+$'\n"
	"default_mode: 'privileged_exec'\n"
	"modes:\n"
	"  - name: 'exec'\n"
	"    prompt_pattern: '^[a-z\\d-]{1,30}>\\s?+$'\n"
	"    accessible_modes:\n"
	"      - name: 'privileged_exec'\n"
	"        instructions:\n"
	"          - send_prompted_input:\n"
	"              input: 'enable 15'\n"
	"              prompt_exact: 'Pass (level 15):'\n"
	"              response: '__lookup::enable'\n"
	"  - name: 'privileged_exec'\n"
	"    prompt_pattern: '^[a-z\\d-]{1,30}#\\s?+$'\n"
	"    accessible_modes:\n"
	"      - name: 'configuration'\n"
	"        instructions:\n"
	"          - send_input:\n"
	"              input: 'configure'\n"
	"      - name: 'debug'\n"
	"        instructions:\n"
	"          - send_prompted_input:\n"
	"              input: 'debug'\n"
	"              prompt_pattern: 'sure\\?'\n"
	"              response: 'y'\n"
	"  - name: 'configuration'\n"
	"    prompt_pattern: '^[a-z\\d-]{1,30}\\([^)]*\\)#\\s?$'\n"
	"    prompt_excludes:\n"
	"      - '(debug'\n"
	"      - '.(x'\n"
	"  - name: 'debug'\n"
	"    prompt_exact: '+debug[1]%'\n"
	"failure_indicators:\n"
	"  - '% Bad command.'\n"
	"  - 'not (yet) done'\n"
	"on_open_instructions:\n"
	"  - enter_mode:\n"
	"      requested_mode: 'privileged_exec'\n"
	"  - send_input:\n"
	"      input: 'no page'\n"
	"  - write:\n"
	"      input: 'no beep'\n"
	"  - send_prompted_input:\n"
	"      input: 'tune'\n"
	"      prompt_pattern: 'how'\n"
	"      response: 'well'\n"
	"on_close_instructions:\n"
	"  - enter_mode:\n"
	"      requested_mode: 'exec'\n"
	"  - write:\n"
	"      input: 'exit'\n"
	"  - write:\n"
	"      input: 'y'\n"
	"force_in_session_auth: false\n"
	"bypass_in_session_auth: null\n"
	"ntc_templates_platform: 'acme_os'\n"
	"genie_platform: 'acme'\n";

#define HEAD "prompt_pattern: '^.*>$'\ndefault_mode: cli\nmodes:\n"
#define CLI "- {name: cli, prompt_pattern: '^.*>$'}\n"

static struct platform *load(const char *text)
{
	struct platform *platform = NULL;
	struct nf_error err = {0};

	if (scrapli_load(&platform, "acme", text, strlen(text), "acme.yaml",
			 &err) == -1)
		fail_msg("%s\nrefused: %s", text, err.message);
	assert_string_equal(platform->name, "acme");
	return platform;
}

/* ---- what it is */

static void test_scrapli_is_told_by_its_keys(void **state)
{
	static const char *const yes[] = {acme,
					  HEAD CLI,
					  "modes: []\n",
					  "default_mode: cli\n",
					  "about: x\nprompt_pattern: x\n",
					  "modes: [a\n"};
	static const char *const no[] = {"",
					 "[modes]\n",
					 "modes\n",
					 "about: modes\n",
					 "prompts: {user: x}\n",
					 "prompts: {user: x}\nmodes: [a]\n",
					 "enable: {modes: x}\n",
					 "a: [b\nmodes: []\n"};

	(void)state;
	for (size_t i = 0; i < LENGTH(yes); i++) {
		unit_where(yes[i]);
		assert_true(scrapli_is(yes[i], strlen(yes[i])));
	}
	for (size_t i = 0; i < LENGTH(no); i++) {
		unit_where(no[i]);
		assert_false(scrapli_is(no[i], strlen(no[i])));
	}
}

/* ---- what becomes of it */

static void test_scrapli_instructions_become_a_platform(void **state)
{
	struct platform *platform = load(acme);

	(void)state;
	assert_string_equal(platform->enable->command, "enable 15");
	assert_int_equal(platform->paging_off_count, 2);
	assert_string_equal(platform->paging_off[0], "no page");
	assert_string_equal(platform->paging_off[1], "no beep");
	assert_string_equal(platform->logout, "exit\ny");
	assert_int_equal(platform->errors_count, 2);
	assert_string_equal(platform->errors[0], "% Bad command\\.");
	assert_string_equal(platform->errors[1], "not \\(yet\\) done");
	assert_string_equal(platform->enter, "\n");
	assert_string_equal(platform->term, "vt100");
	assert_int_equal(platform->columns, 511);
	assert_string_equal(platform->about, "a definition of scrapli's");
	assert_null(platform->prompt_header);
	assert_null(platform->pager);
	platform_free(platform);
}

static void test_scrapli_least_definition_loads(void **state)
{
	struct platform *platform = load(HEAD CLI);

	(void)state;
	assert_null(platform->prompts->of[PLATFORM_USER]);
	assert_non_null(platform->prompts->of[PLATFORM_PRIVILEGED]);
	assert_null(platform->prompts->of[PLATFORM_CONFIGURATION]);
	assert_null(platform->enable);
	assert_null(platform->logout);
	assert_int_equal(platform->paging_off_count, 0);
	assert_int_equal(platform->errors_count, 0);
	platform_free(platform);
}

/* What every optional key may be, too. */
static void test_scrapli_takes_null_for_what_may_be_missing(void **state)
{
	(void)state;
	platform_free(load(
		HEAD "- {name: cli, prompt_exact: null, prompt_pattern: x,\n"
		     "   prompt_excludes: ~, accessible_modes: null}\n"
		     "prompt_excludes:\n"
		     "failure_indicators: null\n"
		     "on_open_instructions: ~\n"
		     "on_close_instructions:\n"
		     "force_in_session_auth:\n"
		     "ntc_templates_platform: null\n"
		     "genie_platform: ~\n"));
}

static void test_scrapli_takes_a_default_mode_that_is_none(void **state)
{
	(void)state;
	platform_free(load("prompt_pattern: '#'\ndefault_mode: privileged\n"
			   "modes: [{name: exec, prompt_pattern: '#'}]\n"
			   "on_open_instructions:\n"
			   "- enter_mode: {requested_mode: privileged}\n"));
}

/* ---- prompts */

typedef bool match_fn(const struct patterns *p, const uint8_t *line,
		      size_t len);

static void check(const char *definition, match_fn *match,
		  const char *const *lines, bool expected)
{
	struct platform *platform = load(definition);
	struct patterns *patterns;
	struct nf_error err = {0};

	assert_int_equal(patterns_new(&patterns, platform, NULL, &err), 0);
	for (; *lines != NULL; lines++) {
		if (match(patterns, (const uint8_t *)*lines, strlen(*lines)) !=
		    expected)
			fail_msg("\"%s\" %s", *lines,
				 expected ? "does not match" : "matches");
	}
	patterns_free(patterns);
	platform_free(platform);
}

#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_scrapli_prompts_of_all_modes_are_prompts(void **state)
{
	(void)state;
	check(acme, patterns_prompt,
	      LINES("sw-1>", "sw-1> ", "sw-1#", "SW-1#", "sw1(conf)#",
		    "sw1()# ", "+debug[1]%", "+debug[1]% "),
	      true);
	check(acme, patterns_prompt,
	      LINES("sw1%", "sw_1>", " sw1>", "sw1>x", "sw1(debug)#",
		    "+debug1%", "+DEBUG[1]%", "x+debug[1]%", "+debug[1]%%",
		    "sw1.(x)#"),
	      false);
}

static void test_scrapli_mode_with_an_enable_is_the_user_s(void **state)
{
	(void)state;
	check(acme, patterns_user, LINES("sw1>", "SW1> "), true);
	check(acme, patterns_user, LINES("sw1#", "sw1(conf)#", "+debug[1]%"),
	      false);
}

static void test_scrapli_password_prompts_match(void **state)
{
	(void)state;
	check(acme, patterns_password,
	      LINES("Pass (level 15):", "Pass (level 15): ",
		    "sw1: Pass (level 15): "),
	      true);
	check(acme, patterns_password,
	      LINES("pass (level 15):", "Pass level 15:", "sw1#",
		    "Pass (level 15): x"),
	      false);
}

/* A definition whose enable asks with prompt: a line of YAML. */
#define ASKS(prompt)                                                           \
	"prompt_pattern: '[>#]'\n"                                             \
	"default_mode: exec\n"                                                 \
	"modes:\n"                                                             \
	"- {name: privileged_exec, prompt_pattern: '^\\w+#$'}\n"               \
	"- name: exec\n"                                                       \
	"  prompt_pattern: '^\\w+>$'\n"                                        \
	"  accessible_modes:\n"                                                \
	"  - name: privileged_exec\n"                                          \
	"    instructions:\n"                                                  \
	"    - send_input: {input: ready}\n"                                   \
	"    - send_prompted_input:\n"                                         \
	"        input: enable\n"                                              \
	"        response: __lookup::enable\n"                                 \
	"        " prompt "\n"                                                 \
	"on_open_instructions:\n"                                              \
	"- enter_mode: {requested_mode: privileged_exec}\n"

static void test_scrapli_password_may_be_a_pattern(void **state)
{
	static const char pattern[] = ASKS("prompt_pattern: '^pass(word)?:'");
	static const char as_exact[] = ASKS("prompt_exact: '^pass(word)?:'");
	static const char both[] = ASKS("prompt_exact: 'Key ['\n"
					"        prompt_pattern: '^pass:'");

	(void)state;
	check(pattern, patterns_password, LINES("Password: ", "pass:"), true);
	check(pattern, patterns_password, LINES("a pass:", "pass: 1"), false);
	check(as_exact, patterns_password, LINES("Password: ", "pass:"), true);
	check(both, patterns_password, LINES("Key [", "Key [: ", "Pass: "),
	      true);
	check(both, patterns_password, LINES("Key", "Key [1]", "a pass:"),
	      false);
}

static void test_scrapli_that_stays_in_exec_has_no_enable(void **state)
{
	struct platform *platform =
		load("prompt_pattern: '[>#]'\n"
		     "default_mode: exec\n"
		     "modes:\n"
		     "- name: exec\n"
		     "  prompt_pattern: '^\\w+>$'\n"
		     "  accessible_modes:\n"
		     "  - name: root\n"
		     "    instructions:\n"
		     "    - send_prompted_input: {input: su, prompt_exact: ':',"
		     " response: __lookup::enable}\n"
		     "- {name: root, prompt_pattern: '^\\w+#$'}\n");

	(void)state;
	assert_null(platform->enable);
	assert_non_null(platform->prompts->of[PLATFORM_USER]);
	assert_non_null(platform->prompts->of[PLATFORM_CONFIGURATION]);
	platform_free(platform);
}

/* What other lookups stand for is not known here. */
static void test_scrapli_other_responses_are_no_enable(void **state)
{
	struct platform *platform =
		load("prompt_pattern: '[>#]'\n"
		     "default_mode: shell\n"
		     "modes:\n"
		     "- name: exec\n"
		     "  prompt_pattern: '^\\w+>$'\n"
		     "  accessible_modes:\n"
		     "  - name: shell\n"
		     "    instructions:\n"
		     "    - send_prompted_input: {input: su, prompt_exact: ':',"
		     " response: __lookup::root}\n"
		     "- {name: shell, prompt_pattern: '^\\w+#$'}\n");

	(void)state;
	assert_null(platform->enable);
	platform_free(platform);
}

/* A mode that is open to anyone is entered before paging is switched off. */
static void test_scrapli_way_without_a_question_is_sent(void **state)
{
	struct platform *platform =
		load("prompt_pattern: '[>#]'\n"
		     "default_mode: exec\n"
		     "modes:\n"
		     "- name: exec\n"
		     "  prompt_pattern: '^\\w+>$'\n"
		     "  accessible_modes:\n"
		     "  - name: configuration\n"
		     "    instructions:\n"
		     "    - send_input: {input: unlock}\n"
		     "    - send_input: {input: configure}\n"
		     "- name: configuration\n"
		     "  prompt_pattern: '^\\w+#$'\n"
		     "  accessible_modes:\n"
		     "  - name: exec\n"
		     "    instructions: [send_input: {input: leave}]\n"
		     "on_open_instructions:\n"
		     "- enter_mode: {requested_mode: exec}\n"
		     "- enter_mode: {requested_mode: configuration}\n"
		     "- send_input: {input: no page}\n"
		     "- enter_mode: {requested_mode: exec}\n"
		     "- enter_mode: {requested_mode: nowhere}\n");
	static const char *const sent[] = {"unlock", "configure", "no page",
					   "leave"};

	(void)state;
	assert_int_equal(platform->paging_off_count, LENGTH(sent));
	for (size_t i = 0; i < LENGTH(sent); i++)
		assert_string_equal(platform->paging_off[i], sent[i]);
	platform_free(platform);
}

#define ONE(pattern)                                                           \
	"prompt_pattern: x\ndefault_mode: cli\nmodes:\n"                       \
	"- {name: cli, prompt_pattern: '" pattern "'}\n"

static void test_scrapli_pattern_ends_where_the_line_does(void **state)
{
	(void)state;
	check(ONE("[\\w]+ [$#]"), patterns_prompt,
	      LINES("sw1 #", "sw1 # ", "my sw1 $"), true);
	check(ONE("[\\w]+ [$#]"), patterns_prompt, LINES("sw1 # x", "sw1 #x"),
	      false);
	check(ONE("(?i)^(a|b)(c)\\Q>+"), patterns_prompt, LINES("AC>+"), true);
	check(ONE("^(?<base>\\w)(?<x>\\w)#"), patterns_prompt, LINES("ab#"),
	      true);
}

static void test_scrapli_pattern_of_two_lines_is_cut(void **state)
{
	static const char two[] =
		ONE("^--{[\\n\\]|(]}--\\s*\\n[ab]:\\S+#\\s*$");
	static const char maybe[] = ONE("^({\\w+:\\d}\\n){0,1}[\\w@]+>\\s?$");
	static const char not_cut[] = ONE("^x\\n?a>");

	(void)state;
	check(two, patterns_prompt, LINES("A:sw1#", "b:sw1# "), true);
	check(two, patterns_prompt, LINES("c:sw1#", "xa:sw1#", "--{|}--"),
	      false);
	check(two, patterns_prompt_header, LINES("--{|}--", "--{(}-- "), true);
	check(two, patterns_prompt_header,
	      LINES("--{x}--", "A:sw1#", "--{|}--x"), false);
	check(maybe, patterns_prompt, LINES("me@sw1>"), true);
	check(maybe, patterns_prompt_header, LINES("{master:0}"), true);
	check(maybe, patterns_prompt_header, LINES("{master}", "me@sw1>"),
	      false);
	check(not_cut, patterns_prompt, LINES("xa>"), true);
	check(not_cut, patterns_prompt_header, LINES("x"), false);
	check(ONE("^a\\nb\\nc>"), patterns_prompt, LINES("c>"), true);
	check(ONE("^a\\nb\\nc>"), patterns_prompt_header, LINES("b"), true);
	check(ONE("^.*\\n\\w+>"), patterns_prompt_header, LINES("b", "sw>"),
	      false);
	check(ONE("^a>|b\\nc>"), patterns_prompt, LINES("a>"), true);
	check(ONE("^(?:{\\w}\\n)?a>"), patterns_prompt_header, LINES("{a}"),
	      true);
	check(ONE("^(x)(b\\n)?xa>"), patterns_prompt_header, LINES("b", "x"),
	      false);
	check(ONE("^[[:alpha:]\\n]+>"), patterns_prompt, LINES("ab>"), true);
	check(ONE("^[]\\n]+>"), patterns_prompt, LINES("]>"), true);
}

static void test_scrapli_excludes_of_the_whole_hold_for_all(void **state)
{
	static const char text[] = "prompt_pattern: x\n"
				   "prompt_excludes: ['a b', '*']\n"
				   "default_mode: cli\nmodes:\n" CLI;

	(void)state;
	check(text, patterns_prompt, LINES("ab>", "A B>"), true);
	check(text, patterns_prompt, LINES("a b>", "*>"), false);
}

/* ---- a dialogue */

static const struct script_step dialogue[] = {
	DELIVER("\r\nAcme OS 4.2\r\n\r\nsw1>"),
	EXPECT("no page\n"),
	DELIVER("no page\r\n% Bad command.\r\nsw1>"),
	EXPECT("no beep\n"),
	DELIVER("no beep\r\nsw1>"),
	EXPECT("enable 15\n"),
	DELIVER("enable 15\r\nPass (level 15): "),
	EXPECT("hunter2\n"),
	DELIVER("\r\nsw1#"),
	EXPECT("no page\n"),
	DELIVER("no page\r\nsw1#"),
	EXPECT("show clock\n"),
	DELIVER("show clock\r\n12:26:18\r\nsw1#"),
	EXPECT("shw\n"),
	DELIVER("shw\r\nError: % Bad command. (shw)\r\nsw1#"),
	EXPECT("configure\n"),
	DELIVER("configure\r\nsw1(conf)#"),
	STEP(SCRIPT_END),
};

static void play(void *arg, struct script_manner manner)
{
	struct talk talk;

	talk_begin_with(&talk, arg, dialogue, manner);
	learn(&talk, "sw1>");
	enable(&talk, "hunter2", "sw1#");
	command(&talk, "show clock", "12:26:18\n");
	assert_int_equal(run(&talk, "shw"), 0);
	assert_out(&talk, "Error: % Bad command. (shw)\n");
	assert_true(talk.answer.rejected);
	command(&talk, "configure", "");
	assert_string_equal(cli_prompt(talk.cli), "sw1(conf)#");
	talk_end(&talk);
}

static void test_scrapli_dialogue_goes_well_however_it_is_cut(void **state)
{
	struct platform *platform = load(acme);

	(void)state;
	play_in_every_manner(play, platform, dialogue);
	platform_free(platform);
}

/* ---- what is refused */

struct refusal {
	const char *text;
	const char *message;
};

#define INSTRUCTION(text) HEAD CLI "on_open_instructions:\n- " text "\n"
#define ACCESS(text)                                                           \
	HEAD "- name: cli\n  prompt_exact: x\n  accessible_modes:\n"           \
	     "  - name: a\n    instructions:\n    - send_input: {input: a}\n"  \
	     "    - " text "\n"

static const struct refusal refusals[] = {
	{"prompt_pattern: x\ndefault_mode: a\n",
	 "f.yaml:1: key 'modes' is missing"},
	{"modes: []\ndefault_mode: a\n",
	 "f.yaml:1: key 'prompt_pattern' is missing"},
	{HEAD "  []\n", "f.yaml:4: modes: needs at least one"},
	{"prompt_pattern: ''\ndefault_mode: a\n",
	 "f.yaml:1: 'prompt_pattern' may not be an empty text"},
	{HEAD CLI "failure_indicator: [a]\n",
	 "f.yaml:5: unknown key 'failure_indicator': did you mean "
	 "'failure_indicators'?"},
	{HEAD CLI "failure_indicators: error\n",
	 "f.yaml:5: 'failure_indicators' has to be a list, not a text"},
	{HEAD CLI "failure_indicators:\n- a: b\n",
	 "f.yaml:6: an entry of 'failure_indicators' has to be a text, not a "
	 "mapping"},
	{HEAD CLI "failure_indicators: ['']\n",
	 "f.yaml:5: an entry of 'failure_indicators' may not be an empty "
	 "text"},
	{HEAD "- {name: a}\n",
	 "f.yaml:4: needs a prompt_pattern or a prompt_exact"},
	{HEAD CLI "- name: a\n",
	 "f.yaml:5: needs a prompt_pattern or a prompt_exact"},
	{HEAD CLI CLI, "f.yaml:5: mode 'cli' is given twice"},
	{HEAD CLI "- name: a\n  prompt_pattern: 'x['\n",
	 "f.yaml:6: prompt_pattern 'x[': missing terminating ] for character "
	 "class at character 2"},
	{"prompt_pattern: 'a)|(b'\ndefault_mode: cli\nmodes:\n" CLI,
	 "f.yaml:1: prompt_pattern 'a)|(b': unmatched closing parenthesis at "
	 "character 1"},
	{ONE("(a)\\1"),
	 "f.yaml:4: prompt_pattern '(a)\\1': reference to non-existent "
	 "subpattern at character 4"},
	{INSTRUCTION("{}"), "f.yaml:6: an instruction has exactly one key"},
	{INSTRUCTION("write: {input: a}\n  send_input: {input: b}"),
	 "f.yaml:6: an instruction has exactly one key"},
	{INSTRUCTION("sendinput: {input: a}"),
	 "f.yaml:6: unknown key 'sendinput': did you mean 'send_input'?"},
	{INSTRUCTION("send_input: a"),
	 "f.yaml:6: 'send_input' has to be a mapping (key: value), not a "
	 "text"},
	{INSTRUCTION("send_input: {}"), "f.yaml:6: key 'input' is missing"},
	{INSTRUCTION("enter_mode: {}"),
	 "f.yaml:6: key 'requested_mode' is missing"},
	{INSTRUCTION("send_prompted_input: {input: a, response: b}"),
	 "f.yaml:6: needs a prompt_pattern or a prompt_exact"},
	{INSTRUCTION("send_prompted_input:\n    input: a\n    response: b\n"
		     "    prompt_pattern: '+'"),
	 "f.yaml:9: prompt_pattern '+': quantifier does not follow a "
	 "repeatable item at character 0"},
	{HEAD CLI "on_close_instructions: [write: {input: a}, write: x]\n",
	 "f.yaml:5: 'write' has to be a mapping (key: value), not a text"},
	{ACCESS("write: {input: a}"), "f.yaml:10: unknown key 'write'"},
	{ACCESS("{}"), "f.yaml:10: an instruction has exactly one key"},
	{ACCESS("send_prompted_input: {input: a, response: b,\n"
		"        prompt_pattern: '('}"),
	 "f.yaml:11: prompt_pattern '(': missing closing parenthesis at "
	 "character 1"},
	{HEAD CLI "on_open_instructions: [\n",
	 "f.yaml:6: did not find expected node content (while parsing a flow "
	 "node from line 6 on)"},
};

static void test_scrapli_refuses_with_the_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(refusals); i++) {
		const char *text = refusals[i].text;
		struct platform *platform = NULL;
		struct nf_error err = {0};

		unit_where(text);
		assert_int_equal(scrapli_load(&platform, "f", text,
					      strlen(text), "f.yaml", &err),
				 -1);
		assert_null(platform);
		assert_int_equal(err.code, NF_INVALID);
		assert_string_equal(err.message, refusals[i].message);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_scrapli_is_told_by_its_keys),
	cmocka_unit_test(test_scrapli_instructions_become_a_platform),
	cmocka_unit_test(test_scrapli_least_definition_loads),
	cmocka_unit_test(test_scrapli_takes_null_for_what_may_be_missing),
	cmocka_unit_test(test_scrapli_takes_a_default_mode_that_is_none),
	cmocka_unit_test(test_scrapli_prompts_of_all_modes_are_prompts),
	cmocka_unit_test(test_scrapli_mode_with_an_enable_is_the_user_s),
	cmocka_unit_test(test_scrapli_password_prompts_match),
	cmocka_unit_test(test_scrapli_password_may_be_a_pattern),
	cmocka_unit_test(test_scrapli_that_stays_in_exec_has_no_enable),
	cmocka_unit_test(test_scrapli_other_responses_are_no_enable),
	cmocka_unit_test(test_scrapli_way_without_a_question_is_sent),
	cmocka_unit_test(test_scrapli_pattern_ends_where_the_line_does),
	cmocka_unit_test(test_scrapli_pattern_of_two_lines_is_cut),
	cmocka_unit_test(test_scrapli_excludes_of_the_whole_hold_for_all),
	cmocka_unit_test(test_scrapli_dialogue_goes_well_however_it_is_cut),
	cmocka_unit_test(test_scrapli_refuses_with_the_line),
};

UNIT_MAIN(tests)
