/* A result as people read it. */
#include "format/text.h"

#include "format/escape.h"
#include "format/format.h"

static double seconds(int64_t us)
{
	return (double)us / 1e6;
}

static void write_name(struct output *out, const struct nf_device *dev)
{
	escape_text(out, ESCAPE_LINE, dev->name);
	output_text(out, " (");
	escape_text(out, ESCAPE_LINE, dev->host);
	output_text(out, ")");
}

static void write_error(struct output *out, const struct nf_result *result)
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

static void write_success(struct output *out, const struct nf_device *dev,
			  const struct nf_result *result, size_t ncommands)
{
	output_text(out, " ok");
	if (result->platform != dev->platform) {
		output_text(out, ", ");
		escape_text(out, ESCAPE_LINE, result->platform);
	}
	if (result->unknown_prompt) {
		output_text(out, ", its prompt is not one of ");
		escape_text(out, ESCAPE_LINE, result->platform);
	}
	if (result->rejected > 0)
		output_format(out, ", %u of %zu command%s refused",
			      result->rejected, ncommands,
			      ncommands == 1 ? "" : "s");
	output_format(out, ", %.3f s", seconds(result->us[NF_TIME_TOTAL]));
}

static void write_heading(struct output *out, const struct nf_device *dev,
			  const struct nf_result *result, size_t ncommands)
{
	output_text(out, "=== ");
	write_name(out, dev);
	if (result->error.code == NF_OK)
		write_success(out, dev, result, ncommands);
	else
		write_error(out, result);
	output_text(out, " ===\n");
}

static void write_command(struct output *out, const char *command)
{
	output_text(out, "--- ");
	escape_first_line(out, ESCAPE_LINE, command);
	output_text(out, " ---\n");
}

/* End a line that was begun. */
static void end_line(struct output *out, struct escape *escape)
{
	escape_end(escape, out);
	if (escape->last != 0 && escape->last != '\n')
		output_text(out, "\n");
}

/* Write below an answer what it ended with, if that is worth a line. */
static void write_end(struct output *out, const struct nf_part *part)
{
	if (part->truncated)
		output_text(out, "--- the answer is not whole ---\n");
	if (part->left_open)
		output_text(out,
			    "--- it ended, and left its output open ---\n");
	if (part->ran && part->signal[0] != '\0') {
		output_text(out, "--- killed by SIG");
		escape_text(out, ESCAPE_TEXT, part->signal);
		output_text(out, " ---\n");
	} else if (part->ran && part->exit_status > 0) {
		output_format(out, "--- exit status %d ---\n",
			      part->exit_status);
	}
}

/* Write the answers: 0 at the end, -1 when they cannot be read on. */
static int write_answers(struct output *out, size_t ncommands,
			 struct nf_result *result, struct nf_error *err)
{
	struct escape escape;
	struct nf_part part;
	bool erred = false;
	int rc;

	escape_init(&escape, ESCAPE_TEXT);
	while ((rc = nf_result_read(result, &part, err)) == 1) {
		switch (part.kind) {
		case NF_PART_COMMAND:
			escape_init(&escape, ESCAPE_TEXT);
			erred = false;
			if (ncommands > 1)
				write_command(out, part.command);
			break;
		case NF_PART_STDERR:
			if (!erred)
				end_line(out, &escape);
			erred = true;
			escape_bytes(&escape, out, part.bytes, part.len);
			break;
		case NF_PART_OUTPUT:
			escape_bytes(&escape, out, part.bytes, part.len);
			break;
		case NF_PART_END:
			end_line(out, &escape);
			write_end(out, &part);
			break;
		}
	}
	return rc;
}

int text_write(struct output *out, size_t ncommands,
	       const struct nf_device *dev, struct nf_result *result,
	       struct nf_error *err)
{
	int rc;

	write_heading(out, dev, result, ncommands);
	rc = write_answers(out, ncommands, result, err);
	output_text(out, "\n");
	return rc == 0 ? 1 : -1;
}

/* ---- the format */

struct text {
	struct output *out;
	size_t ncommands;
};

static int text_open(void *ctx, const struct format_run *run,
		     struct nf_error *err)
{
	struct text *text = ctx;

	(void)err;
	text->out = run->out;
	text->ncommands = run->ncommands;
	return 0;
}

static int text_device(void *ctx, const struct nf_device *dev,
		       struct nf_result *result, struct nf_error *err)
{
	const struct text *text = ctx;

	return text_write(text->out, text->ncommands, dev, result, err);
}

const struct format format_text = {
	.name = "text",
	.runs = FORMAT_POLL,
	.ctx_size = sizeof(struct text),
	.open = text_open,
	.device = text_device,
};
