/* A login inside the terminal. */
#include "dialogue/login.h"

#include <errno.h>

#include "base/error.h"
#include "transport/busy.h"

static int refused(const struct login *login, struct nf_error *err)
{
	const char *username = login->credentials->username;

	err->stage = NF_STAGE_AUTH;
	(void)error_set(err, NF_AUTH_FAILED,
			"user %s: the terminal's login refused the user or "
			"the password",
			username != NULL ? username : "unknown");
	err->sys_errno = EACCES;
	return -1;
}

static int unknown(const char *what, struct nf_error *err)
{
	err->stage = NF_STAGE_AUTH;
	return error_set(err, NF_AUTH_FAILED,
			 "the terminal asks for a %s, and none is given", what);
}

static int say_name(struct login *login, struct terminal *terminal,
		    struct nf_error *err)
{
	const char *username = login->credentials->username;

	if (login->said)
		return refused(login, err);
	if (username == NULL)
		return unknown("username", err);
	if (login->named)
		return refused(login, err);
	login->named = true;
	return terminal_send_line(terminal, username, err) == -1 ? -1 : 1;
}

static int say_password(struct login *login, struct terminal *terminal,
			struct nf_error *err)
{
	const char *password = login->credentials->password;

	if (login->said)
		return refused(login, err);
	if (password == NULL)
		return unknown("password", err);
	login->said = true;
	terminal->hushed = true; /* it may be echoed */
	return terminal_send_secret(terminal, password, err) == -1 ? -1 : 1;
}

bool login_waits(const struct login *login, const struct terminal *terminal,
		 const struct patterns *patterns)
{
	const struct buf *line = &terminal->text.line;

	return login->patient && patterns_asks(patterns, line->data,
					       line->len) != PATTERNS_NOTHING;
}

int login_answer(struct login *login, struct terminal *terminal,
		 const struct patterns *patterns, bool quiet,
		 struct nf_error *err)
{
	const struct buf *line = &terminal->text.line;

	if (login->patient && !quiet)
		return 0;

	switch (patterns_asks(patterns, line->data, line->len)) {
	case PATTERNS_NEW_PASSWORD:
		err->stage = NF_STAGE_AUTH;
		return error_set(err, NF_AUTH_FAILED,
				 "the device demands a new password");
	case PATTERNS_USERNAME:
		return say_name(login, terminal, err);
	case PATTERNS_PASSWORD:
		return say_password(login, terminal, err);
	case PATTERNS_NOTHING:
		break;
	}
	return 0;
}

void login_ended(struct login *login, struct terminal *terminal,
		 struct nf_error *err)
{
	if (login->said) {
		terminal->hushed = false;
		terminal->tail_len = 0;
	}
	if (err == NULL || err->code != NF_DISCONNECTED)
		return;
	if (login->said)
		(void)refused(login, err);
	else if (!login->patient && !login->named)
		(void)busy_explain(terminal->tail, terminal->tail_len, err);
}
