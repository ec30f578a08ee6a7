/* Rules of content, compiled. */
#include "content/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "platform/codes.h"

#define SECRET_GROUP "secret"

/* Keys in PEM and its like, which many platforms show: of keys themselves, of
 * files of keys, and of certificates. */
#define PEM                                                                    \
	"(?:[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?|PKCS12|"                     \
	"(?:TRUSTED |X509 )?CERTIFICATE)"

static const struct {
	const char *begin, *end;
} common_blocks[] = {
	{"-----BEGIN " PEM "-----", "-----END " PEM "-----"},
	{"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----",
	 "---- END SSH2 ENCRYPTED PRIVATE KEY ----"},
};

static const char *const common_secrets[] = {
	/* A key in one line, or cut into the line of its head. */
	"-----BEGIN " PEM "-----(?<secret>.{1,4096}?)(?:-----END|[\"']|$)",
	/* Hashes of passwords, as crypt(5) and devices write them. */
	"(?:\\$1\\$|\\$5\\$|\\$6\\$|\\$7\\$|\\$8\\$|\\$9\\$|\\$14\\$|\\$y\\$|"
	"\\$gy\\$|"
	"\\$2a\\$|\\$2b\\$|\\$2y\\$|\\$sha1\\$|\\$sha512\\$|\\$argon2)"
	"(?<secret>[^\\s\"';,]{4,512})",
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

struct blocks {
	struct codes begins, ends;
};

struct content_rules {
	const struct platform *platform; /* borrowed */
	struct matcher matcher;
	/* What follows is borrowed when shared is set. */
	bool shared;
	struct codes volatile_lines, secrets;
	struct blocks blocks[RULES_NBLOCKS];
	struct codes marks; /* by the number of the collected command */
	int *groups; /* of secrets */
	/* For volatile lines and begins of volatile blocks; for these, secrets
	 * and begins of secret blocks, in this order. */
	struct sieve *changing, *masking;
	EVP_MD *sha256;
};

/* Patterns that lines are sifted for, in the order of the sieves. */
struct texts {
	const char **at;
	size_t n;
	size_t nvolatile;
};

/* ---- compiling */

static int no_memory(struct nf_error *err)
{
	return error_set(err, NF_SYSTEM, "no memory for patterns");
}

static int init_blocks(const struct compiling *compiling, struct blocks *blocks,
		       size_t n)
{
	if (codes_init(compiling, &blocks->begins, n) == -1 ||
	    codes_init(compiling, &blocks->ends, n) == -1)
		return -1;
	blocks->begins.n = blocks->ends.n = 0;
	return 0;
}

/* Make room for the texts and for their codes. */
static int make_room(struct content_rules *rules, size_t nvolatile,
		     struct texts *texts, struct nf_error *err)
{
	const struct compiling compiling = {.err = err};
	const struct platform *platform = rules->platform;
	size_t nsecrets = platform->secrets_count + COUNT(common_secrets);
	size_t nblocks = platform->secret_blocks_count + COUNT(common_blocks);
	size_t nchanging = platform->volatile_blocks_count;

	texts->at = calloc(nvolatile + nchanging + nsecrets + nblocks,
			   sizeof(char *));
	rules->groups = calloc(nsecrets, sizeof(int));
	if (texts->at == NULL || rules->groups == NULL)
		return no_memory(err);
	if (codes_init(&compiling, &rules->volatile_lines, nvolatile) == -1 ||
	    codes_init(&compiling, &rules->secrets, nsecrets) == -1 ||
	    init_blocks(&compiling, &rules->blocks[RULES_SECRET], nblocks) ==
		    -1 ||
	    init_blocks(&compiling, &rules->blocks[RULES_VOLATILE],
			nchanging) == -1)
		return -1;
	rules->volatile_lines.n = rules->secrets.n = 0;
	return codes_init(&compiling, &rules->marks, platform->collect_count);
}

static int add(const struct compiling *compiling, struct codes *codes,
	       const char *pattern)
{
	return codes_compile(compiling, &codes->at[codes->n++], pattern);
}

static int add_volatile(const struct compiling *compiling,
			struct content_rules *rules, struct texts *texts,
			const char *pattern)
{
	texts->at[texts->n++] = pattern;
	return add(compiling, &rules->volatile_lines, pattern);
}

static int add_secret(const struct compiling *compiling,
		      struct content_rules *rules, struct texts *texts,
		      const char *pattern)
{
	size_t i = rules->secrets.n;
	int group;

	texts->at[texts->n++] = pattern;
	if (add(compiling, &rules->secrets, pattern) == -1)
		return -1;
	group = pcre2_substring_number_from_name(rules->secrets.at[i],
						 (PCRE2_SPTR)SECRET_GROUP);
	if (group <= 0 || group >= CODES_GROUPS_MAX)
		return error_set(compiling->err, NF_INVALID,
				 "platform %s: pattern '%s': no group is named "
				 "secret",
				 compiling->platform, pattern);
	rules->groups[i] = group;
	return 0;
}

static int add_block(const struct compiling *compiling, struct blocks *blocks,
		     struct texts *texts, const char *begin, const char *end)
{
	texts->at[texts->n++] = begin;
	return add(compiling, &blocks->begins, begin) == -1
		       ? -1
		       : add(compiling, &blocks->ends, end);
}

static int add_blocks(const struct compiling *compiling, struct blocks *blocks,
		      struct texts *texts, const struct platform_block *of,
		      size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (add_block(compiling, blocks, texts, of[i].begin,
			      of[i].end) == -1)
			return -1;
	}
	return 0;
}

/* Compile what masks: the platform's own first. */
static int compile_masks(const struct compiling *compiling,
			 struct content_rules *rules, struct texts *texts)
{
	const struct platform *platform = rules->platform;
	struct blocks *secret = &rules->blocks[RULES_SECRET];

	for (size_t i = 0; i < platform->secrets_count; i++) {
		if (add_secret(compiling, rules, texts, platform->secrets[i]) ==
		    -1)
			return -1;
	}
	for (size_t i = 0; i < COUNT(common_secrets); i++) {
		if (add_secret(compiling, rules, texts, common_secrets[i]) ==
		    -1)
			return -1;
	}
	if (add_blocks(compiling, secret, texts, platform->secret_blocks,
		       platform->secret_blocks_count) == -1)
		return -1;
	for (size_t i = 0; i < COUNT(common_blocks); i++) {
		if (add_block(compiling, secret, texts, common_blocks[i].begin,
			      common_blocks[i].end) == -1)
			return -1;
	}
	return 0;
}

static int compile(struct content_rules *rules, const char *const *lines,
		   size_t nlines, struct texts *texts, struct nf_error *err)
{
	const struct platform *platform = rules->platform;
	const struct compiling own = {.platform = platform->name, .err = err};
	const struct compiling users = {.what = "volatile pattern", .err = err};

	if (make_room(rules, platform->volatile_lines_count + nlines, texts,
		      err) == -1)
		return -1;
	for (size_t i = 0; i < platform->volatile_lines_count; i++) {
		if (add_volatile(&own, rules, texts,
				 platform->volatile_lines[i]) == -1)
			return -1;
	}
	for (size_t i = 0; i < nlines; i++) {
		if (add_volatile(&users, rules, texts, lines[i]) == -1)
			return -1;
	}
	if (add_blocks(&own, &rules->blocks[RULES_VOLATILE], texts,
		       platform->volatile_blocks,
		       platform->volatile_blocks_count) == -1)
		return -1;
	texts->nvolatile = texts->n;
	for (size_t i = 0; i < platform->collect_count; i++) {
		if (codes_compile(&own, &rules->marks.at[i],
				  platform->collect[i].end) == -1)
			return -1;
	}
	return compile_masks(&own, rules, texts);
}

static int make(struct content_rules *rules, const char *const *lines,
		size_t nlines, struct nf_error *err)
{
	struct texts texts = {0};
	int rc = compile(rules, lines, nlines, &texts, err);

	if (rc == 0) {
		rules->changing = sieve_new(texts.at, texts.nvolatile);
		rules->masking = sieve_new(texts.at, texts.n);
		rules->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
		if (rules->changing == NULL || rules->masking == NULL)
			rc = no_memory(err);
		else if (rules->sha256 == NULL)
			rc = error_set(err, NF_SYSTEM,
				       "libcrypto has no SHA-256");
	}
	free(texts.at);
	return rc;
}

static struct content_rules *alloc(const struct platform *platform,
				   struct nf_error *err)
{
	struct content_rules *rules = calloc(1, sizeof(*rules));

	if (rules != NULL && matcher_init(&rules->matcher) == 0) {
		rules->platform = platform;
		return rules;
	}
	rules_free(rules);
	(void)no_memory(err);
	return NULL;
}

int rules_new(struct content_rules **out, const struct platform *platform,
	      const char *const *volatile_lines, size_t nvolatile_lines,
	      struct nf_error *err)
{
	struct content_rules *rules = alloc(platform, err);

	if (rules == NULL)
		return -1;
	if (make(rules, volatile_lines, nvolatile_lines, err) == -1) {
		rules_free(rules);
		return -1;
	}
	*out = rules;
	return 0;
}

int rules_share(struct content_rules **out, const struct content_rules *of,
		struct nf_error *err)
{
	struct content_rules *rules = alloc(of->platform, err);
	struct matcher matcher;

	if (rules == NULL)
		return -1;
	matcher = rules->matcher;
	*rules = *of;
	rules->matcher = matcher;
	rules->shared = true;
	*out = rules;
	return 0;
}

static void free_made(struct content_rules *rules)
{
	codes_free(&rules->volatile_lines);
	codes_free(&rules->secrets);
	for (int kind = 0; kind < RULES_NBLOCKS; kind++) {
		codes_free(&rules->blocks[kind].begins);
		codes_free(&rules->blocks[kind].ends);
	}
	codes_free(&rules->marks);
	free(rules->groups);
	sieve_free(rules->changing);
	sieve_free(rules->masking);
	EVP_MD_free(rules->sha256);
}

void rules_free(struct content_rules *rules)
{
	if (rules == NULL)
		return;
	if (!rules->shared)
		free_made(rules);
	matcher_free(&rules->matcher);
	free(rules);
}

int rules_check(const char *pattern, struct nf_error *err)
{
	const struct compiling compiling = {.what = "volatile pattern",
					    .err = err};
	pcre2_code *code = NULL;
	int rc;

	if (*pattern == '\0')
		return error_set(err, NF_INVALID,
				 "volatile pattern '': it matches every line");
	rc = codes_compile(&compiling, &code, pattern);
	pcre2_code_free(code);
	return rc;
}

/* ---- matching */

/* From a place on: any line, also an empty one. */
static bool matches_from(const struct content_rules *rules,
			 const pcre2_code *code, const uint8_t *line,
			 size_t len, size_t from)
{
	return code != NULL &&
	       pcre2_match(code, line, len, from, 0, rules->matcher.data,
			   rules->matcher.context) >= 0;
}

static bool matches(const struct content_rules *rules, const pcre2_code *code,
		    const uint8_t *line, size_t len)
{
	return len <= RULES_LINE_MAX && matches_from(rules, code, line, len, 0);
}

/* May a line match the pattern of this number, as a sieve says? */
static bool may_match(uint64_t found, size_t number)
{
	return (found >> number % 64 & 1) != 0;
}

bool rules_volatile(const struct content_rules *rules, const uint8_t *line,
		    size_t len)
{
	const struct codes *codes = &rules->volatile_lines;
	uint64_t found = sieve_line(rules->changing, line, len);

	for (size_t i = 0; found != 0 && i < codes->n; i++) {
		if (may_match(found, i) &&
		    matches(rules, codes->at[i], line, len))
			return true;
	}
	return false;
}

/* What ends the output of a command, or NULL. */
static const pcre2_code *mark_of(const struct content_rules *rules,
				 const char *command)
{
	const struct platform *platform = rules->platform;

	for (size_t i = 0; i < platform->collect_count; i++) {
		if (strcmp(platform->collect[i].command, command) == 0)
			return rules->marks.at[i];
	}
	return NULL;
}

bool rules_has_end(const struct content_rules *rules, const char *command)
{
	return mark_of(rules, command) != NULL;
}

bool rules_ends(const struct content_rules *rules, const char *command,
		const uint8_t *line, size_t len)
{
	return matches(rules, mark_of(rules, command), line, len);
}

/* ---- for filters */

const struct sieve *rules_sieve(const struct content_rules *rules, bool masks)
{
	return masks ? rules->masking : rules->changing;
}

const EVP_MD *rules_sha256(const struct content_rules *rules)
{
	return rules->sha256;
}

/* Where the whole match and a group of it are. */
static const PCRE2_SIZE *place(const struct content_rules *rules, int group)
{
	return pcre2_get_ovector_pointer(rules->matcher.data) +
	       (size_t)group * 2;
}

void rules_begin_secrets(const struct content_rules *rules, const uint8_t *line,
			 size_t len, struct rules_secret *secret)
{
	*secret = (struct rules_secret){
		.found = sieve_line(rules->masking, line, len)};
}

/* Look for a secret of this pattern; what it matches is not looked at again. */
static bool next_of(const struct content_rules *rules, const uint8_t *line,
		    size_t len, struct rules_secret *secret)
{
	size_t i = secret->pattern;

	while (secret->from <= len && matches_from(rules, rules->secrets.at[i],
						   line, len, secret->from)) {
		size_t end = place(rules, 0)[1];
		const PCRE2_SIZE *group = place(rules, rules->groups[i]);

		secret->from = end > secret->from ? end : secret->from + 1;
		if (group[0] == PCRE2_UNSET || group[1] <= group[0])
			continue;
		secret->start = group[0];
		secret->end = group[1];
		return true;
	}
	return false;
}

bool rules_next_secret(const struct content_rules *rules, const uint8_t *line,
		       size_t len, struct rules_secret *secret)
{
	size_t before = rules->volatile_lines.n +
			rules->blocks[RULES_VOLATILE].begins.n;

	for (; secret->pattern < rules->secrets.n; secret->pattern++) {
		if (may_match(secret->found, before + secret->pattern) &&
		    next_of(rules, line, len, secret))
			return true;
		secret->from = 0;
	}
	return false;
}

/* The number of a kind's first block among the patterns of the sieves. */
static size_t first_block(const struct content_rules *rules,
			  enum rules_blocks kind)
{
	size_t n = rules->volatile_lines.n;

	return kind == RULES_VOLATILE
		       ? n
		       : n + rules->blocks[RULES_VOLATILE].begins.n +
				 rules->secrets.n;
}

size_t rules_begins_block(const struct content_rules *rules,
			  enum rules_blocks kind, const uint8_t *line,
			  size_t len)
{
	const struct blocks *blocks = &rules->blocks[kind];
	const struct sieve *sieve =
		kind == RULES_VOLATILE ? rules->changing : rules->masking;
	uint64_t found = sieve_line(sieve, line, len);

	for (size_t i = 0; found != 0 && i < blocks->begins.n; i++) {
		if (may_match(found, first_block(rules, kind) + i) &&
		    matches(rules, blocks->begins.at[i], line, len) &&
		    !matches_from(rules, blocks->ends.at[i], line, len,
				  place(rules, 0)[1]))
			return i;
	}
	return RULES_NONE;
}

bool rules_ends_block(const struct content_rules *rules, enum rules_blocks kind,
		      size_t block, const uint8_t *line, size_t len)
{
	return matches(rules, rules->blocks[kind].ends.at[block], line, len);
}
