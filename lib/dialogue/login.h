/*
 * A login inside the terminal, where a device asks for user and password as
 * text: telnet, terminal servers, SSH servers that let anyone in first.
 */
#ifndef NETFAN_DIALOGUE_LOGIN_H
#define NETFAN_DIALOGUE_LOGIN_H

#include "base/passed.h"
#include "credentials/credentials.h"
#include "terminal/login_text.h"
#include "terminal/terminal.h"

/*
 * Set credentials, needs_pause, type and arg, the rest is zero.
 *
 * A password is sent once. A second login with the same credentials is begun
 * where the first has succeeded: that of a device behind a console server. It
 * has if a line of success came behind the password ("Connected to R1"), or,
 * where another question for the user follows than the first was, any line that
 * is new. Not if a line before that refuses: see login_text.h.
 */
struct login {
	const struct credentials *credentials; /* borrowed */
	/* Lets a person answer, where the patterns have questions for that: 0
	 * and *typed, a text with its NUL, to be released; -1 with *err. May
	 * move the deadline. */
	int (*type)(void *arg, const char *question, int64_t *deadline_ms,
		    struct passed *typed, struct nf_error *err);
	void *arg; /* of type */
	/* A login is not expected: a line counts as a question only when a
	 * pause follows it. */
	bool needs_pause;
	bool sent_username;
	bool sent_password;
	bool typed; /* an answer of a person was sent */
	bool is_second;
	unsigned nanswers; /* given to other questions */
	struct login_text text; /* what the device said */
};

/* Take a line from before the first prompt. */
void login_hear(struct login *login, const struct terminal *terminal,
		const uint8_t *line, size_t len);

/* Does the unfinished line look like a question that needs a pause to count? So
 * do all that an answer of the user or the platform is for. */
bool login_needs_pause(const struct login *login,
		       const struct terminal *terminal);

/*
 * Reply to what the unfinished line asks; quiet: nothing came for a while.
 * NF_AUTH_FAILED when the device asks again, asks for what is not known, or for
 * a new password, which is never given; NF_SESSION_DENIED when it asks again,
 * and its words tell that the password is not at fault; NF_PROTOCOL when a
 * login is expected, and the device speaks SSH; NF_TIMEOUT, NF_DISCONNECTED,
 * NF_SYSTEM.
 */
enum reply_result login_reply(struct login *login, struct terminal *terminal,
			      bool quiet, struct nf_error *err);

/*
 * The first prompt was found (err is NULL), or was not. Of a device that hung up
 * its last words count (terminal/farewell.h): *err becomes NF_SESSION_DENIED,
 * where nobody is let in whoever it is; NF_AUTH_FAILED behind the password
 * else; NF_BUSY before any question, if that is what they say.
 */
void login_ended(struct login *login, struct terminal *terminal,
		 struct nf_error *err);

#endif
