/* Hosts that are in no file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/range.h"
#include "inventory/inventory.h"
#include "inventory/way/jump_list.h"
#include "select/terms.h"
#include "yaml/fault.h"

/* Add one host, which has no range in it any more. */
static int add_host(struct nf_inventory *inv, const char *text,
		    const struct nf_entry *rest, struct nf_error *err)
{
	struct nf_entry entry = *rest;
	struct jump_name name;
	char why[256], port[8];
	const char *at = text;

	if (jump_list_next(&at, &name, why, sizeof(why)) != 1)
		return fault(err, NULL, 0, "host '%.*s': %s", fault_shown(text),
			     text, why);
	(void)snprintf(port, sizeof(port), "%u", (unsigned)name.port);
	entry.host = name.host;
	if (name.port != 0)
		entry.port = port;
	if (name.user[0] != '\0')
		entry.username = name.user;
	return nf_inventory_add(inv, &entry, err);
}

static int add_range(struct nf_inventory *inv, const char *text,
		     const struct nf_entry *rest, struct nf_error *err)
{
	struct range *range = NULL;
	struct range_iter iter;
	char name[RANGE_NAME_MAX];
	struct nf_error why = {0};
	int rc = 0;

	if (range_new(&range, text, RANGE_DASH, &why) == -1) {
		if (why.code != NF_INVALID)
			return error_set(err, why.code, "%s", why.message);
		return fault(err, NULL, 0, "host '%.*s': %s", fault_shown(text),
			     text, why.message);
	}
	range_begin(&iter, range);
	while (rc == 0 && range_next(&iter, name))
		rc = add_host(inv, name, rest, err);
	range_free(range);
	return rc;
}

int nf_inventory_add_hosts(struct nf_inventory *inv, const char *list,
			   const struct nf_entry *rest, struct nf_error *err)
{
	const char *start, *behind = list;
	size_t len, n = 0;
	int rc = 0;

	while (rc == 0 && (len = terms_next(&start, &behind)) != SIZE_MAX) {
		char *text = strndup(start, len);

		if (text == NULL)
			return error_set(err, NF_SYSTEM, "no memory for hosts");
		if (len > 0)
			rc = add_range(inv, text, rest, err);
		n += len > 0;
		free(text);
	}
	if (rc == 0 && n == 0)
		return error_set(err, NF_INVALID,
				 "no host is named: write addresses or names");
	return rc;
}
