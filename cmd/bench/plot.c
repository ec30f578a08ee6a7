/* An outcome as a plot. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/axes.h"
#include "bench/show.h"
#include "tell.h"

/* The page, and the frame on it; SVG's units. */
#define PAGE_X 760
#define PAGE_Y 480
#define LEFT 76
#define RIGHT 740
#define TOP 56
#define BOTTOM 364

/* Colours of Okabe and Ito, which the colour-blind tell apart; a dash and a
 * mark each besides. */
struct pen {
	const char *colour, *dash;
	const char *mark; /* around 0,0 */
	bool hollow; /* one that lies below it is seen through it */
};

static const struct pen pens[NSERIES] = {
	{"#000000", "", "M-6,0 L0,-6 L6,0 L0,6 Z", false},
	{"#E69F00", "", "M-5,4 L5,4 L0,-5 Z", false},
	{"#0072B2", "", "M-6,-6 L6,-6 L6,6 L-6,6 Z", true},
	{"#D55E00", "7,4", "M-8,-6 L8,-6 L0,10 Z", true},
	{"#009E73", "2,3", "M-9,0 A9,9 0 1 0 9,0 A9,9 0 1 0 -9,0 Z", true},
};

struct plot {
	FILE *out;
	const struct outcome *outcome;
	struct axis widths, walls;
};

static double x_of(const struct plot *plot, double width)
{
	return LEFT + axis_place(&plot->widths, width) * (RIGHT - LEFT);
}

static double y_of(const struct plot *plot, double seconds)
{
	return BOTTOM - axis_place(&plot->walls, seconds) * (BOTTOM - TOP);
}

/* ---- axes */

static void plot_head(const struct plot *plot)
{
	const struct outcome *outcome = plot->outcome;

	(void)fprintf(
		plot->out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
		"height=\"%d\" viewBox=\"0 0 %d %d\" font-family=\""
		"Helvetica, Arial, sans-serif\" font-size=\"14\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n"
		"<text x=\"%d\" y=\"30\" font-size=\"17\" font-weight=\"bold\">"
		"%zu %sdevice%s, %zu command%s, %u processor%s</text>\n",
		PAGE_X, PAGE_Y, PAGE_X, PAGE_Y, LEFT, outcome->ndevices,
		outcome->simulated ? "simulated " : "",
		outcome->ndevices == 1 ? "" : "s", outcome->ncommands,
		outcome->ncommands == 1 ? "" : "s", outcome->cores,
		outcome->cores == 1 ? "" : "s");
}

static void plot_walls(const struct plot *plot)
{
	double ticks[TICKS_MAX];
	size_t n = axis_ticks(&plot->walls, ticks);
	char text[TICK_TEXT];

	for (size_t i = 0; i < n; i++) {
		double y = y_of(plot, ticks[i]);

		axis_seconds(text, ticks[i]);
		(void)fprintf(plot->out,
			      "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" "
			      "y2=\"%.1f\" stroke=\"#dddddd\"/>\n"
			      "<text x=\"%d\" y=\"%.1f\" "
			      "text-anchor=\"end\">%s</text>\n",
			      LEFT, y, RIGHT, y, LEFT - 8, y + 5, text);
	}
}

static unsigned widest(const struct outcome *outcome)
{
	unsigned width = 0;

	for (size_t i = 0; i < outcome->nrows; i++) {
		if (outcome->rows[i].nruns > 0)
			width = outcome->rows[i].row.width;
	}
	return width;
}

/* Of a number. */
static int room_of(unsigned width)
{
	return width >= 1000 ? 44 : 32;
}

/* As many as there is room for; the widest always. */
static void plot_widths(const struct plot *plot)
{
	unsigned last = widest(plot->outcome);
	double free_from = 0, free_to = x_of(plot, last) - room_of(last);

	for (size_t i = 0; i < plot->outcome->nrows; i++) {
		unsigned width = plot->outcome->rows[i].row.width;
		double x = x_of(plot, width);

		if (plot->outcome->rows[i].nruns == 0 || x < free_from ||
		    (width < last && x > free_to))
			continue;
		(void)fprintf(plot->out,
			      "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" "
			      "y2=\"%d\" stroke=\"#444444\"/>\n"
			      "<text x=\"%.1f\" y=\"%d\" "
			      "text-anchor=\"middle\">%u</text>\n",
			      x, BOTTOM, x, BOTTOM + 5, x, BOTTOM + 21, width);
		free_from = x + room_of(width);
	}
	(void)fprintf(plot->out,
		      "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
		      "fill=\"none\" stroke=\"#444444\"/>\n"
		      "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">sessions "
		      "in flight</text>\n"
		      "<text transform=\"translate(18,%d) rotate(-90)\" "
		      "text-anchor=\"middle\">until the last "
		      "answer</text>\n",
		      LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP, (LEFT + RIGHT) / 2,
		      BOTTOM + 42, (TOP + BOTTOM) / 2);
}

/* ---- what nothing can be faster than */

struct limit {
	double seconds;
	int x; /* of its label: on the left or in the middle hardly are marks */
	const char *dash, *what;
};

static bool limit_shown(const struct plot *plot, const struct limit *limit)
{
	double y = y_of(plot, limit->seconds);

	return limit->seconds > 0 && y <= BOTTOM && y >= TOP;
}

static void plot_limit(const struct plot *plot, const struct limit *limit)
{
	double y = y_of(plot, limit->seconds);

	(void)fprintf(plot->out,
		      "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" "
		      "stroke=\"#666666\" stroke-width=\"1.5\" "
		      "stroke-dasharray=\"%s\"/>\n",
		      LEFT, y, RIGHT, y, limit->dash);
}

static void plot_label(const struct plot *plot, const struct limit *limit)
{
	(void)fprintf(plot->out,
		      "<text x=\"%d\" y=\"%.1f\" font-size=\"13\" "
		      "fill=\"#444444\" stroke=\"#ffffff\" "
		      "stroke-width=\"4\" paint-order=\"stroke\">%s, %.*f "
		      "s</text>\n",
		      limit->x, y_of(plot, limit->seconds) - 5, limit->what,
		      limit->seconds < 10 ? 2 : 1, limit->seconds);
}

/* One that lies below the frame is told below it. */
static void plot_below(const struct plot *plot, const struct limit *limit)
{
	(void)fprintf(plot->out,
		      "<text x=\"%d\" y=\"%d\" font-size=\"12\" "
		      "fill=\"#444444\" text-anchor=\"end\">below: %s, %.2f "
		      "s</text>\n",
		      RIGHT, BOTTOM + 42, limit->what, limit->seconds);
}

/* First both lines, for none to go through a label. */
static void plot_limits(const struct plot *plot)
{
	const struct outcome *outcome = plot->outcome;
	const struct limit limits[] = {
		{outcome->floor, LEFT + 8, "10,4", "the slowest device"},
		{outcome->cpu, (LEFT + RIGHT) / 2 - 40, "2,4",
		 outcome->simulated ? "CPU, simulated devices included"
				    : "CPU"},
	};

	for (int i = 0; i < 2; i++) {
		if (limit_shown(plot, &limits[i]))
			plot_limit(plot, &limits[i]);
	}
	for (int i = 0; i < 2; i++) {
		if (limit_shown(plot, &limits[i]))
			plot_label(plot, &limits[i]);
		else if (limits[i].seconds > 0)
			plot_below(plot, &limits[i]);
	}
}

/* ---- what was measured */

static void plot_line(const struct plot *plot, enum series series)
{
	const char *join = "M";

	(void)fputs("<path fill=\"none\" d=\"", plot->out);
	for (size_t i = 0; i < plot->outcome->nrows; i++) {
		const struct figures *row = &plot->outcome->rows[i];

		if (row->nruns == 0 || row_series(&row->row) != series)
			continue;
		(void)fprintf(plot->out, "%s%.1f,%.1f ", join,
			      x_of(plot, row->row.width),
			      y_of(plot, row->wall));
		join = "L";
	}
	(void)fprintf(plot->out,
		      "\" stroke=\"%s\" stroke-width=\"2\" "
		      "stroke-dasharray=\"%s\"/>\n",
		      pens[series].colour, pens[series].dash);
}

static void plot_mark(const struct plot *plot, enum series series, double x,
		      double y)
{
	(void)fprintf(plot->out,
		      "<path d=\"%s\" transform=\"translate(%.1f,%.1f)\" "
		      "fill=\"%s\" stroke=\"%s\" stroke-width=\"2\"/>\n",
		      pens[series].mark, x, y,
		      pens[series].hollow ? "none" : pens[series].colour,
		      pens[series].colour);
}

/* The median, on a line from the fastest to the slowest run. */
static void plot_marks(const struct plot *plot, enum series series)
{
	for (size_t i = 0; i < plot->outcome->nrows; i++) {
		const struct figures *row = &plot->outcome->rows[i];
		double x = x_of(plot, row->row.width);

		if (row->nruns == 0 || row_series(&row->row) != series)
			continue;
		(void)fprintf(plot->out,
			      "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" "
			      "y2=\"%.1f\" stroke=\"%s\" "
			      "stroke-width=\"1.5\"/>\n",
			      x, y_of(plot, row->wall_min), x,
			      y_of(plot, row->wall_max), pens[series].colour);
		plot_mark(plot, series, x, y_of(plot, row->wall));
	}
}

static bool has_series(const struct outcome *outcome, enum series series)
{
	for (size_t i = 0; i < outcome->nrows; i++) {
		if (outcome->rows[i].nruns > 0 &&
		    row_series(&outcome->rows[i].row) == series)
			return true;
	}
	return false;
}

/* Below the frame, three in a line. */
static void plot_legend(const struct plot *plot)
{
	unsigned n = 0;

	for (int i = 0; i < NSERIES; i++) {
		enum series series = (enum series)i;
		int x = LEFT + (int)(n % 3) * 224;
		int y = BOTTOM + 70 + (int)(n / 3) * 24;

		if (!has_series(plot->outcome, series))
			continue;
		n++;
		if (series != SERIES_SEQUENTIAL)
			(void)fprintf(plot->out,
				      "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" "
				      "y2=\"%d\" stroke=\"%s\" "
				      "stroke-width=\"2\" "
				      "stroke-dasharray=\"%s\"/>\n",
				      x, y - 5, x + 32, y - 5,
				      pens[series].colour, pens[series].dash);
		plot_mark(plot, series, x + 16, y - 5);
		(void)fprintf(plot->out, "<text x=\"%d\" y=\"%d\">%s</text>\n",
			      x + 40, y, series_name(series));
	}
}

void show_plot(FILE *out, const struct outcome *outcome)
{
	struct plot plot = {.out = out,
			    .outcome = outcome,
			    .widths = axis_of_widths(outcome),
			    .walls = axis_of_walls(outcome)};

	plot_head(&plot);
	if (outcome_best(outcome) != NULL) {
		plot_walls(&plot);
		plot_widths(&plot);
		plot_limits(&plot);
		for (int series = 0; series < NSERIES; series++)
			plot_line(&plot, (enum series)series);
		for (int series = 0; series < NSERIES; series++)
			plot_marks(&plot, (enum series)series);
		plot_legend(&plot);
	}
	(void)fputs("</svg>\n", out);
}

/* ---- gnuplot */

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

static void png_widths(FILE *out, const struct outcome *outcome)
{
	const char *comma = "";

	(void)fputs("set xtics (", out);
	for (size_t i = 0; i < outcome->nrows; i++) {
		if (outcome->rows[i].nruns > 0 &&
		    (i == 0 || outcome->rows[i].row.width !=
				       outcome->rows[i - 1].row.width)) {
			(void)fprintf(out, "%s%u", comma,
				      outcome->rows[i].row.width);
			comma = ",";
		}
	}
	(void)fputs(")\n", out);
}

/* Each series as a block of data of its own. */
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

/* The path is quoted as gnuplot wants it: a quote is doubled. */
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

	/* What is ignored is inherited, and gnuplot tells of no short write. */
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
		if (has_series(outcome, (enum series)series))
			(void)fprintf(out,
				      ", $series%d with yerrorlines lw 2 pt "
				      "%d lc rgb '%s' title '%s'",
				      series, series + 5, pens[series].colour,
				      series_name((enum series)series));
	}
	(void)fputs("\n", out);
	if (pclose(out) == 0)
		return 0;
	tell("netfan bench: gnuplot wrote no %s", path);
	return -1;
}
