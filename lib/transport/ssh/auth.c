/* Logging in over an SSH connection: which method, and what came of it. */
#include "transport/ssh/auth.h"

#include <errno.h>
#include <libssh2.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/printable.h"
#include "transport/ssh/ssh_parts.h"

#define ROUNDS_MAX 3 /* of questions in one login */

/*
 * There is no answer to this. An empty one would count as a failed login, and
 * some ask without end.
 */
static void get_stuck(struct ssh *ssh, const char *question)
{
	if (ssh->login.stuck)
		return;
	ssh->login.stuck = true;
	printable_copy(ssh->login.question, sizeof(ssh->login.question),
		       (const uint8_t *)question, strlen(question));
}

static void answer(struct ssh *ssh,
		   const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompt,
		   LIBSSH2_USERAUTH_KBDINT_RESPONSE *response)
{
	char text[128] = "";
	void *abstract = ssh;
	size_t len;

	response->text = NULL;
	response->length = 0;
	if (prompt->length < sizeof(text))
		memcpy(text, prompt->text, prompt->length);
	ssh->login.new_password |= strcasestr(text, "new password") != NULL;
	/* A password goes into one hidden field, once, and nowhere else. */
	if (ssh->login.rounds > ROUNDS_MAX ||
	    (!prompt->echo && (ssh->login.answered || ssh->login.new_password)))
		get_stuck(ssh, text);
	if (ssh->login.stuck || prompt->echo)
		return;
	ssh->login.answered = true;
	len = strlen(ssh->login.password);
	response->text = ssh_alloc(len + 1, &abstract); /* libssh2 frees it */
	if (response->text == NULL)
		return;
	memcpy(response->text, ssh->login.password, len + 1);
	response->length = (unsigned)len;
}

static void on_prompts(const char *name, int name_len, const char *instruction,
		       int instruction_len, int nprompts,
		       const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompts,
		       LIBSSH2_USERAUTH_KBDINT_RESPONSE *responses,
		       void **abstract)
{
	struct ssh *ssh = *abstract;

	(void)name;
	(void)name_len;
	(void)instruction;
	(void)instruction_len;
	if (++ssh->login.rounds > ROUNDS_MAX && nprompts == 0)
		get_stuck(ssh, "");
	for (int i = 0; i < nprompts; i++)
		answer(ssh, &prompts[i], &responses[i]);
}

static int login_interactive(struct ssh *ssh, const char *user,
			     int64_t deadline_ms, struct nf_error *err)
{
	int rc;

	UNTIL_DONE(
		rc,
		libssh2_userauth_keyboard_interactive_ex(
			ssh->session, user, (unsigned)strlen(user), on_prompts),
		ssh, deadline_ms, err);
	return rc;
}

/* ---- the methods */

/* In the order of trying. */
static const struct auth_method *const methods[] = {
	&auth_password,
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

static int login_refused(const struct ssh *ssh, int rc, const char *user,
			 struct nf_error *err)
{
	if (ssh->login.new_password)
		return error_set(err, NF_AUTH_FAILED,
				 "user %s: the device demands a new password",
				 user);
	if (ssh->login.stuck)
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
	      int64_t deadline_ms, struct nf_error *err)
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
	if (method != NULL) {
		rc = method->attempt(ssh, credentials, deadline_ms, err);
	} else if (credentials->password != NULL &&
		   lists(ssh->login.offered, "keyboard-interactive")) {
		ssh->login.password = credentials->password;
		rc = login_interactive(ssh, user, deadline_ms, err);
		ssh->login.password = NULL;
	} else {
		return no_method(ssh->login.offered, credentials, err);
	}
	return rc == 0 ? 0 : login_refused(ssh, rc, user, err);
}
