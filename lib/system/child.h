/* Children: another program as a process of its own, for program.c. */
#ifndef NETFAN_SYSTEM_CHILD_H
#define NETFAN_SYSTEM_CHILD_H

#include <sys/types.h>

#include "system/program.h"

struct child {
	pid_t pid; /* of its group, too */
	int pidfd; /* readable when it has ended */
	int in_fd; /* our ends, non-blocking; -1: none */
	int out_fd;
	int err_fd;
};

/* Start a program: what program.h tells of it holds. NF_SYSTEM, also when it
 * could not be executed. */
int child_start(struct child *child, const struct program *program,
		struct nf_error *err);

/* Kill what there is of it and its group. Only before it is reaped: its number
 * is not another's until then. */
void child_kill(const struct child *child);

/* Send it and its group SIGTERM, by which it may tidy up. Likewise. */
void child_ask_to_end(const struct child *child);

/* Close what is open, and take the end of one that has ended: its exit status,
 * or -1 with NF_SYSTEM when there is none. */
int child_reap(struct child *child, const char *name, struct nf_error *err);

/* Give up one that does not even end when it is killed: a disk does not answer.
 * It is nobody's then. */
void child_leave(struct child *child);

#endif
