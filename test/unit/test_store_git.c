/* lib/store/git: git.c, author.c, record.c, index.c */
#include "store/git.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/storedir.h"
#include "unit/unit.h"

static struct storedir store;

static int set_up(void **state)
{
	(void)state;
	storedir_make(&store);
	(void)umask(022);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	storedir_remove(&store);
	return 0;
}

static int record(const char *subject, const char *const *paths)
{
	int rc = storedir_record(&store, subject, paths);

	if (rc == -1)
		(void)fprintf(stderr, "%s\n", store.err.message);
	return rc;
}

#define RECORD(subject, ...)                                                   \
	record(subject, (const char *const[]){__VA_ARGS__, NULL})

#define SH(script, output) storedir_expect(&store, script, output)

/* ---- a new repository */

static void test_a_new_repository_is_private_and_ignores_netfan(void **state)
{
	(void)state;
	storedir_open(&store);
	SH("git symbolic-ref HEAD", "refs/heads/main");
	SH("find .git .netfan -perm /077", "");
	SH("ls .git/hooks 2>/dev/null | wc -l", "0");
	SH("git status --porcelain", "");
	SH("git config --get core.worktree || echo none", "none");
	assert_int_equal(git_head(store.git, store.head, &store.err), 0);
	assert_string_equal(store.head, "");
}

static void test_a_repository_of_the_user_gets_its_exclude_once(void **state)
{
	(void)state;
	SH("git init -q . && printf 'mine' >.git/info/exclude", "");
	for (int i = 0; i < 2; i++) {
		storedir_open(&store);
		storedir_close(&store);
	}
	SH("cat .git/info/exclude", "mine\n/.netfan/");
	SH("printf '# none\\n.netfan\\n' >.git/info/exclude", "");
	storedir_open(&store);
	SH("cat .git/info/exclude", "# none\n.netfan");
}

static void test_a_repository_that_was_half_made_is_made(void **state)
{
	static const char *const damages[] = {
		"rm -rf .git/refs",   "rm -rf .git/objects",
		"rm .git/HEAD",       ": >.git/HEAD",
		"rm -rf .git/config", "touch .git/config.lock .netfan/git",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(damages); i++) {
		SH("rm -rf .git", "");
		storedir_open(&store);
		storedir_close(&store);
		SH(damages[i], "");
		storedir_open(&store);
		storedir_put(&store, "R1/a", "text\n");
		assert_int_equal(RECORD("a", "R1/a"), 1);
		SH("git fsck --strict && git status --porcelain", "");
		storedir_close(&store);
	}
}

static void test_authors_are_a_name_and_an_address(void **state)
{
	static const char *const bad[] = {
		"",           "name",       "<a@b>",        "name <a@b",
		"name <a b>", "n\nm <a@b>", "name <a@b> x", "name <>",
		".,: <a@b>",
	};
	struct git *git;
	size_t mended;

	(void)state;
	storedir_open(&store);
	for (size_t i = 0; i < LENGTH(bad); i++) {
		unit_where(bad[i]);
		assert_int_equal(git_open(&git, &store.folder, bad[i], &mended,
					  &store.err),
				 -1);
		assert_int_equal(store.err.code, NF_INVALID);
	}
	assert_int_equal(
		git_open(&git, &store.folder, NULL, &mended, &store.err), 0);
	git_free(git);
}

static void test_without_git_the_error_says_so(void **state)
{
	struct git *git;
	size_t mended;

	(void)state;
	storedir_open(&store);
	assert_int_equal(setenv("PATH", store.dir, 1), 0);
	assert_int_equal(
		git_open(&git, &store.folder, NULL, &mended, &store.err), -1);
	assert_int_equal(store.err.code, NF_SYSTEM);
	assert_int_equal(store.err.sys_errno, 2);
	assert_int_equal(setenv("PATH", "/usr/bin:/bin", 1), 0);
}

static void test_a_head_on_no_branch_is_read_and_gets_no_commit(void **state)
{
	char head[72];

	(void)state;
	storedir_open(&store);
	storedir_put(&store, "R1/a", "text\n");
	assert_int_equal(RECORD("a", "R1/a"), 1);
	memcpy(head, store.head, sizeof(head));
	storedir_close(&store);
	SH("git checkout -q --detach", "");
	storedir_open(&store);
	assert_int_equal(git_head(store.git, store.head, &store.err), 0);
	assert_string_equal(store.head, head);
	storedir_put(&store, "R1/a", "new\n");
	assert_int_equal(RECORD("b", "R1/a"), -1);
	assert_int_equal(store.err.code, NF_INVALID);
	assert_non_null(strstr(store.err.message, " checkout main'"));
	SH("git symbolic-ref HEAD refs/other/x", "");
	assert_int_equal(RECORD("b", "R1/a"), -1);
	assert_int_equal(store.err.code, NF_INVALID);
	SH("git symbolic-ref HEAD refs/heads/main; git status --porcelain",
	   " M R1/a");
	assert_int_equal(RECORD("b", "R1/a"), 1);
}

static void test_nothing_is_recorded_in_the_middle_of_an_operation(void **state)
{
	static const char *const marks[][2] = {
		{"rebase-merge", "a git rebase is under way"},
		{"rebase-apply", "a git rebase is under way"},
		{"rebase-apply/applying", "a git am is under way"},
		{"MERGE_HEAD", "a git merge is under way"},
		{"CHERRY_PICK_HEAD", "a git cherry-pick is under way"},
		{"REVERT_HEAD", "a git revert is under way"},
	};

	(void)state;
	storedir_open(&store);
	storedir_put(&store, "R1/a", "text\n");
	for (size_t i = 0; i < LENGTH(marks); i++) {
		char script[128];

		unit_where(marks[i][0]);
		(void)snprintf(script, sizeof(script), "mkdir -p .git/%s",
			       marks[i][0]);
		SH(script, "");
		assert_int_equal(RECORD("a", "R1/a"), -1);
		assert_int_equal(store.err.code, NF_INVALID);
		assert_non_null(strstr(store.err.message, marks[i][1]));
		SH("rm -rf .git/rebase-* .git/*_HEAD; ls .git/index 2>&1 | wc "
		   "-l; ls .netfan",
		   "1\naside\nkey\nlock");
	}
	assert_int_equal(RECORD("a", "R1/a"), 1);
}

/* ---- commits */

static void test_a_commit_has_the_files_the_message_and_the_author(void **state)
{
	struct git_path paths[] = {{"R1/show_version", false},
				   {"R1/show running-config", false}};

	(void)state;
	storedir_open(&store);
	storedir_put(&store, "R1/show_version", "one\n");
	storedir_put(&store, "R1/show running-config", "two\n");
	assert_int_equal(git_record(store.git, paths, 2, "2 devices",
				    "R1: changed\nR2: added\n", store.head,
				    &store.err),
			 1);
	SH("git log --format='%an <%ae> %cn %s%n%b' -1",
	   "A. Tester <tester@example.net> A. Tester 2 devices\n"
	   "R1: changed\nR2: added\n");
	SH("git ls-tree -r --name-only HEAD",
	   "R1/show running-config\nR1/show_version");
	SH("git cat-file blob 'HEAD:R1/show running-config'", "two");
	SH("find .git -perm /077; ls -A .netfan | grep index; true", "");
	SH("git status --porcelain; git fsck --strict", "");
	assert_int_equal(git_head(store.git, store.head, &store.err), 0);
	storedir_expect(&store, "git rev-parse HEAD", store.head);
}

/* So that gc makes of it what it makes of git's own. */
static void test_the_objects_are_those_that_git_add_makes(void **state)
{
	(void)state;
	storedir_open(&store);
	storedir_put(&store, "R1/show_version", "one\n");
	storedir_put(&store, "R1.x/a", "two\n");
	storedir_put(&store, "R10/a", "");
	assert_int_equal(RECORD("one", "R10/a", "R1/show_version", "R1.x/a"),
			 1);
	SH("export GIT_INDEX_FILE=$PWD/.netfan/other; git add -A; "
	   "[ $(git write-tree) = $(git rev-parse HEAD^{tree}) ] || echo "
	   "other; "
	   "rm .netfan/other",
	   "");
}

static void test_only_what_is_named_is_recorded(void **state)
{
	(void)state;
	storedir_open(&store);
	storedir_put(&store, "R1/a", "1\n");
	storedir_put(&store, "R1/b", "1\n");
	assert_int_equal(RECORD("one", "R1/a"), 1);
	SH("git status --porcelain", "?? R1/b");
	assert_int_equal(RECORD("two", "R1/b"), 1);
	storedir_put(&store, "R1/a", "2\n");
	storedir_put(&store, "R1/b", "2\n");
	assert_int_equal(RECORD("three", "R1/b"), 1);
	SH("git status --porcelain", " M R1/a");
	SH("git log --format=%s", "three\ntwo\none");
}

static void test_what_head_has_already_is_no_commit(void **state)
{
	char first[72];

	(void)state;
	storedir_open(&store);
	storedir_put(&store, "R1/a", "1\n");
	assert_int_equal(RECORD("one", "R1/a"), 1);
	memcpy(first, store.head, sizeof(first));
	assert_int_equal(RECORD("two", "R1/a"), 0);
	assert_string_equal(store.head, first);
	assert_int_equal(RECORD("three", "!R2/a"), 0); /* never was there */
	SH("git log --format=%s; git status --porcelain", "one");
}

static void test_files_that_are_gone_are_removed(void **state)
{
	(void)state;
	storedir_open(&store);
	storedir_put(&store, "R1/a", "1\n");
	storedir_put(&store, "R2/a", "1\n");
	storedir_put(&store, "R3/a", "1\n");
	assert_int_equal(RECORD("one", "R1/a", "R2/a", "R3/a"), 1);
	SH("rm -r R2 R3", "");
	/* One is told, the other found. */
	assert_int_equal(RECORD("two", "!R2/a", "R3/a"), 1);
	SH("git ls-tree -r --name-only HEAD; git status --porcelain", "R1/a");
}

static void test_a_file_takes_the_place_of_a_directory_and_back(void **state)
{
	(void)state;
	storedir_open(&store);
	storedir_put(&store, "R1/a", "1\n");
	assert_int_equal(RECORD("one", "R1/a"), 1);
	SH("rm -r R1", "");
	storedir_put(&store, "R1", "file\n");
	assert_int_equal(RECORD("two", "R1"), 1);
	SH("git ls-tree -r --name-only HEAD; git status --porcelain", "R1");
	SH("rm R1", "");
	storedir_put(&store, "R1/a", "1\n");
	assert_int_equal(RECORD("three", "R1/a"), 1);
	SH("git ls-tree -r --name-only HEAD; git status --porcelain", "R1/a");
}

static void test_what_is_no_file_is_refused(void **state)
{
	(void)state;
	storedir_open(&store);
	SH("mkdir R1 && ln -s /etc/passwd R1/a", "");
	assert_int_equal(RECORD("one", "R1/a"), -1);
	assert_non_null(strstr(store.err.message, "R1/a is no file"));
	assert_int_equal(RECORD("one", "R1/a\nR1/b"), -1);
}

static void test_no_attribute_and_no_setting_changes_bytes(void **state)
{
	(void)state;
	storedir_open(&store);
	SH("git config core.autocrlf true; git config core.safecrlf true; "
	   "git config filter.x.clean 'tr a-z A-Z; touch ran'; "
	   "git config filter.x.required true; "
	   "echo '* text=auto eol=crlf ident filter=x' >.gitattributes",
	   "");
	storedir_put(&store, "R1/a", "one\r\ntwo $Id$\n");
	SH("touch -d '1 hour ago' R1/a", "");
	assert_int_equal(RECORD("one", "R1/a"), 1);
	SH("git cat-file blob HEAD:R1/a | od -An -c",
	   "   o   n   e  \\r  \\n   t   w   o       $   I   d   $  \\n");
	SH("ls ran 2>/dev/null; git status --porcelain -- R1", "");
}

/* The repository is the user's, but what it would start is not for us. */
static void test_no_program_of_the_repository_runs(void **state)
{
	(void)state;
	storedir_open(&store);
	SH("mkdir -p .git/hooks; for h in pre-commit post-commit "
	   "reference-transaction post-index-change pre-push; do "
	   "printf '#!/bin/sh\\ntouch %s/ran\\n' \"$PWD\" >.git/hooks/$h; "
	   "chmod 700 .git/hooks/$h; done; "
	   "git config core.fsmonitor \"touch $PWD/ran; false\"; "
	   "git config commit.gpgSign true; "
	   "git config gpg.program \"$PWD/none\"; "
	   "git config gc.auto 1; rm -f ran",
	   "");
	storedir_put(&store, "R1/a", "one\n");
	assert_int_equal(RECORD("one", "R1/a"), 1);
	SH("[ ! -e ran ] && git log --format=%s", "one");
}

static void test_the_environment_leads_git_nowhere_else(void **state)
{
	static const char *const names[] = {"GIT_DIR", "GIT_INDEX_FILE",
					    "GIT_OBJECT_DIRECTORY",
					    "GIT_WORK_TREE"};

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++)
		assert_int_equal(setenv(names[i], "/nowhere", 1), 0);
	storedir_open(&store);
	storedir_put(&store, "R1/a", "one\n");
	assert_int_equal(RECORD("one", "R1/a"), 1);
	for (size_t i = 0; i < LENGTH(names); i++)
		assert_int_equal(unsetenv(names[i]), 0);
	SH("git log --format=%s", "one");
}

static void test_an_empty_environment_is_enough(void **state)
{
	char *home = strdup(store.dir);

	(void)state;
	assert_non_null(home);
	(void)clearenv();
	storedir_open(&store);
	storedir_put(&store, "R1/a", "one\n");
	assert_int_equal(RECORD("one", "R1/a"), 1);
	assert_int_equal(setenv("PATH", "/usr/bin:/bin", 1), 0);
	assert_int_equal(setenv("HOME", home, 1), 0);
	SH("git log --format=%s", "one");
	free(home);
}

static void test_a_repository_of_sha256_is_served(void **state)
{
	(void)state;
	SH("git init -q --object-format=sha256 .", "");
	storedir_open(&store);
	storedir_put(&store, "R1/a", "one\n");
	storedir_put(&store, "R1/b", "one\n");
	assert_int_equal(RECORD("one", "R1/a", "R1/b"), 1);
	assert_int_equal(strlen(store.head), 64);
	assert_int_equal(RECORD("two", "!R1/b"), 1);
	SH("rm R1/b; git fsck --strict; git status --porcelain", "");
}

/* ---- beside the user */

static void test_commits_of_the_user_stay(void **state)
{
	(void)state;
	storedir_open(&store);
	storedir_put(&store, "R1/a", "1\n");
	assert_int_equal(RECORD("one", "R1/a"), 1);
	SH("echo hello >README && git add README && git commit -qm mine", "");
	storedir_put(&store, "R1/a", "2\n");
	assert_int_equal(RECORD("two", "R1/a"), 1);
	SH("git log --format=%s; git ls-tree -r --name-only HEAD; "
	   "git status --porcelain",
	   "two\nmine\none\nR1/a\nREADME");
}

static void test_what_the_user_has_staged_stays_staged(void **state)
{
	(void)state;
	storedir_open(&store);
	storedir_put(&store, "R1/a", "1\n");
	SH("echo hello >README && git add README", ""); /* HEAD is unborn */
	assert_int_equal(RECORD("one", "R1/a"), 1);
	SH("git status --porcelain", "A  README");
	SH("echo more >>README", "");
	storedir_put(&store, "R1/a", "2\n");
	assert_int_equal(RECORD("two", "R1/a"), 1);
	SH("git status --porcelain; git show --format=%s --name-only HEAD",
	   "AM README\ntwo\n\nR1/a");
}

/* The stat of a file is in the index, so that git need not read it again. */
static void test_git_status_need_not_read_the_files_again(void **state)
{
	(void)state;
	storedir_open(&store);
	storedir_put(&store, "R1/a", "1\n");
	storedir_put(&store, "R1/b", "1\n");
	SH("touch -d '1 hour ago' R1/a R1/b", "");
	assert_int_equal(RECORD("one", "R1/a", "R1/b"), 1);
	SH("git diff-files --name-only; git ls-files --debug R1/a | "
	   "grep -c \"size: 2\"",
	   "1");
	SH("echo 22 >R1/a; git diff-files --name-only", "R1/a");
	/* Also where another, before it, is gone. */
	storedir_put(&store, "R1/b", "2\n");
	SH("rm R1/a; touch -d '1 hour ago' R1/b", "");
	assert_int_equal(RECORD("two", "!R1/a", "R1/b"), 1);
	SH("git diff-files --name-only", "");
}

static void test_an_index_of_any_version_is_served(void **state)
{
	static const char *const sets[] = {
		"git update-index --index-version 4",
		"git update-index --split-index",
		"git update-index --skip-worktree R1/a", /* version 3 */
		"git update-index --untracked-cache --no-skip-worktree R1/a",
		"rm .git/index",
		"echo garbage >.git/index",
		": >.git/index",
	};

	(void)state;
	storedir_open(&store);
	storedir_put(&store, "R1/a", "1\n");
	storedir_put(&store, "R1/b", "1\n");
	assert_int_equal(RECORD("one", "R1/a", "R1/b"), 1);
	for (size_t i = 0; i < LENGTH(sets); i++) {
		char text[32], out[1024];

		(void)storedir_sh(&store, sets[i], out, sizeof(out));
		unit_where(sets[i]);
		(void)snprintf(text, sizeof(text), "%zu\n", i);
		storedir_put(&store, "R1/b", text);
		assert_int_equal(RECORD(sets[i], "R1/b"), 1);
		SH("git status --porcelain; git fsck --strict; "
		   "git diff-files --name-only",
		   "");
	}
}

static void test_an_index_that_is_locked_catches_up_later(void **state)
{
	(void)state;
	storedir_open(&store);
	storedir_put(&store, "R1/a", "1\n");
	assert_int_equal(RECORD("one", "R1/a"), 1);
	SH("touch .git/index.lock", "");
	storedir_put(&store, "R1/a", "2\n");
	storedir_put(&store, "R2/a", "2\n");
	assert_int_equal(RECORD("two", "R1/a", "R2/a"), 1);
	storedir_close(&store);
	SH("ls .git/index.lock && rm .git/index.lock", ".git/index.lock");
	storedir_open(&store);
	assert_int_equal(store.mended, 1);
	SH("git status --porcelain; git log --format=%s", "two\none");
	storedir_close(&store);
	storedir_open(&store);
	assert_int_equal(store.mended, 0);
}

/* Also one that is behind: what it has of the merge is nowhere else. */
static void test_the_index_of_a_merge_is_left_alone(void **state)
{
	char before[1024];

	(void)state;
	storedir_open(&store);
	storedir_put(&store, "R1/a", "1\n");
	assert_int_equal(RECORD("one", "R1/a"), 1);
	storedir_close(&store);
	SH("git checkout -q -b theirs; echo theirs >R1/a; "
	   "git commit -qam theirs; git checkout -q main; echo 2 >R1/a; "
	   "git commit -qam two; git merge -q theirs >/dev/null; "
	   "touch .netfan/behind",
	   "");
	assert_int_equal(storedir_sh(&store, "git ls-files --stage", before,
				     sizeof(before)),
			 0);
	storedir_open(&store);
	assert_int_equal(store.mended, 0);
	assert_int_equal(RECORD("three", "R1/a"), -1);
	SH("git ls-files --stage", before);
	storedir_close(&store);
	SH("rm .git/MERGE_HEAD", ""); /* it is in conflict still */
	storedir_open(&store);
	assert_int_equal(store.mended, 0);
	assert_int_equal(RECORD("three", "R1/a"), -1);
	assert_non_null(strstr(store.err.message, "in conflict"));
	SH("git ls-files --stage", before);
}

static void test_an_index_that_is_lost_is_made_anew(void **state)
{
	static const char *const damages[] = {
		"rm .git/index",
		": >.git/index",
		"truncate -s -7 .git/index",
		"printf x >>.git/index",
		"printf x | dd of=.git/index bs=1 seek=55 conv=notrunc "
		"status=none",
	};

	(void)state;
	storedir_open(&store);
	assert_false(git_restore_index(store.git)); /* nothing is in HEAD */
	storedir_put(&store, "R1/a", "1\n");
	assert_int_equal(RECORD("one", "R1/a"), 1);
	for (size_t i = 0; i < LENGTH(damages); i++) {
		unit_where(damages[i]);
		assert_false(git_restore_index(store.git));
		SH(damages[i], "");
		assert_true(git_restore_index(store.git));
		SH("git status --porcelain; ls .netfan", "aside\nkey\nlock");
	}
}

static void test_an_index_that_is_whole_stays_as_it_is(void **state)
{
	static const char *const ways[] = {
		"git init -q .",
		"git init -q --object-format=sha256 .",
		"git init -q . && git config index.version 4",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(ways); i++) {
		unit_where(ways[i]);
		SH("rm -rf .git R1 README", "");
		SH(ways[i], "");
		storedir_open(&store);
		storedir_put(&store, "R1/a", "1\n");
		assert_int_equal(RECORD("one", "R1/a"), 1);
		SH("echo mine >README; git add README", "");
		assert_false(git_restore_index(store.git));
		/* As index.skipHash has it. */
		SH("truncate -s -20 .git/index; truncate -s +20 .git/index; "
		   "git config index.skipHash true; git status --porcelain",
		   "A  README");
		assert_false(git_restore_index(store.git));
		storedir_close(&store);
	}
}

static void test_a_branch_of_the_user_is_followed(void **state)
{
	(void)state;
	storedir_open(&store);
	storedir_put(&store, "R1/a", "1\n");
	assert_int_equal(RECORD("one", "R1/a"), 1);
	SH("git checkout -q -b other/name", "");
	storedir_put(&store, "R1/a", "2\n");
	assert_int_equal(RECORD("two", "R1/a"), 1);
	SH("git log --format=%s main; git log --format=%s other/name",
	   "one\ntwo\none");
}

/*
 * By its time git knows that its index may not show all changes: a copy without
 * it would hide one of the same second and size.
 */
static void
test_a_change_that_the_index_has_not_seen_stays_visible(void **state)
{
	(void)state;
	storedir_open(&store);
	SH("git config core.trustctime false; echo aaa >README; "
	   "touch -d '2020-01-01 00:00:00' README; git add README; "
	   "git commit -q -m mine; echo bbb >README; "
	   "touch -d '2020-01-01 00:00:00' README .git/index",
	   "");
	storedir_put(&store, "R1/a", "1\n");
	assert_int_equal(RECORD("one", "R1/a"), 1);
	SH("git status --porcelain", " M README");
}

/* ---- somebody else at the same time */

/* From now on, git does this before each update-ref. */
static void interfere(const char *script)
{
	char text[1024], path[512], bin[300];

	(void)snprintf(text, sizeof(text),
		       "#!/bin/sh\nPATH=/usr/bin:/bin\ncase \"$*\" in\n"
		       "*update-ref*) %s ;;\nesac\nexec git \"$@\"\n",
		       script);
	storedir_put(&store, ".netfan/bin/git", text);
	(void)snprintf(bin, sizeof(bin), "%s/.netfan/bin", store.dir);
	(void)snprintf(path, sizeof(path), "%s/git", bin);
	assert_int_equal(chmod(path, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s:/usr/bin:/bin", bin);
	storedir_close(&store);
	assert_int_equal(setenv("PATH", path, 1), 0);
	storedir_open(&store);
	assert_int_equal(setenv("PATH", "/usr/bin:/bin", 1), 0);
}

#define COMMITS "git commit -q --allow-empty -m theirs"

static void test_a_commit_of_somebody_else_in_between_is_followed(void **state)
{
	(void)state;
	storedir_open(&store);
	storedir_put(&store, "R1/a", "1\n");
	assert_int_equal(RECORD("one", "R1/a"), 1);
	interfere("[ -e .netfan/met ] || { >.netfan/met; " COMMITS "; }");
	storedir_put(&store, "R1/a", "2\n");
	assert_int_equal(RECORD("two", "R1/a"), 1);
	SH("git log --format=%s; git status --porcelain", "two\ntheirs\none");
}

static void test_a_branch_that_moves_all_the_time_is_left_alone(void **state)
{
	(void)state;
	storedir_open(&store);
	storedir_put(&store, "R1/a", "1\n");
	assert_int_equal(RECORD("one", "R1/a"), 1);
	interfere(COMMITS);
	storedir_put(&store, "R1/a", "2\n");
	assert_int_equal(storedir_record(&store, "two",
					 (const char *const[]){"R1/a", NULL}),
			 -1);
	assert_int_equal(store.err.code, NF_SYSTEM);
	SH("git log --format=%s; git status --porcelain",
	   "theirs\ntheirs\none\n M R1/a");
}

static void test_what_is_staged_in_between_stays_staged(void **state)
{
	(void)state;
	storedir_open(&store);
	storedir_put(&store, "R1/a", "1\n");
	assert_int_equal(RECORD("one", "R1/a"), 1);
	storedir_put(&store, "README", "mine\n");
	interfere("git add README");
	storedir_put(&store, "R1/a", "2\n");
	assert_int_equal(RECORD("two", "R1/a"), 1);
	SH("git status --porcelain; git ls-tree -r --name-only HEAD",
	   "A  README\nR1/a");
}

/* ---- many files, and failures */

static void test_many_files_are_hashed_side_by_side(void **state)
{
	enum { N = 450 };
	struct git_path *paths = calloc(N, sizeof(*paths));
	char names[N][16], text[32];

	(void)state;
	storedir_open(&store);
	for (int i = 0; i < N; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "R%d/a", i);
		(void)snprintf(text, sizeof(text), "I am %d\n", i);
		storedir_put(&store, names[i], text);
		paths[i] = (struct git_path){names[i], false};
	}
	assert_int_equal(git_record(store.git, paths, N, "many", "", store.head,
				    &store.err),
			 1);
	SH("for i in 0 1 99 100 101 448 449; do "
	   "git cat-file blob HEAD:R$i/a; done",
	   "I am 0\nI am 1\nI am 99\nI am 100\nI am 101\nI am 448\nI am 449");
	SH("git ls-tree -r HEAD | wc -l; git status --porcelain", "450");
	free(paths);
}

static void test_a_damaged_repository_is_told_in_the_words_of_git(void **state)
{
	static const char *const damages[] = {
		": >.git/HEAD; rm -rf .git/objects/[0-9a-f]*",
		"echo zzz >.git/refs/heads/main",
		"for f in .git/objects/[0-9a-f]*/*; do chmod 600 $f; : >$f; "
		"done",
		"echo '[' >>.git/config",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(damages); i++) {
		SH("rm -rf .git R1", "");
		storedir_open(&store);
		storedir_put(&store, "R1/a", "1\n");
		assert_int_equal(RECORD("one", "R1/a"), 1);
		storedir_close(&store);
		SH(damages[i], "");
		storedir_open(&store); /* files are kept all the same */
		storedir_put(&store, "R1/a", "2\n");
		assert_int_equal(
			storedir_record(&store, "two",
					(const char *const[]){"R1/a", NULL}),
			-1);
		assert_int_equal(store.err.code, NF_SYSTEM);
		assert_non_null(strstr(store.err.message, "git "));
		storedir_close(&store);
	}
	SH("mv .git aside", "");
	storedir_open(&store);
	assert_int_equal(RECORD("new", "R1/a"), 1);
	SH("git log --format=%s", "new");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	TEST(test_a_new_repository_is_private_and_ignores_netfan),
	TEST(test_a_repository_of_the_user_gets_its_exclude_once),
	TEST(test_a_repository_that_was_half_made_is_made),
	TEST(test_authors_are_a_name_and_an_address),
	TEST(test_without_git_the_error_says_so),
	TEST(test_a_head_on_no_branch_is_read_and_gets_no_commit),
	TEST(test_a_commit_has_the_files_the_message_and_the_author),
	TEST(test_the_objects_are_those_that_git_add_makes),
	TEST(test_only_what_is_named_is_recorded),
	TEST(test_what_head_has_already_is_no_commit),
	TEST(test_files_that_are_gone_are_removed),
	TEST(test_a_file_takes_the_place_of_a_directory_and_back),
	TEST(test_what_is_no_file_is_refused),
	TEST(test_no_attribute_and_no_setting_changes_bytes),
	TEST(test_no_program_of_the_repository_runs),
	TEST(test_the_environment_leads_git_nowhere_else),
	TEST(test_an_empty_environment_is_enough),
	TEST(test_a_repository_of_sha256_is_served),
	TEST(test_commits_of_the_user_stay),
	TEST(test_what_the_user_has_staged_stays_staged),
	TEST(test_git_status_need_not_read_the_files_again),
	TEST(test_an_index_of_any_version_is_served),
	TEST(test_an_index_that_is_locked_catches_up_later),
	TEST(test_the_index_of_a_merge_is_left_alone),
	TEST(test_an_index_that_is_lost_is_made_anew),
	TEST(test_an_index_that_is_whole_stays_as_it_is),
	TEST(test_nothing_is_recorded_in_the_middle_of_an_operation),
	TEST(test_a_branch_of_the_user_is_followed),
	TEST(test_a_change_that_the_index_has_not_seen_stays_visible),
	TEST(test_a_commit_of_somebody_else_in_between_is_followed),
	TEST(test_a_branch_that_moves_all_the_time_is_left_alone),
	TEST(test_what_is_staged_in_between_stays_staged),
	TEST(test_many_files_are_hashed_side_by_side),
	TEST(test_a_damaged_repository_is_told_in_the_words_of_git),
};

UNIT_MAIN(tests)
