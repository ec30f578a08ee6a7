/* What a known_hosts file has for the devices of an inventory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/home.h"
#include "hostkeys/forget.h"
#include "hostkeys/known_hosts.h"
#include "inventory/inventory.h"

#define NOTE_AFTER_US 5000000 /* of matching hashed names, in silence */
#define LOCK_STEP_NS (20L * 1000 * 1000)
#define LOCK_MS 5000

/* A file, and the devices that are looked for in it. */
struct known {
	const struct nf_inventory *inv;
	const struct nf_known_hosts *options;
	char *path;
	struct known_hosts file;
	struct host *hosts; /* of devices with host keys */
	size_t nhosts;
	struct hostkeys *keys;
	char *text; /* as it is in the file */
	size_t len;
};

static void known_release(struct known *known)
{
	hostkeys_free(known->keys);
	free(known->text);
	free(known->hosts);
	free(known->path);
}

/* List the devices that have host keys. */
static int list_hosts(struct known *known)
{
	size_t n = nf_inventory_size(known->inv);

	known->hosts = calloc(n + 1, sizeof(*known->hosts));
	for (size_t i = 0; known->hosts != NULL && i < n; i++) {
		const struct device *dev = inventory_device(known->inv, i);

		if (!dev->telnet)
			known->hosts[known->nhosts++] = inventory_key_host(dev);
	}
	return known->hosts != NULL ? 0 : -1;
}

/* To be released then, also where it fails. */
static int known_init(struct known *known, const struct nf_inventory *inv,
		      const struct nf_known_hosts *options,
		      struct nf_error *err)
{
	struct hostkeys *keys = NULL;
	int rc;

	*known = (struct known){.inv = inv, .options = options};
	known->path = options->path != NULL ? strdup(options->path)
					    : home_path(".ssh/known_hosts");
	if (known->path == NULL)
		return error_set(err, NF_INVALID,
				 "no home directory: name a known_hosts file");
	known->file.path = known->path;
	if (list_hosts(known) == -1)
		return error_sys(err, NF_SYSTEM, "no memory for host keys");
	rc = hostkeys_new(&keys, known->hosts, known->nhosts, err);
	known->keys = keys;
	return rc;
}

/* Match what was read with the devices; the text stays as it is. */
static int match(struct known *known, struct nf_error *err)
{
	const struct hostkeys_progress progress = {
		.path = known->path,
		.log = &known->options->log,
		.note_after_us = NOTE_AFTER_US,
		.stopped = known->options->interrupted,
		.arg = known->options->arg,
	};
	char *copy = malloc(known->len + 1);
	int rc;

	if (copy == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for host keys");
	memcpy(copy, known->text, known->len);
	rc = hostkeys_read(known->keys, copy, known->len, &progress, err);
	free(copy);
	return rc;
}

/* ---- told */

struct telling {
	size_t device;
	bool pinned;
	bool forgets;
	size_t n; /* keys of this device so far */
	nf_take_known *take;
	void *arg;
};

static enum nf_known_form form_of(enum known_hosts_kind kind)
{
	switch (kind) {
	case KNOWN_HOSTS_PLAIN:
		break;
	case KNOWN_HOSTS_PATTERN:
		return NF_KNOWN_PATTERN;
	case KNOWN_HOSTS_HASHED:
		return NF_KNOWN_HASHED;
	}
	return NF_KNOWN_PLAIN;
}

static int tell(void *arg, const struct hostkeys_entry *entry)
{
	struct telling *telling = arg;
	char fingerprint[HOSTKEYS_FINGERPRINT];
	const struct nf_known_key key = {
		.device = telling->device,
		.line = entry->line,
		.form = form_of(entry->kind),
		.portless = entry->portless,
		.revoked = entry->revoked,
		.authority = entry->authority,
		.type = entry->type,
		.fingerprint = fingerprint,
		.forgotten = telling->forgets && forget_takes(entry),
		.pinned = telling->pinned,
	};

	telling->n++;
	hostkeys_fingerprint(entry->key, entry->len, fingerprint);
	return telling->take(telling->arg, &key);
}

/* Tell the keys of each device, or that it has none. */
static int tell_all(const struct known *known, struct telling *telling)
{
	for (size_t i = 0; i < nf_inventory_size(known->inv); i++) {
		const struct device *dev = inventory_device(known->inv, i);
		bool pinned = !dev->telnet &&
			      dev->access->hostkey_fingerprint != NULL;
		const struct nf_known_key none = {
			.device = i, .telnet = dev->telnet, .pinned = pinned};
		struct host host = inventory_key_host(dev);

		telling->device = i;
		telling->pinned = pinned;
		telling->n = 0;
		if (!dev->telnet &&
		    hostkeys_each(known->keys, host.name, host.port, tell,
				  telling) == -1)
			return -1;
		if (telling->n == 0 && telling->take(telling->arg, &none) == -1)
			return -1;
	}
	return 0;
}

int nf_known_hosts_show(const struct nf_inventory *inv,
			const struct nf_known_hosts *options,
			nf_take_known *take, void *arg, struct nf_error *err)
{
	struct telling telling = {.take = take, .arg = arg};
	struct known known;
	int rc = -1;

	if (known_init(&known, inv, options, err) == 0 &&
	    known_hosts_read(&known.file, &known.text, &known.len, err) == 0 &&
	    match(&known, err) == 0)
		rc = tell_all(&known, &telling) == 0
			     ? 0
			     : error_set(err, NF_CANCELLED,
					 "stopped by who is told");
	known_release(&known);
	return rc;
}

/* ---- forgotten */

static bool is_stopped(const struct nf_known_hosts *options)
{
	return options->interrupted != NULL &&
	       options->interrupted(options->arg);
}

/* Wait for the lock of the file. */
static int lock(const struct known *known, int *fd, struct nf_error *err)
{
	const struct timespec step = {.tv_nsec = LOCK_STEP_NS};
	int64_t end_us = mono_us() + LOCK_MS * INT64_C(1000);
	int rc;

	while ((rc = known_hosts_lock(&known->file, fd, err)) == 0) {
		if (mono_us() >= end_us || is_stopped(known->options))
			return error_set(err, NF_SYSTEM,
					 "%s: another program holds its lock: "
					 "try again when it has ended",
					 known->path);
		(void)nanosleep(&step, NULL);
	}
	return rc == 1 ? 0 : -1;
}

static int rewrite(struct known *known, int fd, struct nf_error *err)
{
	char *left = NULL;
	size_t len;
	int rc;

	if (known_hosts_read_on(&known->file, fd, &known->text, &known->len,
				err) == -1 ||
	    match(known, err) == -1 ||
	    forget_hosts(&left, &len, known->text, known->len, known->keys,
			 known->hosts, known->nhosts, err) == -1)
		return -1;
	rc = left == NULL
		     ? 0
		     : known_hosts_replace(&known->file, fd, left, len, err);
	free(left);
	return rc;
}

/* What is not there is not made, only to take nothing out of it. */
static int forget(struct known *known, struct nf_error *err)
{
	int fd, rc;

	if (access(known->path, F_OK) == -1 && errno == ENOENT)
		return 0;
	if (lock(known, &fd, err) == -1)
		return -1;
	rc = rewrite(known, fd, err);
	return known_hosts_unlock(&known->file, fd, rc == 0 ? err : NULL) == -1
		       ? -1
		       : rc;
}

int nf_known_hosts_forget(const struct nf_inventory *inv,
			  const struct nf_known_hosts *options,
			  nf_take_known *take, void *arg, struct nf_error *err)
{
	struct telling telling = {.forgets = true, .take = take, .arg = arg};
	struct known known;
	int rc = -1;

	if (known_init(&known, inv, options, err) == 0)
		rc = forget(&known, err);
	if (rc == 0)
		(void)tell_all(&known, &telling); /* it is done */
	known_release(&known);
	return rc;
}
