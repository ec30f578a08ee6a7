/*
 * Kinds of containerlab's nodes: names, platforms and the logins that images
 * come with, after "Kinds" of its manual (containerlab.dev/manual/kinds).
 */
#include "forms/topology/kinds.h"

#include <stddef.h>
#include <string.h>

/* Other names end in these of the same row. */
static const struct row {
	const char *names[4];
	struct kind kind;
} rows[] = {
	{{"ceos", "arista_ceos"}, {"arista_eos", "admin", "admin"}},
	{{"arista_veos", "vr-veos", "vr-arista_veos"},
	 {"arista_eos", "admin", "admin"}},
	{{"srl", "nokia_srlinux"}, {"nokia_srl", "admin", "NokiaSrl1!"}},
	{{"nokia_srsim"}, {"nokia_sros", "admin", "NokiaSros1!"}},
	{{"nokia_sros", "vr-sros", "vr-nokia_sros"},
	 {"nokia_sros", "admin", "admin"}},
	{{"crpd", "juniper_crpd"}, {"juniper_junos", "root", "clab123"}},
	{{"juniper_csrx"}, {"juniper_junos", "root", "clab123"}},
	{{"cjunosevolved", "juniper_cjunosevolved"},
	 {"juniper_junos", "admin", "admin@123"}},
	{{"juniper_vjunosevolved", "juniper_vjunosrouter",
	  "juniper_vjunosswitch"},
	 {"juniper_junos", "admin", "admin@123"}},
	{{"juniper_vmx", "vr-vmx", "vr-juniper_vmx"},
	 {"juniper_junos", "admin", "admin@123"}},
	{{"juniper_vqfx", "vr-vqfx", "vr-juniper_vqfx"},
	 {"juniper_junos", "admin", "admin@123"}},
	{{"juniper_vsrx", "vr-vsrx", "vr-juniper_vsrx"},
	 {"juniper_junos", "admin", "admin@123"}},
	{{"xrd", "cisco_xrd"}, {"cisco_xr", "clab", "clab@123"}},
	{{"cisco_xrd_vrouter"}, {"cisco_xr", "clab", "clab@123"}},
	{{"cisco_xrv", "vr-xrv", "vr-cisco_xrv"},
	 {"cisco_xr", "clab", "clab@123"}},
	{{"cisco_xrv9k", "vr-xrv9k", "vr-cisco_xrv9k"},
	 {"cisco_xr", "clab", "clab@123"}},
	{{"c8000", "cisco_c8000"}, {"cisco_xr", "cisco", "cisco123"}},
	{{"cisco_csr1000v", "vr-csr", "vr-cisco_csr1000v"},
	 {"cisco_ios", "admin", "admin"}},
	{{"cisco_c8000v", "cisco_cat9kv", "cisco_sdwan"},
	 {"cisco_ios", "admin", "admin"}},
	{{"cisco_iol", "cisco_vios"}, {"cisco_ios", "admin", "admin"}},
	{{"cisco_n9kv", "vr-n9kv", "vr-cisco_n9kv"},
	 {"cisco_nxos", "admin", "admin"}},
	{{"cisco_asav"}, {"cisco_asa", "admin", "CiscoAsa1!"}},
	{{"cisco_ftdv"}, {"cisco_ftd", "admin", "Admin@123"}},
	{{"aruba_aoscx", "vr-aoscx", "vr-aruba_aoscx"},
	 {"aruba_aoscx", "admin", "admin"}},
	{{"checkpoint_cloudguard"}, {"checkpoint_gaia", "admin", "admin"}},
	{{"ciena_saos", "vr-ciena_saos"}, {"ciena_saos", "diag", "ciena123"}},
	{{"dell_ftosv", "vr-ftosv", "vr-dell_ftosv"},
	 {"dell_os10", "admin", "admin"}},
	{{"f5_bigip-ve"}, {"f5_tmsh", "admin", "Labl@b!234"}},
	{{"fortinet_fortigate"}, {"fortinet", "admin", "admin"}},
	{{"huawei_vrp"}, {"huawei", "admin", "admin"}},
	{{"ipinfusion_ocnos"}, {"ipinfusion_ocnos", "admin", "admin@123"}},
	{{"mikrotik_ros", "vr-ros", "vr-mikrotik_ros"},
	 {"mikrotik_routeros", "admin", "admin"}},
	{{"paloalto_panos", "vr-pan", "vr-paloalto_panos"},
	 {"paloalto_panos", "admin", "Admin@123"}},
	{{"vyosnetworks_vyos"}, {"vyos", "admin", "admin"}},
	/* Switches, at whose shell their own commands are asked. */
	{{"cvx", "cumulus_cvx"}, {"linux", NULL, NULL}},
	{{"nvidia_cumulusvx"}, {"linux", "cumulus", "Clab123!"}},
	{{"sonic-vm", "dell_sonic", "plvision_sonic"},
	 {"linux", "admin", "admin"}},
	/* Clients, bridges, testers. */
	{{"linux", "host", "bridge", "ovs-bridge"}, {NULL, NULL, NULL}},
	{{"ext-container", "k8s-kind", "generic_vm", "border0"},
	 {NULL, NULL, NULL}},
	{{"freebsd", "openbsd", "openwrt", "rare"}, {NULL, NULL, NULL}},
	{{"keysight_ixia-c-one", "spirent_stc", "fdio_vpp", "sonic-vs"},
	 {NULL, NULL, NULL}},
};

static int row_has(const struct row *row, const char *name)
{
	for (size_t i = 0; i < 4 && row->names[i] != NULL; i++) {
		if (strcmp(row->names[i], name) == 0)
			return 1;
	}
	return 0;
}

const struct kind *kind_find(const char *name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (row_has(&rows[i], name))
			return &rows[i].kind;
	}
	return NULL;
}
