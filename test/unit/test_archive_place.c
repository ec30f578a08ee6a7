/* lib/store/archive/place.c */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/archive/archive_parts.h"
#include "unit/unit.h"

/* An archive of two devices. */
static struct nf_archive archive;
static const struct state_device *by_dir[2];

static void add_device(const char *name, const char *command)
{
	struct state_device *device = state_device(&archive.state, name);
	struct state_file *file;

	assert_non_null(device);
	file = state_file(device, command);
	assert_non_null(file);
	file->kept = true;
}

static int set_up(void **state)
{
	static char path[] = "/kept";

	(void)state;
	archive =
		(struct nf_archive){.folder = {.path = path}, .by_dir = by_dir};
	add_device("R1", "show version");
	add_device("a/b", "show interface Gi0/1");
	for (size_t i = 0; i < LENGTH(by_dir); i++)
		by_dir[i] = &archive.state.devices[i]; /* R1, a%2Fb: sorted */
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	state_release(&archive.state);
	return 0;
}

static void assert_place(const char *device, const char *command,
			 const char *want)
{
	struct archive_place place;

	place_find(&place, &archive, device, command);
	assert_string_equal(place.path, want);
}

static void assert_owner(const char *path, const char *device,
			 const char *command)
{
	struct archive_owner owner;

	unit_where(path);
	assert_true(place_owner(&owner, &archive, path));
	assert_string_equal(owner.device, device);
	assert_string_equal(owner.command, command);
}

static void assert_message(const char *device, const char *command,
			   const char *want)
{
	struct archive_place place;
	struct nf_error err = {.code = NF_OK};

	place_find(&place, &archive, device, command);
	assert_int_equal(place_refuse(&archive, &place, &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_string_equal(err.message, want);
}

static void test_a_place_has_the_names_that_the_state_gave(void **state)
{
	(void)state;
	assert_place("R1", NULL, "R1");
	assert_place("R1", "show version", "R1/show_version");
	assert_place("a/b", "show interface Gi0/1",
		     "a%2Fb/show_interface_Gi0%2F1");
}

static void test_a_place_that_is_not_known_is_below_the_folder(void **state)
{
	(void)state;
	assert_place("../R1", "/etc/passwd", "%2E.%2FR1/%2Fetc%2Fpasswd");
	assert_place("", "", "%/%");
}

static void test_a_command_may_be_abbreviated_word_by_word(void **state)
{
	static const char *const others[] = {
		"show",    "show version x", "show versions", "show  version",
		"version", "how ver",        "show v ",       " show v",
	};
	struct archive_place place;

	(void)state;
	assert_place("R1", "sh ver", "R1/show_version");
	assert_place("R1", "s v", "R1/show_version");
	place_find(&place, &archive, "R1", "sh ver");
	assert_string_equal(place.command, "show version");
	for (size_t i = 0; i < LENGTH(others); i++) {
		unit_where(others[i]);
		place_find(&place, &archive, "R1", others[i]);
		assert_null(place.known_file);
	}
}

static void test_an_abbreviation_of_two_commands_is_none(void **state)
{
	(void)state;
	add_device("R1", "show vlan");
	add_device("R1", "show ver");
	assert_place("R1", "show ver", "R1/show_ver");
	assert_place("R1", "show vl", "R1/show_vlan");
	assert_place("R1", "show v", "R1/show_v");
}

static void test_a_path_has_the_names_of_the_state(void **state)
{
	(void)state;
	assert_owner("R1/show_version", "R1", "show version");
	assert_owner("a%2Fb/show_interface_Gi0%2F1", "a/b",
		     "show interface Gi0/1");
}

static void
test_a_path_that_is_not_known_has_the_names_of_its_files(void **state)
{
	(void)state;
	assert_owner("R1/show_clock", "R1", "show clock");
	assert_owner("old%2Fone/show_x%7Cb", "old/one", "show x|b");
	assert_owner("%00/%4", "%00", "%4");
	assert_owner("%/%25", "%", "%");
}

/* What is found in history can be asked for by the name that is told. */
static void test_the_name_of_a_path_leads_back_to_it(void **state)
{
	static const char *const paths[] = {
		"old%2Fone/show_x%7Cb",
		"%2Egit/%2D-all",
		"R9/show_version",
		"a%25b/%7E",
	};
	struct archive_owner owner;

	(void)state;
	for (size_t i = 0; i < LENGTH(paths); i++) {
		unit_where(paths[i]);
		assert_true(place_owner(&owner, &archive, paths[i]));
		assert_place(owner.device, owner.command, paths[i]);
	}
}

static void test_a_path_of_something_else_is_no_output(void **state)
{
	static const char *const paths[] = {
		"README",      "R1/",        "/show_version", "R1/deeper/file",
		".git/config", "R1/.hidden", "R1/with blank", "",
	};
	struct archive_owner owner;

	(void)state;
	for (size_t i = 0; i < LENGTH(paths); i++) {
		unit_where(paths[i]);
		assert_false(place_owner(&owner, &archive, paths[i]));
	}
}

static void test_what_is_not_there_is_told_with_the_nearest(void **state)
{
	(void)state;
	assert_message("R2", NULL,
		       "there is no device 'R2' in /kept: did you mean 'R1'?");
	assert_message("nonsense", "show version",
		       "there is no device 'nonsense' in /kept");
	assert_message("R1", "show versoin",
		       "nothing is kept of 'show versoin' of R1: did you mean "
		       "'show version'?");
	assert_message("R1", "version",
		       "nothing is kept of 'version' of R1, but there is: "
		       "show version");
	assert_message("R1", NULL, "nothing is kept yet of R1");
}

/* To tell a slip from what is meant for another command. */
static void test_only_a_name_like_none_other_has_an_errno(void **state)
{
	struct archive_place place;
	struct nf_error err = {.code = NF_OK};

	(void)state;
	place_find(&place, &archive, "nonsense", NULL);
	(void)place_refuse(&archive, &place, &err);
	assert_int_equal(err.sys_errno, ENODEV);
	place_find(&place, &archive, "R2", NULL);
	(void)place_refuse(&archive, &place, &err);
	assert_int_equal(err.sys_errno, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	TEST(test_a_place_has_the_names_that_the_state_gave),
	TEST(test_a_place_that_is_not_known_is_below_the_folder),
	TEST(test_a_command_may_be_abbreviated_word_by_word),
	TEST(test_an_abbreviation_of_two_commands_is_none),
	TEST(test_a_path_has_the_names_of_the_state),
	TEST(test_a_path_that_is_not_known_has_the_names_of_its_files),
	TEST(test_the_name_of_a_path_leads_back_to_it),
	TEST(test_a_path_of_something_else_is_no_output),
	TEST(test_what_is_not_there_is_told_with_the_nearest),
	TEST(test_only_a_name_like_none_other_has_an_errno),
};

UNIT_MAIN(tests)
