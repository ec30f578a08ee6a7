/* The inventory: devices as a whole, chosen, amended and found. */
#include "inventory/inventory_parts.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "platform/detect.h"

#define PORT_SSH 22

void inventory_tell(const struct nf_inventory *inv, const char *fmt, ...)
{
	char text[512];
	va_list args;

	if (inv->log.line == NULL)
		return;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	inv->log.line(inv->log.arg, text);
}

/* ---- an inventory as a whole */

int nf_inventory_new(struct nf_inventory **out, struct nf_platforms *platforms,
		     const struct nf_log *log, struct nf_error *err)
{
	struct nf_inventory *inv = calloc(1, sizeof(*inv));

	if (inv == NULL) {
		(void)error_set(err, NF_SYSTEM, "no memory for an inventory");
		return -1;
	}
	inv->draft.secrets = &inv->secrets;
	inv->memory = UINT32_MAX;
	inv->platforms = platforms;
	inv->own = platforms == NULL;
	inv->secrets.lock = true;
	inv->sources.arena = &inv->secrets;
	inv->sources.log = &inv->log;
	if (log != NULL)
		inv->log = *log;
	if (inv->own &&
	    nf_platforms_load(&inv->platforms, NULL, 0, log, err) == -1) {
		nf_inventory_free(inv);
		return -1;
	}
	*out = inv;
	return 0;
}

int nf_inventory_load(struct nf_inventory **out, const char *path,
		      struct nf_platforms *platforms, const struct nf_log *log,
		      struct nf_error *err)
{
	struct nf_inventory *inv = NULL;

	if (nf_inventory_new(&inv, platforms, log, err) == -1)
		return -1;
	if (nf_inventory_add_file(inv, path, err) == -1) {
		nf_inventory_free(inv);
		return -1;
	}
	*out = inv;
	return 0;
}

void nf_inventory_free(struct nf_inventory *inv)
{
	if (inv == NULL)
		return;
	draft_release(&inv->draft);
	secret_sources_release(&inv->sources);
	secrets_release(&inv->secrets);
	strings_release(&inv->strings);
	accesses_release(&inv->accesses);
	names_release(&inv->names);
	if (inv->own)
		nf_platforms_free(inv->platforms);
	free(inv->volatile_lines);
	free(inv->devices);
	free(inv);
}

/* ---- selecting devices */

/* Put those that are not chosen behind the others: they may be hops to these. */
int inventory_keep(struct nf_inventory *inv, const bool *chosen,
		   struct nf_error *err)
{
	struct device *left = calloc(inv->ndevices + 1, sizeof(*left));
	size_t kept = 0, nleft = 0;

	if (left == NULL)
		return error_set(err, NF_SYSTEM, "no memory for devices");
	for (size_t i = 0; i < inv->ndevices; i++) {
		if (chosen[i])
			inv->devices[kept++] = inv->devices[i];
		else
			left[nleft++] = inv->devices[i];
	}
	memcpy(inv->devices + kept, left, nleft * sizeof(*left));
	free(left);
	inv->ndevices = kept;
	inv->nhidden += nleft;
	inv->closed = true;
	return 0;
}

/* ---- amending devices */

static int amend_text(struct nf_inventory *inv, const char **text,
		      const char *from)
{
	if (from == NULL)
		return 0;
	*text = strings_add(&inv->strings, from, strlen(from));
	return *text == NULL ? -1 : 0;
}

/* Secrets are no other source's to say: they stay where they are. */
static int amend_access(struct nf_inventory *inv, struct device *dev,
			const struct access *from)
{
	struct access access = *from;
	const char **const texts[] = {&access.auth,
				      &access.key_file,
				      &access.proxy_jump,
				      &access.proxy_command,
				      &access.source_address,
				      &access.interface,
				      &access.kex_algorithms,
				      &access.hostkey_algorithms,
				      &access.ciphers,
				      &access.macs,
				      &access.hostkey_fingerprint,
				      &access.hostkey_alias};
	const struct access *kept = accesses_find(&inv->accesses, from);

	for (size_t i = 0; kept == NULL && i < sizeof(texts) / sizeof(texts[0]);
	     i++) {
		if (amend_text(inv, texts[i], *texts[i]) == -1)
			return -1;
	}
	if (kept == NULL)
		kept = accesses_add(&inv->accesses, &access);
	if (kept == NULL)
		return -1;
	dev->access = kept;
	return 0;
}

int inventory_amend(struct nf_inventory *inv, size_t i,
		    const struct amendment *amendment, struct nf_error *err)
{
	struct device *dev = &inv->devices[i];

	if (amend_text(inv, &dev->pub.host, amendment->host) == -1 ||
	    amend_text(inv, &dev->credentials.username, amendment->username) ==
		    -1 ||
	    amend_text(inv, &dev->alias, amendment->alias) == -1 ||
	    amend_text(inv, &dev->fault, amendment->fault) == -1 ||
	    (amendment->access != NULL &&
	     amend_access(inv, dev, amendment->access) == -1))
		return error_set(err, NF_SYSTEM, "no memory for devices");
	dev->pub.username = dev->credentials.username;
	if (amendment->port != 0) {
		dev->alias_port = dev->pub.port;
		dev->pub.port = amendment->port;
	}
	return 0;
}

int inventory_add_hop(struct nf_inventory *inv, const struct jump_name *name,
		      struct nf_error *err)
{
	struct device_parser parser = inventory_parser(inv);
	char port[8];
	const struct nf_entry entry = {
		.name = name->text,
		.device_type = DETECT_TYPE,
		.host = name->host,
		.port = name->port != 0 ? port : NULL,
		.username = name->user[0] != '\0' ? name->user : NULL};
	struct device *dev;

	(void)snprintf(port, sizeof(port), "%u", (unsigned)name->port);
	if (inventory_reserve(inv, 1, err) == -1 ||
	    inventory_draft_entry(inv, &entry, err) == -1)
		return -1;
	dev = &inv->devices[inv->ndevices + inv->nhidden];
	if (device_parser_parse(&parser, inv->draft.ndevices - 1, 1, dev,
				err) == -1)
		return -1;
	inv->username = parser.username;
	inv->unread |= parser.unread;
	dev->alias = dev->pub.name;
	inv->nhidden++;
	inv->closed = true;
	return 0;
}

size_t inventory_index(const struct nf_inventory *inv, const struct device *dev)
{
	return (size_t)(dev - inv->devices);
}

int inventory_read_secrets(struct nf_inventory *inv, const struct device *dev,
			   struct nf_error *err)
{
	struct device_parser parser = inventory_parser(inv);

	if (dev->unread == 0 || dev->skip != NULL)
		return 0;
	return device_parser_read_secrets(
		&parser, &inv->devices[inventory_index(inv, dev)], err);
}

void nf_inventory_secret_ways(struct nf_inventory *inv,
			      const struct nf_secret_ways *ways)
{
	inv->sources.ask = ways->ask;
	inv->sources.interrupted = ways->interrupted;
	inv->sources.arg = ways->arg;
	inv->sources.own_environment = ways->own_environment;
}

int nf_inventory_read_secrets(struct nf_inventory *inv, bool trial,
			      struct nf_error *err)
{
	int rc = 0;

	inv->sources.trial = trial;
	for (size_t i = 0; rc == 0 && inv->unread && i < inv->ndevices; i++)
		rc = inventory_read_secrets(inv, &inv->devices[i], err);
	inv->sources.trial = false;
	return rc;
}

bool nf_inventory_unlocked(const struct nf_inventory *inv)
{
	return secrets_unlocked(&inv->secrets);
}

const struct draft *inventory_draft(const struct nf_inventory *inv)
{
	return &inv->draft;
}

void inventory_note(const struct nf_inventory *inv, const char *text)
{
	inventory_tell(inv, "%s", text);
}

size_t nf_inventory_size(const struct nf_inventory *inv)
{
	return inv->ndevices;
}

size_t inventory_hidden(const struct nf_inventory *inv)
{
	return inv->nhidden;
}

const struct nf_device *nf_inventory_device(const struct nf_inventory *inv,
					    size_t i)
{
	return &inventory_device(inv, i)->pub;
}

struct nf_platforms *inventory_platforms(const struct nf_inventory *inv)
{
	return inv->platforms;
}

const char *const *inventory_volatile(const struct nf_inventory *inv, size_t *n)
{
	*n = inv->draft.npatterns;
	return inv->volatile_lines;
}

const struct device *inventory_device(const struct nf_inventory *inv, size_t i)
{
	assert(i < inv->ndevices + inv->nhidden);
	return &inv->devices[i];
}

struct host inventory_key_host(const struct device *dev)
{
	return dev->access->hostkey_alias != NULL
		       ? (struct host){dev->access->hostkey_alias, PORT_SSH}
		       : (struct host){dev->pub.host, dev->pub.port};
}

static const char *own_host(const struct device *dev)
{
	return dev->alias != NULL ? dev->alias : dev->pub.host;
}

/* A name that is merely the host says nothing of the port. */
static bool is_named(const struct device *dev, const char *name, uint16_t port)
{
	return strcmp(dev->pub.name, name) == 0 && !dev->unnamed &&
	       strcasecmp(own_host(dev), name) != 0 &&
	       (port == 0 || port == dev->pub.port || port == dev->alias_port);
}

static bool is_at(const struct device *dev, const char *host, uint16_t port)
{
	return (port != 0 ? port : PORT_SSH) == (dev->alias_port != 0
							 ? dev->alias_port
							 : dev->pub.port) &&
	       strcasecmp(own_host(dev), host) == 0;
}

/* The first of that name, else the first at that host; port 0: none is given. */
static const struct device *find(const struct nf_inventory *inv,
				 const char *name, uint16_t port)
{
	const struct device *at = NULL;

	for (size_t i = 0; i < inv->ndevices + inv->nhidden; i++) {
		const struct device *dev = &inv->devices[i];

		if (is_named(dev, name, port))
			return dev;
		if (at == NULL && is_at(dev, name, port))
			at = dev;
	}
	return at;
}

const struct device *inventory_find_hop(const struct nf_inventory *inv,
					const struct jump_name *name)
{
	const struct device *dev = find(inv, name->text, name->port);

	return dev != NULL ? dev : find(inv, name->host, name->port);
}

size_t inventory_place(const struct nf_inventory *inv, const struct device *dev)
{
	size_t place = inventory_index(inv, dev);

	return place < inv->ndevices ? place : SIZE_MAX;
}
