/* Times and spans as people write them. */
#include "archive/dates.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SECOND_US ((int64_t)1000000)
#define DAY_S 86400

/* ---- the parts of a text: false when it does not go on so */

static bool take(const char **at, char c)
{
	if (**at != c)
		return false;
	++*at;
	return true;
}

/* Take a number of just so many digits, lo-hi. */
static bool take_number(const char **at, int digits, int lo, int hi, int *out)
{
	int n = 0;

	for (int i = 0; i < digits; i++, ++*at) {
		if (!isdigit((unsigned char)**at))
			return false;
		n = 10 * n + (**at - '0');
	}
	*out = n;
	return n >= lo && n <= hi;
}

/* Take a day that the calendar has. */
static bool take_day(const char **at, struct tm *tm)
{
	int year, month, day;
	struct tm same;

	if (!take_number(at, 4, 1970, 9999, &year) || !take(at, '-') ||
	    !take_number(at, 2, 1, 12, &month) || !take(at, '-') ||
	    !take_number(at, 2, 1, 31, &day))
		return false;
	*tm = (struct tm){
		.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
	same = *tm;
	return timegm(&same) != -1 && same.tm_mday == day;
}

/* Take HH:MM[:SS], to its end. */
static bool take_clock(const char **at, struct tm *tm)
{
	tm->tm_sec = 59;
	if (!take_number(at, 2, 0, 23, &tm->tm_hour) || !take(at, ':') ||
	    !take_number(at, 2, 0, 59, &tm->tm_min))
		return false;
	return !take(at, ':') || take_number(at, 2, 0, 59, &tm->tm_sec);
}

/* Take a zone, Z or an offset, in seconds east of Greenwich. */
static bool take_zone(const char **at, int *east_s)
{
	int sign = **at == '-' ? -1 : 1, hours, minutes = 0;

	*east_s = 0;
	if (take(at, 'Z'))
		return true;
	if (!take(at, '+') && !take(at, '-'))
		return false;
	if (!take_number(at, 2, 0, 14, &hours))
		return false;
	if (**at != '\0') {
		(void)take(at, ':');
		if (!take_number(at, 2, 0, 59, &minutes))
			return false;
	}
	*east_s = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* ---- times */

static bool same_time(const struct tm *a, const struct tm *b)
{
	return a->tm_year == b->tm_year && a->tm_mon == b->tm_mon &&
	       a->tm_mday == b->tm_mday && a->tm_hour == b->tm_hour &&
	       a->tm_min == b->tm_min && a->tm_sec == b->tm_sec;
}

/* The last second at which local clocks show this time; where they leave it out,
 * what mktime(3) makes of it. */
static time_t local_seconds(const struct tm *tm)
{
	struct tm any = *tm;
	time_t last;

	any.tm_isdst = -1;
	last = mktime(&any);
	for (int isdst = 0; isdst <= 1; isdst++) {
		struct tm with = *tm;
		time_t seconds;

		with.tm_isdst = isdst;
		seconds = mktime(&with);
		if (seconds > last && same_time(&with, tm))
			last = seconds;
	}
	return last;
}

static int64_t end_of_second(int64_t seconds)
{
	return seconds * SECOND_US + SECOND_US - 1;
}

static bool read_calendar(int64_t *us, const char *text)
{
	const char *at = text;
	struct tm tm;
	int east_s;

	if (!take_day(&at, &tm))
		return false;
	tm.tm_hour = 23;
	tm.tm_min = 59;
	tm.tm_sec = 59;
	if (*at != '\0' &&
	    ((!take(&at, ' ') && !take(&at, 'T')) || !take_clock(&at, &tm)))
		return false;
	if (*at == '\0') {
		*us = end_of_second(local_seconds(&tm));
		return true;
	}
	if (!take_zone(&at, &east_s) || *at != '\0')
		return false;
	*us = end_of_second(timegm(&tm) - east_s);
	return true;
}

static int64_t end_of_yesterday(int64_t now_us)
{
	time_t now = (time_t)(now_us / SECOND_US);
	struct tm tm;

	(void)localtime_r(&now, &tm);
	tm.tm_mday--; /* the 0th is the last of the month before */
	tm.tm_hour = 23;
	tm.tm_min = 59;
	tm.tm_sec = 59;
	tm.tm_isdst = -1;
	(void)mktime(&tm);
	return end_of_second(local_seconds(&tm));
}

bool date_read(int64_t *us, const char *text, int64_t now_us)
{
	static const char ago[] = " ago";
	size_t len = strlen(text);
	char span[16];

	if (strcmp(text, "yesterday") == 0) {
		*us = end_of_yesterday(now_us);
		return true;
	}
	if (len >= sizeof(ago) && strcmp(text + len - 4, ago) == 0)
		len -= 4;
	if (len < sizeof(span)) {
		(void)snprintf(span, sizeof(span), "%.*s", (int)len, text);
		if (date_span(us, span)) {
			*us = now_us - *us;
			return true;
		}
	}
	return read_calendar(us, text);
}

bool date_is_meant(const char *text)
{
	int year;

	return take_number(&text, 4, 0, 9999, &year) && *text == '-';
}

bool date_span(int64_t *us, const char *text)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = {{'m', 60}, {'h', 3600}, {'d', DAY_S}, {'w', 7 * DAY_S}};
	size_t digits = strspn(text, "0123456789");
	int number;

	if (digits < 1 || digits > 5 ||
	    !take_number(&text, (int)digits, 1, 99999, &number))
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (text[0] == units[i].letter && text[1] == '\0') {
			*us = number * units[i].seconds * SECOND_US;
			return true;
		}
	}
	return false;
}

void date_text(char out[DATE_TEXT], int64_t us)
{
	time_t seconds = (time_t)(us / SECOND_US);
	struct tm tm;

	(void)localtime_r(&seconds, &tm);
	if (strftime(out, DATE_TEXT, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		out[0] = '\0';
}
