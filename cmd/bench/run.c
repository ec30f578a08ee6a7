/* One run of a benchmark. */
#include "bench/run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/proc_usage.h"
#include "bench/stall.h"
#include "tell.h"

#define LOOK_MS 20 /* at least, between two looks at the memory of a run */
#define LOOK_SHARE 40 /* a run is so many times as long as all its looks */
#define LOOK_FREE_US 100000 /* of looks that a run has in any case */
#define STALL_MS 2000 /* too long to be left in a time */
#define PATIENCE_MS 10000 /* within it a server has let go of who was refused */

/* The memory in which the process of a run leaves its result. */
struct shared_run {
	bool whole; /* it came to its end */
	int64_t wall_us;
	char note[160];
	unsigned fanout;
	char error[512];
	struct sample samples[]; /* by device */
};

static int64_t now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* ---- in the process of the run */

static void keep_note(void *arg, const char *text)
{
	struct shared_run *shared = arg;

	if (shared->note[0] == '\0')
		(void)snprintf(shared->note, sizeof(shared->note), "%s", text);
}

static int ask_all(struct shared_run *shared, struct nf_poll *poll,
		   struct nf_error *err)
{
	struct nf_result *result;

	while (nf_poll_pending(poll) > 0) {
		while ((result = nf_poll_take(poll)) != NULL) {
			if (sample_take(&shared->samples[result->device],
					result, err) == -1)
				return -1;
		}
		if (nf_poll_pending(poll) > 0 &&
		    nf_poll_step(poll, -1, err) == -1)
			return -1;
	}
	return 0;
}

static int run_row(struct shared_run *shared, const struct row *row,
		   const struct bench_run_setup *setup, struct nf_error *err)
{
	struct nf_poll_options options = *setup->poll;
	int64_t start = now_us();
	struct nf_poll *poll;
	int rc;

	options.mode = row->mode;
	options.workers = row->workers;
	options.fanout = row->width;
	/* A device that takes no more is to be seen. */
	options.busy_ms = setup->patient ? PATIENCE_MS : -1;
	if (options.logins_per_host == 0)
		options.logins_per_host = -1; /* the width says how many */
	options.log = (struct nf_log){.line = keep_note, .arg = shared};
	if (nf_poll_open(&poll, setup->inv, &options, err) == -1)
		return -1;
	shared->fanout = nf_poll_fanout(poll);
	rc = ask_all(shared, poll, err);
	shared->wall_us = now_us() - start;
	nf_poll_free(poll);
	return rc;
}

/*
 * Be the process of a run. Simulated devices have no secrets: the memory of a
 * run with them may be looked at.
 */
_Noreturn static void run_child(struct shared_run *shared,
				const struct row *row,
				const struct bench_run_setup *setup,
				pid_t parent)
{
	struct nf_error err = {.code = NF_OK};

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	if (setup->simulator->n > 0)
		(void)prctl(PR_SET_DUMPABLE, 1);
	if (run_row(shared, row, setup, &err) == 0)
		shared->whole = true;
	else
		(void)snprintf(shared->error, sizeof(shared->error), "%s",
			       err.message);
	_exit(EXIT_SUCCESS);
}

/* ---- beside that process */

static size_t shared_size(const struct bench_run_setup *setup)
{
	return sizeof(struct shared_run) +
	       nf_inventory_size(setup->inv) * sizeof(struct sample);
}

/* Discard the time of a run if this program stalled for so long: it was
 * stopped, as by Ctrl-Z, and so was the run. */
static void note_stall(struct bench_run *run, int64_t ms)
{
	if (ms < STALL_MS)
		return;
	run->disturbed = true;
	(void)snprintf(run->why, sizeof(run->why), "it was stopped for %.1f s",
		       (double)ms / 1000);
}

static void measure_memory(struct bench_run *run, pid_t pid,
			   struct stall_clock *clock)
{
	int64_t stalled_ms = 0, last_ms;
	uint64_t memory = proc_usage_memory(pid, clock, &stalled_ms);

	if (memory > 0)
		memory += proc_usage_lent();
	if (memory > run->memory)
		run->memory = memory;
	last_ms = stall_clock_ms(clock, 0);
	note_stall(run, stalled_ms > last_ms ? stalled_ms : last_ms);
}

/* Find how long to pause before the next look at memory: looking has taken
 * spent_us since begin_us, and is to be a small share of the run. */
static int64_t next_pause_ms(int64_t begin_us, int64_t spent_us)
{
	int64_t wanted_us = (spent_us - LOOK_FREE_US) * LOOK_SHARE;
	int64_t ms = (wanted_us - (now_us() - begin_us)) / 1000;

	return ms > LOOK_MS ? ms : LOOK_MS;
}

/*
 * Watch a run until it has ended: 0, or 1 when a signal came first. The clock
 * is read behind each wait and each look at memory: no stall falls between two
 * readings.
 */
static int watch(struct bench_run *run, int pidfd, pid_t pid, struct stop *stop)
{
	struct pollfd fds[] = {{.fd = pidfd, .events = POLLIN},
			       {.fd = stop->fd, .events = POLLIN}};
	int64_t pause_ms = LOOK_MS, begin_us = now_us(), spent_us = 0;
	struct stall_clock clock;

	stall_clock_start(&clock);
	for (;;) {
		int64_t cpu_us;

		if (poll(fds, 2, (int)pause_ms) == -1 && errno != EINTR)
			return 0;
		note_stall(run, stall_clock_ms(&clock, pause_ms));
		if (fds[0].revents != 0)
			return 0;
		stop_update(stop);
		if (stop->signal != 0)
			return 1;
		cpu_us = clock.cpu_us;
		measure_memory(run, pid, &clock);
		spent_us += clock.cpu_us - cpu_us;
		pause_ms = next_pause_ms(begin_us, spent_us);
	}
}

static int64_t us_of(const struct timeval *tv)
{
	return (int64_t)tv->tv_sec * 1000000 + tv->tv_usec;
}

/* Wait for the end of a run, and take what it used: its own workers are in it,
 * as it has waited for them. 0, or -1 when it did not exit by itself. */
static int reap(struct bench_run *run, pid_t pid)
{
	struct rusage usage;
	int status;

	while (wait4(pid, &status, 0, &usage) == -1) {
		if (errno != EINTR)
			return -1;
	}
	if (WIFSIGNALED(status))
		(void)snprintf(run->why, sizeof(run->why),
			       "it was killed by signal %d (%s)",
			       WTERMSIG(status), strsignal(WTERMSIG(status)));
	run->user_us = us_of(&usage.ru_utime);
	run->system_us = us_of(&usage.ru_stime);
	run->switches = (uint64_t)usage.ru_nvcsw + (uint64_t)usage.ru_nivcsw;
	return WIFEXITED(status) ? 0 : -1;
}

/* Copy what a run left, or why it left nothing: 0, or -1 when memory is short.
 */
static int take_result(struct bench_run *run, const struct shared_run *shared,
		       const struct bench_run_setup *setup)
{
	size_t n = nf_inventory_size(setup->inv);

	if (!shared->whole) {
		if (run->why[0] == '\0')
			(void)snprintf(run->why, sizeof(run->why), "%.159s",
				       shared->error[0] != '\0'
					       ? shared->error
					       : "it came to no end");
		return 0;
	}
	if (bench_run_alloc(run, n) == -1)
		return tell_no_memory();
	memcpy(run->samples, shared->samples, n * sizeof(*run->samples));
	memcpy(run->note, shared->note, sizeof(run->note));
	run->wall_us = shared->wall_us;
	run->fanout = shared->fanout;
	return 0;
}

static int run_in_child(struct bench_run *run, struct shared_run *shared,
			const struct row *row,
			const struct bench_run_setup *setup)
{
	int64_t before = simulator_cpu(setup->simulator);
	pid_t parent = getpid(), pid = fork();
	int pidfd, stopped;

	if (pid == 0)
		run_child(shared, row, setup, parent);
	pidfd = pid == -1 ? -1 : (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd == -1) {
		tell("netfan bench: no process: %s", strerror(errno));
		return -1;
	}
	stopped = watch(run, pidfd, pid, setup->stop);
	if (stopped == 1)
		(void)kill(pid, SIGKILL);
	(void)close(pidfd);
	if (reap(run, pid) == -1 && stopped == 0)
		shared->whole = false;
	run->devices_us = simulator_cpu(setup->simulator) - before;
	return stopped == 1 ? 1 : take_result(run, shared, setup);
}

int bench_run_row(struct bench_run *run, const struct row *row,
		  const struct bench_run_setup *setup)
{
	size_t size = shared_size(setup);
	struct shared_run *shared = mmap(NULL, size, PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int rc;

	*run = (struct bench_run){.memory = 0};
	if (shared == MAP_FAILED)
		return tell_no_memory();
	rc = run_in_child(run, shared, row, setup);
	(void)munmap(shared, size);
	return rc;
}

int bench_run_alloc(struct bench_run *run, size_t ndevices)
{
	size_t size = ndevices * sizeof(*run->samples);
	void *samples = mmap(NULL, size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (samples == MAP_FAILED)
		return -1;
	(void)madvise(samples, size, MADV_DONTFORK);
	run->samples = samples;
	run->size = size;
	return 0;
}

void bench_run_release(struct bench_run *run)
{
	if (run->samples != NULL)
		(void)munmap(run->samples, run->size);
	run->samples = NULL;
}

/* ---- samples of a run */

size_t bench_run_failed(const struct bench_run *run, size_t ndevices,
			size_t *first)
{
	size_t failed = 0;

	for (size_t i = 0; i < ndevices; i++) {
		if (run->samples[i].code != NF_OK && failed++ == 0)
			*first = i;
	}
	return failed;
}

size_t bench_run_differs(const struct bench_run *run,
			 const struct bench_run *like, size_t ndevices,
			 bool exact, size_t *first)
{
	size_t differs = 0;

	for (size_t i = 0; i < ndevices; i++) {
		if (sample_differs(&run->samples[i], &like->samples[i],
				   exact) &&
		    differs++ == 0)
			*first = i;
	}
	return differs;
}
