/* A terminal line as IOS drives it. */
#include "devsim/term.h"

#include <ctype.h>
#include <string.h>

#define CTRL_C 0x03
#define CTRL_U 0x15
#define CTRL_Z 0x1a
#define DEL 0x7f

static const char more[] = " --More-- ";

/* Ten columns back to the first: nine steps, eight blanks, nine steps. */
static const char no_more[] = "\b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b";

void term_init(struct term *term, const struct stream *stream, size_t rows)
{
	*term = (struct term){.stream = stream, .rows = rows, .room = rows};
}

void term_flush(struct term *term)
{
	size_t len = term->out_len;

	term->out_len = 0;
	if (!term->gone && len > 0 &&
	    term->stream->send(term->stream->arg, term->out, len) == -1)
		term->gone = true;
}

void term_putn(struct term *term, const char *text, size_t len)
{
	while (len > 0) {
		size_t room = sizeof(term->out) - term->out_len;
		size_t part = len < room ? len : room;

		memcpy(term->out + term->out_len, text, part);
		term->out_len += part;
		text += part;
		len -= part;
		if (term->out_len == sizeof(term->out))
			term_flush(term);
	}
}

void term_put(struct term *term, const char *text)
{
	term_putn(term, text, strlen(text));
}

void term_pause(struct term *term, int64_t ms)
{
	if (ms <= 0)
		return;
	term_flush(term);
	if (!term->gone)
		term->stream->pause(term->stream->arg, ms);
}

static int next_byte(struct term *term)
{
	ssize_t got;

	if (term->in_at == term->in_len) {
		term_flush(term);
		if (term->gone)
			return -1;
		got = term->stream->receive(term->stream->arg, term->in,
					    sizeof(term->in));
		if (got <= 0) {
			term->gone = true;
			return -1;
		}
		term->in_at = 0;
		term->in_len = (size_t)got;
	}
	return term->in[term->in_at++];
}

/* A key as typed, -1 when the client is gone: CR, LF and CR LF all give CR. */
static int next_key(struct term *term)
{
	int key = next_byte(term);

	if (key == '\n' && term->was_cr)
		key = next_byte(term);
	term->was_cr = key == '\r';
	return key == '\n' ? '\r' : key;
}

static size_t erase(struct term *term, size_t len, size_t count, bool echo)
{
	while (len > 0 && count-- > 0) {
		len--;
		if (echo)
			term_put(term, "\b \b");
	}
	return len;
}

static size_t insert(struct term *term, char *line, size_t len, size_t cap,
		     int key, bool echo)
{
	char byte = (char)key;

	if (key > 0xff || !isprint(key))
		return len;
	if (len + 1 == cap) {
		term_put(term, "\a");
		return len;
	}
	line[len++] = byte;
	if (echo)
		term_putn(term, &byte, 1);
	return len;
}

static int end_line(struct term *term, char *line, size_t len)
{
	line[len] = '\0';
	term_put(term, "\r\n");
	return 0;
}

int term_read_line(struct term *term, char *line, size_t cap, bool echo)
{
	size_t len = 0;

	for (;;) {
		int key = next_key(term);

		switch (key) {
		case -1:
			return -1;
		case '\r':
			return end_line(term, line, len);
		case CTRL_C:
			return end_line(term, line, 0);
		case CTRL_Z:
			line[0] = CTRL_Z;
			return end_line(term, line, 1);
		case CTRL_U:
			len = erase(term, len, len, echo);
			break;
		case '\b':
		case DEL:
			len = erase(term, len, 1, echo);
			break;
		default:
			len = insert(term, line, len, cap, key, echo);
			break;
		}
	}
}

void term_page(struct term *term)
{
	term->room = term->rows;
}

/* A blank asks for a page, the return key for a line, any other for no more. */
static int ask_for_more(struct term *term)
{
	int key;

	term_put(term, more);
	key = next_key(term);
	if (key == -1)
		return -1;
	term_put(term, no_more);
	if (key == ' ')
		term->room = term->rows;
	else if (key == '\r')
		term->room = 1;
	else
		return 0;
	return 1;
}

int term_line(struct term *term, const char *text)
{
	if (term->rows > 0 && term->room == 0) {
		int rc = ask_for_more(term);

		if (rc != 1)
			return rc;
	}
	if (term->rows > 0)
		term->room--;
	term_put(term, text);
	term_put(term, "\r\n");
	return term->gone ? -1 : 1;
}

void term_drain(struct term *term)
{
	while (next_byte(term) != -1) {
	}
}
