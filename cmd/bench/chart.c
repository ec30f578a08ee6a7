/* An outcome as a chart of letters. */
#include <string.h>

#include "bench/axes.h"
#include "bench/show.h"

#define COLUMNS 60
#define ROWS 16
#define SEVERAL '*'

/* One row more at each end than places between. */
struct canvas {
	char at[ROWS + 1][COLUMNS + 2];
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
	return (unsigned)(axis_place(&canvas->widths, width) * COLUMNS + 0.5);
}

static bool has_line(const struct canvas *canvas, double seconds)
{
	return seconds > 0 && axis_place(&canvas->walls, seconds) >= 0;
}

static void draw_line(struct canvas *canvas, double seconds, char mark)
{
	if (!has_line(canvas, seconds))
		return;
	memset(canvas->at[row_of(canvas, seconds)], mark, COLUMNS + 1);
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

/* The tick that is nearest to this row of letters, or none. */
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

static void show_widths(FILE *out, const struct canvas *canvas,
			const struct outcome *outcome)
{
	char line[COLUMNS + 16];
	unsigned end = 0, last = 0;

	memset(line, ' ', sizeof(line));
	for (size_t i = 0; i < outcome->nrows; i++) {
		unsigned width = outcome->rows[i].row.width;
		unsigned column = column_of(canvas, width);
		char text[16];
		int len = snprintf(text, sizeof(text), "%u", width);

		if (outcome->rows[i].nruns == 0 || width == last ||
		    (end > 0 && column <= end))
			continue;
		memcpy(line + column, text, (size_t)len);
		end = column + (unsigned)len;
		last = width;
	}
	(void)fprintf(out, "%9s  %.*s  wide\n", "", (int)end, line);
}

static void show_legend(FILE *out, const struct canvas *canvas,
			const struct outcome *outcome)
{
	bool several = memchr(canvas->at, SEVERAL, sizeof(canvas->at)) != NULL;
	bool there[NSERIES] = {false};
	const char *comma = "";

	for (size_t i = 0; i < outcome->nrows; i++) {
		if (outcome->rows[i].nruns > 0)
			there[row_series(&outcome->rows[i].row)] = true;
	}
	(void)fputs("          ", out);
	for (int series = 0; series < NSERIES; series++) {
		if (!there[series])
			continue;
		(void)fprintf(out, "%s %c %s", comma,
			      letter_of((enum series)series),
			      series_name((enum series)series));
		comma = ",";
	}
	if (several)
		(void)fprintf(out, ", %c several", SEVERAL);
	(void)fputs("\n           ", out);
	if (outcome->floor > 0)
		(void)fprintf(out, "--- the slowest device, %.3f s; ",
			      outcome->floor);
	(void)fprintf(out, "%s, %.3f s%s\n\n",
		      has_line(canvas, outcome->cpu) ? "... CPU" : "below: CPU",
		      outcome->cpu,
		      outcome->simulated ? " with the simulated devices" : "");
}

void show_chart(FILE *out, const struct outcome *outcome)
{
	struct canvas canvas = {.widths = axis_of_widths(outcome),
				.walls = axis_of_walls(outcome)};

	if (outcome_best(outcome) == NULL)
		return;
	memset(canvas.at, ' ', sizeof(canvas.at));
	draw_line(&canvas, outcome->cpu, '.');
	if (outcome->floor > 0)
		draw_line(&canvas, outcome->floor, '-');
	draw_rows(&canvas, outcome);
	for (unsigned i = 0; i <= ROWS; i++) {
		size_t len = COLUMNS + 1;

		while (len > 0 && canvas.at[i][len - 1] == ' ')
			len--;
		show_scale(out, &canvas, i);
		(void)fprintf(out, "%.*s\n", (int)len, canvas.at[i]);
	}
	(void)fprintf(out, "%9s +", "");
	for (int i = 0; i <= COLUMNS; i++)
		(void)fputc('-', out);
	(void)fputc('\n', out);
	show_widths(out, &canvas, outcome);
	show_legend(out, &canvas, outcome);
}
