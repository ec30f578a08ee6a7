/* lib/hostkeys/known_hosts.c: known_hosts read. */
#include "hostkeys/known_hosts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/place.h"
#include "unit/unit.h"

/* ---- reading the file */

/* Must have this much new to tell. */
static void assert_new(struct known_hosts *file, const char *text)
{
	struct nf_error err = {0};
	char *got;
	size_t len;

	if (known_hosts_read(file, &got, &len, &err) == -1)
		fail_msg("%s", err.message);
	assert_int_equal(len, strlen(text));
	assert_memory_equal(got, text, len);
	free(got);
}

static void test_hostkeys_file_that_is_missing_is_empty(void **state)
{
	struct place place = place_make();
	struct known_hosts file = {.path = place.file};

	(void)state;
	assert_new(&file, "");
	place_put(place.file, "sw1 ...\n"); /* all is new in one made later */
	assert_new(&file, "sw1 ...\n");
	place_remove(&place);
}

static void test_hostkeys_file_is_read_on_from_where_it_ended(void **state)
{
	struct place place = place_make();
	struct known_hosts file = {.path = place.file};

	(void)state;
	place_put(place.file, "sw1 ...\nsw2 ...");
	assert_new(&file, "sw1 ...\nsw2 ...");
	assert_new(&file, "");
	place_put(place.file,
		  "sw1 ...\nsw2 ...\nsw3 ...\n"); /* the same inode */
	assert_new(&file, "\nsw3 ...\n");
	place_remove(&place);
}

/* As ssh-keygen -R and -H leave it, and an editor. */
static void test_hostkeys_file_that_was_replaced_is_read_anew(void **state)
{
	struct place place = place_make();
	struct known_hosts file = {.path = place.file};
	char other[160];

	(void)state;
	(void)snprintf(other, sizeof(other), "%s.new", place.file);
	place_put(place.file, "sw1 ...\nsw2 ...\n");
	assert_new(&file, "sw1 ...\nsw2 ...\n");
	place_put(other, "sw1 ...\nsw3 ...\nsw4 ...\n");
	assert_int_equal(rename(other, place.file), 0);
	assert_new(&file, "sw1 ...\nsw3 ...\nsw4 ...\n");
	place_put(place.file, "sw4 ...\n"); /* shorter than it was */
	assert_new(&file, "sw4 ...\n");
	place_remove(&place);
}

static void assert_refused(const char *path, int sys_errno)
{
	struct known_hosts file = {.path = path};
	struct nf_error err = {0};
	char *text = NULL;
	size_t len;

	assert_int_equal(known_hosts_read(&file, &text, &len, &err), -1);
	assert_null(text);
	assert_int_equal(err.code, NF_INVALID);
	assert_int_equal(err.sys_errno, sys_errno);
	assert_non_null(strstr(err.message, path));
	if (sys_errno != 0)
		assert_non_null(strstr(err.message, strerror(sys_errno)));
}

static void test_hostkeys_refuse_a_file_they_cannot_read(void **state)
{
	struct place place;

	(void)state;
	if (geteuid() == 0)
		UNIT_SKIP("root can read everything");
	place = place_make();
	place_put(place.file, "sw1 ...\n");
	assert_int_equal(chmod(place.file, 0), 0);
	assert_refused(place.file, EACCES);
	place_remove(&place);
}

static void test_hostkeys_refuse_a_path_that_leads_nowhere(void **state)
{
	struct place place = place_make();
	char path[160];

	(void)state;
	place_put(place.file, "");
	(void)snprintf(path, sizeof(path), "%s/below", place.file);
	assert_refused(path, ENOTDIR);
	place_remove(&place);
}

static void test_hostkeys_refuse_what_is_no_regular_file(void **state)
{
	struct place place = place_make();

	(void)state;
	assert_refused(place.dir, 0);
	assert_int_equal(mkfifo(place.file, 0600), 0);
	assert_refused(place.file, 0); /* and does not wait for a writer */
	place_remove(&place);
}

static void test_hostkeys_refuse_a_file_above_64_mib(void **state)
{
	struct place place = place_make();

	(void)state;
	place_put(place.file, "");
	assert_int_equal(truncate(place.file, 64 * 1024 * 1024 + 1), 0);
	assert_refused(place.file, 0);
	place_remove(&place);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_hostkeys_file_that_is_missing_is_empty),
	cmocka_unit_test(test_hostkeys_file_is_read_on_from_where_it_ended),
	cmocka_unit_test(test_hostkeys_file_that_was_replaced_is_read_anew),
	cmocka_unit_test(test_hostkeys_refuse_a_file_they_cannot_read),
	cmocka_unit_test(test_hostkeys_refuse_a_path_that_leads_nowhere),
	cmocka_unit_test(test_hostkeys_refuse_what_is_no_regular_file),
	cmocka_unit_test(test_hostkeys_refuse_a_file_above_64_mib),
};

UNIT_MAIN(tests)
