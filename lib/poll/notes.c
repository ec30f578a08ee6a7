/* What a person is told of a run, once, as an option or a key has no effect. */
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "poll/plan/times.h"
#include "poll/plan/wishes.h"
#include "poll/poll_parts.h"

/* A program, which is run without a terminal, asks nobody. */
static void note_replies(const struct nf_poll *poll)
{
	const struct plan *plan = &poll->plan;

	for (size_t i = 0; poll->options.nreplies > 0 && i < plan->ndevices;
	     i++) {
		if (!plan_executes(plan, i,
				   inventory_device(plan->inv, i)->platform))
			continue;
		poll_note(poll,
			  "answers have no effect on commands that are run as "
			  "programs, without a shell");
		return;
	}
}

static void note_times(const struct nf_poll *poll)
{
	char text[120];

	if (!times_exceed(&poll->plan))
		return;
	(void)snprintf(text, sizeof(text),
		       "times of steps beyond %g s have no effect: a whole "
		       "session may take no longer",
		       (double)poll->options.timeout_ms / 1000);
	poll_note(poll, text);
}

/* Devices that have another proof get in without it. */
static void note_agent(const struct nf_poll *poll)
{
	const struct nf_error *trouble = &poll->plan.agent.trouble;
	char text[sizeof(trouble->message) + 50];

	if (trouble->code == NF_OK)
		return;
	(void)snprintf(text, sizeof(text), "no key of an agent is offered: %s",
		       trouble->message);
	poll_note(poll, text);
}

void notes_enable(struct nf_poll *poll, size_t device, size_t place)
{
	const struct plan *plan = &poll->plan;
	const struct platform *platform =
		patterns_platform(plan->patterns[place]);
	char text[200];

	if (poll->told_enable[place] ||
	    !credentials_enable(
		    &inventory_device(plan->inv, device)->credentials) ||
	    (platform->enable != NULL &&
	     !plan_executes(plan, device, platform)))
		return;
	poll->told_enable[place] = true;
	(void)snprintf(text, sizeof(text),
		       "%s: keys 'secret' and 'enable' have no effect on its "
		       "devices: %s",
		       platform->name,
		       platform->enable == NULL
			       ? "it has no enable"
			       : "commands are run without a shell");
	poll_note(poll, text);
}

/* An authority's line promises more than is checked. */
static void note_authorities(const struct nf_poll *poll)
{
	const struct plan *plan = &poll->plan;
	const struct nf_device *first = NULL;
	char text[400];
	size_t n = 0;

	if (poll->options.host_keys != NF_HOST_KEYS_ACCEPT_NEW)
		return;
	for (size_t i = 0; i < plan->ndevices; i++) {
		const struct device *dev = inventory_device(plan->inv, i);
		struct host host = inventory_key_host(dev);

		if (plan_knows(plan, i) ||
		    !hostkeys_has_authority(plan->known, host.name, host.port))
			continue;
		if (n++ == 0)
			first = &dev->pub;
	}
	if (first == NULL)
		return;
	(void)snprintf(
		text, sizeof(text),
		"%.160s: @cert-authority lines are for devices whose own "
		"keys are not known (%zu, the first is %.64s): libssh2 "
		"can check no host certificates, so their keys are "
		"accepted as any new ones are",
		plan->known_path, n, first->name);
	poll_note(poll, text);
}

int notes_begin(struct nf_poll *poll, struct nf_error *err)
{
	const struct plan *plan = &poll->plan;

	poll->told_enable = calloc(plan->npatterns, sizeof(*poll->told_enable));
	if (poll->told_enable == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for platforms");
	note_replies(poll);
	note_agent(poll);
	note_times(poll);
	note_authorities(poll);
	wishes_note(poll);
	for (size_t i = 0; i < plan->ndevices; i++) {
		if (!plan_detects(plan, i))
			notes_enable(poll, i, plan->platform[i]);
	}
	return 0;
}
