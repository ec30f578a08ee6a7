/* libFuzzer target: whatever a server says first, the reason is printable. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "session/algorithms.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_message(const char *message)
{
	assert(*message != '\0');
	for (; *message != '\0'; message++)
		assert(*message >= 0x20 && *message < 0x7f);
}

static void check_level(const uint8_t *bytes, size_t len, enum legacy legacy)
{
	struct nf_error err = {0};

	if (algorithms_explain(bytes, len, legacy, &err) == 0) {
		assert(err.code == NF_OK);
		return;
	}
	assert(err.code == NF_PROTOCOL || err.code == NF_NO_COMMON_ALGORITHM);
	check_message(err.message);
}

/* The bytes as the name of a host key type that known_hosts has. */
static void check_list(const uint8_t *bytes, size_t len)
{
	char name[256], list[ALGORITHMS_LIST];
	const char *const first[] = {name, "ssh-rsa", name};

	if (len >= sizeof(name))
		len = sizeof(name) - 1;
	if (len > 0)
		memcpy(name, bytes, len);
	name[len] = '\0';
	algorithms_list(ALGORITHMS_HOSTKEY, LEGACY_ON, first, 3, list);
	check_message(list);
	(void)algorithms_weak(ALGORITHMS_KEX, name);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	check_level(bytes, len, LEGACY_DEFAULT);
	check_level(bytes, len, LEGACY_ON);
	check_level(bytes, len, LEGACY_OFF);
	check_list(bytes, len);
	return 0;
}
