/* A poll's side of the jump process. */
#include "poll/requests/jumping.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "hostkeys/known_hosts_line.h"
#include "jump/jump.h"
#include "session/session.h"
#include "worker/pipes.h"

#define MARGIN_MS 1000 /* that an answer takes to come back */
#define SETTLE_MS 1000 /* for the jump process, which does not block */

struct jumper {
	struct request request; /* its last, without the text */
	struct nf_error *cut; /* why its connection is no more; or NULL */
};

struct jumping {
	struct jump *jump;
	struct jumper *at; /* by device */
};

static struct plan_hops *hops_plan(struct nf_poll *poll)
{
	return &poll->plan.ways.hops;
}

/* ---- what is heard of calls */

static void refuse(struct nf_poll *poll, uint32_t device,
		   const struct nf_error *why)
{
	request_refuse(poll, &poll->jumping->at[device].request, why);
}

static void forget_cut(struct jumper *jumper)
{
	free(jumper->cut);
	jumper->cut = NULL;
}

/* A session that still waits for its connection is told; one that has it will
 * see its end. */
static void cut(struct nf_poll *poll, uint32_t device,
		const struct nf_error *why)
{
	struct jumper *jumper = &poll->jumping->at[device];

	if (request_is_awaited(poll, &jumper->request)) {
		refuse(poll, device, why);
		return;
	}
	forget_cut(jumper);
	jumper->cut = malloc(sizeof(*jumper->cut));
	if (jumper->cut != NULL)
		*jumper->cut = *why;
}

/* ---- what is heard of hops */

/* The endpoint of a hop that is a device, too; NULL: it is none. */
static const uint32_t *find_endpoint(const struct plan *plan,
				     const struct hop *hop)
{
	for (size_t i = 0; i < plan->ndevices; i++) {
		struct host host =
			inventory_key_host(inventory_device(plan->inv, i));

		if (host.port == hop->key_host.port &&
		    known_hosts_compare(host.name, hop->key_host.name) == 0)
			return &plan->endpoint[i];
	}
	return NULL;
}

/* The process has accepted a key as it is told to: a poll's own devices of the
 * same endpoint take no other now. */
static void take_key(struct nf_poll *poll, const struct report *report)
{
	struct plan *plan = &poll->plan;
	const struct hop *hop = &hops_plan(poll)->hops.at[report->place];
	const uint32_t *endpoint = find_endpoint(plan, hop);

	if (poll->options.host_keys != NF_HOST_KEYS_ACCEPT_NEW || hop->strict)
		return;
	if (endpoint != NULL) {
		if (!accepted_keys_put(&plan->keys, *endpoint, report->key,
				       report->key_len))
			return;
		login_queue_lift_limit(poll->queue, LOGIN_QUEUE_KEY, *endpoint);
	}
	newkeys_put(poll->newkeys, &hop->key_host, report->key_type,
		    report->key, report->key_len);
}

/* Hops count in the lockout as devices do. */
static void take_offer(struct nf_poll *poll, const struct report *report)
{
	uint32_t place = offers_hop(&poll->plan.offers, report->place);

	switch (report->kind) {
	case REPORT_ASKS:
		refusals_ask(poll, place);
		break;
	case REPORT_ACCEPTED:
		refusals_hear(poll, place, OFFERED_ACCEPTED);
		refusals_hear(poll, place, OFFERED_LEFT);
		break;
	case REPORT_REFUSED:
		refusals_hear(poll, place, OFFERED_REFUSED);
		break;
	default:
		refusals_hear(poll, place, OFFERED_LEFT);
	}
}

/* The session is told how long its hop took for it: all else was the time of
 * others. */
static void open_call(struct nf_poll *poll, const struct report *report, int fd)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%" PRIu32, report->took_ms);

	request_grant(poll, &poll->jumping->at[report->place].request, text,
		      (size_t)len + 1, &fd, 1);
}

static void take_all(void *arg)
{
	struct nf_poll *poll = arg;
	struct jumping *jumping = poll->jumping;
	struct report report;
	int fd;

	while (jump_take(jumping->jump, &report, &fd) == 1) {
		switch (report.kind) {
		case REPORT_OPENED:
			open_call(poll, &report, fd);
			break;
		case REPORT_FAILED:
			refuse(poll, report.place, &report.error);
			break;
		case REPORT_CUT:
			cut(poll, report.place, &report.error);
			break;
		case REPORT_KEY:
			take_key(poll, &report);
			break;
		case REPORT_CLOSED:
			poll_note(poll, report.error.message);
			break;
		case REPORT_ASKS:
		case REPORT_ACCEPTED:
		case REPORT_REFUSED:
		case REPORT_LEFT:
			take_offer(poll, &report);
			break;
		case REPORT_QUESTION:
			questions_take_hop(poll, report.place, report.text);
			break;
		case REPORT_UNASKED:
			questions_drop_hop(&poll->questions, report.place);
			break;
		case REPORT_HERE:
			break;
		}
	}
}

/* ---- sessions */

/* The text is how long the connection to the device itself may take, and what is
 * left of the session, in milliseconds. */
void jumping_answer(struct nf_poll *poll, const struct request *request)
{
	struct jumper *jumper = &poll->jumping->at[request->device];
	const struct nf_device *dev =
		nf_inventory_device(poll->plan.inv, request->device);
	struct report_wish wish = {
		.device = request->device,
		.hop = hops_of(hops_plan(poll), request->device),
		.port = dev->port,
		.connect_ms = SESSION_CONNECT_MS,
		.left_ms = SESSION_CONNECT_MS,
	};

	(void)sscanf(request->text, "%9u %9u", &wish.connect_ms, &wish.left_ms);
	wish.left_ms -=
		wish.left_ms > 2 * MARGIN_MS ? MARGIN_MS : wish.left_ms / 2;
	(void)snprintf(wish.host, sizeof(wish.host), "%s", dev->host);
	jumper->request = *request;
	jumper->request.text = "";
	forget_cut(jumper); /* of an attempt before, whose worker has died */
	jump_want(poll->jumping->jump, &wish);
	take_all(poll);
}

/* Hear all that the process had to say up to now, if it says so soon. */
static void hear_all(struct nf_poll *poll)
{
	const struct jump *jump = poll->jumping->jump;
	int64_t deadline_ms = deadline_clock_ms() + SETTLE_MS;

	jump_settle(poll->jumping->jump);
	while (jump_settles(jump) && fd_await(jump_fd(jump), deadline_ms))
		take_all(poll);
}

void jumping_left(struct nf_poll *poll, uint32_t device)
{
	const struct progress *progress = &poll->progress[device];
	struct jumper *jumper;
	struct nf_error *err;

	if (poll->jumping == NULL ||
	    hops_of(hops_plan(poll), device) == HOP_NONE)
		return;
	jumper = &poll->jumping->at[device];
	/* A fall is reported before the session can see it. */
	take_all(poll);
	err = progress->result != NULL ? &progress->result->result.error : NULL;
	if (err != NULL && err->code == NF_DISCONNECTED && jumper->cut == NULL)
		hear_all(poll);
	jump_leave(poll->jumping->jump, device);
	if (jumper->cut != NULL && err != NULL &&
	    err->code == NF_DISCONNECTED) {
		jumper->cut->stage = err->stage;
		*err = *jumper->cut;
	}
	forget_cut(jumper);
}

/* ---- its life */

static void find_permits(const struct plan *plan, struct hops *hops)
{
	const atomic_uchar *permits = plan->permits.reading;

	for (size_t i = 0; permits != NULL && i < hops->n; i++) {
		if (plan->offers.at[offers_hop(&plan->offers, i)] != NULL)
			hops->at[i].permit =
				permits + offers_hop(&plan->offers, i);
	}
}

int jumping_start(struct nf_poll *poll, struct nf_error *err)
{
	struct plan *plan = &poll->plan;
	struct hops *hops = &hops_plan(poll)->hops;

	if (hops->n == 0)
		return 0;
	hops->policy = plan->options->host_keys;
	hops->known = plan->known;
	if (plan->options->nask > 0 && plan->npatterns > 0)
		hops->typed = plan->patterns[0]; /* all have what is asked */
	find_permits(plan, hops);
	poll->jumping = calloc(1, sizeof(*poll->jumping));
	if (poll->jumping == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for jump hosts");
	poll->jumping->at = calloc(plan->ndevices, sizeof(struct jumper));
	if (poll->jumping->at == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for jump hosts");
	return jump_start(&poll->jumping->jump, hops, plan->ndevices, err);
}

int jumping_watch(struct nf_poll *poll, struct nf_error *err)
{
	return poll->jumping == NULL
		       ? 0
		       : pool_watch(poll->pool, jump_fd(poll->jumping->jump),
				    take_all, poll, err);
}

void jumping_type(struct nf_poll *poll, uint32_t hop, const char *typed,
		  const struct nf_error *why)
{
	jump_answer(poll->jumping->jump, hop, typed, why);
}

void jumping_end(struct nf_poll *poll)
{
	struct jumping *jumping = poll->jumping;

	if (jumping == NULL)
		return;
	jump_end(jumping->jump, poll->killed);
	for (size_t i = 0; jumping->at != NULL && i < poll->plan.ndevices; i++)
		free(jumping->at[i].cut);
	free(jumping->at);
	free(jumping);
	poll->jumping = NULL;
}
