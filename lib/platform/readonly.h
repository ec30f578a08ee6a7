/*
 * Commands that only read: a worker that died while a device was at one may
 * have it sent again.
 */
#ifndef NETFAN_PLATFORM_READONLY_H
#define NETFAN_PLATFORM_READONLY_H

#include <stdbool.h>

#include "platform/platform.h"

/*
 * Does a command only read? Only what the platform's file lists does: the
 * command begins with the words of one of reads.begin, and not with those of
 * reads.except, written out or cut short; or it is one of reads.alone; and what
 * follows each '|' begins with one of reads.filters.
 *
 * Words are compared as they are; "*" in the file stands for any one word of
 * letters, digits and '-' that does not begin with '-'. Nothing else than
 * printable ASCII, and none of ; & > < ` $ ( ) { }, may be in the command: what
 * it would do is not for us to judge. Whatever is in doubt does not only read.
 */
bool readonly_command(const struct platform *platform, const char *command);

/* Can text be in a command that only reads, and in front of a '|'? */
bool readonly_plain(const char *text);

#endif
