/*
 * What a device says around the password of a login: tells its success from a
 * refusal, where another question for a user or a password follows.
 *
 * The lines before the password are known. Behind it, the first line that says
 * something decides: a refusal, or a success. A line that was known before, its
 * figures aside, says nothing, as a device may paint its banner again with each
 * question; nor does the password's echo.
 */
#ifndef NETFAN_TERMINAL_LOGIN_TEXT_H
#define NETFAN_TERMINAL_LOGIN_TEXT_H

#include "platform/login/login_patterns.h"

#define LOGIN_LINES_MAX 96 /* before a password; of more, none is new */

/* Zeroed, it has heard nothing. */
struct login_text {
	uint32_t known[LOGIN_LINES_MAX]; /* a hash each of those lines */
	unsigned nknown;
	uint32_t question; /* hash of that for the user, 0: none was asked */
	bool any_new; /* behind the password, and of no refusal */
	enum patterns_said said; /* behind it */
};

/* Take the question for the user. */
void login_text_question(struct login_text *text, const uint8_t *line,
			 size_t len);

/* Take a line before the password. */
void login_text_before(struct login_text *text, const uint8_t *line,
		       size_t len);

/* Take a line behind it; the password is not NULL. */
void login_text_behind(struct login_text *text, const struct patterns *patterns,
		       const char *password, const uint8_t *line, size_t len);

/* Had the login success before this unfinished line asked for more? */
bool login_text_succeeded(const struct login_text *text,
			  const struct patterns *patterns, const uint8_t *line,
			  size_t len);

#endif
