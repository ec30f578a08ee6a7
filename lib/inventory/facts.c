/* Facts: what is known of a device beside its secrets. */
#include "inventory/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draft/draft.h"
#include "inventory/device/platform_words.h"
#include "yaml/json_walk.h"

static const struct draft_device *draft_of(const struct nf_inventory *inv,
					   const struct device *dev)
{
	return &inventory_draft(inv)->devices[dev->draft];
}

/* ---- what every device has */

static void take_platform(const struct nf_inventory *inv,
			  const struct device *dev, fact_take *take, void *arg)
{
	(void)inv;
	take(arg, dev->pub.platform);
}

/* The word of its file may say more: cisco_ios_telnet. */
static void take_type(const struct nf_inventory *inv, const struct device *dev,
		      fact_take *take, void *arg)
{
	const struct said *said;
	struct draft_view view;

	draft_view(draft_of(inv, dev), &view);
	said = view.value[KEY_DEVICE_TYPE];
	take(arg, dev->pub.platform);
	if (said != NULL && strcmp(said->text, dev->pub.platform) != 0)
		take(arg, said->text);
}

static void take_port(const struct nf_inventory *inv, const struct device *dev,
		      fact_take *take, void *arg)
{
	char port[8];

	(void)inv;
	(void)snprintf(port, sizeof(port), "%u", (unsigned)dev->pub.port);
	take(arg, port);
}

static void take_name(const struct nf_inventory *inv, const struct device *dev,
		      fact_take *take, void *arg)
{
	(void)inv;
	take(arg, dev->pub.name);
}

static void take_host(const struct nf_inventory *inv, const struct device *dev,
		      fact_take *take, void *arg)
{
	(void)inv;
	take(arg, dev->pub.host);
}

static void take_username(const struct nf_inventory *inv,
			  const struct device *dev, fact_take *take, void *arg)
{
	(void)inv;
	take(arg, dev->pub.username);
}

static void take_transport(const struct nf_inventory *inv,
			   const struct device *dev, fact_take *take, void *arg)
{
	(void)inv;
	take(arg, dev->telnet ? "telnet" : "ssh");
}

/* Names that are no key of an inventory stand behind the one that is. */
static const struct fact {
	const char *name;
	void (*each)(const struct nf_inventory *inv, const struct device *dev,
		     fact_take *take, void *arg);
	bool told; /* among the keys that there are */
} facts[] = {
	{"name", take_name, true},         {"host", take_host, true},
	{"ip", take_host, false},          {"port", take_port, true},
	{"platform", take_platform, true}, {"device_type", take_type, false},
	{"username", take_username, true}, {"transport", take_transport, true},
	{"group", facts_groups, true},     {"groups", facts_groups, false},
};

#define NFACTS (sizeof(facts) / sizeof(facts[0]))

static const struct fact *find_fact(const char *key)
{
	for (size_t i = 0; i < NFACTS; i++) {
		if (strcmp(facts[i].name, key) == 0)
			return &facts[i];
	}
	return NULL;
}

/* ---- keys and data */

/* What may have a password in it is nobody's to look for. */
static bool is_secret(enum key key)
{
	return key == KEY_PASSWORD || key == KEY_SECRET ||
	       key == KEY_PASSPHRASE || key == KEY_PROXY ||
	       key == KEY_LOGIN_ANSWERS;
}

static void take_key(const struct nf_inventory *inv, const struct device *dev,
		     enum key key, fact_take *take, void *arg)
{
	struct draft_view view;

	if (key >= NKEYS_READ || is_secret(key))
		return;
	draft_view(draft_of(inv, dev), &view);
	if (view.value[key] != NULL)
		take(arg, view.value[key]->text);
}

/* The value of a device's data by that name, of len bytes; or NULL. */
static const struct said *find_data(const struct nf_inventory *inv,
				    const struct device *dev, const char *name,
				    size_t len)
{
	const struct draft *draft = inventory_draft(inv);
	const struct textmap_entry *found =
		textmap_find(&draft->data_names, name, len);

	return found == NULL ? NULL
			     : draft_data(draft_of(inv, dev),
					  (uint32_t)found->value, NULL);
}

/* Take a value, or what a path of keys leads to in it. */
static void take_said(const struct said *said, const char *path,
		      fact_take *take, void *arg)
{
	if ((said->flags & (SAID_VAULT | SAID_NUL)) != 0)
		return;
	if ((said->flags & SAID_JSON) != 0)
		json_walk(said->text, path, take, arg);
	else if (*path == '\0')
		take(arg, said->text);
}

/* A name with points may be one, or a path into mappings. */
static void take_data(const struct nf_inventory *inv, const struct device *dev,
		      const char *key, fact_take *take, void *arg)
{
	const struct said *said = find_data(inv, dev, key, strlen(key));
	const char *point;

	if (said != NULL)
		take_said(said, "", take, arg);
	for (point = strchr(key, '.'); point != NULL && said == NULL;
	     point = strchr(point + 1, '.')) {
		said = find_data(inv, dev, key, (size_t)(point - key));
		if (said != NULL)
			take_said(said, point + 1, take, arg);
	}
}

void facts_each(const struct nf_inventory *inv, const struct device *dev,
		const char *key, fact_take *take, void *arg)
{
	const struct fact *fact = find_fact(key);
	enum key known = fact == NULL ? key_find(key) : NKEYS;

	if (fact != NULL)
		fact->each(inv, dev, take, arg);
	else if (known == NKEYS && key_alias(key) != NKEYS)
		known = key_alias(key);
	if (known != NKEYS)
		take_key(inv, dev, known, take, arg);
	take_data(inv, dev, key, take, arg);
}

const char *facts_other(const struct nf_inventory *inv, const char *key,
			const char *value)
{
	const struct fact *fact = find_fact(key);
	const struct platform *platform;
	struct nf_error err;

	if (fact == NULL ||
	    (fact->each != take_platform && fact->each != take_type))
		return NULL;
	return platform_find(&platform, inventory_platforms(inv), value,
			     &err) == 1
		       ? platform->name
		       : NULL;
}

void facts_groups(const struct nf_inventory *inv, const struct device *dev,
		  fact_take *take, void *arg)
{
	const struct draft_list *groups = draft_of(inv, dev)->groups;

	for (size_t i = 0; i < groups->n; i++)
		take(arg, groups->at[i]);
}

/* ---- lists */

const char **facts_group_names(const struct nf_inventory *inv)
{
	const struct draft *draft = inventory_draft(inv);
	const char **names = calloc(draft->ngroups + 1, sizeof(*names));

	for (size_t i = 0; names != NULL && i < draft->ngroups; i++)
		names[i] = draft->groups[i].name;
	return names;
}

const char **facts_keys(const struct nf_inventory *inv)
{
	const struct draft *draft = inventory_draft(inv);
	const char **keys =
		calloc(NFACTS + draft->ndata_names + 1, sizeof(*keys));
	size_t n = 0;

	if (keys == NULL)
		return NULL;
	for (size_t i = 0; i < draft->ndata_names; i++)
		keys[n++] = draft->data_name[i];
	for (size_t i = 0; i < NFACTS; i++) {
		if (facts[i].told)
			keys[n++] = facts[i].name;
	}
	return keys;
}
