/* Farewell: the words with which a device ends a session, or refuses to go on,
 * and what they mean. */
#ifndef NETFAN_TERMINAL_FAREWELL_H
#define NETFAN_TERMINAL_FAREWELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAREWELL_MAX 120 /* characters quoted */

enum farewell_kind {
	FAREWELL_PLAIN, /* no words that are known */
	FAREWELL_DENIED, /* whoever it is: no right, no room, not set up */
	FAREWELL_REFUSED, /* the user or the password is wrong, or locked */
};

struct farewell {
	enum farewell_kind kind;
	/* The line that has the words, else the last; made harmless, "" where
	 * there is none to be quoted. */
	char said[FAREWELL_MAX + 1];
};

/*
 * Read the last bytes that came, in which no password stands any more. Of lines
 * with known words the last counts, of those one that refuses, if there is one:
 * a refusal that is taken for a denial would be tried again. Of bytes that are
 * secret, as a password was typed before them, no other line is quoted.
 */
void farewell_read(struct farewell *farewell, const uint8_t *bytes, size_t len,
		   bool secret);

#endif
