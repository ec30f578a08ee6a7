/*
 * The proxy commands that run: each is started by the parent when a session asks
 * for it, and gets one end of a pair of sockets as standard input and output;
 * the session gets the other. It is ended with its session.
 */
#ifndef NETFAN_POLL_REQUESTS_PROXY_COMMANDS_H
#define NETFAN_POLL_REQUESTS_PROXY_COMMANDS_H

#include "poll/requests/requests.h"

/* What a session asks for by the text of REQUEST_PROXY_COMMAND: to start it, or
 * to hear why it ended: refused with the reason, or granted as there is none. */
#define PROXY_COMMAND_WHY "why"

#define PROXY_COMMAND_FILES 2 /* of one that runs: its end, its errors */

/* May a device ask for its proxy command? */
bool proxy_commands_may(const struct plan *plan, size_t device);

/* Answer a request for one. What cannot be started for want of processes or
 * descriptors is refused with EAGAIN. */
void proxy_commands_answer(struct nf_poll *poll, const struct request *request);

/* A device's session is over: so is its command. */
void proxy_commands_left(struct nf_poll *poll, uint32_t device);

/* Kill all, and wait a moment for their end. */
void proxy_commands_end(struct nf_poll *poll);

#endif
