/* What both plots draw alike. */
#include "bench/drawing.h"

#include <stdio.h>
#include <string.h>

const struct pen drawing_pens[NSERIES] = {
	{"#000000", "", "M-6,0 L0,-6 L6,0 L0,6 Z", false},
	{"#E69F00", "", "M-5,4 L5,4 L0,-5 Z", false},
	{"#0072B2", "", "M-6,-6 L6,-6 L6,6 L-6,6 Z", true},
	{"#D55E00", "7,4", "M-8,-6 L8,-6 L0,10 Z", true},
	{"#009E73", "2,3", "M-9,0 A9,9 0 1 0 9,0 A9,9 0 1 0 -9,0 Z", true},
};

double drawing_text_width(const char *text, double font)
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
	return ems * font;
}

size_t drawing_label_widths(const struct outcome *outcome,
			    const struct axis *axis, double left, double length,
			    double font, unsigned widths[AXIS_WIDTHS_MAX],
			    struct axis_label labels[AXIS_WIDTHS_MAX])
{
	size_t n = axis_widths(outcome, widths);
	char text[16];

	for (size_t i = 0; i < n; i++) {
		double x = left + axis_place(axis, widths[i]) * length;
		double half;

		(void)snprintf(text, sizeof(text), "%u", widths[i]);
		half = drawing_text_width(text, font) / 2;
		labels[i] = (struct axis_label){x - half, x + half, false};
	}
	axis_thin(labels, n, DRAWING_GAP);
	return n;
}
