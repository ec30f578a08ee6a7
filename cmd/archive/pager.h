/*
 * Standard output of a command that looks back: lines that devices wrote, made
 * harmless; on a terminal through the pager that the user has: PAGER, a command
 * for sh(1); less(1) where that is not set and there is one. It is started with
 * the first line, so that an error comes to the terminal by itself.
 */
#ifndef NETFAN_CMD_ARCHIVE_PAGER_H
#define NETFAN_CMD_ARCHIVE_PAGER_H

#include <stdbool.h>
#include <sys/types.h>

#include "format/output.h"

struct pager {
	struct output out;
	bool begun;
	pid_t pid; /* 0: none runs */
	int pipe_fd; /* to it, when it runs */
	const char *command;
};

void pager_init(struct pager *pager);

/* The output, for what is harmless as it is. */
struct output *pager_output(struct pager *pager);

/* Write bytes of a device, without what ends their line. 0, or -1 when nobody
 * reads on. */
int pager_line(struct pager *pager, const char *line, size_t len);

/* Write a name, a command or the like. */
void pager_text(struct pager *pager, const char *text);

/*
 * End the output, and wait for the pager. Returns status, or another if what
 * was written did not all get out, which is told. A pager that the user left
 * early has done what it should.
 */
int pager_end(struct pager *pager, int status);

#endif
