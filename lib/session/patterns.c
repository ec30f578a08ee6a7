/* A platform's patterns, compiled once before any fork. */
#include "session/patterns.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "base/error.h"

/* Steps of one match: a prompt takes dozens, a hostile pattern no end. */
#define MATCH_LIMIT 10000u
#define ERRORS_MAX 64

struct patterns {
	const struct platform *platform;
	pcre2_match_context *context;
	pcre2_match_data *data; /* one at a time: a match never gives way */
	pcre2_code *prompt, *user, *mode, *password, *pager;
	pcre2_code *errors[ERRORS_MAX];
	size_t nerrors;
	bool borrowed; /* the codes */
};

/* Compile pattern; none leaves *out NULL, which matches nothing. */
static int compile(pcre2_code **out, const char *platform, const char *pattern,
		   struct nf_error *err)
{
	PCRE2_SIZE at;
	int code;

	if (pattern == NULL)
		return 0;
	*out = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
			     PCRE2_DOLLAR_ENDONLY, &code, &at, NULL);
	if (*out == NULL) {
		PCRE2_UCHAR text[128];

		(void)pcre2_get_error_message(code, text, sizeof(text));
		return error_set(err, NF_INVALID,
				 "platform %s: pattern '%s': %s at character "
				 "%zu",
				 platform, pattern, (char *)text, at);
	}
	return 0;
}

static int compile_errors(struct patterns *p, struct nf_error *err)
{
	const struct platform *platform = p->platform;

	for (; platform->errors[p->nerrors] != NULL; p->nerrors++) {
		if (p->nerrors == ERRORS_MAX)
			return error_set(err, NF_INVALID,
					 "platform %s: more than %d error "
					 "patterns",
					 platform->name, ERRORS_MAX);
		if (compile(&p->errors[p->nerrors], platform->name,
			    platform->errors[p->nerrors], err) == -1)
			return -1;
	}
	return 0;
}

/* What matching takes; the patterns themselves are still to come. */
static struct patterns *new (const struct platform *platform,
			     struct nf_error *err)
{
	struct patterns *p = calloc(1, sizeof(*p));

	if (p != NULL) {
		p->platform = platform;
		p->context = pcre2_match_context_create(NULL);
		p->data = pcre2_match_data_create(4, NULL);
	}
	if (p == NULL || p->context == NULL || p->data == NULL) {
		patterns_free(p);
		(void)error_set(err, NF_SYSTEM, "no memory for patterns");
		return NULL;
	}
	(void)pcre2_set_match_limit(p->context, MATCH_LIMIT);
	return p;
}

int patterns_new(struct patterns **out, const struct platform *platform,
		 struct nf_error *err)
{
	struct patterns *p = new (platform, err);

	if (p == NULL)
		return -1;
	if (compile(&p->prompt, platform->name, platform->prompt, err) == -1 ||
	    compile(&p->user, platform->name, platform->user, err) == -1 ||
	    compile(&p->mode, platform->name, platform->mode_change, err) ==
		    -1 ||
	    compile(&p->password, platform->name, platform->password, err) ==
		    -1 ||
	    compile(&p->pager, platform->name, platform->pager, err) == -1 ||
	    compile_errors(p, err) == -1) {
		patterns_free(p);
		return -1;
	}
	*out = p;
	return 0;
}

int patterns_share(struct patterns **out, const struct patterns *of,
		   struct nf_error *err)
{
	struct patterns *p = new (of->platform, err);
	struct patterns own;

	if (p == NULL)
		return -1;
	own = *p;
	*p = *of;
	p->context = own.context;
	p->data = own.data;
	p->borrowed = true;
	*out = p;
	return 0;
}

static void free_codes(struct patterns *p)
{
	pcre2_code_free(p->prompt);
	pcre2_code_free(p->user);
	pcre2_code_free(p->mode);
	pcre2_code_free(p->password);
	pcre2_code_free(p->pager);
	for (size_t i = 0; i < p->nerrors; i++)
		pcre2_code_free(p->errors[i]);
}

void patterns_free(struct patterns *p)
{
	if (p == NULL)
		return;
	if (!p->borrowed)
		free_codes(p);
	pcre2_match_data_free(p->data);
	pcre2_match_context_free(p->context);
	free(p);
}

const struct platform *patterns_platform(const struct patterns *p)
{
	return p->platform;
}

/* Where code matches in line, or -1 when it does not. */
static ptrdiff_t match(const struct patterns *p, const pcre2_code *code,
		       const uint8_t *line, size_t len)
{
	if (code == NULL || line == NULL ||
	    pcre2_match(code, line, len, 0, 0, p->data, p->context) < 0)
		return -1;
	return (ptrdiff_t)pcre2_get_ovector_pointer(p->data)[0];
}

static bool is(const struct patterns *p, const pcre2_code *code,
	       const uint8_t *line, size_t len)
{
	return len > 0 && len <= PATTERNS_LINE_MAX &&
	       match(p, code, line, len) != -1;
}

bool patterns_prompt(const struct patterns *p, const uint8_t *line, size_t len)
{
	return is(p, p->prompt, line, len);
}

bool patterns_user(const struct patterns *p, const uint8_t *line, size_t len)
{
	return is(p, p->user, line, len);
}

bool patterns_password(const struct patterns *p, const uint8_t *line,
		       size_t len)
{
	return is(p, p->password, line, len);
}

bool patterns_pager(const struct patterns *p, const uint8_t *line, size_t len)
{
	return is(p, p->pager, line, len);
}

bool patterns_error(const struct patterns *p, const uint8_t *line, size_t len)
{
	for (size_t i = 0; i < p->nerrors; i++) {
		if (is(p, p->errors[i], line, len))
			return true;
	}
	return false;
}

size_t patterns_base(const struct patterns *p, const uint8_t *line, size_t len)
{
	ptrdiff_t at = match(p, p->mode, line, len);

	return at > 0 ? (size_t)at : len;
}

bool patterns_mode(const struct patterns *p, const uint8_t *line, size_t len)
{
	return match(p, p->mode, line, len) == 0;
}
