/* Data of devices without the secrets in them. */
#include "inventory/disguise.h"

#include <string.h>

#include "unit/unit.h"

static void test_disguise_knows_names_of_secrets(void **state)
{
	static const char *const names[] = {
		"password",      "snmp_community", "SNMP-Community",  "apiKey",
		"api_key",       "wifi_psk",       "admin_pass",      "pw",
		"Enable Secret", "bgp_md5_key",    "netbox_token",    "passwd",
		"MyPasswordTwo", "private-keys",   "userpwd_password"};

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++) {
		if (!disguise_name(names[i], strlen(names[i])))
			fail_msg("'%s' is shown", names[i]);
	}
}

static void test_disguise_knows_names_of_other_data(void **state)
{
	static const char *const names[] = {
		"role",    "site",    "monkey",  "keyboard", "bypass",
		"passive", "serial",  "vendor",  "pinned",   "",
		"compass", "keynote", "location"};

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++) {
		if (disguise_name(names[i], strlen(names[i])))
			fail_msg("'%s' is hidden", names[i]);
	}
}

static void assert_disguised(const char *json, const char *want, int found)
{
	struct buf buf;

	buf_init(&buf, 2 * strlen(json) + 16);
	assert_int_equal(disguise_json(&buf, json), found);
	assert_int_equal(buf_append(&buf, "", 1), 0);
	assert_string_equal((const char *)buf.data, want);
	buf_release(&buf);
}

static void test_disguise_reaches_into_json(void **state)
{
	(void)state;
	assert_disguised("{\"a\": [1, {\"token\": \"t\"}], \"b\": 2}",
			 "{\"a\": [1, {\"token\": \"***\"}], \"b\": 2}", 1);
	assert_disguised("{\"keys\": [1, {\"x\": \"]\"}, 2], \"b\": true}",
			 "{\"keys\": \"***\", \"b\": true}", 1);
	assert_disguised("{\"pw\": 5}", "{\"pw\": \"***\"}", 1);
	assert_disguised("{\"pw\" : null , \"x\": 1}",
			 "{\"pw\" : \"***\" , \"x\": 1}", 1);
	assert_disguised("[\"-----BEGIN PRIVATE KEY-----\\nMII\", \"x\"]",
			 "[\"***\", \"x\"]", 1);
}

static void test_disguise_leaves_json_without_secrets(void **state)
{
	static const char *const texts[] = {
		"[]", "{}", "[\"password\", \"token\"]",
		"{\"a\": \"password\"}", "{\"x\": \"\\\\\"}"};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++)
		assert_disguised(texts[i], texts[i], 0);
}

/* What is no JSON is no reason to run away. */
static void test_disguise_ends_with_text_that_is_no_json(void **state)
{
	static const char *const texts[] = {"{\"pw\": ",    "{\"pw\": }",
					    "\"pw",         "{\"pw\": [}",
					    "{\"pw\": ]]]", "\"\\"};
	struct buf buf;

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		buf_init(&buf, 2 * strlen(texts[i]) + 16);
		assert_int_not_equal(disguise_json(&buf, texts[i]), -1);
		buf_release(&buf);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_disguise_knows_names_of_secrets),
	cmocka_unit_test(test_disguise_knows_names_of_other_data),
	cmocka_unit_test(test_disguise_reaches_into_json),
	cmocka_unit_test(test_disguise_leaves_json_without_secrets),
	cmocka_unit_test(test_disguise_ends_with_text_that_is_no_json),
};

UNIT_MAIN(tests)
