/* Devices as NetBox's REST interface has them. */
#include <string.h>

#include "forms/form.h"
#include "forms/topology/topology.h"
#include "forms/values.h"
#include "yaml/fault.h"
#include "yaml/surrogates.h"
#include "yaml/tree.h"

#define SHAPE                                                                  \
	"NetBox's devices are a list, or an answer of its REST interface "     \
	"with "                                                                \
	"'results'"
#define TEXT_MAX 256
#define TAGS_MAX 256 /* of a device */

/* The text of a value, or what its mapping has by one of these names. */
static const struct node *find_text(const struct node *value,
				    const char *const *names)
{
	if (value == NULL || value->kind == NODE_TEXT)
		return node_text(value) != NULL ? value : NULL;
	for (; *names != NULL; names++) {
		const struct node *inner = node_get(value, *names);

		if (node_text(inner) != NULL)
			return inner;
	}
	return NULL;
}

static const char *const slugs[] = {"slug", "name", NULL};

/* ---- address and platform */

/* The primary address: what NetBox has chosen, else that of IPv4, of IPv6. */
static const struct node *find_address(const struct node *device)
{
	static const char *const keys[] = {"primary_ip", "primary_ip4",
					   "primary_ip6"};
	static const char *const inside[] = {"address", NULL};
	const struct node *found = NULL;

	for (size_t i = 0; i < 3 && found == NULL; i++)
		found = find_text(node_get(device, keys[i]), inside);
	return found;
}

/* Say a text up to a byte, with another in place of a third. */
static void say_part(struct reading *reading, enum key key,
		     const struct node *value, char end, char from, char to)
{
	char text[TEXT_MAX];
	size_t len = strcspn(value->text, (const char[]){end, '\0'});

	if (len >= sizeof(text)) {
		value_say(reading, key, value, value->line);
		return;
	}
	memcpy(text, value->text, len);
	text[len] = '\0';
	for (size_t i = 0; i < len; i++) {
		if (text[i] == from)
			text[i] = to;
	}
	pen_say(&reading->pen, key, text, value->line, value_flags(value));
}

static void say_platform(struct reading *reading, const struct node *device)
{
	const struct node *slug =
		find_text(node_get(device, "platform"), slugs);

	if (slug != NULL)
		say_part(reading, KEY_DEVICE_TYPE, slug, '\0', '-', '_');
}

/* ---- data */

static void say_text(struct reading *reading, const char *name,
		     const struct node *value, const char *const *inside)
{
	const struct node *text =
		value != NULL ? find_text(value, inside) : NULL;

	if (text != NULL)
		value_say_data(reading, name, text);
}

static void say_data(struct reading *reading, const struct node *device)
{
	static const char *const names[] = {"site",     "location", "rack",
					    "tenant",   "cluster",  "serial",
					    "asset_tag"};
	static const char *const models[] = {"slug", "model", NULL};
	static const char *const values[] = {"value", "label", NULL};
	const struct node *type = node_get(device, "device_type");
	const struct node *role = node_get(device, "role");
	const struct node *fields = node_get(device, "custom_fields");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		say_text(reading, names[i], node_get(device, names[i]), slugs);
	say_text(reading, "role",
		 role != NULL && !node_is_null(role)
			 ? role
			 : node_get(device, "device_role"),
		 slugs);
	say_text(reading, "model", type, models);
	say_text(reading, "manufacturer", node_get(type, "manufacturer"),
		 slugs);
	say_text(reading, "status", node_get(device, "status"), values);
	if (fields != NULL && fields->kind == NODE_MAP)
		value_say_all_data(reading, fields);
}

static const struct draft_list *find_groups(struct draft *draft,
					    const struct node *tags)
{
	const void *names[TAGS_MAX];
	size_t n = 0;

	if (tags == NULL || tags->kind != NODE_LIST)
		return NULL;
	for (uint32_t i = 0; i < tags->n && n < TAGS_MAX; i++) {
		const struct node *tag = find_text(tags->items[i], slugs);
		bool there = false;

		if (tag == NULL)
			continue;
		names[n] = draft_text(draft, tag->text, strlen(tag->text));
		for (size_t k = 0; k < n && !there; k++)
			there = names[k] == names[n];
		if (there)
			continue;
		draft_group(draft, names[n])->defined = true;
		n++;
	}
	return draft_list(draft, names, n);
}

/* ---- devices */

/* Why a device is left out, NULL: it is not. NetBox 2.6 and older have numbers
 * for a status: 1 is active. */
static const char *left_out(const struct node *device)
{
	static const char *const values[] = {"value", NULL};
	const struct node *status =
		find_text(node_get(device, "status"), values);

	if (status != NULL && !node_is(status, "active") &&
	    !node_is(status, "1"))
		return status->text;
	return find_address(device) == NULL ? "without a primary address"
					    : NULL;
}

static void read_device(struct reading *reading, const struct node *device)
{
	const struct node *name = node_get(device, "name");
	struct draft_device out = {.line = device->line};
	const char *why;

	if (device->kind != NODE_MAP) {
		out.skip = reading_skip(reading, device->line, NULL,
					"a device must be an object");
		(void)draft_add_device(reading->draft, &out);
		return;
	}
	why = left_out(device);
	if (why != NULL) {
		reading_leave_out(reading, why,
				  node_text(name) != NULL ? name->text
							  : "without a name");
		return;
	}
	if (node_text(name) != NULL)
		value_say(reading, KEY_NAME, name, name->line);
	say_part(reading, KEY_HOST, find_address(device), '/', '\0', '\0');
	say_platform(reading, device);
	say_data(reading, device);
	out.groups = find_groups(reading->draft, node_get(device, "tags"));
	out.own = pen_layer(&reading->pen, reading->file);
	(void)draft_add_device(reading->draft, &out);
}

static int read_list(struct reading *reading, const struct tree_value *list)
{
	struct tree_iter iter;
	int rc;

	if (tree_value_kind(list) != NODE_LIST)
		return reading_fault(reading, tree_value_line(list), SHAPE);
	if (tree_value_enter(list, &iter) == -1)
		return -1;
	do {
		struct tree_mark mark = tree_mark(list->tree);
		const struct node *key, *device;
		struct tree_value value;

		rc = tree_iter_next(&iter, &key, &value);
		if (rc == 1 && tree_value_read(&value, &device) == -1)
			rc = -1;
		if (rc == 1)
			read_device(reading, device);
		tree_rewind(list->tree, mark);
	} while (rc == 1);
	return rc;
}

/* Read the keys of an answer: its results, and what is beside them. */
static int read_answer(struct reading *reading, const struct tree_value *root)
{
	struct tree_iter iter;
	struct tree_value value;
	const struct node *key, *node;
	bool results = false;
	int rc;

	if (tree_value_enter(root, &iter) == -1)
		return -1;
	while ((rc = tree_iter_next(&iter, &key, &value)) == 1) {
		if (node_is(key, "results")) {
			results = true;
			rc = read_list(reading, &value);
		} else {
			rc = tree_value_read(&value, &node);
			if (rc == 0 && node_is(key, "next") &&
			    node_text(node) != NULL)
				reading_note(reading, node->line,
					     "there is another page of "
					     "devices: ask for ?limit=0 to "
					     "have all");
		}
		if (rc == -1)
			return -1;
	}
	if (rc == 0 && !results)
		return reading_fault(reading, tree_value_line(root), SHAPE);
	return rc;
}

static int read_json(struct reading *reading, const char *bytes, size_t len)
{
	struct tree_value root;
	struct tree tree;
	int rc = tree_open(&tree, &root, bytes, len, reading->name,
			   reading->err);

	if (rc == 0)
		rc = tree_value_kind(&root) == NODE_MAP
			     ? read_answer(reading, &root)
			     : read_list(reading, &root);
	if (rc == 0)
		rc = tree_end(&tree);
	tree_close(&tree);
	return rc;
}

int netbox_read(struct reading *reading)
{
	size_t len = reading->len;
	char *joined;
	int rc;

	if (surrogates_join(&joined, reading->bytes, &len) == -1)
		return fault_memory(reading->err, reading->name);
	rc = read_json(reading, joined != NULL ? joined : reading->bytes, len);
	surrogates_free(joined, len);
	return rc;
}
