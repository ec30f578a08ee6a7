/* The host keys of devices as they are scanned: a line each, for people. */
#include "address.h"
#include "format/escape.h"
#include "format/format.h"

struct keys {
	struct output *out;
};

static int keys_open(void *ctx, const struct format_run *run,
		     struct nf_error *err)
{
	struct keys *keys = ctx;

	(void)err;
	keys->out = run->out;
	return 0;
}

static void write_key(struct output *out, const struct nf_result *result)
{
	output_text(out, nf_key_name(result->key));
	output_text(out, " ");
	escape_text(out, ESCAPE_LINE, result->key_type);
	output_text(out, " ");
	escape_text(out, ESCAPE_LINE, result->key_fingerprint);
}

static void write_error(struct output *out, const struct nf_error *error)
{
	if (error->code == NF_SKIPPED)
		output_text(out, "skipped: ");
	else
		output_format(out,
			      "failed: %s: %s: ", nf_stage_name(error->stage),
			      nf_code_name(error->code));
	escape_text(out, ESCAPE_LINE, error->message);
}

static int keys_device(void *ctx, const struct nf_device *dev,
		       struct nf_result *result, struct nf_error *err)
{
	const struct keys *keys = ctx;
	char address[ADDRESS_TEXT];

	(void)err;
	address_text(address, dev);
	escape_text(keys->out, ESCAPE_LINE, dev->name);
	output_text(keys->out, " (");
	escape_text(keys->out, ESCAPE_LINE, address);
	output_text(keys->out, ") ");
	if (result->error.code == NF_OK)
		write_key(keys->out, result);
	else
		write_error(keys->out, &result->error);
	output_text(keys->out, "\n");
	return 1;
}

const struct format format_keys = {
	.name = "text",
	.runs = FORMAT_HOSTKEYS,
	.ctx_size = sizeof(struct keys),
	.open = keys_open,
	.device = keys_device,
};
