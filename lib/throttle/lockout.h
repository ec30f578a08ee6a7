/*
 * Credentials: users with their passwords, each once, however many devices have
 * it. As long as one has never been accepted in this run, a few logins at a
 * time may offer it; so many refusals with no success between stop it, so that
 * a mistyped password locks nobody out everywhere.
 *
 * In the parent alone. A worker asks before it offers a password, unless its
 * device has the permit; that is one byte of memory which it can only read.
 */
#ifndef NETFAN_THROTTLE_LOCKOUT_H
#define NETFAN_THROTTLE_LOCKOUT_H

#include <stdatomic.h>

#include "inventory/inventory.h"

/* Why a device is skipped: of a user. */
#define LOCKOUT_SKIPPED                                                        \
	"user %s: not tried, as other devices refused the same password"

enum permit {
	PERMIT_ASK, /* of the parent, and wait for another */
	PERMIT_GO,
	PERMIT_STOP, /* the credential is not to be offered any more */
};

struct lockout;

/*
 * permits are those of all devices, PERMIT_ASK at first, and are written here;
 * they and the inventory are borrowed. most (at least 1) is how many refusals
 * stop a credential, and how many logins may try an unproven one at a time.
 * NF_SYSTEM without memory.
 */
int lockout_new(struct lockout **out, const struct nf_inventory *inv,
		atomic_uchar *permits, unsigned most, struct nf_error *err);
void lockout_free(struct lockout *lockout);

/* A device is about to offer its password: it gets its permit when it may. */
void lockout_ask(struct lockout *lockout, uint32_t device, int64_t now_us);

/* The device has let it in, has refused its password, or neither: its session
 * is over. Refused: true when that has stopped the credential. */
void lockout_accepted(struct lockout *lockout, uint32_t device);
bool lockout_refused(struct lockout *lockout, uint32_t device);
void lockout_left(struct lockout *lockout, uint32_t device, int64_t now_us);

/* A device that says nothing for too long gives its place to another one: when
 * lockout_lapse() is to be called next; INT64_MAX for never. */
int64_t lockout_due_us(const struct lockout *lockout);
void lockout_lapse(struct lockout *lockout, int64_t now_us);

/* Is it a credential that was stopped? Then the device is skipped: count it. */
bool lockout_stopped(const struct lockout *lockout, uint32_t device);
void lockout_skip(struct lockout *lockout, uint32_t device);

/* The i-th credential for which devices were skipped: how many, and its user;
 * 0 when there are no more. */
size_t lockout_skipped(const struct lockout *lockout, size_t i,
		       const char **username);

#endif
