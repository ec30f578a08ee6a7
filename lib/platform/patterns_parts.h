/*
 * The parts of a platform's patterns: for patterns.c and login/login_patterns.c
 * alone.
 */
#ifndef NETFAN_PLATFORM_PATTERNS_PARTS_H
#define NETFAN_PLATFORM_PATTERNS_PARTS_H

#include "platform/codes.h"
#include "platform/platform.h"

/* Words of logins, the same on all platforms (login/login_words.h). */
enum login_words {
	WORDS_NEW, /* in this order: the first that match count */
	WORDS_NAME,
	WORDS_PASSWORD,
	WORDS_NEW_OTHERWISE,
	WORDS_NAME_OTHERWISE,
	WORDS_PASSWORD_OTHERWISE,
	WORDS_ASKING = WORDS_PASSWORD_OTHERWISE, /* the last that ask */
	WORDS_SECRET, /* of enable alone */
	WORDS_REFUSED,
	WORDS_WELCOME,
	NLOGIN_WORDS
};

/* What is asked before the first prompt. */
struct login_patterns {
	pcre2_code *words[NLOGIN_WORDS];
	struct codes asks; /* as the platform's answers have it */
	struct codes user_asks; /* and those of the user, which come first */
	char **user_replies; /* one each */
	struct codes typed; /* what a person answers, before all these */
};

struct patterns {
	const struct platform *platform;
	struct matcher matcher;
	pcre2_code *prompts[PLATFORM_NMODES];
	int base[PLATFORM_NMODES]; /* its group, 0 for none */
	pcre2_code *prompt_header, *password;
	struct codes errors, greeting, pagers, questions;
	struct codes banner, evidence; /* of its detect keys */
	const struct nf_reply *replies; /* to the questions */
	struct common *common; /* its own, even of those that are borrowed */
	struct login_patterns login;
	bool borrowed; /* the codes */
};

/* Compile the words of logins, the answers of the platform; codes as those of
 * codes_compile(). */
int login_compile_words(const struct compiling *compiling, struct patterns *p);
int login_compile_answers(const struct compiling *compiling,
			  struct patterns *p);
void login_free_codes(struct login_patterns *login);

#endif
