/*
 * A transport that plays a device from a script, by a clock of its own: no
 * descriptor, no fiber, no time that really passes.
 */
#ifndef NETFAN_TEST_SCRIPT_H
#define NETFAN_TEST_SCRIPT_H

#include "base/buf.h"
#include "transport/transport.h"

enum script_kind {
	SCRIPT_END, /* stay silent */
	SCRIPT_EXPECT, /* go on once exactly these bytes were sent to it */
	SCRIPT_DELIVER, /* these bytes come */
	SCRIPT_FLOOD, /* they come again and again, one read a millisecond */
	SCRIPT_CLOSE, /* the stream ends */
	SCRIPT_RESET, /* reading fails with ECONNRESET, then the stream ends */
	SCRIPT_SWALLOW, /* from here on take whatever is sent */
};

struct script_step {
	enum script_kind kind;
	const char *bytes;
	size_t len;
	int64_t after_ms; /* since the step before was done */
};

/* Bytes are string literals, so that they may hold NUL. */
#define EXPECT(text)                                                           \
	{                                                                      \
		SCRIPT_EXPECT, text, sizeof(text) - 1, 0                       \
	}
#define DELIVER_AFTER(ms, text)                                                \
	{                                                                      \
		SCRIPT_DELIVER, text, sizeof(text) - 1, ms                     \
	}
#define DELIVER(text) DELIVER_AFTER(0, text)
#define FLOOD(text)                                                            \
	{                                                                      \
		SCRIPT_FLOOD, text, sizeof(text) - 1, 0                        \
	}
#define STEP(kind)                                                             \
	{                                                                      \
		kind, NULL, 0, 0                                               \
	}

/* How the bytes come and go; all zero: as the script says, no EAGAIN. */
struct script_manner {
	size_t piece; /* bytes of one read at most */
	size_t split_at; /* EAGAIN once, before this one of all bytes; 0: no */
	bool busy; /* EAGAIN before every read and every send */
	size_t send_max; /* bytes of one send at most */
	bool deaf; /* EAGAIN to every send */
};

struct script {
	struct transport transport;
	const struct script_step *step; /* ends with SCRIPT_END */
	struct script_manner manner;
	int64_t now_ms;
	int64_t step_ms; /* when the step before was done */
	size_t at; /* bytes of the step that were delivered */
	size_t delivered; /* in all */
	struct buf sent; /* and not yet expected */
	bool split; /* done at split_at */
	bool recv_rested, send_rested; /* said EAGAIN already */
	bool swallows;
	bool ended; /* shut down by the other side */
	unsigned idle; /* waits since something was read */
	size_t nwaits;
};

/*
 * Begin a script; steps are borrowed. What it was sent and did not expect
 * fails the test on the spot: so not on a fiber.
 */
void script_init(struct script *script, const struct script_step *steps,
		 struct script_manner manner);

/* Fail the test unless all was said and done. */
void script_done(struct script *script);

void script_release(struct script *script);

/* Bytes that the steps deliver in all. */
size_t script_length(const struct script_step *steps);

#endif
