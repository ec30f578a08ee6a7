/*
 * Sieve: finds the lines of a text that one of many patterns may match, at far
 * less than their matching costs. It looks for the needles of all of them at
 * once, and of those that have none, at the first byte of a line.
 */
#ifndef NETFAN_CONTENT_SIEVE_H
#define NETFAN_CONTENT_SIEVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sieve;

/* Make one for patterns that PCRE2 has compiled. NULL without memory. */
struct sieve *sieve_new(const char *const *patterns, size_t n);
void sieve_free(struct sieve *sieve);

/* A text that is gone through. */
struct sieving {
	const struct sieve *sieve;
	const uint8_t *text;
	size_t len;
	size_t hit; /* where a needle is, found so far; len: none */
};

void sieving_begin(struct sieving *sieving, const struct sieve *sieve,
		   const uint8_t *text, size_t len);

/* Where the first line begins, at or behind the one that begins at from, that
 * may match; the text's length for none. from never goes back. */
size_t sieving_next(struct sieving *sieving, size_t from);

#endif
