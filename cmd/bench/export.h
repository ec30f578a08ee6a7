/* An outcome for other programs. */
#ifndef NETFAN_CMD_BENCH_EXPORT_H
#define NETFAN_CMD_BENCH_EXPORT_H

#include <stdio.h>

#include "bench/figures.h"

/* Write one object, of a line and one for each row. */
void export_json(FILE *out, const struct outcome *outcome);

/* Write a line a row, below one that names the columns. */
void export_csv(FILE *out, const struct outcome *outcome);

#endif
