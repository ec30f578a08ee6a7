/*
 * What a form writes of a device, beside its name, its groups and its data: keys
 * with their values. What all devices have alike is written once.
 */
#ifndef NETFAN_CMD_VIEW_PAIRS_H
#define NETFAN_CMD_VIEW_PAIRS_H

#include <stdbool.h>
#include <stddef.h>

#define PAIRS_MAX 64 /* more keys than there are */

struct conversion;
struct output;

/* All texts live as long as the inventory. */
struct pair {
	const char *key;
	const char
		*before; /* what stands before the text, as "literal:"; NULL */
	const char *text;
	const char *behind; /* NULL: nothing */
	bool bare; /* it is written without quotes */
};

struct pairs {
	struct conversion *conversion; /* borrowed */
	struct pair at[PAIRS_MAX];
	size_t n;
};

/* List what is written of device i: *pairs is empty. */
typedef void pairs_list(struct pairs *pairs, size_t i);

void pairs_put(struct pairs *pairs, const struct pair *pair);
const struct pair *pairs_find(const struct pairs *pairs, const char *key);

/* List device i. */
void pairs_fill(struct pairs *pairs, struct conversion *conversion,
		pairs_list *list, size_t i);

/* List what all devices that are written have alike; of one device, nothing. */
void pairs_common(struct pairs *common, struct conversion *conversion,
		  pairs_list *list);

/* Write a pair as a line of YAML, behind an indent. */
void pairs_write(struct output *out, const char *indent,
		 const struct pair *pair);

#endif
