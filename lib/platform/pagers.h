/*
 * Pagers of all families: the texts that a device may show where its platform
 * file names none, or names another one.
 */
#ifndef NETFAN_PLATFORM_PAGERS_H
#define NETFAN_PLATFORM_PAGERS_H

#include <stddef.h>

#include "platform/platform.h"

/*
 * Each pattern ends where the unfinished line ends. One that begins with ^ is
 * of a program that shows whole lines; the others may stand behind letters of
 * an unfinished line, as some devices cut their pages by bytes.
 */
extern const struct platform_pager pagers_common[];
extern const size_t pagers_ncommon;

/* A line that a device writes between others by itself: a log, a broadcast. */
extern const char pagers_message[];

#endif
