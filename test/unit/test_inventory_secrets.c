/* Devices whose texts stand for a secret: lib/inventory/secret_parser.c */
#include "inventory/inventory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/invtext.h"
#include "unit/place.h"
#include "unit/unit.h"

/* Read the secrets of the first device, which there is. */
static const struct device *read_first(struct nf_inventory *inv)
{
	const struct device *dev = inventory_device(inv, 0);
	struct nf_error err;

	if (inventory_read_secrets(inv, dev, &err) == -1)
		fail_msg("%s", err.message);
	return dev;
}

static void test_a_reference_is_read_when_it_is_wanted(void **state)
{
	struct nf_inventory *inv = invtext_parse(
		WITH("password: env:DV_PW\n  secret: ${DV_PW2}\n  passphrase: "
		     "command:echo dv-3"));
	const struct device *dev = inventory_device(inv, 0);

	(void)state;
	assert_int_equal(dev->unread,
			 UNREAD_PASSWORD | UNREAD_SECRET | UNREAD_PASSPHRASE);
	assert_int_equal(setenv("DV_PW", "dv-1", 1), 0);
	assert_int_equal(setenv("DV_PW2", "dv-2", 1), 0);
	nf_inventory_free(inv);
	inv = invtext_parse(
		WITH("password: env:DV_PW\n  secret: ${DV_PW2}\n  passphrase: "
		     "command:echo dv-3"));
	dev = read_first(inv);
	assert_int_equal(dev->unread, 0);
	assert_null(dev->skip);
	assert_string_equal(dev->credentials.password, "dv-1");
	assert_string_equal(dev->credentials.secret, "dv-2");
	assert_string_equal(dev->access->passphrase, "dv-3");
	assert_ptr_equal(read_first(inv), dev);
	nf_inventory_free(inv);
}

static void test_what_cannot_be_had_is_told_where_it_stands(void **state)
{
	static const struct refusal cases[] = {
		{WITH("password: env:DV_NONE"),
		 "inv.yaml:5: device 'R1': password: environment variable "
		 "DV_NONE is not set: set it, or write literal: before a "
		 "password that looks so"},
		{WITH("secret: command:exit 7"),
		 "inv.yaml:5: device 'R1': secret: the command ends with "
		 "status 7: try it in a shell"},
		{WITH("passphrase: 'ask:'"),
		 "inv.yaml:5: device 'R1': passphrase: there is no terminal to "
		 "ask for it at: give it by env:, file: or command:"},
		{"defaults:\n  device_type: cisco_ios\n"
		 "  password: file:/nonexistent/pw\n"
		 "devices: {R1: {host: 10.0.0.1}}\n",
		 "inv.yaml:3: device 'R1': password: /nonexistent/pw cannot be "
		 "read: No such file or directory: check the path and its "
		 "permissions"},
	};

	(void)state;
	(void)unsetenv("DV_NONE");
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct nf_inventory *inv = invtext_parse(cases[i].text);
		const struct device *dev;

		unit_where(cases[i].text);
		assert_null(inventory_device(inv, 0)->skip);
		dev = read_first(inv);
		assert_string_equal(dev->skip, cases[i].message);
		assert_null(dev->credentials.password);
		assert_null(dev->credentials.secret);
		assert_null(dev->access->passphrase);
		assert_int_equal(dev->unread, 0);
		nf_inventory_free(inv);
	}
}

static void test_a_strict_inventory_refuses_what_cannot_be_had(void **state)
{
	static const char text[] = WITH("password: env:DV_NONE");
	struct nf_inventory *inv = NULL;
	struct nf_error err;

	(void)state;
	(void)unsetenv("DV_NONE");
	assert_int_equal(invtext_read(&inv, text, strlen(text), NULL, &err), 0);
	assert_int_equal(nf_inventory_read_secrets(inv, false, &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_non_null(strstr(err.message, "f:5: device 'R1': password: "));
	nf_inventory_free(inv);
}

static void test_a_device_that_is_not_asked_has_no_secrets_read(void **state)
{
	struct place place = place_make();
	char text[512];
	struct nf_inventory *inv;

	(void)state;
	(void)snprintf(text, sizeof(text),
		       WITH("username: <user>\n  password: command:echo "
			    ">%s"),
		       place.file);
	inv = invtext_parse(text);
	assert_non_null(strstr(read_first(inv)->skip, "username is a "));
	assert_int_equal(access(place.file, F_OK), -1);
	nf_inventory_free(inv);
	place_remove(&place);
}

static void test_a_trial_changes_nothing_but_what_is_skipped(void **state)
{
	struct nf_inventory *inv = invtext_parse(
		"- {name: R1, device_type: cisco_ios, host: 10.0.0.1,\n"
		"   password: \"command:echo dv-1\", secret: \"ask:\"}\n"
		"- {name: R2, device_type: cisco_ios, host: 10.0.0.2,\n"
		"   password: \"env:DV_NONE\"}\n");
	struct nf_error err;

	(void)state;
	(void)unsetenv("DV_NONE");
	assert_int_equal(nf_inventory_read_secrets(inv, true, &err), 0);
	assert_null(inventory_device(inv, 0)->skip);
	assert_int_equal(inventory_device(inv, 0)->unread,
			 UNREAD_PASSWORD | UNREAD_SECRET);
	assert_non_null(strstr(inventory_device(inv, 1)->skip,
			       "inv.yaml:4: device 'R2': password: "));
	nf_inventory_free(inv);
}

static void test_texts_from_memory_stand_for_nothing(void **state)
{
	const struct nf_entry entry = {.name = "R1",
				       .device_type = "cisco_ios",
				       .host = "10.0.0.1",
				       .password = "command:echo no",
				       .secret = "file:/etc/passwd"};
	struct nf_inventory *inv = NULL;
	const struct device *dev;
	struct nf_error err;

	(void)state;
	assert_int_equal(nf_inventory_new(&inv, NULL, NULL, &err), 0);
	assert_int_equal(nf_inventory_add(inv, &entry, &err), 0);
	dev = read_first(inv);
	assert_string_equal(dev->credentials.password, "command:echo no");
	assert_string_equal(dev->credentials.secret, "file:/etc/passwd");
	nf_inventory_free(inv);
}

static void test_odd_texts_stand_for_nothing(void **state)
{
	struct nf_inventory *inv =
		invtext_parse(WITH("password: 'literal:env:DV_PW'\n"
				   "  secret: !vault 'env:DV_PW'\n"));
	const struct device *dev = inventory_device(inv, 0);

	(void)state;
	assert_int_equal(dev->unread, 0);
	assert_string_equal(dev->credentials.password, "env:DV_PW");
	assert_non_null(strstr(dev->skip, "an Ansible vault value"));
	nf_inventory_free(inv);
}

/* An inventory in a file, with the passwords of another beside it. */
static struct nf_inventory *read_file(const struct place *place,
				      const char *text, mode_t mode,
				      const struct nf_log *log)
{
	struct nf_inventory *inv = NULL;
	struct nf_error err;

	place_put(place->file, text);
	assert_int_equal(chmod(place->file, mode), 0);
	assert_int_equal(nf_inventory_new(&inv, NULL, log, &err), 0);
	if (nf_inventory_add_file(inv, place->file, &err) == -1)
		fail_msg("%s", err.message);
	return inv;
}

static void count_note(void *arg, const char *text)
{
	(void)text;
	++*(unsigned *)arg;
}

static void test_a_file_with_references_alone_may_be_read_by_all(void **state)
{
	unsigned notes = 0;
	const struct nf_log log = {.line = count_note, .arg = &notes};
	struct place place = place_make();
	struct nf_inventory *inv =
		read_file(&place, WITH("password: env:DV_PW\n  secret: 'ask:'"),
			  0644, &log);

	(void)state;
	assert_int_equal(notes, 0);
	nf_inventory_free(inv);
	inv = read_file(&place, WITH("password: env:DV_PW\n  secret: dv-1"),
			0644, &log);
	assert_int_equal(notes, 1);
	nf_inventory_free(inv);
	(void)unlink(place.file);
	place_remove(&place);
}

static void test_a_file_that_others_may_write_names_no_command(void **state)
{
	struct place place = place_make();
	struct nf_inventory *inv = read_file(
		&place, WITH("password: command:echo dv-1"), 0660, NULL);
	char wanted[256];

	(void)state;
	(void)snprintf(wanted, sizeof(wanted),
		       "password: command: stands in a file that others may "
		       "write: chmod go-w %s, or have its owner be you",
		       place.file);
	assert_non_null(strstr(read_first(inv)->skip, wanted));
	nf_inventory_free(inv);
	inv = read_file(&place, WITH("password: command:echo dv-1"), 0644,
			NULL);
	assert_string_equal(read_first(inv)->credentials.password, "dv-1");
	nf_inventory_free(inv);
	(void)unlink(place.file);
	place_remove(&place);
}

static void test_a_path_is_beside_the_file_that_names_it(void **state)
{
	struct place place = place_make();
	struct nf_inventory *inv;
	char path[128];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/pw", place.dir);
	place_put(path, "dv-1\n");
	inv = read_file(&place, WITH("password: file:pw"), 0600, NULL);
	assert_string_equal(read_first(inv)->credentials.password, "dv-1");
	nf_inventory_free(inv);
	(void)unlink(path);
	(void)unlink(place.file);
	place_remove(&place);
}

static void test_netrc_says_whose_password_it_is(void **state)
{
	static const char *const texts[] = {
		WITH("password: 'netrc:netrc'"),
		WITH("password: 'netrc:netrc'\n  username: other")};
	static const char *const users[] = {"dvuser", "other"};
	struct place place = place_make();
	char path[128];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/netrc", place.dir);
	place_put(path, "machine 10.0.0.1 login dvuser password dv-1\n"
			"machine R1 login other password dv-2\n");
	assert_int_equal(chmod(path, 0600), 0);
	for (size_t i = 0; i < LENGTH(texts); i++) {
		struct nf_inventory *inv =
			read_file(&place, texts[i], 0600, NULL);
		const struct device *dev = read_first(inv);

		assert_null(dev->skip);
		assert_string_equal(dev->credentials.username, users[i]);
		assert_string_equal(dev->pub.username, users[i]);
		assert_string_equal(dev->credentials.password,
				    i == 0 ? "dv-1" : "dv-2");
		nf_inventory_free(inv);
	}
	(void)unlink(path);
	(void)unlink(place.file);
	place_remove(&place);
}

static int ask(void *arg, const char *label, char line[NF_SECRET_MAX])
{
	(void)snprintf(line, NF_SECRET_MAX, "typed %s", label);
	++*(unsigned *)arg;
	return 1;
}

static void test_a_person_is_asked_once_for_all_devices(void **state)
{
	unsigned asked = 0;
	const struct nf_secret_ways ways = {.ask = ask, .arg = &asked};
	struct nf_inventory *inv = invtext_parse(
		"defaults: {device_type: cisco_ios, password: 'ask:core'}\n"
		"devices: {'R[1-50]': {host: '10.0.0.[1-50]'}}\n");
	struct nf_error err;

	(void)state;
	nf_inventory_secret_ways(inv, &ways);
	assert_int_equal(nf_inventory_read_secrets(inv, true, &err), 0);
	assert_int_equal(asked, 0);
	assert_int_not_equal(inventory_device(inv, 0)->unread, 0);
	assert_int_equal(nf_inventory_read_secrets(inv, false, &err), 0);
	assert_int_equal(asked, 1);
	for (size_t i = 0; i < 50; i++) {
		const struct device *dev = inventory_device(inv, i);

		assert_string_equal(dev->credentials.password, "typed core");
	}
	nf_inventory_free(inv);
}

static void test_variables_leave_an_own_environment_with_the_file(void **state)
{
	static const char text[] = WITH("password: env:DV_PW\n  secret: "
					"command:echo \"<$DV_PW>\"");
	const struct nf_secret_ways ways = {.own_environment = true};
	struct nf_inventory *inv = NULL;
	const struct device *dev;
	struct nf_error err;

	(void)state;
	assert_int_equal(setenv("DV_PW", "dv-1", 1), 0);
	assert_int_equal(nf_inventory_new(&inv, NULL, NULL, &err), 0);
	nf_inventory_secret_ways(inv, &ways);
	assert_int_equal(
		inventory_add_bytes(inv, text, strlen(text), "f", &err), 0);
	assert_null(getenv("DV_PW"));
	dev = read_first(inv);
	assert_string_equal(dev->credentials.password, "dv-1");
	assert_string_equal(dev->credentials.secret, "<>");
	nf_inventory_free(inv);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_reference_is_read_when_it_is_wanted),
	cmocka_unit_test(test_what_cannot_be_had_is_told_where_it_stands),
	cmocka_unit_test(test_a_strict_inventory_refuses_what_cannot_be_had),
	cmocka_unit_test(test_a_device_that_is_not_asked_has_no_secrets_read),
	cmocka_unit_test(test_a_trial_changes_nothing_but_what_is_skipped),
	cmocka_unit_test(test_texts_from_memory_stand_for_nothing),
	cmocka_unit_test(test_odd_texts_stand_for_nothing),
	cmocka_unit_test(test_a_file_with_references_alone_may_be_read_by_all),
	cmocka_unit_test(test_a_file_that_others_may_write_names_no_command),
	cmocka_unit_test(test_a_path_is_beside_the_file_that_names_it),
	cmocka_unit_test(test_netrc_says_whose_password_it_is),
	cmocka_unit_test(test_a_person_is_asked_once_for_all_devices),
	cmocka_unit_test(test_variables_leave_an_own_environment_with_the_file),
};

UNIT_MAIN(tests)
