/* The axes of chart and plot: from a value to its place, and ticks. */
#ifndef NETFAN_CMD_BENCH_AXES_H
#define NETFAN_CMD_BENCH_AXES_H

#include "bench/figures.h"

struct axis {
	double min, max;
	bool log;
};

/* 0 at min, 1 at max. */
double axis_place(const struct axis *axis, double value);

/* Widths, and seconds from zero or, where that helps, by their logarithm. */
struct axis axis_of_widths(const struct outcome *outcome);
struct axis axis_of_walls(const struct outcome *outcome);

/* Values to write beside it: at most max. Returns how many. */
#define TICKS_MAX 16
size_t axis_ticks(const struct axis *axis, double ticks[TICKS_MAX]);

/* "0.5 s", "200 s", "2.5 h". */
#define TICK_TEXT 24
void axis_seconds(char out[TICK_TEXT], double seconds);

#endif
