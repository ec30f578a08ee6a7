/* The jump hosts of a plan. */
#include "poll/plan/hops.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/person.h"
#include "hostkeys/known_hosts_line.h"
#include "inventory/way/jump_list.h"

#define PORT_SSH 22
#define DEPTH_MAX JUMP_LIST_MAX /* entries that name hops before themselves */

struct plan_hop {
	const struct device *entry; /* borrowed from the inventory; or NULL */
	struct resolved resolved;
};

/* A chain that is being found. */
struct course {
	struct plan_hops *hops;
	struct nf_inventory *inv; /* secrets of hops are read */
	const struct nf_poll_options *options;
	const struct device *before[DEPTH_MAX + 1]; /* devices on the way */
	size_t depth;
	bool cut; /* a host in it is on its own way */
	struct nf_error *err;
};

static int no_memory(struct nf_error *err)
{
	return error_sys(err, NF_SYSTEM, "no memory for jump hosts");
}

/* ---- a hop */

static bool is_same(const struct hop *hop, const struct plan_hop *more,
		    const struct hop *wanted, const struct device *entry)
{
	return hop->before == wanted->before && hop->port == wanted->port &&
	       more->entry == entry &&
	       known_hosts_compare(hop->host, wanted->host) == 0 &&
	       strcmp(hop->credentials.username,
		      wanted->credentials.username) == 0;
}

static const char *keep(struct plan_hops *hops, const char *text)
{
	return strings_add(&hops->strings, text, strlen(text));
}

static int grow(struct plan_hops *hops)
{
	size_t n = hops->hops.n + 1;
	struct hop *at = reallocarray(hops->hops.at, n, sizeof(*at));
	struct plan_hop *more;

	if (at == NULL)
		return -1;
	hops->hops.at = at;
	more = reallocarray(hops->more, n, sizeof(*more));
	if (more == NULL)
		return -1;
	hops->more = more;
	return 0;
}

/* A hop that cannot be used at all, for what its entry says. */
static void close_hop(struct hop *hop, enum nf_code code, const char *why)
{
	hop->known.closed.stage =
		code == NF_AUTH_FAILED ? NF_STAGE_AUTH : NF_STAGE_CONNECT;
	(void)error_set(&hop->known.closed, code, "the jump host %s: %s",
			hop->name, why);
}

/* An entry's own comes before that of the options, which is there. */
static void take_time(int64_t *ms, int64_t own_ms)
{
	if (own_ms > 0)
		*ms = own_ms;
}

static void take_entry(struct hop *hop, const struct device *entry)
{
	const struct access *access = entry->access;

	hop->host = entry->pub.host;
	hop->pins = access->hostkey_fingerprint;
	hop->algorithms =
		(struct algorithms_wish){.legacy = entry->legacy,
					 .kex = access->kex_algorithms,
					 .hostkeys = access->hostkey_algorithms,
					 .ciphers = access->ciphers,
					 .macs = access->macs};
	take_time(&hop->times.connect_ms, access->connect_ms);
	take_time(&hop->times.handshake_ms, access->handshake_ms);
	take_time(&hop->times.auth_ms, access->auth_ms);
	hop->credentials.username = entry->credentials.username;
	if (entry->skip == NULL)
		hop->credentials.password = entry->credentials.password;
	hop->strict = access->strict_hostkeys;
	if (entry->fault != NULL)
		close_hop(hop, NF_INVALID, entry->fault);
	else if (entry->telnet)
		close_hop(hop, NF_PROTOCOL,
			  "its inventory entry says that it speaks telnet");
}

/* A password is that of its own user alone. */
static void take_user(struct hop *hop, const char *user)
{
	const char *own = hop->credentials.username;

	if (own == NULL || strcmp(own, user) != 0)
		hop->credentials.password = NULL;
	hop->credentials.username = user;
}

static bool is_way(const char *text)
{
	return text != NULL && !jump_list_is_none(text);
}

/* The list is checked by now. */
static void take_order(struct hop *hop, const char *list)
{
	struct nf_error checked;

	if (list != NULL)
		(void)auth_order_read(&hop->auth, list, &checked);
}

/* What leads to the first hop but other hops is none of the jump process'. */
static void check_way(struct hop *hop, const struct device *entry)
{
	const struct access *access = entry != NULL ? entry->access : NULL;
	bool command;

	if (access == NULL || hop->before != HOP_NONE ||
	    access->proxy_jump != NULL || hop->known.closed.code != NF_OK)
		return;
	command = access->proxy_command != NULL;
	if (is_way(access->proxy_command) ||
	    (!command && is_way(access->proxy)))
		close_hop(hop, NF_INVALID,
			  command ? "it is reached by a proxy command, which "
				    "netfan runs for devices alone: give "
				    "devices behind it a proxy_command"
				  : "it is reached by a proxy, through which "
				    "netfan goes to devices alone: give "
				    "devices behind it the proxy");
}

static int fill_hop(struct course *course, struct hop *hop,
		    const struct jump_name *name, const struct device *entry)
{
	struct plan_hops *hops = course->hops;
	const char *user =
		name->user[0] != '\0' ? keep(hops, name->user) : hops->person;

	hop->name = keep(hops, name->text);
	hop->host = keep(hops, name->host);
	if (hop->name == NULL || hop->host == NULL || user == NULL)
		return no_memory(course->err);
	hop->times = course->options->times;
	if (entry != NULL)
		take_entry(hop, entry);
	if (entry != NULL && entry->unfit_user && name->user[0] == '\0' &&
	    hop->known.closed.code == NF_OK)
		close_hop(hop, NF_AUTH_FAILED, entry->skip);
	if (name->user[0] != '\0' || hop->credentials.username == NULL)
		take_user(hop, user);
	take_order(hop, course->options->auth != NULL ? course->options->auth
			: entry != NULL               ? entry->access->auth
						      : NULL);
	hop->port = name->port != 0 ? name->port
		    : entry != NULL ? entry->pub.port
				    : PORT_SSH;
	hop->key_host = (struct host){hop->host, hop->port};
	if (entry != NULL && entry->access->hostkey_alias != NULL)
		hop->key_host = inventory_key_host(entry);
	check_way(hop, entry);
	return 0;
}

/* The hop of a name behind another one: it is made when it is new. */
static int find_hop(struct course *course, const struct jump_name *name,
		    const struct device *entry, uint32_t before, uint32_t *out)
{
	struct plan_hops *hops = course->hops;
	struct hop hop = {.before = before};

	if (fill_hop(course, &hop, name, entry) == -1)
		return -1;
	for (*out = 0; *out < hops->hops.n; (*out)++) {
		if (is_same(&hops->hops.at[*out], &hops->more[*out], &hop,
			    entry))
			return 0;
	}
	if (grow(hops) == -1)
		return no_memory(course->err);
	hops->more[hops->hops.n] = (struct plan_hop){.entry = entry};
	hops->hops.at[hops->hops.n++] = hop;
	return 0;
}

/* ---- a chain */

/* What is given for a device, "none" or NULL for no hop. */
static const char *list_of(const struct course *course,
			   const struct device *dev)
{
	const struct access *access = dev->access;

	if (access->proxy_jump != NULL)
		return access->proxy_jump;
	return access->proxy_command == NULL && access->proxy == NULL
		       ? course->options->proxy_jump
		       : NULL;
}

static bool is_on_the_way(const struct course *course, const struct device *dev)
{
	for (size_t i = 0; i < course->depth; i++) {
		if (course->before[i] == dev)
			return true;
	}
	return false;
}

static int find_chain(struct course *course, const struct device *dev,
		      uint32_t *last);

/* The hops before the first of a list: those that its entry names. */
static int find_before(struct course *course, const struct device *entry,
		       uint32_t *last)
{
	return entry != NULL && course->depth < DEPTH_MAX
		       ? find_chain(course, entry, last)
		       : 0;
}

/* Only the options may have a list that is none: the inventory's was checked. */
static int wrong_list(const struct course *course, const char *why)
{
	return error_set(course->err, NF_INVALID, "the jump hosts: %s", why);
}

static int find_list(struct course *course, const char *list, uint32_t *last)
{
	struct jump_name name;
	char why[200];
	bool first = true;
	int rc;

	while ((rc = jump_list_next(&list, &name, why, sizeof(why))) == 1) {
		const struct device *entry =
			inventory_find_hop(course->inv, &name);

		if (entry != NULL && is_on_the_way(course, entry)) {
			course->cut = true;
			return 0; /* it is reached by those before it */
		}
		if (entry != NULL && inventory_read_secrets(course->inv, entry,
							    course->err) == -1)
			return -1;
		if ((first && find_before(course, entry, last) == -1) ||
		    find_hop(course, &name, entry, *last, last) == -1)
			return -1;
		first = false;
	}
	return rc == -1 ? wrong_list(course, why) : 0;
}

/* The last hop before a device, or an entry: HOP_NONE for none. */
static int find_chain(struct course *course, const struct device *dev,
		      uint32_t *last)
{
	const char *list = list_of(course, dev);
	int rc = 0;

	*last = HOP_NONE;
	course->before[course->depth++] = dev;
	if (list != NULL && !jump_list_is_none(list))
		rc = find_list(course, list, last);
	course->depth--;
	return rc;
}

static bool is_entry(const struct plan_hops *hops, const struct device *dev)
{
	for (size_t i = 0; i < hops->hops.n; i++) {
		if (hops->more[i].entry == dev)
			return true;
	}
	return false;
}

/* Does a device get the same chain as the one before it, which was not cut short?
 * Its list is the same, and it is none of the hosts in it. */
static bool has_same_chain(const struct course *course,
			   const struct device *before,
			   const struct device *dev)
{
	const char *a = list_of(course, before), *b = list_of(course, dev);

	return (a == b || (a != NULL && b != NULL && strcmp(a, b) == 0)) &&
	       !is_entry(course->hops, dev);
}

static int find_all(struct course *course, size_t n)
{
	struct plan_hops *hops = course->hops;
	const struct device *before = NULL; /* that has a whole chain */

	for (size_t i = 0; i < n; i++) {
		const struct device *dev = inventory_device(course->inv, i);

		if (before != NULL && has_same_chain(course, before, dev)) {
			hops->of[i] = hops->of[i - 1];
			continue;
		}
		course->cut = false;
		if (find_chain(course, dev, &hops->of[i]) == -1)
			return -1;
		before = course->cut ? NULL : dev;
	}
	return 0;
}

int hops_init(struct plan_hops *hops, struct nf_inventory *inv,
	      const struct nf_poll_options *options, struct nf_error *err)
{
	struct course course = {
		.hops = hops, .inv = inv, .options = options, .err = err};
	char why[200];

	if (options->proxy_jump != NULL &&
	    !jump_list_check(options->proxy_jump, why, sizeof(why)))
		return wrong_list(&course, why);
	hops->of = calloc(nf_inventory_size(inv) + 1, sizeof(*hops->of));
	if (hops->of == NULL)
		return no_memory(err);
	if (!person_name(hops->person))
		(void)snprintf(hops->person, sizeof(hops->person), "root");
	return find_all(&course, nf_inventory_size(inv));
}

void hops_release(struct plan_hops *hops)
{
	for (size_t i = 0; i < hops->hops.n; i++)
		free(hops->more[i].resolved.addresses);
	free(hops->hops.at);
	free(hops->more);
	free(hops->of);
	strings_release(&hops->strings);
	*hops = (struct plan_hops){0};
}

int hops_find_origins(struct plan_hops *hops, struct origins *origins,
		      struct nf_error *err)
{
	for (size_t i = 0; i < hops->hops.n; i++) {
		struct hop *hop = &hops->hops.at[i];
		const struct device *entry = hops->more[i].entry;
		struct nf_error fault;

		if (hop->before != HOP_NONE)
			continue;
		if (origins_find(origins, entry, &hop->origin, err) == -1)
			return -1;
		if (origins_check(origins, hop->origin, entry, &fault) == -1)
			close_hop(hop, fault.code, fault.message);
	}
	return 0;
}

uint32_t hops_of(const struct plan_hops *hops, size_t device)
{
	return hops->of != NULL ? hops->of[device] : HOP_NONE;
}

const struct device *hops_entry(const struct plan_hops *hops, size_t hop)
{
	return hops->more[hop].entry;
}

/* ---- addresses */

void hops_list(const struct plan_hops *hops, struct resolve_host *hosts)
{
	for (size_t i = 0; i < hops->hops.n; i++) {
		const struct hop *hop = &hops->hops.at[i];

		hosts[i] = (struct resolve_host){
			.host = hop->before == HOP_NONE ? hop->host : NULL,
			.port = hop->port};
	}
}

void hops_give(struct plan_hops *hops, const struct resolved *found)
{
	for (size_t i = 0; i < hops->hops.n; i++) {
		struct hop *hop = &hops->hops.at[i];
		struct resolved *resolved = &hops->more[i].resolved;
		char why[300];

		*resolved = found[i];
		hop->addresses = resolved->addresses;
		hop->naddresses = resolved->naddresses;
		if (hop->before != HOP_NONE || hop->naddresses > 0 ||
		    hop->known.closed.code != NF_OK)
			continue;
		resolve_explain(hop->host, resolved->gai_error, why,
				sizeof(why));
		close_hop(hop, NF_RESOLVE, why);
	}
}

/* ---- keys */

static const struct access *access_of(const struct plan_hop *more)
{
	static const struct access nothing = {0};

	return more->entry != NULL ? more->entry->access : &nothing;
}

/* One that has no password has to have keys, wherever they are. */
static bool wants_agent(const struct hop *hop, const struct plan_hop *more,
			const struct nf_poll_options *options)
{
	enum wish wish = access_of(more)->allow_agent;

	return wish == WISH_NONE
		       ? options->agent || hop->credentials.password == NULL
		       : wish == WISH_YES;
}

bool hops_want_agent(const struct plan_hops *hops,
		     const struct nf_poll_options *options)
{
	for (size_t i = 0; i < hops->hops.n; i++) {
		if (wants_agent(&hops->hops.at[i], &hops->more[i], options))
			return true;
	}
	return false;
}

int hops_find_keys(struct plan_hops *hops, struct key_plan *keys,
		   const struct nf_poll_options *options,
		   const struct agent_keys *agent, struct nf_error *err)
{
	for (size_t i = 0; i < hops->hops.n; i++) {
		struct hop *hop = &hops->hops.at[i];
		const struct plan_hop *more = &hops->more[i];
		const struct nf_error *failure;

		if (key_plan_find(keys, access_of(more),
				  hop->credentials.password != NULL ||
					  options->nask > 0,
				  options,
				  wants_agent(hop, more, options) ? agent
								  : NULL,
				  &hop->keys, &failure, err) == -1)
			return -1;
		if (failure != NULL)
			close_hop(hop, failure->code, failure->message);
	}
	return 0;
}
