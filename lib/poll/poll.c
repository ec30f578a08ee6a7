/* A poll: opened, stepped and freed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "fiber/fiber.h"
#include "jump/jump.h"
#include "poll/plan/times.h"
#include "poll/plan/wishes.h"
#include "poll/poll_parts.h"
#include "poll/requests/jumping.h"
#include "poll/requests/proxy_commands.h"
#include "poll/requests/requests.h"
#include "poll/sharing.h"
#include "poll/task/run.h"
#include "poll/task/worker_state.h"
#include "system/limits.h"

#define FANOUT 500
#define RETRIES_MAX 10
#define RATE_MIN 0.001
#define RATE_MAX 1e6
#define LOGINS_PER_HOST 5 /* below what a server takes by its defaults */
#define BUSY_MS 120000
#define LOCK_MS 5000 /* for known_hosts, when all else is done */
#define LOGINS_ASKING 3
#define BACKSTOP_MS 15000 /* beyond its deadline a session hangs */

/* The one command of a device that is probed. */
static const char *const probe_commands[] = {"learn"};

/* ---- hooks of the pool */

static bool on_ready(void *arg, const struct task *task, int64_t took_us)
{
	struct nf_poll *poll = arg;

	const struct progress *progress = &poll->progress[task->index];

	if (!waiting_was_turned_away(progress))
		login_queue_accepted(poll->queue, task->index, mono_us(),
				     took_us);
	/* A telnet session is ready before its login: nothing is proven yet. */
	if (poll->lockout != NULL && progress->result == NULL &&
	    !inventory_device(poll->plan.inv, task->index)->telnet)
		lockout_accepted(poll->lockout, task->index);
	waiting_feed(poll);
	/* A session that failed sends its result before it is ready. */
	return progress->result == NULL;
}

static void on_ended(void *arg, const struct pool_outcome *outcome)
{
	struct nf_poll *poll = arg;
	struct progress *progress = &poll->progress[outcome->task->index];

	jumping_left(poll, outcome->task->index);
	proxy_commands_left(poll, outcome->task->index);
	refusals_report(poll, outcome->task->index);
	if (!waiting_again(poll, outcome)) {
		results_end_task(poll, outcome);
		progress_release(progress);
	}
	login_queue_left(poll->queue, outcome->task->index);
	waiting_feed(poll);
}

/* ---- opening */

/* End a device that no address is known of: true then. */
static bool end_unresolved(struct nf_poll *poll, uint32_t index)
{
	const struct plan *plan = &poll->plan;
	struct nf_error err;

	if (ways_check(&plan->ways, plan->inv, index, &plan->resolved[index],
		       &err) == 0)
		return false;
	results_end_early(poll, index, NF_STAGE_RESOLVE, err.code, err.message);
	return true;
}

/* End a device that the inventory says is not to be asked, or that is known to
 * be asked nothing, as the stage tells: true then. */
static bool skip(struct nf_poll *poll, uint32_t index)
{
	const struct plan *plan = &poll->plan;
	const struct device *dev = inventory_device(plan->inv, index);
	const char *why = NULL;
	enum nf_stage stage = NF_STAGE_RESOLVE;
	struct nf_error err;

	if (dev->unusable || poll->options.until == NF_UNTIL_ALL)
		why = dev->skip;
	else if (poll->options.until == NF_UNTIL_HOSTKEY && dev->telnet)
		why = "it speaks telnet, which has no host keys";
	if (why == NULL && !plan_detects(plan, index) &&
	    plan_check_asked(plan, plan->platform[index], &err) == -1) {
		why = err.message;
		stage = NF_STAGE_COMMAND;
	}
	if (why != NULL)
		results_end_early(poll, index, stage, NF_SKIPPED, why);
	return why != NULL;
}

/* Microseconds of handshakes that may be under way: a quarter of the shortest
 * deadline of one. */
static int64_t work_ahead_us(const struct nf_poll *poll)
{
	return times_handshake_ms(&poll->plan) * 1000 / 4;
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

/* End a device that something is wrong with, or that can be spoken to with
 * nothing of what is wished: true. */
static bool end_faulty(struct nf_poll *poll, uint32_t index)
{
	const char *fault = inventory_device(poll->plan.inv, index)->fault;
	struct nf_error err;

	if (fault != NULL) {
		results_end_early(poll, index, NF_STAGE_RESOLVE, NF_INVALID,
				  fault);
		return true;
	}
	if (poll->options.until == NF_UNTIL_CONNECT ||
	    wishes_check(&poll->plan, index, &err) == 0)
		return false;
	results_end_early(poll, index, NF_STAGE_HANDSHAKE, err.code,
			  err.message);
	return true;
}

static void ask_all(struct nf_poll *poll)
{
	for (uint32_t i = 0; i < poll->plan.ndevices; i++) {
		if (!skip(poll, i) && !end_faulty(poll, i) &&
		    !end_unresolved(poll, i))
			login_queue_ask(poll->queue, i);
	}
	waiting_feed(poll);
}

/* Fit workers and sessions to the options, and to what the system allows. */
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
	wish->held_files = options->content != NULL;
	wish->passes = requests_are_expected(&poll->plan);
	wish->held_files += wish->passes;
	wish->parent_files = requests_files(&poll->plan);
	wish->jump_files =
		(unsigned)poll->plan.ways.hops.hops.n * JUMP_HOP_FILES;
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

/* Milliseconds that a session may wait for others: persons who answer its device,
 * and devices whose turn at a jump host comes before. */
static int64_t others_ms(const struct nf_poll *poll)
{
	int64_t ms = 0;

	if (poll->options.nask > 0)
		ms += (int64_t)SESSION_TYPED_MAX * SESSION_TYPED_MS;
	if (poll->jumping != NULL)
		ms += SESSION_TURN_MS;
	return ms;
}

/* Logins in progress: few, where each may ask a person, as a server waits for
 * no more than a minute or two. */
static unsigned logins(const struct nf_poll_options *options)
{
	return options->logins == 0 && options->nask > 0 ? LOGINS_ASKING
							 : options->logins;
}

static int start_pool(struct nf_poll *poll, struct nf_error *err)
{
	struct limits limits;
	struct limits_wish wish;
	struct pool_options options = {
		.mode = poll->options.mode,
		.worker = {.passes = requests_are_expected(&poll->plan),
			   .limit_ms = poll->plan.timeout_ms + others_ms(poll) +
				       BACKSTOP_MS,
			   .prompt = true,
			   .run = task_run,
			   .ctx = &poll->plan,
			   .initializer = worker_state_init,
			   .finalizer = worker_state_release},
		.admission = {.ahead_us = work_ahead_us(poll),
			      .starting_max = logins(&poll->options),
			      .rate = poll->options.rate},
		.hooks = {.started = progress_started,
			  .data = progress_data,
			  .may_repeat = progress_may_repeat,
			  .ready = on_ready,
			  .ended = on_ended,
			  .arg = poll},
	};

	if (fit(poll, &limits, &wish, err) == -1)
		return -1;
	options.workers = wish.workers;
	poll->plan.workers = wish.workers;
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
	if (options->until != NF_UNTIL_ALL &&
	    (options->ncommands > 0 || options->platform_commands ||
	     options->probe || options->content != NULL))
		return error_set(err, NF_INVALID,
				 "where no device is logged in to, there are "
				 "no commands, and nothing to find out");
	if (options->probe && options->content != NULL)
		return error_set(err, NF_INVALID,
				 "what a probe finds out has no digest: leave "
				 "content away");
	if (options->rate != 0 &&
	    !(options->rate >= RATE_MIN && options->rate <= RATE_MAX))
		return error_set(err, NF_INVALID,
				 "the rate is not 0, and not within %g-%g "
				 "logins a second",
				 RATE_MIN, RATE_MAX);
	return 0;
}

static int check_retries(const struct nf_poll_options *options,
			 struct nf_error *err)
{
	return options->retries <= RETRIES_MAX
		       ? 0
		       : error_set(err, NF_INVALID, "more than %d retries",
				   RETRIES_MAX);
}

static int check_size(size_t ndevices, struct nf_error *err)
{
	if (ndevices == 0)
		return error_set(err, NF_INVALID,
				 "the inventory has no device");
	if (ndevices >= LOGIN_QUEUE_NONE)
		return error_set(err, NF_INVALID,
				 "the inventory has too many devices");
	return 0;
}

static bool is_interrupted(const struct nf_poll *poll)
{
	const struct nf_poll_options *options = &poll->options;

	return options->interrupted != NULL &&
	       options->interrupted(options->interrupted_arg);
}

int nf_poll_open(struct nf_poll **out, struct nf_inventory *inv,
		 const struct nf_poll_options *options, struct nf_error *err)
{
	size_t n = nf_inventory_size(inv);
	struct nf_poll *poll;

	err->stage = NF_STAGE_RESOLVE;
	if (check_size(n, err) == -1 || check_options(options, err) == -1 ||
	    check_retries(options, err) == -1)
		return -1;
	poll = calloc(1, sizeof(*poll));
	if (poll == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a poll");
	poll->options = *options;
	if (options->host_keys == NF_HOST_KEYS_DEFAULT)
		poll->options.host_keys = NF_HOST_KEYS_ACCEPT_NEW;
	if (options->probe) {
		poll->options.commands = probe_commands;
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
	if (poll->options.host_keys == NF_HOST_KEYS_ACCEPT_NEW &&
	    newkeys_new(&poll->newkeys, &poll->plan.known_file,
			poll->plan.unknown, poll->plan.nunknown,
			&poll->options.log, err) == -1)
		goto fail;
	if (notes_begin(poll, err) == -1)
		goto fail;
	poll->opened_us = mono_us();
	if (new_queue(poll, err) == -1 || refusals_begin(poll, err) == -1 ||
	    jumping_start(poll, err) == -1 || start_pool(poll, err) == -1 ||
	    jumping_watch(poll, err) == -1)
		goto fail;
	ask_all(poll);
	/* One that is to stop already begins no device: nf_poll_stop() comes. */
	if (!is_interrupted(poll) && pool_step(poll->pool, 0, err) == -1)
		goto fail;
	*out = poll;
	return 0;
fail:
	nf_poll_free(poll);
	/* The poll is kept on purpose when a thread hangs. NOLINTNEXTLINE */
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
	waiting_check(poll);
	poll->busy = false;
	return rc;
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
	questions_refuse(poll);
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
	results_free(poll);
	newkeys_end(poll->newkeys, poll->killed ? 0 : LOCK_MS,
		    poll->options.interrupted, poll->options.interrupted_arg);
	proxy_commands_end(poll);
	alone = pool_free(poll->pool);
	jumping_end(poll);
	for (size_t i = 0; poll->progress && i < poll->plan.ndevices; i++)
		progress_release(&poll->progress[i]);
	free(poll->progress);
	free(poll->told_enable);
	questions_release(&poll->questions);
	login_queue_free(poll->queue);
	lockout_free(poll->lockout);
	/* A thread that hangs may come back to the plan. */
	if (alone) {
		plan_release(&poll->plan);
		free(poll);
	}
}
