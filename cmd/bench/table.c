/* An outcome as a table. */
#include <string.h>

#include "bench/show.h"
#include "format/fold.h"

#define CELL 32

void show_clock(char out[CLOCK_TEXT], double seconds)
{
	unsigned long long ms = (unsigned long long)(seconds * 1000 + 0.5);

	(void)snprintf(out, CLOCK_TEXT, "%llu:%02llu:%02llu.%03llu",
		       ms / 3600000, ms / 60000 % 60, ms / 1000 % 60,
		       ms % 1000);
}

/* ---- cells */

static void put(char out[CELL], int digits, double value)
{
	(void)snprintf(out, CELL, "%.*f", digits, value);
}

/* Print a figure, or a dash where it is not known. */
static void put_known(char out[CELL], int digits, double value,
		      const char *unit)
{
	if (value > 0)
		(void)snprintf(out, CELL, "%.*f%s", digits, value, unit);
	else
		(void)snprintf(out, CELL, "-");
}

static void put_wall(char out[CELL], const struct figures *row)
{
	show_clock(out, row->wall);
}

static void put_spread(char out[CELL], const struct figures *row)
{
	(void)snprintf(out, CELL, row->nruns > 1 ? "%.1f%%" : "-",
		       figures_spread(row) * 100);
}

static void put_speedup(char out[CELL], const struct figures *row)
{
	put_known(out, 1, row->speedup, "");
}

static void put_efficiency(char out[CELL], const struct figures *row)
{
	put_known(out, 0, row->efficiency * 100, "%");
}

static void put_rate(char out[CELL], const struct figures *row)
{
	put(out, 1, row->rate);
}

static void put_p50(char out[CELL], const struct figures *row)
{
	put(out, 3, row->p50);
}

static void put_p99(char out[CELL], const struct figures *row)
{
	put(out, 3, row->p99);
}

static void put_max(char out[CELL], const struct figures *row)
{
	put(out, 3, row->max);
}

static void put_cpu(char out[CELL], const struct figures *row)
{
	put(out, 3, row->user + row->system);
}

static void put_memory(char out[CELL], const struct figures *row)
{
	put_known(out, 1, row->memory / 1024 / 1024, "");
}

/* Columns: those of a set stand side by side where a line has room for them. */
static const struct column {
	const char *name;
	void (*put)(char out[CELL], const struct figures *row);
	unsigned set;
} columns[] = {
	{"wall", put_wall, 0},       {"spread", put_spread, 0},
	{"speedup", put_speedup, 0}, {"eff.", put_efficiency, 0},
	{"sess./s", put_rate, 0},    {"p50 s", put_p50, 1},
	{"p99 s", put_p99, 1},       {"max s", put_max, 1},
	{"CPU s", put_cpu, 2},       {"MiB", put_memory, 2},
};

#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

/* ---- layout */

struct layout {
	unsigned label;
	unsigned width[NCOLUMNS]; /* of a column and the blank before it */
};

static void stretch(unsigned *width, const char *text)
{
	unsigned length = (unsigned)strlen(text);

	if (length > *width)
		*width = length;
}

static struct layout lay_out(const struct outcome *outcome)
{
	struct layout layout = {0};
	char text[ROW_LABEL], cell[CELL];

	for (size_t i = 0; i < outcome->nrows; i++) {
		row_label(text, &outcome->rows[i].row);
		stretch(&layout.label, text);
	}
	for (size_t k = 0; k < NCOLUMNS; k++) {
		stretch(&layout.width[k], columns[k].name);
		for (size_t i = 0; i < outcome->nrows; i++) {
			if (outcome->rows[i].nruns == 0)
				continue;
			columns[k].put(cell, &outcome->rows[i]);
			stretch(&layout.width[k], cell);
		}
		layout.width[k]++;
	}
	return layout;
}

/* Find the first column behind from that is of another set. */
static size_t end_of_set(size_t from)
{
	size_t end = from;

	while (end < NCOLUMNS && columns[end].set == columns[from].set)
		end++;
	return end;
}

static unsigned width_of(const struct layout *layout, size_t from, size_t end)
{
	unsigned width = layout->label;

	for (size_t k = from; k < end; k++)
		width += layout->width[k];
	return width;
}

/* Find the first column that has no room on a line that begins with from. */
static size_t end_of_line(const struct layout *layout, size_t from,
			  unsigned room)
{
	size_t end = end_of_set(from);

	if (room == FOLD_NEVER)
		return NCOLUMNS;
	while (end > from + 1 && width_of(layout, from, end) > room)
		end--;
	while (end < NCOLUMNS && columns[end].set != columns[end - 1].set &&
	       width_of(layout, from, end_of_set(end)) <= room)
		end = end_of_set(end);
	return end;
}

/* ---- lines */

static void show_head(FILE *out, const struct outcome *outcome)
{
	char left_out[40] = "";

	if (outcome->nleft_out > 0)
		(void)snprintf(left_out, sizeof(left_out), " (%zu left out)",
			       outcome->nleft_out);
	(void)fprintf(out,
		      "%zu %sdevice%s%s, %zu command%s, %u run%s each%s, %u "
		      "processor%s\n\n",
		      outcome->ndevices, outcome->simulated ? "simulated " : "",
		      outcome->ndevices == 1 ? "" : "s", left_out,
		      outcome->ncommands, outcome->ncommands == 1 ? "" : "s",
		      outcome->nruns, outcome->nruns == 1 ? "" : "s",
		      outcome->stopped ? " at most, stopped" : "",
		      outcome->cores, outcome->cores == 1 ? "" : "s");
}

static void show_names(FILE *out, const struct layout *layout, size_t from,
		       size_t end)
{
	(void)fprintf(out, "%*s", (int)layout->label, "");
	for (size_t k = from; k < end; k++)
		(void)fprintf(out, "%*s", (int)layout->width[k],
			      columns[k].name);
	(void)fputc('\n', out);
}

/* Show a row in the columns from..end; without a figure it says why, in the
 * first of them alone. */
static void show_row(FILE *out, const struct layout *layout,
		     const struct figures *row, size_t from, size_t end)
{
	char text[ROW_LABEL], cell[CELL];

	if (row->nruns == 0 && from > 0)
		return;
	row_label(text, &row->row);
	(void)fprintf(out, "%-*s", (int)layout->label, text);
	if (row->nruns == 0)
		(void)fprintf(out, "%*s %s", (int)layout->width[0], "-",
			      row->why);
	for (size_t k = from; row->nruns > 0 && k < end; k++) {
		columns[k].put(cell, row);
		(void)fprintf(out, "%*s", (int)layout->width[k], cell);
	}
	(void)fputc('\n', out);
}

static void show_notes(FILE *out, const struct outcome *outcome)
{
	const char *note = "";

	for (size_t i = 0; i < outcome->nrows; i++) {
		if (outcome->rows[i].note[0] == '\0' ||
		    strcmp(outcome->rows[i].note, note) == 0)
			continue;
		note = outcome->rows[i].note;
		(void)fprintf(out, "Note: %s\n", note);
	}
}

void show_table(FILE *out, const struct outcome *outcome, unsigned room)
{
	struct layout layout = lay_out(outcome);
	size_t from = 0;

	show_head(out, outcome);
	/* Where no row has a figure, the first lines say why: enough. */
	while (from == 0 ||
	       (from < NCOLUMNS && outcome_best(outcome) != NULL)) {
		size_t end = end_of_line(&layout, from, room);

		show_names(out, &layout, from, end);
		for (size_t i = 0; i < outcome->nrows; i++)
			show_row(out, &layout, &outcome->rows[i], from, end);
		(void)fputc('\n', out);
		from = end;
	}
	show_notes(out, outcome);
}
