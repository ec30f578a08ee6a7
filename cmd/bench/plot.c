/* An outcome as a plot. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/axes.h"
#include "bench/show.h"
#include "tell.h"

/*
 * The page and the frame on it, in units of SVG. The left side of the frame
 * depends on the labels beside it, the height of the page on the legend.
 */
#define PAGE_X 760
#define RIGHT 740
#define TOP 56
#define BOTTOM 364
#define MARGIN 12
#define GAP 8 /* beside a label, at least */
#define FONT 14
#define TITLE_FONT 17
#define LEGEND (BOTTOM + 70) /* its first line */
#define LEGEND_LINE 24
#define LEGEND_MARK 40 /* room for the mark before a text */

/* Pens in colours of Okabe and Ito, which the colour-blind tell apart; each has
 * a dash and a mark besides. */
struct pen {
	const char *colour, *dash;
	const char *mark; /* path around 0,0 */
	bool hollow; /* a mark below it is seen through it */
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
	double left; /* of the frame */
};

static double x_of(const struct plot *plot, double width)
{
	return plot->left +
	       axis_place(&plot->widths, width) * (RIGHT - plot->left);
}

static double y_of(const struct plot *plot, double seconds)
{
	return BOTTOM - axis_place(&plot->walls, seconds) * (BOTTOM - TOP);
}

/* ---- text */

/*
 * Estimate the width of a text at most. No font is in the file, each viewer
 * takes its own: texts are kept apart by room for the widest usual fonts, which
 * are Verdana and DejaVu Sans.
 */
static double text_width(const char *text, double size)
{
	double ems = 0;

	for (; *text != '\0'; text++) {
		if (strchr(" !'()*,-./:;I[]fijlrt|", *text) != NULL)
			ems += 0.46;
		else if (strchr("%@MOQWmw", *text) != NULL)
			ems += 1.08;
		else
			ems += *text >= 'A' && *text <= 'Z' ? 0.79 : 0.65;
	}
	return ems * size;
}

static double bold_width(const char *text, double size)
{
	return 1.15 * text_width(text, size);
}

/* ---- axes */

static void plot_title(const struct plot *plot)
{
	const struct outcome *outcome = plot->outcome;
	char text[128];
	double x;

	(void)snprintf(text, sizeof(text),
		       "%zu %sdevice%s, %zu command%s, %u processor%s",
		       outcome->ndevices,
		       outcome->simulated ? "simulated " : "",
		       outcome->ndevices == 1 ? "" : "s", outcome->ncommands,
		       outcome->ncommands == 1 ? "" : "s", outcome->cores,
		       outcome->cores == 1 ? "" : "s");
	x = RIGHT - bold_width(text, TITLE_FONT);
	if (x > plot->left)
		x = plot->left;
	(void)fprintf(plot->out,
		      "<text x=\"%.1f\" y=\"30\" font-size=\"%d\" "
		      "font-weight=\"bold\">%s</text>\n",
		      x > MARGIN ? x : MARGIN, TITLE_FONT, text);
}

/* Find where the frame begins, right of the labels of the times. */
static double left_of(const struct axis *walls)
{
	double ticks[TICKS_MAX], widest = 0;
	size_t n = axis_ticks(walls, ticks);
	char text[TICK_TEXT];

	for (size_t i = 0; i < n; i++) {
		double width;

		axis_seconds(text, ticks[i]);
		width = text_width(text, FONT);
		if (width > widest)
			widest = width;
	}
	return MARGIN + FONT + GAP + widest + GAP;
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
			      "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%d\" "
			      "y2=\"%.1f\" stroke=\"#dddddd\"/>\n"
			      "<text x=\"%.1f\" y=\"%.1f\" "
			      "text-anchor=\"end\">%s</text>\n",
			      plot->left, y, RIGHT, y, plot->left - GAP, y + 5,
			      text);
	}
}

static void plot_width(const struct plot *plot, unsigned width)
{
	double x = x_of(plot, width);

	(void)fprintf(plot->out,
		      "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" "
		      "stroke=\"#444444\"/>\n"
		      "<text x=\"%.1f\" y=\"%d\" "
		      "text-anchor=\"middle\">%u</text>\n",
		      x, BOTTOM, x, BOTTOM + 5, x, BOTTOM + 21, width);
}

/* Label the widths, and choose those that have room on an axis of this length;
 * returns how many labels there are. */
static size_t thin_widths(const struct plot *plot, double left, double length,
			  double font, unsigned widths[AXIS_WIDTHS_MAX],
			  struct axis_label labels[AXIS_WIDTHS_MAX])
{
	size_t n = axis_widths(plot->outcome, widths);
	char text[16];

	for (size_t i = 0; i < n; i++) {
		double x = left + axis_place(&plot->widths, widths[i]) * length;
		double half;

		(void)snprintf(text, sizeof(text), "%u", widths[i]);
		half = text_width(text, font) / 2;
		labels[i] = (struct axis_label){x - half, x + half, false};
	}
	axis_thin(labels, n, GAP);
	return n;
}

static void plot_frame(const struct plot *plot)
{
	(void)fprintf(plot->out,
		      "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" "
		      "height=\"%d\" fill=\"none\" stroke=\"#444444\"/>\n"
		      "<text x=\"%.1f\" y=\"%d\" "
		      "text-anchor=\"middle\">sessions in flight</text>\n"
		      "<text transform=\"translate(%d,%d) rotate(-90)\" "
		      "text-anchor=\"middle\">until the last answer</text>\n",
		      plot->left, TOP, RIGHT - plot->left, BOTTOM - TOP,
		      (plot->left + RIGHT) / 2, BOTTOM + 42, MARGIN + FONT - 4,
		      (TOP + BOTTOM) / 2);
}

static void plot_axes(const struct plot *plot)
{
	unsigned widths[AXIS_WIDTHS_MAX];
	struct axis_label labels[AXIS_WIDTHS_MAX];
	size_t n = thin_widths(plot, plot->left, RIGHT - plot->left, FONT,
			       widths, labels);

	plot_walls(plot);
	for (size_t i = 0; i < n; i++) {
		if (labels[i].shown)
			plot_width(plot, widths[i]);
	}
	plot_frame(plot);
}

/* ---- limits: times that no row can be faster than */

struct limit {
	double seconds; /* 0: not known */
	const char *dash, *what;
};

#define NLIMITS 2

static struct limit limit_of(const struct outcome *outcome, int i)
{
	if (i == 0)
		return (struct limit){outcome->floor, "10,4",
				      "the slowest device"};
	return (struct limit){
		outcome->cpu, "2,4",
		outcome->simulated ? "CPU, simulated devices included" : "CPU"};
}

static bool limit_within(const struct plot *plot, const struct limit *limit)
{
	double y = y_of(plot, limit->seconds);

	return y <= BOTTOM && y >= TOP;
}

static void plot_stroke(const struct plot *plot, double from, double to,
			double y, const char *dash)
{
	(void)fprintf(plot->out,
		      "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" "
		      "y2=\"%.1f\" stroke=\"#666666\" "
		      "stroke-width=\"1.5\" stroke-dasharray=\"%s\"/>\n",
		      from, y, to, y, dash);
}

/* Draw the limits as lines. The legend names them, as marks would lie on a text
 * beside a line. */
static void plot_limits(const struct plot *plot)
{
	for (int i = 0; i < NLIMITS; i++) {
		struct limit limit = limit_of(plot->outcome, i);

		if (limit.seconds > 0 && limit_within(plot, &limit))
			plot_stroke(plot, plot->left, RIGHT,
				    y_of(plot, limit.seconds), limit.dash);
	}
}

/* ---- series */

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

/* Draw a mark at each median, on a line from the fastest to the slowest run. */
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

/* ---- the legend */

/* The legend below the frame: as many entries side by side as have room. */
struct legend {
	struct entry {
		char text[128];
		double x;
		int y; /* base of its text */
	} series[NSERIES], limits[NLIMITS]; /* without a text: not shown */
	double x; /* where the next entry begins */
	int y;
};

/* Place an entry, a mark and the text behind it, in the legend. */
static void legend_place(struct legend *legend, struct entry *entry,
			 double left)
{
	double width = LEGEND_MARK + text_width(entry->text, FONT);

	if (legend->x > left && legend->x + width > RIGHT) {
		legend->x = left;
		legend->y += LEGEND_LINE;
	}
	entry->x = legend->x;
	entry->y = legend->y;
	legend->x += width + 2.0 * GAP;
}

static void tell_limit(char text[128], const struct plot *plot,
		       const struct limit *limit)
{
	(void)snprintf(text, 128, "%s, %.*f s%s", limit->what,
		       limit->seconds < 10 ? 2 : 1, limit->seconds,
		       limit_within(plot, limit) ? "" : " (below)");
}

static struct legend legend_of(const struct plot *plot)
{
	struct legend legend = {.x = plot->left, .y = LEGEND};

	for (int i = 0; i < NSERIES; i++) {
		enum series series = (enum series)i;

		if (!has_series(plot->outcome, series))
			continue;
		(void)snprintf(legend.series[i].text,
			       sizeof(legend.series[i].text), "%s",
			       series_name(series));
		legend_place(&legend, &legend.series[i], plot->left);
	}
	for (int i = 0; i < NLIMITS; i++) {
		struct limit limit = limit_of(plot->outcome, i);

		if (limit.seconds <= 0)
			continue;
		tell_limit(legend.limits[i].text, plot, &limit);
		legend_place(&legend, &legend.limits[i], plot->left);
	}
	return legend;
}

static void plot_text(const struct plot *plot, const struct entry *entry)
{
	(void)fprintf(plot->out, "<text x=\"%.1f\" y=\"%d\">%s</text>\n",
		      entry->x + LEGEND_MARK, entry->y, entry->text);
}

static void plot_legend_series(const struct plot *plot,
			       const struct entry *entry, enum series series)
{
	int y = entry->y - 5;

	if (series != SERIES_SEQUENTIAL)
		(void)fprintf(plot->out,
			      "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" "
			      "y2=\"%d\" stroke=\"%s\" stroke-width=\"2\" "
			      "stroke-dasharray=\"%s\"/>\n",
			      entry->x, y, entry->x + 32, y,
			      pens[series].colour, pens[series].dash);
	plot_mark(plot, series, entry->x + 16, y);
	plot_text(plot, entry);
}

static void plot_legend(const struct plot *plot, const struct legend *legend)
{
	for (int i = 0; i < NSERIES; i++) {
		if (legend->series[i].text[0] != '\0')
			plot_legend_series(plot, &legend->series[i],
					   (enum series)i);
	}
	for (int i = 0; i < NLIMITS; i++) {
		const struct entry *entry = &legend->limits[i];

		if (entry->text[0] == '\0')
			continue;
		plot_stroke(plot, entry->x, entry->x + 32, entry->y - 5,
			    limit_of(plot->outcome, i).dash);
		plot_text(plot, entry);
	}
}

/* ---- the page */

static void plot_page(const struct plot *plot, int height)
{
	(void)fprintf(
		plot->out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
		"height=\"%d\" viewBox=\"0 0 %d %d\" font-family=\""
		"Helvetica, Arial, sans-serif\" font-size=\"%d\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
		PAGE_X, height, PAGE_X, height, FONT);
	plot_title(plot);
}

static void plot_figures(const struct plot *plot, const struct legend *legend)
{
	plot_axes(plot);
	plot_limits(plot);
	for (int series = 0; series < NSERIES; series++)
		plot_line(plot, (enum series)series);
	for (int series = 0; series < NSERIES; series++)
		plot_marks(plot, (enum series)series);
	plot_legend(plot, legend);
}

void show_plot(FILE *out, const struct outcome *outcome)
{
	struct plot plot = {.out = out,
			    .outcome = outcome,
			    .widths = axis_of_widths(outcome),
			    .walls = axis_of_walls(outcome)};
	struct legend legend;

	plot.left = left_of(&plot.walls);
	legend = legend_of(&plot);
	plot_page(&plot, legend.y + LEGEND_LINE);
	if (outcome_best(outcome) != NULL)
		plot_figures(&plot, &legend);
	(void)fputs("</svg>\n", out);
}

/* ---- gnuplot */

#define PNG_AXIS 960 /* pixels, less than it takes of the page */
#define PNG_FONT 22 /* 12 points, times fontscale */

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
	const struct plot plot = {.outcome = outcome,
				  .widths = axis_of_widths(outcome)};
	unsigned widths[AXIS_WIDTHS_MAX];
	struct axis_label labels[AXIS_WIDTHS_MAX];
	size_t n = thin_widths(&plot, 0, PNG_AXIS, PNG_FONT, widths, labels);
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
