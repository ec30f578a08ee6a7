/* lib/transport/auth/auth.c */
#include "transport/auth/auth.h"

#include <stddef.h>
#include <string.h>

#include "transport/ssh/refusal.h"
#include "transport/ssh/ssh_parts.h"
#include "unit/unit.h"

static bool has_password(const struct ssh_login *login)
{
	return login->means->credentials->password != NULL;
}

static bool has_secret(const struct ssh_login *login)
{
	return login->means->credentials->secret != NULL;
}

static int is_not_attempted(struct ssh *ssh, struct nf_error *err)
{
	(void)ssh, (void)err;
	fail_msg("choosing a method tries none");
	return -1;
}

static const struct auth_method by_secret = {"secret", has_secret,
					     is_not_attempted};
static const struct auth_method by_password = {"password", has_password,
					       is_not_attempted};
static const struct auth_method by_either = {"either", has_password,
					     is_not_attempted};
/* Of one kind there is none. */
static const struct auth_method *const rows[AUTH_NKINDS] = {
	[AUTH_PUBLICKEY] = &by_secret,
	[AUTH_PASSWORD] = &by_password,
	[AUTH_KEYBOARD] = &by_either,
};

static const struct credentials nothing,
	all = {"admin", "hunter2", "s3same", 0},
	password = {"admin", "hunter2", NULL, 0};

static int choose(const char *order, const char *offered,
		  const struct credentials *credentials)
{
	struct auth_means means = {.credentials = credentials};
	const struct ssh_login login = {.means = &means, .offered = offered};
	struct nf_error err;

	if (order != NULL)
		assert_int_equal(auth_order_read(&means.order, order, &err), 0);
	return auth_choose(rows, &login);
}

static void test_auth_chooses_in_the_order_of_ssh(void **state)
{
	(void)state;
	assert_int_equal(choose(NULL, "secret,password,either", &all),
			 AUTH_PUBLICKEY);
	assert_int_equal(choose(NULL, "either,password,secret", &all),
			 AUTH_PUBLICKEY);
}

static void test_auth_chooses_in_the_order_that_is_asked_for(void **state)
{
	static const char offered[] = "secret,password,either";

	(void)state;
	assert_int_equal(
		choose("keyboard-interactive,publickey", offered, &all),
		AUTH_KEYBOARD);
	assert_int_equal(choose("password", offered, &all), AUTH_PASSWORD);
	assert_int_equal(choose("password", "secret,either", &all),
			 AUTH_NKINDS);
	assert_int_equal(choose("agent", offered, &all), AUTH_NKINDS);
	assert_int_equal(choose("agent, password", offered, &all),
			 AUTH_PASSWORD);
}

static void test_auth_order_refuses_what_is_no_method(void **state)
{
	static const struct {
		const char *list, *says;
	} examples[] = {
		{"keys",
		 "auth: 'keys' is no method: there are publickey, agent, "
		 "password and keyboard-interactive, with commas between"},
		{"", "auth: '' is no method: "},
		{"password,", "auth: '' is no method: "},
		{"password agent", "auth: 'password agent' is no method: "},
		{"Password", "auth: 'Password' is no method: "},
		{"pass", "auth: 'pass' is no method: "},
		{"a\033[m", "auth: 'a\\x1b[m' is no method: "},
		{"agent,password,agent", "auth: 'agent' is there twice"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(examples); i++) {
		struct auth_order order = {.n = 0};
		struct nf_error err = {.code = NF_OK};

		unit_where(examples[i].list);
		assert_int_equal(
			auth_order_read(&order, examples[i].list, &err), -1);
		assert_int_equal(err.code, NF_INVALID);
		assert_memory_equal(err.message, examples[i].says,
				    strlen(examples[i].says));
		assert_int_equal(order.n, 0);
	}
}

static void test_auth_passes_over_what_the_server_does_not_offer(void **state)
{
	static const char *const other[] = {
		"",          ",",     "publickey",       "secretive",
		"my-secret", "secre", "Secret,PASSWORD", "secret password"};

	(void)state;
	assert_int_equal(choose(NULL, "publickey,either,password", &all),
			 AUTH_PASSWORD);
	assert_int_equal(choose(NULL, "either", &all), AUTH_KEYBOARD);
	for (size_t i = 0; i < LENGTH(other); i++) {
		unit_where(other[i]);
		assert_int_equal(choose(NULL, other[i], &all), AUTH_NKINDS);
	}
}

static void test_auth_passes_over_what_credentials_lack(void **state)
{
	(void)state;
	assert_int_equal(choose(NULL, "secret,password,either", &password),
			 AUTH_PASSWORD);
	assert_int_equal(choose(NULL, "secret", &password), AUTH_NKINDS);
	assert_int_equal(choose(NULL, "secret,password,either", &nothing),
			 AUTH_NKINDS);
}

static const struct {
	const struct auth_method *row;
	enum auth_kind kind;
} of_password[] = {{&auth_password, AUTH_PASSWORD},
		   {&auth_keyboard, AUTH_KEYBOARD}};

static void test_auth_uses_an_empty_password_but_no_missing_one(void **state)
{
	static const struct credentials empty = {"admin", "", NULL, 0};

	(void)state;
	for (size_t i = 0; i < LENGTH(of_password); i++) {
		const struct auth_means some = {.credentials = &empty};
		const struct auth_means none = {.credentials = &nothing};
		struct ssh_login login = {.means = &some};

		unit_where(of_password[i].row->name);
		assert_true(of_password[i].row->usable(&login));
		login.means = &none;
		assert_false(of_password[i].row->usable(&login));
	}
}

static void test_auth_uses_a_password_once_by_each_method(void **state)
{
	const struct auth_means means = {.credentials = &all};

	(void)state;
	for (size_t i = 0; i < LENGTH(of_password); i++) {
		struct ssh_login login = {.means = &means};

		unit_where(of_password[i].row->name);
		login.tried[of_password[i].kind] = 1;
		assert_false(of_password[i].row->usable(&login));
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
	cmocka_unit_test(test_auth_chooses_in_the_order_of_ssh),
	cmocka_unit_test(test_auth_chooses_in_the_order_that_is_asked_for),
	cmocka_unit_test(test_auth_order_refuses_what_is_no_method),
	cmocka_unit_test(test_auth_passes_over_what_the_server_does_not_offer),
	cmocka_unit_test(test_auth_passes_over_what_credentials_lack),
	cmocka_unit_test(test_auth_uses_an_empty_password_but_no_missing_one),
	cmocka_unit_test(test_auth_uses_a_password_once_by_each_method),
	cmocka_unit_test(test_auth_failure_tells_what_a_partial_success_lacks),
	cmocka_unit_test(test_auth_failure_is_not_read_from_other_memory),
};

UNIT_MAIN(tests)
