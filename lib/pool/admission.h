/*
 * Admission: when the next task may start. A task's start is its costly part (a
 * login): when thousands start at once, each waits for all others and all miss
 * their deadlines. A task is starting until its worker says that it is READY.
 *
 * They wait for our own processors, which is told by what a start costs, or for
 * something of theirs: a host of many virtual devices, an AAA server. That
 * shows where starts take longer the more of them there are, and by how much
 * for each one more. Starts that are slow by themselves, however many, are none
 * of it.
 */
#ifndef NETFAN_POOL_ADMISSION_H
#define NETFAN_POOL_ADMISSION_H

#include "netfan.h"

struct admission_rules {
	int64_t ahead_us; /* work that may lie ahead of a core; 0: no pacing */
	unsigned cores; /* that the starting tasks share; at least 1 */
	unsigned starting_max; /* tasks starting at a time; 0: no limit */
	double rate; /* starts a second, over all; 0: no limit */
};

/* Times are monotonic microseconds. */
struct admission {
	struct admission_rules rules;
	int64_t cost_us; /* of one start, averaged; 0 before the first */
	int64_t first_us; /* when the first task started */
	int64_t filled_us; /* when tokens was brought up to date */
	double tokens;
	unsigned nsamples; /* of times, at most SAMPLES_MANY */
	/* Of starting at a time, and of the seconds that a start then took: the
	 * averages, how they vary, and vary together. */
	double starting, took_s, variance, covariance;
	double wait_s; /* what each one more adds */
};

void admission_init(struct admission *admission,
		    const struct admission_rules *rules, int64_t now_us);

/* May one more start now, with so many starting? */
bool admission_open(struct admission *admission, size_t starting,
		    int64_t now_us);

/* When it is closed and time will open it; INT64_MAX when it is not for time.
 */
int64_t admission_due_us(const struct admission *admission, size_t starting,
			 int64_t now_us);

/* One has started, one has taken so long for its start. */
void admission_started(struct admission *admission, int64_t now_us);
void admission_sample(struct admission *admission, uint32_t cost_us);

/* One that went well took so long, with so many starting as it began, itself
 * among them. */
void admission_took(struct admission *admission, size_t starting,
		    int64_t took_us);

/* Were so many starting that the last had to wait for twice the work that may
 * lie ahead? Then it is not its own fault that it was late. */
bool admission_crowded(const struct admission *admission, size_t starting);

#endif
