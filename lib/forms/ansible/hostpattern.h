/* Host patterns: what an inventory of Ansible's calls a host, or many. */
#ifndef NETFAN_FORMS_ANSIBLE_HOSTPATTERN_H
#define NETFAN_FORMS_ANSIBLE_HOSTPATTERN_H

#include "forms/hostvars/model.h"

/* Called for each host of a pattern: 0, or -1 with the reading's error. */
typedef int (*hostpattern_take)(void *arg, uint32_t host);

/*
 * Add the hosts of a pattern, named at that line: a name or an address, with a
 * port behind it ("r1:2022", "[2001:db8::1]:2022"), with ranges in it
 * ("r[01:12]", "r[a:f:2]"). What is no name of the network with a port behind it
 * is a name as it is, as with Ansible ("r_:22"). NF_INVALID for an empty name,
 * one that ends in ':', a range that cannot be meant (range.h; Ansible takes one
 * that goes backwards for no host), and as model_host().
 */
int hostpattern_add(struct model *model, const struct reading *reading,
		    const char *pattern, size_t line, hostpattern_take take,
		    void *arg);

#endif
