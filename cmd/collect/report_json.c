/* A report for programs: one JSON object, with all devices. */
#include <inttypes.h>

#include "collect/excerpt.h"
#include "collect/report.h"
#include "format/escape.h"

/* ---- members, each behind a comma */

static void put_string(struct output *out, const char *text)
{
	output_text(out, "\"");
	escape_text(out, ESCAPE_JSON, text);
	output_text(out, "\"");
}

static void put_member(struct output *out, const char *key, const char *text)
{
	output_format(out, ",\"%s\":", key);
	put_string(out, text);
}

static void put_number(struct output *out, const char *key, uint64_t number)
{
	output_format(out, ",\"%s\":%" PRIu64, key, number);
}

static void put_seconds(struct output *out, int64_t us)
{
	output_format(out, ",\"seconds\":%" PRId64 ".%06" PRId64, us / 1000000,
		      us % 1000000);
}

/* A time, or null for none. */
static void put_time(struct output *out, const char *key, int64_t us)
{
	char when[COLLECTION_TIME];

	collection_time_utc(when, us);
	if (when[0] != '\0')
		put_member(out, key, when);
	else
		output_format(out, ",\"%s\":null", key);
}

/* ---- outputs */

struct lines {
	struct output *out;
	size_t n;
};

static void put_line(void *arg, const char *line, size_t len, size_t cut)
{
	struct lines *lines = arg;
	struct escape escape;

	output_text(lines->out, lines->n++ > 0 ? ",\"" : "\"");
	escape_init(&escape, ESCAPE_JSON);
	escape_bytes(&escape, lines->out, (const uint8_t *)line, len);
	escape_end(&escape, lines->out);
	if (cut > 0)
		output_format(lines->out, " (%zu byte%s more)", cut,
			      cut == 1 ? "" : "s");
	output_text(lines->out, "\"");
}

/* The lines of an output that changed; null where they could not all be begun
 * with, as there is no room or no diff. */
static void put_diff(struct output *out, struct excerpts *excerpts,
		     size_t device, size_t output)
{
	struct lines *lines = excerpts->arg;
	struct nf_error err;
	size_t left_out;

	if (excerpts->room == 0) {
		output_text(out, ",\"diff\":null");
		return;
	}
	lines->n = 0;
	output_text(out, ",\"diff\":[");
	if (excerpts_take(excerpts, device, output, &left_out, &err) ==
	    EXCERPT_FAILED) {
		output_text(out, "]");
		put_member(out, "diff_error", err.message);
		return;
	}
	output_text(out, "]");
	put_number(out, "diff_left_out", left_out);
}

static void put_output(struct output *out, struct excerpts *excerpts,
		       size_t device, size_t i)
{
	const struct nf_store_output *output =
		&excerpts->c->devices[device]->outputs[i];

	output_text(out, i > 0 ? ",{\"command\":" : "{\"command\":");
	put_string(out, output->command);
	put_member(out, "path", output->path);
	put_member(out, "status", nf_output_fate_name(output->fate));
	put_number(out, "bytes", output->bytes);
	put_number(out, "bytes_before", output->bytes_before);
	if (output->why[0] != '\0')
		put_member(out, "why", output->why);
	if (output->fate == NF_OUTPUT_SHRUNK)
		put_number(out, "runs", output->shrunk);
	if (output->fate == NF_OUTPUT_CHANGED)
		put_diff(out, excerpts, device, i);
	output_text(out, "}");
}

/* ---- devices */

static void put_error(struct output *out, const struct nf_error *error)
{
	output_format(out, ",\"error\":{\"stage\":\"%s\",\"code\":\"%s\"",
		      nf_stage_name(error->stage), nf_code_name(error->code));
	put_member(out, "message", error->message);
	output_text(out, "}");
}

static void put_device(struct output *out, struct excerpts *excerpts, size_t i)
{
	const struct nf_store_device *dev = excerpts->c->devices[i];

	output_text(out, i > 0 ? ",\n{\"device\":" : "\n{\"device\":");
	put_string(out, dev->name);
	put_member(out, "host", dev->host);
	put_member(out, "platform", dev->platform);
	put_member(out, "status", nf_device_fate_name(dev->fate));
	put_time(out, "tried", dev->tried_us);
	put_time(out, "succeeded", dev->succeeded_us);
	put_time(out, "failing", dev->failing_us);
	put_seconds(out, dev->us);
	put_number(out, "bytes", dev->bytes);
	put_number(out, "changes", dev->changes);
	if (dev->error.code != NF_OK)
		put_error(out, &dev->error);
	output_text(out, ",\"outputs\":[");
	for (size_t n = 0; n < dev->noutputs; n++)
		put_output(out, excerpts, i, n);
	output_text(out, "]}");
}

/* ---- the whole */

static void put_counts(struct output *out, const struct collection *c)
{
	output_text(out, ",\"counts\":{");
	for (int fate = 0; fate < NF_NDEVICE_FATES; fate++)
		output_format(out, "%s\"%s\":%zu", fate > 0 ? "," : "",
			      nf_device_fate_name((enum nf_device_fate)fate),
			      c->counts[fate]);
	output_text(out, "}");
}

static void write_json(struct output *out, const struct collection *c)
{
	struct lines lines = {.out = out};
	struct excerpts excerpts = excerpts_begin(c, put_line, &lines);

	output_text(out, "{\"dir\":");
	put_string(out, c->dir);
	put_member(out, "commit", c->commit);
	put_time(out, "started", c->started_us);
	put_seconds(out, c->us);
	put_counts(out, c);
	output_text(out, ",\"problems\":[");
	for (size_t i = 0; i < c->nproblems; i++) {
		output_text(out, i > 0 ? "," : "");
		put_string(out, c->problems[i]);
	}
	output_text(out, "],\"devices\":[");
	for (size_t i = 0; i < c->ndevices; i++)
		put_device(out, &excerpts, i);
	output_text(out, "]}\n");
}

const struct report_kind report_json = {.name = "json", .write = write_json};
