/*
 * Programs: another program is run, and its output taken. It has a clean
 * environment, no terminal, no descriptor but its own three, and a process
 * group of its own, which is killed when its time is over.
 */
#ifndef NETFAN_SYSTEM_PROGRAM_H
#define NETFAN_SYSTEM_PROGRAM_H

#include <stdint.h>

#include "base/buf.h"
#include "netfan.h"

struct program {
	const char *const *argv; /* argv[0] is looked for in PATH */
	const char *const *env; /* NAME=VALUE, NULL at the end */
	int dir_fd; /* where it runs; -1: where we are */
	int64_t deadline_ms; /* deadline_clock_ms(); 0: none */
	/* Its standard input, in pieces: the next one to write goes to *bytes
	 * and *len (0: the end). NULL: it has none. */
	int (*next_input)(void *arg, const void **bytes, size_t *len);
	/* Takes a piece of its standard output: 0, or -1 to have it killed.
	 * NULL: it goes to /dev/null. */
	int (*take_output)(void *arg, const uint8_t *bytes, size_t len);
	void *arg;
};

/*
 * Run a program to its end. Returns its exit status, 0-255; -1 with NF_SYSTEM
 * when it cannot be started (sys_errno ENOENT: there is none), NF_TIMEOUT when
 * its time was over, NF_CANCELLED when take_output or next_input gave up,
 * NF_SYSTEM when a signal ended it. Of what it wrote to standard error the first
 * line that is not blank is in complaint, made harmless.
 *
 * It never waits for other children of the caller's.
 */
#define PROGRAM_COMPLAINT 256
int program_run(const struct program *program,
		char complaint[PROGRAM_COMPLAINT], struct nf_error *err);

#endif
