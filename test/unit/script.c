/* A transport that plays a device from a script, by a clock of its own. */
#include "unit/script.h"

#include <errno.h>
#include <string.h>

#include "base/deadline_clock.h"
#include "fiber/fiber.h"
#include "unit/unit.h"

#define BEGIN_MS 1000000
#define SENT_MAX ((size_t)1024 * 1024)
#define IDLE_MAX                                                               \
	100000 /* waits without an event: nobody minds the deadline            \
		*/

static struct script *script_of(struct transport *tr)
{
	return (struct script *)(void *)((char *)tr -
					 offsetof(struct script, transport));
}

static void next_step(struct script *script)
{
	script->step++;
	script->at = 0;
	script->step_ms = script->now_ms;
}

/* Compare what was sent with what the script expects of it. */
static void check_sent(struct script *script)
{
	const struct script_step *step = script->step;
	size_t len =
		script->sent.len < step->len ? script->sent.len : step->len;

	if (len > 0 && memcmp(script->sent.data, step->bytes, len) != 0)
		fail_msg("sent \"%.*s\", expected was \"%s\"",
			 (int)script->sent.len, (char *)script->sent.data,
			 step->bytes);
	if (len < step->len)
		return;
	buf_consume(&script->sent, len);
	next_step(script);
}

/* Go on to the first step that has not yet happened. */
static void advance(struct script *script)
{
	const struct script_step *before = NULL;

	while (script->step != before) {
		before = script->step;
		if (before->kind == SCRIPT_EXPECT) {
			check_sent(script);
		} else if (before->kind == SCRIPT_SWALLOW) {
			script->swallows = true;
			next_step(script);
		} else if (before->kind == SCRIPT_DELIVER && before->len == 0) {
			next_step(script);
		}
	}
	if (script->swallows)
		script->sent.len = 0;
}

/* When the step brings something to read; NO_DEADLINE when it does not. */
static int64_t due_ms(const struct script *script)
{
	switch (script->step->kind) {
	case SCRIPT_DELIVER:
	case SCRIPT_FLOOD:
	case SCRIPT_CLOSE:
	case SCRIPT_RESET:
		return script->at > 0
			       ? script->now_ms
			       : script->step_ms + script->step->after_ms;
	case SCRIPT_END:
	case SCRIPT_EXPECT:
	case SCRIPT_SWALLOW:
		break;
	}
	return NO_DEADLINE;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many bytes of the step the next read takes; 0: EAGAIN first. */
static size_t next_piece(struct script *script, size_t len)
{
	size_t split_at = script->manner.split_at;

	len = smaller(len, script->step->len - script->at);
	if (script->manner.piece > 0)
		len = smaller(len, script->manner.piece);
	if (split_at == 0 || script->split || script->delivered > split_at)
		return len;
	if (script->delivered < split_at)
		return smaller(len, split_at - script->delivered);
	script->split = true;
	return 0;
}

static ssize_t deliver(struct script *script, uint8_t *bytes, size_t len)
{
	const struct script_step *step = script->step;
	size_t n = next_piece(script, len);

	if (n == 0) {
		errno = EAGAIN;
		return -1;
	}
	memcpy(bytes, step->bytes + script->at, n);
	script->at += n;
	script->delivered += n;
	if (step->kind == SCRIPT_FLOOD) {
		script->now_ms++;
		script->at %= step->len;
	} else if (script->at == step->len) {
		next_step(script);
	}
	return (ssize_t)n;
}

static ssize_t script_recv(struct transport *tr, void *bytes, size_t len)
{
	struct script *script = script_of(tr);

	advance(script);
	if (script->ended)
		return 0;
	errno = EAGAIN;
	if (due_ms(script) > script->now_ms)
		return -1;
	if (script->manner.busy && !script->recv_rested) {
		script->recv_rested = true;
		return -1;
	}
	script->recv_rested = false;
	script->idle = 0;
	if (script->step->kind == SCRIPT_DELIVER ||
	    script->step->kind == SCRIPT_FLOOD)
		return deliver(script, bytes, len);
	script->ended = true;
	if (script->step->kind == SCRIPT_CLOSE)
		return 0;
	errno = ECONNRESET;
	return -1;
}

static ssize_t script_send(struct transport *tr, const void *bytes, size_t len)
{
	struct script *script = script_of(tr);

	if (script->ended) {
		errno = EPIPE;
		return -1;
	}
	if (script->manner.deaf ||
	    (script->manner.busy && !script->send_rested)) {
		script->send_rested = true;
		errno = EAGAIN;
		return -1;
	}
	script->send_rested = false;
	if (script->manner.send_max > 0)
		len = smaller(len, script->manner.send_max);
	assert_int_equal(buf_append(&script->sent, bytes, len), 0);
	advance(script);
	return (ssize_t)len;
}

static int script_wait(struct transport *tr, unsigned directions,
		       int64_t deadline_ms)
{
	struct script *script = script_of(tr);
	int64_t due;

	advance(script);
	script->nwaits++;
	if (++script->idle > IDLE_MAX)
		fail_msg("waits for ever, whatever the deadline");
	if (script->ended || (directions & WAIT_OUT && !script->manner.deaf))
		return 1;
	due = due_ms(script);
	if (due <= script->now_ms)
		return 1;
	if (due == NO_DEADLINE && deadline_ms == NO_DEADLINE)
		fail_msg("waits without a deadline for what never comes");
	if (due <= deadline_ms) {
		script->now_ms = due;
		return 1;
	}
	if (deadline_ms > script->now_ms)
		script->now_ms = deadline_ms;
	return 0;
}

static int64_t script_now_ms(struct transport *tr)
{
	return script_of(tr)->now_ms;
}

static void script_shutdown(struct transport *tr)
{
	script_of(tr)->ended = true;
}

static void script_free(struct transport *tr)
{
	(void)tr; /* the test owns it */
}

static const struct transport_ops script_ops = {
	.recv = script_recv,
	.send = script_send,
	.wait = script_wait,
	.now_ms = script_now_ms,
	.shutdown = script_shutdown,
	.free = script_free,
};

void script_init(struct script *script, const struct script_step *steps,
		 struct script_manner manner)
{
	*script = (struct script){
		.transport = {.ops = &script_ops, .fd = -1},
		.step = steps,
		.manner = manner,
		.now_ms = BEGIN_MS,
		.step_ms = BEGIN_MS,
	};
	buf_init(&script->sent, SENT_MAX);
}

/* A blank, or moves of the cursor: behind a prompt nobody waits for them. */
static bool is_padding(const struct script *script)
{
	const char *rest = script->step->bytes + script->at;

	return script->at > 0 && strlen(rest) <= 40 &&
	       strpbrk(rest, "\r\n>#$%") == NULL;
}

void script_done(struct script *script)
{
	advance(script);
	if (script->step->kind == SCRIPT_EXPECT)
		fail_msg("was not sent \"%s\"", script->step->bytes);
	if (script->step->kind == SCRIPT_DELIVER && !is_padding(script))
		fail_msg("\"%s\" was not read",
			 script->step->bytes + script->at);
	if (script->sent.len > 0)
		fail_msg("sent \"%.*s\", which nobody expected",
			 (int)script->sent.len, (char *)script->sent.data);
}

void script_release(struct script *script)
{
	buf_release(&script->sent);
}

size_t script_length(const struct script_step *steps)
{
	size_t len = 0;

	for (; steps->kind != SCRIPT_END; steps++) {
		if (steps->kind == SCRIPT_DELIVER)
			len += steps->len;
	}
	return len;
}
