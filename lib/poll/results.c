/* Results: made when a device has ended, and handed out one by one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "poll/poll_parts.h"

static void ready_free(struct ready *ready)
{
	if (ready == NULL)
		return;
	body_release(&ready->body);
	free(ready);
}

static const char *platform_name(const struct plan *plan, size_t place)
{
	return patterns_platform(plan->patterns[place])->name;
}

static void take_session(const struct plan *plan, struct ready *ready,
			 const struct message *message)
{
	struct nf_result *result = &ready->result;
	int64_t queue_us = result->us[NF_TIME_QUEUE];

	result->error = message->result.error;
	memcpy(result->us, message->result.us, sizeof(result->us));
	result->us[NF_TIME_QUEUE] = queue_us;
	result->platform = platform_name(plan, message->result.platform);
	result->unknown_prompt = message->result.unknown_prompt;
	result->privileged = message->result.privileged;
	memcpy(ready->prompt, message->result.prompt, sizeof(ready->prompt));
	memcpy(ready->weak, message->result.weak, sizeof(ready->weak));
	ready->key = message->result.key;
	result->key = ready->key.state;
}

/*
 * Set what became of a device: what its session said, whatever its worker did
 * after that; else why the task was not done, at the stage that the session had
 * come to, and what is known of the device all the same.
 */
static void set_outcome(const struct plan *plan, struct ready *ready,
			const struct progress *progress,
			const struct pool_outcome *outcome)
{
	struct nf_error *error = &ready->result.error;

	if (progress->result != NULL)
		take_session(plan, ready, progress->result);
	if (progress->result != NULL && outcome->end != POOL_NO_ROOM)
		return;
	*error = *outcome->error;
	error->stage = progress->protocol.next_command > 0
			       ? NF_STAGE_COMMAND
			       : stages_of(&plan->stages, outcome->task->index);
	if (progress->prompt != NULL)
		(void)snprintf(ready->prompt, sizeof(ready->prompt), "%s",
			       progress->prompt);
}

/* A device was found out, or was not: then its platform is the neutral one. */
static void note_detected(struct nf_poll *poll, uint32_t index,
			  const struct message *message)
{
	uint32_t place = message->result.platform;

	if (place != poll->plan.platform[index])
		notes_enable(poll, index, place);
}

/* NULL and a broken poll when there is no memory for a result. */
static struct ready *ready_new(struct nf_poll *poll, uint32_t index,
			       struct spool *spool)
{
	struct ready *ready = calloc(1, sizeof(*ready));

	if (ready == NULL) {
		poll->broken = true;
		return NULL;
	}
	ready->result.device = index;
	ready->result.attempts = poll->progress[index].attempts;
	ready->result.platform =
		platform_name(&poll->plan, poll->plan.platform[index]);
	ready->result.prompt = ready->prompt;
	ready->result.weak = ready->weak;
	ready->result.key_type = ready->key.type;
	ready->result.key_fingerprint = ready->key.fingerprint;
	ready->result.body = &ready->body;
	body_init(&ready->body, spool, &poll->plan);
	return ready;
}

static void ready_put(struct nf_poll *poll, struct ready *ready)
{
	poll_tell(poll, NF_EVENT_ENDED, &ready->result);
	if (poll->last != NULL)
		poll->last->next = ready;
	else
		poll->first = ready;
	poll->last = ready;
}

void results_end_early(struct nf_poll *poll, uint32_t index,
		       enum nf_stage stage, enum nf_code code,
		       const char *message)
{
	struct ready *ready;
	struct spool none;

	spool_init(&none, &poll->nothing);
	ready = ready_new(poll, index, &none);
	if (ready == NULL)
		return;
	ready->result.error.stage = stage;
	(void)error_set(&ready->result.error, code, "%s", message);
	ready_put(poll, ready);
}

void results_end_waiting(struct nf_poll *poll, uint32_t index,
			 const struct nf_error *why)
{
	const struct progress *progress = &poll->progress[index];
	struct ready *ready;
	struct spool none;

	if (progress->result == NULL) {
		results_end_early(poll, index, NF_STAGE_CONNECT, why->code,
				  why->message);
		return;
	}
	spool_init(&none, &poll->nothing);
	ready = ready_new(poll, index, &none);
	if (ready == NULL)
		return;
	ready->result.worker = progress->worker;
	ready->result.started_us = progress->started_us;
	ready->result.us[NF_TIME_QUEUE] = progress->queue_us;
	take_session(&poll->plan, ready, progress->result);
	ready_put(poll, ready);
}

void results_end_task(struct nf_poll *poll, const struct pool_outcome *outcome)
{
	uint32_t index = outcome->task->index;
	const struct progress *progress = &poll->progress[index];
	struct ready *ready = ready_new(poll, index, outcome->spool);

	if (ready == NULL)
		return;
	ready->result.worker = outcome->worker;
	ready->result.attempts += outcome->task->attempts;
	ready->result.started_us = progress->started_us;
	ready->result.us[NF_TIME_QUEUE] = progress->queue_us;
	if (progress->started_us != 0)
		ready->result.us[NF_TIME_TOTAL] =
			mono_us() - poll->opened_us - progress->queue_us;
	ready->result.rejected = progress->rejected;
	set_outcome(&poll->plan, ready, progress, outcome);
	if (progress->result != NULL && plan_detects(&poll->plan, index))
		note_detected(poll, index, progress->result);
	ready_put(poll, ready);
}

struct nf_result *nf_poll_take(struct nf_poll *poll)
{
	struct ready *ready = poll->first;

	ready_free(poll->taken);
	poll->taken = ready;
	if (ready == NULL)
		return NULL;
	poll->first = ready->next;
	if (poll->first == NULL)
		poll->last = NULL;
	poll->pending--;
	return &ready->result;
}

void results_free(struct nf_poll *poll)
{
	ready_free(poll->taken);
	while (poll->first != NULL) {
		struct ready *next = poll->first->next;

		ready_free(poll->first);
		poll->first = next;
	}
}
