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

void poll_tell_retry(const struct nf_poll *poll, size_t device,
		     const struct nf_error *error, int64_t pause_us)
{
	const struct progress *progress = &poll->progress[device];
	const struct nf_event event = {
		.kind = NF_EVENT_RETRY,
		.device = device,
		.worker = progress->worker,
		.when_us = real_us(),
		.error = error,
		.retry = progress->retries,
		.pause_us = pause_us,
	};

	if (poll->options.on_event != NULL)
		poll->options.on_event(poll->options.event_arg, &event);
}

void poll_note(const struct nf_poll *poll, const char *text)
{
	if (text[0] != '\0' && poll->options.log.line != NULL)
		poll->options.log.line(poll->options.log.arg, text);
}
