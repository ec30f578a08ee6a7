/* Enable: the exchange of a user's prompt for a privileged one. */
#ifndef NETFAN_DIALOGUE_ENABLE_H
#define NETFAN_DIALOGUE_ENABLE_H

#include "credentials/credentials.h"
#include "dialogue/exchange.h"

/*
 * Send the enable command of the platform, which has one, and the secret that
 * is asked for; a device that asks for a user first gets the username.
 * NF_ENABLE_FAILED, and the errors of exchange_run().
 */
int enable_run(struct exchange *exchange, const struct credentials *credentials,
	       struct nf_error *err);

#endif
