/* What the parent hears of a device that runs. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "poll/message.h"
#include "poll/poll_parts.h"

void progress_release(struct progress *progress)
{
	free(progress->result);
	free(progress->prompt);
	progress->result = NULL;
	progress->prompt = NULL;
}

void progress_started(void *arg, const struct task *task, unsigned worker,
		      int64_t when_us)
{
	struct nf_poll *poll = arg;
	struct progress *progress = &poll->progress[task->index];
	struct nf_result result = {
		.device = task->index, .worker = worker, .started_us = when_us};

	progress->started_us = when_us;
	progress->queue_us = mono_us() - poll->opened_us;
	progress_release(progress);
	progress->rejected = 0;
	progress->next_command = 0;
	progress->output = 0;
	progress->inside = false;
	login_queue_begin(poll->queue, task->index);
	poll_tell(poll, NF_EVENT_STARTED, &result);
}

/* The parent alone writes known_hosts, and believes no key twice. */
static enum pool_verdict take_key(struct nf_poll *poll, uint32_t index,
				  const struct message *message)
{
	const struct plan *plan = &poll->plan;
	const struct nf_device *dev = nf_inventory_device(plan->inv, index);
	struct accepted *accepted;

	if (poll->options.host_keys != NF_HOST_KEYS_ACCEPT_NEW ||
	    hostkeys_check(plan->known, dev->host, dev->port,
			   message->hostkey.type, message->hostkey.key,
			   message->hostkey.len) != HOSTKEYS_UNKNOWN)
		return POOL_BAD;
	accepted =
		(struct accepted *)plan->keys.writing + plan->endpoint[index];
	if (atomic_load(&accepted->known))
		return POOL_BAD;
	hostkeys_fingerprint(message->hostkey.key, message->hostkey.len,
			     accepted->fingerprint);
	atomic_store(&accepted->known, true);
	newkeys_put(poll->newkeys, &(struct host){dev->host, dev->port},
		    message->hostkey.type, message->hostkey.key,
		    message->hostkey.len);
	login_queue_open(poll->queue, LOGIN_QUEUE_KEY, index);
	return POOL_TAKEN;
}

/* None but a device that has to be found out proves to be anything. */
static bool may_be(const struct plan *plan, uint32_t index, uint32_t platform)
{
	return platform == plan->platform[index] ||
	       (plan_detects(plan, index) &&
		(platform < plan->ncandidates || platform == plan->otherwise));
}

/* It may change on the way to the first command, as by enable. */
static enum pool_verdict take_prompt(struct progress *progress,
				     const char *prompt)
{
	if (progress->result != NULL || progress->next_command > 0)
		return POOL_BAD;
	free(progress->prompt);
	progress->prompt = strdup(prompt);
	return POOL_TAKEN;
}

static enum pool_verdict take_result(const struct plan *plan, uint32_t index,
				     struct progress *progress,
				     const struct message *message)
{
	if (progress->result != NULL || progress->inside ||
	    !may_be(plan, index, message->result.platform))
		return POOL_BAD;
	progress->result = malloc(sizeof(*progress->result));
	if (progress->result != NULL)
		*progress->result = *message;
	return POOL_TAKEN;
}

enum pool_verdict progress_data(void *arg, const struct task *task,
				const uint8_t *payload, size_t len)
{
	struct nf_poll *poll = arg;
	struct progress *progress = &poll->progress[task->index];
	struct message message;

	if (message_decode(&message, payload, len) == -1)
		return POOL_BAD;
	switch (message.type) {
	case MESSAGE_COMMAND:
		if (progress->inside ||
		    message.command.number != progress->next_command ||
		    message.command.number >= poll->options.ncommands ||
		    !may_be(&poll->plan, task->index, message.command.platform))
			return POOL_BAD;
		progress->next_command++;
		progress->platform = message.command.platform;
		progress->inside = true;
		progress->errors = 0;
		if (poll->lockout != NULL)
			lockout_accepted(poll->lockout, task->index);
		return POOL_KEEP;
	case MESSAGE_OUTPUT:
		progress->output += message.output.len;
		return message.output.len > 0 && progress->inside &&
				       progress->output <= PLAN_OUTPUT_MAX
			       ? POOL_KEEP
			       : POOL_BAD;
	case MESSAGE_STDERR:
		progress->errors += message.output.len;
		return message.output.len > 0 && progress->inside &&
				       progress->errors <= SSH_EXEC_STDERR_MAX
			       ? POOL_KEEP
			       : POOL_BAD;
	case MESSAGE_END:
		if (!progress->inside)
			return POOL_BAD;
		progress->inside = false;
		progress->rejected += message.end.rejected;
		return POOL_KEEP;
	case MESSAGE_PROMPT:
		return take_prompt(progress, message.prompt);
	case MESSAGE_HOSTKEY:
		return take_key(poll, task->index, &message);
	case MESSAGE_ASK:
		if (poll->lockout == NULL)
			return POOL_BAD;
		lockout_ask(poll->lockout, task->index, mono_us());
		return POOL_TAKEN;
	case MESSAGE_RESULT:
		return take_result(&poll->plan, task->index, progress,
				   &message);
	}
	return POOL_BAD;
}

bool progress_repeatable(void *arg, const struct task *task)
{
	struct nf_poll *poll = arg;
	const struct progress *progress = &poll->progress[task->index];

	return progress->result == NULL &&
	       (poll->options.on_worker_death == NF_ON_DEATH_RETRY ||
		plan_only_reads(&poll->plan, progress->platform,
				progress->next_command));
}
