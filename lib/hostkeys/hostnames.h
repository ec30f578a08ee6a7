/*
 * The names under which hosts are looked for in a known_hosts file: each once,
 * in lower case. "[host]:port" stands for a host and a port other than 22, and
 * where nothing is known of that, ssh(1) looks for "host" as well.
 */
#ifndef NETFAN_HOSTKEYS_HOSTNAMES_H
#define NETFAN_HOSTKEYS_HOSTNAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strings.h"

#define HOSTNAMES_NONE SIZE_MAX

/* Where an SSH server is. */
struct host {
	const char *name; /* or address, in any case */
	uint16_t port;
};

struct hostname {
	const char *text;
	size_t len;
	size_t beside; /* of "[host]:port": "host", else HOSTNAMES_NONE */
	bool own; /* a host's own, not only looked at beside another */
};

struct hostnames {
	struct strings texts;
	struct hostname *at; /* by text */
	size_t n;
	size_t *own; /* places of the hosts' own, in the order of the hosts */
	size_t nown;
};

/*
 * Make the names of n hosts, of which some may be the same. A host that is too
 * long for a name gets none. -1 without memory; to be released then, too.
 */
int hostnames_init(struct hostnames *names, const struct host *hosts, size_t n);
void hostnames_release(struct hostnames *names);

/* The place of a name in lower case, HOSTNAMES_NONE when there is none. */
size_t hostnames_find(const struct hostnames *names, const char *text);
size_t hostnames_host(const struct hostnames *names, const char *host,
		      uint16_t port);

#endif
