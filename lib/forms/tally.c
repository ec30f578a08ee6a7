/* Notes of which a file may have many of one kind. */
#include "forms/tally.h"

#include <stdarg.h>
#include <stdio.h>

#include "forms/form.h"

void tally_count(struct tally *tally, const struct reading *reading,
		 size_t line, const char *fmt, ...)
{
	va_list args;

	if (tally->n++ > 0)
		return;
	tally->name = reading->name;
	tally->line = line;
	va_start(args, fmt);
	(void)vsnprintf(tally->first, sizeof(tally->first), fmt, args);
	va_end(args);
}

void tally_tell(const struct tally *tally, const struct reading *reading)
{
	struct reading there = *reading;

	there.name = tally->name;
	if (tally->n == 1)
		reading_note(&there, tally->line, "%s", tally->first);
	else if (tally->n > 1)
		reading_note(&there, tally->line, "%s (and %zu more)",
			     tally->first, tally->n - 1);
}
