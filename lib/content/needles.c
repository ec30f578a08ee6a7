/*
 * Needles of a pattern: a parser of the plain part of PCRE2's syntax. Whatever
 * it does not know (a recursion, a verb, \Q, extended layout) leaves the pattern
 * without needles, as does what may be left out.
 */
#include "content/needles.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define DEPTH_MAX 8 /* of groups: none of a platform has more than three */

struct parser {
	const char *at;
	unsigned depth;
	bool lost; /* something is not understood */
};

/* How often an atom has to be there. */
enum times { TIMES_MAYBE, TIMES_ONCE, TIMES_MORE };

/* One branch: what was found in it so far, and the text that grows. */
struct branch {
	struct needles best;
	struct needle run;
};

static void parse_alternatives(struct parser *parser, struct needles *found);

static void lose(struct parser *parser)
{
	parser->lost = true;
}

size_t needles_shortest(const struct needles *needles)
{
	size_t shortest = needles->n > 0 ? NEEDLE_MAX : 0;

	for (size_t i = 0; i < needles->n; i++) {
		if (needles->of[i].len < shortest)
			shortest = needles->of[i].len;
	}
	return shortest;
}

/* ---- a branch */

/* Whatever has longer needles leaves less to be matched. */
static void prefer(struct needles *best, const struct needles *other)
{
	if (needles_shortest(other) > needles_shortest(best))
		*best = *other;
}

static void end_run(struct branch *branch)
{
	struct needles one = {.n = 1, .of = {branch->run}};

	if (branch->run.len > 0)
		prefer(&branch->best, &one);
	branch->run.len = 0;
}

static void add_letter(struct branch *branch, char letter)
{
	if (branch->run.len == NEEDLE_MAX)
		end_run(branch);
	branch->run.text[branch->run.len++] = letter;
}

/* ---- what stands in a pattern */

/* "{2}", "{2,}" or "{2,4}" behind the brace; 10.43 has other forms. */
static enum times parse_counts(struct parser *parser)
{
	bool none = true;

	if (!isdigit((unsigned char)*parser->at))
		lose(parser);
	for (; isdigit((unsigned char)*parser->at); parser->at++)
		none = none && *parser->at == '0';
	if (*parser->at == ',')
		parser->at++;
	while (isdigit((unsigned char)*parser->at))
		parser->at++;
	if (*parser->at != '}')
		lose(parser);
	else
		parser->at++;
	return none ? TIMES_MAYBE : TIMES_MORE;
}

static enum times parse_times(struct parser *parser)
{
	enum times times = TIMES_ONCE;

	switch (*parser->at) {
	case '*':
	case '?':
		parser->at++;
		times = TIMES_MAYBE;
		break;
	case '+':
		parser->at++;
		times = TIMES_MORE;
		break;
	case '{':
		parser->at++;
		times = parse_counts(parser);
		break;
	default:
		return times;
	}
	if (*parser->at == '?' || *parser->at == '+') /* lazy, possessive */
		parser->at++;
	return times;
}

static void parse_class(struct parser *parser)
{
	if (*parser->at == '^')
		parser->at++;
	if (*parser->at == ']')
		parser->at++;
	for (; *parser->at != ']' && *parser->at != '\0'; parser->at++) {
		if (*parser->at == '[' && strchr(":.=", parser->at[1]) != NULL)
			lose(parser);
		if (*parser->at != '\\')
			continue;
		parser->at++;
		if (*parser->at == '\0' || *parser->at == 'Q' ||
		    *parser->at == 'E') {
			lose(parser);
			return;
		}
	}
	if (*parser->at == ']')
		parser->at++;
}

/* What stands between "(?" and the inside of a group: does the inside have to
 * match, right here? */
static bool parse_kind(struct parser *parser)
{
	static const struct {
		const char *text;
		bool matches;
	} kinds[] = {
		{":", true},  {">", true},   {"|", true},   {"=", false},
		{"!", false}, {"<=", false}, {"<!", false},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t len = strlen(kinds[i].text);

		if (strncmp(parser->at, kinds[i].text, len) != 0)
			continue;
		parser->at += len;
		return kinds[i].matches;
	}
	if (*parser->at == '<' && isalpha((unsigned char)parser->at[1]))
		parser->at += strcspn(parser->at, ">") + 1;
	else
		lose(parser);
	return true;
}

/* A group, behind its parenthesis; found stays empty when it may be left out. */
static void parse_group(struct parser *parser, struct needles *found)
{
	bool matches = true;

	if (*parser->at == '*' || ++parser->depth > DEPTH_MAX)
		lose(parser);
	if (*parser->at == '?') {
		parser->at++;
		matches = parse_kind(parser);
	}
	if (!parser->lost)
		parse_alternatives(parser, found);
	if (*parser->at == ')')
		parser->at++;
	else
		lose(parser);
	parser->depth--;
	if (parse_times(parser) == TIMES_MAYBE || !matches)
		found->n = 0;
}

/* Options of case and of lines change nothing here: "(?i)". */
static bool parse_options(struct parser *parser)
{
	size_t len;

	if (strncmp(parser->at, "(?", 2) != 0)
		return false;
	len = strspn(parser->at + 2, "ims-");
	if (len == 0 || parser->at[2 + len] != ')')
		return false;
	parser->at += len + 3;
	return true;
}

/* The letter at this place, 0 for what is none. */
static char parse_letter(struct parser *parser)
{
	char c = *parser->at++;

	if (c == '.' || c == '^' || c == '$' || c == '\n')
		return '\0';
	if (c == '[') {
		parse_class(parser);
		return '\0';
	}
	if (c != '\\') {
		if (strchr("*+?{", c) != NULL)
			lose(parser);
		return c;
	}
	c = *parser->at;
	if (c == '\0') {
		lose(parser);
		return '\0';
	}
	parser->at++;
	if (ispunct((unsigned char)c))
		return c;
	if (c == 't')
		return '\t';
	if (strchr("dDwWsShHvVNRbBAzZ", c) == NULL)
		lose(parser);
	return '\0';
}

static void parse_atom(struct parser *parser, struct branch *branch)
{
	char letter = parse_letter(parser);
	enum times times = parse_times(parser);

	if (letter != '\0' && times != TIMES_MAYBE)
		add_letter(branch, letter);
	if (letter == '\0' || times != TIMES_ONCE)
		end_run(branch);
}

static void parse_branch(struct parser *parser, struct needles *found)
{
	struct branch branch = {0};

	while (!parser->lost && *parser->at != '\0' && *parser->at != '|' &&
	       *parser->at != ')') {
		struct needles inside = {0};

		if (parse_options(parser))
			continue;
		if (*parser->at != '(') {
			parse_atom(parser, &branch);
			continue;
		}
		end_run(&branch);
		parser->at++;
		parse_group(parser, &inside);
		prefer(&branch.best, &inside);
	}
	end_run(&branch);
	*found = branch.best;
}

/* Branches: a needle of each has to be there. */
static void parse_alternatives(struct parser *parser, struct needles *found)
{
	bool open = false; /* a branch is without, or there are too many */

	for (;;) {
		struct needles branch;

		parse_branch(parser, &branch);
		if (branch.n == 0 || branch.n > NEEDLES_MAX - found->n)
			open = true;
		for (size_t i = 0; !open && i < branch.n; i++)
			found->of[found->n++] = branch.of[i];
		if (parser->lost || *parser->at != '|')
			break;
		parser->at++;
	}
	if (open)
		found->n = 0;
}

void needles_find(struct needles *needles, const char *pattern)
{
	struct parser parser = {.at = pattern};

	needles->n = 0;
	parse_alternatives(&parser, needles);
	if (parser.lost || *parser.at != '\0')
		needles->n = 0;
}
