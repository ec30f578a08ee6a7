/* Commands: programs whose output is a secret. */
#ifndef NETFAN_SECRETS_COMMAND_H
#define NETFAN_SECRETS_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netfan.h"
#include "secrets/arena.h"

#define COMMAND_OUTPUT_MAX ((size_t)64 * 1024) /* bytes of what it prints */
#define COMMAND_MS 60000 /* in which it has to end */
#define COMMAND_WHY_MAX 384

/* How long one may take. */
struct command_patience {
	int64_t limit_ms;
	bool (*interrupted)(void *arg); /* NULL: it is not */
	void *arg;
};

/* What it printed; in the arena that it was given. */
struct command_output {
	const char *text;
	size_t len;
};

/*
 * Run a command of a shell, where we are, with /dev/null as its input and our
 * environment but netfan's own variables, for limit_ms at most, or until it is
 * interrupted: then all of its process group is killed. Takes as long; nothing
 * else goes on meanwhile.
 *
 * 1: it ended with status 0. 0: it did not, was stopped, or printed more than
 * COMMAND_OUTPUT_MAX bytes; why says so in words without the command and its
 * output, but with what it wrote to standard error, made harmless, unless its
 * output is in that. -1 with NF_CANCELLED when it was interrupted, NF_SYSTEM when
 * memory is short.
 */
int command_run(const char *command, const struct command_patience *patience,
		struct secrets *arena, struct command_output *output,
		char why[COMMAND_WHY_MAX], struct nf_error *err);

#endif
