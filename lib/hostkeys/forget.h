/* Keys of hosts, taken out of a known_hosts file. */
#ifndef NETFAN_HOSTKEYS_FORGET_H
#define NETFAN_HOSTKEYS_FORGET_H

#include <stdbool.h>

#include "hostkeys/hostkeys.h"

/*
 * Take the names of n hosts out of the lines of a text, as known_hosts has
 * them. A line that is left without a name goes, as does one whose hashed name is
 * of one of the hosts. What stays as it is: marked lines (@revoked,
 * @cert-authority), patterns, lines of the host without its port, and all that
 * cannot be understood. known was read from this text, for these hosts.
 *
 * *out is for free(3), NULL when nothing is to be taken out. NF_SYSTEM without
 * memory.
 */
int forget_hosts(char **out, size_t *out_len, const char *text, size_t len,
		 const struct hostkeys *known, const struct host *hosts,
		 size_t n, struct nf_error *err);

/* Is this key of a host one that forget_hosts() takes out? */
bool forget_takes(const struct hostkeys_entry *entry);

#endif
