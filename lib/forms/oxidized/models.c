/* Oxidized's models of devices, after its lib/oxidized/model. */
#include "forms/oxidized/models.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *model, *platform;
} models[] = {
	{"acos", "a10"},
	{"aireos", "cisco_wlc"},
	{"aos", "alcatel_aos"},
	{"aos7", "alcatel_aos"},
	{"aoscx", "aruba_aoscx"},
	{"aosw", "aruba_os"},
	{"asa", "cisco_asa"},
	{"awplus", "allied_telesis_awplus"},
	{"ciscosmb", "cisco_s300"},
	{"comware", "hp_comware"},
	{"cumulus", "linux"},
	{"dlink", "dlink_ds"},
	{"dnos", "dell_os9"},
	{"edgeos", "vyos"},
	{"edgeswitch", "ubiquiti_edgeswitch"},
	{"eltex", "eltex"},
	{"eos", "arista_eos"},
	{"fastiron", "ruckus_fastiron"},
	{"firewareos", "watchguard_fireware"},
	{"firelinuxos", "cisco_ftd"},
	{"fortigate", "fortinet"},
	{"fortios", "fortinet"},
	{"ftos", "dell_os9"},
	{"gaiaos", "checkpoint_gaia"},
	{"h3c", "hp_comware"},
	{"ios", "cisco_ios"},
	{"iosxe", "cisco_ios"},
	{"iosxr", "cisco_xr"},
	{"ironware", "ruckus_fastiron"},
	{"junos", "juniper_junos"},
	{"linuxgeneric", "linux"},
	{"mlnxos", "mellanox_mlnxos"},
	{"netscaler", "netscaler"},
	{"nxos", "cisco_nxos"},
	{"ocnos", "ipinfusion_ocnos"},
	{"os10", "dell_os10"},
	{"os6", "dell_os6"},
	{"panos", "paloalto_panos"},
	{"powerconnect", "dell_os6"},
	{"procurve", "hp_procurve"},
	{"rgos", "ruijie_os"},
	{"routeros", "mikrotik_routeros"},
	{"saos", "ciena_saos"},
	{"slxos", "extreme_slx"},
	{"smartax", "huawei_smartax"},
	{"sros", "nokia_sros"},
	{"srosmd", "nokia_sros"},
	{"tmos", "f5_tmsh"},
	{"tplink", "tplink_jetstream"},
	{"viptela", "cisco_viptela"},
	{"voss", "extreme_vsp"},
	{"vrp", "huawei"},
	{"vyatta", "vyos"},
	{"vyos", "vyos"},
	{"xos", "extreme_exos"},
	{"zynos", "zyxel_os"},
};

const char *oxidized_platform(const char *model)
{
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		if (strcmp(models[i].model, model) == 0)
			return models[i].platform;
	}
	return NULL;
}
