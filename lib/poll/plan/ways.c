/* The ways of a plan. */
#include "poll/plan/ways.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "inventory/way/proxy_command.h"
#include "inventory/way/proxy_url.h"

#define NONE "none"

/* A proxy, and the URL that gave it. */
struct ways_proxy {
	struct way_proxy way;
	const char *url; /* borrowed */
	struct resolve_host host; /* of its own */
	struct resolved resolved;
	struct ways_proxy *next;
};

/* What there is of ways, NULL for what is not given. */
struct given {
	const char *jump;
	const char *command;
	const char *proxy;
};

/* ---- proxies */

static int no_memory(struct nf_error *err)
{
	return error_sys(err, NF_SYSTEM, "no memory for ways to devices");
}

static const char *keep_name(struct secrets *secrets,
			     const struct proxy_url *url)
{
	bool brackets = strchr(url->host, ':') != NULL;
	char name[PROXY_URL_TEXT + 16];

	(void)snprintf(name, sizeof(name), "%s%s%s:%u", brackets ? "[" : "",
		       url->host, brackets ? "]" : "", url->port);
	return secrets_add(secrets, name);
}

/* Keep what a proxy is made of. */
static int fill_proxy(struct ways *ways, struct ways_proxy *proxy,
		      const struct proxy_url *url, struct nf_error *err)
{
	struct socks5 *socks5 = &proxy->way.socks5;

	socks5->name = keep_name(&ways->secrets, url);
	proxy->host.host = secrets_add(&ways->secrets, url->host);
	proxy->host.port = url->port;
	if (socks5->name == NULL || proxy->host.host == NULL)
		return no_memory(err);
	if (url->user[0] == '\0')
		return 0;
	socks5->user = secrets_add(&ways->secrets, url->user);
	socks5->password = secrets_add(&ways->secrets, url->password);
	proxy->way.login = (struct credentials){.username = socks5->user,
						.password = socks5->password};
	return socks5->user != NULL && socks5->password != NULL
		       ? 0
		       : no_memory(err);
}

/* The options alone may have one that is none: the inventory's was checked. */
static int add_proxy(struct ways *ways, const char *text, struct nf_error *err)
{
	struct ways_proxy *proxy = calloc(1, sizeof(*proxy));
	struct proxy_url url;
	char why[200];
	int rc;

	if (proxy == NULL)
		return no_memory(err);
	proxy->url = text;
	proxy->next = ways->proxies;
	ways->proxies = proxy;
	rc = proxy_url_parse(&url, text, why, sizeof(why))
		     ? fill_proxy(ways, proxy, &url, err)
		     : error_set(err, NF_INVALID, "the proxy: %s", why);
	explicit_bzero(&url, sizeof(url));
	return rc;
}

static int find_proxy(struct ways *ways, const char *text,
		      const struct way_proxy **out, struct nf_error *err)
{
	const struct ways_proxy *proxy = ways->proxies;

	while (proxy != NULL && strcmp(proxy->url, text) != 0)
		proxy = proxy->next;
	if (proxy == NULL) {
		if (add_proxy(ways, text, err) == -1)
			return -1;
		proxy = ways->proxies;
	}
	*out = &proxy->way;
	return 0;
}

/* ---- which way */

static bool is_given(const struct given *given)
{
	return given->jump != NULL || given->command != NULL ||
	       given->proxy != NULL;
}

/* The options alone may have one with a fault: the inventory's was checked. */
static int set_command(struct ways *ways, size_t device, const char *text,
		       struct nf_error *err)
{
	struct way *way = &ways->at[device];
	char fault = proxy_command_fault(text);

	if (strcmp(text, NONE) == 0)
		return 0;
	if (strlen(text) >= PROXY_COMMAND_MAX)
		return error_set(
			err, NF_INVALID,
			"the proxy command: it is longer than %d bytes",
			PROXY_COMMAND_MAX - 1);
	if (fault != '\0')
		return error_set(err, NF_INVALID,
				 "the proxy command: " PROXY_COMMAND_FAULT,
				 fault);
	way->kind = WAY_PASSED;
	way->request = REQUEST_PROXY_COMMAND;
	ways->through[device] = text;
	return 0;
}

static int set_way(struct ways *ways, size_t device, const struct device *dev,
		   const struct given *given, struct nf_error *err)
{
	struct way *way = &ways->at[device];

	if (hops_of(&ways->hops, device) != HOP_NONE) {
		*way = (struct way){.kind = WAY_PASSED,
				    .request = REQUEST_JUMP,
				    .patient = true};
		return 0;
	}
	if (given->command != NULL && given->jump == NULL)
		return set_command(ways, device, given->command, err);
	if (origins_find(&ways->origins, dev, &way->origin, err) == -1)
		return -1;
	if (given->jump != NULL || given->proxy == NULL ||
	    strcmp(given->proxy, NONE) == 0)
		return 0;
	way->kind = WAY_SOCKS5;
	ways->through[device] = given->proxy;
	return find_proxy(ways, given->proxy, &way->proxy, err);
}

static struct given given_in(const struct access *access)
{
	return (struct given){.jump = access->proxy_jump,
			      .command = access->proxy_command,
			      .proxy = access->proxy};
}

int ways_init(struct ways *ways, struct nf_inventory *inv,
	      const struct nf_poll_options *options, struct nf_error *err)
{
	const struct given optional = {.command = options->proxy_command,
				       .proxy = options->proxy};

	*ways = (struct ways){.ndevices = nf_inventory_size(inv),
			      .secrets.lock = true};
	ways->at = calloc(ways->ndevices, sizeof(*ways->at));
	ways->through = calloc(ways->ndevices, sizeof(const char *));
	if (ways->at == NULL || ways->through == NULL)
		return no_memory(err);
	if (origins_init(&ways->origins, options, err) == -1 ||
	    hops_init(&ways->hops, inv, options, err) == -1 ||
	    hops_find_origins(&ways->hops, &ways->origins, err) == -1)
		return -1;
	for (size_t i = 0; i < ways->ndevices; i++) {
		const struct device *dev = inventory_device(inv, i);
		const struct given own = given_in(dev->access);

		if (set_way(ways, i, dev, is_given(&own) ? &own : &optional,
			    err) == -1)
			return -1;
	}
	return 0;
}

void ways_release(struct ways *ways)
{
	struct ways_proxy *next;

	for (; ways->proxies != NULL; ways->proxies = next) {
		next = ways->proxies->next;
		free(ways->proxies->resolved.addresses);
		free(ways->proxies);
	}
	hops_release(&ways->hops);
	origins_release(&ways->origins);
	secrets_release(&ways->secrets);
	free(ways->through);
	free(ways->at);
	*ways = (struct ways){0};
}

int ways_compare(const struct ways *ways, size_t one, size_t two)
{
	const char *a = ways->through[one], *b = ways->through[two];

	uint32_t hop = hops_of(&ways->hops, one);
	uint32_t other = hops_of(&ways->hops, two);

	if (ways->at[one].kind != ways->at[two].kind)
		return ways->at[one].kind < ways->at[two].kind ? -1 : 1;
	if (hop != other)
		return hop < other ? -1 : 1;
	return a == b || a == NULL || b == NULL ? 0 : strcmp(a, b);
}

/* ---- addresses */

static void list_devices(const struct ways *ways,
			 const struct nf_inventory *inv, enum nf_until until,
			 struct resolve_host *hosts)
{
	for (size_t i = 0; i < ways->ndevices; i++) {
		const struct device *dev = inventory_device(inv, i);

		if (dev->unusable ||
		    (until == NF_UNTIL_ALL && dev->skip != NULL))
			continue;
		hosts[i] = (struct resolve_host){
			.host = dev->pub.host,
			.port = dev->pub.port,
			.numeric = !way_is_direct(&ways->at[i])};
	}
}

static size_t count_proxies(const struct ways *ways)
{
	size_t n = 0;

	for (const struct ways_proxy *proxy = ways->proxies; proxy != NULL;
	     proxy = proxy->next)
		n++;
	return n;
}

static void list_proxies(const struct ways *ways, struct resolve_host *hosts)
{
	for (const struct ways_proxy *proxy = ways->proxies; proxy != NULL;
	     proxy = proxy->next)
		*hosts++ = proxy->host;
}

static void give_proxies(const struct ways *ways, const struct resolved *found)
{
	for (struct ways_proxy *proxy = ways->proxies; proxy != NULL;
	     proxy = proxy->next) {
		proxy->resolved = *found++;
		proxy->way.addresses = proxy->resolved.addresses;
		proxy->way.naddresses = proxy->resolved.naddresses;
	}
}

int ways_resolve(struct ways *ways, const struct nf_inventory *inv,
		 const struct nf_poll_options *options, struct resolved *out,
		 struct nf_error *err)
{
	const struct resolve_stop stop = {.ask = options->interrupted,
					  .arg = options->interrupted_arg};
	size_t nproxies = count_proxies(ways);
	size_t n = ways->ndevices + nproxies + ways->hops.hops.n;
	struct resolve_host *hosts = calloc(n, sizeof(*hosts));
	struct resolved *found = calloc(n, sizeof(*found));
	int rc = -1;

	if (hosts == NULL || found == NULL) {
		(void)no_memory(err);
		goto out;
	}
	list_devices(ways, inv, options->until, hosts);
	list_proxies(ways, hosts + ways->ndevices);
	hops_list(&ways->hops, hosts + ways->ndevices + nproxies);
	rc = resolve_all(hosts, n, found, &stop, err);
	memcpy(out, found, ways->ndevices * sizeof(*found));
	give_proxies(ways, found + ways->ndevices);
	hops_give(&ways->hops, found + ways->ndevices + nproxies);
out:
	free(found);
	free(hosts);
	return rc;
}

static int unresolved(const char *what, const char *host, int gai_error,
		      struct nf_error *err)
{
	char why[300];

	resolve_explain(host, gai_error, why, sizeof(why));
	return error_set(err, NF_RESOLVE, "%s%s", what, why);
}

static int check_command(const struct ways *ways,
			 const struct nf_inventory *inv, size_t device,
			 struct nf_error *err)
{
	char text[PROXY_COMMAND_MAX];

	if (ways->at[device].request != REQUEST_PROXY_COMMAND)
		return 0;
	return proxy_command_fill(text, ways->through[device],
				  nf_inventory_device(inv, device), err);
}

int ways_check(const struct ways *ways, const struct nf_inventory *inv,
	       size_t device, const struct resolved *resolved,
	       struct nf_error *err)
{
	const struct ways_proxy *proxy = ways->proxies;

	if (origins_check(&ways->origins, ways->at[device].origin,
			  inventory_device(inv, device), err) == -1)
		return -1;
	switch (ways->at[device].kind) {
	case WAY_DIRECT:
		return resolved->naddresses > 0
			       ? 0
			       : unresolved("",
					    inventory_device(inv, device)
						    ->pub.host,
					    resolved->gai_error, err);
	case WAY_SOCKS5:
		while (&proxy->way != ways->at[device].proxy)
			proxy = proxy->next;
		return proxy->resolved.naddresses > 0
			       ? 0
			       : unresolved("the proxy ", proxy->host.host,
					    proxy->resolved.gai_error, err);
	case WAY_PASSED:
		return check_command(ways, inv, device, err);
	}
	return 0;
}
