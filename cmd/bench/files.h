/*
 * The files that an outcome is written to, as it was asked.
 */
#ifndef NETFAN_CMD_BENCH_FILES_H
#define NETFAN_CMD_BENCH_FILES_H

#include "bench/figures.h"
#include "bench/options.h"

/* What can be known before minutes were spent on measuring: 0, or -1 as it was
 * told on standard error. No file is made, and none is changed. */
int files_try(const struct bench_options *options);

/* Each that can be written: 0, or -1 as it was told. */
int files_write(const struct bench_options *options,
		const struct outcome *outcome);

#endif
