/* Devices as a list of JSON, one on each line. */
#include <stdlib.h>
#include <string.h>

#include "view/convert.h"

struct writing {
	struct conversion *conversion;
	const char *comma; /* before the next of the data */
};

static void put_member(struct output *out, const char *key, const char *text)
{
	output_format(out, ", \"%s\": ", key);
	if (text != NULL)
		conversion_string(out, text);
	else
		output_text(out, "null");
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Write all groups of a device, in the order of their names: in which their
 * values count is another matter of each form. */
static void put_groups(struct conversion *conversion, size_t i)
{
	size_t none = conversion->grouping->n, n = 0, g;
	const char **names;

	while (nf_inventory_group_of(conversion->inv, i, n) != none)
		n++;
	names = calloc(n + 1, sizeof(*names));
	if (names == NULL) {
		conversion->no_memory = true;
		return;
	}
	for (size_t k = 0; k < n; k++) {
		g = nf_inventory_group_of(conversion->inv, i, k);
		names[k] = conversion->grouping->names[g];
	}
	qsort(names, n, sizeof(*names), compare_names);
	output_text(conversion->out, ", \"groups\": [");
	for (size_t k = 0; k < n; k++) {
		output_text(conversion->out, k > 0 ? ", " : "");
		conversion_string(conversion->out, names[k]);
	}
	output_text(conversion->out, "]");
	free(names);
}

static void put_datum(void *arg, const struct nf_value *value)
{
	struct writing *writing = arg;
	struct output *out = writing->conversion->out;

	if (!value->data)
		return;
	output_text(out, writing->comma);
	conversion_string(out, value->key);
	output_text(out, ": ");
	conversion_json_value(out, value);
	writing->comma = ", ";
}

/* Write what is asked for by name alone. */
static void put_secret(void *arg, const struct nf_value *value)
{
	const struct conversion *conversion = arg;

	if (value->secret && !value->data)
		put_member(conversion->out, value->key, value->text);
}

static void put_device(struct conversion *conversion, size_t i)
{
	const struct nf_device *dev = nf_inventory_device(conversion->inv, i);
	struct writing writing = {.conversion = conversion, .comma = ""};
	struct output *out = conversion->out;
	struct nf_description description;

	nf_inventory_describe(conversion->inv, i, &description);
	output_text(out, "{\"name\": ");
	conversion_string(out, dev->name);
	put_member(out, "host", dev->host);
	output_format(out, ", \"port\": %u", (unsigned)dev->port);
	put_member(out, "platform", dev->platform);
	put_member(out, "transport", description.transport);
	put_member(out, "username", dev->username);
	if (conversion->view->secrets)
		conversion_values(conversion, i, put_secret, conversion);
	put_groups(conversion, i);
	output_text(out, ", \"data\": {");
	conversion_values(conversion, i, put_datum, &writing);
	output_text(out, "}}");
}

static void write_json(struct conversion *conversion)
{
	const char *comma = "\n";

	output_text(conversion->out, "[");
	for (size_t i = 0; i < nf_inventory_size(conversion->inv); i++) {
		if (!conversion_has(conversion, i))
			continue;
		output_text(conversion->out, comma);
		put_device(conversion, i);
		comma = ",\n";
	}
	output_text(conversion->out, "\n]\n");
}

const struct conversion_form conversion_json = {"json", NULL, NULL, write_json};
