/* Chains of jump hosts. */
#include "sshconfig/chains.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"

#define NONE SIZE_MAX

int chains_add(struct chains *chains, size_t device, struct nf_error *err)
{
	size_t *grown;

	for (size_t i = 0; i < chains->n; i++) {
		if (chains->at[i] == device)
			return 0;
	}
	grown = reallocarray(chains->at, chains->n + 1, sizeof(*grown));
	if (grown == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for jump hosts");
	chains->at = grown;
	grown[chains->n++] = device;
	return 1;
}

void chains_release(struct chains *chains)
{
	free(chains->at);
	*chains = (struct chains){0};
}

/* The jump host before one: the first of its list, whose own list counts. */
static size_t before(const struct nf_inventory *inv, size_t device)
{
	const char *list = inventory_device(inv, device)->access->proxy_jump;
	const struct device *found = NULL;
	struct jump_name name;
	char why[200];

	if (list != NULL && !jump_list_is_none(list) &&
	    jump_list_next(&list, &name, why, sizeof(why)) == 1)
		found = inventory_find_hop(inv, &name);
	return found != NULL ? inventory_index(inv, found) : NONE;
}

static int cut(struct nf_inventory *inv, size_t device, size_t other,
	       struct nf_error *err)
{
	const struct device *dev = inventory_device(inv, device);
	struct access access = *dev->access;
	char text[300];

	access.proxy_jump = JUMP_LIST_NONE;
	if (device == other)
		(void)snprintf(text, sizeof(text),
			       "ssh_config: the jump host %.100s leads to "
			       "itself: it is gone to directly",
			       dev->pub.name);
	else
		(void)snprintf(text, sizeof(text),
			       "ssh_config: the jump hosts %.100s and %.100s "
			       "lead to each other: the first is gone to "
			       "directly",
			       dev->pub.name,
			       inventory_device(inv, other)->pub.name);
	inventory_note(inv, text);
	return inventory_amend(inv, device,
			       &(struct amendment){.access = &access}, err);
}

static int fault(struct nf_inventory *inv, size_t device, struct nf_error *err)
{
	char text[100];

	(void)snprintf(text, sizeof(text),
		       "ssh_config: more than %d jump hosts lead to it, each "
		       "by the next",
		       JUMP_LIST_MAX);
	return inventory_amend(inv, device, &(struct amendment){.fault = text},
			       err);
}

static int check_one(struct nf_inventory *inv, size_t device,
		     struct nf_error *err)
{
	size_t way[JUMP_LIST_MAX + 1] = {device};
	size_t next;

	for (size_t n = 1; (next = before(inv, way[n - 1])) != NONE; n++) {
		for (size_t i = 0; i < n; i++) {
			if (way[i] == next)
				return cut(inv, way[n - 1], next, err);
		}
		if (n > JUMP_LIST_MAX)
			return fault(inv, device, err);
		way[n] = next;
	}
	return 0;
}

int chains_check(const struct chains *chains, struct nf_inventory *inv,
		 struct nf_error *err)
{
	for (size_t i = 0; i < chains->n; i++) {
		if (check_one(inv, chains->at[i], err) == -1)
			return -1;
	}
	return 0;
}
