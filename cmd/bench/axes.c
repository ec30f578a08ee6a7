/* The axes of chart and plot. */
#include "bench/axes.h"

#include <math.h>
#include <stdio.h>

#define MARGIN 1.15 /* so that no mark lies on the frame */
#define LOG_FROM 8 /* an axis whose max is so many mins is logarithmic */

double axis_place(const struct axis *axis, double value)
{
	if (axis->max <= axis->min)
		return 0.5;
	if (axis->log)
		return (log(value) - log(axis->min)) /
		       (log(axis->max) - log(axis->min));
	return (value - axis->min) / (axis->max - axis->min);
}

static void stretch(struct axis *axis, double value)
{
	if (value <= 0)
		return;
	if (axis->min == 0 || value < axis->min)
		axis->min = value;
	if (value > axis->max)
		axis->max = value;
}

struct axis axis_of_widths(const struct outcome *outcome)
{
	struct axis axis = {.log = false};

	for (size_t i = 0; i < outcome->nrows; i++) {
		if (outcome->rows[i].nruns > 0)
			stretch(&axis, outcome->rows[i].row.width);
	}
	axis.log = axis.max > LOG_FROM * axis.min;
	if (axis.log) {
		axis.min /= MARGIN;
		axis.max *= MARGIN;
	} else {
		axis.min -= (axis.max - axis.min) * (MARGIN - 1) / 2;
		axis.max += (axis.max - axis.min) * (MARGIN - 1) / 2;
	}
	return axis;
}

struct axis axis_of_walls(const struct outcome *outcome)
{
	struct axis axis = {.log = false};

	for (size_t i = 0; i < outcome->nrows; i++) {
		if (outcome->rows[i].nruns == 0)
			continue;
		stretch(&axis, outcome->rows[i].wall_min);
		stretch(&axis, outcome->rows[i].wall_max);
	}
	axis.log = axis.max > LOG_FROM * axis.min;
	stretch(&axis, outcome->floor);
	if (!axis.log || outcome->cpu * LOG_FROM > axis.min)
		stretch(&axis, outcome->cpu);
	if (!axis.log)
		axis.min = 0;
	axis.max *= axis.log ? 1.2 : 1.05;
	axis.min /= axis.log ? 1.2 : 1;
	return axis;
}

/* List 1, 2 and 5 times each power of ten, or the first nsteps of these; 0 when
 * they are too many. */
static size_t log_ticks(const struct axis *axis, double ticks[TICKS_MAX],
			unsigned nsteps)
{
	static const double steps[] = {1, 2, 5};
	double power = pow(10, floor(log10(axis->min)));
	size_t n = 0;

	while (power <= axis->max) {
		for (unsigned i = 0; i < nsteps; i++) {
			double tick = power * steps[i];

			if (tick < axis->min || tick > axis->max)
				continue;
			if (n == TICKS_MAX)
				return 0;
			ticks[n++] = tick;
		}
		power *= 10;
	}
	return n;
}

static size_t linear_ticks(const struct axis *axis, double ticks[TICKS_MAX])
{
	double step = pow(10, floor(log10((axis->max - axis->min) / 4)));
	size_t n = 0;
	long first;

	while ((axis->max - axis->min) / step > 8)
		step *= step / pow(10, floor(log10(step))) > 1.5 ? 2.5 : 2;
	first = (long)ceil(axis->min / step);
	while (n < TICKS_MAX && (double)(first + (long)n) * step <= axis->max) {
		ticks[n] = (double)(first + (long)n) * step;
		n++;
	}
	return n;
}

size_t axis_ticks(const struct axis *axis, double ticks[TICKS_MAX])
{
	size_t n;

	if (axis->max <= axis->min) {
		ticks[0] = axis->min;
		return 1;
	}
	if (!axis->log)
		return linear_ticks(axis, ticks);
	n = log_ticks(axis, ticks, 3);
	return n > 0 && n <= TICKS_MAX / 2 + 2 ? n : log_ticks(axis, ticks, 1);
}

size_t axis_widths(const struct outcome *outcome,
		   unsigned widths[AXIS_WIDTHS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < outcome->nrows; i++) {
		unsigned width = outcome->rows[i].row.width;

		if (outcome->rows[i].nruns > 0 && n < AXIS_WIDTHS_MAX &&
		    (n == 0 || width != widths[n - 1]))
			widths[n++] = width;
	}
	return n;
}

void axis_thin(struct axis_label *labels, size_t n, double gap)
{
	double free_from = -INFINITY;

	for (size_t i = 0; i < n; i++) {
		struct axis_label *label = &labels[i];

		label->shown =
			i + 1 == n || (label->from >= free_from &&
				       label->to + gap <= labels[n - 1].from);
		if (label->shown)
			free_from = label->to + gap;
	}
}

void axis_seconds(char out[TICK_TEXT], double seconds)
{
	if (seconds >= 7200)
		(void)snprintf(out, TICK_TEXT, "%.3g h", seconds / 3600);
	else
		(void)snprintf(out, TICK_TEXT, "%.4g s", seconds);
}
