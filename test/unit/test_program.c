/* lib/system/program.c */
#include "system/program.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/deadline_clock.h"
#include "unit/place.h"
#include "unit/unit.h"

#define LONG_MS 600000 /* only a hang takes so long */

static const char *const env[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", NULL};

/* A shell's script that is run, with input and output in memory. */
struct trial {
	struct buf output;
	const char *input; /* NULL at its end, and when it has none */
	size_t input_left; /* pieces */
	size_t refuse_from; /* bytes of output; 0: none is refused */
	bool refuse_input;
	bool (*interrupted)(void *trial);
	unsigned asked; /* whether it is interrupted */
	char complaint[PROGRAM_COMPLAINT];
	struct nf_error err;
};

static int next_input(void *arg, const void **bytes, size_t *len)
{
	struct trial *trial = arg;

	if (trial->refuse_input)
		return -1;
	*bytes = trial->input;
	*len = trial->input_left > 0 ? strlen(trial->input) : 0;
	trial->input_left -= trial->input_left > 0;
	return 0;
}

static int take_output(void *arg, const uint8_t *bytes, size_t len)
{
	struct trial *trial = arg;

	assert_int_equal(buf_append(&trial->output, bytes, len), 0);
	return trial->refuse_from != 0 &&
			       trial->output.len >= trial->refuse_from
		       ? -1
		       : 0;
}

static struct program program_of(struct trial *trial, const char *const *argv)
{
	return (struct program){
		.argv = argv,
		.env = env,
		.dir_fd = -1,
		.deadline_ms = deadline_clock_ms() + LONG_MS,
		.next_input = trial->input != NULL ? next_input : NULL,
		.take_output = take_output,
		.interrupted = trial->interrupted,
		.arg = trial,
	};
}

static struct trial trial_new(void)
{
	struct trial trial = {0};

	buf_init(&trial.output, (size_t)64 << 20);
	return trial;
}

/* Run a script: what program_run() returns; the output is a string then. */
static int run(struct trial *trial, const char *script)
{
	const char *argv[] = {"sh", "-c", script, NULL};
	struct program program = program_of(trial, argv);
	int rc = program_run(&program, trial->complaint, &trial->err);

	assert_int_equal(buf_append(&trial->output, "", 1), 0);
	return rc;
}

static const char *output_of(const struct trial *trial)
{
	return (const char *)trial->output.data;
}

static void expect(const char *script, int status, const char *output)
{
	struct trial trial = trial_new();

	unit_where(script);
	assert_int_equal(run(&trial, script), status);
	assert_string_equal(output_of(&trial), output);
	buf_release(&trial.output);
}

/* Is a process gone, or dead and not yet reaped by whoever has to? */
static bool is_gone(pid_t pid)
{
	char path[64], state = 'Z';
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (file == NULL)
		return true;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 'Z';
	(void)fclose(file);
	return state == 'Z' || state == 'X';
}

static void expect_gone(pid_t pid)
{
	assert_int_not_equal(pid, 0);
	for (int i = 0; i < 60000 && !is_gone(pid); i++)
		(void)usleep(1000);
	assert_true(is_gone(pid));
}

/* ---- status, output, complaint */

static void test_a_program_tells_its_output_and_its_status(void **state)
{
	(void)state;
	expect("echo hello", 0, "hello\n");
	expect("echo hello; exit 7", 7, "hello\n");
	expect("exit 255", 255, "");
	expect("cat", 0, ""); /* its input is empty */
}

static void test_no_program_is_not_one_that_ends_with_127(void **state)
{
	static const char *const argv[] = {"netfan-has-none-of-this", NULL};
	struct trial trial = trial_new();
	struct program program = program_of(&trial, argv);

	(void)state;
	expect("exit 127", 127, "");
	assert_int_equal(program_run(&program, trial.complaint, &trial.err),
			 -1);
	assert_int_equal(trial.err.code, NF_SYSTEM);
	assert_int_equal(trial.err.sys_errno, ENOENT);
	assert_non_null(strstr(trial.err.message, "netfan-has-none-of-this"));
}

static void test_a_file_that_is_no_program_is_told_with_its_errno(void **state)
{
	struct place place = place_make();
	const char *argv[] = {place.file, NULL};
	struct trial trial = trial_new();
	struct program program = program_of(&trial, argv);

	(void)state;
	place_put(place.file, "no program");
	assert_int_equal(program_run(&program, trial.complaint, &trial.err),
			 -1);
	assert_int_equal(trial.err.sys_errno, EACCES);
	assert_int_equal(chmod(place.file, 0700), 0);
	assert_int_equal(program_run(&program, trial.complaint, &trial.err),
			 -1);
	assert_int_equal(trial.err.sys_errno, ENOEXEC);
	place_remove(&place);
}

static void test_a_signal_that_ended_it_is_named(void **state)
{
	struct trial trial = trial_new();

	(void)state;
	assert_int_equal(run(&trial, "kill -TERM $$"), -1);
	assert_int_equal(trial.err.code, NF_SYSTEM);
	assert_non_null(strstr(trial.err.message, "signal 15"));
	buf_release(&trial.output);
}

static void test_its_complaint_is_one_harmless_line(void **state)
{
	struct trial trial = trial_new();

	(void)state;
	assert_int_equal(run(&trial, "printf '\\n  one\\n\\n\\033[31mtwo\\r\\n"
				     "three' >&2; exit 1"),
			 1);
	assert_string_equal(trial.complaint, "one; \\x1b[31mtwo; three");
	assert_string_equal(output_of(&trial), "");
	buf_release(&trial.output);
}

static void test_a_long_complaint_is_cut_and_held_up_by_nothing(void **state)
{
	struct trial trial = trial_new();

	(void)state;
	assert_int_equal(run(&trial, "i=0; while [ $i -lt 9000 ]; do echo "
				     "line of some length $i; i=$((i + 1)); "
				     "done >&2; echo end"),
			 0);
	assert_string_equal(output_of(&trial), "end\n");
	assert_memory_equal(trial.complaint, "line of some length 0; line", 27);
	assert_true(strlen(trial.complaint) < PROGRAM_COMPLAINT);
	buf_release(&trial.output);
}

/* ---- both ways */

static void test_input_and_output_flow_both_ways_at_once(void **state)
{
	static char piece[100001];
	struct trial trial = trial_new();

	(void)state;
	memset(piece, 'x', sizeof(piece) - 1);
	trial.input = piece;
	trial.input_left = 80;
	assert_int_equal(run(&trial, "cat"), 0);
	assert_int_equal(trial.output.len, 80 * 100000 + 1);
	buf_release(&trial.output);
}

static void test_one_that_does_not_read_its_input_is_no_failure(void **state)
{
	static char piece[1 << 20];
	struct trial trial = trial_new();

	(void)state;
	memset(piece, 'x', sizeof(piece) - 1);
	trial.input = piece;
	trial.input_left = 3;
	assert_int_equal(run(&trial, "exec <&-; echo closed; exit 3"), 3);
	assert_string_equal(output_of(&trial), "closed\n");
	buf_release(&trial.output);
}

static void test_who_takes_its_output_can_give_up(void **state)
{
	struct trial trial = trial_new();

	(void)state;
	trial.refuse_from = 10000;
	assert_int_equal(run(&trial, "while :; do echo more; done"), -1);
	assert_int_equal(trial.err.code, NF_CANCELLED);
	buf_release(&trial.output);
}

static void test_who_gives_its_input_can_give_up(void **state)
{
	struct trial trial = trial_new();

	(void)state;
	trial.input = "";
	trial.refuse_input = true;
	assert_int_equal(run(&trial, "cat; sleep 1000"), -1);
	assert_int_equal(trial.err.code, NF_CANCELLED);
	buf_release(&trial.output);
}

/* ---- where it runs */

static bool interrupt_later(void *arg)
{
	struct trial *trial = arg;

	return ++trial->asked > 2;
}

static void test_it_can_be_interrupted(void **state)
{
	struct trial trial = trial_new();

	(void)state;
	trial.interrupted = interrupt_later;
	assert_int_equal(run(&trial, "sleep 1000"), -1);
	assert_int_equal(trial.err.code, NF_CANCELLED);
	assert_string_equal(trial.err.message, "running sh was given up");
	assert_int_equal(trial.asked, 3);
	buf_release(&trial.output);
}

static void test_it_has_the_environment_it_was_given_alone(void **state)
{
	static const char *const argv[] = {"env", NULL};
	struct trial trial = trial_new();
	struct program program = program_of(&trial, argv);

	(void)state;
	assert_int_equal(setenv("NETFAN_SECRET", "public", 1), 0);
	assert_int_equal(program_run(&program, trial.complaint, &trial.err), 0);
	assert_int_equal(buf_append(&trial.output, "", 1), 0);
	assert_string_equal(output_of(&trial),
			    "PATH=/usr/bin:/bin\nLC_ALL=C\n");
	buf_release(&trial.output);
}

static void test_it_has_no_descriptors_but_its_own(void **state)
{
	int fd = open("/dev/null", O_RDONLY); /* NOLINT: not close-on-exec */

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(dup2(fd, 77), 77);
	expect("for fd in 3 4 5 6 7 8 9 77; do "
	       "[ ! -e /proc/$$/fd/$fd ] || echo $fd; done",
	       0, "");
}

static void test_descriptors_that_are_passed_on_begin_at_3(void **state)
{
	static const char *const argv[] = {"cat", "/dev/fd/3", "/dev/fd/4",
					   NULL};
	struct trial trial = trial_new();
	struct program program = program_of(&trial, argv);
	struct place place = place_make();

	(void)state;
	place_put(place.file, "a file\n");
	program.nfds = 2;
	for (int i = 0; i < 2; i++)
		program.fds[i] = open(place.file, O_RDONLY | O_CLOEXEC);
	assert_int_equal(program_run(&program, trial.complaint, &trial.err), 0);
	assert_int_equal(trial.output.len, 14);
	assert_memory_equal(trial.output.data, "a file\na file\n", 14);
	for (int i = 0; i < 2; i++)
		assert_int_equal(close(program.fds[i]), 0); /* still ours */
	buf_release(&trial.output);
	place_remove(&place);
}

static void test_signals_are_as_a_program_expects_them(void **state)
{
	sigset_t all;

	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)sigfillset(&all);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, &all, NULL), 0);
	/* 32 and 33 are glibc's own, whose posix_spawn() ignores them. */
	expect("grep -E '^Sig(Blk|Ign)' /proc/self/status |"
	       "while read -r name hex; do"
	       " echo $name $((0x$hex & ~0x180000000)); done",
	       0, "SigBlk: 0\nSigIgn: 0\n");
}

static void test_it_has_a_group_of_its_own_and_no_terminal(void **state)
{
	(void)state;
	expect("read -r pid name st parent group session tty rest "
	       "</proc/$$/stat; echo $((group - $$)) $((session - $$)) $tty",
	       0, "0 0 0\n");
}

static void test_its_files_can_be_private_and_its_niceness_more(void **state)
{
	static const char *const argv[] = {
		"sh", "-c", "umask; nice; >made; ls -l made | cut -c 1-10",
		NULL};
	struct trial trial = trial_new();
	struct program program = program_of(&trial, argv);
	struct place place = place_make();
	char made[128], wanted[64];

	(void)state;
	(void)umask(022);
	program.dir_fd = open(place.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	program.private_files = true;
	program.nice = 3;
	(void)snprintf(wanted, sizeof(wanted), "0077\n%d\n-rw-------\n",
		       nice(0) + 3 < 19 ? nice(0) + 3 : 19);
	assert_int_equal(program_run(&program, trial.complaint, &trial.err), 0);
	assert_int_equal(buf_append(&trial.output, "", 1), 0);
	assert_string_equal(output_of(&trial), wanted);
	(void)snprintf(made, sizeof(made), "%s/made", place.dir);
	assert_int_equal(unlink(made), 0);
	(void)close(program.dir_fd);
	buf_release(&trial.output);
	place_remove(&place);
}

/* A name below the directory is what others make it. */
static void test_relative_directories_of_the_path_are_passed_over(void **state)
{
	static const char *const here[] = {"PATH=.::bin", NULL};
	static const char *const argv[] = {"tool", NULL};
	struct trial trial = trial_new();
	struct program program = program_of(&trial, argv);
	struct place place = place_make();
	char tool[128];

	(void)state;
	(void)snprintf(tool, sizeof(tool), "%s/tool", place.dir);
	place_put(tool, "#!/bin/sh\n");
	assert_int_equal(chmod(tool, 0700), 0);
	assert_int_equal(chdir(place.dir), 0);
	program.env = here;
	assert_int_equal(program_run(&program, trial.complaint, &trial.err),
			 -1);
	assert_int_equal(trial.err.sys_errno, ENOENT);
	assert_int_equal(unlink(tool), 0);
	place_remove(&place);
}

/* ---- its end */

static void test_its_group_is_killed_when_its_time_is_over(void **state)
{
	static const char *const argv[] = {
		"sh", "-c", "trap '' TERM; sleep 1000 & echo $!; wait", NULL};
	struct trial trial = trial_new();
	struct program program = program_of(&trial, argv);

	(void)state;
	program.deadline_ms = deadline_clock_ms() + 1000;
	assert_int_equal(program_run(&program, trial.complaint, &trial.err),
			 -1);
	assert_int_equal(trial.err.code, NF_TIMEOUT);
	assert_int_equal(buf_append(&trial.output, "", 1), 0);
	if (trial.output.len > 1) /* it got so far in its time */
		expect_gone(atoi(output_of(&trial)));
	buf_release(&trial.output);
}

static void test_what_it_leaves_behind_is_not_waited_for(void **state)
{
	struct trial trial = trial_new();

	(void)state;
	assert_int_equal(run(&trial, "sleep 1000 & echo $!; exit 5"), 5);
	expect_gone(atoi(output_of(&trial)));
	buf_release(&trial.output);
}

static void test_other_children_are_left_to_the_caller(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (pid == 0)
		_exit(3);
	expect("exit 4", 4, "");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 3);
	assert_int_equal(waitpid(-1, &status, WNOHANG), -1); /* none is left */
}

static void test_it_dies_with_its_caller(void **state)
{
	int fds[2];
	char text[32] = "";
	pid_t caller;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	caller = fork();
	if (caller == 0) {
		static const char *const argv[] = {
			"sh", "-c", "echo $$ >&3; exec sleep 1000", NULL};
		struct trial trial = trial_new();
		struct program program = program_of(&trial, argv);

		program.fds[0] = fds[1];
		program.nfds = 1;
		(void)program_run(&program, trial.complaint, &trial.err);
		_exit(1);
	}
	assert_true(read(fds[0], text, sizeof(text) - 1) > 0);
	assert_int_equal(kill(caller, SIGKILL), 0);
	assert_int_equal(waitpid(caller, NULL, 0), caller);
	expect_gone(atoi(text));
	close_pipe(fds);
}

static void test_an_end_that_is_kept_from_us_is_told(void **state)
{
	struct trial trial = trial_new();

	(void)state;
	(void)signal(SIGCHLD, SIG_IGN);
	assert_int_equal(run(&trial, "echo done"), -1);
	assert_int_equal(trial.err.code, NF_SYSTEM);
	assert_int_equal(trial.err.sys_errno, ECHILD);
	buf_release(&trial.output);
}

/* ---- several */

/* Each opens one end of the same named pipe, which waits for the other's. */
static void test_programs_run_side_by_side(void **state)
{
	static const char *const writes[] = {"sh", "-c", "echo hi >fifo", NULL};
	static const char *const reads[] = {"sh", "-c", "cat fifo; exit 2",
					    NULL};
	struct trial trial = trial_new();
	struct place place = place_make();
	struct program programs[2] = {program_of(&trial, writes),
				      program_of(&trial, reads)};
	struct program_end ends[2];
	char fifo[128];

	(void)state;
	(void)snprintf(fifo, sizeof(fifo), "%s/fifo", place.dir);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	programs[0].dir_fd = programs[1].dir_fd =
		open(place.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(programs_run(programs, 2, ends, &trial.err), 0);
	assert_int_equal(ends[0].status, 0);
	assert_int_equal(ends[1].status, 2);
	assert_memory_equal(trial.output.data, "hi\n", 3);
	assert_int_equal(unlink(fifo), 0);
	(void)close(programs[0].dir_fd);
	buf_release(&trial.output);
	place_remove(&place);
}

static void test_one_that_fails_takes_the_others_with_it(void **state)
{
	static const char *const sleeps[] = {"sleep", "1000", NULL};
	static const char *const dies[] = {"sh", "-c", "kill -ABRT $$", NULL};
	static const char *const none[] = {"netfan-has-none-of-this", NULL};
	struct trial trial = trial_new();
	struct program programs[2] = {program_of(&trial, sleeps),
				      program_of(&trial, dies)};
	struct program_end ends[2];

	(void)state;
	assert_int_equal(programs_run(programs, 2, ends, &trial.err), -1);
	assert_non_null(strstr(trial.err.message, "signal 6"));
	programs[1] = program_of(&trial, none);
	assert_int_equal(programs_run(programs, 2, ends, &trial.err), -1);
	assert_int_equal(trial.err.sys_errno, ENOENT);
	buf_release(&trial.output);
}

static void test_those_that_are_alone_fail_alone(void **state)
{
	static const char *const dies[] = {"sh", "-c", "kill -ABRT $$", NULL};
	static const char *const lasts[] = {"sleep", "1000", NULL};
	static const char *const ends_well[] = {"sh", "-c", "sleep 2; exit 5",
						NULL};
	static const char *const none[] = {"netfan-has-none-of-this", NULL};
	struct trial trial = trial_new();
	struct program programs[3] = {program_of(&trial, dies),
				      program_of(&trial, lasts),
				      program_of(&trial, ends_well)};
	struct program_end ends[3] = {0};

	(void)state;
	programs[1].deadline_ms = deadline_clock_ms() + 1000;
	for (size_t i = 0; i < 3; i++)
		programs[i].alone = true;
	assert_int_equal(programs_run(programs, 3, ends, &trial.err), 0);
	assert_int_equal(ends[0].err.code, NF_SYSTEM);
	assert_int_equal(ends[1].err.code, NF_TIMEOUT);
	assert_int_equal(ends[2].err.code, NF_OK);
	assert_int_equal(ends[2].status, 5);
	/* One that there is not concerns all. */
	programs[0] = program_of(&trial, none);
	programs[0].alone = true;
	assert_int_equal(programs_run(programs, 3, ends, &trial.err), -1);
	assert_int_equal(trial.err.sys_errno, ENOENT);
	buf_release(&trial.output);
}

static void *run_ten(void *arg)
{
	int *status = arg;

	for (int i = 0; i < 10 && *status == 0; i++) {
		struct trial trial = trial_new();

		*status = run(&trial, "cat; echo out; echo err >&2");
		buf_release(&trial.output);
	}
	return NULL;
}

static void test_threads_run_programs_at_the_same_time(void **state)
{
	pthread_t threads[4];
	int status[4] = {0};

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, run_ten, &status[i]),
			0);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(status[i], 0);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_program_tells_its_output_and_its_status),
	cmocka_unit_test(test_no_program_is_not_one_that_ends_with_127),
	cmocka_unit_test(test_a_file_that_is_no_program_is_told_with_its_errno),
	cmocka_unit_test(test_a_signal_that_ended_it_is_named),
	cmocka_unit_test(test_its_complaint_is_one_harmless_line),
	cmocka_unit_test(test_a_long_complaint_is_cut_and_held_up_by_nothing),
	cmocka_unit_test(test_input_and_output_flow_both_ways_at_once),
	cmocka_unit_test(test_one_that_does_not_read_its_input_is_no_failure),
	cmocka_unit_test(test_who_takes_its_output_can_give_up),
	cmocka_unit_test(test_who_gives_its_input_can_give_up),
	cmocka_unit_test(test_it_can_be_interrupted),
	cmocka_unit_test(test_it_has_the_environment_it_was_given_alone),
	cmocka_unit_test(test_it_has_no_descriptors_but_its_own),
	cmocka_unit_test(test_descriptors_that_are_passed_on_begin_at_3),
	cmocka_unit_test(test_signals_are_as_a_program_expects_them),
	cmocka_unit_test(test_it_has_a_group_of_its_own_and_no_terminal),
	cmocka_unit_test(test_its_files_can_be_private_and_its_niceness_more),
	cmocka_unit_test(test_relative_directories_of_the_path_are_passed_over),
	cmocka_unit_test(test_its_group_is_killed_when_its_time_is_over),
	cmocka_unit_test(test_what_it_leaves_behind_is_not_waited_for),
	cmocka_unit_test(test_other_children_are_left_to_the_caller),
	cmocka_unit_test(test_it_dies_with_its_caller),
	cmocka_unit_test(test_an_end_that_is_kept_from_us_is_told),
	cmocka_unit_test(test_programs_run_side_by_side),
	cmocka_unit_test(test_one_that_fails_takes_the_others_with_it),
	cmocka_unit_test(test_those_that_are_alone_fail_alone),
	cmocka_unit_test(test_threads_run_programs_at_the_same_time),
};

UNIT_MAIN(tests)
