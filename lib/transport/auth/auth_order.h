/* Which methods of authentication are tried, and in which order. */
#ifndef NETFAN_TRANSPORT_AUTH_AUTH_ORDER_H
#define NETFAN_TRANSPORT_AUTH_AUTH_ORDER_H

#include "netfan.h"

/* In the order in which ssh(1) tries them. */
enum auth_kind {
	AUTH_PUBLICKEY, /* keys whose private part is here */
	AUTH_AGENT, /* keys that an agent has: to SSH, publickey as well */
	AUTH_PASSWORD,
	AUTH_KEYBOARD,
};
#define AUTH_NKINDS 4

/* Zeroed, it is the order of ssh(1). */
struct auth_order {
	unsigned char at[AUTH_NKINDS]; /* enum auth_kind, each once */
	unsigned char n;
};

/* The name of a method, as a user writes it. */
const char *auth_kind_name(enum auth_kind kind);

/* Read names with commas between: NF_INVALID with what would be right. */
int auth_order_read(struct auth_order *order, const char *list,
		    struct nf_error *err);

/* The i-th method, from 0: a kind, or AUTH_NKINDS behind the last. */
int auth_order_at(const struct auth_order *order, size_t i);

#endif
