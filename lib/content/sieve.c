/* A sieve for lines: Wu and Manber's search for many texts at once (1994). */
#include "content/sieve.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "content/needles.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Two bytes may stand in hundreds of places of a configuration; three seldom
 * do. */
#define SHORTEST 3
#define PAIRS 8192 /* kinds of two bytes: some share one */
#define ALL_MAX UINT8_MAX

struct sieve {
	bool open; /* patterns without needles are in it */
	bool takes_blank; /* an empty line may match one of those */
	bool begins[UINT8_MAX + 1]; /* so may one with this first byte */
	size_t window; /* bytes of each needle that are looked for first */
	/* By a pair: how far on the next window may end; of one that ends a
	 * window the number of its first needle, from 1 on. */
	uint8_t shift[PAIRS];
	uint8_t first[PAIRS];
	uint8_t next[ALL_MAX + 1];
	struct needle needles[ALL_MAX + 1];
	size_t n; /* the last one */
};

static size_t pair(uint8_t a, uint8_t b)
{
	return (size_t)a << 5 ^ b;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static uint8_t upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? c & (uint8_t)~0x20 : c;
}

/* ---- making */

/* Let lines that begin as the pattern may: its text without the ^ is looked at,
 * as PCRE2 knows of no first byte behind one. */
static void open_for(struct sieve *sieve, const char *pattern)
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
	sieve->takes_blank = sieve->takes_blank || least == 0;
	for (unsigned c = 0; c <= UINT8_MAX; c++) {
		if (least > 0 && bits != NULL)
			sieve->begins[c] |= (bits[c / 8] >> c % 8 & 1) != 0;
		else if (least > 0 && type == 1)
			sieve->begins[c] |=
				lower((uint8_t)c) == lower((uint8_t)first);
		else
			sieve->begins[c] = true;
	}
	pcre2_code_free(code);
}

static void add(struct sieve *sieve, const char *pattern)
{
	struct needles needles;

	needles_find(&needles, pattern);
	if (needles_shortest(&needles) < SHORTEST ||
	    needles.n > ALL_MAX - sieve->n) {
		open_for(sieve, pattern);
		return;
	}
	for (size_t i = 0; i < needles.n; i++) {
		struct needle *needle = &sieve->needles[++sieve->n];

		*needle = needles.of[i];
		for (size_t k = 0; k < needle->len; k++)
			needle->text[k] = (char)lower((uint8_t)needle->text[k]);
		if (needle->len < sieve->window)
			sieve->window = needle->len;
	}
}

/* Set how far on a window may end, for the pair in all its cases. */
static void set_shift(struct sieve *sieve, const char *two, size_t shift)
{
	uint8_t a[] = {(uint8_t)two[0], upper((uint8_t)two[0])};
	uint8_t b[] = {(uint8_t)two[1], upper((uint8_t)two[1])};

	for (size_t i = 0; i < 4; i++) {
		uint8_t *at = &sieve->shift[pair(a[i / 2], b[i % 2])];

		if (shift < *at)
			*at = (uint8_t)shift;
	}
}

/* All cases of a pair share the list of the one in small letters. */
static void fill(struct sieve *sieve)
{
	memset(sieve->shift, (int)sieve->window - 1, sizeof(sieve->shift));
	for (size_t i = 1; i <= sieve->n; i++) {
		const char *text = sieve->needles[i].text;
		size_t end = sieve->window - 1;
		uint8_t *first = &sieve->first[pair((uint8_t)text[end - 1],
						    (uint8_t)text[end])];

		for (size_t k = 1; k <= end; k++)
			set_shift(sieve, text + k - 1, end - k);
		sieve->next[i] = *first;
		*first = (uint8_t)i;
	}
}

struct sieve *sieve_new(const char *const *patterns, size_t n)
{
	struct sieve *sieve = calloc(1, sizeof(*sieve));

	if (sieve == NULL)
		return NULL;
	sieve->window = NEEDLE_MAX;
	for (size_t i = 0; i < n; i++)
		add(sieve, patterns[i]);
	fill(sieve);
	return sieve;
}

void sieve_free(struct sieve *sieve)
{
	free(sieve);
}

/* ---- looking */

static bool is_needle(const struct needle *needle, const uint8_t *text,
		      size_t len)
{
	size_t i = 0;

	if (needle->len > len)
		return false;
	while (i < needle->len && lower(text[i]) == (uint8_t)needle->text[i])
		i++;
	return i == needle->len;
}

/* Does a needle begin here? end is the last byte of its window. */
static bool is_hit(const struct sieve *sieve, const uint8_t *text, size_t len,
		   size_t end)
{
	size_t at = end + 1 - sieve->window;
	size_t i = sieve->first[pair(lower(text[end - 1]), lower(text[end]))];

	while (i != 0 && !is_needle(&sieve->needles[i], text + at, len - at))
		i = sieve->next[i];
	return i != 0;
}

/* Where the next needle is, len: there is none. */
static size_t find(const struct sieve *sieve, const uint8_t *text, size_t len,
		   size_t from)
{
	size_t end = from + sieve->window - 1;

	if (sieve->n == 0)
		return len;
	while (end < len) {
		size_t shift = sieve->shift[pair(text[end - 1], text[end])];

		if (shift == 0 && is_hit(sieve, text, len, end))
			return end + 1 - sieve->window;
		end += shift > 0 ? shift : 1;
	}
	return len;
}

/* The first line from a place on, up to another, that a pattern without needles
 * may match; that other place for none. */
static size_t find_open(const struct sieving *sieving, size_t from, size_t to)
{
	const struct sieve *sieve = sieving->sieve;
	const uint8_t *text = sieving->text;

	while (from < to) {
		const uint8_t *end;

		if (text[from] == '\n' ? sieve->takes_blank
				       : sieve->begins[text[from]])
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
