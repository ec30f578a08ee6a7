/* Many names as one text with ranges. */
#include "base/fold.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/range_set.h"
#include "base/strings.h"

#define DIGITS "0123456789"
#define NUMBER '%' /* stands for each number in a frame; in no name of one */

/* A number, or what of several was put together: 1-3,7. */
struct part {
	const char *text;
	size_t len;
};

/* A name, or several that differ in the numbers of their parts alone. */
struct item {
	const char *frame; /* the name with NUMBER for its numbers */
	size_t nparts;
	struct part parts[FOLD_NUMBERS_MAX];
};

struct folding {
	struct item *items;
	size_t n;
	struct strings strings; /* what the items point to, but for names */
	struct buf buf; /* one text after the other */
};

/* ---- reading names */

static bool is_text_alone(const char *name)
{
	for (; *name != '\0'; name++) {
		if ((unsigned char)*name <= ' ' || *name == 0x7f ||
		    strchr("[],!&^%@", *name) != NULL)
			return true;
	}
	return false;
}

/* Take a name apart into its frame and its numbers. */
static int read_name(struct folding *folding, struct item *item,
		     const char *name)
{
	size_t len = strlen(name), at = 0;
	char *frame = strings_room(&folding->strings, len + 1);

	*item = (struct item){.frame = frame};
	if (frame == NULL)
		return -1;
	if (is_text_alone(name)) {
		memcpy(frame, name, len + 1);
		return 0;
	}
	while (*name != '\0') {
		size_t digits = strspn(name, DIGITS);

		if (digits == 0 || digits > RANGE_DIGITS_MAX ||
		    item->nparts == FOLD_NUMBERS_MAX) {
			digits = digits != 0 ? digits : 1;
			memcpy(frame + at, name, digits);
			at += digits;
		} else {
			frame[at++] = NUMBER;
			item->parts[item->nparts++] =
				(struct part){name, digits};
		}
		name += digits;
	}
	frame[at] = '\0';
	return 0;
}

/* ---- order */

/* Compare by the first number, its length first; then by all of the texts. */
static int compare_parts(const struct part *one, const struct part *two)
{
	size_t a = strspn(one->text, DIGITS), b = strspn(two->text, DIGITS);
	size_t len = one->len < two->len ? one->len : two->len;
	int order;

	a = a < one->len ? a : one->len;
	b = b < two->len ? b : two->len;
	if (a != b)
		return a < b ? -1 : 1;
	order = memcmp(one->text, two->text, len);
	if (order != 0)
		return order;
	return one->len < two->len ? -1 : one->len > two->len;
}

/* Compare all but one part; with FOLD_NUMBERS_MAX, all. */
static int compare_others(const struct item *one, const struct item *two,
			  size_t but)
{
	int order = strcmp(one->frame, two->frame);

	if (order == 0 && one->nparts != two->nparts) /* one is text alone */
		return one->nparts < two->nparts ? -1 : 1;
	for (size_t i = 0; order == 0 && i < one->nparts; i++) {
		if (i != but)
			order = compare_parts(&one->parts[i], &two->parts[i]);
	}
	return order;
}

/* A part behind all others: those that differ in it alone come together. */
static int compare_items(const void *one, const void *two, void *arg)
{
	const struct item *a = one, *b = two;
	size_t last = *(const size_t *)arg;
	int order = compare_others(a, b, last);

	if (order == 0 && last < a->nparts)
		order = compare_parts(&a->parts[last], &b->parts[last]);
	return order;
}

static void sort_items(struct folding *folding, size_t last)
{
	qsort_r(folding->items, folding->n, sizeof(*folding->items),
		compare_items, &last);
}

/* ---- putting together */

static uint64_t value_of(const struct part *part)
{
	uint64_t value = 0;

	for (size_t i = 0; i < part->len; i++)
		value = value * 10 + (uint64_t)(part->text[i] - '0');
	return value;
}

/* Has a number zeros in front? */
static bool is_padded(const struct part *part)
{
	return part->len > 1 && part->text[0] == '0';
}

/* Does a number go on with a range? It is as long as the one before, but where
 * none has zeros in front: 9, 10. */
static bool goes_on(const struct part *first, const struct part *before,
		    const struct part *part)
{
	return value_of(part) == value_of(before) + 1 &&
	       (part->len == before->len ||
		(part->len == before->len + 1 && !is_padded(first) &&
		 !is_padded(part)));
}

/* Write the numbers of items, which are in order, as ranges. */
static int write_numbers(struct buf *buf, const struct item *items, size_t n,
			 size_t place)
{
	size_t i = 0;

	while (i < n) {
		const struct part *first = &items[i].parts[place];
		const struct part *last = first;

		for (i++; i < n; last = &items[i].parts[place], i++) {
			if (compare_parts(last, &items[i].parts[place]) != 0 &&
			    !goes_on(first, last, &items[i].parts[place]))
				break;
		}
		if (buf_print(buf, "%s%.*s", buf->len > 0 ? "," : "",
			      (int)first->len, first->text) == -1)
			return -1;
		if (compare_parts(first, last) != 0 &&
		    buf_print(buf, "-%.*s", (int)last->len, last->text) == -1)
			return -1;
	}
	return 0;
}

/* Put items together that differ in that part alone, or not at all. */
static int join_items(struct folding *folding, struct item *first, size_t n,
		      size_t place)
{
	struct part *part = &first->parts[place];

	if (n == 1 || place >= first->nparts)
		return 0;
	folding->buf.len = 0;
	if (write_numbers(&folding->buf, first, n, place) == -1)
		return -1;
	part->len = folding->buf.len;
	part->text = strings_add(&folding->strings,
				 (const char *)folding->buf.data, part->len);
	return part->text != NULL ? 0 : -1;
}

static int join_all(struct folding *folding, size_t place)
{
	size_t kept = 0, i = 0;

	sort_items(folding, place);
	while (i < folding->n) {
		size_t end = i + 1;

		while (end < folding->n &&
		       compare_others(&folding->items[i], &folding->items[end],
				      place) == 0)
			end++;
		if (join_items(folding, &folding->items[i], end - i, place) ==
		    -1)
			return -1;
		folding->items[kept++] = folding->items[i];
		i = end;
	}
	folding->n = kept;
	return 0;
}

/* ---- writing */

static int write_item(struct buf *buf, const struct item *item)
{
	const char *at = item->frame;

	for (size_t i = 0; i < item->nparts; i++) {
		const struct part *part = &item->parts[i];
		size_t len = (size_t)(strchr(at, NUMBER) - at);
		bool many = memchr(part->text, ',', part->len) != NULL ||
			    memchr(part->text, '-', part->len) != NULL;

		if (buf_append(buf, at, len) == -1 ||
		    buf_append(buf, "[", many) == -1 ||
		    buf_append(buf, part->text, part->len) == -1 ||
		    buf_append(buf, "]", many) == -1)
			return -1;
		at += len + 1;
	}
	return buf_append(buf, at, strlen(at));
}

static int fold(struct folding *folding, const char *const *names, size_t n)
{
	size_t most = 1; /* one pass leaves out names that are there twice */

	for (size_t i = 0; i < n; i++) {
		if (read_name(folding, &folding->items[i], names[i]) == -1)
			return -1;
		if (folding->items[i].nparts > most)
			most = folding->items[i].nparts;
	}
	folding->n = n;
	for (size_t place = most; place-- > 0;) {
		if (join_all(folding, place) == -1)
			return -1;
	}
	sort_items(folding, FOLD_NUMBERS_MAX);
	folding->buf.len = 0;
	for (size_t i = 0; i < folding->n; i++) {
		if (buf_append(&folding->buf, ",", i > 0) == -1 ||
		    write_item(&folding->buf, &folding->items[i]) == -1)
			return -1;
	}
	return buf_append(&folding->buf, "", 1);
}

int fold_names(char **out, const char *const *names, size_t n)
{
	struct folding folding = {
		.items = calloc(n + 1, sizeof(*folding.items))};
	int rc;

	buf_init(&folding.buf, FOLD_TEXT_MAX);
	rc = folding.items != NULL ? fold(&folding, names, n) : -1;
	if (rc == 0) {
		*out = (char *)folding.buf.data;
		folding.buf.data = NULL; /* the caller's now */
	}
	buf_release(&folding.buf);
	strings_release(&folding.strings);
	free(folding.items);
	return rc;
}
