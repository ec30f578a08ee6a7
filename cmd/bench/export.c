/* An outcome for other programs. */
#include "bench/export.h"

#include <string.h>

/* ---- what a row has, by name */

#define COLUMNS(X)                                                             \
	X("wall", wall)                                                        \
	X("wall_min", wall_min)                                                \
	X("wall_max", wall_max)                                                \
	X("speedup", speedup)                                                  \
	X("efficiency", efficiency)                                            \
	X("sessions_per_second", rate)                                         \
	X("latency_p50", p50)                                                  \
	X("latency_p95", p95)                                                  \
	X("latency_p99", p99)                                                  \
	X("latency_max", max)                                                  \
	X("cpu_user", user)                                                    \
	X("cpu_system", system)                                                \
	X("cpu_devices", devices_cpu)                                          \
	X("memory_bytes", memory)                                              \
	X("context_switches", switches)

struct column {
	const char *name;
	size_t offset;
};

#define COLUMN(name, member) {name, offsetof(struct figures, member)},
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

/* ---- JSON */

/* Names and reasons are ours, but for a device's name in one. */
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
	for (size_t i = 0; row->nruns > 0 && i < NCOLUMNS; i++)
		(void)fprintf(out, ",\"%s\":%.6f", columns[i].name,
			      value_of(row, i));
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
		      "\"floor\":%.6f,\"cpu_floor\":%.6f,\"slowest\":",
		      NF_VERSION, outcome->ndevices, outcome->ncommands,
		      outcome->nruns, outcome->cores,
		      outcome->simulated ? "true" : "false", outcome->floor,
		      outcome->cpu);
	json_text(out, outcome->slowest != NULL ? outcome->slowest : "");
	(void)fputs(",\n\"rows\":[\n", out);
	for (size_t i = 0; i < outcome->nrows; i++) {
		json_row(out, &outcome->rows[i]);
		(void)fputs(i + 1 < outcome->nrows ? ",\n" : "\n", out);
	}
	(void)fputs("]}\n", out);
}

/* ---- CSV */

void export_csv(FILE *out, const struct outcome *outcome)
{
	(void)fputs("name,mode,workers,width,runs", out);
	for (size_t i = 0; i < NCOLUMNS; i++)
		(void)fprintf(out, ",%s", columns[i].name);
	for (int i = 0; i < NF_NTIMES; i++)
		(void)fprintf(out, ",stage_%s", nf_time_name((enum nf_time)i));
	(void)fputc('\n', out);
	for (size_t k = 0; k < outcome->nrows; k++) {
		const struct figures *row = &outcome->rows[k];
		char label[ROW_LABEL];

		row_label(label, &row->row);
		(void)fprintf(out, "%s,%s,%u,%u,%zu", label,
			      nf_mode_name(row->row.mode), row->row.workers,
			      row->row.width, row->nruns);
		for (size_t i = 0; i < NCOLUMNS; i++)
			(void)fprintf(out, row->nruns > 0 ? ",%.6f" : ",",
				      value_of(row, i));
		for (int i = 0; i < NF_NTIMES; i++)
			(void)fprintf(out, row->nruns > 0 ? ",%.6f" : ",",
				      row->stage[i]);
		(void)fputc('\n', out);
	}
}
