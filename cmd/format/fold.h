/* Text that is no wider than the terminal it is shown on. */
#ifndef NETFAN_CMD_FORMAT_FOLD_H
#define NETFAN_CMD_FORMAT_FOLD_H

#include <stdio.h>

#define FOLD_NEVER 0u

/*
 * Columns of standard output: $COLUMNS, else what the terminal says of itself;
 * FOLD_NEVER for a file or a pipe, whose reader wants whole lines.
 */
unsigned fold_columns(void);

/* Columns that text takes, in UTF-8. */
unsigned fold_width(const char *text);

/*
 * Write text, its lines broken at blanks to be no longer than columns; what is
 * moved to a further line stands two deeper than its line began. A word that is
 * longer than that is left whole.
 */
void fold_text(FILE *out, const char *text, unsigned columns);

#endif
