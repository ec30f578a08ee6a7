/* Texts of an inventory: taken, or refused in the words expected. */
#include "unit/invtext.h"

#include <stdlib.h>
#include <string.h>

#include "inventory/inventory.h"
#include "unit/unit.h"

struct nf_inventory *invtext_parse(const char *text)
{
	return invtext_parse_bytes(text, strlen(text));
}

static int read_as(struct nf_inventory **out, const char *text, size_t len,
		   const char *path, bool strict, const struct nf_log *log,
		   struct nf_error *err)
{
	struct nf_inventory *inv = NULL;

	if (nf_inventory_new(&inv, NULL, log, err) == -1)
		fail_msg("%s", err->message);
	if (nf_inventory_format(inv, "netfan", err) == -1)
		fail_msg("%s", err->message);
	if (strict)
		nf_inventory_strict(inv);
	if (inventory_add_bytes(inv, text, len, path, err) == -1) {
		nf_inventory_free(inv);
		return -1;
	}
	*out = inv;
	return 0;
}

int invtext_read(struct nf_inventory **inv, const char *text, size_t len,
		 const struct nf_log *log, struct nf_error *err)
{
	return read_as(inv, text, len, "f", true, log, err);
}

struct nf_inventory *invtext_parse_bytes(const char *text, size_t len)
{
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	if (read_as(&inv, text, len, "inv.yaml", false, NULL, &err) == -1)
		fail_msg("%s\nrefused: %s", text, err.message);
	return inv;
}

static void assert_refused(enum nf_code code, const char *text, size_t len,
			   const char *message)
{
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	if (read_as(&inv, text, len, "inv.yaml", true, NULL, &err) == 0)
		fail_msg("accepted: %s", text);
	assert_null(inv);
	assert_int_equal(err.code, code);
	assert_string_equal(err.message, message);
}

void assert_invtext_skipped(const struct refusal *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct nf_inventory *inv = invtext_parse(list[i].text);
		const struct device *dev =
			inventory_device(inv, nf_inventory_size(inv) - 1);

		if (dev->skip == NULL)
			fail_msg("asked: %s", list[i].text);
		assert_string_equal(dev->skip, list[i].message);
		nf_inventory_free(inv);
	}
}

void assert_invtext_refused_as(enum nf_code code, const struct refusal *list,
			       size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_refused(code, list[i].text, strlen(list[i].text),
			       list[i].message);
}

void assert_invtext_refused(const struct refusal *list, size_t n)
{
	assert_invtext_refused_as(NF_INVALID, list, n);
}

void assert_invtext_refused_bytes(const char *text, size_t len,
				  const char *message)
{
	assert_refused(NF_INVALID, text, len, message);
}

char *invtext_repeat(const char *unit, size_t n)
{
	size_t len = strlen(unit);
	char *text = malloc(n * len + 1);

	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		memcpy(text + i * len, unit, len);
	text[n * len] = '\0';
	return text;
}
