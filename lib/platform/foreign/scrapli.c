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

/* A pattern, cut where it wants a new line. */
struct lines {
	const char *header; /* the line before the last one, NULL: none */
	size_t header_len;
	const char *last;
	bool cut; /* last is not the whole */
};

/* Skip a class in brackets: from behind the first to behind the last. */
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

/* Skip an escape, a class, or any other character. */
static const char *over_item(const char *at)
{
	if (*at == '[')
		return over_class(at + 1);
	return at + (at[0] == '\\' && at[1] != '\0' ? 2 : 1);
}

/* Would the pattern take any line for the header of a prompt? */
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

/* Take the group that starts a pattern for the header, up to its \n at at. */
static void take_group(struct lines *lines, const char *group, const char *at)
{
	group += strncmp(group, "(?:", 3) == 0 ? 3 : 1;
	lines->header = group;
	lines->header_len = (size_t)(at - group);
}

/*
 * Cut a pattern to single lines, at the last \n that it has outside of groups.
 * A \n inside of a group that it starts with, which the device may leave out,
 * ends the header only: "^({master:\d}\n)?\w+>$".
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

/* A text that is being built; that memory ran short shows at its end. */
struct builder {
	char *text;
	size_t len;
	FILE *file;
};

static int builder_begin(struct builder *builder)
{
	*builder = (struct builder){.text = NULL};
	builder->file = open_memstream(&builder->text, &builder->len);
	return builder->file != NULL ? 0 : -1;
}

/* End with the text, NULL without memory. */
static char *builder_end(struct builder *builder)
{
	bool failed = ferror(builder->file) != 0;

	if (fclose(builder->file) == 0 && !failed)
		return builder->text;
	free(builder->text);
	return NULL;
}

/* End with the text in *out, if any is wanted; -1 without memory. */
static int builder_take(struct builder *builder, bool any, char **out)
{
	char *whole = builder_end(builder);

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
 * Put a look-ahead from the start of a line, which finds a pattern of scrapli's
 * that reaches the end of the line. It ignores case; ^ and $ are a line's. Its
 * groups are kept from counting, and its \Q from going on.
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

/* Put a look-ahead from the start of a line, which finds a mode's prompt. */
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

/* The step from a mode to a higher one, with the secret. */
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

/* The mode that a session is to begin with, else that of commands. */
static const char *wanted_mode(const struct definition *definition)
{
	for (unsigned i = 0; i < definition->on_open_count; i++) {
		if (definition->on_open[i].enter != NULL)
			return definition->on_open[i].enter->mode;
	}
	return definition->mode;
}

/* Find the step with the secret; none leads out of the mode that is wanted. */
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
 * The mode of ours that a mode belongs to: configuration, if to no other. Under
 * user it would be enabled; under privileged, one that takes any prompt would
 * keep that of a user from being enabled.
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

/* A platform that is being made of a definition. */
struct making {
	const struct definition *definition;
	struct enabling enabling;
	struct platform *platform;
};

/*
 * Make the pattern of all prompts of a mode of ours. Where there is a step to
 * enable, the base has to be known apart from the mode, which the definition
 * does not tell: the first word is taken for it. Elsewhere that word may be the
 * mode, as in "A:R1#".
 */
static int make_prompt(const struct making *making, enum platform_mode place)
{
	const struct definition *definition = making->definition;
	const char *before = "(?J)^(?:";
	struct builder builder;
	bool any = false;

	if (builder_begin(&builder) == -1)
		return -1;
	for (unsigned i = 0; i < definition->modes_count; i++) {
		const struct mode *one = &definition->modes[i];

		if (place_of(definition, &making->enabling, one) != place)
			continue;
		(void)fputs(any ? "|" : before, builder.file);
		put_mode(builder.file, definition, one);
		any = true;
	}
	(void)fputs(making->enabling.from != NULL
			    ? ")(?:\\W*(?<base>[\\w.@-]+))?"
			    : ")",
		    builder.file);
	return builder_take(&builder, any,
			    &making->platform->prompts->of[place]);
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

/* Make the header of what patterns of several lines have before the last. */
static int make_prompt_header(const struct making *making)
{
	const struct definition *definition = making->definition;
	struct builder builder;
	bool any = false;

	if (builder_begin(&builder) == -1)
		return -1;
	for (unsigned i = 0; i < definition->modes_count; i++) {
		const char *pattern = definition->modes[i].pattern;
		struct lines lines = lines_of(pattern != NULL ? pattern : "");

		if (lines.header == NULL)
			continue;
		(void)fputs(any ? "|" : "(?J)^(?:", builder.file);
		put_found(builder.file, lines.header, lines.header_len, false);
		any = true;
	}
	(void)fputc(')', builder.file);
	return builder_take(&builder, any, &making->platform->prompt_header);
}

/*
 * Put the text of a prompt_exact, which may stand anywhere in the line that the
 * device waits behind. Some definitions of scrapli's own have a pattern there.
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
	struct builder builder;

	if (builder_begin(&builder) == -1)
		return NULL;
	(void)fputs("(?J)^(?:", builder.file);
	if (step->exact != NULL)
		put_exact_password(builder.file, step->exact);
	if (step->exact != NULL && step->pattern != NULL)
		(void)fputc('|', builder.file);
	if (step->pattern != NULL)
		put_found(builder.file, step->pattern, strlen(step->pattern),
			  false);
	(void)fputc(')', builder.file);
	return builder_end(&builder);
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

/* Add one, which is taken; it may be NULL, for want of memory. */
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
	struct builder builder;

	for (unsigned i = 0; i < definition->failures_count; i++) {
		if (builder_begin(&builder) == -1)
			return -1;
		put_quoted(builder.file, definition->failures[i]);
		if (add(&platform->errors, &platform->errors_count,
			builder_end(&builder)) == -1)
			return -1;
	}
	return 0;
}

static int add_command(const struct making *making, const char *command)
{
	return add(&making->platform->paging_off,
		   &making->platform->paging_off_count, strdup(command));
}

/* Add the commands that lead from a mode into another in one step; none when a
 * question is among them. */
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
 * Make the commands that follow a login. It is taken to end in exec, if there
 * is such a mode; when it ended above, the command that leads there is no harm.
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

/* Make the lines of the logout one text: nothing waits for their output. */
static int make_logout(const struct making *making)
{
	const struct definition *definition = making->definition;
	struct builder builder;
	bool any = false;

	if (builder_begin(&builder) == -1)
		return -1;
	for (unsigned i = 0; i < definition->on_close_count; i++) {
		const struct instruction *one = &definition->on_close[i];
		const struct input *input =
			one->send != NULL ? one->send : one->write;

		if (input == NULL)
			continue;
		(void)fprintf(builder.file, "%s%s", any ? "\n" : "",
			      input->text);
		any = true;
	}
	return builder_take(&builder, any, &making->platform->logout);
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
