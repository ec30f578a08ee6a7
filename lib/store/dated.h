/*
 * Versions of an output by date: the file of one has the time of its run as its
 * name, 2026-11-30T02:17:00Z, and a link beside them leads to the latest.
 */
#ifndef NETFAN_STORE_DATED_H
#define NETFAN_STORE_DATED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DATED_NAME ((size_t)32) /* room for the name of a version */
#define DATED_LATEST "latest" /* the name of the link */

/* Is this the name of a version? */
bool dated_is(const char *name);

/* Write the name of a version of a time, seconds since 1970; "" for a time that
 * no calendar has. Names are sorted as their times are. */
void dated_print(char name[DATED_NAME], int64_t when_s);

/* Tell which version the link in a directory leads to; false for none. */
bool dated_latest(int dir_fd, char name[DATED_NAME]);

#endif
