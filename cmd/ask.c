/* Secrets that a person types at the terminal before a run. */
#include "ask.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "stop.h"
#include "typing.h"

static int refuse(struct nf_error *err, const char *option, const char *why)
{
	err->code = NF_INVALID;
	(void)snprintf(err->message, sizeof(err->message), "%s %s", option,
		       why);
	return -1;
}

static int refuse_typed(struct nf_error *err, const char *option, int typed)
{
	return refuse(err, option,
		      typed == 0 ? "got nothing typed"
				 : "needs a terminal to type it at, and there "
				   "is none");
}

/* Ask while signals are held, so that the terminal gets its echo back: what came
 * ends the program then, as it would have. */
static int ask_one(const char *option, const char *label, char text[ASK_SIZE],
		   struct nf_error *err)
{
	struct stop stop;
	sigset_t before;
	int typed;

	(void)sigprocmask(SIG_BLOCK, NULL, &before);
	if (stop_init(&stop) == -1) {
		(void)sigprocmask(SIG_SETMASK, &before, NULL);
		return refuse(err, option, strerror(errno));
	}
	(void)strcpy(text, ASK_LITERAL);
	typed = typing_secret(&stop, label, text + strlen(ASK_LITERAL));
	(void)close(stop.fd);
	if (stop.signal != 0)
		(void)raise(stop.signal);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return typed == 1 ? 0 : refuse_typed(err, option, typed);
}

int ask_all(struct ask *ask, struct nf_error *err)
{
	if (ask == NULL || ask->typed)
		return 0;
	if (ask->password &&
	    ask_one("--ask-pass", "password", ask->password_text, err) == -1)
		return -1;
	if (ask->secret && ask_one("--ask-secret", "enable secret",
				   ask->secret_text, err) == -1)
		return -1;
	ask->typed = true;
	return 0;
}
