/*
 * A simulated device as a transport, by a virtual clock: it reads what is typed
 * and answers as its habits are, when its turn comes. No descriptor, no fiber,
 * no time that really passes.
 */
#ifndef NETFAN_TEST_SIMDEV_H
#define NETFAN_TEST_SIMDEV_H

#include <stdio.h>

#include "base/buf.h"
#include "transport/transport.h"
#include "unit/dice.h"

#define SIMDEV_STOPS 64
#define SIMDEV_LOG "%SYS-5-LOG: something happened"

/* What all devices of a platform have in common. */
struct simdev_kind {
	const char *platform;
	const char *user; /* prompt before enable; NULL: there is none */
	const char *prompt;
	const char *config; /* prompt of another mode, and what leads there */
	const char *configure;
	const char *header; /* of a line above each prompt; NULL: none */
	const char *pager; /* NULL: it never stops */
	const char *logout;
};

enum simdev_echo {
	SIMDEV_ECHO_CHAR, /* each character, as it is typed */
	SIMDEV_ECHO_LINE, /* the prompt and the line anew, at Enter */
	SIMDEV_ECHO_LATE, /* the line, a while after Enter */
	SIMDEV_ECHO_TWICE, /* each character, and all of it anew at Enter */
	SIMDEV_ECHO_NONE,
};

/* What is typed while an answer is on its way. */
enum simdev_ahead {
	SIMDEV_AHEAD_WAITS, /* echoed when its turn comes */
	SIMDEV_AHEAD_SHOWS, /* echoed at once, and again behind its prompt */
	SIMDEV_AHEAD_LOST,
};

/* How a pager's text is rubbed out. */
enum simdev_rub {
	SIMDEV_RUB_BLANKS, /* CR, blanks, CR */
	SIMDEV_RUB_BACKSPACES,
	SIMDEV_RUB_ERASES, /* CR, ESC [ K */
};

struct simdev_habits {
	enum simdev_echo echo;
	int64_t echo_ms; /* of SIMDEV_ECHO_LATE */
	unsigned columns; /* at which it wraps what it echoes; 0: nowhere */
	enum simdev_ahead ahead;
	enum simdev_rub rub;
	bool header;
	bool pages; /* it knows no way to switch paging off */
	bool deaf; /* an empty line brings no prompt */
	unsigned blank_lines; /* before each prompt */
	int64_t latency_ms; /* before each echo: the way there and back */
	int64_t log_ms; /* a log line comes so long after a prompt; -1: none */
	bool log_repaints; /* and the prompt again behind it */
	size_t piece; /* bytes of a read at most, EAGAIN before it; 0: all */
	bool ragged; /* up to piece bytes, as the dice fall */
	size_t send_max; /* bytes of one send at most; 0: all */
	uint64_t end_at; /* bytes after which the connection ends */
	bool resets; /* and how */
};

enum simdev_stop_kind { SIMDEV_PAUSE, SIMDEV_PAGER };

struct simdev_stop {
	size_t at; /* before this byte */
	enum simdev_stop_kind kind;
	int64_t ms; /* of a pause */
};

/* What a command is answered with. */
struct simdev_answer {
	const char *command; /* NULL: none */
	struct buf wire; /* as it is sent */
	struct buf meant; /* as it is meant: lines that end in a newline */
	struct simdev_stop stops[SIMDEV_STOPS];
	unsigned nstops;
	const char *prompt; /* behind it; NULL: as before */
	bool given; /* the command was executed */
	bool logged; /* a log line came behind its prompt */
};

enum simdev_state {
	SIMDEV_SAYING,
	SIMDEV_AT_PROMPT,
	SIMDEV_AT_PAGER,
	SIMDEV_AT_PASSWORD,
	SIMDEV_GONE,
};

struct simdev {
	struct transport transport;
	const struct simdev_kind *kind; /* borrowed, as are the answers */
	struct simdev_habits habits;
	struct simdev_answer *answers;
	size_t nanswers;
	struct simdev_answer *last; /* that was given; NULL: none */
	struct dice dice;
	FILE *trace; /* shows what is said; NULL: nothing does */
	char traced_side; /* and when, the last that it shows */
	int64_t traced_ms;
	int64_t now_ms;
	enum simdev_state state;
	const char *prompt;
	struct buf say; /* what it has to say in this turn, and said of it */
	size_t said;
	struct simdev_stop stops[SIMDEV_STOPS + 2];
	unsigned nstops, stop;
	int64_t next_ms; /* when it goes on */
	int64_t log_due_ms;
	struct buf out; /* said, and not yet read */
	uint64_t nout; /* bytes, in all */
	bool at_lookalike; /* the last of them look like the prompt */
	struct buf typed; /* and not yet taken */
	struct buf line; /* taken, before Enter */
	bool rested; /* said EAGAIN */
	bool leaves; /* when all is said */
	unsigned idle; /* waits since something came */
};

/* Begin, with a banner and the first prompt. Answers are given in their order
 * to the commands that they are of. */
void simdev_init(struct simdev *dev, const struct simdev_kind *kind,
		 const struct simdev_habits *habits,
		 struct simdev_answer *answers, size_t nanswers,
		 struct dice dice);
void simdev_release(struct simdev *dev);

/* Let time pass in which nobody reads. */
void simdev_idle(struct simdev *dev, int64_t ms);

#endif
