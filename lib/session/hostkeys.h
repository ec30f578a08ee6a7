/*
 * Host keys: a known_hosts file as sshd(8) describes it, read and indexed once.
 * Plain names are found by binary search; hashed names and patterns are looked
 * at one after the other (a hashed one costs about 0.3 us each time).
 *
 * The name looked for is "host" for port 22 and "[host]:port" for every other,
 * without regard to case. @cert-authority lines are passed over: libssh2 has no
 * use for them. Lookups share state inside: one thread at a time.
 */
#ifndef NETFAN_SESSION_HOSTKEYS_H
#define NETFAN_SESSION_HOSTKEYS_H

#include "netfan.h"

struct hostkeys;

enum hostkeys_verdict {
	HOSTKEYS_MATCH, /* this very key is known for the host */
	HOSTKEYS_UNKNOWN, /* nothing is known of the host */
	HOSTKEYS_CHANGED, /* the host is known, by other keys only */
	HOSTKEYS_REVOKED, /* the key is marked @revoked, whatever else is */
};

/* "SHA256:", 43 characters, as ssh-keygen -l prints it, and a NUL. */
#define HOSTKEYS_FINGERPRINT 51

/*
 * Read the file at path. One that does not exist is empty; one that cannot be
 * read, is no regular file or is above 64 MiB is NF_INVALID. Lines that cannot
 * be understood are passed over, as ssh(1) does. NF_SYSTEM: memory is short.
 */
int hostkeys_load(struct hostkeys **out, const char *path,
		  struct nf_error *err);

/* The same from memory, for tests and the fuzzer. */
int hostkeys_parse(struct hostkeys **out, const char *bytes, size_t len,
		   struct nf_error *err);

void hostkeys_free(struct hostkeys *known);

/*
 * Judge the key (an SSH public key blob, RFC 4253 section 6.6) of host:port.
 * type is its name, as "ssh-ed25519". A host that is known by keys of other
 * types alone counts as changed: an impostor could choose the type.
 */
enum hostkeys_verdict hostkeys_check(const struct hostkeys *known,
				     const char *host, uint16_t port,
				     const char *type, const uint8_t *key,
				     size_t len);

/*
 * Key types known for host:port, each once: what to ask the server for first.
 * Plain names come before patterns and hashed names, else as in the file; what
 * is revoked does not count. Fills at most max names (borrowed from known),
 * returns how many.
 */
size_t hostkeys_types(const struct hostkeys *known, const char *host,
		      uint16_t port, const char **types, size_t max);

/*
 * Append a line for host:port to the file at path with one O_APPEND write
 * under flock(2), making file (mode 0600) and its directory (0700) when they
 * are missing. A last line without newline is ended first. Only the parent
 * calls it. NF_SYSTEM when it cannot be written, or the lock is not had within
 * five seconds; NF_INVALID for a host that the file would read as another or
 * as several ("*", "a,b"), and for bytes that are no key of that type.
 */
int hostkeys_append(const char *path, const char *host, uint16_t port,
		    const char *type, const uint8_t *key, size_t len,
		    struct nf_error *err);

/* The key's fingerprint; "SHA256:?" should libcrypto fail. */
void hostkeys_fingerprint(const uint8_t *key, size_t len,
			  char out[HOSTKEYS_FINGERPRINT]);

#endif
