/* lib/store/git/read.c */
#include "store/git.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "unit/storedir.h"
#include "unit/unit.h"

#define SH(script, output) storedir_expect(&store, script, output)

static struct storedir store;
static struct buf taken;
static size_t give_up_at;

static int set_up(void **state)
{
	(void)state;
	storedir_make(&store);
	buf_init(&taken, (size_t)16 << 20);
	give_up_at = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_release(&taken);
	storedir_remove(&store);
	return 0;
}

static int take(void *arg, const uint8_t *bytes, size_t len)
{
	(void)arg;
	assert_int_equal(buf_append(&taken, bytes, len), 0);
	return give_up_at != 0 && taken.len >= give_up_at ? -1 : 0;
}

static int take_row(void *arg, const struct git_commit *commit)
{
	(void)arg;
	assert_int_equal(strlen(commit->commit), 40);
	assert_int_equal(buf_print(&taken, "%s %lld %c %s\n", commit->subject,
				   (long long)commit->when_s, commit->status,
				   commit->path),
			 0);
	return give_up_at != 0 && taken.len >= give_up_at ? -1 : 0;
}

static const char *text(void)
{
	assert_int_equal(buf_append(&taken, "", 1), 0);
	taken.len = 0;
	return (const char *)taken.data;
}

/* Three commits of the user's, at times that are known. */
#define COMMIT(n)                                                              \
	"export GIT_COMMITTER_DATE='" #n "000 +0200'; git add -A && "          \
	"git commit -q -m 'commit " #n "'"

static void make_three(void)
{
	storedir_open(&store);
	storedir_put(&store, "R1/show_version", "one\n");
	storedir_put(&store, "R2/show_version", "one\n");
	SH(COMMIT(1000001), "");
	storedir_put(&store, "R1/show_version", "two\n");
	storedir_put(&store, "R[1]/a*", "star\n");
	SH(COMMIT(1000002), "");
	SH("rm -r R2", "");
	SH(COMMIT(1000003), "");
}

static int find(const char *rev, int64_t before, int64_t *when_s)
{
	return git_find(store.git, rev, before, store.head, when_s, &store.err);
}

static int show(const char *rev, const char *path)
{
	return git_show(store.git, rev, path, take, NULL, &store.err);
}

static int log_of(const char *path)
{
	return git_log(store.git, path, take_row, NULL, &store.err);
}

static void test_a_revision_is_what_git_takes_for_one(void **state)
{
	static const char *const none[] = {"",     "-1",     "--all",
					   "nope", "HEAD~9", "HEAD:R1",
					   "\n",   "v1..v2", "HEAD^{tree}"};
	char abbreviated[8] = "";
	int64_t when_s;

	(void)state;
	make_three();
	assert_int_equal(find("HEAD", 0, &when_s), 1);
	assert_int_equal(when_s, 1000003000);
	storedir_expect(&store, "git rev-parse HEAD", store.head);
	memcpy(abbreviated, store.head, 7);
	assert_int_equal(find(abbreviated, 0, &when_s), 1);
	assert_int_equal(when_s, 1000003000);
	assert_int_equal(find("main~2", 0, &when_s), 1);
	assert_int_equal(when_s, 1000001000);
	for (size_t i = 0; i < LENGTH(none); i++) {
		unit_where(none[i]);
		assert_int_equal(find(none[i], 0, &when_s), 0);
	}
}

static void test_a_time_is_the_last_commit_not_after_it(void **state)
{
	static const struct {
		int64_t before;
		int64_t found; /* 0: none */
	} cases[] = {
		{1000003001, 1000003000},
		{1000003000, 1000003000},
		{1000002999, 1000002000},
		{1000001000, 1000001000},
		{1000000999, 0},
		{0, 0},
		{-5, 0},
		{INT64_MAX, 1000003000},
	};
	int64_t when_s;

	(void)state;
	make_three();
	for (size_t i = 0; i < LENGTH(cases); i++) {
		when_s = 0;
		assert_int_equal(find(NULL, cases[i].before, &when_s),
				 cases[i].found != 0);
		assert_int_equal(when_s, cases[i].found);
	}
}

static void test_a_content_is_told_as_it_was(void **state)
{
	(void)state;
	make_three();
	assert_int_equal(show("HEAD~2", "R1/show_version"), 1);
	assert_string_equal(text(), "one\n");
	assert_int_equal(show("HEAD", "R1/show_version"), 1);
	assert_string_equal(text(), "two\n");
	assert_int_equal(show("HEAD", "R[1]/a*"), 1);
	assert_string_equal(text(), "star\n");
	assert_int_equal(show("HEAD", "R2/show_version"), 0);
	assert_int_equal(show("HEAD", "R1"), 0); /* is a directory */
	assert_int_equal(show("HEAD", "R*/show_version"), 0);
	assert_int_equal(show("--all", "R1/show_version"), 0);
	assert_int_equal(show("nope", "R1/show_version"), -1);
	assert_int_equal(store.err.code, NF_SYSTEM);
}

static void test_a_large_content_comes_in_pieces(void **state)
{
	char piece[1001];

	(void)state;
	storedir_open(&store);
	SH("mkdir R1; yes 'interface GigabitEthernet0/1' | head -n 100000 "
	   ">R1/a",
	   "");
	SH(COMMIT(1000001), "");
	assert_int_equal(show("HEAD", "R1/a"), 1);
	assert_int_equal(taken.len, 29 * 100000);
	memcpy(piece, taken.data + 29, 29);
	assert_memory_equal(piece, "interface GigabitEthernet0/1\n", 29);
	taken.len = 0;
	give_up_at = 1;
	assert_int_equal(show("HEAD", "R1/a"), -1);
	assert_int_equal(store.err.code, NF_CANCELLED);
}

static void test_the_log_has_a_row_for_each_path_newest_first(void **state)
{
	(void)state;
	make_three();
	assert_int_equal(log_of(NULL), 0);
	assert_string_equal(text(), "commit 1000003 1000003000 D "
				    "R2/show_version\n"
				    "commit 1000002 1000002000 M "
				    "R1/show_version\n"
				    "commit 1000002 1000002000 A R[1]/a*\n"
				    "commit 1000001 1000001000 A "
				    "R1/show_version\n"
				    "commit 1000001 1000001000 A "
				    "R2/show_version\n");
	assert_int_equal(log_of("R2"), 0);
	assert_string_equal(text(), "commit 1000003 1000003000 D "
				    "R2/show_version\n"
				    "commit 1000001 1000001000 A "
				    "R2/show_version\n");
	/* A path is no pattern. */
	assert_int_equal(log_of("R[1]"), 0);
	assert_string_equal(text(), "commit 1000002 1000002000 A R[1]/a*\n");
	assert_int_equal(log_of("R9"), 0);
	assert_string_equal(text(), "");
}

static void test_the_log_can_be_given_up(void **state)
{
	(void)state;
	make_three();
	give_up_at = 1;
	assert_int_equal(log_of(NULL), -1);
	assert_int_equal(store.err.code, NF_CANCELLED);
	assert_string_equal(text(), "commit 1000003 1000003000 D "
				    "R2/show_version\n");
}

/* A merge, an empty commit, a message of many lines, and settings for people. */
static void test_the_log_is_read_whatever_the_user_has(void **state)
{
	(void)state;
	make_three();
	SH("git config color.ui always; git config log.showSignature true; "
	   "git config log.follow true; git config diff.renames copies; "
	   "git config log.decorate full; git config diff.noprefix true; "
	   "git config format.pretty fuller; git config log.date relative; "
	   "git config diff.relative true; git config diff.external false",
	   "");
	SH("export GIT_COMMITTER_DATE='1000004000 +0000'; "
	   "git commit -q --allow-empty -m empty; "
	   "git checkout -q -b side HEAD~2; echo x >README; git add README; "
	   "git commit -q -m 'side\n\nR1: \nA\n'; git checkout -q main; "
	   "git merge -q --no-edit side >/dev/null",
	   "");
	SH("mv R1 R7", "");
	SH(COMMIT(1000005), "");
	assert_int_equal(log_of("R1"), 0);
	assert_string_equal(text(), "commit 1000005 1000005000 D "
				    "R1/show_version\n"
				    "commit 1000002 1000002000 M "
				    "R1/show_version\n"
				    "commit 1000001 1000001000 A "
				    "R1/show_version\n");
	assert_int_equal(log_of("README"), 0);
	assert_string_equal(text(), "side 1000004000 A README\n");
	assert_int_equal(log_of(NULL), 0);
	assert_non_null(strstr(text(), "side 1000004000 A README\n"));
}

static void test_nothing_is_found_where_nothing_is_recorded_yet(void **state)
{
	int64_t when_s;

	(void)state;
	storedir_open(&store);
	assert_int_equal(find("HEAD", 0, &when_s), 0);
	assert_int_equal(find(NULL, 1000003000, &when_s), 0);
	assert_int_equal(log_of(NULL), 0);
	assert_int_equal(taken.len, 0);
}

static void test_a_reader_needs_a_repository_and_changes_nothing(void **state)
{
	struct git *git;

	(void)state;
	assert_int_equal(
		folder_open(&store.folder, store.dir, true, &store.err), 0);
	assert_int_equal(git_open_to_read(&git, &store.folder, &store.err), -1);
	assert_int_equal(store.err.code, NF_INVALID);
	folder_close(&store.folder);
	make_three();
	SH("touch .git/index.lock .netfan/git .netfan/index.1 "
	   ".git/refs/heads/main.lock; : >.git/info/exclude",
	   "");
	assert_int_equal(git_open_to_read(&git, &store.folder, &store.err), 0);
	assert_int_equal(git_head(git, store.head, &store.err), 0);
	assert_int_equal(strlen(store.head), 40);
	git_free(git);
	SH("ls .git/index.lock .netfan/git .netfan/index.1 "
	   ".git/refs/heads/main.lock | wc -l; cat .git/info/exclude",
	   "4");
}

static void test_damage_is_not_taken_for_nothing(void **state)
{
	(void)state;
	make_three();
	SH("rm -r .git/objects/[0-9a-f]*", "");
	assert_int_equal(show("HEAD", "R1/show_version"), -1);
	assert_int_equal(store.err.code, NF_SYSTEM);
	assert_int_equal(git_head(store.git, store.head, &store.err), -1);
	assert_int_equal(store.err.code, NF_SYSTEM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	TEST(test_a_revision_is_what_git_takes_for_one),
	TEST(test_a_time_is_the_last_commit_not_after_it),
	TEST(test_a_content_is_told_as_it_was),
	TEST(test_a_large_content_comes_in_pieces),
	TEST(test_the_log_has_a_row_for_each_path_newest_first),
	TEST(test_the_log_can_be_given_up),
	TEST(test_the_log_is_read_whatever_the_user_has),
	TEST(test_nothing_is_found_where_nothing_is_recorded_yet),
	TEST(test_a_reader_needs_a_repository_and_changes_nothing),
	TEST(test_damage_is_not_taken_for_nothing),
};

UNIT_MAIN(tests)
