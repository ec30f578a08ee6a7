/*
 * libFuzzer target: any text is a selection, or one line of error; what is
 * selected is not what is left without it. A range is as many names as it says.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/range.h"
#include "select/select.h"

#define DEVICES 24
#define COMPARED 200 /* names of a range */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const char *const names[] = {"R1",  "R2",       "sw1",         "sw10",
				    "a:b", "10.0.0.1", "2001:db8::1", "core"};
static const char *const group_names[] = {"core", "edge", "all", "none", NULL};
static const char *const keys[] = {"role", "site", NULL};
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const char *name_of(void *arg, size_t i)
{
	(void)arg;
	return names[i % LENGTH(names)];
}

static const char *host_of(void *arg, size_t i, uint16_t *port)
{
	*port = (uint16_t)(20 + i % 5);
	return name_of(arg, i + 3);
}

static void groups_of(void *arg, size_t i, select_each *each, void *each_arg)
{
	(void)arg;
	each(each_arg, "all");
	each(each_arg, group_names[i % 2]);
}

static void values_of(void *arg, size_t i, const char *key, select_each *each,
		      void *each_arg)
{
	if (strcmp(key, "role") == 0)
		each(each_arg, i % 3 == 0 ? "core" : "edge");
	each(each_arg, name_of(arg, i));
}

static const struct select_subject subject = {
	.n = DEVICES,
	.name = name_of,
	.host = host_of,
	.groups = groups_of,
	.values = values_of,
	.group_names = group_names,
	.keys = keys,
};

static void check_error(const struct nf_error *err)
{
	assert(err->code == NF_INVALID);
	assert(err->message[0] != '\0');
	assert(strchr(err->message, '\n') == NULL);
}

static void try_selection(const char *text)
{
	const char *const limits[] = {text};
	const struct select_request request = {.limits = limits, .nlimits = 1};
	const struct select_request others = {.excludes = limits,
					      .nexcludes = 1};
	bool chosen[DEVICES], left[DEVICES];
	struct nf_error err = {0};
	int rc;

	/* Files are not what is looked at. */
	if (strchr(text, '@') != NULL || select_reads_input(text))
		return;
	rc = select_devices(chosen, &request, &subject, &err);
	if (rc == -1)
		check_error(&err);
	if (select_devices(left, &others, &subject, &err) == -1) {
		check_error(&err);
		return;
	}
	for (size_t i = 0; rc == 0 && i < DEVICES; i++)
		assert(!chosen[i] || !left[i] || strpbrk(text, "&!") != NULL);
}

static void try_range(const char *text, enum range_form form)
{
	struct range *range = NULL;
	struct range_iter iter;
	char name[RANGE_NAME_MAX];
	struct nf_error err = {0};
	size_t n = 0;

	if (range_new(&range, text, form, &err) == -1) {
		check_error(&err);
		return;
	}
	assert(range_count(range) >= 1 &&
	       range_count(range) <= RANGE_NUMBERS_MAX);
	range_begin(&iter, range);
	while (n < COMPARED && range_next(&iter, name)) {
		n++;
		assert(strlen(name) < RANGE_NAME_MAX);
	}
	assert(n == COMPARED || n == range_count(range));
	range_free(range);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = malloc(len + 1);

	assert(text != NULL);
	memcpy(text, bytes, len);
	text[len] = '\0';
	try_selection(text);
	try_range(text, RANGE_DASH);
	try_range(text, RANGE_COLON);
	free(text);
	return 0;
}
