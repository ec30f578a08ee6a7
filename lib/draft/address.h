/* Addresses of devices: mistakes in them, and what to write instead. */
#ifndef NETFAN_DRAFT_ADDRESS_H
#define NETFAN_DRAFT_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether text, without blanks, is one address or may be one name. When not,
 * *why says what is wrong with it and what to write, as in "it holds a port:
 * write host: r1, port: 22". Refused are also the short forms of IPv4 that
 * inet_aton(3) takes, and so the resolver: 127.1, 2130706433, and 127.0.0.010,
 * which is 127.0.0.8 to it.
 */
bool address_check(const char *text, char *why, size_t size);

/* Is text an address, and no name? An IPv6 one may have a scope (%eth0), which has
 * to be one of this system only when it is used. */
bool address_is_numeric(const char *text);

/* The part of text that may be shown: of user:password@r1 from the '@' on. */
const char *address_shown(const char *text);

#endif
