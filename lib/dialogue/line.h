/* What a line that has no end may be, whatever the platform. */
#ifndef NETFAN_DIALOGUE_LINE_H
#define NETFAN_DIALOGUE_LINE_H

#include <stdbool.h>

#include "base/buf.h"

/* Length of a line without the blanks at its end. */
size_t trimmed(const uint8_t *line, size_t len);

/*
 * Does it ask something, as far as anybody can tell: "Continue?", "Erase it
 * (y/n)", "Choice [2]"? An empty line might mean yes.
 */
bool line_asks(const struct buf *line);

/*
 * How much of a line that ends in the prompt is what stands before it.
 * readline(3), which does not know of that, may have filled the row up with a
 * prompt and blanks first; zsh(1) with a % and blanks, or a # for root.
 */
size_t line_before(const struct buf *line, const char *prompt, size_t columns);

#endif
