/* Contents for tests: a platform's rules, and what a filter makes of a text. */
#ifndef NETFAN_TEST_CONTENT_H
#define NETFAN_TEST_CONTENT_H

#include "base/buf.h"
#include "content/filter.h"

/* A platform with a pattern or two of each kind. */
const struct platform *content_platform(void);
extern const uint8_t content_key[CONTENT_KEY];

/* Its rules, with those of the user. */
struct content_rules *content_rules(const char *const *lines, size_t n);

/* A text that has gone through a filter. */
struct filtered {
	struct buf text; /* what was passed on */
	struct content_end end;
};

/* In pieces of that size; 0: in one. */
void content_filter(struct filtered *out, const struct content_rules *rules,
		    enum content_use use, const void *text, size_t len,
		    size_t piece);
void content_release(struct filtered *filtered);

/* The digest of a text. */
void content_digest(const void *text, size_t len, uint8_t out[NF_DIGEST]);

/* A pattern by itself, and whether a line matches it: what the library's many
 * patterns at once are held to. */
struct pcre2_real_code_8 *content_compile(const char *pattern);
bool content_matches(const struct pcre2_real_code_8 *code, const void *line,
		     size_t len);

#endif
