/*
 * Enable: the exchange of a user's prompt for a privileged one. A user's prompt
 * is one of the platform's pattern, or any other that ends in '>': the name
 * before it may be of a shape that no pattern has. The exchange ends at
 *
 *   the unfinished line is                   then
 *   ---------------------------------------  --------------------------------
 *   a question for a new password            failed: none is given
 *   a question for the secret: of the        the secret; failed, where that
 *   platform, or as most logins ask for a    was sent before, or is none
 *   password; in other words, when quiet
 *   a question for a user, the first         the user's name
 *   a prompt that ends in '#', or is         done
 *   privileged by its pattern: of the same
 *   name, or with '#' in the place of '>'
 *   another one of that kind, when quiet     an empty line, which has to bring
 *                                            it again, 4 times at most; done
 *   the user's prompt, behind the echo       failed
 *   or when quiet
 */
#ifndef NETFAN_DIALOGUE_ENABLE_H
#define NETFAN_DIALOGUE_ENABLE_H

#include "credentials/credentials.h"
#include "exchange/exchange.h"

/*
 * Become privileged, where the prompt is that of a user: 1 when the device is
 * at a privileged prompt now, 0 when it was so before, -1. The platform has
 * enable. NF_ENABLE_FAILED, also where the prompt is of neither kind; and the
 * errors of exchange_run().
 */
int enable_run(struct exchange *exchange, const struct credentials *credentials,
	       struct nf_error *err);

#endif
