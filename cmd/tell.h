/* Lines for a person, on standard error. */
#ifndef NETFAN_CMD_TELL_H
#define NETFAN_CMD_TELL_H

#include "netfan.h"

#define TELL_MAX 4096 /* bytes of a line; a longer one is cut off */

/*
 * Print one line. The format ends without a newline. Whatever stands in the
 * line, a path, a value of the command line, the words of a device, is made
 * harmless: a control character may drive the terminal.
 */
void tell(const char *fmt, ...) NF_PRINTF(1, 2);

/* Print a note of the library: the line of a struct nf_log. arg is ignored. */
void tell_note(void *arg, const char *text);

/* Tell that memory is short; returns -1. */
int tell_no_memory(void);

#endif
