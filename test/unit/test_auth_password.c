/* lib/transport/auth/auth_password.c, with libssh2's part played here */
#include "transport/auth/auth.h"

#include <string.h>

#include "base/error.h"
#include "transport/ssh/ssh_parts.h"
#include "unit/unit.h"

/* What the server answers. */
static enum { LETS_IN, REFUSES, DEMANDS_ANOTHER, NO_PERMIT } answer;

/* As libssh2 1.10 does it: the demand is a refusal to who has no callback. */
int libssh2_userauth_password_ex(
	LIBSSH2_SESSION *session, const char *username, unsigned username_len,
	const char *password, unsigned password_len,
	LIBSSH2_PASSWD_CHANGEREQ_FUNC((*passwd_change_cb)))
{
	char *other = NULL;
	void *abstract = NULL;
	int other_len = -1;

	(void)session;
	assert_int_not_equal(answer, NO_PERMIT);
	assert_memory_equal(username, "admin", username_len);
	assert_memory_equal(password, "hunter2", password_len);
	if (answer == LETS_IN)
		return 0;
	if (answer == REFUSES || passwd_change_cb == NULL)
		return LIBSSH2_ERROR_AUTHENTICATION_FAILED;
	passwd_change_cb(session, &other, &other_len, &abstract);
	assert_null(other); /* nobody's password is changed */
	return LIBSSH2_ERROR_PASSWORD_EXPIRED;
}

static int npermits;

static int permit(void *arg, int64_t *deadline_ms, struct nf_error *err)
{
	(void)arg, (void)deadline_ms;
	npermits++;
	return answer == NO_PERMIT
		       ? error_set(err, NF_SKIPPED, "not to be offered")
		       : 0;
}

static void test_auth_password_tells_a_demand_from_a_refusal(void **state)
{
	static const struct {
		int answer, rc;
		bool demanded, given;
	} examples[] = {
		{LETS_IN, 1, false, true},
		{REFUSES, 0, false, true},
		{DEMANDS_ANOTHER, 0, true, true},
		{NO_PERMIT, -1, false, false},
	};
	static const struct credentials credentials = {"admin", "hunter2", NULL,
						       0};
	static const struct auth_hooks hooks = {.on_password = permit};
	static const struct auth_means means = {.credentials = &credentials,
						.hooks = &hooks};

	(void)state;
	for (size_t i = 0; i < LENGTH(examples); i++) {
		struct ssh ssh = {.login = {.means = &means}};
		struct nf_error err = {0};

		answer = examples[i].answer;
		npermits = 0;
		assert_int_equal(auth_password.attempt(&ssh, &err),
				 examples[i].rc);
		assert_int_equal(npermits, 1);
		assert_int_equal(ssh.login.new_password, examples[i].demanded);
		assert_int_equal(ssh.login.given, examples[i].given);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_auth_password_tells_a_demand_from_a_refusal),
};

UNIT_MAIN(tests)
