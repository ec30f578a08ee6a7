/* SSH as the way to a device's shell. */
#include "devsim/sshd.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libssh/libssh.h>
#include <libssh/server.h>

#include "base/error.h"
#include "devsim/keys.h"
#include "devsim/link.h"
#include "devsim/options.h"

struct sshd {
	const struct options *opts; /* borrowed */
	ssh_bind bind;
};

/* As old devices do: libssh2 before 1.11.0 knows no other use of an RSA key. */
static const char *hostkey_algorithms(const struct options *opts)
{
	if (opts->hostkey_algorithms == NULL &&
	    strcmp(opts->host_key, "rsa") == 0)
		return "rsa-sha2-512,rsa-sha2-256,ssh-rsa";
	return opts->hostkey_algorithms;
}

static int set_lists(struct sshd *sshd, struct nf_error *err)
{
	const struct options *opts = sshd->opts;
	const struct {
		enum ssh_bind_options_e option;
		const char *list;
	} lists[] = {
		{SSH_BIND_OPTIONS_KEY_EXCHANGE, opts->kex},
		{SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, hostkey_algorithms(opts)},
		{SSH_BIND_OPTIONS_CIPHERS_C_S, opts->ciphers},
		{SSH_BIND_OPTIONS_CIPHERS_S_C, opts->ciphers},
		{SSH_BIND_OPTIONS_HMAC_C_S, opts->macs},
		{SSH_BIND_OPTIONS_HMAC_S_C, opts->macs},
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (lists[i].list != NULL &&
		    ssh_bind_options_set(sshd->bind, lists[i].option,
					 lists[i].list) != SSH_OK)
			return error_set(err, NF_INVALID,
					 "nothing of '%s' is supported",
					 lists[i].list);
	}
	return 0;
}

static int set_bind(struct sshd *sshd, struct nf_error *err)
{
	const bool read_config = false;
	ssh_key key = NULL;

	if (keys_load(&key, sshd->opts->keys, sshd->opts->host_key, err) == -1)
		return -1;
	if (ssh_bind_options_set(sshd->bind, SSH_BIND_OPTIONS_IMPORT_KEY,
				 key) != SSH_OK) {
		ssh_key_free(key);
		return error_set(err, NF_INVALID, "host key: %s",
				 ssh_get_error(sshd->bind));
	}
	if (ssh_bind_options_set(sshd->bind, SSH_BIND_OPTIONS_PROCESS_CONFIG,
				 &read_config) != SSH_OK ||
	    ssh_bind_options_set(sshd->bind, SSH_BIND_OPTIONS_BANNER,
				 "Cisco-1.25") != SSH_OK)
		return error_set(err, NF_SYSTEM, "libssh: %s",
				 ssh_get_error(sshd->bind));
	return set_lists(sshd, err);
}

int sshd_new(struct sshd **out, const struct options *opts,
	     struct nf_error *err)
{
	struct sshd *sshd = calloc(1, sizeof(*sshd));

	if (sshd == NULL)
		return error_sys(err, NF_SYSTEM, "sshd");
	sshd->opts = opts;
	sshd->bind = ssh_bind_new();
	if (sshd->bind == NULL) {
		free(sshd);
		return error_set(err, NF_SYSTEM, "libssh has no memory");
	}
	if (set_bind(sshd, err) == -1) {
		sshd_free(sshd);
		return -1;
	}
	*out = sshd;
	return 0;
}

void sshd_free(struct sshd *sshd)
{
	if (sshd == NULL)
		return;
	ssh_bind_free(sshd->bind);
	free(sshd);
}

void sshd_serve(struct sshd *sshd, struct client *client)
{
	link_serve(sshd->bind, client);
}
