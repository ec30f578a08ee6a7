/* Names to addresses. */
#include "task/resolve.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static void set_port(struct address *address, uint16_t port)
{
	struct sockaddr *any = (struct sockaddr *)&address->sockaddr;

	if (any->sa_family == AF_INET6)
		((struct sockaddr_in6 *)(void *)any)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)(void *)any)->sin_port = htons(port);
}

static int take_list(struct resolved *out, const struct addrinfo *list)
{
	size_t n = 0;

	for (const struct addrinfo *at = list; at != NULL; at = at->ai_next)
		n++;
	out->addresses = calloc(n > 0 ? n : 1, sizeof(*out->addresses));
	if (out->addresses == NULL)
		return -1;
	for (const struct addrinfo *at = list; at != NULL; at = at->ai_next) {
		struct address *address = &out->addresses[out->naddresses++];

		memcpy(&address->sockaddr, at->ai_addr, at->ai_addrlen);
		address->len = at->ai_addrlen;
	}
	return 0;
}

/* flags: AI_NUMERICHOST asks nobody. */
static int look_up(struct resolved *out, const char *host, int flags)
{
	struct addrinfo hints = {.ai_flags = flags, .ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	int rc;

	out->gai_error = getaddrinfo(host, NULL, &hints, &list);
	if (out->gai_error != 0)
		return 0;
	rc = take_list(out, list);
	freeaddrinfo(list);
	return rc;
}

static int copy(struct resolved *out, const struct resolved *from)
{
	*out = (struct resolved){.gai_error = from->gai_error};
	if (from->naddresses == 0)
		return 0;
	out->addresses = calloc(from->naddresses, sizeof(*out->addresses));
	if (out->addresses == NULL)
		return -1;
	memcpy(out->addresses, from->addresses,
	       from->naddresses * sizeof(*out->addresses));
	out->naddresses = from->naddresses;
	return 0;
}

static int by_host(const void *a, const void *b, void *arg)
{
	const struct nf_inventory *inv = arg;

	return strcmp(nf_inventory_device(inv, *(const size_t *)a)->host,
		      nf_inventory_device(inv, *(const size_t *)b)->host);
}

/* Ask for the names in order of name, so that equal ones are neighbours. */
static int look_up_names(const struct nf_inventory *inv, size_t *names,
			 size_t n, struct resolved *out)
{
	qsort_r(names, n, sizeof(*names), by_host, (void *)(uintptr_t)inv);
	for (size_t i = 0; i < n; i++) {
		const char *host = nf_inventory_device(inv, names[i])->host;
		bool again = i > 0 && by_host(&names[i - 1], &names[i],
					      (void *)(uintptr_t)inv) == 0;
		int rc = again ? copy(&out[names[i]], &out[names[i - 1]])
			       : look_up(&out[names[i]], host, AI_ADDRCONFIG);

		if (rc == -1)
			return -1;
	}
	return 0;
}

int resolve_all(const struct nf_inventory *inv, struct resolved *out,
		struct nf_error *err)
{
	size_t n = nf_inventory_size(inv), nnames = 0;
	size_t *names = calloc(n > 0 ? n : 1, sizeof(*names));
	int rc = names == NULL ? -1 : 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		const char *host = nf_inventory_device(inv, i)->host;

		rc = look_up(&out[i], host, AI_NUMERICHOST);
		if (rc == 0 && out[i].gai_error == EAI_NONAME)
			names[nnames++] = i;
	}
	if (rc == 0)
		rc = look_up_names(inv, names, nnames, out);
	free(names);
	if (rc == -1)
		return error_sys(err, NF_SYSTEM, "no memory for addresses");
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < out[i].naddresses; k++)
			set_port(&out[i].addresses[k],
				 nf_inventory_device(inv, i)->port);
	}
	return 0;
}
