/* lib/dialogue/probe.c: a device that nobody knows, and the file for it. */
#include "dialogue/probe.h"

#include <string.h>

#include "platform/draft.h"
#include "terminal/transcript_log.h"
#include "unit/talk.h"
#include "unit/unit.h"

static const struct credentials credentials = {.password = "hunter2",
					       .secret = "s3same"};

static const char file[] =
	"enter: \"\\r\"\n"
	"prompts:\n"
	"  user: '^\\((?<base>[\\w.-]{1,255})\\)> ?$'\n"
	"  privileged: '^\\((?<base>[\\w.-]{1,255})\\)# ?$'\n"
	"pager:\n"
	"- prompt: '(?i)^[ <-]{0,4}-- ?more ?--.{0,40}$'\n"
	"  answer: \" \"\n"
	"paging_off:\n"
	"- 'no paging'\n"
	"enable:\n"
	"  command: 'enable'\n"
	"  password: '(?i)^.{0,64}password: ?$'\n"
	"errors:\n"
	"- '^Unknown command '\n"
	"logout: 'exit'\n";

static const struct script_step box[] = {
	DELIVER("Welcome to box.\r\n(box)> "),
	EXPECT("\r"),
	DELIVER("\r\n(box)> "),
	EXPECT("show netfan\r"),
	DELIVER("show netfan\r\nUnknown command 'show'\r\n-- more --"),
	EXPECT(" "),
	DELIVER("\r          \rTry help.\r\n(box)> "),
	EXPECT("terminal length 0\r"),
	DELIVER("terminal length 0\r\nUnknown command 'terminal'\r\n(box)> "),
	EXPECT("no page\r"),
	DELIVER("no page\r\nUnknown command 'no'\r\n(box)> "),
	EXPECT("no paging\r"),
	DELIVER("no paging\r\n(box)> "),
	EXPECT("no paging\r"), /* as what was result has it */
	DELIVER("no paging\r\n(box)> "),
	EXPECT("enable\r"),
	DELIVER("enable\r\nPassword: "),
	EXPECT("s3same\r"),
	DELIVER("\r\n(box)# "),
	EXPECT("no paging\r"),
	DELIVER("no paging\r\n(box)# "),
	EXPECT("status\r"),
	DELIVER("status\r\nall is well\r\n(box)# "),
	STEP(SCRIPT_END),
};

static void play(void *arg, struct script_manner manner)
{
	struct probe_result *result = NULL;
	struct talk talk;
	struct buf out;

	(void)arg;
	talk_begin(&talk, "autodetect", box, manner);
	if (cli_find_prompt(talk.cli, &(struct login){WITH(0)}, patience(&talk),
			    &talk.err) == -1 ||
	    probe_device(&result, talk.cli, &credentials, patience(&talk),
			 &talk.err) == -1)
		fail_msg("%s", talk.err.message);
	buf_init(&out, 65536);
	assert_int_equal(draft_print(probe_result_platform(result), &out), 0);
	assert_int_equal(buf_append(&out, "", 1), 0);
	assert_string_equal((char *)out.data, file);
	assert_prompt(&talk, "(box)#");
	command(&talk, "status", "all is well\n");
	talk_end(&talk);
	probe_result_free(result);
	buf_release(&out);
}

static void test_a_file_that_goes_well_comes_out(void **state)
{
	(void)state;
	play_in_every_manner(play, NULL, box);
}

/* It refuses nothing: no command proves anything then. */
static void test_one_that_refuses_nothing_is_not_asked_further(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\nbox# "),
		EXPECT("\r"),
		DELIVER("\r\nbox# "),
		EXPECT("show netfan\r"),
		DELIVER("show netfan\r\nbox# "),
		STEP(SCRIPT_END),
	};
	struct probe_result *result = NULL;
	struct talk talk;

	(void)state;
	talk_open(&talk, "autodetect", steps, "box# ");
	assert_int_equal(probe_device(&result, talk.cli, &credentials,
				      patience(&talk), &talk.err),
			 0);
	assert_int_equal(probe_result_platform(result)->paging_off_count, 0);
	assert_int_equal(probe_result_platform(result)->errors_count, 0);
	assert_null(probe_result_platform(result)->enable);
	assert_null(probe_result_platform(result)->prompts->of[PLATFORM_USER]);
	assert_non_null(probe_result_platform(result)
				->prompts->of[PLATFORM_PRIVILEGED]);
	talk_end(&talk);
	probe_result_free(result);
}

/* ---- what was said */

static void assert_record(const struct transcript_log *log, const char *want)
{
	struct buf out;

	buf_init(&out, 1 << 20);
	assert_int_equal(transcript_log_print(log, &out), 0);
	assert_int_equal(buf_append(&out, "", 1), 0);
	assert_string_equal((char *)out.data, want);
	buf_release(&out);
}

static void keep(struct transcript_log *log, bool ours, const char *text)
{
	transcript_log_keep(log, ours, text, strlen(text));
}

static void test_both_sides_are_recorded_but_for_secrets(void **state)
{
	struct transcript_log *log;
	struct nf_error err;

	(void)state;
	assert_int_equal(transcript_log_new(&log, &credentials, &err), 0);
	keep(log, false, "\r\nPass");
	keep(log, false, "word: ");
	transcript_log_secret(log);
	keep(log, false, "h\b*u\b*n");
	keep(log, false, "ter2");
	keep(log, false, "\r\n\x1b[1m\xff\"\\ box> ");
	keep(log, true, "exit\r");
	assert_record(log, "# - device: \"\\r\\nPassword: \"\n"
			   "# - netfan: \"****\"\n"
			   "# - device: \"\\n\\e[1m\\xff\\\"\\\\ box> \"\n"
			   "# - netfan: \"exit\\r\"\n");
	transcript_log_free(log);
}

static void test_a_record_hides_secrets_that_the_device_repeats(void **state)
{
	struct transcript_log *log;
	struct nf_error err;

	(void)state;
	assert_int_equal(transcript_log_new(&log, &credentials, &err), 0);
	keep(log, false, "log in with hun");
	keep(log, false, "ter2, then s3s\r\name\r\n");
	keep(log, false, "hunter2# ");
	keep(log, true, "hunter2\r"); /* we never say it: a word of ours */
	keep(log, false, "hunter, xhunter22");
	assert_record(
		log, "# - device: \"log in with ****, then ****\\r\\n****# \"\n"
		     "# - netfan: \"hunter2\\r\"\n"
		     "# - device: \"hunter, x****2\"\n");
	transcript_log_free(log);
}

/* A refusal that says the password is none to learn from. */
static void test_no_pattern_has_a_secret_in_it(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\nbox# "),
		EXPECT("\r"),
		DELIVER("\r\nbox# "),
		EXPECT("show netfan\r"),
		DELIVER("show netfan\r\nUnknown command of hunter2\r\n"
			"Syntax error\r\nbox# "),
		EXPECT("terminal length 0\r"),
		DELIVER("terminal length 0\r\nbox# "),
		EXPECT("terminal length 0\r"),
		DELIVER("terminal length 0\r\nbox# "),
		STEP(SCRIPT_END),
	};
	struct probe_result *result = NULL;
	struct talk talk;

	(void)state;
	talk_open(&talk, "autodetect", steps, "box# ");
	assert_int_equal(probe_device(&result, talk.cli, &credentials,
				      patience(&talk), &talk.err),
			 0);
	assert_int_equal(probe_result_platform(result)->errors_count, 1);
	assert_string_equal(probe_result_platform(result)->errors[0],
			    "^Syntax error$");
	talk_end(&talk);
	probe_result_free(result);
}

static void test_a_record_is_bounded(void **state)
{
	char text[1000];
	struct transcript_log *log;
	struct nf_error err;
	struct buf out;

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(transcript_log_new(&log, &credentials, &err), 0);
	for (int i = 0; i < 10000; i++)
		transcript_log_keep(log, i % 2 == 0, text, sizeof(text));
	buf_init(&out, 1 << 20);
	assert_int_equal(transcript_log_print(log, &out), 0);
	assert_in_range(out.len, TRANSCRIPT_LOG_MAX - sizeof(text),
			2 * TRANSCRIPT_LOG_MAX);
	assert_memory_equal(out.data + out.len - 13, "# (and more)\n", 13);
	buf_release(&out);
	transcript_log_free(log);
}

/* One who is asked for a secret again is left alone, and what is known told. */
static void test_a_secret_that_is_refused_ends_it(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\nbox> "),
		EXPECT("\r"),
		DELIVER("\r\nbox> "),
		EXPECT("show netfan\r"),
		DELIVER("show netfan\r\nUnknown command\r\nbox> "),
		EXPECT("terminal length 0\r"),
		DELIVER("terminal length 0\r\nbox> "),
		EXPECT("terminal length 0\r"),
		DELIVER("terminal length 0\r\nbox> "),
		EXPECT("enable\r"),
		DELIVER("enable\r\nPassword: "),
		EXPECT("s3same\r"),
		DELIVER("\r\nPassword: "),
		STEP(SCRIPT_END),
	};
	struct probe_result *result = NULL;
	struct talk talk;

	(void)state;
	talk_open(&talk, "autodetect", steps, "box> ");
	assert_int_equal(probe_device(&result, talk.cli, &credentials,
				      patience(&talk), &talk.err),
			 0);
	assert_string_equal(probe_result_note(result), "the secret is refused");
	assert_null(probe_result_platform(result)->enable);
	assert_int_equal(probe_result_platform(result)->paging_off_count, 1);
	assert_int_equal(probe_result_platform(result)->errors_count, 1);
	talk_end(&talk);
	probe_result_free(result);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_file_that_goes_well_comes_out),
	cmocka_unit_test(test_one_that_refuses_nothing_is_not_asked_further),
	cmocka_unit_test(test_a_secret_that_is_refused_ends_it),
	cmocka_unit_test(test_both_sides_are_recorded_but_for_secrets),
	cmocka_unit_test(test_a_record_hides_secrets_that_the_device_repeats),
	cmocka_unit_test(test_no_pattern_has_a_secret_in_it),
	cmocka_unit_test(test_a_record_is_bounded),
};

UNIT_MAIN(tests)
