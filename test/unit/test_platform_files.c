/*
 * Platform files: lib/yaml/document.c and lib/platform/platform.c, in the words
 * of their refusals; lib/platform/catalogue.c and its directories.
 */
#include "platform/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "unit/unit.h"
#include "yaml/document.h"

/* The least there is. */
#define LEAST "prompts: {user: '>$'}\n"

/* ---- one file */

static void assert_refused_bytes(const char *text, size_t len,
				 const char *message)
{
	struct platform *platform = NULL;
	struct nf_error err = {0};

	unit_where(text);
	assert_int_equal(
		platform_load(&platform, "f", text, len, "f.yaml", &err), -1);
	assert_null(platform);
	assert_int_equal(err.code, NF_INVALID);
	assert_string_equal(err.message, message);
}

struct refusal {
	const char *text;
	const char *message;
};

static void assert_refused(const struct refusal *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_refused_bytes(list[i].text, strlen(list[i].text),
				     list[i].message);
}

static struct platform *load(const char *text)
{
	struct platform *platform = NULL;
	struct nf_error err = {0};

	if (platform_load(&platform, "f", text, strlen(text), "f.yaml", &err) ==
	    -1)
		fail_msg("%s\nrefused: %s", text, err.message);
	return platform;
}

static void test_platform_file_that_is_least_has_defaults(void **state)
{
	struct platform *platform = load(LEAST);

	(void)state;
	assert_string_equal(platform->name, "f");
	assert_string_equal(platform->prompts->of[PLATFORM_USER], ">$");
	assert_null(platform->prompts->of[PLATFORM_PRIVILEGED]);
	assert_string_equal(platform->term, "vt100");
	assert_int_equal(platform->columns, 511);
	assert_string_equal(platform->enter, "\n");
	assert_null(platform->about);
	assert_null(platform->enable);
	assert_null(platform->logout);
	assert_null(platform->clear_line);
	assert_int_equal(platform->paging_off_count, 0);
	assert_false(platform->confirms);
	platform_free(platform);
}

/* JSON is YAML; a text may be anything that YAML calls something else. */
static void test_platform_file_may_be_json_and_texts_anything(void **state)
{
	struct platform *platform =
		load("{\"prompts\": {\"privileged\": \"#$\"},\r\n"
		     "\"paging_off\": [no, 0, 1e3, \"~\", \"\"],\r\n"
		     "\"width\": 20, \"enter\": \"\\r\\n\",\r\n"
		     "\"clear_line\": \"\\u0015\", \"confirm_prompt\": true, "
		     "\"aliases\": []}");

	(void)state;
	assert_int_equal(platform->paging_off_count, 5);
	assert_string_equal(platform->paging_off[0], "no");
	assert_string_equal(platform->paging_off[2], "1e3");
	assert_string_equal(platform->paging_off[3], "~");
	assert_string_equal(platform->paging_off[4], "");
	assert_int_equal(platform->columns, 20);
	assert_string_equal(platform->enter, "\r\n");
	assert_int_equal(platform->aliases_count, 0);
	assert_string_equal(platform->clear_line, "\x15");
	assert_true(platform->confirms);
	platform_free(platform);
}

static void test_platform_file_tells_what_to_collect(void **state)
{
	struct platform *platform = load(LEAST "collect:\n"
					       "- command: show config\n"
					       "  end: '^end$'\n"
					       "- command: show version\n"
					       "reads: {begin: [show]}\n"
					       "secrets: ['(a)(?<secret>b)']\n"
					       "secret_blocks:\n"
					       "- begin: '^key'\n"
					       "  end: '^quit$'\n");

	(void)state;
	assert_int_equal(platform->collect_count, 2);
	assert_string_equal(platform->collect[0].command, "show config");
	assert_string_equal(platform->collect[0].end, "^end$");
	assert_string_equal(platform->collect[1].command, "show version");
	assert_null(platform->collect[1].end);
	assert_int_equal(platform->secrets_count, 1);
	assert_string_equal(platform->secrets[0], "(a)(?<secret>b)");
	assert_int_equal(platform->secret_blocks_count, 1);
	assert_string_equal(platform->secret_blocks[0].begin, "^key");
	assert_string_equal(platform->secret_blocks[0].end, "^quit$");
	platform_free(platform);
}

static void test_platform_file_refuses_other_shapes(void **state)
{
	static const struct refusal list[] = {
		{"", "f.yaml:1: the file is empty"},
		{"# nothing\n", "f.yaml:1: the file is empty"},
		{"---\n~\n", "f.yaml:1: the file is empty"},
		{"---\n...\n", "f.yaml:1: the file is empty"},
		{"hello", "f.yaml:1: the file has to be a mapping (key: "
			  "value), not a text"},
		{"\n- a\n", "f.yaml:2: the file has to be a mapping (key: "
			    "value), not a list"},
		{LEAST "---\n" LEAST,
		 "f.yaml:2: a second document: one is allowed"},
		{LEAST "...\n---\n",
		 "f.yaml:3: a second document: one is allowed"},
		{"? [a]\n: b\n", "f.yaml:1: a key must be a single word"},
	};

	(void)state;
	assert_refused(list, LENGTH(list));
}

static void test_platform_file_refuses_what_is_no_yaml(void **state)
{
	static const struct refusal list[] = {
		{LEAST "errors: [a\n",
		 "f.yaml:3: did not find expected ',' or ']' (while parsing a "
		 "flow sequence from line 2 on)"},
		{LEAST "\tabout: x\n",
		 "f.yaml:2: found character that cannot start any token: "
		 "indent with spaces, put quotes around a value that starts "
		 "with a special character (while scanning for the next token "
		 "from line 2 on)"},
		{LEAST "about: a: b\n",
		 "f.yaml:2: mapping values are not allowed in this context: "
		 "check the indentation, put quotes around a value that "
		 "contains ': '"},
		{LEAST "about: \"\xff\"\n",
		 "f.yaml:2: invalid leading UTF-8 octet: the file must be "
		 "UTF-8 text"},
		{LEAST "about: \"a\\0b\"\n",
		 "f.yaml:2: a value contains a NUL character"},
	};
	static const char nul[] = LEAST "about: \0x\n";

	(void)state;
	assert_refused(list, LENGTH(list));
	assert_refused_bytes(nul, sizeof(nul) - 1,
			     "f.yaml:2: a NUL byte: the file must be UTF-8 "
			     "text");
}

#define NO_ANCHORS                                                             \
	"anchors and aliases are not supported: write the keys out in each "   \
	"device, put quotes around a value that starts with '&' or '*'"

static void test_platform_file_refuses_what_yaml_hides(void **state)
{
	static const struct refusal list[] = {
		{LEAST "about: &a x\n", "f.yaml:2: " NO_ANCHORS},
		{LEAST "about: *a\n", "f.yaml:2: " NO_ANCHORS},
		{LEAST "errors: &a [x]\n", "f.yaml:2: " NO_ANCHORS},
		{LEAST "errors:\n- *x\n", "f.yaml:3: " NO_ANCHORS},
		{"prompts: &a {user: x}\n", "f.yaml:1: " NO_ANCHORS},
		{LEAST "about: !!str x\n",
		 "f.yaml:2: tags are not supported: put quotes around a value "
		 "that starts with '!'"},
		{LEAST "<<: {about: x}\n", "f.yaml:2: unknown key '<<'"},
	};

	(void)state;
	assert_refused(list, LENGTH(list));
}

static void test_platform_file_refuses_unknown_keys(void **state)
{
	static const struct refusal list[] = {
		{"about: x\npromts: {user: x}\n",
		 "f.yaml:2: unknown key 'promts': did you mean 'prompts'?"},
		{"prompts: {usr: x}\n",
		 "f.yaml:1: unknown key 'usr': did you mean 'user'?"},
		{LEAST "enable:\n  command: x\n  pasword: x\n",
		 "f.yaml:4: unknown key 'pasword': did you mean 'password'?"},
		{LEAST "colour: red\n", "f.yaml:2: unknown key 'colour'"},
		{LEAST "About: x\n",
		 "f.yaml:2: unknown key 'About': did you mean 'about'?"},
		{LEAST "\"a\\nb\": x\n", "f.yaml:2: unknown key 'a?b'"},
		{LEAST "'': x\n", "f.yaml:2: unknown key ''"},
		{LEAST "colour: [not read\n", "f.yaml:2: unknown key 'colour'"},
	};

	(void)state;
	assert_refused(list, LENGTH(list));
}

static void test_platform_file_refuses_a_key_that_comes_twice(void **state)
{
	static const struct refusal list[] = {
		{"about: x\n" LEAST "\nabout: y\n",
		 "f.yaml:4: key 'about' is given twice"},
		{LEAST LEAST, "f.yaml:2: key 'prompts' is given twice"},
		{LEAST "configure: {enter: a,\n  leave: b,\n  enter: c}\n",
		 "f.yaml:4: key 'enter' is given twice"},
	};

	(void)state;
	assert_refused(list, LENGTH(list));
}

static void test_platform_file_refuses_a_key_that_is_missing(void **state)
{
	static const struct refusal list[] = {
		{"{}", "f.yaml:1: key 'prompts' is missing"},
		{"# x\n\nabout: x\n", "f.yaml:3: key 'prompts' is missing"},
		{LEAST "enable:\n  command: x\n",
		 "f.yaml:3: key 'password' is missing"},
		{LEAST "greeting:\n- asks: x\n  answer: y\n- asks: z\n",
		 "f.yaml:5: key 'answer' is missing"},
	};

	(void)state;
	assert_refused(list, LENGTH(list));
}

#define EMPTY                                                                  \
	" is empty: leave it out, or put quotes around a text that is empty"

static void test_platform_file_refuses_empty_values(void **state)
{
	static const struct refusal list[] = {
		{"prompts:\n", "f.yaml:1: 'prompts'" EMPTY},
		{"prompts: {user: }\n", "f.yaml:1: 'user'" EMPTY},
		{LEAST "about:\n", "f.yaml:2: 'about'" EMPTY},
		{LEAST "about: null\n", "f.yaml:2: 'about'" EMPTY},
		{LEAST "errors: ~\n", "f.yaml:2: 'errors'" EMPTY},
		{LEAST "errors:\n-\n", "f.yaml:3: an entry of 'errors'" EMPTY},
	};

	(void)state;
	assert_refused(list, LENGTH(list));
}

static void test_platform_file_refuses_values_of_another_kind(void **state)
{
	static const struct refusal list[] = {
		{"prompts: '>'\n",
		 "f.yaml:1: 'prompts' has to be a mapping (key: value), not a "
		 "text"},
		{"prompts:\n- user: x\n",
		 "f.yaml:2: 'prompts' has to be a mapping (key: value), not a "
		 "list"},
		{LEAST "errors: '^%'\n",
		 "f.yaml:2: 'errors' has to be a list, not a text"},
		{LEAST "errors: {a: b}\n",
		 "f.yaml:2: 'errors' has to be a list, not a mapping"},
		{LEAST "about: [a]\n",
		 "f.yaml:2: 'about' has to be a text, not a list"},
		{LEAST "about: {a: b}\n",
		 "f.yaml:2: 'about' has to be a text, not a mapping"},
		{LEAST "errors:\n- a\n- [b]\n",
		 "f.yaml:4: an entry of 'errors' has to be a text, not a "
		 "list"},
		{LEAST "greeting: [x]\n",
		 "f.yaml:2: an entry of 'greeting' has to be a mapping (key: "
		 "value), not a text"},
	};

	(void)state;
	assert_refused(list, LENGTH(list));
}

static void test_platform_file_refuses_values_that_are_wrong(void **state)
{
	static const struct refusal list[] = {
		{"about: x\nprompts: {}\n",
		 "f.yaml:2: prompts: needs at least one"},
		{LEAST "width: 19\n", "f.yaml:2: width: is a number 20-32767"},
		{LEAST "width: 32768\n",
		 "f.yaml:2: width: is a number 20-32767"},
		{LEAST "width: 80x\n", "f.yaml:2: width: is a number 20-32767"},
		{LEAST "width: -80\n", "f.yaml:2: width: is a number 20-32767"},
		{LEAST "width: 99999999999999999999\n",
		 "f.yaml:2: width: is a number 20-32767"},
		{LEAST "enter: '\\r'\n",
		 "f.yaml:2: enter: is \"\\r\", \"\\n\" or \"\\r\\n\", in "
		 "double quotes"},
		{LEAST "reads: {begin: [show, '']}\n",
		 "f.yaml:2: reads: an entry is empty"},
		{LEAST "reads: {alone: [' ']}\n",
		 "f.yaml:2: reads: an entry is empty"},
		{LEAST "reads:\n  filters: [include, 'tee|']\n",
		 "f.yaml:2: reads: an entry has a character that no command "
		 "which only reads may have"},
		{LEAST "reads: {except: [\"a\\tb\"]}\n",
		 "f.yaml:2: reads: an entry has a character that no command "
		 "which only reads may have"},
		{LEAST "clear_line: ''\n",
		 "f.yaml:2: clear_line: is keys without a return key, as "
		 "\"\\x15\" in double quotes"},
		{LEAST "clear_line: \"\\x15\\n\"\n",
		 "f.yaml:2: clear_line: is keys without a return key, as "
		 "\"\\x15\" in double quotes"},
		{LEAST "confirm_prompt: yes\n",
		 "f.yaml:2: confirm_prompt: is true or false"},
		{LEAST "here_documents: bash\n",
		 "f.yaml:2: here_documents: is true or false"},
		{LEAST "collect:\n- command: show version\n- command: ' '\n",
		 "f.yaml:4: collect: ' ' is blank"},
		{LEAST "collect:\n- command: ''\n",
		 "f.yaml:3: collect: '' is blank"},
		{LEAST "collect: [{command: \"a\\nreload\"}]\n",
		 "f.yaml:2: collect: 'a?reload' is more than one line of "
		 "printable text"},
		{LEAST "collect: [{command: \"a\\u0085b\"}]\n",
		 "f.yaml:2: collect: 'a??b' is more than one line of printable "
		 "text"},
		{LEAST "collect:\n- command: a\n- command: b\n- command: a\n",
		 "f.yaml:5: collect: 'a' is listed twice"},
		{LEAST "reads: {begin: [show], except: [show tech]}\n"
		       "collect:\n- command: show run\n- command: show tech\n",
		 "f.yaml:5: collect: 'show tech' does not only read, as the "
		 "key reads has it"},
	};

	(void)state;
	assert_refused(list, LENGTH(list));
}

static void test_platform_file_refuses_patterns_that_are_wrong(void **state)
{
	static const struct refusal list[] = {
		{"prompts:\n  user: 'a'\n  privileged: 'x('\n",
		 "f.yaml:3: platform f: pattern 'x(': missing closing "
		 "parenthesis at character 2"},
		{LEAST "errors:\n- fine\n- '*'\n",
		 "f.yaml:4: platform f: pattern '*': quantifier does not "
		 "follow a repeatable item at character 0"},
		{LEAST "takes_lines: ['(?<word>']\n",
		 "f.yaml:2: platform f: pattern '(?<word>': missing closing "
		 "parenthesis at character 8"},
		{LEAST "volatile: ['[']\n",
		 "f.yaml:2: platform f: pattern '[': missing terminating ] for "
		 "character class at character 1"},
		{LEAST "collect:\n- command: a\n  end: '('\n",
		 "f.yaml:4: platform f: pattern '(': missing closing "
		 "parenthesis at character 1"},
		{LEAST "secrets:\n- 'key (?<secret>.+'\n",
		 "f.yaml:3: platform f: pattern 'key (?<secret>.+': missing "
		 "closing parenthesis at character 16"},
		{LEAST "secrets:\n- 'key (?<secret>.+)'\n- 'key (.+)'\n",
		 "f.yaml:4: platform f: pattern 'key (.+)': none of its first "
		 "7 groups is named secret, as in '(?<secret>\\S+)'"},
		{LEAST "secrets: ['(a)(b)(c)(d)(e)(f)(g)(?<secret>h)']\n",
		 "f.yaml:2: platform f: pattern "
		 "'(a)(b)(c)(d)(e)(f)(g)(?<secret>h)': none of its first 7 "
		 "groups is named secret, as in '(?<secret>\\S+)'"},
		{LEAST "secret_blocks: [{begin: '*', end: a}]\n",
		 "f.yaml:2: platform f: pattern '*': quantifier does not "
		 "follow a repeatable item at character 0"},
		{LEAST "volatile_blocks: [{begin: a, end: '*'}]\n",
		 "f.yaml:2: platform f: pattern '*': quantifier does not "
		 "follow a repeatable item at character 0"},
		{LEAST "secret_blocks: [{begin: a, end: '*'}]\n",
		 "f.yaml:2: platform f: pattern '*': quantifier does not "
		 "follow a repeatable item at character 0"},
		{LEAST "above: '\\'\n",
		 "f.yaml:2: platform f: pattern '\\': \\ at end of pattern at "
		 "character 1"},
	};

	(void)state;
	assert_refused(list, LENGTH(list));
}

/* Beyond what any file needs, but without end of time or stack. */
static void test_platform_file_refuses_what_is_deep_or_huge(void **state)
{
	size_t deep = 100000, huge = DOCUMENT_MAX + 1;
	char *text = malloc(huge + 1);

	(void)state;
	assert_non_null(text);
	memcpy(text, "about: ", 7);
	memset(text + 7, '[', deep);
	text[7 + deep] = '\0';
	assert_refused_bytes(text, 7 + deep,
			     "f.yaml:1: 'about' has to be a text, not a list");
	memcpy(text, "prompts: {user: x}\n? ", 21);
	memset(text + 21, '[', deep);
	assert_refused_bytes(text, 21 + deep,
			     "f.yaml:2: a key must be a single word");
	memset(text, '#', huge);
	text[huge] = '\0';
	assert_refused_bytes(text, huge,
			     "f.yaml:1: the file is larger than 1048576 bytes");
	free(text);
}

static void test_document_line_at_finds_what_a_way_leads_to(void **state)
{
	static const char text[] = "a: x\n"
				   "b:\n"
				   "- c: {d: 1}\n"
				   "- c: 2\n"
				   "  e:\n"
				   "  - [f,\n"
				   "     g]\n"
				   "ab: 3\n";
	static const struct {
		const char *way;
		size_t line;
	} ways[] = {
		{"", 1},        {"a", 1},         {"b", 3},    {"b/0", 3},
		{"b/0/c/d", 3}, {"b/1/c", 4},     {"b/1/", 4}, {"b/1/e/0/1", 7},
		{"ab", 8},      {"b/2", 0},       {"c", 0},    {"a/x", 0},
		{"b/0/e", 0},   {"b/1/e/0/2", 0},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(ways); i++) {
		unit_where(ways[i].way);
		assert_int_equal(
			document_line_at(text, strlen(text), ways[i].way),
			ways[i].line);
	}
	assert_int_equal(document_line_at("", 0, ""), 0);
	assert_int_equal(document_line_at("a: [b", 5, "c"), 0);
	assert_int_equal(document_line_at("a\0: b", 5, "a"), 0);
}

/* ---- directories */

#define FILES_MAX 8

struct place {
	char dir[64];
	char *files[FILES_MAX];
	size_t n;
};

static struct place place_make(void)
{
	struct place place = {.dir = "/tmp/netfan-platforms-XXXXXX"};

	assert_non_null(mkdtemp(place.dir));
	return place;
}

static const char *path_in(struct place *place, const char *name)
{
	assert_true(place->n < FILES_MAX);
	assert_true(asprintf(&place->files[place->n], "%s/%s", place->dir,
			     name) > 0);
	return place->files[place->n++];
}

static void put(struct place *place, const char *name, const char *text)
{
	FILE *file = fopen(path_in(place, name), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void place_remove(struct place *place)
{
	for (size_t i = 0; i < place->n; i++) {
		assert_int_equal(remove(place->files[i]), 0);
		free(place->files[i]);
	}
	assert_int_equal(rmdir(place->dir), 0);
}

static struct nf_platforms *load_dirs(const char *const *dirs, size_t n)
{
	struct nf_platforms *platforms = NULL;
	struct nf_error err = {0};

	if (nf_platforms_load(&platforms, dirs, n, NULL, &err) == -1)
		fail_msg("%s", err.message);
	return platforms;
}

static struct nf_platforms *load_place(const struct place *place)
{
	const char *const dirs[] = {place->dir};

	return load_dirs(dirs, 1);
}

/* What is there under a name: its about, NULL when nothing is. */
static const char *about(struct nf_platforms *platforms, const char *name)
{
	const char *text = NULL;
	struct nf_error err = {0};
	int rc = nf_platforms_about(platforms, name, &text, &err);

	if (rc == -1)
		fail_msg("%s", err.message);
	return text;
}

static size_t count(const struct nf_platforms *platforms)
{
	const char *const *names = nf_platforms_names(platforms);
	size_t n = 0;

	for (; names[n] != NULL; n++)
		assert_true(n == 0 || strcmp(names[n - 1], names[n]) < 0);
	return n;
}

static size_t count_builtins(void)
{
	size_t n = 0;

	while (builtins[n].name != NULL)
		n++;
	return n;
}

static void test_platforms_of_a_directory_add_to_ours(void **state)
{
	struct place place = place_make();
	struct nf_platforms *platforms;

	(void)state;
	put(&place, "acme_os.yaml", "about: Acme\n" LEAST);
	put(&place, "Zeta-2.yml", LEAST);
	platforms = load_place(&place);
	assert_int_equal(count(platforms), count_builtins() + 2);
	assert_string_equal(about(platforms, "acme_os"), "Acme");
	assert_string_equal(about(platforms, "acme_os_ssh"), "Acme");
	assert_string_equal(about(platforms, "Zeta-2"), "");
	assert_string_equal(about(platforms, "cisco_ios"),
			    "Cisco IOS and IOS-XE");
	assert_null(about(platforms, "acme"));
	assert_null(about(platforms, "_ssh"));
	assert_null(about(platforms, "acme_os_ssh_ssh"));
	assert_null(about(platforms, ""));
	nf_platforms_free(platforms);
	place_remove(&place);
}

static void test_platforms_of_scrapli_s_are_added_too(void **state)
{
	struct place place = place_make();
	struct nf_platforms *platforms;

	(void)state;
	put(&place, "acme_os.yaml",
	    "prompt_pattern: x\ndefault_mode: cli\nmodes:\n"
	    "- {name: cli, prompt_pattern: x}\n");
	platforms = load_place(&place);
	assert_string_equal(about(platforms, "acme_os"),
			    "a definition of scrapli's");
	nf_platforms_free(platforms);
	place_remove(&place);
}

static void test_platforms_of_a_directory_take_the_place_of_ours(void **state)
{
	struct place place = place_make();
	struct nf_platforms *platforms;

	(void)state;
	put(&place, "cisco_ios.yaml", "about: mine\n" LEAST);
	platforms = load_place(&place);
	assert_int_equal(count(platforms), count_builtins());
	assert_string_equal(about(platforms, "cisco_ios"), "mine");
	assert_string_equal(about(platforms, "cisco_ios_ssh"), "mine");
	assert_null(about(platforms, "cisco_xe"));
	nf_platforms_free(platforms);
	place_remove(&place);
}

static void test_platforms_of_the_later_directory_win(void **state)
{
	struct place one = place_make(), two = place_make();
	const char *const dirs[] = {one.dir, two.dir};
	const char *const turned[] = {two.dir, one.dir};
	struct nf_platforms *platforms;

	(void)state;
	put(&one, "acme_os.yaml", "about: one\n" LEAST);
	put(&two, "acme_os.yaml", "about: two\n" LEAST);
	put(&one, "only.yaml", "about: only\n" LEAST);
	platforms = load_dirs(dirs, 2);
	assert_string_equal(about(platforms, "acme_os"), "two");
	assert_string_equal(about(platforms, "only"), "only");
	nf_platforms_free(platforms);
	platforms = load_dirs(turned, 2);
	assert_string_equal(about(platforms, "acme_os"), "one");
	nf_platforms_free(platforms);
	place_remove(&one);
	place_remove(&two);
}

static void test_platforms_are_found_by_alias(void **state)
{
	struct place place = place_make();
	struct nf_platforms *platforms;

	(void)state;
	put(&place, "zz.yaml",
	    "about: mine\naliases: [zed, cisco_xe, linux]\n" LEAST);
	platforms = load_place(&place);
	assert_string_equal(about(platforms, "zed"), "mine");
	assert_string_equal(about(platforms, "zed_ssh"), "mine");
	/* Before the same alias of one that is compiled in ... */
	assert_string_equal(about(platforms, "cisco_xe"), "mine");
	assert_string_equal(about(platforms, "cisco_es"),
			    "Cisco IOS and IOS-XE");
	/* ... but a name is a name. */
	assert_string_equal(about(platforms, "linux"), "a plain shell");
	assert_null(about(platforms, "ze"));
	assert_null(about(platforms, "cisco_xe "));
	assert_null(about(platforms, "cisco_xe cisco_es"));
	nf_platforms_free(platforms);
	place_remove(&place);
}

static void test_platforms_of_odd_names_are_left_alone(void **state)
{
	static const char *const names[] = {
		"a b.yaml", ".hidden.yaml", "x.yaml~",       "README.md",
		".yaml",    "x.yaml.bak",   "\xc3\xa9.yaml",
	};
	struct place place = place_make();
	struct nf_platforms *platforms;

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++)
		put(&place, names[i], "not: [read");
	put(&place, "acme_os.yaml", LEAST);
	platforms = load_place(&place);
	assert_int_equal(count(platforms), count_builtins() + 1);
	nf_platforms_free(platforms);
	place_remove(&place);
}

static void test_platforms_have_names_of_63_characters_at_most(void **state)
{
	struct place place = place_make();
	struct nf_platforms *platforms;
	char name[80];

	(void)state;
	memset(name, 'a', sizeof(name));
	(void)stpcpy(name + 64, ".yaml");
	put(&place, name, "not: [read");
	(void)stpcpy(name + 63, ".yaml");
	put(&place, name, "about: long\n" LEAST);
	platforms = load_place(&place);
	assert_int_equal(count(platforms), count_builtins() + 1);
	name[63] = '\0';
	assert_string_equal(about(platforms, name), "long");
	(void)stpcpy(name + 63, "a");
	assert_null(about(platforms, name));
	nf_platforms_free(platforms);
	place_remove(&place);
}

/* The catalogue is refused, in words that end so. */
static void assert_dir_refused(const char *dir, const char *message)
{
	const char *const dirs[] = {dir};
	struct nf_platforms *platforms = NULL;
	struct nf_error err = {0};

	assert_int_equal(nf_platforms_load(&platforms, dirs, 1, NULL, &err),
			 -1);
	assert_null(platforms);
	assert_int_equal(err.code, NF_INVALID);
	assert_int_equal(strncmp(err.message, dir, strlen(dir)), 0);
	assert_string_equal(err.message + strlen(dir), message);
}

static void take_note(void *arg, const char *text)
{
	(void)snprintf(arg, 512, "%s", text);
}

static void test_platforms_pass_over_what_is_no_file(void **state)
{
	static const char *const kinds[] = {"fifo.yaml", "socket.yaml"};

	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		struct place place = place_make();
		const char *const dirs[] = {place.dir};
		char note[512] = "", wanted[512];
		const struct nf_log log = {.line = take_note, .arg = note};
		struct sockaddr_un address = {.sun_family = AF_UNIX};
		struct nf_platforms *platforms = NULL;
		struct nf_error err = {0};
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

		(void)snprintf(address.sun_path, sizeof(address.sun_path),
			       "%s/%s", place.dir, kinds[kind]);
		assert_int_equal(kind == 0
					 ? mkfifo(address.sun_path, 0600)
					 : bind(fd, (struct sockaddr *)&address,
						sizeof(address)),
				 0);
		assert_dir_refused(place.dir, ": no platform file is in it, "
					      "such as my_device.yaml");
		put(&place, "acme_os.yaml", LEAST);
		assert_int_equal(
			nf_platforms_load(&platforms, dirs, 1, &log, &err), 0);
		(void)snprintf(wanted, sizeof(wanted),
			       "%s: passed over, as it is no file",
			       address.sun_path);
		assert_string_equal(note, wanted);
		assert_int_equal(count(platforms), count_builtins() + 1);
		nf_platforms_free(platforms);
		assert_int_equal(remove(address.sun_path), 0);
		(void)close(fd);
		place_remove(&place);
	}
}

#define NOBODY 65534

#define NO_DIRECTORY " (a directory of platform files is needed)"

static void test_platforms_of_no_directory_are_refused(void **state)
{
	struct place place = place_make();

	(void)state;
	put(&place, "acme_os.yaml", LEAST);
	assert_dir_refused(place.files[0],
			   ": cannot be read: Not a directory" NO_DIRECTORY);
	assert_dir_refused("/nowhere/at/all",
			   ": cannot be read: No such file or "
			   "directory" NO_DIRECTORY);
	place_remove(&place);
}

static void test_platforms_that_cannot_be_opened_are_refused(void **state)
{
	struct place place;

	(void)state;
	if (geteuid() == 0 && seteuid(NOBODY) == -1)
		UNIT_SKIP("root may open anything");
	place = place_make();
	put(&place, "acme_os.yaml", LEAST);
	assert_int_equal(chmod(place.files[0], 0), 0);
	assert_dir_refused(place.dir,
			   "/acme_os.yaml: cannot be read: Permission denied "
			   "(check the path and its permissions)");
	assert_int_equal(chmod(place.dir, 0), 0);
	assert_dir_refused(place.dir,
			   ": cannot be read: Permission denied" NO_DIRECTORY);
	assert_int_equal(chmod(place.dir, 0700), 0);
	place_remove(&place);
	assert_int_equal(seteuid(getuid()), 0);
}

static void test_platforms_that_are_no_files_are_refused(void **state)
{
	struct place place = place_make();

	(void)state;
	assert_int_equal(mkdir(path_in(&place, "acme_os.yaml"), 0700), 0);
	assert_dir_refused(place.dir,
			   "/acme_os.yaml: cannot be read: Is a directory "
			   "(check the path and its permissions)");
	assert_int_equal(rmdir(place.files[0]), 0);
	assert_int_equal(symlink("/nowhere/at/all", place.files[0]), 0);
	assert_dir_refused(place.dir, "/acme_os.yaml: cannot be read: No such "
				      "file or directory (check the path and "
				      "its permissions)");
	place_remove(&place);
}

static void test_platforms_that_are_wrong_are_refused(void **state)
{
	struct place place = place_make();

	(void)state;
	put(&place, "cisco_ios.yaml", "about: x\npromts: {user: x}\n");
	assert_dir_refused(place.dir, "/cisco_ios.yaml:2: unknown key "
				      "'promts': did you mean 'prompts'?");
	place_remove(&place);
	place = place_make();
	put(&place, "acme_os.yaml", "modes: []\n");
	assert_dir_refused(place.dir, "/acme_os.yaml:1: key 'prompt_pattern' "
				      "is missing");
	place_remove(&place);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_platform_file_that_is_least_has_defaults),
	cmocka_unit_test(test_platform_file_may_be_json_and_texts_anything),
	cmocka_unit_test(test_platform_file_tells_what_to_collect),
	cmocka_unit_test(test_platform_file_refuses_other_shapes),
	cmocka_unit_test(test_platform_file_refuses_what_is_no_yaml),
	cmocka_unit_test(test_platform_file_refuses_what_yaml_hides),
	cmocka_unit_test(test_platform_file_refuses_unknown_keys),
	cmocka_unit_test(test_platform_file_refuses_a_key_that_comes_twice),
	cmocka_unit_test(test_platform_file_refuses_a_key_that_is_missing),
	cmocka_unit_test(test_platform_file_refuses_empty_values),
	cmocka_unit_test(test_platform_file_refuses_values_of_another_kind),
	cmocka_unit_test(test_platform_file_refuses_values_that_are_wrong),
	cmocka_unit_test(test_platform_file_refuses_patterns_that_are_wrong),
	cmocka_unit_test(test_platform_file_refuses_what_is_deep_or_huge),
	cmocka_unit_test(test_document_line_at_finds_what_a_way_leads_to),
	cmocka_unit_test(test_platforms_of_a_directory_add_to_ours),
	cmocka_unit_test(test_platforms_of_scrapli_s_are_added_too),
	cmocka_unit_test(test_platforms_of_a_directory_take_the_place_of_ours),
	cmocka_unit_test(test_platforms_of_the_later_directory_win),
	cmocka_unit_test(test_platforms_are_found_by_alias),
	cmocka_unit_test(test_platforms_of_odd_names_are_left_alone),
	cmocka_unit_test(test_platforms_have_names_of_63_characters_at_most),
	cmocka_unit_test(test_platforms_pass_over_what_is_no_file),
	cmocka_unit_test(test_platforms_of_no_directory_are_refused),
	cmocka_unit_test(test_platforms_that_cannot_be_opened_are_refused),
	cmocka_unit_test(test_platforms_that_are_no_files_are_refused),
	cmocka_unit_test(test_platforms_that_are_wrong_are_refused),
};

UNIT_MAIN(tests)
