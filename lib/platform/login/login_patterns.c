/* A platform's patterns: what is asked, and said, before the first prompt. */
#include "platform/login/login_patterns.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "platform/login/login_answers.h"
#include "platform/login/login_words.h"
#include "platform/patterns_parts.h"

static const char *const login_words[NLOGIN_WORDS] = {
	[WORDS_NAME] = ASKS_NAME,
	[WORDS_PASSWORD] = ASKS_PASSWORD,
	[WORDS_NEW] = ASKS_NEW,
	[WORDS_NAME_OTHERWISE] = ASKS_NAME_OTHERWISE,
	[WORDS_PASSWORD_OTHERWISE] = ASKS_PASSWORD_OTHERWISE,
	[WORDS_NEW_OTHERWISE] = ASKS_NEW_OTHERWISE,
	[WORDS_SECRET] = ASKS_SECRET,
	[WORDS_REFUSED] = SAYS_REFUSED,
	[WORDS_WELCOME] = SAYS_WELCOME,
};

/* ---- compiling */

int login_compile_words(const struct compiling *compiling, struct patterns *p)
{
	for (int words = 0; words < NLOGIN_WORDS; words++) {
		if (codes_compile(compiling, &p->login.words[words],
				  login_words[words]) == -1)
			return -1;
	}
	return 0;
}

int login_compile_answers(const struct compiling *compiling, struct patterns *p)
{
	const struct platform *platform = p->platform;

	if (codes_init(compiling, &p->login.asks,
		       platform->login_answers_count) == -1)
		return -1;
	for (size_t i = 0; i < p->login.asks.n; i++) {
		if (codes_compile(compiling, &p->login.asks.at[i],
				  platform->login_answers[i].asks) == -1)
			return -1;
	}
	return 0;
}

void login_free_codes(struct login_patterns *login)
{
	for (int words = 0; words < NLOGIN_WORDS; words++)
		pcre2_code_free(login->words[words]);
	for (size_t i = 0; i < login->user_asks.n; i++)
		free(login->user_replies[i]);
	free(login->user_replies);
	codes_free(&login->user_asks);
	codes_free(&login->typed);
	codes_free(&login->asks);
}

/* Make room for one more: it is NULL. */
static int grow_codes(struct codes *codes)
{
	pcre2_code **at =
		reallocarray(codes->at, codes->n + 1, sizeof(pcre2_code *));

	if (at == NULL)
		return -1;
	codes->at = at;
	at[codes->n] = NULL;
	return 0;
}

/* Make room for one more answer: its code is NULL. */
static int grow_answers(struct patterns *p)
{
	struct codes *asks = &p->login.user_asks;
	char **replies = NULL;

	if (grow_codes(asks) == 0)
		replies = reallocarray(p->login.user_replies, asks->n + 1,
				       sizeof(char *));
	if (replies == NULL)
		return -1;
	p->login.user_replies = replies;
	return 0;
}

int patterns_add_login_answer(struct patterns *p, const char *question,
			      const char *reply, struct nf_error *err)
{
	const struct compiling compiling = {.what = "question", .err = err};
	struct codes *asks = &p->login.user_asks;
	char *own = strdup(reply);

	if (own == NULL || grow_answers(p) == -1) {
		free(own);
		return error_set(err, NF_SYSTEM, "no memory for patterns");
	}
	if (codes_compile(&compiling, &asks->at[asks->n], question) == -1) {
		free(own);
		return -1;
	}
	p->login.user_replies[asks->n++] = own;
	return 0;
}

int patterns_add_login_answers(struct patterns *p, const char *text,
			       struct nf_error *err)
{
	struct login_answer answer;
	int rc = 0;

	while (rc == 0 && login_answers_next(&text, &answer) == 1) {
		char *question = strndup(answer.question, answer.question_len);
		char *reply = strndup(answer.reply, answer.reply_len);

		rc = question == NULL || reply == NULL
			     ? error_set(err, NF_SYSTEM,
					 "no memory for patterns")
			     : patterns_add_login_answer(p, question, reply,
							 err);
		free(question);
		free(reply);
	}
	return rc;
}

int patterns_add_typed(struct patterns *p, const char *question,
		       struct nf_error *err)
{
	const struct compiling compiling = {.what = "question", .err = err};
	struct codes *typed = &p->login.typed;

	if (grow_codes(typed) == -1)
		return error_set(err, NF_SYSTEM, "no memory for patterns");
	if (codes_compile(&compiling, &typed->at[typed->n], question) == -1)
		return -1;
	typed->n++;
	return 0;
}

/* ---- matching */

/* Does it end as questions do? Most lines do not, and are looked at no more. */
static bool ends_as_question(const uint8_t *line, size_t len)
{
	static const uint8_t ends[] = {':', '?', '>', 0x9a}; /* of WIDE_COLON */

	if (len > 0 && line[len - 1] == ' ')
		len--;
	return len > 0 && memchr(ends, line[len - 1], sizeof(ends)) != NULL;
}

/* The words in which a line asks, or NLOGIN_WORDS. */
static enum login_words asking_words(const struct patterns *p,
				     const uint8_t *line, size_t len)
{
	int words = 0;

	if (!ends_as_question(line, len))
		return NLOGIN_WORDS;
	while (words <= WORDS_ASKING &&
	       !codes_match(&p->matcher, p->login.words[words], line, len))
		words++;
	return words <= WORDS_ASKING ? (enum login_words)words : NLOGIN_WORDS;
}

enum patterns_asked patterns_asks(const struct patterns *p, const uint8_t *line,
				  size_t len)
{
	switch (asking_words(p, line, len)) {
	case WORDS_NEW:
	case WORDS_NEW_OTHERWISE:
		return PATTERNS_NEW_PASSWORD;
	case WORDS_NAME:
	case WORDS_NAME_OTHERWISE:
		return PATTERNS_USERNAME;
	case WORDS_PASSWORD:
	case WORDS_PASSWORD_OTHERWISE:
		return PATTERNS_PASSWORD;
	case WORDS_SECRET:
	case WORDS_REFUSED:
	case WORDS_WELCOME:
	case NLOGIN_WORDS:
		break;
	}
	return PATTERNS_NOTHING;
}

bool patterns_asks_plainly(const struct patterns *p, const uint8_t *line,
			   size_t len)
{
	return asking_words(p, line, len) <= WORDS_PASSWORD;
}

enum patterns_said patterns_login_says(const struct patterns *p,
				       const uint8_t *line, size_t len)
{
	if (codes_match(&p->matcher, p->login.words[WORDS_REFUSED], line, len))
		return PATTERNS_REFUSED;
	return codes_match(&p->matcher, p->login.words[WORDS_WELCOME], line,
			   len)
		       ? PATTERNS_WELCOME
		       : PATTERNS_SILENT;
}

const char *patterns_login_answer(const struct patterns *p, const uint8_t *line,
				  size_t len)
{
	size_t i = codes_first(&p->matcher, &p->login.user_asks, line, len);

	if (i < p->login.user_asks.n)
		return p->login.user_replies[i];
	i = codes_first(&p->matcher, &p->login.asks, line, len);
	return i < p->login.asks.n ? p->platform->login_answers[i].reply : NULL;
}

bool patterns_is_typed(const struct patterns *p, const uint8_t *line,
		       size_t len)
{
	const struct codes *typed = &p->login.typed;

	return codes_first(&p->matcher, typed, line, len) < typed->n;
}
