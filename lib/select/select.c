/* Selecting devices by expressions. */
#include "select/select.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/textmap.h"
#include "select/lack.h"
#include "select/meaning.h"
#include "select/terms.h"

/* ---- devices, one after the other */

#define WORD_MAX 512 /* bytes of KEY=VALUE that is found as a word, and NUL */

/* What is found of one device. */
struct trial {
	struct selecting *selecting;
	uint32_t *marks; /* of each clause: the last device that it took, + 1 */
	size_t *rest; /* terms that no word finds */
	size_t nrest;
	const char **keys; /* of values that are found as words, each once */
	size_t nkeys;
	const char *key; /* whose values are asked for, to find words */
	size_t device;
	uint32_t nands; /* clauses of "&" that took this device */
	const struct term *term; /* whose values are asked for */
	int rc; /* 1: one of them is right; -1 */
};

static bool has_taken(const struct trial *trial, uint32_t clause)
{
	return trial->marks[clause] == trial->device + 1;
}

static void take(struct trial *trial, const struct term *term)
{
	trial->selecting->terms.at[term->of].found = true;
	if (has_taken(trial, term->clause))
		return;
	trial->marks[term->clause] = (uint32_t)trial->device + 1;
	if (term->clause >= CLAUSE_AND)
		trial->nands++;
}

/* Take the device for terms of this word and kind. */
static void take_word(struct trial *trial, const char *word,
		      enum term_kind kind, uint16_t port)
{
	const struct terms *terms = &trial->selecting->terms;

	for (uint32_t at = terms_find(terms, word); at != 0;
	     at = terms->at[at - 1].next) {
		const struct term *term = &terms->at[at - 1];

		if (term->kind == kind &&
		    (term->port == 0 || term->port == port))
			take(trial, term);
	}
}

static void take_group(void *arg, const char *group)
{
	take_word(arg, group, TERM_GROUP, 0);
}

/* Is it found by its word, as a device's KEY=VALUE? */
static bool is_value_word(const struct term *term)
{
	return term->kind == TERM_VALUE && term->pattern == NULL &&
	       term->other == NULL && strlen(term->word) < WORD_MAX;
}

static void take_value(void *arg, const char *value)
{
	struct trial *trial = arg;
	size_t key_len = strlen(trial->key), len = strlen(value);
	char word[WORD_MAX];

	if (key_len + 1 >= sizeof(word) || len >= sizeof(word) - key_len - 1)
		return;
	memcpy(word, trial->key, key_len);
	word[key_len] = '=';
	memcpy(word + key_len + 1, value, len + 1);
	take_word(trial, word, TERM_VALUE, 0);
}

static void try_value(void *arg, const char *value)
{
	struct trial *trial = arg;
	const struct term *term = trial->term;

	if (trial->rc != 0)
		return;
	if (term->kind == TERM_VALUE_LIKE)
		trial->rc = meaning_matches(trial->selecting, term, value);
	else
		trial->rc = strcmp(term->value, value) == 0 ||
			    (term->other != NULL &&
			     strcmp(term->other, value) == 0) ||
			    (term->pattern != NULL &&
			     pattern_matches(term->pattern, value));
}

static int has_value(struct trial *trial, const struct term *term)
{
	const struct select_subject *subject = trial->selecting->subject;

	trial->term = term;
	trial->rc = 0;
	subject->values(subject->arg, trial->device, term->key, try_value,
			trial);
	return trial->rc;
}

/* Does the device have what a term asks for, of those that no word finds? */
static int has(struct trial *trial, const struct term *term)
{
	const struct select_subject *subject = trial->selecting->subject;
	uint16_t port;

	switch (term->kind) {
	case TERM_ALL:
		return 1;
	case TERM_LIKE:
		return meaning_matches(
			trial->selecting, term,
			subject->name(subject->arg, trial->device));
	case TERM_PATTERN:
		return pattern_matches(
			term->pattern,
			subject->name(subject->arg, trial->device));
	case TERM_HOST_PATTERN:
		return pattern_matches(
			term->pattern,
			subject->host(subject->arg, trial->device, &port));
	case TERM_VALUE:
	case TERM_VALUE_LIKE:
		return has_value(trial, term);
	case TERM_OPEN:
	case TERM_AT:
	case TERM_REPLACED:
	case TERM_NAME:
	case TERM_GROUP:
	case TERM_HOST:
		break;
	}
	return 0;
}

/* Find which clauses take the device. */
static int try_device(struct trial *trial)
{
	const struct select_subject *subject = trial->selecting->subject;
	size_t i = trial->device;
	const char *host;
	uint16_t port;

	trial->nands = 0;
	take_word(trial, subject->name(subject->arg, i), TERM_NAME, 0);
	host = subject->host(subject->arg, i, &port);
	take_word(trial, host, TERM_HOST, port);
	subject->groups(subject->arg, i, take_group, trial);
	for (size_t k = 0; k < trial->nkeys; k++) {
		trial->key = trial->keys[k];
		subject->values(subject->arg, i, trial->key, take_value, trial);
	}
	for (size_t k = 0; k < trial->nrest; k++) {
		const struct term *term =
			&trial->selecting->terms.at[trial->rest[k]];
		int rc;

		if (has_taken(trial, term->clause) && term->found)
			continue;
		rc = has(trial, term);
		if (rc == -1)
			return -1;
		if (rc == 1)
			take(trial, term);
	}
	return 0;
}

/* ---- clauses */

/* How many devices each step left. */
struct counts {
	size_t any; /* of terms without a sign */
	size_t both; /* of all "&", too */
	size_t chosen;
};

static bool has_any_clause(const struct terms *terms)
{
	for (size_t i = 0; i < terms->n; i++) {
		if (terms->at[i].clause == CLAUSE_ANY &&
		    terms->at[i].kind != TERM_REPLACED)
			return true;
	}
	return false;
}

static void list_rest(struct trial *trial)
{
	const struct terms *terms = &trial->selecting->terms;

	for (size_t i = 0; i < terms->n; i++) {
		if (terms->at[i].kind >= TERM_ALL &&
		    !is_value_word(&terms->at[i]))
			trial->rest[trial->nrest++] = i;
	}
}

/* List the keys of values that are found as words. */
static int list_keys(struct trial *trial)
{
	const struct terms *terms = &trial->selecting->terms;
	struct textmap seen = {0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < terms->n; i++) {
		const char *key = terms->at[i].key;

		if (!is_value_word(&terms->at[i]) ||
		    textmap_find(&seen, key, strlen(key)) != NULL)
			continue;
		if (textmap_add(&seen, key, 0) == NULL)
			rc = -1;
		trial->keys[trial->nkeys++] = key;
	}
	textmap_release(&seen);
	return rc;
}

static int try_devices(struct trial *trial, bool *chosen, struct counts *counts)
{
	const struct terms *terms = &trial->selecting->terms;
	bool every = !has_any_clause(terms);

	for (size_t i = 0; i < trial->selecting->subject->n; i++) {
		bool any, both;

		trial->device = i;
		if (try_device(trial) == -1)
			return -1;
		any = every || has_taken(trial, CLAUSE_ANY);
		both = any && trial->nands == terms->nclauses;
		chosen[i] = both && !has_taken(trial, CLAUSE_NOT);
		counts->any += any;
		counts->both += both;
		counts->chosen += chosen[i];
	}
	return 0;
}

static int choose(struct selecting *selecting, bool *chosen,
		  struct counts *counts)
{
	const struct terms *terms = &selecting->terms;
	struct trial trial = {.selecting = selecting};
	int rc = -1;

	trial.marks =
		calloc(CLAUSE_AND + terms->nclauses + 1, sizeof(*trial.marks));
	trial.rest = calloc(terms->n + 1, sizeof(*trial.rest));
	trial.keys = calloc(terms->n + 1, sizeof(*trial.keys));
	if (trial.marks == NULL || trial.rest == NULL || trial.keys == NULL ||
	    list_keys(&trial) == -1) {
		(void)error_set(selecting->err, NF_SYSTEM,
				"no memory for a selection");
	} else {
		list_rest(&trial);
		rc = try_devices(&trial, chosen, counts);
	}
	free(trial.marks);
	free(trial.rest);
	free(trial.keys);
	return rc;
}

/* ---- what is wrong with a selection */

/* Tell of the first term that no device has; the others are not wrong. */
static int check_found(const struct selecting *selecting)
{
	const struct terms *terms = &selecting->terms;

	for (size_t i = 0; i < terms->n; i++) {
		const struct term *term = &terms->at[i];

		if (term->found || term->of != i || term->sign == SIGN_NOT ||
		    term->kind == TERM_REPLACED)
			continue;
		return lack_tell(selecting, term,
				 term->kind == TERM_GROUP
					 ? "is a group without devices"
					 : "matches no device");
	}
	return 0;
}

static int check_counts(const struct selecting *selecting,
			const struct counts *counts)
{
	if (selecting->subject->n == 0 || counts->chosen > 0)
		return 0;
	if (counts->both > 0)
		return error_set(selecting->err, NF_INVALID,
				 "the selection is empty: of %zu devices, %zu "
				 "match, and what is excluded leaves none of "
				 "them",
				 selecting->subject->n, counts->both);
	return error_set(selecting->err, NF_INVALID,
			 "the selection is empty: of %zu devices, %zu match, "
			 "and none of them is in all that stands behind '&'",
			 selecting->subject->n, counts->any);
}

/* ---- requests */

static int add_expressions(struct selecting *selecting,
			   const char *const *expressions, size_t n,
			   enum term_sign sign)
{
	const struct terms_origin origin = {.sign = sign, .clause = CLAUSE_NEW};

	for (size_t i = 0; i < n; i++) {
		int rc = terms_add_whole(&selecting->terms, expressions[i],
					 &origin, selecting->err);

		if (rc == -1)
			return -1;
		if (rc == 0)
			return error_set(selecting->err, NF_INVALID,
					 "an empty selection: write names, "
					 "groups or patterns, or all");
	}
	return 0;
}

/* Keep so many of those that were chosen, at an even distance. */
static void pick(bool *chosen, size_t n, size_t nchosen, size_t npicked)
{
	size_t place = 0, kept = 0;

	for (size_t i = 0; i < n && npicked < nchosen; i++) {
		if (!chosen[i])
			continue;
		/* The next one to keep; both numbers are below 2^32. */
		chosen[i] = kept < npicked &&
			    place == (uint64_t)kept * nchosen / npicked;
		kept += chosen[i];
		place++;
	}
}

static int select_all(struct selecting *selecting, bool *chosen,
		      const struct select_request *request)
{
	struct counts counts = {0};

	if (add_expressions(selecting, request->limits, request->nlimits,
			    SIGN_NONE) == -1 ||
	    add_expressions(selecting, request->excludes, request->nexcludes,
			    SIGN_NOT) == -1 ||
	    meaning_settle(selecting) == -1 ||
	    choose(selecting, chosen, &counts) == -1 ||
	    check_found(selecting) == -1 ||
	    check_counts(selecting, &counts) == -1)
		return -1;
	if (request->pick > 0)
		pick(chosen, selecting->subject->n, counts.chosen,
		     request->pick);
	return 0;
}

int select_devices(bool *chosen, const struct select_request *request,
		   const struct select_subject *subject, struct nf_error *err)
{
	struct nf_error why = {0};
	struct selecting selecting = {.subject = subject, .err = &why};
	int rc = select_all(&selecting, chosen, request);

	terms_release(&selecting.terms);
	matcher_free(&selecting.matcher);
	if (rc == -1 && err != NULL)
		*err = why;
	return rc;
}

bool select_reads_input(const char *expression)
{
	const char *start, *rest = expression;

	for (;;) {
		size_t len = terms_next(&start, &rest);

		if (len == SIZE_MAX)
			return false;
		while (len > 0 &&
		       (*start == '&' || *start == '!' || *start == ' ')) {
			start++;
			len--;
		}
		if ((len == 1 && start[0] == '-') ||
		    (len == 2 && memcmp(start, "@-", 2) == 0))
			return true;
	}
}
