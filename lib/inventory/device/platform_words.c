/* What other tools call the platforms. */
#include "inventory/device/platform_words.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "netfan.h"

static const struct {
	const char *word, *device_type;
} words[] = {
	{"ios", "cisco_ios"},
	{"ios-xe", "cisco_xe"},
	{"iosxe", "cisco_xe"},
	{"cisco_iosxe", "cisco_xe"},
	{"ios-xr", "cisco_xr"},
	{"iosxr", "cisco_xr"},
	{"cisco_iosxr", "cisco_xr"},
	{"nxos", "cisco_nxos"},
	{"nx-os", "cisco_nxos"},
	{"asa", "cisco_asa"},
	{"wlc", "cisco_wlc"},
	{"aireos", "cisco_wlc"},
	{"eos", "arista_eos"},
	{"junos", "juniper_junos"},
	{"routeros", "mikrotik_routeros"},
	{"ros", "mikrotik_routeros"},
	{"srlinux", "nokia_srl"},
	{"srl", "nokia_srl"},
	{"nokia_srlinux", "nokia_srl"},
	{"sros", "nokia_sros"},
	{"ce", "huawei"},
	{"vrp", "huawei"},
	{"huaweivrp", "huawei"},
	{"cloudengine", "huawei"},
	{"comware", "hp_comware"},
	{"procurve", "hp_procurve"},
	{"aoscx", "aruba_aoscx"},
	{"fortios", "fortinet"},
	{"fortinet_fortios", "fortinet"},
	{"panos", "paloalto_panos"},
	{"exos", "extreme_exos"},
	{"voss", "extreme_vsp"},
	{"slxos", "extreme_slx"},
	{"icx", "ruckus_fastiron"},
	{"ironware", "ruckus_fastiron"},
	{"fastiron", "ruckus_fastiron"},
	{"os10", "dell_os10"},
	{"dellos10", "dell_os10"},
	{"dell_emc", "dell_os10"},
	{"dellos9", "dell_os9"},
	{"os9", "dell_os9"},
	{"dellos6", "dell_os6"},
	{"os6", "dell_os6"},
	{"vyos_vyos", "vyos"},
	{"edgeswitch", "ubiquiti_edgeswitch"},
	{"gaia", "checkpoint_gaia"},
	{"ocnos", "ipinfusion_ocnos"},
};

#define NWORDS (sizeof(words) / sizeof(words[0]))

const char *platform_last(const char *word)
{
	const char *dot = strchr(word, '.');

	return dot != NULL && strchr(dot + 1, '.') != NULL
		       ? strrchr(word, '.') + 1
		       : word;
}

const char *platform_word(const char *word)
{
	const char *last = platform_last(word);

	for (size_t i = 0; i < NWORDS; i++) {
		if (strcasecmp(words[i].word, last) == 0)
			return words[i].device_type;
	}
	return last != word ? last : NULL;
}

int platform_find(const struct platform **out, struct nf_platforms *platforms,
		  const char *word, struct nf_error *err)
{
	int rc = catalogue_find(out, platforms, word, err);
	const char *meant = rc == 0 ? platform_word(word) : NULL;

	return meant == NULL ? rc : catalogue_find(out, platforms, meant, err);
}

const char *platform_word_nearest(const char *word)
{
	const char *all[NWORDS + 1];

	for (size_t i = 0; i < NWORDS; i++)
		all[i] = words[i].word;
	all[NWORDS] = NULL;
	return nf_nearest(word, all);
}
