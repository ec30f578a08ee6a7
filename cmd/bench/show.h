/* How an outcome is shown to people: to a terminal, and as a plot. */
#ifndef NETFAN_CMD_BENCH_SHOW_H
#define NETFAN_CMD_BENCH_SHOW_H

#include <stdio.h>

#include "bench/figures.h"

/* "0:01:03.416", as the times that Python's datetime prints. */
#define CLOCK_TEXT 32
void show_clock(char out[CLOCK_TEXT], double seconds);

/* A row a line. */
void show_table(FILE *out, const struct outcome *outcome);

/* Wall against width, a letter a series. */
void show_chart(FILE *out, const struct outcome *outcome);

/* What suffices, and what limits beyond it. */
void show_advice(FILE *out, const struct outcome *outcome);

/* The plot: an SVG. */
void show_plot(FILE *out, const struct outcome *outcome);

/* The same by gnuplot(1), as a PNG: 0, or -1 as it was told. */
int show_png(const char *path, const struct outcome *outcome);

/* Is there a gnuplot? */
bool show_png_can(void);

#endif
