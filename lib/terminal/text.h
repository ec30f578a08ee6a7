/*
 * The text that a terminal shows: bytes of a device, turned into lines. Control
 * sequences are taken out, CR LF becomes one newline, and text that the device
 * wrote over (a pager's prompt, rubbed out with backspaces) is gone.
 */
#ifndef NETFAN_TERMINAL_TEXT_H
#define NETFAN_TERMINAL_TEXT_H

#include <stdbool.h>

#include "base/buf.h"
#include "terminal/overlay.h"

/* A longer line is passed on in pieces, so that memory stays bounded. */
#define TEXT_LINE_MAX ((size_t)64 * 1024)

/* Take a line with its newline, or a piece of an overlong one: 0, or -1 to
 * stop. */
typedef int text_line_fn(void *arg, const uint8_t *line, size_t len);

struct text {
	struct buf line; /* the unfinished line, as it stands */
	size_t cursor; /* where the next character goes, in bytes */
	size_t columns; /* of the terminal, as the device was told */
	bool wraps_at_once; /* when a row is full: it lacks terminfo's xenl */
	size_t row; /* where the row of the cursor begins: a long line wraps */
	struct overlay overlay; /* behind the line: a pager's prompt */
	bool rubbed; /* the last one was rubbed out by the device */
	bool kept; /* the last one was not, and is part of this line */
	enum text_state {
		TEXT_GROUND,
		TEXT_ESCAPE, /* after ESC */
		TEXT_CHARSET, /* after ESC ( and its like */
		TEXT_CONTROL, /* inside ESC [ */
		TEXT_STRING, /* inside ESC ], ESC P and their like */
		TEXT_STRING_ENDS, /* after ESC inside a string */
	} state;
	unsigned parameter; /* first number of the control sequence */
	bool rest; /* other numbers follow, which mean nothing here */
	bool moved; /* the cursor was moved back */
	bool rang; /* a bell came behind the unfinished line */
	bool rose; /* it is written over one above: the cursor went up */
	/* Reports that the device asked for since these were last cleared. */
	bool asked_identity;
	bool asked_status;
	unsigned asked_position; /* times */
	text_line_fn *on_line;
	void *arg;
};

void text_init(struct text *text, size_t columns, text_line_fn *on_line,
	       void *arg);
void text_release(struct text *text);

/* Feed bytes as received. -1 with errno ENOMEM, or when on_line said so. */
int text_feed(struct text *text, const uint8_t *bytes, size_t len);

/* Column of the cursor in its row, from 0; that of columns: it is full. */
size_t text_column(const struct text *text);

/* Drop the unfinished line. */
void text_drop_line(struct text *text);

/* Take the unfinished line from a place on for a pager's prompt, which is about
 * to leave. -1 with errno ENOMEM. */
int text_cover(struct text *text, size_t from, enum overlay_leaves leaves);

#endif
