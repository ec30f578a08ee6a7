/*
 * Offers: the places from which credentials are offered, as the lockout counts
 * them. A device has one for each kind; a hop has one.
 */
#ifndef NETFAN_POLL_PLAN_OFFERS_H
#define NETFAN_POLL_PLAN_OFFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "credentials/credentials.h"
#include "netfan.h"

struct plan;

enum offer {
	OFFER_PASSWORD, /* a device's own, or what a person types for it */
	OFFER_PROXY, /* that of the proxy before it */
	OFFER_KEY, /* a passphrase that is wrong; the user is its file */
};
#define NOFFERS 3

/* Zeroed, there are none. */
struct offers {
	const struct credentials **at; /* by place; NULL: nothing to offer */
	size_t n;
	size_t ndevices;
};

/* List the places of a plan whose ways and keys are known. NF_SYSTEM. */
int offers_init(struct offers *offers, const struct plan *plan,
		struct nf_error *err);
void offers_release(struct offers *offers);

/* The place of a device, or of a hop. */
uint32_t offers_place(const struct offers *offers, enum offer offer,
		      size_t device);
uint32_t offers_hop(const struct offers *offers, size_t hop);

/* Is it a place of this kind? */
bool offers_is(const struct offers *offers, enum offer offer, uint32_t place);

/* The user at a place that has something to offer. */
const char *offers_user(const struct offers *offers, uint32_t place);

#endif
