/*
 * Host keys: the keys that a known_hosts file (sshd(8)) has for given hosts.
 * Its lines are matched with the hosts' names once, as it is read, and only the
 * keys of lines that match are kept: to look a host up costs nothing then, and
 * several threads may.
 *
 * The name looked for is "host" for port 22 and "[host]:port" for every other,
 * without regard to case. Where no key is known of the latter, a line of "host"
 * counts when it has the very key, as with ssh(1); one with another key does
 * not make the key a changed one.
 *
 * The key of a @cert-authority line is none of its hosts': it signs their
 * certificates, which libssh2 cannot take (up to 1.11.1 it parses none). That
 * there is such a line can be told.
 */
#ifndef NETFAN_HOSTKEYS_HOSTKEYS_H
#define NETFAN_HOSTKEYS_HOSTKEYS_H

#include "hostkeys/hostnames.h"
#include "hostkeys/known_hosts_line.h"
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

/* Reading may take long, as each hashed name has to be tried on each host: when
 * to log a note of that, and whether to stop. */
struct hostkeys_progress {
	const char *path; /* for the note, and of the keys, which it outlives */
	const struct nf_log *log; /* NULL: there is no note */
	int64_t note_after_us; /* after which the note is logged, once */
	bool (*stopped)(void *arg); /* true ends reading; may be NULL */
	void *arg;
};

/* Make an empty set for n hosts, of which some may be the same. NF_SYSTEM
 * without memory. */
int hostkeys_new(struct hostkeys **out, const struct host *hosts, size_t n,
		 struct nf_error *err);
void hostkeys_free(struct hostkeys *known);

/*
 * Add the keys that lines of a file have for the hosts. The text is changed,
 * and has room for one byte more than len. Lines that cannot be understood are
 * passed over, as by ssh(1). progress may be NULL. NF_CANCELLED when reading
 * was stopped; NF_SYSTEM without memory, or when libcrypto has no SHA-1.
 */
int hostkeys_read(struct hostkeys *known, char *text, size_t len,
		  const struct hostkeys_progress *progress,
		  struct nf_error *err);

/*
 * Judge the key (an SSH public key blob, RFC 4253 section 6.6) of host:port.
 * type is its name, as "ssh-ed25519". A host that is known by keys of other
 * types alone counts as changed: an impostor could choose the type. So does one
 * that was not given to hostkeys_new(): nothing was looked for.
 */
enum hostkeys_verdict hostkeys_check(const struct hostkeys *known,
				     const char *host, uint16_t port,
				     const char *type, const uint8_t *key,
				     size_t len);

/* Is a key that is not revoked known of host:port itself? */
bool hostkeys_has(const struct hostkeys *known, const char *host,
		  uint16_t port);

/* Is a @cert-authority line for host:port, or for host? */
bool hostkeys_has_authority(const struct hostkeys *known, const char *host,
			    uint16_t port);

/* A key that a line has for a host. */
struct hostkeys_entry {
	const char *path; /* of its file; NULL: it was read without progress */
	size_t line; /* its number in the text that was read, from 1 */
	enum known_hosts_kind kind;
	bool portless; /* it is of "host", and host:port was asked for */
	bool revoked;
	bool authority; /* it signs certificates, and is none of the host's */
	const char *type; /* borrowed, as is the key */
	const uint8_t *key;
	size_t len;
};

/* Pass on the keys of host:port, then those of host without its port. -1 as
 * soon as take returns that. */
int hostkeys_each(const struct hostkeys *known, const char *host, uint16_t port,
		  int (*take)(void *arg, const struct hostkeys_entry *entry),
		  void *arg);

/*
 * Key types known for host:port, each once, to ask the server for first.
 * Plain names come before hashed ones, and those before patterns, else as in
 * the file; revoked keys do not count. Fills at most max names (borrowed
 * from known), returns how many.
 */
size_t hostkeys_types(const struct hostkeys *known, const char *host,
		      uint16_t port, const char **types, size_t max);

/* Write the key's fingerprint; "SHA256:?" when libcrypto fails. */
void hostkeys_fingerprint(const uint8_t *key, size_t len,
			  char out[HOSTKEYS_FINGERPRINT]);

#endif
