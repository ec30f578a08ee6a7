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

/* The place of an SSH server. */
struct host {
	const char *name; /* or address, in any case of letters */
	uint16_t port;
};

struct hostname {
	const char *text;
	size_t len;
	bool own; /* of a host given, not only another's without its port */
	size_t portless; /* "host" of "[host]:port", else HOSTNAMES_NONE */
};

struct hostnames {
	struct strings texts;
	struct hostname *at; /* by text */
	size_t n;
	size_t *own; /* places of own names, in the order of the hosts */
	size_t nown;
};

/*
 * Make the names of n hosts, of which some may be the same. A host that is too
 * long for a name gets none. -1 without memory; to be released then, too.
 */
int hostnames_init(struct hostnames *names, const struct host *hosts, size_t n);
void hostnames_release(struct hostnames *names);

/* Find a name, in lower case: its place, or HOSTNAMES_NONE. */
size_t hostnames_find(const struct hostnames *names, const char *text);

/* Find the name of host:port: its place, or HOSTNAMES_NONE. */
size_t hostnames_host(const struct hostnames *names, const char *host,
		      uint16_t port);

#endif
