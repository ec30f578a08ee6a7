/* The terms of expressions. */
#include "select/terms.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "select/select.h"
#include "select/shown.h"
#include "yaml/fault.h"

#define FIRST_SLOTS 64
#define KEY_BYTES                                                              \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

void terms_release(struct terms *terms)
{
	for (size_t i = 0; i < terms->n; i++) {
		pattern_free(terms->at[i].pattern);
		pcre2_code_free(terms->at[i].code);
	}
	free(terms->at);
	free(terms->slots);
	strings_release(&terms->strings);
	*terms = (struct terms){0};
}

/* ---- words */

/* The slot of a word, or the empty one where it would be. */
static uint32_t *find_slot(const struct terms *terms, const char *word)
{
	size_t mask = terms->nslots - 1;
	size_t at = texthash(&terms->hash_key, word, strlen(word)) & mask;

	while (terms->slots[at] != 0 &&
	       strcmp(terms->at[terms->slots[at] - 1].word, word) != 0)
		at = (at + 1) & mask;
	return &terms->slots[at];
}

uint32_t terms_find(const struct terms *terms, const char *word)
{
	return terms->nslots == 0 ? 0 : *find_slot(terms, word);
}

/* Keep the table at most half full: runs stay short, and one slot is free. */
static int grow_slots(struct terms *terms)
{
	uint32_t *old = terms->slots, *grown;
	size_t nold = terms->nslots;
	size_t nslots = nold > 0 ? nold * 2 : FIRST_SLOTS;

	if (terms->nwords < nold / 2)
		return 0;
	if (nold == 0)
		terms->hash_key = texthash_key();
	grown = calloc(nslots, sizeof(*grown));
	if (grown == NULL)
		return -1;
	terms->slots = grown;
	terms->nslots = nslots;
	for (size_t i = 0; i < nold; i++)
		if (old[i] != 0)
			*find_slot(terms, terms->at[old[i] - 1].word) = old[i];
	free(old);
	return 0;
}

static int grow_terms(struct terms *terms)
{
	size_t room = terms->room > 0 ? terms->room * 2 : 16;
	struct term *grown;

	if (terms->n < terms->room)
		return 0;
	grown = reallocarray(terms->at, room, sizeof(*grown));
	if (grown == NULL)
		return -1;
	terms->at = grown;
	terms->room = room;
	return 0;
}

/* ---- adding one */

static int no_memory(struct nf_error *err)
{
	return error_set(err, NF_SYSTEM, "no memory for a selection");
}

/* Is it there already, with the same effect? */
static bool is_known(const struct terms *terms, uint32_t first,
		     const struct term *term)
{
	for (uint32_t at = first; at != 0; at = terms->at[at - 1].next) {
		const struct term *known = &terms->at[at - 1];
		bool own = term->clause == CLAUSE_NEW &&
			   known->sign == SIGN_AND && !known->listed;

		if ((known->clause == term->clause || own) &&
		    known->kind == term->kind && known->port == term->port &&
		    (term->kind == TERM_GROUP ||
		     strcmp(known->text, term->text) == 0))
			return true;
	}
	return false;
}

/* Add a term whose texts are copied, unless it is there already. */
static int add_term(struct terms *terms, const struct term *term,
		    struct nf_error *err)
{
	struct term *added;
	uint32_t *slot;

	if (terms->n >= SELECT_TERMS_MAX)
		return error_set(err, NF_INVALID,
				 "a selection of more than %zu terms: write "
				 "patterns or groups in place of names",
				 SELECT_TERMS_MAX);
	if (grow_terms(terms) == -1 || grow_slots(terms) == -1)
		return no_memory(err);
	slot = find_slot(terms, term->word);
	if (is_known(terms, *slot, term))
		return 0;
	added = &terms->at[terms->n++];
	*added = *term;
	if (added->of == SIZE_MAX)
		added->of = terms->n - 1;
	if (added->clause == CLAUSE_NEW)
		added->clause = CLAUSE_AND + terms->nclauses++;
	if (*slot == 0)
		terms->nwords++;
	added->next = *slot;
	*slot = (uint32_t)terms->n; /* SELECT_TERMS_MAX at most */
	return 0;
}

int terms_add_derived(struct terms *terms, size_t i, enum term_kind kind,
		      const char *word, size_t len, uint16_t port,
		      struct nf_error *err)
{
	struct term term = {.text = terms->at[i].text,
			    .path = terms->at[i].path,
			    .line = terms->at[i].line,
			    .of = terms->at[i].of,
			    .clause = terms->at[i].clause,
			    .kind = kind,
			    .sign = terms->at[i].sign,
			    .port = port};

	term.word = strings_add(&terms->strings, word, len);
	return term.word == NULL ? no_memory(err) : add_term(terms, &term, err);
}

/* ---- expressions */

size_t terms_key(const char *text)
{
	return strspn(text, KEY_BYTES);
}

/* Has it brackets of other kinds, too? */
static bool is_regex(const char *text)
{
	text += strspn(text, " &!");
	return text[terms_key(text)] == '~';
}

/* The length up to a separator that is outside of brackets, or to the end. */
static size_t span(const char *text, char separator)
{
	bool regex = separator == ',' && is_regex(text);
	size_t depth = 0, i = 0;
	bool bracket = false;

	for (; text[i] != '\0'; i++) {
		char c = text[i];

		if (c == '\\' && text[i + 1] != '\0')
			i++;
		else if (bracket)
			bracket = c != ']';
		else if (c == '[')
			bracket = true;
		else if (regex && (c == '(' || c == '{'))
			depth++;
		else if (depth > 0 && (c == ')' || c == '}'))
			depth--;
		else if (depth == 0 && c == separator)
			break;
	}
	return i;
}

size_t terms_next(const char **start, const char **rest)
{
	size_t len;

	if (*rest == NULL)
		return SIZE_MAX;
	*start = *rest + strspn(*rest, " \t");
	len = span(*start, ',');
	*rest = (*start)[len] == ',' ? *start + len + 1 : NULL;
	while (len > 0 &&
	       ((*start)[len - 1] == ' ' || (*start)[len - 1] == '\t'))
		len--;
	return len;
}

static int refuse_sign(struct terms *terms, const struct terms_origin *origin,
		       const char *text, size_t len, struct nf_error *err)
{
	const char *copy = strings_add(&terms->strings, text, len);
	char shown_copy[SHOWN_SIZE];

	if (copy == NULL)
		return no_memory(err);
	return fault(err, origin->path, origin->line,
		     "'%s' has a sign in a list that has one as a whole: write "
		     "it without",
		     shown(shown_copy, copy));
}

/* Take the sign off a term: 0, or -1 when it cannot have one. */
static int take_sign(struct terms *terms, struct term *term, const char **text,
		     size_t *len, const struct terms_origin *origin,
		     struct nf_error *err)
{
	bool signed_too = *len > 0 && (**text == '&' || **text == '!');

	term->sign = origin->sign;
	term->listed = origin->sign != SIGN_NONE;
	if (signed_too && origin->sign != SIGN_NONE)
		return refuse_sign(terms, origin, *text, *len, err);
	if (signed_too) {
		term->sign = **text == '&' ? SIGN_AND : SIGN_NOT;
		(*text)++;
		(*len)--;
	}
	while (signed_too && *len > 0 && **text == ' ') {
		(*text)++;
		(*len)--;
	}
	term->clause = term->sign == SIGN_NONE  ? CLAUSE_ANY
		       : term->sign == SIGN_NOT ? CLAUSE_NOT
						: origin->clause;
	return 0;
}

/* Add a term as it is written: 1, 0 for an empty one, or -1. */
static int add_written(struct terms *terms, const char *text, size_t len,
		       const struct terms_origin *origin, struct nf_error *err)
{
	struct term term = {
		.path = origin->path, .line = origin->line, .of = SIZE_MAX};

	if (take_sign(terms, &term, &text, &len, origin, err) == -1)
		return -1;
	if (len == 0)
		return 0;
	term.text = strings_add(&terms->strings, text, len);
	if (term.text == NULL)
		return no_memory(err);
	term.kind = term.text[0] == '@' ? TERM_AT : TERM_OPEN;
	term.word = term.text + (term.kind == TERM_AT);
	return add_term(terms, &term, err) == -1 ? -1 : 1;
}

int terms_add(struct terms *terms, const char *expression,
	      const struct terms_origin *origin, struct nf_error *err)
{
	const char *start, *rest = expression;
	int n = 0;

	for (;;) {
		size_t len = terms_next(&start, &rest);
		int rc;

		if (len == SIZE_MAX)
			return n;
		rc = add_written(terms, start, len, origin, err);
		if (rc == -1)
			return -1;
		n += n < 2 ? rc : 0; /* whether there are any is what counts */
	}
}

/* ---- expressions as names */

static bool is_empty(const char *expression)
{
	const char *start, *rest = expression;
	size_t len;

	do {
		len = terms_next(&start, &rest);
		if (len != SIZE_MAX && strspn(start, "&! ") < len)
			return false;
	} while (len != SIZE_MAX);
	return true;
}

int terms_add_whole(struct terms *terms, const char *expression,
		    const struct terms_origin *origin, struct nf_error *err)
{
	struct term term = {.of = SIZE_MAX,
			    .whole = true,
			    .sign = origin->sign,
			    .listed = origin->sign != SIGN_NONE,
			    .clause = origin->sign == SIGN_NOT ? CLAUSE_NOT
							       : CLAUSE_ANY};

	if (is_empty(expression))
		return 0;
	if (strpbrk(expression, ",&!") == NULL)
		return terms_add(terms, expression, origin, err);
	term.text =
		strings_add(&terms->strings, expression, strlen(expression));
	if (term.text == NULL)
		return no_memory(err);
	term.word = term.text;
	return add_term(terms, &term, err) == -1 ? -1 : 1;
}

int terms_add_inner(struct terms *terms, size_t i, struct nf_error *err)
{
	const struct terms_origin origin = {.sign = terms->at[i].sign,
					    .clause = CLAUSE_NEW};

	return terms_add(terms, terms->at[i].text, &origin, err);
}

/* ---- parts */

bool terms_has_parts(const char *text)
{
	return text[span(text, ':')] == ':';
}

int terms_add_parts(struct terms *terms, size_t i, struct nf_error *err)
{
	const struct term whole = terms->at[i];
	const char *text = whole.text;

	for (;;) {
		bool signed_too = text == whole.text || whole.listed;
		const struct terms_origin origin = {
			.path = whole.path,
			.line = whole.line,
			.sign = signed_too ? whole.sign : SIGN_NONE,
			.clause = signed_too ? whole.clause : CLAUSE_NEW};
		size_t len = span(text, ':');

		if (add_written(terms, text, len, &origin, err) == -1)
			return -1;
		if (text[len] == '\0')
			return 0;
		text += len + 1;
	}
}
