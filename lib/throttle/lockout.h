/*
 * The lockout: credentials that are refused are offered no more, so that a
 * mistyped password locks nobody out everywhere. A credential is a user with a
 * password, however many devices have it.
 *
 *   a credential is      then
 *   unproven             a few logins at a time may offer it
 *   unproven -> proven   a device accepted it: all may offer it
 *   any -> stopped       so many refusals with no success between: its other
 *                        devices are skipped
 *
 * In the parent alone. A worker asks before it offers a password, unless its
 * device has the permit; that is a byte of memory which the worker only reads.
 */
#ifndef NETFAN_THROTTLE_LOCKOUT_H
#define NETFAN_THROTTLE_LOCKOUT_H

#include <stdatomic.h>

#include "inventory/inventory.h"

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
 * asks: a device without a password may ask a person, which counts as one.
 * permits are those of all devices, PERMIT_ASK at first, and are written here;
 * they and the inventory are borrowed. most (at least 1) is how many refusals
 * stop a credential, and how many logins may try an unproven one at a time.
 * NF_SYSTEM without memory.
 */
int lockout_new(struct lockout **out, const struct nf_inventory *inv, bool asks,
		atomic_uchar *permits, unsigned most, struct nf_error *err);
void lockout_free(struct lockout *lockout);

/* A device is about to offer its password: it gets a permit when it may. */
void lockout_ask(struct lockout *lockout, uint32_t device, int64_t now_us);

/* The device has accepted the login, has refused the password (true when that
 * has stopped the credential), or neither: its session is over. */
void lockout_accepted(struct lockout *lockout, uint32_t device);
bool lockout_refused(struct lockout *lockout, uint32_t device);
void lockout_left(struct lockout *lockout, uint32_t device, int64_t now_us);

/* Let permits lapse that are five seconds old: devices that say nothing keep no
 * others waiting. Due at lockout_due_us(), INT64_MAX for never. */
int64_t lockout_due_us(const struct lockout *lockout);
void lockout_lapse(struct lockout *lockout, int64_t now_us);

/* Whether the device's credential was stopped, and count a device that is
 * skipped for that. */
bool lockout_stopped(const struct lockout *lockout, uint32_t device);
void lockout_skip(struct lockout *lockout, uint32_t device);

/* The i-th credential, from 0, for which devices were skipped: how many, and
 * its user; 0 when there are no more. Quick for each i after the other. */
size_t lockout_skipped(struct lockout *lockout, size_t i,
		       const char **username);

#endif
