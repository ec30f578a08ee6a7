/* Telnet over a transport, with libtelnet. */
#include "transport/telnet.h"

#include <assert.h>
#include <errno.h>
#ifdef NETFAN_TELNET
#include <libtelnet.h>
#endif
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "fiber/fiber.h"

unsigned telnet_side(unsigned n)
{
	assert(n <= UINT16_MAX);
	if ((n & 0xff) == 0xff)
		n--;
	return n >> 8 == 0xff ? 0xfefe : n;
}

#ifdef NETFAN_TELNET

#define IN_SIZE ((size_t)4 * 1024)
#define OUT_SIZE ((size_t)2 * 1024)
#define LF_MS 1000 /* without an answer to a CR */
#define RUN_MAX ((size_t)64 * 1024) /* received in one call without data */
/* Bytes of a subnegotiation; libtelnet takes those above 16 KiB for data. */
#define SUB_MAX ((size_t)4 * 1024)

/* The longest answer to one request: IAC SB TTYPE IS ... IAC SE, or WILL NAWS,
 * its size, and both offers. */
#define ANSWER_MAX ((size_t)64)

struct telnet {
	struct transport stream;
	struct transport *tr; /* borrowed */
	telnet_t *protocol; /* libtelnet's: the states of all options */
	uint8_t *data; /* borrowed from the receiving call that runs */
	size_t data_len, data_max;
	size_t in_at, in_len; /* in[in_at..in_len) is not yet understood */
	size_t out_len; /* out[0..out_len) is to be sent, in this order */
	int recv_errno; /* why nothing more can be understood, else 0 */
	int send_errno; /* why nothing more can be sent, else 0 */
	enum {
		AT_TEXT, /* data, or inside a subnegotiation */
		AT_COMMAND, /* behind an IAC */
		AT_OPTION, /* behind a command that has an option */
	} at; /* where the next byte is */
	bool in_sub; /* it is in a subnegotiation */
	size_t sub_len; /* bytes of that so far */
	bool was_cr; /* data ended in a CR: a NUL behind it belongs to it */
	bool echoes, suppresses; /* the device's ECHO and SUPPRESS-GO-AHEAD */
	bool negotiates; /* the device has asked or offered something */
	bool sent_nul; /* behind a CR */
	bool shows_nul; /* since then: maybe that one, taken for a letter */
	bool typed; /* something since the last return key */
	bool typed_line; /* and before that */
	enum {
		LF_UNSURE, /* once it is silent to the CR */
		LF_NEVER,
		LF_ALWAYS,
	} lf; /* does a device that does not negotiate want it behind a CR? */
	bool owes_lf; /* at lf_ms, should nothing come before */
	int64_t lf_ms;
	struct keepalive keepalive;
	bool offered;
	bool late; /* past the deadline there was one more look already */
	uint8_t size[4]; /* columns and rows, big-endian, as NAWS tells them */
	char term[TELNET_TERM_MAX + 1];
	uint8_t in[IN_SIZE];
	uint8_t out[OUT_SIZE]; /* wiped as it is sent: passwords come by */
};

static const telnet_telopt_t options[] = {
	{TELNET_TELOPT_ECHO, TELNET_WONT, TELNET_DO},
	{TELNET_TELOPT_SGA, TELNET_WILL, TELNET_DO},
	{TELNET_TELOPT_TTYPE, TELNET_WILL, TELNET_DONT},
	{TELNET_TELOPT_NAWS, TELNET_WILL, TELNET_DONT},
	{-1, 0, 0},
};

/* ---- sending */

static size_t room(const struct telnet *telnet)
{
	return OUT_SIZE - telnet->out_len;
}

/* Send what is queued. A failure is told to the next send; what came before it
 * can still be read. */
static void flush(struct telnet *telnet)
{
	while (telnet->out_len > 0) {
		ssize_t n = transport_send(telnet->tr, telnet->out,
					   telnet->out_len);

		if (n == -1 && errno != EAGAIN) {
			telnet->send_errno = errno;
			n = (ssize_t)telnet->out_len; /* wiped unsent */
		}
		if (n <= 0)
			return;
		telnet->out_len -= (size_t)n;
		memmove(telnet->out, telnet->out + n, telnet->out_len);
		explicit_bzero(telnet->out + telnet->out_len, (size_t)n);
	}
}

static void queue(struct telnet *telnet, const char *bytes, size_t len)
{
	if (len > room(telnet)) {
		telnet->recv_errno = ENOBUFS;
		return;
	}
	memcpy(telnet->out + telnet->out_len, bytes, len);
	telnet->out_len += len;
}

/* Does the device take single characters, and CR NUL for the return key? */
static bool takes_characters(const struct telnet *telnet)
{
	return telnet->echoes && telnet->suppresses && !telnet->shows_nul;
}

/*
 * Queue the return key, as BSD's telnet has it: in character mode CR NUL, for
 * console servers may pass an LF on as a second return; in line mode CR LF, for
 * a device may wait for the LF, or keep a NUL for the next command. A device
 * that does not negotiate is either a line daemon, which waits for the LF, or a
 * bare serial port, where it is a second return: CR, and LF only upon silence.
 */
static void queue_return(struct telnet *telnet, char key)
{
	telnet->typed_line = telnet->typed;
	telnet->typed = false;
	if (!telnet->negotiates && telnet->lf != LF_ALWAYS) {
		queue(telnet, "\r", 1);
		telnet->owes_lf = telnet->lf != LF_NEVER;
		telnet->lf_ms = transport_now(telnet->tr) + LF_MS;
	} else if (key == '\r' && takes_characters(telnet)) {
		queue(telnet, "\r\0", 2);
		telnet->sent_nul = true;
	} else {
		queue(telnet, "\r\n", 2);
	}
}

/* Queue the LF that a CR went without: a device that was silent to a whole line
 * waits for it. An empty one proves nothing, it may have woken nobody. */
static void queue_owed_lf(struct telnet *telnet)
{
	telnet->owes_lf = false;
	if (telnet->typed_line)
		telnet->lf = LF_ALWAYS;
	queue(telnet, "\n", 1);
}

/* Queue one character of a text, as RFC 854 spells it: how many bytes it is. */
static size_t queue_character(struct telnet *telnet, const char *text,
			      size_t len)
{
	if (text[0] == '\r' && len > 1 && text[1] == '\n') {
		queue(telnet, "\r\n", 2);
		return 2;
	}
	if (text[0] == '\r' || text[0] == '\n') {
		queue_return(telnet, text[0]);
		return 1;
	}
	telnet_send(telnet->protocol, text, 1); /* doubles an IAC */
	telnet->typed = true;
	return 1;
}

/* ---- what libtelnet makes of the bytes received */

/* A line ends: so the CR did it, if its LF was held back. */
static void take_line_end(struct telnet *telnet)
{
	if (telnet->owes_lf)
		telnet->lf = LF_NEVER;
	telnet->owes_lf = false;
}

static void take_data(struct telnet *telnet, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len && telnet->recv_errno == 0; i++) {
		bool drop = telnet->was_cr && bytes[i] == '\0';

		telnet->was_cr = bytes[i] == '\r';
		if (drop)
			continue;
		telnet->shows_nul |= telnet->sent_nul && bytes[i] == '\0';
		if (bytes[i] == '\r' || bytes[i] == '\n')
			take_line_end(telnet);
		assert(telnet->data_len < telnet->data_max);
		telnet->data[telnet->data_len++] = (uint8_t)bytes[i];
	}
}

/* Note what the device does from now on, or no longer. */
static void note_option(struct telnet *telnet, unsigned char option, bool on)
{
	if (option == TELNET_TELOPT_ECHO)
		telnet->echoes = on;
	else if (option == TELNET_TELOPT_SGA)
		telnet->suppresses = on;
}

static void on_event(telnet_t *protocol, telnet_event_t *event, void *arg)
{
	struct telnet *telnet = arg;

	switch (event->type) {
	case TELNET_EV_DATA:
		take_data(telnet, event->data.buffer, event->data.size);
		break;
	case TELNET_EV_SEND:
		queue(telnet, event->data.buffer, event->data.size);
		break;
	case TELNET_EV_DO:
		if (event->neg.telopt == TELNET_TELOPT_NAWS)
			telnet_subnegotiation(protocol, TELNET_TELOPT_NAWS,
					      (const char *)telnet->size,
					      sizeof(telnet->size));
		break;
	case TELNET_EV_TTYPE:
		if (event->ttype.cmd == TELNET_TTYPE_SEND)
			telnet_ttype_is(protocol, telnet->term);
		break;
	case TELNET_EV_WILL:
	case TELNET_EV_WONT:
		note_option(telnet, event->neg.telopt,
			    event->type == TELNET_EV_WILL);
		break;
	case TELNET_EV_COMPRESS: /* never asked for, and maybe a bomb */
	case TELNET_EV_ERROR:
		telnet->recv_errno = EPROTO;
		break;
	/* Either a malformed request, or, inside of one, too little memory for
	 * it: libtelnet 0.21 leaves the field unset that would say which. */
	case TELNET_EV_WARNING:
		if (telnet->in_sub && telnet->at != AT_OPTION)
			telnet->recv_errno = ENOMEM;
		break;
	case TELNET_EV_IAC:
	case TELNET_EV_DONT:
	case TELNET_EV_SUBNEGOTIATION:
	case TELNET_EV_ZMP:
	case TELNET_EV_ENVIRON:
	case TELNET_EV_MSSP:
		break;
	}
}

/* Offer our options, as the device negotiates; libtelnet leaves out what is
 * agreed on already. */
static void offer(struct telnet *telnet)
{
	telnet->offered = true;
	telnet_negotiate(telnet->protocol, TELNET_WILL, TELNET_TELOPT_TTYPE);
	telnet_negotiate(telnet->protocol, TELNET_WILL, TELNET_TELOPT_NAWS);
}

/*
 * The number of bytes that libtelnet gets next. What follows an IAC goes byte
 * by byte, so that we can stop right behind a byte that asks for an answer or
 * begins compression: a piece makes one answer at most, and no more data than
 * it has bytes.
 */
static size_t next_piece(const struct telnet *telnet)
{
	size_t len = telnet->in_len - telnet->in_at;
	const uint8_t *bytes = telnet->in + telnet->in_at, *iac;

	if (telnet->at != AT_TEXT)
		return 1;
	if (len > telnet->data_max - telnet->data_len)
		len = telnet->data_max - telnet->data_len;
	iac = memchr(bytes, TELNET_IAC, len);
	return iac != NULL ? (size_t)(iac - bytes) + 1 : len;
}

static void enter_command(struct telnet *telnet, uint8_t command)
{
	telnet->at = command >= TELNET_SB && command < TELNET_IAC ? AT_OPTION
								  : AT_TEXT;
	if (command == TELNET_IAC) /* an escape */
		return;
	telnet->negotiates |= telnet->at == AT_OPTION;
	telnet->in_sub = command == TELNET_SB;
	telnet->sub_len = 0;
}

/* Track libtelnet's state over the piece that it gets next. */
static void follow(struct telnet *telnet, const uint8_t *bytes, size_t len)
{
	switch (telnet->at) {
	case AT_TEXT:
		if (bytes[len - 1] == TELNET_IAC)
			telnet->at = AT_COMMAND;
		break;
	case AT_COMMAND:
		enter_command(telnet, bytes[0]);
		break;
	case AT_OPTION: /* 255 is an option like others: RFC 861 */
		telnet->at = AT_TEXT;
		break;
	}
	if (telnet->in_sub && (telnet->sub_len += len) > SUB_MAX)
		telnet->recv_errno = EPROTO;
}

/* Decode what came, as far as there is room for data and answers. */
static void decode(struct telnet *telnet)
{
	while (telnet->in_at < telnet->in_len && room(telnet) >= ANSWER_MAX &&
	       telnet->data_len < telnet->data_max && telnet->recv_errno == 0) {
		size_t len = next_piece(telnet), out_len = telnet->out_len;
		const uint8_t *bytes = telnet->in + telnet->in_at;

		follow(telnet, bytes, len);
		if (telnet->recv_errno == 0)
			telnet_recv(telnet->protocol, (const char *)bytes, len);
		telnet->in_at += len;
		if (!telnet->offered && telnet->out_len > out_len)
			offer(telnet);
	}
}

/* ---- the stream */

static struct telnet *telnet_of(struct transport *tr)
{
	return (struct telnet *)(void *)((char *)tr -
					 offsetof(struct telnet, stream));
}

/*
 * Receive more when all is decoded; returns as recv(). A device that does not
 * read our answers gets no further with its questions.
 */
static ssize_t fill(struct telnet *telnet)
{
	ssize_t n;

	flush(telnet);
	if (telnet->in_at < telnet->in_len) {
		errno = EAGAIN;
		return room(telnet) >= ANSWER_MAX ? 1 : -1;
	}
	n = transport_recv(telnet->tr, telnet->in, IN_SIZE);
	if (n > 0) {
		telnet->in_at = 0;
		telnet->in_len = (size_t)n;
	}
	return n;
}

static ssize_t stream_recv(struct transport *tr, void *bytes, size_t len)
{
	struct telnet *telnet = telnet_of(tr);

	telnet->data = bytes;
	telnet->data_len = 0;
	telnet->data_max = len;
	for (size_t run = 0; run < RUN_MAX; run += telnet->in_len) {
		ssize_t n = telnet->recv_errno == 0 ? fill(telnet) : 1;

		if (n <= 0)
			return n;
		decode(telnet);
		flush(telnet);
		if (telnet->data_len > 0) {
			telnet->late = false;
			return (ssize_t)telnet->data_len;
		}
		if (telnet->recv_errno != 0) {
			errno = telnet->recv_errno;
			return -1;
		}
	}
	errno = EAGAIN;
	return -1;
}

static ssize_t stream_send(struct transport *tr, const void *bytes, size_t len)
{
	struct telnet *telnet = telnet_of(tr);
	size_t taken = 0;

	while (taken < len && room(telnet) >= 2)
		taken += queue_character(telnet, (const char *)bytes + taken,
					 len - taken);
	flush(telnet);
	if (telnet->send_errno == 0 && taken > 0)
		return (ssize_t)taken;
	errno = telnet->send_errno != 0 ? telnet->send_errno : EAGAIN;
	return -1;
}

static int stream_wait(struct transport *tr, unsigned ways, int64_t deadline_ms)
{
	struct telnet *telnet = telnet_of(tr);
	bool left = telnet->in_at < telnet->in_len;

	flush(telnet);
	if (left && ways & WAIT_IN && room(telnet) >= ANSWER_MAX)
		return 1;
	if (left) /* answers have to go out before more can be decoded */
		ways &= ~WAIT_IN;
	if (telnet->out_len > 0)
		ways |= WAIT_OUT;
	if (telnet->owes_lf && ways & WAIT_IN && telnet->lf_ms < deadline_ms) {
		int rc = transport_wait(telnet->tr, ways, telnet->lf_ms);

		if (rc != 0)
			return rc;
		queue_owed_lf(telnet);
		flush(telnet);
		if (telnet->out_len > 0)
			ways |= WAIT_OUT;
	}
	/* A device that never stops negotiating is late all the same. */
	return transport_wait_over(telnet->tr, ways, deadline_ms,
				   &telnet->keepalive, &telnet->late);
}

static int64_t stream_now_ms(struct transport *tr)
{
	return transport_now(telnet_of(tr)->tr);
}

static void stream_shutdown(struct transport *tr)
{
	transport_shutdown(telnet_of(tr)->tr);
}

static void stream_free(struct transport *tr)
{
	(void)tr; /* telnet_close() does */
}

static const struct transport_ops stream_ops = {
	.recv = stream_recv,
	.send = stream_send,
	.wait = stream_wait,
	.now_ms = stream_now_ms,
	.shutdown = stream_shutdown,
	.free = stream_free,
};

/* ---- opening and closing */

const char *telnet_library(void)
{
	return NETFAN_TELNET;
}

static bool term_good(const char *term)
{
	size_t len = 0;

	while (term[len] > ' ' && term[len] < 0x7f)
		len++;
	return term[len] == '\0' && len > 0 && len <= TELNET_TERM_MAX;
}

static void set_size(struct telnet *telnet, unsigned columns, unsigned rows)
{
	columns = telnet_side(columns);
	rows = telnet_side(rows);
	telnet->size[0] = (uint8_t)(columns >> 8);
	telnet->size[1] = (uint8_t)(columns & 0xff);
	telnet->size[2] = (uint8_t)(rows >> 8);
	telnet->size[3] = (uint8_t)(rows & 0xff);
}

int telnet_open(struct telnet **out, struct transport *tr, const char *term,
		unsigned columns, unsigned rows, struct nf_error *err)
{
	struct telnet *telnet;

	if (!term_good(term))
		return error_set(err, NF_INVALID,
				 "telnet: a terminal's type is 1 to %d "
				 "printable characters",
				 TELNET_TERM_MAX);
	telnet = calloc(1, sizeof(*telnet));
	if (telnet == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for telnet");
	telnet->protocol = telnet_init(options, on_event, 0, telnet);
	if (telnet->protocol == NULL) {
		free(telnet);
		return error_sys(err, NF_SYSTEM, "no memory for telnet");
	}
	telnet->stream = (struct transport){.ops = &stream_ops, .fd = tr->fd};
	telnet->tr = tr;
	(void)stpcpy(telnet->term, term); /* term_good() has measured it */
	set_size(telnet, columns, rows);
	*out = telnet;
	return 0;
}

struct transport *telnet_stream(struct telnet *telnet)
{
	return &telnet->stream;
}

static void send_keepalive(void *arg)
{
	static const char nop[] = {(char)TELNET_IAC, (char)TELNET_NOP};
	struct telnet *telnet = arg;

	if (!telnet->negotiates || room(telnet) < sizeof(nop))
		return;
	queue(telnet, nop, sizeof(nop));
	flush(telnet);
}

void telnet_keep_alive(struct telnet *telnet, int64_t every_ms)
{
	telnet->keepalive.send = send_keepalive;
	telnet->keepalive.arg = telnet;
	keepalive_begin(&telnet->keepalive, telnet->tr, every_ms);
}

void telnet_close(struct telnet *telnet)
{
	if (telnet == NULL)
		return;
	telnet_free(telnet->protocol); /* libtelnet's: hence our own name */
	explicit_bzero(telnet->out, sizeof(telnet->out));
	free(telnet);
}

#else

const char *telnet_library(void)
{
	return NULL;
}

int telnet_open(struct telnet **out, struct transport *tr, const char *term,
		unsigned columns, unsigned rows, struct nf_error *err)
{
	(void)out, (void)tr, (void)term, (void)columns, (void)rows;
	return error_set(err, NF_INVALID,
			 "this netfan was built without telnet (libtelnet)");
}

struct transport *telnet_stream(struct telnet *telnet)
{
	(void)telnet;
	return NULL;
}

void telnet_keep_alive(struct telnet *telnet, int64_t every_ms)
{
	(void)telnet, (void)every_ms;
}

void telnet_close(struct telnet *telnet)
{
	(void)telnet;
}

#endif
