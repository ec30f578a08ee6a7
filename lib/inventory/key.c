/* The keys of a device. */
#include "inventory/key.h"

#include <string.h>

#include "netfan.h"

#define NAME_OF(id, name) name,
static const char *const names[] = {KEYS_READ(NAME_OF) KEYS_IGNORED(NAME_OF)
					    NULL};
#undef NAME_OF

enum key key_find(const char *name)
{
	unsigned key = 0;

	while (key < NKEYS && strcmp(names[key], name) != 0)
		key++;
	return (enum key)key; /* 0..NKEYS */
}

const char *key_name(enum key key)
{
	return names[key];
}

const char *key_instead(enum key key)
{
	switch ((int)key) {
	case KEY_TIMEOUT:
		return "; conn_timeout is the time of connecting, "
		       "read_timeout_override that of a command";
	case KEY_BLOCKING_TIMEOUT:
		return "; read_timeout_override is the time of a command";
	case KEY_SESSION_TIMEOUT:
		return "; the time of a session is not a device's, but "
		       "one for all";
	}
	return "";
}

const char *key_suggest(const char *name)
{
	return nf_nearest(name, names);
}
