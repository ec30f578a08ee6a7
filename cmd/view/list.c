/* The devices of an inventory as a table. */
#include <stdio.h>
#include <string.h>

#include "format/columns.h"
#include "format/escape.h"
#include "format/fold.h"
#include "view/view.h"

#define CELL_MAX 1024
#define INDENT 4 /* of the reason below a row */

enum column {
	COLUMN_NAME,
	COLUMN_HOST,
	COLUMN_PORT,
	COLUMN_PLATFORM,
	COLUMN_USERNAME,
	COLUMN_GROUPS,
	NCOLUMNS,
};

static const char *const heads[NCOLUMNS] = {"name",     "host",     "port",
					    "platform", "username", "groups"};

struct list {
	const struct nf_inventory *inv;
	unsigned widths[NCOLUMNS];
	unsigned columns; /* of the terminal, or FOLD_NEVER */
};

/* ---- cells */

/* Join the names of a device's groups; the end of many is cut off. */
static void join_groups(char text[CELL_MAX], const struct nf_inventory *inv,
			size_t i)
{
	size_t none = nf_inventory_ngroups(inv), len = 0, g;

	text[0] = '\0';
	for (size_t k = 0; len < CELL_MAX - 1 &&
			   (g = nf_inventory_group_of(inv, i, k)) != none;
	     k++) {
		struct nf_group group;

		nf_inventory_group(inv, g, &group);
		len += (size_t)snprintf(text + len, CELL_MAX - len, "%s%s",
					k > 0 ? "," : "", group.name);
	}
}

static void cell_text(char cell[CELL_MAX], const struct nf_inventory *inv,
		      size_t i, enum column column)
{
	const struct nf_device *dev = nf_inventory_device(inv, i);
	char text[CELL_MAX];
	const char *from = text;

	switch (column) {
	case COLUMN_NAME:
		from = dev->name;
		break;
	case COLUMN_HOST:
		from = dev->host;
		break;
	case COLUMN_PORT:
		(void)snprintf(text, sizeof(text), "%u", (unsigned)dev->port);
		break;
	case COLUMN_PLATFORM:
		from = dev->platform;
		break;
	case COLUMN_USERNAME:
		from = dev->username != NULL ? dev->username : "";
		break;
	case COLUMN_GROUPS:
		join_groups(text, inv, i);
		break;
	case NCOLUMNS:
		break;
	}
	escape_copy(cell, CELL_MAX, ESCAPE_LINE, from);
	if (cell[0] == '\0' || strcmp(cell, "0") == 0)
		(void)strcpy(cell, "-");
}

/* Cut what does not fit: all of it stands in the details of a device. */
static void cut(char cell[CELL_MAX], unsigned width)
{
	static const char dots[] = "...";
	size_t at = 0;

	if (width < sizeof(dots) || fold_width(cell) <= width)
		return;
	for (unsigned shown = 0; cell[at] != '\0'; at++) {
		bool begins = ((unsigned char)cell[at] & 0xC0) != 0x80;

		if (begins && shown == width - (sizeof(dots) - 1))
			break;
		shown += begins;
	}
	if (at < CELL_MAX - sizeof(dots))
		(void)strcpy(cell + at, dots);
}

/* ---- the table */

static void measure(struct list *list)
{
	unsigned width = 0;
	char cell[CELL_MAX];

	for (unsigned c = 0; c < NCOLUMNS; c++)
		list->widths[c] = fold_width(heads[c]);
	for (size_t i = 0; i < nf_inventory_size(list->inv); i++) {
		for (unsigned c = 0; c < NCOLUMNS; c++) {
			unsigned wide;

			cell_text(cell, list->inv, i, (enum column)c);
			wide = fold_width(cell);
			if (wide > list->widths[c])
				list->widths[c] = wide;
		}
	}
	for (unsigned c = 0; c < NCOLUMNS; c++)
		width += list->widths[c] + COLUMN_GAP;
	list->columns = fold_columns();
	if (list->columns != FOLD_NEVER)
		columns_narrow(list->widths, NCOLUMNS, width - COLUMN_GAP,
			       list->columns);
}

/* Print a cell where its column begins, and say where it ends. */
static unsigned print_cell(const struct list *list, unsigned here,
			   unsigned column, const char *cell)
{
	unsigned start = 0;

	for (unsigned c = 0; c < column; c++)
		start += list->widths[c] + COLUMN_GAP;
	if (column > 0)
		columns_go_to(stdout, &here, COLUMN_GAP, start);
	(void)fputs(cell, stdout);
	return here + fold_width(cell);
}

static void print_skip(const struct list *list, const char *skip)
{
	char text[CELL_MAX + 64], harmless[CELL_MAX];

	escape_copy(harmless, sizeof(harmless), ESCAPE_LINE, skip);
	if (list->columns == FOLD_NEVER) {
		(void)printf("%*sskipped: %s\n", (int)COLUMN_GAP, "", harmless);
		return;
	}
	(void)snprintf(text, sizeof(text), "%*sskipped: %s\n", INDENT, "",
		       harmless);
	(void)fputc('\n', stdout);
	fold_text(stdout, text, list->columns);
}

static void print_row(const struct list *list, size_t i)
{
	struct nf_description description;
	char cell[CELL_MAX];
	unsigned here = 0;

	for (unsigned c = 0; c < NCOLUMNS; c++) {
		cell_text(cell, list->inv, i, (enum column)c);
		if (list->columns != FOLD_NEVER)
			cut(cell, list->widths[c]);
		here = print_cell(list, here, c, cell);
	}
	nf_inventory_describe(list->inv, i, &description);
	if (description.skip != NULL)
		print_skip(list, description.skip);
	else
		(void)fputc('\n', stdout);
}

int view_list(const struct view *view)
{
	struct list list = {.inv = view->inv};
	unsigned here = 0;

	measure(&list);
	for (unsigned c = 0; c < NCOLUMNS; c++)
		here = print_cell(&list, here, c, heads[c]);
	(void)fputc('\n', stdout);
	for (size_t i = 0; i < nf_inventory_size(view->inv); i++)
		print_row(&list, i);
	return 0;
}
