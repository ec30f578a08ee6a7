/* lib/store/aside.c */
#include "store/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/tree.h"
#include "unit/unit.h"

static struct folder open_ok(const struct tree *tree)
{
	struct nf_error err = {0};
	struct folder folder;

	if (folder_open(&folder, tree_path(tree, "d"), true, &err) == -1)
		fail_msg("%s", err.message);
	return folder;
}

/* Write a file aside, and end it. */
static struct aside write_ok(const struct folder *folder, const char *text)
{
	struct nf_error err = {0};
	struct aside aside;

	if (aside_begin(&aside, folder, &err) == -1 ||
	    aside_write(&aside, text, strlen(text), &err) == -1 ||
	    aside_end(&aside, &err) == -1)
		fail_msg("%s", err.message);
	return aside;
}

static void places(struct aside *aside, const char *path, struct stat *st)
{
	struct nf_error err = {0};

	if (aside_place(aside, path, st, &err) == -1)
		fail_msg("%s", err.message);
}

/* ---- places */

static void test_a_file_is_seen_in_its_place_when_it_is_put_there(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree);
	struct aside aside = write_ok(&folder, "hostname R1\n");
	struct stat st, seen;
	char text[32] = "";
	int fd;

	(void)state;
	assert_int_equal(tree_count(&tree, "d"), 1); /* .netfan */
	fd = aside_open(&aside, NULL);
	assert_int_equal(read(fd, text, sizeof(text)), 12);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	(void)close(fd);
	assert_string_equal(text, "hostname R1\n");
	places(&aside, "R1/show_running-config", &st);
	tree_holds(&tree, "d/R1/show_running-config", text);
	assert_int_equal(
		stat(tree_path(&tree, "d/R1/show_running-config"), &seen), 0);
	assert_int_equal(st.st_ino, seen.st_ino);
	assert_int_equal(st.st_size, 12);
	assert_int_equal(st.st_mtim.tv_nsec, seen.st_mtim.tv_nsec);
	assert_int_equal(tree_count(&tree, "d/.netfan/aside"), 0);
	folder_close(&folder);
	tree_remove(&tree);
}

static void test_modes_are_the_users_alone_whatever_the_umask(void **state)
{
	struct tree tree = tree_make();
	mode_t before = umask(0777);
	struct folder folder;
	struct aside aside;

	(void)state;
	tree_drop_root(&tree);
	folder = open_ok(&tree);
	aside = write_ok(&folder, "x");
	places(&aside, "R1/show/2026-11-30T02:17:00Z", NULL);
	assert_int_equal(aside_link(&folder, "R1/show/latest",
				    "2026-11-30T02:17:00Z", NULL),
			 0);
	assert_int_equal(aside_replace(&folder, ".netfan/state", "x", 1, NULL),
			 0);
	(void)umask(before);
	assert_int_equal(tree_mode(&tree, "d/R1"), 0700);
	assert_int_equal(tree_mode(&tree, "d/R1/show"), 0700);
	assert_int_equal(tree_mode(&tree, "d/R1/show/2026-11-30T02:17:00Z"),
			 0600);
	assert_int_equal(tree_mode(&tree, "d/.netfan/state"), 0600);
	tree_holds(&tree, "d/R1/show/latest", "x");
	folder_close(&folder);
	tree_be_root();
	tree_remove(&tree);
}

static void test_a_new_file_replaces_the_old_one_whole(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree);
	struct aside first = write_ok(&folder, "a long text before\n");
	struct aside second = write_ok(&folder, "short\n");
	char text[64] = "";
	int reader;

	(void)state;
	assert_string_not_equal(first.name, second.name);
	places(&first, "R1/show", NULL);
	reader = open(tree_path(&tree, "d/R1/show"), O_RDONLY);
	places(&second, "R1/show", NULL);
	tree_holds(&tree, "d/R1/show", "short\n");
	assert_int_equal(read(reader, text, sizeof(text)), 19);
	(void)close(reader);
	assert_int_equal(tree_count(&tree, "d/R1"), 1);
	folder_close(&folder);
	tree_remove(&tree);
}

static void test_nothing_is_written_behind_a_link(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree);
	struct aside aside = write_ok(&folder, "secret\n");
	struct nf_error err = {0};

	(void)state;
	assert_int_equal(mkdir(tree_path(&tree, "out"), 0700), 0);
	tree_put(&tree, "out/file", "mine\n");
	assert_int_equal(symlink("../out", tree_path(&tree, "d/R1")), 0);
	assert_int_equal(aside_place(&aside, "R1/file", NULL, &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_non_null(strstr(err.message, "/d/R1 is a symbolic link"));
	assert_int_equal(aside_place(&aside, "R1/show/file", NULL, &err), -1);
	assert_int_equal(aside_replace(&folder, "R1/file", "x", 1, &err), -1);
	assert_int_equal(aside_link(&folder, "R1/file", "x", &err), -1);
	tree_holds(&tree, "out/file", "mine\n");
	assert_int_equal(tree_count(&tree, "out"), 1);
	/* A link in the place of the file itself is replaced. */
	assert_int_equal(unlink(tree_path(&tree, "d/R1")), 0);
	assert_int_equal(mkdir(tree_path(&tree, "d/R1"), 0700), 0);
	assert_int_equal(
		symlink("../../out/file", tree_path(&tree, "d/R1/show")), 0);
	places(&aside, "R1/show", NULL);
	tree_holds(&tree, "d/R1/show", "secret\n");
	tree_holds(&tree, "out/file", "mine\n");
	assert_int_equal(tree_count(&tree, "d/.netfan/aside"), 0);
	folder_close(&folder);
	tree_remove(&tree);
}

static void test_what_cannot_be_placed_is_aside_still(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree);
	struct aside aside = write_ok(&folder, "x");
	struct nf_error err = {0};
	struct stat st;

	(void)state;
	assert_int_equal(mkdir(tree_path(&tree, "d/R1"), 0700), 0);
	assert_int_equal(mkdir(tree_path(&tree, "d/R1/show"), 0700), 0);
	assert_int_equal(aside_place(&aside, "R1/show", &st, &err), -1);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_int_equal(err.sys_errno, EISDIR);
	assert_non_null(strstr(err.message, "/d/R1/show: Is a directory"));
	places(&aside, "R1/other", &st);
	assert_int_equal(st.st_size, 1);
	folder_close(&folder);
	tree_remove(&tree);
}

static void test_a_link_is_replaced_as_a_file_is(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree);
	char target[64] = "";

	(void)state;
	assert_int_equal(aside_link(&folder, "R1/latest", "first", NULL), 0);
	assert_int_equal(aside_link(&folder, "R1/latest", "second", NULL), 0);
	assert_int_equal(readlink(tree_path(&tree, "d/R1/latest"), target,
				  sizeof(target)),
			 6);
	assert_string_equal(target, "second");
	assert_int_equal(tree_count(&tree, "d/R1"), 1);
	assert_int_equal(tree_count(&tree, "d/.netfan/aside"), 0);
	folder_close(&folder);
	tree_remove(&tree);
}

/* ---- a full disk */

static rlim_t limit_files(rlim_t bytes)
{
	struct rlimit limit;
	rlim_t before;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	before = limit.rlim_cur;
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	return before;
}

static void test_a_full_disk_is_told_with_the_path(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree);
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct nf_error err = {0};
	struct aside aside;

	(void)state;
	assert_int_equal(aside_begin(&aside, &folder, NULL), 0);
	assert_int_equal(dup2(full, aside.fd), aside.fd);
	assert_int_equal(aside_write(&aside, "x", 1, &err), -1);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_int_equal(err.sys_errno, ENOSPC);
	assert_non_null(strstr(err.message, "/d/.netfan/aside/"));
	assert_non_null(strstr(err.message, ": No space left on device"));
	aside_drop(&aside);
	assert_int_equal(tree_count(&tree, "d/.netfan/aside"), 0);
	(void)close(full);
	folder_close(&folder);
	tree_remove(&tree);
}

/* The limit is in the middle of a write: a part of it goes through. */
static void test_a_file_that_is_too_large_leaves_the_old_one(void **state)
{
	static const char text[100];
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree);
	struct nf_error err = {0};
	rlim_t before;
	int rc;

	(void)state;
	assert_int_equal(
		aside_replace(&folder, ".netfan/state", "old", 3, NULL), 0);
	before = limit_files(50);
	rc = aside_replace(&folder, ".netfan/state", text, sizeof(text), &err);
	(void)limit_files(before);
	assert_int_equal(rc, -1);
	assert_int_equal(err.sys_errno, EFBIG);
	tree_holds(&tree, "d/.netfan/state", "old");
	assert_int_equal(tree_count(&tree, "d/.netfan/aside"), 0);
	folder_close(&folder);
	tree_remove(&tree);
}

static void test_an_error_of_the_end_is_told(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree);
	struct nf_error err = {0};
	struct aside aside;

	(void)state;
	assert_int_equal(aside_begin(&aside, &folder, NULL), 0);
	(void)close(aside.fd);
	assert_int_equal(aside_sync(&aside, &err), -1);
	assert_int_equal(err.sys_errno, EBADF);
	err = (struct nf_error){0};
	assert_int_equal(aside_end(&aside, &err), -1);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_int_equal(err.sys_errno, EBADF);
	aside_drop(&aside);
	folder_close(&folder);
	tree_remove(&tree);
}

static void test_a_directory_without_files_left_is_told(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree);
	struct nf_error err = {0};
	struct aside aside;

	(void)state;
	assert_int_equal(rmdir(tree_path(&tree, "d/.netfan/aside")), 0);
	assert_int_equal(aside_begin(&aside, &folder, &err), -1);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_int_equal(err.sys_errno, ENOENT);
	assert_int_equal(aside_link(&folder, "R1/latest", "x", &err), -1);
	assert_int_equal(aside_clean(&folder), 0);
	folder_close(&folder);
	tree_remove(&tree);
}

/* ---- what dead runs left */

static void test_only_files_of_its_own_kind_are_cleaned_away(void **state)
{
	static const char *const others[] = {"README", "0123456789abcde",
					     "0123456789abcdef0",
					     "0123456789ABCDEF"};
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree);
	struct aside aside;

	(void)state;
	for (size_t i = 0; i < LENGTH(others); i++) {
		char below[64];

		(void)snprintf(below, sizeof(below), "d/.netfan/aside/%s",
			       others[i]);
		tree_put(&tree, below, "");
	}
	for (int i = 0; i < 100; i++)
		(void)write_ok(&folder, "left");
	assert_int_equal(aside_begin(&aside, &folder, NULL), 0);
	assert_int_equal(aside_clean(&folder), 101);
	assert_int_equal(tree_count(&tree, "d/.netfan/aside"), LENGTH(others));
	assert_int_equal(aside_clean(&folder), 0);
	aside_drop(&aside);
	folder_close(&folder);
	tree_remove(&tree);
}

static void test_what_is_dropped_is_gone_but_not_from_its_place(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree);
	struct aside placed = write_ok(&folder, "x");
	struct aside dropped = write_ok(&folder, "y");

	(void)state;
	aside_drop(&dropped);
	assert_int_equal(tree_count(&tree, "d/.netfan/aside"), 1);
	places(&placed, "file", NULL);
	aside_drop(&placed);
	tree_holds(&tree, "d/file", "x");
	assert_int_equal(tree_count(&tree, "d/.netfan/aside"), 0);
	folder_close(&folder);
	tree_remove(&tree);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_file_is_seen_in_its_place_when_it_is_put_there),
	cmocka_unit_test(test_modes_are_the_users_alone_whatever_the_umask),
	cmocka_unit_test(test_a_new_file_replaces_the_old_one_whole),
	cmocka_unit_test(test_nothing_is_written_behind_a_link),
	cmocka_unit_test(test_what_cannot_be_placed_is_aside_still),
	cmocka_unit_test(test_a_link_is_replaced_as_a_file_is),
	cmocka_unit_test(test_a_full_disk_is_told_with_the_path),
	cmocka_unit_test(test_a_file_that_is_too_large_leaves_the_old_one),
	cmocka_unit_test(test_an_error_of_the_end_is_told),
	cmocka_unit_test(test_a_directory_without_files_left_is_told),
	cmocka_unit_test(test_only_files_of_its_own_kind_are_cleaned_away),
	cmocka_unit_test(test_what_is_dropped_is_gone_but_not_from_its_place),
};

UNIT_MAIN(tests)
