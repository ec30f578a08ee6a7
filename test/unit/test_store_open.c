/* lib/store/run: what is refused as a store is opened, and what cannot be written. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "unit/collection.h"
#include "unit/unit.h"

#define VERSION "show version"
#define FILE_OF "R1/show_version"

static struct collection c;

static void ran(const char *text)
{
	collection_run(&c, "R1", VERSION, text);
	collection_close(&c);
}

static void assert_refused(const char *words)
{
	struct nf_error err = {0};

	assert_int_equal(collection_try(&c, "R1", &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	if (strstr(err.message, words) == NULL)
		fail_msg("not '%s' but: %s", words, err.message);
}

static void test_options_that_are_wrong_are_refused(void **state)
{
	static const char *const bad[] = {"^(Clock"};

	(void)state;
	collection_make(&c);
	c.options.min_size_ratio = 1.5;
	assert_refused("1.5");
	c.options.min_size_ratio = (double)NAN;
	assert_refused("nan");
	c.options.min_size_ratio = 0;
	c.options.volatile_lines = bad;
	c.options.nvolatile_lines = 1;
	assert_refused("^(Clock");
	c.options.nvolatile_lines = 0;
	c.options.dir = "";
	assert_refused("directory");
	collection_remove(&c);
}

static void test_a_store_is_of_one_run_at_a_time(void **state)
{
	struct nf_error err = {0};
	struct nf_store *other;

	(void)state;
	collection_make(&c);
	collection_begin(&c, "R1");
	assert_int_equal(nf_store_open(&other, &c.options, &err), -1);
	assert_int_equal(err.code, NF_BUSY);
	collection_close(&c);
	assert_int_equal(nf_store_open(&other, &c.options, &err), 0);
	nf_store_free(other);
	collection_remove(&c);
}

static void test_a_store_in_git_wants_git(void **state)
{
	struct nf_error err = {0};
	const char *before = getenv("PATH");
	char *path = strdup(before != NULL ? before : "");

	(void)state;
	assert_non_null(path);
	collection_make(&c);
	assert_int_equal(setenv("PATH", "/nonexistent", 1), 0);
	assert_int_equal(collection_try(&c, "R1", &err), -1);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_int_equal(err.sys_errno, ENOENT);
	c.options.kind = NF_STORE_PLAIN;
	collection_begin(&c, "R1");
	collection_close(&c);
	assert_int_equal(setenv("PATH", path, 1), 0);
	free(path);
	collection_remove(&c);
}

/* ---- what cannot be written */

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void
test_an_output_that_cannot_be_written_fails_its_device_alone(void **state)
{
	static char big[32768];
	const struct said said[] = {SAYS("show inventory", big),
				    SAYS(VERSION, "IOS 15.2\n")};
	struct nf_error err = {0};

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	collection_make(&c);
	collection_run(&c, "R1 R2", VERSION, "IOS 15.1\n");
	collection_close(&c);
	collection_begin(&c, "R1 R2");
	limit_files(16384);
	assert_int_equal(collection_take(&c, "R1", NF_OK, said, 2, &err), -1);
	limit_files(RLIM_INFINITY);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_int_equal(err.sys_errno, EFBIG);
	collection_say(&c, "R2", &said[1], 1);
	collection_end(&c);
	assert_int_equal(collection_device(&c, "R1")->fate, NF_DEVICE_FAILED);
	assert_int_equal(collection_device(&c, "R1")->error.code, NF_SYSTEM);
	assert_int_equal(collection_output(&c, "R1", "show inventory")->fate,
			 NF_OUTPUT_FAILED);
	assert_int_equal(collection_output(&c, "R1", VERSION)->fate,
			 NF_OUTPUT_CHANGED);
	assert_int_equal(collection_device(&c, "R2")->fate, NF_DEVICE_CHANGED);
	collection_close(&c);
	collection_holds(&c, FILE_OF, "IOS 15.2\n");
	collection_lacks(&c, "R1/show_inventory");
	assert_string_equal(collection_shell(&c, "ls .netfan/aside"), "");
	assert_string_equal(collection_shell(&c, "git status --porcelain"), "");
	collection_remove(&c);
}

/* A link in the place of a device leads nowhere. */
static void
test_an_output_that_has_no_place_fails_its_device_alone(void **state)
{
	const struct said said = SAYS(VERSION, "IOS 15.2\n");
	struct nf_error err = {0};

	(void)state;
	collection_make(&c);
	collection_run(&c, "R1 R2", VERSION, "IOS 15.1\n");
	collection_close(&c);
	assert_string_equal(
		collection_shell(&c, "mv R1 ../R1 && ln -s ../R1 R1"), "");
	collection_begin(&c, "R1 R2");
	collection_say(&c, "R1", &said, 1);
	collection_say(&c, "R2", &said, 1);
	assert_int_equal(nf_store_commit(c.store, &err), -1);
	assert_non_null(strstr(err.message, "R1"));
	assert_int_equal(collection_device(&c, "R1")->fate, NF_DEVICE_FAILED);
	assert_int_equal(collection_output(&c, "R1", VERSION)->fate,
			 NF_OUTPUT_FAILED);
	assert_int_equal(collection_device(&c, "R2")->fate, NF_DEVICE_CHANGED);
	collection_close(&c);
	assert_string_equal(collection_shell(&c, "cat ../R1/show_version"),
			    "IOS 15.1\n");
	collection_holds(&c, "R2/show_version", "IOS 15.2\n");
	/* Out of the way, it is there again. */
	assert_string_equal(collection_shell(&c, "rm R1"), "");
	ran("IOS 15.2\n");
	collection_holds(&c, FILE_OF, "IOS 15.2\n");
	assert_string_equal(collection_shell(&c, "git status --porcelain"), "");
	collection_remove(&c);
}

/* What is in its place, but could not be recorded, is recorded by the next
 * run. */
static void test_what_was_not_recorded_is_recorded_by_the_next_run(void **state)
{
	const struct said said = SAYS(VERSION, "IOS 15.2\n");
	struct nf_error err = {0};

	(void)state;
	collection_make(&c);
	ran("IOS 15.1\n");
	collection_begin(&c, "R1");
	collection_say(&c, "R1", &said, 1);
	assert_string_equal(collection_shell(&c, "mv .git/objects ../objects"),
			    "");
	assert_int_equal(nf_store_commit(c.store, &err), -1);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_non_null(strstr(err.message, "the files are kept"));
	assert_int_equal(collection_device(&c, "R1")->fate, NF_DEVICE_CHANGED);
	collection_close(&c);
	collection_holds(&c, FILE_OF, "IOS 15.2\n");
	assert_string_equal(
		collection_shell(&c,
				 "rm -rf .git/objects && mv ../objects .git"),
		"");
	ran("IOS 15.2\n");
	assert_string_equal(collection_shell(&c, "git show HEAD:" FILE_OF
						 "; git status --porcelain"),
			    "IOS 15.2\n");
	collection_remove(&c);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_options_that_are_wrong_are_refused),
	cmocka_unit_test(test_a_store_is_of_one_run_at_a_time),
	cmocka_unit_test(test_a_store_in_git_wants_git),
	cmocka_unit_test(
		test_an_output_that_cannot_be_written_fails_its_device_alone),
	cmocka_unit_test(
		test_an_output_that_has_no_place_fails_its_device_alone),
	cmocka_unit_test(
		test_what_was_not_recorded_is_recorded_by_the_next_run),
};

UNIT_MAIN(tests)
