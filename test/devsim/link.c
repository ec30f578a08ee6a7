/* One SSH connection to a device, on its fiber. */
#include "devsim/link.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libssh/callbacks.h>
#include <libssh/server.h>

#include "base/deadline_clock.h"
#include "devsim/client.h"
#include "devsim/device.h"
#include "devsim/fault.h"
#include "devsim/limits.h"
#include "devsim/options.h"
#include "devsim/questions.h"
#include "devsim/shell.h"
#include "devsim/stream.h"
#include "fiber/fiber.h"

#define LOGIN_TRIES 3 /* ip ssh authentication-retries, its default */
#define LOGIN_US 20000 /* of CPU time that a login leads for, as netfan's */

/* What the client asked of its channel. */
enum request { REQUEST_NONE, REQUEST_SHELL, REQUEST_EXEC };

/*
 * A connection. libssh's callbacks, run below link_turn(), only note what came
 * up; the fiber acts on it. (They may give way: the stack is the fiber's own.)
 */
struct link {
	const struct options *opts; /* borrowed */
	struct client *client; /* borrowed */
	ssh_session session;
	ssh_event event;
	ssh_channel channel; /* of the session, NULL until it is opened */
	struct ssh_server_callbacks_struct on_session;
	struct ssh_channel_callbacks_struct on_channel;
	enum request request;
	unsigned refused;
	bool user_good; /* of keyboard-interactive, which names it first */
	struct questions questions; /* of it, where they are given */
	bool accepted; /* there, by one that asks for it first */
	bool closed; /* the channel, by the client */
	bool reset; /* ends without a goodbye */
	char command[512]; /* of REQUEST_EXEC */
};

/* Let time pass, watching for nothing but the end of the connection. */
static void let_pass(int fd, int64_t ms)
{
	if (ms > 0)
		(void)wait_io(fd, 0, deadline_clock_ms() + ms);
}

/* ---- logging in */

static bool refuse_login(struct link *link)
{
	link->refused++;
	link->client->counts->refused++;
	return false;
}

static bool login(struct link *link, bool offered, bool user_good,
		  const char *password)
{
	struct device *dev = link->client->dev;

	if (!offered || !user_good || dev->fault == FAULT_WRONG_PASSWORD ||
	    password == NULL || strcmp(password, link->opts->password) != 0)
		return refuse_login(link);
	let_pass(ssh_get_fd(link->session),
		 device_delay(dev, link->opts->login_ms));
	link->client->counts->logins++;
	link->client->logged_in = true;
	fiber_prioritise(0);
	return true;
}

static int on_password(ssh_session session, const char *user,
		       const char *password, void *arg)
{
	struct link *link = arg;
	bool user_good = strcmp(user, link->opts->user) == 0;

	(void)session;
	return login(link, link->opts->auth_password, user_good, password)
		       ? SSH_AUTH_SUCCESS
		       : SSH_AUTH_DENIED;
}

static const char *kbdint_answer(ssh_session session)
{
	if (ssh_userauth_kbdint_getnanswers(session) != 1)
		return NULL;
	return ssh_userauth_kbdint_getanswer(session, 0);
}

static bool asks_first(const struct link *link)
{
	return link->client->dev->fault == FAULT_ASKS_FIRST && !link->accepted;
}

/* Ask in one round to accept a statement, and who it is. */
static int ask_to_accept(ssh_message message)
{
	const char *prompts[] = {"Authorised use only.\nI accept (yes/no) : ",
				 "Username: "};
	char echo[] = {1, 1};

	return ssh_message_auth_interactive_request(message, "", "", 2, prompts,
						    echo) == SSH_OK
		       ? 0
		       : 1;
}

static bool is_accepted(const struct link *link, ssh_session session)
{
	return ssh_userauth_kbdint_getnanswers(session) == 2 &&
	       strcmp(ssh_userauth_kbdint_getanswer(session, 0), "yes") == 0 &&
	       strcmp(ssh_userauth_kbdint_getanswer(session, 1),
		      link->opts->user) == 0;
}

static int ask_question(struct link *link, ssh_message message)
{
	bool other = link->client->dev->fault == FAULT_ASKS_ON;
	const char *prompts[] = {other ? "Favourite colour: " : "Password: "};
	char echo[] = {other};

	return ssh_message_auth_interactive_request(message, "", "", 1, prompts,
						    echo) == SSH_OK
		       ? 0
		       : 1;
}

static int ask_password(struct link *link, ssh_message message)
{
	const char *user = ssh_message_auth_user(message);

	link->user_good = user != NULL && strcmp(user, link->opts->user) == 0;
	return asks_first(link) ? ask_to_accept(message)
				: ask_question(link, message);
}

/* As if by some other answer it could come to an end. */
static bool asks_on(const struct link *link)
{
	return link->client->dev->fault == FAULT_ASKS_AGAIN ||
	       link->client->dev->fault == FAULT_ASKS_ON;
}

static int reply_success(ssh_message message)
{
	return ssh_message_auth_reply_success(message, 0) == SSH_OK ? 0 : 1;
}

/* Ask the questions that are given. */
static int ask_in_rounds(struct link *link, ssh_session session,
			 ssh_message message)
{
	const struct options *opts = link->opts;
	const char *user = ssh_message_auth_user(message);

	if (!ssh_message_auth_kbdint_is_response(message)) {
		link->user_good = user != NULL && strcmp(user, opts->user) == 0;
		link->questions = (struct questions){.left = opts->questions};
		return questions_ask(&link->questions, message);
	}
	if (questions_take(&link->questions, opts, session))
		return questions_ask(&link->questions, message);
	return login(link, true, link->user_good,
		     link->questions.wrong ? NULL : opts->password)
		       ? reply_success(message)
		       : 1;
}

/* Messages without a callback of their own: 1 leaves libssh to refuse them. */
static int on_message(ssh_session session, ssh_message message, void *arg)
{
	struct link *link = arg;

	if (ssh_message_type(message) != SSH_REQUEST_AUTH ||
	    ssh_message_subtype(message) != SSH_AUTH_METHOD_INTERACTIVE ||
	    !link->opts->auth_kbdint)
		return 1;
	if (link->opts->questions != NULL)
		return ask_in_rounds(link, session, message);
	if (!ssh_message_auth_kbdint_is_response(message))
		return ask_password(link, message);
	if (asks_first(link)) {
		link->accepted = is_accepted(link, session);
		if (link->accepted)
			return ask_question(link, message);
		(void)refuse_login(link);
		return 1;
	}
	if (asks_on(link)) { /* it never hangs up */
		link->client->counts->refused++;
		return ask_question(link, message);
	}
	if (!login(link, true, link->user_good, kbdint_answer(session)))
		return 1;
	return reply_success(message);
}

/* ---- the channel */

static int on_terminal(ssh_session session, ssh_channel channel,
		       const char *term, int width, int height, int pxwidth,
		       int pxheight, void *arg)
{
	struct link *link = arg;

	(void)session, (void)channel, (void)term, (void)width, (void)height;
	(void)pxwidth, (void)pxheight;
	return link->client->dev->fault == FAULT_NO_SHELL ? -1 : 0;
}

static int take_request(struct link *link, enum request request)
{
	if (link->client->dev->fault == FAULT_NO_SHELL ||
	    link->request != REQUEST_NONE)
		return -1;
	link->request = request;
	return 0;
}

static int on_shell(ssh_session session, ssh_channel channel, void *arg)
{
	(void)session, (void)channel;
	return take_request(arg, REQUEST_SHELL);
}

static int on_exec(ssh_session session, ssh_channel channel,
		   const char *command, void *arg)
{
	struct link *link = arg;

	(void)session, (void)channel;
	if (strlen(command) >= sizeof(link->command) ||
	    take_request(link, REQUEST_EXEC) == -1)
		return -1;
	(void)snprintf(link->command, sizeof(link->command), "%s", command);
	return 0;
}

static void on_close(ssh_session session, ssh_channel channel, void *arg)
{
	struct link *link = arg;

	(void)session, (void)channel;
	link->closed = true;
}

/* A device has one channel a connection, as IOS does. */
static ssh_channel on_open(ssh_session session, void *arg)
{
	struct link *link = arg;

	if (link->channel != NULL)
		return NULL;
	link->channel = ssh_channel_new(session);
	if (link->channel != NULL)
		(void)ssh_set_channel_callbacks(link->channel,
						&link->on_channel);
	return link->channel;
}

/* ---- the connection */

/* Wait for the socket, until a deadline, and let libssh do what it can. */
static int link_turn(struct link *link, int64_t deadline_ms)
{
	unsigned directions = WAIT_IN;

	if (!ssh_is_connected(link->session) ||
	    ssh_get_status(link->session) & (SSH_CLOSED | SSH_CLOSED_ERROR))
		return -1;
	if (ssh_get_poll_flags(link->session) & SSH_WRITE_PENDING)
		directions |= WAIT_OUT;
	if (wait_io(ssh_get_fd(link->session), directions, deadline_ms) != 1)
		return -1;
	return ssh_event_dopoll(link->event, 0) == SSH_ERROR ? -1 : 0;
}

static bool unsent(const struct link *link)
{
	return (ssh_get_status(link->session) & SSH_WRITE_PENDING) != 0;
}

static int link_flush(struct link *link, int64_t deadline_ms)
{
	while (unsent(link)) {
		if (link_turn(link, deadline_ms) == -1)
			return -1;
	}
	return 0;
}

/* A blocked write would buffer in libssh without bound: first let it drain. */
static int link_send(void *arg, const void *bytes, size_t len)
{
	struct link *link = arg;
	const uint8_t *at = bytes;

	while (len > 0) {
		uint32_t window = ssh_channel_window_size(link->channel);
		uint32_t part = len < window ? (uint32_t)len : window;
		int sent = 0;

		if (!unsent(link) && part > 0)
			sent = ssh_channel_write(link->channel, at, part);
		if (sent < 0 ||
		    (sent == 0 &&
		     (ssh_channel_is_closed(link->channel) ||
		      link_turn(link, deadline_clock_ms() + IDLE_LIMIT_MS) ==
			      -1)))
			return -1;
		at += sent;
		len -= (size_t)sent;
	}
	return 0;
}

static ssize_t link_receive(void *arg, void *bytes, size_t cap)
{
	struct link *link = arg;
	int64_t deadline_ms = deadline_clock_ms() + IDLE_LIMIT_MS;

	for (;;) {
		int got = ssh_channel_read_nonblocking(link->channel, bytes,
						       (uint32_t)cap, 0);

		if (got > 0)
			return got;
		if (got < 0 || ssh_channel_is_eof(link->channel) ||
		    link_turn(link, deadline_ms) == -1)
			return -1;
	}
}

static void link_pause(void *arg, int64_t ms)
{
	struct link *link = arg;

	if (link_flush(link, deadline_clock_ms() + IDLE_LIMIT_MS) == 0)
		let_pass(ssh_get_fd(link->session), ms);
}

static void link_reset(void *arg)
{
	struct link *link = arg;

	(void)link_flush(link, deadline_clock_ms() + IDLE_LIMIT_MS);
	link->reset = true;
	fault_arm_reset(ssh_get_fd(link->session));
}

static void set_callbacks(struct link *link)
{
	unsigned methods =
		(link->opts->auth_password ? SSH_AUTH_METHOD_PASSWORD : 0u) |
		(link->opts->auth_kbdint ? SSH_AUTH_METHOD_INTERACTIVE : 0u) |
		(link->opts->auth_publickey ? SSH_AUTH_METHOD_PUBLICKEY : 0u);

	link->on_session = (struct ssh_server_callbacks_struct){
		.userdata = link,
		.auth_password_function = on_password,
		.channel_open_request_session_function = on_open,
	};
	link->on_channel = (struct ssh_channel_callbacks_struct){
		.userdata = link,
		.channel_pty_request_function = on_terminal,
		.channel_shell_request_function = on_shell,
		.channel_exec_request_function = on_exec,
		.channel_close_function = on_close,
	};
	ssh_callbacks_init(&link->on_session);
	ssh_callbacks_init(&link->on_channel);
	/* Bits of a byte: the cast keeps them. */
	ssh_set_auth_methods(link->session, (int)methods);
	(void)ssh_set_server_callbacks(link->session, &link->on_session);
	ssh_set_message_callback(link->session, on_message, link);
}

/* The descriptor is the session's from here on. */
static int link_open(struct link *link, ssh_bind bind)
{
	link->session = ssh_new();
	link->event = ssh_event_new();
	if (link->session == NULL || link->event == NULL) {
		(void)close(link->client->fd);
		return -1;
	}
	if (ssh_bind_accept_fd(bind, link->session, link->client->fd) != SSH_OK)
		return -1;
	ssh_set_blocking(link->session, 0);
	set_callbacks(link);
	return 0;
}

/* Refuse the password first, for the client to know why it is put out. */
static int link_login(struct link *link)
{
	int64_t deadline_ms = link->client->login_deadline_ms;

	while (link->request == REQUEST_NONE) {
		if (link_turn(link, deadline_ms) == -1)
			return -1;
		if (link->refused >= LOGIN_TRIES) {
			(void)link_flush(link, deadline_ms);
			return -1;
		}
	}
	return 0;
}

static int exchange_keys(struct link *link)
{
	int64_t deadline_ms = link->client->login_deadline_ms;
	int rc;

	while ((rc = ssh_handle_key_exchange(link->session)) == SSH_AGAIN) {
		int flags = ssh_get_poll_flags(link->session);
		unsigned out = flags & SSH_WRITE_PENDING ? WAIT_OUT : 0u;
		int fd = ssh_get_fd(link->session);

		if (fd == -1 || wait_io(fd, WAIT_IN | out, deadline_ms) != 1)
			return -1;
	}
	if (rc != SSH_OK)
		return -1;
	return ssh_event_add_session(link->event, link->session) == SSH_OK ? 0
									   : -1;
}

/* Close the channel and give the client a moment to close it as well. */
static void say_goodbye(struct link *link, bool status)
{
	int64_t deadline_ms = deadline_clock_ms() + GOODBYE_LIMIT_MS;

	if (status)
		(void)ssh_channel_request_send_exit_status(link->channel, 0);
	(void)ssh_channel_send_eof(link->channel);
	(void)ssh_channel_close(link->channel);
	while ((!link->closed || unsent(link)) &&
	       link_turn(link, deadline_ms) == 0) {
	}
}

/* Send a DISCONNECT. libssh closes behind it, and sends only what it knows the
 * socket to have room for: hence one more poll. */
static void disconnect(struct link *link)
{
	if (link_flush(link, deadline_clock_ms() + IDLE_LIMIT_MS) == -1 ||
	    ssh_event_dopoll(link->event, 0) == SSH_ERROR)
		return;
	(void)ssh_session_set_disconnect_message(link->session,
						 "idle\033[2J timeout");
	ssh_disconnect(link->session);
}

static void link_shell(struct link *link)
{
	const struct stream stream = {
		.arg = link,
		.send = link_send,
		.receive = link_receive,
		.pause = link_pause,
		.reset = link_reset,
	};
	struct device *dev = link->client->dev;
	int rc;

	if (link->request == REQUEST_EXEC)
		rc = shell_exec(dev, &stream, link->client->from,
				link->command);
	else
		rc = shell_run(dev, &stream, link->client->from);
	if (dev->fault == FAULT_GOODBYE)
		disconnect(link);
	else if (!link->reset && ssh_channel_is_open(link->channel))
		say_goodbye(link, rc == 0);
}

static void link_close(struct link *link)
{
	if (link->event != NULL && link->session != NULL)
		(void)ssh_event_remove_session(link->event, link->session);
	ssh_free(link->session);
	if (link->event != NULL)
		ssh_event_free(link->event);
	free(link);
}

void link_serve(ssh_bind bind, struct client *client)
{
	struct link *link = calloc(1, sizeof(*link));

	if (link == NULL) {
		(void)close(client->fd);
		return;
	}
	link->opts = client->dev->opts;
	link->client = client;
	fiber_prioritise(LOGIN_US);
	let_pass(client->fd, device_connect_delay(client->dev));
	if (link_open(link, bind) == 0 && exchange_keys(link) == 0 &&
	    link_login(link) == 0)
		link_shell(link);
	link_close(link);
}
