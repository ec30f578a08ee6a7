/* The table of forms. */
#include <string.h>

#include "forms/ansible/ansible.h"
#include "forms/form.h"
#include "forms/netfan/netfan.h"
#include "forms/netmiko/netmiko.h"
#include "forms/nornir/nornir.h"
#include "forms/oxidized/oxidized.h"
#include "forms/rancid/rancid.h"
#include "forms/tables/tables.h"
#include "forms/topology/topology.h"

/* Name, reader of a file, reader of a directory. */
#define FORMS(X)                                                               \
	X("netfan", netfan_read, NULL)                                         \
	X("netmiko", netmiko_read, NULL)                                       \
	X("nornir", nornir_read, NULL)                                         \
	X("ansible", ansible_read, ansible_read_directory)                     \
	X("rancid", rancid_read, NULL)                                         \
	X("oxidized", oxidized_read, NULL)                                     \
	X("csv", csv_read, NULL)                                               \
	X("list", list_read, NULL)                                             \
	X("etc-hosts", etc_hosts_read, NULL)                                   \
	X("containerlab", containerlab_read, NULL)                             \
	X("netbox", netbox_read, NULL)                                         \
	X("script", ansible_run_script, NULL)

#define FORM(name, read, read_directory) {name, read, read_directory},
static const struct form forms[] = {FORMS(FORM)};
#undef FORM

#define NAME(name, read, read_directory) name,
static const char *const names[] = {FORMS(NAME) NULL};
#undef NAME

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
