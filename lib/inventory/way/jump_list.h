/*
 * Jump lists: the hosts through which a device is reached, the nearest to us
 * first, as ssh_config(5) has them for ProxyJump: [user@]host[:port], several with
 * commas; an IPv6 address with a port stands in brackets.
 */
#ifndef NETFAN_INVENTORY_WAY_JUMP_LIST_H
#define NETFAN_INVENTORY_WAY_JUMP_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JUMP_LIST_NONE "none" /* the whole of a text that is no list */
#define JUMP_LIST_MAX 8 /* hosts in one */

struct jump_name {
	char text[332]; /* as it stands in the list */
	char user[64]; /* "": none is given */
	char host[256]; /* without brackets; may be a device's name */
	uint16_t port; /* 0: none is given */
};

/* Is the list switched off? */
bool jump_list_is_none(const char *text);

/* Read the next of a list, *at being its beginning at first: 1, 0 behind the
 * last, -1 with why, and what would be right. */
int jump_list_next(const char **at, struct jump_name *out, char *why,
		   size_t size);

/* Is it a list, or "none"? Else why says what is wrong. */
bool jump_list_check(const char *text, char *why, size_t size);

#endif
