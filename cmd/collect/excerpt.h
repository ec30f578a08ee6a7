/*
 * Excerpts: as much of diffs as a report has room for. An excerpt of an output
 * has diff_lines lines at most, and all excerpts of a report EXCERPT_OUTPUTS
 * times as many; each line is cut.
 */
#ifndef NETFAN_CMD_COLLECT_EXCERPT_H
#define NETFAN_CMD_COLLECT_EXCERPT_H

#include "collect/collection.h"

#define EXCERPT_OUTPUTS ((size_t)50)
#define EXCERPT_LINE ((size_t)1000) /* bytes of a line */

/* Takes a line of a diff; cut: how many bytes of it are not shown. */
typedef void excerpt_line(void *arg, const char *line, size_t len, size_t cut);

struct excerpts {
	const struct collection *c; /* borrowed */
	size_t room; /* lines that this report may still have */
	excerpt_line *line;
	void *arg;
};

/* Begin the excerpts of a report. */
struct excerpts excerpts_begin(const struct collection *c, excerpt_line *line,
			       void *arg);

enum excerpt {
	EXCERPT_WHOLE,
	EXCERPT_CUT, /* lines are left out at its end */
	EXCERPT_NONE, /* there is no room, or none was wanted */
	EXCERPT_FAILED, /* the message says why */
};

/* Pass on the lines of an output that changed; *left_out is how many are not. */
enum excerpt excerpts_take(struct excerpts *excerpts, size_t device,
			   size_t output, size_t *left_out,
			   struct nf_error *err);

#endif
