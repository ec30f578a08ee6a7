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
#define WIDE 32 /* through a lane that lets any number through */

/* Devices one behind the other; each stands in one line at a time. */
struct line {
	uint32_t first, last;
};

/* What devices have in common. */
struct lane {
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
	char said[TURNS_SAID];
	struct lane *link; /* all lanes */
};

/* A device. */
struct seat {
	struct lane *lanes[TURNS_NKINDS]; /* NULL where it is alone */
	int64_t since_us; /* when it was first turned away; 0: never */
	uint32_t next; /* in its line */
	uint8_t silent; /* times that it was turned away without a word */
	bool holds; /* a place in each lane */
};

struct turns {
	struct turns_rules rules;
	struct seat *seats;
	struct lane *lanes;
	struct heap pauses;
	size_t nlanes;
	struct line freed; /* whose turn it is, who had to wait for it */
	struct line ready; /* and who had not */
	struct line lost;
	uint32_t chance;
};

/* ---- lines */

static struct line empty(void)
{
	return (struct line){TURNS_NOBODY, TURNS_NOBODY};
}

static void put_last(struct turns *turns, struct line *line, uint32_t device)
{
	turns->seats[device].next = TURNS_NOBODY;
	if (line->first == TURNS_NOBODY)
		line->first = device;
	else
		turns->seats[line->last].next = device;
	line->last = device;
}

static void put_first(struct turns *turns, struct line *line, uint32_t device)
{
	turns->seats[device].next = line->first;
	if (line->first == TURNS_NOBODY)
		line->last = device;
	line->first = device;
}

static uint32_t take_first(struct turns *turns, struct line *line)
{
	uint32_t device = line->first;

	if (device != TURNS_NOBODY)
		line->first = turns->seats[device].next;
	return device;
}

static void move_all(struct turns *turns, struct line *from, struct line *to)
{
	if (from->first == TURNS_NOBODY)
		return;
	if (to->first == TURNS_NOBODY)
		to->first = from->first;
	else
		turns->seats[to->last].next = from->first;
	to->last = from->last;
	*from = empty();
}

/* ---- lanes */

static struct lane *lane_new(struct turns *turns, unsigned most)
{
	struct lane *lane = calloc(1, sizeof(*lane));

	if (lane == NULL ||
	    heap_reserve(&turns->pauses, turns->nlanes + 1) == -1) {
		free(lane);
		return NULL;
	}
	lane->pause.place = HEAP_IDLE;
	lane->waiting = empty();
	lane->most = lane->width = most;
	lane->link = turns->lanes;
	turns->lanes = lane;
	turns->nlanes++;
	return lane;
}

static bool rests(const struct lane *lane)
{
	return lane->pause.place != HEAP_IDLE;
}

static bool has_room(const struct lane *lane)
{
	return !rests(lane) && (lane->width == 0 || lane->in < lane->width);
}

static void take_places(struct seat *seat)
{
	for (int i = 0; i < TURNS_NKINDS; i++) {
		if (seat->lanes[i] != NULL)
			seat->lanes[i]->in++;
	}
	seat->holds = true;
}

/* A device takes all its places or none: one that waits holds no other up. */
static void try_for(struct turns *turns, uint32_t device, struct line *line)
{
	struct seat *seat = &turns->seats[device];

	for (int i = 0; i < TURNS_NKINDS; i++) {
		struct lane *lane = seat->lanes[i];

		if (lane == NULL)
			continue;
		if (lane->lost || !has_room(lane)) {
			put_last(turns,
				 lane->lost ? &turns->lost : &lane->waiting,
				 device);
			return;
		}
	}
	take_places(seat);
	put_last(turns, line, device);
}

/* A lane may have room again: try those that wait for it. */
static void stir(struct turns *turns, struct lane *lane)
{
	while (lane->waiting.first != TURNS_NOBODY &&
	       (lane->lost || has_room(lane)))
		try_for(turns, take_first(turns, &lane->waiting),
			&turns->freed);
}

static void give_back(struct turns *turns, struct seat *seat)
{
	if (!seat->holds)
		return;
	seat->holds = false;
	for (int i = 0; i < TURNS_NKINDS; i++) {
		if (seat->lanes[i] != NULL)
			seat->lanes[i]->in--;
	}
	for (int i = 0; i < TURNS_NKINDS; i++) {
		if (seat->lanes[i] != NULL)
			stir(turns, seat->lanes[i]);
	}
}

/* ---- opening */

int turns_new(struct turns **out, const struct turns_rules *rules,
	      struct nf_error *err)
{
	struct turns *turns = calloc(1, sizeof(*turns));

	if (turns != NULL)
		turns->seats = calloc(rules->ndevices, sizeof(*turns->seats));
	if (turns == NULL || turns->seats == NULL) {
		free(turns);
		return error_sys(err, NF_SYSTEM, "no memory for devices");
	}
	turns->rules = *rules;
	turns->chance = rules->seed | 1;
	turns->freed = turns->ready = turns->lost = empty();
	*out = turns;
	return 0;
}

void turns_free(struct turns *turns)
{
	if (turns == NULL)
		return;
	while (turns->lanes != NULL) {
		struct lane *link = turns->lanes->link;

		free(turns->lanes);
		turns->lanes = link;
	}
	heap_release(&turns->pauses);
	free(turns->seats);
	free(turns);
}

int turns_join(struct turns *turns, enum turns_kind kind, uint32_t device,
	       uint32_t other, unsigned most, struct nf_error *err)
{
	struct lane **lane = &turns->seats[other].lanes[kind];

	if (*lane == NULL)
		*lane = lane_new(turns, most);
	turns->seats[device].lanes[kind] = *lane;
	return *lane != NULL
		       ? 0
		       : error_sys(err, NF_SYSTEM, "no memory for devices");
}

/* ---- going */

void turns_ask(struct turns *turns, uint32_t device)
{
	try_for(turns, device, &turns->ready);
}

static void end_pauses(struct turns *turns, int64_t now_us)
{
	struct heap_item *item;

	while ((item = heap_first(&turns->pauses)) != NULL &&
	       item->key <= now_us) {
		heap_remove(&turns->pauses, item);
		/* Its first member. */
		stir(turns, (struct lane *)(void *)item);
	}
}

uint32_t turns_take(struct turns *turns, int64_t now_us)
{
	uint32_t device;

	end_pauses(turns, now_us);
	device = take_first(turns, &turns->freed);
	return device != TURNS_NOBODY ? device
				      : take_first(turns, &turns->ready);
}

int64_t turns_due_us(const struct turns *turns)
{
	const struct heap_item *item = heap_first(&turns->pauses);

	return item != NULL ? item->key : INT64_MAX;
}

void turns_begin(struct turns *turns, uint32_t device)
{
	if (!turns->seats[device].holds)
		take_places(&turns->seats[device]);
}

/* A login went well: after width of them the lane gets one place more. */
static void widen(struct lane *lane)
{
	if (lane->width == 0 || ++lane->credit < lane->width)
		return;
	lane->credit = 0;
	lane->width++;
	if (lane->most > 0 && lane->width > lane->most)
		lane->width = lane->most;
	else if (lane->most == 0 && lane->width > WIDE)
		lane->width = 0;
}

/* Halve a lane's width. Logins begun before the last cut say nothing new. */
static void narrow(struct lane *lane, int64_t now_us, int64_t took_us)
{
	if (now_us - took_us < lane->cut_us)
		return;
	lane->cut_us = now_us;
	lane->credit = 0;
	if (lane->width > 1)
		lane->width /= 2;
}

void turns_enter(struct turns *turns, uint32_t device, int64_t now_us,
		 int64_t took_us)
{
	struct seat *seat = &turns->seats[device];
	int64_t slow_us = turns->rules.slow_us;

	for (int i = 0; i < TURNS_NKINDS && seat->holds; i++) {
		struct lane *lane = seat->lanes[i];

		if (lane == NULL)
			continue;
		lane->entered = true;
		lane->since_us = 0;
		lane->pauses = 0;
		if (i == TURNS_ADDRESS && slow_us > 0 && took_us > slow_us)
			narrow(lane, now_us, took_us);
		else if (i != TURNS_ADDRESS || took_us <= slow_us / 2 ||
			 slow_us == 0)
			widen(lane);
	}
	give_back(turns, seat);
}

void turns_leave(struct turns *turns, uint32_t device)
{
	give_back(turns, &turns->seats[device]);
}

void turns_open(struct turns *turns, enum turns_kind kind, uint32_t device)
{
	struct lane *lane = turns->seats[device].lanes[kind];

	if (lane == NULL)
		return;
	lane->most = lane->width = 0;
	stir(turns, lane);
}

/* ---- being turned away */

static uint32_t by_chance(struct turns *turns, uint32_t below)
{
	turns->chance = turns->chance * 1664525u + 1013904223u;
	return (turns->chance >> 8) % below;
}

/*
 * Wait longer each time, by chance a quarter more or less: who was turned away
 * with others does not come back with them. Many at once are one reason.
 */
static void rest(struct turns *turns, struct lane *lane, int64_t now_us)
{
	unsigned doublings =
		lane->pauses < DOUBLINGS_MAX ? lane->pauses : DOUBLINGS_MAX;
	int64_t pause_us = (int64_t)PAUSE_US << doublings;
	int64_t end_us = lane->since_us + turns->rules.patience_us;

	lane->width = 1;
	lane->credit = 0;
	if (rests(lane))
		return;
	lane->pauses++;
	pause_us += by_chance(turns, (uint32_t)pause_us / 2) - pause_us / 4;
	lane->pause.key = now_us + pause_us;
	if (lane->pause.key > end_us && end_us > now_us)
		lane->pause.key = end_us;
	heap_add(&turns->pauses, &lane->pause);
}

static void hear(struct lane *lane, int64_t now_us, const char *said)
{
	if (lane->since_us == 0)
		lane->since_us = now_us;
	if (said == NULL)
		return;
	lane->spoke = true;
	(void)snprintf(lane->said, sizeof(lane->said), "%s", said);
}

/* Has the lane let nobody in for too long? */
static bool is_over(const struct turns *turns, const struct lane *lane,
		    int64_t now_us)
{
	return now_us - lane->since_us >= turns->rules.patience_us ||
	       (!lane->spoke && lane->pauses >= SILENT_MAX);
}

/* Has this device waited too long, though others may get in? */
static bool is_over_for(const struct turns *turns, const struct seat *seat,
			int64_t now_us)
{
	return now_us - seat->since_us >= turns->rules.patience_us ||
	       seat->silent > SILENT_MAX;
}

/* A server is full, rather than closed, if it lets anybody in or says so. */
static bool is_full(const struct seat *seat)
{
	const struct lane *address = seat->lanes[TURNS_ADDRESS];
	const struct lane *server = seat->lanes[TURNS_SERVER];

	return server->spoke || server->entered ||
	       (address != NULL && address->entered);
}

/* Nobody waits for it any more: all that do fail, or have their one try. */
static void give_up(struct lane *lane, bool full)
{
	lane->lost = full;
	lane->closed = !full;
	lane->width = lane->most;
}

static enum turns_verdict judge(struct turns *turns, struct seat *seat,
				int64_t now_us)
{
	struct lane *server = seat->lanes[TURNS_SERVER];

	if (turns->rules.patience_us == 0)
		return is_full(seat) ? TURNS_BUSY : TURNS_CLOSED;
	if (!server->closed && is_over(turns, server, now_us))
		give_up(server, is_full(seat));
	else if (!server->closed && !is_over_for(turns, seat, now_us))
		return TURNS_AGAIN;
	return is_full(seat) ? TURNS_BUSY : TURNS_CLOSED;
}

/* The lane of a server that turns away, NULL where that has no meaning: one
 * that closes without a word, with nobody else there, is just not well. */
static struct lane *server_of(struct turns *turns, struct seat *seat,
			      const char *said)
{
	struct lane **server = &seat->lanes[TURNS_SERVER];

	if (*server != NULL ||
	    (said == NULL && seat->lanes[TURNS_ADDRESS] == NULL))
		return *server;
	*server = lane_new(turns, 0);
	if (*server != NULL)
		(*server)->in = seat->holds;
	return *server;
}

enum turns_verdict turns_turned_away(struct turns *turns, uint32_t device,
				     int64_t now_us, const char *said)
{
	struct seat *seat = &turns->seats[device];
	struct lane *server = server_of(turns, seat, said);
	enum turns_verdict verdict = TURNS_CLOSED;

	if (seat->since_us == 0)
		seat->since_us = now_us;
	if (said == NULL && seat->silent <= SILENT_MAX)
		seat->silent++;
	if (server != NULL) {
		hear(server, now_us, said);
		verdict = judge(turns, seat, now_us);
	}
	if (verdict == TURNS_AGAIN) {
		rest(turns, server, now_us);
		put_first(turns, &server->waiting, device);
	}
	give_back(turns, seat);
	return verdict;
}

int64_t turns_waited_us(const struct turns *turns, uint32_t device,
			int64_t now_us)
{
	const struct seat *seat = &turns->seats[device];
	const struct lane *server = seat->lanes[TURNS_SERVER];

	if (seat->since_us > 0)
		return now_us - seat->since_us;
	return server != NULL && server->since_us > 0
		       ? now_us - server->since_us
		       : 0;
}

uint32_t turns_lost(struct turns *turns, char said[TURNS_SAID])
{
	uint32_t device = take_first(turns, &turns->lost);

	if (device != TURNS_NOBODY)
		(void)snprintf(said, TURNS_SAID, "%s",
			       turns->seats[device].lanes[TURNS_SERVER]->said);
	return device;
}

uint32_t turns_drop(struct turns *turns)
{
	struct lane *lane;

	if (turns->ready.first == TURNS_NOBODY) {
		move_all(turns, &turns->freed, &turns->ready);
		move_all(turns, &turns->lost, &turns->ready);
	}
	if (turns->ready.first == TURNS_NOBODY) {
		for (lane = turns->lanes; lane != NULL; lane = lane->link)
			move_all(turns, &lane->waiting, &turns->ready);
	}
	return take_first(turns, &turns->ready);
}
