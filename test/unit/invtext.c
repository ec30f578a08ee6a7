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

struct nf_inventory *invtext_parse_bytes(const char *text, size_t len)
{
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	if (inventory_parse(&inv, text, len, "inv.yaml", NULL, NULL, &err) ==
	    -1)
		fail_msg("%s\nrefused: %s", text, err.message);
	return inv;
}

static void assert_refused(enum nf_code code, const char *text, size_t len,
			   const char *message)
{
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	if (inventory_parse(&inv, text, len, "inv.yaml", NULL, NULL, &err) == 0)
		fail_msg("accepted: %s", text);
	assert_null(inv);
	assert_int_equal(err.code, code);
	assert_string_equal(err.message, message);
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
