/* A login inside the terminal. */
#include "dialogue/login.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/printable.h"
#include "platform/login/login_patterns.h"
#include "transport/busy.h"

#define ANSWERS_MAX 8 /* of a login: who asks on and on gets no more */

static void denied(const struct farewell *farewell, struct nf_error *err)
{
	(void)error_set(err, NF_SESSION_DENIED,
			"the device denies the session: it said \"%s\"",
			farewell->said);
}

static void refused(const struct login *login, const struct farewell *farewell,
		    struct nf_error *err)
{
	const char *username = login->credentials->username;
	bool says_so = farewell->kind == FAREWELL_REFUSED;

	err->stage = NF_STAGE_AUTH;
	(void)error_set(err, NF_AUTH_FAILED,
			"user %s: the terminal's login refused the user or "
			"the password%s%s%s",
			username != NULL ? username : "unknown",
			says_so ? ": it said \"" : "",
			says_so ? farewell->said : "", says_so ? "\"" : "");
	err->sys_errno = EACCES;
}

/* The device asks again: the user or the password is wrong, unless its words
 * tell of something else. */
static enum reply_result asked_again(const struct login *login,
				     const struct terminal *terminal,
				     struct nf_error *err)
{
	struct farewell farewell;

	terminal_farewell(terminal, true, &farewell);
	if (farewell.kind == FAREWELL_DENIED)
		denied(&farewell, err);
	else
		refused(login, &farewell, err);
	return REPLY_FAILED;
}

static enum reply_result unknown(const char *what, struct nf_error *err)
{
	err->stage = NF_STAGE_AUTH;
	(void)error_set(err, NF_AUTH_FAILED,
			"the terminal asks for a %s, and none is given", what);
	err->sys_errno = ENOENT;
	return REPLY_FAILED;
}

static enum reply_result reply_with_name(struct login *login,
					 struct terminal *terminal,
					 struct nf_error *err)
{
	const char *username = login->credentials->username;

	if (login->sent_password)
		return asked_again(login, terminal, err);
	if (username == NULL)
		return unknown("username", err);
	if (login->sent_username)
		return asked_again(login, terminal, err);
	login->sent_username = true;
	login_text_question(&login->text, terminal->text.line.data,
			    terminal->text.line.len);
	if (terminal_send_line(terminal, username, err) == -1)
		return REPLY_FAILED;
	return REPLY_SENT;
}

static enum reply_result reply_with_password(struct login *login,
					     struct terminal *terminal,
					     struct nf_error *err)
{
	const char *password = login->credentials->password;

	if (login->sent_password)
		return asked_again(login, terminal, err);
	if (password == NULL)
		return unknown("password", err);
	login->sent_password = true;
	terminal->tail_is_secret = true; /* it may be echoed */
	terminal->tail_len = 0; /* what came before is no word on it */
	if (terminal_send_secret(terminal, password, err) == -1)
		return REPLY_FAILED;
	return REPLY_SENT;
}

/*
 * The length of the line by which an SSH server begins (RFC 4253 section 4.2),
 * if that came first of all, else 0.
 */
static size_t ssh_line(const struct terminal *terminal)
{
	const uint8_t *head = terminal->head;
	size_t len = 0, at = 4;

	while (len < terminal->head_len && head[len] > ' ' && head[len] < 0x7f)
		len++;
	if (len < at || memcmp(head, "SSH-", at) != 0)
		return 0;
	while (at < len && (head[at] == '.' || isdigit(head[at])))
		at++;
	return at > 4 && at < len && head[at] == '-' ? len : 0;
}

/* A server of SSH says nothing more before it is spoken to, or binary data. */
static enum reply_result speaks_ssh(const struct terminal *terminal, size_t len,
				    struct nf_error *err)
{
	char said[TERMINAL_HEAD + 1];

	printable_copy(said, sizeof(said), terminal->head, len);
	(void)error_set(err, NF_PROTOCOL,
			"it speaks SSH, not telnet: it said \"%s\"; take "
			"device_type %s without _telnet, or telnet's port",
			said, patterns_platform(terminal->patterns)->name);
	return REPLY_FAILED;
}

void login_hear(struct login *login, const struct terminal *terminal,
		const uint8_t *line, size_t len)
{
	if (len > 0 && line[len - 1] == '\n')
		len--;
	if (login->sent_password)
		login_text_behind(&login->text, terminal->patterns,
				  login->credentials->password, line, len);
	else
		login_text_before(&login->text, line, len);
}

/* The answer of the user or the platform to the unfinished line, or NULL. */
static const char *find_answer(const struct login *login,
			       const struct terminal *terminal)
{
	const struct buf *line = &terminal->text.line;

	return login->nanswers < ANSWERS_MAX
		       ? patterns_login_answer(terminal->patterns, line->data,
					       line->len)
		       : NULL;
}

static bool is_typed(const struct terminal *terminal)
{
	const struct buf *line = &terminal->text.line;

	return patterns_is_typed(terminal->patterns, line->data, line->len);
}

bool login_needs_pause(const struct login *login,
		       const struct terminal *terminal)
{
	const struct patterns *patterns = terminal->patterns;
	const struct buf *line = &terminal->text.line;

	if (is_typed(terminal) || find_answer(login, terminal) != NULL)
		return true;
	return patterns_asks(patterns, line->data, line->len) !=
		       PATTERNS_NOTHING &&
	       (login->needs_pause ||
		!patterns_asks_plainly(patterns, line->data, line->len));
}

static enum reply_result reply_with_answer(struct login *login,
					   struct terminal *terminal,
					   const char *answer,
					   struct nf_error *err)
{
	login->nanswers++;
	if (terminal_send_line(terminal, answer, err) == -1)
		return REPLY_FAILED;
	return REPLY_SENT;
}

/* Let a person answer. In place of the password, it is one to all that come
 * behind it. */
static enum reply_result reply_with_typed(struct login *login,
					  struct terminal *terminal,
					  struct nf_error *err)
{
	const struct buf *line = &terminal->text.line;
	bool is_password = patterns_asks(terminal->patterns, line->data,
					 line->len) == PATTERNS_PASSWORD;
	char question[TERMINAL_QUOTE];
	struct passed typed;
	int rc;

	terminal_quote(terminal, question);
	if (login->type(login->arg, question, &terminal->deadline_ms, &typed,
			err) == -1) {
		err->stage = NF_STAGE_AUTH;
		return REPLY_FAILED;
	}
	login->typed = true;
	login->sent_password |= is_password;
	terminal->tail_is_secret = true; /* it may be echoed */
	terminal->tail_len = 0;
	rc = terminal_send_secret(terminal, (const char *)typed.bytes, err);
	passed_release(&typed);
	return rc == -1 ? REPLY_FAILED : REPLY_SENT;
}

/* Begin the second login, if the first one had success and this line asks for
 * more. */
static void begin_second(struct login *login, const struct terminal *terminal)
{
	const struct buf *line = &terminal->text.line;

	if (!login->sent_password || login->is_second ||
	    !login_text_succeeded(&login->text, terminal->patterns, line->data,
				  line->len))
		return;
	login->is_second = true;
	login->sent_username = login->sent_password = false;
}

static enum reply_result reply_to_question(struct login *login,
					   struct terminal *terminal,
					   struct nf_error *err)
{
	const struct buf *line = &terminal->text.line;
	const char *answer = find_answer(login, terminal);

	if (is_typed(terminal))
		return reply_with_typed(login, terminal, err);
	if (answer != NULL)
		return reply_with_answer(login, terminal, answer, err);
	switch (patterns_asks(terminal->patterns, line->data, line->len)) {
	case PATTERNS_NEW_PASSWORD:
		err->stage = NF_STAGE_AUTH;
		(void)error_set(err, NF_AUTH_FAILED,
				"the device demands a new password");
		err->sys_errno = EKEYEXPIRED;
		return REPLY_FAILED;
	case PATTERNS_USERNAME:
		begin_second(login, terminal);
		return reply_with_name(login, terminal, err);
	case PATTERNS_PASSWORD:
		begin_second(login, terminal);
		return reply_with_password(login, terminal, err);
	case PATTERNS_NOTHING:
		break;
	}
	return REPLY_NONE;
}

enum reply_result login_reply(struct login *login, struct terminal *terminal,
			      bool quiet, struct nf_error *err)
{
	size_t ssh_len = login->needs_pause ? 0 : ssh_line(terminal);

	if (ssh_len > 0 && !login->sent_username && !login->sent_password)
		return speaks_ssh(terminal, ssh_len, err);
	if (!quiet && login_needs_pause(login, terminal))
		return REPLY_NONE;
	return reply_to_question(login, terminal, err);
}

/*
 * The device hung up before its first prompt. Behind a user or a password that
 * is a refusal of them, unless its words tell of something else; where it asked
 * for neither, only its words tell.
 */
static void hung_up(const struct login *login, const struct terminal *terminal,
		    struct nf_error *err)
{
	bool asked = login->sent_username || login->sent_password;
	struct farewell farewell;

	terminal_farewell(terminal, false, &farewell);
	if (!login->needs_pause && !asked &&
	    busy_explain(terminal->tail, terminal->tail_len, err))
		return;
	if (login->sent_password || login->typed
		    ? farewell.kind != FAREWELL_DENIED
		    : asked && farewell.kind == FAREWELL_REFUSED)
		refused(login, &farewell, err);
	else if (farewell.kind != FAREWELL_PLAIN)
		denied(&farewell, err);
}

void login_ended(struct login *login, struct terminal *terminal,
		 struct nf_error *err)
{
	if (err != NULL && err->code == NF_DISCONNECTED)
		hung_up(login, terminal, err);
	if (login->sent_password || login->typed || login->is_second) {
		terminal->tail_is_secret = false;
		terminal->tail_len = 0;
	}
}
