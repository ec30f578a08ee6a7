/*
 * How an outcome is shown to people: to a terminal, and as a plot. Lines of
 * prose are as long as they are; fold_text() has them fit.
 */
#ifndef NETFAN_CMD_BENCH_SHOW_H
#define NETFAN_CMD_BENCH_SHOW_H

#include <stdio.h>

#include "bench/figures.h"

/* "0:01:03.416", as the times that Python's datetime prints. */
#define CLOCK_TEXT 32
void show_clock(char out[CLOCK_TEXT], double seconds);

/*
 * A row a line. Columns that a line of this length has no room for follow below
 * the others, beside the same rows; FOLD_NEVER: one line has them all.
 */
void show_table(FILE *out, const struct outcome *outcome, unsigned room);

/* Wall against width, a letter a series, in lines of this length at most. */
void show_chart(FILE *out, const struct outcome *outcome, unsigned room);

/* What suffices, and what limits beyond it: a line each. */
void show_advice(FILE *out, const struct outcome *outcome);

/* The plot: an SVG. */
void show_plot(FILE *out, const struct outcome *outcome);

/* The same by gnuplot(1), as a PNG: 0, or -1 as it was told. */
int show_png(const char *path, const struct outcome *outcome);

/* Is there a gnuplot? */
bool show_png_can(void);

#endif
