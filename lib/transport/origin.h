/*
 * Origins: the address, the interface, or both, of this system that connections
 * are to go out from. What they need to know is found out once, by a process that
 * may ask the system for it; all others only read it.
 */
#ifndef NETFAN_TRANSPORT_ORIGIN_H
#define NETFAN_TRANSPORT_ORIGIN_H

#include "transport/transport.h"

/* Texts are borrowed, NULL for what the system may choose. */
struct origin {
	const char *source;
	const char *interface;
	struct address address; /* of the source; its length is 0 without one */
	/* Of the interface, for who may not name it to the kernel: IPv4, IPv6,
	 * where there is one. */
	struct address own[2];
};

/*
 * Find out what the texts stand for, which are an address and a name. NF_INVALID
 * when the system has no such interface, or none with that address; NF_SYSTEM.
 */
int origin_init(struct origin *origin, const char *source,
		const char *interface, struct nf_error *err);

/* Is an address of the same family as the source? NULL: any is. */
bool origin_fits(const struct origin *origin, const struct address *address);

/* The family of the source, in a word. */
const char *origin_family(const struct origin *origin);

/*
 * Have a socket of that family connect from there. An interface takes no packets
 * of another one then; where only the address can be had, as by Linux before 5.7
 * without CAP_NET_RAW, they may go out by another. NF_UNREACHABLE.
 */
int origin_bind(const struct origin *origin, int fd, sa_family_t family,
		struct nf_error *err);

#endif
