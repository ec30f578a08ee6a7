/* Patterns of names: wildcards, classes and ranges. */
#include "select/pattern.h"

#include <fnmatch.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/range_set.h"

#define DIGITS "0123456789"
#define BYTES 256

enum element_kind {
	ELEMENT_BYTE,
	ELEMENT_ANY,
	ELEMENT_STAR,
	ELEMENT_CLASS,
	ELEMENT_RANGE
};

struct element {
	enum element_kind kind;
	unsigned char byte;
	union {
		bool *bytes; /* of a class: BYTES of them; owned */
		struct range_set *range; /* owned */
	} of;
};

struct pattern {
	struct element *elements;
	size_t n;
	size_t prefix; /* elements at its beginning that are bytes */
};

/* ---- brackets */

/* Find the end of a class as fnmatch(3) does: NULL where there is none. */
static const char *class_end(const char *open)
{
	const char *at = open + 1;

	if (*at == '!' || *at == '^')
		at++;
	if (*at == ']')
		at++;
	for (; *at != '\0' && *at != ']'; at++) {
		const char *end = NULL;

		if (at[0] == '\\' && at[1] != '\0')
			at++;
		else if (at[0] == '[' && at[1] != '\0' &&
			 strchr(":.=", at[1]) != NULL)
			end = strchr(at + 2, ']');
		if (end != NULL && end[-1] == at[1])
			at = end;
	}
	return *at == ']' ? at : NULL;
}

/* The length of a range between brackets; 0: it is a class. Also of those with a
 * ':', which are refused with what to write. */
static size_t range_length(const char *open)
{
	size_t len = strspn(open + 1, DIGITS ",-/: ");
	size_t digits = strspn(open + 1, DIGITS);

	return open[1 + len] == ']' && digits > 0 && digits < len ? len : 0;
}

bool pattern_is(const char *text)
{
	const char *bracket = strchr(text, '[');

	return strpbrk(text, "*?\\") != NULL ||
	       (bracket != NULL && strchr(bracket, ']') != NULL);
}

/* ---- compiling */

static int add_range(struct element *element, const char *open, size_t len,
		     struct nf_error *err)
{
	struct range_set *set = calloc(1, sizeof(*set));

	if (set == NULL)
		return error_set(err, NF_SYSTEM, "no memory for a pattern");
	if (range_set_read(set, open + 1, len, RANGE_DASH, err) == -1) {
		free(set);
		return -1;
	}
	element->kind = ELEMENT_RANGE;
	element->of.range = set;
	return 0;
}

/* Ask fnmatch(3) for each byte, once. */
static int add_class(struct element *element, const char *open, size_t len,
		     struct nf_error *err)
{
	bool *bytes = calloc(BYTES, sizeof(*bytes));
	char *class = strndup(open, len);
	char byte[2] = "";

	if (bytes == NULL || class == NULL) {
		free(bytes);
		free(class);
		return error_set(err, NF_SYSTEM, "no memory for a pattern");
	}
	for (int i = 1; i < BYTES; i++) {
		byte[0] = (char)i;
		bytes[i] = fnmatch(class, byte, 0) == 0;
	}
	free(class);
	element->kind = ELEMENT_CLASS;
	element->of.bytes = bytes;
	return 0;
}

/* Add what a bracket stands for: its length, or -1. */
static int add_bracket(struct element *element, const char *open, size_t *used,
		       struct nf_error *err)
{
	size_t range = range_length(open);
	const char *end = range == 0 ? class_end(open) : open + range + 1;

	if (end == NULL)
		return error_set(err, NF_INVALID,
				 "a '[' without a ']': write [1-3,7] or [abc], "
				 "or \\[ for the character");
	*used = (size_t)(end - open) + 1;
	return range > 0 ? add_range(element, open, range, err)
			 : add_class(element, open, *used, err);
}

/* Add the element that text begins with, and tell its length. */
static int add_element(struct element *element, const char *text, size_t *used,
		       struct nf_error *err)
{
	*used = 1;
	switch (text[0]) {
	case '*':
		element->kind = ELEMENT_STAR;
		return 0;
	case '?':
		element->kind = ELEMENT_ANY;
		return 0;
	case '[':
		return add_bracket(element, text, used, err);
	case '\\':
		*used = text[1] != '\0' ? 2 : 1;
		element->byte = (unsigned char)text[*used - 1];
		return 0;
	default:
		element->byte = (unsigned char)text[0];
		return 0;
	}
}

static int read_elements(struct pattern *pattern, const char *text,
			 struct nf_error *err)
{
	size_t used;

	for (; *text != '\0'; text += used) {
		if (pattern->n == PATTERN_ELEMENTS_MAX)
			return error_set(err, NF_INVALID,
					 "a pattern of more than %d characters "
					 "and brackets: write a shorter one",
					 PATTERN_ELEMENTS_MAX);
		if (add_element(&pattern->elements[pattern->n], text, &used,
				err) == -1)
			return -1;
		pattern->n++;
	}
	while (pattern->prefix < pattern->n &&
	       pattern->elements[pattern->prefix].kind == ELEMENT_BYTE)
		pattern->prefix++;
	return 0;
}

int pattern_new(struct pattern **out, const char *text, struct nf_error *err)
{
	struct pattern *pattern = calloc(1, sizeof(*pattern));
	size_t len = strnlen(text, PATTERN_ELEMENTS_MAX);

	if (pattern != NULL)
		pattern->elements = calloc(len + 1, sizeof(*pattern->elements));
	if (pattern == NULL || pattern->elements == NULL) {
		free(pattern);
		return error_set(err, NF_SYSTEM, "no memory for a pattern");
	}
	if (read_elements(pattern, text, err) == -1) {
		pattern_free(pattern);
		return -1;
	}
	*out = pattern;
	return 0;
}

void pattern_free(struct pattern *pattern)
{
	if (pattern == NULL)
		return;
	for (size_t i = 0; i < pattern->n; i++) {
		struct element *element = &pattern->elements[i];

		if (element->kind == ELEMENT_CLASS)
			free(element->of.bytes);
		if (element->kind == ELEMENT_RANGE) {
			range_set_release(element->of.range);
			free(element->of.range);
		}
	}
	free(pattern->elements);
	free(pattern);
}

/* ---- matching */

/* Where in a name the elements so far may have ended. */
struct places {
	const char *name;
	size_t len;
	bool at[PATTERN_NAME_MAX + 1];
	size_t first; /* none before it; above len: none at all */
};

static bool takes_byte(const struct element *element, char c)
{
	unsigned char byte = (unsigned char)c;

	return element->kind == ELEMENT_ANY ||
	       (element->kind == ELEMENT_CLASS ? element->of.bytes[byte]
					       : element->byte == byte);
}

/* Move each place on by one byte, if the element takes that. */
static void step_byte(struct places *places, const struct element *element)
{
	size_t first = places->len + 1;

	for (size_t i = places->len; i-- > places->first;) {
		bool on = places->at[i] && takes_byte(element, places->name[i]);

		places->at[i + 1] = on;
		if (on)
			first = i + 1;
	}
	places->first = first;
}

static void step_star(struct places *places)
{
	for (size_t i = places->first; i <= places->len; i++)
		places->at[i] = true;
}

/* Move each place on behind every number of the range that begins there. */
static void step_range(struct places *places, const struct range_set *set)
{
	bool next[PATTERN_NAME_MAX + 1];
	size_t first = places->len + 1;

	memset(next, 0, places->len + 1);
	for (size_t i = places->len; i-- > places->first;) {
		const char *at = places->name + i;
		size_t digits = places->at[i] ? strspn(at, DIGITS) : 0;

		if (digits > set->digits_max)
			digits = set->digits_max;
		for (size_t n = digits; n > 0; n--) {
			if (!range_set_has(set, at, n))
				continue;
			next[i + n] = true;
			first = i + n < first ? i + n : first;
		}
	}
	memcpy(places->at, next, places->len + 1);
	places->first = first;
}

static bool has_prefix(const struct pattern *pattern, const char *name)
{
	for (size_t i = 0; i < pattern->prefix; i++) {
		if (pattern->elements[i].byte != (unsigned char)name[i])
			return false;
	}
	return true;
}

bool pattern_matches(const struct pattern *pattern, const char *name)
{
	struct places places;

	if (!has_prefix(pattern, name))
		return false;
	places.name = name;
	places.len = strnlen(name, PATTERN_NAME_MAX + 1);
	if (places.len > PATTERN_NAME_MAX)
		return false;
	memset(places.at, 0, places.len + 1);
	places.first = pattern->prefix;
	places.at[places.first] = true;
	for (size_t i = pattern->prefix;
	     i < pattern->n && places.first <= places.len; i++) {
		const struct element *element = &pattern->elements[i];

		if (element->kind == ELEMENT_STAR)
			step_star(&places);
		else if (element->kind == ELEMENT_RANGE)
			step_range(&places, element->of.range);
		else
			step_byte(&places, element);
	}
	return places.first <= places.len && places.at[places.len];
}
