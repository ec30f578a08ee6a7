/* lib/store/kept: versions by date, for people without git. */
#include <stdio.h>
#include <string.h>

#include "unit/collection.h"
#include "unit/unit.h"

#define VERSION "show version"
#define DIR_OF "R1/show_version"

static struct collection c;

static void make(void)
{
	collection_make(&c);
	c.options.kind = NF_STORE_PLAIN;
}

static void run(const char *text)
{
	collection_run(&c, "R1", VERSION, text);
}

static void ran(const char *text)
{
	run(text);
	collection_close(&c);
}

static void assert_fate(enum nf_output_fate fate)
{
	assert_string_equal(
		nf_output_fate_name(collection_output(&c, "R1", VERSION)->fate),
		nf_output_fate_name(fate));
}

static const char *count(void)
{
	return collection_shell(&c, "ls " DIR_OF " | grep -c Z$");
}

static void test_a_change_makes_a_version_and_moves_the_link(void **state)
{
	(void)state;
	make();
	run("IOS 15.1\n");
	assert_fate(NF_OUTPUT_ADDED);
	assert_string_equal(collection_output(&c, "R1", VERSION)->path,
			    DIR_OF "/latest");
	collection_close(&c);
	run("IOS 15.1\n");
	assert_true(collection_knew());
	collection_close(&c);
	assert_string_equal(count(), "1\n");
	run("IOS 15.2\n");
	assert_fate(NF_OUTPUT_CHANGED);
	assert_string_equal(collection_diff(&c, "R1", VERSION, 0),
			    "@@ -1 +1 @@\n-IOS 15.1\n+IOS 15.2\n");
	assert_string_equal(nf_store_head(c.store), "");
	collection_close(&c);
	assert_string_equal(count(), "2\n");
	collection_holds(&c, DIR_OF "/latest", "IOS 15.2\n");
	assert_string_equal(collection_shell(&c,
					     "readlink " DIR_OF "/latest | sed "
					     "'s/[0-9]/9/g'"),
			    "9999-99-99T99:99:99Z\n");
	assert_string_equal(
		collection_shell(&c, "cat $(ls " DIR_OF "/*Z | head -n 1)"),
		"IOS 15.1\n");
	collection_lacks(&c, ".git");
	collection_remove(&c);
}

static void put_versions(void)
{
	static const char *const days[] = {"01", "02", "03", "04"};
	char path[64];

	for (size_t i = 0; i < LENGTH(days); i++) {
		(void)snprintf(path, sizeof(path),
			       DIR_OF "/2020-01-%sT00:00:00Z", days[i]);
		collection_put(&c, path, "old\n");
	}
}

static void tidy(void)
{
	struct nf_error err = {0};

	if (nf_store_tidy(c.store, &err) == -1)
		fail_msg("%s", err.message);
	collection_close(&c);
}

static void test_versions_are_kept_by_number(void **state)
{
	(void)state;
	make();
	ran("IOS 15.1\n");
	put_versions();
	run("IOS 15.1\n");
	tidy();
	assert_string_equal(count(), "5\n");
	c.options.keep = 2;
	run("IOS 15.1\n");
	tidy();
	assert_string_equal(collection_shell(&c,
					     "ls " DIR_OF
					     " | grep -v '^20[^2]\\|202[1-9]'"),
			    "2020-01-04T00:00:00Z\nlatest\n");
	assert_string_equal(count(), "2\n");
	collection_holds(&c, DIR_OF "/latest", "IOS 15.1\n");
	collection_remove(&c);
}

static void test_versions_are_kept_by_days(void **state)
{
	(void)state;
	make();
	ran("IOS 15.1\n");
	ran("IOS 15.2\n");
	put_versions();
	c.options.keep_days = 1;
	run("IOS 15.2\n");
	tidy();
	assert_string_equal(count(), "2\n");
	collection_remove(&c);
}

/* As of a machine without a battery, before it hears of the time: what it named
 * would be kept for ever in place of all else. */
static void test_versions_of_a_clock_that_was_ahead_go_first(void **state)
{
	(void)state;
	make();
	ran("IOS 15.1\n");
	put_versions();
	collection_put(&c, DIR_OF "/2090-01-01T00:00:00Z", "ahead\n");
	collection_put(&c, DIR_OF "/2090-01-02T00:00:00Z", "ahead\n");
	c.options.keep = 3;
	run("IOS 15.1\n");
	tidy();
	assert_string_equal(
		collection_shell(&c, "ls " DIR_OF " | grep '^20[29]0'"),
		"2020-01-03T00:00:00Z\n2020-01-04T00:00:00Z\n");
	assert_string_equal(count(), "3\n");
	collection_holds(&c, DIR_OF "/latest", "IOS 15.1\n");
	collection_remove(&c);
}

/* However old it is. */
static void test_the_latest_version_is_always_kept(void **state)
{
	(void)state;
	make();
	ran("IOS 15.1\n");
	assert_string_equal(collection_shell(&c,
					     "cd " DIR_OF " && mv *Z "
					     "2020-01-01T00:00:00Z && ln -sfn "
					     "2020-01-01T00:00:00Z latest"),
			    "");
	c.options.keep_days = 1;
	run("IOS 15.1\n");
	assert_true(collection_knew());
	tidy();
	collection_holds(&c, DIR_OF "/latest", "IOS 15.1\n");
	collection_remove(&c);
}

/* Killed behind the link. */
static void
test_a_version_that_nobody_was_told_of_is_told_by_the_next_run(void **state)
{
	(void)state;
	make();
	ran("IOS 15.1\n");
	assert_string_equal(collection_shell(&c, "cp .netfan/state .."), "");
	ran("IOS 15.2\n");
	assert_string_equal(collection_shell(&c, "cp ../state .netfan/state"),
			    "");
	run("IOS 15.2\n");
	assert_fate(NF_OUTPUT_CHANGED);
	assert_string_equal(collection_diff(&c, "R1", VERSION, 0),
			    "@@ -1 +1 @@\n-IOS 15.1\n+IOS 15.2\n");
	collection_close(&c);
	assert_string_equal(count(), "2\n");
	run("IOS 15.2\n");
	assert_true(collection_knew());
	collection_close(&c);
	collection_remove(&c);
}

static void test_a_plain_state_is_made_anew_from_the_files(void **state)
{
	(void)state;
	make();
	ran("IOS 15.1\n");
	assert_string_equal(collection_shell(&c, "rm .netfan/state"), "");
	run("IOS 15.1\n");
	assert_fate(NF_OUTPUT_SAME);
	assert_non_null(strstr(c.notes, "made anew"));
	collection_close(&c);
	run("IOS 15.1\n");
	assert_true(collection_knew());
	collection_close(&c);
	assert_string_equal(count(), "1\n");
	collection_remove(&c);
}

static void test_a_link_that_leads_out_is_no_version(void **state)
{
	(void)state;
	make();
	ran("IOS 15.1\n");
	assert_string_equal(collection_shell(&c, "echo secret >../x; "
						 "ln -sfn ../../../x " DIR_OF
						 "/latest"),
			    "");
	ran("IOS 15.1\n");
	collection_holds(&c, DIR_OF "/latest", "IOS 15.1\n");
	assert_string_equal(collection_shell(&c, "cat ../x"), "secret\n");
	collection_remove(&c);
}

/* Each night would leave a version that nobody is led to. */
static void test_a_version_without_its_link_is_taken_back(void **state)
{
	const struct said said = SAYS(VERSION, "IOS 15.2\n");
	struct nf_error err = {0};

	(void)state;
	make();
	ran("IOS 15.1\n");
	assert_string_equal(collection_shell(&c, "rm " DIR_OF
						 "/latest && mkdir " DIR_OF
						 "/latest"),
			    "");
	collection_begin(&c, "R1");
	collection_say(&c, "R1", &said, 1);
	assert_int_equal(nf_store_commit(c.store, &err), -1);
	assert_fate(NF_OUTPUT_FAILED);
	collection_close(&c);
	assert_string_equal(count(), "1\n");
	assert_string_equal(collection_shell(&c, "rmdir " DIR_OF "/latest"),
			    "");
	run("IOS 15.2\n");
	assert_fate(NF_OUTPUT_CHANGED);
	collection_close(&c);
	collection_holds(&c, DIR_OF "/latest", "IOS 15.2\n");
	collection_remove(&c);
}

static void
test_a_device_that_is_gone_is_removed_with_its_versions(void **state)
{
	(void)state;
	make();
	collection_run(&c, "R1 R2", VERSION, "IOS 15.1\n");
	collection_close(&c);
	collection_run(&c, "R1 R2", VERSION, "IOS 15.2\n");
	collection_close(&c);
	c.options.remove_gone = true;
	run("IOS 15.2\n");
	collection_close(&c);
	collection_lacks(&c, "R2");
	collection_remove(&c);
}

/* ---- two kinds */

static void assert_refused(enum nf_store_kind kind)
{
	struct nf_error err = {0};

	c.options.kind = kind;
	assert_int_equal(collection_try(&c, "R1", &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_non_null(strstr(err.message, "another directory"));
}

static void test_a_folder_is_of_one_kind_for_ever(void **state)
{
	(void)state;
	make();
	ran("IOS 15.1\n");
	assert_refused(NF_STORE_GIT);
	collection_lacks(&c, ".git");
	collection_remove(&c);

	collection_make(&c);
	ran("IOS 15.1\n");
	assert_refused(NF_STORE_PLAIN);
	/* Also when the state is lost. */
	assert_string_equal(collection_shell(&c, "rm .netfan/state"), "");
	assert_refused(NF_STORE_PLAIN);
	collection_remove(&c);
}

static void test_git_alone_is_pushed_and_keeps_all(void **state)
{
	struct nf_error err = {0};

	(void)state;
	make();
	run("IOS 15.1\n");
	assert_int_equal(nf_store_push(c.store, "origin", &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	collection_close(&c);
	collection_remove(&c);
	collection_make(&c);
	c.options.keep = 3;
	assert_int_equal(collection_try(&c, "R1", &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	collection_remove(&c);
}

/* As by a forgotten option, in the night after the state was lost. */
static void test_a_lost_state_does_not_change_the_kind(void **state)
{
	(void)state;
	make();
	ran("IOS 15.1\n");
	assert_string_equal(collection_shell(&c, "rm .netfan/state"), "");
	assert_refused(NF_STORE_GIT);
	collection_lacks(&c, ".git");
	c.options.kind = NF_STORE_PLAIN;
	run("IOS 15.1\n");
	assert_fate(NF_OUTPUT_SAME);
	collection_close(&c);
	collection_remove(&c);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_lost_state_does_not_change_the_kind),
	cmocka_unit_test(test_a_change_makes_a_version_and_moves_the_link),
	cmocka_unit_test(test_versions_are_kept_by_number),
	cmocka_unit_test(test_versions_are_kept_by_days),
	cmocka_unit_test(test_versions_of_a_clock_that_was_ahead_go_first),
	cmocka_unit_test(test_the_latest_version_is_always_kept),
	cmocka_unit_test(
		test_a_version_that_nobody_was_told_of_is_told_by_the_next_run),
	cmocka_unit_test(test_a_plain_state_is_made_anew_from_the_files),
	cmocka_unit_test(test_a_link_that_leads_out_is_no_version),
	cmocka_unit_test(test_a_version_without_its_link_is_taken_back),
	cmocka_unit_test(
		test_a_device_that_is_gone_is_removed_with_its_versions),
	cmocka_unit_test(test_a_folder_is_of_one_kind_for_ever),
	cmocka_unit_test(test_git_alone_is_pushed_and_keeps_all),
};

UNIT_MAIN(tests)
