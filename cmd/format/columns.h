/* Columns of a table that is no wider than the terminal. */
#ifndef NETFAN_CMD_FORMAT_COLUMNS_H
#define NETFAN_CMD_FORMAT_COLUMNS_H

#include <stddef.h>
#include <stdio.h>

#define COLUMN_GAP 2u /* between two */

/* Narrow the widest of n columns, as often as it takes for a line that is so
 * wide to fit; none becomes narrower than ten. */
void columns_narrow(unsigned *widths, size_t n, unsigned width,
		    unsigned columns);

/* Go from here to where a column begins, past a gap: in a further line, if that
 * is left of it. */
void columns_go_to(FILE *out, unsigned *here, unsigned gap, unsigned start);

#endif
