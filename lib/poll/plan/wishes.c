/* Wishes: which algorithms devices are to be spoken to with. */
#include "poll/plan/wishes.h"

#include <stdio.h>
#include <string.h>

#include "poll/poll_parts.h"

#define NOTES_MAX 8 /* of one run: a list that is wrong is the same for many */

struct algorithms_wish wishes_of(const struct plan *plan, size_t device)
{
	const struct device *dev = inventory_device(plan->inv, device);

	return (struct algorithms_wish){.legacy = dev->legacy,
					.kex = dev->access->kex_algorithms,
					.hostkeys =
						dev->access->hostkey_algorithms,
					.ciphers = dev->access->ciphers,
					.macs = dev->access->macs};
}

static bool has_list(const struct algorithms_wish *wish)
{
	return wish->kex != NULL || wish->hostkeys != NULL ||
	       wish->ciphers != NULL || wish->macs != NULL;
}

int wishes_check(const struct plan *plan, size_t device, struct nf_error *err)
{
	const struct algorithms_wish wish = wishes_of(plan, device);
	struct algorithms algorithms;

	if (!has_list(&wish) || inventory_device(plan->inv, device)->telnet)
		return 0;
	return ssh_algorithms(&algorithms, wish.legacy, err) == -1
		       ? -1
		       : algorithms_choose(&algorithms, &wish, err);
}

/* What was told, so that it is not again. */
struct told {
	char text[NOTES_MAX][400];
	size_t n;
};

static bool is_told(const struct told *told, const char *text)
{
	for (size_t i = 0; i < told->n; i++) {
		if (strcmp(told->text[i], text) == 0)
			return true;
	}
	return false;
}

static void note_lists(const struct nf_poll *poll, size_t device,
		       const struct algorithms *spoken, struct told *told)
{
	const struct algorithms_wish wish = wishes_of(&poll->plan, device);

	for (size_t i = 0; i < ALGORITHMS_LISTS && told->n < NOTES_MAX; i++) {
		char *text = told->text[told->n];

		if (!algorithms_tell_lacking(spoken, &wish, i, text,
					     sizeof(told->text[0])) ||
		    is_told(told, text))
			continue;
		told->n++;
		poll_note(poll, text);
	}
}

void wishes_note(const struct nf_poll *poll)
{
	const struct access *last = NULL;
	struct told told = {.n = 0};
	struct algorithms spoken;
	struct nf_error ignored;

	if (ssh_algorithms(&spoken, LEGACY_ON, &ignored) == -1)
		return; /* each session will tell */
	for (size_t i = 0; i < poll->plan.ndevices; i++) {
		const struct device *dev = inventory_device(poll->plan.inv, i);

		if (dev->access == last || dev->telnet)
			continue;
		last = dev->access;
		note_lists(poll, i, &spoken, &told);
	}
}
