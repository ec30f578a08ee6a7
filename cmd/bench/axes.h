/* The axes of chart and plot: from a value to its place, ticks, and labels. */
#ifndef NETFAN_CMD_BENCH_AXES_H
#define NETFAN_CMD_BENCH_AXES_H

#include "bench/figures.h"

struct axis {
	double min, max;
	bool log;
};

/* Find where a value stands on its axis: 0 at min, 1 at max. */
double axis_place(const struct axis *axis, double value);

/* Make the axes of widths and of seconds: from zero, or logarithmic where the
 * values are far apart. */
struct axis axis_of_widths(const struct outcome *outcome);
struct axis axis_of_walls(const struct outcome *outcome);

/* List the values to write beside an axis; returns how many. */
#define TICKS_MAX 16
size_t axis_ticks(const struct axis *axis, double ticks[TICKS_MAX]);

/* List the widths that have a figure, ascending, each once; returns how many
 * they are. */
#define AXIS_WIDTHS_MAX (1 + WIDTHS_MAX) /* sequential mode is 1 wide */
size_t axis_widths(const struct outcome *outcome,
		   unsigned widths[AXIS_WIDTHS_MAX]);

/* The part of an axis that a label takes, in pixels or in columns. */
struct axis_label {
	double from, to;
	bool shown;
};

/*
 * Choose the labels to show, which come in the order of their places, so that a
 * gap is between them: the first, what fits behind it, and always the last.
 */
void axis_thin(struct axis_label *labels, size_t n, double gap);

/* Format a time: "0.5 s", "200 s", "2.5 h". */
#define TICK_TEXT 24
void axis_seconds(char out[TICK_TEXT], double seconds);

#endif
