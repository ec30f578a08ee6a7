/* What a file of YAML or JSON is, by its keys. */
#include <string.h>
#include <strings.h>

#include "forms/form.h"
#include "forms/marks/parts.h"

#define FORM(name) ((struct verdict){.form = (name)})
#define REFUSE(why) ((struct verdict){.refusal = (why)})
#define UNKNOWN ((struct verdict){0})

#define PRIMARY (BIT(PRIMARY_IP) | BIT(PRIMARY_IP4) | BIT(PRIMARY_IP6))
#define OWN                                                                    \
	(BIT(DEVICES) | BIT(DEFAULTS) | BIT(GLOBALS) | BIT(GROUPS) |           \
	 BIT(INCLUDE) | BIT(VOLATILE))
#define ADDRESS (BIT(HOST) | BIT(IP) | BIT(HOSTNAME))

/* The name of the file without its folders. */
static const char *base_name(const struct reading *reading)
{
	const char *slash = strrchr(reading->path, '/');

	return slash != NULL ? slash + 1 : reading->path;
}

static bool is_named(const struct reading *reading, const char *start)
{
	return strncasecmp(base_name(reading), start, strlen(start)) == 0;
}

static bool is_json(const struct reading *reading)
{
	size_t i = 0;

	while (i < reading->len && strchr(" \t\r\n", reading->bytes[i]) != NULL)
		i++;
	return i < reading->len &&
	       (reading->bytes[i] == '{' || reading->bytes[i] == '[');
}

/* ---- mappings */

/* Files of tools that keep their devices under a key of a known name. */
static struct verdict judge_tool(const struct shape *shape)
{
	uint64_t keys = shape->at[1];

	if ((shape->under[WORD_TOPOLOGY] & BIT(NODES)) != 0)
		return FORM("containerlab");
	if (((shape->at[2] | shape->at[3]) & PRIMARY) != 0)
		return FORM("netbox");
	if ((shape->under[WORD_META] & BIT(HOSTVARS)) != 0)
		return FORM("ansible");
	if ((shape->under[WORD_SOURCE] &
	     (BIT(CSV) | BIT(HTTP) | BIT(SQL) | BIT(DEFAULT))) != 0)
		return FORM("oxidized");
	if ((keys & BIT(NETMIKO_META)) != 0)
		return FORM("netmiko");
	return UNKNOWN;
}

static struct verdict judge_ansible(const struct shape *shape)
{
	uint64_t parts = BIT(HOSTS) | BIT(CHILDREN) | BIT(VARS);

	if ((shape->texts & BIT(PLUGIN)) != 0)
		return REFUSE(
			"settings of an inventory plugin of Ansible: "
			"give what ansible-inventory makes of them, in YAML");
	if ((shape->at[2] & parts) != 0 && !shape->variables &&
	    shape->nroot_texts == 0)
		return FORM("ansible");
	if ((shape->under[WORD_ALL] & parts) != 0)
		return FORM("ansible");
	if ((shape->ansible & ~2u) != 0 &&
	    ((shape->at[2] & parts) != 0 || (shape->at[1] & parts) != 0))
		return FORM("ansible");
	if ((shape->ansible & 2u) != 0)
		return REFUSE("variables of a group or host of Ansible "
			      "(group_vars), no inventory: give the inventory "
			      "that they are beside");
	return UNKNOWN;
}

static struct verdict judge_nornir(const struct shape *shape,
				   const struct reading *reading)
{
	uint64_t host = shape->below[WORD_HOSTS];
	uint64_t body = BIT(GROUPS) | BIT(DATA) | BIT(PLATFORM) |
			BIT(CONNECTION_OPTIONS) | BIT(PORT) | BIT(USERNAME) |
			BIT(PASSWORD) | BIT(HOSTNAME);
	uint64_t other = shape->under[WORD_OTHER];

	if ((shape->under[WORD_INVENTORY] & (BIT(PLUGIN) | BIT(OPTIONS))) != 0)
		return shape->plugin[0] == '\0' ||
				       strcmp(shape->plugin,
					      "SimpleInventory") == 0
			       ? FORM("nornir")
			       : REFUSE("a config of Nornir whose inventory is "
					"no SimpleInventory: that plugin "
					"alone is read");
	if ((shape->under[WORD_RUNNER] & (BIT(PLUGIN) | BIT(OPTIONS))) != 0 &&
	    (shape->at[1] & OWN) == 0)
		return FORM("nornir");
	if ((shape->at[1] & BIT(HOSTS)) != 0 && (host & body) != 0 &&
	    (host & (BIT(HOST) | BIT(IP) | BIT(DEVICE_TYPE))) == 0)
		return FORM("nornir");
	if ((shape->at[1] & (OWN & ~BIT(DEFAULTS))) != 0)
		return UNKNOWN;
	if ((other & BIT(HOSTNAME)) != 0)
		return FORM("nornir");
	if ((other & (BIT(GROUPS) | BIT(DATA) | BIT(CONNECTION_OPTIONS) |
		      BIT(PLATFORM))) == 0 ||
	    (other & ADDRESS) != 0)
		return UNKNOWN;
	if (is_named(reading, "groups") || (other & BIT(GROUPS)) == 0)
		return is_named(reading, "hosts")
			       ? FORM("nornir")
			       : REFUSE("groups of Nornir, no hosts: give the "
					"hosts.yaml that they are beside");
	return FORM("nornir");
}

/* Files of other kinds, which hold no devices. */
static struct verdict judge_other(const struct shape *shape,
				  const struct reading *reading)
{
	uint64_t keys = shape->at[1];

	if ((keys & BIT(API_VERSION)) != 0 && (keys & BIT(KIND)) != 0)
		return REFUSE("a manifest of Kubernetes, no inventory");
	if ((keys & BIT(SERVICES)) != 0 &&
	    (shape->below[WORD_SERVICES] & BIT(IMAGE)) != 0)
		return REFUSE("services for Docker Compose, no inventory");
	if ((keys & BIT(TERRAFORM_VERSION)) != 0)
		return REFUSE("a state of Terraform, no inventory");
	if ((shape->under[WORD_NETWORK] & BIT(ETHERNETS)) != 0)
		return REFUSE("a configuration of netplan, no inventory");
	if ((shape->below[WORD_DEVICES] & BIT(CONNECTIONS)) != 0)
		return REFUSE("a testbed of pyATS, which is not read: write "
			      "its devices as CSV");
	if (is_named(reading, "defaults.y") && shape->nroot_texts > 0 &&
	    (shape->anywhere & ADDRESS) == 0 && (keys & OWN) == 0)
		return REFUSE("defaults of Nornir, no hosts: give the "
			      "hosts.yaml that they are beside");
	return UNKNOWN;
}

/* Are these devices by name, with what netmiko is told of them? */
static bool are_devices(const struct shape *shape)
{
	uint64_t keys = shape->under[WORD_OTHER];

	return (keys & BIT(DEVICE_TYPE)) != 0 ||
	       ((shape->at[1] & OWN) == 0 &&
		(keys & (BIT(HOST) | BIT(IP))) != 0 &&
		(keys & (BIT(PLATFORM) | BIT(USERNAME) | BIT(PASSWORD))) != 0);
}

static struct verdict judge_map(const struct shape *shape,
				const struct reading *reading)
{
	struct verdict verdict = judge_other(shape, reading);

	if (verdict.refusal == NULL)
		verdict = judge_tool(shape);
	if (verdict.form == NULL && verdict.refusal == NULL &&
	    are_devices(shape))
		verdict = FORM("netmiko");
	if (verdict.form == NULL && verdict.refusal == NULL)
		verdict = judge_ansible(shape);
	if (verdict.form == NULL && verdict.refusal == NULL)
		verdict = judge_nornir(shape, reading);
	if (verdict.form == NULL && verdict.refusal == NULL &&
	    is_json(reading) && !shape->device && !shape->broken &&
	    (shape->at[1] & OWN) == 0 && shape->nroot > 0)
		verdict = REFUSE("JSON, but no inventory of a form that is "
				 "known");
	return verdict;
}

/* ---- lists */

static struct verdict judge_list(const struct shape *shape,
				 const struct reading *reading)
{
	uint64_t keys = shape->at[2];

	if ((keys & PRIMARY) != 0)
		return FORM("netbox");
	if ((keys & (BIT(HOSTS) | BIT(IMPORT_PLAYBOOK))) != 0)
		return REFUSE("a playbook of Ansible, no inventory: give the "
			      "inventory that it is played with");
	if ((keys & (BIT(TASKS) | BIT(REGISTER) | BIT(WHEN) | BIT(LOOP) |
		     BIT(NOTIFY) | BIT(GATHER_FACTS) | BIT(ROLES))) != 0)
		return REFUSE("tasks of Ansible, no inventory: give the "
			      "inventory that they are played with");
	if ((keys & BIT(TARGETS)) != 0 && (keys & ADDRESS) == 0)
		return REFUSE("targets of Prometheus, no inventory: write "
			      "them a host a line");
	if (shape->broken || shape->nroot == 0)
		return UNKNOWN;
	if (shape->nblanks > 0 && shape->nblanks * 2 >= shape->nroot)
		return REFUSE("a list of words, no inventory: a device has no "
			      "blank in its address");
	if (shape->nroot_texts == 0 && keys != 0 && !shape->device)
		return REFUSE(is_json(reading)
				      ? "JSON, but no inventory: nothing in "
					"its list has an address"
				      : "a list, but no inventory: nothing in "
					"it has an address");
	return UNKNOWN;
}

struct verdict shape_judge(const struct shape *shape,
			   const struct reading *reading)
{
	struct verdict verdict = UNKNOWN;

	switch (shape->root) {
	case ROOT_MAP:
		verdict = judge_map(shape, reading);
		break;
	case ROOT_LIST:
		verdict = judge_list(shape, reading);
		break;
	case ROOT_NONE:
	case ROOT_TEXT:
		break;
	}
	/* Its own reader says best what is wrong with any other. */
	if (verdict.form == NULL && verdict.refusal == NULL)
		verdict = FORM("netfan");
	return verdict;
}
