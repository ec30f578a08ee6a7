/* The numbers of one bracket. */
#include "base/range_set.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/printable.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define SHOWN 48 /* bytes of a bracket in a message */

/* ---- runs */

static uint64_t power_of_ten(unsigned exponent)
{
	uint64_t power = 1;

	while (exponent-- > 0)
		power *= 10;
	return power;
}

static unsigned count_digits(uint64_t value)
{
	unsigned digits = 1;

	while (value >= 10) {
		value /= 10;
		digits++;
	}
	return digits;
}

static size_t run_count(const struct range_run *run)
{
	return (size_t)((run->last - run->first) / run->step) + 1;
}

/* Order by length, then by value. */
static int compare_runs(const void *one, const void *two)
{
	const struct range_run *a = one, *b = two;

	if (a->digits != b->digits)
		return a->digits < b->digits ? -1 : 1;
	return (a->first > b->first) - (a->first < b->first);
}

/* ---- reading */

/* A bracket that is being read. */
struct reading {
	struct range_set *set;
	enum range_form form;
	size_t room; /* runs that fit */
	size_t nsteps; /* parts that have a step */
	char shown[SHOWN]; /* the bracket, for messages */
	const char *at, *end; /* what is left of it */
	struct nf_error *err;
};

static int NF_PRINTF(2, 3)
	refuse(const struct reading *reading, const char *fmt, ...)
{
	char what[256];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	return error_set(reading->err, NF_INVALID, "the range [%s] %s",
			 reading->shown, what);
}

static int add_run(struct reading *reading, const struct range_run *run)
{
	struct range_set *set = reading->set;

	if (set->nruns == reading->room) {
		size_t room = reading->room > 0 ? reading->room * 2 : 4;
		struct range_run *grown =
			reallocarray(set->runs, room, sizeof(*grown));

		if (grown == NULL)
			return error_set(reading->err, NF_SYSTEM,
					 "no memory for a range");
		set->runs = grown;
		reading->room = room;
	}
	set->runs[set->nruns] = *run;
	if (run->first == run->last)
		set->runs[set->nruns].step = 1;
	set->nruns++;
	return 0;
}

/* Add numbers that have as many digits as they need: runs of one length each. */
static int add_lengths(struct reading *reading, const struct range_run *all)
{
	struct range_run run = *all;

	while (run.first <= all->last) {
		uint64_t top, last;

		run.digits = count_digits(run.first);
		top = power_of_ten(run.digits) - 1;
		last = top < all->last ? top : all->last;
		run.last = run.first + (last - run.first) / run.step * run.step;
		if (add_run(reading, &run) == -1)
			return -1;
		run.first = run.last + run.step;
	}
	return 0;
}

/* A number as it is written. */
struct numeral {
	const char *text;
	size_t len;
	uint64_t value;
};

static void skip_blanks(struct reading *reading)
{
	while (reading->at < reading->end && *reading->at == ' ')
		reading->at++;
}

static bool skip_char(struct reading *reading, char c)
{
	skip_blanks(reading);
	if (reading->at == reading->end || *reading->at != c)
		return false;
	reading->at++;
	return true;
}

static int refuse_numeral(const struct reading *reading)
{
	const char *at = reading->at;

	if (at < reading->end && *at == ':')
		return refuse(reading,
			      "has a ':': write a '-' between the first and "
			      "the last number");
	if (at < reading->end && strchr(",-/", *at) == NULL)
		return refuse(reading,
			      "has more in it than numbers, '-', ',' and '/': "
			      "write as in [1-3,7]");
	return refuse(reading, "lacks a number: write as in [1-3,7]");
}

/* Read digits, and the blanks round them. */
static int read_numeral(struct reading *reading, struct numeral *numeral)
{
	*numeral = (struct numeral){0};
	skip_blanks(reading);
	numeral->text = reading->at;
	while (reading->at < reading->end && *reading->at >= '0' &&
	       *reading->at <= '9') {
		if (++numeral->len > RANGE_DIGITS_MAX)
			return refuse(reading,
				      "has a number of more than %d digits: "
				      "write a shorter one",
				      RANGE_DIGITS_MAX);
		numeral->value =
			numeral->value * 10 + (uint64_t)(*reading->at++ - '0');
	}
	skip_blanks(reading);
	return numeral->len > 0 ? 0 : refuse_numeral(reading);
}

static bool is_padded(const struct numeral *numeral)
{
	return numeral->len > 1 && numeral->text[0] == '0';
}

/* Refuse ends of which nobody knows how many digits the others have. */
static int refuse_widths(const struct reading *reading,
			 const struct numeral *first,
			 const struct numeral *last)
{
	int width = (int)(first->len > last->len ? first->len : last->len);
	char sign = reading->form == RANGE_DASH ? '-' : ':';

	return refuse(reading,
		      "has numbers of different widths: write [%0*llu%c%0*llu] "
		      "or [%llu%c%llu]",
		      width, (unsigned long long)first->value, sign, width,
		      (unsigned long long)last->value,
		      (unsigned long long)first->value, sign,
		      (unsigned long long)last->value);
}

static int refuse_many(const struct reading *reading)
{
	return refuse(reading, "stands for more than %zu names: write fewer",
		      RANGE_NUMBERS_MAX);
}

static int add_numbers(struct reading *reading, const struct numeral *first,
		       const struct numeral *last, uint64_t step)
{
	struct range_run run = {.digits = (unsigned)first->len,
				.first = first->value,
				.step = step};
	uint64_t more;

	if (last->value < first->value)
		return refuse(reading,
			      "goes backwards: write the smaller number first");
	if (first->len != last->len &&
	    (is_padded(first) ||
	     (reading->form == RANGE_DASH && is_padded(last))))
		return refuse_widths(reading, first, last);
	more = (last->value - first->value) / step;
	if (more >= RANGE_NUMBERS_MAX - reading->set->count)
		return refuse_many(reading);
	reading->set->count += (size_t)more + 1;
	run.last = first->value + more * step;
	if (first->len == last->len)
		return add_run(reading, &run);
	return add_lengths(reading, &run);
}

/* ---- with a dash */

static int read_step(struct reading *reading, uint64_t *step)
{
	struct numeral numeral;

	if (read_numeral(reading, &numeral) == -1)
		return -1;
	if (numeral.value == 0)
		return refuse(reading, "has a step of 0: write 1 or more");
	if (numeral.value > 1 && ++reading->nsteps > RANGE_STEPS_MAX)
		return refuse(reading,
			      "has more than %d steps: write the numbers of "
			      "some of them",
			      RANGE_STEPS_MAX);
	*step = numeral.value;
	return 0;
}

static int read_part(struct reading *reading)
{
	struct numeral first, last;
	uint64_t step = 1;
	bool lone;

	if (read_numeral(reading, &first) == -1)
		return -1;
	last = first;
	lone = !skip_char(reading, '-');
	if (!lone && read_numeral(reading, &last) == -1)
		return -1;
	if (skip_char(reading, '/') && read_step(reading, &step) == -1)
		return -1;
	if (lone && step > 1)
		return refuse(reading,
			      "has a step behind one number: write a range "
			      "before it, as in [1-9/2]");
	return add_numbers(reading, &first, &last, step);
}

static int read_parts(struct reading *reading)
{
	do {
		if (read_part(reading) == -1)
			return -1;
	} while (skip_char(reading, ','));
	return reading->at == reading->end ? 0 : refuse_numeral(reading);
}

/* ---- with a colon */

static int refuse_colons(const struct reading *reading)
{
	return refuse(reading,
		      "is no range: write [1:9], [01:09], [1:9:2] or [a:f]");
}

/* Read the bounds of letters; 0 when the bracket does not begin with one. */
static int read_letters(struct reading *reading, struct range_run *run)
{
	const char *at = reading->at;
	const char *first, *last;

	if (reading->end - at < 3 || at[1] != ':' || at[0] == '\0' ||
	    at[2] == '\0')
		return 0;
	first = strchr(LETTERS, at[0]);
	last = strchr(LETTERS, at[2]);
	if (first == NULL || last == NULL)
		return 0;
	run->first = (uint64_t)(first - LETTERS); /* strchr() found it there */
	run->last = (uint64_t)(last - LETTERS);
	reading->at += 3;
	return 1;
}

static int add_letters(struct reading *reading, struct range_run *run)
{
	if (run->last < run->first)
		return refuse(reading,
			      "goes backwards: write the first letter first");
	run->last =
		run->first + (run->last - run->first) / run->step * run->step;
	reading->set->count = run_count(run);
	return add_run(reading, run);
}

static int read_colons(struct reading *reading)
{
	static const char zero[] = "0";
	struct numeral first = {.text = zero, .len = 1}, last;
	struct range_run letters = {.step = 1};
	bool lettered = read_letters(reading, &letters) == 1;

	if (!lettered) {
		if (reading->at < reading->end && *reading->at != ':' &&
		    read_numeral(reading, &first) == -1)
			return refuse_colons(reading);
		if (!skip_char(reading, ':') ||
		    read_numeral(reading, &last) == -1)
			return refuse_colons(reading);
	}
	if (skip_char(reading, ':') && read_step(reading, &letters.step) == -1)
		return -1;
	if (reading->at != reading->end)
		return refuse_colons(reading);
	return lettered ? add_letters(reading, &letters)
			: add_numbers(reading, &first, &last, letters.step);
}

/* ---- what was read */

/* Put the dense runs first, in order, and join those that touch. */
static void settle_runs(struct range_set *set)
{
	struct range_run *runs = set->runs;
	size_t ndense = 0, nruns = 0;

	for (size_t i = 0; i < set->nruns; i++) {
		struct range_run run = runs[i];

		if (run.step != 1)
			continue;
		runs[i] = runs[ndense];
		runs[ndense++] = run;
	}
	qsort(runs, ndense, sizeof(*runs), compare_runs);
	for (size_t i = 0; i < ndense; i++) {
		struct range_run *before = nruns > 0 ? &runs[nruns - 1] : NULL;

		if (before == NULL || before->digits != runs[i].digits ||
		    runs[i].first > before->last + 1)
			runs[nruns++] = runs[i];
		else if (runs[i].last > before->last)
			before->last = runs[i].last;
	}
	memmove(runs + nruns, runs + ndense,
		(set->nruns - ndense) * sizeof(*runs));
	set->nruns -= ndense - nruns;
	set->ndense = nruns;
}

static void count_numbers(struct range_set *set)
{
	struct range_place place = {0};

	set->count = 0;
	for (size_t i = 0; i < set->nruns; i++) {
		if (set->runs[i].digits > set->digits_max)
			set->digits_max = set->runs[i].digits;
		if (set->ndense == set->nruns)
			set->count += run_count(&set->runs[i]);
	}
	if (set->digits_max == 0)
		set->digits_max = 1; /* a letter */
	if (set->ndense == set->nruns)
		return;
	while (range_set_next(set, &place))
		set->count++;
}

int range_set_read(struct range_set *set, const char *text, size_t len,
		   enum range_form form, struct nf_error *err)
{
	struct reading reading = {.set = set,
				  .form = form,
				  .at = text,
				  .end = text + len,
				  .err = err};
	int rc;

	*set = (struct range_set){0};
	printable_copy(reading.shown, sizeof(reading.shown),
		       (const uint8_t *)text, len);
	rc = form == RANGE_DASH ? read_parts(&reading) : read_colons(&reading);
	if (rc == -1) {
		range_set_release(set);
		return -1;
	}
	settle_runs(set);
	count_numbers(set);
	return 0;
}

void range_set_release(struct range_set *set)
{
	free(set->runs);
	*set = (struct range_set){0};
}

/* ---- asking */

static bool run_has(const struct range_run *run, unsigned digits,
		    uint64_t value)
{
	return run->digits == digits && value >= run->first &&
	       value <= run->last && (value - run->first) % run->step == 0;
}

/* The last dense run that begins at the number or before it has it, or none. */
static bool dense_has(const struct range_set *set, unsigned digits,
		      uint64_t value)
{
	const struct range_run wanted = {.digits = digits, .first = value};
	size_t low = 0, high = set->ndense;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_runs(&set->runs[middle], &wanted) > 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low > 0 && run_has(&set->runs[low - 1], digits, value);
}

/* Read a text as a number, or as a letter: false when it is neither. */
static bool take_text(const char *text, size_t len, unsigned *digits,
		      uint64_t *value)
{
	const char *letter =
		len == 1 && *text != '\0' ? strchr(LETTERS, *text) : NULL;

	*digits = (unsigned)(letter == NULL ? len : 0);
	*value = letter != NULL ? (uint64_t)(letter - LETTERS) : 0;
	if (letter != NULL)
		return true;
	if (len == 0 || len > RANGE_DIGITS_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*value = *value * 10 + (uint64_t)(text[i] - '0');
	}
	return true;
}

bool range_set_has(const struct range_set *set, const char *text, size_t len)
{
	unsigned digits;
	uint64_t value;

	if (!take_text(text, len, &digits, &value))
		return false;
	if (dense_has(set, digits, value))
		return true;
	for (size_t i = set->ndense; i < set->nruns; i++) {
		if (run_has(&set->runs[i], digits, value))
			return true;
	}
	return false;
}

/* ---- one after the other */

/* Find the first number of a run behind a place: false when it has none. */
static bool run_next(const struct range_run *run,
		     const struct range_place *place, uint64_t *value)
{
	*value = run->first;
	if (!place->begun || run->digits > place->digits)
		return true;
	if (run->digits < place->digits || run->last <= place->value)
		return false;
	if (place->value >= run->first)
		*value += ((place->value - run->first) / run->step + 1) *
			  run->step;
	return true;
}

/* Take the next number of a run, unless the one that was found comes before. */
static void take_nearer(const struct range_run *run,
			const struct range_place *place,
			struct range_place *next, bool *found)
{
	uint64_t value;

	if (!run_next(run, place, &value) ||
	    (*found && (run->digits > next->digits ||
			(run->digits == next->digits && value >= next->value))))
		return;
	next->digits = run->digits;
	next->value = value;
	*found = true;
}

bool range_set_next(const struct range_set *set, struct range_place *place)
{
	struct range_place next = {.run = place->run, .begun = true};
	bool found = false;
	uint64_t value;

	while (next.run < set->ndense &&
	       !run_next(&set->runs[next.run], place, &value))
		next.run++;
	if (next.run < set->ndense)
		take_nearer(&set->runs[next.run], place, &next, &found);
	for (size_t i = set->ndense; i < set->nruns; i++)
		take_nearer(&set->runs[i], place, &next, &found);
	if (found)
		*place = next;
	return found;
}

size_t range_place_write(const struct range_place *place,
			 char out[RANGE_DIGITS_MAX])
{
	uint64_t value = place->value;

	if (place->digits == 0) {
		out[0] = LETTERS[value];
		return 1;
	}
	for (size_t i = place->digits; i-- > 0; value /= 10)
		out[i] = DIGITS[value % 10];
	return place->digits;
}
