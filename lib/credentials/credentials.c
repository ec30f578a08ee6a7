/* Comparing what devices are logged in with. */
#include "credentials/credentials.h"

#include <stddef.h>
#include <string.h>

static bool equal_text(const char *one, const char *two)
{
	return one == two ||
	       (one != NULL && two != NULL && strcmp(one, two) == 0);
}

bool credentials_enable(const struct credentials *credentials)
{
	switch (credentials->enable) {
	case ENABLE_WITH_SECRET:
		return credentials->secret != NULL;
	case ENABLE_ALWAYS:
		return true;
	case ENABLE_NEVER:
		break;
	}
	return false;
}

bool credentials_equal(const struct credentials *one,
		       const struct credentials *two)
{
	return equal_text(one->username, two->username) &&
	       equal_text(one->password, two->password) &&
	       equal_text(one->secret, two->secret) &&
	       one->enable == two->enable;
}

int credentials_compare_login(const struct credentials *one,
			      const struct credentials *two)
{
	int order = strcmp(one->username, two->username);

	/* Devices of one file share the string of their defaults. */
	if (order != 0 || one->password == two->password)
		return order;
	if (one->password == NULL || two->password == NULL)
		return one->password == NULL ? -1 : 1;
	return strcmp(one->password, two->password);
}
