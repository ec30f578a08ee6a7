/*
 * Platforms: what a device type needs from a session, as data. The names are
 * netmiko's device_type names.
 */
#ifndef NETFAN_PLATFORM_PLATFORM_H
#define NETFAN_PLATFORM_PLATFORM_H

#include <stddef.h>

/*
 * Patterns are PCRE2, matched against one line with its carriage returns and
 * terminal control sequences taken out. NULL where a platform has no such
 * thing; lists end with NULL.
 */
struct platform {
	const char *name;
	const char *term; /* terminal type asked for with the pty */
	const char *enter; /* what ends a line sent: "\r" or "\n" */
	const char *prompt; /* any prompt, of any mode */
	const char *user; /* a prompt without privileges: enable works */
	const char *mode_change; /* follows the prompt's name in another mode */
	const char *enable; /* command that asks for privileges */
	const char *password; /* prompt that enable answers with the secret */
	const char *pager; /* a pager's prompt */
	const char *pager_next; /* key that asks it for the next page */
	const char *logout; /* said before the connection is closed */
	const char *const *paging_off; /* commands; a refused one is no harm */
	const char *const *errors; /* start of a line that refuses */
};

/* How far to go for old devices, as the inventory says for each. */
enum legacy {
	LEGACY_DEFAULT, /* SHA-1 and CBC last, what is broken never */
	LEGACY_ON, /* that too, last */
	LEGACY_OFF, /* neither */
};

/* The platform of a device_type, or NULL. */
const struct platform *platform_find(const char *name);

/* Names of all platforms, NULL at the end: for an error's suggestion. */
const char *const *platform_names(void);

#endif
