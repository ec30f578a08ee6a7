/* lib/hostkeys/hostkeys.c, with hosthash.c: many hashed names, found once. */
#include "hostkeys/hostkeys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "hostkeys/hosthash.h"
#include "unit/testkey.h"
#include "unit/unit.h"

#define HOSTS 60

/* A file of hashed names. */
struct file {
	char text[HOSTS * 8 * 256];
	size_t len;
	unsigned salt;
};

/* HMAC as libcrypto makes it: the code under test makes it by hand. */
static void file_add(struct file *file, const char *marker, const char *name,
		     const char *key)
{
	uint8_t salt[HOSTHASH_SIZE] = {0};
	uint8_t hash[HOSTHASH_SIZE];
	char texts[2][HOSTHASH_SIZE * 2];
	size_t len;

	memcpy(salt, &file->salt, sizeof(file->salt));
	file->salt += 0x9e3779b9;
	assert_non_null(EVP_Q_mac(NULL, "HMAC", NULL, "SHA1", NULL, salt,
				  sizeof(salt), (const uint8_t *)name,
				  strlen(name), hash, sizeof(hash), &len));
	(void)EVP_EncodeBlock((uint8_t *)texts[0], salt, sizeof(salt));
	(void)EVP_EncodeBlock((uint8_t *)texts[1], hash, sizeof(hash));
	file->len += (size_t)snprintf(
		file->text + file->len, sizeof(file->text) - file->len,
		"%s|1|%s|%s %s\n", marker, texts[0], texts[1], key);
	assert_in_range(file->len, 1, sizeof(file->text) - 1);
}

/* Hosts "sw0", "sw1", ... of which each third has a port of its own. */
struct farm {
	struct host hosts[HOSTS];
	char names[HOSTS][16];
};

static uint16_t port_of(size_t i)
{
	return i % 3 == 0 ? 2222 : 22;
}

static void farm_init(struct farm *farm)
{
	for (size_t i = 0; i < HOSTS; i++) {
		(void)snprintf(farm->names[i], sizeof(farm->names[i]), "sw%zu",
			       i);
		farm->hosts[i] = (struct host){farm->names[i], port_of(i)};
	}
}

static struct hostkeys *farm_known(const struct farm *farm,
				   const struct file *file)
{
	return testkey_known(file->text, file->len, farm->hosts, HOSTS);
}

static enum hostkeys_verdict farm_check(const struct hostkeys *known, size_t i,
					const struct testkey *key)
{
	char name[16];

	(void)snprintf(name, sizeof(name), "SW%zu", i);
	return testkey_check(known, name, port_of(i), key);
}

static void add_host(struct file *file, size_t i, const char *key)
{
	char name[32];

	if (port_of(i) == 22)
		(void)snprintf(name, sizeof(name), "sw%zu", i);
	else
		(void)snprintf(name, sizeof(name), "[sw%zu]:%u", i,
			       (unsigned)port_of(i));
	file_add(file, "", name, key);
}

/* Step by step through the hosts, and round: in order, back, and mixed. */
static void test_hashed_names_are_found_in_any_order(void **state)
{
	static const size_t steps[] = {1, HOSTS - 1, 7, 43};
	struct farm farm;

	(void)state;
	farm_init(&farm);
	for (size_t s = 0; s < LENGTH(steps); s++) {
		struct file file = {.salt = 1};
		struct hostkeys *known;

		for (size_t i = 0; i < HOSTS; i++) {
			size_t host = i * steps[s] % HOSTS;

			add_host(&file, host, host % 2 == 0 ? ED_A : ED_B);
			add_host(&file, host, EC_A);
			file_add(&file, "", "of.another", ED_A);
		}
		known = farm_known(&farm, &file);
		for (size_t i = 0; i < HOSTS; i++) {
			assert_int_equal(farm_check(known, i, &testkey_ed_a),
					 i % 2 == 0 ? HOSTKEYS_MATCH
						    : HOSTKEYS_CHANGED);
			assert_int_equal(farm_check(known, i, &testkey_ec_a),
					 HOSTKEYS_MATCH);
		}
		hostkeys_free(known);
	}
}

static void test_hashed_names_of_hosts_alone_count_on_other_ports(void **state)
{
	struct file file = {.salt = 1};
	struct hostkeys *known;
	struct farm farm;

	(void)state;
	farm_init(&farm);
	file_add(&file, "", "sw0", ED_A);
	file_add(&file, "", "sw3", ED_B);
	file_add(&file, "", "sw6", ED_A);
	file_add(&file, "", "[sw6]:2222", ED_B);
	file_add(&file, "@revoked ", "sw9", ED_A);
	file_add(&file, "@cert-authority ", "sw12", ED_A);
	known = farm_known(&farm, &file);
	assert_int_equal(farm_check(known, 0, &testkey_ed_a), HOSTKEYS_MATCH);
	assert_int_equal(farm_check(known, 3, &testkey_ed_a), HOSTKEYS_UNKNOWN);
	assert_int_equal(farm_check(known, 6, &testkey_ed_a), HOSTKEYS_CHANGED);
	assert_int_equal(farm_check(known, 9, &testkey_ed_a), HOSTKEYS_REVOKED);
	assert_int_equal(farm_check(known, 12, &testkey_ed_a),
			 HOSTKEYS_UNKNOWN);
	hostkeys_free(known);
}

/* A line that was one host's own is another's host alone. */
static void test_hashed_name_serves_two_ports_of_a_host(void **state)
{
	static const struct host hosts[] = {
		{"sw1", 2222}, {"sw1", 22}, {"sw1", 2223}, {"SW1", 2222}};
	struct file file = {.salt = 1};
	struct hostkeys *known;

	(void)state;
	file_add(&file, "", "sw1", ED_A);
	known = testkey_known(file.text, file.len, hosts, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(testkey_check(known, hosts[i].name,
					       hosts[i].port, &testkey_ed_a),
				 HOSTKEYS_MATCH);
	hostkeys_free(known);
}

static void test_hashed_names_come_before_patterns(void **state)
{
	struct file file = {.salt = 1};
	struct hostkeys *known;
	const char *types[2];
	struct farm farm;

	(void)state;
	farm_init(&farm);
	file.len =
		(size_t)snprintf(file.text, sizeof(file.text), "* %s\n", RSA_A);
	add_host(&file, 1, ED_A);
	known = farm_known(&farm, &file);
	assert_int_equal(hostkeys_types(known, "sw1", 22, types, 2), 2);
	assert_string_equal(types[0], SSH_ED25519);
	assert_string_equal(types[1], SSH_RSA);
	hostkeys_free(known);
}

/* ---- a reading that takes long */

struct watch {
	int told;
	char text[256];
	int asked;
};

static void on_line(void *arg, const char *text)
{
	struct watch *watch = arg;

	watch->told++;
	(void)snprintf(watch->text, sizeof(watch->text), "%s", text);
}

static bool on_stopped(void *arg)
{
	struct watch *watch = arg;

	watch->asked++;
	return true;
}

static int read_watched(struct watch *watch, int64_t note_after_us,
			bool (*stopped)(void *), struct nf_error *err)
{
	const struct nf_log log = {.line = on_line, .arg = watch};
	const struct hostkeys_progress progress = {
		.path = "/home/me/known_hosts",
		.log = &log,
		.note_after_us = note_after_us,
		.stopped = stopped,
		.arg = watch,
	};
	struct file file = {.salt = 1};
	struct hostkeys *known;
	struct farm farm;
	int rc;

	farm_init(&farm);
	for (size_t i = 0; i < HOSTS; i++)
		add_host(&file, i, ED_A);
	assert_int_equal(hostkeys_new(&known, farm.hosts, HOSTS, err), 0);
	rc = hostkeys_read(known, file.text, file.len, &progress, err);
	hostkeys_free(known);
	return rc;
}

static void test_hashed_names_that_take_long_are_told_once(void **state)
{
	struct watch watch = {0};
	struct nf_error err;

	(void)state;
	assert_int_equal(read_watched(&watch, 0, NULL, &err), 0);
	assert_int_equal(watch.told, 1);
	assert_non_null(strstr(watch.text, "/home/me/known_hosts: matching 60 "
					   "hosts with 60 hashed names"));
}

static void test_hashed_names_that_take_no_time_are_not_told(void **state)
{
	struct watch watch = {0};
	struct nf_error err;

	(void)state;
	assert_int_equal(read_watched(&watch, INT64_MAX, NULL, &err), 0);
	assert_int_equal(watch.told, 0);
}

static void test_hashed_names_are_no_longer_matched_when_stopped(void **state)
{
	struct watch watch = {0};
	struct nf_error err;

	(void)state;
	assert_int_equal(read_watched(&watch, INT64_MAX, on_stopped, &err), -1);
	assert_int_equal(err.code, NF_CANCELLED);
	assert_non_null(strstr(err.message, "/home/me/known_hosts"));
	assert_int_equal(watch.asked, 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_hashed_names_are_found_in_any_order),
	cmocka_unit_test(test_hashed_names_of_hosts_alone_count_on_other_ports),
	cmocka_unit_test(test_hashed_name_serves_two_ports_of_a_host),
	cmocka_unit_test(test_hashed_names_come_before_patterns),
	cmocka_unit_test(test_hashed_names_that_take_long_are_told_once),
	cmocka_unit_test(test_hashed_names_that_take_no_time_are_not_told),
	cmocka_unit_test(test_hashed_names_are_no_longer_matched_when_stopped),
};

UNIT_MAIN(tests)
