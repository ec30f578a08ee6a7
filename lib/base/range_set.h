/*
 * The numbers of one bracket: [001-100], [1,3,5-7], [1-9/2]. A number is its
 * text: 1, 01 and 001 are three. They are had in the order of ClusterShell's
 * nodeset: by their length, then by their value, each once.
 */
#ifndef NETFAN_BASE_RANGE_SET_H
#define NETFAN_BASE_RANGE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netfan.h"

#define RANGE_NUMBERS_MAX ((size_t)1000000) /* of a bracket, of an expression */
#define RANGE_DIGITS_MAX 18 /* of a number: no sum of two can wrap */
#define RANGE_STEPS_MAX 64 /* parts of a bracket that have a step */

/* How a range is written. */
enum range_form {
	/* As pdsh and ClusterShell do: parts with commas between, each a number
	 * or FIRST-LAST, and /STEP behind it. Blanks round numbers mean nothing. */
	RANGE_DASH,
	/* As Ansible does in its inventories: FIRST:LAST or FIRST:LAST:STEP, of
	 * numbers or of one letter each (a-z, then A-Z); [:5] begins with 0. */
	RANGE_COLON,
};

/* Numbers of one length, at an even distance; both ends are among them. */
struct range_run {
	unsigned digits; /* 0: letters, by their places in a-z, A-Z */
	uint64_t first, last, step;
};

struct range_set {
	struct range_run *runs; /* the dense ones, then those with a step */
	size_t ndense; /* in order, step 1, none overlaps another */
	size_t nruns;
	size_t count; /* numbers */
	unsigned digits_max; /* characters of the longest */
};

/*
 * Read what stands between the brackets. Both numbers of a range have to be of
 * one width where either begins with a zero (of RANGE_COLON, where the first
 * does), as ClusterShell and Ansible want it: [01-100] may mean [001-100] or
 * [1-100]. Refused are also ranges that go backwards, steps of 0, and more than
 * the bounds above allow.
 *
 * NF_INVALID with a sentence that shows the bracket and what to write; NF_SYSTEM
 * without memory.
 */
int range_set_read(struct range_set *set, const char *text, size_t len,
		   enum range_form form, struct nf_error *err);
void range_set_release(struct range_set *set);

/* Is a text of len bytes one of them? Takes the logarithm of their parts, and
 * RANGE_STEPS_MAX at most for parts with a step. */
bool range_set_has(const struct range_set *set, const char *text, size_t len);

/* A place among the numbers: zeroed, before the first. */
struct range_place {
	unsigned digits;
	uint64_t value;
	bool begun;
	size_t run; /* no dense run before it has more */
};

/* Go on to the next number: false at the end. */
bool range_set_next(const struct range_set *set, struct range_place *place);

/* Write the number at a place, without a NUL: its length. */
size_t range_place_write(const struct range_place *place,
			 char out[RANGE_DIGITS_MAX]);

#endif
