/* The environment, passed on. */
#include "system/environment.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OWN_PREFIX "NETFAN_"

const char **environment_make(void)
{
	size_t n = 0, kept = 0;
	const char **env;

	while (environ != NULL && environ[n] != NULL)
		n++;
	env = calloc(n + 1, sizeof(*env));
	for (size_t i = 0; env != NULL && i < n; i++) {
		if (strncmp(environ[i], OWN_PREFIX, strlen(OWN_PREFIX)) != 0)
			env[kept++] = environ[i];
	}
	return env;
}
