/* What a worker writes: frames, and the messages inside them. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "poll/plan/plan.h"
#include "poll/protocol.h"
#include "worker/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void decode(const struct frame *frame, struct protocol *protocol)
{
	struct message message;
	struct nf_error err;

	switch (frame->type) {
	case FRAME_DATA:
		if (message_decode(&message, frame->payload, frame->len) == 0)
			(void)protocol_accept(protocol, &message);
		break;
	case FRAME_DONE:
	case FRAME_HELLO:
		(void)error_decode(&err, frame->payload, frame->len);
		break;
	case FRAME_STARTED:
	case FRAME_READY:
		break;
	}
}

/* The first byte says in how large pieces the rest arrives. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct frame_parser parser;
	size_t step, at = 1, used;
	static const struct nf_content content;
	const struct nf_poll_options options = {
		.ncommands = 8, .content = len % 2 != 0 ? &content : NULL};
	const struct plan plan = {.options = &options, .npatterns = 3};
	struct protocol protocol = {.plan = &plan};
	struct frame frame;
	int rc = 0;

	if (len == 0)
		return 0;
	step = (size_t)bytes[0] + 1;
	memset(&parser, 0, sizeof(parser));
	while (at < len && rc != -1) {
		size_t n = len - at < step ? len - at : step;

		rc = frame_parser_feed(&parser, bytes + at, n, &used, &frame,
				       NULL);
		if (used > n || (rc == 0 && used != n))
			abort();
		if (rc == 1)
			decode(&frame, &protocol);
		at += used;
	}
	return 0;
}
