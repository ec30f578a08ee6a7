/* The origins of a plan. */
#include "poll/plan/origins.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "draft/address.h"

#define NONE "none"

/* An origin, and why there is none such here; or NF_OK. */
struct origins_row {
	struct origin origin;
	struct nf_error fault;
	struct origins_row *next;
};

static bool is_same(const char *one, const char *two)
{
	return one == two ||
	       (one != NULL && two != NULL && strcmp(one, two) == 0);
}

static const struct origins_row *find_row(const struct origins *origins,
					  const char *source,
					  const char *interface)
{
	const struct origins_row *row = origins->rows;

	while (row != NULL && !(is_same(row->origin.source, source) &&
				is_same(row->origin.interface, interface)))
		row = row->next;
	return row;
}

/* What the resolver takes for an address is more than one: 127.1, say. */
static int look(struct origins_row *row, const char *source,
		const char *interface)
{
	if (source != NULL && !address_is_numeric(source))
		return error_set(&row->fault, NF_INVALID,
				 "the source address %s: it is no address",
				 source);
	return origin_init(&row->origin, source, interface, &row->fault);
}

/* The row of a pair that is not any; NF_SYSTEM. */
static int take_row(struct origins *origins, const char *source,
		    const char *interface, const struct origins_row **out,
		    struct nf_error *err)
{
	struct origins_row *row;

	*out = find_row(origins, source, interface);
	if (*out != NULL)
		return 0;
	row = calloc(1, sizeof(*row));
	if (row == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for an address");
	if (look(row, source, interface) == -1 &&
	    row->fault.code != NF_INVALID) {
		*err = row->fault;
		free(row);
		return -1;
	}
	row->origin.source = source;
	row->origin.interface = interface;
	row->next = origins->rows;
	origins->rows = row;
	*out = row;
	return 0;
}

static const char *unless_none(const char *text)
{
	return text != NULL && strcmp(text, NONE) == 0 ? NULL : text;
}

int origins_init(struct origins *origins, const struct nf_poll_options *options,
		 struct nf_error *err)
{
	const char *source = unless_none(options->source_address);
	const char *interface = unless_none(options->interface);
	const struct origins_row *row;

	*origins = (struct origins){.rows = NULL};
	if (source == NULL && interface == NULL)
		return 0;
	if (take_row(origins, source, interface, &row, err) == -1)
		return -1;
	origins->given = &row->origin;
	if (row->fault.code == NF_OK)
		return 0;
	return error_set(err, NF_INVALID, "%s", row->fault.message);
}

void origins_release(struct origins *origins)
{
	struct origins_row *next;

	for (; origins->rows != NULL; origins->rows = next) {
		next = origins->rows->next;
		free(origins->rows);
	}
}

int origins_find(struct origins *origins, const struct device *dev,
		 const struct origin **out, struct nf_error *err)
{
	const char *source = dev != NULL ? dev->access->source_address : NULL;
	const char *interface = dev != NULL ? dev->access->interface : NULL;
	const struct origins_row *row;

	*out = NULL;
	if (source == NULL && interface == NULL) {
		*out = origins->given;
		return 0;
	}
	source = unless_none(source);
	interface = unless_none(interface);
	if (source == NULL && interface == NULL)
		return 0;
	if (take_row(origins, source, interface, &row, err) == -1)
		return -1;
	*out = &row->origin;
	return 0;
}

int origins_check(const struct origins *origins, const struct origin *origin,
		  const struct device *dev, struct nf_error *err)
{
	const struct origins_row *row = origins->rows;

	if (origin == NULL)
		return 0;
	while (&row->origin != origin)
		row = row->next;
	if (row->fault.code == NF_OK)
		return 0;
	if (dev == NULL || dev->path == NULL)
		return error_set(err, NF_INVALID, "%s", row->fault.message);
	return error_set(err, NF_INVALID, "%s:%u: %s", dev->path, dev->line,
			 row->fault.message);
}
