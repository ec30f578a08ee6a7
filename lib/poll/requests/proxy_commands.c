/* The proxy commands that run. */
#include "poll/requests/proxy_commands.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "base/printable.h"
#include "inventory/way/proxy_command.h"
#include "system/child.h"
#include "system/environment.h"

#define SHELL "/bin/sh"
#define EXEC "exec "
#define SAID_MAX 512 /* bytes of standard error, the last */
#define TOLD_MAX 160 /* of it that are told */
#define LEAVING_MS 1000 /* between being asked to end and being killed */
#define DYING_MS 5000

extern char **environ;

struct proxy_command {
	struct nf_poll *poll;
	uint32_t device;
	struct child child;
	char said[SAID_MAX];
	size_t len;
	bool ended;
	int status; /* as child_reap() told */
	struct nf_error err; /* of -1 */
	bool asked; /* why it ended */
	struct request why;
	bool left; /* its session is over */
	int64_t kill_ms; /* then it is killed */
	struct proxy_command *next;
};

bool proxy_commands_may(const struct plan *plan, size_t device)
{
	const struct way *way = &plan->ways.at[device];

	return way->kind == WAY_PASSED && way->request == REQUEST_PROXY_COMMAND;
}

/* ---- its words */

/* Keep the last bytes of what it says. */
static void keep_said(struct proxy_command *command, const char *bytes,
		      size_t len)
{
	size_t over;

	if (len > SAID_MAX) {
		bytes += len - SAID_MAX;
		len = SAID_MAX;
	}
	over = command->len + len > SAID_MAX ? command->len + len - SAID_MAX
					     : 0;
	memmove(command->said, command->said + over, command->len - over);
	memcpy(command->said + command->len - over, bytes, len);
	command->len += len - over;
}

static void stop_hearing(struct proxy_command *command)
{
	if (command->child.err_fd == -1)
		return;
	pool_unwatch(command->poll->pool, command->child.err_fd);
	(void)close(command->child.err_fd);
	command->child.err_fd = -1;
}

static void hear(struct proxy_command *command)
{
	char bytes[4096];
	ssize_t n = -1;

	if (command->child.err_fd == -1)
		return;
	while ((n = read(command->child.err_fd, bytes, sizeof(bytes))) > 0)
		keep_said(command, bytes, (size_t)n);
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		stop_hearing(command);
}

/* Its last line that is not blank, made harmless. */
static void last_line(const struct proxy_command *command, char out[TOLD_MAX])
{
	const char *end = command->said + command->len, *at;

	while (end > command->said && strchr(" \t\r\n", end[-1]) != NULL)
		end--;
	at = end;
	while (at > command->said && at[-1] != '\n')
		at--;
	out[0] = '\0';
	if (at < end)
		printable_copy(out, TOLD_MAX, (const uint8_t *)at,
			       (size_t)(end - at));
}

/* Tell why it ended: -1 with the reason, 0 when it ended well. */
static int explain(const struct proxy_command *command, struct nf_error *err)
{
	char line[TOLD_MAX];

	last_line(command, line);
	if (command->status == -1)
		return error_set(err, NF_UNREACHABLE, "%s%s%s",
				 command->err.message, line[0] ? ": " : "",
				 line);
	if (command->status == 0)
		return 0;
	return error_set(err, NF_UNREACHABLE,
			 "the proxy command ended with status %d%s%s",
			 command->status, line[0] ? ": " : "", line);
}

static void answer_why(struct proxy_command *command)
{
	struct nf_error err = {.stage = NF_STAGE_CONNECT};

	command->asked = false;
	if (explain(command, &err) == -1)
		request_refuse(command->poll, &command->why, &err);
	else
		request_grant(command->poll, &command->why, NULL, 0, NULL, 0);
}

/* ---- its end */

static void forget(struct proxy_command *command)
{
	struct proxy_command **at = &command->poll->commands;

	while (*at != command)
		at = &(*at)->next;
	*at = command->next;
	free(command);
}

static bool has_ended(const struct proxy_command *command, int timeout_ms)
{
	struct pollfd event = {command->child.pidfd, POLLIN, 0};

	return poll(&event, 1, timeout_ms) == 1;
}

/* Take the end of one that has ended, with what it left behind. */
static void finish(struct proxy_command *command)
{
	hear(command);
	stop_hearing(command);
	pool_unwatch(command->poll->pool, command->child.pidfd);
	child_kill(&command->child);
	command->status =
		child_reap(&command->child, "the proxy command", &command->err);
	command->ended = true;
	if (command->asked)
		answer_why(command);
	if (command->left)
		forget(command);
}

static void on_event(void *arg)
{
	struct proxy_command *command = arg;

	hear(command);
	if (!command->ended && has_ended(command, 0))
		finish(command);
}

/* Kill those that were asked to end and have not. */
static void kill_late(struct nf_poll *poll)
{
	for (struct proxy_command *at = poll->commands; at != NULL;
	     at = at->next) {
		if (at->left && deadline_clock_ms() >= at->kill_ms)
			child_kill(&at->child);
	}
}

static struct proxy_command *find(struct nf_poll *poll, uint32_t device)
{
	struct proxy_command *at = poll->commands;

	while (at != NULL && (at->left || at->device != device))
		at = at->next;
	return at;
}

void proxy_commands_left(struct nf_poll *poll, uint32_t device)
{
	struct proxy_command *command = find(poll, device);

	kill_late(poll);
	if (command == NULL)
		return;
	command->left = true;
	command->kill_ms = deadline_clock_ms() + LEAVING_MS;
	if (command->ended)
		forget(command);
	else
		child_ask_to_end(&command->child);
}

void proxy_commands_end(struct nf_poll *poll)
{
	int64_t until_ms = deadline_clock_ms() + DYING_MS;
	struct proxy_command *next;

	for (struct proxy_command *at = poll->commands; at != NULL;
	     at = at->next) {
		if (!at->ended)
			child_kill(&at->child);
	}
	for (struct proxy_command *at = poll->commands; at != NULL; at = next) {
		next = at->next;
		at->left = true;
		at->asked = false;
		if (at->ended)
			forget(at);
		else if (has_ended(at, deadline_wait_ms(until_ms,
							deadline_clock_ms())))
			finish(at);
		else {
			child_leave(&at->child);
			forget(at);
		}
	}
}

/* ---- its beginning */

static int run_shell(struct proxy_command *command, int fd,
		     struct nf_error *err)
{
	const struct plan *plan = &command->poll->plan;
	char text[sizeof(EXEC) + PROXY_COMMAND_MAX] = EXEC;
	const char *const argv[] = {SHELL, "-c", text, NULL};
	const char **env = environment_make();
	const struct program program = {
		.argv = argv, .env = env, .dir_fd = -1, .stream = &fd};
	int rc = -1;

	if (env == NULL)
		(void)error_sys(err, NF_SYSTEM, "no memory for a command");
	else if (proxy_command_fill(
			 text + strlen(EXEC),
			 plan->ways.through[command->device],
			 nf_inventory_device(plan->inv, command->device),
			 err) == 0)
		rc = child_start(&command->child, &program, err);
	free(env);
	return rc;
}

static int watch(struct proxy_command *command, struct nf_error *err)
{
	struct pool *pool = command->poll->pool;

	return pool_watch(pool, command->child.pidfd, on_event, command, err) ==
			       -1
		       ? -1
		       : pool_watch(pool, command->child.err_fd, on_event,
				    command, err);
}

/* Start it: the session's end of its sockets, or -1. */
static int start(struct proxy_command *command, struct nf_error *err)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == -1)
		return error_sys(err, NF_SYSTEM, "no sockets for a command");
	if (run_shell(command, fds[1], err) == -1) {
		(void)close(fds[0]);
		fds[0] = -1;
	}
	(void)close(fds[1]);
	return fds[0];
}

/* Is there too little of something now, of which there will be more? */
static bool is_short(const struct nf_error *err)
{
	return err->sys_errno == EMFILE || err->sys_errno == ENFILE ||
	       err->sys_errno == EAGAIN || err->sys_errno == ENOMEM;
}

static void begin(struct nf_poll *poll, const struct request *request)
{
	struct nf_error err = {.stage = NF_STAGE_CONNECT};
	struct proxy_command *command = calloc(1, sizeof(*command));
	int fd = -1;

	if (command == NULL) {
		(void)error_sys(&err, NF_SYSTEM, "no memory for a command");
	} else {
		command->poll = poll;
		command->device = request->device;
		fd = start(command, &err);
	}
	if (fd == -1) {
		free(command);
		if (is_short(&err))
			err.sys_errno = EAGAIN;
		request_refuse(poll, request, &err);
		return;
	}
	command->next = poll->commands;
	poll->commands = command;
	if (watch(command, &err) == -1) {
		(void)close(fd);
		request_refuse(poll, request, &err);
		proxy_commands_left(poll, request->device);
		return;
	}
	request_grant(poll, request, NULL, 0, &fd, 1);
}

void proxy_commands_answer(struct nf_poll *poll, const struct request *request)
{
	struct proxy_command *command = find(poll, request->device);

	if (strcmp(request->text, PROXY_COMMAND_WHY) != 0) {
		proxy_commands_left(poll, request->device);
		begin(poll, request);
	} else if (command == NULL) {
		request_grant(poll, request, NULL, 0, NULL, 0);
	} else {
		command->why = *request;
		command->asked = true;
		if (command->ended)
			answer_why(command);
	}
}
