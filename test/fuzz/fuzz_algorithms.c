/* libFuzzer target: whatever a server says first, the reason is printable. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "transport/ssh/algorithms.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_message(const char *message)
{
	assert(*message != '\0');
	for (; *message != '\0'; message++)
		assert(*message >= 0x20 && *message < 0x7f);
}

/* Of what a library speaks, a few names will do. */
static struct algorithms few(enum legacy legacy)
{
	static const char *const kexes[] = {"curve25519-sha256",
					    "diffie-hellman-group1-sha1"};
	static const char *const keys[] = {"ssh-ed25519", "rsa-sha2-512",
					   "ssh-rsa"};
	static const char *const ciphers[] = {"aes128-gcm@openssh.com",
					      "aes128-ctr", "3des-cbc"};
	static const char *const macs[] = {"hmac-sha2-256", "hmac-md5"};
	struct algorithms algorithms;

	algorithms_init(&algorithms, legacy, ALGORITHMS_VERSION(1, 11, 1));
	algorithms_speak(&algorithms, KEXINIT_KEX, kexes, 2);
	algorithms_speak(&algorithms, KEXINIT_HOSTKEY, keys, 3);
	algorithms_speak(&algorithms, KEXINIT_CIPHER_OUT, ciphers, 3);
	algorithms_speak(&algorithms, KEXINIT_CIPHER_IN, ciphers, 3);
	algorithms_speak(&algorithms, KEXINIT_MAC_OUT, macs, 2);
	algorithms_speak(&algorithms, KEXINIT_MAC_IN, macs, 2);
	return algorithms;
}

static void check_level(const uint8_t *bytes, size_t len, enum legacy legacy)
{
	const struct algorithms algorithms = few(legacy);
	struct nf_error err = {0};

	if (algorithms_explain(&algorithms, bytes, len, &err) == 0) {
		assert(err.code == NF_OK);
		return;
	}
	assert(err.code == NF_PROTOCOL || err.code == NF_NO_COMMON_ALGORITHM ||
	       err.code == NF_DISCONNECTED || err.code == NF_BUSY);
	check_message(err.message);
}

/* The bytes as the name of a host key type that known_hosts has. */
static void check_list(const uint8_t *bytes, size_t len)
{
	const struct algorithms algorithms = few(LEGACY_ON);
	char name[256], list[ALGORITHMS_LIST];
	const char *const first[] = {name, "ssh-rsa", name};

	if (len >= sizeof(name))
		len = sizeof(name) - 1;
	if (len > 0)
		memcpy(name, bytes, len);
	name[len] = '\0';
	algorithms_list(&algorithms, KEXINIT_HOSTKEY, first, 3, list);
	check_message(list);
	(void)algorithms_weak(KEXINIT_KEX, name);
}

/* The bytes as a list that is wished for. */
static void check_wish(const uint8_t *bytes, size_t len)
{
	struct algorithms algorithms = few(LEGACY_DEFAULT);
	char text[1200], list[ALGORITHMS_LIST], told[100];
	const struct algorithms_wish wish = {.kex = text, .macs = text};
	struct nf_error err = {0};

	if (len >= sizeof(text))
		len = sizeof(text) - 1;
	if (len > 0)
		memcpy(text, bytes, len);
	text[len] = '\0';
	if (!algorithms_is_list(text))
		return;
	if (algorithms_tell_lacking(&algorithms, &wish, 0, told, sizeof(told)))
		check_message(told);
	algorithms_keep_spoken(&algorithms, KEXINIT_KEX, text, list);
	check_message(list);
	if (algorithms_choose(&algorithms, &wish, &err) == -1) {
		check_message(err.message);
		return;
	}
	algorithms_list(&algorithms, KEXINIT_KEX, NULL, 0, list);
	check_message(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	check_wish(bytes, len);
	check_level(bytes, len, LEGACY_DEFAULT);
	check_level(bytes, len, LEGACY_ON);
	check_level(bytes, len, LEGACY_OFF);
	check_list(bytes, len);
	return 0;
}
