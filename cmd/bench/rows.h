/*
 * Rows, which a benchmark compares: a row is a mode and a width, the number of
 * sessions in flight. A classic pool has one session a worker, up to a thousand
 * of them; the other row of that width has its sessions multiplexed over as
 * many workers as there are processors.
 */
#ifndef NETFAN_CMD_BENCH_ROWS_H
#define NETFAN_CMD_BENCH_ROWS_H

#include "netfan.h"

struct row {
	enum nf_mode mode;
	unsigned workers, width;
};

#define ROW_LABEL 48

/* Lines of a chart. */
enum series {
	SERIES_SEQUENTIAL,
	SERIES_THREADS, /* classic */
	SERIES_PROCESSES,
	SERIES_IN_THREADS, /* multiplexed */
	SERIES_IN_PROCESSES,
	NSERIES,
};

/* Find the line that a row belongs to. */
enum series row_series(const struct row *row);

/* Format the name of a row: "20 threads", "20 sessions in 2 processes". */
void row_label(char out[ROW_LABEL], const struct row *row);

/* Name a line of a chart. */
const char *series_name(enum series series);

/* Widths, ascending, each once. */
#define WIDTHS_MAX 64
struct widths {
	unsigned at[WIDTHS_MAX];
	size_t n;
};

/* Read "5..40:5", "1,10,100", or both kinds: false when text is neither. */
bool widths_parse(struct widths *widths, const char *text);

/* Choose widths for so many devices. */
void widths_default(struct widths *widths, unsigned devices);

/* Cut widths to the number of devices. */
void widths_limit(struct widths *widths, unsigned devices);

/* Kinds of pools, a bit each. */
#define POOL_CLASSIC 1u
#define POOL_MULTIPLEXED 2u

/*
 * List the rows of modes (a bit each), pools and widths: sequential first, then
 * width by width. Returns how many they are.
 */
#define ROWS_MAX (1 + 4 * WIDTHS_MAX)
size_t rows_list(struct row rows[ROWS_MAX], unsigned modes, unsigned pools,
		 const struct widths *widths, unsigned cores);

#endif
