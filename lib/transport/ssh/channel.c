/* An SSH connection's channels: a shell as a stream, or a command each. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/printable.h"
#include "fiber/fiber.h"
#include "transport/ssh/ssh_parts.h"

#define READ_MAX ((size_t)8 * 1024) /* on a fiber's stack */
#define READS_IN_TURN 64 /* before other fibers have their turn */
#define ROOM_MS 100 /* until a server has room for another channel */
#define STATUS_MS 5000 /* for the exit status, behind the output's end */
#define LEFT_OPEN_MS 1000 /* of quiet, behind an exit status */

/* ---- the shell as a stream */

static struct ssh *ssh_of(struct transport *tr)
{
	return (struct ssh *)(void *)((char *)tr -
				      offsetof(struct ssh, stream));
}

static ssize_t stream_error(struct ssh *ssh, ssize_t rc)
{
	errno = rc == LIBSSH2_ERROR_EAGAIN ? EAGAIN
		: ssh->sys_errno != 0      ? ssh->sys_errno
					   : ECONNRESET;
	return -1;
}

static ssize_t stream_recv(struct transport *tr, void *bytes, size_t len)
{
	struct ssh *ssh = ssh_of(tr);
	ssize_t n;

	ssh->run = 0;
	n = libssh2_channel_read(ssh->channel, bytes, len);
	/* XXX Output in one burst with a DISCONNECT stays in libssh2 1.10,
	 * which gives no more of it out: the message would have to reach it
	 * later. */
	if (n > 0) {
		ssh->late = false;
		return n;
	}
	if (n == 0 && libssh2_channel_eof(ssh->channel))
		return 0;
	/* libssh2 has nothing left, and no more can come. */
	if ((n == 0 || n == LIBSSH2_ERROR_EAGAIN) && ssh->ended) {
		if (ssh->sys_errno == 0)
			return 0;
		n = LIBSSH2_ERROR_SOCKET_RECV;
	}
	return stream_error(ssh, n == 0 ? LIBSSH2_ERROR_EAGAIN : n);
}

static ssize_t stream_send(struct transport *tr, const void *bytes, size_t len)
{
	struct ssh *ssh = ssh_of(tr);
	ssize_t n;

	ssh->run = 0;
	n = libssh2_channel_write(ssh->channel, bytes, len);
	return n >= 0 ? n : stream_error(ssh, n);
}

/* Wait for the directions that libssh2 names: a reader may have to write. */
static int stream_wait(struct transport *tr, unsigned ways, int64_t deadline_ms)
{
	struct ssh *ssh = ssh_of(tr);

	(void)ways;
	return transport_wait_over(ssh->tr, ssh_directions(ssh), deadline_ms,
				   &ssh->keepalive, &ssh->late);
}

static int64_t stream_now_ms(struct transport *tr)
{
	return transport_now(ssh_of(tr)->tr);
}

static void stream_shutdown(struct transport *tr)
{
	(void)tr; /* ssh_close() shuts down and frees */
}

static const struct transport_ops stream_ops = {
	.recv = stream_recv,
	.send = stream_send,
	.wait = stream_wait,
	.now_ms = stream_now_ms,
	.shutdown = stream_shutdown,
	.free = stream_shutdown,
};

/* ---- opening */

static int open_channel(struct ssh *ssh, int64_t deadline_ms,
			struct nf_error *err)
{
	int rc;

	ssh->nchannels++;
	ssh->exited = false;
	ssh->refusal = (struct channel_refusal){0};
	ssh->opening = true;
	do {
		ssh->channel = libssh2_channel_open_session(ssh->session);
		rc = ssh->channel != NULL
			     ? 0
			     : libssh2_session_last_errno(ssh->session);
	} while (rc == LIBSSH2_ERROR_EAGAIN &&
		 ssh_wait(ssh, deadline_ms, err) == 0);
	ssh->opening = false;
	if (rc == LIBSSH2_ERROR_CHANNEL_FAILURE && *ssh->refusal.words != '\0')
		return error_set(err, NF_SESSION_DENIED,
				 "the device opens no session: it said \"%s\"",
				 ssh->refusal.words);
	return rc == 0 ? 0 : ssh_fail(ssh, rc, NF_SESSION_DENIED, err);
}

/* Fail a request of a channel; sys_errno is for one that was denied. */
static int request_failed(const struct ssh *ssh, int rc, const char *denied,
			  int sys_errno, struct nf_error *err)
{
	if (rc != LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED || ssh->ended)
		return ssh_fail(ssh, rc, NF_SESSION_DENIED, err);
	(void)error_set(err, NF_SESSION_DENIED, "%s", denied);
	err->sys_errno = sys_errno;
	return -1;
}

/* ---- shell */

int ssh_shell(struct ssh *ssh, const char *term, unsigned columns,
	      int64_t deadline_ms, struct nf_error *err)
{
	static const char modes[] = "\0"; /* TTY_OP_END: lshd wants to see it */
	int rc;

	if (open_channel(ssh, deadline_ms, err) == -1)
		return -1;
	UNTIL_DONE(rc,
		   libssh2_channel_request_pty_ex(
			   ssh->channel, term, (unsigned)strlen(term), modes, 1,
			   (int)columns, TERMINAL_ROWS, 0, 0),
		   ssh, deadline_ms, err);
	if (rc != 0)
		return request_failed(ssh, rc, "the device gives no terminal",
				      ENOTTY, err);
	/* Merge stderr into the stream: unread, it would fill the window. */
	UNTIL_DONE(rc,
		   libssh2_channel_handle_extended_data2(
			   ssh->channel, LIBSSH2_CHANNEL_EXTENDED_DATA_MERGE),
		   ssh, deadline_ms, err);
	if (rc != 0)
		return ssh_fail(ssh, rc, NF_SESSION_DENIED, err);
	UNTIL_DONE(rc, libssh2_channel_shell(ssh->channel), ssh, deadline_ms,
		   err);
	if (rc != 0)
		return request_failed(ssh, rc, "the device gives no shell",
				      ENOTTY, err);
	ssh->stream = (struct transport){.ops = &stream_ops, .fd = ssh->tr->fd};
	return 0;
}

struct transport *ssh_stream(struct ssh *ssh)
{
	return &ssh->stream;
}

void ssh_shell_end(struct ssh *ssh, int64_t deadline_ms)
{
	struct nf_error ignored;
	char dropped[512];
	ssize_t n;

	do {
		ssh->run = 0;
		n = libssh2_channel_read(ssh->channel, dropped,
					 sizeof(dropped));
		if (n == 0 && libssh2_channel_eof(ssh->channel))
			break;
	} while (n > 0 || ((n == 0 || n == LIBSSH2_ERROR_EAGAIN) &&
			   ssh_wait(ssh, deadline_ms, &ignored) == 0));
	UNTIL_DONE(n, libssh2_channel_free(ssh->channel), ssh, deadline_ms,
		   &ignored);
	ssh->channel = NULL;
	ssh->had_channel = true;
}

/* ---- a command of its own */

/* A command that runs in a channel of its own. */
struct run {
	struct ssh *ssh;
	const struct output_sink *sink;
	int64_t *deadline_ms;
	struct ssh_exec *exec;
	bool in_line; /* the output does not end in a newline, or has not yet */
	unsigned nreads;
};

/* Open a channel, and try again behind another one: a server with room for one
 * channel may not have noticed the end of the last. */
static int open_after_another(struct run *run, struct nf_error *err)
{
	int rc = open_channel(run->ssh, *run->deadline_ms, err);

	if (rc == 0 || err->code != NF_SESSION_DENIED || !run->ssh->had_channel)
		return rc;
	(void)sleep_until(transport_now(run->ssh->tr) + ROOM_MS);
	return open_channel(run->ssh, *run->deadline_ms, err);
}

static int start(struct run *run, const char *command, struct nf_error *err)
{
	static const char request[] = "exec";
	LIBSSH2_CHANNEL *channel;
	int rc;

	if (open_after_another(run, err) == -1)
		return -1;
	channel = run->ssh->channel;
	UNTIL_DONE(rc,
		   libssh2_channel_process_startup(
			   channel, request, (unsigned)strlen(request), command,
			   (unsigned)strlen(command)),
		   run->ssh, *run->deadline_ms, err);
	if (rc != 0)
		return request_failed(run->ssh, rc,
				      "the device runs no command without a "
				      "shell",
				      ENOEXEC, err);
	UNTIL_DONE(rc, libssh2_channel_send_eof(channel), run->ssh,
		   *run->deadline_ms, err);
	return rc == 0 ? 0 : ssh_fail(run->ssh, rc, NF_SESSION_DENIED, err);
}

/* Pass output on, up to the bound of the sink. */
static int pass_on(struct run *run, const uint8_t *bytes, size_t len,
		   struct nf_error *err)
{
	uint64_t room = run->sink->bytes_max - run->exec->bytes;
	size_t n = len <= room ? len : (size_t)room;
	int64_t waited_ms = 0;

	if (n > 0 &&
	    run->sink->emit(run->sink->arg, bytes, n, &waited_ms) == -1)
		return error_set(err, NF_CANCELLED,
				 "its answer is not wanted any more");
	*run->deadline_ms += waited_ms;
	run->exec->bytes += n;
	run->in_line = bytes[len - 1] != '\n';
	if (n < len)
		return error_set(err, NF_OUTPUT_TOO_LARGE,
				 "an answer of more than %llu bytes",
				 (unsigned long long)run->sink->bytes_max);
	return 0;
}

/* Keep stderr up to its bound; the rest is read all the same, and dropped. */
static int keep_stderr(struct run *run, const uint8_t *bytes, size_t len,
		       struct nf_error *err)
{
	struct buf *kept = &run->exec->err;
	size_t n = len <= buf_room(kept) ? len : buf_room(kept);

	run->exec->err_cut |= n < len;
	if (n > 0 && buf_append(kept, bytes, n) == -1)
		return error_sys(err, NF_SYSTEM, "no memory for an answer");
	return 0;
}

/* Read once from stdout (0) or stderr: 1 when bytes came, 0, or -1. */
static int read_stream(struct run *run, int stream, struct nf_error *err)
{
	uint8_t bytes[READ_MAX];
	ssize_t n;
	int rc;

	run->ssh->run = 0;
	n = libssh2_channel_read_ex(run->ssh->channel, stream, (char *)bytes,
				    sizeof(bytes));
	if (n == 0 || n == LIBSSH2_ERROR_EAGAIN)
		return 0;
	if (n < 0)
		return ssh_fail(run->ssh, (int)n, NF_DISCONNECTED, err);
	rc = stream == 0 ? pass_on(run, bytes, (size_t)n, err)
			 : keep_stderr(run, bytes, (size_t)n, err);
	return rc == -1 ? -1 : 1;
}

/* Let other fibers run now and then. A command that never stops sending runs
 * into its deadline all the same. */
static int give_way(struct run *run, struct nf_error *err)
{
	int64_t now = transport_now(run->ssh->tr);

	if (++run->nreads % READS_IN_TURN != 0)
		return 0;
	if (now >= *run->deadline_ms)
		return error_set(err, NF_TIMEOUT, "not done by its deadline");
	(void)transport_wait(run->ssh->tr, WAIT_IN, now);
	return 0;
}

/*
 * Hear all that the server has said so far: it answers a request behind that,
 * if only by a refusal.
 */
static int hear_out(struct run *run, struct nf_error *err)
{
	static const char name[] = "LC_NETFAN", value[] = "";
	int rc;

	UNTIL_DONE(rc,
		   libssh2_channel_setenv_ex(run->ssh->channel, name,
					     sizeof(name) - 1, value,
					     sizeof(value) - 1),
		   run->ssh, *run->deadline_ms, err);
	if (rc != 0 && rc != LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED)
		return ssh_fail(run->ssh, rc, NF_DISCONNECTED, err);
	return 0;
}

/*
 * Wait for bytes. Once the command has ended, quiet is the end of its output: a
 * child of it in the background may hold that open for good.
 */
static int await_bytes(struct run *run, struct nf_error *err)
{
	int64_t quiet_ms = transport_now(run->ssh->tr) + LEFT_OPEN_MS;
	struct nf_error ignored;

	if (!run->ssh->exited || quiet_ms >= *run->deadline_ms)
		return ssh_wait(run->ssh, *run->deadline_ms, err);
	if (ssh_wait(run->ssh, quiet_ms, &ignored) == 0)
		return 0;
	run->exec->left_open = true;
	return hear_out(run, err);
}

static int read_all(struct run *run, struct nf_error *err)
{
	for (;;) {
		int out = read_stream(run, 0, err);
		int more = out == -1
				   ? -1
				   : read_stream(run, SSH_EXTENDED_DATA_STDERR,
						 err);

		if (out == -1 || more == -1)
			return -1;
		if (out == 1 || more == 1) {
			run->exec->left_open = false;
			if (give_way(run, err) == -1)
				return -1;
			continue;
		}
		/* Reading one stream may have queued bytes of the other:
		 * check again before waiting. */
		if (libssh2_poll_channel_read(run->ssh->channel, 0) != 0)
			continue;
		if (libssh2_channel_eof(run->ssh->channel)) {
			run->exec->left_open = false;
			return 0;
		}
		if (run->exec->left_open)
			return 0;
		if (await_bytes(run, err) == -1)
			return -1;
	}
}

/* Wait for the exit status, which most servers send behind the output, and free
 * the channel. One that the server does not close ends with the session. */
static void take_status(struct run *run)
{
	LIBSSH2_CHANNEL *channel = run->ssh->channel;
	int64_t deadline_ms = transport_now(run->ssh->tr) + STATUS_MS;
	struct nf_error ignored;
	char *signal = NULL;
	int rc;

	if (deadline_ms > *run->deadline_ms)
		deadline_ms = *run->deadline_ms;
	UNTIL_DONE(rc, libssh2_channel_close(channel), run->ssh, deadline_ms,
		   &ignored);
	if (rc == 0)
		UNTIL_DONE(rc, libssh2_channel_wait_closed(channel), run->ssh,
			   deadline_ms, &ignored);
	run->exec->status = libssh2_channel_get_exit_status(channel);
	(void)libssh2_channel_get_exit_signal(channel, &signal, NULL, NULL,
					      NULL, NULL, NULL);
	if (signal != NULL) {
		run->exec->status = SSH_EXEC_KILLED;
		printable_copy(run->exec->signal, sizeof(run->exec->signal),
			       (const uint8_t *)signal, strlen(signal));
		libssh2_free(run->ssh->session, signal);
	} else if (rc != 0 && run->exec->status == 0 && !run->ssh->exited) {
		run->exec->status = SSH_EXEC_UNKNOWN; /* not closed */
	}
	if (rc == 0)
		UNTIL_DONE(rc, libssh2_channel_free(channel), run->ssh,
			   deadline_ms, &ignored);
	run->ssh->channel = NULL;
	run->ssh->had_channel = true;
}

/*
 * Was the channel closed before the command had ended? Nothing says that it had
 * without an exit status, which some servers never send: it was, where this one
 * sent it before, or the output ends in the middle of a line.
 */
static int check_cut(const struct run *run, struct nf_error *err)
{
	struct ssh *ssh = run->ssh;

	if (ssh->exited || (!run->in_line && !ssh->tells_status)) {
		ssh->tells_status |= ssh->exited;
		return 0;
	}
	run->exec->status = SSH_EXEC_UNKNOWN;
	return error_set(err, NF_INCOMPLETE,
			 "it closed the channel without an exit status%s",
			 run->in_line ? ", in the middle of a line"
				      : ", unlike before");
}

int ssh_exec(struct ssh *ssh, const char *command,
	     const struct output_sink *sink, int64_t *deadline_ms,
	     struct ssh_exec *exec, struct nf_error *err)
{
	struct run run = {.ssh = ssh,
			  .sink = sink,
			  .deadline_ms = deadline_ms,
			  .exec = exec};

	*exec = (struct ssh_exec){.status = SSH_EXEC_UNKNOWN};
	buf_init(&exec->err, SSH_EXEC_STDERR_MAX);
	if (start(&run, command, err) == -1 || read_all(&run, err) == -1)
		return -1;
	take_status(&run);
	return check_cut(&run, err);
}
