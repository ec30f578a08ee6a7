/* Rows, which a benchmark compares. */
#include "bench/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH_MAX 100000u
#define CLASSIC_MAX 1024u /* workers, as many as --workers takes */

/* ---- rows */

enum series row_series(const struct row *row)
{
	bool classic = row->workers == row->width;

	switch (row->mode) {
	case NF_MODE_THREAD:
		return classic ? SERIES_THREADS : SERIES_IN_THREADS;
	case NF_MODE_PROCESS:
		return classic ? SERIES_PROCESSES : SERIES_IN_PROCESSES;
	case NF_MODE_SEQUENTIAL:
	case NF_NMODES:
		break;
	}
	return SERIES_SEQUENTIAL;
}

void row_label(char out[ROW_LABEL], const struct row *row)
{
	static const char *const kinds[] = {"process", "thread"};
	const char *kind, *end;

	if (row->mode == NF_MODE_SEQUENTIAL) {
		(void)snprintf(out, ROW_LABEL, "sequential");
		return;
	}
	kind = kinds[row->mode == NF_MODE_THREAD];
	end = row->workers == 1              ? ""
	      : row->mode == NF_MODE_PROCESS ? "es"
					     : "s";
	if (row->workers == row->width)
		(void)snprintf(out, ROW_LABEL, "%u %s%s", row->width, kind,
			       end);
	else
		(void)snprintf(out, ROW_LABEL, "%u sessions in %u %s%s",
			       row->width, row->workers, kind, end);
}

const char *series_name(enum series series)
{
	static const char *const names[] = {
		"sequential",
		"threads",
		"processes",
		"multiplexed in threads",
		"multiplexed in processes",
	};

	return names[series];
}

/* List the rows of a mode and a width: one or two. */
static size_t list_pools(struct row *rows, enum nf_mode mode, unsigned width,
			 unsigned pools, unsigned cores)
{
	size_t n = 0;

	if ((pools & POOL_CLASSIC) != 0 &&
	    (width <= CLASSIC_MAX || width <= cores))
		rows[n++] = (struct row){mode, width, width};
	if ((pools & POOL_MULTIPLEXED) != 0 && width > cores)
		rows[n++] = (struct row){mode, cores, width};
	return n;
}

size_t rows_list(struct row rows[ROWS_MAX], unsigned modes, unsigned pools,
		 const struct widths *widths, unsigned cores)
{
	static const enum nf_mode kinds[] = {NF_MODE_THREAD, NF_MODE_PROCESS};
	size_t n = 0;

	if ((modes & 1u << NF_MODE_SEQUENTIAL) != 0)
		rows[n++] = (struct row){NF_MODE_SEQUENTIAL, 1, 1};
	for (size_t i = 0; i < widths->n; i++) {
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
			if ((modes & 1u << kinds[k]) != 0)
				n += list_pools(&rows[n], kinds[k],
						widths->at[i], pools, cores);
		}
	}
	return n;
}

/* ---- widths */

/* Insert a width in its place, once: false when there is no room. */
static bool add(struct widths *widths, unsigned width)
{
	size_t place = widths->n;

	while (place > 0 && widths->at[place - 1] >= width)
		place--;
	if (place < widths->n && widths->at[place] == width)
		return true;
	if (widths->n == WIDTHS_MAX)
		return false;
	memmove(&widths->at[place + 1], &widths->at[place],
		(widths->n - place) * sizeof(widths->at[0]));
	widths->at[place] = width;
	widths->n++;
	return true;
}

static bool number(unsigned *out, const char **text)
{
	char *end;
	unsigned long value = strtoul(*text, &end, 10);

	if (**text < '0' || **text > '9' || value < 1 || value > WIDTH_MAX)
		return false;
	*out = (unsigned)value;
	*text = end;
	return true;
}

/* Add one number, FROM..TO or FROM..TO:STEP: false when it is none, or there is
 * no room. */
static bool add_range(struct widths *widths, const char **text)
{
	unsigned from, to, step = 1;

	if (!number(&from, text))
		return false;
	if (strncmp(*text, "..", 2) != 0)
		return add(widths, from);
	*text += 2;
	if (!number(&to, text) || to < from)
		return false;
	if (**text == ':') {
		(*text)++;
		if (!number(&step, text))
			return false;
	}
	for (; from <= to; from += step) {
		if (!add(widths, from))
			return false;
	}
	return true;
}

bool widths_parse(struct widths *widths, const char *text)
{
	*widths = (struct widths){.n = 0};
	while (add_range(widths, &text)) {
		if (*text == '\0')
			return true;
		if (*text++ != ',')
			break;
	}
	return false;
}

void widths_default(struct widths *widths, unsigned devices)
{
	static const unsigned steps[] = {1, 2, 5};

	*widths = (struct widths){.n = 0};
	if (devices <= 50) {
		for (unsigned width = 5; width < devices; width += 5)
			(void)add(widths, width);
	} else {
		for (unsigned i = 3; i < 18; i++) {
			unsigned width = steps[i % 3];

			for (unsigned tens = i / 3; tens > 0; tens--)
				width *= 10;
			if (width < devices)
				(void)add(widths, width);
		}
	}
	(void)add(widths, devices);
}

void widths_limit(struct widths *widths, unsigned devices)
{
	size_t kept = 0;

	while (kept < widths->n && widths->at[kept] <= devices)
		kept++;
	if (kept == widths->n)
		return;
	widths->n = kept;
	(void)add(widths, devices);
}
