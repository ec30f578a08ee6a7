/* A platform's patterns, compiled once before any fork. */
#include "platform/patterns.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "platform/pagers.h"
#include "platform/patterns_parts.h"

/* Bytes of the longest prompt of a pager that is looked for behind other text,
 * where the platform has it. */
#define BEHIND_MAX 128

/* The pagers of all families: most sessions need none of them, so that they are
 * compiled when a device first pauses where one might stand. */
struct common {
	struct codes pagers;
	pcre2_code *message;
	bool tried; /* to compile them */
	struct announcements *announcements; /* likewise; with its platform's */
	bool tried_announcements;
};

/* ---- compiling */

static int compile_prompts(const struct compiling *compiling,
			   struct patterns *p)
{
	for (int mode = 0; mode < PLATFORM_NMODES; mode++) {
		pcre2_code **code = &p->prompts[mode];

		if (codes_compile(compiling, code,
				  p->platform->prompts->of[mode]) == -1)
			return -1;
		if (*code != NULL)
			p->base[mode] = pcre2_substring_number_from_name(
				*code, (PCRE2_SPTR) "base");
		if (p->base[mode] < 0 || p->base[mode] >= CODES_GROUPS_MAX)
			p->base[mode] = 0;
	}
	return 0;
}

static int compile_list(const struct compiling *compiling, struct codes *codes,
			char *const *patterns, size_t n)
{
	if (codes_init(compiling, codes, n) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (codes_compile(compiling, &codes->at[i], patterns[i]) == -1)
			return -1;
	}
	return 0;
}

static int compile_detect(const struct compiling *compiling, struct patterns *p)
{
	const struct platform_detect *detect = p->platform->detect;

	if (detect == NULL)
		return 0;
	if (compile_list(compiling, &p->banner, detect->banner,
			 detect->banner_count) == -1)
		return -1;
	return compile_list(compiling, &p->evidence, detect->output,
			    detect->output_count);
}

/* Compile the questions that a key or a text of the file replies to. */
static int compile_asking(const struct compiling *compiling, struct patterns *p)
{
	const struct platform *platform = p->platform;

	if (codes_init(compiling, &p->greeting, platform->greeting_count) ==
		    -1 ||
	    codes_init(compiling, &p->pagers, platform->pager_count) == -1)
		return -1;
	for (size_t i = 0; i < p->greeting.n; i++) {
		if (codes_compile(compiling, &p->greeting.at[i],
				  platform->greeting[i].asks) == -1)
			return -1;
	}
	for (size_t i = 0; i < p->pagers.n; i++) {
		if (codes_compile(compiling, &p->pagers.at[i],
				  platform->pager[i].prompt) == -1)
			return -1;
	}
	return 0;
}

static int compile_all(const struct compiling *compiling, struct patterns *p)
{
	const struct platform *platform = p->platform;

	if (compile_prompts(compiling, p) == -1 ||
	    codes_compile(compiling, &p->prompt_header,
			  platform->prompt_header) == -1 ||
	    compile_list(compiling, &p->errors, platform->errors,
			 platform->errors_count) == -1 ||
	    compile_detect(compiling, p) == -1 ||
	    compile_asking(compiling, p) == -1 ||
	    login_compile_answers(compiling, p) == -1)
		return -1;
	if (platform->enable != NULL &&
	    codes_compile(compiling, &p->password,
			  platform->enable->password) == -1)
		return -1;
	return 0;
}

/* Allocate what matching takes; the patterns themselves are still to come. */
static struct patterns *alloc(const struct platform *platform,
			      struct nf_error *err)
{
	struct patterns *p = calloc(1, sizeof(*p));

	if (p != NULL) {
		p->platform = platform;
		p->common = calloc(1, sizeof(*p->common));
	}
	if (p == NULL || p->common == NULL || matcher_init(&p->matcher) == -1) {
		patterns_free(p);
		(void)error_set(err, NF_SYSTEM, "no memory for patterns");
		return NULL;
	}
	return p;
}

/* Make the patterns of a platform, those of logins if they are asked for. */
static struct patterns *make(const struct platform *platform, bool login,
			     const char **at_fault, struct nf_error *err)
{
	const struct compiling compiling = {
		.platform = platform->name, .at_fault = at_fault, .err = err};
	struct patterns *p = alloc(platform, err);

	if (p == NULL || (compile_all(&compiling, p) == 0 &&
			  (!login || login_compile_words(&compiling, p) == 0)))
		return p;
	patterns_free(p);
	return NULL;
}

int patterns_new(struct patterns **out, const struct platform *platform,
		 const char **at_fault, struct nf_error *err)
{
	struct patterns *p = make(platform, true, at_fault, err);

	if (p == NULL)
		return -1;
	*out = p;
	return 0;
}

int patterns_add_replies(struct patterns *p, const struct nf_reply *replies,
			 size_t n, struct nf_error *err)
{
	const struct compiling compiling = {.what = "question", .err = err};

	if (codes_init(&compiling, &p->questions, n) == -1)
		return -1;
	p->replies = replies;
	for (size_t i = 0; i < n; i++) {
		if (codes_compile(&compiling, &p->questions.at[i],
				  replies[i].question) == -1)
			return -1;
	}
	return 0;
}

int patterns_check_question(const char *question, struct nf_error *err)
{
	const struct compiling compiling = {.what = "question", .err = err};
	pcre2_code *code = NULL;
	int rc = codes_compile(&compiling, &code, question);

	pcre2_code_free(code);
	return rc;
}

int patterns_share(struct patterns **out, const struct patterns *of,
		   struct nf_error *err)
{
	struct patterns *p = alloc(of->platform, err);
	struct patterns own;

	if (p == NULL)
		return -1;
	own = *p;
	*p = *of;
	p->matcher = own.matcher;
	p->common = own.common;
	p->borrowed = true;
	*out = p;
	return 0;
}

static void free_codes(struct patterns *p)
{
	for (int mode = 0; mode < PLATFORM_NMODES; mode++)
		pcre2_code_free(p->prompts[mode]);
	pcre2_code_free(p->prompt_header);
	pcre2_code_free(p->password);
	codes_free(&p->errors);
	codes_free(&p->banner);
	codes_free(&p->evidence);
	codes_free(&p->greeting);
	codes_free(&p->pagers);
	codes_free(&p->questions);
	login_free_codes(&p->login);
}

static void free_common(struct common *common)
{
	if (common == NULL)
		return;
	codes_free(&common->pagers);
	pcre2_code_free(common->message);
	announcements_free(common->announcements);
	free(common);
}

void patterns_free(struct patterns *p)
{
	if (p == NULL)
		return;
	if (!p->borrowed)
		free_codes(p);
	free_common(p->common);
	matcher_free(&p->matcher);
	free(p);
}

const struct platform *patterns_platform(const struct patterns *p)
{
	return p->platform;
}

/* ---- checking those that are compiled by their users */

static int try_pattern(const struct compiling *compiling, const char *pattern)
{
	pcre2_code *code = NULL;
	int rc = codes_compile(compiling, &code, pattern);

	pcre2_code_free(code);
	return rc;
}

static int try_list(const struct compiling *compiling, char *const *patterns,
		    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (try_pattern(compiling, patterns[i]) == -1)
			return -1;
	}
	return 0;
}

/* What a secret's pattern matches is more than the secret: its group is that,
 * and has to be one that a match has room for. */
static int try_secret(const struct compiling *compiling, const char *pattern)
{
	pcre2_code *code = NULL;
	int group;

	if (codes_compile(compiling, &code, pattern) == -1)
		return -1;
	group = pcre2_substring_number_from_name(code, (PCRE2_SPTR) "secret");
	pcre2_code_free(code);
	if (group > 0 && group < CODES_GROUPS_MAX)
		return 0;
	if (compiling->at_fault != NULL)
		*compiling->at_fault = pattern;
	return error_set(compiling->err, NF_INVALID,
			 "platform %s: pattern '%s': none of its first %d "
			 "groups is named secret, as in '(?<secret>\\S+)'",
			 compiling->platform, pattern, CODES_GROUPS_MAX - 1);
}

static int try_blocks(const struct compiling *compiling,
		      const struct platform_block *blocks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (try_pattern(compiling, blocks[i].begin) == -1 ||
		    try_pattern(compiling, blocks[i].end) == -1)
			return -1;
	}
	return 0;
}

static int try_content(const struct compiling *compiling,
		       const struct platform *platform)
{
	for (size_t i = 0; i < platform->collect_count; i++) {
		if (try_pattern(compiling, platform->collect[i].end) == -1)
			return -1;
	}
	for (size_t i = 0; i < platform->secrets_count; i++) {
		if (try_secret(compiling, platform->secrets[i]) == -1)
			return -1;
	}
	if (try_blocks(compiling, platform->secret_blocks,
		       platform->secret_blocks_count) == -1 ||
	    try_blocks(compiling, platform->volatile_blocks,
		       platform->volatile_blocks_count) == -1)
		return -1;
	return try_list(compiling, platform->volatile_lines,
			platform->volatile_lines_count);
}

int patterns_check(const struct platform *platform, const char **at_fault,
		   struct nf_error *err)
{
	const struct compiling compiling = {
		.platform = platform->name, .at_fault = at_fault, .err = err};
	struct patterns *p = make(platform, false, at_fault, err);

	if (p == NULL)
		return -1;
	patterns_free(p);
	if (try_list(&compiling, platform->takes_lines,
		     platform->takes_lines_count) == -1)
		return -1;
	return try_content(&compiling, platform);
}

/* ---- matching */

/* The mode that line is a prompt of, or PLATFORM_NMODES. */
static int mode_of(const struct patterns *p, const uint8_t *line, size_t len)
{
	int mode = 0;

	while (mode < PLATFORM_NMODES &&
	       !codes_match(&p->matcher, p->prompts[mode], line, len))
		mode++;
	return mode;
}

bool patterns_prompt(const struct patterns *p, const uint8_t *line, size_t len)
{
	return mode_of(p, line, len) < PLATFORM_NMODES;
}

bool patterns_user(const struct patterns *p, const uint8_t *line, size_t len)
{
	return codes_match(&p->matcher, p->prompts[PLATFORM_USER], line, len) &&
	       !codes_match(&p->matcher, p->prompts[PLATFORM_PRIVILEGED], line,
			    len);
}

bool patterns_privileged(const struct patterns *p, const uint8_t *line,
			 size_t len)
{
	return codes_match(&p->matcher, p->prompts[PLATFORM_PRIVILEGED], line,
			   len) ||
	       codes_match(&p->matcher, p->prompts[PLATFORM_CONFIGURATION],
			   line, len);
}

bool patterns_password(const struct patterns *p, const uint8_t *line,
		       size_t len)
{
	return codes_match(&p->matcher, p->password, line, len);
}

bool patterns_secret(const struct patterns *p, const uint8_t *line, size_t len)
{
	return codes_match(&p->matcher, p->login.words[WORDS_SECRET], line,
			   len);
}

/* ---- pagers */

/* Where the last match began. */
static size_t match_start(const struct patterns *p)
{
	return pcre2_get_ovector_pointer(p->matcher.data)[0];
}

const struct platform_pager *patterns_pager(const struct patterns *p,
					    const uint8_t *line, size_t len,
					    size_t *at)
{
	size_t i = codes_first(&p->matcher, &p->pagers, line, len);

	if (i == p->pagers.n)
		return NULL;
	*at = match_start(p);
	return &p->platform->pager[i];
}

/* Compile the common pagers once; without memory there are none. */
static const struct common *common_of(const struct patterns *p)
{
	struct common *common = p->common;
	struct nf_error ignored;
	const struct compiling compiling = {.what = "question",
					    .err = &ignored};
	struct codes *codes = &common->pagers;

	if (common->tried)
		return common;
	common->tried = true;
	if (codes_compile(&compiling, &common->message, pagers_message) == -1 ||
	    codes_init(&compiling, codes, pagers_ncommon) == -1)
		return common;
	for (size_t i = 0; i < codes->n; i++)
		(void)codes_compile(&compiling, &codes->at[i],
				    pagers_common[i].prompt);
	return common;
}

static const struct platform_pager *find_common(const struct patterns *p,
						const uint8_t *line, size_t len,
						size_t *at)
{
	size_t i = codes_first(&p->matcher, &common_of(p)->pagers, line, len);

	if (i >= pagers_ncommon)
		return NULL;
	*at = match_start(p);
	return &pagers_common[i];
}

static bool takes_blank(const struct platform_pager *pager)
{
	return strcmp(pager->key, " ") == 0;
}

/* The platform's pager that ends the line behind other text: of those that
 * begin with ^ the end of the line is tried as a line of its own. */
static const struct platform_pager *find_behind(const struct patterns *p,
						const uint8_t *line, size_t len,
						size_t *at)
{
	for (size_t from = 0; from + PATTERNS_DISTINCT_LEN <= len; from++) {
		const struct platform_pager *pager =
			patterns_pager(p, line + from, len - from, at);

		if (pager == NULL)
			continue;
		*at += from;
		if (len - *at >= PATTERNS_DISTINCT_LEN && takes_blank(pager))
			return pager;
	}
	return NULL;
}

const struct platform_pager *patterns_any_pager(const struct patterns *p,
						const uint8_t *line, size_t len,
						size_t *at)
{
	size_t skip = len > PATTERNS_LINE_MAX ? len - PATTERNS_LINE_MAX : 0;
	const struct platform_pager *pager;

	pager = patterns_pager(p, line, len, at);
	if (pager != NULL)
		return pager;
	pager = find_common(p, line + skip, len - skip, at);
	if (pager != NULL) {
		*at += skip;
		return pager;
	}
	skip = len > BEHIND_MAX ? len - BEHIND_MAX : 0;
	pager = find_behind(p, line + skip, len - skip, at);
	if (pager != NULL)
		*at += skip;
	return pager;
}

const struct platform_pager *patterns_distinct_pager(const struct patterns *p,
						     const uint8_t *line,
						     size_t len, size_t *at)
{
	const struct platform_pager *pager =
		patterns_any_pager(p, line, len, at);

	return pager != NULL && takes_blank(pager) &&
			       len - *at >= PATTERNS_DISTINCT_LEN
		       ? pager
		       : NULL;
}

bool patterns_message(const struct patterns *p, const uint8_t *line, size_t len)
{
	if (len > PATTERNS_LINE_MAX)
		len = PATTERNS_LINE_MAX;
	return codes_match(&p->matcher, common_of(p)->message, line, len);
}

/* ---- questions */

bool patterns_is_shell(const struct platform_question *question)
{
	return question->shell != NULL && strcmp(question->shell, "true") == 0;
}

const struct platform_question *
patterns_greeting(const struct patterns *p, const uint8_t *line, size_t len)
{
	size_t i = codes_first(&p->matcher, &p->greeting, line, len);

	return i < p->greeting.n ? &p->platform->greeting[i] : NULL;
}

const struct nf_reply *patterns_reply(const struct patterns *p, size_t number,
				      const uint8_t *line, size_t len)
{
	for (size_t i = 0; number > 0 && i < p->questions.n; i++) {
		size_t of = p->replies[i].command;

		if ((of == 0 || of == number) &&
		    codes_match(&p->matcher, p->questions.at[i], line, len))
			return &p->replies[i];
	}
	return NULL;
}

const struct announcements *patterns_announcements(const struct patterns *p)
{
	struct common *common = p->common;

	if (!common->tried_announcements)
		common->announcements = announcements_new(p->platform);
	common->tried_announcements = true;
	return common->announcements;
}

bool patterns_error(const struct patterns *p, const uint8_t *line, size_t len)
{
	return codes_first(&p->matcher, &p->errors, line, len) < p->errors.n;
}

bool patterns_prompt_header(const struct patterns *p, const uint8_t *line,
			    size_t len)
{
	return codes_match(&p->matcher, p->prompt_header, line, len);
}

bool patterns_banner(const struct patterns *p, const uint8_t *line, size_t len)
{
	return codes_first(&p->matcher, &p->banner, line, len) < p->banner.n;
}

bool patterns_evidence(const struct patterns *p, const uint8_t *line,
		       size_t len)
{
	return codes_first(&p->matcher, &p->evidence, line, len) <
	       p->evidence.n;
}

const uint8_t *patterns_base(const struct patterns *p, const uint8_t *line,
			     size_t len, size_t *base_len)
{
	int mode = mode_of(p, line, len);
	const PCRE2_SIZE *at;

	if (mode == PLATFORM_NMODES || p->base[mode] == 0)
		return NULL;
	at = pcre2_get_ovector_pointer(p->matcher.data) +
	     (size_t)p->base[mode] * 2;
	if (at[0] == PCRE2_UNSET || at[1] <= at[0])
		return NULL;
	*base_len = at[1] - at[0];
	return line + at[0];
}
