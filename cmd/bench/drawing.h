/* What both plots draw alike: pens, and labels that keep apart. */
#ifndef NETFAN_CMD_BENCH_DRAWING_H
#define NETFAN_CMD_BENCH_DRAWING_H

#include "bench/axes.h"

/* A pen for the rows of a series. */
struct pen {
	const char *colour, *dash;
	const char *mark; /* path around 0,0 */
	bool hollow; /* a mark below it is seen through it */
};

/* The pens, in colours of Okabe and Ito, which the colour-blind tell apart;
 * each has a dash and a mark besides. */
extern const struct pen drawing_pens[NSERIES];

/*
 * Estimate the width of a text at most. No font is in a plot, each viewer takes
 * its own: texts are kept apart by room for the widest usual fonts, which are
 * Verdana and DejaVu Sans.
 */
double drawing_text_width(const char *text, double font);

/*
 * Label the widths on an axis of this length that begins at left, and choose
 * those that have room in this size of font. Returns how many labels there are.
 */
#define DRAWING_GAP 8 /* beside a label, at least */
size_t drawing_label_widths(const struct outcome *outcome,
			    const struct axis *axis, double left, double length,
			    double font, unsigned widths[AXIS_WIDTHS_MAX],
			    struct axis_label labels[AXIS_WIDTHS_MAX]);

#endif
