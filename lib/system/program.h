/*
 * Programs: another program is run, and its output taken. It has a clean
 * environment, no terminal to ask anybody by, no descriptor but those that it is
 * given, no signal that is held or ignored, and a session and process group of
 * its own, which is killed when its time is over, and at its end. It gets SIGTERM
 * when the thread that runs it dies, so that the next run finds nobody at work;
 * its own children do not.
 *
 * A program that has threads may run others. It never waits for other children
 * of the caller's.
 */
#ifndef NETFAN_SYSTEM_PROGRAM_H
#define NETFAN_SYSTEM_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netfan.h"

/* Where programs are looked for by who has no PATH. */
#define PROGRAM_PATH "/usr/local/bin:/usr/bin:/bin"

#define PROGRAM_FDS 2 /* that may be passed on, at most */

struct program {
	/* argv[0] is looked for in the directories of PATH in env, but not in
	 * those that are relative: there, others may say what a name is. */
	const char *const *argv;
	const char *const *env; /* NAME=VALUE, NULL at the end */
	int dir_fd; /* where it runs; -1: where we are */
	int fds[PROGRAM_FDS]; /* its descriptors from 3 on, of ours */
	size_t nfds;
	bool private_files; /* what it makes is for its user alone */
	bool secret; /* what it says is: no copy of it is left in memory */
	/* Its standard input and output in one, a descriptor of ours; NULL:
	 * next_input and take_output say. */
	const int *stream;
	int nice; /* 0-19, more than we are */
	int64_t deadline_ms; /* deadline_clock_ms(); 0: none */
	bool alone; /* once it runs, what it dies of stands in its end, and the
		     * others go on */
	/* Its standard input, in pieces: the next one to write goes to *bytes
	 * and *len (0: the end), and stays as it is until the next call. 0, or
	 * -1 to have it killed. NULL: it has none. */
	int (*next_input)(void *arg, const void **bytes, size_t *len);
	/* Takes a piece of its standard output: 0, or -1 to have it killed.
	 * NULL: it goes to /dev/null. */
	int (*take_output)(void *arg, const uint8_t *bytes, size_t len);
	/* Is it to be killed? Asked a few times a second. NULL: it is not. */
	bool (*interrupted)(void *arg);
	void *arg;
};

/* How a program ended. */
#define PROGRAM_COMPLAINT 256
struct program_end {
	int status; /* exit status, 0-255 */
	struct nf_error err; /* of one alone that did not come to its end */
	/* The lines that it wrote to standard error, but blank ones, as many
	 * as fit, with "; " between them; made harmless. */
	char complaint[PROGRAM_COMPLAINT];
};

/*
 * Run programs side by side to the end of all. 0 and their ends; -1 with
 * NF_SYSTEM when one cannot be started (sys_errno ENOENT: there is none),
 * NF_TIMEOUT when its time was over, NF_CANCELLED when its take_output or
 * next_input gave up, or it was interrupted, NF_SYSTEM when a signal ended it:
 * then the others are killed, too. What a program leaves running in its group is killed at its end.
 */
int programs_run(const struct program *programs, size_t n,
		 struct program_end *ends, struct nf_error *err);

/* Run one: its exit status; -1 with NF_SYSTEM, NF_TIMEOUT or NF_CANCELLED, as
 * programs_run(). */
int program_run(const struct program *program,
		char complaint[PROGRAM_COMPLAINT], struct nf_error *err);

#endif
