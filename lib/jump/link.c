/* A connection to a hop, and all that goes through it. */
#include "jump/link.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "jump/enquiry.h"
#include "jump/outbox.h"
#include "keys/agent_call.h"
#include "platform/login/login_patterns.h"
#include "session/hostcheck.h"
#include "session/session.h"
#include "throttle/lockout.h"

#define CHANNELS 64 /* that memory is allowed for, though fewer are open */
#define EVENTS 64 /* taken at a time */
#define OUT_MAX ((size_t)256 * 1024) /* more waits in the sockets of calls */
#define TURN_MAX (1024u * 1024) /* received: then there may be more */
#define PING_MS 15000 /* of silence, before a sign of life is asked for */
#define SILENCE_MS (3 * PING_MS) /* then the hop counts as gone */
#define PERMIT_MS 60000 /* for others to be let in, or refused */
#define PERMIT_PAUSE_MS 20
#define SLOW_MS 5000 /* up to its turn: a call goes by another link */
#define SLOW_MAX_MS 10000 /* in opening: given up, while others wait */

struct link {
	struct gate *gate; /* borrowed */
	int64_t begin_ms;
	struct outbox *outbox;
	struct ssh *ssh; /* NULL: it is not up */
	int epfd; /* of what it waits for; -1 */
	int wake_fd; /* an eventfd; -1 */
	struct call *asked; /* being opened; or NULL */
	struct call_queue open; /* these in any order */
	struct call_queue closing; /* their tunnels are not closed yet */
	int64_t up_ms, heard_ms, pinged_ms;
	bool offered; /* the hop's password, or that was waited for */
	bool asks; /* a person, in the midst of a call of libssh2 */
	unsigned ntyped; /* times that a person was asked */
	struct nf_error error; /* why it can open nothing more; or NF_OK */
	bool serves; /* it has answered a call */
	size_t nallowed; /* channels that memory is allowed for */
	bool hung_up; /* the hop sends no more */
	bool again; /* there is more to do at once */
	uint8_t scratch[RELAY_PIECE];
};

void link_wake(struct link *link)
{
	const uint64_t one = 1;
	ssize_t ignored;

	if (link->wake_fd != -1) {
		ignored = write(link->wake_fd, &one, sizeof(one));
		(void)ignored;
	}
}

bool link_is_free(const struct link *link)
{
	size_t limit = link->gate->limit;

	return link->asked == NULL &&
	       (limit == 0 || link->open.n + link->closing.n < limit);
}

bool link_is_empty(const struct link *link)
{
	return link->asked == NULL && link->open.n + link->closing.n == 0;
}

/* ---- coming up */

static int64_t step_deadline(int64_t given_ms, int64_t usual_ms)
{
	return deadline_clock_ms() + (given_ms > 0 ? given_ms : usual_ms);
}

static int connect_directly(const struct hop *hop, struct transport **out,
			    struct nf_error *err)
{
	return transport_connect(
		out, hop->origin, hop->addresses, hop->naddresses,
		hop->times.connect_ms > 0 ? hop->times.connect_ms
					  : SESSION_CONNECT_MS,
		INT64_MAX, err);
}

/* By the hop before it: what fails there is told of that one. */
static int connect_behind(const struct link *link, struct transport **out,
			  struct nf_error *err)
{
	const struct hop *hop = link->gate->hop;
	int64_t connect_ms = hop->times.connect_ms > 0 ? hop->times.connect_ms
						       : SESSION_CONNECT_MS;
	int fd = board_dial(link->gate->board, hop->before, hop->host,
			    hop->port, connect_ms,
			    deadline_clock_ms() + SESSION_TURN_MS, err);

	return fd == -1 ? -1 : transport_of_socket(out, fd, err);
}

static int connect_link(struct link *link, struct nf_error *err)
{
	const struct hop *hop = link->gate->hop;
	struct transport *tr;

	err->stage = NF_STAGE_CONNECT;
	if (hop->before != HOP_NONE) {
		if (connect_behind(link, &tr, err) == -1)
			return -1;
	} else if (connect_directly(hop, &tr, err) == -1) {
		gate_blame(link->gate, err);
		return -1;
	}
	return outbox_new(&link->outbox, tr, err);
}

static void say(const struct link *link, enum report_kind kind)
{
	const struct report report = {.kind = kind,
				      .place = link->gate->number};

	board_report(link->gate->board, 0, &report);
}

/* Others may have to wait for a person. */
static int await_permit(const atomic_uchar *permit, bool typed,
			struct nf_error *err)
{
	int64_t end_ms = deadline_clock_ms() + PERMIT_MS +
			 (typed ? SESSION_TYPED_MS : 0);

	while (atomic_load(permit) == PERMIT_ASK) {
		if (deadline_clock_ms() >= end_ms)
			return error_set(err, NF_TIMEOUT,
					 "it waited for others with the same "
					 "user and password to be let in");
		if (sleep_until(deadline_clock_ms() + PERMIT_PAUSE_MS) == -1)
			return error_sys(err, NF_SYSTEM, "cannot wait");
	}
	return 0;
}

/* May the password be offered? The login's time begins with the answer. */
static int ask_permit(void *arg, int64_t *deadline_ms, struct nf_error *err)
{
	struct link *link = arg;
	const struct hop *hop = link->gate->hop;

	if (hop->permit == NULL)
		return 0;
	link->offered = true;
	if (atomic_load(hop->permit) == PERMIT_ASK)
		say(link, REPORT_ASKS);
	if (await_permit(hop->permit, link->gate->board->hops->typed != NULL,
			 err) == -1)
		return -1;
	*deadline_ms = step_deadline(hop->times.auth_ms, SESSION_AUTH_MS);
	return atomic_load(hop->permit) == PERMIT_GO
		       ? 0
		       : error_set(err, NF_SKIPPED, LOCKOUT_SKIPPED,
				   hop->credentials.username);
}

/* Tell what became of the password, if it was offered. */
static void say_outcome(const struct link *link, int rc,
			const struct nf_error *err)
{
	bool refused = rc == -1 && err->code == NF_AUTH_FAILED &&
		       err->sys_errno == EACCES;

	if (link->offered)
		say(link, rc == 0   ? REPORT_ACCEPTED
			  : refused ? REPORT_REFUSED
				    : REPORT_LEFT);
}

static const char *no_reply(void *arg, const uint8_t *question, size_t len)
{
	(void)arg;
	(void)question;
	(void)len;
	return NULL;
}

static bool is_typed(void *arg, const uint8_t *question, size_t len)
{
	const struct link *link = arg;

	return patterns_is_typed(link->gate->board->hops->typed, question, len);
}

/* A person answers: the time for that is not the hop's. */
static int type(void *arg, const char *question, int64_t *deadline_ms,
		struct passed *typed, struct nf_error *err)
{
	struct link *link = arg;
	int64_t start_ms = deadline_clock_ms();
	int rc;

	if (link->ntyped++ == SESSION_TYPED_MAX)
		return error_set(err, NF_AUTH_FAILED,
				 "a person has answered %d times, and the "
				 "device asks \"%.200s\"",
				 SESSION_TYPED_MAX, question);
	link->asks = true;
	rc = enquire(link->gate, question, typed, err);
	link->asks = false;
	*deadline_ms += deadline_clock_ms() - start_ms;
	return rc;
}

static int open_agent(void *arg, int64_t deadline_ms, struct nf_error *err)
{
	const struct link *link = arg;

	(void)deadline_ms; /* nothing is waited for */
	return agent_connect(link->gate->board->hops->agent, err);
}

static int log_in(struct link *link, struct nf_error *err)
{
	static const struct auth_hooks hooks = {.on_password = ask_permit,
						.reply = no_reply,
						.is_typed = is_typed,
						.type = type,
						.connect_agent = open_agent};
	const struct hop *hop = link->gate->hop;
	const struct auth_means means = {
		.credentials = &hop->credentials,
		.keys = hop->keys,
		.asks = link->gate->board->hops->typed != NULL,
		.order = hop->auth,
		.hooks = &hooks,
		.arg = link};
	int64_t deadline_ms =
		step_deadline(hop->times.auth_ms, SESSION_AUTH_MS);
	bool wants;
	int rc;

	if (ssh_wants_proof(link->ssh, hop->credentials.username, &wants,
			    deadline_ms, err) == -1)
		return -1;
	if (!wants)
		return 0;
	rc = ssh_login(link->ssh, &means, deadline_ms, err);
	say_outcome(link, rc, err);
	return rc;
}

/* What a hop sends is kept until it is asked for: let it be in proportion. */
static void allow_channels(struct link *link, size_t n)
{
	if (n <= link->nallowed)
		return;
	link->nallowed = n;
	ssh_tunnels_allow(link->ssh, n);
}

static int open_ssh(struct link *link, struct nf_error *err)
{
	const struct hop *hop = link->gate->hop;
	const struct hops *hops = link->gate->board->hops;
	bool strict = hop->strict && hops->policy == NF_HOST_KEYS_ACCEPT_NEW;
	const struct hostcheck check = {.host = hop->key_host.name,
					.port = hop->key_host.port,
					.policy = strict ? NF_HOST_KEYS_STRICT
							 : hops->policy,
					.known = hops->known,
					.pins = hop->pins,
					.on_new_key = gate_new_key,
					.arg = link->gate};
	const char *first[HOSTCHECK_TYPES];
	size_t nfirst = hostcheck_types(&check, first);
	struct hostcheck_key seen;

	err->stage = NF_STAGE_HANDSHAKE;
	if (ssh_open(&link->ssh, &link->outbox->tr, &hop->algorithms, first,
		     nfirst,
		     step_deadline(hop->times.handshake_ms,
				   SESSION_HANDSHAKE_MS),
		     err) == -1)
		return -1;
	allow_channels(link, CHANNELS);
	err->stage = NF_STAGE_HOSTKEY;
	if (hostcheck_judge(&check, link->ssh, &seen, err) == -1)
		return -1;
	err->stage = NF_STAGE_AUTH;
	return log_in(link, err);
}

static int watch(const struct link *link, int fd, uint32_t events, void *what)
{
	struct epoll_event event = {.events = events | EPOLLET,
				    .data.ptr = what};

	return epoll_ctl(link->epfd, EPOLL_CTL_ADD, fd, &event);
}

static int come_up(struct link *link, struct nf_error *err)
{
	if (connect_link(link, err) == -1)
		return -1;
	if (open_ssh(link, err) == -1) {
		gate_blame(link->gate, err);
		return -1;
	}
	if (watch(link, link->outbox->tr.fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP,
		  link->outbox) == -1)
		return error_sys(err, NF_SYSTEM, "cannot wait for a hop");
	link->up_ms = link->heard_ms = link->pinged_ms = deadline_clock_ms();
	return 0;
}

/* ---- opening calls */

static size_t count_channels(const struct link *link)
{
	return link->open.n + link->closing.n;
}

static void ask_next(struct link *link)
{
	struct call *call = gate_take(link->gate, count_channels(link));

	if (call == NULL)
		return;
	allow_channels(link, count_channels(link) + 1);
	call->asked_ms = deadline_clock_ms();
	link->asked = call;
}

static void begin_call(struct link *link, struct call *call,
		       struct ssh_tunnel *tunnel)
{
	struct nf_error err = {.stage = NF_STAGE_CONNECT};
	int fd = call->relay.fd;

	relay_init(&call->relay, fd, tunnel);
	if (watch(link, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP, call) == -1) {
		(void)error_sys(&err, NF_SYSTEM, "cannot wait for a device");
		call->relay.fd_ended = true;
	} else {
		gate_opened(link->gate, call);
		board_opened(link->gate->board, call);
	}
	call_put(&link->open, call);
}

/* Give up a call that the hop does not answer: sooner while others wait. */
static bool is_late(const struct link *link, int64_t now_ms)
{
	const struct call *call = link->asked;
	int64_t most_ms = call->connect_ms;

	if (link->gate->waiting.n > 0 && most_ms > SLOW_MAX_MS)
		most_ms = SLOW_MAX_MS;
	return now_ms >= call->asked_ms + most_ms || now_ms >= call->until_ms ||
	       call_is_dropped(call);
}

static void give_up(struct link *link)
{
	struct nf_error err = {.stage = NF_STAGE_CONNECT};

	ssh_tunnel_give_up(link->ssh);
	(void)error_set(&err, NF_TIMEOUT,
			"the jump host %s got no answer from %s%s:%u",
			link->gate->hop->name, call_what(link->asked),
			link->asked->host, link->asked->port);
	board_fail(link->gate->board, link->asked, &err);
	link->asked = NULL;
}

/* Hear what became of the call that is asked for: false when it is open
 * still. */
static bool hear(struct link *link, bool taken_in)
{
	struct call *call = link->asked;
	struct channel_refusal refusal;
	struct ssh_tunnel *tunnel;
	struct nf_error err = {.stage = NF_STAGE_CONNECT};
	int rc = ssh_tunnel_open(link->ssh, call->host, call->port, taken_in,
				 &tunnel, &refusal, &err);

	if (rc == -1 && refusal.reason == 0)
		link->error = err; /* not the call's */
	if (rc == 0 || link->error.code != NF_OK)
		return false;
	link->asked = NULL;
	if (!link->serves)
		gate_link_serves(link->gate);
	link->serves = true;
	if (rc == 1)
		begin_call(link, call, tunnel);
	else
		gate_refused(link->gate, call, &refusal, count_channels(link));
	return true;
}

/* Take in what has come by any call whose stream has not ended. */
static bool take_in(const struct call_queue *calls)
{
	const struct call *call = calls->first;

	while (call != NULL && !ssh_tunnel_take_in(call->relay.tunnel))
		call = call->next;
	return call != NULL;
}

/* Do others wait for long, as calls are many, or take long to open? */
static bool is_crowded(const struct link *link, int64_t now_ms)
{
	const struct call *first = link->gate->waiting.first;

	return first != NULL && now_ms >= link->up_ms + SLOW_MS &&
	       now_ms >= first->since_ms + SLOW_MS;
}

static void open_calls(struct link *link)
{
	bool taken_in = take_in(&link->open) || take_in(&link->closing);
	int64_t now_ms = deadline_clock_ms();

	do {
		if (link->asked == NULL)
			ask_next(link);
	} while (link->asked != NULL && hear(link, taken_in));
	if (link->asked != NULL && is_late(link, now_ms)) {
		give_up(link);
		link->again = true;
	}
	if (is_crowded(link, now_ms))
		gate_widen(link->gate);
}

/* ---- moving bytes */

static void end_call(struct link *link, struct call *call)
{
	struct ssh_tunnel *tunnel = call->relay.tunnel;

	if (call->relay.fd != -1) {
		relay_release(&call->relay);
		relay_init(&call->relay, -1, tunnel);
	}
	if (ssh_tunnel_close(tunnel)) {
		call_free(call);
		gate_wake_links(link->gate);
	} else {
		call_put(&link->closing, call);
	}
}

static bool is_broken(const struct link *link)
{
	struct nf_error ignored;

	return link->error.code != NF_OK || link->outbox->sys_errno != 0 ||
	       ssh_check_end(link->ssh, &ignored) == -1;
}

/* With the link all calls end: those are open until it is told why. */
static void move_all(struct link *link)
{
	struct call_queue open = link->open, closing = link->closing;
	struct call *call;

	link->open = link->closing = (struct call_queue){0};
	while ((call = call_take(&closing)) != NULL)
		end_call(link, call);
	while ((call = call_take(&open)) != NULL) {
		link->again |= relay_move(&call->relay, link->scratch,
					  outbox_len(link->outbox) < OUT_MAX);
		if (relay_is_over(&call->relay) && !is_broken(link))
			end_call(link, call);
		else
			call_put(&link->open, call);
	}
}

/* ---- a turn */

/* Any call of libssh2 may receive what others wait for. */
static void take_turn(struct link *link)
{
	uint64_t before, begin = link->outbox->received;

	link->again = false;
	ssh_turn(link->ssh);
	outbox_turn(link->outbox);
	do {
		before = link->outbox->received;
		open_calls(link);
		move_all(link);
		if (link->outbox->received != before)
			link->heard_ms = deadline_clock_ms();
	} while (link->outbox->received != before);
	link->again |= before - begin >= TURN_MAX;
	outbox_flush(link->outbox);
}

static int check_life(struct link *link, struct nf_error *err)
{
	int64_t now_ms = deadline_clock_ms();
	bool idle = link->asked == NULL && count_channels(link) == 0;

	if (ssh_check_end(link->ssh, err) == -1)
		return -1;
	if (link->error.code != NF_OK) {
		*err = link->error;
		return -1;
	}
	if (link->outbox->sys_errno != 0 || (idle && link->hung_up))
		return error_set(err, NF_DISCONNECTED, "the connection broke");
	if (idle) /* nobody would hear an answer */
		link->heard_ms = now_ms;
	if (now_ms - link->heard_ms >= SILENCE_MS)
		return error_set(err, NF_DISCONNECTED,
				 "no sign of life for %d s", SILENCE_MS / 1000);
	if (now_ms - link->heard_ms >= PING_MS &&
	    now_ms - link->pinged_ms >= PING_MS) {
		link->pinged_ms = now_ms;
		ssh_ping(link->ssh);
	}
	return 0;
}

static void note_event(struct link *link, const struct epoll_event *event)
{
	uint64_t count;
	ssize_t ignored;

	if (event->data.ptr == link) {
		ignored = read(link->wake_fd, &count, sizeof(count));
		(void)ignored;
	} else if (event->data.ptr == link->outbox) {
		link->hung_up |= (event->events &
				  (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
	} else {
		struct call *call = event->data.ptr;

		relay_note(&call->relay, event->events);
	}
}

/* Note what has happened: how much. */
static int note_events(struct link *link)
{
	struct epoll_event events[EVENTS];
	int n, all = 0;

	do {
		n = epoll_wait(link->epfd, events, EVENTS, 0);
		for (int i = 0; i < n; i++)
			note_event(link, &events[i]);
		all += n > 0 ? n : 0;
	} while (n == EVENTS);
	return all;
}

/* When something is due without an event. */
static int64_t due_ms(const struct link *link)
{
	int64_t now_ms = deadline_clock_ms();

	return link->asked != NULL ? now_ms + 200 : now_ms + PING_MS / 3;
}

static int wait_for_more(struct link *link)
{
	int rc;

	if (link->again)
		rc = sleep_until(deadline_clock_ms());
	else
		rc = wait_io(link->epfd, WAIT_IN, due_ms(link));
	(void)note_events(link);
	return rc == -1 ? -1 : 0;
}

static int run_link(struct link *link, struct nf_error *err)
{
	for (;;) {
		take_turn(link);
		if (check_life(link, err) == -1)
			return -1;
		if (wait_for_more(link) == -1)
			return error_sys(err, NF_SYSTEM, "cannot wait");
	}
}

/* ---- its life */

/* Tell those whose calls were open, and let the others go by another link. It may
 * be a login that was refused, where it ends the hop's first call. */
static void fall(struct link *link, struct nf_error *err)
{
	struct board *board = link->gate->board;
	struct call *call;
	struct nf_error cut = {.stage = NF_STAGE_CONNECT};
	char why[sizeof(err->message)];

	gate_reword(err->message, why, sizeof(why));
	(void)error_set(&cut, NF_DISCONNECTED,
			"the connection to the jump host %s was lost: %.300s",
			link->gate->hop->name, why);
	while ((call = call_take(&link->closing)) != NULL)
		call_free(call);
	while ((call = call_take(&link->open)) != NULL)
		board_cut(board, call, &cut);
	cut.stage = NF_STAGE_AUTH;
	gate_link_fell(link->gate, link, link->asked,
		       link->serves ? NULL : &cut);
}

static void link_free(struct link *link)
{
	ssh_close(link->ssh, 0);
	outbox_free(link->outbox);
	if (link->epfd != -1)
		(void)close(link->epfd);
	if (link->wake_fd != -1)
		(void)close(link->wake_fd);
	free(link);
}

static void link_main(void *arg)
{
	struct link *link = arg;
	struct nf_error err = {.stage = NF_STAGE_CONNECT};

	if (link->begin_ms > deadline_clock_ms())
		(void)sleep_until(link->begin_ms);
	if (come_up(link, &err) == -1) {
		gate_link_failed(link->gate, link, &err);
	} else {
		(void)run_link(link, &err);
		fall(link, &err);
	}
	link_free(link);
}

int link_start(struct link **out, struct gate *gate, int64_t begin_ms,
	       struct nf_error *err)
{
	struct link *link = calloc(1, sizeof(*link));

	if (link == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a connection");
	link->gate = gate;
	link->begin_ms = begin_ms;
	link->epfd = epoll_create1(EPOLL_CLOEXEC);
	link->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (link->epfd == -1 || link->wake_fd == -1 ||
	    watch(link, link->wake_fd, EPOLLIN, link) == -1) {
		(void)error_sys(err, NF_SYSTEM, "no descriptor for a hop");
		link_free(link);
		return -1;
	}
	if (fiber_start(gate->board->loop, link_main, link, err) == -1) {
		link_free(link);
		return -1;
	}
	*out = link;
	return 0;
}

void link_say_goodbye(struct link *link)
{
	if (link->ssh == NULL || link->asks)
		return;
	ssh_close(link->ssh, 0);
	link->ssh = NULL;
}
