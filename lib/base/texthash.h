/*
 * A hash of bytes that nobody who writes the bytes can foretell: SipHash-1-3
 * (Aumasson and Bernstein), by a key of the process. Names in files may be
 * chosen by others: with a hash that is known they would all be put into one
 * place of a table. The same bytes have the same hash as long as the process
 * lives; in the next one it is another, so that nothing that is shown may depend
 * on it.
 */
#ifndef NETFAN_BASE_TEXTHASH_H
#define NETFAN_BASE_TEXTHASH_H

#include <stddef.h>
#include <stdint.h>

struct texthash_key {
	uint64_t half[2];
};

/* The key of this process, from the random bytes that the kernel gives to each
 * (AT_RANDOM of getauxval(3)): it is no call of the system. Tables keep it. */
struct texthash_key texthash_key(void);

uint64_t texthash(const struct texthash_key *key, const void *bytes,
		  size_t len);

#endif
