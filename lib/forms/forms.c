/* The table of forms. */
#include <string.h>

#include "forms/form.h"
#include "forms/netfan/netfan.h"
#include "forms/netmiko/netmiko.h"
#include "forms/nornir/nornir.h"
#include "forms/oxidized/oxidized.h"
#include "forms/rancid/rancid.h"
#include "forms/topology/topology.h"

static const struct form forms[] = {
	{"netfan", netfan_read, NULL},
	{"netmiko", netmiko_read, NULL},
	{"nornir", nornir_read, NULL},
	{"containerlab", containerlab_read, NULL},
	{"netbox", netbox_read, NULL},
	{"rancid", rancid_read, NULL},
	{"oxidized", oxidized_read, NULL},
};

static const char *const names[] = {"netfan",       "netmiko", "nornir",
				    "containerlab", "netbox",  NULL};

const struct form *form_find(const char *name)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(forms[i].name, name) == 0)
			return &forms[i];
	}
	return NULL;
}

const char *const *form_names(void)
{
	return names;
}
