/*
 * SOCKS5 (RFC 1928), with a user and password where they are asked for (RFC
 * 1929): has a proxy connect to a device, whose stream it is from then on.
 */
#ifndef NETFAN_TRANSPORT_SOCKS5_H
#define NETFAN_TRANSPORT_SOCKS5_H

#include "transport/transport.h"

#define SOCKS5_TEXT_MAX 255 /* bytes of a host, a user, a password */

/* Every pointer is borrowed. */
struct socks5 {
	const char *name; /* of the proxy, in messages: HOST:PORT */
	const char *user; /* NULL: it is offered none */
	const char *password; /* a secret */
};

/*
 * Greet the proxy at the other end of tr, on a fiber: 1 when it wants the login,
 * 0 when it wants none. NF_AUTH_FAILED when it wants one that there is not;
 * NF_PROTOCOL when it speaks no SOCKS5, NF_DISCONNECTED and NF_TIMEOUT.
 */
int socks5_greet(struct transport *tr, const struct socks5 *proxy,
		 int64_t deadline_ms, struct nf_error *err);

/* Log in to a proxy that wants it. NF_AUTH_FAILED with EACCES where it refuses
 * the password; NF_PROTOCOL, NF_DISCONNECTED and NF_TIMEOUT. */
int socks5_log_in(struct transport *tr, const struct socks5 *proxy,
		  int64_t deadline_ms, struct nf_error *err);

/*
 * Ask a proxy that lets us in for a connection to a host: an address is
 * sent as it is, a name for the proxy to resolve. No byte behind its answer is
 * read.
 *
 * Of the device, NF_REFUSED, NF_UNREACHABLE (also when the connection is closed
 * in place of an answer), NF_TIMEOUT, and NF_SESSION_DENIED
 * when the proxy's rules forbid it. Of the proxy itself, NF_PROTOCOL when it
 * speaks no SOCKS5 or cannot do what is asked for, NF_DISCONNECTED and
 * NF_TIMEOUT. NF_INVALID for an address with a scope.
 */
int socks5_connect(struct transport *tr, const struct socks5 *proxy,
		   const char *host, uint16_t port, int64_t deadline_ms,
		   struct nf_error *err);

#endif
