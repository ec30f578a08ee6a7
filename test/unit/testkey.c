/* Host keys for tests. */
#include "unit/testkey.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "unit/unit.h"

const struct testkey testkey_ed_a = {
	SSH_ED25519, ED_A_TEXT,
	"SHA256:xrrYfjRHE3yvwySaBjVHzvLXp3pXmEEr6ZsgSS+CdK4"};
const struct testkey testkey_ed_b = {
	SSH_ED25519, ED_B_TEXT,
	"SHA256:lm2yJc3SMjfsB8UZgzzFxHVfQp0+QB+LONfTjKdtxdY"};
const struct testkey testkey_ec_a = {
	SSH_ECDSA, EC_TEXT,
	"SHA256:TApTyAlIk/dfCFovjNgq09P4ML20C5gG+bvFMJq5lSs"};
const struct testkey testkey_rsa_a = {
	SSH_RSA, RSA_TEXT,
	"SHA256:BExyx8rUPE3Ou3fGCreu1vTFQtPvaGjMybWuqWv8aKA"};

size_t testkey_blob(uint8_t out[TESTKEY_ROOM], const struct testkey *key)
{
	size_t len = strlen(key->text);
	size_t pad = len - strcspn(key->text, "=");

	assert_true(len <= TESTKEY_ROOM);
	assert_int_equal(
		EVP_DecodeBlock(out, (const uint8_t *)key->text, (int)len),
		len / 4 * 3);
	return len / 4 * 3 - pad;
}

struct hostkeys *testkey_known(const char *text, size_t len,
			       const struct host *hosts, size_t n)
{
	struct hostkeys *known = NULL;
	char *copy = malloc(len + 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	assert_int_equal(hostkeys_new(&known, hosts, n, NULL), 0);
	assert_int_equal(hostkeys_read(known, copy, len, NULL, NULL), 0);
	free(copy);
	return known;
}

struct hostkeys *testkey_known_of(const char *text, const char *host,
				  uint16_t port)
{
	return testkey_known(text, strlen(text), &(struct host){host, port}, 1);
}

enum hostkeys_verdict testkey_check(const struct hostkeys *known,
				    const char *host, uint16_t port,
				    const struct testkey *key)
{
	uint8_t blob[TESTKEY_ROOM];
	size_t len = testkey_blob(blob, key);

	return hostkeys_check(known, host, port, key->type, blob, len);
}
