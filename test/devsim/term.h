/*
 * A terminal line as IOS drives it: echo and editing on the way in, a pager on
 * the way out. Once the client is gone it stays so: what is put is forgotten,
 * and nothing more is read.
 */
#ifndef NETFAN_DEVSIM_TERM_H
#define NETFAN_DEVSIM_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devsim/stream.h"

#define TERM_CTRL_Z "\x1a" /* what term_read_line() gives for it, alone */

struct term {
	const struct stream *stream; /* borrowed */
	size_t rows; /* lines to a page, 0: no pager */
	size_t room; /* lines until the pager stops, while rows > 0 */
	size_t in_at, in_len;
	size_t out_len;
	bool gone; /* the client is */
	bool was_cr; /* a line feed that comes next belongs to it */
	uint8_t in[512];
	char out[8192];
};

void term_init(struct term *term, const struct stream *stream, size_t rows);

void term_put(struct term *term, const char *text);
void term_putn(struct term *term, const char *text, size_t len);
void term_flush(struct term *term);

/* Let ms pass before what is put next. */
void term_pause(struct term *term, int64_t ms);

/*
 * Read a line, edited and, with echo, echoed; cap bytes hold it with its NUL.
 * Returns 0, or -1 when the client is gone. Ctrl-C gives an empty line.
 */
int term_read_line(struct term *term, char *line, size_t cap, bool echo);

/* An answer begins: a whole page is free. */
void term_page(struct term *term);

/*
 * Put one line of an answer, stopping first where a page ends. Returns 1 to go
 * on, 0 when the client wants no more of it, -1 when it is gone.
 */
int term_line(struct term *term, const char *text);

/* Read and forget until the client is gone. */
void term_drain(struct term *term);

#endif
