/* The first bytes of a server: its identification line and its KEXINIT. */
#ifndef NETFAN_TRANSPORT_SSH_KEXINIT_H
#define NETFAN_TRANSPORT_SSH_KEXINIT_H

#include "netfan.h"

/* The lists that must have something in common, in KEXINIT's order. */
enum kexinit_kind {
	KEXINIT_KEX,
	KEXINIT_HOSTKEY,
	KEXINIT_CIPHER_OUT,
	KEXINIT_CIPHER_IN,
	KEXINIT_MAC_OUT,
	KEXINIT_MAC_IN,
	KEXINIT_NKINDS,
};

/* Names with commas between them, borrowed. */
struct kexinit_list {
	const char *names;
	size_t len;
};

struct kexinit {
	struct kexinit_list lists[KEXINIT_NKINDS];
};

/* The bytes within which a KEXINIT has to end; it takes one or two KiB. */
#define KEXINIT_WITHIN ((size_t)8 * 1024)

/* Is the line our own identification come back? libssh2 is never a server's,
 * and a terminal echoes what it is sent. */
bool kexinit_is_echo(const char *line, size_t len);

/* Find the identification line (RFC 4253 section 4.2) in the bytes, or NULL. */
const char *kexinit_banner(const char *bytes, size_t len);

/* Is the name one of the list? */
bool kexinit_lists(const struct kexinit_list *list, const char *name);

/*
 * Find the KEXINIT (RFC 4253 section 7.1) in what a server sent in clear text,
 * from its identification line on: 1 with *kexinit filled, its names borrowed
 * from the bytes, or 0 when more has to come.
 *
 * -1 with NF_PROTOCOL for what libssh2 shall not see: no KEXINIT within
 * KEXINIT_WITHIN bytes, one whose lists end beyond it, and one whose first list
 * has a name that clients alone say. libssh2 1.11 takes that for a common
 * method and calls a function that it has not got. -1 with NF_DISCONNECTED or
 * NF_BUSY, and the server's words, for a DISCONNECT in its place.
 *
 * XXX A later KEXINIT comes encrypted and is not looked at: a server that was
 * logged in to can still end a worker that way. libssh2 would have to see to
 * it.
 */
int kexinit_find(const uint8_t *bytes, size_t len, struct kexinit *kexinit,
		 struct nf_error *err);

#endif
