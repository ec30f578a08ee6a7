/* Text that is no wider than the terminal it is shown on. */
#include "format/fold.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_MAX 10000
#define DEEPER 2

/* Read $COLUMNS: FOLD_NEVER when it is no number of columns. */
static unsigned columns_wanted(void)
{
	const char *text = getenv("COLUMNS");
	unsigned long columns;
	char *end;

	if (text == NULL || text[0] < '0' || text[0] > '9')
		return FOLD_NEVER;
	columns = strtoul(text, &end, 10);
	return *end == '\0' && columns <= COLUMNS_MAX ? (unsigned)columns
						      : FOLD_NEVER;
}

unsigned fold_columns(void)
{
	unsigned columns = columns_wanted();
	struct winsize size = {0};

	if (columns != FOLD_NEVER)
		return columns;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return FOLD_NEVER;
}

/* Count the characters of UTF-8 text: bytes that continue none. */
static unsigned length_of(const char *text, size_t len)
{
	unsigned length = 0;

	for (size_t i = 0; i < len; i++)
		length += ((unsigned char)text[i] & 0xC0) != 0x80;
	return length;
}

unsigned fold_width(const char *text)
{
	return length_of(text, strlen(text));
}

/* Is this a unit, which its number keeps beside it: "0.5 s,"? */
static bool is_unit(const char *word)
{
	return word[0] == ' ' && word[1] == 's' &&
	       !isalpha((unsigned char)word[2]);
}

/* Find the end of the word that begins here, or behind blanks. */
static size_t end_of_word(const char *line)
{
	size_t end = strspn(line, " ");

	end += strcspn(line + end, " \n");
	if (is_unit(line + end))
		end += 1 + strcspn(line + end + 1, " \n");
	return end;
}

/* Count the bytes of a line that go into so many columns: up to a blank, or
 * one word at least. */
static size_t fitting(const char *line, size_t len, unsigned columns)
{
	size_t fits = 0;

	while (fits < len) {
		size_t end = fits + end_of_word(line + fits);

		if (fits > 0 && length_of(line, end) > columns)
			break;
		fits = end;
	}
	return fits;
}

/* Write one line of len bytes, which come without its end. */
static void fold_line(FILE *out, const char *line, size_t len, unsigned columns)
{
	unsigned indent = (unsigned)strspn(line, " ");
	size_t n = fitting(line, len, columns);

	(void)fprintf(out, "%.*s\n", (int)n, line);
	indent += DEEPER;
	while (n < len) {
		n += strspn(line + n, " ");
		line += n;
		len -= n;
		n = fitting(line, len, columns > indent ? columns - indent : 1);
		(void)fprintf(out, "%*s%.*s\n", (int)indent, "", (int)n, line);
	}
}

void fold_text(FILE *out, const char *text, unsigned columns)
{
	if (columns == FOLD_NEVER) {
		(void)fputs(text, out);
		return;
	}
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		fold_line(out, text, len, columns);
		text += len + (text[len] == '\n');
	}
}
