/* An outcome as a chart of letters. */
#include <string.h>

#include "bench/axes.h"
#include "bench/show.h"
#include "format/fold.h"

#define COLUMNS 60
#define COLUMNS_MIN 16
#define ROWS 16
#define SEVERAL '*'
#define MARGIN "           " /* left of the canvas, below the scale */
#define WIDE "  wide" /* right of the labels below it */

/* The canvas has a row and a column more than places between them. */
struct canvas {
	char at[ROWS + 1][COLUMNS + 2];
	unsigned columns; /* in use; COLUMNS at most */
	struct axis widths, walls;
};

static unsigned row_of(const struct canvas *canvas, double seconds)
{
	double place = axis_place(&canvas->walls, seconds);

	place = place < 0 ? 0 : place > 1 ? 1 : place;
	return (unsigned)((1 - place) * ROWS + 0.5);
}

static unsigned column_of(const struct canvas *canvas, double width)
{
	return (unsigned)(axis_place(&canvas->widths, width) * canvas->columns +
			  0.5);
}

static bool has_line(const struct canvas *canvas, double seconds)
{
	return seconds > 0 && axis_place(&canvas->walls, seconds) >= 0;
}

static void draw_line(struct canvas *canvas, double seconds, char mark)
{
	if (!has_line(canvas, seconds))
		return;
	memset(canvas->at[row_of(canvas, seconds)], mark, canvas->columns + 1);
}

static char letter_of(enum series series)
{
	static const char letters[] = "stpTP";

	return letters[series];
}

static void draw_rows(struct canvas *canvas, const struct outcome *outcome)
{
	for (size_t i = 0; i < outcome->nrows; i++) {
		const struct figures *row = &outcome->rows[i];
		char *at;

		if (row->nruns == 0)
			continue;
		at = &canvas->at[row_of(canvas, row->wall)]
				[column_of(canvas, row->row.width)];
		*at = *at == ' ' || *at == '-' || *at == '.'
			      ? letter_of(row_series(&row->row))
			      : SEVERAL;
	}
}

/* Show the scale left of a row: the tick that falls on it, or none. */
static void show_scale(FILE *out, const struct canvas *canvas, unsigned row)
{
	double ticks[TICKS_MAX];
	size_t n = axis_ticks(&canvas->walls, ticks);
	char text[TICK_TEXT] = "";

	for (size_t i = 0; i < n; i++) {
		if (row_of(canvas, ticks[i]) == row)
			axis_seconds(text, ticks[i]);
	}
	(void)fprintf(out, "%9s |", text);
}

/* Show each width below its column; the last ends where the canvas does, or
 * before. */
static void show_widths(FILE *out, const struct canvas *canvas,
			const struct outcome *outcome)
{
	unsigned widths[AXIS_WIDTHS_MAX];
	struct axis_label labels[AXIS_WIDTHS_MAX];
	size_t n = axis_widths(outcome, widths);
	unsigned at = 0;
	char text[16];

	for (size_t i = 0; i < n; i++) {
		unsigned column = column_of(canvas, widths[i]);
		unsigned len =
			(unsigned)snprintf(text, sizeof(text), "%u", widths[i]);

		if (column + len > canvas->columns + 1)
			column = canvas->columns + 1 - len;
		labels[i] = (struct axis_label){column, column + len, false};
	}
	axis_thin(labels, n, 1);
	(void)fputs(MARGIN, out);
	for (size_t i = 0; i < n; i++) {
		if (!labels[i].shown)
			continue;
		(void)fprintf(out, "%*s%u",
			      (int)(unsigned)labels[i].from - (int)at, "",
			      widths[i]);
		at = (unsigned)labels[i].to;
	}
	(void)fputs(WIDE "\n", out);
}

/* Show a line of the legend: all series together may be too wide. */
static void show_letters(FILE *out, const bool there[NSERIES], int from, int to)
{
	bool any = false;

	for (int series = from; series < to; series++) {
		if (!there[series])
			continue;
		(void)fprintf(out, any ? ", %c %s" : MARGIN "%c %s",
			      letter_of((enum series)series),
			      series_name((enum series)series));
		any = true;
	}
	if (any)
		(void)fputc('\n', out);
}

static void show_legend(FILE *out, const struct canvas *canvas,
			const struct outcome *outcome)
{
	bool there[NSERIES] = {false};

	for (size_t i = 0; i < outcome->nrows; i++) {
		if (outcome->rows[i].nruns > 0)
			there[row_series(&outcome->rows[i].row)] = true;
	}
	show_letters(out, there, 0, SERIES_IN_THREADS);
	show_letters(out, there, SERIES_IN_THREADS, NSERIES);
	if (memchr(canvas->at, SEVERAL, sizeof(canvas->at)) != NULL)
		(void)fprintf(out, MARGIN "%c several\n", SEVERAL);
	if (outcome->floor > 0)
		(void)fprintf(out, MARGIN "--- the slowest device, %.3f s\n",
			      outcome->floor);
	(void)fprintf(out, MARGIN "%s, %.3f s%s\n\n",
		      has_line(canvas, outcome->cpu) ? "... CPU" : "below: CPU",
		      outcome->cpu,
		      outcome->simulated ? " with the simulated devices" : "");
}

static unsigned columns_in(unsigned room)
{
	unsigned around = sizeof(MARGIN WIDE);

	if (room == FOLD_NEVER || room >= around + COLUMNS)
		return COLUMNS;
	return room > around + COLUMNS_MIN ? room - around : COLUMNS_MIN;
}

void show_chart(FILE *out, const struct outcome *outcome, unsigned room)
{
	struct canvas canvas = {.columns = columns_in(room),
				.widths = axis_of_widths(outcome),
				.walls = axis_of_walls(outcome)};

	if (outcome_best(outcome) == NULL)
		return;
	memset(canvas.at, ' ', sizeof(canvas.at));
	draw_line(&canvas, outcome->cpu, '.');
	if (outcome->floor > 0)
		draw_line(&canvas, outcome->floor, '-');
	draw_rows(&canvas, outcome);
	for (unsigned i = 0; i <= ROWS; i++) {
		size_t len = canvas.columns + 1;

		while (len > 0 && canvas.at[i][len - 1] == ' ')
			len--;
		show_scale(out, &canvas, i);
		(void)fprintf(out, "%.*s\n", (int)len, canvas.at[i]);
	}
	(void)fprintf(out, "%9s +", "");
	for (unsigned i = 0; i <= canvas.columns; i++)
		(void)fputc('-', out);
	(void)fputc('\n', out);
	show_widths(out, &canvas, outcome);
	show_legend(out, &canvas, outcome);
}
