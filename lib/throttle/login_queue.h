/*
 * The login queue: which devices may be logged in to now. Devices share things
 * that bear only so many logins at a time: a host key that is not known yet, a
 * server, an address. Each such thing has a limiter. A login holds a place in
 * each limiter of its device until it is over.
 *
 *   a device's login is     moved by
 *   idle -> ready           login_queue_ask(): each limiter has room
 *   idle -> waiting         login_queue_ask(): some limiter has none
 *   waiting -> ready        room in each limiter, in the order of asking
 *   ready -> running        login_queue_take()
 *   idle -> running         login_queue_begin()
 *   running -> idle         login_queue_accepted(), login_queue_left(), or
 *                           login_queue_refused() for good
 *   running -> waiting      login_queue_refused(), to try again: its server
 *                           backs off, then takes one login at a time until
 *                           some are accepted
 *   running,                login_queue_retry(): this device pauses, and no
 *   idle -> waiting         other
 *   waiting -> abandoned    a server that refused for too long
 *   abandoned -> idle       login_queue_take_abandoned()
 *
 * Times are monotonic microseconds; nothing here reads a clock.
 */
#ifndef NETFAN_THROTTLE_LOGIN_QUEUE_H
#define NETFAN_THROTTLE_LOGIN_QUEUE_H

#include "netfan.h"

#define LOGIN_QUEUE_NONE UINT32_MAX /* no device */
#define LOGIN_QUEUE_SAID_MAX 160 /* bytes of a refusal's words, with the NUL */

enum login_queue_kind {
	LOGIN_QUEUE_KEY, /* name and port of a host whose key is not known */
	LOGIN_QUEUE_SERVER, /* an address and a port */
	LOGIN_QUEUE_ADDRESS, /* an address, whatever the port */
	LOGIN_QUEUE_DEVICE, /* a device that pauses: it shares this with none */
	LOGIN_QUEUE_NKINDS
};

struct login_queue_rules {
	size_t ndevices;
	/* How long a server that refuses is waited for; 0: each device has one
	 * try. */
	int64_t patience_us;
	/* A login that takes longer halves the places of its address; 0: none
	 * does. */
	int64_t slow_us;
	uint32_t seed; /* of the chance in the pauses */
};

struct login_queue;

/* A queue of idle logins. NF_SYSTEM without memory. */
int login_queue_new(struct login_queue **out,
		    const struct login_queue_rules *rules,
		    struct nf_error *err);
void login_queue_free(struct login_queue *queue);

/* Let a device share a limiter of this kind with another one: for at most limit
 * logins at a time (0: any number). NF_SYSTEM without memory. */
int login_queue_join(struct login_queue *queue, enum login_queue_kind kind,
		     uint32_t device, uint32_t other, unsigned limit,
		     struct nf_error *err);

/* Put a device in the queue. */
void login_queue_ask(struct login_queue *queue, uint32_t device);

/* Take the next login that is ready, LOGIN_QUEUE_NONE for none: it runs now. */
uint32_t login_queue_take(struct login_queue *queue, int64_t now_us);

/* When a backoff ends, so that login_queue_take() may have more; INT64_MAX for
 * never. */
int64_t login_queue_due_us(const struct login_queue *queue);

/* A login runs, taken from here or not: when its worker has died, another
 * worker runs it again. */
void login_queue_begin(struct login_queue *queue, uint32_t device);

/* A login was accepted, and took so long. Telling it again does nothing. */
void login_queue_accepted(struct login_queue *queue, uint32_t device,
			  int64_t now_us, int64_t took_us);

/* The device's task is over, its login accepted or not. A login that was asked
 * for anew meanwhile keeps its place. */
void login_queue_left(struct login_queue *queue, uint32_t device);

/* The limiter of this kind has room for any number from now on. */
void login_queue_lift_limit(struct login_queue *queue,
			    enum login_queue_kind kind, uint32_t device);

enum login_queue_verdict {
	LOGIN_QUEUE_AGAIN, /* the device waits for another try */
	LOGIN_QUEUE_BUSY, /* it had its tries; the server accepts others, or
			   * said that it is full */
	LOGIN_QUEUE_CLOSED, /* the server refuses everybody, and always has */
};

/*
 * A login was refused before it offered anything: with the words said, or with
 * NULL when the connection was closed without any.
 */
enum login_queue_verdict login_queue_refused(struct login_queue *queue,
					     uint32_t device, int64_t now_us,
					     const char *said);

/*
 * Let a device whose login is over be tried again: after a second the first time
 * (nth 0), twice as long each time, but half a minute at most, and by chance a
 * quarter more or less. Returns how long, in microseconds; -1 without memory:
 * it is not tried again then.
 */
int64_t login_queue_retry(struct login_queue *queue, uint32_t device,
			  unsigned nth, int64_t now_us);

/* For how long a device, or its server, has been refused by now. */
int64_t login_queue_refused_for_us(const struct login_queue *queue,
				   uint32_t device, int64_t now_us);

/* Take the next device that is abandoned, and what its server said;
 * LOGIN_QUEUE_NONE for none. */
uint32_t login_queue_take_abandoned(struct login_queue *queue,
				    char said[LOGIN_QUEUE_SAID_MAX]);

/* Take any device that waits, is ready or abandoned, as there will be no more
 * logins; LOGIN_QUEUE_NONE when none is left. */
uint32_t login_queue_drop(struct login_queue *queue);

#endif
