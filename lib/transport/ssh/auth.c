/* Logging in over an SSH connection: which method, and what came of it. */
#include "transport/ssh/auth.h"

#include <errno.h>
#include <libssh2.h>
#include <string.h>

#include "base/error.h"
#include "base/printable.h"
#include "transport/ssh/ssh_parts.h"

/* ---- the methods */

/* In the order of trying. */
static const struct auth_method *const methods[] = {
	&auth_password,
	&auth_keyboard,
	NULL,
};

static bool lists(const char *offered, const char *name)
{
	const struct kexinit_list list = {offered, strlen(offered)};

	return kexinit_lists(&list, name);
}

const struct auth_method *auth_choose(const struct auth_method *const *all,
				      const char *offered,
				      const struct credentials *credentials)
{
	for (; *all != NULL; all++) {
		if (lists(offered, (*all)->name) && (*all)->usable(credentials))
			return *all;
	}
	return NULL;
}

static bool is_any_usable(const struct credentials *credentials)
{
	for (size_t i = 0; methods[i] != NULL; i++) {
		if (methods[i]->usable(credentials))
			return true;
	}
	return false;
}

static int no_method(const char *offered, const struct credentials *credentials,
		     struct nf_error *err)
{
	char said[128];

	if (!is_any_usable(credentials))
		return error_set(err, NF_AUTH_FAILED,
				 "user %s: no password is given",
				 credentials->username);
	printable_copy(said, sizeof(said), (const uint8_t *)offered,
		       strlen(offered));
	return error_set(err, NF_AUTH_FAILED, "user %s: the device wants %s",
			 credentials->username, said);
}

/* ---- logging in */

/* Ask for the methods that the server offers; *offered is NULL when it lets the
 * user in without any. */
static int list_methods(struct ssh *ssh, const char *user, char **offered,
			int64_t deadline_ms, struct nf_error *err)
{
	unsigned len = (unsigned)strlen(user);
	int rc;

	do {
		*offered = libssh2_userauth_list(ssh->session, user, len);
		rc = *offered != NULL || libssh2_userauth_authenticated(
						 ssh->session)
			     ? 0
			     : libssh2_session_last_errno(ssh->session);
	} while (rc == LIBSSH2_ERROR_EAGAIN &&
		 ssh_wait(ssh, deadline_ms, err) == 0);
	return rc == 0 ? 0 : ssh_fail(ssh, rc, NF_AUTH_FAILED, err);
}

static int unknown_question(const struct ssh *ssh, const char *user,
			    struct nf_error *err)
{
	(void)error_set(err, NF_AUTH_FAILED,
			"user %s: %sthe device asks \"%s\", and no answer is "
			"given",
			user,
			ssh->login.answered ? "" : "no password was sent, as ",
			ssh->login.question);
	err->sys_errno = ENOMSG;
	return -1;
}

static int login_refused(const struct ssh *ssh, int rc, const char *user,
			 struct nf_error *err)
{
	if (ssh->login.failure.partial)
		return error_set(err, NF_AUTH_FAILED,
				 "user %s: password accepted, %s is asked for, "
				 "too",
				 user, ssh->login.failure.wanted);
	if (ssh->login.new_password)
		return error_set(err, NF_AUTH_FAILED,
				 "user %s: the device demands a new password",
				 user);
	if (ssh->login.unknown)
		return unknown_question(ssh, user, err);
	if (disconnect_refuses_login(&ssh->disconnect))
		(void)error_set(err, NF_AUTH_FAILED,
				"user %s: password refused: the device closed "
				"the connection: it said \"%s\"",
				user, ssh->disconnect.text);
	else if (ssh->login.stuck)
		(void)error_set(err, NF_AUTH_FAILED,
				"user %s: password refused, or not enough: "
				"the device asks \"%s\"",
				user, ssh->login.question);
	else if (rc == LIBSSH2_ERROR_AUTHENTICATION_FAILED ||
		 rc == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED)
		(void)error_set(err, NF_AUTH_FAILED,
				"user %s: password refused", user);
	else
		return ssh_fail(ssh, rc, NF_AUTH_FAILED, err);
	err->sys_errno = EACCES;
	return -1;
}

int ssh_wants_proof(struct ssh *ssh, const char *user, bool *wants,
		    int64_t deadline_ms, struct nf_error *err)
{
	char *offered;

	if (list_methods(ssh, user, &offered, deadline_ms, err) == -1)
		return -1;
	ssh->login.offered = offered;
	*wants = offered != NULL;
	return 0;
}

int ssh_login(struct ssh *ssh, const struct credentials *credentials,
	      const struct auth_replies *replies, int64_t deadline_ms,
	      struct nf_error *err)
{
	const char *user = credentials->username;
	bool wants = ssh->login.offered != NULL;
	const struct auth_method *method;
	int rc;

	if (!wants &&
	    ssh_wants_proof(ssh, user, &wants, deadline_ms, err) == -1)
		return -1;
	if (!wants)
		return 0;
	method = auth_choose(methods, ssh->login.offered, credentials);
	if (method == NULL)
		return no_method(ssh->login.offered, credentials, err);
	ssh->login.replies = replies;
	ssh->login.attempting = true;
	rc = method->attempt(ssh, credentials, deadline_ms, err);
	ssh->login.attempting = false;
	ssh->login.replies = NULL;
	return rc == 0 ? 0 : login_refused(ssh, rc, user, err);
}
