/* cmd/collect/whole_file.c: files that are written whole, or not at all. */
#include "collect/whole_file.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "unit/place.h"
#include "unit/unit.h"

static void write_text(struct output *out, const void *arg)
{
	output_text(out, arg);
}

/* See that nothing but the file is in its directory, while it is written. */
static void write_and_look(struct output *out, const void *arg)
{
	const struct place *place = arg;
	DIR *dir = opendir(place->dir);
	const struct dirent *entry;
	size_t n = 0, len = strlen(place->file);

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		n++;
		assert_string_equal(strrchr(place->file, '/') + 1,
				    "known_hosts");
		assert_int_equal(strncmp(entry->d_name, "known_hosts.", 12), 0);
		assert_int_equal(strlen(place->dir) + 1 + strlen(entry->d_name),
				 len + 7);
	}
	(void)closedir(dir);
	assert_int_equal(n, 1);
	output_text(out, "new\n");
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static int entries(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n - 2;
}

static void test_a_file_has_its_mode_whatever_the_umask(void **state)
{
	struct place place = place_make();
	struct nf_error err = {.code = NF_OK};

	(void)state;
	(void)umask(077);
	assert_int_equal(
		whole_file_write(place.file, 0644, write_text, "a\n", &err), 0);
	place_holds(place.file, "a\n");
	assert_int_equal(mode_of(place.file), 0644);
	(void)umask(0);
	assert_int_equal(
		whole_file_write(place.file, 0600, write_text, "b\n", &err), 0);
	place_holds(place.file, "b\n");
	assert_int_equal(mode_of(place.file), 0600);
	assert_int_equal(entries(place.dir), 1);
	place_remove(&place);
}

/* Who reads *.prom sees nothing of it. */
static void test_a_file_has_another_name_until_it_is_whole(void **state)
{
	struct place place = place_make();
	struct nf_error err = {.code = NF_OK};

	(void)state;
	assert_int_equal(whole_file_write(place.file, 0600, write_and_look,
					  &place, &err),
			 0);
	place_holds(place.file, "new\n");
	place_remove(&place);
}

static void test_a_file_that_cannot_be_written_stays_as_it_was(void **state)
{
	struct place place = place_make();
	struct rlimit limit, none;
	struct nf_error err = {.code = NF_OK};
	int rc;

	(void)state;
	place_put(place.file, "old\n");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	none = limit;
	none.rlim_cur = 0;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	rc = whole_file_write(place.file, 0600, write_text, "new\n", &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(rc, -1);
	assert_non_null(strstr(err.message, place.file));
	assert_non_null(strstr(err.message, strerror(EFBIG)));
	place_holds(place.file, "old\n");
	assert_int_equal(entries(place.dir), 1);
	place_remove(&place);
}

static void test_a_directory_that_is_not_there_is_told(void **state)
{
	struct nf_error err = {.code = NF_OK};

	(void)state;
	assert_int_equal(whole_file_write("/nonexistent/a.prom", 0600,
					  write_text, "x", &err),
			 -1);
	assert_string_equal(err.message,
			    "/nonexistent/a.prom: No such file or directory");
}

/* By rename(2), a link would be lost with all that others see through it. */
static void test_a_link_stays_and_its_file_is_replaced(void **state)
{
	struct place place = place_make();
	struct nf_error err = {.code = NF_OK};
	char *link = NULL;
	struct stat st;

	(void)state;
	place_put(place.file, "old\n");
	assert_int_not_equal(asprintf(&link, "%s/link", place.dir), -1);
	assert_int_equal(symlink("known_hosts", link), 0);
	assert_int_equal(
		whole_file_write(link, 0600, write_text, "new\n", &err), 0);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	place_holds(place.file, "new\n");
	assert_int_equal(entries(place.dir), 2);
	assert_int_equal(unlink(link), 0);
	free(link);
	place_remove(&place);
}

/* As root, --report html=/dev/null would take it from the whole system: a pipe
 * stands for all that is no file. */
static void test_what_is_no_file_is_not_replaced(void **state)
{
	struct place place = place_make();
	struct nf_error err = {.code = NF_OK};
	struct stat st;

	(void)state;
	assert_int_equal(mkfifo(place.file, 0600), 0);
	assert_int_equal(
		whole_file_write(place.file, 0600, write_text, "x", &err), -1);
	assert_non_null(strstr(err.message, place.file));
	assert_non_null(strstr(err.message, "it is no file that could be"));
	assert_int_equal(lstat(place.file, &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	assert_int_equal(entries(place.dir), 1);
	assert_int_equal(
		whole_file_write(place.dir, 0600, write_text, "x", &err), -1);
	assert_non_null(strstr(err.message, strerror(EISDIR)));
	place_remove(&place);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_link_stays_and_its_file_is_replaced),
	cmocka_unit_test(test_what_is_no_file_is_not_replaced),
	cmocka_unit_test(test_a_file_has_its_mode_whatever_the_umask),
	cmocka_unit_test(test_a_file_has_another_name_until_it_is_whole),
	cmocka_unit_test(test_a_file_that_cannot_be_written_stays_as_it_was),
	cmocka_unit_test(test_a_directory_that_is_not_there_is_told),
};

UNIT_MAIN(tests)
