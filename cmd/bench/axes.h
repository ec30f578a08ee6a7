/* The axes of chart and plot: from a value to its place, ticks, and labels. */
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

/* The widths that have a figure, ascending, each once. Returns how many. */
#define AXIS_WIDTHS_MAX (1 + WIDTHS_MAX) /* one after another is one wide */
size_t axis_widths(const struct outcome *outcome,
		   unsigned widths[AXIS_WIDTHS_MAX]);

/* What a label takes of its axis, in whichever unit. */
struct axis_label {
	double from, to;
	bool shown;
};

/*
 * Show as many of the labels as keep a gap between them: the first, what fits
 * behind it, and always the last. They are in the order of their places.
 */
void axis_thin(struct axis_label *labels, size_t n, double gap);

/* "0.5 s", "200 s", "2.5 h". */
#define TICK_TEXT 24
void axis_seconds(char out[TICK_TEXT], double seconds);

#endif
