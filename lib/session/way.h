/*
 * Ways in: how a session comes to the stream of bytes that its device speaks on.
 */
#ifndef NETFAN_SESSION_WAY_H
#define NETFAN_SESSION_WAY_H

#include "base/passed.h"
#include "credentials/credentials.h"
#include "transport/socks5.h"

struct origin;
struct session_target;

enum way_kind {
	WAY_DIRECT, /* TCP, to one of the device's addresses */
	WAY_SOCKS5, /* TCP to a proxy, which connects to the device */
	WAY_PASSED, /* a socket that the parent passes when it is asked */
};

/* A SOCKS5 proxy, and its addresses, to be tried in this order. */
struct way_proxy {
	struct socks5 socks5;
	struct credentials login; /* of it; zeroed: it is offered none */
	const struct address *addresses;
	size_t naddresses;
};

/* Every pointer is borrowed. */
struct way {
	enum way_kind kind;
	/* From where TCP is connected; NULL: from anywhere. */
	const struct origin *origin;
	const struct way_proxy *proxy; /* of WAY_SOCKS5 */
	enum request_kind request; /* of WAY_PASSED */
	/* Likewise: it is waited for one's turn, which is nobody's own time. */
	bool patient;
};

/* Is a device's name looked up here, and its address connected to from here?
 * Elsewhere both are up to what stands in between. */
static inline bool way_is_direct(const struct way *way)
{
	return way->kind == WAY_DIRECT;
}

/*
 * Go the way to a device, on a fiber, until *deadline_ms, which a hook may move,
 * and the time is added in which others had their turn at jump hosts; each
 * address that is connected to may take connect_ms. The codes of
 * transport_connect(), of the calls of socks5.h, and those of a request or a hook
 * that refuses.
 */
int way_go(const struct session_target *target, struct transport **out,
	   int64_t connect_ms, int64_t *deadline_ms, struct nf_error *err);

/*
 * Explain the end of a connection, of which err tells, by what the parent knows
 * of it, before the stream is freed: NF_UNREACHABLE, and the stage of connecting,
 * where no login had begun.
 */
void way_explain_end(const struct session_target *target, struct transport *tr,
		     struct nf_error *err);

#endif
