/* Names with ranges in them. */
#include "base/range.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* A range, and the text before it. */
struct piece {
	size_t start, len; /* of the text */
	struct range_set set;
};

struct range {
	char *text;
	struct piece pieces[RANGE_BRACKETS_MAX];
	size_t npieces;
	size_t tail; /* where the text behind the last one begins */
	size_t count;
};

/* ---- brackets */

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

/* Is it a range, what stands behind this bracket up to the next one? */
static bool is_range(const char *inner, enum range_form form)
{
	size_t len = strcspn(inner, "[]");
	size_t blanks = strspn(inner, " ");

	if (is_ipv6(inner, len))
		return false;
	return form == RANGE_COLON || blanks >= len ||
	       strchr("0123456789,", inner[blanks]) != NULL;
}

/* Find the next range: its bracket, or NULL. */
static const char *find_range(const char *text, enum range_form form)
{
	for (text = strchr(text, '['); text != NULL;
	     text = strchr(text + 1, '[')) {
		if (is_range(text + 1, form))
			return text;
	}
	return NULL;
}

bool range_is(const char *text, enum range_form form)
{
	return find_range(text, form) != NULL;
}

/* ---- reading */

static int add_piece(struct range *range, size_t open, size_t close,
		     enum range_form form, struct nf_error *err)
{
	struct piece *piece = &range->pieces[range->npieces];

	if (range->npieces == RANGE_BRACKETS_MAX)
		return error_set(err, NF_INVALID,
				 "more than %d ranges in a name: write fewer",
				 RANGE_BRACKETS_MAX);
	if (range_set_read(&piece->set, range->text + open + 1,
			   close - open - 1, form, err) == -1)
		return -1;
	range->npieces++;
	piece->start = range->tail;
	piece->len = open - range->tail;
	range->tail = close + 1;
	if (piece->set.count > RANGE_NUMBERS_MAX / range->count)
		return error_set(err, NF_INVALID,
				 "the ranges stand for more than %zu names: "
				 "write fewer",
				 RANGE_NUMBERS_MAX);
	range->count *= piece->set.count;
	return 0;
}

static int check_length(const struct range *range, struct nf_error *err)
{
	size_t len = strlen(range->text + range->tail);

	for (size_t i = 0; i < range->npieces; i++)
		len += range->pieces[i].len + range->pieces[i].set.digits_max;
	if (len < RANGE_NAME_MAX)
		return 0;
	return error_set(err, NF_INVALID,
			 "a name of more than %d bytes: write a shorter one",
			 RANGE_NAME_MAX - 1);
}

static int read_pieces(struct range *range, enum range_form form,
		       struct nf_error *err)
{
	const char *open;

	while ((open = find_range(range->text + range->tail, form)) != NULL) {
		const char *close = strchr(open, ']');

		if (close == NULL)
			return error_set(err, NF_INVALID,
					 "a '[' without a ']': write a range "
					 "as in [1-3,7]");
		if (add_piece(range, (size_t)(open - range->text),
			      (size_t)(close - range->text), form, err) == -1)
			return -1;
	}
	if (range->npieces > 0 && range->text[range->tail] == ']')
		return error_set(err, NF_INVALID,
				 "a ']' without a '[': write a range as in "
				 "[1-3,7]");
	return check_length(range, err);
}

int range_new(struct range **out, const char *text, enum range_form form,
	      struct nf_error *err)
{
	struct range *range = calloc(1, sizeof(*range));

	if (range != NULL)
		range->text = strdup(text);
	if (range == NULL || range->text == NULL) {
		range_free(range);
		return error_set(err, NF_SYSTEM, "no memory for a range");
	}
	range->count = 1;
	if (read_pieces(range, form, err) == -1) {
		range_free(range);
		return -1;
	}
	*out = range;
	return 0;
}

void range_free(struct range *range)
{
	if (range == NULL)
		return;
	for (size_t i = 0; i < range->npieces; i++)
		range_set_release(&range->pieces[i].set);
	free(range->text);
	free(range);
}

size_t range_count(const struct range *range)
{
	return range->count;
}

/* ---- one name after the other */

void range_begin(struct range_iter *iter, const struct range *range)
{
	*iter = (struct range_iter){.range = range};
}

/* Put a bracket before its first number, and then on it. */
static void restart(struct range_iter *iter, size_t i)
{
	iter->at[i] = (struct range_place){0};
	(void)range_set_next(&iter->range->pieces[i].set, &iter->at[i]);
}

/* Go on as a counter does: false when all brackets have turned. */
static bool turn(struct range_iter *iter)
{
	const struct range *range = iter->range;

	if (!iter->begun) {
		iter->begun = true;
		for (size_t i = 0; i < range->npieces; i++)
			restart(iter, i);
		return true;
	}
	for (size_t i = range->npieces; i-- > 0;) {
		if (range_set_next(&range->pieces[i].set, &iter->at[i]))
			return true;
		restart(iter, i);
	}
	return false;
}

bool range_next(struct range_iter *iter, char name[RANGE_NAME_MAX])
{
	const struct range *range = iter->range;
	const char *tail = range->text + range->tail;

	if (!turn(iter))
		return false;
	for (size_t i = 0; i < range->npieces; i++) {
		const struct piece *piece = &range->pieces[i];

		memcpy(name, range->text + piece->start, piece->len);
		name += piece->len;
		name += range_place_write(&iter->at[i], name);
	}
	memcpy(name, tail,
	       strlen(tail) + 1); /* check_length() saw that all fit */
	return true;
}
