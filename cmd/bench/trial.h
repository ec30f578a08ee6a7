/*
 * One run of a benchmark: all devices asked once, by a process of its own, so
 * that neither memory nor CPU time of one run stains the next.
 */
#ifndef NETFAN_CMD_BENCH_TRIAL_H
#define NETFAN_CMD_BENCH_TRIAL_H

#include "bench/rows.h"
#include "bench/simulate.h"
#include "stop.h"

/* What a device answered, and how long it took. */
struct answer {
	enum nf_code code; /* NF_OK: every command was answered */
	bool refused; /* one was called invalid */
	int64_t us[NF_NTIMES];
	uint64_t exact; /* of all that it said, its prompt too */
	uint64_t loose; /* of each line, what stands before its first number */
};

struct trial {
	struct answer *answers; /* of each device of the inventory */
	size_t room; /* bytes of them */
	int64_t wall_us; /* from the pool's start to the last answer */
	int64_t user_us, system_us; /* CPU, of all workers together */
	int64_t devices_us; /* CPU of the simulated devices meanwhile */
	uint64_t memory; /* bytes at the peak, of all together; 0: not known */
	uint64_t switches; /* of contexts */
	char why[160]; /* there are no answers, or no time that counts */
	bool disturbed; /* why tells: its times say nothing */
	char note[160]; /* such as why it could not go so wide, or "" */
	unsigned fanout; /* how wide it was */
};

struct trial_wish {
	const struct nf_inventory *inv;
	const struct nf_poll_options *poll; /* but for mode and width */
	const struct simulator *simulator; /* n is 0: devices are real */
	struct stop *stop;
};

/*
 * Run a row once. 0, -1 when it came to nothing (told on standard error), or 1
 * when a signal stopped it. Release in each case.
 */
int trial_run(struct trial *trial, const struct row *row,
	      const struct trial_wish *wish);
void trial_release(struct trial *trial);

/* Room for answers, zeroed; later runs do not have it, and are not charged for
 * it. 0, or -1 where there is no memory. */
int trial_make_room(struct trial *trial, size_t ndevices);

/* How many devices failed; how many answered something else than in like, be it
 * by a number alone if exact. *first is the first of them, if there is one. */
size_t trial_failed(const struct trial *trial, size_t ndevices, size_t *first);
size_t trial_differs(const struct trial *trial, const struct trial *like,
		     size_t ndevices, bool exact, size_t *first);

#endif
