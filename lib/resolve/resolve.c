/* Names to addresses. */
#include "resolve/resolve.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "base/wire.h"
#include "inventory/inventory.h"
#include "pool/pool.h"
#include "worker/worker_process.h"

#define WORKERS 16
#define PATIENCE_MS 15000 /* three tries of a resolver, 5 s each */

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

static int ask(struct resolved *out, const char *host)
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

/* ---- asking, in a pool */

/* The names to ask for: all of it outlives a thread that still asks. */
struct asking {
	struct resolver resolver;
	struct resolved *out; /* by device */
	const size_t *devices; /* that the names are of */
	char **names;
	size_t nnames;
	int64_t answered_ms; /* when the last answer came */
	bool failed; /* no memory for one */
};

/* An answer: u32 gai_error, then each address, its u32 length before it. */
static int ask_task(void *ctx, uint32_t index, struct nf_task_io *out,
		    struct nf_error *err)
{
	const struct asking *asking = ctx;
	struct resolved found = {0};
	uint8_t number[4];
	struct iovec parts[2] = {{number, sizeof(number)}, {0}};
	int64_t waited_ms = 0;

	if (asking->resolver.look_up(&found, asking->names[index]) == -1)
		return error_set(err, NF_SYSTEM, "no memory for an address");
	wire_put_u32(number, (uint32_t)found.gai_error);
	(void)task_io_send(out, parts, 1, &waited_ms);
	for (size_t i = 0; i < found.naddresses; i++) {
		struct address *address = &found.addresses[i];

		wire_put_u32(number, (uint32_t)address->len);
		parts[1] = (struct iovec){&address->sockaddr, address->len};
		(void)task_io_send(out, parts, 2, &waited_ms);
	}
	free(found.addresses);
	return 0;
}

static void on_asked(void *arg, const struct task *task, unsigned worker,
		     int64_t when_us)
{
	(void)arg;
	(void)task;
	(void)worker;
	(void)when_us;
}

static enum pool_verdict on_answer(void *arg, const struct task *task,
				   const uint8_t *payload, size_t len)
{
	(void)arg;
	(void)task;
	(void)payload;
	return len <= sizeof(struct sockaddr_storage) + 4 ? POOL_KEEP
							  : POOL_BAD;
}

static bool on_unanswered(void *arg, const struct task *task)
{
	(void)arg;
	(void)task;
	return true; /* asking twice harms nobody */
}

/* 1 when an address was read, 0 at the end or at something else. */
static int read_address(struct spool *spool, struct address *address)
{
	uint8_t number[4];

	if (spool_read(spool, number, sizeof(number), NULL) != sizeof(number))
		return 0;
	address->len = wire_u32(number);
	if (address->len > sizeof(address->sockaddr))
		return 0;
	return spool_read(spool, &address->sockaddr, address->len, NULL) ==
			       (ssize_t)address->len
		       ? 1
		       : 0;
}

static int read_answer(struct spool *spool, struct resolved *out)
{
	struct address address = {0};
	uint8_t number[4];

	if (spool_read(spool, number, sizeof(number), NULL) != sizeof(number))
		return 0; /* EAI_AGAIN, as it was */
	out->gai_error = (int)wire_u32(number);
	while (read_address(spool, &address) == 1) {
		struct address *grown = reallocarray(
			out->addresses, out->naddresses + 1, sizeof(*grown));

		if (grown == NULL)
			return -1;
		out->addresses = grown;
		grown[out->naddresses++] = address;
	}
	return 0;
}

static void on_end(void *arg, const struct pool_outcome *outcome)
{
	struct asking *asking = arg;
	struct resolved *out =
		&asking->out[asking->devices[outcome->task->index]];

	asking->answered_ms = deadline_clock_ms();
	out->gai_error = EAI_AGAIN;
	if (outcome->end == POOL_DONE && read_answer(outcome->spool, out) == -1)
		asking->failed = true;
}

static int drive(struct pool *pool, struct asking *asking, struct nf_error *err)
{
	bool killed = false;

	asking->answered_ms = deadline_clock_ms();
	while (pool_pending(pool) > 0) {
		int64_t end =
			asking->answered_ms + asking->resolver.patience_ms;

		if (!killed && deadline_clock_ms() >= end) {
			killed = true;
			pool_kill(pool);
		}
		if (pool_step(
			    pool,
			    killed ? -1
				   : deadline_wait_ms(end, deadline_clock_ms()),
			    err) == -1)
			return -1;
	}
	return asking->failed
		       ? error_set(err, NF_SYSTEM, "no memory for addresses")
		       : 0;
}

/* Processes, unless the program has threads: one that hangs can be killed. */
static int ask_all(struct asking *asking, bool *left, struct nf_error *err)
{
	unsigned most = asking->resolver.workers;
	unsigned n = asking->nnames < most ? (unsigned)asking->nnames : most;
	struct pool_options options = {
		.mode = process_alone() ? NF_MODE_PROCESS : NF_MODE_THREAD,
		.workers = n,
		.fanout = n,
		.worker = {.run = ask_task, .ctx = asking},
		.hooks = {.started = on_asked,
			  .data = on_answer,
			  .may_repeat = on_unanswered,
			  .ended = on_end,
			  .arg = asking},
	};
	struct pool *pool;
	int rc = 0;

	if (pool_start(&pool, &options, err) == -1)
		return -1;
	for (uint32_t i = 0; i < asking->nnames && rc == 0; i++)
		rc = pool_submit(pool, i, NULL, err);
	if (rc == 0)
		rc = drive(pool, asking, err);
	*left = !pool_free(pool);
	return rc;
}

static void asking_free(struct asking *asking)
{
	for (size_t i = 0; i < asking->nnames; i++)
		free(asking->names[i]);
	free(asking->names);
	free(asking);
}

static struct asking *asking_new(const struct resolver *resolver,
				 const struct nf_inventory *inv,
				 const size_t *devices, size_t n)
{
	struct asking *asking = calloc(1, sizeof(*asking));

	if (asking == NULL)
		return NULL;
	asking->resolver = *resolver;
	asking->devices = devices;
	asking->names = calloc(n, sizeof(char *));
	for (; asking->names != NULL && asking->nnames < n; asking->nnames++) {
		const struct nf_device *dev =
			nf_inventory_device(inv, devices[asking->nnames]);

		asking->names[asking->nnames] = strdup(dev->host);
		if (asking->names[asking->nnames] == NULL)
			break;
	}
	if (asking->nnames == n)
		return asking;
	asking_free(asking);
	return NULL;
}

/* Ask for the hosts of n devices; each device of them gets its answer. */
static int ask_for(const struct resolver *resolver,
		   const struct nf_inventory *inv, const size_t *devices,
		   size_t n, struct resolved *out, struct nf_error *err)
{
	struct asking *asking = asking_new(resolver, inv, devices, n);
	bool left = false;
	int rc;

	if (asking == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for names");
	asking->out = out;
	rc = ask_all(asking, &left, err);
	if (!left)
		asking_free(asking);
	return rc;
}

/* ---- all devices */

static int by_host(const void *a, const void *b, void *arg)
{
	const struct nf_inventory *inv = arg;

	return strcmp(nf_inventory_device(inv, *(const size_t *)a)->host,
		      nf_inventory_device(inv, *(const size_t *)b)->host);
}

/*
 * names[0..n) are devices with names. Equal ones become neighbours; each first
 * one is asked for, the others get its answer.
 */
static int resolve_names(const struct resolver *resolver,
			 const struct nf_inventory *inv, struct resolved *out,
			 size_t *names, size_t *firsts, size_t n,
			 struct nf_error *err)
{
	void *arg = (void *)(uintptr_t)inv;
	size_t nfirsts = 0;

	qsort_r(names, n, sizeof(*names), by_host, arg);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || by_host(&names[i - 1], &names[i], arg) != 0)
			firsts[nfirsts++] = names[i];
	}
	if (nfirsts > 0 &&
	    ask_for(resolver, inv, firsts, nfirsts, out, err) == -1)
		return -1;
	for (size_t i = 1; i < n; i++) {
		if (by_host(&names[i - 1], &names[i], arg) == 0 &&
		    copy(&out[names[i]], &out[names[i - 1]]) == -1)
			return error_sys(err, NF_SYSTEM,
					 "no memory for addresses");
	}
	return 0;
}

/* What is an address already. names[] gets the devices that are not, but for
 * those that nobody will ask. */
static int resolve_numeric(const struct nf_inventory *inv, struct resolved *out,
			   size_t *names, size_t *nnames)
{
	for (size_t i = 0; i < nf_inventory_size(inv); i++) {
		const char *host = nf_inventory_device(inv, i)->host;

		if (inventory_device(inv, i)->skip != NULL)
			continue;
		if (resolve_look_up(&out[i], host, AI_NUMERICHOST) == -1)
			return -1;
		if (out[i].gai_error == EAI_NONAME)
			names[(*nnames)++] = i;
	}
	return 0;
}

static void set_ports(const struct nf_inventory *inv, struct resolved *out)
{
	for (size_t i = 0; i < nf_inventory_size(inv); i++) {
		for (size_t k = 0; k < out[i].naddresses; k++)
			set_port(&out[i].addresses[k],
				 nf_inventory_device(inv, i)->port);
	}
}

int resolve_all_by(const struct resolver *resolver,
		   const struct nf_inventory *inv, struct resolved *out,
		   struct nf_error *err)
{
	size_t n = nf_inventory_size(inv), nnames = 0;
	size_t *names = calloc(n + 1, sizeof(*names));
	size_t *firsts = calloc(n + 1, sizeof(*firsts));
	int rc;

	if (names == NULL || firsts == NULL ||
	    resolve_numeric(inv, out, names, &nnames) == -1)
		rc = error_sys(err, NF_SYSTEM, "no memory for addresses");
	else
		rc = resolve_names(resolver, inv, out, names, firsts, nnames,
				   err);
	free(firsts);
	free(names);
	if (rc == 0)
		set_ports(inv, out);
	return rc;
}

int resolve_all(const struct nf_inventory *inv, struct resolved *out,
		struct nf_error *err)
{
	static const struct resolver resolver = {
		.look_up = ask, .workers = WORKERS, .patience_ms = PATIENCE_MS};

	return resolve_all_by(&resolver, inv, out, err);
}
