/* Devices as an inventory of Ansible's, in YAML. What all of them have becomes
 * variables of all; other variables stand at each host. */
#include <string.h>

#include "format/escape.h"
#include "view/convert.h"
#include "view/pairs.h"

/* Platforms that Ansible has, by the names of their collections. */
static const struct {
	const char *platform, *network_os;
} systems[] = {
	{"arista_eos", "arista.eos.eos"},
	{"aruba_aoscx", "arubanetworks.aoscx.aoscx"},
	{"cisco_asa", "cisco.asa.asa"},
	{"cisco_ios", "cisco.ios.ios"},
	{"cisco_nxos", "cisco.nxos.nxos"},
	{"cisco_xr", "cisco.iosxr.iosxr"},
	{"dell_os10", "dellemc.os10.os10"},
	{"dell_os6", "dellemc.os6.os6"},
	{"dell_os9", "dellemc.os9.os9"},
	{"extreme_exos", "community.network.exos"},
	{"extreme_slx", "community.network.slxos"},
	{"huawei", "community.network.ce"},
	{"juniper_junos", "junipernetworks.junos.junos"},
	{"mikrotik_routeros", "community.routeros.routeros"},
	{"nokia_sros", "community.network.sros"},
	{"ruckus_fastiron", "community.network.icx"},
	{"ubiquiti_edgeswitch", "community.network.edgeswitch"},
	{"vyos", "vyos.vyos.vyos"},
};

/* Variables for keys, with what stands around their value. */
static const struct variable {
	const char *key, *name;
	const char *before, *behind;
	bool bare; /* a number, or true */
} variables[] = {
	{"port", "ansible_port", NULL, NULL, true},
	{"username", "ansible_user", NULL, NULL, false},
	{"password", "ansible_password", NULL, NULL, false},
	{"secret", "ansible_become_password", NULL, NULL, false},
	{"key_file", "ansible_private_key_file", NULL, NULL, false},
	{"proxy_jump", "ansible_ssh_common_args", "-o ProxyJump=", NULL, false},
	{"proxy_command", "ansible_ssh_common_args", "-o ProxyCommand=\"", "\"",
	 false},
	{"conn_timeout", "ansible_connect_timeout", NULL, NULL, true},
	{"read_timeout_override", "ansible_command_timeout", NULL, NULL, true},
};

#define NVARIABLES (sizeof(variables) / sizeof(variables[0]))

struct writing {
	struct conversion *conversion;
	const char *indent;
	bool begun; /* the host has variables */
};

/* ---- values */

static const char *network_os(const char *platform)
{
	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
		if (strcmp(systems[i].platform, platform) == 0)
			return systems[i].network_os;
	}
	return platform;
}

static const struct variable *find_variable(const char *key)
{
	for (size_t i = 0; i < NVARIABLES; i++) {
		if (strcmp(variables[i].key, key) == 0)
			return &variables[i];
	}
	return NULL;
}

/* Would it be read as a template, or as another word? */
static bool is_odd(const struct variable *variable, const char *text)
{
	return strstr(text, "{{") != NULL || strstr(text, "{%") != NULL ||
	       (variable->before != NULL && strpbrk(text, "\"\\") != NULL);
}

static bool is_true(const char *text)
{
	return strcasecmp(text, "true") == 0 || strcasecmp(text, "yes") == 0;
}

static bool is_told(const struct nf_value *value)
{
	static const char *const keys[] = {"name", "host", "device_type",
					   "transport", "enable"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i], value->key) == 0)
			return true;
	}
	return value->data;
}

static void take_pair(void *arg, const struct nf_value *value)
{
	struct pairs *pairs = arg;
	const struct variable *variable = find_variable(value->key);

	if (is_told(value))
		return;
	if (variable == NULL)
		conversion_lose(pairs->conversion, value->key,
				"Ansible has no variable for it");
	else if (is_odd(variable, value->text))
		conversion_lose(pairs->conversion, value->key,
				"Ansible would read a value as another one");
	else if (pairs_find(pairs, variable->name) == NULL)
		pairs_put(pairs, &(struct pair){.key = variable->name,
						.before = variable->before,
						.text = value->text,
						.behind = variable->behind,
						.bare = variable->bare});
}

/* Take note of enable, and of a secret for it. */
struct become {
	bool secret, told, on;
};

static void take_become(void *arg, const struct nf_value *value)
{
	struct become *become = arg;

	if (value->data)
		return;
	if (strcmp(value->key, "secret") == 0 && value->text[0] != '\0')
		become->secret = true;
	if (strcmp(value->key, "enable") == 0) {
		become->told = true;
		become->on = is_true(value->text);
	}
}

static void put_become(struct pairs *pairs, size_t i)
{
	struct become become = {.told = false};

	conversion_values(pairs->conversion, i, take_become, &become);
	if (!become.told && !become.secret)
		return;
	pairs_put(pairs,
		  &(struct pair){.key = "ansible_become",
				 .text = !become.told || become.on ? "true"
								   : "false",
				 .bare = true});
	pairs_put(pairs, &(struct pair){.key = "ansible_become_method",
					.text = "enable"});
}

/* The type of telnet is netfan's alone. */
static void list_pairs(struct pairs *pairs, size_t i)
{
	const struct conversion *conversion = pairs->conversion;
	const struct nf_device *dev = nf_inventory_device(conversion->inv, i);
	struct nf_description description;

	nf_inventory_describe(conversion->inv, i, &description);
	if (strcmp(description.transport, "telnet") == 0)
		pairs_put(pairs, &(struct pair){.key = "ansible_network_os",
						.before = "",
						.text = dev->platform,
						.behind = "_telnet"});
	else
		pairs_put(pairs,
			  &(struct pair){.key = "ansible_network_os",
					 .text = network_os(dev->platform)});
	pairs_put(pairs,
		  &(struct pair){.key = "ansible_connection",
				 .text = "ansible.netcommon.network_cli"});
	conversion_values(pairs->conversion, i, take_pair, pairs);
	put_become(pairs, i);
}

/* ---- writing */

static void write_datum(void *arg, const struct nf_value *value)
{
	struct writing *writing = arg;
	struct output *out = writing->conversion->out;

	if (!value->data)
		return;
	if (strncmp(value->key, "ansible_", 8) == 0) {
		conversion_lose(writing->conversion, value->key,
				"it would mean something to Ansible");
		return;
	}
	output_text(out, "      ");
	conversion_word(out, value->key);
	output_text(out, ": ");
	if (value->json)
		escape_text(out, ESCAPE_JSON_WHOLE, value->text);
	else
		conversion_word(out, value->text);
	output_text(out, "\n");
}

static void write_host(struct conversion *conversion,
		       const struct pairs *common, size_t i)
{
	const struct nf_device *dev = nf_inventory_device(conversion->inv, i);
	struct writing writing = {.conversion = conversion};
	struct output *out = conversion->out;
	struct pairs pairs;

	output_text(out, "    ");
	conversion_word(out, dev->name);
	output_text(out, ":\n      ansible_host: ");
	conversion_word(out, dev->host);
	output_text(out, "\n");
	pairs_fill(&pairs, conversion, list_pairs, i);
	for (size_t k = 0; k < pairs.n; k++) {
		if (pairs_find(common, pairs.at[k].key) == NULL)
			pairs_write(out, "      ", &pairs.at[k]);
	}
	conversion_values(conversion, i, write_datum, &writing);
}

/* Write the names of a group's hosts, or of its children, a line each. */
static void write_names(const struct conversion *conversion, size_t g,
			const char *what, const struct lists *lists, bool hosts)
{
	const struct grouping *grouping = conversion->grouping;
	struct output *out = conversion->out;
	bool begun = false;

	for (size_t at = lists->begin[g]; at < lists->begin[g + 1]; at++) {
		size_t place = lists->at[at];

		if (hosts && !conversion_has(conversion, place))
			continue;
		if (!begun)
			output_format(out, "  %s:\n", what);
		begun = true;
		output_text(out, "    ");
		conversion_word(
			out, hosts ? nf_inventory_device(conversion->inv, place)
					     ->name
				   : grouping->names[place]);
		output_text(out, ":\n");
	}
}

static void write_groups(const struct conversion *conversion)
{
	const struct grouping *grouping = conversion->grouping;
	size_t ungrouped =
		nf_inventory_find_group(conversion->inv, "ungrouped");

	for (size_t g = 0; g < grouping->n; g++) {
		if (g == grouping->all || g == ungrouped)
			continue;
		conversion_word(conversion->out, grouping->names[g]);
		output_text(conversion->out, ":\n");
		write_names(conversion, g, "hosts", &grouping->members, true);
		write_names(conversion, g, "children", &grouping->children,
			    false);
	}
}

static void write_ansible(struct conversion *conversion)
{
	struct output *out = conversion->out;
	struct pairs common;

	pairs_common(&common, conversion, list_pairs);
	output_text(out, "all:\n");
	output_text(out, common.n > 0 ? "  vars:\n" : "");
	for (size_t k = 0; k < common.n; k++)
		pairs_write(out, "    ", &common.at[k]);
	output_text(out, "  hosts:\n");
	for (size_t i = 0; i < nf_inventory_size(conversion->inv); i++) {
		if (conversion_has(conversion, i))
			write_host(conversion, &common, i);
	}
	write_groups(conversion);
}

/* Would the name be read as a range, or with a port? */
static bool is_pattern(const char *name)
{
	return strpbrk(name, "[]:") != NULL;
}

const struct conversion_form conversion_ansible = {
	"ansible", is_pattern, "would be a range, or have a port",
	write_ansible};
