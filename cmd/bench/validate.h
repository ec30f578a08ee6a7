/*
 * Runs, validated: which of them count, and what a run could be no faster than.
 */
#ifndef NETFAN_CMD_BENCH_VALIDATE_H
#define NETFAN_CMD_BENCH_VALIDATE_H

#include "bench/figures.h"

/* The runs of all rows. */
struct bench_runs {
	const struct nf_inventory *inv;
	struct row rows[ROWS_MAX];
	size_t nrows;
	unsigned each; /* runs of a row, when all is run */
	struct bench_run *at; /* nrows * each, those of a row together */
	size_t *n; /* by row: runs so far */
	struct bench_run reference; /* samples to compare with; NULL: none */
	bool exact; /* they are compared to the byte */
};

/*
 * Fill the rows of outcome, whose memory is there. A row has no figure when one
 * of its runs does not count: it failed or was stopped, was narrower than the
 * row, or a device failed or said something else than in the reference.
 */
void validate_rows(struct outcome *outcome, const struct bench_runs *runs);

/* Fill the floor of outcome, the slowest device and the next, from its rows. */
void validate_floor(struct outcome *outcome, const struct bench_runs *runs);

/* Count the devices that refused a command, where some run counts. *first is
 * the first of them, if any. */
size_t validate_refused(const struct bench_runs *runs, size_t *first);

#endif
