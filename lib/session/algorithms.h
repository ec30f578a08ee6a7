/* Which SSH algorithms netfan offers, and what a server offered. */
#ifndef NETFAN_SESSION_ALGORITHMS_H
#define NETFAN_SESSION_ALGORITHMS_H

#include "netfan.h"
#include "platform/platform.h"

/* The lists that must have something in common, in KEXINIT's order. */
enum algorithms_kind {
	ALGORITHMS_KEX,
	ALGORITHMS_HOSTKEY,
	ALGORITHMS_CIPHER_OUT,
	ALGORITHMS_CIPHER_IN,
	ALGORITHMS_MAC_OUT,
	ALGORITHMS_MAC_IN,
	ALGORITHMS_NKINDS,
};

#define ALGORITHMS_LIST 1024

/*
 * Our list of a kind, best first, comma-separated. For host keys the types in
 * first[0..nfirst) come before all others, as far as we speak them.
 */
void algorithms_list(enum algorithms_kind kind, enum legacy legacy,
		     const char *const *first, size_t nfirst,
		     char out[ALGORITHMS_LIST]);

/* True for one that is only there for old devices. */
bool algorithms_weak(enum algorithms_kind kind, const char *name);

/*
 * Explain why a handshake came to nothing, from the first bytes the server
 * sent: banner and KEXINIT (RFC 4253 sections 4.2 and 7.1), both in clear text.
 * NF_PROTOCOL for no SSH server or another version, NF_NO_COMMON_ALGORITHM
 * with both lists; 0 when these bytes explain nothing.
 */
int algorithms_explain(const uint8_t *bytes, size_t len, enum legacy legacy,
		       struct nf_error *err);

#endif
