/* lib/store/folder.c and lib/store/folder_lock.c */
#include "store/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "unit/tree.h"
#include "unit/unit.h"

static struct folder open_ok(const struct tree *tree, const char *below)
{
	struct nf_error err = {0};
	struct folder folder;

	if (folder_open(&folder, tree_path(tree, below), true, &err) == -1)
		fail_msg("%s", err.message);
	return folder;
}

/* It is refused with a message that has these words in it. */
static void refuses(const char *path, bool make, enum nf_code code,
		    const char *words)
{
	struct nf_error err = {0};
	struct folder folder;

	assert_int_equal(folder_open(&folder, path, make, &err), -1);
	if (err.code != code || strstr(err.message, words) == NULL)
		fail_msg("code %s, not %s: %s", nf_code_name(err.code), words,
			 err.message);
	assert_int_equal(folder.fd, -1);
	assert_null(folder.path);
}

/* ---- what is made */

static void test_a_folder_is_made_for_its_user_alone(void **state)
{
	static const mode_t umasks[] = {022, 0, 0777};
	struct tree tree = tree_make();
	char name[16];

	(void)state;
	tree_drop_root(&tree);
	for (size_t i = 0; i < LENGTH(umasks); i++) {
		struct folder folder;
		mode_t before = umask(umasks[i]);
		struct nf_error err = {0};

		(void)snprintf(name, sizeof(name), "d%zu", i);
		folder = open_ok(&tree, name);
		assert_int_equal(folder_lock(&folder, 0, NULL, NULL, &err), 0);
		assert_int_equal(umask(before), umasks[i]);
		assert_int_equal(tree_mode(&tree, name), 0700);
		(void)snprintf(name, sizeof(name), "d%zu/.netfan", i);
		assert_int_equal(tree_mode(&tree, name), 0700);
		assert_int_equal(fchdir(folder.netfan_fd), 0);
		for (size_t k = 0; k < 2; k++) {
			struct stat st;

			assert_int_equal(stat(k == 0 ? "key" : "lock", &st), 0);
			assert_int_equal(st.st_mode & 07777, 0600);
		}
		folder_close(&folder);
	}
	assert_int_equal(chdir("/"), 0);
	tree_be_root();
	tree_remove(&tree);
}

static void test_the_key_is_random_and_stays(void **state)
{
	static const uint8_t zeros[CONTENT_KEY];
	struct tree tree = tree_make();
	struct folder first = open_ok(&tree, "a");
	struct folder again = open_ok(&tree, "a");
	struct folder other = open_ok(&tree, "b");

	(void)state;
	assert_memory_equal(first.key, again.key, CONTENT_KEY);
	assert_memory_not_equal(first.key, other.key, CONTENT_KEY);
	assert_memory_not_equal(first.key, zeros, CONTENT_KEY);
	assert_int_equal(tree_count(&tree, "a/.netfan/aside"), 0);
	folder_close(&first);
	folder_close(&again);
	folder_close(&other);
	tree_remove(&tree);
}

/* A process that opens the folder, and tells its key. */
static void tell_key(const struct tree *tree, const int go[2], int out)
{
	struct folder folder;
	struct nf_error err;
	char byte;

	(void)close(go[1]);
	if (read(go[0], &byte, 1) != 0 ||
	    folder_open(&folder, tree_path(tree, "d"), true, &err) == -1 ||
	    write(out, folder.key, CONTENT_KEY) != (ssize_t)CONTENT_KEY)
		_exit(1);
	_exit(0);
}

static void test_runs_that_make_a_folder_at_once_have_one_key(void **state)
{
	enum { RUNS = 8 };
	struct tree tree = tree_make();
	uint8_t keys[RUNS][CONTENT_KEY];
	int go[2], out[2];

	(void)state;
	assert_int_equal(pipe(go), 0);
	assert_int_equal(pipe(out), 0);
	for (int i = 0; i < RUNS; i++) {
		pid_t pid = fork();

		assert_int_not_equal(pid, -1);
		if (pid == 0)
			tell_key(&tree, go, out[1]);
	}
	close_pipe(go); /* all begin */
	(void)close(out[1]);
	for (int i = 0; i < RUNS; i++) {
		assert_int_equal(read(out[0], keys[i], CONTENT_KEY),
				 CONTENT_KEY);
		assert_memory_equal(keys[i], keys[0], CONTENT_KEY);
	}
	(void)close(out[0]);
	while (wait(NULL) != -1)
		;
	assert_int_equal(tree_count(&tree, "d/.netfan/aside"), 0);
	tree_remove(&tree);
}

static void test_a_damaged_key_is_no_key(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree, "d");

	(void)state;
	folder_close(&folder);
	tree_put(&tree, "d/.netfan/key", "short");
	refuses(tree_path(&tree, "d"), true, NF_INVALID,
		"/d/.netfan/key is damaged");
	tree_put(&tree, "d/.netfan/key", "");
	refuses(tree_path(&tree, "d"), true, NF_INVALID, "is damaged");
	tree_put(&tree, "d/.netfan/key", "123456789012345678901234567890123");
	refuses(tree_path(&tree, "d"), true, NF_INVALID, "is damaged");
	tree_remove(&tree);
}

static void
test_an_empty_directory_gets_the_mode_another_keeps_its(void **state)
{
	struct tree tree = tree_make();
	struct folder folder;

	(void)state;
	assert_int_equal(mkdir(tree_path(&tree, "empty"), 0755), 0);
	assert_int_equal(mkdir(tree_path(&tree, "full"), 0755), 0);
	assert_int_equal(chmod(tree_path(&tree, "full"), 0755), 0);
	tree_put(&tree, "full/README", "mine\n");
	folder = open_ok(&tree, "empty");
	folder_close(&folder);
	folder = open_ok(&tree, "full");
	folder_close(&folder);
	assert_int_equal(tree_mode(&tree, "empty"), 0700);
	assert_int_equal(tree_mode(&tree, "full"), 0755);
	assert_int_equal(tree_mode(&tree, "full/.netfan"), 0700);
	assert_int_equal(chmod(tree_path(&tree, "empty"), 0750), 0);
	folder = open_ok(&tree, "empty");
	folder_close(&folder);
	assert_int_equal(tree_mode(&tree, "empty"), 0750);
	tree_remove(&tree);
}

static void test_who_looks_makes_nothing(void **state)
{
	struct tree tree = tree_make();
	struct folder folder;
	struct nf_error err;

	(void)state;
	refuses(tree_path(&tree, "none"), false, NF_SYSTEM, "/none: No such");
	assert_int_equal(mkdir(tree_path(&tree, "plain"), 0755), 0);
	refuses(tree_path(&tree, "plain"), false, NF_INVALID,
		"/plain is no collection: it has no .netfan");
	assert_int_equal(tree_count(&tree, "plain"), 0);
	assert_int_equal(tree_mode(&tree, "plain"), 0755);
	assert_int_equal(mkdir(tree_path(&tree, "plain/.netfan"), 0700), 0);
	assert_int_equal(
		folder_open(&folder, tree_path(&tree, "plain"), false, &err),
		0);
	assert_int_equal(folder.aside_fd, -1);
	assert_int_equal(tree_count(&tree, "plain/.netfan"), 0);
	folder_close(&folder);
	tree_remove(&tree);
}

/* ---- paths */

static void opens_as(const char *path, const char *real)
{
	struct nf_error err = {0};
	struct folder folder;

	if (folder_open(&folder, path, true, &err) == -1)
		fail_msg("%s: %s", path, err.message);
	assert_string_equal(folder.path, real);
	folder_close(&folder);
}

static void test_the_path_is_absolute_however_it_is_spelled(void **state)
{
	struct tree tree = tree_make();
	char *dir = realpath(tree.dir, NULL);
	char want[128];

	(void)state;
	assert_non_null(dir);
	(void)snprintf(want, sizeof(want), "%s/d", dir);
	assert_int_equal(chdir(tree.dir), 0);
	opens_as("d", want);
	opens_as("./d//", want);
	opens_as("d/.", want);
	opens_as("d/./", want);
	opens_as("d/../d", want);
	opens_as(tree_path(&tree, "d/"), want);
	assert_int_equal(chdir("d"), 0);
	opens_as(".", want);
	opens_as("./", want);
	opens_as(".netfan/..", want);
	assert_int_equal(symlink(".", tree_path(&tree, "up")), 0);
	opens_as(tree_path(&tree, "up/d"), want); /* a link on the way */
	assert_int_equal(chdir("/"), 0);
	free(dir);
	tree_remove(&tree);
}

static void test_a_path_that_leads_nowhere_is_told(void **state)
{
	struct tree tree = tree_make();

	(void)state;
	refuses("", true, NF_INVALID, "the folder has no name");
	refuses(tree_path(&tree, "a/b"), true, NF_SYSTEM,
		"/a, where the folder is to be: No such file");
	tree_put(&tree, "file", "");
	refuses(tree_path(&tree, "file/b"), true, NF_SYSTEM, "Not a directory");
	assert_int_equal(mkdir(tree_path(&tree, "gone"), 0700), 0);
	assert_int_equal(chdir(tree_path(&tree, "gone")), 0);
	assert_int_equal(rmdir(tree_path(&tree, "gone")), 0);
	refuses(".", true, NF_SYSTEM, "the current directory is gone");
	refuses("d", true, NF_SYSTEM, "the current directory is gone");
	refuses("a/b", true, NF_SYSTEM, "the current directory is gone");
	assert_int_equal(chdir("/"), 0);
	tree_remove(&tree);
}

static void test_the_directory_above_may_be_read_only(void **state)
{
	struct tree tree = tree_make();
	struct folder folder;

	(void)state;
	tree_drop_root(&tree);
	assert_int_equal(mkdir(tree_path(&tree, "d"), 0700), 0);
	assert_int_equal(chmod(tree.dir, 0500), 0);
	folder = open_ok(&tree, "d");
	folder_close(&folder);
	refuses(tree_path(&tree, "other"), true, NF_SYSTEM,
		"cannot make /tmp/netfan-tree-");
	assert_int_equal(chmod(tree.dir, 0700), 0);
	tree_be_root();
	tree_remove(&tree);
}

/* ---- trust */

/* The folder "d" with one part of it replaced. */
static void refuses_with(const struct tree *tree, enum nf_code code,
			 const char *words)
{
	refuses(tree_path(tree, "d"), true, code, words);
	refuses(tree_path(tree, "d"), false, code, words);
}

/* A part of it makes room for something else, and is there again. */
static void take_away(const struct tree *tree, const char *part)
{
	(void)rename(tree_path(tree, part), tree_path(tree, "part"));
}

static void give_back(const struct tree *tree, const char *part)
{
	assert_int_equal(unlink(tree_path(tree, part)), 0);
	(void)rename(tree_path(tree, "part"), tree_path(tree, part));
}

static void test_links_are_not_followed(void **state)
{
	static const char *const parts[] = {"d/.git", "d/.netfan"};
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree, "elsewhere");

	(void)state;
	folder_close(&folder);
	assert_int_equal(symlink("elsewhere", tree_path(&tree, "d")), 0);
	refuses_with(&tree, NF_INVALID, "/d is a symbolic link");
	refuses(tree_path(&tree, "d/"), true, NF_INVALID, "symbolic link");
	refuses(tree_path(&tree, "d/."), true, NF_INVALID, "symbolic link");
	assert_int_equal(unlink(tree_path(&tree, "d")), 0);
	assert_int_equal(symlink("nowhere", tree_path(&tree, "d")), 0);
	refuses_with(&tree, NF_INVALID, "/d is a symbolic link");
	assert_int_equal(unlink(tree_path(&tree, "d")), 0);
	folder = open_ok(&tree, "d");
	folder_close(&folder);
	for (size_t i = 0; i < LENGTH(parts); i++) {
		take_away(&tree, parts[i]);
		assert_int_equal(symlink("../elsewhere/.netfan",
					 tree_path(&tree, parts[i])),
				 0);
		refuses_with(&tree, NF_INVALID, "is a symbolic link");
		refuses_with(&tree, NF_INVALID, parts[i]);
		give_back(&tree, parts[i]);
	}
	tree_remove(&tree);
}

static void test_what_others_may_write_to_is_refused(void **state)
{
	static const char *const parts[] = {"d", "d/.git", "d/.netfan"};
	static const mode_t modes[] = {0720, 0702, 01777};
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree, "d");

	(void)state;
	folder_close(&folder);
	assert_int_equal(mkdir(tree_path(&tree, "d/.git"), 0755), 0);
	for (size_t i = 0; i < LENGTH(parts); i++) {
		for (size_t k = 0; k < LENGTH(modes); k++) {
			char words[128];

			(void)snprintf(words, sizeof(words),
				       "others may write to %s:",
				       tree_path(&tree, parts[i]));
			assert_int_equal(
				chmod(tree_path(&tree, parts[i]), modes[k]), 0);
			refuses_with(&tree, NF_INVALID, words);
		}
		assert_int_equal(chmod(tree_path(&tree, parts[i]), 0700), 0);
	}
	folder = open_ok(&tree, "d");
	folder_close(&folder);
	tree_remove(&tree);
}

/* Root has to give a part away; all others are refused what is root's. */
static void test_what_another_user_owns_is_refused(void **state)
{
	static const char *const parts[] = {"d", "d/.git", "d/.netfan"};
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree, "d");

	(void)state;
	folder_close(&folder);
	if (geteuid() != 0)
		refuses("/usr", true, NF_INVALID, "/usr belongs to user 0, ");
	assert_int_equal(mkdir(tree_path(&tree, "d/.git"), 0755), 0);
	for (size_t i = 0; geteuid() == 0 && i < LENGTH(parts); i++) {
		assert_int_equal(chown(tree_path(&tree, parts[i]), 1234, -1u),
				 0);
		refuses_with(&tree, NF_INVALID,
			     "belongs to user 1234, and this is user 0: run "
			     "netfan as its owner");
		refuses_with(&tree, NF_INVALID, parts[i]);
		assert_int_equal(chown(tree_path(&tree, parts[i]), 0, -1u), 0);
	}
	tree_remove(&tree);
}

static void test_what_is_no_directory_is_refused(void **state)
{
	static const char *const parts[][2] = {
		{"d/.git",
		 "/d/.git is a file, as in a worktree or a submodule"},
		{"d/.netfan", "/d/.netfan is no directory"}};
	struct tree tree = tree_make();
	struct folder folder;

	(void)state;
	tree_put(&tree, "d", "");
	refuses_with(&tree, NF_INVALID, "/d is no directory");
	assert_int_equal(unlink(tree_path(&tree, "d")), 0);
	folder = open_ok(&tree, "d");
	folder_close(&folder);
	for (size_t i = 0; i < LENGTH(parts); i++) {
		take_away(&tree, parts[i][0]);
		tree_put(&tree, parts[i][0], "gitdir: /elsewhere\n");
		refuses_with(&tree, NF_INVALID, parts[i][1]);
		give_back(&tree, parts[i][0]);
	}
	tree_remove(&tree);
}

/* Who looks is told that it is none, before anything that a collection would
 * have to be. */
static void test_a_directory_of_something_else_is_no_collection(void **state)
{
	struct tree tree = tree_make();

	(void)state;
	assert_int_equal(mkdir(tree_path(&tree, "d"), 0700), 0);
	tree_put(&tree, "d/.git", "gitdir: /elsewhere\n");
	refuses(tree_path(&tree, "d"), false, NF_INVALID, "is no collection: ");
	refuses(tree_path(&tree, "d"), true, NF_INVALID, "/d/.git is a file");
	assert_int_equal(tree_count(&tree, "d"), 1);
	assert_int_equal(chmod(tree_path(&tree, "d"), 01777), 0);
	refuses(tree_path(&tree, "d"), false, NF_INVALID, "is no collection: ");
	refuses(tree_path(&tree, "d"), true, NF_INVALID,
		"name a folder of your");
	assert_int_equal(mkdir(tree_path(&tree, "bare"), 0700), 0);
	assert_int_equal(mkdir(tree_path(&tree, "bare/objects"), 0700), 0);
	assert_int_equal(mkdir(tree_path(&tree, "bare/refs"), 0700), 0);
	tree_put(&tree, "bare/HEAD", "ref: refs/heads/main\n");
	refuses(tree_path(&tree, "bare"), true, NF_INVALID, "is a bare repos");
	assert_int_equal(tree_count(&tree, "bare"), 3);
	tree_remove(&tree);
}

/* ---- below it */

static void
test_directories_are_made_below_it_but_never_behind_links(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree, "d");
	struct nf_error err = {0};
	mode_t before = umask(0277);
	int fd;

	(void)state;
	assert_int_equal(folder_dir(&folder, "R1/show", false, &err), -1);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_int_equal(err.sys_errno, ENOENT);
	fd = folder_dir(&folder, ".netfan/shrunk/R1", true, &err);
	(void)umask(before);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	(void)close(fd);
	assert_int_equal(tree_mode(&tree, "d/.netfan/shrunk/R1"), 0700);
	assert_int_equal(mkdir(tree_path(&tree, "out"), 0700), 0);
	assert_int_equal(symlink("../out", tree_path(&tree, "d/R1")), 0);
	assert_int_equal(folder_dir(&folder, "R1/show", true, &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_non_null(strstr(err.message, "/d/R1 is a symbolic link"));
	assert_int_equal(tree_count(&tree, "out"), 0);
	folder_close(&folder);
	tree_remove(&tree);
}

static void test_only_files_are_opened_below_it(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree, "d");
	struct nf_error err = {0};
	struct stat st;
	int fd;

	(void)state;
	fd = folder_dir(&folder, "R1", true, &err);
	(void)close(fd);
	tree_put(&tree, "d/R1/show", "text\n");
	fd = folder_file(&folder, "R1/show", &st, &err);
	assert_true(fd >= 0);
	assert_int_equal(st.st_size, 5);
	(void)close(fd);
	assert_int_equal(folder_file(&folder, "R1/none", &st, &err), -1);
	assert_int_equal(err.sys_errno, ENOENT);
	assert_int_equal(symlink("show", tree_path(&tree, "d/R1/link")), 0);
	assert_int_equal(folder_file(&folder, "R1/link", &st, &err), -1);
	assert_non_null(strstr(err.message, "d/R1/link is a symbolic link"));
	assert_int_equal(err.code, NF_INVALID);
	assert_int_equal(mkfifo(tree_path(&tree, "d/R1/fifo"), 0600), 0);
	assert_int_equal(folder_file(&folder, "R1/fifo", &st, &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	folder_close(&folder);
	tree_remove(&tree);
}

static void test_a_message_is_one_line_whatever_the_path(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree, "d\x1b[2J");
	char shown[FOLDER_SHOWN], name[600];

	(void)state;
	folder_shown(shown, &folder, "R1");
	assert_non_null(strstr(shown, "/d\\x1b[2J/R1"));
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	folder_shown(shown, &folder, name);
	assert_int_equal(strlen(shown), FOLDER_SHOWN - 1);
	folder_close(&folder);
	tree_remove(&tree);
}

/* ---- the lock */

static void locks(struct folder *folder)
{
	struct nf_error err = {0};

	if (folder_lock(folder, 0, NULL, NULL, &err) == -1)
		fail_msg("%s", err.message);
	assert_int_equal(fcntl(folder->lock_fd, F_GETFD), FD_CLOEXEC);
}

static void is_busy(struct folder *folder, const char *words)
{
	struct nf_error err = {0};

	assert_int_equal(folder_lock(folder, 0, NULL, NULL, &err), -1);
	assert_int_equal(err.code, NF_BUSY);
	assert_int_equal(folder->lock_fd, -1);
	if (strstr(err.message, words) == NULL)
		fail_msg("no '%s' in: %s", words, err.message);
}

static void test_a_second_run_is_told_who_works_and_since_when(void **state)
{
	struct tree tree = tree_make();
	struct folder first = open_ok(&tree, "d");
	struct folder second = open_ok(&tree, "d");
	char words[64];

	(void)state;
	tree_put(&tree, "d/.netfan/lock",
		 "process 1 since a very long time ago, by a longer text\n");
	assert_int_equal(setenv("TZ", "XYZ-5:30", 1), 0);
	tzset();
	locks(&first);
	(void)snprintf(words, sizeof(words), "/d: process %ld since 2",
		       (long)getpid());
	is_busy(&second, words);
	is_busy(&second, " +0530");
	folder_close(&first);
	locks(&second);
	folder_close(&second);
	tree_remove(&tree);
}

static void test_a_damaged_text_of_the_lock_is_harmless(void **state)
{
	static const char *const texts[][2] = {
		{"", "d"},
		{"\n\n", "d"},
		{"\x1b[2Jevil\nmore", "d: \\x1b[2Jevil"},
		{"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		 "xxx..."},
	};
	struct tree tree = tree_make();
	struct folder first = open_ok(&tree, "d");
	struct folder second = open_ok(&tree, "d");

	(void)state;
	locks(&first);
	for (size_t i = 0; i < LENGTH(texts); i++) {
		struct nf_error err = {0};
		size_t len = strlen(texts[i][1]);

		tree_put(&tree, "d/.netfan/lock", texts[i][0]);
		assert_int_equal(folder_lock(&second, 0, NULL, NULL, &err), -1);
		assert_int_equal(err.code, NF_BUSY);
		assert_string_equal(err.message + strlen(err.message) - len,
				    texts[i][1]);
	}
	folder_close(&first);
	folder_close(&second);
	tree_remove(&tree);
}

/* A child that has the lock, too, and closes it a moment after its parent's
 * death: as one that was just being forked. */
static void fork_lingering(void)
{
	pid_t parent = getpid();

	if (fork() != 0)
		return;
	while (getppid() == parent)
		(void)usleep(1000);
	(void)usleep(200000);
	_exit(0);
}

/* A process that has the lock until it is killed. */
static pid_t start_holder(const struct tree *tree, bool lingers)
{
	int ready[2];
	pid_t pid;
	char byte;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		struct nf_error err;
		struct folder folder;

		(void)alarm(600);
		if (folder_open(&folder, tree_path(tree, "d"), true, &err) ==
			    -1 ||
		    folder_lock(&folder, 0, NULL, NULL, &err) == -1)
			_exit(1);
		if (lingers)
			fork_lingering();
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	(void)close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
	return pid;
}

static void kill_holder(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_a_child_of_a_killed_run_holds_nobody_up(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree, "d");
	pid_t holder = start_holder(&tree, true);

	(void)state;
	kill_holder(holder);
	locks(&folder);
	folder_close(&folder);
	tree_remove(&tree);
}

static void
test_the_lock_of_a_killed_run_is_free_and_the_file_stays(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree, "d");
	pid_t holder = start_holder(&tree, false);
	struct stat before, after;
	char words[64];

	(void)state;
	(void)snprintf(words, sizeof(words), "process %ld since", (long)holder);
	is_busy(&folder, words);
	assert_int_equal(stat(tree_path(&tree, "d/.netfan/lock"), &before), 0);
	kill_holder(holder);
	locks(&folder);
	folder_close(&folder);
	assert_int_equal(stat(tree_path(&tree, "d/.netfan/lock"), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	tree_remove(&tree);
}

/* Who waits asks between looks: at the second question the holder is killed,
 * or the user gives up. */
struct waiter {
	pid_t holder;
	int nasked;
	bool gives_up;
};

static bool ask(void *arg)
{
	struct waiter *waiter = arg;

	if (++waiter->nasked < 2)
		return false;
	if (!waiter->gives_up && waiter->nasked == 2)
		kill_holder(waiter->holder);
	return waiter->gives_up;
}

static void test_a_run_that_waits_goes_on_when_the_other_ends(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree, "d");
	struct waiter waiter = {.holder = start_holder(&tree, false)};
	struct nf_error err = {0};

	(void)state;
	assert_int_equal(folder_lock(&folder, NO_DEADLINE, ask, &waiter, &err),
			 0);
	assert_true(waiter.nasked >= 2);
	folder_close(&folder);
	tree_remove(&tree);
}

static void test_a_wait_ends_with_its_deadline_or_when_interrupted(void **state)
{
	struct tree tree = tree_make();
	struct folder holder = open_ok(&tree, "d");
	struct folder folder = open_ok(&tree, "d");
	struct waiter waiter = {.gives_up = true};
	struct nf_error err = {0};
	int64_t begun = deadline_clock_ms();

	(void)state;
	locks(&holder);
	assert_int_equal(folder_lock(&folder, begun + 100, NULL, NULL, &err),
			 -1);
	assert_int_equal(err.code, NF_BUSY);
	assert_true(deadline_clock_ms() >= begun + 100);
	assert_int_equal(folder_lock(&folder, NO_DEADLINE, ask, &waiter, &err),
			 -1);
	assert_int_equal(err.code, NF_CANCELLED);
	assert_int_equal(waiter.nasked, 2);
	folder_close(&holder);
	folder_close(&folder);
	tree_remove(&tree);
}

static void test_all_that_was_written_is_synced(void **state)
{
	struct tree tree = tree_make();
	struct folder folder = open_ok(&tree, "d");
	struct nf_error err = {0};

	(void)state;
	assert_int_equal(folder_sync(&folder, &err), 0);
	(void)close(folder.fd);
	folder.fd = open("/proc/self/ns/mnt", O_PATH | O_CLOEXEC);
	assert_int_equal(folder_sync(&folder, &err), -1);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_int_equal(err.sys_errno, EBADF);
	folder_close(&folder);
	tree_remove(&tree);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_folder_is_made_for_its_user_alone),
	cmocka_unit_test(test_the_key_is_random_and_stays),
	cmocka_unit_test(test_runs_that_make_a_folder_at_once_have_one_key),
	cmocka_unit_test(test_a_damaged_key_is_no_key),
	cmocka_unit_test(
		test_an_empty_directory_gets_the_mode_another_keeps_its),
	cmocka_unit_test(test_who_looks_makes_nothing),
	cmocka_unit_test(test_the_path_is_absolute_however_it_is_spelled),
	cmocka_unit_test(test_a_path_that_leads_nowhere_is_told),
	cmocka_unit_test(test_the_directory_above_may_be_read_only),
	cmocka_unit_test(test_links_are_not_followed),
	cmocka_unit_test(test_what_others_may_write_to_is_refused),
	cmocka_unit_test(test_what_another_user_owns_is_refused),
	cmocka_unit_test(test_what_is_no_directory_is_refused),
	cmocka_unit_test(test_a_directory_of_something_else_is_no_collection),
	cmocka_unit_test(
		test_directories_are_made_below_it_but_never_behind_links),
	cmocka_unit_test(test_only_files_are_opened_below_it),
	cmocka_unit_test(test_a_message_is_one_line_whatever_the_path),
	cmocka_unit_test(test_a_second_run_is_told_who_works_and_since_when),
	cmocka_unit_test(test_a_damaged_text_of_the_lock_is_harmless),
	cmocka_unit_test(
		test_the_lock_of_a_killed_run_is_free_and_the_file_stays),
	cmocka_unit_test(test_a_child_of_a_killed_run_holds_nobody_up),
	cmocka_unit_test(test_a_run_that_waits_goes_on_when_the_other_ends),
	cmocka_unit_test(
		test_a_wait_ends_with_its_deadline_or_when_interrupted),
	cmocka_unit_test(test_all_that_was_written_is_synced),
};

UNIT_MAIN(tests)
