/* The password method (RFC 4252 section 8). */
#include <string.h>

#include "transport/ssh/auth.h"
#include "transport/ssh/ssh_parts.h"

static bool usable(const struct credentials *credentials)
{
	return credentials->password != NULL;
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

static int attempt(struct ssh *ssh, const struct credentials *credentials,
		   int64_t deadline_ms, struct nf_error *err)
{
	const char *username = credentials->username;
	const char *password = credentials->password;
	int rc;

	UNTIL_DONE(rc,
		   libssh2_userauth_password_ex(
			   ssh->session, username, (unsigned)strlen(username),
			   password, (unsigned)strlen(password), on_demand),
		   ssh, deadline_ms, err);
	ssh->login.new_password |= rc == LIBSSH2_ERROR_PASSWORD_EXPIRED;
	return rc;
}

const struct auth_method auth_password = {"password", usable, attempt};
