/* Jumping: a poll's side of the jump process. Sessions ask for connections behind
 * their hops; what becomes of these, and of the hops, is heard here. */
#ifndef NETFAN_POLL_REQUESTS_JUMPING_H
#define NETFAN_POLL_REQUESTS_JUMPING_H

#include "poll/requests/requests.h"

/* Fork the jump process, if any device is behind a hop: before the workers.
 * NF_SYSTEM. */
int jumping_start(struct nf_poll *poll, struct nf_error *err);

/* Watch it, once there is a pool. NF_SYSTEM. */
int jumping_watch(struct nf_poll *poll, struct nf_error *err);

/* A session wants its connection. */
void jumping_answer(struct nf_poll *poll, const struct request *request);

/* A device's session is over. If it ended as its connection did, and a hop was the
 * reason, its error says so from here on. */
void jumping_left(struct nf_poll *poll, uint32_t device);

/* Answer what a hop asks by what was typed; or refuse to, for a reason. */
void jumping_type(struct nf_poll *poll, uint32_t hop, const char *typed,
		  const struct nf_error *why);

void jumping_end(struct nf_poll *poll);

#endif
