/* Devices that wait to log in: queued, tried again, or given up. */
#include <errno.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "poll/poll_parts.h"
#include "transport/busy.h"

#define CROWDED_MAX 3 /* attempts of one that was late among too many */

/* What may pass, and at which stages. Who was disconnected by a login may have
 * been refused by it: that is never tried again. */
#define AT(stage) (1u << (stage))
static const struct {
	enum nf_code code;
	unsigned stages;
} passing[] = {
	{NF_REFUSED, ~0u},
	{NF_UNREACHABLE, ~0u},
	{NF_BUSY, ~0u},
	{NF_TIMEOUT, AT(NF_STAGE_CONNECT) | AT(NF_STAGE_HANDSHAKE)},
	{NF_DISCONNECTED, AT(NF_STAGE_CONNECT) | AT(NF_STAGE_HANDSHAKE) |
				  AT(NF_STAGE_HOSTKEY) | AT(NF_STAGE_SHELL) |
				  AT(NF_STAGE_COMMAND)},
};

/* Say what kept a device waiting, whether it was tried or held back. */
static void say_busy(struct nf_poll *poll, uint32_t index, unsigned attempts,
		     const char *said, struct nf_error *err)
{
	double s = (double)login_queue_refused_for_us(poll->queue, index,
						      mono_us()) /
		   1e6;

	if (attempts > 0)
		(void)error_set(
			err, NF_BUSY,
			"it takes no more logins: turned away %u time%s "
			"in %.1f s; %s",
			attempts, attempts == 1 ? "" : "s", s, said);
	else
		(void)error_set(err, NF_BUSY,
				"not tried, as its address took no login for "
				"%.1f s; %s",
				s, said);
}

/* End the devices for which was waited long enough. */
static void end_lost(struct nf_poll *poll)
{
	char said[LOGIN_QUEUE_SAID_MAX];
	struct nf_error err;
	uint32_t index;

	while ((index = login_queue_take_abandoned(poll->queue, said)) !=
	       LOGIN_QUEUE_NONE) {
		say_busy(poll, index, poll->progress[index].attempts, said,
			 &err);
		results_end_early(poll, index, NF_STAGE_CONNECT, err.code,
				  err.message);
	}
}

void waiting_end(struct nf_poll *poll, const struct nf_error *why)
{
	uint32_t index;

	while ((index = login_queue_drop(poll->queue)) != LOGIN_QUEUE_NONE)
		results_end_waiting(poll, index, why);
}

static bool has_room(const struct nf_poll *poll)
{
	return pool_pending(poll->pool) <= poll->fanout;
}

/* When the queue is to be checked again. A pause that ends while the pool has
 * no room is of no use until it has. */
static int64_t due_us(const struct nf_poll *poll)
{
	int64_t turn_us =
		has_room(poll) ? login_queue_due_us(poll->queue) : INT64_MAX;
	int64_t lapse_us = poll->lockout != NULL ? lockout_due_us(poll->lockout)
						 : INT64_MAX;

	return turn_us < lapse_us ? turn_us : lapse_us;
}

void waiting_feed(struct nf_poll *poll)
{
	const struct nf_error *broken = pool_broken(poll->pool);
	struct nf_error err;
	uint32_t index;

	if (broken != NULL)
		waiting_end(poll, broken);
	while (has_room(poll) &&
	       (index = login_queue_take(poll->queue, mono_us())) !=
		       LOGIN_QUEUE_NONE) {
		if (refusals_end(poll, index) ||
		    pool_submit(poll->pool, index, NULL, &err) == 0)
			continue;
		login_queue_left(poll->queue, index);
		results_end_early(poll, index, NF_STAGE_CONNECT, err.code,
				  err.message);
	}
	end_lost(poll);
	if (poll->lockout != NULL)
		lockout_lapse(poll->lockout, mono_us());
	pool_wake_at(poll->pool, due_us(poll));
}

void waiting_check(struct nf_poll *poll)
{
	int64_t due = due_us(poll);

	if (pool_broken(poll->pool) != NULL ||
	    (due != INT64_MAX && due <= mono_us()))
		waiting_feed(poll);
	else
		pool_wake_at(poll->pool, due);
}

bool waiting_was_turned_away(const struct progress *progress)
{
	const struct nf_error *err;

	if (progress->result == NULL || progress->protocol.next_command > 0)
		return false;
	err = &progress->result->result.error;
	return err->code == NF_BUSY || (err->code == NF_DISCONNECTED &&
					(err->sys_errno == BUSY_UNHEARD ||
					 err->stage == NF_STAGE_CONNECT));
}

/*
 * Was a handshake late because of others that were begun beside it? There are
 * fewer by now: another try is worth it.
 */
static bool was_crowded_out(const struct progress *progress,
			    const struct pool_outcome *outcome)
{
	const struct nf_error *err;

	if (progress->result == NULL || !outcome->crowded ||
	    progress->attempts + outcome->task->attempts >= CROWDED_MAX)
		return false;
	err = &progress->result->result.error;
	return err->code == NF_TIMEOUT && err->stage == NF_STAGE_HANDSHAKE;
}

/* Queue a device again that was turned away, unless that was waited for long
 * enough, or is of no use. */
static bool was_queued_again(struct nf_poll *poll, const struct task *task)
{
	struct progress *progress = &poll->progress[task->index];
	struct nf_error *err = &progress->result->result.error;
	char said[LOGIN_QUEUE_SAID_MAX];

	(void)snprintf(said, sizeof(said), "%.*s", LOGIN_QUEUE_SAID_MAX - 1,
		       err->message);
	switch (login_queue_refused(poll->queue, task->index, mono_us(),
				    err->code == NF_BUSY ? said : NULL)) {
	case LOGIN_QUEUE_AGAIN:
		return true;
	case LOGIN_QUEUE_BUSY:
		say_busy(poll, task->index, progress->attempts + task->attempts,
			 said, err);
		return false;
	case LOGIN_QUEUE_CLOSED:
		break;
	}
	return false;
}

/* May another try come to more, and do no harm? A server that is busy was waited
 * for already, unless nobody is to wait for any. */
static bool may_pass(const struct nf_poll *poll,
		     const struct progress *progress)
{
	const struct nf_error *err = &progress->result->result.error;

	if (!plan_only_reads(&poll->plan, progress->protocol.platform,
			     progress->protocol.sent) ||
	    (err->code == NF_BUSY && poll->options.busy_ms >= 0))
		return false;
	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
		if (passing[i].code == err->code)
			return (passing[i].stages & AT(err->stage)) != 0;
	}
	return false;
}

/* Let a device pause and be tried again, with its result kept until then. */
static bool retry(struct nf_poll *poll, uint32_t index)
{
	struct progress *progress = &poll->progress[index];
	int64_t pause_us;

	if (progress->retries >= poll->options.retries ||
	    !may_pass(poll, progress))
		return false;
	pause_us = login_queue_retry(poll->queue, index, progress->retries,
				     mono_us());
	if (pause_us == -1)
		return false;
	progress->retries++;
	poll_tell_retry(poll, index, &progress->result->result.error, pause_us);
	return true;
}

bool waiting_again(struct nf_poll *poll, const struct pool_outcome *outcome)
{
	const struct task *task = outcome->task;
	struct progress *progress = &poll->progress[task->index];

	if (poll->stopped || progress->result == NULL)
		return false;
	if (was_crowded_out(progress, outcome)) {
		login_queue_left(poll->queue, task->index);
		login_queue_ask(poll->queue, task->index);
		progress_release(progress);
	} else if (waiting_was_turned_away(progress) &&
		   was_queued_again(poll, task)) {
		progress_release(progress);
	} else if (!retry(poll, task->index)) {
		return false;
	}
	progress->attempts += task->attempts;
	return true;
}
