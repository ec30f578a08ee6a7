/*
 * netfan: the host keys that a known_hosts file has for devices. Included by
 * netfan.h, which has the manners of all parts. Keys get there by a poll, also
 * by one that ends before the login (nf_until).
 */
#ifndef NETFAN_HOSTKEYS_H
#define NETFAN_HOSTKEYS_H

#ifndef NETFAN_H
#error "include netfan.h"
#endif

struct nf_known_hosts {
	const char *path; /* NULL: ~/.ssh/known_hosts */
	/* Asked while matching hashed names takes long, or another program has
	 * the file locked: true ends that. May be NULL. */
	bool (*interrupted)(void *arg);
	void *arg;
	struct nf_log log;
};

/* How a line names its hosts. */
enum nf_known_form {
	NF_KNOWN_PLAIN,
	NF_KNOWN_PATTERN, /* with '*', '?' or '!' */
	NF_KNOWN_HASHED,
};

/* A line that is for a device. */
struct nf_known_key {
	size_t device; /* index in the inventory */
	size_t line; /* from 1; 0: of this device there is no line */
	enum nf_known_form form;
	bool portless; /* it names the host without the device's port */
	bool revoked;
	bool authority; /* it signs certificates, which are not used */
	const char *type; /* "ssh-ed25519"; borrowed, as is: */
	const char *fingerprint; /* "SHA256:..." */
	bool forgotten; /* it was taken out */
	/* Of a device of which no line counts: it speaks telnet; its keys are
	 * those of the inventory (hostkey_fingerprint). */
	bool telnet;
	bool pinned;
};

typedef int nf_take_known(void *arg, const struct nf_known_key *key);

/*
 * Tell what known_hosts has for each device: in the order of the inventory, and
 * at least once each. A device that speaks telnet has nothing. NF_INVALID when
 * the file cannot be read; NF_CANCELLED when it was interrupted, or take returned
 * -1; NF_SYSTEM without memory.
 */
NF_API int nf_known_hosts_show(const struct nf_inventory *inv,
			       const struct nf_known_hosts *options,
			       nf_take_known *take, void *arg,
			       struct nf_error *err);

/*
 * Take the keys of all devices out of known_hosts, and tell what was there, as
 * nf_known_hosts_show() does. Of a line with other names, theirs alone go; lines
 * with a mark, with patterns, or of the host without its port stay. The file is
 * replaced by another, with its mode and owner, while no other program of this
 * library may append, and what it was is kept as PATH.old.
 *
 * NF_INVALID when the file cannot be read, NF_CANCELLED when it was interrupted,
 * NF_SYSTEM when it cannot be written, its lock is not to be had within five
 * seconds, or without memory: nothing is taken out then, and nothing told.
 */
NF_API int nf_known_hosts_forget(const struct nf_inventory *inv,
				 const struct nf_known_hosts *options,
				 nf_take_known *take, void *arg,
				 struct nf_error *err);

#endif
