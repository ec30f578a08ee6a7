/*
 * New host keys, on their way into a known_hosts file. Each is written as soon
 * as no other program has the file locked, and waits in memory until then. Keys
 * that others appended since the file was read are read first: programs that
 * run side by side write each key once.
 */
#ifndef NETFAN_HOSTKEYS_NEWKEYS_H
#define NETFAN_HOSTKEYS_NEWKEYS_H

#include <stdbool.h>

#include "hostkeys/hostnames.h"
#include "hostkeys/known_hosts.h"

struct newkeys;

/*
 * Make a queue for keys of the n hosts. file says how far it was read; its path
 * and the log, which gets a line for each key that cannot be kept, are
 * borrowed. NF_SYSTEM without memory.
 */
int newkeys_new(struct newkeys **out, const struct known_hosts *file,
		const struct host *hosts, size_t n, const struct nf_log *log,
		struct nf_error *err);

/*
 * Keep a key (an SSH public key blob of that type) of one of the hosts, whose
 * name is borrowed. Never waits. The log gets a line for a host that the file
 * would read as another or as several ("*", "a,b"), for bytes that are no key
 * of that type, for a host of which another program has meanwhile kept another
 * key, and, once, for a file that cannot be written.
 */
void newkeys_put(struct newkeys *keys, const struct host *host,
		 const char *type, const uint8_t *key, size_t len);

/*
 * Write the keys that still wait for the lock, for wait_ms at most, or until
 * stopped (may be NULL) returns true, and free. Keys that could not be written
 * get a line in the log. NULL is fine.
 */
void newkeys_end(struct newkeys *keys, int64_t wait_ms,
		 bool (*stopped)(void *arg), void *arg);

#endif
