/* Credentials that are refused: what the lockout hears of them, and the devices
 * that it costs. */
#include <errno.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "poll/poll_parts.h"

#define REFUSALS 3 /* of a credential, that stop it */

int refusals_begin(struct nf_poll *poll, struct nf_error *err)
{
	const struct plan *plan = &poll->plan;
	int most = poll->options.max_auth_failures;

	if (plan->permits.writing == NULL)
		return 0;
	return lockout_new(&poll->lockout, plan->offers.at, plan->offers.n,
			   plan->permits.writing,
			   most == 0 ? REFUSALS : (unsigned)most, err);
}

/* ---- places */

static uint32_t place_of(const struct nf_poll *poll, enum offer offer,
			 uint32_t device)
{
	return offers_place(&poll->plan.offers, offer, device);
}

static bool is_stopped(const struct nf_poll *poll, uint32_t place)
{
	return poll->lockout != NULL && lockout_stopped(poll->lockout, place);
}

/* The credential for which a device was skipped: its own, its proxy's, or that of
 * a hop on its way. */
static uint32_t find_stopped(const struct nf_poll *poll, uint32_t device)
{
	const struct plan_hops *hops = &poll->plan.ways.hops;
	uint32_t own = place_of(poll, OFFER_PASSWORD, device);
	uint32_t proxys = place_of(poll, OFFER_PROXY, device);

	if (is_stopped(poll, own) || is_stopped(poll, proxys))
		return is_stopped(poll, own) ? own : proxys;
	for (uint32_t hop = hops_of(hops, device); hop != HOP_NONE;
	     hop = hops->hops.at[hop].before) {
		uint32_t place = offers_hop(&poll->plan.offers, hop);

		if (is_stopped(poll, place))
			return place;
	}
	return own;
}

/* ---- devices that are not tried */

static void skip(struct nf_poll *poll, uint32_t index, enum nf_stage stage,
		 uint32_t place, const char *message)
{
	lockout_skip(poll->lockout, place);
	results_end_early(poll, index, stage, NF_SKIPPED, message);
}

/* Skip a device if others with its user and password were refused; one that has
 * keys may need no password. */
static bool skip_refused(struct nf_poll *poll, uint32_t index)
{
	const struct plan *plan = &poll->plan;
	uint32_t own = place_of(poll, OFFER_PASSWORD, index);
	char message[sizeof(((struct nf_error *)0)->message)];

	if (!is_stopped(poll, own) ||
	    key_plan_of(&plan->login_keys, index).n > 0)
		return false;
	(void)snprintf(message, sizeof(message), LOCKOUT_SKIPPED,
		       offers_user(&plan->offers, own));
	skip(poll, index, NF_STAGE_AUTH, own, message);
	return true;
}

/* The same, if others were refused by its proxy. */
static bool skip_proxied(struct nf_poll *poll, uint32_t index)
{
	uint32_t place = place_of(poll, OFFER_PROXY, index);
	char message[sizeof(((struct nf_error *)0)->message)];

	if (!is_stopped(poll, place))
		return false;
	(void)snprintf(message, sizeof(message),
		       "the proxy %s: " LOCKOUT_SKIPPED,
		       poll->plan.ways.at[index].proxy->socks5.name,
		       offers_user(&poll->plan.offers, place));
	skip(poll, index, NF_STAGE_CONNECT, place, message);
	return true;
}

/* A wrong passphrase is wrong for all: after a few devices it is no news. */
static bool skip_wrong(struct nf_poll *poll, uint32_t index,
		       const struct nf_error *why)
{
	uint32_t place = place_of(poll, OFFER_KEY, index);
	char message[sizeof(why->message)];

	if (poll->lockout == NULL || why->sys_errno != EKEYREJECTED)
		return false;
	if (!is_stopped(poll, place)) {
		(void)lockout_refused(poll->lockout, place);
		return false;
	}
	(void)snprintf(message, sizeof(message), "not tried: %.480s",
		       why->message);
	skip(poll, index, NF_STAGE_AUTH, place, message);
	return true;
}

/* Fail a device one of whose keys is not to be had: a password in its place is
 * not what was asked for. */
static bool fail_keyless(struct nf_poll *poll, uint32_t index)
{
	const struct plan *plan = &poll->plan;
	const struct device *dev = inventory_device(plan->inv, index);
	const struct nf_error *why = key_plan_failure(
		&plan->login_keys, index,
		dev->credentials.password != NULL || poll->options.nask > 0);

	if (why == NULL)
		return false;
	if (!skip_wrong(poll, index, why))
		results_end_early(poll, index, NF_STAGE_AUTH, NF_AUTH_FAILED,
				  why->message);
	return true;
}

bool refusals_end(struct nf_poll *poll, uint32_t index)
{
	if (!skip_refused(poll, index) && !skip_proxied(poll, index) &&
	    !fail_keyless(poll, index))
		return false;
	login_queue_left(poll->queue, index);
	return true;
}

/* ---- what is heard */

void refusals_ask(struct nf_poll *poll, uint32_t place)
{
	if (poll->lockout != NULL)
		lockout_ask(poll->lockout, place, mono_us());
}

void refusals_hear(struct nf_poll *poll, uint32_t place, enum offered what)
{
	char text[300];

	if (poll->lockout == NULL)
		return;
	switch (what) {
	case OFFERED_ACCEPTED:
		lockout_accepted(poll->lockout, place);
		return; /* a session goes on */
	case OFFERED_REFUSED:
		if (!lockout_refused(poll->lockout, place))
			break;
		(void)snprintf(text, sizeof(text),
			       "user %.200s: its password is refused: devices "
			       "with the same one are not tried any more",
			       offers_user(&poll->plan.offers, place));
		poll_note(poll, text);
		break;
	case OFFERED_LEFT:
		break;
	}
	lockout_left(poll->lockout, place, mono_us());
}

/* A refusal while it is connected to is the proxy's. */
static enum offered offered_of(const struct nf_error *err, bool connecting)
{
	if (err == NULL)
		return OFFERED_LEFT;
	return err->code == NF_AUTH_FAILED && err->sys_errno == EACCES &&
			       (err->stage == NF_STAGE_CONNECT) == connecting
		       ? OFFERED_REFUSED
		       : OFFERED_LEFT;
}

void refusals_report(struct nf_poll *poll, uint32_t index)
{
	const struct message *message = poll->progress[index].result;
	const struct nf_error *err =
		message != NULL ? &message->result.error : NULL;
	uint32_t own = place_of(poll, OFFER_PASSWORD, index);

	if (poll->lockout == NULL)
		return;
	if (err != NULL &&
	    (err->code == NF_OK || err->stage == NF_STAGE_COMMAND))
		lockout_accepted(poll->lockout, own);
	if (err != NULL && err->code == NF_SKIPPED &&
	    (err->stage == NF_STAGE_AUTH || err->stage == NF_STAGE_CONNECT))
		lockout_skip(poll->lockout, find_stopped(poll, index));
	refusals_hear(poll, own, offered_of(err, false));
	refusals_hear(poll, place_of(poll, OFFER_PROXY, index),
		      offered_of(err, true));
}

bool nf_poll_skipped(const struct nf_poll *poll, size_t i,
		     struct nf_skipped *out)
{
	const struct offers *offers = &poll->plan.offers;
	uint32_t place;
	size_t n = poll->lockout != NULL
			   ? lockout_skipped(poll->lockout, i, &place)
			   : 0;

	if (n == 0)
		return false;
	*out = (struct nf_skipped){.name = offers_user(offers, place),
				   .key = offers_is(offers, OFFER_KEY, place),
				   .ndevices = n};
	return true;
}
