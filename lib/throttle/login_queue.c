/* Turns: which devices may be logged in to now. */
#include "throttle/login_queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "fiber/heap.h"

#define PAUSE_US                                                               \
	500000 /* before the first look whether they are taken again           \
		*/
#define DOUBLINGS_MAX 4 /* of that */
#define SILENT_MAX 6 /* pauses for one that closes without a word */
#define WIDE 32 /* through a gate that lets any number through */

/* Devices one behind the other; each stands in one line at a time. */
struct line {
	uint32_t first, last;
};

/* What devices have in common. */
struct gate {
	struct heap_item pause; /* its key is when that ends */
	struct line waiting;
	unsigned in; /* places taken */
	unsigned most; /* places that there are; 0: any number */
	unsigned width; /* of these, in use for now */
	unsigned credit; /* logins that went well at this width */
	int64_t cut_us; /* when it was last made narrower for being slow */
	int64_t since_us; /* nobody was let in since; 0: all is well */
	unsigned pauses; /* since then */
	bool entered; /* somebody was let in, at some time */
	bool spoke; /* it said why not: said */
	bool lost; /* waited for long enough: takes nobody any more */
	bool closed; /* turns everybody away: nothing to wait for */
	char said[LOGIN_QUEUE_SAID];
	struct gate *link; /* all gates */
};

/* A device. */
struct seat {
	struct gate *gates[LOGIN_QUEUE_NKINDS]; /* NULL where it is alone */
	int64_t since_us; /* when it was first turned away; 0: never */
	uint32_t next; /* in its line */
	uint8_t silent; /* times that it was turned away without a word */
	bool holds; /* a place in each gate */
};

struct login_queue {
	struct login_queue_rules rules;
	struct seat *seats;
	struct gate *gates;
	struct heap pauses;
	size_t ngates;
	struct line freed; /* whose turn it is, who had to wait for it */
	struct line ready; /* and who had not */
	struct line lost;
	uint32_t chance;
};

/* ---- lines */

static struct line empty(void)
{
	return (struct line){LOGIN_QUEUE_NOBODY, LOGIN_QUEUE_NOBODY};
}

static void put_last(struct login_queue *queue, struct line *line,
		     uint32_t device)
{
	queue->seats[device].next = LOGIN_QUEUE_NOBODY;
	if (line->first == LOGIN_QUEUE_NOBODY)
		line->first = device;
	else
		queue->seats[line->last].next = device;
	line->last = device;
}

static void put_first(struct login_queue *queue, struct line *line,
		      uint32_t device)
{
	queue->seats[device].next = line->first;
	if (line->first == LOGIN_QUEUE_NOBODY)
		line->last = device;
	line->first = device;
}

static uint32_t take_first(struct login_queue *queue, struct line *line)
{
	uint32_t device = line->first;

	if (device != LOGIN_QUEUE_NOBODY)
		line->first = queue->seats[device].next;
	return device;
}

static void move_all(struct login_queue *queue, struct line *from,
		     struct line *to)
{
	if (from->first == LOGIN_QUEUE_NOBODY)
		return;
	if (to->first == LOGIN_QUEUE_NOBODY)
		to->first = from->first;
	else
		queue->seats[to->last].next = from->first;
	to->last = from->last;
	*from = empty();
}

/* ---- gates */

static struct gate *gate_new(struct login_queue *queue, unsigned most)
{
	struct gate *gate = calloc(1, sizeof(*gate));

	if (gate == NULL ||
	    heap_reserve(&queue->pauses, queue->ngates + 1) == -1) {
		free(gate);
		return NULL;
	}
	gate->pause.place = HEAP_IDLE;
	gate->waiting = empty();
	gate->most = gate->width = most;
	gate->link = queue->gates;
	queue->gates = gate;
	queue->ngates++;
	return gate;
}

static bool rests(const struct gate *gate)
{
	return gate->pause.place != HEAP_IDLE;
}

static bool has_room(const struct gate *gate)
{
	return !rests(gate) && (gate->width == 0 || gate->in < gate->width);
}

static void take_places(struct seat *seat)
{
	for (int i = 0; i < LOGIN_QUEUE_NKINDS; i++) {
		if (seat->gates[i] != NULL)
			seat->gates[i]->in++;
	}
	seat->holds = true;
}

/* A device takes all its places or none: one that waits holds no other up. */
static void try_for(struct login_queue *queue, uint32_t device,
		    struct line *line)
{
	struct seat *seat = &queue->seats[device];

	for (int i = 0; i < LOGIN_QUEUE_NKINDS; i++) {
		struct gate *gate = seat->gates[i];

		if (gate == NULL)
			continue;
		if (gate->lost || !has_room(gate)) {
			put_last(queue,
				 gate->lost ? &queue->lost : &gate->waiting,
				 device);
			return;
		}
	}
	take_places(seat);
	put_last(queue, line, device);
}

/* A gate may have room again: try those that wait for it. */
static void stir(struct login_queue *queue, struct gate *gate)
{
	while (gate->waiting.first != LOGIN_QUEUE_NOBODY &&
	       (gate->lost || has_room(gate)))
		try_for(queue, take_first(queue, &gate->waiting),
			&queue->freed);
}

static void give_back(struct login_queue *queue, struct seat *seat)
{
	if (!seat->holds)
		return;
	seat->holds = false;
	for (int i = 0; i < LOGIN_QUEUE_NKINDS; i++) {
		if (seat->gates[i] != NULL)
			seat->gates[i]->in--;
	}
	for (int i = 0; i < LOGIN_QUEUE_NKINDS; i++) {
		if (seat->gates[i] != NULL)
			stir(queue, seat->gates[i]);
	}
}

/* ---- opening */

int login_queue_new(struct login_queue **out,
		    const struct login_queue_rules *rules, struct nf_error *err)
{
	struct login_queue *queue = calloc(1, sizeof(*queue));

	if (queue != NULL)
		queue->seats = calloc(rules->ndevices, sizeof(*queue->seats));
	if (queue == NULL || queue->seats == NULL) {
		free(queue);
		return error_sys(err, NF_SYSTEM, "no memory for devices");
	}
	queue->rules = *rules;
	queue->chance = rules->seed | 1;
	queue->freed = queue->ready = queue->lost = empty();
	*out = queue;
	return 0;
}

void login_queue_free(struct login_queue *queue)
{
	if (queue == NULL)
		return;
	while (queue->gates != NULL) {
		struct gate *link = queue->gates->link;

		free(queue->gates);
		queue->gates = link;
	}
	heap_release(&queue->pauses);
	free(queue->seats);
	free(queue);
}

int login_queue_join(struct login_queue *queue, enum login_queue_kind kind,
		     uint32_t device, uint32_t other, unsigned most,
		     struct nf_error *err)
{
	struct gate **gate = &queue->seats[other].gates[kind];

	if (*gate == NULL)
		*gate = gate_new(queue, most);
	queue->seats[device].gates[kind] = *gate;
	return *gate != NULL
		       ? 0
		       : error_sys(err, NF_SYSTEM, "no memory for devices");
}

/* ---- going */

void login_queue_ask(struct login_queue *queue, uint32_t device)
{
	try_for(queue, device, &queue->ready);
}

static void end_pauses(struct login_queue *queue, int64_t now_us)
{
	struct heap_item *item;

	while ((item = heap_first(&queue->pauses)) != NULL &&
	       item->key <= now_us) {
		heap_remove(&queue->pauses, item);
		/* Its first member. */
		stir(queue, (struct gate *)(void *)item);
	}
}

uint32_t login_queue_take(struct login_queue *queue, int64_t now_us)
{
	uint32_t device;

	end_pauses(queue, now_us);
	device = take_first(queue, &queue->freed);
	return device != LOGIN_QUEUE_NOBODY ? device
					    : take_first(queue, &queue->ready);
}

int64_t login_queue_due_us(const struct login_queue *queue)
{
	const struct heap_item *item = heap_first(&queue->pauses);

	return item != NULL ? item->key : INT64_MAX;
}

void login_queue_begin(struct login_queue *queue, uint32_t device)
{
	if (!queue->seats[device].holds)
		take_places(&queue->seats[device]);
}

/* A login went well: after width of them the gate gets one place more. */
static void widen(struct gate *gate)
{
	if (gate->width == 0 || ++gate->credit < gate->width)
		return;
	gate->credit = 0;
	gate->width++;
	if (gate->most > 0 && gate->width > gate->most)
		gate->width = gate->most;
	else if (gate->most == 0 && gate->width > WIDE)
		gate->width = 0;
}

/* Halve a gate's width. Logins begun before the last cut say nothing new. */
static void narrow(struct gate *gate, int64_t now_us, int64_t took_us)
{
	if (now_us - took_us < gate->cut_us)
		return;
	gate->cut_us = now_us;
	gate->credit = 0;
	if (gate->width > 1)
		gate->width /= 2;
}

void login_queue_enter(struct login_queue *queue, uint32_t device,
		       int64_t now_us, int64_t took_us)
{
	struct seat *seat = &queue->seats[device];
	int64_t slow_us = queue->rules.slow_us;

	for (int i = 0; i < LOGIN_QUEUE_NKINDS && seat->holds; i++) {
		struct gate *gate = seat->gates[i];

		if (gate == NULL)
			continue;
		gate->entered = true;
		gate->since_us = 0;
		gate->pauses = 0;
		if (i == LOGIN_QUEUE_ADDRESS && slow_us > 0 &&
		    took_us > slow_us)
			narrow(gate, now_us, took_us);
		else if (i != LOGIN_QUEUE_ADDRESS || took_us <= slow_us / 2 ||
			 slow_us == 0)
			widen(gate);
	}
	give_back(queue, seat);
}

void login_queue_leave(struct login_queue *queue, uint32_t device)
{
	give_back(queue, &queue->seats[device]);
}

void login_queue_open(struct login_queue *queue, enum login_queue_kind kind,
		      uint32_t device)
{
	struct gate *gate = queue->seats[device].gates[kind];

	if (gate == NULL)
		return;
	gate->most = gate->width = 0;
	stir(queue, gate);
}

/* ---- being turned away */

static uint32_t by_chance(struct login_queue *queue, uint32_t below)
{
	queue->chance = queue->chance * 1664525u + 1013904223u;
	return (queue->chance >> 8) % below;
}

/*
 * Wait longer each time, by chance a quarter more or less: who was turned away
 * with others does not come back with them. Many at once are one reason.
 */
static void rest(struct login_queue *queue, struct gate *gate, int64_t now_us)
{
	unsigned doublings =
		gate->pauses < DOUBLINGS_MAX ? gate->pauses : DOUBLINGS_MAX;
	int64_t pause_us = (int64_t)PAUSE_US << doublings;
	int64_t end_us = gate->since_us + queue->rules.patience_us;

	gate->width = 1;
	gate->credit = 0;
	if (rests(gate))
		return;
	gate->pauses++;
	pause_us += by_chance(queue, (uint32_t)pause_us / 2) - pause_us / 4;
	gate->pause.key = now_us + pause_us;
	if (gate->pause.key > end_us && end_us > now_us)
		gate->pause.key = end_us;
	heap_add(&queue->pauses, &gate->pause);
}

static void hear(struct gate *gate, int64_t now_us, const char *said)
{
	if (gate->since_us == 0)
		gate->since_us = now_us;
	if (said == NULL)
		return;
	gate->spoke = true;
	(void)snprintf(gate->said, sizeof(gate->said), "%s", said);
}

/* Has the gate let nobody in for too long? */
static bool is_over(const struct login_queue *queue, const struct gate *gate,
		    int64_t now_us)
{
	return now_us - gate->since_us >= queue->rules.patience_us ||
	       (!gate->spoke && gate->pauses >= SILENT_MAX);
}

/* Has this device waited too long, though others may get in? */
static bool is_over_for(const struct login_queue *queue,
			const struct seat *seat, int64_t now_us)
{
	return now_us - seat->since_us >= queue->rules.patience_us ||
	       seat->silent > SILENT_MAX;
}

/* A server is full, rather than closed, if it lets anybody in or says so. */
static bool is_full(const struct seat *seat)
{
	const struct gate *address = seat->gates[LOGIN_QUEUE_ADDRESS];
	const struct gate *server = seat->gates[LOGIN_QUEUE_SERVER];

	return server->spoke || server->entered ||
	       (address != NULL && address->entered);
}

/* Nobody waits for it any more: all that do fail, or have their one try. */
static void give_up(struct gate *gate, bool full)
{
	gate->lost = full;
	gate->closed = !full;
	gate->width = gate->most;
}

static enum login_queue_verdict judge(struct login_queue *queue,
				      struct seat *seat, int64_t now_us)
{
	struct gate *server = seat->gates[LOGIN_QUEUE_SERVER];

	if (queue->rules.patience_us == 0)
		return is_full(seat) ? LOGIN_QUEUE_BUSY : LOGIN_QUEUE_CLOSED;
	if (!server->closed && is_over(queue, server, now_us))
		give_up(server, is_full(seat));
	else if (!server->closed && !is_over_for(queue, seat, now_us))
		return LOGIN_QUEUE_AGAIN;
	return is_full(seat) ? LOGIN_QUEUE_BUSY : LOGIN_QUEUE_CLOSED;
}

/* The gate of a server that turns away, NULL where that has no meaning: one
 * that closes without a word, with nobody else there, is just not well. */
static struct gate *server_of(struct login_queue *queue, struct seat *seat,
			      const char *said)
{
	struct gate **server = &seat->gates[LOGIN_QUEUE_SERVER];

	if (*server != NULL ||
	    (said == NULL && seat->gates[LOGIN_QUEUE_ADDRESS] == NULL))
		return *server;
	*server = gate_new(queue, 0);
	if (*server != NULL)
		(*server)->in = seat->holds;
	return *server;
}

enum login_queue_verdict login_queue_turned_away(struct login_queue *queue,
						 uint32_t device,
						 int64_t now_us,
						 const char *said)
{
	struct seat *seat = &queue->seats[device];
	struct gate *server = server_of(queue, seat, said);
	enum login_queue_verdict verdict = LOGIN_QUEUE_CLOSED;

	if (seat->since_us == 0)
		seat->since_us = now_us;
	if (said == NULL && seat->silent <= SILENT_MAX)
		seat->silent++;
	if (server != NULL) {
		hear(server, now_us, said);
		verdict = judge(queue, seat, now_us);
	}
	if (verdict == LOGIN_QUEUE_AGAIN) {
		rest(queue, server, now_us);
		put_first(queue, &server->waiting, device);
	}
	give_back(queue, seat);
	return verdict;
}

int64_t login_queue_waited_us(const struct login_queue *queue, uint32_t device,
			      int64_t now_us)
{
	const struct seat *seat = &queue->seats[device];
	const struct gate *server = seat->gates[LOGIN_QUEUE_SERVER];

	if (seat->since_us > 0)
		return now_us - seat->since_us;
	return server != NULL && server->since_us > 0
		       ? now_us - server->since_us
		       : 0;
}

uint32_t login_queue_lost(struct login_queue *queue,
			  char said[LOGIN_QUEUE_SAID])
{
	uint32_t device = take_first(queue, &queue->lost);

	if (device != LOGIN_QUEUE_NOBODY)
		(void)snprintf(
			said, LOGIN_QUEUE_SAID, "%s",
			queue->seats[device].gates[LOGIN_QUEUE_SERVER]->said);
	return device;
}

uint32_t login_queue_drop(struct login_queue *queue)
{
	struct gate *gate;

	if (queue->ready.first == LOGIN_QUEUE_NOBODY) {
		move_all(queue, &queue->freed, &queue->ready);
		move_all(queue, &queue->lost, &queue->ready);
	}
	if (queue->ready.first == LOGIN_QUEUE_NOBODY) {
		for (gate = queue->gates; gate != NULL; gate = gate->link)
			move_all(queue, &gate->waiting, &queue->ready);
	}
	return take_first(queue, &queue->ready);
}
