/* Devices in netfan's own form. What all of them have becomes defaults; groups
 * are names, as their values stand at each device. */
#include <string.h>

#include "format/escape.h"
#include "tell.h"
#include "view/convert.h"
#include "view/pairs.h"

struct writing {
	struct conversion *conversion;
	size_t device;
	const struct pairs *defaults;
	bool data; /* it has begun */
};

/* ---- values */

/* Would a text be taken as it is, in place of a password? Else it is written
 * behind "literal:". */
static bool is_safe(const char *text)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789.,;+=/-!@#^&? ";

	return text[0] != ' ' && text[strspn(text, safe)] == '\0';
}

static bool may_refer(const char *key)
{
	return strcmp(key, "username") == 0 || strcmp(key, "password") == 0 ||
	       strcmp(key, "secret") == 0 || strcmp(key, "passphrase") == 0;
}

/* Is it written elsewhere, or as it was understood? */
static bool is_told(const struct nf_value *value)
{
	static const char *const keys[] = {"name", "host", "device_type",
					   "transport"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i], value->key) == 0)
			return true;
	}
	return value->data;
}

static void take_pair(void *arg, const struct nf_value *value)
{
	struct pairs *pairs = arg;
	bool masked = value->secret && !pairs->conversion->view->secrets;
	bool literal = !masked && may_refer(value->key) && !value->own_form &&
		       !is_safe(value->written);

	if (is_told(value))
		return;
	if (masked && conversion_unmaskable(value))
		conversion_lose(pairs->conversion, value->key,
				"a password may be in it (--show-secrets "
				"writes it)");
	else
		pairs_put(pairs,
			  &(struct pair){.key = value->key,
					 .before = literal ? "literal:" : NULL,
					 .text = value->written,
					 .bare = strcmp(value->key, "port") ==
						 0});
}

static void list_pairs(struct pairs *pairs, size_t i)
{
	const struct conversion *conversion = pairs->conversion;
	const struct nf_device *dev = nf_inventory_device(conversion->inv, i);
	struct nf_description description;

	nf_inventory_describe(conversion->inv, i, &description);
	pairs_put(pairs,
		  &(struct pair){.key = "device_type", .text = dev->platform});
	if (strcmp(description.transport, "ssh") != 0)
		pairs_put(pairs, &(struct pair){.key = "transport",
						.text = description.transport});
	conversion_values(pairs->conversion, i, take_pair, pairs);
}

/* ---- writing */

/* Write the names of a list of groups: the last of a list counts first. */
static void write_names(const struct conversion *conversion,
			const struct lists *lists, size_t i)
{
	const struct grouping *grouping = conversion->grouping;
	struct output *out = conversion->out;
	size_t begin = lists->begin[i], end = lists->begin[i + 1];

	output_text(out, "groups: [");
	for (size_t at = end; at-- > begin;) {
		output_text(out, at + 1 < end ? ", " : "");
		conversion_word(out, grouping->names[lists->at[at]]);
	}
	output_text(out, "]");
}

static void write_groups(const struct conversion *conversion)
{
	const struct grouping *grouping = conversion->grouping;
	const struct lists *parents = &grouping->parents;
	struct output *out = conversion->out;
	bool begun = false;

	for (size_t g = 0; g < grouping->n; g++) {
		if (g == grouping->all)
			continue;
		output_text(out, begun ? "" : "groups:\n");
		begun = true;
		output_text(out, "  ");
		conversion_word(out, grouping->names[g]);
		output_text(out, ": {");
		if (parents->begin[g] != parents->begin[g + 1])
			write_names(conversion, parents, g);
		output_text(out, "}\n");
	}
}

static void write_datum(void *arg, const struct nf_value *value)
{
	struct writing *writing = arg;
	struct output *out = writing->conversion->out;

	if (!value->data)
		return;
	if (!writing->data)
		output_text(out, "    data:\n");
	writing->data = true;
	output_text(out, "      ");
	conversion_word(out, value->key);
	output_text(out, ": ");
	if (value->json)
		escape_text(out, ESCAPE_JSON_WHOLE, value->text);
	else
		conversion_word(out, value->text);
	output_text(out, "\n");
}

static void write_device(struct writing *writing)
{
	struct conversion *conversion = writing->conversion;
	const struct nf_device *dev =
		nf_inventory_device(conversion->inv, writing->device);
	const struct lists *groups = &conversion->grouping->groups;
	struct output *out = conversion->out;
	struct pairs pairs;

	output_text(out, "  ");
	conversion_word(out, dev->name);
	output_text(out, ":\n    host: ");
	conversion_word(out, dev->host);
	output_text(out, "\n");
	pairs_fill(&pairs, conversion, list_pairs, writing->device);
	for (size_t k = 0; k < pairs.n; k++) {
		if (pairs_find(writing->defaults, pairs.at[k].key) == NULL)
			pairs_write(out, "    ", &pairs.at[k]);
	}
	if (groups->at[groups->begin[writing->device]] !=
	    conversion->grouping->n) {
		output_text(out, "    ");
		write_names(conversion, groups, writing->device);
		output_text(out, "\n");
	}
	conversion_values(conversion, writing->device, write_datum, writing);
}

/* Would the name be read as a range? Only an address may stand in brackets. */
static bool is_range(const char *name)
{
	const char *open = strchr(name, '[');

	return open != NULL && strcspn(open, ":") > strcspn(open, "]") &&
	       open[1] != '\0';
}

static void write_netfan(struct conversion *conversion)
{
	struct output *out = conversion->out;
	struct pairs defaults;

	pairs_common(&defaults, conversion, list_pairs);
	output_text(out, defaults.n > 0 ? "defaults:\n" : "");
	for (size_t k = 0; k < defaults.n; k++)
		pairs_write(out, "  ", &defaults.at[k]);
	write_groups(conversion);
	output_text(out, "devices:\n");
	for (size_t i = 0; i < nf_inventory_size(conversion->inv); i++) {
		struct writing writing = {.conversion = conversion,
					  .device = i,
					  .defaults = &defaults};

		if (conversion_has(conversion, i))
			write_device(&writing);
	}
}

const struct conversion_form conversion_netfan = {
	"netfan", is_range, "would be a range", write_netfan};
