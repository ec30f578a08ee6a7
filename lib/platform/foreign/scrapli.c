/* Platforms, made of scrapli's definitions. */
#include "platform/foreign/scrapli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/definition.h"
#include "yaml/document.h"
#include "yaml/fault.h"

#define ENABLE "__lookup::enable" /* a response: the secret */

/* ---- patterns of several lines */

/* A pattern, taken apart where it wants a new line. */
struct lines {
	const char *header; /* the line before the last one, NULL: none */
	size_t header_len;
	const char *last;
	bool cut; /* last is not the whole */
};

/* Behind a class in brackets, from behind the first of them. */
static const char *over_class(const char *at)
{
	at += *at == '^';
	at += *at == ']'; /* itself, when it stands first */
	while (*at != '\0' && *at != ']') {
		const char *end =
			strncmp(at, "[:", 2) == 0 ? strstr(at, ":]") : NULL;

		if (end != NULL)
			at = end + 2;
		else
			at += at[0] == '\\' && at[1] != '\0' ? 2 : 1;
	}
	return at + (*at == ']');
}

/* Behind an escape, a class, or any other character. */
static const char *over_item(const char *at)
{
	if (*at == '[')
		return over_class(at + 1);
	return at + (at[0] == '\\' && at[1] != '\0' ? 2 : 1);
}

/* Would it take any line for the one above a prompt? */
static bool takes_all(const char *header, size_t len)
{
	return strspn(header, "^.*+?\\sS") >= len;
}

static void cut(struct lines *lines, const char *from, const char *at)
{
	*lines = (struct lines){.header = from,
				.header_len = (size_t)(at - from),
				.last = at + 2,
				.cut = true};
}

/* The group that starts a pattern is the line above, up to its \n at at. */
static void take_group(struct lines *lines, const char *group, const char *at)
{
	group += strncmp(group, "(?:", 3) == 0 ? 3 : 1;
	lines->header = group;
	lines->header_len = (size_t)(at - group);
}

/*
 * We look at one line at a time. Cut the pattern at the last \n that it has
 * outside of groups; one inside of a group that it starts with, which may be
 * left out, tells the line above only: "^({master:\d}\n)?\w+>$".
 */
static struct lines lines_of(const char *pattern)
{
	const char *group = pattern + (*pattern == '^'), *from = pattern;
	struct lines lines = {.last = pattern};
	bool in_group = false;
	int depth = 0;

	for (const char *at = pattern; *at != '\0'; at = over_item(at)) {
		depth += (*at == '(') - (*at == ')');
		in_group = depth > 0 && (in_group || at == group);
		if (depth == 0 && *at == '|')
			return (struct lines){.last = pattern};
		if (at[0] != '\\' || at[1] != 'n')
			continue;
		if (depth == 0 && strchr("?*{", at[2]) == NULL) {
			cut(&lines, from, at);
			from = at + 2;
		} else if (depth == 1 && in_group && at[2] == ')') {
			take_group(&lines, group, at);
		}
	}
	if (lines.header != NULL && takes_all(lines.header, lines.header_len))
		lines.header = NULL;
	return lines;
}

/* ---- patterns of our own */

/* A text on its way; memory that runs short shows at its end. */
struct draft {
	char *text;
	size_t len;
	FILE *file;
};

static int draft_begin(struct draft *draft)
{
	*draft = (struct draft){.text = NULL};
	draft->file = open_memstream(&draft->text, &draft->len);
	return draft->file != NULL ? 0 : -1;
}

/* The text, or NULL. */
static char *draft_end(struct draft *draft)
{
	bool failed = ferror(draft->file) != 0;

	if (fclose(draft->file) == 0 && !failed)
		return draft->text;
	free(draft->text);
	return NULL;
}

/* The text into *out, if it came to anything; -1 when memory was short. */
static int draft_take(struct draft *draft, bool any, char **out)
{
	char *whole = draft_end(draft);

	if (whole == NULL)
		return -1;
	if (any)
		*out = whole;
	else
		free(whole);
	return 0;
}

static void put_quoted(FILE *file, const char *literal)
{
	for (; *literal != '\0'; literal++) {
		if (strchr("\\^$.[]|()?*+{}", *literal) != NULL)
			(void)fputc('\\', file);
		(void)fputc(*literal, file);
	}
}

/*
 * Looking ahead from the start of a line: a pattern of scrapli's is found,
 * whose end is the line's. It ignores case; ^ and $ are a line's. Its groups
 * are kept from counting, and its \Q from going on.
 */
static void put_found(FILE *file, const char *pattern, size_t len,
		      bool at_start)
{
	(void)fprintf(file, "(?=%s(?imn:", at_start ? "" : ".*?");
	(void)fwrite(pattern, 1, len, file);
	(void)fputs("\\E)\\h*\\z)", file);
}

static void put_excludes(FILE *file, char *const *excludes, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		(void)fputs("(?!.*?", file);
		put_quoted(file, excludes[i]);
		(void)fputc(')', file);
	}
}

static void put_exact(FILE *file, const char *exact)
{
	(void)fputs("(?=", file);
	put_quoted(file, exact);
	(void)fputs("\\h*\\z)", file);
}

/* Looking ahead from the start of a line: the prompt of a mode. */
static void put_mode(FILE *file, const struct definition *definition,
		     const struct mode *one)
{
	put_excludes(file, definition->excludes, definition->excludes_count);
	put_excludes(file, one->excludes, one->excludes_count);
	(void)fputs("(?:", file);
	if (one->exact != NULL)
		put_exact(file, one->exact);
	if (one->exact != NULL && one->pattern != NULL)
		(void)fputc('|', file);
	if (one->pattern != NULL) {
		struct lines lines = lines_of(one->pattern);

		put_found(file, lines.last, strlen(lines.last), lines.cut);
	}
	(void)fputc(')', file);
}

/* ---- modes */

/* How a mode is left for a higher one, with the secret. */
struct enabling {
	const struct mode *from;
	const struct prompted *step;
};

static const struct prompted *find_lookup(const struct access *way)
{
	for (unsigned i = 0; i < way->instructions_count; i++) {
		const struct prompted *prompted = way->instructions[i].prompted;

		if (prompted != NULL && strcmp(prompted->response, ENABLE) == 0)
			return prompted;
	}
	return NULL;
}

/* The mode that a session begins with: asked for, else where commands go. */
static const char *wanted_mode(const struct definition *definition)
{
	for (unsigned i = 0; i < definition->on_open_count; i++) {
		if (definition->on_open[i].enter != NULL)
			return definition->on_open[i].enter->mode;
	}
	return definition->mode;
}

/* A device that is to stay in the lower mode is not to be enabled. */
static struct enabling find_enabling(const struct definition *definition)
{
	const char *wanted = wanted_mode(definition);

	for (unsigned i = 0; i < definition->modes_count; i++) {
		const struct mode *from = &definition->modes[i];

		if (strcmp(from->name, wanted) == 0)
			continue;
		for (unsigned k = 0; k < from->accesses_count; k++) {
			const struct prompted *step =
				find_lookup(&from->accesses[k]);

			if (step != NULL)
				return (struct enabling){.from = from,
							 .step = step};
		}
	}
	return (struct enabling){.from = NULL};
}

/*
 * A mode that is none of ours goes with configuration: under user it would be
 * enabled, and one that takes any prompt, under privileged, would keep a user's
 * from being enabled.
 */
static enum platform_mode place_of(const struct definition *definition,
				   const struct enabling *enabling,
				   const struct mode *one)
{
	if (one == enabling->from ||
	    (enabling->from == NULL && strcmp(one->name, "exec") == 0))
		return PLATFORM_USER;
	if (strcmp(one->name, "privileged_exec") == 0 ||
	    strcmp(one->name, definition->mode) == 0)
		return PLATFORM_PRIVILEGED;
	return PLATFORM_CONFIGURATION;
}

/* ---- the parts of a platform: -1 when memory is short */

/* A definition on its way to be a platform. */
struct making {
	const struct definition *definition;
	struct enabling enabling;
	struct platform *platform;
};

/*
 * Where there is something to enable, the device's name has to be known apart
 * from its mode, which the definition does not tell: it is taken for the first
 * word. Elsewhere that may be the mode, as in "A:R1#".
 */
static int make_prompt(const struct making *making, enum platform_mode place)
{
	const struct definition *definition = making->definition;
	const char *before = "(?J)^(?:";
	struct draft draft;
	bool any = false;

	if (draft_begin(&draft) == -1)
		return -1;
	for (unsigned i = 0; i < definition->modes_count; i++) {
		const struct mode *one = &definition->modes[i];

		if (place_of(definition, &making->enabling, one) != place)
			continue;
		(void)fputs(any ? "|" : before, draft.file);
		put_mode(draft.file, definition, one);
		any = true;
	}
	(void)fputs(making->enabling.from != NULL
			    ? ")(?:\\W*(?<base>[\\w.@-]+))?"
			    : ")",
		    draft.file);
	return draft_take(&draft, any, &making->platform->prompts->of[place]);
}

static int make_prompts(const struct making *making)
{
	struct platform *platform = making->platform;

	platform->prompts = calloc(1, sizeof(*platform->prompts));
	if (platform->prompts == NULL)
		return -1;
	for (int place = 0; place < PLATFORM_NMODES; place++) {
		if (make_prompt(making, (enum platform_mode)place) == -1)
			return -1;
	}
	return 0;
}

/* What the patterns of several lines have above the last one. */
static int make_prompt_header(const struct making *making)
{
	const struct definition *definition = making->definition;
	struct draft draft;
	bool any = false;

	if (draft_begin(&draft) == -1)
		return -1;
	for (unsigned i = 0; i < definition->modes_count; i++) {
		const char *pattern = definition->modes[i].pattern;
		struct lines lines = lines_of(pattern != NULL ? pattern : "");

		if (lines.header == NULL)
			continue;
		(void)fputs(any ? "|" : "(?J)^(?:", draft.file);
		put_found(draft.file, lines.header, lines.header_len, false);
		any = true;
	}
	(void)fputc(')', draft.file);
	return draft_take(&draft, any, &making->platform->prompt_header);
}

/*
 * A prompt_exact stands anywhere in what the device says: here, in the line
 * that it waits behind. Some of scrapli's own have a pattern in that place.
 */
static void put_exact_password(FILE *file, const char *exact)
{
	size_t len = strlen(exact), ignored;

	(void)fputs("(?=.*?", file);
	put_quoted(file, exact);
	(void)fputs("\\W*\\z)", file);
	if ((exact[0] != '^' && exact[len - 1] != '$') ||
	    definition_pattern(exact, &ignored) != 0)
		return;
	(void)fputc('|', file);
	put_found(file, exact, len, false);
}

static char *password_of(const struct prompted *step)
{
	struct draft draft;

	if (draft_begin(&draft) == -1)
		return NULL;
	(void)fputs("(?J)^(?:", draft.file);
	if (step->exact != NULL)
		put_exact_password(draft.file, step->exact);
	if (step->exact != NULL && step->pattern != NULL)
		(void)fputc('|', draft.file);
	if (step->pattern != NULL)
		put_found(draft.file, step->pattern, strlen(step->pattern),
			  false);
	(void)fputc(')', draft.file);
	return draft_end(&draft);
}

static int make_enable(const struct making *making)
{
	struct platform *platform = making->platform;
	const struct prompted *step = making->enabling.step;

	if (step == NULL)
		return 0;
	platform->enable = calloc(1, sizeof(*platform->enable));
	if (platform->enable == NULL)
		return -1;
	platform->enable->command = strdup(step->input);
	platform->enable->password = password_of(step);
	return platform->enable->command != NULL &&
			       platform->enable->password != NULL
		       ? 0
		       : -1;
}

/* Takes one, which may be NULL: no memory. */
static int add(char ***list, unsigned *n, char *one)
{
	char **grown = NULL;

	if (one != NULL)
		grown = reallocarray(*list, (size_t)*n + 1, sizeof(*grown));
	if (grown == NULL) {
		free(one);
		return -1;
	}
	grown[(*n)++] = one;
	*list = grown;
	return 0;
}

static int make_errors(const struct making *making)
{
	const struct definition *definition = making->definition;
	struct platform *platform = making->platform;
	struct draft draft;

	for (unsigned i = 0; i < definition->failures_count; i++) {
		if (draft_begin(&draft) == -1)
			return -1;
		put_quoted(draft.file, definition->failures[i]);
		if (add(&platform->errors, &platform->errors_count,
			draft_end(&draft)) == -1)
			return -1;
	}
	return 0;
}

static int add_command(const struct making *making, const char *command)
{
	return add(&making->platform->paging_off,
		   &making->platform->paging_off_count, strdup(command));
}

/* From a mode into another: one step, or none when that asks something. */
static int add_way(const struct making *making, const char *from,
		   const char *to)
{
	const struct mode *start = definition_mode(making->definition, from);
	const struct access *way = NULL;

	for (unsigned i = 0; start != NULL && i < start->accesses_count; i++) {
		if (strcmp(start->accesses[i].name, to) == 0)
			way = &start->accesses[i];
	}
	for (unsigned i = 0; way != NULL && i < way->instructions_count; i++) {
		if (way->instructions[i].send == NULL)
			return 0;
	}
	for (unsigned i = 0; way != NULL && i < way->instructions_count; i++) {
		if (add_command(making, way->instructions[i].send->text) == -1)
			return -1;
	}
	return 0;
}

/*
 * A login is taken to end in exec, where there is such a mode: in one above it
 * the command that enters that does no harm.
 */
static int make_paging_off(const struct making *making)
{
	const struct definition *definition = making->definition;
	const char *at = definition_mode(definition, "exec") != NULL
				 ? "exec"
				 : definition->mode;

	for (unsigned i = 0; i < definition->on_open_count; i++) {
		const struct instruction *one = &definition->on_open[i];
		const struct input *input =
			one->send != NULL ? one->send : one->write;
		int rc = 0;

		if (input != NULL)
			rc = add_command(making, input->text);
		if (one->enter != NULL) {
			rc = add_way(making, at, one->enter->mode);
			at = one->enter->mode;
		}
		if (rc == -1)
			return -1;
	}
	return 0;
}

/* All lines at once: nothing waits for their output. */
static int make_logout(const struct making *making)
{
	const struct definition *definition = making->definition;
	struct draft draft;
	bool any = false;

	if (draft_begin(&draft) == -1)
		return -1;
	for (unsigned i = 0; i < definition->on_close_count; i++) {
		const struct instruction *one = &definition->on_close[i];
		const struct input *input =
			one->send != NULL ? one->send : one->write;

		if (input == NULL)
			continue;
		(void)fprintf(draft.file, "%s%s", any ? "\n" : "", input->text);
		any = true;
	}
	return draft_take(&draft, any, &making->platform->logout);
}

static struct platform *make(const struct definition *definition)
{
	const struct making making = {
		.definition = definition,
		.enabling = find_enabling(definition),
		.platform = calloc(1, sizeof(*making.platform))};

	if (making.platform == NULL)
		return NULL;
	making.platform->about = strdup("a definition of scrapli's");
	if (making.platform->about != NULL && make_prompts(&making) == 0 &&
	    make_prompt_header(&making) == 0 && make_enable(&making) == 0 &&
	    make_paging_off(&making) == 0 && make_errors(&making) == 0 &&
	    make_logout(&making) == 0)
		return making.platform;
	platform_free(making.platform);
	return NULL;
}

/* ---- loading */

bool scrapli_is(const char *bytes, size_t len)
{
	static const char *const keys[] = {"prompt_pattern", "default_mode",
					   "modes"};
	bool is = false;

	if (len > DOCUMENT_MAX)
		return false;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		is |= document_line_at(bytes, len, keys[i]) > 0;
	return is && document_line_at(bytes, len, "prompts") == 0;
}

int scrapli_load(struct platform **out, const char *name, const char *bytes,
		 size_t len, const char *path, struct nf_error *err)
{
	struct definition *definition;
	struct platform *platform;

	if (definition_load(&definition, bytes, len, path, err) == -1)
		return -1;
	platform = make(definition);
	definition_free(definition);
	if (platform == NULL)
		return fault_memory(err, path);
	platform->name = name;
	if (platform_complete(platform, bytes, len, path, err) == -1) {
		platform_free(platform);
		return -1;
	}
	*out = platform;
	return 0;
}
