/* A hash of bytes that nobody who writes the bytes can foretell. */
#include "base/texthash.h"

#include <string.h>
#include <sys/auxv.h>

struct texthash_key texthash_key(void)
{
	const void *random = (const void *)(uintptr_t)getauxval(AT_RANDOM);
	struct texthash_key key = {{0, 0}};

	if (random != NULL) /* Linux gives it since 2.6.29 */
		memcpy(&key, random, sizeof(key));
	return key;
}

static inline uint64_t turn(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

static inline void mix(uint64_t state[4])
{
	state[0] += state[1];
	state[2] += state[3];
	state[1] = turn(state[1], 13) ^ state[0];
	state[3] = turn(state[3], 16) ^ state[2];
	state[0] = turn(state[0], 32);
	state[2] += state[1];
	state[0] += state[3];
	state[1] = turn(state[1], 17) ^ state[2];
	state[3] = turn(state[3], 21) ^ state[0];
	state[2] = turn(state[2], 32);
}

static inline void take_word(uint64_t state[4], uint64_t word)
{
	state[3] ^= word;
	mix(state);
	state[0] ^= word;
}

/* The last bytes, less than a word, the first of them lowest. Where two of the
 * parts overlap they have the same bits. */
static inline uint64_t last_bytes(const unsigned char *at, size_t left)
{
	uint64_t word;

	if (left >= 4) {
		uint32_t first, last;

		memcpy(&first, at, sizeof(first));
		memcpy(&last, at + left - 4, sizeof(last));
		return first | (uint64_t)last << (8 * (left - 4));
	}
	if (left == 0)
		return 0;
	word = (uint64_t)at[left / 2] << (8 * (left / 2));
	return word | at[0] | (uint64_t)at[left - 1] << (8 * (left - 1));
}

/* The words are in the machine's own order: a hash never leaves the process. */
uint64_t texthash(const struct texthash_key *key, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	uint64_t word, state[4] = {
			       key->half[0] ^ 0x736f6d6570736575u,
			       key->half[1] ^ 0x646f72616e646f6du,
			       key->half[0] ^ 0x6c7967656e657261u,
			       key->half[1] ^ 0x7465646279746573u,
		       };
	size_t left = len;

	for (; left >= sizeof(word); left -= sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		take_word(state, word);
		at += sizeof(word);
	}
	take_word(state, (uint64_t)len << 56 | last_bytes(at, left));
	state[2] ^= 0xff;
	mix(state);
	mix(state);
	mix(state);
	return state[0] ^ state[1] ^ state[2] ^ state[3];
}
