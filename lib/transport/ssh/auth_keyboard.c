/*
 * The keyboard-interactive method (RFC 4256): the server asks, and the password
 * is the answer to a question that hides it.
 */
#include <string.h>
#include <strings.h>

#include "base/printable.h"
#include "transport/ssh/auth.h"
#include "transport/ssh/ssh_parts.h"

#define ROUNDS_MAX 3 /* of questions in one login */

/*
 * Note a question that has no answer, and send nothing more. An empty answer
 * would count as a failed login, and some servers ask without end.
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

static bool usable(const struct credentials *credentials)
{
	return credentials->password != NULL;
}

static int attempt(struct ssh *ssh, const struct credentials *credentials,
		   int64_t deadline_ms, struct nf_error *err)
{
	const char *username = credentials->username;
	int rc;

	ssh->login.password = credentials->password;
	UNTIL_DONE(rc,
		   libssh2_userauth_keyboard_interactive_ex(
			   ssh->session, username, (unsigned)strlen(username),
			   on_prompts),
		   ssh, deadline_ms, err);
	ssh->login.password = NULL;
	return rc;
}

const struct auth_method auth_keyboard = {"keyboard-interactive", usable,
					  attempt};
