/* lib/store/run: what runs that did not end leave behind is mended by the next, and
 * so is what people do to the files. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/collection.h"
#include "unit/unit.h"

#define VERSION "show version"
#define FILE_OF "R1/show_version"

static struct collection c;

static const char *status(void)
{
	return collection_shell(
		&c, "git fsck --strict 2>&1; git status --porcelain");
}

/* What the last commit changed. */
static const char *last_commit(void)
{
	return collection_shell(
		&c, "git log -1 --format=%s --name-only | tr '\\n' ' '");
}

static void assert_fate(enum nf_output_fate fate)
{
	assert_string_equal(
		nf_output_fate_name(collection_output(&c, "R1", VERSION)->fate),
		nf_output_fate_name(fate));
}

static void assert_noted(const char *text)
{
	if (strstr(c.notes, text) == NULL)
		fail_msg("no note of '%s': %s", text, c.notes);
}

static void run(const char *text)
{
	collection_run(&c, "R1", VERSION, text);
}

/* A run from begin to end, of which no more is looked at. */
static void ran(const char *text)
{
	run(text);
	collection_close(&c);
}

/* Set back what a run does after it has put its files into their places. */
static void save(void)
{
	assert_string_equal(
		collection_shell(&c, "cp -a .git ../git; cp .netfan/state .."),
		"");
}

static void set_back_state(void)
{
	assert_string_equal(collection_shell(&c, "cp ../state .netfan/state"),
			    "");
}

static void set_back_git(void)
{
	assert_string_equal(
		collection_shell(&c, "rm -rf .git; cp -a ../git .git"), "");
}

static void test_what_was_left_aside_is_removed_and_told(void **state)
{
	int status_of_child;
	pid_t pid;

	(void)state;
	collection_make(&c);
	ran("IOS 15.1\n");
	pid = fork();
	assert_true(pid != -1);
	if (pid == 0) {
		collection_begin(&c, "R1");
		collection_say(&c, "R1",
			       &(struct said)SAYS(VERSION, "IOS 15.2\n"), 1);
		_exit(0); /* dead before its end */
	}
	assert_int_equal(waitpid(pid, &status_of_child, 0), pid);
	assert_int_equal(status_of_child, 0);
	assert_string_equal(collection_shell(&c, "ls .netfan/aside | wc -l"),
			    "1\n");
	collection_holds(&c, FILE_OF, "IOS 15.1\n");
	run("IOS 15.2\n");
	assert_noted("1 leftover removed");
	assert_fate(NF_OUTPUT_CHANGED);
	collection_close(&c);
	collection_holds(&c, FILE_OF, "IOS 15.2\n");
	assert_string_equal(collection_shell(&c, "ls .netfan/aside"), "");
	assert_string_equal(status(), "");
	collection_remove(&c);
}

/* Killed between the renames and the commit. */
static void
test_files_that_were_not_recorded_are_told_by_the_next_run(void **state)
{
	(void)state;
	collection_make(&c);
	ran("IOS 15.1\n");
	save();
	ran("IOS 15.2\n");
	set_back_git();
	set_back_state();
	assert_string_equal(status(), " M " FILE_OF "\n");
	run("IOS 15.2\n");
	assert_noted("1 file is not as the last run left it");
	assert_false(collection_knew());
	assert_fate(NF_OUTPUT_CHANGED);
	assert_string_equal(collection_diff(&c, "R1", VERSION, 0),
			    "@@ -1 +1 @@\n-IOS 15.1\n+IOS 15.2\n");
	collection_close(&c);
	assert_string_equal(last_commit(), "collect: 1 changed  " FILE_OF " ");
	assert_string_equal(status(), "");
	run("IOS 15.2\n");
	assert_string_equal(c.notes, "");
	assert_true(collection_knew());
	collection_close(&c);
	collection_remove(&c);
}

/* Killed between the commit and the state: nobody was told. */
static void
test_a_commit_that_nobody_was_told_of_is_told_by_the_next_run(void **state)
{
	(void)state;
	collection_make(&c);
	ran("IOS 15.1\n");
	save();
	ran("IOS 15.2\n");
	set_back_state();
	run("IOS 15.2\n");
	assert_fate(NF_OUTPUT_CHANGED);
	assert_string_equal(nf_store_head(c.store), "");
	assert_string_equal(collection_diff(&c, "R1", VERSION, 0),
			    "@@ -1 +1 @@\n-IOS 15.1\n+IOS 15.2\n");
	collection_close(&c);
	assert_string_equal(status(), "");
	run("IOS 15.2\n");
	assert_string_equal(c.notes, "");
	assert_fate(NF_OUTPUT_SAME);
	collection_close(&c);
	collection_remove(&c);
}

/* Its device does not answer: the file is recorded all the same, and known from
 * then on. */
static void test_a_file_that_was_not_recorded_needs_no_answer(void **state)
{
	(void)state;
	collection_make(&c);
	ran("IOS 15.1\n");
	save();
	ran("IOS 15.2\n");
	set_back_git();
	set_back_state();
	collection_begin(&c, "R1");
	collection_fail(&c, "R1", NF_REFUSED);
	collection_end(&c);
	collection_close(&c);
	assert_string_equal(last_commit(), "collect: 1 failed  " FILE_OF " ");
	assert_string_equal(status(), "");
	run("IOS 15.2\n");
	assert_string_equal(c.notes, "");
	assert_true(collection_knew());
	collection_close(&c);
	collection_remove(&c);
}

/* The first run of all was killed, so that there is no state, nor a commit. */
static void test_a_first_run_that_was_killed_is_begun_again(void **state)
{
	(void)state;
	collection_make(&c);
	ran("IOS 15.1\n");
	assert_string_equal(
		collection_shell(&c, "rm -rf .git .netfan/state; git init -q"),
		"");
	run("IOS 15.1\n");
	assert_fate(NF_OUTPUT_ADDED);
	collection_close(&c);
	assert_string_equal(last_commit(), "collect: 1 added  " FILE_OF " ");
	assert_string_equal(status(), "");
	collection_remove(&c);
}

/* ---- by hand */

static void test_a_file_edited_by_hand_is_put_back(void **state)
{
	(void)state;
	collection_make(&c);
	ran("IOS 15.1\n");
	collection_put(&c, FILE_OF, "IOS 3\n");
	run("IOS 15.1\n");
	assert_noted("1 file is not as the last run left it");
	assert_fate(NF_OUTPUT_SAME);
	assert_string_equal(nf_store_head(c.store), "");
	collection_close(&c);
	collection_holds(&c, FILE_OF, "IOS 15.1\n");
	assert_string_equal(status(), "");
	collection_remove(&c);
}

static void
test_a_file_edited_by_hand_is_compared_with_what_was_recorded(void **state)
{
	(void)state;
	collection_make(&c);
	ran("IOS 15.1\n");
	collection_put(&c, FILE_OF, "IOS 3\n");
	run("IOS 15.2\n");
	assert_fate(NF_OUTPUT_CHANGED);
	assert_string_equal(collection_diff(&c, "R1", VERSION, 0),
			    "@@ -1 +1 @@\n-IOS 15.1\n+IOS 15.2\n");
	collection_close(&c);
	collection_holds(&c, FILE_OF, "IOS 15.2\n");
	assert_string_equal(status(), "");
	collection_remove(&c);
}

static void test_a_file_removed_by_hand_comes_back(void **state)
{
	(void)state;
	collection_make(&c);
	ran("IOS 15.1\n");
	assert_string_equal(collection_shell(&c, "rm -r R1"), "");
	run("IOS 15.1\n");
	assert_fate(NF_OUTPUT_SAME);
	collection_close(&c);
	collection_holds(&c, FILE_OF, "IOS 15.1\n");
	assert_string_equal(status(), "");
	assert_string_equal(collection_shell(&c, "rm -r R1"), "");
	run("IOS 15.2\n");
	assert_fate(NF_OUTPUT_CHANGED);
	collection_close(&c);
	collection_holds(&c, FILE_OF, "IOS 15.2\n");
	collection_remove(&c);
}

/* Copied to another machine: all stats are others. */
/* Outputs behind a link could not be replaced: that is told before any changes,
 * and nothing is believed of what is there. */
static void test_a_directory_that_is_a_link_is_told_at_once(void **state)
{
	(void)state;
	for (int kind = NF_STORE_GIT; kind <= NF_STORE_PLAIN; kind++) {
		struct nf_error err = {0};

		collection_make(&c);
		c.options.kind = (enum nf_store_kind)kind;
		ran("IOS 15.1\n");
		assert_string_equal(
			collection_shell(&c, "mv R1 .. && ln -s ../R1 R1"), "");
		collection_begin(&c, "R1");
		collection_say(&c, "R1",
			       &(struct said)SAYS(VERSION, "IOS 15.1\n"), 1);
		assert_false(collection_knew());
		assert_int_equal(nf_store_commit(c.store, &err), -1);
		assert_int_equal(err.code, NF_INVALID);
		assert_non_null(strstr(err.message, "/R1 is a symbolic link"));
		assert_fate(NF_OUTPUT_FAILED);
		collection_close(&c);
		collection_remove(&c);
	}
}

static void test_a_copied_folder_makes_no_change(void **state)
{
	static const char *const lines[] = {"^Clock: "};

	(void)state;
	collection_make(&c);
	ran("Clock: 1\nIOS 15.1\n");
	assert_string_equal(
		collection_shell(&c, "cd .. && cp -r net copy && rm -r net && "
				     "mv copy net && chmod -R go= net"),
		"");
	/* And netfan knows more of what changes by itself there. */
	c.options.volatile_lines = lines;
	c.options.nvolatile_lines = 1;
	run("Clock: 2\nIOS 15.1\n");
	assert_noted("1 file is not as the last run left it");
	assert_fate(NF_OUTPUT_SAME);
	assert_string_equal(nf_store_head(c.store), "");
	collection_close(&c);
	run("Clock: 2\nIOS 15.1\n");
	assert_true(collection_knew());
	collection_close(&c);
	collection_remove(&c);
}

static void test_files_of_the_user_stay_as_they_are(void **state)
{
	(void)state;
	collection_make(&c);
	ran("IOS 15.1\n");
	collection_put(&c, "NOTES", "mine\n");
	collection_put(&c, "R1/notes", "mine, too\n");
	assert_string_equal(
		collection_shell(&c, "git add NOTES && git -c user.name=a "
				     "-c user.email=b commit -qm mine"),
		"");
	run("IOS 15.2\n");
	assert_string_equal(c.notes, "");
	assert_fate(NF_OUTPUT_CHANGED);
	assert_string_equal(collection_diff(&c, "R1", VERSION, 0),
			    "@@ -1 +1 @@\n-IOS 15.1\n+IOS 15.2\n");
	collection_close(&c);
	collection_holds(&c, "R1/notes", "mine, too\n");
	assert_string_equal(collection_shell(&c, "git ls-files"),
			    "NOTES\n" FILE_OF "\n");
	assert_string_equal(status(), "?? R1/notes\n");
	collection_remove(&c);
}

/* ---- the state and the record */

static void test_a_state_is_made_anew_from_files_and_record(void **state)
{
	const char *const losses[] = {
		"rm .netfan/state", "echo nonsense >.netfan/state",
		"head -c 100 .netfan/state >s && mv s .netfan/state"};

	(void)state;
	for (size_t i = 0; i < LENGTH(losses); i++) {
		const struct nf_store_device *device;

		unit_where(losses[i]);
		collection_make(&c);
		collection_run(&c, "R1 a A", VERSION, "IOS 15.0\n");
		collection_close(&c);
		collection_run(&c, "R1 a A", VERSION, "IOS 15.1\n");
		collection_close(&c);
		assert_string_equal(collection_shell(&c, losses[i]), "");
		/* The inventory is in another order now. */
		collection_run(&c, "A a R1", VERSION, "IOS 15.1\n");
		assert_noted("the state is made anew from the files");
		device = collection_device(&c, "A");
		assert_int_equal(device->fate, NF_DEVICE_SAME);
		assert_int_equal(device->changes, 1);
		assert_fate(NF_OUTPUT_SAME);
		assert_string_equal(nf_store_head(c.store), "");
		collection_close(&c);
		assert_string_equal(status(), "");
		collection_run(&c, "A a R1", VERSION, "IOS 15.1\n");
		assert_string_equal(c.notes, "");
		assert_true(collection_knew());
		collection_close(&c);
		collection_remove(&c);
	}
}

/* Devices that are not in the inventory are known by their files. */
static void test_a_state_made_anew_tells_who_is_gone(void **state)
{
	(void)state;
	collection_make(&c);
	collection_run(&c, "R1 a/b", VERSION, "IOS 15.1\n");
	collection_close(&c);
	assert_string_equal(collection_shell(&c, "rm .netfan/state"), "");
	run("IOS 15.1\n");
	assert_int_equal(nf_store_size(c.store), 2);
	assert_int_equal(collection_device(&c, "a/b")->fate, NF_DEVICE_GONE);
	assert_true(collection_device(&c, "a/b")->succeeded_us != 0);
	collection_close(&c);
	collection_remove(&c);
}

/* What only looks as if a run had put it there is nobody's but the user's. */
static void test_a_state_made_anew_leaves_files_of_the_user_alone(void **state)
{
	(void)state;
	collection_make(&c);
	ran("IOS 15.1\n");
	assert_string_equal(collection_shell(&c, "mkdir -m 700 docs"), "");
	collection_put(&c, "docs/plan", "password 7 mine\n");
	collection_put(&c, "R1/notes", "mine, too\n");
	assert_string_equal(collection_shell(&c, "rm .netfan/state"), "");
	c.options.remove_gone = true;
	c.options.masks = NF_MASKS_ON;
	ran("IOS 15.1\n");
	ran("IOS 15.2\n");
	collection_holds(&c, "docs/plan", "password 7 mine\n");
	collection_holds(&c, "R1/notes", "mine, too\n");
	assert_string_equal(collection_shell(&c, "git ls-files"), FILE_OF "\n");
	collection_run(&c, "R2", VERSION, "IOS 15.1\n");
	collection_close(&c);
	collection_holds(&c, "docs/plan", "password 7 mine\n");
	collection_holds(&c, "R1/notes", "mine, too\n");
	assert_string_equal(collection_shell(&c, "git ls-files"),
			    "R2/show_version\n");
	collection_remove(&c);
}

/* A file that was found is an output from when a device has said it. */
static void test_a_file_that_was_guessed_is_recorded_once_it_came(void **state)
{
	const char *const clock = "show clock";

	(void)state;
	collection_make(&c);
	ran("IOS 15.1\n");
	collection_put(&c, "R1/show_clock", "noon\n");
	assert_string_equal(collection_shell(&c, "rm .netfan/state"), "");
	ran("IOS 15.1\n");
	assert_string_equal(status(), "?? R1/show_clock\n");
	collection_run(&c, "R1", clock, "noon\n");
	collection_close(&c);
	assert_string_equal(status(), "");
	collection_run(&c, "R1", clock, "noon\n");
	assert_true(collection_knew());
	collection_close(&c);
	collection_remove(&c);
}

static void test_a_state_of_a_later_netfan_is_refused(void **state)
{
	struct nf_error err = {0};

	(void)state;
	collection_make(&c);
	ran("IOS 15.1\n");
	assert_string_equal(
		collection_shell(&c, "sed -i '1s/^netfan-state 1/netfan-state "
				     "2/' .netfan/state"),
		"");
	save();
	assert_int_equal(collection_try(&c, "R1", &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_string_equal(collection_shell(&c, "cmp .netfan/state ../state"),
			    "");
	collection_remove(&c);
}

static void test_a_damaged_repository_loses_no_file(void **state)
{
	struct nf_error err = {0};

	(void)state;
	collection_make(&c);
	ran("IOS 15.1\n");
	assert_string_equal(
		collection_shell(&c, "for f in $(find .git/objects -type f); "
				     "do chmod u+w $f; echo x >$f; done"),
		"");
	collection_begin(&c, "R1");
	collection_say(&c, "R1", &(struct said)SAYS(VERSION, "IOS 15.2\n"), 1);
	assert_int_equal(nf_store_commit(c.store, &err), -1);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_non_null(strstr(err.message, "move .git away"));
	assert_fate(NF_OUTPUT_CHANGED);
	collection_close(&c);
	collection_holds(&c, FILE_OF, "IOS 15.2\n");
	/* As the message says. */
	assert_string_equal(collection_shell(&c, "mv .git ../damaged"), "");
	run("IOS 15.2\n");
	assert_fate(NF_OUTPUT_SAME);
	assert_true(nf_store_head(c.store)[0] != '\0');
	collection_close(&c);
	assert_string_equal(collection_shell(&c, "git ls-files"), FILE_OF "\n");
	assert_string_equal(status(), "");
	run("IOS 15.2\n");
	assert_string_equal(c.notes, "");
	assert_string_equal(nf_store_head(c.store), "");
	collection_close(&c);
	collection_remove(&c);
}

/* What could not be removed, or whose removal could not be recorded, is left to
 * the next run, which has to know of it. */
static void test_a_removal_that_failed_is_made_up_for(void **state)
{
	static const struct {
		const char *before, *after; /* the run that fails */
	} nights[] = {
		{"rm R2/show_version && mkdir -p R2/show_version/x",
		 "rm -r R2/show_version"},
		{"touch .git/refs/heads/main.lock",
		 "rm .git/refs/heads/main.lock"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(nights) / sizeof(nights[0]); i++) {
		struct nf_error err = {0};

		collection_make(&c);
		collection_run(&c, "R1 R2", VERSION, "IOS 15.1\n");
		collection_close(&c);
		c.options.remove_gone = true;
		collection_begin(&c, "R1");
		collection_say(&c, "R1",
			       &(struct said)SAYS(VERSION, "IOS 15.1\n"), 1);
		assert_string_equal(collection_shell(&c, nights[i].before), "");
		assert_int_equal(nf_store_commit(c.store, &err), -1);
		collection_close(&c);
		assert_string_equal(collection_shell(&c, nights[i].after), "");
		run("IOS 15.1\n");
		assert_int_equal(collection_device(&c, "R2")->fate,
				 NF_DEVICE_GONE);
		collection_close(&c);
		collection_lacks(&c, "R2");
		assert_string_equal(collection_shell(&c, "git ls-files"),
				    FILE_OF "\n");
		run("IOS 15.1\n");
		assert_int_equal(nf_store_size(c.store), 1);
		collection_close(&c);
		collection_remove(&c);
	}
}

/* What to do is behind git's words, however many these are, and once. */
static void test_advice_on_a_damaged_repository_is_whole(void **state)
{
	struct nf_error err = {0};

	(void)state;
	collection_make(&c);
	ran("IOS 15.1\n");
	assert_string_equal(
		collection_shell(&c, "t=$(git rev-parse HEAD^{tree}); rm -f "
				     ".git/objects/$(echo $t | cut -c-2)/"
				     "$(echo $t | cut -c3-)"),
		"");
	collection_begin(&c, "R1");
	collection_say(&c, "R1", &(struct said)SAYS(VERSION, "IOS 15.2\n"), 1);
	assert_int_equal(nf_store_commit(c.store, &err), -1);
	assert_non_null(strstr(err.message, "git read-tree: "));
	assert_null(strstr(strstr(err.message, " move ") + 1, " move "));
	assert_string_equal(strrchr(err.message, ';'),
			    "; if git calls its repository damaged, move .git "
			    "away there, and a new one is made");
	collection_close(&c);
	collection_remove(&c);
}

static void test_a_repository_that_is_gone_is_made_from_all_files(void **state)
{
	(void)state;
	collection_make(&c);
	collection_run(&c, "R1 R2", VERSION, "IOS 15.1\n");
	collection_close(&c);
	assert_string_equal(collection_shell(&c, "rm -rf .git"), "");
	collection_run(&c, "R1 R2", VERSION, "IOS 15.1\n");
	assert_noted("the branch of HEAD has no commit");
	assert_true(collection_knew());
	collection_close(&c);
	assert_string_equal(collection_shell(&c, "git ls-files"),
			    "R1/show_version\nR2/show_version\n");
	assert_string_equal(last_commit(), "collect: files as they are  "
					   "R1/show_version R2/show_version ");
	assert_string_equal(status(), "");
	collection_remove(&c);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_what_was_left_aside_is_removed_and_told),
	cmocka_unit_test(
		test_files_that_were_not_recorded_are_told_by_the_next_run),
	cmocka_unit_test(
		test_a_commit_that_nobody_was_told_of_is_told_by_the_next_run),
	cmocka_unit_test(test_a_file_that_was_not_recorded_needs_no_answer),
	cmocka_unit_test(test_a_first_run_that_was_killed_is_begun_again),
	cmocka_unit_test(test_a_file_edited_by_hand_is_put_back),
	cmocka_unit_test(
		test_a_file_edited_by_hand_is_compared_with_what_was_recorded),
	cmocka_unit_test(test_a_file_removed_by_hand_comes_back),
	cmocka_unit_test(test_a_directory_that_is_a_link_is_told_at_once),
	cmocka_unit_test(test_a_copied_folder_makes_no_change),
	cmocka_unit_test(test_files_of_the_user_stay_as_they_are),
	cmocka_unit_test(test_a_state_is_made_anew_from_files_and_record),
	cmocka_unit_test(test_a_state_made_anew_tells_who_is_gone),
	cmocka_unit_test(test_a_state_made_anew_leaves_files_of_the_user_alone),
	cmocka_unit_test(test_a_file_that_was_guessed_is_recorded_once_it_came),
	cmocka_unit_test(test_a_state_of_a_later_netfan_is_refused),
	cmocka_unit_test(test_a_damaged_repository_loses_no_file),
	cmocka_unit_test(test_a_removal_that_failed_is_made_up_for),
	cmocka_unit_test(test_advice_on_a_damaged_repository_is_whole),
	cmocka_unit_test(test_a_repository_that_is_gone_is_made_from_all_files),
};

UNIT_MAIN(tests)
