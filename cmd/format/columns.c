/* Columns of a table that is no wider than the terminal. */
#include "format/columns.h"

#include <stdbool.h>

#define NARROWEST 10

void columns_narrow(unsigned *widths, size_t n, unsigned width,
		    unsigned columns)
{
	while (width > columns) {
		unsigned *widest = &widths[0];

		for (size_t i = 1; i < n; i++) {
			if (widths[i] > *widest)
				widest = &widths[i];
		}
		if (*widest <= NARROWEST)
			return;
		(*widest)--;
		width--;
	}
}

void columns_go_to(FILE *out, unsigned *here, unsigned gap, unsigned start)
{
	bool behind = *here + gap > start;

	(void)fprintf(out, "%s%*s", behind ? "\n" : "",
		      (int)(behind ? start : start - *here), "");
	*here = start;
}
