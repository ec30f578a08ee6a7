/*
 * A table of the devices that were logged in to, in the order of the inventory,
 * and how far each came. It is no wider than the terminal: the steps are columns
 * where they have room, else they stand below their row, as reasons and weak
 * algorithms do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "format/columns.h"
#include "format/escape.h"
#include "format/fold.h"
#include "format/format.h"
#include "format/steps.h"

#define CELL_MAX 2200 /* a message of 512 bytes, all of them escaped */

enum cell { CELL_DEVICE, CELL_ADDRESS, CELL_PLATFORM, CELL_PROMPT, NCELLS };

static const char *const heads[NCELLS] = {"device", "address", "platform",
					  "at"};

#define STEP_WIDTH 6 /* of its column: FAILED */
#define TOTAL_WIDTH 7 /* with the gap before it */
#define INDENT 4 /* of lines below a row */

struct row {
	size_t device; /* index in the inventory */
	bool ok;
	char *cells[NCELLS]; /* a row that failed shows the first two */
	char *remark; /* why it failed, or what is to be known; "": none */
	int64_t total_us;
	char steps[NSTEPS][16]; /* a time, "ok", "FAILED", or "-" */
};

struct table {
	struct output *out;
	struct row *rows;
	size_t n;
	unsigned widths[NCELLS];
	bool has_steps; /* the steps have columns */
	unsigned columns; /* of the terminal, or FOLD_NEVER */
};

/* ---- rows */

static void row_release(struct row *row)
{
	for (int i = 0; i < NCELLS; i++)
		free(row->cells[i]);
	free(row->remark);
}

static double seconds(int64_t us)
{
	return (double)us / 1e6;
}

/* Copy a text made harmless, or a dash in place of none. */
static char *copy_cell(const char *text)
{
	char cell[CELL_MAX];

	escape_copy(cell, sizeof(cell), ESCAPE_LINE, text);
	return strdup(cell[0] != '\0' ? cell : "-");
}

/* Write what is to be known of a device that let us in; "": nothing. */
static void write_remark(char text[CELL_MAX], const struct nf_result *result)
{
	const char *gap = "";
	int len = 0;

	if (result->unknown_prompt) {
		len = snprintf(text, CELL_MAX, "its prompt is not one of %s",
			       result->platform);
		gap = "; ";
	}
	if (result->weak[0] != '\0')
		(void)snprintf(text + len, CELL_MAX - (size_t)len, "%sweak: %s",
			       gap, result->weak);
}

static char *copy_remark(const struct nf_result *result)
{
	const struct nf_error *error = &result->error;
	char text[CELL_MAX] = "", harmless[CELL_MAX];

	if (error->code == NF_SKIPPED)
		(void)snprintf(text, sizeof(text), "skipped: %s",
			       error->message);
	else if (error->code != NF_OK)
		(void)snprintf(text, sizeof(text), "failed: %s: %s: %s",
			       nf_stage_name(error->stage),
			       nf_code_name(error->code), error->message);
	else
		write_remark(text, result);
	escape_copy(harmless, sizeof(harmless), ESCAPE_LINE, text);
	return strdup(harmless);
}

static void write_steps(struct row *row, const struct nf_result *result)
{
	for (int i = 0; i < NSTEPS; i++) {
		enum step_state state = step_state(result, (enum step)i);
		int64_t us = step_us(result, (enum step)i);

		if (state == STEP_OK && us > 0)
			(void)snprintf(row->steps[i], sizeof(row->steps[i]),
				       "%.3f", seconds(us));
		else
			(void)snprintf(row->steps[i], sizeof(row->steps[i]),
				       "%s",
				       state == STEP_OK       ? "ok"
				       : state == STEP_FAILED ? "FAILED"
							      : "-");
	}
}

static int row_init(struct row *row, const struct nf_device *dev,
		    const struct nf_result *result)
{
	char address[ADDRESS_TEXT];

	*row = (struct row){.device = result->device,
			    .ok = result->error.code == NF_OK};
	address_text(address, dev);
	row->total_us = result->us[NF_TIME_TOTAL];
	write_steps(row, result);
	row->cells[CELL_DEVICE] = copy_cell(dev->name);
	row->cells[CELL_ADDRESS] = copy_cell(address);
	row->cells[CELL_PLATFORM] = copy_cell(result->platform);
	row->cells[CELL_PROMPT] = copy_cell(result->prompt);
	row->remark = copy_remark(result);
	for (int i = 0; i < NCELLS; i++) {
		if (row->cells[i] == NULL)
			return -1;
	}
	return row->remark != NULL ? 0 : -1;
}

static int table_add(struct table *table, const struct nf_device *dev,
		     const struct nf_result *result)
{
	struct row *grown =
		reallocarray(table->rows, table->n + 1, sizeof(*grown));

	if (grown == NULL)
		return -1;
	table->rows = grown;
	if (row_init(&grown[table->n], dev, result) == -1) {
		row_release(&grown[table->n]);
		return -1;
	}
	table->n++;
	return 0;
}

/* ---- the table */

static int compare_rows(const void *a, const void *b)
{
	size_t left = ((const struct row *)a)->device;
	size_t right = ((const struct row *)b)->device;

	return left < right ? -1 : left > right;
}

/* The width of the columns of the steps. */
#define STEPS_WIDTH ((unsigned)NSTEPS * (1 + STEP_WIDTH))

/* Set the widths to those of the widest cells; cells that a row does not show
 * do not count. */
static void measure(struct table *table, unsigned columns)
{
	unsigned width = TOTAL_WIDTH - COLUMN_GAP + STEPS_WIDTH;

	for (int i = 0; i < NCELLS; i++) {
		unsigned *widest = &table->widths[i];

		*widest = fold_width(heads[i]);
		for (size_t k = 0; k < table->n; k++) {
			const struct row *row = &table->rows[k];
			unsigned wide = fold_width(row->cells[i]);

			if ((row->ok || i < CELL_PLATFORM) && wide > *widest)
				*widest = wide;
		}
		width += *widest + COLUMN_GAP;
	}
	table->columns = columns;
	table->has_steps = columns == FOLD_NEVER || width <= columns;
	if (!table->has_steps)
		columns_narrow(table->widths, NCELLS, width - STEPS_WIDTH,
			       columns);
}

/* Find where a column begins. The times stand behind the address. */
static unsigned start_of(const struct table *table, int column)
{
	unsigned start = 0;

	for (int i = 0; i < column; i++)
		start += table->widths[i] + COLUMN_GAP;
	if (column > CELL_ADDRESS)
		start += TOTAL_WIDTH + (table->has_steps ? STEPS_WIDTH : 0);
	return start;
}

/* Print some cells of a row, from here on. */
static void print_cells(FILE *out, const struct table *table, unsigned *here,
			const char *const *cells, int begin, int end)
{
	for (int i = begin; i < end; i++) {
		if (i > 0)
			columns_go_to(out, here, COLUMN_GAP,
				      start_of(table, i));
		(void)fputs(cells[i], out);
		*here += fold_width(cells[i]);
	}
}

/* Go to where the times stand; returns where they end. */
static unsigned go_to_times(FILE *out, const struct table *table, unsigned here)
{
	columns_go_to(out, &here, 0,
		      start_of(table, CELL_ADDRESS) +
			      table->widths[CELL_ADDRESS]);
	return start_of(table, CELL_PLATFORM) - COLUMN_GAP;
}

static void print_head(FILE *out, const struct table *table)
{
	unsigned here = 0;

	print_cells(out, table, &here, heads, 0, CELL_PLATFORM);
	here = go_to_times(out, table, here);
	(void)fprintf(out, "%*s", TOTAL_WIDTH, nf_time_name(NF_TIME_TOTAL));
	for (int i = 0; table->has_steps && i < NSTEPS; i++)
		(void)fprintf(out, " %*s", STEP_WIDTH,
			      i == STEP_HOSTKEY ? "key"
						: step_name((enum step)i));
	print_cells(out, table, &here, heads, CELL_PLATFORM, NCELLS);
	(void)fputc('\n', out);
}

static void print_indented(FILE *out, const struct table *table,
			   unsigned indent, const char *text)
{
	char line[CELL_MAX + 1024];

	(void)snprintf(line, sizeof(line), "%*s%s\n", (int)indent, "", text);
	fold_text(out, line, table->columns);
}

/* Print the steps below a row, if they have no columns. */
static void print_steps_below(FILE *out, const struct table *table,
			      const struct row *row)
{
	char text[256] = "";
	size_t at = 0;

	for (int i = 0; !table->has_steps && i < NSTEPS; i++) {
		if (strcmp(row->steps[i], "-") != 0)
			at += (size_t)snprintf(text + at, sizeof(text) - at,
					       "%s%s %s", at > 0 ? ", " : "",
					       step_name((enum step)i),
					       row->steps[i]);
	}
	if (at > 0)
		print_indented(out, table, INDENT, text);
}

/* Print what every row has: returns where it ends. */
static unsigned print_times(FILE *out, const struct table *table,
			    const struct row *row)
{
	unsigned here = 0;

	print_cells(out, table, &here, (const char *const *)row->cells, 0,
		    CELL_PLATFORM);
	here = go_to_times(out, table, here);
	(void)fprintf(out, "%*.3f", TOTAL_WIDTH, seconds(row->total_us));
	for (int i = 0; table->has_steps && i < NSTEPS; i++)
		(void)fprintf(out, " %*s", STEP_WIDTH, row->steps[i]);
	return here;
}

static void print_ok(FILE *out, const struct table *table,
		     const struct row *row)
{
	unsigned here = print_times(out, table, row);

	print_cells(out, table, &here, (const char *const *)row->cells,
		    CELL_PLATFORM, NCELLS);
	if (table->columns == FOLD_NEVER && row->remark[0] != '\0')
		(void)fprintf(out, "%*s%s", (int)COLUMN_GAP, "", row->remark);
	(void)fputc('\n', out);
	print_steps_below(out, table, row);
	if (table->columns != FOLD_NEVER && row->remark[0] != '\0')
		print_indented(out, table, INDENT, row->remark);
}

/* Find where the reason of a failure begins: under the platform, if that leaves
 * it half a line. */
static unsigned indent_of_reason(const struct table *table)
{
	unsigned indent = start_of(table, CELL_PLATFORM);

	return table->columns == FOLD_NEVER || indent <= table->columns / 2
		       ? indent
		       : INDENT;
}

/* Print a row whose reason stands behind its times, or below them. 0, or -1 when
 * memory is short. */
static int print_failed(FILE *out, const struct table *table,
			const struct row *row)
{
	unsigned indent = indent_of_reason(table);
	unsigned here;
	char *text = NULL;
	size_t len;
	FILE *folded = open_memstream(&text, &len);

	if (folded == NULL)
		return -1;
	print_indented(folded, table, indent, row->remark);
	if (fclose(folded) == EOF) {
		free(text);
		return -1;
	}
	here = print_times(out, table, row);
	columns_go_to(out, &here, COLUMN_GAP, indent);
	(void)fputs(text + indent, out);
	free(text);
	print_steps_below(out, table, row);
	return 0;
}

static int print_rows(FILE *out, const struct table *table)
{
	print_head(out, table);
	for (size_t i = 0; i < table->n; i++) {
		const struct row *row = &table->rows[i];

		if (row->ok)
			print_ok(out, table, row);
		else if (print_failed(out, table, row) == -1)
			return -1;
	}
	return 0;
}

/* Print the table: 0, or -1 when memory is short. */
static int table_print(struct table *table)
{
	char *text = NULL;
	size_t len;
	FILE *file = open_memstream(&text, &len);
	int rc;

	if (file == NULL)
		return -1;
	if (table->n > 0)
		qsort(table->rows, table->n, sizeof(*table->rows),
		      compare_rows);
	measure(table, fold_columns());
	rc = print_rows(file, table);
	if (fclose(file) == EOF)
		rc = -1;
	if (rc == 0)
		output_bytes(table->out, text, len);
	free(text);
	return rc;
}

/* ---- the format */

static int out_of_memory(struct nf_error *err)
{
	(void)snprintf(err->message, sizeof(err->message), "out of memory");
	return -1;
}

static int table_open(void *ctx, const struct format_run *run,
		      struct nf_error *err)
{
	struct table *table = ctx;

	(void)err;
	table->out = run->out;
	return 0;
}

static int table_device(void *ctx, const struct nf_device *dev,
			struct nf_result *result, struct nf_error *err)
{
	return table_add(ctx, dev, result) == 0 ? 0 : out_of_memory(err);
}

static int table_close(void *ctx, struct nf_error *err)
{
	struct table *table = ctx;
	int rc = table_print(table);

	for (size_t i = 0; i < table->n; i++)
		row_release(&table->rows[i]);
	free(table->rows);
	return rc == 0 ? 0 : out_of_memory(err);
}

const struct format format_table = {
	.name = "text",
	.runs = FORMAT_CHECK,
	.ctx_size = sizeof(struct table),
	.open = table_open,
	.device = table_device,
	.close = table_close,
};
