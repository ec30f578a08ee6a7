/*
 * Secrets: memory for passwords and private keys that stays out of core files,
 * of swap where that is wished and allowed, and is wiped at the end. Forked
 * workers have it too; they end by _exit() or a signal. A lock is the parent's
 * alone: it holds the pages that workers share with it, for as long as it lives.
 */
#ifndef NETFAN_SECRETS_ARENA_H
#define NETFAN_SECRETS_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct secrets_map;

/* Zeroed, it is empty and ready. */
struct secrets {
	struct secrets_map *newest;
	/* Lock what is added from now on, for secrets that live long: a process
	 * may lock little (RLIMIT_MEMLOCK). */
	bool lock;
	bool unlocked; /* some of it could not be; secrets_unlocked() tells */
};

/* Room for len bytes, zeroed and aligned for anything, that lives until
 * secrets_release(). NULL with errno when the kernel gives no memory, or cannot
 * keep it out of core files. */
void *secrets_room(struct secrets *secrets, size_t len);

/* A copy of text there. Errors as secrets_room(). */
const char *secrets_add(struct secrets *secrets, const char *text);

/* How far an arena is filled. */
struct secrets_mark {
	struct secrets_map *map; /* NULL: it was empty */
	size_t used;
};

struct secrets_mark secrets_mark(const struct secrets *secrets);

/* Wipe what was added since the mark, and use its room again. */
void secrets_rewind(struct secrets *secrets, struct secrets_mark mark);

/* Is there any that was to be locked, though the system did not allow it? Then
 * it may be written to swap. */
bool secrets_unlocked(const struct secrets *secrets);

/* Wipe everything and give it back; empty and ready again, with lock as it was. */
void secrets_release(struct secrets *secrets);

#endif
