/* The files that an outcome is written to. */
#ifndef NETFAN_CMD_BENCH_FILES_H
#define NETFAN_CMD_BENCH_FILES_H

#include "bench/figures.h"
#include "bench/options.h"

/* Try whether they can be written, before minutes are spent on measuring: 0, or
 * -1 as it was told on standard error. No file is made or changed. */
int files_try(const struct bench_options *options);

/* Write each that can be: 0, or -1 as it was told. */
int files_write(const struct bench_options *options,
		const struct outcome *outcome);

#endif
