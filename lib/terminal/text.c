/* The text that a terminal shows. */
#include "terminal/text.h"

#include <string.h>
#include <sys/types.h>

#include "terminal/line.h"

#define ESC 0x1b
#define PARAMETER_MAX 4096u
#define RUBBED_MAX 512u /* a terminal's line: what is rubbed out fits in it */
#define SHIFTED_MAX                                                            \
	4096u /* bytes: a row of the longest characters fits in it */

void text_init(struct text *text, size_t columns, text_line_fn *on_line,
	       void *arg)
{
	*text = (struct text){
		.columns = columns, .on_line = on_line, .arg = arg};
	buf_init(&text->line, TEXT_LINE_MAX);
}

void text_release(struct text *text)
{
	buf_release(&text->line);
	overlay_release(&text->overlay);
}

void text_drop_line(struct text *text)
{
	text->line.len = 0;
	text->cursor = 0;
	text->row = 0;
	text->moved = false;
	overlay_drop(&text->overlay);
	text->kept = false;
	text->rang = false;
	text->rose = false;
}

size_t text_column(const struct text *text)
{
	size_t len = text->cursor - text->row;

	/* The line has no bytes before the first came. */
	return len > 0 ? line_columns(text->line.data + text->row, len) : 0;
}

/*
 * Drop blanks to the right of a cursor that was moved back, if nothing else
 * stands there: they were written to rub something out.
 */
static void trim_rubbed(struct text *text)
{
	size_t at = text->cursor;

	text->moved = false;
	if (text->line.len - at > RUBBED_MAX)
		return;
	while (at < text->line.len && text->line.data[at] == ' ')
		at++;
	if (at == text->line.len)
		text->line.len = text->cursor;
}

/* Begin the next row: not before a character comes that has no place in a full
 * one. */
static void wrap(struct text *text)
{
	/* No row has more columns than bytes. */
	while (text->cursor - text->row > text->columns) {
		size_t len = line_columns_len(text->line.data + text->row,
					      text->cursor - text->row,
					      text->columns);

		if (text->row + len == text->cursor)
			return;
		text->row += len;
	}
}

/*
 * Write one byte over what the cursor stands on. A character takes the place of
 * a whole one, whatever their bytes; but nothing far behind is moved for it.
 */
static int put_byte_over(struct text *text, uint8_t byte)
{
	struct buf *line = &text->line;
	uint8_t *at = line->data + text->cursor;
	size_t behind = line->len - text->cursor;
	size_t old = line_continues(line->data, text->cursor, byte)
			     ? 0
			     : line_char_len(at, behind);

	if (behind > SHIFTED_MAX || buf_room(line) == 0)
		old = 1;
	if (old == 0) {
		if (buf_append(line, &byte, 1) == -1)
			return -1;
		at = line->data + text->cursor;
		memmove(at + 1, at, behind);
	} else if (old > 1) {
		memmove(at + 1, at + old, behind - old);
		line->len -= old - 1;
	}
	*at = byte;
	text->cursor++;
	return 0;
}

/* Write characters over those from the cursor to the end of the line: how many
 * bytes were written, or -1. */
static ssize_t put_over(struct text *text, const uint8_t *bytes, size_t len)
{
	size_t n = text->line.len - text->cursor, done = 0;
	uint8_t *at = text->line.data + text->cursor;

	if (n > len)
		n = len;
	if (line_is_ascii(at, n) && line_is_ascii(bytes, n)) {
		memcpy(at, bytes, n);
		text->cursor += n;
		return (ssize_t)n;
	}
	while (done < len && text->cursor < text->line.len) {
		if (put_byte_over(text, bytes[done++]) == -1)
			return -1;
	}
	return (ssize_t)done;
}

/* Write characters at the cursor: over what is there, then at the end. */
static int put_text(struct text *text, const uint8_t *bytes, size_t len)
{
	ssize_t over;

	text->rang = false;
	if (text->moved)
		trim_rubbed(text);
	if (text->cursor < text->line.len) {
		over = put_over(text, bytes, len);
		if (over == -1)
			return -1;
		bytes += over;
		len -= (size_t)over;
	}
	while (len > 0) {
		size_t n = buf_room(&text->line);

		if (n == 0) {
			if (text->on_line(text->arg, text->line.data,
					  text->line.len) == -1)
				return -1;
			text_drop_line(text);
			continue;
		}
		if (n > len)
			n = len;
		if (buf_append(&text->line, bytes, n) == -1)
			return -1;
		text->cursor += n;
		bytes += n;
		len -= n;
	}
	wrap(text);
	return 0;
}

/* Take the pager's prompt away, now that text comes or the line ends; or put it
 * into the line, if it turns out to be text. */
static int uncover(struct text *text, bool at_end)
{
	static const uint8_t blank = ' ';
	struct overlay overlay = text->overlay;
	size_t nblanks, nleft = overlay_left(&overlay, at_end, &nblanks);
	int rc = 0;

	text->overlay = (struct overlay){.cursor = 0};
	text->rubbed = overlay.rubbed;
	text->kept = !overlay.rubbed;
	if (nleft > 0)
		rc = put_text(text, overlay.shown.data, nleft);
	while (rc == 0 && nblanks-- > 0)
		rc = put_text(text, &blank, 1);
	overlay_release(&overlay);
	return rc;
}

/* Write characters: blanks may be for the pager's prompt behind the line. */
static int put(struct text *text, const uint8_t *bytes, size_t len)
{
	size_t nblanks = 0;

	if (overlay_is_shown(&text->overlay)) {
		while (nblanks < len && bytes[nblanks] == ' ')
			nblanks++;
		overlay_put_blanks(&text->overlay, nblanks);
		if (nblanks == len)
			return 0;
		if (uncover(text, false) == -1)
			return -1;
	}
	return put_text(text, bytes + nblanks, len - nblanks);
}

static int end_line(struct text *text)
{
	static const uint8_t newline = '\n';
	int rc;

	if (overlay_is_shown(&text->overlay) && uncover(text, true) == -1)
		return -1;
	/* Not after a carriage return: a line of blanks is a line of blanks. */
	if (text->moved && text->cursor > text->row)
		trim_rubbed(text);
	if (buf_room(&text->line) == 0) {
		rc = text->on_line(text->arg, text->line.data, text->line.len);
		text->line.len = 0;
		if (rc == -1)
			return -1;
	}
	if (buf_append(&text->line, &newline, 1) == -1)
		return -1;
	rc = text->on_line(text->arg, text->line.data, text->line.len);
	text_drop_line(text);
	return rc;
}

/*
 * Begin the next row before a carriage return in the last column, on a terminal
 * that goes on as soon as a row is full: a shell fills it up to get there. Not
 * behind a shell's mark alone, which fills the row only for a terminal that
 * waits for the next character: a shell may take ours for one.
 */
static void leave_full_row(struct text *text)
{
	const uint8_t *row;
	size_t len = text->cursor - text->row;

	if (!text->wraps_at_once || len < text->columns ||
	    text_column(text) != text->columns)
		return;
	row = text->line.data + text->row;
	len = trimmed(row, len);
	if (len != line_mark(row, len))
		text->row = text->cursor;
}

/* Find where a number of characters before a place begin. */
static size_t before(const struct text *text, size_t place, size_t count)
{
	const uint8_t *line = text->line.data;

	while (count-- > 0 && place > 0) {
		place--;
		while (place > 0 && line_continues(line, place, line[place]))
			place--;
	}
	return place;
}

/* Move to a place of the line, in this row or one before it. */
static void move_to_place(struct text *text, size_t place)
{
	text->cursor = place;
	while (text->row > place)
		text->row = before(text, text->row, text->columns);
}

static void move_back(struct text *text, size_t by)
{
	if (overlay_is_shown(&text->overlay)) {
		overlay_move_back(&text->overlay, by);
		return;
	}
	move_to_place(text, before(text, text->cursor, by));
	text->moved = true;
}

static int move_right(struct text *text, size_t by)
{
	static const uint8_t blank = ' ';
	const struct buf *line = &text->line;

	while (by-- > 0) {
		if (text->cursor < line->len)
			text->cursor += line_char_len(line->data + text->cursor,
						      line->len - text->cursor);
		else if (put(text, &blank, 1) == -1)
			return -1;
	}
	return 0;
}

/* The column of the cursor, behind a pager's prompt, too. */
static size_t column_shown(const struct text *text)
{
	size_t behind =
		overlay_is_shown(&text->overlay) ? text->overlay.cursor : 0;

	return text_column(text) + behind;
}

/* Move the cursor to a column, at most the last of its row. */
static int move_to(struct text *text, size_t column)
{
	size_t now = text_column(text), last = text->columns - 1;

	if (overlay_is_shown(&text->overlay)) {
		overlay_move_to(&text->overlay,
				column > now ? column - now : 0);
		return 0;
	}
	if (column > last)
		column = last > now ? last : now;
	if (column >= now)
		return move_right(text, column - now);
	move_back(text, now - column);
	return 0;
}

/* Erase to the end of the line (0), up to the cursor (1), or all of it (2). */
static void erase(struct text *text)
{
	if (overlay_is_shown(&text->overlay)) {
		overlay_erase(&text->overlay, text->parameter);
	} else if (text->parameter == 0) {
		text->line.len = text->cursor;
	} else if (text->parameter == 1 && text->cursor > 0) {
		memset(text->line.data, ' ', text->cursor);
	} else if (text->parameter == 2) {
		text_drop_line(text);
	}
}

static int control_ends(struct text *text, uint8_t final)
{
	size_t count = text->parameter > 0 ? text->parameter : 1;

	text->state = TEXT_GROUND;
	switch (final) {
	case 'A': /* cursor up: the line itself was passed on */
		text->rose = true;
		break;
	case 'D': /* cursor left */
		move_back(text, count);
		break;
	case 'C': /* cursor right */
		return move_to(text, column_shown(text) + count);
	case 'G': /* to a column of its row */
		return move_to(text, count - 1);
	case 'K':
		erase(text);
		break;
	case 'J': /* what stands below is no line's yet */
		if (text->parameter == 0)
			erase(text);
		break;
	case 'c':
		text->asked_identity = true;
		break;
	case 'n':
		text->asked_status |= text->parameter == 5;
		text->asked_position += text->parameter == 6;
		break;
	case 'E': /* a line down */
	case 'L': /* room for a line: what is written next is another one */
		return end_line(text);
	default: /* colours, modes, whole screens: nothing for a line */
		break;
	}
	return 0;
}

static void carriage_return(struct text *text)
{
	if (overlay_is_shown(&text->overlay)) {
		overlay_return(&text->overlay);
		return;
	}
	if (text->moved)
		trim_rubbed(text);
	leave_full_row(text);
	text->cursor = text->row;
	text->moved = true;
}

static int ground(struct text *text, uint8_t byte)
{
	switch (byte) {
	case '\n':
		return end_line(text);
	case '\r':
		carriage_return(text);
		return 0;
	case '\b':
		move_back(text, 1);
		return 0;
	case ESC:
		text->state = TEXT_ESCAPE;
		return 0;
	case '\a':
		text->rang = true;
		return 0;
	case '\t':
		return put(text, &byte, 1);
	default: /* NUL and the like show nothing */
		return byte >= 0x20 && byte != 0x7f ? put(text, &byte, 1) : 0;
	}
}

static int escape(struct text *text, uint8_t byte)
{
	text->state = TEXT_GROUND;
	text->parameter = 0;
	text->rest = false;
	if (byte == '[')
		text->state = TEXT_CONTROL;
	else if (byte == ']' || byte == 'P' || byte == 'X' || byte == '^' ||
		 byte == '_')
		text->state = TEXT_STRING;
	else if (byte >= 0x20 && byte <= 0x2f)
		text->state = TEXT_CHARSET;
	else if (byte == ESC)
		text->state = TEXT_ESCAPE;
	else if (byte == 'Z')
		text->asked_identity = true;
	else if (byte == 'E') /* next line */
		return end_line(text);
	return 0;
}

static int control(struct text *text, uint8_t byte)
{
	if (byte >= '0' && byte <= '9') {
		if (!text->rest && text->parameter < PARAMETER_MAX / 10)
			text->parameter =
				text->parameter * 10 + (byte - (unsigned)'0');
	} else if (byte == ';') {
		text->rest = true;
	} else if (byte >= 0x40 && byte <= 0x7e) {
		return control_ends(text, byte);
	} else if (byte == ESC) {
		text->state = TEXT_ESCAPE;
	} else if (byte < 0x20) {
		return ground(text, byte); /* acts inside a sequence */
	}
	return 0;
}

static void string(struct text *text, uint8_t byte)
{
	text->state = TEXT_STRING;
	if (byte == ESC)
		text->state = TEXT_STRING_ENDS;
	else if (byte == 0x07)
		text->state = TEXT_GROUND;
}

static int feed_byte(struct text *text, uint8_t byte)
{
	/* A line end ends any sequence: better some noise than a lost line. */
	if (byte == '\n')
		text->state = TEXT_GROUND;
	switch (text->state) {
	case TEXT_GROUND:
		return ground(text, byte);
	case TEXT_ESCAPE:
		return escape(text, byte);
	case TEXT_CHARSET:
		text->state = TEXT_GROUND;
		return 0;
	case TEXT_CONTROL:
		return control(text, byte);
	case TEXT_STRING:
		string(text, byte);
		return 0;
	case TEXT_STRING_ENDS:
		text->state = TEXT_GROUND;
		if (byte != '\\')
			string(text, byte);
		return 0;
	}
	return -1;
}

/* Count the characters that stand for themselves, as nearly all output does. */
static size_t plain_run(const uint8_t *bytes, size_t len)
{
	size_t n = 0;

	while (n < len && bytes[n] >= 0x20 && bytes[n] != 0x7f)
		n++;
	return n;
}

int text_feed(struct text *text, const uint8_t *bytes, size_t len)
{
	size_t at = 0;

	while (at < len) {
		size_t n = text->state == TEXT_GROUND
				   ? plain_run(bytes + at, len - at)
				   : 0;

		if (n == 0) {
			if (feed_byte(text, bytes[at++]) == -1)
				return -1;
		} else if (put(text, bytes + at, n) == -1) {
			return -1;
		}
		at += n;
	}
	return 0;
}

int text_cover(struct text *text, size_t from, enum overlay_leaves leaves)
{
	struct buf *line = &text->line;

	overlay_drop(&text->overlay);
	text->rubbed = text->kept = false;
	if (from < line->len && overlay_show(&text->overlay, line->data + from,
					     line->len - from, leaves) == -1)
		return -1;
	line->len = from;
	text->moved = false;
	move_to_place(text, from);
	return 0;
}
