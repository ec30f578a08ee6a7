/* What is known of devices, and where it stands. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "draft/draft.h"
#include "inventory/disguise.h"
#include "inventory/inventory.h"
#include "yaml/json.h"

static const struct draft_device *draft_of(const struct nf_inventory *inv,
					   size_t i)
{
	return &inventory_draft(inv)->devices[inventory_device(inv, i)->draft];
}

void nf_inventory_describe(const struct nf_inventory *inv, size_t i,
			   struct nf_description *description)
{
	const struct device *dev = inventory_device(inv, i);

	*description = (struct nf_description){
		.transport = dev->telnet ? "telnet" : "ssh",
		.skip = dev->skip,
		.unusable = dev->unusable,
		.unnamed = dev->unnamed,
		.own_user = dev->own_user,
		.file = dev->path,
		.line = dev->line};
}

/* ---- values */

/* The values of a device on their way to who asked for them. */
struct telling {
	const struct draft *draft;
	const struct draft_device *drafted;
	const struct device *dev;
	bool secrets;
	nf_value_take *take;
	void *arg;
};

static void tell_place(const struct telling *telling, const struct said *said,
		       const struct layer *layer, struct nf_value *value)
{
	const struct draft_file *file = draft_file(telling->draft, layer->file);

	value->file = file->path;
	value->own_form = file->own;
	value->line = said->line;
	value->group = draft_layer_group(telling->draft, layer);
	value->origin = NF_ORIGIN_DEVICE;
	if (value->group != NULL)
		value->origin = NF_ORIGIN_GROUP;
	else if (draft_layer_is_defaults(telling->draft, layer))
		value->origin = NF_ORIGIN_DEFAULTS;
}

/* What a device has of a key, which is not always what its file says; NULL: no
 * more than that. */
static const char *meaning(const struct device *dev, enum key key)
{
	switch (key) { /* of those whose text may stand for another */
	case KEY_HOST:
	case KEY_IP:
		return dev->pub.host[0] != '\0' ? dev->pub.host : NULL;
	case KEY_USERNAME:
		return dev->own_user || dev->unfit_user ? NULL
							: dev->pub.username;
	case KEY_PASSWORD:
		return dev->credentials.password;
	case KEY_SECRET:
		return dev->credentials.secret;
	case KEY_PASSPHRASE:
		return dev->access->passphrase;
	default:
		return NULL;
	}
}

/* The proxy's URL has its password in it. What is typed for a question may be
 * one. */
static bool is_secret(enum key key)
{
	return key == KEY_PASSWORD || key == KEY_SECRET ||
	       key == KEY_PASSPHRASE || key == KEY_PROXY ||
	       key == KEY_LOGIN_ANSWERS;
}

static void tell_key(const struct telling *telling,
		     const struct draft_view *view, enum key key)
{
	const struct said *said = view->value[key];
	struct nf_value value = {
		.key = key_name(key == KEY_IP ? KEY_HOST : key),
		.secret = is_secret(key)};

	tell_place(telling, said, view->layer[key], &value);
	value.text = meaning(telling->dev, key);
	if (value.text == NULL)
		value.text = said->text;
	value.written = said->text;
	if (value.secret && !telling->secrets)
		value.text = value.written = DISGUISE;
	telling->take(telling->arg, &value);
}

/* Of two addresses, ip counts, if it is one. */
static bool counts(const struct draft_view *view, enum key key)
{
	const struct said *ip = view->value[KEY_IP];
	bool other = ip != NULL && ip->text[0] != '\0';

	if (view->value[key] == NULL)
		return false;
	if (key == KEY_HOST)
		return !other;
	return key != KEY_IP || other || view->value[KEY_HOST] == NULL;
}

static void tell_keys(const struct telling *telling)
{
	struct draft_view view;

	draft_view(telling->drafted, &view);
	for (unsigned key = 0; key < NKEYS_READ; key++) {
		if (counts(&view, (enum key)key))
			tell_key(telling, &view, (enum key)key);
	}
}

/* ---- data */

struct datum {
	const char *name;
	const struct said *said;
	const struct layer *layer;
	size_t order; /* the first of a name counts */
};

static int compare_data(const void *a, const void *b)
{
	const struct datum *one = a, *two = b;
	int order = strcmp(one->name, two->name);

	if (order != 0)
		return order;
	return one->order < two->order ? -1 : one->order > two->order;
}

/* Tell a value of JSON, its secrets in disguise. -1 without memory. */
static int tell_json(const struct telling *telling, struct nf_value *value)
{
	struct buf buf;
	int rc;

	buf_init(&buf, 2 * strlen(value->text) + 16);
	rc = disguise_json(&buf, value->text);
	if (rc != -1 && buf_append(&buf, "", 1) == -1)
		rc = -1;
	if (rc != -1) {
		value->secret |= rc == 1;
		value->text = value->written = (const char *)buf.data;
		telling->take(telling->arg, value);
	}
	buf_release(&buf);
	return rc == -1 ? -1 : 0;
}

static int tell_datum(const struct telling *telling, const struct datum *datum)
{
	const struct said *said = datum->said;
	bool json = (said->flags & SAID_JSON) != 0;
	const char *plain =
		(said->flags & SAID_PLAIN) != 0 ? json_plain(said->text) : NULL;
	struct nf_value value = {
		.key = datum->name,
		.text = plain != NULL ? plain : said->text,
		.written = said->text,
		.data = true,
		.json = json || plain != NULL,
		.secret = disguise_name(datum->name, strlen(datum->name)) ||
			  (said->flags & SAID_VAULT) != 0 ||
			  disguise_text(said->text, strlen(said->text))};

	tell_place(telling, said, datum->layer, &value);
	if (json && !value.secret && !telling->secrets)
		return tell_json(telling, &value);
	if (value.secret && !telling->secrets) {
		value.text = value.written = DISGUISE;
		value.json = false;
	}
	telling->take(telling->arg, &value);
	return 0;
}

static size_t count_said(const struct draft_device *device)
{
	const struct layer *layer;
	size_t n = 0;

	for (size_t i = 0; (layer = draft_layer(device, i)) != NULL; i++)
		n += layer->n;
	return n;
}

/* List all data of a device, those that count first of their name. */
static size_t list_data(const struct telling *telling, struct datum *data)
{
	const struct layer *layer;
	size_t n = 0;

	for (size_t i = 0; (layer = draft_layer(telling->drafted, i)) != NULL;
	     i++) {
		for (uint32_t at = layer->n; at-- > 0;) {
			const struct said *said = &layer->at[at];

			if ((said->flags & SAID_DATA) == 0)
				continue;
			data[n] = (struct datum){
				.name = draft_data_name(telling->draft,
							said->what),
				.said = said,
				.layer = layer,
				.order = n};
			n++;
		}
	}
	return n;
}

static int tell_data(const struct telling *telling)
{
	struct datum *data =
		calloc(count_said(telling->drafted) + 1, sizeof(*data));
	size_t n;
	int rc = 0;

	if (data == NULL)
		return -1;
	n = list_data(telling, data);
	qsort(data, n, sizeof(*data), compare_data);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		/* Names are the same text where they are equal. */
		if (i == 0 || data[i].name != data[i - 1].name)
			rc = tell_datum(telling, &data[i]);
	}
	free(data);
	return rc;
}

int nf_inventory_values(const struct nf_inventory *inv, size_t i, bool secrets,
			nf_value_take *take, void *arg, struct nf_error *err)
{
	const struct telling telling = {.draft = inventory_draft(inv),
					.drafted = draft_of(inv, i),
					.dev = inventory_device(inv, i),
					.secrets = secrets,
					.take = take,
					.arg = arg};

	tell_keys(&telling);
	if (tell_data(&telling) == -1)
		return error_set(err, NF_SYSTEM, "no memory for data");
	return 0;
}

/* ---- groups */

size_t nf_inventory_ngroups(const struct nf_inventory *inv)
{
	return inventory_draft(inv)->ngroups;
}

void nf_inventory_group(const struct nf_inventory *inv, size_t g,
			struct nf_group *group)
{
	const struct draft *draft = inventory_draft(inv);
	const struct draft_group *drafted = &draft->groups[g];

	*group = (struct nf_group){.name = drafted->name,
				   .line = drafted->line,
				   .nchildren = drafted->nchildren};
	if (drafted->line != 0)
		group->file = draft_file(draft, drafted->file)->path;
}

size_t nf_inventory_find_group(const struct nf_inventory *inv, const char *name)
{
	const struct draft *draft = inventory_draft(inv);
	const struct textmap_entry *found =
		textmap_find(&draft->group_names, name, strlen(name));

	return found != NULL ? found->value : draft->ngroups;
}

size_t nf_inventory_group_child(const struct nf_inventory *inv, size_t g,
				size_t k)
{
	return nf_inventory_find_group(
		inv, inventory_draft(inv)->groups[g].children[k]);
}

size_t nf_inventory_group_of(const struct nf_inventory *inv, size_t i, size_t k)
{
	const struct draft_list *groups = draft_of(inv, i)->groups;

	return k < groups->n ? nf_inventory_find_group(inv, groups->at[k])
			     : nf_inventory_ngroups(inv);
}
