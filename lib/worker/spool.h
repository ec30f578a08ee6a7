/* A task's result on its way: bytes kept in memory, then in a file. */
#ifndef NETFAN_WORKER_SPOOL_H
#define NETFAN_WORKER_SPOOL_H

#include <sys/types.h>

#include "base/buf.h"
#include "netfan.h"

#define SPOOL_MEMORY ((size_t)256 * 1024) /* of one spool */
#define SPOOL_MEMORY_ALL ((size_t)64 * 1024 * 1024) /* of all together */

/* Bytes of memory that a pool's spools hold together. */
struct spool_budget {
	size_t used;
};

/* Zeroed but for budget and fd -1, it is empty: see spool_init(). */
struct spool {
	struct spool_budget *budget; /* borrowed */
	struct buf memory; /* the first bytes */
	int fd; /* the rest, unlinked; -1 for none */
	void *map; /* all of it, and no descriptor; or NULL */
	uint64_t file_len;
	uint64_t read_at;
};

void spool_init(struct spool *spool, struct spool_budget *budget);
void spool_release(struct spool *spool); /* empty again, budget given back */

/* Move the content of from, which is empty then, to spool and its budget. */
void spool_move(struct spool *spool, struct spool *from,
		struct spool_budget *budget);

/*
 * Append bytes. -1 with NF_SYSTEM when there is no room for them: the bytes
 * appended before are still there then.
 */
int spool_append(struct spool *spool, const void *bytes, size_t len,
		 struct nf_error *err);

uint64_t spool_len(const struct spool *spool);

/*
 * Read on from where the last call ended, from the start at first. Returns how
 * many bytes, fewer than len only at the end; -1 with NF_SYSTEM.
 */
ssize_t spool_read(struct spool *spool, void *bytes, size_t len,
		   struct nf_error *err);

/*
 * Lend all bytes in one piece; a file among them is mapped and needs no
 * descriptor any more. -1 with NF_SYSTEM. After that only this and spool_len()
 * may be called.
 */
int spool_map(struct spool *spool, const void **bytes, struct nf_error *err);

#endif
