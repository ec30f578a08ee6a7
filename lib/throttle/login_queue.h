/*
 * The login queue: which devices may be logged in to now. Devices share a host
 * key that is not known yet, a server, an address, and each of these bears only
 * so many logins at a time: it is a gate. A device's turn has come when every
 * gate of it has room; it takes a place in each until its login is over.
 *
 *   a device is               who moves it
 *   waiting in a gate         login_queue_ask(): one of its gates has no room
 *   waiting -> its turn       room in every gate, in the order of asking
 *   its turn -> logging in    login_queue_take()
 *   logging in -> away        login_queue_enter() or login_queue_leave()
 *   logging in -> waiting     login_queue_turned_away(): its server takes no
 *                             more logins now; the gate rests, and lets one in
 *                             at a time until they are taken again
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
	/* How long a server that takes no more logins is waited for; 0: each
	 * device has its one try. */
	int64_t patience_us;
	/* A login that takes longer halves the logins of its address at a
	 * time; 0: none does. */
	int64_t slow_us;
	uint32_t seed; /* of the chance in the pauses */
};

struct login_queue;

/* Make a queue without devices. NF_SYSTEM without memory. */
int login_queue_new(struct login_queue **out,
		    const struct login_queue_rules *rules,
		    struct nf_error *err);
void login_queue_free(struct login_queue *queue);

/* Give two devices a gate of this kind in common, through which most may go at
 * a time (0: any number). NF_SYSTEM without memory. */
int login_queue_join(struct login_queue *queue, enum login_queue_kind kind,
		     uint32_t device, uint32_t other, unsigned most,
		     struct nf_error *err);

/* Ask for the turn of a device. */
void login_queue_ask(struct login_queue *queue, uint32_t device);

/* Take the next device whose turn it is, which logs in from now on;
 * LOGIN_QUEUE_NOBODY for none. */
uint32_t login_queue_take(struct login_queue *queue, int64_t now_us);

/* The time when login_queue_take() is to be called again; INT64_MAX when no
 * pause ends. */
int64_t login_queue_due_us(const struct login_queue *queue);

/* Let a device log in without its turn: its worker died, and another has it. */
void login_queue_begin(struct login_queue *queue, uint32_t device);

/* End the login of a device, which took took_us. Once a login; more calls do no
 * harm. */
void login_queue_enter(struct login_queue *queue, uint32_t device,
		       int64_t now_us, int64_t took_us);

/* End the task of a device, whether its login was over or not. */
void login_queue_leave(struct login_queue *queue, uint32_t device);

/* Open a gate of this kind: it lets all through from now on. */
void login_queue_open(struct login_queue *queue, enum login_queue_kind kind,
		      uint32_t device);

enum login_queue_verdict {
	LOGIN_QUEUE_AGAIN, /* it waits for another turn */
	LOGIN_QUEUE_BUSY, /* it had its chances; its server said that it is
			   * busy, or lets others in */
	LOGIN_QUEUE_CLOSED, /* its server closes whoever comes, and always has */
};

/*
 * Turn a device away, as its server did: with these words, or NULL when the
 * connection was closed without a word.
 */
enum login_queue_verdict login_queue_turned_away(struct login_queue *queue,
						 uint32_t device,
						 int64_t now_us,
						 const char *said);

/* The time since a device was first turned away. */
int64_t login_queue_waited_us(const struct login_queue *queue, uint32_t device,
			      int64_t now_us);

/* Take the next device that waits for a gate which takes nobody any more, and
 * the words that were said there; LOGIN_QUEUE_NOBODY for none. */
uint32_t login_queue_lost(struct login_queue *queue,
			  char said[LOGIN_QUEUE_SAID]);

/* Drop the next device that waits, or whose turn it is; LOGIN_QUEUE_NOBODY when
 * nobody is left. */
uint32_t login_queue_drop(struct login_queue *queue);

#endif
