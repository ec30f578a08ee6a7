/* The places from which credentials are offered. */
#include "poll/plan/offers.h"

#include <stdlib.h>

#include "base/error.h"
#include "poll/plan/plan.h"

static const struct credentials *find_own(const struct plan *plan,
					  size_t device)
{
	const struct credentials *credentials =
		&inventory_device(plan->inv, device)->credentials;

	return credentials->password != NULL || plan->options->nask > 0
		       ? credentials
		       : NULL;
}

static const struct credentials *find_proxys(const struct plan *plan,
					     size_t device)
{
	const struct way *way = &plan->ways.at[device];

	return way->kind == WAY_SOCKS5 ? &way->proxy->login : NULL;
}

static const struct credentials *find_hops(const struct plan *plan, size_t hop)
{
	const struct credentials *credentials =
		&plan->ways.hops.hops.at[hop].credentials;

	return credentials->password != NULL || plan->options->nask > 0
		       ? credentials
		       : NULL;
}

int offers_init(struct offers *offers, const struct plan *plan,
		struct nf_error *err)
{
	size_t n = plan->ndevices, nhops = plan->ways.hops.hops.n;

	offers->ndevices = n;
	offers->n = NOFFERS * n + nhops;
	offers->at = calloc(offers->n, sizeof(const struct credentials *));
	if (offers->at == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for credentials");
	for (size_t i = 0; i < n; i++) {
		offers->at[offers_place(offers, OFFER_PASSWORD, i)] =
			find_own(plan, i);
		offers->at[offers_place(offers, OFFER_PROXY, i)] =
			find_proxys(plan, i);
		offers->at[offers_place(offers, OFFER_KEY, i)] =
			key_plan_wrong(&plan->login_keys, i);
	}
	for (size_t i = 0; i < nhops; i++)
		offers->at[offers_hop(offers, i)] = find_hops(plan, i);
	return 0;
}

void offers_release(struct offers *offers)
{
	free(offers->at);
	*offers = (struct offers){0};
}

uint32_t offers_place(const struct offers *offers, enum offer offer,
		      size_t device)
{
	return (uint32_t)((size_t)offer * offers->ndevices + device);
}

uint32_t offers_hop(const struct offers *offers, size_t hop)
{
	return (uint32_t)(NOFFERS * offers->ndevices + hop);
}

bool offers_is(const struct offers *offers, enum offer offer, uint32_t place)
{
	return place / offers->ndevices == (size_t)offer;
}

const char *offers_user(const struct offers *offers, uint32_t place)
{
	return offers->at[place]->username;
}
