/* libFuzzer target: any bytes are a known_hosts file, and lookups agree. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hostkeys/hostkeys.h"

#define MAX_TYPES 4

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const uint8_t key[] = "\0\0\0\7ssh-rsa\0\0\0\1\3\0\0\0\2\0\x81";

static enum hostkeys_verdict check(const struct hostkeys *known,
				   const struct host *host)
{
	return hostkeys_check(known, host->name, host->port, "ssh-rsa", key,
			      sizeof(key) - 1);
}

static void check_host(const struct hostkeys *known, const struct host *host)
{
	const char *types[MAX_TYPES];
	size_t ntypes =
		hostkeys_types(known, host->name, host->port, types, MAX_TYPES);
	bool has = hostkeys_has(known, host->name, host->port);
	enum hostkeys_verdict verdict = check(known, host);

	assert(ntypes <= MAX_TYPES);
	for (size_t i = 0; i < ntypes; i++) {
		assert(*types[i] != '\0' && strpbrk(types[i], " \t\n") == NULL);
		for (size_t j = 0; j < i; j++)
			assert(strcmp(types[i], types[j]) != 0);
	}
	if (has)
		assert(verdict != HOSTKEYS_UNKNOWN && ntypes > 0);
	if (verdict == HOSTKEYS_CHANGED)
		assert(has);
	if (verdict == HOSTKEYS_MATCH || verdict == HOSTKEYS_CHANGED)
		assert(ntypes > 0);
	if (host->port == 22 && verdict == HOSTKEYS_UNKNOWN)
		assert(ntypes == 0);
}

static struct hostkeys *read_new(const uint8_t *bytes, size_t len,
				 const struct host *hosts, size_t n)
{
	struct hostkeys *known = NULL;
	struct nf_error err = {0};
	char *text = malloc(len + 1);

	assert(text != NULL);
	if (len > 0)
		memcpy(text, bytes, len);
	assert(hostkeys_new(&known, hosts, n, &err) == 0);
	assert(hostkeys_read(known, text, len, NULL, &err) == 0);
	free(text); /* all that is kept is a copy */
	return known;
}

/* Whoever else is looked for, a host is what it is. */
static void check_alone(const struct hostkeys *known, const uint8_t *bytes,
			size_t len, const struct host *host)
{
	struct hostkeys *alone = read_new(bytes, len, host, 1);

	assert(check(alone, host) == check(known, host));
	hostkeys_free(alone);
}

/* The first field of the file is a host that stands a chance to be there. */
static void first_field(char host[64], const uint8_t *bytes, size_t len)
{
	size_t n = 0;

	while (n < len && n < 63 && bytes[n] > ' ')
		n++;
	if (n > 0)
		memcpy(host, bytes, n);
	host[n] = '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char first[64];
	const struct host hosts[] = {
		{"sw1", 22},   {"sw1.example.net", 2222}, {"", 0}, {first, 22},
		{first, 2222},
	};
	const size_t n = sizeof(hosts) / sizeof(hosts[0]);
	char print[HOSTKEYS_FINGERPRINT];
	struct hostkeys *known;

	first_field(first, bytes, len);
	known = read_new(bytes, len, hosts, n);
	for (size_t i = 0; i < n; i++) {
		check_host(known, &hosts[i]);
		check_alone(known, bytes, len, &hosts[i]);
	}
	hostkeys_free(known);
	hostkeys_fingerprint(bytes, len, print);
	assert(strlen(print) == HOSTKEYS_FINGERPRINT - 1);
	return 0;
}
