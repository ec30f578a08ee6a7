/*
 * One run of a benchmark: all devices asked once, by a process of its own, so
 * that neither memory nor CPU time of one run stains the next.
 */
#ifndef NETFAN_CMD_BENCH_RUN_H
#define NETFAN_CMD_BENCH_RUN_H

#include "bench/rows.h"
#include "bench/sample.h"
#include "bench/simulate.h"
#include "stop.h"

struct bench_run {
	struct sample *samples; /* by device of the inventory; NULL: none */
	size_t size; /* bytes of them */
	int64_t wall_us; /* from the pool's start to the last answer */
	int64_t user_us, system_us; /* CPU, of all workers together */
	int64_t devices_us; /* CPU of the simulated devices meanwhile */
	uint64_t memory; /* bytes at the peak, of all together; 0: not known */
	uint64_t switches; /* of contexts */
	char why[160]; /* there are no samples, or they do not count */
	bool disturbed; /* its times say nothing: why tells the reason */
	char note[160]; /* of the library, such as why it was narrower, or "" */
	unsigned fanout; /* how wide it was */
};

/* The devices of a run, and how they are asked. */

struct bench_run_setup {
	struct nf_inventory *inv;
	const struct nf_poll_options *poll; /* the row has mode and width */
	const struct simulator *simulator; /* n is 0: devices are real */
	bool patient; /* who takes no more logins is waited for a while */
	struct stop *stop;
};

/*
 * Run a row once: 0, -1 when it came to nothing (told on standard error), or 1
 * when a signal stopped it. Release the run in each case.
 */
int bench_run_row(struct bench_run *run, const struct row *row,
		  const struct bench_run_setup *setup);
void bench_run_release(struct bench_run *run);

/* Make zeroed samples. Processes of later runs do not inherit their memory, and
 * are not charged for it. 0, or -1 when memory is short. */
int bench_run_alloc(struct bench_run *run, size_t ndevices);

/* Count the devices that failed. *first is the first of them, if any. */
size_t bench_run_failed(const struct bench_run *run, size_t ndevices,
			size_t *first);

/* Count the devices that said something else than in like, be it a number alone
 * if exact. *first is the first of them, if any. */
size_t bench_run_differs(const struct bench_run *run,
			 const struct bench_run *like, size_t ndevices,
			 bool exact, size_t *first);

#endif
