/* An outcome for other programs. */
#include "bench/export.h"

#include <string.h>

/* ---- figures by name */

/* Digits behind the point: a count has none. */
#define FRACTION 6
#define COUNT 0

/* Name, member of struct figures, digits, and whether 0 says not known. */
#define COLUMNS(X)                                                             \
	X("wall", wall, FRACTION, false)                                       \
	X("wall_min", wall_min, FRACTION, false)                               \
	X("wall_max", wall_max, FRACTION, false)                               \
	X("speedup", speedup, FRACTION, true)                                  \
	X("efficiency", efficiency, FRACTION, true)                            \
	X("sessions_per_second", rate, FRACTION, false)                        \
	X("latency_p50", p50, FRACTION, false)                                 \
	X("latency_p95", p95, FRACTION, false)                                 \
	X("latency_p99", p99, FRACTION, false)                                 \
	X("latency_max", max, FRACTION, false)                                 \
	X("cpu_user", user, FRACTION, false)                                   \
	X("cpu_system", system, FRACTION, false)                               \
	X("cpu_devices", devices_cpu, FRACTION, true)                          \
	X("memory_bytes", memory, COUNT, true)                                 \
	X("context_switches", switches, COUNT, false)

struct column {
	const char *name;
	size_t offset;
	int digits;
	bool unknown; /* when it is 0 */
};

#define COLUMN(name, member, digits, unknown)                                  \
	{name, offsetof(struct figures, member), digits, unknown},
static const struct column columns[] = {COLUMNS(COLUMN)};
#undef COLUMN

#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

static double value_of(const struct figures *row, size_t column)
{
	double value;

	memcpy(&value, (const char *)row + columns[column].offset,
	       sizeof(value));
	return value;
}

static bool is_known(const struct figures *row, size_t column)
{
	return row->nruns > 0 &&
	       !(columns[column].unknown && value_of(row, column) <= 0);
}

static void put_value(FILE *out, const struct figures *row, size_t column)
{
	(void)fprintf(out, "%.*f", columns[column].digits,
		      value_of(row, column));
}

/* ---- JSON */

/* Write a JSON string. Texts are our own, but for the name of a device in them.
 */
static void json_text(FILE *out, const char *text)
{
	(void)fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			(void)fprintf(out, "\\%c", *text);
		else if ((unsigned char)*text < 0x20)
			(void)fprintf(out, "\\u%04x", (unsigned)*text);
		else
			(void)fputc(*text, out);
	}
	(void)fputc('"', out);
}

static void json_row(FILE *out, const struct figures *row)
{
	char label[ROW_LABEL];

	row_label(label, &row->row);
	(void)fprintf(out,
		      "{\"name\":\"%s\",\"mode\":\"%s\",\"workers\":%u,"
		      "\"width\":%u,\"runs\":%zu",
		      label, nf_mode_name(row->row.mode), row->row.workers,
		      row->row.width, row->nruns);
	if (row->why[0] != '\0') {
		(void)fputs(",\"error\":", out);
		json_text(out, row->why);
	}
	if (row->note[0] != '\0') {
		(void)fputs(",\"note\":", out);
		json_text(out, row->note);
	}
	for (size_t i = 0; row->nruns > 0 && i < NCOLUMNS; i++) {
		(void)fprintf(out, ",\"%s\":", columns[i].name);
		if (is_known(row, i))
			put_value(out, row, i);
		else
			(void)fputs("null", out);
	}
	if (row->nruns > 0) {
		(void)fputs(",\"stages\":{", out);
		for (int i = 0; i < NF_NTIMES; i++)
			(void)fprintf(out, "%s\"%s\":%.6f", i > 0 ? "," : "",
				      nf_time_name((enum nf_time)i),
				      row->stage[i]);
		(void)fputc('}', out);
	}
	(void)fputc('}', out);
}

void export_json(FILE *out, const struct outcome *outcome)
{
	(void)fprintf(out,
		      "{\"version\":\"%s\",\"devices\":%zu,\"commands\":%zu,"
		      "\"runs\":%u,\"processors\":%u,\"simulated\":%s,"
		      "\"stopped\":%s,\"left_out\":%zu,\"cpu_floor\":%.6f",
		      NF_VERSION, outcome->ndevices, outcome->ncommands,
		      outcome->nruns, outcome->cores,
		      outcome->simulated ? "true" : "false",
		      outcome->stopped ? "true" : "false", outcome->nleft_out,
		      outcome->cpu);
	if (outcome->floor > 0) {
		(void)fprintf(out,
			      ",\"floor\":%.6f,\"slowest\":", outcome->floor);
		json_text(out, outcome->slowest);
	}
	(void)fputs(",\n\"rows\":[\n", out);
	for (size_t i = 0; i < outcome->nrows; i++) {
		json_row(out, &outcome->rows[i]);
		(void)fputs(i + 1 < outcome->nrows ? ",\n" : "\n", out);
	}
	(void)fputs("]}\n", out);
}

/* ---- CSV */

static void csv_text(FILE *out, const char *text)
{
	(void)fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			(void)fputc('"', out);
		(void)fputc(*text, out);
	}
	(void)fputc('"', out);
}

void export_csv(FILE *out, const struct outcome *outcome)
{
	(void)fputs("name,mode,workers,width,runs", out);
	for (size_t i = 0; i < NCOLUMNS; i++)
		(void)fprintf(out, ",%s", columns[i].name);
	for (int i = 0; i < NF_NTIMES; i++)
		(void)fprintf(out, ",stage_%s", nf_time_name((enum nf_time)i));
	(void)fputs(",note,error\n", out);
	for (size_t k = 0; k < outcome->nrows; k++) {
		const struct figures *row = &outcome->rows[k];
		char label[ROW_LABEL];

		row_label(label, &row->row);
		(void)fprintf(out, "%s,%s,%u,%u,%zu", label,
			      nf_mode_name(row->row.mode), row->row.workers,
			      row->row.width, row->nruns);
		for (size_t i = 0; i < NCOLUMNS; i++) {
			(void)fputc(',', out);
			if (is_known(row, i))
				put_value(out, row, i);
		}
		for (int i = 0; i < NF_NTIMES; i++)
			(void)fprintf(out, row->nruns > 0 ? ",%.6f" : ",",
				      row->stage[i]);
		(void)fputc(',', out);
		if (row->note[0] != '\0')
			csv_text(out, row->note);
		(void)fputc(',', out);
		if (row->why[0] != '\0')
			csv_text(out, row->why);
		(void)fputc('\n', out);
	}
}
