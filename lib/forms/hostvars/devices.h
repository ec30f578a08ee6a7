/* Devices of what an inventory of Ansible's says, as Ansible resolves it. */
#ifndef NETFAN_FORMS_HOSTVARS_DEVICES_H
#define NETFAN_FORMS_HOSTVARS_DEVICES_H

#include "forms/hostvars/model.h"

/*
 * Add the hosts that are network devices to the draft, in the order in which they
 * were named, and its groups. A host that another connection than a command
 * line's is for, or that has no ansible_network_os, is left out. One whose
 * variables cannot be had (a template, a value of the vault) has a skip.
 * NF_INVALID for groups that are in themselves; NF_SYSTEM.
 */
int devices_make(struct model *model);

#endif
