/* libFuzzer target: any bytes are either an inventory or one line of error. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "inventory/inventory.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void read_line(void *arg, const char *text)
{
	(void)arg;
	assert(strchr(text, '\n') == NULL);
}

static void check_device(const struct device *dev)
{
	assert(*dev->pub.name != '\0' && *dev->pub.host != '\0');
	assert(*dev->pub.username != '\0' && dev->pub.port != 0);
	assert(dev->platform != NULL && dev->line != 0);
	assert(dev->secret == NULL || *dev->secret != '\0');
	assert(dev->password == NULL || strlen(dev->password) < SIZE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const struct nf_log log = {.line = read_line};
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	if (inventory_parse(&inv, (const char *)bytes, len, "f", NULL, &log,
			    &err) == -1) {
		assert(inv == NULL && err.code == NF_INVALID);
		assert(strncmp(err.message, "f:", 2) == 0);
		assert(strchr(err.message, '\n') == NULL);
		return 0;
	}
	assert(nf_inventory_size(inv) > 0);
	for (size_t i = 0; i < nf_inventory_size(inv); i++)
		check_device(inventory_device(inv, i));
	nf_inventory_free(inv);
	return 0;
}
