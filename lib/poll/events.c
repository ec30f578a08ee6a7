/* What the caller of a poll is told while it runs. */
#include "base/clock.h"
#include "poll/poll_parts.h"

void poll_tell(const struct nf_poll *poll, enum nf_event_kind kind,
	       const struct nf_result *result)
{
	struct nf_event event = {
		.kind = kind,
		.device = result->device,
		.worker = result->worker,
		.when_us = kind == NF_EVENT_STARTED ? result->started_us
						    : real_us(),
		.error = &result->error,
	};

	if (poll->options.on_event != NULL)
		poll->options.on_event(poll->options.event_arg, &event);
}

void poll_note(const struct nf_poll *poll, const char *text)
{
	if (text[0] != '\0' && poll->options.log.line != NULL)
		poll->options.log.line(poll->options.log.arg, text);
}
