/*
 * Announcements: the lines by which a device says that it takes lines now, of
 * the text of a banner, say, and what ends them. README.md tells how a platform
 * file has those of its own (takes_lines).
 */
#ifndef NETFAN_PLATFORM_ANNOUNCEMENTS_H
#define NETFAN_PLATFORM_ANNOUNCEMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct platform;
struct announcements;

/* What ends the lines. */
enum lines_end {
	LINES_END_NONE, /* none are announced */
	LINES_END_CHARACTER, /* the mark, wherever it stands in a line */
	LINES_END_WORD, /* a line that is the mark */
	LINES_END_KEY, /* a key: the mark is "^D" for Ctrl-D */
	LINES_END_UNNAMED, /* the command's last word, on a line of its own */
};

#define LINES_MARK_MAX 32

/* Compile those of a platform (checked as it was loaded) and those of all; NULL
 * without memory. */
struct announcements *announcements_new(const struct platform *platform);
void announcements_free(struct announcements *announcements);

/* What ends the lines that a line of output announces, in mark; *blank: a blank
 * line does so, too. */
enum lines_end announcements_find(const struct announcements *announcements,
				  const uint8_t *line, size_t len,
				  char mark[LINES_MARK_MAX + 1], bool *blank);

#endif
