/* What devsim was told on its command line. */
#ifndef NETFAN_DEVSIM_OPTIONS_H
#define NETFAN_DEVSIM_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "devsim/fault.h"

struct nf_error;

/* Strings are borrowed from argv. */
struct options {
	uint64_t devices, first, port;
	uint64_t telnet_port; /* 0: they speak none */
	uint64_t connect_ms, login_ms, command_ms, jitter_ms, slow_ms;
	uint64_t shared_ms, busy_ms, max_logins;
	uint64_t seed;
	uint64_t config_lines;
	const char *base, *auth;
	const char *questions; /* NULL: for the password */
	const char *code; /* "": none is asked for */
	const char *keys, *host_key;
	const char *kex, *hostkey_algorithms, *ciphers, *macs;
	const char *user, *password, *enable, *banner;
	const char *turn_away, *hold, *says;
	bool pager, no_pager, die_with_parent, help;

	uint32_t base_address; /* of base, in host byte order */
	bool auth_password, auth_kbdint, auth_publickey; /* of auth */
	enum fault *faults; /* of each device, ours */
};

/*
 * Read the command line. Returns 1, or 0 when --help was asked for and printed,
 * -1 with NF_INVALID when it makes no sense. Release in each case.
 */
int options_parse(struct options *opts, int argc, char *argv[],
		  struct nf_error *err);
void options_release(struct options *opts);

#endif
