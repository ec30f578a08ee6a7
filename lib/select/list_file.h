/* Files that list terms, an expression a line. */
#ifndef NETFAN_SELECT_LIST_FILE_H
#define NETFAN_SELECT_LIST_FILE_H

#include "netfan.h"
#include "select/terms.h"

/*
 * Add the terms of a file, "-" for standard input, "~/" the home, in place of
 * term i. Empty lines and comments are skipped. NF_INVALID for a file that
 * cannot be read, has a NUL in it, or no term; NF_SYSTEM.
 */
int list_file_add(struct terms *terms, size_t i, const char *path,
		  struct nf_error *err);

#endif
