/* Times: what the steps of a device's session may take, and the whole. */
#ifndef NETFAN_POLL_PLAN_TIMES_H
#define NETFAN_POLL_PLAN_TIMES_H

#include "poll/plan/plan.h"

/* Refuse times of the options that are negative: NF_INVALID. */
int times_check(const struct nf_poll_options *options, struct nf_error *err);

/* The steps of a device: what the inventory has, else the options; 0 where
 * neither has. */
struct nf_times times_of(const struct plan *plan, size_t device);

/*
 * The whole session of a device. What the options have for it holds whatever
 * its steps may take. Without that, it is the default, and as much longer as
 * given times are longer than the defaults of their steps, a command's for each
 * command.
 */
int64_t times_session_ms(const struct plan *plan, size_t device);

/* Of all devices: the longest session, and the shortest handshake. */
int64_t times_longest_ms(const struct plan *plan);
int64_t times_handshake_ms(const struct plan *plan);

/* May a step of some device take longer than its whole session? */
bool times_exceed(const struct plan *plan);

#endif
