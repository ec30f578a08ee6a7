/* The jump process, as its parent has it. */
#include "jump/jump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "jump/board.h"
#include "worker/pipes.h"
#include "worker/process.h"

#define DEATHS_MAX 3 /* in a row, with no call opened between */
#define GOODBYE_MS 1000

enum jump_state {
	JUMP_NONE,
	JUMP_WANTED,
	JUMP_OPEN,
	JUMP_LOST, /* it is over, and that was not told yet */
};

struct jump_call {
	enum jump_state state;
	uint32_t id;
	int fd; /* the device's end, while it is wanted; else -1 */
	int64_t until_ms;
	struct report_wish *wish; /* to be wanted again; while it is wanted */
};

struct jump {
	struct hops *hops; /* borrowed */
	struct jump_call *calls; /* by device */
	size_t ndevices;
	uint32_t last_id;
	struct process process; /* pid -1: there is none */
	int fd; /* of passages; -1 */
	int epfd; /* waits for it */
	bool awaits_room;
	struct passages wishes; /* that the socket did not take yet */
	struct passed passed; /* that the last report is in */
	uint32_t *asked; /* by hop: the number of its open question; or 0 */
	bool forgets; /* these are void, and that was not told of all */
	unsigned deaths; /* in a row */
	struct nf_error death; /* the last */
	bool broken; /* no other process is forked */
	size_t nlost; /* calls that are lost */
	bool settles; /* the process was asked whether it is there */
};

/* ---- the process */

static int run_child(void *arg)
{
	const struct hops *hops = arg;

	return board_run(hops, PROCESS_FD);
}

static void await_room(struct jump *jump)
{
	bool waits = passages_wait(&jump->wishes);
	struct epoll_event event = {
		.events = EPOLLIN | (waits ? (unsigned)EPOLLOUT : 0u)};

	if (waits == jump->awaits_room)
		return;
	jump->awaits_room = waits;
	(void)epoll_ctl(jump->epfd, EPOLL_CTL_MOD, jump->fd, &event);
}

/* Kill the process and forget its ends: how it ended. */
static void end_process(struct jump *jump, char *how, size_t size)
{
	process_kill(&jump->process);
	process_reap(&jump->process, how, size);
	jump->process.pid = -1;
	(void)close(jump->fd);
	jump->fd = -1;
}

static int fork_process(struct jump *jump, struct nf_error *err)
{
	struct process_start start = {
		.what = "the process for jump hosts",
		.instead = "begin before them",
		.nfds = 1,
		.run = run_child,
		.arg = jump->hops,
	};
	struct epoll_event event = {.events = EPOLLIN};
	int child_fd, rc;
	char how[100];

	if (passage_open(&jump->fd, &child_fd, err) == -1) {
		jump->fd = -1;
		return -1;
	}
	start.fds[0] = child_fd;
	rc = process_fork(&jump->process, &start, err);
	(void)close(child_fd);
	jump->awaits_room = false;
	if (rc == -1) { /* there is nothing to bury then */
		(void)close(jump->fd);
		jump->fd = jump->process.pid = -1;
	} else if (epoll_ctl(jump->epfd, EPOLL_CTL_ADD, jump->fd, &event) ==
		   -1) {
		rc = error_sys(err, NF_SYSTEM, "cannot watch a process");
		end_process(jump, how, sizeof(how));
	}
	return rc;
}

int jump_start(struct jump **out, struct hops *hops, size_t ndevices,
	       struct nf_error *err)
{
	struct jump *jump = calloc(1, sizeof(*jump));

	if (jump == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for jump hosts");
	jump->hops = hops;
	jump->ndevices = ndevices;
	jump->process.pid = -1;
	jump->fd = -1;
	jump->epfd = epoll_create1(EPOLL_CLOEXEC);
	jump->calls = calloc(ndevices, sizeof(*jump->calls));
	jump->asked = calloc(hops->n, sizeof(*jump->asked));
	if (jump->epfd == -1 || jump->calls == NULL || jump->asked == NULL) {
		(void)error_sys(err, NF_SYSTEM, "no memory for jump hosts");
		jump_end(jump, true);
		return -1;
	}
	for (size_t i = 0; i < ndevices; i++)
		jump->calls[i].fd = -1;
	process_settle();
	if (fork_process(jump, err) == -1) {
		jump_end(jump, true);
		return -1;
	}
	*out = jump;
	return 0;
}

int jump_fd(const struct jump *jump)
{
	return jump->epfd;
}

int jump_pid(const struct jump *jump)
{
	return jump->process.pid;
}

/* ---- calls */

static void drop_call(struct jump *jump, struct jump_call *call)
{
	jump->nlost -= call->state == JUMP_LOST;
	if (call->fd != -1)
		(void)close(call->fd);
	free(call->wish);
	*call = (struct jump_call){.fd = -1};
}

static void lose_call(struct jump *jump, struct jump_call *call)
{
	drop_call(jump, call);
	call->state = JUMP_LOST;
	jump->nlost++;
}

/* Pass one end of a new pair to the process, and keep the other. */
static int send_wish(struct jump *jump, struct jump_call *call)
{
	uint8_t bytes[PASSED_BYTES_MAX];
	size_t len = report_wish_encode(call->wish, bytes);
	int pair[2];

	if (len == 0 || jump->fd == -1 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		       pair) == -1)
		return -1;
	call->fd = pair[0];
	call->id = ++jump->last_id;
	call->state = JUMP_WANTED;
	if (passages_put(&jump->wishes, jump->fd, call->id, bytes, len,
			 &pair[1], 1) == -1)
		return -1;
	await_room(jump);
	return 0;
}

void jump_want(struct jump *jump, const struct report_wish *wish)
{
	struct jump_call *call = &jump->calls[wish->device];

	drop_call(jump, call);
	call->until_ms = deadline_clock_ms() + wish->left_ms;
	call->wish = malloc(sizeof(*wish));
	if (call->wish != NULL)
		*call->wish = *wish;
	if (call->wish == NULL || send_wish(jump, call) == -1)
		lose_call(jump, call);
}

void jump_leave(struct jump *jump, uint32_t device)
{
	drop_call(jump, &jump->calls[device]);
}

/* ---- reports */

/* Want a call again whose process has died. */
static int want_again(struct jump *jump, struct jump_call *call)
{
	int64_t left_ms = call->until_ms - deadline_clock_ms();

	(void)close(call->fd);
	call->fd = -1;
	if (left_ms <= 0)
		return -1;
	call->wish->left_ms = (uint32_t)left_ms;
	return send_wish(jump, call);
}

static void move_calls(struct jump *jump)
{
	for (size_t i = 0; i < jump->ndevices; i++) {
		struct jump_call *call = &jump->calls[i];

		if (call->state == JUMP_OPEN || (call->state == JUMP_WANTED &&
						 want_again(jump, call) == -1))
			lose_call(jump, call);
	}
}

static void bury(struct jump *jump)
{
	struct nf_error err;
	char how[100];
	int pid = jump->process.pid;

	end_process(jump, how, sizeof(how));
	jump->settles = false;
	jump->forgets = true;
	passages_release(&jump->wishes);
	jump->death = (struct nf_error){.stage = NF_STAGE_CONNECT};
	(void)error_set(&jump->death, NF_WORKER_DIED,
			"the process for jump hosts (pid %d) %s", pid, how);
	jump->broken = ++jump->deaths >= DEATHS_MAX;
	if (!jump->broken && fork_process(jump, &err) == -1) {
		jump->broken = true;
		(void)error_set(
			&jump->death, NF_WORKER_DIED,
			"the process for jump hosts (pid %d) %s; %.300s", pid,
			how, err.message);
	}
	move_calls(jump);
}

/* The next call that is lost, and was not told. */
static bool tell_lost(struct jump *jump, struct report *report)
{
	for (size_t i = 0; jump->nlost > 0 && i < jump->ndevices; i++) {
		if (jump->calls[i].state != JUMP_LOST)
			continue;
		drop_call(jump, &jump->calls[i]);
		*report = (struct report){.kind = REPORT_CUT,
					  .place = (uint32_t)i,
					  .error = jump->death};
		if (report->error.code == NF_OK)
			(void)error_set(&report->error, NF_SYSTEM,
					"no memory or descriptor for a "
					"connection to a jump host");
		report->error.stage = NF_STAGE_CONNECT;
		return true;
	}
	return false;
}

/* The next question that is void, and was not told. */
static bool tell_unasked(struct jump *jump, struct report *report)
{
	for (size_t i = 0; jump->forgets && i < jump->hops->n; i++) {
		if (jump->asked[i] == 0)
			continue;
		jump->asked[i] = 0;
		*report = (struct report){.kind = REPORT_UNASKED,
					  .place = (uint32_t)i};
		return true;
	}
	jump->forgets = false;
	return false;
}

/* Keep what the next process has to know. */
static void remember(struct hop_memory *memory, const struct report *report)
{
	if (report->kind == REPORT_CLOSED) {
		memory->closed = report->error;
		return;
	}
	if (memory->key != NULL)
		return;
	memory->key = malloc(report->key_len);
	if (memory->key == NULL)
		return;
	memcpy(memory->key, report->key, report->key_len);
	memory->key_len = report->key_len;
}

/* A report of a call: false when that is over, and it is for nobody. */
static bool take_call(struct jump *jump, uint32_t id,
		      const struct report *report, int *fd)
{
	struct jump_call *call;

	if (report->place >= jump->ndevices)
		return false;
	call = &jump->calls[report->place];
	if (call->id != id || call->state == JUMP_NONE ||
	    call->state == JUMP_LOST)
		return false;
	if (report->kind != REPORT_OPENED) {
		drop_call(jump, call);
		return true;
	}
	if (call->state == JUMP_OPEN)
		return false;
	jump->deaths = 0;
	*fd = call->fd;
	call->fd = -1;
	call->state = JUMP_OPEN;
	free(call->wish);
	call->wish = NULL;
	return true;
}

/* A question of a hop, or the end of one that may be answered by now. */
static bool take_question(struct jump *jump, uint32_t id,
			  const struct report *report)
{
	uint32_t *asked;

	if (report->place >= jump->hops->n || id == 0)
		return false;
	asked = &jump->asked[report->place];
	if (report->kind == REPORT_UNASKED && *asked != id)
		return false;
	*asked = report->kind == REPORT_QUESTION ? id : 0;
	return true;
}

static bool take_report(struct jump *jump, uint32_t id, struct report *report,
			int *fd)
{
	if (report_decode(report, jump->passed.bytes, jump->passed.len) == -1)
		return false;
	switch (report->kind) {
	case REPORT_OPENED:
	case REPORT_FAILED:
	case REPORT_CUT:
		return take_call(jump, id, report, fd);
	case REPORT_KEY:
	case REPORT_CLOSED:
		if (report->place >= jump->hops->n)
			return false;
		remember(&jump->hops->at[report->place].known, report);
		return true;
	case REPORT_ASKS:
	case REPORT_ACCEPTED:
	case REPORT_REFUSED:
	case REPORT_LEFT:
		return report->place < jump->hops->n;
	case REPORT_QUESTION:
	case REPORT_UNASKED:
		return take_question(jump, id, report);
	case REPORT_HERE:
		jump->settles = false;
		break;
	}
	return false;
}

int jump_take(struct jump *jump, struct report *report, int *fd)
{
	uint32_t id;
	int rc = 1;

	*fd = -1;
	while (rc == 1) {
		if (tell_lost(jump, report) || tell_unasked(jump, report))
			return 1;
		if (jump->fd == -1)
			return 0;
		passages_send(&jump->wishes, jump->fd);
		await_room(jump);
		passed_release(&jump->passed);
		rc = passage_receive(jump->fd, &id, &jump->passed);
		if (rc == 1 && take_report(jump, id, report, fd))
			return 1;
		if (rc == -1) {
			bury(jump);
			rc = 1;
		}
	}
	return 0;
}

void jump_answer(struct jump *jump, uint32_t hop, const char *typed,
		 const struct nf_error *why)
{
	uint8_t bytes[PASSED_BYTES_MAX];
	uint32_t number = jump->asked[hop];

	if (number == 0 || jump->fd == -1)
		return;
	jump->asked[hop] = 0;
	(void)passages_put(&jump->wishes, jump->fd, number, bytes,
			   report_answer_encode(typed, why, bytes), NULL, 0);
	explicit_bzero(bytes, sizeof(bytes));
	await_room(jump);
}

void jump_settle(struct jump *jump)
{
	if (jump->fd == -1 || jump->settles ||
	    passages_put(&jump->wishes, jump->fd, 0, NULL, 0, NULL, 0) == -1)
		return;
	jump->settles = true;
	await_room(jump);
}

bool jump_settles(const struct jump *jump)
{
	return jump->settles;
}

void jump_end(struct jump *jump, bool at_once)
{
	char how[100];

	if (jump == NULL)
		return;
	if (jump->fd != -1)
		(void)close(jump->fd);
	if (jump->process.pid != -1) {
		if (at_once || !fd_await(jump->process.pidfd,
					 deadline_clock_ms() + GOODBYE_MS))
			process_kill(&jump->process);
		process_reap(&jump->process, how, sizeof(how));
	}
	for (size_t i = 0; jump->calls != NULL && i < jump->ndevices; i++)
		drop_call(jump, &jump->calls[i]);
	for (size_t i = 0; i < jump->hops->n; i++)
		free(jump->hops->at[i].known.key);
	passages_release(&jump->wishes);
	passed_release(&jump->passed);
	if (jump->epfd != -1)
		(void)close(jump->epfd);
	free(jump->calls);
	free(jump->asked);
	free(jump);
}
