/* lib/store/run: what becomes of outputs and devices, run after run. */
#include <stdio.h>
#include <string.h>

#include "unit/collection.h"
#include "unit/unit.h"

#define VERSION "show version"
#define CONFIG "show running-config"
#define INVENTORY "show inventory"

static struct collection c;

/* A configuration of about this many bytes, with its end or without. */
static const char *config(const char *name, size_t bytes, bool whole)
{
	static char text[65536];
	size_t len =
		(size_t)snprintf(text, sizeof(text), "hostname %s\n", name);

	for (unsigned i = 0; len < bytes; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"interface Vlan%u\n", i);
	if (whole)
		(void)snprintf(text + len, sizeof(text) - len, "end\n");
	return text;
}

static void assert_fates(const char *device, enum nf_device_fate fate,
			 const char *command, enum nf_output_fate output)
{
	assert_string_equal(
		nf_device_fate_name(collection_device(&c, device)->fate),
		nf_device_fate_name(fate));
	assert_string_equal(
		nf_output_fate_name(
			collection_output(&c, device, command)->fate),
		nf_output_fate_name(output));
}

static void test_three_runs_add_keep_and_change(void **state)
{
	(void)state;
	collection_make(&c);
	collection_run(&c, "R1 R2", VERSION, "IOS 15.1\n");
	assert_fates("R1", NF_DEVICE_ADDED, VERSION, NF_OUTPUT_ADDED);
	assert_string_equal(collection_output(&c, "R1", VERSION)->path,
			    "R1/show_version");
	assert_int_equal(collection_device(&c, "R1")->changes, 0);
	assert_true(nf_store_head(c.store)[0] != '\0');
	assert_string_equal(c.notes, "");
	collection_close(&c);
	collection_holds(&c, "R1/show_version", "IOS 15.1\n");

	collection_run(&c, "R1 R2", VERSION, "IOS 15.1\n");
	assert_true(collection_knew());
	assert_fates("R1", NF_DEVICE_SAME, VERSION, NF_OUTPUT_SAME);
	assert_string_equal(nf_store_head(c.store), "");
	assert_int_equal(collection_device(&c, "R1")->changes, 0);
	assert_string_equal(c.notes, "");
	collection_close(&c);

	collection_begin(&c, "R1 R2");
	collection_say(&c, "R1", &(struct said)SAYS(VERSION, "IOS 15.2\n"), 1);
	collection_say(&c, "R2", &(struct said)SAYS(VERSION, "IOS 15.1\n"), 1);
	collection_end(&c);
	assert_fates("R1", NF_DEVICE_CHANGED, VERSION, NF_OUTPUT_CHANGED);
	assert_fates("R2", NF_DEVICE_SAME, VERSION, NF_OUTPUT_SAME);
	assert_int_equal(collection_device(&c, "R1")->changes, 1);
	assert_string_equal(collection_diff(&c, "R1", VERSION, 0),
			    "@@ -1 +1 @@\n-IOS 15.1\n+IOS 15.2\n");
	collection_close(&c);
	collection_holds(&c, "R1/show_version", "IOS 15.2\n");
	assert_string_equal(collection_shell(&c, "git log --format='%s|%b'"),
			    "collect: 1 changed|R1: show version\n\n"
			    "collect: 2 added|R1: show version\n"
			    "R2: show version\n\n");
	assert_string_equal(collection_shell(&c, "git status --porcelain"), "");
	collection_remove(&c);
}

static void test_volatile_lines_make_no_change(void **state)
{
	(void)state;
	collection_make(&c);
	collection_run(&c, "R1", VERSION, "R1 uptime is 1 day\nIOS 15.1\n");
	collection_close(&c);
	collection_run(&c, "R1", VERSION, "R1 uptime is 2 days\nIOS 15.1\n");
	assert_true(collection_knew());
	assert_string_equal(nf_store_head(c.store), "");
	collection_close(&c);
	collection_holds(&c, "R1/show_version",
			 "R1 uptime is 1 day\nIOS 15.1\n");
	collection_remove(&c);
}

/* Rules of today decide, not those by which the digest was made. */
static void test_a_new_rule_makes_no_change(void **state)
{
	static const char *const lines[] = {"^Clock: "};

	(void)state;
	collection_make(&c);
	collection_run(&c, "R1", VERSION, "Clock: 1\nIOS 15.1\n");
	collection_close(&c);
	c.options.volatile_lines = lines;
	c.options.nvolatile_lines = 1;
	collection_run(&c, "R1", VERSION, "Clock: 2\nIOS 15.1\n");
	assert_false(collection_knew());
	assert_fates("R1", NF_DEVICE_SAME, VERSION, NF_OUTPUT_SAME);
	assert_string_equal(nf_store_head(c.store), "");
	collection_close(&c);
	collection_holds(&c, "R1/show_version", "Clock: 1\nIOS 15.1\n");
	collection_run(&c, "R1", VERSION, "Clock: 3\nIOS 15.1\n");
	assert_true(collection_knew());
	collection_close(&c);
	collection_remove(&c);
}

static void test_what_is_no_good_answer_replaces_nothing(void **state)
{
	static const struct said bad[] = {
		SAYS(VERSION, "IOS 16", .cut = true),
		SAYS(VERSION, "% Invalid input\n", .rejected = true),
		SAYS(VERSION, " \n\n"),
		SAYS(VERSION, "sh: not found\n", .ran = true, .status = 127),
	};

	(void)state;
	collection_make(&c);
	collection_run(&c, "R1", VERSION, "IOS 15.1\n");
	collection_close(&c);
	for (size_t i = 0; i < LENGTH(bad); i++) {
		const struct nf_store_device *device;

		collection_begin(&c, "R1");
		collection_say(&c, "R1", &bad[i], 1);
		collection_end(&c);
		assert_fates("R1", NF_DEVICE_FAILED, VERSION, NF_OUTPUT_FAILED);
		device = collection_device(&c, "R1");
		assert_true(device->failing_us != 0);
		assert_true(device->succeeded_us < device->tried_us);
		assert_int_equal(device->error.stage, NF_STAGE_COMMAND);
		assert_memory_equal(device->error.message, VERSION ": ",
				    strlen(VERSION) + 2);
		assert_string_equal(collection_output(&c, "R1", VERSION)->path,
				    "R1/show_version");
		assert_string_equal(nf_store_head(c.store), "");
		collection_close(&c);
		collection_holds(&c, "R1/show_version", "IOS 15.1\n");
	}
	collection_run(&c, "R1", VERSION, "IOS 15.1\n");
	assert_int_equal(collection_device(&c, "R1")->failing_us, 0);
	collection_close(&c);
	collection_remove(&c);
}

static void test_a_device_that_fails_keeps_what_came_whole(void **state)
{
	const struct said said[] = {SAYS(VERSION, "IOS 15.2\n"),
				    SAYS(INVENTORY, "NAME: ch", .cut = true)};
	struct nf_error err = {0};

	(void)state;
	collection_make(&c);
	collection_run(&c, "R1", VERSION, "IOS 15.1\n");
	collection_close(&c);
	collection_begin(&c, "R1 R2");
	assert_int_equal(collection_take(&c, "R1", NF_TIMEOUT, said, 2, &err),
			 0);
	collection_fail(&c, "R2", NF_REFUSED);
	collection_end(&c);
	assert_fates("R1", NF_DEVICE_FAILED, VERSION, NF_OUTPUT_CHANGED);
	assert_int_equal(collection_device(&c, "R1")->error.code, NF_TIMEOUT);
	assert_int_equal(collection_device(&c, "R1")->changes, 1);
	assert_int_equal(collection_device(&c, "R2")->fate, NF_DEVICE_FAILED);
	assert_int_equal(collection_device(&c, "R2")->succeeded_us, 0);
	collection_close(&c);
	collection_holds(&c, "R1/show_version", "IOS 15.2\n");
	collection_lacks(&c, "R1/show_inventory");
	assert_string_equal(
		collection_shell(&c, "git log -1 --format='%s|%b'"),
		"collect: 1 changed, 2 failed|R1: show version\n\n");
	collection_remove(&c);
}

static void test_a_device_keeps_since_when_it_fails(void **state)
{
	int64_t since;

	(void)state;
	collection_make(&c);
	collection_begin(&c, "R1");
	collection_fail(&c, "R1", NF_REFUSED);
	collection_end(&c);
	since = collection_device(&c, "R1")->failing_us;
	assert_true(since != 0);
	collection_close(&c);
	collection_begin(&c, "R1");
	collection_fail(&c, "R1", NF_TIMEOUT);
	collection_end(&c);
	assert_int_equal(collection_device(&c, "R1")->failing_us, since);
	assert_true(collection_device(&c, "R1")->tried_us > since);
	collection_close(&c);
	collection_remove(&c);
}

/* Nothing was tried of one that was skipped, and of one that a run that was cut
 * short did not come to. */
static void test_what_was_not_tried_changes_no_time(void **state)
{
	(void)state;
	collection_make(&c);
	collection_begin(&c, "R1 R2");
	collection_fail(&c, "R1", NF_SKIPPED);
	collection_end(&c);
	assert_int_equal(collection_device(&c, "R1")->fate, NF_DEVICE_SKIPPED);
	assert_int_equal(collection_device(&c, "R1")->tried_us, 0);
	assert_int_equal(collection_device(&c, "R1")->failing_us, 0);
	assert_int_equal(collection_device(&c, "R2")->fate, NF_DEVICE_FAILED);
	assert_int_equal(collection_device(&c, "R2")->error.code, NF_CANCELLED);
	assert_int_equal(collection_device(&c, "R2")->tried_us, 0);
	collection_close(&c);
	collection_remove(&c);
}

/* A whole answer much shorter is taken when it came in three runs in a row. */
static void test_a_shrunk_output_is_taken_in_the_third_run(void **state)
{
	static const unsigned counts[] = {1, 2};
	struct said said = SAYS(INVENTORY, NULL);
	char before[65536];

	(void)state;
	collection_make(&c);
	(void)snprintf(before, sizeof(before), "%s", config("R1", 4000, false));
	collection_run(&c, "R1", INVENTORY, before);
	collection_close(&c);
	said.text = config("R1", 1000, false);
	for (size_t i = 0; i < LENGTH(counts); i++) {
		const struct nf_store_output *output;

		collection_begin(&c, "R1");
		collection_say(&c, "R1", &said, 1);
		collection_end(&c);
		assert_fates("R1", NF_DEVICE_FAILED, INVENTORY,
			     NF_OUTPUT_SHRUNK);
		assert_int_equal(collection_device(&c, "R1")->error.code,
				 NF_INCOMPLETE);
		output = collection_output(&c, "R1", INVENTORY);
		assert_int_equal(output->shrunk, counts[i]);
		assert_int_equal(output->bytes_before, strlen(before));
		assert_int_equal(output->bytes, strlen(said.text));
		assert_string_equal(nf_store_head(c.store), "");
		assert_non_null(strstr(collection_diff(&c, "R1", INVENTORY, 0),
				       "-interface Vlan200\n"));
		collection_close(&c);
		collection_holds(&c, "R1/show_inventory", before);
		collection_holds(&c, ".netfan/shrunk/R1/show_inventory",
				 said.text);
	}
	collection_begin(&c, "R1");
	collection_say(&c, "R1", &said, 1);
	collection_end(&c);
	assert_fates("R1", NF_DEVICE_CHANGED, INVENTORY, NF_OUTPUT_CHANGED);
	collection_close(&c);
	collection_holds(&c, "R1/show_inventory", said.text);
	collection_lacks(&c, ".netfan/shrunk/R1/show_inventory");
	collection_remove(&c);
}

static void test_another_answer_between_begins_the_count_again(void **state)
{
	char before[65536];

	(void)state;
	collection_make(&c);
	(void)snprintf(before, sizeof(before), "%s", config("R1", 4000, false));
	collection_run(&c, "R1", INVENTORY, before);
	collection_close(&c);
	for (int i = 0; i < 2; i++) {
		collection_run(&c, "R1", INVENTORY, config("R1", 1000, false));
		collection_close(&c);
	}
	collection_run(&c, "R1", INVENTORY, config("R1", 900, false));
	assert_int_equal(collection_output(&c, "R1", INVENTORY)->shrunk, 1);
	collection_close(&c);
	collection_run(&c, "R1", INVENTORY, before);
	assert_true(collection_knew());
	collection_close(&c);
	collection_lacks(&c, ".netfan/shrunk/R1/show_inventory");
	collection_run(&c, "R1", INVENTORY, config("R1", 900, false));
	assert_int_equal(collection_output(&c, "R1", INVENTORY)->shrunk, 1);
	collection_close(&c);
	collection_remove(&c);
}

static void test_a_shrunk_output_is_taken_of_a_device_named_for_it(void **state)
{
	static const char *const devices[] = {"R1"};
	static const char *const unknown[] = {"R9"};
	struct nf_error err = {0};

	(void)state;
	collection_make(&c);
	collection_run(&c, "R1 R2", INVENTORY, config("R", 4000, false));
	collection_close(&c);
	c.options.accept = unknown;
	c.options.naccept = 1;
	assert_int_equal(collection_try(&c, "R1 R2", &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_non_null(strstr(err.message, "'R9'"));
	c.options.accept = devices;
	collection_run(&c, "R1 R2", INVENTORY, config("R", 1000, false));
	assert_fates("R1", NF_DEVICE_CHANGED, INVENTORY, NF_OUTPUT_CHANGED);
	assert_fates("R2", NF_DEVICE_FAILED, INVENTORY, NF_OUTPUT_SHRUNK);
	collection_close(&c);
	collection_remove(&c);
}

static void
test_the_end_mark_tells_whether_a_configuration_is_whole(void **state)
{
	(void)state;
	collection_make(&c);
	collection_run(&c, "R1", CONFIG, config("R1", 4000, true));
	collection_close(&c);
	collection_run(&c, "R1", CONFIG, config("R2", 4000, false));
	assert_fates("R1", NF_DEVICE_FAILED, CONFIG, NF_OUTPUT_SHRUNK);
	collection_close(&c);
	collection_run(&c, "R1", CONFIG, config("R1", 10, true));
	assert_fates("R1", NF_DEVICE_CHANGED, CONFIG, NF_OUTPUT_CHANGED);
	collection_close(&c);
	collection_remove(&c);
}

static void
test_what_the_platform_lists_in_vain_is_left_out_and_told_once(void **state)
{
	const struct said said[] = {
		SAYS(VERSION, "IOS 15.1\n"),
		SAYS(INVENTORY, "% Invalid input\n", .rejected = true)};
	const struct nf_store_output *output;

	(void)state;
	collection_make(&c);
	for (int i = 0; i < 3; i++) {
		collection_begin(&c, "R1");
		collection_say(&c, "R1", said, 2);
		collection_end(&c);
		output = collection_output(&c, "R1", INVENTORY);
		assert_int_equal(output->fate, NF_OUTPUT_LEFT_OUT);
		assert_int_equal(output->told, i > 0);
		assert_string_equal(output->path, "");
		assert_int_equal(collection_device(&c, "R1")->error.code,
				 NF_OK);
		collection_close(&c);
	}
	collection_run(&c, "R1", INVENTORY, "NAME: chassis\n");
	assert_fates("R1", NF_DEVICE_CHANGED, INVENTORY, NF_OUTPUT_ADDED);
	collection_close(&c);
	collection_remove(&c);
}

static void
test_a_command_of_the_user_that_is_refused_is_a_failure(void **state)
{
	static const char *const commands[] = {INVENTORY};
	const struct said said =
		SAYS(INVENTORY, "% Invalid input\n", .rejected = true);

	(void)state;
	collection_make(&c);
	c.commands = commands;
	c.ncommands = 1;
	collection_begin(&c, "R1");
	assert_false(c.poll.platform_commands);
	collection_say(&c, "R1", &said, 1);
	collection_end(&c);
	assert_fates("R1", NF_DEVICE_FAILED, INVENTORY, NF_OUTPUT_FAILED);
	assert_int_equal(collection_device(&c, "R1")->error.code,
			 NF_COMMAND_REJECTED);
	collection_close(&c);
	collection_remove(&c);
}

static void
test_a_device_that_refuses_all_of_its_platform_has_failed(void **state)
{
	const struct said said =
		SAYS(VERSION, "% Invalid input\n", .rejected = true);

	(void)state;
	collection_make(&c);
	collection_begin(&c, "R1");
	collection_say(&c, "R1", &said, 1);
	collection_end(&c);
	assert_fates("R1", NF_DEVICE_FAILED, VERSION, NF_OUTPUT_LEFT_OUT);
	assert_int_equal(collection_device(&c, "R1")->error.code,
			 NF_COMMAND_REJECTED);
	collection_close(&c);
	collection_remove(&c);
}

/* ---- devices that come and go */

static void
test_a_device_that_is_gone_is_told_once_and_keeps_its_files(void **state)
{
	(void)state;
	collection_make(&c);
	collection_run(&c, "R1 R2", VERSION, "IOS 15.1\n");
	collection_close(&c);
	c.options.whole = false;
	collection_run(&c, "R1", VERSION, "IOS 15.1\n");
	assert_int_equal(nf_store_size(c.store), 1);
	collection_close(&c);
	c.options.whole = true;
	collection_run(&c, "R1", VERSION, "IOS 15.1\n");
	assert_int_equal(nf_store_size(c.store), 2);
	assert_int_equal(collection_device(&c, "R2")->fate, NF_DEVICE_GONE);
	assert_string_equal(collection_device(&c, "R2")->host, "");
	assert_true(collection_device(&c, "R2")->succeeded_us != 0);
	collection_close(&c);
	collection_holds(&c, "R2/show_version", "IOS 15.1\n");
	collection_run(&c, "R1", VERSION, "IOS 15.1\n");
	assert_int_equal(nf_store_size(c.store), 1);
	collection_close(&c);
	/* It comes back: what it says is known. */
	collection_run(&c, "R1 R2", VERSION, "IOS 15.1\n");
	assert_true(collection_knew());
	assert_fates("R2", NF_DEVICE_SAME, VERSION, NF_OUTPUT_SAME);
	collection_close(&c);
	collection_run(&c, "R1", VERSION, "IOS 15.1\n");
	assert_int_equal(nf_store_size(c.store), 2);
	collection_close(&c);
	collection_remove(&c);
}

static void test_a_device_that_is_gone_is_removed_if_asked(void **state)
{
	(void)state;
	collection_make(&c);
	collection_run(&c, "R1 R2 R3", VERSION, "IOS 15.1\n");
	collection_close(&c);
	collection_run(&c, "R1 R3", VERSION, "IOS 15.1\n");
	collection_close(&c);
	c.options.remove_gone = true;
	collection_run(&c, "R1 R3", VERSION, "IOS 15.1\n");
	assert_int_equal(collection_device(&c, "R2")->fate, NF_DEVICE_GONE);
	collection_close(&c);
	collection_lacks(&c, "R2");
	collection_holds(&c, "R3/show_version", "IOS 15.1\n");
	assert_string_equal(
		collection_shell(&c,
				 "git log -1 --format='%s|%b'; git ls-files"),
		"collect: 1 removed|R2: removed\n\nR1/show_version\n"
		"R3/show_version\n");
	assert_string_equal(collection_shell(&c, "git status --porcelain"), "");
	collection_run(&c, "R1 R3", VERSION, "IOS 15.1\n");
	assert_int_equal(nf_store_size(c.store), 2);
	assert_true(collection_knew());
	collection_close(&c);
	collection_run(&c, "R1 R2 R3", VERSION, "IOS 15.1\n");
	assert_fates("R2", NF_DEVICE_ADDED, VERSION, NF_OUTPUT_ADDED);
	collection_close(&c);
	collection_remove(&c);
}

static void test_names_stay_below_the_folder_and_apart(void **state)
{
	static const char *const names[] = {".git", "..", "-x",   "a/b",
					    "A",    "a",  "$(id)"};
	static const struct said said =
		SAYS("show version | inc ../../x", "IOS 15.1\n");
	char all[128] = "";

	(void)state;
	collection_make(&c);
	for (size_t i = 0; i < LENGTH(names); i++) {
		size_t len = strlen(all);

		(void)snprintf(all + len, sizeof(all) - len, "%s%s",
			       i > 0 ? " " : "", names[i]);
	}
	for (int run = 0; run < 2; run++) {
		collection_begin(&c, all);
		for (size_t i = 0; i < LENGTH(names); i++) {
			collection_say(&c, names[i], &said, 1);
			assert_int_equal(collection_knew(), run > 0);
		}
		collection_end(&c);
		for (size_t i = 0; i < LENGTH(names); i++)
			assert_fates(names[i],
				     run > 0 ? NF_DEVICE_SAME : NF_DEVICE_ADDED,
				     said.command,
				     run > 0 ? NF_OUTPUT_SAME
					     : NF_OUTPUT_ADDED);
		collection_close(&c);
	}
	assert_string_equal(
		collection_shell(&c, "ls -d * | sed 's/~.*/~/'; ls .."),
		"%24%28id%29\n%2D"
		"x\n%2E.\n%2Egit\nA\na%2Fb\na~\nnet\n");
	assert_string_equal(collection_shell(&c, "git ls-files | wc -l"),
			    "7\n");
	collection_remove(&c);
}

/* A directory of the user's is in the way. */
static void test_what_cannot_be_put_in_its_place_is_no_success(void **state)
{
	struct nf_error err = {0};
	int64_t succeeded_us, failing_us = 0;

	(void)state;
	collection_make(&c);
	collection_run(&c, "R1", VERSION, "IOS 15.1\n");
	succeeded_us = collection_device(&c, "R1")->succeeded_us;
	assert_true(succeeded_us != 0);
	collection_close(&c);
	assert_string_equal(collection_shell(&c, "rm R1/show_version && "
						 "mkdir R1/show_version"),
			    "");
	for (int night = 1; night <= 2; night++) {
		const struct nf_store_device *device;

		collection_begin(&c, "R1");
		collection_say(&c, "R1",
			       &(struct said)SAYS(VERSION, "IOS 15.2\n"), 1);
		assert_int_equal(nf_store_commit(c.store, &err), -1);
		device = collection_device(&c, "R1");
		assert_fates("R1", NF_DEVICE_FAILED, VERSION, NF_OUTPUT_FAILED);
		assert_int_equal(device->error.stage, NF_STAGE_COMMAND);
		assert_int_equal(device->succeeded_us, succeeded_us);
		assert_true(device->failing_us != 0);
		assert_true(night == 1 || device->failing_us == failing_us);
		failing_us = device->failing_us;
		collection_close(&c);
	}
	collection_remove(&c);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_what_cannot_be_put_in_its_place_is_no_success),
	cmocka_unit_test(test_three_runs_add_keep_and_change),
	cmocka_unit_test(test_volatile_lines_make_no_change),
	cmocka_unit_test(test_a_new_rule_makes_no_change),
	cmocka_unit_test(test_what_is_no_good_answer_replaces_nothing),
	cmocka_unit_test(test_a_device_that_fails_keeps_what_came_whole),
	cmocka_unit_test(test_a_device_keeps_since_when_it_fails),
	cmocka_unit_test(test_what_was_not_tried_changes_no_time),
	cmocka_unit_test(test_a_shrunk_output_is_taken_in_the_third_run),
	cmocka_unit_test(test_another_answer_between_begins_the_count_again),
	cmocka_unit_test(
		test_a_shrunk_output_is_taken_of_a_device_named_for_it),
	cmocka_unit_test(
		test_the_end_mark_tells_whether_a_configuration_is_whole),
	cmocka_unit_test(
		test_what_the_platform_lists_in_vain_is_left_out_and_told_once),
	cmocka_unit_test(
		test_a_command_of_the_user_that_is_refused_is_a_failure),
	cmocka_unit_test(
		test_a_device_that_refuses_all_of_its_platform_has_failed),
	cmocka_unit_test(
		test_a_device_that_is_gone_is_told_once_and_keeps_its_files),
	cmocka_unit_test(test_a_device_that_is_gone_is_removed_if_asked),
	cmocka_unit_test(test_names_stay_below_the_folder_and_apart),
};

UNIT_MAIN(tests)
