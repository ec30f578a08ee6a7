/*
 * What is to be made of runs: which count, and what can be no faster.
 */
#ifndef NETFAN_CMD_BENCH_JUDGE_H
#define NETFAN_CMD_BENCH_JUDGE_H

#include "bench/figures.h"

/* All that was run. */
struct runs {
	const struct nf_inventory *inv;
	struct row rows[ROWS_MAX];
	size_t nrows;
	unsigned each; /* runs of a row, as it was wished */
	struct bench_run *at; /* those of a row together, each places */
	size_t *n; /* of each row, so far */
	struct bench_run reference; /* what is right; samples NULL: not known */
	bool exact; /* to the byte */
};

/*
 * Fill outcome's rows, which are there, and its floor. No time is told of a row
 * in which a run did not bring every device's right answer.
 */
void judge_rows(struct outcome *outcome, const struct runs *runs);
void judge_floor(struct outcome *outcome, const struct runs *runs);

/* How many devices refused a command; the first is *first. Of runs of which one
 * was right. */
size_t judge_refused(const struct runs *runs, size_t *first);

#endif
