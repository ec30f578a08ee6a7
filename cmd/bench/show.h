/*
 * An outcome for people: on a terminal, and as a plot. Lines of prose may be
 * longer than the terminal is wide: fold_text() breaks them.
 */
#ifndef NETFAN_CMD_BENCH_SHOW_H
#define NETFAN_CMD_BENCH_SHOW_H

#include <stdio.h>

#include "bench/figures.h"

/* Format a duration as Python's datetime does: "0:01:03.416". */
#define CLOCK_TEXT 32
void show_clock(char out[CLOCK_TEXT], double seconds);

/*
 * Show a table, a row a line. Columns that have no room in a line of so many
 * letters follow below the others, beside the same rows; FOLD_NEVER: one line
 * has them all.
 */
void show_table(FILE *out, const struct outcome *outcome, unsigned room);

/* Show wall time against width, a letter a series, in lines of at most so many
 * letters. */
void show_chart(FILE *out, const struct outcome *outcome, unsigned room);

/* Show what suffices, and what limits beyond it: a line each. */
void show_advice(FILE *out, const struct outcome *outcome);

/* Write the plot as SVG. */
void show_plot(FILE *out, const struct outcome *outcome);

/* Write the plot as PNG, by gnuplot(1): 0, or -1 as it was told. */
int show_png(const char *path, const struct outcome *outcome);

/* Is there a gnuplot? */
bool show_png_can(void);

#endif
