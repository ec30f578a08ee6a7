/* SOCKS5: has a proxy connect to a device. */
#include "transport/socks5.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "fiber/fiber.h"

#define VERSION 5
#define LOGIN_VERSION 1 /* of RFC 1929 */
#define CONNECT 1 /* the command */

enum method {
	METHOD_NONE = 0, /* no login */
	METHOD_PASSWORD = 2,
	METHOD_REFUSED = 0xff,
};

enum address_type {
	ADDRESS_IPV4 = 1,
	ADDRESS_NAME = 3,
	ADDRESS_IPV6 = 4,
};

#define REPLY_HEAD 4 /* version, reply, 0, type of the address behind it */
#define PORT_LEN 2
#define REQUEST_MAX (REPLY_HEAD + 1 + SOCKS5_TEXT_MAX + PORT_LEN)
#define LOGIN_MAX (3 + 2 * SOCKS5_TEXT_MAX)

struct conversation {
	struct transport *tr;
	const struct socks5 *proxy;
	int64_t deadline_ms;
	struct nf_error *err;
};

/* ---- bytes */

static int lost(const struct conversation *conversation)
{
	return error_set(conversation->err, NF_DISCONNECTED,
			 "the proxy %s closed the connection",
			 conversation->proxy->name);
}

/* Wait for the proxy: 0, or -1 with the error. */
static int await(const struct conversation *conversation, unsigned directions)
{
	if (errno != EAGAIN)
		return lost(conversation);
	if (transport_wait(conversation->tr, directions,
			   conversation->deadline_ms) == 1)
		return 0;
	return error_set(conversation->err, NF_TIMEOUT,
			 "no answer of the proxy %s",
			 conversation->proxy->name);
}

static int send_all(const struct conversation *conversation,
		    const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = transport_send(conversation->tr, bytes, len);

		if (n == -1) {
			if (await(conversation, WAIT_OUT) == -1)
				return -1;
			continue;
		}
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Receive so many bytes, and none that follow. */
static int receive(const struct conversation *conversation, uint8_t *bytes,
		   size_t len)
{
	while (len > 0) {
		ssize_t n = transport_recv(conversation->tr, bytes, len);

		if (n == 0)
			return lost(conversation);
		if (n == -1) {
			if (await(conversation, WAIT_IN) == -1)
				return -1;
			continue;
		}
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

/* ---- the login */

static int fault_version(const struct conversation *conversation)
{
	return error_set(conversation->err, NF_PROTOCOL,
			 "what answers at %s speaks no SOCKS5",
			 conversation->proxy->name);
}

/* Offer the methods, and hear which one the proxy takes. */
static int choose_method(const struct conversation *conversation,
			 uint8_t *method)
{
	bool has_login = conversation->proxy->user != NULL;
	const uint8_t offer[] = {VERSION, has_login ? 2 : 1, METHOD_NONE,
				 METHOD_PASSWORD};
	uint8_t answer[2];

	if (send_all(conversation, offer, has_login ? 4 : 3) == -1 ||
	    receive(conversation, answer, sizeof(answer)) == -1)
		return -1;
	if (answer[0] != VERSION)
		return fault_version(conversation);
	*method = answer[1];
	return 0;
}

static size_t put_text(uint8_t *bytes, const char *text)
{
	size_t len = strnlen(text, SOCKS5_TEXT_MAX);

	bytes[0] = (uint8_t)len;
	memcpy(bytes + 1, text, len);
	return 1 + len;
}

/* What a proxy wants that chose this method: 1 for the login, 0 for none. */
static int take_method(const struct conversation *conversation, uint8_t method)
{
	const struct socks5 *proxy = conversation->proxy;
	struct nf_error *err = conversation->err;

	if (method == METHOD_NONE)
		return 0;
	if (method == METHOD_PASSWORD && proxy->user != NULL)
		return 1;
	if (method == METHOD_REFUSED && proxy->user == NULL)
		return error_set(err, NF_AUTH_FAILED,
				 "the proxy %s wants a login: write "
				 "socks5://user:password@%s",
				 proxy->name, proxy->name);
	if (method == METHOD_REFUSED)
		return error_set(err, NF_AUTH_FAILED,
				 "the proxy %s takes no user and password, and "
				 "wants another proof",
				 proxy->name);
	return error_set(err, NF_PROTOCOL,
			 "the proxy %s chose method %u, which was not offered",
			 proxy->name, method);
}

int socks5_greet(struct transport *tr, const struct socks5 *proxy,
		 int64_t deadline_ms, struct nf_error *err)
{
	const struct conversation conversation = {tr, proxy, deadline_ms, err};
	uint8_t method = METHOD_REFUSED;

	if (choose_method(&conversation, &method) == -1)
		return -1;
	return take_method(&conversation, method);
}

int socks5_log_in(struct transport *tr, const struct socks5 *proxy,
		  int64_t deadline_ms, struct nf_error *err)
{
	const struct conversation conversation = {tr, proxy, deadline_ms, err};
	uint8_t login[LOGIN_MAX] = {LOGIN_VERSION}, answer[2];
	size_t len = 1;
	int rc;

	len += put_text(login + len, proxy->user);
	len += put_text(login + len, proxy->password);
	rc = send_all(&conversation, login, len);
	explicit_bzero(login, sizeof(login));
	if (rc == -1 || receive(&conversation, answer, sizeof(answer)) == -1)
		return -1;
	if (answer[0] != LOGIN_VERSION)
		return fault_version(&conversation);
	if (answer[1] == 0)
		return 0;
	(void)error_set(err, NF_AUTH_FAILED,
			"the proxy %s refuses user %s and the password",
			proxy->name, proxy->user);
	err->sys_errno = EACCES;
	return -1;
}

/* ---- the connection */

/* Say where to: the bytes of a request up to the port. 0 for a host that cannot
 * be sent. */
static size_t put_host(uint8_t *bytes, const char *host)
{
	if (inet_pton(AF_INET, host, bytes + 1) == 1) {
		bytes[0] = ADDRESS_IPV4;
		return 1 + sizeof(struct in_addr);
	}
	if (inet_pton(AF_INET6, host, bytes + 1) == 1) {
		bytes[0] = ADDRESS_IPV6;
		return 1 + sizeof(struct in6_addr);
	}
	/* A name has no colon, an address with a scope has. */
	if (strchr(host, ':') != NULL || strlen(host) > SOCKS5_TEXT_MAX)
		return 0;
	bytes[0] = ADDRESS_NAME;
	return 1 + put_text(bytes + 1, host);
}

static int send_request(const struct conversation *conversation,
			const char *host, uint16_t port)
{
	uint8_t request[REQUEST_MAX] = {VERSION, CONNECT, 0};
	size_t len = put_host(request + 3, host);

	if (len == 0)
		return error_set(conversation->err, NF_INVALID,
				 "%s: an address with a scope means nothing "
				 "behind a proxy",
				 host);
	len += 3;
	request[len++] = (uint8_t)(port >> 8);
	request[len++] = (uint8_t)port;
	return send_all(conversation, request, len);
}

/* Why a proxy has not connected, by its reply. */
static const struct reply {
	enum nf_code code;
	const char *words; /* behind "the proxy NAME" */
} replies[] = {
	[1] = {NF_UNREACHABLE, "could not connect to it"},
	[2] = {NF_SESSION_DENIED, "does not allow connections to it"},
	[3] = {NF_UNREACHABLE, "finds its network unreachable"},
	[4] = {NF_UNREACHABLE, "finds it unreachable"},
	[5] = {NF_REFUSED, "had its connection refused"},
	[6] = {NF_TIMEOUT, "had no answer from it"},
	[7] = {NF_PROTOCOL, "makes no connections"},
	[8] = {NF_PROTOCOL, "takes no address of this kind"},
};

static int explain(const struct conversation *conversation, uint8_t reply)
{
	if (reply >= sizeof(replies) / sizeof(replies[0]))
		return error_set(conversation->err, NF_PROTOCOL,
				 "the proxy %s answered with %u, which SOCKS5 "
				 "does not have",
				 conversation->proxy->name, reply);
	return error_set(conversation->err, replies[reply].code,
			 "the proxy %s %s", conversation->proxy->name,
			 replies[reply].words);
}

/* Read over the address that the proxy connects from. */
static int skip_address(const struct conversation *conversation, uint8_t type)
{
	uint8_t bytes[UINT8_MAX + PORT_LEN], len;

	switch (type) {
	case ADDRESS_IPV4:
		len = sizeof(struct in_addr);
		break;
	case ADDRESS_IPV6:
		len = sizeof(struct in6_addr);
		break;
	case ADDRESS_NAME:
		if (receive(conversation, &len, 1) == -1)
			return -1;
		break;
	default:
		return fault_version(conversation);
	}
	return receive(conversation, bytes, (size_t)len + PORT_LEN);
}

/* ssh -D closes the connection in place of an answer that it failed. */
static int take_head(const struct conversation *conversation, uint8_t head[2])
{
	if (receive(conversation, head, 2) == 0)
		return 0;
	if (conversation->err->code != NF_DISCONNECTED)
		return -1;
	return error_set(conversation->err, NF_UNREACHABLE,
			 "the proxy %s closed the connection when it was to "
			 "connect to it",
			 conversation->proxy->name);
}

/* A proxy that failed may close before it has told an address. */
static int take_reply(const struct conversation *conversation)
{
	uint8_t head[REPLY_HEAD];

	if (take_head(conversation, head) == -1)
		return -1;
	if (head[0] != VERSION)
		return fault_version(conversation);
	if (head[1] != 0)
		return explain(conversation, head[1]);
	if (receive(conversation, head + 2, REPLY_HEAD - 2) == -1)
		return -1;
	return skip_address(conversation, head[3]);
}

int socks5_connect(struct transport *tr, const struct socks5 *proxy,
		   const char *host, uint16_t port, int64_t deadline_ms,
		   struct nf_error *err)
{
	const struct conversation conversation = {tr, proxy, deadline_ms, err};

	if (send_request(&conversation, host, port) == -1)
		return -1;
	return take_reply(&conversation);
}
