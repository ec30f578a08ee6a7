/* What devices have in common. */
#include "poll/sharing.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "hostkeys/known_hosts_line.h"

/* Most logins go to a device's first address. */
static const struct sockaddr *first_address(const struct plan *plan,
					    uint32_t device)
{
	const struct resolved *resolved = &plan->resolved[device];

	return resolved->naddresses > 0
		       ? (const struct sockaddr *)&resolved->addresses[0]
				 .sockaddr
		       : NULL;
}

/* Map an IPv4 address to IPv6 (::ffff:192.0.2.1), so that both compare. */
static struct in6_addr as_ipv6(const struct sockaddr *address)
{
	struct in6_addr mapped = {.s6_addr = {[10] = 0xff, [11] = 0xff}};

	if (address->sa_family == AF_INET6)
		return ((const struct sockaddr_in6 *)(const void *)address)
			->sin6_addr;
	memcpy(&mapped.s6_addr[12],
	       &((const struct sockaddr_in *)(const void *)address)->sin_addr,
	       4);
	return mapped;
}

static uint32_t scope_of(const struct sockaddr *address)
{
	return address->sa_family == AF_INET6
		       ? ((const struct sockaddr_in6 *)(const void *)address)
				 ->sin6_scope_id
		       : 0;
}

static int order_addresses(const struct sockaddr *one,
			   const struct sockaddr *two)
{
	struct in6_addr one6, two6;

	if (one == NULL || two == NULL)
		return (one != NULL) - (two != NULL);
	if (scope_of(one) != scope_of(two))
		return scope_of(one) < scope_of(two) ? -1 : 1;
	one6 = as_ipv6(one);
	two6 = as_ipv6(two);
	return memcmp(&one6, &two6, sizeof(one6));
}

/* Where the logins of two devices go: to one place in the same network, as the
 * same address, or as a name that is resolved there. */
static int order_places(const struct plan *plan, uint32_t i, uint32_t k)
{
	const struct sockaddr *one = first_address(plan, i);
	const struct sockaddr *two = first_address(plan, k);
	int order = ways_compare(&plan->ways, i, k);

	if (order == 0)
		order = order_addresses(one, two);
	if (order == 0 && one == NULL)
		order = known_hosts_compare(
			nf_inventory_device(plan->inv, i)->host,
			nf_inventory_device(plan->inv, k)->host);
	return order;
}

static int order_ports(const struct plan *plan, uint32_t i, uint32_t k)
{
	uint16_t one = nf_inventory_device(plan->inv, i)->port;
	uint16_t two = nf_inventory_device(plan->inv, k)->port;

	return (one > two) - (one < two);
}

static int by_place(const void *a, const void *b, void *arg)
{
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	int order = order_places(arg, i, k);

	if (order == 0)
		order = order_ports(arg, i, k);
	return order != 0 ? order : (i > k) - (i < k);
}

/* Join a device with the one before it in the order of places and ports. One
 * that could not be resolved has no place. */
static int join_neighbours(struct login_queue *queue, const struct plan *plan,
			   uint32_t before, uint32_t device, unsigned most,
			   struct nf_error *err)
{
	if ((first_address(plan, device) == NULL &&
	     way_is_direct(&plan->ways.at[device])) ||
	    order_places(plan, before, device) != 0)
		return 0;
	if (login_queue_join(queue, LOGIN_QUEUE_ADDRESS, device, before, most,
			     err) == -1)
		return -1;
	return order_ports(plan, before, device) == 0
		       ? login_queue_join(queue, LOGIN_QUEUE_SERVER, device,
					  before, 0, err)
		       : 0;
}

static int join_addresses(struct login_queue *queue, const struct plan *plan,
			  unsigned most, struct nf_error *err)
{
	uint32_t n = (uint32_t)plan->ndevices;
	uint32_t *order = calloc(n, sizeof(*order));
	int rc = 0;

	if (order == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for devices");
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	qsort_r(order, n, sizeof(*order), by_place, (void *)(uintptr_t)plan);
	for (uint32_t i = 1; i < n && rc == 0; i++)
		rc = join_neighbours(queue, plan, order[i - 1], order[i], most,
				     err);
	free(order);
	return rc;
}

static bool shares_new_key(const struct plan *plan, uint32_t device)
{
	return plan->endpoint[device] != device && !plan_knows(plan, device);
}

static int join_keys(struct login_queue *queue, const struct plan *plan,
		     struct nf_error *err)
{
	if (plan->options->host_keys != NF_HOST_KEYS_ACCEPT_NEW)
		return 0;
	for (uint32_t i = 0; i < plan->ndevices; i++) {
		if (shares_new_key(plan, i) &&
		    login_queue_join(queue, LOGIN_QUEUE_KEY, i,
				     plan->endpoint[i], 1, err) == -1)
			return -1;
	}
	return 0;
}

int sharing_join(struct login_queue *queue, const struct plan *plan,
		 unsigned most, struct nf_error *err)
{
	return join_addresses(queue, plan, most, err) == -1
		       ? -1
		       : join_keys(queue, plan, err);
}
