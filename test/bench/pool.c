/*
 * The pool alone: how many empty tasks a second, and how long it takes to start
 * and to stop. Only what netfan.h offers is used.
 */
#include <netfan.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define WORKERS_MAX 1024
#define WAITING_MAX 4096 /* tasks submitted ahead, at least */

/* One cache line a worker: they must not slow each other down. */
struct tally {
	_Alignas(64) uint64_t done;
};

struct tallies {
	atomic_uint taken;
	struct tally of[WORKERS_MAX];
};

struct trial {
	struct nf_executor_options options;
	uint32_t ntasks;
	double open_ms, run_s, stop_ms;
};

static double now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- in the workers */

static int take_tally(void *ctx, void **state, struct nf_error *err)
{
	struct tallies *tallies = ctx;
	unsigned place = atomic_fetch_add(&tallies->taken, 1);

	if (place >= WORKERS_MAX) {
		err->code = NF_SYSTEM;
		(void)snprintf(err->message, sizeof(err->message),
			       "more than %d workers", WORKERS_MAX);
		return -1;
	}
	*state = &tallies->of[place];
	return 0;
}

static int count(void *ctx, uint32_t index, struct nf_task_io *out,
		 struct nf_error *err)
{
	struct tally *tally = nf_worker_state(out);

	(void)ctx;
	(void)index;
	(void)err;
	tally->done++;
	return 0;
}

/* ---- the trial */

static int run_tasks(struct nf_executor *executor, size_t fanout, uint32_t n,
		     struct nf_error *err)
{
	size_t waiting = fanout > WAITING_MAX / 2 ? fanout * 2 : WAITING_MAX;
	uint32_t next = 0;

	while (next < n || nf_executor_pending(executor) > 0) {
		while (next < n && nf_executor_pending(executor) < waiting) {
			if (nf_submit(executor, next++, NULL, err) == -1)
				return -1;
		}
		if (nf_executor_step(executor, -1, err) == -1)
			return -1;
	}
	return 0;
}

/* The first tasks find workers that are still starting: they do not count. */
static int measure(struct trial *trial, struct nf_error *err)
{
	uint32_t first = trial->ntasks > 0 ? trial->options.fanout * 4 : 0;
	struct nf_executor *executor;
	double start = now_s();
	int rc;

	if (nf_executor_open(&executor, &trial->options, err) == -1)
		return -1;
	trial->open_ms = (now_s() - start) * 1000;
	rc = run_tasks(executor, trial->options.fanout, first, err);
	start = now_s();
	if (rc == 0)
		rc = run_tasks(executor, trial->options.fanout, trial->ntasks,
			       err);
	trial->run_s = now_s() - start;
	trial->ntasks += first;
	start = now_s();
	nf_executor_free(executor);
	trial->stop_ms = (now_s() - start) * 1000;
	return rc;
}

static uint64_t total(const struct tallies *tallies)
{
	uint64_t done = 0;

	for (int i = 0; i < WORKERS_MAX; i++)
		done += tallies->of[i].done;
	return done;
}

static void print(const struct trial *trial, uint32_t counted)
{
	double rate = counted > 0 ? counted / trial->run_s : 0;

	(void)printf("{\"tasks_per_s\": %.0f, \"open_ms\": %.3f, "
		     "\"stop_ms\": %.3f}\n",
		     rate, trial->open_ms, trial->stop_ms);
}

static int try_out(struct trial *trial)
{
	struct tallies *tallies =
		mmap(NULL, sizeof(*tallies), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint32_t counted = trial->ntasks;
	struct nf_error err = {.code = NF_OK};

	if (tallies == MAP_FAILED) {
		perror("bench-pool: mmap");
		return -1;
	}
	trial->options.ctx = tallies;
	if (measure(trial, &err) == -1) {
		(void)fprintf(stderr, "bench-pool: %s\n", err.message);
		return -1;
	}
	if (total(tallies) != trial->ntasks) {
		(void)fprintf(stderr, "bench-pool: %llu of %u tasks ran\n",
			      (unsigned long long)total(tallies),
			      trial->ntasks);
		return -1;
	}
	print(trial, counted);
	return 0;
}

/* ---- arguments */

static bool parse_number(unsigned *out, const char *text, unsigned long max)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	*out = (unsigned)value; /* max is an unsigned's */
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' && value <= max;
}

static bool parse_mode(enum nf_mode *out, const char *text)
{
	for (int mode = 0; mode < NF_NMODES; mode++) {
		if (strcmp(text, nf_mode_name((enum nf_mode)mode)) == 0) {
			*out = (enum nf_mode)mode;
			return true;
		}
	}
	return false;
}

static bool parse(struct trial *trial, int argc, char **argv)
{
	struct nf_executor_options *options = &trial->options;
	unsigned ahead;

	if (argc != 6 || !parse_mode(&options->mode, argv[1]) ||
	    !parse_number(&options->workers, argv[2], WORKERS_MAX) ||
	    !parse_number(&ahead, argv[3], 1024) ||
	    !parse_number(&trial->ntasks, argv[4], 1000000000))
		return false;
	options->fanout = options->workers * ahead;
	options->on_worker_death = strcmp(argv[5], "retry") == 0
					   ? NF_ON_DEATH_RETRY
					   : NF_ON_DEATH_REPORT;
	return options->workers > 0 && ahead > 0 &&
	       (strcmp(argv[5], "retry") == 0 ||
		strcmp(argv[5], "report") == 0);
}

int main(int argc, char **argv)
{
	struct trial trial = {
		.options = {.task = count, .initializer = take_tally}};

	if (!parse(&trial, argc, argv)) {
		(void)fputs("usage: bench-pool MODE WORKERS K TASKS "
			    "report|retry\n",
			    stderr);
		return 2;
	}
	return try_out(&trial) == 0 ? 0 : 1;
}
