/*
 * The prompt of a pager that got its key: it stands behind the unfinished line,
 * on the screen alone, until the device rubs it out. What the device does
 * about that (backspaces, blanks, a carriage return, ESC [42D) must not reach
 * the letters in front of it, nor leave blanks of its own.
 */
#ifndef NETFAN_TERMINAL_OVERLAY_H
#define NETFAN_TERMINAL_OVERLAY_H

#include <stdbool.h>

#include "base/buf.h"

/* What takes the prompt away. What the device does not rub out was text. */
enum overlay_leaves {
	OVERLAY_RUBBED, /* to be rubbed out; what is left of it was text */
	OVERLAY_RUBBED_IN_PART, /* the same, as it is the line: no letter is */
	OVERLAY_AT_ENTER, /* anything that comes: the key ends a line */
};

struct overlay {
	struct buf shown; /* the prompt; empty: there is none */
	size_t columns; /* of it */
	size_t cursor; /* columns behind the line */
	bool returned; /* to its begin, by what may be half of a line's end */
	size_t landed; /* the least column that it was moved to */
	size_t nbehind; /* blanks put behind it as long as it was whole */
	bool rubbed; /* part of it was written over, or erased */
	bool cleared; /* and the cursor moved back: what comes is text */
	enum overlay_leaves leaves;
};

void overlay_release(struct overlay *overlay);

/* Show a prompt. -1 with errno ENOMEM. */
int overlay_show(struct overlay *overlay, const uint8_t *prompt, size_t len,
		 enum overlay_leaves leaves);
void overlay_drop(struct overlay *overlay);
bool overlay_is_shown(const struct overlay *overlay);

void overlay_return(struct overlay *overlay);
void overlay_move_to(struct overlay *overlay, size_t column);
void overlay_move_back(struct overlay *overlay, size_t by);
void overlay_put_blanks(struct overlay *overlay, size_t n);

/* Erase as ESC [K does by its parameter. */
void overlay_erase(struct overlay *overlay, unsigned parameter);

/*
 * How many bytes of the prompt are the line's, now that text comes, or at_end:
 * the line's end? All of them, if it turns out to be text; what begins it, as
 * far as the device left it there; or none. *nblanks follow them.
 */
size_t overlay_left(struct overlay *overlay, bool at_end, size_t *nblanks);

#endif
