/* Logging in over an SSH connection: by password, or by what it asks. */
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

/* What the server offers; *methods is NULL when it lets us in without. */
static int list_methods(struct ssh *ssh, const char *user, char **methods,
			int64_t deadline_ms, struct nf_error *err)
{
	unsigned len = (unsigned)strlen(user);
	int rc;

	do {
		*methods = libssh2_userauth_list(ssh->session, user, len);
		rc = *methods != NULL || libssh2_userauth_authenticated(
						 ssh->session)
			     ? 0
			     : libssh2_session_last_errno(ssh->session);
	} while (rc == LIBSSH2_ERROR_EAGAIN &&
		 ssh_wait(ssh, deadline_ms, err) == 0);
	return rc == 0 ? 0 : ssh_fail(ssh, rc, NF_AUTH_FAILED, err);
}

static int login_password(struct ssh *ssh, const char *user,
			  const char *password, int64_t deadline_ms,
			  struct nf_error *err)
{
	int rc;

	UNTIL_DONE(rc,
		   libssh2_userauth_password_ex(
			   ssh->session, user, (unsigned)strlen(user), password,
			   (unsigned)strlen(password), NULL),
		   ssh, deadline_ms, err);
	ssh->login.new_password |= rc == LIBSSH2_ERROR_PASSWORD_EXPIRED;
	return rc;
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

static bool offers(const char *methods, const char *name)
{
	size_t len = strlen(name);
	const char *at = methods;

	while ((at = strstr(at, name)) != NULL) {
		if ((at == methods || at[-1] == ',') &&
		    (at[len] == ',' || at[len] == '\0'))
			return true;
		at += len;
	}
	return false;
}

/* By the first method offered: 0, or -1 with *err set. */
static int login_by(struct ssh *ssh, const char *methods, const char *user,
		    const char *password, int64_t deadline_ms,
		    struct nf_error *err)
{
	char said[128];
	int rc;

	if (offers(methods, "password")) {
		rc = login_password(ssh, user, password, deadline_ms, err);
	} else if (offers(methods, "keyboard-interactive")) {
		ssh->login.password = password;
		rc = login_interactive(ssh, user, deadline_ms, err);
		ssh->login.password = NULL;
	} else {
		printable_copy(said, sizeof(said), (const uint8_t *)methods,
			       strlen(methods));
		return error_set(err, NF_AUTH_FAILED,
				 "user %s: the device wants %s", user, said);
	}
	return rc == 0 ? 0 : login_refused(ssh, rc, user, err);
}

int ssh_wants_proof(struct ssh *ssh, const char *user, bool *wants,
		    int64_t deadline_ms, struct nf_error *err)
{
	char *methods;

	if (list_methods(ssh, user, &methods, deadline_ms, err) == -1)
		return -1;
	ssh->login.methods = methods;
	*wants = methods != NULL;
	return 0;
}

int ssh_login(struct ssh *ssh, const struct credentials *credentials,
	      int64_t deadline_ms, struct nf_error *err)
{
	const char *user = credentials->username;
	bool wants = ssh->login.methods != NULL;

	if (!wants &&
	    ssh_wants_proof(ssh, user, &wants, deadline_ms, err) == -1)
		return -1;
	if (!wants)
		return 0;
	if (credentials->password == NULL)
		return error_set(err, NF_AUTH_FAILED,
				 "user %s: no password is given", user);
	return login_by(ssh, ssh->login.methods, user, credentials->password,
			deadline_ms, err);
}
