/* Telnet as the way to a device's shell. */
#include "devsim/telnetd.h"

#include <sys/socket.h>
#include <unistd.h>
#ifdef NETFAN_TELNET
#include <libtelnet.h>
#endif

#include "base/buf.h"
#include "base/deadline_clock.h"
#include "devsim/client.h"
#include "devsim/device.h"
#include "devsim/fault.h"
#include "devsim/limits.h"
#include "devsim/options.h"
#include "devsim/shell.h"
#include "devsim/stream.h"
#include "fiber/fiber.h"

#ifdef NETFAN_TELNET

#define OUT_MAX ((size_t)64 * 1024)
#define IN_MAX 512

struct telnetd {
	struct client *client; /* borrowed */
	telnet_t *protocol;
	uint8_t *data; /* borrowed from the receiving call that runs */
	size_t data_len, data_max;
	struct buf out;
	bool was_cr; /* a NUL that comes next belongs to it */
	bool gone; /* the client is, or would not be borne with */
	bool reset; /* ends without a goodbye */
};

static const telnet_telopt_t options[] = {
	{TELNET_TELOPT_ECHO, TELNET_WILL, TELNET_DONT},
	{TELNET_TELOPT_SGA, TELNET_WILL, TELNET_DO},
	{TELNET_TELOPT_TTYPE, TELNET_WONT, TELNET_DO},
	{TELNET_TELOPT_NAWS, TELNET_WONT, TELNET_DO},
	{-1, 0, 0},
};

static void take_data(struct telnetd *telnetd, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool drop = telnetd->was_cr && bytes[i] == '\0';

		telnetd->was_cr = bytes[i] == '\r';
		if (!drop && telnetd->data_len < telnetd->data_max)
			telnetd->data[telnetd->data_len++] = (uint8_t)bytes[i];
	}
}

static void on_event(telnet_t *protocol, telnet_event_t *event, void *arg)
{
	struct telnetd *telnetd = arg;

	switch (event->type) {
	case TELNET_EV_DATA:
		take_data(telnetd, event->data.buffer, event->data.size);
		break;
	case TELNET_EV_SEND:
		if (buf_append(&telnetd->out, event->data.buffer,
			       event->data.size) == -1)
			telnetd->gone = true;
		break;
	case TELNET_EV_WILL:
		if (event->neg.telopt == TELNET_TELOPT_TTYPE)
			telnet_ttype_send(protocol);
		break;
	case TELNET_EV_ERROR:
	case TELNET_EV_COMPRESS:
		telnetd->gone = true;
		break;
	case TELNET_EV_IAC:
	case TELNET_EV_WONT:
	case TELNET_EV_DO:
	case TELNET_EV_DONT:
	case TELNET_EV_SUBNEGOTIATION:
	case TELNET_EV_ZMP:
	case TELNET_EV_TTYPE:
	case TELNET_EV_ENVIRON:
	case TELNET_EV_MSSP:
	case TELNET_EV_WARNING:
		break;
	}
}

/* ---- the stream */

static int flush(struct telnetd *telnetd)
{
	while (telnetd->out.len > 0 && !telnetd->gone) {
		ssize_t n;

		if (wait_io(telnetd->client->fd, WAIT_OUT,
			    deadline_clock_ms() + IDLE_LIMIT_MS) != 1)
			telnetd->gone = true;
		n = send(telnetd->client->fd, telnetd->out.data,
			 telnetd->out.len, MSG_NOSIGNAL);
		if (n > 0)
			buf_consume(&telnetd->out, (size_t)n);
		else
			telnetd->gone = true;
	}
	return telnetd->gone ? -1 : 0;
}

static int telnetd_send(void *arg, const void *bytes, size_t len)
{
	struct telnetd *telnetd = arg;
	const char *at = bytes;

	while (len > 0) { /* in parts that fit, though a byte become two */
		size_t part = len < OUT_MAX / 4 ? len : OUT_MAX / 4;

		telnet_send(telnetd->protocol, at, part);
		if (flush(telnetd) == -1)
			return -1;
		at += part;
		len -= part;
	}
	return 0;
}

static ssize_t telnetd_receive(void *arg, void *bytes, size_t cap)
{
	struct telnetd *telnetd = arg;
	const struct client *client = telnetd->client;
	int64_t deadline_ms = deadline_clock_ms() + IDLE_LIMIT_MS;
	char raw[IN_MAX];

	if (deadline_ms > client->login_deadline_ms)
		deadline_ms = client->login_deadline_ms;
	telnetd->data = bytes;
	telnetd->data_len = 0;
	telnetd->data_max = cap;
	while (telnetd->data_len == 0) {
		ssize_t n;

		if (flush(telnetd) == -1 ||
		    wait_io(client->fd, WAIT_IN, deadline_ms) != 1)
			return -1;
		n = recv(client->fd, raw, cap < IN_MAX ? cap : IN_MAX, 0);
		if (n <= 0)
			return -1;
		telnet_recv(telnetd->protocol, raw, (size_t)n);
	}
	return (ssize_t)telnetd->data_len;
}

static void telnetd_pause(void *arg, int64_t ms)
{
	struct telnetd *telnetd = arg;

	if (ms > 0 && flush(telnetd) == 0)
		(void)wait_io(telnetd->client->fd, 0, deadline_clock_ms() + ms);
}

static void telnetd_reset(void *arg)
{
	struct telnetd *telnetd = arg;

	(void)flush(telnetd);
	telnetd->reset = true;
	fault_arm_reset(telnetd->client->fd);
}

/* ---- the connection */

/* As IOS does, before it says anything. */
static void negotiate(struct telnetd *telnetd)
{
	telnet_t *protocol = telnetd->protocol;

	telnet_negotiate(protocol, TELNET_WILL, TELNET_TELOPT_ECHO);
	telnet_negotiate(protocol, TELNET_WILL, TELNET_TELOPT_SGA);
	telnet_negotiate(protocol, TELNET_DO, TELNET_TELOPT_TTYPE);
	telnet_negotiate(protocol, TELNET_DO, TELNET_TELOPT_NAWS);
}

/* A close with something unread would be a reset, and take our last words. */
static void say_goodbye(struct telnetd *telnetd)
{
	int64_t deadline_ms = deadline_clock_ms() + GOODBYE_LIMIT_MS;
	int fd = telnetd->client->fd;
	char bytes[IN_MAX];

	if (flush(telnetd) == -1 || shutdown(fd, SHUT_WR) == -1)
		return;
	while (wait_io(fd, WAIT_IN, deadline_ms) == 1 &&
	       recv(fd, bytes, sizeof(bytes), 0) > 0) {
	}
}

bool telnetd_built(void)
{
	return true;
}

void telnetd_serve(struct client *client)
{
	struct telnetd telnetd = {.client = client};
	const struct stream stream = {
		.arg = &telnetd,
		.send = telnetd_send,
		.receive = telnetd_receive,
		.pause = telnetd_pause,
		.reset = telnetd_reset,
	};
	struct device *dev = client->dev;

	buf_init(&telnetd.out, OUT_MAX);
	telnetd.protocol = telnet_init(options, on_event, 0, &telnetd);
	telnetd_pause(&telnetd, device_connect_delay(dev));
	if (telnetd.protocol != NULL) {
		negotiate(&telnetd);
		(void)shell_login(client, &stream);
		if (!telnetd.reset)
			say_goodbye(&telnetd);
		telnet_free(telnetd.protocol);
	}
	buf_release(&telnetd.out);
	(void)close(client->fd);
}

#else

bool telnetd_built(void)
{
	return false;
}

void telnetd_serve(struct client *client)
{
	(void)close(client->fd);
}

#endif
