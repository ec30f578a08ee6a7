/* What the terms of a selection mean. */
#include "select/meaning.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "select/lack.h"
#include "select/list_file.h"
#include "select/shown.h"
#include "yaml/fault.h"

/* ---- messages */

int meaning_refuse(const struct selecting *selecting, const struct term *term,
		   const char *why)
{
	char what[300], text[SHOWN_SIZE];

	(void)snprintf(what, sizeof(what), "%s", why); /* may be of err */
	return fault(selecting->err, term->path, term->line, "'%s': %s",
		     shown(text, term->text), what);
}

/* Pass on why something of a term was refused. */
static int refuse_as(const struct selecting *selecting, const struct term *term)
{
	struct nf_error *err = selecting->err;

	return err->code == NF_INVALID
		       ? meaning_refuse(selecting, term, err->message)
		       : -1;
}

/* ---- regular expressions */

int meaning_matches(struct selecting *selecting, const struct term *term,
		    const char *text)
{
	int rc = pcre2_match(term->code, (PCRE2_SPTR)text, strlen(text), 0, 0,
			     selecting->matcher.data,
			     selecting->matcher.context);

	if (rc == PCRE2_ERROR_MATCHLIMIT || rc == PCRE2_ERROR_DEPTHLIMIT ||
	    rc == PCRE2_ERROR_HEAPLIMIT)
		return meaning_refuse(selecting, term,
				      "it takes too many steps: write a "
				      "simpler regular expression");
	return rc >= 0;
}

static int compile_regex(struct selecting *selecting, struct term *term,
			 const char *regex, uint32_t options)
{
	PCRE2_UCHAR why[128];
	char text[200];
	PCRE2_SIZE at;
	int code;

	if (selecting->matcher.data == NULL &&
	    matcher_init(&selecting->matcher) == -1)
		return error_set(selecting->err, NF_SYSTEM,
				 "no memory for a regular expression");
	term->code =
		pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED,
			      PCRE2_DOLLAR_ENDONLY | options, &code, &at, NULL);
	if (term->code != NULL)
		return 0;
	(void)pcre2_get_error_message(code, why, sizeof(why));
	(void)snprintf(text, sizeof(text),
		       "%s at character %zu of the regular expression",
		       (char *)why, at);
	return meaning_refuse(selecting, term, text);
}

/* ---- whole names */

/* Let the open terms of a word mean this. */
static void settle_word(struct terms *terms, const char *word,
			enum term_kind kind)
{
	for (uint32_t at = terms_find(terms, word); at != 0;
	     at = terms->at[at - 1].next) {
		struct term *term = &terms->at[at - 1];

		if (term->kind == TERM_OPEN ||
		    (term->kind == TERM_AT && kind == TERM_GROUP))
			term->kind = kind;
	}
}

static bool any_open(const struct terms *terms, size_t from)
{
	for (size_t i = from; i < terms->n; i++) {
		if (terms->at[i].kind == TERM_OPEN)
			return true;
	}
	return false;
}

static void settle_names(struct selecting *selecting, size_t from)
{
	const struct select_subject *subject = selecting->subject;

	if (!any_open(&selecting->terms, from))
		return;
	for (size_t i = 0; i < subject->n; i++)
		settle_word(&selecting->terms, subject->name(subject->arg, i),
			    TERM_NAME);
}

static void settle_hosts(struct selecting *selecting, size_t from)
{
	const struct select_subject *subject = selecting->subject;
	uint16_t port;

	if (!any_open(&selecting->terms, from))
		return;
	for (size_t i = 0; i < subject->n; i++)
		settle_word(&selecting->terms,
			    subject->host(subject->arg, i, &port), TERM_HOST);
}

static void settle_groups(struct selecting *selecting)
{
	const char *const *group = selecting->subject->group_names;

	for (; group != NULL && *group != NULL; group++) {
		if (strcmp(*group, "all") != 0)
			settle_word(&selecting->terms, *group, TERM_GROUP);
	}
}

/* ---- patterns */

/* Does the pattern or the regular expression of a term match a name? */
static int matches_name(struct selecting *selecting, const struct term *term,
			const char *name)
{
	return term->pattern != NULL ? pattern_matches(term->pattern, name)
				     : meaning_matches(selecting, term, name);
}

/* Is it a group that Ansible has by itself? Patterns do not mean it: a* would be
 * every device. */
static bool is_own_group(const char *group)
{
	return strcmp(group, "all") == 0 || strcmp(group, "ungrouped") == 0;
}

/* Add a term for each group that term i matches, by its place as they move: how
 * many, 2 at most, or -1. */
static int add_groups(struct selecting *selecting, size_t i)
{
	const char *const *group = selecting->subject->group_names;
	int n = 0;

	for (; group != NULL && *group != NULL; group++) {
		int rc =
			is_own_group(*group)
				? 0
				: matches_name(selecting,
					       &selecting->terms.at[i], *group);

		if (rc == 1 &&
		    terms_add_derived(&selecting->terms, i, TERM_GROUP, *group,
				      strlen(*group), 0, selecting->err) == -1)
			return -1;
		if (rc == -1)
			return -1;
		n += n < 2 ? rc : 0;
	}
	return n;
}

/* Does it match any device's name? 1, 0, or -1. */
static int matches_any_name(struct selecting *selecting, size_t i)
{
	const struct select_subject *subject = selecting->subject;
	int rc = 0;

	for (size_t k = 0; rc == 0 && k < subject->n; k++)
		rc = matches_name(selecting, &selecting->terms.at[i],
				  subject->name(subject->arg, k));
	return rc;
}

static int settle_pattern(struct selecting *selecting, size_t i)
{
	struct term *term = &selecting->terms.at[i];
	int groups, names;

	if (pattern_new(&term->pattern, term->text, selecting->err) == -1)
		return refuse_as(selecting, term);
	groups = add_groups(selecting, i);
	names = groups == -1 ? -1 : matches_any_name(selecting, i);
	term = &selecting->terms.at[i]; /* it may have moved */
	term->found = groups > 0;
	term->kind = groups > 0 || names > 0 ? TERM_PATTERN : TERM_HOST_PATTERN;
	return names == -1 ? -1 : 0;
}

static int settle_like(struct selecting *selecting, size_t i)
{
	struct term *term = &selecting->terms.at[i];
	int groups;

	term->kind = TERM_LIKE;
	if (compile_regex(selecting, term, term->text + 1, PCRE2_ANCHORED) ==
	    -1)
		return -1;
	groups = add_groups(selecting, i);
	selecting->terms.at[i].found = groups > 0;
	return groups == -1 ? -1 : 0;
}

/* ---- values */

static int settle_value(struct selecting *selecting, struct term *term,
			size_t len)
{
	const struct select_subject *subject = selecting->subject;
	bool like = term->text[len] == '~';

	term->kind = like ? TERM_VALUE_LIKE : TERM_VALUE;
	term->value = term->text + len + 1;
	term->key = strings_add(&selecting->terms.strings, term->text, len);
	if (term->key == NULL)
		return error_set(selecting->err, NF_SYSTEM,
				 "no memory for a selection");
	if (like)
		return compile_regex(selecting, term, term->value, 0);
	if (subject->other != NULL)
		term->other =
			subject->other(subject->arg, term->key, term->value);
	if (pattern_is(term->value) &&
	    pattern_new(&term->pattern, term->value, selecting->err) == -1)
		return refuse_as(selecting, term);
	return 0;
}

/* ---- files, and the rest */

static int settle_file(struct selecting *selecting, size_t i)
{
	struct term *term = &selecting->terms.at[i];
	const char *path = term->text[0] == '@' ? term->text + 1 : "-";

	if (term->path != NULL)
		return meaning_refuse(selecting, term,
				      "no group is called so, and a list names "
				      "no other file: write its lines here");
	if (*path == '\0')
		return meaning_refuse(selecting, term,
				      "write the name of a group or of a file "
				      "behind the @");
	term->kind = TERM_REPLACED;
	if (list_file_add(&selecting->terms, i, path, selecting->err) == 0)
		return 0;
	term = &selecting->terms.at[i];
	if (selecting->err->sys_errno == ENOENT)
		return lack_tell(selecting, term, "is no group and no file");
	return selecting->err->sys_errno != 0 ? refuse_as(selecting, term) : -1;
}

/* What a term means by the way it is written, but for hosts. */
static int settle_syntax(struct selecting *selecting, size_t i)
{
	struct term *term = &selecting->terms.at[i];
	const char *text = term->text;
	size_t len = terms_key(text);

	if (term->kind == TERM_AT && strcmp(text, "@all") != 0)
		return settle_file(selecting, i);
	if (term->kind != TERM_OPEN && term->kind != TERM_AT)
		return 0;
	if (term->whole) {
		term->kind = TERM_REPLACED;
		return terms_add_inner(&selecting->terms, i, selecting->err) ==
				       -1
			       ? -1
			       : 0;
	}
	if (strcmp(text, "-") == 0 && term->path == NULL)
		return settle_file(selecting, i);
	if (strcmp(term->word, "all") == 0 || strcmp(text, "*") == 0)
		term->kind = TERM_ALL;
	else if (text[0] == '~')
		return settle_like(selecting, i);
	else if (len > 0 && (text[len] == '=' || text[len] == '~'))
		return settle_value(selecting, term, len);
	else if (len > 0 && text[len] == '!' && text[len + 1] == '=')
		return meaning_refuse(selecting, term,
				      "write KEY=VALUE with a '!' before it");
	return 0;
}

/* ---- addresses */

static bool is_ipv6(const char *text, size_t len)
{
	char bare[INET6_ADDRSTRLEN];
	struct in6_addr address;
	const char *zone = memchr(text, '%', len);

	if (zone != NULL)
		len = (size_t)(zone - text);
	if (len >= sizeof(bare))
		return false;
	memcpy(bare, text, len);
	bare[len] = '\0';
	return inet_pton(AF_INET6, bare, &address) == 1;
}

/* Read a port, and nothing behind it: 0 for what is none. */
static uint16_t read_port(const char *text)
{
	unsigned port = 0;

	if (strlen(text) > 5 || text[strspn(text, "0123456789")] != '\0')
		return 0;
	for (; *text != '\0'; text++)
		port = port * 10 + (unsigned)(*text - '0');
	return port <= UINT16_MAX ? (uint16_t)port : 0;
}

/* Divide HOST:PORT, [V6], [V6]:PORT: false where it is none of them. */
static bool take_endpoint(const char *text, const char **host, size_t *len,
			  uint16_t *port)
{
	const char *colon = strrchr(text, ':');
	const char *end = strchr(text, ']');

	*port = 0;
	if (text[0] == '[' && end != NULL &&
	    is_ipv6(text + 1, (size_t)(end - text - 1))) {
		*host = text + 1;
		*len = (size_t)(end - text - 1);
		if (end[1] == '\0')
			return true;
		*port = end[1] == ':' ? read_port(end + 2) : 0;
		return *port != 0;
	}
	if (colon == NULL || colon != strchr(text, ':') || pattern_is(text))
		return false;
	*host = text;
	*len = (size_t)(colon - text);
	*port = read_port(colon + 1);
	return *len > 0 && *port != 0;
}

/* What is left: an address with a port, a pattern, several terms. */
static int settle_rest(struct selecting *selecting, size_t i)
{
	struct term *term = &selecting->terms.at[i];
	const char *host;
	uint16_t port;
	size_t len;

	if (term->kind != TERM_OPEN || is_ipv6(term->text, strlen(term->text)))
		return 0;
	if (take_endpoint(term->text, &host, &len, &port))
		return terms_add_derived(&selecting->terms, i, TERM_HOST, host,
					 len, port, selecting->err);
	if (!terms_has_parts(term->text) || strstr(term->text, "::") != NULL)
		return pattern_is(term->text) || strchr(term->text, '[') != NULL
			       ? settle_pattern(selecting, i)
			       : 0;
	term->kind = TERM_REPLACED;
	return terms_add_parts(&selecting->terms, i, selecting->err);
}

int meaning_settle(struct selecting *selecting)
{
	struct terms *terms = &selecting->terms;
	size_t from = 0;

	while (from < terms->n) {
		size_t end = terms->n;

		settle_names(selecting, from);
		settle_groups(selecting);
		for (size_t i = from; i < end; i++) {
			if (settle_syntax(selecting, i) == -1)
				return -1;
		}
		settle_hosts(selecting, from);
		for (size_t i = from; i < end; i++) {
			if (settle_rest(selecting, i) == -1)
				return -1;
		}
		from = end;
	}
	return 0;
}
