/* A simulated device as a transport, by a virtual clock. */
#include "unit/simdev.h"

#include <errno.h>
#include <string.h>

#include "base/deadline_clock.h"
#include "fiber/fiber.h"
#include "unit/unit.h"

#define BEGIN_MS 1000000
#define SAY_MAX ((size_t)4 * 1024 * 1024)
#define TYPED_MAX ((size_t)64 * 1024)
#define IDLE_MAX 100000 /* waits for nothing: nobody minds the deadline */
#define SECRET "hunter2"
#define CTRL_U 0x15

static struct simdev *device_of(struct transport *tr)
{
	return (struct simdev *)(void *)((char *)tr -
					 offsetof(struct simdev, transport));
}

/* Show what is said: a line for what one side says in one moment, with a stroke
 * where another read begins. */
static void trace(struct simdev *dev, char side, const void *bytes, size_t len)
{
	const uint8_t *text = bytes;

	if (dev->trace == NULL)
		return;
	if (side == dev->traced_side && dev->now_ms == dev->traced_ms)
		(void)fputc('|', dev->trace);
	else
		(void)fprintf(dev->trace, "\n%8lld %c ",
			      (long long)(dev->now_ms - BEGIN_MS), side);
	dev->traced_side = side;
	dev->traced_ms = dev->now_ms;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\r')
			(void)fputs("\\r", dev->trace);
		else if (text[i] == '\n')
			(void)fputs("\\n", dev->trace);
		else if (text[i] >= ' ' && text[i] < 0x7f)
			(void)fputc(text[i], dev->trace);
		else
			(void)fprintf(dev->trace, "\\%03o", text[i]);
	}
}

static void append(struct buf *buf, const void *bytes, size_t len)
{
	if (len > 0)
		assert_int_equal(buf_append(buf, bytes, len), 0);
}

/* ---- saying something */

/* Does the line of what was said so far, and of these bytes, look like a prompt
 * of the device? */
static bool looks_like_prompt(const struct simdev *dev, const uint8_t *bytes,
			      size_t len)
{
	const char *const prompts[] = {dev->kind->user, dev->kind->prompt,
				       dev->kind->config};

	while (len > 0 && (bytes[len - 1] == ' ' || bytes[len - 1] == '\r'))
		len--;
	if (len == 0)
		return dev->at_lookalike;
	for (size_t i = 0; i < LENGTH(prompts); i++) {
		size_t n = prompts[i] != NULL ? strlen(prompts[i]) : 0;

		while (n > 0 && prompts[i][n - 1] == ' ')
			n--;
		if (n > 0 && len >= n &&
		    memcmp(bytes + len - n, prompts[i], n) == 0)
			return true;
	}
	return false;
}

/*
 * Send bytes, up to the end of the connection. That is never right behind what
 * only looks like the prompt: nobody could know that more was to come.
 */
static void emit(struct simdev *dev, const void *bytes, size_t len)
{
	uint64_t left = dev->habits.end_at - dev->nout;
	size_t n = len;

	if (dev->state == SIMDEV_GONE || len == 0)
		return;
	if (len >= left) {
		n = (size_t)left;
		while (n < len && looks_like_prompt(dev, bytes, n))
			n++;
		dev->habits.end_at = dev->nout + n;
		if (n < len || !looks_like_prompt(dev, bytes, n))
			dev->state = SIMDEV_GONE;
	}
	append(&dev->out, bytes, n);
	dev->nout += n;
	dev->at_lookalike = looks_like_prompt(dev, bytes, n);
}

static void emit_text(struct simdev *dev, const char *text)
{
	emit(dev, text, strlen(text));
}

static void say(struct simdev *dev, const char *text)
{
	append(&dev->say, text, strlen(text));
}

static void add_stop(struct simdev *dev, struct simdev_stop stop)
{
	assert_in_range(dev->nstops, 0, LENGTH(dev->stops) - 1);
	dev->stops[dev->nstops++] = stop;
}

static void say_nothing_for(struct simdev *dev, int64_t ms)
{
	if (ms > 0)
		add_stop(dev, (struct simdev_stop){.at = dev->say.len,
						   .kind = SIMDEV_PAUSE,
						   .ms = ms});
}

static void say_prompt(struct simdev *dev)
{
	for (unsigned i = 0; i < dev->habits.blank_lines; i++)
		say(dev, "\r\n");
	if (dev->habits.header) {
		say(dev, dev->kind->header);
		say(dev, "\r\n");
	}
	say(dev, dev->prompt);
}

static void say_answer(struct simdev *dev, struct simdev_answer *answer)
{
	size_t at = dev->say.len;

	append(&dev->say, answer->wire.data, answer->wire.len);
	for (unsigned i = 0; i < answer->nstops; i++) {
		struct simdev_stop stop = answer->stops[i];

		stop.at += at;
		add_stop(dev, stop);
	}
	answer->given = true;
	dev->last = answer;
	if (answer->prompt != NULL)
		dev->prompt = answer->prompt;
}

/* Begin a turn in which the device says something, now. */
static void take_turn(struct simdev *dev)
{
	dev->state = SIMDEV_SAYING;
	if (dev->next_ms < dev->now_ms)
		dev->next_ms = dev->now_ms;
	dev->say.len = 0;
	dev->said = 0;
	dev->nstops = dev->stop = 0;
}

/* ---- what is typed */

static struct simdev_answer *find_answer(const struct simdev *dev)
{
	for (size_t i = 0; i < dev->nanswers; i++) {
		struct simdev_answer *answer = &dev->answers[i];
		const char *command = answer->command;

		if (!answer->given && command != NULL &&
		    strlen(command) == dev->line.len &&
		    memcmp(command, dev->line.data, dev->line.len) == 0)
			return answer;
	}
	return NULL;
}

static bool typed_is(const struct simdev *dev, const char *command)
{
	return command != NULL && strlen(command) == dev->line.len &&
	       memcmp(command, dev->line.data, dev->line.len) == 0;
}

static bool takes_paging_off(const struct simdev *dev)
{
	const char *line = (const char *)dev->line.data;
	size_t len = dev->line.len;

	return (len > 15 && memcmp(line, "terminal length", 15) == 0) ||
	       (len > 14 && memcmp(line, "terminal pager", 14) == 0) ||
	       (len > 13 && memcmp(line, "screen-length", 13) == 0) ||
	       (len > 7 && memcmp(line, "set cli", 7) == 0);
}

/* Execute the line that was typed, once its echo is said. */
static void execute(struct simdev *dev)
{
	struct simdev_answer *answer = find_answer(dev);

	if (answer != NULL) {
		say_answer(dev, answer);
	} else if (typed_is(dev, dev->kind->logout)) {
		dev->leaves = true;
		return;
	} else if (dev->line.len > 0 &&
		   !(takes_paging_off(dev) && !dev->habits.pages)) {
		say(dev, "% Invalid input detected at '^' marker.\r\n");
	}
	say_prompt(dev);
}

static void trim_line(struct simdev *dev)
{
	while (dev->line.len > 0 && dev->line.data[0] == ' ')
		buf_consume(&dev->line, 1);
	while (dev->line.len > 0 && dev->line.data[dev->line.len - 1] == ' ')
		dev->line.len--;
}

static void echo_line(struct simdev *dev)
{
	switch (dev->habits.echo) {
	case SIMDEV_ECHO_CHAR:
		break;
	case SIMDEV_ECHO_TWICE:
		say(dev, "\r\n");
		say(dev, dev->prompt);
		append(&dev->say, dev->line.data, dev->line.len);
		break;
	case SIMDEV_ECHO_LINE:
		say(dev, "\r");
		say(dev, dev->prompt);
		append(&dev->say, dev->line.data, dev->line.len);
		break;
	case SIMDEV_ECHO_LATE:
		say_nothing_for(dev, dev->habits.echo_ms);
		append(&dev->say, dev->line.data, dev->line.len);
		break;
	case SIMDEV_ECHO_NONE:
		return;
	}
	say(dev, "\r\n");
}

static void enter_line(struct simdev *dev)
{
	bool asks = dev->prompt == dev->kind->user && typed_is(dev, "enable");

	if (dev->habits.deaf && dev->line.len == 0)
		return;
	take_turn(dev);
	say_nothing_for(dev, dev->habits.latency_ms);
	echo_line(dev);
	trim_line(dev);
	if (asks)
		say(dev, "Password: ");
	else
		execute(dev);
	dev->line.len = 0;
}

/* Echo the last character that was typed. A blank and a carriage return lead to
 * the next row. */
static void echo_char(struct simdev *dev, uint8_t byte)
{
	size_t column = strlen(dev->prompt) + dev->line.len - 1;

	if (dev->habits.columns > 0 && column > 0 &&
	    column % dev->habits.columns == 0)
		emit_text(dev, " \r");
	emit(dev, &byte, 1);
}

static void take_at_prompt(struct simdev *dev, uint8_t byte)
{
	if (byte == '\r' || byte == '\n') {
		enter_line(dev);
		return;
	}
	if (byte == CTRL_U) {
		dev->line.len = 0;
		return;
	}
	append(&dev->line, &byte, 1);
	if (dev->habits.echo == SIMDEV_ECHO_CHAR ||
	    dev->habits.echo == SIMDEV_ECHO_TWICE)
		echo_char(dev, byte);
}

static void take_password(struct simdev *dev, uint8_t byte)
{
	if (byte != '\r' && byte != '\n') {
		append(&dev->line, &byte, 1);
		return;
	}
	take_turn(dev);
	say(dev, "\r\n");
	if (typed_is(dev, SECRET))
		dev->prompt = dev->kind->prompt;
	else
		say(dev, "% Access denied\r\n");
	say_prompt(dev);
	dev->line.len = 0;
}

static void rub_out_pager(struct simdev *dev)
{
	size_t len = strlen(dev->kind->pager);

	switch (dev->habits.rub) {
	case SIMDEV_RUB_BLANKS:
		emit_text(dev, "\r");
		for (size_t i = 0; i < len; i++)
			emit_text(dev, " ");
		emit_text(dev, "\r");
		break;
	case SIMDEV_RUB_BACKSPACES:
		for (size_t i = 0; i < len; i++)
			emit_text(dev, "\b \b");
		break;
	case SIMDEV_RUB_ERASES:
		emit_text(dev, "\r\033[K");
		break;
	}
}

static void take_typed(struct simdev *dev)
{
	while (dev->typed.len > 0) {
		uint8_t byte = dev->typed.data[0];

		if (dev->state == SIMDEV_SAYING || dev->state == SIMDEV_GONE)
			return;
		buf_consume(&dev->typed, 1);
		if (dev->state == SIMDEV_AT_PROMPT) {
			take_at_prompt(dev, byte);
		} else if (dev->state == SIMDEV_AT_PASSWORD) {
			take_password(dev, byte);
		} else { /* any key leads on */
			rub_out_pager(dev);
			dev->state = SIMDEV_SAYING;
			dev->next_ms = dev->now_ms;
		}
	}
}

/* ---- time */

static bool asks_password(const struct simdev *dev)
{
	static const char question[] = "Password: ";
	size_t len = sizeof(question) - 1;

	return dev->say.len >= len &&
	       memcmp(dev->say.data + dev->say.len - len, question, len) == 0;
}

/* All of this turn is said. */
static void end_turn(struct simdev *dev)
{
	if (dev->leaves) {
		dev->state = SIMDEV_GONE;
		return;
	}
	dev->state = asks_password(dev) ? SIMDEV_AT_PASSWORD : SIMDEV_AT_PROMPT;
	if (dev->state == SIMDEV_AT_PROMPT && dev->habits.log_ms >= 0 &&
	    dev->last != NULL)
		dev->log_due_ms = dev->next_ms + dev->habits.log_ms;
}

static void stop_here(struct simdev *dev)
{
	const struct simdev_stop *stop = &dev->stops[dev->stop++];

	if (stop->kind == SIMDEV_PAUSE) {
		dev->next_ms += stop->ms;
	} else {
		emit_text(dev, dev->kind->pager);
		dev->state = SIMDEV_AT_PAGER;
	}
}

/* Say what is due of this turn. */
static void go_on(struct simdev *dev)
{
	bool stops = dev->stop < dev->nstops;
	size_t end = stops ? dev->stops[dev->stop].at : dev->say.len;

	emit(dev, dev->say.data + dev->said, end - dev->said);
	dev->said = end;
	if (dev->state != SIMDEV_SAYING)
		return;
	if (stops)
		stop_here(dev);
	else
		end_turn(dev);
}

/* A message of the device's own comes behind the prompt. */
static void say_log(struct simdev *dev)
{
	dev->log_due_ms = NO_DEADLINE;
	dev->habits.log_ms = -1; /* once is enough */
	dev->last->logged = true;
	emit_text(dev, "\r\n" SIMDEV_LOG "\r\n");
	if (dev->habits.log_repaints)
		emit_text(dev, dev->prompt);
}

static bool log_is_due(const struct simdev *dev)
{
	return dev->state == SIMDEV_AT_PROMPT && dev->line.len == 0 &&
	       dev->log_due_ms <= dev->now_ms;
}

static void run(struct simdev *dev)
{
	for (;;) {
		if (log_is_due(dev))
			say_log(dev);
		take_typed(dev);
		if (dev->state != SIMDEV_SAYING || dev->next_ms > dev->now_ms)
			return;
		go_on(dev);
	}
}

static int64_t due_ms(const struct simdev *dev)
{
	if (dev->out.len > 0 || dev->state == SIMDEV_GONE)
		return dev->now_ms;
	if (dev->state == SIMDEV_SAYING)
		return dev->next_ms;
	return dev->state == SIMDEV_AT_PROMPT && dev->line.len == 0
		       ? dev->log_due_ms
		       : NO_DEADLINE;
}

/* ---- the transport */

static size_t next_piece(struct simdev *dev, size_t len)
{
	size_t piece = dev->habits.piece;

	if (len > dev->out.len)
		len = dev->out.len;
	if (dev->habits.ragged)
		piece = 1 + dice_below(&dev->dice, (unsigned)piece);
	return piece > 0 && piece < len ? piece : len;
}

static ssize_t simdev_recv(struct transport *tr, void *bytes, size_t len)
{
	struct simdev *dev = device_of(tr);

	run(dev);
	if (dev->out.len == 0 && dev->state == SIMDEV_GONE) {
		errno = ECONNRESET;
		return dev->habits.resets ? -1 : 0;
	}
	if (dev->out.len == 0 || (dev->habits.piece > 0 && !dev->rested)) {
		dev->rested = true;
		errno = EAGAIN;
		return -1;
	}
	dev->rested = false;
	dev->idle = 0;
	len = next_piece(dev, len);
	memcpy(bytes, dev->out.data, len);
	trace(dev, '<', bytes, len);
	buf_consume(&dev->out, len);
	return (ssize_t)len;
}

static void take_ahead(struct simdev *dev, const uint8_t *bytes, size_t len)
{
	if (dev->habits.ahead == SIMDEV_AHEAD_LOST)
		return;
	for (size_t i = 0; dev->habits.ahead == SIMDEV_AHEAD_SHOWS && i < len;
	     i++) {
		if (bytes[i] == '\r' || bytes[i] == '\n')
			emit_text(dev, "\r\n");
		else
			emit(dev, &bytes[i], 1);
	}
	append(&dev->typed, bytes, len);
}

static ssize_t simdev_send(struct transport *tr, const void *bytes, size_t len)
{
	struct simdev *dev = device_of(tr);

	run(dev);
	if (dev->habits.send_max > 0 && len > dev->habits.send_max)
		len = dev->habits.send_max;
	trace(dev, '>', bytes, len);
	if (dev->state == SIMDEV_SAYING)
		take_ahead(dev, bytes, len);
	else if (dev->state != SIMDEV_GONE) /* else nobody takes it */
		append(&dev->typed, bytes, len);
	run(dev);
	return (ssize_t)len;
}

static int simdev_wait(struct transport *tr, unsigned directions,
		       int64_t deadline_ms)
{
	struct simdev *dev = device_of(tr);
	int64_t due;

	run(dev);
	if (++dev->idle > IDLE_MAX)
		fail_msg("waits for ever, whatever the deadline");
	if (directions & WAIT_OUT)
		return 1;
	due = due_ms(dev);
	if (due == NO_DEADLINE && deadline_ms == NO_DEADLINE)
		fail_msg("waits without a deadline for what never comes");
	if (due <= deadline_ms) {
		if (due > dev->now_ms)
			dev->now_ms = due;
		return 1;
	}
	if (deadline_ms > dev->now_ms)
		dev->now_ms = deadline_ms;
	return 0;
}

static int64_t simdev_now_ms(struct transport *tr)
{
	return device_of(tr)->now_ms;
}

static void simdev_shutdown(struct transport *tr)
{
	device_of(tr)->state = SIMDEV_GONE;
}

static void simdev_free(struct transport *tr)
{
	(void)tr; /* the test owns it */
}

static const struct transport_ops simdev_ops = {
	.recv = simdev_recv,
	.send = simdev_send,
	.wait = simdev_wait,
	.now_ms = simdev_now_ms,
	.shutdown = simdev_shutdown,
	.free = simdev_free,
};

void simdev_init(struct simdev *dev, const struct simdev_kind *kind,
		 const struct simdev_habits *habits,
		 struct simdev_answer *answers, size_t nanswers,
		 struct dice dice)
{
	*dev = (struct simdev){
		.transport = {.ops = &simdev_ops, .fd = -1},
		.kind = kind,
		.habits = *habits,
		.answers = answers,
		.nanswers = nanswers,
		.dice = dice,
		.now_ms = BEGIN_MS,
		.next_ms = BEGIN_MS,
		.log_due_ms = NO_DEADLINE,
		.prompt = kind->user != NULL ? kind->user : kind->prompt,
	};
	buf_init(&dev->say, SAY_MAX);
	buf_init(&dev->out, SAY_MAX);
	buf_init(&dev->typed, TYPED_MAX);
	buf_init(&dev->line, TYPED_MAX);
	take_turn(dev);
	say(dev, "\r\nWelcome.\r\n\r\n");
	say_prompt(dev);
}

void simdev_idle(struct simdev *dev, int64_t ms)
{
	int64_t end_ms = dev->now_ms + ms;

	run(dev);
	while (dev->state == SIMDEV_SAYING && dev->next_ms <= end_ms) {
		if (dev->next_ms > dev->now_ms)
			dev->now_ms = dev->next_ms;
		run(dev);
	}
	dev->now_ms = end_ms;
	run(dev);
}

void simdev_release(struct simdev *dev)
{
	buf_release(&dev->say);
	buf_release(&dev->out);
	buf_release(&dev->typed);
	buf_release(&dev->line);
}
