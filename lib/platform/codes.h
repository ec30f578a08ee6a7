/* Codes: patterns that PCRE2 has compiled, and how they are matched. */
#ifndef NETFAN_PLATFORM_CODES_H
#define NETFAN_PLATFORM_CODES_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netfan.h"

#define CODES_GROUPS_MAX 8 /* of a pattern, the whole counted */

struct codes {
	pcre2_code **at;
	size_t n;
};

/* What a match takes: one at a time, as a match never gives way. */
struct matcher {
	pcre2_match_context *context;
	pcre2_match_data *data;
};

/* -1 without memory; to be freed then, too. */
int matcher_init(struct matcher *matcher);
void matcher_free(struct matcher *matcher);

/* Patterns on their way. */
struct compiling {
	const char *platform; /* NULL: they are the caller's */
	const char *what; /* of the caller's: what they are */
	const char **at_fault;
	struct nf_error *err;
};

/* Compile pattern; none leaves *out NULL, which matches nothing. NF_INVALID,
 * NF_SYSTEM. */
int codes_compile(const struct compiling *compiling, pcre2_code **out,
		  const char *pattern);

/* Make room for n. NF_SYSTEM without memory. */
int codes_init(const struct compiling *compiling, struct codes *codes,
	       size_t n);
void codes_free(struct codes *codes);

bool codes_match(const struct matcher *matcher, const pcre2_code *code,
		 const uint8_t *line, size_t len);

/* The number of the first code that matches, or codes->n. */
size_t codes_first(const struct matcher *matcher, const struct codes *codes,
		   const uint8_t *line, size_t len);

#endif
