/* Logging in over an SSH connection: which method, and what came of it. */
#include "transport/auth/auth.h"

#include <errno.h>
#include <libssh2.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/printable.h"
#include "transport/ssh/ssh_parts.h"

/* ---- the methods */

static const struct auth_method *const rows[AUTH_NKINDS] = {
	[AUTH_PUBLICKEY] = &auth_publickey,
	[AUTH_AGENT] = &auth_agent,
	[AUTH_PASSWORD] = &auth_password,
	[AUTH_KEYBOARD] = &auth_keyboard,
};

static bool lists(const char *offered, const char *name)
{
	const struct kexinit_list list = {offered, strlen(offered)};

	return kexinit_lists(&list, name);
}

int auth_choose(const struct auth_method *const all[AUTH_NKINDS],
		const struct ssh_login *login)
{
	int kind;

	for (size_t i = 0;
	     (kind = auth_order_at(&login->means->order, i)) < AUTH_NKINDS;
	     i++) {
		if (all[kind] != NULL &&
		    lists(login->offered, all[kind]->name) &&
		    all[kind]->usable(login))
			return kind;
	}
	return AUTH_NKINDS;
}

int auth_permit(struct ssh_login *login, struct nf_error *err)
{
	const struct auth_means *means = login->means;

	if (login->permitted)
		return 0;
	login->permitted = true;
	return means->hooks->on_password(means->arg, &login->deadline_ms, err);
}

int auth_verdict(const struct ssh *ssh, int rc, struct nf_error *err)
{
	if (rc == 0)
		return 1;
	if (rc == LIBSSH2_ERROR_AUTHENTICATION_FAILED ||
	    rc == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED ||
	    rc == LIBSSH2_ERROR_PASSWORD_EXPIRED)
		return 0;
	return ssh_fail(ssh, rc, NF_AUTH_FAILED, err);
}

/* ---- why a login failed */

/* What there is not, of what the server wants. */
struct lack {
	const char *text;
	int sys_errno; /* as netfan.h has it */
};

/* Is any of the methods that the server wants one of this order? */
static bool is_any_in(const struct auth_order *order, const char *offered)
{
	int kind;

	for (size_t i = 0; (kind = auth_order_at(order, i)) < AUTH_NKINDS;
	     i++) {
		if (lists(offered, rows[kind]->name))
			return true;
	}
	return false;
}

static bool has_kind(const struct auth_order *order, int wanted)
{
	int kind;

	for (size_t i = 0; (kind = auth_order_at(order, i)) < AUTH_NKINDS;
	     i++) {
		if (kind == wanted)
			return true;
	}
	return false;
}

/* How many keys were not offered, as the server declined enough. */
static size_t count_left(const struct ssh_login *login, size_t ndeclined)
{
	const struct auth_means *means = login->means;
	size_t n = 0;

	for (size_t i = 0; i < means->keys.n; i++)
		n += has_kind(&means->order, means->keys.at[i]->private != NULL
						     ? AUTH_PUBLICKEY
						     : AUTH_AGENT);
	return ndeclined >= AUTH_KEYS_MAX && n > ndeclined ? n - ndeclined : 0;
}

static struct lack find_lack(const struct ssh_login *login, size_t ndeclined)
{
	static const struct auth_order all = {.n = 0};
	const struct auth_means *means = login->means;
	bool key = lists(login->offered, "publickey") && means->keys.n == 0 &&
		   means->keys.locked == NULL;
	bool password = means->credentials->password == NULL &&
			(lists(login->offered, "password") ||
			 lists(login->offered, "keyboard-interactive"));

	if (count_left(login, ndeclined) > 0)
		return (struct lack){"", E2BIG};
	if (!is_any_in(&all, login->offered))
		return (struct lack){", which netfan cannot give", 0};
	if (!is_any_in(&means->order, login->offered))
		return (struct lack){", which auth leaves out", ENOTSUP};
	if (key && password)
		return (struct lack){
			", and neither a key nor a password is given", ENOKEY};
	if (key)
		return (struct lack){", and no key is given", ENOKEY};
	if (password)
		return (struct lack){", and no password is given", ENOENT};
	return (struct lack){
		"", ndeclined > 0 && login->hint == NULL ? EKEYREJECTED : 0};
}

#define DECLINED_MAX 100

/* How many keys were declined; *text tells of them, if any. */
static size_t count_declined(const struct ssh_login *login,
			     char text[DECLINED_MAX])
{
	size_t n = login->tried[AUTH_PUBLICKEY] + login->tried[AUTH_AGENT];
	size_t left = count_left(login, n);
	char more[60] = "";

	text[0] = '\0';
	if (n == 0 || lists(login->accepted, "publickey"))
		return 0;
	if (left > 0)
		(void)snprintf(more, sizeof(more),
			       ", %zu more not offered (%d at most)", left,
			       AUTH_KEYS_MAX);
	(void)snprintf(text, DECLINED_MAX, "%zu key%s declined%s; ", n,
		       n == 1 ? "" : "s", more);
	return n;
}

/* Tell of a key that was passed over: it might have let the user in. */
static int add_locked(const struct ssh_login *login, struct nf_error *err)
{
	const char *locked = login->means->keys.locked;
	size_t len = strlen(err->message);

	if (locked != NULL)
		(void)snprintf(err->message + len, sizeof(err->message) - len,
			       "; %.240s", locked);
	return -1;
}

/* Nothing is left to try. */
static int nothing_left(const struct ssh_login *login, struct nf_error *err)
{
	bool accepted = login->accepted[0] != '\0';
	char said[AUTH_WANTED_MAX], keys[DECLINED_MAX];
	struct lack lack = find_lack(login, count_declined(login, keys));

	printable_copy(said, sizeof(said), (const uint8_t *)login->offered,
		       strlen(login->offered));
	(void)error_set(
		err, NF_AUTH_FAILED, "user %s: %s%s%sthe device wants %s%s%s%s",
		login->means->credentials->username, keys, login->accepted,
		accepted ? " accepted; " : "", said, accepted ? ", too" : "",
		lack.text, login->hint != NULL ? login->hint : "");
	err->sys_errno = login->means->keys.locked == NULL ? lack.sys_errno : 0;
	return add_locked(login, err);
}

static int unknown_question(const struct ssh_login *login, struct nf_error *err)
{
	(void)error_set(err, NF_AUTH_FAILED,
			"user %s: %s%sthe device asks \"%s\", and no answer is "
			"given",
			login->means->credentials->username, login->accepted,
			login->accepted[0] != '\0' ? " accepted; "
			: login->answered          ? ""
					  : "no password was sent, as ",
			login->question);
	err->sys_errno = login->hidden ? ENODATA : ENOMSG;
	return -1;
}

static int new_password(const struct ssh_login *login, struct nf_error *err)
{
	(void)error_set(err, NF_AUTH_FAILED,
			"user %s: the device demands a new password",
			login->means->credentials->username);
	err->sys_errno = EKEYEXPIRED;
	return -1;
}

/* The server said no to a secret, or ended the connection by saying so. */
static int refused(const struct ssh *ssh, struct nf_error *err)
{
	const struct ssh_login *login = &ssh->login;
	const char *user = login->means->credentials->username;
	const char *what = !login->typed  ? "password"
			   : login->given ? "password, or what was typed,"
					  : "what was typed is";
	char keys[DECLINED_MAX];

	(void)count_declined(login, keys);
	if (disconnect_refuses_login(&ssh->disconnect))
		(void)error_set(err, NF_AUTH_FAILED,
				"user %s: %s%s refused: the device closed "
				"the connection: it said \"%s\"",
				user, keys, what, ssh->disconnect.text);
	else if (login->stuck)
		(void)error_set(err, NF_AUTH_FAILED,
				"user %s: %s%s refused, or not enough: "
				"the device asks \"%s\"",
				user, keys, what, login->question);
	else
		(void)error_set(err, NF_AUTH_FAILED, "user %s: %s%s refused",
				user, keys, what);
	err->sys_errno = EACCES;
	return add_locked(login, err);
}

/*
 * Does the login end here, by what came of a try? *err is as it was left by the
 * try, or is set.
 */
static bool is_over(const struct ssh *ssh, int rc, struct nf_error *err)
{
	const struct ssh_login *login = &ssh->login;
	bool gave = login->given || login->typed;

	if (rc == 0 && login->failure.partial)
		return false;
	if (login->unanswered)
		return true;
	if (login->new_password)
		(void)new_password(login, err);
	else if (login->stuck && (!login->hidden || !gave))
		(void)unknown_question(login, err);
	else if (login->stuck ||
		 (gave &&
		  (rc == 0 || disconnect_refuses_login(&ssh->disconnect))))
		(void)refused(ssh, err);
	else
		return rc == -1;
	return true;
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

/* Take over what a failure tells: the methods that may go on, and what was
 * proven. */
static void take_failure(struct ssh_login *login, int kind)
{
	size_t len = strlen(login->accepted);

	if (login->failure.wanted[0] != '\0') {
		memcpy(login->wanted, login->failure.wanted,
		       sizeof(login->wanted));
		login->offered = login->wanted;
	}
	if (login->failure.partial)
		(void)snprintf(login->accepted + len,
			       sizeof(login->accepted) - len, "%s%s",
			       len > 0 ? "," : "", rows[kind]->name);
}

static int attempt(struct ssh *ssh, int kind, struct nf_error *err)
{
	struct ssh_login *login = &ssh->login;
	int rc;

	login->failure = (struct auth_failure){.partial = false};
	login->given = login->typed = false;
	login->attempting = true;
	rc = rows[kind]->attempt(ssh, err);
	login->attempting = false;
	login->tried[kind]++;
	if (rc == 0)
		take_failure(login, kind);
	return rc;
}

/* Go through the methods until the user is let in. */
static int run_course(struct ssh *ssh, struct nf_error *err)
{
	struct ssh_login *login = &ssh->login;
	int kind, rc;

	while ((kind = auth_choose(rows, login)) < AUTH_NKINDS) {
		rc = attempt(ssh, kind, err);
		if (rc == 1)
			return 0;
		if (is_over(ssh, rc, err))
			return -1;
	}
	return nothing_left(login, err);
}

int ssh_login(struct ssh *ssh, const struct auth_means *means,
	      int64_t deadline_ms, struct nf_error *err)
{
	struct ssh_login *login = &ssh->login;
	bool wants = login->offered != NULL;
	int rc;

	if (!wants && ssh_wants_proof(ssh, means->credentials->username, &wants,
				      deadline_ms, err) == -1)
		return -1;
	if (!wants)
		return 0;
	login->means = means;
	login->deadline_ms = deadline_ms;
	login->agent =
		(struct agent){means->hooks->connect_agent, means->arg, -1};
	rc = run_course(ssh, err);
	agent_close(&login->agent);
	login->means = NULL;
	return rc;
}
