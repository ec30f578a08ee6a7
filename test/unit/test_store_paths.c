/* lib/store/paths.c */
#include "store/paths.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "unit/dice.h"
#include "unit/unit.h"

static void assert_escapes(const char *name, const char *file)
{
	char got[PATHS_NAME_MAX];

	paths_escape(got, name);
	assert_string_equal(got, file);
	assert_true(paths_is_name(got));
}

static void test_what_is_plain_stays_and_the_rest_is_escaped(void **state)
{
	static const char *const names[][2] = {
		{"R1", "R1"},
		{"core-1.example.net:2222", "core-1.example.net:2222"},
		{"a@b+c_d", "a@b+c_d"},
		{"show version", "show_version"},
		{"show ip route | include 10.0.0.0/8",
		 "show_ip_route_%7C_include_10.0.0.0%2F8"},
		{"2001:db8::1", "2001:db8::1"},
		{"100%", "100%25"},
		{"a~b", "a%7Eb"},
		{"a\\b\"c'd", "a%5Cb%22c%27d"},
		{"one\ntwo\ttabs\x7f", "one%0Atwo%09tabs%7F"},
		{"banner <<EOT\nhello\nEOT", "banner_%3C%3CEOT%0Ahello%0AEOT"},
		{"Z\xc3\xbcrich", "Z%C3%BCrich"},
		{" ", "_"},
		{"", "%"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++)
		assert_escapes(names[i][0], names[i][1]);
}

static void test_no_name_is_hidden_an_option_or_a_way_out(void **state)
{
	static const char *const names[][2] = {
		{".", "%2E"},
		{"..", "%2E."},
		{".git", "%2Egit"},
		{".netfan", "%2Enetfan"},
		{".gitattributes", "%2Egitattributes"},
		{"-x", "%2Dx"},
		{"--help", "%2D-help"},
		{"../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"},
		{"a/b", "a%2Fb"},
		{"/", "%2F"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++)
		assert_escapes(names[i][0], names[i][1]);
}

static void test_a_name_of_120_bytes_is_whole_and_a_longer_one_cut(void **state)
{
	char name[2048], want[PATHS_NAME_MAX];

	(void)state;
	memset(name, 'a', sizeof(name));
	name[120] = '\0';
	assert_escapes(name, name);
	/* SHA-256 by sha256sum(1) of 121 and of 1024 times "a", and so on. */
	name[120] = 'a';
	name[121] = '\0';
	(void)snprintf(want, sizeof(want), "%.111s~%s", name, "e9615320");
	assert_escapes(name, want);
	name[121] = 'a';
	name[1024] = '\0';
	(void)snprintf(want, sizeof(want), "%.111s~%s", name, "2edc9868");
	assert_escapes(name, want);
}

/* The 111 bytes that are left end before the escape, whatever is its place. */
static void test_no_escape_is_cut_in_two(void **state)
{
	char name[200], got[PATHS_NAME_MAX];

	(void)state;
	for (size_t i = 100; i < 120; i++) {
		memset(name, 'a', sizeof(name));
		name[i] = '\n';
		name[sizeof(name) - 1] = '\0';
		paths_escape(got, name);
		assert_true(strlen(got) <= 120);
		for (const char *at = got; (at = strchr(at, '%')) != NULL; at++)
			assert_memory_equal(at, "%0A", 3);
		assert_int_equal(got[strlen(got) - 9], '~');
	}
}

static void test_other_names_are_refused(void **state)
{
	static const char *const names[] = {
		"",    ".",     "..",  ".git", ".netfan",  "-x",
		"a/b", "/etc/", "a b", "a\n",  "\xc3\xbc", "a\\b"};
	char name[PATHS_NAME_MAX + 1] = "";

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++) {
		if (paths_is_name(names[i]))
			fail_msg("it takes '%s'", names[i]);
	}
	memset(name, 'a', PATHS_NAME_MAX);
	assert_false(paths_is_name(name));
	name[PATHS_NAME_MAX - 1] = '\0';
	assert_true(paths_is_name(name));
}

static void test_a_name_is_guessed_that_has_the_file(void **state)
{
	static const struct {
		const char *file;
		bool blanks;
		const char *name;
	} guesses[] = {
		{"show_version", true, "show version"},
		{"core_1", false, "core_1"},
		{"show_x%7Cb%2F", true, "show x|b/"},
		{"%2Egit", false, ".git"},
		{"%25", false, "%"},
		{"%", true, "%"},
		{"%2", true, "%2"},
		{"%00", true, "%00"},
		{"%2f", true, "%2f"}, /* no file is spelled so */
		{"%41", true, "%41"},
		{"a_long_one~0123abcd", true, "a_long_one~0123abcd"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(guesses); i++) {
		char name[PATHS_NAME_MAX];

		unit_where(guesses[i].file);
		assert_string_equal(
			paths_guess(name, guesses[i].file, guesses[i].blanks),
			guesses[i].name);
	}
}

/* ---- names of one directory */

static void test_of_two_that_fold_alike_the_later_one_has_an_end(void **state)
{
	struct paths paths = {0};
	const char *first = paths_take(&paths, "core");
	const char *second = paths_take(&paths, "CORE");

	(void)state;
	assert_string_equal(first, "core");
	/* printf CORE | sha256sum */
	assert_string_equal(second, "CORE~d53772");
	assert_string_equal(paths_take(&paths, "a b"), "a_b");
	/* printf a_b | sha256sum */
	assert_string_equal(paths_take(&paths, "a_b"), "a_b~648fa9");
	assert_ptr_equal(paths_take(&paths, "core"), first);
	assert_ptr_equal(paths_take(&paths, "CORE"), second);
	assert_int_equal(paths.n, 4);
	paths_release(&paths);
}

static void test_an_end_that_is_taken_is_made_anew(void **state)
{
	struct paths paths = {0};
	const char *file;

	(void)state;
	assert_int_equal(paths_keep(&paths, "x", "CORE~D53772"), 0);
	assert_string_equal(paths_take(&paths, "core"), "core");
	file = paths_take(&paths, "CORE");
	assert_non_null(file);
	assert_memory_equal(file, "CORE~", 5);
	assert_string_not_equal(file, "CORE~d53772");
	assert_int_equal(strlen(file), 11);
	paths_release(&paths);
}

static void test_names_of_an_earlier_run_keep_their_files(void **state)
{
	struct paths paths = {0};

	(void)state;
	assert_int_equal(paths_keep(&paths, "R1", "r1~123456"), 0);
	assert_int_equal(paths_keep(&paths, "r1", "R1"), 0);
	assert_string_equal(paths_take(&paths, "R1"), "r1~123456");
	assert_string_equal(paths_take(&paths, "r1"), "R1");
	assert_int_equal(paths_keep(&paths, "R1", "r1~123456"), 0);
	assert_int_equal(paths.n, 2);
	errno = 0;
	assert_int_equal(paths_keep(&paths, "R1", "other"), -1);
	assert_int_equal(errno, EEXIST);
	errno = 0;
	assert_int_equal(paths_keep(&paths, "other", "r1"), -1);
	assert_int_equal(errno, EEXIST);
	assert_int_equal(paths_keep(&paths, "evil", "../evil"), -1);
	assert_int_equal(errno, EINVAL);
	assert_null(paths_find(&paths, "evil"));
	paths_release(&paths);
}

static void test_a_row_is_found_by_its_name_alone(void **state)
{
	struct paths paths = {0};

	(void)state;
	assert_null(paths_find(&paths, "show version"));
	assert_non_null(paths_take(&paths, "show version"));
	paths_find(&paths, "show version")->at = 7;
	assert_null(paths_find(&paths, "show_version"));
	assert_null(paths_find(&paths, "SHOW VERSION"));
	for (int i = 0; i < 1000; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "R%d", i);
		assert_non_null(paths_take(&paths, name));
	}
	assert_int_equal(paths_find(&paths, "show version")->at, 7);
	assert_string_equal(paths_find(&paths, "R999")->file, "R999");
	paths_release(&paths);
	assert_null(paths_find(&paths, "R999"));
}

/* ---- any names */

#define NAMES 20000
#define NAME_MAX_LEN 1030

/* Names that differ in little, where that is dangerous. */
static void random_name(struct dice *dice, char *name)
{
	static const char *const stems[] = {"",        ".",
					    "..",      "-",
					    ".git",    "git~1",
					    ".netfan", "core",
					    "CORE",    "show version",
					    "a~b",     "%2E",
					    "../..",   "\xc3\xbc",
					    "a/b",     "show_version"};
	size_t len = dice_below(dice, 4);

	(void)snprintf(name, 16, "%s", stems[dice_below(dice, LENGTH(stems))]);
	if (dice_once_in(dice, 8))
		len = dice_below(dice, NAME_MAX_LEN - 20);
	name += strlen(name);
	if (dice_once_in(dice, 3)) {
		memset(name, 'x', len);
		name += len;
		len = 1;
	}
	for (size_t i = 0; i < len; i++) {
		static const char few[] = "aA _~%./-\n0fF";
		char any = (char)(1 + dice_below(dice, 255));

		*name++ = dice_once_in(dice, 4)
				  ? any
				  : few[dice_below(dice, sizeof(few) - 1)];
	}
	*name = '\0';
}

static int compare_folded(const void *a, const void *b)
{
	return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

/* Each name has a file of its own, also where capitals are none. */
static void test_any_names_have_good_files_of_their_own(void **state)
{
	static const char *files[NAMES];
	struct dice dice = {16};
	struct paths paths = {0};
	size_t ntwins = 0;

	(void)state;
	while (paths.n < NAMES) {
		char name[NAME_MAX_LEN + 8];
		size_t before = paths.n;
		const char *file;

		random_name(&dice, name);
		file = paths_take(&paths, name);
		assert_non_null(file);
		assert_string_equal(paths_take(&paths, name), file);
		assert_string_equal(paths_find(&paths, name)->file, file);
		if (paths.n == before)
			continue;
		files[before] = file;
		if (strlen(file) > 127 || !paths_is_name(file))
			fail_msg("'%s' is '%s'", name, file);
		ntwins += strlen(file) > 7 && file[strlen(file) - 7] == '~';
	}
	assert_true(ntwins > 100);
	qsort(files, NAMES, sizeof(files[0]), compare_folded);
	for (size_t i = 1; i < NAMES; i++) {
		if (strcasecmp(files[i - 1], files[i]) == 0)
			fail_msg("two names have '%s'", files[i]);
	}
	paths_release(&paths);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_what_is_plain_stays_and_the_rest_is_escaped),
	cmocka_unit_test(test_no_name_is_hidden_an_option_or_a_way_out),
	cmocka_unit_test(
		test_a_name_of_120_bytes_is_whole_and_a_longer_one_cut),
	cmocka_unit_test(test_no_escape_is_cut_in_two),
	cmocka_unit_test(test_other_names_are_refused),
	cmocka_unit_test(test_a_name_is_guessed_that_has_the_file),
	cmocka_unit_test(test_of_two_that_fold_alike_the_later_one_has_an_end),
	cmocka_unit_test(test_an_end_that_is_taken_is_made_anew),
	cmocka_unit_test(test_names_of_an_earlier_run_keep_their_files),
	cmocka_unit_test(test_a_row_is_found_by_its_name_alone),
	cmocka_unit_test(test_any_names_have_good_files_of_their_own),
};

UNIT_MAIN(tests)
