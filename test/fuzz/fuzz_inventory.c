/*
 * libFuzzer target: any bytes are either an inventory or one line of error. An
 * input that begins with a NUL is none of a file: texts follow, with a NUL
 * between, that are devices added from memory.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "inventory/inventory.h"

#define FIELDS 9 /* of an entry */
#define COMPARED 64 /* devices whose names are compared with each other */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void read_line(void *arg, const char *text)
{
	(void)arg;
	assert(strchr(text, '\n') == NULL);
}

static const struct nf_log fuzz_log = {.line = read_line};

static void check_device(const struct device *dev)
{
	assert(*dev->pub.name != '\0');
	assert(dev->unusable || *dev->pub.host != '\0');
	assert(!dev->unusable || dev->skip != NULL);
	assert(*dev->pub.username != '\0' && dev->pub.port != 0);
	assert(dev->platform != NULL);
	assert((dev->path == NULL) == (dev->line == 0));
	assert(dev->credentials.secret == NULL ||
	       *dev->credentials.secret != '\0');
	assert(dev->skip != NULL || dev->credentials.password == NULL ||
	       strpbrk(dev->credentials.password, "\r\n") == NULL);
}

static void check_inventory(const struct nf_inventory *inv)
{
	size_t n = nf_inventory_size(inv);

	for (size_t i = 0; i < n; i++) {
		check_device(inventory_device(inv, i));
		for (size_t k = 0; k < i && i < COMPARED; k++)
			assert(strcmp(nf_inventory_device(inv, i)->name,
				      nf_inventory_device(inv, k)->name) != 0);
	}
}

static void check_error(const struct nf_error *err)
{
	assert(err->code == NF_INVALID);
	assert(strchr(err->message, '\n') == NULL);
}

static void read_file(const uint8_t *bytes, size_t len)
{
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	if (memmem(bytes, len, "include", strlen("include")) != NULL)
		return; /* of files that are no part of the input */
	if (nf_inventory_new(&inv, NULL, &fuzz_log, &err) == -1 ||
	    nf_inventory_format(inv, "netfan", &err) == -1)
		abort();
	if (inventory_add_bytes(inv, (const char *)bytes, len, "f", &err) ==
	    -1) {
		assert(nf_inventory_size(inv) == 0);
		assert(strncmp(err.message, "f:", 2) == 0);
		check_error(&err);
	} else {
		assert(nf_inventory_size(inv) > 0);
		check_inventory(inv);
	}
	nf_inventory_free(inv);
}

/* The next text of *left, or NULL where it is empty or there is none. */
static const char *take(char **left, const char *end)
{
	const char *text = *left;

	if (text >= end)
		return NULL;
	*left += strlen(text) + 1;
	return *text != '\0' ? text : NULL;
}

static void add_entries(struct nf_inventory *inv, char *text, const char *end)
{
	struct nf_error err = {0};

	while (text < end) {
		const char *of[FIELDS];
		size_t before = nf_inventory_size(inv);
		struct nf_entry entry;
		int rc;

		for (int i = 0; i < FIELDS; i++)
			of[i] = take(&text, end);
		entry = (struct nf_entry){of[0], of[1], of[2], of[3], of[4],
					  of[5], of[6], of[7], of[8]};
		rc = nf_inventory_add(inv, &entry, &err);
		if (rc == -1)
			check_error(&err);
		assert(nf_inventory_size(inv) <= before + (rc == 0));
	}
}

static void read_memory(const uint8_t *bytes, size_t len)
{
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};
	char *text = malloc(len + 1);

	assert(text != NULL);
	memcpy(text, bytes, len);
	text[len] = '\0';
	assert(nf_inventory_new(&inv, NULL, &fuzz_log, &err) == 0);
	add_entries(inv, text, text + len);
	check_inventory(inv);
	nf_inventory_free(inv);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len > 0 && bytes[0] == 0)
		read_memory(bytes + 1, len - 1);
	else
		read_file(bytes, len);
	return 0;
}
