/*
 * Sieve: tells which of many patterns may match a line, at far less than their
 * matching costs. It looks for the needles of all of them at once, and of those
 * that have none, at the first byte of the line.
 */
#ifndef NETFAN_CONTENT_SIEVE_H
#define NETFAN_CONTENT_SIEVE_H

#include <stddef.h>
#include <stdint.h>

struct sieve;

/* Make one for patterns that PCRE2 has compiled. NULL without memory. */
struct sieve *sieve_new(const char *const *patterns, size_t n);
void sieve_free(struct sieve *sieve);

/* Which patterns may match this line: bit i % 64 is set if pattern i may. */
uint64_t sieve_line(const struct sieve *sieve, const uint8_t *line, size_t len);

/* A text that is gone through, line by line. */
struct sieving {
	const struct sieve *sieve; /* borrowed, as is the text */
	const uint8_t *text;
	size_t len;
	size_t hit; /* where a needle is; len: there is no more */
};

void sieving_begin(struct sieving *sieving, const struct sieve *sieve,
		   const uint8_t *text, size_t len);

/* Where the first line begins, at or behind the one that begins at from, that
 * any of them may match; the text's length for none. from never goes back. */
size_t sieving_next(struct sieving *sieving, size_t from);

#endif
