/* lib/transport/ssh/auth.c */
#include "transport/ssh/auth.h"

#include <stddef.h>
#include <string.h>

#include "transport/ssh/refusal.h"
#include "unit/unit.h"

static bool has_password(const struct credentials *credentials)
{
	return credentials->password != NULL;
}

static bool has_secret(const struct credentials *credentials)
{
	return credentials->secret != NULL;
}

static int is_not_attempted(struct ssh *ssh,
			    const struct credentials *credentials,
			    int64_t deadline_ms, struct nf_error *err)
{
	(void)ssh, (void)credentials, (void)deadline_ms, (void)err;
	fail_msg("choosing a method tries none");
	return -1;
}

static const struct auth_method by_secret = {"secret", has_secret,
					     is_not_attempted};
static const struct auth_method by_password = {"password", has_password,
					       is_not_attempted};
static const struct auth_method by_either = {"either", has_password,
					     is_not_attempted};
static const struct auth_method *const methods[] = {&by_secret, &by_password,
						    &by_either, NULL};

static const struct credentials nothing,
	all = {"admin", "hunter2", "s3same", 0},
	password = {"admin", "hunter2", NULL, 0};

static void test_auth_chooses_in_the_order_of_the_table(void **state)
{
	(void)state;
	assert_ptr_equal(auth_choose(methods, "secret,password,either", &all),
			 &by_secret);
	assert_ptr_equal(auth_choose(methods, "either,password,secret", &all),
			 &by_secret);
}

static void test_auth_passes_over_what_the_server_does_not_offer(void **state)
{
	static const char *const other[] = {
		"",          ",",     "publickey",       "secretive",
		"my-secret", "secre", "Secret,PASSWORD", "secret password"};

	(void)state;
	assert_ptr_equal(
		auth_choose(methods, "publickey,either,password", &all),
		&by_password);
	assert_ptr_equal(auth_choose(methods, "either", &all), &by_either);
	for (size_t i = 0; i < LENGTH(other); i++) {
		unit_where(other[i]);
		assert_null(auth_choose(methods, other[i], &all));
	}
}

static void test_auth_passes_over_what_credentials_lack(void **state)
{
	(void)state;
	assert_ptr_equal(
		auth_choose(methods, "secret,password,either", &password),
		&by_password);
	assert_null(auth_choose(methods, "secret", &password));
	assert_null(auth_choose(methods, "secret,password,either", &nothing));
}

static void test_auth_uses_an_empty_password_but_no_missing_one(void **state)
{
	static const struct credentials empty = {"admin", "", NULL, 0};
	static const struct auth_method *const own[] = {&auth_password,
							&auth_keyboard};

	(void)state;
	for (size_t i = 0; i < LENGTH(own); i++) {
		unit_where(own[i]->name);
		assert_true(own[i]->usable(&empty));
		assert_false(own[i]->usable(&nothing));
	}
}

#define FAILURE(names, partial) "\63\0\0\0" names partial

static void test_auth_failure_tells_what_a_partial_success_lacks(void **state)
{
	static const char partial[] = FAILURE("\11publickey", "\1");
	static const char plain[] = FAILURE("\22publickey,password", "\0") "..";
	static const char hostile[] = FAILURE("\4a\033[m", "\1");
	struct auth_failure failure = {0};

	(void)state;
	assert_true(auth_failure_decode(&failure, (const uint8_t *)partial,
					sizeof(partial) - 1));
	assert_true(failure.partial);
	assert_string_equal(failure.wanted, "publickey");
	assert_true(auth_failure_decode(&failure, (const uint8_t *)hostile,
					sizeof(hostile) - 1));
	assert_string_equal(failure.wanted, "a\\x1b[m");
	assert_true(auth_failure_decode(&failure, (const uint8_t *)plain,
					sizeof(plain) - 1));
	assert_false(failure.partial);
}

/* libssh2 frees much more than failures: none of it is one. */
static void test_auth_failure_is_not_read_from_other_memory(void **state)
{
	static const char *const other[] = {"", "3", "3com-password",
					    "\62\0\0\0\1a\1"};
	static const char whole[] = FAILURE("\11publickey", "\1");
	static const char lies[] = "\63\377\377\377\377publickey\1";
	static const char neither[] = FAILURE("\11publickey", "\2");
	struct auth_failure failure = {0};

	(void)state;
	for (size_t i = 0; i < LENGTH(other); i++)
		assert_false(auth_failure_decode(
			&failure, (const uint8_t *)other[i], strlen(other[i])));
	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		uint8_t *bytes = test_malloc(len > 0 ? len : 1);

		memcpy(bytes, whole, len);
		assert_false(auth_failure_decode(&failure, bytes, len));
		test_free(bytes);
	}
	assert_false(auth_failure_decode(&failure, (const uint8_t *)lies,
					 sizeof(lies) - 1));
	assert_false(auth_failure_decode(&failure, (const uint8_t *)neither,
					 sizeof(neither) - 1));
	assert_false(failure.partial);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_auth_chooses_in_the_order_of_the_table),
	cmocka_unit_test(test_auth_passes_over_what_the_server_does_not_offer),
	cmocka_unit_test(test_auth_passes_over_what_credentials_lack),
	cmocka_unit_test(test_auth_uses_an_empty_password_but_no_missing_one),
	cmocka_unit_test(test_auth_failure_tells_what_a_partial_success_lacks),
	cmocka_unit_test(test_auth_failure_is_not_read_from_other_memory),
};

UNIT_MAIN(tests)
