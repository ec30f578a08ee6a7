/* The terms of expressions, each once, and found by what they name. */
#ifndef NETFAN_SELECT_TERMS_H
#define NETFAN_SELECT_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strings.h"
#include "base/texthash.h"
#include "netfan.h"
#include "platform/codes.h"
#include "select/pattern.h"

enum term_kind {
	TERM_OPEN, /* nothing is known of it; in the end: nothing has it */
	TERM_AT, /* behind an @: a group's name or a file's */
	TERM_REPLACED, /* by other terms: a file, A:B */
	TERM_NAME, /* a device's name */
	TERM_GROUP,
	TERM_HOST,
	TERM_ALL,
	TERM_LIKE, /* ~REGEX, of names */
	TERM_VALUE, /* KEY=VALUE */
	TERM_VALUE_LIKE, /* KEY~REGEX */
	TERM_PATTERN, /* of names */
	TERM_HOST_PATTERN,
};

enum term_sign { SIGN_NONE, SIGN_AND, SIGN_NOT };

/* Terms of which a device needs one: those without a sign, those with "!", and
 * each "&", of which a file makes one of many terms. */
enum { CLAUSE_ANY, CLAUSE_NOT, CLAUSE_AND };
#define CLAUSE_NEW UINT32_MAX

struct term {
	const char *text; /* as it was written, without its sign */
	const char *word; /* what it is found by; in text, or without more */
	const char *path; /* the file that it is of; NULL: none */
	size_t line;
	size_t of; /* the term that it was written as; mostly itself */
	uint32_t next; /* another one with this word, + 1; 0: none */
	uint32_t clause;
	enum term_kind kind;
	enum term_sign sign;
	bool whole; /* an expression, which may be a name as it stands */
	bool listed; /* its sign is the one of a whole list */
	bool found; /* a device has it; of the one in "of" */
	uint16_t port; /* of TERM_HOST; 0: any */
	const char *key, *value; /* of TERM_VALUE and TERM_VALUE_LIKE */
	const char *other; /* what else the value is called, or NULL */
	struct pattern *pattern; /* of names, hosts and values; or NULL */
	pcre2_code *code; /* of TERM_LIKE, TERM_VALUE_LIKE; or NULL */
};

/* Zeroed, it is empty and ready. */
struct terms {
	struct term *at;
	size_t n;
	size_t room;
	uint32_t *slots; /* of words, in open addressing: a term + 1, or 0 */
	size_t nslots; /* a power of two */
	size_t nwords;
	struct texthash_key hash_key;
	uint32_t nclauses; /* beyond CLAUSE_AND */
	struct strings strings;
};

void terms_release(struct terms *terms);

/* Where terms come from, and what counts for all of them. */
struct terms_origin {
	const char *path; /* NULL: from no file */
	size_t line;
	enum term_sign
		sign; /* before each of them; none may have its own then */
	uint32_t clause; /* of SIGN_AND; CLAUSE_NEW: each has its own */
};

/*
 * Add the terms of an expression, which is copied, but for those that are there
 * already. Returns how many it has, without those that are empty. NF_INVALID
 * for a sign that cannot be where it is, and for more than SELECT_TERMS_MAX;
 * NF_SYSTEM; -1 then.
 */
int terms_add(struct terms *terms, const char *expression,
	      const struct terms_origin *origin, struct nf_error *err);

/* Add an expression that may be a name as it stands: as one term, to be added by
 * terms_add() where it is none. Returns 0 for an empty one, 1, or -1 with the
 * codes of terms_add(). */
int terms_add_whole(struct terms *terms, const char *expression,
		    const struct terms_origin *origin, struct nf_error *err);

/* Add the terms of such an expression, term i. Codes of terms_add(). */
int terms_add_inner(struct terms *terms, size_t i, struct nf_error *err);

/* Add the parts of term i, which ':' separates; none of them has that outside of
 * brackets. Codes of terms_add(). */
int terms_add_parts(struct terms *terms, size_t i, struct nf_error *err);

/* The length of what may be a key at the beginning of a text. */
size_t terms_key(const char *text);

/* Is there a ':' that separates, outside of brackets? */
bool terms_has_parts(const char *text);

/* Add a term for what term i means as well: kind and word. Codes of terms_add(). */
int terms_add_derived(struct terms *terms, size_t i, enum term_kind kind,
		      const char *word, size_t len, uint16_t port,
		      struct nf_error *err);

/* The first term of a word, by its place + 1; 0: none. */
uint32_t terms_find(const struct terms *terms, const char *word);

/* Take the next term of an expression: its length, blanks around it left out,
 * and *start moved to its beginning; SIZE_MAX at the end. *rest is what is
 * behind it. */
size_t terms_next(const char **start, const char **rest);

#endif
