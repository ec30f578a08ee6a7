/* Enable: the exchange of a user's prompt for a privileged one. */
#include "dialogue/enable.h"

#include "base/error.h"

/* Enable, on its way. */
struct enabling {
	const struct credentials *credentials;
	bool sent_username; /* an AAA server may want it again */
	bool sent_secret;
};

static enum reply_result reply_with_secret(struct exchange *exchange,
					   struct enabling *enabling,
					   struct nf_error *err)
{
	if (enabling->sent_secret) {
		(void)error_set(err, NF_ENABLE_FAILED, "the secret is refused");
		return REPLY_FAILED;
	}
	enabling->sent_secret = true;
	cutter_drop(exchange->cutter);
	if (terminal_send_secret(exchange->terminal,
				 enabling->credentials->secret, err) == -1)
		return REPLY_FAILED;
	return REPLY_SENT;
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

static enum reply_result enable_reply(struct exchange *exchange,
				      struct enabling *enabling,
				      struct nf_error *err)
{
	const struct terminal *terminal = exchange->terminal;
	const struct buf *line = &terminal->text.line;

	if (patterns_password(terminal->patterns, line->data, line->len))
		return reply_with_secret(exchange, enabling, err);
	if (enabling->credentials->username != NULL &&
	    !enabling->sent_username &&
	    patterns_asks(terminal->patterns, line->data, line->len) ==
		    PATTERNS_USERNAME)
		return reply_with_name(exchange, enabling, err);
	return REPLY_NONE;
}

static enum exchange_step enable_step(struct exchange *exchange, bool quiet,
				      void *arg, struct nf_error *err)
{
	const struct terminal *terminal = exchange->terminal;
	const struct buf *line = &terminal->text.line;
	struct enabling *enabling = arg;

	switch (enable_reply(exchange, enabling, err)) {
	case REPLY_FAILED:
		return EXCHANGE_FAILED;
	case REPLY_SENT:
		return EXCHANGE_MORE;
	case REPLY_NONE:
		break;
	}
	if ((exchange->cutter->phase == CUTTER_ECHO && !quiet) ||
	    !prompt_is_reached(exchange->prompt, terminal))
		return EXCHANGE_MORE;
	if (!patterns_user(terminal->patterns, line->data, line->len))
		return EXCHANGE_DONE;
	(void)error_set(err, NF_ENABLE_FAILED,
			enabling->sent_secret
				? "the secret is refused"
				: "the device does not ask for the secret");
	return EXCHANGE_FAILED;
}

int enable_run(struct exchange *exchange, const struct credentials *credentials,
	       struct nf_error *err)
{
	struct terminal *terminal = exchange->terminal;
	struct enabling enabling = {.credentials = credentials};
	int rc;

	terminal->tail_is_secret = true;
	rc = exchange_run(
		exchange,
		patterns_platform(terminal->patterns)->enable->command,
		enable_step, &enabling, err);
	terminal->tail_is_secret = false;
	terminal->tail_len = 0;
	return rc;
}
