/*
 * The reference: libssh2 and poll(2) alone, one session after another, with the
 * dialogue that netfan has with a cisco_ios device.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libssh2.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAIT_MS 30000
#define TEXT_MAX 4096
#define USER "cisco"
#define PASSWORD "cisco"
#define SECRET "cisco"

struct bare {
	LIBSSH2_SESSION *session;
	LIBSSH2_CHANNEL *channel;
	char text[TEXT_MAX]; /* since the last line that was sent */
	size_t len;
	int fd;
};

/* What netfan and the device agree on, all else being equal: by GCM where
 * libssh2 has it. */
static const struct {
	int method;
	const char *names;
} methods[] = {
	{LIBSSH2_METHOD_KEX, "curve25519-sha256"},
	{LIBSSH2_METHOD_HOSTKEY, "ssh-ed25519"},
	{LIBSSH2_METHOD_CRYPT_CS, "aes128-gcm@openssh.com,aes128-ctr"},
	{LIBSSH2_METHOD_CRYPT_SC, "aes128-gcm@openssh.com,aes128-ctr"},
	{LIBSSH2_METHOD_MAC_CS, "hmac-sha2-256"},
	{LIBSSH2_METHOD_MAC_SC, "hmac-sha2-256"},
};

/* ---- waiting */

static int wait_fd(int fd, short events)
{
	struct pollfd pollfd = {.fd = fd, .events = events};

	return poll(&pollfd, 1, WAIT_MS) == 1 ? 0 : -1;
}

static int wait_ssh(const struct bare *bare)
{
	int ways = libssh2_session_block_directions(bare->session);
	short events = 0;

	if ((ways & LIBSSH2_SESSION_BLOCK_INBOUND) != 0)
		events |= POLLIN;
	if ((ways & LIBSSH2_SESSION_BLOCK_OUTBOUND) != 0)
		events |= POLLOUT;
	return wait_fd(bare->fd, events);
}

#define UNTIL_DONE(rc, call, bare)                                             \
	do                                                                     \
		(rc) = (call);                                                 \
	while ((rc) == LIBSSH2_ERROR_EAGAIN && wait_ssh(bare) == 0)

/* ---- login */

static int connect_to(struct bare *bare, const struct sockaddr_in *address)
{
	socklen_t len = sizeof(int);
	int on = 1, error = 0;

	bare->fd =
		socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (bare->fd == -1)
		return -1;
	(void)setsockopt(bare->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(bare->fd, (const struct sockaddr *)address,
		    sizeof(*address)) == 0)
		return 0;
	if (errno != EINPROGRESS || wait_fd(bare->fd, POLLOUT) == -1 ||
	    getsockopt(bare->fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return -1;
	return error == 0 ? 0 : -1;
}

static int handshake(struct bare *bare)
{
	int rc;

	bare->session = libssh2_session_init();
	if (bare->session == NULL)
		return -1;
	libssh2_session_set_blocking(bare->session, 0);
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (libssh2_session_method_pref(bare->session,
						methods[i].method,
						methods[i].names) != 0)
			return -1;
	}
	UNTIL_DONE(rc, libssh2_session_handshake(bare->session, bare->fd),
		   bare);
	return rc;
}

/* The list of what is offered is asked for, as netfan does. */
static int login(struct bare *bare)
{
	char *offered;
	int rc;

	do {
		offered = libssh2_userauth_list(bare->session, USER,
						sizeof(USER) - 1);
		rc = offered != NULL
			     ? 0
			     : libssh2_session_last_errno(bare->session);
	} while (rc == LIBSSH2_ERROR_EAGAIN && wait_ssh(bare) == 0);
	if (offered == NULL || strstr(offered, "password") == NULL)
		return -1;
	UNTIL_DONE(rc, libssh2_userauth_password(bare->session, USER, PASSWORD),
		   bare);
	return rc;
}

static int open_shell(struct bare *bare)
{
	int rc;

	do {
		bare->channel = libssh2_channel_open_session(bare->session);
		rc = bare->channel != NULL
			     ? 0
			     : libssh2_session_last_errno(bare->session);
	} while (rc == LIBSSH2_ERROR_EAGAIN && wait_ssh(bare) == 0);
	if (rc != 0)
		return -1;
	UNTIL_DONE(rc,
		   libssh2_channel_request_pty_ex(bare->channel, "vt100", 5,
						  NULL, 0, 511, 1000, 0, 0),
		   bare);
	if (rc != 0)
		return -1;
	UNTIL_DONE(rc, libssh2_channel_shell(bare->channel), bare);
	return rc;
}

/* ---- dialogue */

static bool ends_with(const struct bare *bare, const char *end)
{
	size_t len = strlen(end);

	return bare->len >= len &&
	       memcmp(bare->text + bare->len - len, end, len) == 0;
}

static int read_until(struct bare *bare, const char *end)
{
	while (!ends_with(bare, end)) {
		ssize_t n = libssh2_channel_read(bare->channel,
						 bare->text + bare->len,
						 TEXT_MAX - 1 - bare->len);

		if (n == LIBSSH2_ERROR_EAGAIN) {
			if (wait_ssh(bare) == -1)
				return -1;
		} else if (n <= 0) {
			return -1;
		} else {
			bare->len += (size_t)n;
		}
	}
	bare->text[bare->len] = '\0';
	return 0;
}

static int send_line(struct bare *bare, const char *line)
{
	size_t len = strlen(line), at = 0;

	bare->len = 0;
	while (at < len) {
		ssize_t n = libssh2_channel_write(bare->channel, line + at,
						  len - at);

		if (n > 0)
			at += (size_t)n;
		else if (n != LIBSSH2_ERROR_EAGAIN || wait_ssh(bare) == -1)
			return -1;
	}
	return 0;
}

static int talk(struct bare *bare)
{
	static const struct {
		const char *line, *end;
	} steps[] = {
		{"terminal length 0\r", ">"},
		{"enable\r", "Password: "},
		{SECRET "\r", "#"},
		{"show clock\r", "#"},
	};

	if (read_until(bare, ">") == -1)
		return -1;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (send_line(bare, steps[i].line) == -1 ||
		    read_until(bare, steps[i].end) == -1)
			return -1;
	}
	if (strstr(bare->text, " UTC ") == NULL)
		return -1;
	return send_line(bare, "exit\r");
}

static void hang_up(struct bare *bare)
{
	int rc;

	if (bare->session != NULL) {
		UNTIL_DONE(rc,
			   libssh2_session_disconnect(bare->session, "done"),
			   bare);
		(void)shutdown(bare->fd, SHUT_RDWR);
		(void)libssh2_session_free(bare->session);
	}
	if (bare->fd != -1)
		(void)close(bare->fd);
}

static int poll_device(const struct sockaddr_in *address)
{
	static struct bare bare;
	int rc;

	bare = (struct bare){.fd = -1};
	rc = connect_to(&bare, address) == 0 && handshake(&bare) == 0 &&
			     login(&bare) == 0 && open_shell(&bare) == 0 &&
			     talk(&bare) == 0
		     ? 0
		     : -1;
	hang_up(&bare);
	return rc;
}

/* FIRST PORT DEVICES: addresses follow one another. */
int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	int ndevices = argc == 4 ? atoi(argv[3]) : 0;

	if (ndevices < 1 ||
	    inet_pton(AF_INET, argv[1], &address.sin_addr) != 1) {
		(void)fputs("usage: bench-bare FIRST PORT DEVICES\n", stderr);
		return 2;
	}
	address.sin_port = htons((uint16_t)atoi(argv[2]));
	if (libssh2_init(0) != 0)
		return 1;
	for (int i = 0; i < ndevices; i++) {
		if (poll_device(&address) == -1) {
			(void)fprintf(stderr, "bench-bare: device %d failed\n",
				      i + 1);
			return 1;
		}
		address.sin_addr.s_addr =
			htonl(ntohl(address.sin_addr.s_addr) + 1);
	}
	libssh2_exit();
	return 0;
}
