/* Texts of an inventory: taken, or refused in the words expected. */
#include "unit/invtext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draft/draft.h"
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

static void dump_data(FILE *out, const struct draft *draft,
		      const struct draft_device *device)
{
	for (uint32_t i = 0; i < draft->ndata_names; i++) {
		const struct said *said = draft_data(device, i, NULL);

		if (said != NULL)
			(void)fprintf(out, " %s=%s", draft_data_name(draft, i),
				      said->text);
	}
}

static void dump_device(FILE *out, const struct draft *draft,
			const struct device *dev)
{
	const struct draft_device *device = &draft->devices[dev->draft];

	(void)fprintf(out, "%s %s:%u %s%s %s", dev->pub.name, dev->pub.host,
		      (unsigned)dev->pub.port, dev->pub.platform,
		      dev->telnet ? "/telnet" : "",
		      dev->own_user || dev->unfit_user ? "-"
						       : dev->pub.username);
	if (dev->credentials.password != NULL)
		(void)fprintf(out, " password=%s", dev->credentials.password);
	if (dev->credentials.secret != NULL)
		(void)fprintf(out, " secret=%s", dev->credentials.secret);
	for (size_t i = 0; i < device->groups->n; i++)
		(void)fprintf(out, "%s%s", i == 0 ? " groups=" : ",",
			      (const char *)device->groups->at[i]);
	dump_data(out, draft, device);
	if (dev->skip != NULL)
		(void)fprintf(out, " ! %s", dev->skip);
	(void)fputc('\n', out);
}

char *invtext_dump(const struct nf_inventory *inv)
{
	size_t len;
	char *text;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	for (size_t i = 0; i < nf_inventory_size(inv); i++)
		dump_device(out, inventory_draft(inv),
			    inventory_device(inv, i));
	assert_int_equal(fclose(out), 0);
	return text;
}

void assert_invtext_is(const char *text, const char *dump)
{
	struct nf_inventory *inv = invtext_parse(text);
	char *got = invtext_dump(inv);

	assert_string_equal(got, dump);
	free(got);
	nf_inventory_free(inv);
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
