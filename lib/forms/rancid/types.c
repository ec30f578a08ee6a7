/* RANCID's types of devices, after rancid.types.base of RANCID 3.13, with its
 * aliases. */
#include "forms/rancid/types.h"

#include <stddef.h>
#include <strings.h>

static const struct {
	const char *type, *platform;
} types[] = {
	{"cisco", "cisco_ios"},
	{"ios", "cisco_ios"},
	{"cisco-nx", "cisco_nxos"},
	{"ios-nx", "cisco_nxos"},
	{"cisco-xr", "cisco_xr"},
	{"ios-xr", "cisco_xr"},
	{"cisco-xr7", "cisco_xr"},
	{"ios-xr7", "cisco_xr"},
	{"cisco-exr", "cisco_xr"},
	{"ios-exr", "cisco_xr"},
	{"cisco-ncs", "cisco_ios"},
	{"cisco-sb", "cisco_s300"},
	{"ios-sb", "cisco_s300"},
	{"cisco-wlc4", "cisco_wlc"},
	{"cisco-wlc5", "cisco_wlc"},
	{"cisco-wlc8", "cisco_wlc"},
	{"juniper", "juniper_junos"},
	{"junos", "juniper_junos"},
	{"junos-evo", "juniper_junos"},
	{"juniper-srx", "juniper_junos"},
	{"arista", "arista_eos"},
	{"a10", "a10"},
	{"extreme", "extreme_exos"},
	{"foundry", "ruckus_fastiron"},
	{"hp", "hp_procurve"},
	{"vrp", "huawei"},
	{"mikrotik", "mikrotik_routeros"},
	{"mikrotik-terse", "mikrotik_routeros"},
	{"mikrotik-verbose", "mikrotik_routeros"},
	{"routeros", "mikrotik_routeros"},
	{"routeros-terse", "mikrotik_routeros"},
	{"routeros-verbose", "mikrotik_routeros"},
	{"fortigate", "fortinet"},
	{"fortigate-full", "fortinet"},
	{"paloalto", "paloalto_panos"},
	{"paloaltoxml", "paloalto_panos"},
	{"f5", "f5_tmsh"},
	{"bigip", "f5_tmsh"},
	{"bigip13", "f5_tmsh"},
	{"force10", "dell_os9"},
	{"dnos9", "dell_os9"},
	{"dnos10", "dell_os10"},
	{"sros", "nokia_sros"},
	{"sros-md", "nokia_sros"},
	{"netscaler", "netscaler"},
	{"edgerouter", "vyos"},
	{"edgerouterbird", "vyos"},
	{"edgemax", "ubiquiti_edgeswitch"},
	{"smc", "dell_os6"},
	{"dell", "dlink_ds"}, /* DES-3010F and the like */
};

const char *rancid_platform(const char *type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcasecmp(types[i].type, type) == 0)
			return types[i].platform;
	}
	return NULL;
}
