/* lib/store/git: deaths in the middle of it, and full disks */
#include "store/git.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "unit/dice.h"
#include "unit/storedir.h"
#include "unit/unit.h"

#define KILLS 50
#define FULL_DISKS 20
#define FILES 20
#define FILE_LEN 4000

#define SH(script, output) storedir_expect(&store, script, output)

static struct storedir store;
static struct dice dice = {20261130};

static int set_up(void **state)
{
	(void)state;
	storedir_make(&store);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	storedir_remove(&store);
	return 0;
}

/* Write all files anew, with bytes that cannot be compressed much. */
static void change_files(size_t len)
{
	char name[32], *text = malloc(len + 1);

	assert_non_null(text);
	for (int i = 0; i < FILES; i++) {
		for (size_t at = 0; at < len; at++)
			text[at] = (char)('0' + dice_below(&dice, 64));
		text[len] = '\0';
		(void)snprintf(name, sizeof(name), "R%d/show_version", i);
		storedir_put(&store, name, text);
	}
	free(text);
}

static int record_files(void)
{
	char names[FILES][32];
	struct git_path paths[FILES];

	for (int i = 0; i < FILES; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "R%d/show_version",
			       i);
		paths[i] = (struct git_path){names[i], false};
	}
	return git_record(store.git, paths, FILES, "changed", "", store.head,
			  &store.err);
}

/* ---- deaths */

/* A run as any other, again and again: records, and a gc now and then. */
static void work(void)
{
	const struct timespec long_ago[2] = {{.tv_sec = 1}, {.tv_sec = 1}};

	for (int i = 0;; i++) {
		storedir_open(&store);
		change_files(FILE_LEN);
		(void)record_files();
		if (i % 2 == 1)
			(void)utimensat(store.folder.netfan_fd, "gc", long_ago,
					0);
		(void)git_tidy(store.git, &store.err);
		storedir_close(&store);
	}
}

/* The programs that a process runs now: a kill of all at once. */
static void kill_children(pid_t pid)
{
	char path[64];
	FILE *file;
	int child;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children",
		       (int)pid, (int)pid);
	file = fopen(path, "re");
	if (file == NULL)
		return;
	while (fscanf(file, "%d", &child) == 1)
		(void)kill(child, SIGKILL);
	(void)fclose(file);
}

static void die_at_work(unsigned after_us, bool with_git)
{
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		dice.state += (uint64_t)getpid();
		work();
		_exit(1);
	}
	(void)usleep(after_us);
	if (with_git) {
		(void)kill(pid, SIGSTOP);
		kill_children(pid);
	}
	(void)kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* Is any process at work in the folder? */
static bool is_worked_in(void)
{
	DIR *dir = opendir("/proc");
	const struct dirent *entry;
	bool found = false;

	assert_non_null(dir);
	while (!found && (entry = readdir(dir)) != NULL) {
		char link[300], at[512];
		ssize_t len;

		(void)snprintf(link, sizeof(link), "/proc/%s/cwd",
			       entry->d_name);
		len = readlink(link, at, sizeof(at));
		found = len > 0 && (size_t)len >= strlen(store.dir) &&
			strncmp(at, store.dir, strlen(store.dir)) == 0;
	}
	(void)closedir(dir);
	return found;
}

/*
 * A gc that was killed has children that work on for a moment. That harms no
 * record, but fsck misses the loose objects that they remove while it looks.
 */
static void await_orphans(void)
{
	for (int i = 0; i < 60000 && is_worked_in(); i++)
		(void)usleep(1000);
}

static bool is_there(const char *path)
{
	char full[512];

	(void)snprintf(full, sizeof(full), "%s/%s", store.dir, path);
	return access(full, F_OK) == 0;
}

static void test_a_death_at_any_moment_is_mended_by_the_next_run(void **state)
{
	unsigned in_git = 0, mended = 0;

	(void)state;
	storedir_open(&store);
	change_files(FILE_LEN);
	assert_int_equal(record_files(), 1);
	storedir_close(&store);
	for (int i = 0; i < KILLS; i++) {
		die_at_work(dice_below(&dice, 300) * 1000, i % 2 == 1);
		in_git += is_there(".netfan/git");
		storedir_open(&store);
		mended += store.mended > 0;
		change_files(FILE_LEN);
		if (record_files() != 1)
			fail_msg("kill %d: %s", i, store.err.message);
		await_orphans();
		SH("git fsck --strict 2>&1 | grep -v ^dangling; "
		   "git status --porcelain; "
		   "find .git -name '*.lock' 2>/dev/null; ls .netfan | grep -v "
		   "gc",
		   "aside\nkey\nlock");
		storedir_close(&store);
	}
	(void)fprintf(stderr,
		      "%d kills, %u of them in the middle of git, "
		      "leftovers removed after %u\n",
		      KILLS, in_git, mended);
	assert_true(in_git > 0);
}

/* Each lock that a call of ours may leave, and one of nobody's. */
static void test_locks_of_a_dead_run_are_removed_and_no_others(void **state)
{
	static const char *const locks[] = {
		".git/HEAD.lock", ".git/refs/heads/main.lock",
		".git/packed-refs.lock", ".git/objects/info/commit-graph.lock"};
	char script[256];

	(void)state;
	storedir_open(&store);
	change_files(10);
	assert_int_equal(record_files(), 1);
	storedir_close(&store);
	for (size_t i = 0; i < LENGTH(locks); i++) {
		(void)snprintf(script, sizeof(script),
			       "mkdir -p .git/objects/info; touch %s",
			       locks[i]);
		SH(script, "");
		storedir_open(&store);
		assert_int_equal(store.mended, 0);
		assert_true(is_there(locks[i])); /* the user's */
		storedir_close(&store);
		SH("touch .netfan/git", "");
		storedir_open(&store);
		assert_int_equal(store.mended, 1);
		assert_false(is_there(locks[i]));
		assert_false(is_there(".netfan/git"));
		storedir_close(&store);
	}
}

/* It died between the two steps that put its index into the user's place. */
static void test_the_lock_of_the_users_index_is_known_by_its_file(void **state)
{
	(void)state;
	storedir_open(&store);
	change_files(10);
	assert_int_equal(record_files(), 1);
	storedir_close(&store);
	SH("cp .git/index .netfan/index.7-7; "
	   "ln .netfan/index.7-7 .git/index.lock",
	   "");
	storedir_open(&store);
	assert_int_equal(store.mended, 2);
	assert_false(is_there(".git/index.lock"));
	storedir_close(&store);
	SH("cp .git/index .netfan/index.7-7; cp .git/index .git/index.lock; "
	   "touch .netfan/git",
	   "");
	storedir_open(&store);
	assert_int_equal(store.mended, 1);
	assert_true(is_there(".git/index.lock")); /* somebody else's */
}

/* ---- full disks */

/* A small disk in the place of the folder, for this process alone. */
static bool mount_disk(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", store.dir, "tmpfs", 0, "size=64m,mode=0700") == 0;
}

static void resize_disk(size_t bytes)
{
	char options[64];

	(void)snprintf(options, sizeof(options), "size=%zu", bytes);
	assert_int_equal(mount("none", store.dir, NULL, MS_REMOUNT, options),
			 0);
}

/* As it is used now, and some pages more. */
static void fill_disk(unsigned pages)
{
	struct statvfs vfs;

	assert_int_equal(statvfs(store.dir, &vfs), 0);
	resize_disk((size_t)((vfs.f_blocks - vfs.f_bfree) * vfs.f_frsize) +
		    pages * (size_t)sysconf(_SC_PAGESIZE));
}

static void test_a_full_disk_leaves_the_last_good_state(void **state)
{
	unsigned failed = 0;

	(void)state;
	if (!mount_disk())
		UNIT_SKIP("no disk can be mounted here");
	storedir_open(&store);
	change_files(FILE_LEN);
	assert_int_equal(record_files(), 1);
	for (unsigned i = 0; i < FULL_DISKS; i++) {
		char before[72];
		int rc;

		memcpy(before, store.head, sizeof(before));
		change_files(FILE_LEN);
		fill_disk(i * 4);
		rc = record_files();
		if (rc == -1) {
			failed++;
			assert_int_equal(store.err.code, NF_SYSTEM);
			assert_int_equal(
				git_head(store.git, store.head, &store.err), 0);
			assert_string_equal(store.head, before);
		}
		SH("git fsck --strict 2>&1 | grep -v ^dangling; true", "");
		storedir_close(&store);
		resize_disk((size_t)64 << 20);
		storedir_open(&store);
		assert_int_equal(record_files(), rc == -1);
		SH("git fsck --strict 2>&1 | grep -v ^dangling; "
		   "git status --porcelain; find .git -name '*.lock'",
		   "");
	}
	(void)fprintf(stderr, "%d full disks, %u of them too full\n",
		      FULL_DISKS, failed);
	assert_true(failed > 0);
	storedir_close(&store);
	assert_int_equal(umount(store.dir), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	TEST(test_a_death_at_any_moment_is_mended_by_the_next_run),
	TEST(test_locks_of_a_dead_run_are_removed_and_no_others),
	TEST(test_the_lock_of_the_users_index_is_known_by_its_file),
	TEST(test_a_full_disk_leaves_the_last_good_state),
};

UNIT_MAIN(tests)
