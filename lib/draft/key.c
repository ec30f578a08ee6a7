/* The keys of a device. */
#include "draft/key.h"

#include <stdbool.h>
#include <string.h>

#include "netfan.h"

#define NAME_OF(id, name) name,
static const char *const names[] = {KEYS_READ(NAME_OF) KEYS_IGNORED(NAME_OF)
					    NULL};
#undef NAME_OF

enum key key_find(const char *name)
{
	unsigned key = 0;

	/* Of a file, these are most comparisons. */
	while (key < NKEYS &&
	       (names[key][0] != name[0] || strcmp(names[key], name) != 0))
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

enum key key_alias(const char *name)
{
	static const struct {
		const char *name;
		enum key key;
	} aliases[] = {
		{"user", KEY_USERNAME},
		{"platform", KEY_DEVICE_TYPE},
		{"enable_secret", KEY_SECRET},
		{"enable_password", KEY_SECRET},
	};

	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (strcmp(aliases[i].name, name) == 0)
			return aliases[i].key;
	}
	return NKEYS;
}

/* Is it one edit of a longer word's name: a letter more, less, another, or two
 * that changed places? */
static bool is_one_slip(const char *one, const char *two)
{
	size_t a = strlen(one), b = strlen(two), at = 0;

	while (one[at] != '\0' && one[at] == two[at])
		at++;
	if (a == b)
		return strcmp(one + at + 1, two + at + 1) == 0 ||
		       (one[at] == two[at + 1] && one[at + 1] == two[at] &&
			strcmp(one + at + 2, two + at + 2) == 0);
	if (a + 1 == b)
		return strcmp(one + at, two + at + 1) == 0;
	return a == b + 1 && strcmp(one + at + 1, two + at) == 0;
}

const char *key_near_miss(const char *name)
{
	static const char *const words[] = {"mac",   "enabled", "users",
					    "hosts", "ports",   "proxied"};
	const char *meant;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i], name) == 0)
			return NULL;
	}
	meant = nf_nearest(name, names);
	if (meant == NULL || strlen(meant) < 4)
		return NULL;
	return strlen(meant) > 6 || is_one_slip(name, meant) ? meant : NULL;
}
