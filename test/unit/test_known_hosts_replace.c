/* lib/hostkeys/known_hosts.c: a file that takes the place of another. */
#include "hostkeys/known_hosts.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/place.h"
#include "unit/unit.h"

#define FILE_NAME "known_hosts"

static char dir[] = "/tmp/netfan-replace.XXXXXX";

static int enter(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof(dir), "/tmp/netfan-replace.XXXXXX");
	return mkdtemp(dir) == NULL || chdir(dir) == -1 ? -1 : 0;
}

static int leave(void **state)
{
	static const char *const names[] = {FILE_NAME, FILE_NAME ".old", "link",
					    "link.old"};

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++)
		(void)unlink(names[i]);
	/* Nothing else was left behind. */
	return chdir("/") == -1 ? -1 : rmdir(dir);
}

static void put(const char *path, int flags, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
}

static void assert_text(const char *path, const char *text)
{
	char bytes[256];
	FILE *file = fopen(path, "re");
	size_t len;

	assert_non_null(file);
	len = fread(bytes, 1, sizeof(bytes) - 1, file);
	bytes[len] = '\0';
	(void)fclose(file);
	assert_string_equal(bytes, text);
}

/* Lock a file and read it, as who replaces it does. */
static int begin(struct known_hosts *file)
{
	struct nf_error err;
	char *text;
	size_t len;
	int fd;

	assert_int_equal(known_hosts_lock(file, &fd, &err), 1);
	assert_int_equal(known_hosts_read_on(file, fd, &text, &len, &err), 0);
	free(text);
	return fd;
}

static void replace(struct known_hosts *file, int fd, const char *text)
{
	struct nf_error err;

	assert_int_equal(
		known_hosts_replace(file, fd, text, strlen(text), &err), 0);
	assert_int_equal(known_hosts_unlock(file, fd, &err), 0);
}

static void test_the_new_file_has_the_mode_and_the_old_one_stays(void **state)
{
	struct known_hosts file = {.path = FILE_NAME};
	struct stat st;

	(void)state;
	put(FILE_NAME, 0, "a\nb\n");
	put(FILE_NAME ".old", 0, "older\n");
	assert_int_equal(chmod(FILE_NAME, 0640), 0);
	replace(&file, begin(&file), "b\n");
	assert_text(FILE_NAME, "b\n");
	assert_text(FILE_NAME ".old", "a\nb\n");
	assert_int_equal(stat(FILE_NAME, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

static void test_a_link_stays_a_link(void **state)
{
	struct known_hosts file = {.path = "link"};
	struct stat st;

	(void)state;
	put(FILE_NAME, 0, "a\n");
	assert_int_equal(symlink(FILE_NAME, "link"), 0);
	replace(&file, begin(&file), "");
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_text(FILE_NAME, "");
	assert_text(FILE_NAME ".old", "a\n");
}

/* As ssh(1) does, which asks for no lock. */
static void test_what_others_append_meanwhile_is_kept(void **state)
{
	struct known_hosts file = {.path = FILE_NAME};
	int fd;

	(void)state;
	put(FILE_NAME, 0, "a\nb\n");
	fd = begin(&file);
	put(FILE_NAME, O_APPEND, "c\n");
	replace(&file, fd, "b");
	assert_text(FILE_NAME, "b\nc\n");
	assert_text(FILE_NAME ".old", "a\nb\nc\n");
}

/* Who had it open before, and gets its lock after. */
static void test_the_lock_of_a_replaced_file_is_none(void **state)
{
	struct known_hosts file = {.path = FILE_NAME};
	struct nf_error err;
	int fd, other;

	(void)state;
	put(FILE_NAME, 0, "a\n");
	fd = begin(&file);
	assert_int_equal(known_hosts_lock(&file, &other, &err), 0);
	replace(&file, fd, "");
	assert_int_equal(known_hosts_lock(&file, &other, &err), 1);
	assert_int_equal(known_hosts_append(&file, other, "\nb\n", 3, &err), 0);
	assert_int_equal(known_hosts_unlock(&file, other, &err), 0);
	assert_text(FILE_NAME, "b\n");
}

/* A directory in the place of the old one cannot be taken away. */
static void test_where_it_fails_the_file_is_as_it_was(void **state)
{
	struct known_hosts file = {.path = FILE_NAME};
	struct nf_error err;
	int fd;

	(void)state;
	put(FILE_NAME, 0, "a\n");
	assert_int_equal(mkdir(FILE_NAME ".old", 0700), 0);
	fd = begin(&file);
	assert_int_equal(known_hosts_replace(&file, fd, "", 0, &err), -1);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_non_null(strstr(err.message, FILE_NAME ": host keys cannot be "
						      "taken out: "));
	assert_int_equal(known_hosts_unlock(&file, fd, &err), 0);
	assert_text(FILE_NAME, "a\n");
	assert_int_equal(rmdir(FILE_NAME ".old"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)
static const struct CMUnitTest tests[] = {
	TEST(test_the_new_file_has_the_mode_and_the_old_one_stays),
	TEST(test_a_link_stays_a_link),
	TEST(test_what_others_append_meanwhile_is_kept),
	TEST(test_the_lock_of_a_replaced_file_is_none),
	TEST(test_where_it_fails_the_file_is_as_it_was),
};

UNIT_MAIN(tests)
