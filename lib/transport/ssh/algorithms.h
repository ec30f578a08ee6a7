/* The SSH algorithms that netfan offers, and what a server has in common. */
#ifndef NETFAN_TRANSPORT_SSH_ALGORITHMS_H
#define NETFAN_TRANSPORT_SSH_ALGORITHMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netfan.h"
#include "transport/ssh/kexinit.h"
#include "transport/ssh/legacy.h"

#define ALGORITHMS_LIST 1024

/* A version of libssh2, as its LIBSSH2_VERSION_NUM has it. */
#define ALGORITHMS_VERSION(major, minor, patch)                                \
	((major) << 16 | (minor) << 8 | (patch))

/* Rows of our table, best first. */
#define ALGORITHMS_ROWS 32
struct algorithms_order {
	uint8_t row[ALGORITHMS_ROWS];
	size_t n;
};

/* What may be offered: the names we know that the linked libssh2 speaks. */
struct algorithms {
	enum legacy legacy;
	int version; /* of libssh2 */
	bool says_strict; /* libssh2 leaves asking for strict kex to us */
	uint32_t spoken[KEXINIT_NKINDS]; /* a bit for each row of our table */
	struct algorithms_order offered[KEXINIT_NKINDS];
	bool listed[KEXINIT_NKINDS]; /* a list of the wish said what */
};

/*
 * What is wished for a device. Zeroed, all is as netfan likes it. A list is one
 * as ssh_config(5) has it: names with commas between them, which * and ? may
 * stand in, to be offered in this order; behind a + beside our own, behind a -
 * our own without them, behind a ^ before our own. NULL: there is none.
 */
struct algorithms_wish {
	enum legacy legacy;
	const char *kex, *hostkeys, *ciphers, *macs;
};

#define ALGORITHMS_LISTS 4 /* of a wish */

/* Begin with no names: algorithms_speak() adds those of each kind. */
void algorithms_init(struct algorithms *algorithms, enum legacy legacy,
		     int version);

/* Add the n names of a kind that libssh2_session_supported_algs(3) lists. */
void algorithms_speak(struct algorithms *algorithms, enum kexinit_kind kind,
		      const char *const *names, size_t n);

/* Is this a list as ssh_config(5) has it, whatever the names? */
bool algorithms_is_list(const char *text);

/*
 * Offer what the lists of a wish say, as far as the library speaks it. Broken
 * ones that a list names are offered, too. NF_INVALID where a list leaves
 * nothing to be offered.
 */
int algorithms_choose(struct algorithms *algorithms,
		      const struct algorithms_wish *wish, struct nf_error *err);

/* Write the key of the list at this place of a wish, and which of its names are
 * not offered, as the library does not speak them, and what would: true, false
 * for none. */
bool algorithms_tell_lacking(const struct algorithms *algorithms,
			     const struct algorithms_wish *wish, size_t place,
			     char *out, size_t size);

/* Write the list without the names that the library does not speak; all of it
 * where nothing would be left. */
void algorithms_keep_spoken(const struct algorithms *algorithms,
			    enum kexinit_kind kind, const char *list,
			    char out[ALGORITHMS_LIST]);

/*
 * Write our list of a kind, best first, comma-separated, as libssh2 takes it.
 * Host keys of the types in first[0..nfirst), as known_hosts names them, come
 * before all others, as far as we speak them.
 */
void algorithms_list(const struct algorithms *algorithms,
		     enum kexinit_kind kind, const char *const *first,
		     size_t nfirst, char out[ALGORITHMS_LIST]);

/* Is this algorithm only there for old devices? */
bool algorithms_weak(enum kexinit_kind kind, const char *name);

/* Does this cipher see to integrity itself, so that no MAC is used with it? */
bool algorithms_needs_no_mac(const char *name);

/*
 * Explain why a handshake came to nothing, from the first bytes the server
 * sent: banner and KEXINIT (RFC 4253 sections 4.2 and 7.1), both in clear text.
 * NF_PROTOCOL for no SSH server, another version or what kexinit_find()
 * refuses, NF_DISCONNECTED or NF_BUSY for its DISCONNECT,
 * NF_NO_COMMON_ALGORITHM with both lists; 0 when these bytes explain nothing.
 */
int algorithms_explain(const struct algorithms *algorithms,
		       const uint8_t *bytes, size_t len, struct nf_error *err);

#endif
