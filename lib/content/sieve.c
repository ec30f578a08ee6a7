/*
 * A sieve for lines. Every few bytes it looks at three of them: if they are in
 * no needle, none can be there. The needles are as far apart in their rarest
 * parts as they are long, so that most of a text is never looked at.
 */
#include "content/sieve.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "content/needles.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define GRAM ((size_t)3) /* bytes that are looked at; of a needle, at least */
#define KINDS_BITS 13 /* kinds of them: some share one */
#define NEEDLES_ALL 1024 /* of all patterns; more are done without */

/* A gram in a needle. */
struct place {
	uint16_t needle;
	uint16_t next; /* in its list; 0: the last */
	uint8_t at;
};

struct sieve {
	size_t stride; /* bytes from one look to the next */
	/* By the kind of a gram the places that have it: the number of the
	 * first, from 1 on; 0: none. */
	uint16_t lists[1u << KINDS_BITS];
	struct place *places;
	size_t nplaces;
	struct {
		struct needle needle;
		uint64_t pattern; /* its bit */
	} needles[NEEDLES_ALL];
	size_t n;
	/* Patterns without needles that may match a line with this first byte,
	 * and an empty line. */
	uint64_t begins[UINT8_MAX + 1];
	uint64_t blank;
	bool open; /* there are such */
};

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* The kind of three bytes, the first ones of four in memory: both cases of a
 * letter are of one kind. */
static uint32_t kind(const uint8_t *bytes)
{
	uint32_t word;

	memcpy(&word, bytes, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	word &= 0xffffff;
#else
	word >>= 8;
#endif
	return (word | 0x202020) * 2654435761u >> (32 - KINDS_BITS);
}

/* ---- making */

/* Let in lines that begin as the pattern may: its text without the ^ is looked
 * at, as PCRE2 tells of no first byte behind one. */
static void open_for(struct sieve *sieve, const char *pattern, uint64_t bit)
{
	const uint8_t *bits = NULL;
	uint32_t least = 0, type = 0, first = 0;
	pcre2_code *code = NULL;
	PCRE2_SIZE at;
	int error;

	sieve->open = true;
	if (*pattern == '^' && strchr(pattern, '|') == NULL)
		code = pcre2_compile((PCRE2_SPTR)(pattern + 1),
				     PCRE2_ZERO_TERMINATED,
				     PCRE2_DOLLAR_ENDONLY, &error, &at, NULL);
	if (code != NULL) {
		(void)pcre2_pattern_info(code, PCRE2_INFO_FIRSTBITMAP, &bits);
		(void)pcre2_pattern_info(code, PCRE2_INFO_MINLENGTH, &least);
		(void)pcre2_pattern_info(code, PCRE2_INFO_FIRSTCODETYPE, &type);
		(void)pcre2_pattern_info(code, PCRE2_INFO_FIRSTCODEUNIT,
					 &first);
	}
	if (least == 0)
		sieve->blank |= bit;
	for (unsigned c = 0; c <= UINT8_MAX; c++) {
		bool may = true;

		if (least > 0 && bits != NULL)
			may = (bits[c / 8] >> c % 8 & 1) != 0;
		else if (least > 0 && type == 1)
			may = lower((uint8_t)c) == lower((uint8_t)first);
		if (may)
			sieve->begins[c] |= bit;
	}
	pcre2_code_free(code);
}

static void add_pattern(struct sieve *sieve, const char *pattern, uint64_t bit)
{
	struct needles needles;

	needles_find(&needles, pattern);
	if (needles_shortest(&needles) < GRAM ||
	    needles.n > NEEDLES_ALL - sieve->n) {
		open_for(sieve, pattern, bit);
		return;
	}
	for (size_t i = 0; i < needles.n; i++) {
		struct needle *needle = &sieve->needles[sieve->n].needle;

		*needle = needles.of[i];
		for (size_t k = 0; k < needle->len; k++)
			needle->text[k] = (char)lower((uint8_t)needle->text[k]);
		if (needle->len - GRAM + 1 < sieve->stride)
			sieve->stride = needle->len - GRAM + 1;
		sieve->needles[sieve->n++].pattern = bit;
	}
}

/* How common a byte is in what devices say, in small letters. */
static unsigned commonness(char c)
{
	static const char most_first[] = " etionasrcdlpmu01g-hfv2b.3yw";
	const char *at = strchr(most_first, c);

	return at != NULL && c != '\0'
		       ? (unsigned)(most_first + sizeof(most_first) - at)
		       : 1;
}

/* Where the part of a needle begins that is the rarest: a look at each stride
 * cannot miss a part of stride grams. */
static size_t rarest(const struct needle *needle, size_t stride)
{
	size_t best = 0;
	unsigned least = UINT_MAX;

	for (size_t at = 0; at + stride + GRAM - 1 <= needle->len; at++) {
		const char *text = needle->text + at;
		unsigned sum = 0;

		for (size_t k = 0; k < stride; k++)
			sum += commonness(text[k]) * commonness(text[k + 1]) *
			       commonness(text[k + 2]);
		if (sum < least) {
			least = sum;
			best = at;
		}
	}
	return best;
}

static void add_place(struct sieve *sieve, size_t needle, size_t at)
{
	const char *text = sieve->needles[needle].needle.text + at;
	const uint8_t gram[GRAM + 1] = {(uint8_t)text[0], (uint8_t)text[1],
					(uint8_t)text[2]};
	uint16_t *list = &sieve->lists[kind(gram)];

	sieve->places[++sieve->nplaces] = (struct place){
		.needle = (uint16_t)needle, .next = *list, .at = (uint8_t)at};
	*list = (uint16_t)sieve->nplaces;
}

static int add_places(struct sieve *sieve)
{
	sieve->places =
		calloc(sieve->n * sieve->stride + 1, sizeof(sieve->places[0]));
	if (sieve->places == NULL)
		return -1;
	for (size_t i = 0; i < sieve->n; i++) {
		size_t from = rarest(&sieve->needles[i].needle, sieve->stride);

		for (size_t k = 0; k < sieve->stride; k++)
			add_place(sieve, i, from + k);
	}
	return 0;
}

struct sieve *sieve_new(const char *const *patterns, size_t n)
{
	struct sieve *sieve = calloc(1, sizeof(*sieve));

	if (sieve == NULL)
		return NULL;
	sieve->stride = NEEDLE_MAX - GRAM + 1;
	for (size_t i = 0; i < n; i++)
		add_pattern(sieve, patterns[i], UINT64_C(1) << i % 64);
	if (add_places(sieve) == 0)
		return sieve;
	sieve_free(sieve);
	return NULL;
}

void sieve_free(struct sieve *sieve)
{
	if (sieve != NULL)
		free(sieve->places);
	free(sieve);
}

/* ---- looking */

static bool is_there(const struct needle *needle, const uint8_t *text,
		     size_t len)
{
	size_t i = 0;

	if (needle->len > len)
		return false;
	while (i < needle->len && lower(text[i]) == (uint8_t)needle->text[i])
		i++;
	return i == needle->len;
}

/* The patterns of needles that have a gram here, by the list of its kind. */
static uint64_t patterns_at(const struct sieve *sieve, const uint8_t *text,
			    size_t len, size_t at, size_t list)
{
	uint64_t found = 0;

	for (size_t i = list; i != 0; i = sieve->places[i].next) {
		const struct place *place = &sieve->places[i];
		size_t start = at - place->at;

		if (at >= place->at &&
		    is_there(&sieve->needles[place->needle].needle,
			     text + start, len - start))
			found |= sieve->needles[place->needle].pattern;
	}
	return found;
}

/* The next known gram from a place on, strides from it, that has a byte behind
 * it; the first place that has none. */
static size_t next_known(const struct sieve *sieve, const uint8_t *text,
			 size_t len, size_t at)
{
	const size_t stride = sieve->stride;

	while (at + GRAM < len && sieve->lists[kind(text + at)] == 0)
		at += stride;
	return at;
}

/* The patterns of needles at the next place where there are any, *at; none: it
 * is behind the last one. */
static uint64_t next_patterns(const struct sieve *sieve, const uint8_t *text,
			      size_t len, size_t *at)
{
	for (;; *at += sieve->stride) {
		uint8_t gram[GRAM + 1] = {0};
		uint64_t found;

		*at = next_known(sieve, text, len, *at);
		if (*at + GRAM > len)
			return 0;
		memcpy(gram, text + *at, GRAM);
		found = patterns_at(sieve, text, len, *at,
				    sieve->lists[kind(gram)]);
		if (found != 0)
			return found;
	}
}

uint64_t sieve_line(const struct sieve *sieve, const uint8_t *line, size_t len)
{
	uint64_t found = len > 0 ? sieve->begins[line[0]] : sieve->blank;

	for (size_t at = 0; at + GRAM <= len; at += sieve->stride)
		found |= next_patterns(sieve, line, len, &at);
	return found;
}

/* Where the next needle is, len: there is none. */
static size_t find(const struct sieve *sieve, const uint8_t *text, size_t len,
		   size_t from)
{
	return sieve->n > 0 && next_patterns(sieve, text, len, &from) != 0
		       ? from
		       : len;
}

/* The first line from a place on, up to another, that a pattern without needles
 * may match; that other place for none. */
static size_t find_open(const struct sieving *sieving, size_t from, size_t to)
{
	const struct sieve *sieve = sieving->sieve;
	const uint8_t *text = sieving->text;

	while (from < to) {
		const uint8_t *end;

		if ((text[from] == '\n' ? sieve->blank
					: sieve->begins[text[from]]) != 0)
			return from;
		end = memchr(text + from, '\n', sieving->len - from);
		if (end == NULL)
			return to;
		from = (size_t)(end - text) + 1;
	}
	return to;
}

void sieving_begin(struct sieving *sieving, const struct sieve *sieve,
		   const uint8_t *text, size_t len)
{
	*sieving = (struct sieving){.sieve = sieve, .text = text, .len = len};
	sieving->hit = find(sieve, text, len, 0);
}

size_t sieving_next(struct sieving *sieving, size_t from)
{
	const uint8_t *text = sieving->text, *before;
	size_t line = sieving->len;

	if (sieving->hit < from)
		sieving->hit = find(sieving->sieve, text, sieving->len, from);
	if (sieving->hit < sieving->len) {
		before = memrchr(text + from, '\n', sieving->hit - from);
		line = before != NULL ? (size_t)(before - text) + 1 : from;
	}
	return sieving->sieve->open ? find_open(sieving, from, line) : line;
}
