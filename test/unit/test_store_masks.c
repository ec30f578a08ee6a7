/* lib/store/kept: secrets become marks in what is kept. */
#include <stdio.h>
#include <string.h>

#include "unit/collection.h"
#include "unit/unit.h"

#define CONFIG "show running-config"
#define FILE_OF "R1/show_running-config"

static struct collection c;

static const char *config(const char *community)
{
	static char text[256];

	(void)snprintf(text, sizeof(text),
		       "hostname R1\nsnmp-server community %s RO\nend\n",
		       community);
	return text;
}

static void run(const char *community)
{
	collection_run(&c, "R1", CONFIG, config(community));
}

/* The text is nowhere in the folder. */
static void assert_nowhere(const char *text)
{
	char command[128];

	(void)snprintf(command, sizeof(command), "grep -rl %s . ; true", text);
	assert_string_equal(collection_shell(&c, command), "");
}

static void assert_fate(enum nf_output_fate fate)
{
	assert_string_equal(
		nf_output_fate_name(collection_output(&c, "R1", CONFIG)->fate),
		nf_output_fate_name(fate));
}

static void
test_a_changed_secret_is_a_change_that_does_not_show_it(void **state)
{
	const char *diff;

	(void)state;
	collection_make(&c);
	c.options.masks = NF_MASKS_ON;
	run("hidden1");
	assert_string_equal(c.notes, "");
	collection_close(&c);
	run("hidden1");
	assert_true(collection_knew());
	collection_close(&c);
	run("hidden2");
	assert_fate(NF_OUTPUT_CHANGED);
	diff = collection_diff(&c, "R1", CONFIG, NF_SHOW_SECRETS);
	assert_non_null(strstr(diff, "\n-snmp-server community <secret:"));
	assert_non_null(strstr(diff, "\n+snmp-server community <secret:"));
	assert_null(strstr(diff, "hidden"));
	collection_close(&c);
	assert_nowhere("hidden");
	assert_string_equal(collection_shell(&c, "git log -p | grep -c hidden"),
			    "0\n");
	collection_remove(&c);
}

static void test_a_diff_shows_marks_unless_secrets_are_asked_for(void **state)
{
	(void)state;
	collection_make(&c);
	run("hidden1");
	collection_close(&c);
	run("hidden2");
	assert_null(strstr(collection_diff(&c, "R1", CONFIG, 0), "hidden"));
	assert_non_null(
		strstr(collection_diff(&c, "R1", CONFIG, NF_SHOW_SECRETS),
		       "+snmp-server community hidden2 RO\n"));
	collection_close(&c);
	collection_remove(&c);
}

static void test_masks_that_are_switched_on_later_reach_all_files(void **state)
{
	(void)state;
	collection_make(&c);
	collection_run(&c, "R1 R2 R3", CONFIG, config("hidden1"));
	collection_close(&c);
	c.options.masks = NF_MASKS_ON;
	/* R2 does not answer, R3 is gone. */
	collection_begin(&c, "R1 R2");
	collection_say(&c, "R1", &(struct said)SAYS(CONFIG, config("hidden1")),
		       1);
	assert_true(collection_knew());
	collection_fail(&c, "R2", NF_REFUSED);
	collection_end(&c);
	assert_non_null(strstr(c.notes, "in 3 files; what was kept before "
					"still has them"));
	assert_fate(NF_OUTPUT_SAME);
	assert_int_equal(collection_device(&c, "R1")->changes, 0);
	assert_true(nf_store_head(c.store)[0] != '\0');
	collection_close(&c);
	assert_nowhere("hidden");
	assert_string_equal(collection_shell(&c, "git status --porcelain"), "");
	run("hidden1");
	assert_string_equal(c.notes, "");
	assert_true(collection_knew());
	assert_string_equal(nf_store_head(c.store), "");
	collection_close(&c);
	assert_string_equal(collection_shell(&c, "rm .netfan/state"), "");
	run("hidden1");
	assert_int_equal(collection_device(&c, "R1")->changes, 0);
	collection_close(&c);
	collection_remove(&c);
}

static void test_masks_stay_until_they_are_switched_off(void **state)
{
	(void)state;
	collection_make(&c);
	c.options.masks = NF_MASKS_ON;
	run("hidden1");
	collection_close(&c);
	c.options.masks = NF_MASKS_AS_BEFORE;
	run("hidden1");
	assert_true(collection_knew());
	collection_close(&c);
	run("hidden2");
	assert_fate(NF_OUTPUT_CHANGED);
	assert_string_equal(c.notes, "");
	collection_close(&c);
	assert_nowhere("hidden");
	c.options.masks = NF_MASKS_OFF;
	run("hidden2");
	assert_non_null(strstr(c.notes, ": secrets are kept from now on"));
	collection_close(&c);
	c.options.masks = NF_MASKS_AS_BEFORE;
	run("hidden2");
	assert_true(collection_knew());
	assert_string_equal(c.notes, "");
	collection_close(&c);
	collection_holds(&c, FILE_OF, config("hidden2"));
	collection_remove(&c);
}

/* The mark stands where it begins in one piece that is read, and ends in the
 * next. */
static void test_masks_stay_where_the_state_is_lost(void **state)
{
	static char text[(size_t)64 * 1024 + 64];
	const char *const line = "snmp-server community hidden1 RO\n";
	char *at = text;

	(void)state;
	collection_make(&c);
	c.options.masks = NF_MASKS_ON;
	while (at < text + (size_t)64 * 1024 - 32)
		*at++ = '\n';
	memcpy(at, line, strlen(line) + 1);
	collection_run(&c, "R1", CONFIG, text);
	collection_close(&c);
	assert_string_equal(collection_shell(&c, "rm .netfan/state"), "");
	c.options.masks = NF_MASKS_AS_BEFORE;
	run("hidden2");
	collection_close(&c);
	assert_nowhere("hidden");
	collection_remove(&c);
}

static void test_one_file_that_is_masked_is_one(void **state)
{
	(void)state;
	collection_make(&c);
	run("hidden1");
	collection_close(&c);
	c.options.masks = NF_MASKS_ON;
	run("hidden1");
	assert_non_null(strstr(c.notes, " in 1 file; "));
	collection_close(&c);
	collection_put(&c, FILE_OF, "mine\n");
	run("hidden1");
	assert_non_null(strstr(c.notes, ": 1 file is not as the last run"));
	collection_close(&c);
	collection_remove(&c);
}

static void test_masks_that_are_switched_off_make_no_change(void **state)
{
	(void)state;
	collection_make(&c);
	c.options.masks = NF_MASKS_ON;
	run("hidden1");
	collection_close(&c);
	c.options.masks = NF_MASKS_OFF;
	run("hidden1");
	assert_fate(NF_OUTPUT_SAME);
	collection_close(&c);
	collection_holds(&c, FILE_OF, config("hidden1"));
	run("hidden1");
	assert_true(collection_knew());
	collection_close(&c);
	collection_remove(&c);
}

static void
test_a_changed_secret_is_seen_as_masks_are_switched_off(void **state)
{
	(void)state;
	collection_make(&c);
	c.options.masks = NF_MASKS_ON;
	run("hidden1");
	collection_close(&c);
	c.options.masks = NF_MASKS_OFF;
	run("hidden2");
	assert_fate(NF_OUTPUT_CHANGED);
	collection_close(&c);
	collection_remove(&c);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		test_a_changed_secret_is_a_change_that_does_not_show_it),
	cmocka_unit_test(test_a_diff_shows_marks_unless_secrets_are_asked_for),
	cmocka_unit_test(test_masks_that_are_switched_on_later_reach_all_files),
	cmocka_unit_test(test_masks_stay_until_they_are_switched_off),
	cmocka_unit_test(test_masks_stay_where_the_state_is_lost),
	cmocka_unit_test(test_one_file_that_is_masked_is_one),
	cmocka_unit_test(test_masks_that_are_switched_off_make_no_change),
	cmocka_unit_test(
		test_a_changed_secret_is_seen_as_masks_are_switched_off),
};

UNIT_MAIN(tests)
