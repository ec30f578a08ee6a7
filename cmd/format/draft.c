/*
 * Drafts of platform files: the heading of each is a comment of YAML, as is
 * all that stands around it.
 */
#include "format/format.h"
#include "format/text.h"

struct draft {
	struct output *out;
};

static int draft_open(void *ctx, const struct format_run *run,
		      struct nf_error *err)
{
	struct draft *draft = ctx;

	(void)err;
	draft->out = run->out;
	return 0;
}

static int draft_device(void *ctx, const struct nf_device *dev,
			struct nf_result *result, struct nf_error *err)
{
	const struct draft *draft = ctx;

	output_text(draft->out, "# ");
	return text_write(draft->out, 0, dev, result, err);
}

const struct format format_draft = {
	.name = "text",
	.runs = FORMAT_LEARN,
	.ctx_size = sizeof(struct draft),
	.open = draft_open,
	.device = draft_device,
};
