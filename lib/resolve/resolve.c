/* Name resolution: the addresses of all hosts of a run. */
#include "resolve/resolve.h"

#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "worker/process.h"

#define WORKERS 16
#define SILENCE_MS 15000 /* three tries of a resolver, 5 s each */
#define LOOK_MS 200 /* between two looks whether it is stopped */

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

int resolve_look_up(struct resolved *out, const char *host, int flags)
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

static int look_up(struct resolved *out, const char *host)
{
	return resolve_look_up(out, host, AI_ADDRCONFIG);
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

/* ---- names, each a task */

/* Look up the name in the payload. The result is an int, as of gai_error, and
 * the addresses behind it. */
static int look_up_task(void *ctx, uint32_t index, struct nf_task_io *out,
			struct nf_error *err)
{
	const struct resolver *resolver = ctx;
	struct resolved found = {0};
	size_t len;

	(void)index;
	if (resolver->look_up(&found, nf_payload(out, &len)) == -1)
		return error_set(err, NF_SYSTEM, "no memory for an address");
	(void)nf_write(out, &found.gai_error, sizeof(found.gai_error));
	(void)nf_write(out, found.addresses,
		       found.naddresses * sizeof(*found.addresses));
	free(found.addresses);
	return 0;
}

/* Take the result of a task: EAI_AGAIN when it has none. A worker may lie, so
 * that an address with a wrong length ends the list. */
static int take_result(struct nf_future *future, struct resolved *out)
{
	struct nf_error ignored;
	const void *bytes;
	size_t len, n;

	out->gai_error = EAI_AGAIN;
	if (nf_future_result(future, 0, &bytes, &len, &ignored) == -1 ||
	    len < sizeof(out->gai_error))
		return 0;
	memcpy(&out->gai_error, bytes, sizeof(out->gai_error));
	n = (len - sizeof(out->gai_error)) / sizeof(*out->addresses);
	if (n == 0)
		return 0;
	out->addresses = calloc(n, sizeof(*out->addresses));
	if (out->addresses == NULL)
		return -1;
	memcpy(out->addresses, (const char *)bytes + sizeof(out->gai_error),
	       n * sizeof(*out->addresses));
	while (out->naddresses < n && out->addresses[out->naddresses].len <=
					      sizeof(struct sockaddr_storage))
		out->naddresses++;
	return 0;
}

/* The names to ask for: each of a host, and a task of its own. */
struct query {
	const struct resolver *resolver;
	const struct resolve_stop *stop;
	const struct resolve_host *hosts;
	const size_t *places;
	size_t n;
	struct nf_executor *executor;
	struct nf_future **futures;
};

static bool is_stopped(const struct query *query)
{
	const struct resolve_stop *stop = query->stop;

	return stop->ask != NULL && stop->ask(stop->arg);
}

/*
 * Wait for the next task that ends: 1, 0 when all have. When none ends for so
 * long, or it is stopped, those that are left are killed. By the clock of
 * deadlines: a resolver is not silent because netfan was stopped.
 */
static int next_ended(struct nf_iter *iter, const struct query *query,
		      struct nf_future **out, struct nf_error *err)
{
	int64_t end_ms = nf_now_ms() + query->resolver->silence_ms;
	int rc;

	for (;;) {
		int left_ms = deadline_wait_ms(end_ms, nf_now_ms());

		rc = nf_iter_next(iter, left_ms < LOOK_MS ? left_ms : LOOK_MS,
				  out, err);
		if (rc != -1 || err->code != NF_TIMEOUT)
			return rc;
		if (nf_now_ms() >= end_ms || is_stopped(query))
			nf_executor_terminate(query->executor);
	}
}

static int submit_all(struct query *query, struct nf_error *err)
{
	for (uint32_t i = 0; i < query->n; i++) {
		const char *host = query->hosts[query->places[i]].host;

		if (nf_submit_payload(query->executor, i, host,
				      strlen(host) + 1, &query->futures[i],
				      err) == -1)
			return -1;
	}
	return 0;
}

static int take_all(const struct query *query, struct resolved *out,
		    struct nf_error *err)
{
	struct nf_future *future;
	struct nf_iter *iter;
	int rc;

	if (nf_as_completed(&iter, query->futures, query->n, err) == -1)
		return -1;
	while ((rc = next_ended(iter, query, &future, err)) == 1) {
		size_t place = query->places[nf_future_index(future)];

		if (take_result(future, &out[place]) == -1) {
			rc = error_set(err, NF_SYSTEM,
				       "no memory for addresses");
			break;
		}
	}
	nf_iter_free(iter);
	return rc;
}

/* Open an executor: of processes, as one that hangs can be killed; of threads
 * in a program that has threads, which must not fork. */
static int open_executor(struct query *query, struct nf_error *err)
{
	unsigned most = query->resolver->workers;
	unsigned n = query->n < most ? (unsigned)query->n : most;
	const struct nf_executor_options options = {
		.task = look_up_task,
		.ctx = (void *)(uintptr_t)query->resolver,
		.mode = process_alone() ? NF_MODE_PROCESS : NF_MODE_THREAD,
		.workers = n,
		.fanout = n,
		.on_worker_death = NF_ON_DEATH_RETRY, /* it harms nobody */
	};

	return nf_executor_open(&query->executor, &options, err);
}

/* Ask for the hosts at n places; each gets its addresses. */
static int look_up_all(const struct resolver *resolver,
		       const struct resolve_host *hosts, const size_t *places,
		       size_t n, struct resolved *out,
		       const struct resolve_stop *stop, struct nf_error *err)
{
	struct query query = {.resolver = resolver,
			      .stop = stop,
			      .hosts = hosts,
			      .places = places,
			      .n = n,
			      .futures = calloc(n, sizeof(struct nf_future *))};
	int rc = -1;

	if (query.futures == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for names");
	if (open_executor(&query, err) == 0 && submit_all(&query, err) == 0)
		rc = take_all(&query, out, err);
	nf_executor_free(query.executor);
	for (size_t i = 0; i < n; i++)
		nf_future_free(query.futures[i]);
	free(query.futures);
	return rc;
}

/* ---- all hosts */

static int by_name(const void *a, const void *b, void *arg)
{
	const struct resolve_host *hosts = arg;

	return strcmp(hosts[*(const size_t *)a].host,
		      hosts[*(const size_t *)b].host);
}

/*
 * Resolve the hosts at names[0..n), which are names. Sorting makes neighbours of
 * those that are the same: the first of them is asked for, the others get its
 * addresses.
 */
static int resolve_names(const struct resolver *resolver,
			 const struct resolve_host *hosts, struct resolved *out,
			 size_t *names, size_t *firsts, size_t n,
			 const struct resolve_stop *stop, struct nf_error *err)
{
	void *arg = (void *)(uintptr_t)hosts;
	size_t nfirsts = 0;

	qsort_r(names, n, sizeof(*names), by_name, arg);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || by_name(&names[i - 1], &names[i], arg) != 0)
			firsts[nfirsts++] = names[i];
	}
	if (nfirsts > 0 &&
	    look_up_all(resolver, hosts, firsts, nfirsts, out, stop, err) == -1)
		return -1;
	for (size_t i = 1; i < n; i++) {
		if (by_name(&names[i - 1], &names[i], arg) == 0 &&
		    copy(&out[names[i]], &out[names[i - 1]]) == -1)
			return error_sys(err, NF_SYSTEM,
					 "no memory for addresses");
	}
	return 0;
}

/* Names have no colons. */
static bool is_ipv6(const char *host)
{
	return strchr(host, ':') != NULL;
}

/* Forget an address whose scope is the number of no interface here. */
static void check_scope(struct resolved *out)
{
	const struct sockaddr_in6 *ipv6;
	char name[IF_NAMESIZE];

	if (out->naddresses == 0)
		return;
	ipv6 = (const struct sockaddr_in6 *)(const void *)&out->addresses[0]
		       .sockaddr;
	if (ipv6->sin6_family != AF_INET6 || ipv6->sin6_scope_id == 0 ||
	    if_indextoname(ipv6->sin6_scope_id, name) != NULL)
		return;
	free(out->addresses);
	*out = (struct resolved){.gai_error = EAI_NONAME};
}

/* Take hosts that are addresses already. The places of the names that are to be
 * asked for go to names[]. */
static int resolve_numeric(const struct resolve_host *hosts, size_t n,
			   struct resolved *out, size_t *names, size_t *nnames)
{
	for (size_t i = 0; i < n; i++) {
		if (hosts[i].host == NULL)
			continue;
		if (resolve_look_up(&out[i], hosts[i].host, AI_NUMERICHOST) ==
		    -1)
			return -1;
		check_scope(&out[i]);
		if (out[i].gai_error == EAI_NONAME && !hosts[i].numeric &&
		    !is_ipv6(hosts[i].host))
			names[(*nnames)++] = i;
	}
	return 0;
}

static void set_ports(const struct resolve_host *hosts, size_t n,
		      struct resolved *out)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < out[i].naddresses; k++)
			set_port(&out[i].addresses[k], hosts[i].port);
	}
}

int resolve_all_by(const struct resolver *resolver,
		   const struct resolve_host *hosts, size_t n,
		   struct resolved *out, const struct resolve_stop *stop,
		   struct nf_error *err)
{
	size_t nnames = 0;
	size_t *names = calloc(n + 1, sizeof(*names));
	size_t *firsts = calloc(n + 1, sizeof(*firsts));
	int rc;

	if (names == NULL || firsts == NULL ||
	    resolve_numeric(hosts, n, out, names, &nnames) == -1)
		rc = error_sys(err, NF_SYSTEM, "no memory for addresses");
	else
		rc = resolve_names(resolver, hosts, out, names, firsts, nnames,
				   stop, err);
	free(firsts);
	free(names);
	if (rc == 0)
		set_ports(hosts, n, out);
	return rc;
}

int resolve_all(const struct resolve_host *hosts, size_t n,
		struct resolved *out, const struct resolve_stop *stop,
		struct nf_error *err)
{
	static const struct resolver resolver = {.look_up = look_up,
						 .workers = WORKERS,
						 .silence_ms = SILENCE_MS};

	return resolve_all_by(&resolver, hosts, n, out, stop, err);
}

/* An IPv6 address that was not resolved is right but for its scope. */
void resolve_explain(const char *host, int gai_error, char *why, size_t size)
{
	const char *scope = is_ipv6(host) ? strchr(host, '%') : NULL;

	if (scope == NULL)
		(void)snprintf(why, size, "%s: %s", host,
			       gai_strerror(gai_error));
	else if (if_nametoindex(scope + 1) == 0)
		(void)snprintf(why, size, "%s: there is no interface %s here",
			       host, scope + 1);
	else
		(void)snprintf(why, size,
			       "%s: it is not an address of a link (fe80::), "
			       "which alone has a scope: write it without %s",
			       host, scope);
}
