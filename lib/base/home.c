/* The user's home directory. */
#include "base/home.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* cron may give no HOME; the password database knows it all the same. */
char *home_path(const char *file)
{
	const char *home = getenv("HOME");
	char *path = NULL;

	if (home == NULL || home[0] == '\0') {
		const struct passwd *user = getpwuid(getuid());

		home = user != NULL ? user->pw_dir : NULL;
	}
	if (home == NULL || asprintf(&path, "%s/%s", home, file) == -1)
		return NULL;
	return path;
}

char *home_expand(const char *path)
{
	return strncmp(path, "~/", 2) == 0 ? home_path(path + 2) : strdup(path);
}
