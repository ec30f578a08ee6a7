/* lib/platform/data/NAME.yaml: each is right, and its transcripts come out so. */
#include "platform/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/talk.h"
#include "unit/unit.h"

/* A transcript as a script; ends with SCRIPT_END. */
static struct script_step *steps_of(const struct platform_transcript *one)
{
	struct script_step *steps =
		calloc(one->turns_count + 1, sizeof(*steps));

	assert_non_null(steps);
	for (unsigned i = 0; i < one->turns_count; i++) {
		const struct platform_turn *turn = &one->turns[i];
		const char *text =
			turn->device != NULL ? turn->device : turn->netfan;

		steps[i] = (struct script_step){.kind = turn->device != NULL
								? SCRIPT_DELIVER
								: SCRIPT_EXPECT,
						.bytes = text,
						.len = strlen(text)};
	}
	steps[one->turns_count].kind = SCRIPT_END;
	return steps;
}

struct replay {
	const struct platform *platform;
	const struct platform_transcript *transcript;
	const struct script_step *steps;
};

/* What is going on, in the log of a test that fails. */
static void say_where(const struct replay *replay,
		      const struct script_manner *manner)
{
	static char text[200];

	(void)snprintf(text, sizeof(text), "%s: %s (piece %zu, split at %zu%s)",
		       replay->platform->name, replay->transcript->about,
		       manner->piece, manner->split_at,
		       manner->busy ? ", busy" : "");
	unit_where(text);
}

static void play(void *arg, struct script_manner manner)
{
	const struct replay *replay = arg;
	const struct platform_transcript *one = replay->transcript;
	const struct credentials credentials = {.username = "admin",
						.password = "hunter2",
						.secret = one->secret};
	struct login login = {.credentials = &credentials};
	struct talk talk;

	say_where(replay, &manner);
	talk_begin_with(&talk, replay->platform, replay->steps, manner);
	if (cli_find_prompt(talk.cli, &login, patience(&talk), &talk.err) ==
		    -1 ||
	    cli_enable(talk.cli, &credentials, patience(&talk), &talk.err) ==
		    -1)
		fail_msg("%s", talk.err.message);
	for (unsigned i = 0; i < one->commands_count; i++) {
		const struct platform_outcome *outcome = &one->commands[i];

		if (run(&talk, outcome->command) == -1)
			fail_msg("%s: %s", outcome->command, talk.err.message);
		assert_out(&talk, outcome->output);
		assert_int_equal(talk.answer.rejected,
				 outcome->rejected != NULL &&
					 strcmp(outcome->rejected, "true") ==
						 0);
	}
	assert_prompt(&talk, one->prompt);
	talk_end(&talk);
}

static void replay_all(const struct platform *platform)
{
	for (unsigned i = 0; i < platform->transcripts_count; i++) {
		struct replay replay = {.platform = platform,
					.transcript =
						&platform->transcripts[i]};
		struct script_step *steps = steps_of(replay.transcript);

		replay.steps = steps;
		play_in_every_manner(play, &replay, steps);
		free(steps);
	}
}

/* Of the platform that PLATFORM in the environment names, or of all. */
static void test_transcripts_come_out_however_they_are_cut(void **state)
{
	const char *only = getenv("PLATFORM");

	(void)state;
	if (only != NULL) {
		replay_all(talk_platform(only));
		return;
	}
	for (const struct builtin *at = builtins; at->name != NULL; at++)
		replay_all(talk_platform(at->name));
}

static void test_every_platform_says_what_it_is_and_shows_it(void **state)
{
	(void)state;
	for (const struct builtin *at = builtins; at->name != NULL; at++) {
		const struct platform *platform = talk_platform(at->name);

		unit_where(at->name);
		assert_string_equal(platform->name, at->name);
		assert_non_null(platform->about);
		assert_in_range(strlen(platform->about), 1, 54);
		assert_true(platform->transcripts_count > 0);
		for (unsigned i = 0; i < platform->transcripts_count; i++)
			assert_true(platform->transcripts[i].commands_count >
				    0);
	}
}

/* They are made of the file by other means than the loader's. */
static void test_aliases_of_a_platform_find_it(void **state)
{
	(void)state;
	for (const struct builtin *at = builtins; at->name != NULL; at++) {
		const struct platform *platform = talk_platform(at->name);
		size_t nblanks = 0;
		char name[100];

		unit_where(at->name);
		for (const char *c = at->aliases; *c != '\0'; c++)
			nblanks += *c == ' ';
		assert_int_equal(nblanks, platform->aliases_count + 1);
		for (unsigned i = 0; i < platform->aliases_count; i++) {
			assert_ptr_equal(talk_platform(platform->aliases[i]),
					 platform);
			(void)snprintf(name, sizeof(name), "%s_ssh",
				       platform->aliases[i]);
			assert_ptr_equal(talk_platform(name), platform);
		}
		(void)snprintf(name, sizeof(name), "%s_ssh", at->name);
		assert_ptr_equal(talk_platform(name), platform);
	}
}

static void test_no_name_stands_for_two_platforms(void **state)
{
	(void)state;
	for (const struct builtin *at = builtins; at->name != NULL; at++) {
		char name[100];

		(void)snprintf(name, sizeof(name), " %s ", at->name);
		for (const struct builtin *other = builtins;
		     other->name != NULL; other++) {
			if (strstr(other->aliases, name) != NULL)
				fail_msg("%s is an alias of %s", at->name,
					 other->name);
		}
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_transcripts_come_out_however_they_are_cut),
	cmocka_unit_test(test_every_platform_says_what_it_is_and_shows_it),
	cmocka_unit_test(test_aliases_of_a_platform_find_it),
	cmocka_unit_test(test_no_name_stands_for_two_platforms),
};

UNIT_MAIN(tests)
