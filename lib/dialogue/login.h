/*
 * A login inside the terminal: telnet, servers that let anyone in and ask then,
 * terminal servers.
 */
#ifndef NETFAN_DIALOGUE_LOGIN_H
#define NETFAN_DIALOGUE_LOGIN_H

#include "credentials/credentials.h"
#include "dialogue/terminal.h"

/* Zeroed but for credentials and patient, it is ready. */
struct login {
	const struct credentials *credentials; /* borrowed */
	bool patient; /* it may not be asked for: only a pause makes a question
		       */
	bool named; /* the username was said */
	bool said; /* the password, too */
};

/* Does it look like a question that has to be followed by a pause? */
bool login_waits(const struct login *login, const struct terminal *terminal);

/*
 * Reply to what the unfinished line asks; quiet: nothing came for a while.
 * NF_AUTH_FAILED when the device asks again, asks for what is not known, or for
 * a new password, which is never given; NF_TIMEOUT, NF_DISCONNECTED, NF_SYSTEM.
 */
enum reply_result login_reply(struct login *login, struct terminal *terminal,
			      bool quiet, struct nf_error *err);

/* The first prompt has come, or err says why not: one that hangs up on the
 * password has refused it. */
void login_ended(struct login *login, struct terminal *terminal,
		 struct nf_error *err);

#endif
