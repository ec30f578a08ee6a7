/* The password method (RFC 4252 section 8). */
#include <string.h>

#include "transport/auth/auth.h"
#include "transport/ssh/ssh_parts.h"

static bool usable(const struct ssh_login *login)
{
	return login->means->credentials->password != NULL &&
	       login->tried[AUTH_PASSWORD] == 0;
}

/* Give no new password. libssh2 1.10 says only to who can be asked for one that
 * the server demands it; else the old one looks refused. */
static void on_demand(LIBSSH2_SESSION *session, char **password, int *len,
		      void **abstract)
{
	(void)session;
	(void)abstract;
	*password = NULL;
	*len = 0;
}

static int attempt(struct ssh *ssh, struct nf_error *err)
{
	struct ssh_login *login = &ssh->login;
	const char *username = login->means->credentials->username;
	const char *password = login->means->credentials->password;
	int rc;

	if (auth_permit(login, err) == -1)
		return -1;
	login->given = login->answered = true;
	UNTIL_DONE(rc,
		   libssh2_userauth_password_ex(
			   ssh->session, username, (unsigned)strlen(username),
			   password, (unsigned)strlen(password), on_demand),
		   ssh, login->deadline_ms, err);
	login->new_password |= rc == LIBSSH2_ERROR_PASSWORD_EXPIRED;
	return auth_verdict(ssh, rc, err);
}

const struct auth_method auth_password = {"password", usable, attempt};
