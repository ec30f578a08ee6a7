/* libFuzzer target: any bytes are a known_hosts file, and lookups agree. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "session/hostkeys.h"

#define MAX_TYPES 4

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const uint8_t key[] = "\0\0\0\7ssh-rsa\0\0\0\1\3\0\0\0\2\0\x81";

static void check_host(const struct hostkeys *known, const char *host,
		       uint16_t port)
{
	const char *types[MAX_TYPES];
	size_t ntypes = hostkeys_types(known, host, port, types, MAX_TYPES);
	enum hostkeys_verdict verdict = hostkeys_check(
		known, host, port, "ssh-rsa", key, sizeof(key) - 1);

	assert(ntypes <= MAX_TYPES);
	for (size_t i = 0; i < ntypes; i++) {
		assert(*types[i] != '\0' && strpbrk(types[i], " \t\n") == NULL);
		for (size_t j = 0; j < i; j++)
			assert(strcmp(types[i], types[j]) != 0);
	}
	if (verdict == HOSTKEYS_UNKNOWN)
		assert(ntypes == 0);
	if (verdict == HOSTKEYS_MATCH || verdict == HOSTKEYS_CHANGED)
		assert(ntypes > 0);
}

/* The first field of the file is a host that stands a chance to be there. */
static void check_first_field(const struct hostkeys *known,
			      const uint8_t *bytes, size_t len)
{
	char host[64];
	size_t n = 0;

	while (n < len && n < sizeof(host) - 1 && bytes[n] > ' ')
		n++;
	memcpy(host, bytes, n);
	host[n] = '\0';
	check_host(known, host, 22);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct hostkeys *known = NULL;
	struct nf_error err = {0};
	char print[HOSTKEYS_FINGERPRINT];

	if (hostkeys_parse(&known, (const char *)bytes, len, &err) == -1) {
		assert(known == NULL && err.code == NF_SYSTEM);
		return 0;
	}
	check_host(known, "sw1", 22);
	check_host(known, "sw1.example.net", 2222);
	check_host(known, "", 0);
	if (len > 0)
		check_first_field(known, bytes, len);
	hostkeys_free(known);
	hostkeys_fingerprint(bytes, len, print);
	assert(strlen(print) == HOSTKEYS_FINGERPRINT - 1);
	return 0;
}
