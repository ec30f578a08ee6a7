/* Enable: the exchange of a user's prompt for a privileged one. */
#include "dialogue/enable.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/printable.h"
#include "platform/login/login_patterns.h"
#include "terminal/line.h"

#define PROOFS_MAX 4 /* empty lines that prove a prompt */
#define SAID_MAX 96

/* Enable, on its way. */
struct enabling {
	const struct credentials *credentials;
	char user_prompt[PATTERNS_LINE_MAX + 1];
	bool sent_username; /* an AAA server may want it again */
	bool sent_secret;
	unsigned nproofs;
	char candidate[PATTERNS_LINE_MAX + 1]; /* to be proven; "": none is */
};

/* ---- prompts */

static char last_of(const uint8_t *line, size_t len)
{
	len = trimmed(line, len);
	return len > 0 ? (char)line[len - 1] : '\0';
}

static bool is_user(const struct patterns *patterns, const uint8_t *line,
		    size_t len)
{
	return patterns_user(patterns, line, len) ||
	       (last_of(line, len) == '>' &&
		!patterns_privileged(patterns, line, len));
}

/* The prompt of a user goes first: on some platforms it ends in '#', too. */
static bool is_privileged(const struct patterns *patterns, const uint8_t *line,
			  size_t len)
{
	return !is_user(patterns, line, len) &&
	       (last_of(line, len) == '#' ||
		patterns_privileged(patterns, line, len));
}

/* Is the unfinished line the user's prompt with another end? */
static bool is_raised(const struct enabling *enabling,
		      const struct terminal *terminal)
{
	const uint8_t *line = terminal->text.line.data;
	const uint8_t *user = (const uint8_t *)enabling->user_prompt;
	size_t len = trimmed(line, terminal->text.line.len);

	return len > 1 && len == trimmed(user, strlen((const char *)user)) &&
	       memcmp(line, user, len - 1) == 0;
}

/* May a line be a prompt of any name? */
static bool may_be_prompt(const struct buf *line)
{
	return last_of(line->data, line->len) == '#' && !line_asks(line);
}

/* ---- questions */

static enum reply_result failed(struct nf_error *err, int sys_errno,
				const char *why)
{
	(void)error_set(err, NF_ENABLE_FAILED, "%s", why);
	err->sys_errno = sys_errno;
	return REPLY_FAILED;
}

/* Does a text end in the command that was sent? Then it is its echo. */
static bool is_echo(const struct terminal *terminal, const char *text)
{
	const char *command =
		patterns_platform(terminal->patterns)->enable->command;
	size_t len = strlen(text), command_len = strlen(command);

	return len >= command_len &&
	       strcmp(text + len - command_len, command) == 0;
}

/* Fail, with the words of the device if there are any. */
static enum reply_result refused(const struct terminal *terminal,
				 struct nf_error *err, int sys_errno,
				 const char *why)
{
	struct farewell farewell;

	terminal_farewell(terminal, true, &farewell);
	if (farewell.said[0] == '\0' || is_echo(terminal, farewell.said))
		return failed(err, sys_errno, why);
	(void)error_set(err, NF_ENABLE_FAILED, "%s: it said \"%s\"", why,
			farewell.said);
	err->sys_errno = sys_errno;
	return REPLY_FAILED;
}

static enum reply_result refused_secret(const struct terminal *terminal,
					struct nf_error *err)
{
	return refused(terminal, err, EACCES, "the secret is refused");
}

static enum reply_result reply_with_secret(struct exchange *exchange,
					   struct enabling *enabling,
					   struct nf_error *err)
{
	struct terminal *terminal = exchange->terminal;
	const char *secret = enabling->credentials->secret;

	if (enabling->sent_secret)
		return refused_secret(terminal, err);
	if (secret == NULL)
		return failed(
			err, ENOENT,
			"the device asks for a secret, and none is given");
	enabling->sent_secret = true;
	terminal->tail_is_secret = true; /* it may be echoed */
	terminal->tail_len = 0; /* what came before is no word on it */
	cutter_drop(exchange->cutter);
	return terminal_send_secret(terminal, secret, err) == -1 ? REPLY_FAILED
								 : REPLY_SENT;
}

static enum reply_result reply_with_name(struct exchange *exchange,
					 struct enabling *enabling,
					 struct nf_error *err)
{
	enabling->sent_username = true;
	cutter_drop(exchange->cutter);
	if (terminal_send_line(exchange->terminal,
			       enabling->credentials->username, err) == -1)
		return REPLY_FAILED;
	return REPLY_SENT;
}

static enum reply_result enable_reply(struct exchange *exchange, bool quiet,
				      struct enabling *enabling,
				      struct nf_error *err)
{
	const struct patterns *patterns = exchange->terminal->patterns;
	const struct buf *line = &exchange->terminal->text.line;
	enum patterns_asked asked = PATTERNS_NOTHING;

	if (quiet || patterns_asks_plainly(patterns, line->data, line->len))
		asked = patterns_asks(patterns, line->data, line->len);
	if (asked == PATTERNS_NEW_PASSWORD)
		return failed(err, EKEYEXPIRED,
			      "the device demands a new password");
	if (asked == PATTERNS_PASSWORD ||
	    patterns_password(patterns, line->data, line->len) ||
	    (quiet && patterns_secret(patterns, line->data, line->len)))
		return reply_with_secret(exchange, enabling, err);
	if (asked == PATTERNS_USERNAME && !enabling->sent_username &&
	    enabling->credentials->username != NULL)
		return reply_with_name(exchange, enabling, err);
	return REPLY_NONE;
}

/* ---- the exchange */

/* A prompt of another name: an empty line has to bring it again. */
static enum exchange_step prove(struct exchange *exchange,
				struct enabling *enabling, struct nf_error *err)
{
	if (enabling->nproofs++ >= PROOFS_MAX)
		return EXCHANGE_MORE;
	terminal_copy(exchange->terminal, enabling->candidate);
	cutter_drop(exchange->cutter);
	if (terminal_send_line(exchange->terminal, "", err) == -1)
		return EXCHANGE_FAILED;
	return EXCHANGE_MORE;
}

static enum exchange_step at_privileged(struct exchange *exchange, bool quiet,
					struct enabling *enabling,
					struct nf_error *err)
{
	const struct terminal *terminal = exchange->terminal;

	if (!is_raised(enabling, terminal) &&
	    !terminal_is(terminal, enabling->candidate) &&
	    !prompt_is_reached(exchange->prompt, terminal))
		return quiet && may_be_prompt(&terminal->text.line)
			       ? prove(exchange, enabling, err)
			       : EXCHANGE_MORE;
	prompt_set(exchange->prompt, terminal);
	return EXCHANGE_DONE;
}

static enum exchange_step at_user(struct exchange *exchange, bool quiet,
				  const struct enabling *enabling,
				  struct nf_error *err)
{
	/* A prompt before the echo is that of an earlier command. */
	if ((exchange->cutter->phase == CUTTER_ECHO && !quiet) ||
	    !prompt_is_reached(exchange->prompt, exchange->terminal))
		return EXCHANGE_MORE;
	if (enabling->sent_secret)
		(void)refused_secret(exchange->terminal, err);
	else
		(void)refused(exchange->terminal, err, 0,
			      enabling->credentials->secret == NULL
				      ? "the device stays at its user's prompt"
				      : "the device does not ask for the "
					"secret");
	return EXCHANGE_FAILED;
}

static enum exchange_step enable_step(struct exchange *exchange, bool quiet,
				      void *arg, struct nf_error *err)
{
	const struct terminal *terminal = exchange->terminal;
	const struct buf *line = &terminal->text.line;
	struct enabling *enabling = arg;

	switch (enable_reply(exchange, quiet, enabling, err)) {
	case REPLY_FAILED:
		return EXCHANGE_FAILED;
	case REPLY_SENT:
		return EXCHANGE_MORE;
	case REPLY_NONE:
		break;
	}
	if (is_privileged(terminal->patterns, line->data, line->len))
		return at_privileged(exchange, quiet, enabling, err);
	return at_user(exchange, quiet, enabling, err);
}

/* The device hung up: its words may tell that the secret is why. */
static void hung_up(const struct terminal *terminal,
		    const struct enabling *enabling, struct nf_error *err)
{
	struct farewell farewell;

	terminal_farewell(terminal, false, &farewell);
	if (enabling->sent_secret && farewell.kind == FAREWELL_REFUSED)
		(void)refused_secret(terminal, err);
}

/* The prompt is neither a user's nor a privileged one. */
static int fail_at_other(const struct prompt *prompt, struct nf_error *err)
{
	char said[SAID_MAX + 1];

	printable_copy(said, sizeof(said), (const uint8_t *)prompt->text,
		       prompt->len);
	return error_set(err, NF_ENABLE_FAILED,
			 "its prompt \"%s\" is neither that of a user nor a "
			 "privileged one",
			 said);
}

int enable_run(struct exchange *exchange, const struct credentials *credentials,
	       struct nf_error *err)
{
	struct terminal *terminal = exchange->terminal;
	const struct patterns *patterns = terminal->patterns;
	const struct prompt *prompt = exchange->prompt;
	const uint8_t *text = (const uint8_t *)prompt->text;
	struct enabling enabling = {.credentials = credentials};
	int rc;

	if (is_privileged(patterns, text, prompt->len))
		return 0;
	if (!is_user(patterns, text, prompt->len))
		return fail_at_other(prompt, err);
	(void)stpcpy(enabling.user_prompt, prompt->text);
	rc = exchange_run(exchange,
			  patterns_platform(patterns)->enable->command,
			  enable_step, &enabling, err);
	if (rc == -1 && err->code == NF_DISCONNECTED)
		hung_up(terminal, &enabling, err);
	terminal->tail_is_secret = false;
	terminal->tail_len = 0;
	return rc == -1 ? -1 : 1;
}
