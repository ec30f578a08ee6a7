/*
 * Rules of content: what of an output counts. Lines that change by themselves
 * do not; secrets count, but are told by marks. Patterns are those of a platform
 * (volatile, secrets, blocks of both, end of its collected commands), of all
 * platforms together (private keys in PEM, hashes of passwords), and of the
 * user.
 *
 * A line is matched without its line end and carriage returns. One that is
 * longer than RULES_LINE_MAX is not volatile, begins and ends no block, and ends
 * no output; for its secrets, it is matched in parts. A pattern that exceeds the
 * match limit does not match.
 */
#ifndef NETFAN_CONTENT_RULES_H
#define NETFAN_CONTENT_RULES_H

#include <openssl/evp.h>

#include "content/sieve.h"
#include "netfan.h"
#include "platform/platform.h"

#define RULES_LINE_MAX ((size_t)4096)

struct content_rules;

/*
 * Compile the rules of a platform, which is borrowed, with more volatile lines.
 * NF_INVALID with a message that names the pattern; NF_SYSTEM without memory.
 */
int rules_new(struct content_rules **out, const struct platform *platform,
	      const char *const *volatile_lines, size_t nvolatile_lines,
	      struct nf_error *err);

/* Make the same rules for another thread, as patterns_share() does: of is
 * borrowed. NF_SYSTEM without memory. */
int rules_share(struct content_rules **out, const struct content_rules *of,
		struct nf_error *err);
void rules_free(struct content_rules *rules);

/* Check a volatile pattern of the user's, with the codes of rules_new(). */
int rules_check(const char *pattern, struct nf_error *err);

/* Is it a line that changes by itself? */
bool rules_volatile(const struct content_rules *rules, const uint8_t *line,
		    size_t len);

/* Has the output of this command a mark at its end? */
bool rules_has_end(const struct content_rules *rules, const char *command);

/* Is this line, the last one that is not blank, that mark? */
bool rules_ends(const struct content_rules *rules, const char *command,
		const uint8_t *line, size_t len);

/* ---- for filters */

/* The lines that may be volatile, and those that any of the rules for masking
 * may concern, too. */
const struct sieve *rules_sieve(const struct content_rules *rules, bool masks);

const EVP_MD *rules_sha256(const struct content_rules *rules);

/* Secrets in a line, one after the other; those of several patterns may
 * overlap. */
struct rules_secret {
	size_t start, end; /* of the secret, which is not empty */
	size_t pattern, from; /* look on with this one, from here */
	uint64_t found; /* by the sieve */
};

void rules_begin_secrets(const struct content_rules *rules, const uint8_t *line,
			 size_t len, struct rules_secret *secret);

/* Find the next one; false at the end. */
bool rules_next_secret(const struct content_rules *rules, const uint8_t *line,
		       size_t len, struct rules_secret *secret);

/* Blocks: lines that are a secret together, or that do not count. */
enum rules_blocks { RULES_SECRET, RULES_VOLATILE, RULES_NBLOCKS };

/* The block that begins with this line, and does not end with it; RULES_NONE. */
#define RULES_NONE SIZE_MAX
size_t rules_begins_block(const struct content_rules *rules,
			  enum rules_blocks kind, const uint8_t *line,
			  size_t len);
bool rules_ends_block(const struct content_rules *rules, enum rules_blocks kind,
		      size_t block, const uint8_t *line, size_t len);

#endif
