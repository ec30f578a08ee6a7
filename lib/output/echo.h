/*
 * The echo of a command: how a device shows what was sent to it, told among the
 * lines that come. It is one of these, behind the prompt or at the start of a
 * line:
 *
 *   the command     whole; in several lines or with other blanks, too, as a
 *                   terminal wraps a long line where it likes
 *   its beginning   and a mark behind it: cut at the margin (Cisco ASA)
 *   its end         and a mark before it: scrolled at the margin (Cisco IOS)
 *   its rows        one over the other: wrapped by a carriage return alone, at
 *                   another margin than the one that the device was told
 *   its words       completed, each of them (Nokia SR OS, Junos)
 *
 * In part it is the echo only near the top of what comes or behind the prompt,
 * if it is long enough and the command had no room in a row: an answer may look
 * like a part of it.
 */
#ifndef NETFAN_OUTPUT_ECHO_H
#define NETFAN_OUTPUT_ECHO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Zeroed, it awaits nothing. */
struct echo {
	const char *command; /* borrowed, as is prompt; NULL: none was sent */
	const char *prompt; /* that it was sent to; "" where none is known */
	unsigned nlines; /* that were looked at since */
	bool came; /* with the last of them */
	bool is_part; /* what came is a part of the command */
	bool seen; /* the device was seen to echo */
	bool twice; /* and to do so twice */
};

/* How much of the command stands behind the prompt in an unfinished line. */
enum echo_typed {
	ECHO_NOT_TYPED, /* nothing, or another text */
	ECHO_TYPED_IN_PART, /* its beginning */
	ECHO_TYPED, /* all of it */
};

/* Await the echo of command, which is to be sent at this prompt. */
void echo_begin(struct echo *echo, const char *command, const char *prompt);

/* How much of the echo is an unfinished line, with or without the prompt before
 * it? */
enum echo_match {
	ECHO_NONE, /* it is something else */
	ECHO_BEGUN,
	ECHO_WHOLE, /* whatever stands behind */
};

enum echo_match echo_match(const struct echo *echo, const uint8_t *line,
			   size_t len);

/*
 * Look at the last line of all that came since the command was sent, once for
 * each line: how many of these bytes stood before the echo, if it is whole with
 * that line; the prompt right before it is part of it. -1: it is not whole.
 */
ssize_t echo_find(struct echo *echo, const uint8_t *came, size_t len);

/*
 * Is the line right behind the echo the echo painted once more? Behind the
 * prompt it is. Without it, an answer may well begin with its command: then it
 * is the echo on a device that was seen to do so behind a command that has no
 * output, as silent says of this one.
 */
bool echo_is_repeated(struct echo *echo, const uint8_t *line, size_t len,
		      bool silent);

/*
 * Is the command, whose echo came, typed again behind the prompt? It may stand
 * behind an earlier one, and before a key that is shown ("^U").
 */
enum echo_typed echo_typed(const struct echo *echo, const uint8_t *line,
			   size_t len);

#endif
