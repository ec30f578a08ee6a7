/* Options: what is proven in a login. */
#include "options/given.h"
#include "options/groups.h"
#include "options/options.h"
#include "tell.h"

static enum parsed take_identity(struct options *options,
				 const struct given *given)
{
	if (texts_add(&options->identities, given->value) == -1) {
		(void)tell_no_memory();
		return PARSED_WRONG;
	}
	options->poll.identities = options->identities.at;
	options->poll.nidentities = options->identities.n;
	return PARSED_RUN;
}

static enum parsed take_use_keys(struct options *options,
				 const struct given *given)
{
	(void)given;
	options->poll.use_keys = true;
	return PARSED_RUN;
}

static enum parsed take_auth(struct options *options, const struct given *given)
{
	options->poll.auth = given->value;
	return PARSED_RUN;
}

static enum parsed take_ask(struct options *options, const struct given *given)
{
	if (texts_add(&options->ask, given->value) == -1) {
		(void)tell_no_memory();
		return PARSED_WRONG;
	}
	options->poll.ask = options->ask.at;
	options->poll.nask = options->ask.n;
	return PARSED_RUN;
}

const struct option_row ask_options[] = {
	{"ask", '\0', "REGEX",
	 "type the answer at the terminal when what REGEX\n"
	 "matches is asked before the first prompt: a one-time\n"
	 "code; may be given again",
	 take_ask},
	{0},
};

static enum parsed take_agent(struct options *options,
			      const struct given *given)
{
	(void)given;
	options->poll.agent = true;
	return PARSED_RUN;
}

const struct option_row access_options[] = {
	{"identity", 'I', "FILE",
	 "log in with this private key, in place of those\n"
	 "of the inventory; may be given again",
	 take_identity},
	{"use-keys", '\0', NULL,
	 "log in with ~/.ssh/id_ed25519, id_ecdsa, id_rsa\n"
	 "where the inventory names no key",
	 take_use_keys},
	{"auth", '\0', "LIST",
	 "of publickey, agent, password, keyboard-interactive,\n"
	 "which are tried in this order: in another, or fewer",
	 take_auth},
	{"agent", '\0', NULL,
	 "log in with keys of the agent that SSH_AUTH_SOCK\n"
	 "names, where the inventory does not say whether to",
	 take_agent},
	{0},
};
