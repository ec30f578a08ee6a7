/*
 * Turns: which devices may be logged in to now. What several devices share (a
 * host key that is not known yet, a server, an address) bears only so many
 * logins at a time; each such thing is a lane. A device's turn has come when
 * every lane of it has room; it takes a place in each until its login is over.
 *
 *   a device is               who moves it
 *   waiting in a lane         turns_ask(): one of its lanes has no room
 *   waiting -> its turn       room in every lane, in the order of asking
 *   its turn -> logging in    turns_take()
 *   logging in -> away        turns_enter() or turns_leave()
 *   logging in -> waiting     turns_turned_away(): its server takes no more
 *                             logins now; the lane rests, and lets one in at a
 *                             time until they are taken again
 *   waiting -> lost           a lane that never was taken again
 *
 * Times are monotonic microseconds; nothing here looks at a clock.
 */
#ifndef NETFAN_THROTTLE_LOGIN_QUEUE_H
#define NETFAN_THROTTLE_LOGIN_QUEUE_H

#include "netfan.h"

#define TURNS_NOBODY UINT32_MAX
#define TURNS_SAID 160 /* of what was said, with its NUL */

enum turns_kind {
	TURNS_KEY, /* the name and port of a host whose key is not known */
	TURNS_SERVER, /* an address and a port */
	TURNS_ADDRESS, /* an address, whatever the port */
	TURNS_NKINDS
};

struct turns_rules {
	size_t ndevices;
	int64_t patience_us; /* how long one that takes no more is waited for;
				0: each has its one try */
	int64_t slow_us; /* a login that takes longer halves what its address
			    gets at a time; 0: none does */
	uint32_t seed; /* of the chance in the pauses */
};

struct turns;

int turns_new(struct turns **out, const struct turns_rules *rules,
	      struct nf_error *err);
void turns_free(struct turns *turns);

/* A device has a lane of this kind in common with another one, through which
 * most may go at a time (0: any number). */
int turns_join(struct turns *turns, enum turns_kind kind, uint32_t device,
	       uint32_t other, unsigned most, struct nf_error *err);

/* A device wants its turn. */
void turns_ask(struct turns *turns, uint32_t device);

/* The next whose turn it is, TURNS_NOBODY for none: it logs in from now on. */
uint32_t turns_take(struct turns *turns, int64_t now_us);

/* When turns_take() is to be asked again; INT64_MAX when no pause ends. */
int64_t turns_due_us(const struct turns *turns);

/* It logs in, whoever has let it: its worker died, and another has it. */
void turns_begin(struct turns *turns, uint32_t device);

/* Its login is over, which took so long. Once a login; more are no harm. */
void turns_enter(struct turns *turns, uint32_t device, int64_t now_us,
		 int64_t took_us);

/* Its task is over, whether it had entered or not. */
void turns_leave(struct turns *turns, uint32_t device);

/* The lane of this kind lets all through from now on. */
void turns_open(struct turns *turns, enum turns_kind kind, uint32_t device);

enum turns_verdict {
	TURNS_AGAIN, /* it waits for another turn */
	TURNS_BUSY, /* it had its chances: others get in, or it was said so */
	TURNS_CLOSED, /* so it does with everybody, and always has */
};

/*
 * It was turned away: with these words, or NULL when the connection was closed
 * without one.
 */
enum turns_verdict turns_turned_away(struct turns *turns, uint32_t device,
				     int64_t now_us, const char *said);

/* How long it has been turned away by now. */
int64_t turns_waited_us(const struct turns *turns, uint32_t device,
			int64_t now_us);

/* The next that waits for a lane that takes nobody any more, and what was said
 * there; TURNS_NOBODY for none. */
uint32_t turns_lost(struct turns *turns, char said[TURNS_SAID]);

/* The next that waits, or whose turn it is, and gets none: TURNS_NOBODY when
 * nobody is left. */
uint32_t turns_drop(struct turns *turns);

#endif
