/*
 * The lockout: credentials that are refused are offered no more, so that a
 * mistyped password locks nobody out everywhere. A credential is a user with a
 * password, however many places offer it: devices, jump hosts, proxies.
 *
 *   a credential is      then
 *   unproven             a few logins at a time may offer it
 *   unproven -> proven   it was accepted somewhere: all may offer it
 *   any -> stopped       so many refusals with no success between: the other
 *                        places are skipped
 *
 * In the parent alone. Who offers a password asks before, unless the place has
 * the permit; that is a byte of memory which the one that asks only reads.
 */
#ifndef NETFAN_THROTTLE_LOCKOUT_H
#define NETFAN_THROTTLE_LOCKOUT_H

#include <stdatomic.h>

#include "credentials/credentials.h"
#include "netfan.h"

/* The reason why a device is skipped, with its user. */
#define LOCKOUT_SKIPPED                                                        \
	"user %s: not tried, as other devices refused the same password"

enum permit {
	PERMIT_ASK, /* the parent, and wait for another permit */
	PERMIT_GO,
	PERMIT_STOP, /* the credential is not to be offered any more */
};

struct lockout;

/*
 * credentials are those of the places 0..n-1, NULL for one that has none;
 * without a password, they are what a person types. permits are those of all
 * places, PERMIT_ASK at first, and are written here; both are borrowed. most (at
 * least 1) is how many refusals stop a credential, and how many logins may try an
 * unproven one at a time. NF_SYSTEM without memory.
 */
int lockout_new(struct lockout **out,
		const struct credentials *const *credentials, size_t n,
		atomic_uchar *permits, unsigned most, struct nf_error *err);
void lockout_free(struct lockout *lockout);

/* A password is about to be offered: its place gets a permit when it may. */
void lockout_ask(struct lockout *lockout, uint32_t place, int64_t now_us);

/* The login was accepted, the password was refused (true when that has stopped
 * the credential), or neither: the login is over. */
void lockout_accepted(struct lockout *lockout, uint32_t place);
bool lockout_refused(struct lockout *lockout, uint32_t place);
void lockout_left(struct lockout *lockout, uint32_t place, int64_t now_us);

/* Let permits lapse that are five seconds old: servers that say nothing keep no
 * others waiting. Due at lockout_due_us(), INT64_MAX for never. */
int64_t lockout_due_us(const struct lockout *lockout);
void lockout_lapse(struct lockout *lockout, int64_t now_us);

/* Whether a place's credential was stopped, and count a device that is skipped
 * for that. */
bool lockout_stopped(const struct lockout *lockout, uint32_t place);
void lockout_skip(struct lockout *lockout, uint32_t place);

/* The i-th credential, from 0, for which devices were skipped: how many, and a
 * place that has it; 0 when there are no more. Quick for each i after the
 * other. */
size_t lockout_skipped(struct lockout *lockout, size_t i, uint32_t *place);

#endif
