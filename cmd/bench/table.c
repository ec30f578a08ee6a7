/* An outcome as a table. */
#include <string.h>

#include "bench/show.h"

void show_clock(char out[CLOCK_TEXT], double seconds)
{
	unsigned long long ms = (unsigned long long)(seconds * 1000 + 0.5);

	(void)snprintf(out, CLOCK_TEXT, "%llu:%02llu:%02llu.%03llu",
		       ms / 3600000, ms / 60000 % 60, ms / 1000 % 60,
		       ms % 1000);
}

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
	(void)fprintf(out, "%-30s %12s %6s %7s %5s %8s %7s %7s %7s %7s %6s\n",
		      "", "wall", "spread", "speedup", "eff.", "sess./s",
		      "p50 s", "p99 s", "max s", "CPU s", "MiB");
}

/* A figure, or a dash where it is not known. */
static void show_or_dash(FILE *out, int width, double value, int digits,
			 const char *unit)
{
	if (value > 0)
		(void)fprintf(out, " %*.*f%s", width, digits, value, unit);
	else
		(void)fprintf(out, " %*s", width + (*unit != '\0'), "-");
}

static void show_row(FILE *out, const struct figures *row)
{
	char label[ROW_LABEL], wall[CLOCK_TEXT], spread[16];

	row_label(label, &row->row);
	if (row->nruns == 0) {
		(void)fprintf(out, "%-30s %12s %s\n", label, "-", row->why);
		return;
	}
	show_clock(wall, row->wall);
	(void)snprintf(spread, sizeof(spread), row->nruns > 1 ? "%.1f%%" : "-",
		       figures_spread(row) * 100);
	(void)fprintf(out, "%-30s %12s %6s", label, wall, spread);
	show_or_dash(out, 7, row->speedup, 1, "");
	show_or_dash(out, 4, row->efficiency * 100, 0, "%");
	(void)fprintf(out, " %8.1f %7.3f %7.3f %7.3f %7.3f", row->rate,
		      row->p50, row->p99, row->max, row->user + row->system);
	show_or_dash(out, 6, row->memory / 1024 / 1024, 1, "");
	(void)fputc('\n', out);
}

void show_table(FILE *out, const struct outcome *outcome)
{
	const char *note = "";

	show_head(out, outcome);
	for (size_t i = 0; i < outcome->nrows; i++)
		show_row(out, &outcome->rows[i]);
	(void)fputc('\n', out);
	for (size_t i = 0; i < outcome->nrows; i++) {
		if (outcome->rows[i].note[0] == '\0' ||
		    strcmp(outcome->rows[i].note, note) == 0)
			continue;
		note = outcome->rows[i].note;
		(void)fprintf(out, "Note: %s\n", note);
	}
}
