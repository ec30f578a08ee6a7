/*
 * What a benchmark compares: a row is a mode and a width, the number of
 * sessions in flight. A pool of one session a worker is the classic one, up to
 * a thousand of them; the other row of that width has its sessions multiplexed
 * over as many workers as there are processors.
 */
#ifndef NETFAN_CMD_BENCH_ROWS_H
#define NETFAN_CMD_BENCH_ROWS_H

#include "netfan.h"

struct row {
	enum nf_mode mode;
	unsigned workers, width;
};

#define ROW_LABEL 48

/* Which line of a chart a row belongs to. */
enum series {
	SERIES_SEQUENTIAL,
	SERIES_THREADS, /* one session each */
	SERIES_PROCESSES,
	SERIES_IN_THREADS, /* multiplexed */
	SERIES_IN_PROCESSES,
	NSERIES,
};

enum series row_series(const struct row *row);

/* "20 threads", "20 sessions in 2 processes". */
void row_label(char out[ROW_LABEL], const struct row *row);

/* What a line of a chart is called. */
const char *series_name(enum series series);

/* Widths, ascending, each once. */
#define WIDTHS_MAX 64
struct widths {
	unsigned at[WIDTHS_MAX];
	size_t n;
};

/* "5..40:5", "1,10,100", or both kinds: false when it makes no sense. */
bool widths_parse(struct widths *widths, const char *text);

/* Those of who names none. */
void widths_default(struct widths *widths, unsigned devices);

/* No wider than there are devices. */
void widths_limit(struct widths *widths, unsigned devices);

/* Both kinds of pools, a bit each. */
#define POOL_CLASSIC 1u
#define POOL_MULTIPLEXED 2u

/*
 * The rows of these modes (a bit each), pools and widths: sequential first,
 * then width by width. Returns how many.
 */
#define ROWS_MAX (1 + 4 * WIDTHS_MAX)
size_t rows_list(struct row rows[ROWS_MAX], unsigned modes, unsigned pools,
		 const struct widths *widths, unsigned cores);

#endif
