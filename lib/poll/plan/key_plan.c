/* The keys with which each device is logged in to. */
#include "poll/plan/key_plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"

bool key_plan_wants_agent(const struct device *dev,
			  const struct nf_poll_options *options)
{
	enum wish wish = dev->access->allow_agent;

	return !dev->telnet &&
	       (wish == WISH_NONE ? options->agent : wish == WISH_YES);
}

/* What the options say comes before the inventory's files. */
static struct keyring_wish wish_of(const struct access *access,
				   const struct nf_poll_options *options,
				   const struct agent_keys *agent)
{
	struct keyring_wish wish = {.passphrase = access->passphrase,
				    .agent = agent,
				    .only_files = access->identities_only};

	if (options->nidentities > 0) {
		wish.files = options->identities;
		wish.nfiles = options->nidentities;
	} else if (access->key_file != NULL) {
		wish.list = access->key_file;
		wish.optional = access->keys_optional;
	} else {
		wish.defaults = access->use_keys == WISH_YES ||
				(access->use_keys == WISH_NONE &&
				 (options->use_keys ||
				  (wish.only_files && agent != NULL)));
	}
	return wish;
}

static bool wishes(const struct keyring_wish *wish)
{
	return wish->nfiles > 0 || wish->list != NULL || wish->defaults ||
	       wish->agent != NULL;
}

/* What the user has named on the command line is there, or nothing is run. */
static int check_options(struct keyring *ring,
			 const struct nf_poll_options *options,
			 const struct agent_keys *agent, struct nf_error *err)
{
	const struct keyring_wish wish = {.files = options->identities,
					  .nfiles = options->nidentities,
					  .agent = agent};
	const struct keyring_keys *found;

	if (wish.nfiles == 0)
		return 0;
	if (keyring_get(ring, &wish, &found, err) == -1)
		return -1;
	if (found->failure.code != NF_INVALID)
		return 0;
	*err = found->failure;
	return -1;
}

/* Tell of a wrong passphrase, at the first of its devices. */
static void tell_wrong(const struct key_plan *keys, size_t ndevices,
		       size_t device, const struct nf_log *log)
{
	const struct keyring_keys *found = keys->of[device];
	char text[sizeof(found->failure.message) + 64];
	size_t n = 0;

	if (log->line == NULL || found == NULL ||
	    found->failure.sys_errno != EKEYREJECTED)
		return;
	for (size_t i = 0; i < ndevices; i++) {
		if (i < device && keys->of[i] == found)
			return; /* it was told */
		n += keys->of[i] == found;
	}
	(void)snprintf(text, sizeof(text), "%s: %zu device%s not asked",
		       found->failure.message, n, n == 1 ? " is" : "s are");
	log->line(log->arg, text);
}

static int read_all(struct key_plan *keys, const struct nf_inventory *inv,
		    const struct nf_poll_options *options,
		    const struct agent_keys *agent, struct nf_error *err)
{
	size_t n = nf_inventory_size(inv);

	for (size_t i = 0; i < n; i++) {
		const struct device *dev = inventory_device(inv, i);
		const struct keyring_wish wish = wish_of(
			dev->access, options,
			key_plan_wants_agent(dev, options) ? agent : NULL);

		if (!dev->telnet && wishes(&wish) &&
		    keyring_get(keys->ring, &wish, &keys->of[i], err) == -1)
			return -1;
	}
	for (size_t i = 0; i < n; i++)
		tell_wrong(keys, n, i, &options->log);
	return 0;
}

int key_plan_init(struct key_plan *keys, const struct nf_inventory *inv,
		  const struct nf_poll_options *options,
		  const struct agent_keys *agent, struct nf_error *err)
{
	if (keyring_new(&keys->ring, &options->log, err) == -1 ||
	    check_options(keys->ring, options, agent, err) == -1)
		return -1;
	keys->of = calloc(nf_inventory_size(inv),
			  sizeof(const struct keyring_keys *));
	if (keys->of == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for keys");
	return read_all(keys, inv, options, agent, err);
}

/* Why these keys let nobody in, whatever a server says; or NULL. */
static const struct nf_error *failure_of(const struct keyring_keys *found,
					 bool has_other)
{
	if (found->failure.code != NF_OK)
		return &found->failure;
	return found->locked.code != NF_OK && found->keys.n == 0 && !has_other
		       ? &found->locked
		       : NULL;
}

int key_plan_find(struct key_plan *keys, const struct access *access,
		  bool has_password, const struct nf_poll_options *options,
		  const struct agent_keys *agent, struct login_keys *out,
		  const struct nf_error **failure, struct nf_error *err)
{
	struct keyring_wish wish = wish_of(access, options, agent);
	const struct keyring_keys *found;

	wish.defaults |=
		!wishes(&wish) && !has_password && access->use_keys != WISH_NO;
	*out = (struct login_keys){.n = 0};
	*failure = NULL;
	if (!wishes(&wish))
		return 0;
	if (keyring_get(keys->ring, &wish, &found, err) == -1)
		return -1;
	*out = found->keys;
	*failure = failure_of(found, has_password);
	return 0;
}

void key_plan_release(struct key_plan *keys)
{
	keyring_free(keys->ring);
	free(keys->of);
	*keys = (struct key_plan){NULL};
}

struct login_keys key_plan_of(const struct key_plan *keys, size_t device)
{
	const struct keyring_keys *found =
		keys->of != NULL ? keys->of[device] : NULL;

	return found != NULL ? found->keys : (struct login_keys){.n = 0};
}

const struct nf_error *key_plan_failure(const struct key_plan *keys,
					size_t device, bool has_other)
{
	const struct keyring_keys *found =
		keys->of != NULL ? keys->of[device] : NULL;

	return found != NULL ? failure_of(found, has_other) : NULL;
}

const struct credentials *key_plan_wrong(const struct key_plan *keys,
					 size_t device)
{
	const struct keyring_keys *found =
		keys->of != NULL ? keys->of[device] : NULL;

	return found != NULL && found->wrong.username != NULL ? &found->wrong
							      : NULL;
}
