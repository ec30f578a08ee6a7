/* Versions of an output by date: their names. */
#include "store/dated.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

/* 9 is any digit, the rest is itself. */
bool dated_is(const char *name)
{
	const char *shape = "9999-99-99T99:99:99Z";

	if (strlen(name) != strlen(shape))
		return false;
	for (; *shape != '\0'; shape++, name++) {
		if (*shape == '9' ? *name < '0' || *name > '9'
				  : *name != *shape)
			return false;
	}
	return true;
}

void dated_print(char name[DATED_NAME], int64_t when_s)
{
	time_t time = (time_t)when_s;
	struct tm tm;

	if (gmtime_r(&time, &tm) == NULL ||
	    strftime(name, DATED_NAME, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		name[0] = '\0';
}

bool dated_latest(int dir_fd, char name[DATED_NAME])
{
	ssize_t len = readlinkat(dir_fd, DATED_LATEST, name, DATED_NAME - 1);

	name[len > 0 ? len : 0] = '\0';
	return dated_is(name);
}
