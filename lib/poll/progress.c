/* What the parent hears of a device that runs. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "poll/poll_parts.h"
#include "poll/requests/proxy_commands.h"
#include "poll/requests/requests.h"

void progress_release(struct progress *progress)
{
	free(progress->result);
	free(progress->prompt);
	progress->result = NULL;
	progress->prompt = NULL;
	progress->asks = false;
}

void progress_started(void *arg, const struct task *task, unsigned worker,
		      int64_t when_us)
{
	struct nf_poll *poll = arg;
	struct progress *progress = &poll->progress[task->index];
	struct nf_result result = {
		.device = task->index, .worker = worker, .started_us = when_us};

	progress->worker = worker;
	progress->started_us = when_us;
	progress->queue_us = mono_us() - poll->opened_us;
	proxy_commands_left(poll, task->index); /* of the attempt before */
	progress_release(progress);
	progress->rejected = progress->nrequests = 0;
	progress->protocol = (struct protocol){.plan = &poll->plan};
	login_queue_begin(poll->queue, task->index);
	poll_tell(poll, NF_EVENT_STARTED, &result);
}

/* The parent alone writes known_hosts, and accepts one key an endpoint: a session
 * may have seen the one that a jump host, which is the same, was just let in by. */
static enum pool_verdict take_key(struct nf_poll *poll, uint32_t index,
				  const struct message *message)
{
	struct plan *plan = &poll->plan;
	const struct device *dev = inventory_device(plan->inv, index);
	struct host host = inventory_key_host(dev);

	if (plan_host_keys(plan, index) != NF_HOST_KEYS_ACCEPT_NEW ||
	    dev->access->hostkey_fingerprint != NULL ||
	    hostkeys_check(plan->known, host.name, host.port,
			   message->hostkey.type, message->hostkey.key,
			   message->hostkey.len) != HOSTKEYS_UNKNOWN)
		return POOL_BAD;
	if (accepted_keys_has(&plan->keys, plan->endpoint[index],
			      message->hostkey.key, message->hostkey.len))
		return POOL_TAKEN;
	if (!accepted_keys_put(&plan->keys, plan->endpoint[index],
			       message->hostkey.key, message->hostkey.len))
		return POOL_BAD;
	newkeys_put(poll->newkeys, &host, message->hostkey.type,
		    message->hostkey.key, message->hostkey.len);
	login_queue_lift_limit(poll->queue, LOGIN_QUEUE_KEY, index);
	return POOL_TAKEN;
}

/* May a device prove to be of this platform? Only a device that has to be found
 * out proves to be of another than the inventory says. */
static bool may_be(const struct plan *plan, uint32_t index, uint32_t platform)
{
	return platform == plan->platform[index] ||
	       (plan_detects(plan, index) &&
		(platform < plan->ncandidates || platform == plan->fallback));
}

/* The prompt may change on the way to the first command, as by enable. */
static enum pool_verdict take_prompt(struct progress *progress,
				     const char *prompt)
{
	free(progress->prompt);
	progress->prompt = strdup(prompt);
	return POOL_TAKEN;
}

static enum pool_verdict take_result(const struct plan *plan, uint32_t index,
				     struct progress *progress,
				     const struct message *message)
{
	if (!may_be(plan, index, message->result.platform))
		return POOL_BAD;
	progress->result = malloc(sizeof(*progress->result));
	if (progress->result != NULL)
		*progress->result = *message;
	return POOL_TAKEN;
}

static enum pool_verdict take_command(struct nf_poll *poll, uint32_t index,
				      const struct message *message)
{
	if (!may_be(&poll->plan, index, message->command.platform))
		return POOL_BAD;
	if (poll->lockout != NULL)
		lockout_accepted(poll->lockout, index);
	return POOL_KEEP;
}

/* A worker is not believed that an output is known. */
static enum pool_verdict take_end(struct nf_poll *poll, uint32_t index,
				  const struct message *message)
{
	struct progress *progress = &poll->progress[index];
	const struct protocol *protocol = &progress->protocol;

	if (message->end.content.unchanged &&
	    !plan_knows_output(&poll->plan, index,
			       plan_command(&poll->plan, protocol->platform,
					    protocol->next_command - 1),
			       message->end.content.digest))
		return POOL_BAD;
	progress->rejected += message->end.rejected;
	return POOL_KEEP;
}

static enum pool_verdict take_ask(struct nf_poll *poll, uint32_t index,
				  enum offer offer)
{
	if (poll->lockout == NULL)
		return POOL_BAD;
	refusals_ask(poll, offers_place(&poll->plan.offers, offer, index));
	return POOL_TAKEN;
}

static enum pool_verdict take_proxied(struct nf_poll *poll, uint32_t index)
{
	if (poll->lockout == NULL)
		return POOL_BAD;
	refusals_hear(poll,
		      offers_place(&poll->plan.offers, OFFER_PROXY, index),
		      OFFERED_ACCEPTED);
	return POOL_TAKEN;
}

enum pool_verdict progress_data(void *arg, const struct task *task,
				const uint8_t *payload, size_t len)
{
	struct nf_poll *poll = arg;
	struct progress *progress = &poll->progress[task->index];
	struct message message;

	if (message_decode(&message, payload, len) == -1 ||
	    protocol_accept(&progress->protocol, &message) == -1)
		return POOL_BAD;
	switch (message.type) {
	case MESSAGE_COMMAND:
		return take_command(poll, task->index, &message);
	case MESSAGE_OUTPUT:
	case MESSAGE_STDERR:
		return POOL_KEEP;
	case MESSAGE_END:
		return take_end(poll, task->index, &message);
	case MESSAGE_PROMPT:
		return take_prompt(progress, message.prompt);
	case MESSAGE_HOSTKEY:
		return take_key(poll, task->index, &message);
	case MESSAGE_AHEAD:
		return POOL_TAKEN;
	case MESSAGE_ASK:
		return take_ask(poll, task->index, message.ask.offer);
	case MESSAGE_PROXIED:
		return take_proxied(poll, task->index);
	case MESSAGE_REQUEST:
		return requests_take(poll, task, &message);
	case MESSAGE_RESULT:
		return take_result(&poll->plan, task->index, progress,
				   &message);
	}
	return POOL_BAD;
}

bool progress_may_repeat(void *arg, const struct task *task)
{
	struct nf_poll *poll = arg;
	const struct progress *progress = &poll->progress[task->index];

	return progress->result == NULL &&
	       (poll->options.on_worker_death == NF_ON_DEATH_RETRY ||
		plan_only_reads(&poll->plan, progress->protocol.platform,
				progress->protocol.sent));
}
