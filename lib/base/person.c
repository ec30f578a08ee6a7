/* The person who runs the program. */
#include "base/person.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_name(const char *text)
{
	if (text == NULL || *text == '\0' ||
	    strnlen(text, PERSON_MAX) == PERSON_MAX)
		return false;
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	}
	return true;
}

bool person_name(char name[PERSON_MAX])
{
	const char *found = getenv("USER");
	struct passwd *user = NULL;
	struct passwd entry;
	char room[4096];

	if (!is_name(found))
		found = getenv("LOGNAME");
	if (!is_name(found) &&
	    getpwuid_r(getuid(), &entry, room, sizeof(room), &user) == 0 &&
	    user != NULL)
		found = user->pw_name;
	if (!is_name(found))
		return false;
	(void)snprintf(name, PERSON_MAX, "%s", found);
	return true;
}
