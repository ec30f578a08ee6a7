/*
 * Results for programs: one JSON object a line. Written piece by piece, so that
 * an answer of any size takes no memory; a JSON library would want it whole.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "format/escape.h"
#include "format/sink.h"

static void string(struct output *out, const char *text)
{
	output_text(out, "\"");
	escape_text(out, ESCAPE_JSON, text);
	output_text(out, "\"");
}

static void member(struct output *out, const char *key, const char *text)
{
	output_format(out, ",\"%s\":", key);
	string(out, text);
}

static void number_of_seconds(struct output *out, const char *key, int64_t us)
{
	output_format(out, "\"%s\":%" PRId64 ".%06" PRId64, key, us / 1000000,
		      us % 1000000);
}

/* "2026-11-20T10:00:00.123456Z", or null for a device nobody took up. */
static void started(struct output *out, int64_t us)
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
static void names(struct output *out, const char *key, const char *list)
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

static void times(struct output *out, const struct nf_result *result)
{
	output_text(out, ",\"seconds\":{");
	for (int i = 0; i < NF_NTIMES; i++) {
		if (i > 0)
			output_text(out, ",");
		number_of_seconds(out, nf_time_name((enum nf_time)i),
				  result->us[i]);
	}
	output_text(out, "}");
}

static void error_of(struct output *out, const struct nf_error *error)
{
	output_format(out, ",\"error\":{\"stage\":\"%s\",\"code\":\"%s\"",
		      nf_stage_name(error->stage), nf_code_name(error->code));
	member(out, "message", error->message);
	output_text(out, "}");
}

static void head(struct output *out, const struct nf_device *dev,
		 const struct nf_result *result)
{
	output_text(out, "{\"device\":");
	string(out, dev->name);
	member(out, "host", dev->host);
	output_format(out, ",\"port\":%u", dev->port);
	member(out, "platform", result->platform);
	member(out, "status", result->error.code == NF_OK ? "ok" : "failed");
	output_format(out, ",\"worker\":%u,\"attempts\":%u", result->worker,
		      result->attempts);
	member(out, "prompt", result->prompt);
	names(out, "weak", result->weak);
	started(out, result->started_us);
	times(out, result);
	if (result->error.code != NF_OK)
		error_of(out, &result->error);
}

static const char *truth(bool value)
{
	return value ? "true" : "false";
}

/* Of a program: its standard error came before, if there was any. */
static void end_of_program(struct output *out, const struct nf_part *part)
{
	if (part->exit_status >= 0)
		output_format(out, ",\"exit_status\":%d", part->exit_status);
	else
		output_text(out, ",\"exit_status\":null");
	if (part->signal[0] != '\0')
		member(out, "signal", part->signal);
}

static void end_of_answer(struct output *out, const struct nf_part *part,
			  bool erred)
{
	output_text(out, part->ran && !erred ? "\",\"stderr\":\"\"" : "\"");
	if (part->ran)
		end_of_program(out, part);
	output_format(out, ",\"bytes\":%" PRIu64 ",", part->total);
	number_of_seconds(out, "seconds", part->us);
	output_format(out, ",\"rejected\":%s,\"truncated\":%s}",
		      truth(part->rejected), truth(part->truncated));
}

int sink_ndjson(struct output *out, const struct nf_device *dev,
		struct nf_result *result, size_t ncommands,
		struct nf_error *err)
{
	const char *separator = "";
	struct escape escape;
	struct nf_part part;
	bool erred = false, inside = false;
	int rc;

	(void)ncommands;
	head(out, dev, result);
	output_text(out, ",\"commands\":[");
	escape_init(&escape, ESCAPE_JSON);
	while ((rc = nf_result_read(result, &part, err)) == 1) {
		switch (part.kind) {
		case NF_PART_COMMAND:
			output_format(out, "%s{\"command\":", separator);
			string(out, part.command);
			output_text(out, ",\"output\":\"");
			separator = ",";
			erred = false;
			inside = true;
			break;
		case NF_PART_STDERR:
			if (!erred) {
				escape_end(&escape, out);
				output_text(out, "\",\"stderr\":\"");
			}
			erred = true;
			escape_bytes(&escape, out, part.bytes, part.len);
			break;
		case NF_PART_OUTPUT:
			escape_bytes(&escape, out, part.bytes, part.len);
			break;
		case NF_PART_END:
			escape_end(&escape, out);
			end_of_answer(out, &part, erred);
			inside = false;
			break;
		}
	}
	if (inside) { /* it cannot be read on */
		escape_end(&escape, out);
		part = (struct nf_part){.truncated = true};
		end_of_answer(out, &part, erred);
	}
	output_text(out, "]}\n");
	return rc;
}
