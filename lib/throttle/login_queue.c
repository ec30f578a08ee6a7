/* The login queue: how many devices are logged in to at a time. */
#include "throttle/login_queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "fiber/heap.h"

#define BACKOFF_US 500000 /* the first one of a server; then it doubles */
#define DOUBLINGS_MAX 4
#define RETRY_US 1000000 /* the first pause of a device; then it doubles */
#define RETRY_MAX_US 30000000
#define RETRY_DOUBLINGS_MAX 5
#define SILENT_REFUSALS_MAX                                                    \
	6 /* closed connections before it counts as closed */
#define WINDOW_UNLIMITED 32 /* a window that grows beyond has no limit */

/* A list of devices, linked through their logins: each is in one at a time. */
struct fifo {
	uint32_t first, last;
};

enum limiter_state {
	LIMITER_OPEN,
	LIMITER_FULL, /* refused too long: whoever waits is abandoned */
	LIMITER_CLOSED, /* refuses everybody: nothing to wait for */
};

/*
 * The concurrent logins of devices that share something. As a congestion
 * window, the number grows by one after a windowful of successes, is halved
 * when logins are slow, and is one after a refusal.
 */
struct limiter {
	struct heap_item backoff; /* first; its key is when the backoff ends */
	struct fifo waiting;
	enum limiter_state state;
	unsigned active; /* logins that hold a place */
	unsigned limit; /* of the window; 0: none */
	unsigned window; /* places at present; 0: any number */
	unsigned successes; /* at this window */
	int64_t halved_us; /* when the window was last halved */
	int64_t refusing_us; /* since when all were refused; 0: they are not */
	unsigned backoffs; /* since then */
	bool accepted; /* some login was, at any time */
	bool explained; /* a refusal came with words, which are kept in said */
	char said[LOGIN_QUEUE_SAID_MAX];
	struct limiter *next; /* of the queue */
};

/* States of a device's login: the table in the header. */
enum login_state {
	LOGIN_IDLE,
	LOGIN_WAITING, /* in the list of a limiter */
	LOGIN_READY, /* in a list of the queue, with a place in each limiter */
	LOGIN_RUNNING, /* in no list, with these places */
	LOGIN_ABANDONED, /* in the queue's list of these */
};

struct login {
	/* NULL where the device shares nothing */
	struct limiter *limiters[LOGIN_QUEUE_NKINDS];
	enum login_state state;
	int64_t refused_us; /* when it was first refused; 0: never */
	uint32_t next; /* in its list */
	uint8_t silent_refusals; /* connections closed without a word */
};

struct login_queue {
	struct login_queue_rules rules;
	struct login *logins;
	struct limiter *limiters;
	struct heap backoffs;
	size_t nlimiters;
	struct fifo resumed; /* ready, after they waited: they go first */
	struct fifo ready; /* ready at once */
	struct fifo abandoned;
	uint32_t random;
};

/* ---- lists of devices */

static struct fifo empty(void)
{
	return (struct fifo){LOGIN_QUEUE_NONE, LOGIN_QUEUE_NONE};
}

static void fifo_push(struct login_queue *queue, struct fifo *fifo,
		      uint32_t device)
{
	queue->logins[device].next = LOGIN_QUEUE_NONE;
	if (fifo->first == LOGIN_QUEUE_NONE)
		fifo->first = device;
	else
		queue->logins[fifo->last].next = device;
	fifo->last = device;
}

static void fifo_push_front(struct login_queue *queue, struct fifo *fifo,
			    uint32_t device)
{
	queue->logins[device].next = fifo->first;
	if (fifo->first == LOGIN_QUEUE_NONE)
		fifo->last = device;
	fifo->first = device;
}

static uint32_t fifo_pop(struct login_queue *queue, struct fifo *fifo)
{
	uint32_t device = fifo->first;

	if (device != LOGIN_QUEUE_NONE)
		fifo->first = queue->logins[device].next;
	return device;
}

static void fifo_move(struct login_queue *queue, struct fifo *from,
		      struct fifo *to)
{
	if (from->first == LOGIN_QUEUE_NONE)
		return;
	if (to->first == LOGIN_QUEUE_NONE)
		to->first = from->first;
	else
		queue->logins[to->last].next = from->first;
	to->last = from->last;
	*from = empty();
}

/* ---- limiters */

static struct limiter *limiter_new(struct login_queue *queue, unsigned limit)
{
	struct limiter *limiter = calloc(1, sizeof(*limiter));

	if (limiter == NULL ||
	    heap_reserve(&queue->backoffs, queue->nlimiters + 1) == -1) {
		free(limiter);
		return NULL;
	}
	limiter->backoff.place = HEAP_IDLE;
	limiter->waiting = empty();
	limiter->limit = limiter->window = limit;
	limiter->next = queue->limiters;
	queue->limiters = limiter;
	queue->nlimiters++;
	return limiter;
}

static bool is_backing_off(const struct limiter *limiter)
{
	return limiter->backoff.place != HEAP_IDLE;
}

static bool has_room(const struct limiter *limiter)
{
	return !is_backing_off(limiter) &&
	       (limiter->window == 0 || limiter->active < limiter->window);
}

static void acquire_places(struct login *login, enum login_state state)
{
	for (int i = 0; i < LOGIN_QUEUE_NKINDS; i++) {
		if (login->limiters[i] != NULL)
			login->limiters[i]->active++;
	}
	login->state = state;
}

static void put_waiting(struct login_queue *queue, uint32_t device,
			struct limiter *limiter)
{
	bool abandoned = limiter->state == LIMITER_FULL;

	queue->logins[device].state =
		abandoned ? LOGIN_ABANDONED : LOGIN_WAITING;
	fifo_push(queue, abandoned ? &queue->abandoned : &limiter->waiting,
		  device);
}

/* Give a device all its places, or none: one that waits holds no other up. */
static void admit(struct login_queue *queue, uint32_t device,
		  struct fifo *ready)
{
	struct login *login = &queue->logins[device];

	for (int i = 0; i < LOGIN_QUEUE_NKINDS; i++) {
		struct limiter *limiter = login->limiters[i];

		if (limiter != NULL &&
		    (limiter->state == LIMITER_FULL || !has_room(limiter))) {
			put_waiting(queue, device, limiter);
			return;
		}
	}
	acquire_places(login, LOGIN_READY);
	fifo_push(queue, ready, device);
}

/* Try devices that wait for a limiter, as it may have room again. */
static void limiter_wake(struct login_queue *queue, struct limiter *limiter)
{
	while (limiter->waiting.first != LOGIN_QUEUE_NONE &&
	       (limiter->state == LIMITER_FULL || has_room(limiter)))
		admit(queue, fifo_pop(queue, &limiter->waiting),
		      &queue->resumed);
}

/* Give back the places of a login that is over, and go on to state. */
static void release_places(struct login_queue *queue, struct login *login,
			   enum login_state state)
{
	login->state = state;
	for (int i = 0; i < LOGIN_QUEUE_NKINDS; i++) {
		if (login->limiters[i] != NULL)
			login->limiters[i]->active--;
	}
	for (int i = 0; i < LOGIN_QUEUE_NKINDS; i++) {
		if (login->limiters[i] != NULL)
			limiter_wake(queue, login->limiters[i]);
	}
}

/* ---- opening */

int login_queue_new(struct login_queue **out,
		    const struct login_queue_rules *rules, struct nf_error *err)
{
	struct login_queue *queue = calloc(1, sizeof(*queue));

	if (queue != NULL)
		queue->logins = calloc(rules->ndevices, sizeof(*queue->logins));
	if (queue == NULL || queue->logins == NULL) {
		free(queue);
		return error_sys(err, NF_SYSTEM, "no memory for devices");
	}
	queue->rules = *rules;
	queue->random = rules->seed | 1;
	queue->resumed = queue->ready = queue->abandoned = empty();
	*out = queue;
	return 0;
}

void login_queue_free(struct login_queue *queue)
{
	if (queue == NULL)
		return;
	while (queue->limiters != NULL) {
		struct limiter *next = queue->limiters->next;

		free(queue->limiters);
		queue->limiters = next;
	}
	heap_release(&queue->backoffs);
	free(queue->logins);
	free(queue);
}

int login_queue_join(struct login_queue *queue, enum login_queue_kind kind,
		     uint32_t device, uint32_t other, unsigned limit,
		     struct nf_error *err)
{
	struct limiter **limiter = &queue->logins[other].limiters[kind];

	if (*limiter == NULL)
		*limiter = limiter_new(queue, limit);
	queue->logins[device].limiters[kind] = *limiter;
	return *limiter != NULL
		       ? 0
		       : error_sys(err, NF_SYSTEM, "no memory for devices");
}

/* ---- logins */

void login_queue_ask(struct login_queue *queue, uint32_t device)
{
	admit(queue, device, &queue->ready);
}

static void end_backoffs(struct login_queue *queue, int64_t now_us)
{
	struct heap_item *item;

	while ((item = heap_first(&queue->backoffs)) != NULL &&
	       item->key <= now_us) {
		heap_remove(&queue->backoffs, item);
		/* The item is the first member. */
		limiter_wake(queue, (struct limiter *)(void *)item);
	}
}

uint32_t login_queue_take(struct login_queue *queue, int64_t now_us)
{
	uint32_t device;

	end_backoffs(queue, now_us);
	device = fifo_pop(queue, &queue->resumed);
	if (device == LOGIN_QUEUE_NONE)
		device = fifo_pop(queue, &queue->ready);
	if (device != LOGIN_QUEUE_NONE)
		queue->logins[device].state = LOGIN_RUNNING;
	return device;
}

int64_t login_queue_due_us(const struct login_queue *queue)
{
	const struct heap_item *item = heap_first(&queue->backoffs);

	return item != NULL ? item->key : INT64_MAX;
}

void login_queue_begin(struct login_queue *queue, uint32_t device)
{
	struct login *login = &queue->logins[device];

	if (login->state != LOGIN_RUNNING)
		acquire_places(login, LOGIN_RUNNING);
}

static void grow_window(struct limiter *limiter)
{
	if (limiter->window == 0 || ++limiter->successes < limiter->window)
		return;
	limiter->successes = 0;
	limiter->window++;
	if (limiter->limit > 0 && limiter->window > limiter->limit)
		limiter->window = limiter->limit;
	else if (limiter->limit == 0 && limiter->window > WINDOW_UNLIMITED)
		limiter->window = 0;
}

/* Logins that were begun before the last halving say nothing new. */
static void halve_window(struct limiter *limiter, int64_t now_us,
			 int64_t took_us)
{
	if (now_us - took_us < limiter->halved_us)
		return;
	limiter->halved_us = now_us;
	limiter->successes = 0;
	if (limiter->window > 1)
		limiter->window /= 2;
}

/* An address gets fewer places by slow logins, more by quick ones, and those
 * of a login between the two are right. */
static void fit_window(const struct login_queue *queue, struct limiter *limiter,
		       bool address, int64_t now_us, int64_t took_us)
{
	int64_t slow_us = queue->rules.slow_us;

	if (address && slow_us > 0 && took_us > slow_us)
		halve_window(limiter, now_us, took_us);
	else if (!address || slow_us == 0 || took_us <= slow_us / 2)
		grow_window(limiter);
}

void login_queue_accepted(struct login_queue *queue, uint32_t device,
			  int64_t now_us, int64_t took_us)
{
	struct login *login = &queue->logins[device];

	if (login->state != LOGIN_RUNNING)
		return;
	for (int i = 0; i < LOGIN_QUEUE_NKINDS; i++) {
		struct limiter *limiter = login->limiters[i];

		if (limiter == NULL)
			continue;
		limiter->accepted = true;
		limiter->refusing_us = 0;
		limiter->backoffs = 0;
		fit_window(queue, limiter, i == LOGIN_QUEUE_ADDRESS, now_us,
			   took_us);
	}
	release_places(queue, login, LOGIN_IDLE);
}

void login_queue_left(struct login_queue *queue, uint32_t device)
{
	if (queue->logins[device].state == LOGIN_RUNNING)
		release_places(queue, &queue->logins[device], LOGIN_IDLE);
}

void login_queue_lift_limit(struct login_queue *queue,
			    enum login_queue_kind kind, uint32_t device)
{
	struct limiter *limiter = queue->logins[device].limiters[kind];

	if (limiter == NULL)
		return;
	limiter->limit = limiter->window = 0;
	limiter_wake(queue, limiter);
}

/* ---- refusals */

static uint32_t random_below(struct login_queue *queue, uint32_t below)
{
	queue->random = queue->random * 1664525u + 1013904223u;
	return (queue->random >> 8) % below;
}

/* Lengthen or shorten a pause by chance, by a quarter at most, so that those who
 * begin to wait together do not come back together. */
static int64_t vary(struct login_queue *queue, int64_t us)
{
	return us + random_below(queue, (uint32_t)us / 2) - us / 4;
}

/*
 * Let one login in at a time, after a pause that is longer each time. Refusals
 * within a pause have one cause, and count once.
 */
static void back_off(struct login_queue *queue, struct limiter *limiter,
		     int64_t now_us)
{
	unsigned doublings = limiter->backoffs < DOUBLINGS_MAX
				     ? limiter->backoffs
				     : DOUBLINGS_MAX;
	int64_t backoff_us = (int64_t)BACKOFF_US << doublings;
	int64_t end_us = limiter->refusing_us + queue->rules.patience_us;

	limiter->window = 1;
	limiter->successes = 0;
	if (is_backing_off(limiter))
		return;
	limiter->backoffs++;
	limiter->backoff.key = now_us + vary(queue, backoff_us);
	if (limiter->backoff.key > end_us && end_us > now_us)
		limiter->backoff.key = end_us;
	heap_add(&queue->backoffs, &limiter->backoff);
}

static void note_refusal(struct limiter *limiter, int64_t now_us,
			 const char *said)
{
	if (limiter->refusing_us == 0)
		limiter->refusing_us = now_us;
	if (said == NULL)
		return;
	limiter->explained = true;
	(void)snprintf(limiter->said, sizeof(limiter->said), "%s", said);
}

static bool server_refused_too_long(const struct login_queue *queue,
				    const struct limiter *server,
				    int64_t now_us)
{
	return now_us - server->refusing_us >= queue->rules.patience_us ||
	       (!server->explained && server->backoffs >= SILENT_REFUSALS_MAX);
}

/* The server may accept others for all that. */
static bool device_refused_too_long(const struct login_queue *queue,
				    const struct login *login, int64_t now_us)
{
	return now_us - login->refused_us >= queue->rules.patience_us ||
	       login->silent_refusals > SILENT_REFUSALS_MAX;
}

/* A server is full, rather than closed, if it says so or accepts others. */
static bool is_full(const struct login *login)
{
	const struct limiter *address = login->limiters[LOGIN_QUEUE_ADDRESS];
	const struct limiter *server = login->limiters[LOGIN_QUEUE_SERVER];

	return server->explained || server->accepted ||
	       (address != NULL && address->accepted);
}

/* Wait for the server no more: devices that do so are abandoned when it is
 * full, and have one try each when it is closed. */
static void give_up(struct limiter *server, bool full)
{
	server->state = full ? LIMITER_FULL : LIMITER_CLOSED;
	server->window = server->limit;
}

static bool may_try_again(struct login_queue *queue, struct login *login,
			  int64_t now_us)
{
	struct limiter *server = login->limiters[LOGIN_QUEUE_SERVER];

	if (queue->rules.patience_us == 0 || server->state == LIMITER_CLOSED)
		return false;
	if (server_refused_too_long(queue, server, now_us)) {
		give_up(server, is_full(login));
		return false;
	}
	return !device_refused_too_long(queue, login, now_us);
}

static enum login_queue_verdict verdict_of(struct login_queue *queue,
					   struct login *login, int64_t now_us)
{
	if (may_try_again(queue, login, now_us))
		return LOGIN_QUEUE_AGAIN;
	return is_full(login) ? LOGIN_QUEUE_BUSY : LOGIN_QUEUE_CLOSED;
}

/* The limiter of a server that refuses, NULL when there is nothing to wait for:
 * a device with an address of its own that closes without a word is ill. */
static struct limiter *refusing_server(struct login_queue *queue,
				       struct login *login, const char *said)
{
	struct limiter **server = &login->limiters[LOGIN_QUEUE_SERVER];

	if (*server != NULL ||
	    (said == NULL && login->limiters[LOGIN_QUEUE_ADDRESS] == NULL))
		return *server;
	*server = limiter_new(queue, 0);
	if (*server != NULL)
		(*server)->active = login->state == LOGIN_RUNNING;
	return *server;
}

enum login_queue_verdict login_queue_refused(struct login_queue *queue,
					     uint32_t device, int64_t now_us,
					     const char *said)
{
	struct login *login = &queue->logins[device];
	struct limiter *server = refusing_server(queue, login, said);
	enum login_queue_verdict verdict = LOGIN_QUEUE_CLOSED;

	if (login->refused_us == 0)
		login->refused_us = now_us;
	if (said == NULL && login->silent_refusals <= SILENT_REFUSALS_MAX)
		login->silent_refusals++;
	if (server != NULL) {
		note_refusal(server, now_us, said);
		verdict = verdict_of(queue, login, now_us);
	}
	if (verdict == LOGIN_QUEUE_AGAIN) {
		back_off(queue, server, now_us);
		fifo_push_front(queue, &server->waiting, device);
	}
	if (login->state == LOGIN_RUNNING)
		release_places(queue, login,
			       verdict == LOGIN_QUEUE_AGAIN ? LOGIN_WAITING
							    : LOGIN_IDLE);
	return verdict;
}

int64_t login_queue_retry(struct login_queue *queue, uint32_t device,
			  unsigned nth, int64_t now_us)
{
	struct login *login = &queue->logins[device];
	struct limiter **own = &login->limiters[LOGIN_QUEUE_DEVICE];
	int64_t us = RETRY_US
		     << (nth < RETRY_DOUBLINGS_MAX ? nth : RETRY_DOUBLINGS_MAX);

	if (*own == NULL) {
		*own = limiter_new(queue, 0);
		if (*own == NULL)
			return -1;
		(*own)->active = login->state == LOGIN_RUNNING;
	}
	us = vary(queue, us);
	if (us > RETRY_MAX_US)
		us = RETRY_MAX_US;
	(*own)->backoff.key = now_us + us;
	heap_add(&queue->backoffs, &(*own)->backoff);
	fifo_push(queue, &(*own)->waiting, device);
	if (login->state == LOGIN_RUNNING)
		release_places(queue, login, LOGIN_WAITING);
	login->state = LOGIN_WAITING;
	return us;
}

int64_t login_queue_refused_for_us(const struct login_queue *queue,
				   uint32_t device, int64_t now_us)
{
	const struct login *login = &queue->logins[device];
	const struct limiter *server = login->limiters[LOGIN_QUEUE_SERVER];

	if (login->refused_us > 0)
		return now_us - login->refused_us;
	return server != NULL && server->refusing_us > 0
		       ? now_us - server->refusing_us
		       : 0;
}

/* ---- the end */

uint32_t login_queue_take_abandoned(struct login_queue *queue,
				    char said[LOGIN_QUEUE_SAID_MAX])
{
	uint32_t device = fifo_pop(queue, &queue->abandoned);
	struct login *login;

	if (device == LOGIN_QUEUE_NONE)
		return device;
	login = &queue->logins[device];
	login->state = LOGIN_IDLE;
	(void)snprintf(said, LOGIN_QUEUE_SAID_MAX, "%s",
		       login->limiters[LOGIN_QUEUE_SERVER]->said);
	return device;
}

/* Make one list of all lists. */
static void collect(struct login_queue *queue)
{
	struct limiter *limiter;

	fifo_move(queue, &queue->resumed, &queue->ready);
	fifo_move(queue, &queue->abandoned, &queue->ready);
	if (queue->ready.first != LOGIN_QUEUE_NONE)
		return;
	for (limiter = queue->limiters; limiter != NULL;
	     limiter = limiter->next)
		fifo_move(queue, &limiter->waiting, &queue->ready);
}

uint32_t login_queue_drop(struct login_queue *queue)
{
	struct login *login;
	uint32_t device;

	if (queue->ready.first == LOGIN_QUEUE_NONE)
		collect(queue);
	device = fifo_pop(queue, &queue->ready);
	if (device == LOGIN_QUEUE_NONE)
		return device;
	login = &queue->logins[device];
	login->state = login->state == LOGIN_READY ? LOGIN_RUNNING : LOGIN_IDLE;
	return device;
}
