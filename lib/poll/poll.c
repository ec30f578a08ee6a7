/* A poll: the plan given to a pool, and its results taken back. */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "fiber/fiber.h"
#include "poll/poll_parts.h"
#include "poll/run.h"
#include "poll/sharing.h"
#include "system/limits.h"

#define FANOUT 500
#define RATE_MIN 0.001
#define RATE_MAX 1e6
#define LOGINS_PER_HOST 5 /* below what a server takes by its defaults */
#define BUSY_MS 120000
#define LOCK_MS 5000 /* for known_hosts, when all else is done */
#define AUTH_FAILURES 3
#define BACKSTOP_MS 15000 /* beyond its deadline a session hangs */

/* The one command of a device that is probed. */
static const char *const learning[] = {"learn"};

/* ---- results */

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
	memcpy(ready->prompt, message->result.prompt, sizeof(ready->prompt));
	memcpy(ready->weak, message->result.weak, sizeof(ready->weak));
}

/*
 * What became of it: what its session said, whatever its worker did after that;
 * else why its task was not done, at the stage that it had come to, and what is
 * known of it all the same.
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

/* NULL and a broken poll when there is no memory for it. */
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
	ready->result.body = &ready->body;
	body_init(&ready->body, spool, &poll->options);
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

void poll_note(const struct nf_poll *poll, const char *text)
{
	if (text[0] != '\0' && poll->options.log.line != NULL)
		poll->options.log.line(poll->options.log.arg, text);
}

/* ---- ends */

/* A result of a device that no worker had. */
void poll_end_early(struct nf_poll *poll, uint32_t index, enum nf_stage stage,
		    enum nf_code code, const char *message)
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

static bool on_ready(void *arg, const struct task *task, int64_t took_us)
{
	struct nf_poll *poll = arg;

	const struct progress *progress = &poll->progress[task->index];

	if (!waiting_turned_away(progress))
		login_queue_enter(poll->queue, task->index, mono_us(), took_us);
	/* By telnet the login is still to come. */
	if (poll->lockout != NULL && progress->result == NULL &&
	    !inventory_device(poll->plan.inv, task->index)->telnet)
		lockout_accepted(poll->lockout, task->index);
	waiting_feed(poll);
	return progress->result == NULL; /* which comes first when it failed */
}

static void end_task(struct nf_poll *poll, const struct pool_outcome *outcome)
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
	ready_put(poll, ready);
}

static void on_ended(void *arg, const struct pool_outcome *outcome)
{
	struct nf_poll *poll = arg;
	struct progress *progress = &poll->progress[outcome->task->index];

	waiting_judge(poll, outcome->task->index);
	if (!waiting_again(poll, outcome))
		end_task(poll, outcome);
	progress_release(progress);
	login_queue_leave(poll->queue, outcome->task->index);
	waiting_feed(poll);
}

/* ---- opening */

static void unresolved(struct nf_poll *poll, uint32_t index)
{
	char message[sizeof(((struct nf_error *)0)->message)];

	(void)snprintf(message, sizeof(message), "%s: %s",
		       nf_inventory_device(poll->plan.inv, index)->host,
		       gai_strerror(poll->plan.resolved[index].gai_error));
	poll_end_early(poll, index, NF_STAGE_RESOLVE, NF_RESOLVE, message);
}

/* Does the inventory say that it is not to be asked? Then it has ended. */
static bool skip(struct nf_poll *poll, uint32_t index)
{
	const char *why = inventory_device(poll->plan.inv, index)->skip;

	if (why != NULL)
		poll_end_early(poll, index, NF_STAGE_RESOLVE, NF_SKIPPED, why);
	return why != NULL;
}

/* The share of a handshake's deadline that may lie ahead as work. */
static int64_t work_ahead_us(const struct nf_poll *poll)
{
	int64_t ms = SESSION_HANDSHAKE_MS;

	if (ms > poll->plan.timeout_ms)
		ms = poll->plan.timeout_ms;
	return ms * 1000 / 4;
}

static unsigned logins_per_host(const struct nf_poll_options *options)
{
	if (options->logins_per_host == 0)
		return LOGINS_PER_HOST;
	return options->logins_per_host > 0 ? (unsigned)options->logins_per_host
					    : 0;
}

static int64_t patience_ms(const struct nf_poll_options *options)
{
	int64_t ms = options->busy_ms == 0 ? BUSY_MS : options->busy_ms;

	return ms < 0 ? 0 : ms < PLAN_TIMEOUT_MAX_MS ? ms : PLAN_TIMEOUT_MAX_MS;
}

static int new_queue(struct nf_poll *poll, struct nf_error *err)
{
	const struct login_queue_rules rules = {
		.ndevices = poll->plan.ndevices,
		.patience_us = patience_ms(&poll->options) * 1000,
		.slow_us = work_ahead_us(poll),
		.seed = (uint32_t)real_us(),
	};

	return login_queue_new(&poll->queue, &rules, err) == -1
		       ? -1
		       : sharing_join(poll->queue, &poll->plan,
				      logins_per_host(&poll->options), err);
}

static int new_lockout(struct nf_poll *poll, struct nf_error *err)
{
	int most = poll->options.max_auth_failures;

	if (poll->plan.permits.writing == NULL)
		return 0;
	return lockout_new(&poll->lockout, poll->plan.inv,
			   poll->plan.permits.writing,
			   most == 0 ? AUTH_FAILURES : (unsigned)most, err);
}

static void ask_all(struct nf_poll *poll)
{
	for (uint32_t i = 0; i < poll->plan.ndevices; i++) {
		if (skip(poll, i))
			continue;
		if (poll->plan.resolved[i].naddresses == 0)
			unresolved(poll, i);
		else
			login_queue_ask(poll->queue, i);
	}
	waiting_feed(poll);
}

/* What is run without a terminal asks nobody. */
static void note_answers(const struct nf_poll *poll)
{
	const struct plan *plan = &poll->plan;

	for (size_t i = 0; poll->options.nreplies > 0 && i < plan->ndevices;
	     i++) {
		if (!plan_executes(plan, i,
				   inventory_device(plan->inv, i)->platform))
			continue;
		poll_note(poll,
			  "answers have no effect on commands that are run as "
			  "programs: they are typed with --shell");
		return;
	}
}

/* As wide as was wished for, and as this system lets it be. */
static int fit(const struct nf_poll *poll, struct limits *limits,
	       struct limits_wish *wish, struct nf_error *err)
{
	const struct nf_poll_options *options = &poll->options;
	size_t ndevices = poll->plan.ndevices;
	char text[LIMITS_NOTE];

	limits_read(limits, "");
	wish->mode = options->mode;
	wish->workers = options->workers > 0 ? options->workers : limits->cores;
	wish->fanout = options->fanout > 0 ? options->fanout : FANOUT;
	if (wish->fanout > ndevices)
		wish->fanout = (unsigned)ndevices;
	if (options->mode == NF_MODE_SEQUENTIAL)
		wish->workers = wish->fanout = 1;
	if (wish->workers > wish->fanout)
		wish->workers = wish->fanout;
	if (limits_fit(limits, wish, text, sizeof(text), err) == -1)
		return -1;
	poll_note(poll, text);
	return 0;
}

static int start_pool(struct nf_poll *poll, struct nf_error *err)
{
	struct limits limits;
	struct limits_wish wish;
	struct pool_options options = {
		.mode = poll->options.mode,
		.worker = {.limit_ms = poll->plan.timeout_ms + BACKSTOP_MS,
			   .prompt = true,
			   .run = task_run,
			   .ctx = &poll->plan,
			   .initializer = task_worker_init,
			   .finalizer = task_worker_release},
		.admission = {.ahead_us = work_ahead_us(poll),
			      .starting_max = poll->options.logins,
			      .rate = poll->options.rate},
		.hooks = {.started = progress_started,
			  .data = progress_data,
			  .may_repeat = progress_repeatable,
			  .ready = on_ready,
			  .ended = on_ended,
			  .arg = poll},
	};

	if (fit(poll, &limits, &wish, err) == -1)
		return -1;
	options.workers = wish.workers;
	options.fanout = poll->fanout = wish.fanout;
	options.worker.fibers = (wish.fanout + wish.workers - 1) / wish.workers;
	options.admission.cores =
		wish.workers < limits.cores ? wish.workers : limits.cores;
	return pool_start(&poll->pool, &options, err);
}

static int check_options(const struct nf_poll_options *options,
			 struct nf_error *err)
{
	if ((unsigned)options->mode >= NF_NMODES)
		return error_set(err, NF_INVALID, "there is no such mode");
	if (options->mode == NF_MODE_SEQUENTIAL &&
	    (options->workers > 1 || options->fanout > 1))
		return error_set(err, NF_INVALID,
				 "sequential mode has one session at a time: "
				 "leave workers and fanout away, or take "
				 "another mode");
	if (options->rate != 0 &&
	    !(options->rate >= RATE_MIN && options->rate <= RATE_MAX))
		return error_set(err, NF_INVALID,
				 "the rate is not 0, and not within %g-%g "
				 "logins a second",
				 RATE_MIN, RATE_MAX);
	return 0;
}

static int check_size(size_t ndevices, struct nf_error *err)
{
	if (ndevices == 0)
		return error_set(err, NF_INVALID,
				 "the inventory has no device");
	if (ndevices >= LOGIN_QUEUE_NOBODY)
		return error_set(err, NF_INVALID,
				 "the inventory has too many devices");
	return 0;
}

int nf_poll_open(struct nf_poll **out, const struct nf_inventory *inv,
		 const struct nf_poll_options *options, struct nf_error *err)
{
	size_t n = nf_inventory_size(inv);
	struct nf_poll *poll;

	err->stage = NF_STAGE_RESOLVE;
	if (check_size(n, err) == -1 || check_options(options, err) == -1)
		return -1;
	poll = calloc(1, sizeof(*poll));
	if (poll == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a poll");
	poll->options = *options;
	if (options->learn) {
		poll->options.commands = learning;
		poll->options.ncommands = 1;
	}
	poll->pending = n;
	poll->progress = calloc(n, sizeof(*poll->progress));
	if (poll->progress == NULL) {
		(void)error_sys(err, NF_SYSTEM, "no memory for devices");
		goto fail;
	}
	if (plan_init(&poll->plan, inv, &poll->options, err) == -1)
		goto fail;
	if (options->host_keys == NF_HOST_KEYS_ACCEPT_NEW &&
	    newkeys_new(&poll->newkeys, &poll->plan.known_file,
			poll->plan.unknown, poll->plan.nunknown,
			&poll->options.log, err) == -1)
		goto fail;
	note_answers(poll);
	poll->opened_us = mono_us();
	if (new_queue(poll, err) == -1 || new_lockout(poll, err) == -1 ||
	    start_pool(poll, err) == -1)
		goto fail;
	ask_all(poll);
	if (pool_step(poll->pool, 0, err) == -1)
		goto fail;
	*out = poll;
	return 0;
fail:
	nf_poll_free(poll);
	/* Kept on purpose when a thread hangs. NOLINTNEXTLINE */
	return -1;
}

/* ---- driving */

int nf_poll_fd(const struct nf_poll *poll)
{
	return pool_fd(poll->pool);
}

int nf_poll_step(struct nf_poll *poll, int timeout_ms, struct nf_error *err)
{
	int rc;

	if (poll->broken)
		return error_set(err, NF_SYSTEM, "no memory for a result");
	if (poll->busy)
		return error_set(err, NF_INVALID,
				 "not inside an event of the same poll");
	if (poll->first != NULL)
		timeout_ms = 0;
	poll->busy = true;
	rc = pool_step(poll->pool, timeout_ms, err);
	waiting_look(poll);
	poll->busy = false;
	return rc;
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

size_t nf_poll_skipped(const struct nf_poll *poll, size_t i,
		       const char **username)
{
	return poll->lockout != NULL
		       ? lockout_skipped(poll->lockout, i, username)
		       : 0;
}

size_t nf_poll_pending(const struct nf_poll *poll)
{
	return poll->pending;
}

unsigned nf_poll_fanout(const struct nf_poll *poll)
{
	return poll->fanout;
}

static void stop_waiting(struct nf_poll *poll)
{
	struct nf_error err;

	poll->stopped = true;
	(void)error_set(&err, NF_CANCELLED, "cancelled before it was begun");
	waiting_end(poll, &err);
}

void nf_poll_stop(struct nf_poll *poll)
{
	stop_waiting(poll);
	pool_stop(poll->pool);
}

void nf_poll_kill(struct nf_poll *poll)
{
	poll->killed = true;
	stop_waiting(poll);
	pool_kill(poll->pool);
}

void nf_poll_free(struct nf_poll *poll)
{
	bool alone;

	if (poll == NULL)
		return;
	ready_free(poll->taken);
	while (poll->first != NULL) {
		struct ready *next = poll->first->next;

		ready_free(poll->first);
		poll->first = next;
	}
	newkeys_end(poll->newkeys, poll->killed ? 0 : LOCK_MS,
		    poll->options.interrupted, poll->options.interrupted_arg);
	alone = pool_free(poll->pool);
	for (size_t i = 0; poll->progress && i < poll->plan.ndevices; i++)
		progress_release(&poll->progress[i]);
	free(poll->progress);
	login_queue_free(poll->queue);
	lockout_free(poll->lockout);
	/* A thread that hangs may come back to its plan. */
	if (alone) {
		plan_release(&poll->plan);
		free(poll);
	}
}
