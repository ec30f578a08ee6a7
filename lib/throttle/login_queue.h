/*
 * Turns: which devices may be logged in to now. What several devices share (a
 * host key that is not known yet, a server, an address) bears only so many
 * logins at a time; each such thing is a gate. A device's turn has come when
 * every gate of it has room; it takes a place in each until its login is over.
 *
 *   a device is               who moves it
 *   waiting in a gate         login_queue_ask(): one of its gates has no room
 *   waiting -> its turn       room in every gate, in the order of asking
 *   its turn -> logging in    login_queue_take()
 *   logging in -> away        login_queue_enter() or login_queue_leave()
 *   logging in -> waiting     login_queue_turned_away(): its server takes no more
 *                             logins now; the gate rests, and lets one in at a
 *                             time until they are taken again
 *   waiting -> lost           a gate that never was taken again
 *
 * Times are monotonic microseconds; nothing here looks at a clock.
 */
#ifndef NETFAN_THROTTLE_LOGIN_QUEUE_H
#define NETFAN_THROTTLE_LOGIN_QUEUE_H

#include "netfan.h"

#define LOGIN_QUEUE_NOBODY UINT32_MAX
#define LOGIN_QUEUE_SAID 160 /* of what was said, with its NUL */

enum login_queue_kind {
	LOGIN_QUEUE_KEY, /* the name and port of a host whose key is not known */
	LOGIN_QUEUE_SERVER, /* an address and a port */
	LOGIN_QUEUE_ADDRESS, /* an address, whatever the port */
	LOGIN_QUEUE_NKINDS
};

struct login_queue_rules {
	size_t ndevices;
	int64_t patience_us; /* how long one that takes no more is waited for;
				0: each has its one try */
	int64_t slow_us; /* a login that takes longer halves what its address
			    gets at a time; 0: none does */
	uint32_t seed; /* of the chance in the pauses */
};

struct login_queue;

int login_queue_new(struct login_queue **out,
		    const struct login_queue_rules *rules,
		    struct nf_error *err);
void login_queue_free(struct login_queue *queue);

/* A device has a gate of this kind in common with another one, through which
 * most may go at a time (0: any number). */
int login_queue_join(struct login_queue *queue, enum login_queue_kind kind,
		     uint32_t device, uint32_t other, unsigned most,
		     struct nf_error *err);

/* A device wants its turn. */
void login_queue_ask(struct login_queue *queue, uint32_t device);

/* The next whose turn it is, LOGIN_QUEUE_NOBODY for none: it logs in from now on. */
uint32_t login_queue_take(struct login_queue *queue, int64_t now_us);

/* When login_queue_take() is to be asked again; INT64_MAX when no pause ends. */
int64_t login_queue_due_us(const struct login_queue *queue);

/* It logs in, whoever has let it: its worker died, and another has it. */
void login_queue_begin(struct login_queue *queue, uint32_t device);

/* Its login is over, which took so long. Once a login; more are no harm. */
void login_queue_enter(struct login_queue *queue, uint32_t device,
		       int64_t now_us, int64_t took_us);

/* Its task is over, whether it had entered or not. */
void login_queue_leave(struct login_queue *queue, uint32_t device);

/* The gate of this kind lets all through from now on. */
void login_queue_open(struct login_queue *queue, enum login_queue_kind kind,
		      uint32_t device);

enum login_queue_verdict {
	LOGIN_QUEUE_AGAIN, /* it waits for another turn */
	LOGIN_QUEUE_BUSY, /* it had its chances: others get in, or it was said so */
	LOGIN_QUEUE_CLOSED, /* so it does with everybody, and always has */
};

/*
 * It was turned away: with these words, or NULL when the connection was closed
 * without one.
 */
enum login_queue_verdict login_queue_turned_away(struct login_queue *queue,
						 uint32_t device,
						 int64_t now_us,
						 const char *said);

/* How long it has been turned away by now. */
int64_t login_queue_waited_us(const struct login_queue *queue, uint32_t device,
			      int64_t now_us);

/* The next that waits for a gate that takes nobody any more, and what was said
 * there; LOGIN_QUEUE_NOBODY for none. */
uint32_t login_queue_lost(struct login_queue *queue,
			  char said[LOGIN_QUEUE_SAID]);

/* The next that waits, or whose turn it is, and gets none: LOGIN_QUEUE_NOBODY when
 * nobody is left. */
uint32_t login_queue_drop(struct login_queue *queue);

#endif
