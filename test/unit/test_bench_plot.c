/* cmd/bench: where labels stand on a chart and a plot. */
#include "bench/axes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/show.h"
#include "format/fold.h"
#include "unit/unit.h"

/* ---- the outcome that is drawn */

#define WIDTHS 64
#define CORES 2

struct shape {
	const char *name;
	unsigned widths[WIDTHS + 1]; /* 0 behind the last */
	double wall; /* of one after another */
	double floor, cpu;
	size_t ndevices;
};

static const struct shape shapes[] = {
	{"a course's", {5, 10, 15, 20, 25, 30, 35, 40}, 303, 7.6, 0.06, 40},
	{"a network",
	 {30, 50, 70, 100, 140, 200, 300, 5460},
	 41387,
	 7.62,
	 8.26,
	 5460},
	{"one", {1}, 0.1, 0.1, 0.02, 1},
	{"equal limits", {5, 10, 12}, 1.4, 0.108, 0.109, 12},
	{"both below", {2, 4}, 100, 0, 0.001, 4},
	{"long labels",
	 {99997, 99998, 99999, 100000},
	 3.6e6,
	 1234567,
	 7654321,
	 1000000},
	{"every width",
	 {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16,
	  17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
	  33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48,
	  49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64},
	 30,
	 0.5,
	 0.2,
	 64},
	{"milliseconds", {1, 1000}, 0.004, 0.002, 0.0005, 1000},
};

static struct figures row_of(enum nf_mode mode, unsigned workers,
			     unsigned width, double wall)
{
	return (struct figures){.row = {mode, workers, width},
				.nruns = 1,
				.wall = wall,
				.wall_min = wall,
				.wall_max = wall};
}

/* In every series, an ever so little faster with each width. */
static struct outcome draw(const struct shape *shape,
			   struct figures rows[1 + 4 * WIDTHS])
{
	struct outcome outcome = {.rows = rows,
				  .ndevices = shape->ndevices,
				  .ncommands = 12,
				  .nruns = 1,
				  .cores = CORES,
				  .simulated = true,
				  .floor = shape->floor,
				  .slowest = "R1",
				  .cpu = shape->cpu};
	size_t n = 0;

	rows[n++] = row_of(NF_MODE_SEQUENTIAL, 1, 1, shape->wall);
	for (size_t i = 0; shape->widths[i] != 0; i++) {
		unsigned width = shape->widths[i];
		double wall = shape->wall / width;

		rows[n++] = row_of(NF_MODE_THREAD, width, width, wall);
		rows[n++] = row_of(NF_MODE_THREAD, CORES, width, wall);
		rows[n++] = row_of(NF_MODE_PROCESS, width, width, wall);
		rows[n++] = row_of(NF_MODE_PROCESS, CORES, width, wall);
	}
	outcome.nrows = n;
	return outcome;
}

/* ---- the texts of an SVG, and what they take of the page */

/* Of DejaVu Sans, which is what most systems without Helvetica draw, and one of
 * the widest: thousandths of its size, from blank to tilde. */
static const short advances[] = {
	318, 401, 460, 838, 636,  950, 780, 275, 390, 390, 500, 838, 318, 361,
	318, 337, 636, 636, 636,  636, 636, 636, 636, 636, 636, 636, 337, 337,
	838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295,
	295, 656, 557, 863, 748,  787, 603, 787, 695, 635, 611, 732, 684, 989,
	685, 611, 685, 390, 337,  390, 838, 500, 500, 613, 635, 550, 635, 615,
	352, 635, 634, 278, 278,  579, 278, 974, 634, 612, 635, 635, 411, 521,
	392, 634, 592, 818, 592,  592, 525, 636, 337, 636, 838,
};

struct box {
	double left, right, top, bottom;
	char text[96];
};

/* The number behind name=" in a tag, or this. */
static double number_of(const char *tag, const char *name, double otherwise)
{
	char what[32];
	const char *at;

	(void)snprintf(what, sizeof(what), " %s=\"", name);
	at = strstr(tag, what);
	return at != NULL ? strtod(at + strlen(what), NULL) : otherwise;
}

static double drawn_width(const char *text, double size, bool bold)
{
	double width = 0;

	for (; *text != '\0'; text++)
		width += advances[*text - ' '];
	return width / 1000 * size * (bold ? 1.14 : 1);
}

/* Upright, or along the axis of times. */
static void place_box(struct box *box, const char *tag)
{
	double size = number_of(tag, "font-size", 14);
	double width =
		drawn_width(box->text, size, strstr(tag, "bold") != NULL);
	double x = number_of(tag, "x", 0), y = number_of(tag, "y", 0);
	const char *moved = strstr(tag, "translate(");

	if (strstr(tag, "middle") != NULL)
		x -= width / 2;
	else if (strstr(tag, "\"end\"") != NULL)
		x -= width;
	box->left = x;
	box->right = x + width;
	box->top = y - 0.76 * size;
	box->bottom = y + 0.24 * size;
	if (moved == NULL)
		return;
	assert_int_equal(sscanf(moved, "translate(%lf,%lf", &x, &y), 2);
	box->left = x - 0.76 * size;
	box->right = x + 0.24 * size;
	box->top = y - width / 2;
	box->bottom = y + width / 2;
}

static size_t find_boxes(const char *svg, struct box *boxes, size_t max)
{
	size_t n = 0;

	while ((svg = strstr(svg, "<text ")) != NULL && n < max) {
		char tag[400];
		size_t len = strcspn(svg, ">");

		assert_in_range(len, 1, sizeof(tag) - 1);
		(void)snprintf(tag, sizeof(tag), "%.*s", (int)len, svg);
		svg += len + 1;
		(void)snprintf(boxes[n].text, sizeof(boxes[n].text), "%.*s",
			       (int)strcspn(svg, "<"), svg);
		place_box(&boxes[n++], tag);
	}
	return n;
}

static bool overlap(const struct box *a, const struct box *b)
{
	return a->left < b->right && b->left < a->right && a->top < b->bottom &&
	       b->top < a->bottom;
}

/* ---- tests */

static const char *drawing(const struct shape *shape)
{
	static char text[1 << 20];
	static struct figures rows[1 + 4 * WIDTHS];
	struct outcome outcome = draw(shape, rows);
	FILE *out = fmemopen(text, sizeof(text), "w");

	assert_non_null(out);
	show_plot(out, &outcome);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void test_no_label_of_a_plot_lies_on_another(void **state)
{
	static struct box boxes[256];

	(void)state;
	for (size_t i = 0; i < LENGTH(shapes); i++) {
		const char *svg = drawing(&shapes[i]);
		size_t n = find_boxes(svg, boxes, LENGTH(boxes));

		assert_in_range(n, 8, LENGTH(boxes) - 1);
		for (size_t a = 0; a < n; a++) {
			for (size_t b = a + 1; b < n; b++) {
				if (overlap(&boxes[a], &boxes[b]))
					fail_msg("%s: '%s' on '%s'",
						 shapes[i].name, boxes[a].text,
						 boxes[b].text);
			}
		}
	}
}

static void test_every_label_of_a_plot_is_on_the_page(void **state)
{
	static struct box boxes[256];

	(void)state;
	for (size_t i = 0; i < LENGTH(shapes); i++) {
		const char *svg = drawing(&shapes[i]);
		double width = number_of(svg, "width", 0);
		double height = number_of(svg, "height", 0);
		size_t n = find_boxes(svg, boxes, LENGTH(boxes));

		for (size_t a = 0; a < n; a++) {
			if (boxes[a].left < 0 || boxes[a].right > width ||
			    boxes[a].top < 0 || boxes[a].bottom > height)
				fail_msg("%s: '%s' is not on the page",
					 shapes[i].name, boxes[a].text);
		}
	}
}

/* The first and the last width, and what no run can be faster than. */
static void test_what_a_plot_has_to_say_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(shapes); i++) {
		const struct shape *shape = &shapes[i];
		const char *svg = drawing(shape);
		unsigned last = 0;
		char want[64];

		unit_where(shape->name);
		for (size_t k = 0; shape->widths[k] != 0; k++)
			last = shape->widths[k];
		(void)snprintf(want, sizeof(want), ">%u</text>", last);
		assert_non_null(strstr(svg, want));
		assert_non_null(strstr(svg, ">1</text>"));
		assert_non_null(strstr(svg, ">CPU, simulated devices "
					    "included, "));
		assert_true((strstr(svg, ">the slowest device, ") != NULL) ==
			    (shape->floor > 0));
	}
}

static void test_labels_that_have_no_room_are_left_out(void **state)
{
	struct axis_label labels[] = {{0, 10, false},  {5, 15, false},
				      {12, 20, false}, {23, 30, false},
				      {31, 39, false}, {40, 50, false}};
	static const bool want[] = {true, false, true, true, false, true};

	(void)state;
	axis_thin(labels, LENGTH(labels), 2);
	for (size_t i = 0; i < LENGTH(labels); i++)
		assert_true(labels[i].shown == want[i]);
	axis_thin(labels, 1, 2);
	assert_true(labels[0].shown);
	axis_thin(labels, 2, 2);
	assert_false(labels[0].shown);
	assert_true(labels[1].shown);
}

static size_t longest_line(const char *text)
{
	size_t longest = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		longest = len > longest ? len : longest;
		text += len + (text[len] == '\n');
	}
	return longest;
}

/* All but the head, which fold_text() breaks. */
static void test_table_and_chart_keep_to_their_room(void **state)
{
	static const unsigned rooms[] = {66, 80, 100, 132};
	static struct figures rows[1 + 4 * WIDTHS];
	static char text[1 << 17];

	(void)state;
	for (size_t i = 0; i < LENGTH(shapes); i++) {
		struct outcome outcome = draw(&shapes[i], rows);

		unit_where(shapes[i].name);
		for (size_t k = 0; k < LENGTH(rooms); k++) {
			FILE *out = fmemopen(text, sizeof(text), "w");

			assert_non_null(out);
			show_table(out, &outcome, rooms[k]);
			show_chart(out, &outcome, rooms[k]);
			assert_int_equal(fclose(out), 0);
			assert_in_range(longest_line(strchr(text, '\n') + 1),
					40, rooms[k]);
			assert_non_null(strstr(text, " MiB\n"));
		}
	}
}

/* They follow below, but for those of whom nothing is known. */
static void test_columns_without_figures_do_not_follow(void **state)
{
	struct figures rows[] = {row_of(NF_MODE_THREAD, 4, 4, 0.5),
				 row_of(NF_MODE_PROCESS, 4, 4, 0.5)};
	struct outcome outcome = {.rows = rows, .nrows = LENGTH(rows)};
	char text[2048];

	(void)state;
	for (int n = 0; n < 3; n++) {
		FILE *out = fmemopen(text, sizeof(text), "w");
		const char *again;

		assert_non_null(out);
		show_table(out, &outcome, 60);
		assert_int_equal(fclose(out), 0);
		assert_true((strstr(text, " MiB\n") != NULL) == (n < 2));
		again = strstr(text, "4 threads");
		assert_non_null(again);
		again = strstr(again + 1, "4 threads");
		assert_true((again != NULL) == (n < 1));
		rows[n % 2].nruns = 0;
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_no_label_of_a_plot_lies_on_another),
	cmocka_unit_test(test_every_label_of_a_plot_is_on_the_page),
	cmocka_unit_test(test_what_a_plot_has_to_say_is_there),
	cmocka_unit_test(test_labels_that_have_no_room_are_left_out),
	cmocka_unit_test(test_table_and_chart_keep_to_their_room),
	cmocka_unit_test(test_columns_without_figures_do_not_follow),
};

UNIT_MAIN(tests)
