/*
 * Times and spans as people write them. A time is local, unless a zone stands
 * behind it:
 *
 *   2026-11-30                    that day
 *   2026-11-30 02:17[:05][ZONE]   that minute or second; with a T for the blank,
 *                                 too; ZONE is Z, +01, +01:00 or +0100
 *   yesterday
 *   90m, 36h, 2d, 1w              so long ago; "2d ago" is the same
 *
 * It is taken to its end, the last microsecond of that day, minute or second: so
 * what is asked for by the time of a change has that change. A local time that
 * comes twice, as the clock is set back, is the later one.
 */
#ifndef NETFAN_CMD_ARCHIVE_DATES_H
#define NETFAN_CMD_ARCHIVE_DATES_H

#include <stdbool.h>
#include <stdint.h>

/* What an error says of it. */
#define DATE_ACCEPTED                                                          \
	"YYYY-MM-DD, YYYY-MM-DD HH:MM[:SS] with Z or +HH:MM behind it where "  \
	"it is not local, yesterday, or how long ago: 90m, 36h, 2d, 1w"

/* Read a time as microseconds since 1970; false: it is none. */
bool date_read(int64_t *us, const char *text, int64_t now_us);

/* Is this a time, or meant to be one: four digits and a "-"? */
bool date_is_meant(const char *text);

/* Read a span in microseconds: "90m", "36h", "2d", "1w"; false: it is none, as
 * is "1e3d", which may be a commit. */
bool date_span(int64_t *us, const char *text);

/* Write a time, local, to the second: "2026-11-30 02:17:05". */
#define DATE_TEXT 32
void date_text(char out[DATE_TEXT], int64_t us);

#endif
