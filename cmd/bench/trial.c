/* One run of a benchmark. */
#include "bench/trial.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
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

#include "bench/stall.h"
#include "bench/proc_usage.h"
#include "tell.h"

#define LOOK_MS 20 /* at least, between two looks at the memory of a run */
#define LOOK_SHARE 40 /* a run is so many times as long as all its looks */
#define LOOK_FREE_US                                                           \
	100000 /* of looks that any run may have, a short one too */
#define STALL_MS 1000 /* longer than any machine is busy */

/* What the process of a run leaves behind. */
struct report {
	bool whole; /* it came to its end */
	int64_t wall_us;
	char note[160];
	unsigned fanout;
	char error[512];
	struct answer answers[];
};

static int64_t now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* ---- in its own process */

/* FNV-1a. */
static void hash_byte(uint64_t *hash, uint8_t byte)
{
	*hash = (*hash ^ byte) * UINT64_C(0x100000001b3);
}

struct hashes {
	uint64_t exact, loose;
	bool numbered; /* this line has had a digit */
};

static void hash_both(struct hashes *hashes, uint8_t byte)
{
	hash_byte(&hashes->exact, byte);
	hash_byte(&hashes->loose, byte);
}

/* With a number, words change, too: "1 minute", "2 minutes". */
static void hash_bytes(struct hashes *hashes, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < len; i++) {
		hashes->numbered &= at[i] != '\n';
		hashes->numbered |= at[i] >= '0' && at[i] <= '9';
		hash_byte(&hashes->exact, at[i]);
		if (!hashes->numbered)
			hash_byte(&hashes->loose, at[i]);
	}
}

/* Where an answer ends, and how. */
static void hash_end(struct hashes *hashes, const struct nf_part *part)
{
	uint8_t end[] = {'\0', part->rejected, part->truncated, part->ran,
			 (uint8_t)part->exit_status};

	for (size_t i = 0; i < sizeof(end); i++)
		hash_both(hashes, end[i]);
	hashes->numbered = false;
}

static int take_answer(struct report *report, struct nf_result *result,
		       struct nf_error *err)
{
	struct answer *answer = &report->answers[result->device];
	struct hashes hashes = {.exact = UINT64_C(0xcbf29ce484222325),
				.loose = UINT64_C(0xcbf29ce484222325)};
	struct nf_part part;
	int rc;

	/* The prompt tells which device it was: to the byte. */
	for (const char *c = result->prompt; *c != '\0'; c++)
		hash_both(&hashes, (uint8_t)*c);
	while ((rc = nf_result_read(result, &part, err)) == 1) {
		answer->refused |= part.kind == NF_PART_END && part.rejected;
		if (part.kind == NF_PART_END)
			hash_end(&hashes, &part);
		else if (part.kind != NF_PART_COMMAND)
			hash_bytes(&hashes, part.bytes, part.len);
	}
	answer->code = result->error.code;
	answer->exact = hashes.exact;
	answer->loose = hashes.loose;
	memcpy(answer->us, result->us, sizeof(answer->us));
	return rc;
}

static void keep_note(void *arg, const char *text)
{
	struct report *report = arg;

	if (report->note[0] == '\0')
		(void)snprintf(report->note, sizeof(report->note), "%s", text);
}

static int ask_all(struct report *report, struct nf_poll *poll,
		   struct nf_error *err)
{
	struct nf_result *result;

	while (nf_poll_pending(poll) > 0) {
		while ((result = nf_poll_take(poll)) != NULL) {
			if (take_answer(report, result, err) == -1)
				return -1;
		}
		if (nf_poll_pending(poll) > 0 &&
		    nf_poll_step(poll, -1, err) == -1)
			return -1;
	}
	return 0;
}

static int run_row(struct report *report, const struct row *row,
		   const struct trial_wish *wish, struct nf_error *err)
{
	struct nf_poll_options options = *wish->poll;
	int64_t start = now_us();
	struct nf_poll *poll;
	int rc;

	options.mode = row->mode;
	options.workers = row->workers;
	options.fanout = row->width;
	options.busy_ms = -1; /* what they do not take is to be seen */
	if (options.logins_per_host == 0)
		options.logins_per_host = -1; /* the width says how many */
	options.log = (struct nf_log){.line = keep_note, .arg = report};
	if (nf_poll_open(&poll, wish->inv, &options, err) == -1)
		return -1;
	report->fanout = nf_poll_fanout(poll);
	rc = ask_all(report, poll, err);
	report->wall_us = now_us() - start;
	nf_poll_free(poll);
	return rc;
}

/* Simulated devices have no secrets: whoever runs us may look at its memory. */
_Noreturn static void be_trial(struct report *report, const struct row *row,
			       const struct trial_wish *wish, pid_t parent)
{
	struct nf_error err = {.code = NF_OK};

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	if (wish->simulator->n > 0)
		(void)prctl(PR_SET_DUMPABLE, 1);
	if (run_row(report, row, wish, &err) == 0)
		report->whole = true;
	else
		(void)snprintf(report->error, sizeof(report->error), "%s",
			       err.message);
	_exit(EXIT_SUCCESS);
}

/* ---- beside it */

static size_t report_size(const struct trial_wish *wish)
{
	return sizeof(struct report) +
	       nf_inventory_size(wish->inv) * sizeof(struct answer);
}

/* Discard the time of a run if this program stalled for so long: it was
 * stopped, as by Ctrl-Z, and so was the run. */
static void note_stall(struct trial *trial, int64_t ms)
{
	if (ms < STALL_MS)
		return;
	trial->disturbed = true;
	(void)snprintf(trial->why, sizeof(trial->why),
		       "it was stopped for %.1f s", (double)ms / 1000);
}

static void look_at_memory(struct trial *trial, pid_t pid,
			   struct stall_clock *clock)
{
	int64_t stalled_ms = 0, last_ms;
	uint64_t memory = proc_usage_memory(pid, clock, &stalled_ms);

	if (memory > 0)
		memory += proc_usage_lent();
	if (memory > trial->memory)
		trial->memory = memory;
	last_ms = stall_clock_ms(clock, 0);
	note_stall(trial, stalled_ms > last_ms ? stalled_ms : last_ms);
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
static int watch(struct trial *trial, int pidfd, pid_t pid, struct stop *stop)
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
		note_stall(trial, stall_clock_ms(&clock, pause_ms));
		if (fds[0].revents != 0)
			return 0;
		stop_update(stop);
		if (stop->signal != 0)
			return 1;
		cpu_us = clock.cpu_us;
		look_at_memory(trial, pid, &clock);
		spent_us += clock.cpu_us - cpu_us;
		pause_ms = next_pause_ms(begin_us, spent_us);
	}
}

static int64_t us_of(const struct timeval *tv)
{
	return (int64_t)tv->tv_sec * 1000000 + tv->tv_usec;
}

/* Wait for its end, and take what it used: with all that it has waited for. */
static int reap(struct trial *trial, pid_t pid)
{
	struct rusage usage;
	int status;

	while (wait4(pid, &status, 0, &usage) == -1) {
		if (errno != EINTR)
			return -1;
	}
	if (WIFSIGNALED(status))
		(void)snprintf(trial->why, sizeof(trial->why),
			       "it was killed by signal %d (%s)",
			       WTERMSIG(status), strsignal(WTERMSIG(status)));
	trial->user_us = us_of(&usage.ru_utime);
	trial->system_us = us_of(&usage.ru_stime);
	trial->switches = (uint64_t)usage.ru_nvcsw + (uint64_t)usage.ru_nivcsw;
	return WIFEXITED(status) ? 0 : -1;
}

static int take_report(struct trial *trial, const struct report *report,
		       const struct trial_wish *wish)
{
	size_t n = nf_inventory_size(wish->inv);

	if (!report->whole) {
		if (trial->why[0] == '\0')
			(void)snprintf(trial->why, sizeof(trial->why), "%.159s",
				       report->error[0] != '\0'
					       ? report->error
					       : "it came to no end");
		return 0;
	}
	if (trial_make_room(trial, n) == -1) {
		return tell_no_memory();
	}
	memcpy(trial->answers, report->answers, n * sizeof(*trial->answers));
	memcpy(trial->note, report->note, sizeof(trial->note));
	trial->wall_us = report->wall_us;
	trial->fanout = report->fanout;
	return 0;
}

static int run_beside(struct trial *trial, struct report *report,
		      const struct row *row, const struct trial_wish *wish)
{
	int64_t before = simulator_cpu(wish->simulator);
	pid_t parent = getpid(), pid = fork();
	int pidfd, stopped;

	if (pid == 0)
		be_trial(report, row, wish, parent);
	pidfd = pid == -1 ? -1 : (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd == -1) {
		tell("netfan bench: no process: %s", strerror(errno));
		return -1;
	}
	stopped = watch(trial, pidfd, pid, wish->stop);
	if (stopped == 1)
		(void)kill(pid, SIGKILL);
	(void)close(pidfd);
	if (reap(trial, pid) == -1 && stopped == 0)
		report->whole = false;
	trial->devices_us = simulator_cpu(wish->simulator) - before;
	return stopped == 1 ? 1 : take_report(trial, report, wish);
}

int trial_run(struct trial *trial, const struct row *row,
	      const struct trial_wish *wish)
{
	size_t size = report_size(wish);
	struct report *report = mmap(NULL, size, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int rc;

	*trial = (struct trial){.memory = 0};
	if (report == MAP_FAILED) {
		return tell_no_memory();
	}
	rc = run_beside(trial, report, row, wish);
	(void)munmap(report, size);
	return rc;
}

int trial_make_room(struct trial *trial, size_t ndevices)
{
	size_t size = ndevices * sizeof(*trial->answers);
	void *room = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (room == MAP_FAILED)
		return -1;
	(void)madvise(room, size, MADV_DONTFORK);
	trial->answers = room;
	trial->room = size;
	return 0;
}

void trial_release(struct trial *trial)
{
	if (trial->answers != NULL)
		(void)munmap(trial->answers, trial->room);
	trial->answers = NULL;
}

/* ---- what it came to */

size_t trial_failed(const struct trial *trial, size_t ndevices, size_t *first)
{
	size_t failed = 0;

	for (size_t i = 0; i < ndevices; i++) {
		if (trial->answers[i].code != NF_OK && failed++ == 0)
			*first = i;
	}
	return failed;
}

static bool differ(const struct answer *one, const struct answer *other,
		   bool exact)
{
	return exact ? one->exact != other->exact : one->loose != other->loose;
}

size_t trial_differs(const struct trial *trial, const struct trial *like,
		     size_t ndevices, bool exact, size_t *first)
{
	size_t differs = 0;

	for (size_t i = 0; i < ndevices; i++) {
		if (differ(&trial->answers[i], &like->answers[i], exact) &&
		    differs++ == 0)
			*first = i;
	}
	return differs;
}
