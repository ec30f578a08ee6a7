/* The jump process from within. */
#include "jump/board.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "jump/enquiry.h"
#include "jump/gate.h"

#define TEND_MS 200 /* between two looks at calls that wait */

/* ---- answers */

void board_report(struct board *board, uint32_t id, const struct report *report)
{
	uint8_t bytes[PASSED_BYTES_MAX];
	size_t len = report_encode(report, bytes);

	/* Without memory the parent hears nothing, and its sessions are late. */
	if (len > 0)
		(void)passages_put(&board->reports, board->sender_fd, id, bytes,
				   len, NULL, 0);
	if (passages_wait(&board->reports) && board->sender != NULL)
		fiber_wake(board->sender);
}

static void answer_dial(struct call *call, const struct nf_error *err)
{
	struct dial *dial = call->dial;

	call->dial = NULL;
	dial->answered = true;
	dial->error = err != NULL ? *err : (struct nf_error){.code = NF_OK};
	fiber_wake(dial->fiber);
}

static void tell(struct board *board, struct call *call, enum report_kind kind,
		 const struct nf_error *err)
{
	struct report report = {.kind = kind, .place = call->device};

	if (kind == REPORT_OPENED)
		report.took_ms =
			(uint32_t)(deadline_clock_ms() - call->asked_ms);
	if (err != NULL)
		report.error = *err;
	if (call->dial != NULL)
		answer_dial(call, err);
	else if (call->id != 0)
		board_report(board, call->id, &report);
}

void board_opened(struct board *board, struct call *call)
{
	tell(board, call, REPORT_OPENED, NULL);
}

void board_fail(struct board *board, struct call *call,
		const struct nf_error *err)
{
	tell(board, call, REPORT_FAILED, err);
	call_free(call);
}

/* It is told before the socket is closed: whoever sees its end may ask why. */
void board_cut(struct board *board, struct call *call,
	       const struct nf_error *err)
{
	tell(board, call, REPORT_CUT, err);
	call_free(call);
}

/* ---- wishes */

/* A wish has come; without its socket, where there was no room for that. */
static void want(struct board *board, uint32_t id, struct passed *passed)
{
	struct report report = {.kind = REPORT_FAILED,
				.error = {.stage = NF_STAGE_CONNECT}};
	struct report_wish wish;
	struct call *call;

	if (report_wish_decode(&wish, passed->bytes, passed->len) == -1 ||
	    wish.hop >= board->hops->n)
		return;
	if (passed->nfds == 0) {
		report.place = wish.device;
		(void)error_set(&report.error, NF_SYSTEM, PASSED_LACKS_FDS);
		board_report(board, id, &report);
		return;
	}
	call = call_new(passed_take_fd(passed), wish.host, wish.port);
	if (call == NULL)
		return;
	call->id = id;
	call->device = wish.device;
	call->connect_ms = wish.connect_ms;
	call->until_ms = deadline_clock_ms() + wish.left_ms;
	gate_add(&board->gates[wish.hop], call);
}

static void take(struct board *board, uint32_t id, struct passed *passed)
{
	const struct report here = {.kind = REPORT_HERE};

	if (passed->nfds > 0 || passed->lacks_fds)
		want(board, id, passed);
	else if (passed->len > 0)
		enquiry_answer(board, id, passed);
	else
		board_report(board, 0, &here);
}

int board_dial(struct board *board, uint32_t hop, const char *host,
	       uint16_t port, int64_t connect_ms, int64_t deadline_ms,
	       struct nf_error *err)
{
	struct dial dial = {.fiber = fiber_self()};
	struct call *call = NULL;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		       pair) == -1)
		return error_sys(err, NF_SYSTEM, "no pair of sockets");
	call = call_new(pair[0], host, port);
	if (call == NULL) {
		(void)close(pair[1]);
		return error_sys(err, NF_SYSTEM, "no memory for a connection");
	}
	call->dial = &dial;
	call->connect_ms = connect_ms;
	call->until_ms = deadline_ms;
	gate_add(&board->gates[hop], call);
	while (!dial.answered) /* the call has the deadline */
		(void)fiber_park(NO_DEADLINE);
	if (dial.error.code == NF_OK)
		return pair[1];
	(void)close(pair[1]);
	*err = dial.error;
	return -1;
}

/* ---- fibers */

static void receiver_main(void *arg)
{
	struct board *board = arg;
	struct passed passed = {0};
	uint32_t id;
	int rc = 0;

	while (rc != -1) {
		rc = passage_receive(board->fd, &id, &passed);
		if (rc == 1) {
			take(board, id, &passed);
			passed_release(&passed);
		} else if (rc == 0) {
			rc = wait_io(board->fd, WAIT_IN, NO_DEADLINE);
		}
	}
	board->over = true;
}

static void sender_main(void *arg)
{
	struct board *board = arg;
	int rc = 0;

	board->sender = fiber_self();
	while (rc != -1) {
		passages_send(&board->reports, board->sender_fd);
		rc = passages_wait(&board->reports)
			     ? wait_io(board->sender_fd, WAIT_OUT, NO_DEADLINE)
			     : fiber_park(NO_DEADLINE);
	}
}

static bool tend_all(struct board *board, int64_t now_ms)
{
	bool waits = false;

	for (size_t i = 0; i < board->hops->n; i++) {
		gate_tend(&board->gates[i], now_ms);
		waits |= gate_waiting(&board->gates[i]) > 0;
	}
	return waits;
}

static void tender_main(void *arg)
{
	struct board *board = arg;
	int64_t now_ms;
	int rc = 0;

	board->tender = fiber_self();
	while (rc != -1) {
		now_ms = deadline_clock_ms();
		rc = tend_all(board, now_ms) ? sleep_until(now_ms + TEND_MS)
					     : fiber_park(NO_DEADLINE);
	}
}

void board_tend(struct board *board)
{
	if (board->tender != NULL)
		fiber_wake(board->tender);
}

/* ---- its life */

static int open_board(struct board *board, struct nf_error *err)
{
	size_t n = board->hops->n;

	board->sender_fd = fcntl(board->fd, F_DUPFD_CLOEXEC, 0);
	board->gates = calloc(n > 0 ? n : 1, sizeof(*board->gates));
	if (board->sender_fd == -1 || board->gates == NULL)
		return -1;
	for (size_t i = 0; i < n; i++) {
		board->gates[i].board = board;
		board->gates[i].hop = &board->hops->at[i];
		board->gates[i].number = (uint32_t)i;
		if (gate_remember(&board->gates[i],
				  &board->hops->at[i].known) == -1)
			return -1;
	}
	return loop_new(&board->loop, FIBER_STACK, err) == -1 ||
			       fiber_start(board->loop, receiver_main, board,
					   err) == -1 ||
			       fiber_start(board->loop, sender_main, board,
					   err) == -1 ||
			       fiber_start(board->loop, tender_main, board,
					   err) == -1
		       ? -1
		       : 0;
}

/* Fibers that still wait are dropped where they stand. */
static void close_board(struct board *board)
{
	for (size_t i = 0; board->gates != NULL && i < board->hops->n; i++)
		gate_release(&board->gates[i]);
	if (board->loop != NULL)
		loop_free(board->loop);
	passages_release(&board->reports);
	free(board->gates);
	if (board->sender_fd != -1)
		(void)close(board->sender_fd);
	(void)close(board->fd);
}

int board_run(const struct hops *hops, int fd)
{
	struct board board = {.hops = hops, .fd = fd, .sender_fd = -1};
	struct nf_error err;
	int rc = open_board(&board, &err);

	while (rc == 0 && !board.over)
		rc = loop_step(board.loop, NO_DEADLINE, &err);
	close_board(&board);
	return rc;
}
