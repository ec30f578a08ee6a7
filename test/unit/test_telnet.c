/* Telnet over a transport, byte by byte. */
#include "transport/telnet.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>

#include "base/deadline_clock.h"
#include "fiber/fiber.h"
#include "unit/talk.h"
#include "unit/unit.h"

#define TERM "vt100"
#define COLUMNS 511 /* 01 ff: an IAC in it */
#define ROWS 1000
#define QUIET_MS 1000

#ifdef NETFAN_TELNET

#define WILL(option) "\xff\xfb" option
#define WONT(option) "\xff\xfc" option
#define DO(option) "\xff\xfd" option
#define DONT(option) "\xff\xfe" option
#define SB "\xff\xfa"
#define SE "\xff\xf0"
#define NOP "\xff\xf1"

#define BINARY "\x00"
#define ECHO "\x01"
#define SGA "\x03"
#define STATUS "\x05"
#define MARK "\x06"
#define TTYPE "\x18"
#define NAWS "\x1f"
#define SPEED "\x20"
#define FLOW "\x21"
#define LINEMODE "\x22"
#define XDISPLAY "\x23"
#define ENVIRON "\x24"
#define AUTH "\x25"
#define ENCRYPT "\x26"
#define NEW_ENVIRON "\x27"
#define COMPRESS2 "\x56"

#define ASK_TYPE SB TTYPE "\x01" SE
#define TYPE SB TTYPE "\x00" TERM SE
#define SIZE SB NAWS "\x01\xfe\x03\xe8" SE /* 510 columns: no IAC in it */

struct line {
	struct script script;
	struct telnet *telnet;
	struct transport *stream;
	struct buf got; /* data in all */
	int sys_errno; /* why receiving failed */
	bool ended;
};

static void line_begin(struct line *line, const struct script_step *steps,
		       struct script_manner manner)
{
	struct nf_error err = {0};

	*line = (struct line){.sys_errno = 0};
	script_init(&line->script, steps, manner);
	buf_init(&line->got, TALK_MAX);
	assert_int_equal(telnet_open(&line->telnet, &line->script.transport,
				     TERM, COLUMNS, ROWS, &err),
			 0);
	line->stream = telnet_stream(line->telnet);
}

static void line_end(struct line *line)
{
	script_done(&line->script);
	telnet_close(line->telnet);
	buf_release(&line->got);
	script_release(&line->script);
}

static int64_t later(const struct line *line)
{
	return line->script.now_ms + QUIET_MS;
}

/* Receive until the device is silent or gone, so many bytes at most a time. */
static void listen_by(struct line *line, size_t max)
{
	uint8_t bytes[512];

	for (;;) {
		ssize_t n = transport_recv(line->stream, bytes, max);

		line->sys_errno = n == -1 ? errno : 0;
		line->ended = n == 0;
		if (n > 0)
			assert_int_equal(
				buf_append(&line->got, bytes, (size_t)n), 0);
		else if (n == 0 || errno != EAGAIN ||
			 transport_wait(line->stream, WAIT_IN, later(line)) !=
				 1)
			return;
	}
}

static void listen_to(struct line *line)
{
	listen_by(line, 512);
}

static void say(struct line *line, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = transport_send(line->stream, text, len);

		if (n == -1) {
			assert_int_equal(errno, EAGAIN);
			assert_int_equal(transport_wait(line->stream, WAIT_OUT,
							later(line)),
					 1);
			continue;
		}
		assert_in_range(n, 1, len);
		text += n;
		len -= (size_t)n;
	}
}

#define SAY(line, text) say(line, text, sizeof(text) - 1)

static void assert_got(struct line *line, const char *text, size_t len)
{
	assert_int_equal(line->got.len, len);
	if (len > 0)
		assert_memory_equal(line->got.data, text, len);
	line->got.len = 0;
}

#define GOT(line, text) assert_got(line, text, sizeof(text) - 1)

/* What a device says, and what of it is data. */
struct play {
	const struct script_step *steps;
	const char *text;
	size_t len;
	const char *reply; /* said when all has come; NULL: nothing */
	bool ends; /* the device closes */
};

static void play_once(void *arg, struct script_manner manner)
{
	const struct play *play = arg;
	struct line line;

	line_begin(&line, play->steps, manner);
	listen_to(&line);
	assert_got(&line, play->text, play->len);
	if (play->reply != NULL) {
		say(&line, play->reply, strlen(play->reply));
		listen_to(&line);
	}
	assert_int_equal(line.ended, play->ends);
	assert_int_equal(line.sys_errno, play->ends ? 0 : EAGAIN);
	line_end(&line);
}

static void play(struct play *play)
{
	const struct script_manner drip = {.send_max = 1},
				   crawl = {.busy = true,
					    .send_max = 1,
					    .piece = 1};

	play_in_every_manner(play_once, play, play->steps);
	play_once(play, drip);
	play_once(play, crawl);
}

#define PLAY(script, data, ...)                                                \
	play(&(struct play){.steps = (script),                                 \
			    .text = (data),                                    \
			    .len = sizeof(data) - 1,                           \
			    __VA_ARGS__})

/* ---- devices */

/* As inetutils-telnetd 2.4 of Debian 12 does, recorded. */
static void test_telnet_answers_linux_telnetd(void **state)
{
	static const struct script_step steps[] = {
		DELIVER(WILL(AUTH) WILL(ENCRYPT) DO(TTYPE) DO(SPEED)
				DO(XDISPLAY) DO(NEW_ENVIRON) DO(ENVIRON)),
		EXPECT(DONT(AUTH) WILL(TTYPE) WILL(NAWS) DONT(ENCRYPT) WONT(
			SPEED) WONT(XDISPLAY) WONT(NEW_ENVIRON) WONT(ENVIRON)),
		DELIVER(DO(NAWS) ASK_TYPE),
		EXPECT(SIZE TYPE),
		DELIVER(WILL(SGA) DO(ECHO) DO(LINEMODE) WILL(STATUS) DO(FLOW)),
		EXPECT(DO(SGA) WONT(ECHO) WONT(LINEMODE) DONT(STATUS)
			       WONT(FLOW)),
		DELIVER(WILL(ECHO) DO(MARK) DO(BINARY)),
		EXPECT(DO(ECHO) WONT(MARK) WONT(BINARY)),
		DELIVER("host login: "),
		EXPECT("joe\r\n"),
		DELIVER("joe\r\nPassword: "),
		STEP(SCRIPT_END),
	};

	(void)state;
	PLAY(steps, "host login: ", .reply = "joe\r\n");
}

/* Waits for it in pieces, as who reads does. */
static void wait_in_pieces(struct line *line, int64_t piece_ms, int n)
{
	for (int i = 0; i < n; i++)
		assert_int_equal(transport_wait(line->stream, WAIT_IN,
						line->script.now_ms + piece_ms),
				 0);
}

/* After each three seconds of silence, however it is waited for. */
static void test_telnet_sends_keepalives_to_who_is_silent(void **state)
{
	static const struct script_step steps[] = {
		DELIVER(WILL(ECHO) WILL(SGA) DO(TTYPE) DO(NAWS)),
		EXPECT(DO(ECHO) WILL(TTYPE) WILL(NAWS) DO(SGA) SIZE),
		EXPECT(NOP NOP NOP NOP),
		STEP(SCRIPT_END),
	};
	struct line line;

	(void)state;
	line_begin(&line, steps, (struct script_manner){0});
	listen_to(&line);
	telnet_keep_alive(line.telnet, 3000);
	wait_in_pieces(&line, 1000, 7);
	wait_in_pieces(&line, 6500, 1);
	line_end(&line);
}

/* What comes is a sign of life. */
static void test_telnet_sends_no_keepalive_to_who_speaks(void **state)
{
	static const struct script_step steps[] = {
		DELIVER(WILL(ECHO) WILL(SGA) DO(TTYPE) DO(NAWS)),
		EXPECT(DO(ECHO) WILL(TTYPE) WILL(NAWS) DO(SGA) SIZE),
		DELIVER_AFTER(2500, "a"),
		DELIVER_AFTER(2500, "b"),
		DELIVER_AFTER(2500, "c"),
		STEP(SCRIPT_END),
	};
	struct line line;
	uint8_t byte;

	(void)state;
	line_begin(&line, steps, (struct script_manner){0});
	listen_to(&line);
	telnet_keep_alive(line.telnet, 3000);
	for (int i = 0; i < 3; i++) {
		while (transport_recv(line.stream, &byte, 1) != 1)
			(void)transport_wait(line.stream, WAIT_IN,
					     line.script.now_ms + 1000);
	}
	line_end(&line);
}

/* It would take them for typed. */
static void
test_telnet_sends_no_keepalive_to_who_does_not_negotiate(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("> "),
		STEP(SCRIPT_END),
	};
	struct line line;

	(void)state;
	line_begin(&line, steps, (struct script_manner){0});
	listen_to(&line);
	telnet_keep_alive(line.telnet, 3000);
	wait_in_pieces(&line, 1000, 10);
	line_end(&line);
}

/* It offers at once all that it wants; our offers cross its requests. */
static void test_telnet_answers_cisco_ios(void **state)
{
	static const struct script_step steps[] = {
		DELIVER(WILL(ECHO) WILL(SGA) DO(TTYPE) DO(NAWS)),
		EXPECT(DO(ECHO) WILL(TTYPE) WILL(NAWS) DO(SGA) SIZE),
		DELIVER("\r\nUser Access Verification\r\n\r\nUsername: "),
		DELIVER(ASK_TYPE),
		EXPECT(TYPE "cisco\r\0"),
		DELIVER("cisco\r\nPassword: "),
		STEP(SCRIPT_END),
	};

	(void)state;
	PLAY(steps, "\r\nUser Access Verification\r\n\r\nUsername: ",
	     .reply = "cisco\r");
}

static void
test_telnet_types_nothing_at_one_that_does_not_negotiate(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\nlogin: "), EXPECT("joe\r"),  DELIVER("joe\r\n"),
		STEP(SCRIPT_CLOSE),     STEP(SCRIPT_END),
	};

	(void)state;
	PLAY(steps, "\r\nlogin: ", .reply = "joe\r", .ends = true);
}

static void test_telnet_takes_refusals(void **state)
{
	static const struct script_step steps[] = {
		DELIVER(WILL(ECHO)),
		EXPECT(DO(ECHO) WILL(TTYPE) WILL(NAWS)),
		DELIVER(DONT(TTYPE) DONT(NAWS) WONT(ECHO) "> "),
		EXPECT(DONT(ECHO)),
		STEP(SCRIPT_END),
	};

	(void)state;
	PLAY(steps, "> ");
}

/* RFC 1143: what is so already needs no answer, so that no loop can begin. */
static void test_telnet_answers_what_is_so_already_with_nothing(void **state)
{
	static const struct script_step steps[] = {
		DELIVER(WONT(ECHO) DONT(SGA) WILL(ECHO) WILL(ECHO) DO(SGA)
				WILL(ECHO) DO(SGA)),
		EXPECT(DO(ECHO) WILL(TTYPE) WILL(NAWS) WILL(SGA)),
		DELIVER(DO(TTYPE) DO(TTYPE) DO(NAWS) DO(NAWS)),
		EXPECT(SIZE),
		STEP(SCRIPT_END),
	};

	(void)state;
	PLAY(steps, "");
}

static void test_telnet_tells_its_size_anew_when_asked_anew(void **state)
{
	static const struct script_step steps[] = {
		DELIVER(DO(NAWS) DONT(NAWS) DO(NAWS) ASK_TYPE ASK_TYPE),
		EXPECT(WILL(NAWS) SIZE WILL(TTYPE) WONT(NAWS) WILL(NAWS)
			       SIZE TYPE TYPE),
		STEP(SCRIPT_END),
	};

	(void)state;
	PLAY(steps, "");
}

/* ---- data received */

static void test_telnet_gives_an_escaped_iac_as_one(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("a\xff\xff"
			"b\xff\xff\xff\xff" NOP "c\xff\xff"),
		STEP(SCRIPT_END),
	};

	(void)state;
	PLAY(steps, "a\xff"
		    "b\xff\xff"
		    "c\xff");
}

static void test_telnet_drops_the_nul_behind_a_cr(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("a\r\0b\r\nc\r\r\0d\0e\r\0\0f\r" NOP "\0g"),
		STEP(SCRIPT_END),
	};

	(void)state;
	PLAY(steps, "a\rb\r\nc\r\rd\0e\r\0f\rg");
}

static void test_telnet_leaves_out_commands_and_subnegotiations(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("a\xff\xf9"
			"b\xff\xef" SB STATUS "x\xff\xffy" SE
			"c" SB TTYPE SE SB TTYPE "\x00xterm" SE
			"de" SB NEW_ENVIRON "\x01" SE "f" SE "g" SB
			"\xc8x\xff\xf1h"),
		STEP(SCRIPT_END),
	};

	(void)state;
	PLAY(steps, "abcdefgh");
}

/* RFC 861's option has IAC's number. */
static void test_telnet_knows_an_option_by_its_place(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("a" WILL("\xff") "\xfa" SB "\xff\xf0x" SE
					 "b" DO("\xff") "c"),
		EXPECT(DONT("\xff") WILL(TTYPE) WILL(NAWS) WONT("\xff")),
		STEP(SCRIPT_END),
	};

	(void)state;
	PLAY(steps, "a\xfa"
		    "bc");
}

static void test_telnet_keeps_what_one_small_read_has_no_room_for(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("one\r\0two\xff\xff" WILL(ECHO) "three\r\n"),
		EXPECT(DO(ECHO) WILL(TTYPE) WILL(NAWS)),
		STEP(SCRIPT_END),
	};
	struct line line;

	(void)state;
	for (size_t max = 1; max < 16; max++) {
		line_begin(&line, steps, plain);
		listen_by(&line, max);
		GOT(&line, "one\rtwo\xff"
			   "three\r\n");
		line_end(&line);
	}
}

/* A whole read of it, as a waiting caller would not be told again. */
static void test_telnet_wait_knows_of_bytes_already_received(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("ab"),
		STEP(SCRIPT_END),
	};
	struct line line;
	char byte;

	(void)state;
	line_begin(&line, steps, plain);
	assert_int_equal(transport_recv(line.stream, &byte, 1), 1);
	assert_int_equal(transport_wait(line.stream, WAIT_IN, later(&line)), 1);
	assert_int_equal(transport_recv(line.stream, &byte, 1), 1);
	assert_int_equal(byte, 'b');
	assert_int_equal(transport_wait(line.stream, WAIT_IN, later(&line)), 0);
	line_end(&line);
}

static void test_telnet_ends_within_any_sequence(void **state)
{
	static const char *const rests[] = {
		"",         "\xff",        "\xff\xfb",
		SB,         SB TTYPE,      SB TTYPE "\x01",
		"\xff\xfd", SB "\x05\xff", SB "\x05xyz\xff\xff",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rests); i++) {
		const struct script_step steps[] = {
			DELIVER("data"),
			{SCRIPT_DELIVER, rests[i], strlen(rests[i]), 0},
			STEP(SCRIPT_CLOSE),
			STEP(SCRIPT_END),
		};

		PLAY(steps, "data", .ends = true);
	}
}

static void test_telnet_tells_of_a_broken_connection(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("data" DO(ECHO)),
		EXPECT(WONT(ECHO) WILL(TTYPE) WILL(NAWS)),
		STEP(SCRIPT_RESET),
		STEP(SCRIPT_END),
	};
	struct line line;

	(void)state;
	line_begin(&line, steps, plain);
	listen_to(&line);
	GOT(&line, "data");
	assert_int_equal(line.sys_errno, ECONNRESET);
	assert_int_equal(transport_send(line.stream, "x", 1), -1);
	assert_int_equal(errno, EPIPE);
	line_end(&line);
}

/* ---- data sent */

static bool keeps(const struct line *line, const char *text)
{
	return memmem(line->telnet, malloc_usable_size(line->telnet), text,
		      strlen(text)) != NULL;
}

static void test_telnet_wipes_what_it_has_sent(void **state)
{
	static const struct script_step steps[] = {
		EXPECT("s3cr3t\r"),
		DELIVER("\r\n"),
		STEP(SCRIPT_END),
	};
	struct script_manner deaf = {.deaf = true};
	struct line line;

	(void)state;
	line_begin(&line, steps, deaf);
	SAY(&line, "s3cr3t\r");
	assert_true(keeps(&line, "s3cr3t"));
	line.script.manner.deaf = false;
	listen_to(&line);
	assert_false(keeps(&line, "s3cr3t"));
	line_end(&line);
}

#define BOTH DO(ECHO) WILL(TTYPE) WILL(NAWS) DO(SGA)
#define EITHER(agreed) DO(agreed) WILL(TTYPE) WILL(NAWS)

/* A device's offer, and what becomes of CR, LF and CR LF that are sent to it. */
struct mode {
	const char *offer, *answer;
	const char *wire;
	size_t len;
};

#define MODE(offer, answer, wire)                                              \
	{                                                                      \
		offer, answer, wire, sizeof(wire) - 1                          \
	}

static void type_in_mode(const struct mode *mode, struct script_manner manner)
{
	const struct script_step steps[] = {
		{SCRIPT_DELIVER, mode->offer, strlen(mode->offer), 0},
		{SCRIPT_EXPECT, mode->answer, strlen(mode->answer), 0},
		{SCRIPT_EXPECT, mode->wire, mode->len, 0},
		STEP(SCRIPT_END),
	};
	struct line line;

	line_begin(&line, steps, manner);
	listen_to(&line);
	SAY(&line, "a\rb\nc\r\nd\r\r\n\n\re\r");
	say(&line, "f\r\n", 2);
	listen_to(&line);
	line_end(&line);
}

static void test_telnet_sends_the_return_key_of_the_mode(void **state)
{
	static const struct mode modes[] = {
		MODE(WILL(ECHO) WILL(SGA), BOTH,
		     "a\r\0b\r\nc\r\nd\r\0\r\n\r\n\r\0e\r\0f\r\0"),
		MODE(WILL(ECHO), EITHER(ECHO),
		     "a\r\nb\r\nc\r\nd\r\n\r\n\r\n\r\ne\r\nf\r\n"),
		MODE(WILL(SGA), EITHER(SGA),
		     "a\r\nb\r\nc\r\nd\r\n\r\n\r\n\r\ne\r\nf\r\n"),
		MODE(WILL(ECHO) WILL(SGA) WONT(SGA), BOTH DONT(SGA),
		     "a\r\nb\r\nc\r\nd\r\n\r\n\r\n\r\ne\r\nf\r\n"),
		MODE(DO(STATUS), WONT(STATUS) WILL(TTYPE) WILL(NAWS),
		     "a\r\nb\r\nc\r\nd\r\n\r\n\r\n\r\ne\r\nf\r\n"),
	};
	static const struct script_manner manners[] = {
		{.piece = 0}, {.busy = true}, {.send_max = 1}, {.send_max = 3}};

	(void)state;
	for (size_t i = 0; i < LENGTH(modes) * LENGTH(manners); i++)
		type_in_mode(&modes[i % LENGTH(modes)],
			     manners[i / LENGTH(modes)]);
}

/* Letters that are echoed say nothing of the return key: the line's end does. */
static void test_telnet_sends_cr_alone_to_a_serial_port(void **state)
{
	static const struct script_step steps[] = {
		EXPECT("joe\r"),  DELIVER("joe"),   DELIVER("\r\n> "),
		EXPECT("show\r"), STEP(SCRIPT_END),
	};
	struct line line;

	(void)state;
	line_begin(&line, steps, plain);
	SAY(&line, "joe\r");
	listen_to(&line);
	SAY(&line, "show\n"); /* nor does its silence count any more */
	listen_to(&line);
	listen_to(&line);
	line_end(&line);
}

static void test_telnet_sends_the_lf_that_a_line_daemon_waits_for(void **state)
{
	static const struct script_step
		steps[] =
			{
				EXPECT("joe\r"),    DELIVER("joe"),
				EXPECT("\n"),       DELIVER("\r\n> "),
				EXPECT("show\r\n"), /* at once, from then on */
				STEP(SCRIPT_END),
			};
	struct line line;

	(void)state;
	line_begin(&line, steps, plain);
	SAY(&line, "joe\r");
	listen_to(&line);
	listen_to(&line);
	SAY(&line, "show\r");
	line_end(&line);
}

/* A port that sleeps may be silent to an empty line. */
static void test_telnet_learns_nothing_from_an_empty_line(void **state)
{
	static const struct script_step steps[] = {
		EXPECT("\r"),     EXPECT("\n"),    DELIVER("\r\n> "),
		EXPECT("show\r"), DELIVER("\r\n"), STEP(SCRIPT_END),
	};
	struct line line;

	(void)state;
	line_begin(&line, steps, plain);
	SAY(&line, "\r");
	listen_to(&line);
	listen_to(&line);
	SAY(&line, "show\r");
	listen_to(&line);
	line_end(&line);
}

/* Not before: some devices pad what they send with NULs. */
static void test_telnet_sends_no_nul_to_one_that_shows_it(void **state)
{
	static const struct script_step steps[] = {
		DELIVER(WILL(ECHO) WILL(SGA) "\0login: "),
		EXPECT(BOTH "joe\r\0"),
		DELIVER("joe\r\n> \0"),
		EXPECT("show\r\n"),
		STEP(SCRIPT_END),
	};
	struct line line;

	(void)state;
	line_begin(&line, steps, plain);
	listen_to(&line);
	SAY(&line, "joe\r");
	listen_to(&line);
	SAY(&line, "show\r");
	listen_to(&line);
	line_end(&line);
}

static void test_telnet_sends_an_iac_twice(void **state)
{
	static const struct script_step steps[] = {
		EXPECT("a\xff\xff"
		       "b\xff\xff\xff\xff"),
		STEP(SCRIPT_END),
	};
	static const struct script_manner manners[] = {
		{.piece = 0}, {.busy = true}, {.send_max = 1}};

	(void)state;
	for (size_t i = 0; i < LENGTH(manners); i++) {
		struct line line;

		line_begin(&line, steps, manners[i]);
		SAY(&line, "a\xff"
			   "b\xff\xff");
		listen_to(&line);
		line_end(&line);
	}
}

/* 100 KB of pairs: a pair may be cut nowhere, or its LF would count twice. */
static void test_telnet_sends_a_long_text_whole(void **state)
{
	static const char four[] = {'a', '\r', '\n', '\xff'};
	static const char five[] = {'a', '\r', '\n', '\xff', '\xff'};
	static char text[100000], wire[sizeof(text) / 4 * 5];
	const struct script_step steps[] = {
		{SCRIPT_EXPECT, wire, sizeof(wire), 0},
		STEP(SCRIPT_END),
	};
	static const struct script_manner manners[] = {{.piece = 0},
						       {.send_max = 7}};

	(void)state;
	for (size_t i = 0; i < sizeof(text) / 4; i++) {
		memcpy(text + 4 * i, four, sizeof(four));
		memcpy(wire + 5 * i, five, sizeof(five));
	}
	for (size_t i = 0; i < LENGTH(manners); i++) {
		struct line line;

		line_begin(&line, steps, manners[i]);
		say(&line, text, sizeof(text));
		listen_to(&line);
		line_end(&line);
	}
}

static void test_telnet_takes_no_more_than_it_can_keep(void **state)
{
	static const struct script_step steps[] = {
		STEP(SCRIPT_SWALLOW),
		STEP(SCRIPT_END),
	};
	struct script_manner deaf = {.deaf = true};
	static char text[100000];
	struct line line;
	ssize_t taken;

	(void)state;
	line_begin(&line, steps, deaf);
	taken = transport_send(line.stream, text, sizeof(text));
	assert_in_range(taken, 1, 2048);
	assert_int_equal(transport_send(line.stream, text, sizeof(text)), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(transport_wait(line.stream, WAIT_OUT, later(&line)),
			 0);
	line_end(&line);
}

/* ---- answers on their way */

static void answer_late(void (*nudge)(struct line *line))
{
	static const struct script_step steps[] = {
		DELIVER(WILL(ECHO)),
		EXPECT(DO(ECHO) WILL(TTYPE) WILL(NAWS)),
		STEP(SCRIPT_SWALLOW),
		STEP(SCRIPT_END),
	};
	struct script_manner deaf = {.deaf = true};
	struct line line;

	line_begin(&line, steps, deaf);
	listen_to(&line);
	line.script.manner.deaf = false;
	nudge(&line);
	line_end(&line);
}

static void nudge_recv(struct line *line)
{
	char byte;

	assert_int_equal(transport_recv(line->stream, &byte, 1), -1);
}

static void nudge_send(struct line *line)
{
	assert_int_equal(transport_send(line->stream, "x", 1), 1);
}

static void nudge_wait(struct line *line)
{
	(void)transport_wait(line->stream, WAIT_IN, later(line));
}

static void test_telnet_sends_a_late_answer_with_any_call(void **state)
{
	(void)state;
	answer_late(nudge_recv);
	answer_late(nudge_send);
	answer_late(nudge_wait);
}

static void test_telnet_answers_before_it_gives_data(void **state)
{
	static const struct script_step steps[] = {
		DELIVER(WILL(ECHO) "> "),
		EXPECT(DO(ECHO) WILL(TTYPE) WILL(NAWS)),
		STEP(SCRIPT_END),
	};
	struct line line;
	uint8_t bytes[2];

	(void)state;
	line_begin(&line, steps, plain);
	assert_int_equal(transport_recv(line.stream, bytes, 2), 2);
	line_end(&line); /* it was sent */
}

/* Or a caller that waits for the device would wait for ever. */
static void test_telnet_wait_minds_an_unsent_answer(void **state)
{
	static const struct script_step steps[] = {
		DELIVER(WILL(ECHO)),
		EXPECT(DO(ECHO) WILL(TTYPE) WILL(NAWS)),
		STEP(SCRIPT_END),
	};
	struct script_manner deaf = {.deaf = true}, busy = {.busy = true};
	struct line line;
	uint8_t byte;

	(void)state;
	line_begin(&line, steps, deaf);
	assert_int_equal(transport_recv(line.stream, &byte, 1), -1);
	line.script.manner = busy; /* wait()'s own try shall fail as well */
	line.script.send_rested = false;
	assert_int_equal(transport_wait(line.stream, WAIT_IN, NO_DEADLINE), 1);
	assert_int_equal(transport_recv(line.stream, &byte, 1), -1);
	line_end(&line);
}

static unsigned ways_waited;

static int wait_noted(struct transport *tr, unsigned ways, int64_t deadline_ms)
{
	(void)tr, (void)deadline_ms;
	ways_waited = ways;
	return 0;
}

/* What a deaf device has sent is there all the time: no reason to wake up. */
static void test_telnet_wait_minds_nothing_else_when_full(void **state)
{
	static const struct script_step steps[] = {
		STEP(SCRIPT_SWALLOW),
		FLOOD(DO(STATUS)),
		STEP(SCRIPT_END),
	};
	struct script_manner deaf = {.deaf = true};
	struct transport_ops ops;
	struct line line;
	uint8_t byte;

	(void)state;
	line_begin(&line, steps, deaf);
	ops = *line.script.transport.ops;
	ops.wait = wait_noted;
	line.script.transport.ops = &ops;
	assert_int_equal(transport_wait(line.stream, WAIT_IN, 0), 0);
	assert_int_equal(ways_waited, WAIT_IN);
	assert_int_equal(transport_recv(line.stream, &byte, 1), -1);
	assert_int_equal(transport_wait(line.stream, WAIT_IN, 0), 0);
	assert_int_equal(ways_waited, WAIT_OUT);
	line_end(&line);
}

#define NASKED 20000

static void ask(char *asked, char *answers)
{
	for (int i = 0; i < NASKED; i++) {
		const char option = (char)(40 + i % 50);
		const char request[] = {'\xff', i % 2 == 0 ? '\xfd' : '\xfb',
					option};
		const char answer[] = {'\xff', i % 2 == 0 ? '\xfc' : '\xfe',
				       option};

		asked = mempcpy(asked, request, 3);
		answers = mempcpy(answers, answer, 3);
		if (i == 0)
			answers = mempcpy(answers, WILL(TTYPE) WILL(NAWS), 6);
	}
	*asked = '.';
}

/* Every answer, and in order, to one that would not listen for a while. */
static void test_telnet_loses_no_answer_to_a_flood(void **state)
{
	static char asked[NASKED * 3 + 1], answers[NASKED * 3 + 6];
	const struct script_step steps[] = {
		{SCRIPT_DELIVER, asked, sizeof(asked), 0},
		{SCRIPT_EXPECT, answers, sizeof(answers), 0},
		STEP(SCRIPT_END),
	};
	struct script_manner deaf = {.deaf = true};
	struct line line;
	uint8_t byte;

	(void)state;
	ask(asked, answers);
	line_begin(&line, steps, deaf);
	for (int i = 0; i < 100; i++)
		assert_int_equal(transport_recv(line.stream, &byte, 1), -1);
	assert_in_range(line.script.delivered, 1, 8192);
	line.script.manner.deaf = false;
	listen_to(&line);
	GOT(&line, ".");
	line_end(&line);
}

static void flooded(const struct script_step *steps,
		    struct script_manner manner)
{
	struct line line;
	int64_t start_ms;
	uint8_t byte;

	line_begin(&line, steps, manner);
	start_ms = line.script.now_ms;
	assert_int_equal(transport_recv(line.stream, &byte, 1), -1);
	assert_int_equal(errno, EAGAIN);
	/* A read is a millisecond: so many are made in one call. */
	assert_in_range(line.script.now_ms - start_ms, 1, 40000);
	assert_in_range(line.script.delivered, 1, 128 * 1024);
	line_end(&line);
}

static void test_telnet_comes_back_from_a_flood(void **state)
{
	static const struct script_step options[] = {
		STEP(SCRIPT_SWALLOW),
		FLOOD(DO(STATUS) WILL(LINEMODE)),
		STEP(SCRIPT_END),
	};
	static const struct script_step types[] = {
		STEP(SCRIPT_SWALLOW),
		FLOOD(SB TTYPE "\x01"),
		STEP(SCRIPT_END),
	};
	static const struct script_step nops[] = {
		FLOOD(NOP),
		STEP(SCRIPT_END),
	};
	struct script_manner deaf = {.deaf = true};

	(void)state;
	flooded(options, plain);
	flooded(options, deaf);
	flooded(types, plain);
	flooded(types, deaf);
	flooded(nops, plain);
}

/* Its every read is in time: it is for us to look at the clock. */
static void test_telnet_wait_is_late_in_a_flood(void **state)
{
	static const struct script_step steps[] = {
		STEP(SCRIPT_SWALLOW),
		FLOOD(DO(STATUS)),
		STEP(SCRIPT_END),
	};
	struct line line;
	int64_t deadline_ms;
	int waits = 0;
	uint8_t byte;

	(void)state;
	line_begin(&line, steps, plain);
	deadline_ms = line.script.now_ms + 100000;
	while (transport_wait(line.stream, WAIT_IN, deadline_ms) == 1) {
		assert_int_equal(transport_recv(line.stream, &byte, 1), -1);
		assert_int_equal(errno, EAGAIN);
		assert_in_range(++waits, 1, 1000);
	}
	assert_true(line.script.now_ms >= deadline_ms);
	line_end(&line);
}

/* One that says something is heard, however late: the caller has the clock. */
static void test_telnet_wait_gives_data_one_more_look(void **state)
{
	static const struct script_step steps[] = {
		FLOOD("x"),
		STEP(SCRIPT_END),
	};
	struct line line;
	uint8_t byte;

	(void)state;
	line_begin(&line, steps, plain);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(transport_wait(line.stream, WAIT_IN, 0), 1);
		assert_int_equal(transport_recv(line.stream, &byte, 1), 1);
	}
	line_end(&line);
}

/* ---- what no honest device does */

static void endless(const struct script_step *steps)
{
	struct line line;

	line_begin(&line, steps, plain);
	listen_to(&line);
	GOT(&line, "data"); /* and nothing of what is none */
	assert_int_equal(line.sys_errno, EPROTO);
	assert_in_range(line.script.delivered, 1, 8192);
	listen_to(&line);
	GOT(&line, "");
	assert_int_equal(line.sys_errno, EPROTO);
	line_end(&line);
}

static void test_telnet_ends_an_endless_subnegotiation(void **state)
{
	static const struct script_step letters[] = {
		DELIVER("data" SB STATUS),
		FLOOD("0123456789abcdef"),
		STEP(SCRIPT_END),
	};
	static const struct script_step escapes[] = {
		DELIVER("data" SB STATUS),
		FLOOD("\xff\xff"),
		STEP(SCRIPT_END),
	};

	(void)state;
	endless(letters);
	endless(escapes);
}

/* Behind an option of IAC's number, it begins no subnegotiation. */
static void test_telnet_takes_an_odd_byte_for_data(void **state)
{
	static const struct script_step steps[] = {
		DELIVER(WILL("\xff") "\xfa"),
		EXPECT(DONT("\xff") WILL(TTYPE) WILL(NAWS)),
		FLOOD("0123456789abcdef"),
		STEP(SCRIPT_END),
	};
	struct line line;
	uint8_t bytes[16];

	(void)state;
	line_begin(&line, steps, plain);
	for (int i = 0; i < 1000; i++)
		assert_in_range(transport_recv(line.stream, bytes, 16), 1, 16);
	line_end(&line);
}

static void test_telnet_reads_over_a_long_subnegotiation(void **state)
{
	static const char head[] = {'a', '\xff', '\xfa', '\x05'};
	static const char tail[] = {'\xff', '\xf0', 'b'};
	static char bytes[4096];
	const struct script_step steps[] = {
		{SCRIPT_DELIVER, bytes, sizeof(bytes), 0},
		STEP(SCRIPT_END),
	};
	struct line line;

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	memcpy(bytes, head, sizeof(head));
	memcpy(bytes + sizeof(bytes) - sizeof(tail), tail, sizeof(tail));
	line_begin(&line, steps, plain);
	listen_to(&line);
	GOT(&line, "ab");
	assert_int_equal(line.sys_errno, EAGAIN);
	line_end(&line);
}

/* libtelnet begins to inflate when it is told to, though nobody agreed. */
static void test_telnet_does_not_inflate(void **state)
{
	static const struct script_step whole[] = {
		DELIVER("data" SB COMPRESS2 SE
			"\x78\x9c\x4b\x4a\x4e\x49\x4d\x03\x00"),
		STEP(SCRIPT_END),
	};
	static const struct script_step odd[] = {
		DELIVER("data" SB COMPRESS2 NOP
			"\x78\x9c\x4b\x4a\x4e\x49\x4d\x03\x00"),
		STEP(SCRIPT_END),
	};
	const struct script_step *const both[] = {whole, odd};
	const struct script_manner bytewise = {.piece = 1};

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct line line;

		line_begin(&line, both[i % 2], i < 2 ? plain : bytewise);
		listen_to(&line);
		GOT(&line, "data");
		assert_int_equal(line.sys_errno, EPROTO);
		listen_to(&line); /* nor later */
		GOT(&line, "");
		assert_int_equal(line.sys_errno, EPROTO);
		if (i >= 2) /* the rest is left where it is */
			line.script.step = &both[i % 2][1];
		line_end(&line);
	}
}

/* ---- the rest */

static void test_telnet_shuts_its_transport_down(void **state)
{
	static const struct script_step steps[] = {STEP(SCRIPT_END)};
	struct line line;
	uint8_t byte;

	(void)state;
	line_begin(&line, steps, plain);
	assert_int_equal(transport_now(line.stream), line.script.now_ms);
	transport_free(line.stream); /* does nothing: it is the telnet's */
	transport_shutdown(line.stream);
	assert_true(line.script.ended);
	assert_int_equal(transport_recv(line.stream, &byte, 1), 0);
	line_end(&line);
	telnet_close(NULL);
}

static void test_telnet_tells_a_size_without_an_iac(void **state)
{
	(void)state;
	for (unsigned n = 1; n <= 65535; n++) {
		unsigned told = telnet_side(n);

		assert_true((told & 0xff) != 0xff && told >> 8 != 0xff);
		if ((n & 0xff) != 0xff && n >> 8 != 0xff)
			assert_int_equal(told, n);
		else if (n < 0xff00)
			assert_int_equal(told, n - 1);
	}
	assert_int_equal(telnet_side(65535), 0xfefe);
}

static void open_as(const char *term, bool good)
{
	static const struct script_step steps[] = {STEP(SCRIPT_END)};
	struct telnet *telnet = NULL;
	struct nf_error err = {0};
	struct script script;

	script_init(&script, steps, plain);
	assert_int_equal(
		telnet_open(&telnet, &script.transport, term, 80, 24, &err),
		good ? 0 : -1);
	assert_int_equal(err.code, good ? NF_OK : NF_INVALID);
	telnet_close(telnet);
	script_release(&script);
}

static void test_telnet_refuses_what_is_no_terminal_type(void **state)
{
	char term[TELNET_TERM_MAX + 2];

	(void)state;
	memset(term, 'x', sizeof(term));
	term[TELNET_TERM_MAX + 1] = '\0';
	open_as(term, false);
	term[TELNET_TERM_MAX] = '\0';
	open_as(term, true);
	open_as("", false);
	open_as("a b", false);
	open_as("a\xff", false);
}

static void test_telnet_knows_its_library(void **state)
{
	char text[512];

	(void)state;
	assert_string_equal(telnet_library(), NETFAN_TELNET);
	nf_version_text(text, sizeof(text));
	assert_non_null(strstr(text, "\nlibtelnet " NETFAN_TELNET "\n"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_telnet_answers_linux_telnetd),
	cmocka_unit_test(test_telnet_answers_cisco_ios),
	cmocka_unit_test(test_telnet_sends_keepalives_to_who_is_silent),
	cmocka_unit_test(test_telnet_sends_no_keepalive_to_who_speaks),
	cmocka_unit_test(
		test_telnet_sends_no_keepalive_to_who_does_not_negotiate),
	cmocka_unit_test(
		test_telnet_types_nothing_at_one_that_does_not_negotiate),
	cmocka_unit_test(test_telnet_takes_refusals),
	cmocka_unit_test(test_telnet_answers_what_is_so_already_with_nothing),
	cmocka_unit_test(test_telnet_tells_its_size_anew_when_asked_anew),
	cmocka_unit_test(test_telnet_gives_an_escaped_iac_as_one),
	cmocka_unit_test(test_telnet_drops_the_nul_behind_a_cr),
	cmocka_unit_test(test_telnet_leaves_out_commands_and_subnegotiations),
	cmocka_unit_test(test_telnet_knows_an_option_by_its_place),
	cmocka_unit_test(test_telnet_keeps_what_one_small_read_has_no_room_for),
	cmocka_unit_test(test_telnet_wait_knows_of_bytes_already_received),
	cmocka_unit_test(test_telnet_ends_within_any_sequence),
	cmocka_unit_test(test_telnet_tells_of_a_broken_connection),
	cmocka_unit_test(test_telnet_wipes_what_it_has_sent),
	cmocka_unit_test(test_telnet_sends_the_return_key_of_the_mode),
	cmocka_unit_test(test_telnet_sends_cr_alone_to_a_serial_port),
	cmocka_unit_test(test_telnet_sends_the_lf_that_a_line_daemon_waits_for),
	cmocka_unit_test(test_telnet_learns_nothing_from_an_empty_line),
	cmocka_unit_test(test_telnet_sends_no_nul_to_one_that_shows_it),
	cmocka_unit_test(test_telnet_tells_a_size_without_an_iac),
	cmocka_unit_test(test_telnet_sends_an_iac_twice),
	cmocka_unit_test(test_telnet_sends_a_long_text_whole),
	cmocka_unit_test(test_telnet_takes_no_more_than_it_can_keep),
	cmocka_unit_test(test_telnet_sends_a_late_answer_with_any_call),
	cmocka_unit_test(test_telnet_answers_before_it_gives_data),
	cmocka_unit_test(test_telnet_wait_minds_an_unsent_answer),
	cmocka_unit_test(test_telnet_wait_minds_nothing_else_when_full),
	cmocka_unit_test(test_telnet_loses_no_answer_to_a_flood),
	cmocka_unit_test(test_telnet_comes_back_from_a_flood),
	cmocka_unit_test(test_telnet_wait_is_late_in_a_flood),
	cmocka_unit_test(test_telnet_wait_gives_data_one_more_look),
	cmocka_unit_test(test_telnet_ends_an_endless_subnegotiation),
	cmocka_unit_test(test_telnet_takes_an_odd_byte_for_data),
	cmocka_unit_test(test_telnet_reads_over_a_long_subnegotiation),
	cmocka_unit_test(test_telnet_does_not_inflate),
	cmocka_unit_test(test_telnet_shuts_its_transport_down),
	cmocka_unit_test(test_telnet_refuses_what_is_no_terminal_type),
	cmocka_unit_test(test_telnet_knows_its_library),
};

#else

static void test_telnet_says_that_it_is_not_built_in(void **state)
{
	static const struct script_step steps[] = {STEP(SCRIPT_END)};
	struct telnet *telnet = NULL;
	struct nf_error err = {0};
	struct script script;
	char text[512];

	(void)state;
	script_init(&script, steps, plain);
	assert_int_equal(telnet_open(&telnet, &script.transport, TERM, COLUMNS,
				     ROWS, &err),
			 -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_non_null(strstr(err.message, "built without telnet"));
	telnet_close(telnet);
	nf_version_text(text, sizeof(text));
	assert_non_null(strstr(text, "\nlibtelnet not built in\n"));
	script_release(&script);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_telnet_says_that_it_is_not_built_in),
};

#endif

UNIT_MAIN(tests)
