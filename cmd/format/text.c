/* Results for people. */
#include "format/escape.h"
#include "format/sink.h"

static double seconds(int64_t us)
{
	return (double)us / 1e6;
}

static void name_device(struct output *out, const struct nf_device *dev)
{
	escape_text(out, ESCAPE_LINE, dev->name);
	output_text(out, " (");
	escape_text(out, ESCAPE_LINE, dev->host);
	output_text(out, ")");
}

static void tell_error(struct output *out, const struct nf_result *result)
{
	const struct nf_error *error = &result->error;

	if (error->code == NF_SKIPPED)
		output_text(out, " skipped: ");
	else
		output_format(out, " failed, %.3f s: %s: %s: ",
			      seconds(result->us[NF_TIME_TOTAL]),
			      nf_stage_name(error->stage),
			      nf_code_name(error->code));
	escape_text(out, ESCAPE_LINE, error->message);
}

static void heading(struct output *out, const struct nf_device *dev,
		    const struct nf_result *result, size_t ncommands)
{
	const struct nf_error *error = &result->error;

	output_text(out, "=== ");
	name_device(out, dev);
	if (error->code == NF_OK) {
		output_text(out, " ok");
		if (result->platform != dev->platform) {
			output_text(out, ", ");
			escape_text(out, ESCAPE_LINE, result->platform);
		}
		if (result->rejected > 0)
			output_format(out, ", %u of %zu command%s refused",
				      result->rejected, ncommands,
				      ncommands == 1 ? "" : "s");
		output_format(out, ", %.3f s ===\n",
			      seconds(result->us[NF_TIME_TOTAL]));
		return;
	}
	tell_error(out, result);
	output_text(out, " ===\n");
}

static void end_of_answer(struct output *out, struct escape *escape,
			  const struct nf_part *part)
{
	escape_end(escape, out);
	if (escape->last != 0 && escape->last != '\n')
		output_text(out, "\n");
	if (part->truncated)
		output_text(out, "--- the answer is not whole ---\n");
	if (part->ran && part->signal[0] != '\0') {
		output_text(out, "--- killed by SIG");
		escape_text(out, ESCAPE_TEXT, part->signal);
		output_text(out, " ---\n");
	} else if (part->ran && part->exit_status > 0) {
		output_format(out, "--- exit status %d ---\n",
			      part->exit_status);
	}
}

static void name_command(struct output *out, const char *command)
{
	output_text(out, "--- ");
	escape_text(out, ESCAPE_LINE, command);
	output_text(out, " ---\n");
}

/* On a line of their own. */
static void begin_errors(struct output *out, struct escape *escape, bool *erred)
{
	if (*erred)
		return;
	*erred = true;
	escape_end(escape, out);
	if (escape->last != 0 && escape->last != '\n')
		output_text(out, "\n");
}

int sink_text(struct output *out, const struct nf_device *dev,
	      struct nf_result *result, size_t ncommands, struct nf_error *err)
{
	struct escape escape;
	struct nf_part part;
	bool erred = false;
	int rc;

	heading(out, dev, result, ncommands);
	escape_init(&escape, ESCAPE_TEXT);
	while ((rc = nf_result_read(result, &part, err)) == 1) {
		switch (part.kind) {
		case NF_PART_COMMAND:
			escape_init(&escape, ESCAPE_TEXT);
			erred = false;
			if (ncommands > 1)
				name_command(out, part.command);
			break;
		case NF_PART_STDERR:
			begin_errors(out, &escape, &erred);
			escape_bytes(&escape, out, part.bytes, part.len);
			break;
		case NF_PART_OUTPUT:
			escape_bytes(&escape, out, part.bytes, part.len);
			break;
		case NF_PART_END:
			end_of_answer(out, &escape, &part);
			break;
		}
	}
	output_text(out, "\n");
	return rc;
}

int sink_learn(struct output *out, const struct nf_device *dev,
	       struct nf_result *result, size_t ncommands, struct nf_error *err)
{
	output_text(out, "# ");
	return sink_text(out, dev, result, ncommands, err);
}
