/*
 * Admission: when the next task may start. A task's start is its costly part (a
 * login): when thousands start at once, each waits for all others and all miss
 * their deadlines. A task is starting until its worker says that it is READY.
 *
 * Starting tasks wait for our own processors, which the cost of a start tells,
 * or for something that their devices share: a host of many virtual devices, an
 * AAA server. The latter shows where starts take longer the more of them there
 * are, and by how much for each further task. Starts that are slow however few
 * there are do not count as that.
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
	/* Averages of the number of tasks starting at a time and of the seconds
	 * that a start then took, the variance of that number, and their
	 * covariance. */
	double starting, took_s, variance, covariance;
	double wait_s; /* that each further task adds */
};

void admission_init(struct admission *admission,
		    const struct admission_rules *rules, int64_t now_us);

/* May a further task start now, with so many starting? */
bool admission_open(struct admission *admission, size_t starting,
		    int64_t now_us);

/* When time will open a closed admission; INT64_MAX when a task has to. */
int64_t admission_due_us(const struct admission *admission, size_t starting,
			 int64_t now_us);

/* Count a task that has started; learn what the start of another has cost. */
void admission_started(struct admission *admission, int64_t now_us);
void admission_sample(struct admission *admission, uint32_t cost_us);

/* Learn how long a start took that went well, with so many starting as it
 * began, itself among them. */
void admission_took(struct admission *admission, size_t starting,
		    int64_t took_us);

/* Were so many starting that the last had to wait for twice the work that may
 * lie ahead? Then that a task was late is not its device's fault. */
bool admission_crowded(const struct admission *admission, size_t starting);

#endif
