/*
 * libFuzzer target: any bytes are a table, a list of hosts, /etc/hosts, or one
 * line of error. The first byte says which of them; of other values, the
 * form is looked for by its marks.
 */
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "forms/form.h"
#include "inventory/inventory.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void read_line(void *arg, const char *text)
{
	(void)arg;
	assert(strchr(text, '\n') == NULL);
}

static const struct nf_log fuzz_log = {.line = read_line};

/* Platforms are read once: they are no part of what is tried. */
static struct nf_platforms *platforms(void)
{
	static struct nf_platforms *all;
	struct nf_error err;

	if (all == NULL)
		assert(nf_platforms_load(&all, NULL, 0, NULL, &err) == 0);
	return all;
}

static void check_error(const struct nf_error *err)
{
	assert(err->code == NF_INVALID);
	assert(strncmp(err->message, "f:", 2) == 0);
	assert(strchr(err->message, '\n') == NULL);
}

static void check_devices(const struct nf_inventory *inv)
{
	for (size_t i = 0; i < nf_inventory_size(inv); i++) {
		const struct device *dev = inventory_device(inv, i);

		assert(*dev->pub.name != '\0' && dev->path != NULL);
		assert(dev->skip != NULL || *dev->pub.host != '\0');
		assert(dev->skip == NULL || strchr(dev->skip, '\n') == NULL);
	}
}

static void read_file(const char *form, const char *bytes, size_t len)
{
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	assert(nf_inventory_new(&inv, platforms(), &fuzz_log, &err) == 0);
	assert(nf_inventory_format(inv, form, &err) == 0);
	if (inventory_add_bytes(inv, bytes, len, "f", &err) == -1)
		check_error(&err);
	check_devices(inv);
	nf_inventory_free(inv);
}

/* Is there a number that may make a range large? That only takes time. */
static bool may_be_large(const char *bytes, size_t len)
{
	size_t digits = 0;

	for (size_t i = 0; i < len; i++) {
		digits = bytes[i] >= '0' && bytes[i] <= '9' ? digits + 1 : 0;
		if (digits == 4)
			return memchr(bytes, '[', len) != NULL;
	}
	return false;
}

static void recognise(const char *bytes, size_t len)
{
	struct secrets secrets = {0};
	struct draft draft = {.secrets = &secrets};
	struct nf_error err = {0};
	const struct reading reading = {.draft = &draft,
					.path = "f",
					.name = "f",
					.bytes = bytes,
					.len = len,
					.err = &err};
	const struct form *form;

	if (form_recognise(&form, &reading) == -1)
		check_error(&err);
	draft_release(&draft);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char *const names[] = {"csv", "list", "etc-hosts"};
	size_t which;

	if (len == 0)
		return 0;
	which = bytes[0] >= '0' ? bytes[0] - (size_t)'0' : bytes[0];
	if (which == 1 && may_be_large((const char *)bytes, len))
		return 0;
	if (which < sizeof(names) / sizeof(names[0]))
		read_file(names[which], (const char *)bytes + 1, len - 1);
	else
		recognise((const char *)bytes + 1, len - 1);
	return 0;
}
