/*
 * libFuzzer target: whatever a proxy answers, asking it ends, and not a byte
 * behind its answer is read.
 *
 * The first byte chooses the manner, the second how much a read gives. The rest
 * is what the proxy sends.
 */
#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "fiber/fiber.h"
#include "transport/socks5.h"

#define CALLS_MAX 100000
#define DEADLINE_MS 1000

struct proxy {
	struct transport transport;
	const uint8_t *bytes;
	size_t len;
	size_t at;
	size_t piece;
	int64_t now_ms;
	bool busy; /* EAGAIN every other time */
	bool rested;
	bool closes; /* at the end, where it otherwise falls silent */
	unsigned calls;
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct proxy *proxy_of(struct transport *tr)
{
	return (struct proxy *)(void *)((char *)tr -
					offsetof(struct proxy, transport));
}

static bool rests(struct proxy *proxy)
{
	assert(++proxy->calls < CALLS_MAX);
	proxy->rested = proxy->busy && !proxy->rested;
	errno = EAGAIN;
	return proxy->rested;
}

static ssize_t proxy_recv(struct transport *tr, void *bytes, size_t len)
{
	struct proxy *proxy = proxy_of(tr);
	size_t n = proxy->len - proxy->at;

	if (rests(proxy) || (n == 0 && !proxy->closes))
		return -1;
	n = n < len ? n : len;
	n = n < proxy->piece ? n : proxy->piece;
	if (n > 0)
		memcpy(bytes, proxy->bytes + proxy->at, n);
	proxy->at += n;
	return (ssize_t)n;
}

static ssize_t proxy_send(struct transport *tr, const void *bytes, size_t len)
{
	(void)bytes;
	return rests(proxy_of(tr)) ? -1 : (ssize_t)len;
}

static int proxy_wait(struct transport *tr, unsigned directions,
		      int64_t deadline_ms)
{
	struct proxy *proxy = proxy_of(tr);

	if ((directions & WAIT_OUT) != 0 || proxy->at < proxy->len ||
	    proxy->closes)
		return 1;
	proxy->now_ms = deadline_ms;
	return 0;
}

static int64_t proxy_now_ms(struct transport *tr)
{
	return proxy_of(tr)->now_ms;
}

static void proxy_end(struct transport *tr)
{
	(void)tr;
}

static const struct transport_ops ops = {
	.recv = proxy_recv,
	.send = proxy_send,
	.wait = proxy_wait,
	.now_ms = proxy_now_ms,
	.shutdown = proxy_end,
	.free = proxy_end,
};

/* The bytes of an answer that lets us through, 0 for any other. */
static size_t through(const uint8_t *bytes, size_t len, bool has_login)
{
	size_t at = 2;

	if (len < 2 || bytes[0] != 5 || (bytes[1] != 0 && bytes[1] != 2) ||
	    (bytes[1] == 2 && !has_login))
		return 0;
	if (bytes[1] == 2) {
		if (len < 4 || bytes[2] != 1 || bytes[3] != 0)
			return 0;
		at = 4;
	}
	if (len < at + 5 || bytes[at] != 5 || bytes[at + 1] != 0)
		return 0;
	switch (bytes[at + 3]) {
	case 1:
		at += 4 + 4 + 2;
		break;
	case 3:
		at += 4 + 1 + bytes[at + 4] + 2u;
		break;
	case 4:
		at += 4 + 16 + 2;
		break;
	default:
		return 0;
	}
	return at <= len ? at : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char *const hosts[] = {"r1.example", "192.0.2.1",
					    "2001:db8::1", "fe80::1%lo"};
	struct proxy proxy = {.transport = {.ops = &ops, .fd = -1}};
	struct socks5 socks5 = {.name = "proxy:1080"};
	struct nf_error err = {.code = NF_OK};
	const char *host;
	size_t whole;
	int rc;

	if (len < 2)
		return 0;
	proxy.busy = (bytes[0] & 1) != 0;
	proxy.closes = (bytes[0] & 2) != 0;
	if ((bytes[0] & 4) != 0) {
		socks5.user = "user";
		socks5.password = "secret";
	}
	host = hosts[bytes[0] >> 6];
	proxy.piece = (size_t)bytes[1] + 1;
	proxy.bytes = bytes + 2;
	proxy.len = len - 2;
	rc = socks5_greet(&proxy.transport, &socks5, DEADLINE_MS, &err);
	assert(rc != 1 || socks5.user != NULL);
	if (rc == 1)
		rc = socks5_log_in(&proxy.transport, &socks5, DEADLINE_MS,
				   &err);
	if (rc != -1)
		rc = socks5_connect(&proxy.transport, &socks5, host, 22,
				    DEADLINE_MS, &err);
	whole = through(proxy.bytes, proxy.len, socks5.user != NULL);
	if (strchr(host, '%') != NULL)
		whole = 0;
	assert(rc == (whole > 0 ? 0 : -1));
	assert(rc == -1 || proxy.at == whole);
	assert((rc == -1) == (err.code != NF_OK));
	assert(strstr(err.message, "secret") == NULL);
	return 0;
}
