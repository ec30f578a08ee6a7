/* A writer: the results of one run on their way out. */
#include "format/writer.h"

#include <stdio.h>
#include <stdlib.h>

int writer_open(struct writer *writer, const struct format *format,
		const struct format_run *run, struct nf_error *err)
{
	void *ctx = calloc(1, format->ctx_size);

	*writer = (struct writer){.out = run->out};
	if (ctx == NULL) {
		(void)snprintf(err->message, sizeof(err->message),
			       "out of memory");
		return -1;
	}
	if (format->open(ctx, run, err) == -1) {
		free(ctx);
		return -1;
	}
	writer->format = format;
	writer->ctx = ctx;
	return 0;
}

/* Each result is flushed: a reader sees it as soon as it is there. */
int writer_take(struct writer *writer, const struct nf_device *dev,
		struct nf_result *result, struct nf_error *err)
{
	int rc = writer->format->device(writer->ctx, dev, result, err);

	output_flush(writer->out);
	writer->written += rc == 1 && writer->out->sys_errno == 0;
	writer->kept += rc == 0;
	return rc == -1 ? -1 : 0;
}

int writer_close(struct writer *writer, struct nf_error *err)
{
	const struct format *format = writer->format;
	int rc = 0;

	if (format == NULL)
		return 0;
	if (format->close != NULL)
		rc = format->close(writer->ctx, err);
	output_flush(writer->out);
	if (rc == 0 && writer->out->sys_errno == 0)
		writer->written += writer->kept;
	free(writer->ctx);
	writer->format = NULL;
	writer->ctx = NULL;
	return rc;
}
