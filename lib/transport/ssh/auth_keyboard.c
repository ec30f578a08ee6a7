/*
 * The keyboard-interactive method (RFC 4256): the server asks, and the password
 * is the answer to a question that hides it. One that shows what is typed gets
 * what the caller has for it; where there is nothing, no password is given.
 */
#include <string.h>
#include <strings.h>

#include "base/printable.h"
#include "transport/ssh/auth.h"
#include "transport/ssh/ssh_parts.h"

#define ROUNDS_MAX 3 /* of questions in one login */
#define TEXT_MAX 512 /* of what it says to them */

/* Copy the end of a text, as far as there is room: the question is there, and
 * OpenSSH puts whatever PAM says in front of it. */
static void copy_end(char text[TEXT_MAX], const char *bytes, size_t len)
{
	size_t drop = len < TEXT_MAX ? 0 : len - (TEXT_MAX - 1);

	if (len > drop)
		memcpy(text, bytes + drop, len - drop);
	text[len - drop] = '\0';
}

/* The last line of a text that is not blank, "" for none: the question. */
static const char *last_line(char text[TEXT_MAX])
{
	size_t len = strlen(text);
	const char *line;

	while (len > 0 && strchr("\r\n", text[len - 1]) != NULL)
		len--;
	text[len] = '\0';
	line = strrchr(text, '\n');
	line = line != NULL ? line + 1 : text;
	return line[strspn(line, " \t")] != '\0' ? line : "";
}

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

/* Does it say that the password has to be changed? PAM asks for the old one
 * again, then. */
static bool demands_change(const struct ssh *ssh, const char *text)
{
	static const char *const words[] = {
		"new password", "change your password", "password has expired",
		"password expired"};
	static const char *const again[] = {"current", "old password"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasestr(text, words[i]) != NULL)
			return true;
	}
	for (size_t i = 0; i < sizeof(again) / sizeof(again[0]); i++) {
		if (ssh->login.answered && strcasestr(text, again[i]) != NULL)
			return true;
	}
	return false;
}

/* Put a reply into an answer of libssh2, which frees it. */
static void put_reply(struct ssh *ssh, const char *reply,
		      LIBSSH2_USERAUTH_KBDINT_RESPONSE *response)
{
	void *abstract = ssh;
	size_t len = strlen(reply);

	response->text = ssh_alloc(len + 1, &abstract);
	if (response->text == NULL)
		return;
	memcpy(response->text, reply, len + 1);
	response->length = (unsigned)len;
}

/* The reply to a question in a field that shows it, NULL: there is none. One
 * without words gets an empty one. */
static const char *find_reply(const struct ssh *ssh, const char *question)
{
	const struct auth_means *means = ssh->login.means;

	if (question[0] == '\0')
		return "";
	return means->hooks->reply(means->arg, (const uint8_t *)question,
				   strlen(question));
}

/* A round asks all at once: none of it is answered if one question is unknown,
 * or a password would be given for nothing. */
static void check_known(struct ssh *ssh,
			const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompt)
{
	char text[TEXT_MAX];
	const char *question;

	copy_end(text, prompt->text, prompt->length);
	question = last_line(text);
	if (!prompt->echo || find_reply(ssh, question) != NULL)
		return;
	ssh->login.unknown |= !ssh->login.stuck;
	get_stuck(ssh, question);
}

static void answer(struct ssh *ssh,
		   const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompt,
		   LIBSSH2_USERAUTH_KBDINT_RESPONSE *response)
{
	char text[TEXT_MAX];
	const char *question;

	copy_end(text, prompt->text, prompt->length);
	ssh->login.new_password |= demands_change(ssh, text);
	question = last_line(text);
	/* A password goes into one hidden field, once, and nowhere else. */
	if (ssh->login.rounds > ROUNDS_MAX ||
	    (!prompt->echo && (ssh->login.answered || ssh->login.new_password)))
		get_stuck(ssh, question);
	if (ssh->login.stuck)
		return;
	if (!prompt->echo)
		ssh->login.given = ssh->login.answered = true;
	put_reply(ssh,
		  prompt->echo ? find_reply(ssh, question)
			       : ssh->login.means->credentials->password,
		  response);
}

static void on_prompts(const char *name, int name_len, const char *instruction,
		       int instruction_len, int nprompts,
		       const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompts,
		       LIBSSH2_USERAUTH_KBDINT_RESPONSE *responses,
		       void **abstract)
{
	struct ssh *ssh = *abstract;
	char text[TEXT_MAX];

	(void)name;
	(void)name_len;
	copy_end(text, instruction,
		 instruction_len > 0 ? (size_t)instruction_len : 0);
	if (ssh->login.answered) /* before that, it may be anybody's notice */
		ssh->login.new_password |= demands_change(ssh, text);
	if (++ssh->login.rounds > ROUNDS_MAX && nprompts == 0)
		get_stuck(ssh, "");
	for (int i = 0; i < nprompts; i++) {
		responses[i] = (LIBSSH2_USERAUTH_KBDINT_RESPONSE){0};
		check_known(ssh, &prompts[i]);
	}
	for (int i = 0; i < nprompts; i++)
		answer(ssh, &prompts[i], &responses[i]);
}

static bool usable(const struct ssh_login *login)
{
	return login->means->credentials->password != NULL &&
	       login->tried[AUTH_KEYBOARD] == 0;
}

static int attempt(struct ssh *ssh, struct nf_error *err)
{
	struct ssh_login *login = &ssh->login;
	const char *username = login->means->credentials->username;
	int rc;

	if (auth_permit(login, err) == -1)
		return -1;
	UNTIL_DONE(rc,
		   libssh2_userauth_keyboard_interactive_ex(
			   ssh->session, username, (unsigned)strlen(username),
			   on_prompts),
		   ssh, login->deadline_ms, err);
	return auth_verdict(ssh, rc, err);
}

const struct auth_method auth_keyboard = {"keyboard-interactive", usable,
					  attempt};
