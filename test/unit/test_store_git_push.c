/* lib/store/git/push.c, lib/store/git/tidy.c */
#include "store/git.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/storedir.h"
#include "unit/unit.h"

#define SH(script, output) storedir_expect(&store, script, output)

static struct storedir store;

static int set_up(void **state)
{
	(void)state;
	storedir_make(&store);
	/* A remote lies beside the work tree of the same directory. */
	SH("git init -q --bare -b main remote.git; mkdir -p .git/info; "
	   "rm -r .git",
	   "");
	storedir_open(&store);
	SH("echo /remote.git >>.git/info/exclude; echo /env "
	   ">>.git/info/exclude",
	   "");
	storedir_put(&store, "R1/a", "1\n");
	assert_int_equal(storedir_record(&store, "one",
					 (const char *const[]){"R1/a", NULL}),
			 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	storedir_remove(&store);
	return 0;
}

static void record(const char *text)
{
	storedir_put(&store, "R1/a", text);
	assert_int_equal(storedir_record(&store, text,
					 (const char *const[]){"R1/a", NULL}),
			 1);
}

static int push(const char *remote)
{
	return git_push(store.git, remote, &store.err);
}

static void test_a_push_takes_the_branch_to_the_remote(void **state)
{
	(void)state;
	assert_int_equal(push("./remote.git"), 0);
	SH("git -C remote.git log --format=%s main", "one");
	SH("git remote add backup ./remote.git; git tag v1; git branch other",
	   "");
	record("2");
	assert_int_equal(push("backup"), 0);
	SH("git -C remote.git log --format=%s main; git -C remote.git "
	   "for-each-ref --format='%(refname)'",
	   "2\none\nrefs/heads/main");
	assert_int_equal(push("backup"), 0); /* nothing is new */
}

static void test_a_push_is_never_forced(void **state)
{
	(void)state;
	assert_int_equal(push("./remote.git"), 0);
	SH("git clone -q remote.git clone 2>/dev/null; cd clone; "
	   "git commit -q --allow-empty -m theirs; git push -q; cd ..; "
	   "rm -rf clone; "
	   "git config remote.origin.url ./remote.git; "
	   "git config remote.origin.push +refs/heads/*:refs/heads/*",
	   "");
	record("2");
	assert_int_equal(push("origin"), -1);
	assert_int_equal(store.err.code, NF_SYSTEM);
	assert_non_null(strstr(store.err.message, "rejected"));
	SH("git -C remote.git log --format=%s main", "theirs\none");
	SH("git log --format=%s", "2\none"); /* the commit is not lost */
}

static void test_a_remote_is_no_option_and_no_command(void **state)
{
	static const char *const bad[] = {
		"",
		"--all",
		"-f",
		"--receive-pack=touch ran",
		"ext::sh -c touch% ran",
		"./remote.git\n",
		"\x7f",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		unit_where(bad[i]);
		assert_int_equal(push(bad[i]), -1);
		assert_int_equal(store.err.code, NF_INVALID);
	}
	/* Neither by a name. */
	SH("git config protocol.ext.allow always; "
	   "git remote add bad 'ext::sh -c touch% ran'",
	   "");
	assert_int_equal(setenv("GIT_ALLOW_PROTOCOL", "ext:file", 1), 0);
	assert_int_equal(push("bad"), -1);
	assert_int_equal(store.err.code, NF_SYSTEM);
	assert_non_null(strstr(store.err.message, "ext"));
	SH("ls ran 2>/dev/null; true", "");
}

static void test_a_remote_that_is_none_is_told_with_words_of_git(void **state)
{
	(void)state;
	assert_int_equal(push("nowhere"), -1);
	assert_int_equal(store.err.code, NF_SYSTEM);
	assert_non_null(
		strstr(store.err.message, "git push: fatal: 'nowhere'"));
	assert_int_equal(push("./remote\x1b[31m.git"), -1);
	assert_null(strchr(store.err.message, '\x1b'));
}

static void test_a_push_has_the_configuration_of_the_user(void **state)
{
	(void)state;
	SH("printf '[url \"%s/\"]\\n\\tinsteadOf = far:\\n' \"$PWD\" "
	   ">.gitconfig",
	   "");
	assert_int_equal(push("far:remote.git"), 0);
	SH("git -C remote.git log --format=%s main", "one");
}

/* What a helper of the user's sees: no password of a device, and no terminal
 * to ask by. */
static void test_a_push_has_of_the_environment_what_git_needs(void **state)
{
	char command[1024];

	(void)state;
	(void)snprintf(command, sizeof(command),
		       "env >'%s/env'; (: </dev/tty) 2>/dev/null && "
		       "echo TTY=yes >>'%s/env'; false",
		       store.dir, store.dir);
	assert_int_equal(setenv("GIT_SSH_COMMAND", command, 1), 0);
	assert_int_equal(setenv("NETFAN_PASSWORD", "secret", 1), 0);
	assert_int_equal(setenv("SSH_AUTH_SOCK", "/agent", 1), 0);
	assert_int_equal(setenv("GIT_WORK_TREE", "/nowhere", 1), 0);
	assert_int_equal(push("ssh://host.invalid/x"), -1);
	assert_int_equal(unsetenv("GIT_WORK_TREE"), 0);
	assert_int_equal(unsetenv("GIT_SSH_COMMAND"), 0);
	SH("grep -cE '^(HOME|PATH|SSH_AUTH_SOCK|GIT_TERMINAL_PROMPT=0)' env",
	   "4");
	SH("grep -E 'NETFAN|secret|nowhere|^TTY' env; true", "");
}

static void test_hooks_do_not_run_at_a_push(void **state)
{
	(void)state;
	SH("mkdir -p .git/hooks; printf '#!/bin/sh\\ntouch ran; exit 1\\n' "
	   ">.git/hooks/pre-push; chmod 700 .git/hooks/pre-push",
	   "");
	assert_int_equal(push("./remote.git"), 0);
	SH("ls ran .git/ran 2>/dev/null; true", "");
}

/* ---- tidying */

static int tidy(void)
{
	return git_tidy(store.git, &store.err);
}

#define LOOSE "git count-objects | cut -d ' ' -f 1"
#define PACKS "ls .git/objects/pack | grep -c '[.]pack$'"

static void test_few_objects_stay_loose(void **state)
{
	(void)state;
	assert_int_equal(tidy(), 0);
	SH(LOOSE, "4");
	SH("ls .netfan", "aside\ngc\nkey\nlock"); /* a week begins */
}

static void test_many_objects_are_packed(void **state)
{
	(void)state;
	assert_int_equal(tidy(), 0);
	/* As many as count: the directory that git looks into. */
	SH("mkdir -p .git/objects/17; for i in $(seq 10 40); do "
	   ": >.git/objects/17/0000000000000000000000000000000000000$i; done",
	   "");
	assert_int_equal(tidy(), 0);
	SH("rm -f .git/objects/17/0*", "");
	SH(LOOSE, "0");
	SH(PACKS, "1");
	SH("git fsck --strict; git status --porcelain; ls .netfan",
	   "aside\ngc\nkey\nlock");
}

static void test_a_week_later_all_is_packed_anew(void **state)
{
	(void)state;
	assert_int_equal(tidy(), 0);
	SH("touch -d '8 days ago' .netfan/gc", "");
	assert_int_equal(tidy(), 0);
	SH(LOOSE, "0");
	SH("find .netfan/gc -mtime -1", ".netfan/gc");
	record("2");
	assert_int_equal(tidy(), 0); /* not again */
	SH(LOOSE, "4");
	SH("find .git -perm /077", "");
}

static void test_a_gc_of_the_user_is_not_disturbed(void **state)
{
	(void)state;
	SH("touch -d '8 days ago' .netfan/gc; "
	   "echo \"$$ $(hostname)\" >.git/gc.pid; "
	   "echo \"1 $(hostname)\" >.git/gc.pid",
	   "");
	assert_int_equal(tidy(), 0);
	SH(LOOSE, "4");
}

static void test_a_gc_that_fails_is_told(void **state)
{
	(void)state;
	SH("touch -d '8 days ago' .netfan/gc; rm -r .git/objects/[0-9a-f]*",
	   "");
	assert_int_equal(tidy(), -1);
	assert_int_equal(store.err.code, NF_SYSTEM);
	assert_memory_equal(store.err.message, "git gc: ", 8);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	TEST(test_a_push_takes_the_branch_to_the_remote),
	TEST(test_a_push_is_never_forced),
	TEST(test_a_remote_is_no_option_and_no_command),
	TEST(test_a_remote_that_is_none_is_told_with_words_of_git),
	TEST(test_a_push_has_the_configuration_of_the_user),
	TEST(test_a_push_has_of_the_environment_what_git_needs),
	TEST(test_hooks_do_not_run_at_a_push),
	TEST(test_few_objects_stay_loose),
	TEST(test_many_objects_are_packed),
	TEST(test_a_week_later_all_is_packed_anew),
	TEST(test_a_gc_of_the_user_is_not_disturbed),
	TEST(test_a_gc_that_fails_is_told),
};

UNIT_MAIN(tests)
