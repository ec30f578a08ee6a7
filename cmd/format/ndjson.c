/*
 * Results for programs: one JSON object a line, or all in one array. Written piece by piece, so that
 * an answer of any size takes no memory; a JSON library would want it whole.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "format/escape.h"
#include "format/format.h"
#include "format/steps.h"

/* The place in a device's line that was written to. */
enum place {
	PLACE_COMMANDS, /* the array "commands", between two objects */
	PLACE_OUTPUT, /* a command's string "output" */
	PLACE_STDERR, /* a command's string "stderr", behind it */
};

struct ndjson {
	struct output *out;
	bool host_keys; /* each line has one */
	bool steps; /* how far each device came is told */
	bool array; /* all objects are one array */
	bool begun; /* an object stands in it */
	enum place place;
	size_t ncommands; /* objects of the array */
	struct escape escape; /* of the string that is open */
};

/* ---- members */

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

static void put_seconds(struct output *out, const char *key, int64_t us)
{
	output_format(out, "\"%s\":%" PRId64 ".%06" PRId64, key, us / 1000000,
		      us % 1000000);
}

/* Time of day in UTC, "2026-11-20T10:00:00.123456Z"; null for a device that no
 * worker took up. */
static void put_started(struct output *out, int64_t us)
{
	time_t seconds = (time_t)(us / 1000000);
	struct tm tm;
	char text[32];

	if (us == 0 || gmtime_r(&seconds, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm) == 0)
		output_text(out, ",\"started\":null");
	else
		output_format(out, ",\"started\":\"%s.%06dZ\"", text,
			      (int)(us % 1000000));
}

/* A comma-separated list as an array of strings. */
static void put_names(struct output *out, const char *key, const char *list)
{
	const char *separator = "";
	struct escape escape;

	output_format(out, ",\"%s\":[", key);
	while (*list != '\0') {
		size_t len = strcspn(list, ",");

		output_format(out, "%s\"", separator);
		escape_init(&escape, ESCAPE_JSON);
		escape_bytes(&escape, out, (const uint8_t *)list, len);
		escape_end(&escape, out);
		output_text(out, "\"");
		list += len + (list[len] == ',');
		separator = ",";
	}
	output_text(out, "]");
}

static void put_times(struct output *out, const struct nf_result *result)
{
	output_text(out, ",\"seconds\":{");
	for (int i = 0; i < NF_NTIMES; i++) {
		if (i > 0)
			output_text(out, ",");
		put_seconds(out, nf_time_name((enum nf_time)i), result->us[i]);
	}
	output_text(out, "}");
}

/* How far a device came: null for a step that was not come to. */
static void put_steps(struct output *out, const struct nf_result *result)
{
	static const char *const words[] = {[STEP_NOT] = "null",
					    [STEP_OK] = "\"ok\"",
					    [STEP_FAILED] = "\"failed\""};

	output_text(out, ",\"steps\":{");
	for (int i = 0; i < NSTEPS; i++)
		output_format(out, "%s\"%s\":%s", i > 0 ? "," : "",
			      step_name((enum step)i),
			      words[step_state(result, (enum step)i)]);
	output_text(out, "}");
}

static void put_error(struct output *out, const struct nf_error *error)
{
	output_format(out, ",\"error\":{\"stage\":\"%s\",\"code\":\"%s\"",
		      nf_stage_name(error->stage), nf_code_name(error->code));
	put_member(out, "message", error->message);
	output_text(out, "}");
}

static void put_key(struct output *out, const struct nf_result *result)
{
	if (result->key == NF_KEY_NONE) {
		output_text(out, ",\"host_key\":null");
		return;
	}
	output_format(out, ",\"host_key\":{\"state\":\"%s\"",
		      nf_key_name(result->key));
	put_member(out, "type", result->key_type);
	put_member(out, "fingerprint", result->key_fingerprint);
	output_text(out, "}");
}

static void put_head(struct output *out, const struct nf_device *dev,
		     const struct nf_result *result)
{
	output_text(out, "{\"device\":");
	put_string(out, dev->name);
	put_member(out, "host", dev->host);
	output_format(out, ",\"port\":%u", dev->port);
	put_member(out, "platform", result->platform);
	put_member(out, "status",
		   result->error.code == NF_OK ? "ok" : "failed");
	output_format(out, ",\"worker\":%u,\"attempts\":%u", result->worker,
		      result->attempts);
	put_member(out, "prompt", result->prompt);
	if (result->unknown_prompt)
		output_text(out, ",\"unknown_prompt\":true");
	put_names(out, "weak", result->weak);
	put_started(out, result->started_us);
	put_times(out, result);
	if (result->error.code != NF_OK)
		put_error(out, &result->error);
}

static const char *truth(bool value)
{
	return value ? "true" : "false";
}

/* ---- commands and their answers */

static void begin_command(struct ndjson *ndjson, const struct nf_part *part)
{
	output_text(ndjson->out, ndjson->ncommands++ > 0 ? ",{\"command\":\""
							 : "{\"command\":\"");
	escape_first_line(ndjson->out, ESCAPE_JSON, part->command);
	output_text(ndjson->out, "\",\"output\":\"");
	escape_init(&ndjson->escape, ESCAPE_JSON);
	ndjson->place = PLACE_OUTPUT;
}

/* End "output", and begin "stderr" behind it. */
static void begin_stderr(struct ndjson *ndjson)
{
	escape_end(&ndjson->escape, ndjson->out);
	output_text(ndjson->out, "\",\"stderr\":\"");
	ndjson->place = PLACE_STDERR;
}

static void put_bytes(struct ndjson *ndjson, const struct nf_part *part)
{
	escape_bytes(&ndjson->escape, ndjson->out, part->bytes, part->len);
}

/* The members that a program has, and a command typed in a shell has not. */
static void put_program(struct output *out, const struct nf_part *part)
{
	if (part->exit_status >= 0)
		output_format(out, ",\"exit_status\":%d", part->exit_status);
	else
		output_text(out, ",\"exit_status\":null");
	if (part->signal[0] != '\0')
		put_member(out, "signal", part->signal);
	if (part->left_open)
		output_text(out, ",\"left_open\":true");
}

static void end_command(struct ndjson *ndjson, const struct nf_part *part)
{
	struct output *out = ndjson->out;

	if (part->ran && ndjson->place == PLACE_OUTPUT)
		begin_stderr(ndjson);
	escape_end(&ndjson->escape, out);
	output_text(out, "\"");
	if (part->ran)
		put_program(out, part);
	output_format(out, ",\"bytes\":%" PRIu64 ",", part->total);
	put_seconds(out, "seconds", part->us);
	output_format(out, ",\"rejected\":%s,\"truncated\":%s}",
		      truth(part->rejected), truth(part->truncated));
	ndjson->place = PLACE_COMMANDS;
}

/*
 * May this part stand here? The library keeps their order; were it wrong, bytes
 * would land in a string that says something else of them.
 */
static bool is_in_order(enum place place, enum nf_part_kind kind)
{
	switch (kind) {
	case NF_PART_COMMAND:
		return place == PLACE_COMMANDS;
	case NF_PART_OUTPUT:
		return place == PLACE_OUTPUT;
	case NF_PART_STDERR:
	case NF_PART_END:
		break;
	}
	return place != PLACE_COMMANDS;
}

static int put_part(struct ndjson *ndjson, const struct nf_part *part,
		    struct nf_error *err)
{
	if (!is_in_order(ndjson->place, part->kind)) {
		(void)snprintf(err->message, sizeof(err->message),
			       "its output is out of order");
		return -1;
	}
	switch (part->kind) {
	case NF_PART_COMMAND:
		begin_command(ndjson, part);
		break;
	case NF_PART_STDERR:
		if (ndjson->place == PLACE_OUTPUT)
			begin_stderr(ndjson);
		put_bytes(ndjson, part);
		break;
	case NF_PART_OUTPUT:
		put_bytes(ndjson, part);
		break;
	case NF_PART_END:
		end_command(ndjson, part);
		break;
	}
	return 0;
}

/* Write the answers: 0 at the end, -1 when they cannot be read on; the one that
 * is being written is cut then, and says so. */
static int put_answers(struct ndjson *ndjson, struct nf_result *result,
		       struct nf_error *err)
{
	struct nf_part part;
	int rc;

	while ((rc = nf_result_read(result, &part, err)) == 1) {
		if (put_part(ndjson, &part, err) == -1) {
			rc = -1;
			break;
		}
	}
	if (ndjson->place != PLACE_COMMANDS)
		end_command(ndjson, &(struct nf_part){.truncated = true});
	return rc;
}

/* ---- the format */

static int ndjson_open(void *ctx, const struct format_run *run,
		       struct nf_error *err)
{
	struct ndjson *ndjson = ctx;

	(void)err;
	ndjson->out = run->out;
	ndjson->host_keys = run->host_keys;
	ndjson->steps = run->ncommands == 0 && !run->host_keys;
	return 0;
}

static int json_open(void *ctx, const struct format_run *run,
		     struct nf_error *err)
{
	struct ndjson *ndjson = ctx;

	ndjson->array = true;
	output_text(run->out, "[");
	return ndjson_open(ctx, run, err);
}

static int ndjson_device(void *ctx, const struct nf_device *dev,
			 struct nf_result *result, struct nf_error *err)
{
	struct ndjson *ndjson = ctx;
	int rc;

	if (ndjson->array)
		output_text(ndjson->out, ndjson->begun ? ",\n" : "\n");
	ndjson->begun = true;
	put_head(ndjson->out, dev, result);
	if (ndjson->host_keys)
		put_key(ndjson->out, result);
	if (ndjson->steps)
		put_steps(ndjson->out, result);
	output_text(ndjson->out, ",\"commands\":[");
	ndjson->ncommands = 0;
	rc = put_answers(ndjson, result, err);
	output_text(ndjson->out, ndjson->array ? "]}" : "]}\n");
	return rc == 0 ? 1 : -1;
}

static int json_close(void *ctx, struct nf_error *err)
{
	struct ndjson *ndjson = ctx;

	(void)err;
	output_text(ndjson->out, "\n]\n");
	return 0;
}

const struct format format_ndjson = {
	.name = "ndjson",
	.runs = FORMAT_ANY,
	.ctx_size = sizeof(struct ndjson),
	.open = ndjson_open,
	.device = ndjson_device,
};

const struct format format_json = {
	.name = "json",
	.runs = FORMAT_ANY,
	.ctx_size = sizeof(struct ndjson),
	.open = json_open,
	.device = ndjson_device,
	.close = json_close,
};
