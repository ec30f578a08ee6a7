/* Devices whose login cannot be meant: left out alone, and told why. */
#include "inventory/inventory.h"

#include <stdio.h>
#include <string.h>

#include "unit/invtext.h"
#include "unit/unit.h"

#define R2 "- {name: R2, device_type: cisco_ios, host: 10.0.0.2}\n"

#define ITSELF ": write the value itself, or literal: before one that looks so"
#define DECRYPTED ": write what ansible-vault decrypts it to"
#define ONE_LINE ": write it on one line, with none at its end"

static const struct refusal skipped[] = {
	{WITH("password: ${hunter2:-}"),
	 "password is a placeholder (${...})" ITSELF},
	{WITH("secret: '{{ hunter2 }}'"),
	 "secret is a placeholder ({{ ... }})" ITSELF},
	{WITH("username: <hunter2>"),
	 "username is a placeholder (<...>)" ITSELF},
	{WITH("password: __encrypt__hunter2"),
	 "password is encrypted (__encrypt__...)" ITSELF},
	{WITH("password: $ANSIBLE_VAULT;1.1;hunter2"),
	 "password is an Ansible vault value" DECRYPTED},
	{WITH("password: !vault |\n   $ANSIBLE_VAULT;1.1;A\n   "
	      "hunter2"),
	 "password is an Ansible vault value" DECRYPTED},
	{WITH("secret: !vault-encrypted 'literal:hunter2'"),
	 "secret is an Ansible vault value" DECRYPTED},
	{WITH("password: |\n   hunter2"),
	 "password has a line break in it" ONE_LINE},
	{WITH("secret: \"hunter2\\rreload\""),
	 "secret has a line break in it" ONE_LINE},
	{WITH("username: \"hunter2\\nx\""),
	 "username has a line break in it" ONE_LINE},
	{WITH("password: \"literal:hunter2\\n\""),
	 "password has a line break in it" ONE_LINE},
	{WITH("password: \"hunter2\\0x\""),
	 "password has a NUL in it: write it without"},
	{WITH("username: \"hunter2\\0\""),
	 "username has a NUL in it: write it without"},
};

static void test_inventory_skips_that_device_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(skipped); i++) {
		char text[512], wanted[256];
		struct nf_inventory *inv;
		const struct device *dev;

		unit_where(skipped[i].text);
		(void)snprintf(text, sizeof(text), "%s%s", skipped[i].text, R2);
		(void)snprintf(wanted, sizeof(wanted),
			       "inv.yaml:5: device 'R1': %s",
			       skipped[i].message);
		/* R2 stands in the skipped under "routers". */
		inv = invtext_parse(text);
		dev = inventory_device(inv, 0);
		assert_string_equal(dev->skip, wanted);
		assert_null(strstr(dev->skip, "hunter2"));
		assert_null(dev->credentials.password);
		assert_null(dev->credentials.secret);
		assert_null(strstr(dev->pub.username, "hunter2"));
		assert_null(inventory_device(inv, 1)->skip);
		nf_inventory_free(inv);
	}
}

static void test_inventory_is_refused_strictly_for_that(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(skipped); i++) {
		char wanted[256];
		const struct refusal refusal = {skipped[i].text, wanted};

		(void)snprintf(wanted, sizeof(wanted),
			       "inv.yaml:5: device 'R1': %s",
			       skipped[i].message);
		assert_invtext_refused(&refusal, 1);
	}
}

static void test_inventory_takes_what_is_said_to_be_literal(void **state)
{
	struct nf_inventory *inv =
		invtext_parse(WITH("password: 'literal:${x}'\n"
				   "  secret: 'literal:literal:<y>'\n"
				   "  username: 'literal:<z>'"));
	const struct device *dev = inventory_device(inv, 0);

	(void)state;
	assert_null(dev->skip);
	assert_string_equal(dev->credentials.password, "${x}");
	assert_string_equal(dev->credentials.secret, "literal:<y>");
	assert_string_equal(dev->pub.username, "<z>");
	nf_inventory_free(inv);
}

static void test_inventory_tells_the_first_reason_to_skip(void **state)
{
	struct nf_inventory *inv =
		invtext_parse(WITH("secret: <s>\n  password: <p>"));

	(void)state;
	assert_string_equal(
		inventory_device(inv, 0)->skip,
		"inv.yaml:6: device 'R1': password is a placeholder "
		"(<...>)" ITSELF);
	nf_inventory_free(inv);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_inventory_skips_that_device_alone),
	cmocka_unit_test(test_inventory_is_refused_strictly_for_that),
	cmocka_unit_test(test_inventory_takes_what_is_said_to_be_literal),
	cmocka_unit_test(test_inventory_tells_the_first_reason_to_skip),
};

UNIT_MAIN(tests)
