/*
 * A result's parts from a script, for a test that includes the source of an
 * output format:
 *
 *   #include "unit/parts.h"
 *   #define nf_result_read parts_read
 *   #define format_x tested_x
 *   #include "../cmd/format/x.c"
 *
 * The format has a name of its own, as that of the program is linked, too.
 */
#ifndef NETFAN_TEST_PARTS_H
#define NETFAN_TEST_PARTS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format/format.h"
#include "unit/unit.h"

#define COMMAND(text)                                                          \
	{                                                                      \
		.kind = NF_PART_COMMAND, .command = (text)                     \
	}
#define PIECE(of, text)                                                        \
	{                                                                      \
		.kind = (of), .bytes = (const uint8_t *)(text),                \
		.len = sizeof(text) - 1                                        \
	}
#define OUTPUT(text) PIECE(NF_PART_OUTPUT, text)
#define STDERR(text) PIECE(NF_PART_STDERR, text)
#define END(...)                                                               \
	{                                                                      \
		.kind = NF_PART_END, .signal = "", __VA_ARGS__                 \
	}

struct script {
	const struct nf_part *parts;
	size_t n;
	bool fails; /* behind them: it cannot be read on */
};

static struct script parts_left;

static int parts_read(struct nf_result *result, struct nf_part *part,
		      struct nf_error *err)
{
	(void)result;
	if (parts_left.n == 0 && !parts_left.fails)
		return 0;
	if (parts_left.n == 0) {
		(void)snprintf(err->message, sizeof(err->message), "damaged");
		return -1;
	}
	*part = *parts_left.parts++;
	parts_left.n--;
	return 1;
}

struct printed {
	int rc; /* what device returned */
	struct nf_error err;
	char text[4096];
};

/* Print one result twice, with one state: nothing is left of the first. */
static void parts_print(struct printed *printed, const struct format *format,
			const struct format_run *run, struct nf_result *result,
			const struct script *script)
{
	const struct nf_device dev = {
		.name = "R1", .host = "10.0.0.1", .platform = "ios"};
	void *ctx = calloc(1, format->ctx_size);
	int fd = memfd_create("out", MFD_CLOEXEC);
	size_t half;

	assert_non_null(ctx);
	output_init(run->out, fd, NULL);
	assert_int_equal(format->open(ctx, run, &printed->err), 0);
	result->platform = dev.platform;
	for (int i = 0; i < 2; i++) {
		parts_left = *script;
		printed->rc = format->device(ctx, &dev, result, &printed->err);
	}
	output_flush(run->out);
	free(ctx);
	memset(printed->text, 0, sizeof(printed->text));
	assert_int_not_equal(
		pread(fd, printed->text, sizeof(printed->text) - 1, 0), -1);
	(void)close(fd);
	half = strlen(printed->text) / 2;
	assert_memory_equal(printed->text, printed->text + half, half);
	printed->text[half] = '\0';
}

#endif
