/* lib/pool/pool.c, with worker.c and worker_process.c: a clean child. */
#include "pool/pool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/wire.h"
#include "fiber/fiber.h"
#include "unit/trial.h"
#include "unit/unit.h"
#include "worker/process.h"
#include "worker/worker_process.h"

/* ---- what it has of its parent ---- */

/* Sends "N TARGET\n" for each of its descriptors. */
static int task_descriptors(void *ctx, uint32_t index, struct nf_task_io *out,
			    struct nf_error *err)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;

	(void)ctx;
	(void)trial_begin_running(index);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char path[300], target[200], line[300];
		ssize_t n;

		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%s",
			       entry->d_name);
		n = readlink(path, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		/* A sanitizer writes its report into a file of its own. */
		if (UNIT_ASAN && strstr(target, "/sanitizer.") != NULL)
			continue;
		n = snprintf(line, sizeof(line), "%s %s\n",
			     atoi(entry->d_name) == dirfd(dir) ? "dir"
							       : entry->d_name,
			     target);
		(void)trial_send_bytes(out, line, (size_t)n);
	}
	if (dir != NULL)
		(void)closedir(dir);
	return trial_await_go(err);
}

/* The target of fd N in a list that a task sent; false when it has none. */
static bool target_of(const struct trial_task *record, const char *fd,
		      char target[200])
{
	char list[FATE_KEPT_MAX + 2] = "\n", start[20];
	const char *at;

	memcpy(list + 1, record->kept,
	       record->len < FATE_KEPT_MAX ? record->len : FATE_KEPT_MAX);
	(void)snprintf(start, sizeof(start), "\n%s ", fd);
	at = strstr(list, start);
	if (at == NULL)
		return false;
	at += strlen(start);
	(void)snprintf(target, 200, "%.*s", (int)strcspn(at, "\n"), at);
	return true;
}

static void assert_target(const struct trial_task *record, const char *fd,
			  const char *expected)
{
	char target[200] = "nothing";

	(void)target_of(record, fd, target);
	if (strncmp(target, expected, strlen(expected)) != 0)
		fail_msg("descriptor %s is %s, not %s, of\n%.*s", fd, target,
			 expected, (int)record->len,
			 (const char *)record->kept);
}

static void assert_clean(const struct trial_task *record)
{
	char stderr_target[200] = "";
	size_t nlines = 0;

	assert_true(readlink("/proc/self/fd/2", stderr_target,
			     sizeof(stderr_target) - 1) > 0);
	assert_target(record, "0", "/dev/null");
	assert_target(record, "1", "/dev/null");
	assert_target(record, "2", stderr_target);
	assert_target(record, "3", "pipe:");
	assert_target(record, "4", "pipe:");
	assert_target(record, "5", "anon_inode:[eventpoll]");
	assert_target(record, "dir", "/proc/");
	for (size_t i = 0; i < record->len; i++)
		nlines += record->kept[i] == '\n';
	if (nlines != 7)
		fail_msg("it holds more than it should:\n%.*s",
			 (int)record->len, (const char *)record->kept);
}

static void test_a_worker_holds_its_own_descriptors_alone(void **state)
{
	struct trial trial = {0};
	int others[2];

	(void)state;
	trial_need_processes();
	assert_int_equal(pipe(others), 0); /* not even close-on-exec */
	trial_open(&trial, task_descriptors, 4, 4);
	trial_submit(&trial, 4);
	trial_await_started(&trial, 4);
	trial_kill_worker(&trial, 2, SIGKILL);
	trial_kill_worker(&trial, 3, SIGKILL);
	trial_await_started(&trial, 6); /* in new workers, beside the old */
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	for (size_t i = 0; i < 4; i++) {
		char task_pipe[200], result_pipe[200], other[200];

		assert_int_equal(trial_tasks[i].end, POOL_DONE);
		assert_clean(&trial_tasks[i]);
		assert_true(target_of(&trial_tasks[i], "3", task_pipe));
		assert_true(target_of(&trial_tasks[i], "4", result_pipe));
		assert_string_not_equal(task_pipe, result_pipe);
		for (size_t k = 0; k < i; k++) {
			assert_true(target_of(&trial_tasks[k], "3", other));
			assert_string_not_equal(task_pipe, other);
			assert_true(target_of(&trial_tasks[k], "4", other));
			assert_string_not_equal(result_pipe, other);
		}
	}
	trial_close(&trial);
	(void)close(others[0]);
	(void)close(others[1]);
}

static void test_a_worker_survives_what_a_terminal_sends(void **state)
{
	static const int sigs[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
	struct trial trial = {0};
	int pid;

	(void)state;
	trial_open(&trial, task_wait, 1, 2);
	trial_submit(&trial, 2);
	trial_await_started(&trial, 2);
	pid = trial_worker_pid(&trial, 1);
	for (size_t i = 0; i < LENGTH(sigs); i++) {
		assert_int_equal(kill(pid, sigs[i]), 0);
		trial_step(&trial, 5);
	}
	atomic_store(&trial_shared->go, true);
	trial_drive(&trial);
	assert_all_ended(&trial, POOL_DONE, 1);
	assert_int_equal(trial_worker_pid(&trial, 1), pid);
	trial_close(&trial);
}

static void note_signal(int sig)
{
	(void)sig;
}

/* "SigBlk", "SigIgn" or "SigCgt" of itself, as the kernel has them. */
static uint64_t signal_mask(const char *key)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[200];
	uint64_t mask = UINT64_MAX;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, key, strlen(key)) == 0)
			mask = strtoull(line + strlen(key) + 1, NULL, 16);
	}
	if (file != NULL)
		(void)fclose(file);
	return mask;
}

static int task_signals(void *ctx, uint32_t index, struct nf_task_io *out,
			struct nf_error *err)
{
	uint8_t masks[16];

	(void)ctx;
	(void)err;
	(void)index;
	wire_put_u64(masks, signal_mask("SigBlk"));
	wire_put_u64(masks + 8, signal_mask("SigCgt"));
	(void)trial_send_bytes(out, masks, sizeof(masks));
	return 0;
}

static void
test_a_worker_has_none_of_the_callers_handlers_or_masks(void **state)
{
	static const int sigs[] = {SIGINT,  SIGTERM, SIGHUP,
				   SIGQUIT, SIGCHLD, SIGUSR1};
	struct trial trial = {0};
	sigset_t some, before;
	uint64_t caught;

	(void)state;
	for (size_t i = 0; i < LENGTH(sigs); i++)
		(void)signal(sigs[i], note_signal);
	(void)sigemptyset(&some);
	(void)sigaddset(&some, SIGUSR2);
	(void)sigprocmask(SIG_BLOCK, &some, &before);
	trial_open(&trial, task_signals, 1, 1);
	trial_submit(&trial, 1);
	trial_drive(&trial);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	for (size_t i = 0; i < LENGTH(sigs); i++)
		(void)signal(sigs[i], SIG_DFL);
	assert_ended(0, POOL_DONE, 1);
	assert_int_equal(trial_tasks[0].len, 16);
	assert_int_equal(wire_u64(trial_tasks[0].kept), 0);
	caught = wire_u64(trial_tasks[0].kept + 8);
	for (size_t i = 0; i < LENGTH(sigs); i++)
		assert_false(caught >> (sigs[i] - 1) & 1);
	trial_close(&trial);
}

/* ---- a system without what processes need ---- */

/* As on Linux before 5.3: for the rest of this process. */
static void forbid_pidfd_open(void)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog filter = {.len = LENGTH(rules),
					  .filter = rules};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == -1)
		_exit(4);
}

/* In a process of its own, fn returns 0. */
static void assert_well_in_a_child(int (*fn)(void))
{
	int status;
	pid_t pid;

	trial_need_processes();
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		_exit(fn());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* In a process of its own, which ends with 0 when all is as it should be. */
static int open_without_pidfd(void)
{
	struct nf_executor_options options = {.task = task_signals,
					      .workers = 1};
	struct nf_executor *executor = NULL;
	struct nf_error err;

	forbid_pidfd_open();
	if (nf_executor_open(&executor, &options, &err) == 0)
		return 1;
	if (err.code != NF_SYSTEM || err.sys_errno != ENOSYS ||
	    strstr(err.message, "pidfd_open") == NULL ||
	    strstr(err.message, "use thread mode") == NULL)
		return 2;
	options.mode = NF_MODE_THREAD;
	if (nf_executor_open(&executor, &options, &err) == -1)
		return 3;
	nf_executor_free(executor);
	return 0;
}

static void test_without_pidfd_open_thread_mode_is_named(void **state)
{
	(void)state;
	assert_well_in_a_child(open_without_pidfd);
}

/* ---- the parent ---- */

/* Gone, or dead and not yet reaped by whoever inherited it. */
static bool is_gone(int pid)
{
	char path[40], line[200] = "";
	const char *state;
	FILE *file;

	if (kill(pid, 0) == -1 && errno == ESRCH)
		return true;
	(void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (file == NULL)
		return true;
	if (fgets(line, sizeof(line), file) == NULL)
		line[0] = '\0';
	(void)fclose(file);
	state = strrchr(line, ')');
	return state == NULL || state[2] == 'Z' || state[2] == 'X';
}

/* A program that runs a pool of sleepers and waits for its end. */
static void run_helper(int fd)
{
	struct trial trial = {0};

	(void)alarm(TRIAL_LIMIT_MS / 1000);
	trial_open(&trial, task_sleep_long, 3, 6);
	trial_submit(&trial, 6);
	trial_await_running(&trial, 6);
	for (unsigned i = 1; i <= 3; i++) {
		int pid = pool_worker_pid(trial.pool, i);

		if (write(fd, &pid, sizeof(pid)) != sizeof(pid))
			_exit(1);
	}
	for (;;)
		(void)pause();
}

static void test_workers_die_with_their_parent(void **state)
{
	int fds[2], pids[3], status;
	int64_t deadline_ms;
	pid_t helper;

	(void)state;
	trial_need_processes();
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	helper = fork();
	assert_int_not_equal(helper, -1);
	if (helper == 0)
		run_helper(fds[1]);
	(void)close(fds[1]);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(read(fds[0], &pids[i], sizeof(pids[i])),
				 sizeof(pids[i]));
		assert_false(is_gone(pids[i]));
	}
	(void)close(fds[0]);
	assert_int_equal(kill(helper, SIGKILL), 0);
	assert_int_equal(waitpid(helper, &status, 0), helper);
	deadline_ms = deadline_clock_ms() + TRIAL_LIMIT_MS;
	for (size_t i = 0; i < 3; i++) {
		while (!is_gone(pids[i])) {
			assert_true(deadline_clock_ms() < deadline_ms);
			trial_sleep_ms(2);
		}
	}
}

static void *sleep_in_thread(void *arg)
{
	(void)pause();
	return arg;
}

/* In a child: exit status 0 when threads are seen as they should be. */
static int look_for_threads(void)
{
	struct pool_options options = {
		.workers = 1, .fanout = 1, .worker = {.run = task_nothing}};
	struct nf_error err = {0};
	struct pool *pool = NULL;
	pthread_t thread;

	if (!process_alone())
		return 1;
	if (pthread_create(&thread, NULL, sleep_in_thread, NULL) != 0)
		return 2;
	if (process_alone())
		return 3;
	if (pool_start(&pool, &options, &err) == 0 || pool != NULL)
		return 4;
	if (err.code != NF_SYSTEM || strstr(err.message, "2 threads") == NULL)
		return 5;
	return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : 6;
}

static void test_a_program_with_threads_is_refused(void **state)
{
	(void)state;
	assert_well_in_a_child(look_for_threads);
}

static const struct CMUnitTest tests[] = {
	TRIAL_TEST(test_a_worker_holds_its_own_descriptors_alone),
	TRIAL_TEST(test_a_worker_survives_what_a_terminal_sends),
	TRIAL_TEST(test_a_worker_has_none_of_the_callers_handlers_or_masks),
	TRIAL_TEST(test_without_pidfd_open_thread_mode_is_named),
	TRIAL_TEST(test_workers_die_with_their_parent),
	TRIAL_TEST(test_a_program_with_threads_is_refused),
};

UNIT_MAIN(tests)
