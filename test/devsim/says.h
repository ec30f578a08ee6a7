/* Answers from files, which a test may change while devices run. */
#ifndef NETFAN_DEVSIM_SAYS_H
#define NETFAN_DEVSIM_SAYS_H

#include <stddef.h>

/*
 * Read the answer to a command line from below dir: HOSTNAME/COMMAND, or COMMAND
 * for all devices, with "_" in place of its blanks. The text, which is to be
 * freed; NULL when there is no such file.
 */
char *says_read(const char *dir, const char *hostname, const char *line);

#endif
