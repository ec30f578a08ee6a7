/* A hop's links, and the calls that wait for them. */
#include "jump/gate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "jump/link.h"

#define PAUSE_MS 500 /* before the second try, then twice as long each */
#define PAUSE_MAX_MS 30000
#define TRIES 5 /* of a hop that has fallen, while calls wait */

/* What is said of a device in general is said of this one: "it". */
void gate_reword(const char *message, char *out, size_t size)
{
	static const char device[] = "the device ";
	const char *at = strstr(message, device);

	if (at == NULL)
		(void)snprintf(out, size, "%s", message);
	else
		(void)snprintf(out, size, "%.*sit %s", (int)(at - message),
			       message, at + sizeof(device) - 1);
}

/* What a login lacks is told of a device's own entry; a hop has another. */
static int blamed_errno(const struct nf_error *err)
{
	if (err->code != NF_AUTH_FAILED)
		return 0;
	switch (err->sys_errno) {
	case EACCES:
	case EKEYREJECTED:
	case E2BIG:
	case ENOKEY:
	case ENOENT:
		return EHOSTUNREACH;
	case ENOMSG: /* nothing but a person answers a hop */
		return ENODATA;
	default:
		return err->sys_errno;
	}
}

void gate_blame(const struct gate *gate, struct nf_error *err)
{
	char said[sizeof(err->message)];

	gate_reword(err->message, said, sizeof(said));
	(void)snprintf(err->message, sizeof(err->message),
		       "the jump host %.100s: %.380s", gate->hop->name, said);
	err->sys_errno = blamed_errno(err);
}

static void fail_waiting(struct gate *gate, const struct nf_error *err)
{
	struct call *call;

	while ((call = call_take(&gate->waiting)) != NULL ||
	       (call = call_take(&gate->doubted)) != NULL)
		board_fail(gate->board, call, err);
}

/* ---- links */

static void start_link(struct gate *gate)
{
	struct nf_error err = {.stage = NF_STAGE_CONNECT};
	struct link *link;

	if (link_start(&link, gate, gate->again_ms, &err) == -1) {
		gate_blame(gate, &err);
		if (gate->nlinks == 0)
			fail_waiting(gate, &err);
		return;
	}
	gate->links[gate->nlinks++] = link;
}

void gate_wake_links(struct gate *gate)
{
	for (unsigned i = 0; i < gate->nlinks; i++)
		link_wake(gate->links[i]);
}

static void remove_link(struct gate *gate, const struct link *link)
{
	unsigned n = 0;

	for (unsigned i = 0; i < gate->nlinks; i++) {
		if (gate->links[i] != link)
			gate->links[n++] = gate->links[i];
	}
	gate->nlinks = n;
}

static void put_back(struct gate *gate, struct call *call)
{
	call->asked_ms = 0;
	call_put_back(&gate->waiting, call);
}

size_t gate_waiting(const struct gate *gate)
{
	return gate->waiting.n + gate->doubted.n;
}

/* See to it that what waits is taken. */
static void feed(struct gate *gate)
{
	if (gate_waiting(gate) == 0)
		return;
	if (gate->nlinks == 0)
		start_link(gate);
	gate_wake_links(gate);
	board_tend(gate->board);
}

void gate_widen(struct gate *gate)
{
	if (deadline_clock_ms() < gate->widen_ms)
		return;
	for (unsigned i = 0; i < gate->nlinks; i++) {
		if (gate->doubted.n > 0 ? link_is_empty(gate->links[i])
					: link_is_free(gate->links[i]))
			return;
	}
	if (gate->nlinks < GATE_LINKS_MAX)
		start_link(gate);
}

void gate_link_serves(struct gate *gate)
{
	gate->was_up = true;
	gate->failures = 0;
	gate->again_ms = 0;
}

/* Would it end the same way again? */
static bool is_for_good(const struct nf_error *err)
{
	switch ((int)err->code) {
	case NF_AUTH_FAILED:
	case NF_HOSTKEY_UNKNOWN:
	case NF_HOSTKEY_CHANGED:
	case NF_HOSTKEY_REVOKED:
	case NF_NO_COMMON_ALGORITHM:
	case NF_PROTOCOL:
	case NF_RESOLVE:
	case NF_SESSION_DENIED:
	case NF_SKIPPED: /* its password was refused elsewhere */
	case NF_CANCELLED: /* nobody is asked any more */
		return true;
	default:
		return false;
	}
}

static void close_gate(struct gate *gate, const struct nf_error *err)
{
	const struct report report = {
		.kind = REPORT_CLOSED, .place = gate->number, .error = *err};

	gate->closed = *err;
	board_report(gate->board, 0, &report);
	fail_waiting(gate, err);
}

static void pause_gate(struct gate *gate, const struct nf_error *err)
{
	unsigned n = gate->failures++;
	int64_t pause_ms = n < 6 ? (int64_t)PAUSE_MS << n : PAUSE_MAX_MS;

	gate->last = *err;
	gate->again_ms = deadline_clock_ms() + pause_ms;
	if (gate->failures >= TRIES)
		gate->was_up = false;
	if (!gate->was_up)
		fail_waiting(gate, err);
}

/* One link more that is of no use is no matter while others are. */
static void take_failure(struct gate *gate, const struct nf_error *err)
{
	if (gate->nlinks > 0)
		gate->widen_ms = deadline_clock_ms() + PAUSE_MAX_MS;
	else if (is_for_good(err))
		close_gate(gate, err);
	else
		pause_gate(gate, err);
}

/* A hop that a hop behind it cannot be reached by is blamed already. */
void gate_link_failed(struct gate *gate, const struct link *link,
		      const struct nf_error *err)
{
	remove_link(gate, link);
	take_failure(gate, err);
	feed(gate);
}

void gate_link_fell(struct gate *gate, const struct link *link,
		    struct call *asked, const struct nf_error *err)
{
	remove_link(gate, link);
	if (asked != NULL)
		put_back(gate, asked);
	if (asked != NULL && err != NULL)
		take_failure(gate, err);
	feed(gate);
}

/* ---- calls */

void gate_add(struct gate *gate, struct call *call)
{
	const struct nf_error *why = NULL;

	if (gate->closed.code != NF_OK)
		why = &gate->closed;
	else if (!gate->was_up && deadline_clock_ms() < gate->again_ms)
		why = &gate->last;
	if (why != NULL) {
		board_fail(gate->board, call, why);
		return;
	}
	call->since_ms = deadline_clock_ms();
	call_put(&gate->waiting, call);
	feed(gate);
}

struct call *gate_take(struct gate *gate, size_t n)
{
	if (n == 0 && gate->doubted.n > 0)
		return call_take(&gate->doubted);
	if (gate->limit == 0 || n < gate->limit)
		return call_take(&gate->waiting);
	if (gate->waiting.n > 0)
		gate_widen(gate);
	return NULL;
}

/* Those that were forbidden for their number are asked for again beside others. */
void gate_opened(struct gate *gate, const struct call *call)
{
	struct call *doubted;

	if (call->beside == 0 ||
	    (gate->limit > 0 && call->beside >= gate->limit))
		return;
	gate->limit = call->beside;
	while ((doubted = call_take(&gate->doubted)) != NULL)
		call_put(&gate->waiting, doubted);
	feed(gate);
}

/* What a refusal's words mean. */
static enum nf_code unreachable_code(const char *words)
{
	static const struct {
		const char *word;
		enum nf_code code;
	} rows[] = {
		{"refused", NF_REFUSED},    {"timed out", NF_TIMEOUT},
		{"not known", NF_RESOLVE},  {"name resolution", NF_RESOLVE},
		{"no address", NF_RESOLVE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcasestr(words, rows[i].word) != NULL)
			return rows[i].code;
	}
	return NF_UNREACHABLE;
}

static void explain(const struct gate *gate, const struct call *call,
		    const struct channel_refusal *refusal, struct nf_error *err)
{
	const char *name = gate->hop->name, *words = refusal->words;
	const char *said = *words != '\0' ? words : "it does not say why";

	*err = (struct nf_error){.stage = NF_STAGE_CONNECT};
	switch (refusal->reason) {
	case TUNNEL_PROHIBITED:
		(void)error_set(err, NF_SESSION_DENIED,
				"the jump host %s refuses to forward to %s:%u "
				"(AllowTcpForwarding or PermitOpen): %s",
				name, call->host, call->port, said);
		break;
	case TUNNEL_CONNECT_FAILED:
		(void)error_set(err, unreachable_code(words),
				"the jump host %s cannot reach %s%s:%u: %s",
				name, call_what(call), call->host, call->port,
				said);
		break;
	case TUNNEL_UNKNOWN_TYPE:
		(void)error_set(err, NF_SESSION_DENIED,
				"the jump host %s does not forward: %s", name,
				said);
		break;
	default:
		(void)error_set(err, NF_BUSY,
				"the jump host %s opens no channel: %s", name,
				said);
	}
}

/*
 * A hop that has channels open may refuse one for their number, whatever reason
 * it gives. Of one that says so, the call goes to another link; what it forbids
 * is tried once more as the first of a link, where it means what it says.
 */
void gate_refused(struct gate *gate, struct call *call,
		  const struct channel_refusal *refusal, size_t n)
{
	bool forbidden = refusal->reason == TUNNEL_PROHIBITED;
	struct nf_error err;

	if (n > 0 && refusal->reason == TUNNEL_SHORTAGE) {
		gate->limit = n;
		put_back(gate, call);
		feed(gate);
		gate_widen(gate);
		return;
	}
	if (n > 0 && forbidden && !gate->believed) {
		call->beside = n;
		call->asked_ms = 0;
		call_put(&gate->doubted, call);
		gate_widen(gate);
		feed(gate);
		return;
	}
	gate->believed |= forbidden;
	explain(gate, call, refusal, &err);
	board_fail(gate->board, call, &err);
}

static void explain_wait(const struct gate *gate, struct nf_error *err)
{
	*err = (struct nf_error){.stage = NF_STAGE_CONNECT};
	if (gate->limit > 0)
		(void)error_set(
			err, NF_BUSY,
			"the jump host %s opens %zu channels at a time, "
			"on each of %u connections, and all were taken",
			gate->hop->name, gate->limit, gate->nlinks);
	else if (gate->failures > 0)
		*err = gate->last;
	else
		(void)error_set(err, NF_TIMEOUT,
				"it waited for the jump host %s",
				gate->hop->name);
}

void gate_tend(struct gate *gate, int64_t now_ms)
{
	struct nf_error err;
	struct call *call;

	explain_wait(gate, &err);
	while ((call = call_take_due(&gate->waiting, now_ms)) != NULL ||
	       (call = call_take_due(&gate->doubted, now_ms)) != NULL)
		board_fail(gate->board, call, &err);
}

/* ---- its host key */

static int keep_key(struct gate *gate, const uint8_t *key, size_t len)
{
	gate->key = malloc(len);
	if (gate->key == NULL)
		return -1;
	memcpy(gate->key, key, len);
	gate->key_len = len;
	return 0;
}

int gate_remember(struct gate *gate, const struct hop_memory *memory)
{
	gate->closed = memory->closed;
	return memory->key != NULL
		       ? keep_key(gate, memory->key, memory->key_len)
		       : 0;
}

int gate_new_key(void *arg, const struct ssh_key *key, struct nf_error *err)
{
	struct gate *gate = arg;
	struct report report = {.kind = REPORT_KEY,
				.place = gate->number,
				.key = key->key,
				.key_len = key->len};

	if (gate->key != NULL) {
		if (gate->key_len == key->len &&
		    memcmp(gate->key, key->key, key->len) == 0)
			return 0;
		return error_set(err, NF_HOSTKEY_CHANGED,
				 "its host key is another than before in this "
				 "run");
	}
	if (keep_key(gate, key->key, key->len) == -1)
		return error_sys(err, NF_SYSTEM, "no memory for a key");
	(void)snprintf(report.key_type, sizeof(report.key_type), "%s",
		       key->type);
	board_report(gate->board, 0, &report);
	return 0;
}

void gate_release(struct gate *gate)
{
	struct call *call;

	for (unsigned i = 0; i < gate->nlinks; i++)
		link_say_goodbye(gate->links[i]);
	while ((call = call_take(&gate->waiting)) != NULL ||
	       (call = call_take(&gate->doubted)) != NULL)
		call_free(call);
	free(gate->key);
}
