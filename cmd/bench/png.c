/* The plot as PNG, by gnuplot(1). */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/axes.h"
#include "bench/drawing.h"
#include "bench/show.h"
#include "tell.h"

#define AXIS 960 /* pixels, less than it takes of the page */
#define FONT 22 /* 12 points, times fontscale */

bool show_png_can(void)
{
	const char *path = getenv("PATH");
	char file[512];

	while (path != NULL && *path != '\0') {
		size_t len = strcspn(path, ":");

		if (snprintf(file, sizeof(file), "%.*s/gnuplot", (int)len,
			     path) < (int)sizeof(file) &&
		    access(file, X_OK) == 0)
			return true;
		path += len + (path[len] == ':');
	}
	return false;
}

static void png_axes(FILE *out, const struct outcome *outcome)
{
	struct axis widths = axis_of_widths(outcome);
	struct axis walls = axis_of_walls(outcome);

	if (widths.min == widths.max) { /* nothing that gnuplot could draw */
		widths.min /= 2;
		widths.max *= 2;
	}
	(void)fprintf(out,
		      "set terminal pngcairo size 1140,720 fontscale 1.3\n"
		      /* An empty line keeps it off the key. */
		      "set xlabel \"sessions in flight\\n \"\n"
		      "set ylabel 'until the last answer'\nset grid\nset key "
		      "below\n%s%s"
		      "set xrange [%g:%g]\nset yrange [%g:%g]\n"
		      "floor = %g\ncpu = %g\n",
		      widths.log ? "set logscale x\n" : "",
		      walls.log ? "set logscale y\n" : "", widths.min,
		      widths.max, walls.min, walls.max, outcome->floor,
		      outcome->cpu);
}

static void png_walls(FILE *out, const struct outcome *outcome)
{
	struct axis walls = axis_of_walls(outcome);
	double ticks[TICKS_MAX];
	size_t n = axis_ticks(&walls, ticks);
	char text[TICK_TEXT];

	(void)fputs("set ytics (", out);
	for (size_t i = 0; i < n; i++) {
		axis_seconds(text, ticks[i]);
		(void)fprintf(out, "%s'%s' %g", i > 0 ? "," : "", text,
			      ticks[i]);
	}
	(void)fputs(")\n", out);
}

/* Write the labels of the widths that have room, as gnuplot would draw others
 * over each other. */
static void png_widths(FILE *out, const struct outcome *outcome)
{
	struct axis axis = axis_of_widths(outcome);
	unsigned widths[AXIS_WIDTHS_MAX];
	struct axis_label labels[AXIS_WIDTHS_MAX];
	size_t n = drawing_label_widths(outcome, &axis, 0, AXIS, FONT, widths,
					labels);
	const char *comma = "";

	(void)fputs("set xtics (", out);
	for (size_t i = 0; i < n; i++) {
		if (!labels[i].shown)
			continue;
		(void)fprintf(out, "%s%u", comma, widths[i]);
		comma = ",";
	}
	(void)fputs(")\n", out);
}

/* Write each series as a block of data. */
static void png_data(FILE *out, const struct outcome *outcome)
{
	for (int series = 0; series < NSERIES; series++) {
		(void)fprintf(out, "$series%d << END\n", series);
		for (size_t i = 0; i < outcome->nrows; i++) {
			const struct figures *row = &outcome->rows[i];

			if (row->nruns > 0 &&
			    row_series(&row->row) == (enum series)series)
				(void)fprintf(out, "%u %g %g %g\n",
					      row->row.width, row->wall,
					      row->wall_min, row->wall_max);
		}
		(void)fputs("END\n", out);
	}
}

/* Write the path as a string of gnuplot, in which a quote is doubled. */
static void png_output(FILE *out, const char *path)
{
	(void)fputs("set output '", out);
	for (; *path != '\0'; path++)
		(void)fprintf(out, *path == '\'' ? "''" : "%c", *path);
	(void)fputs("'\n", out);
}

int show_png(const char *path, const struct outcome *outcome)
{
	FILE *out;

	/* gnuplot would inherit that it is ignored, and tells of no short
	 * write. */
	(void)signal(SIGXFSZ, SIG_DFL);
	out = popen("exec gnuplot", "we");
	(void)signal(SIGXFSZ, SIG_IGN);
	if (out == NULL) {
		tell("netfan bench: gnuplot: %s", strerror(errno));
		return -1;
	}
	png_axes(out, outcome);
	png_walls(out, outcome);
	png_widths(out, outcome);
	png_data(out, outcome);
	png_output(out, path);
	(void)fprintf(out, "plot cpu title 'CPU%s' dashtype 3 lc 'gray40'",
		      outcome->simulated ? ", simulated devices included" : "");
	if (outcome->floor > 0)
		(void)fputs(", floor title 'the slowest device' dashtype 2 lc "
			    "'gray40'",
			    out);
	for (int series = 0; series < NSERIES; series++) {
		if (outcome_has_series(outcome, (enum series)series))
			(void)fprintf(out,
				      ", $series%d with yerrorlines lw 2 pt "
				      "%d lc rgb '%s' title '%s'",
				      series, series + 5,
				      drawing_pens[series].colour,
				      series_name((enum series)series));
	}
	(void)fputs("\n", out);
	if (pclose(out) == 0)
		return 0;
	tell("netfan bench: gnuplot wrote no %s", path);
	return -1;
}
