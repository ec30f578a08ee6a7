/* The plot as SVG. */
#include "bench/axes.h"
#include "bench/drawing.h"
#include "bench/show.h"

/*
 * The page and the frame on it, in units of SVG. The left side of the frame
 * depends on the labels beside it, the height of the page on the legend.
 */
#define PAGE_X 760
#define RIGHT 740
#define TOP 56
#define BOTTOM 364
#define MARGIN 12
#define GAP DRAWING_GAP
#define FONT 14
#define TITLE_FONT 17
#define LEGEND (BOTTOM + 70) /* its first line */
#define LEGEND_LINE 24
#define LEGEND_MARK 40 /* room for the mark before a text */

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

/* ---- axes */

static double bold_width(const char *text, double font)
{
	return 1.15 * drawing_text_width(text, font);
}

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
		width = drawing_text_width(text, FONT);
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
	size_t n =
		drawing_label_widths(plot->outcome, &plot->widths, plot->left,
				     RIGHT - plot->left, FONT, widths, labels);

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
		      drawing_pens[series].colour, drawing_pens[series].dash);
}

static void plot_mark(const struct plot *plot, enum series series, double x,
		      double y)
{
	(void)fprintf(plot->out,
		      "<path d=\"%s\" transform=\"translate(%.1f,%.1f)\" "
		      "fill=\"%s\" stroke=\"%s\" stroke-width=\"2\"/>\n",
		      drawing_pens[series].mark, x, y,
		      drawing_pens[series].hollow ? "none"
						  : drawing_pens[series].colour,
		      drawing_pens[series].colour);
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
			      y_of(plot, row->wall_max),
			      drawing_pens[series].colour);
		plot_mark(plot, series, x, y_of(plot, row->wall));
	}
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
	double width = LEGEND_MARK + drawing_text_width(entry->text, FONT);

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

		if (!outcome_has_series(plot->outcome, series))
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
			      drawing_pens[series].colour,
			      drawing_pens[series].dash);
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
