/* What ssh_config says and netfan does not take. */
#include "sshconfig/untaken.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/printable.h"

/* ---- values that matter */

static bool is_off(const char *value)
{
	return strcasecmp(value, "false") == 0 || strcasecmp(value, "no") == 0;
}

/* ssh -G leaves a variable for a whole path alone. */
bool untaken_agent(const char *value)
{
	const char *own = getenv("SSH_AUTH_SOCK");

	if (strcasecmp(value, "none") == 0 ||
	    strcmp(value, "SSH_AUTH_SOCK") == 0)
		return false;
	if (value[0] == '$')
		value = getenv(value + 1);
	return own == NULL || value == NULL || strcmp(own, value) != 0;
}

static const struct {
	enum answer_value value;
	const char *keyword;
	bool (*matters)(const char *value); /* NULL: any but ssh's default */
	const char *instead;
} rows[] = {
	{ANSWER_USER_KNOWN_HOSTS, "UserKnownHostsFile", NULL,
	 "one known_hosts file is for all devices"},
	{ANSWER_GLOBAL_KNOWN_HOSTS, "GlobalKnownHostsFile", NULL,
	 "one known_hosts file is for all devices"},
	{ANSWER_KNOWN_HOSTS_COMMAND, "KnownHostsCommand", NULL,
	 "put the keys into known_hosts, or pin them by hostkey_fingerprint"},
	{ANSWER_STRICT_HOST_KEYS, "StrictHostKeyChecking", is_off,
	 "keys that are not the known ones are refused, unless none are "
	 "checked"},
	{ANSWER_IDENTITY_AGENT, "IdentityAgent", untaken_agent,
	 "no agent is asked; run netfan with SSH_AUTH_SOCK set to it"},
	{ANSWER_PKCS11, "PKCS11Provider", NULL,
	 "add the token's keys to an agent, by ssh-add -s"},
	{ANSWER_ADDRESS_FAMILY, "AddressFamily", NULL,
	 "every address of a name is tried"},
	{ANSWER_ATTEMPTS, "ConnectionAttempts", NULL,
	 "retries are the same for all devices"},
};

#define NROWS (sizeof(rows) / sizeof(rows[0]))

/* ---- counting */

static void count(struct untaken_count *at, const struct device *dev,
		  const char *value)
{
	if (at->n++ > 0)
		return;
	at->first = dev->pub.name;
	printable_copy(at->value, sizeof(at->value), (const uint8_t *)value,
		       strlen(value));
}

void untaken_see(struct untaken *untaken, const struct device *dev,
		 const struct answer *answer, const struct answer *defaults)
{
	for (size_t i = 0; i < NROWS; i++) {
		const char *value = answer->value[rows[i].value];
		const char *without = defaults->value[rows[i].value];

		if (value == NULL ||
		    (without != NULL && strcmp(value, without) == 0) ||
		    (rows[i].matters != NULL && !rows[i].matters(value)) ||
		    (rows[i].value == ANSWER_USER_KNOWN_HOSTS &&
		     untaken->known_hosts != NULL))
			continue;
		count(&untaken->at[rows[i].value], dev, value);
	}
}

void untaken_loop(struct untaken *untaken, const struct device *dev)
{
	count(&untaken->loops, dev, "");
}

/* ---- telling */

/* "device r1", or "2 devices, the first r1". */
static void write_who(char *out, size_t size, const struct untaken_count *at)
{
	if (at->n == 1)
		(void)snprintf(out, size, "device %.80s", at->first);
	else
		(void)snprintf(out, size, "%zu devices, the first is %.80s",
			       at->n, at->first);
}

void untaken_tell(const struct untaken *untaken, const struct nf_inventory *inv)
{
	char who[160], text[512];

	for (size_t i = 0; i < NROWS; i++) {
		const struct untaken_count *at = &untaken->at[rows[i].value];

		if (at->n == 0)
			continue;
		write_who(who, sizeof(who), at);
		(void)snprintf(text, sizeof(text),
			       "ssh_config: %s %s is not taken (%s): %s",
			       rows[i].keyword, at->value, who,
			       rows[i].instead);
		inventory_note(inv, text);
	}
	if (untaken->loops.n == 0)
		return;
	write_who(who, sizeof(who), &untaken->loops);
	(void)snprintf(text, sizeof(text),
		       "ssh_config: a ProxyJump leads through the host itself, "
		       "which is gone to without it (%s)",
		       who);
	inventory_note(inv, text);
}
