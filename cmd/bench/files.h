/*
 * The files that an outcome is written to, as it was wished.
 */
#ifndef NETFAN_CMD_BENCH_FILES_H
#define NETFAN_CMD_BENCH_FILES_H

#include "bench/figures.h"
#include "bench/wish.h"

/* What can be known before minutes were spent on measuring: 0, or -1 as it was
 * told on standard error. No file is made, and none is changed. */
int files_try(const struct bench_wish *wish);

/* Each that can be written: 0, or -1 as it was told. */
int files_write(const struct bench_wish *wish, const struct outcome *outcome);

#endif
