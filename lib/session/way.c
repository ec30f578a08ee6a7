/* Ways in: how a session comes to the stream that its device speaks on. */
#include "session/way.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "session/session.h"

#define AGAIN_MS 500 /* up to the next try for a socket */
#define WHY_MS 5000 /* for a command to end, and be heard */
#define TIME_MAX_MS 990000000 /* 11 days */

static int64_t earlier(int64_t one_ms, int64_t two_ms)
{
	return one_ms < two_ms ? one_ms : two_ms;
}

/* The error is the proxy's own, not the device's. */
static int blame_proxy(const struct way_proxy *proxy, struct nf_error *err)
{
	char said[sizeof(err->message)];

	memcpy(said, err->message, sizeof(said));
	return error_set(err, err->code, "the proxy %s: %s", proxy->socks5.name,
			 said);
}

/* Log in where the proxy wants it, and it may be offered: else others would wait
 * to hear what becomes of a password that is not asked for. */
static int log_in_to_proxy(const struct session_target *target,
			   struct transport *tr, int64_t connect_ms,
			   const int64_t *deadline_ms, struct nf_error *err)
{
	const struct way_proxy *proxy = target->way->proxy;
	int rc = socks5_greet(
		tr, &proxy->socks5,
		earlier(deadline_clock_ms() + connect_ms, *deadline_ms), err);

	if (rc != 1)
		return rc;
	if (target->hooks->on_proxy_password(target->arg, err) == -1)
		return blame_proxy(proxy, err);
	if (socks5_log_in(
		    tr, &proxy->socks5,
		    earlier(deadline_clock_ms() + connect_ms, *deadline_ms),
		    err) == -1)
		return -1;
	target->hooks->on_proxy_login(target->arg);
	return 0;
}

static int connect_by_proxy(const struct session_target *target,
			    struct transport **out, int64_t connect_ms,
			    const int64_t *deadline_ms, struct nf_error *err)
{
	const struct way_proxy *proxy = target->way->proxy;
	struct transport *tr;

	if (transport_connect(&tr, target->way->origin, proxy->addresses,
			      proxy->naddresses, connect_ms, *deadline_ms,
			      err) == -1)
		return blame_proxy(proxy, err);
	if (log_in_to_proxy(target, tr, connect_ms, deadline_ms, err) == -1 ||
	    socks5_connect(
		    tr, &proxy->socks5, target->host, target->port,
		    earlier(deadline_clock_ms() + connect_ms, *deadline_ms),
		    err) == -1) {
		transport_free(tr);
		return -1;
	}
	*out = tr;
	return 0;
}

/* How long the connection may take, and what is left up to its end: what stands
 * before the device has deadlines of its own, and others wait for it, too. */
static void write_times(char *text, size_t size, int64_t connect_ms,
			int64_t deadline_ms)
{
	int64_t left_ms = deadline_ms - deadline_clock_ms();

	if (left_ms > TIME_MAX_MS)
		left_ms = TIME_MAX_MS;
	if (left_ms < 0)
		left_ms = 0;
	(void)snprintf(text, size, "%" PRId64 " %" PRId64,
		       earlier(connect_ms, left_ms), left_ms + SESSION_TURN_MS);
}

/* Ask for a socket, and again as long as there is none now. */
static int ask(const struct session_target *target, const char *text,
	       int64_t deadline_ms, struct passed *passed, struct nf_error *err)
{
	int rc;

	for (;;) {
		err->sys_errno = 0;
		rc = target->hooks->on_request(target->arg,
					       target->way->request, text,
					       deadline_ms, passed, err);
		if (rc == 0 || err->sys_errno != EAGAIN ||
		    deadline_clock_ms() + AGAIN_MS >= deadline_ms ||
		    nf_sleep_until(deadline_clock_ms() + AGAIN_MS) == -1)
			return rc;
	}
}

/* The time of others: all but that in which the device itself was connected to,
 * which was passed beside the socket. */
static int64_t others_ms(const struct passed *passed, int64_t took_ms)
{
	int64_t own_ms = took_ms;

	if (passed->len > 0 && passed->bytes[passed->len - 1] == '\0')
		(void)sscanf((const char *)passed->bytes, "%9" SCNd64, &own_ms);
	return own_ms >= 0 && own_ms < took_ms ? took_ms - own_ms : 0;
}

static int take_passed(const struct session_target *target,
		       struct transport **out, int64_t connect_ms,
		       int64_t *deadline_ms, struct nf_error *err)
{
	struct passed passed = {0};
	char text[48] = "";
	int64_t start_ms = deadline_clock_ms(), until_ms = *deadline_ms;
	int rc;

	if (target->way->patient) {
		write_times(text, sizeof(text), connect_ms, until_ms);
		until_ms += SESSION_TURN_MS;
	} else {
		until_ms = earlier(start_ms + connect_ms, until_ms);
	}
	if (ask(target, text, until_ms, &passed, err) == -1)
		return -1;
	if (target->way->patient)
		*deadline_ms +=
			others_ms(&passed, deadline_clock_ms() - start_ms);
	rc = transport_of_socket(out, passed_take_fd(&passed), err);
	passed_release(&passed);
	return rc;
}

int way_go(const struct session_target *target, struct transport **out,
	   int64_t connect_ms, int64_t *deadline_ms, struct nf_error *err)
{
	switch (target->way->kind) {
	case WAY_DIRECT:
		return transport_connect(out, target->way->origin,
					 target->addresses, target->naddresses,
					 connect_ms, *deadline_ms, err);
	case WAY_SOCKS5:
		return connect_by_proxy(target, out, connect_ms, deadline_ms,
					err);
	case WAY_PASSED:
		return take_passed(target, out, connect_ms, deadline_ms, err);
	}
	return -1;
}

void way_explain_end(const struct session_target *target, struct transport *tr,
		     struct nf_error *err)
{
	struct nf_error why = {.stage = NF_STAGE_CONNECT};
	struct passed passed = {0};
	char said[sizeof(err->message)];

	if (tr == NULL || err->code != NF_DISCONNECTED ||
	    target->way->kind != WAY_PASSED ||
	    target->way->request != REQUEST_PROXY_COMMAND)
		return;
	transport_shutdown(tr); /* a command that waits for more ends, too */
	if (target->hooks->on_request(target->arg, target->way->request, "why",
				      deadline_clock_ms() + WHY_MS, &passed,
				      &why) == 0)
		passed_release(&passed);
	else if (why.code != NF_UNREACHABLE)
		return;
	else if (err->stage <= NF_STAGE_HANDSHAKE)
		*err = why;
	else {
		memcpy(said, err->message, sizeof(said));
		(void)error_set(err, err->code, "%s; %s", said, why.message);
	}
}
