/* Platforms, read from YAML. */
#include "platform/platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "platform/patterns.h"
#include "platform/readonly.h"
#include "yaml/document.h"
#include "yaml/fault.h"

#define DEFAULT_TERM "vt100"
#define DEFAULT_WIDTH "511" /* no device wraps a line before it */
#define WIDTH_MIN 20
#define WIDTH_MAX 32767
#define DEFAULT_ENTER "\n"
#define DEFAULT_DETECT "show version"

/* ---- the schema; README.md says what each key means */

#define TEXT(key, type, member)                                                \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_DEFAULT, struct type, member,   \
			       0, CYAML_UNLIMITED)
#define TEXT_OR_NOT(key, type, member)                                         \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_OPTIONAL, struct type, member,  \
			       0, CYAML_UNLIMITED)
#define LIST(key, type, member, entry)                                         \
	CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,    \
			     struct type, member, entry, 0, CYAML_UNLIMITED)
#define PART(key, type, member, fields)                                        \
	CYAML_FIELD_MAPPING_PTR(key, CYAML_FLAG_OPTIONAL, struct type, member, \
				fields)

static const cyaml_schema_value_t text = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED)};

#define PROMPT_FIELD(id, name) TEXT_OR_NOT(name, platform_prompts, of[id]),
static const cyaml_schema_field_t prompts_fields[] = {
	PLATFORM_MODES(PROMPT_FIELD) CYAML_FIELD_END};
#undef PROMPT_FIELD

static const cyaml_schema_field_t pager_fields[] = {
	TEXT("prompt", platform_pager, prompt),
	TEXT("answer", platform_pager, key), CYAML_FIELD_END};

static const cyaml_schema_value_t pager = {CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct platform_pager, pager_fields)};

static const cyaml_schema_field_t enable_fields[] = {
	TEXT("command", platform_enable, command),
	TEXT("password", platform_enable, password), CYAML_FIELD_END};

static const cyaml_schema_field_t configure_fields[] = {
	TEXT_OR_NOT("enter", platform_configure, enter),
	TEXT_OR_NOT("commit", platform_configure, commit),
	TEXT_OR_NOT("leave", platform_configure, leave),
	TEXT_OR_NOT("save", platform_configure, save), CYAML_FIELD_END};

static const cyaml_schema_field_t reads_fields[] = {
	LIST("begin", platform_reads, begin, &text),
	LIST("alone", platform_reads, alone, &text),
	LIST("except", platform_reads, except, &text),
	LIST("filters", platform_reads, filters, &text), CYAML_FIELD_END};

static const cyaml_schema_field_t question_fields[] = {
	TEXT("asks", platform_question, asks),
	TEXT("answer", platform_question, reply),
	TEXT_OR_NOT("shell", platform_question, shell), CYAML_FIELD_END};

static const cyaml_schema_value_t question = {CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct platform_question, question_fields)};

static const cyaml_schema_field_t login_answer_fields[] = {
	TEXT("asks", platform_question, asks),
	TEXT("answer", platform_question, reply), CYAML_FIELD_END};

static const cyaml_schema_value_t login_answer = {CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct platform_question, login_answer_fields)};

static const cyaml_schema_field_t collected_fields[] = {
	TEXT("command", platform_collected, command),
	TEXT_OR_NOT("end", platform_collected, end), CYAML_FIELD_END};

static const cyaml_schema_value_t collected = {CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct platform_collected, collected_fields)};

static const cyaml_schema_field_t block_fields[] = {
	TEXT("begin", platform_block, begin), TEXT("end", platform_block, end),
	CYAML_FIELD_END};

static const cyaml_schema_value_t block = {CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct platform_block, block_fields)};

static const cyaml_schema_field_t examples_fields[] = {
	LIST("volatile", platform_examples, volatile_lines, &text),
	LIST("volatile_blocks", platform_examples, volatile_blocks, &text),
	LIST("secrets", platform_examples, secrets, &text),
	LIST("secret_blocks", platform_examples, secret_blocks, &text),
	LIST("plain", platform_examples, plain, &text),
	CYAML_FIELD_END};

static const cyaml_schema_field_t turn_fields[] = {
	TEXT_OR_NOT("device", platform_turn, device),
	TEXT_OR_NOT("netfan", platform_turn, netfan), CYAML_FIELD_END};

static const cyaml_schema_value_t turn = {CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct platform_turn, turn_fields)};

static const cyaml_schema_field_t outcome_fields[] = {
	TEXT("command", platform_outcome, command),
	TEXT("output", platform_outcome, output),
	TEXT_OR_NOT("rejected", platform_outcome, rejected), CYAML_FIELD_END};

static const cyaml_schema_value_t outcome = {CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct platform_outcome, outcome_fields)};

static const cyaml_schema_field_t transcript_fields[] = {
	TEXT("about", platform_transcript, about),
	TEXT_OR_NOT("secret", platform_transcript, secret),
	LIST("turns", platform_transcript, turns, &turn),
	TEXT("prompt", platform_transcript, prompt),
	LIST("commands", platform_transcript, commands, &outcome),
	CYAML_FIELD_END};

static const cyaml_schema_value_t transcript = {CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct platform_transcript, transcript_fields)};

static const cyaml_schema_field_t sample_fields[] = {
	TEXT("about", platform_sample, about),
	TEXT_OR_NOT("banner", platform_sample, banner),
	TEXT("prompt", platform_sample, prompt),
	TEXT_OR_NOT("answer", platform_sample, output), CYAML_FIELD_END};

static const cyaml_schema_value_t sample = {CYAML_VALUE_MAPPING(
	CYAML_FLAG_DEFAULT, struct platform_sample, sample_fields)};

static const cyaml_schema_field_t detect_fields[] = {
	LIST("banner", platform_detect, banner, &text),
	TEXT_OR_NOT("command", platform_detect, command),
	LIST("answer", platform_detect, output, &text),
	LIST("samples", platform_detect, samples, &sample), CYAML_FIELD_END};

static const cyaml_schema_field_t platform_fields[] = {
	TEXT_OR_NOT("about", platform, about),
	LIST("aliases", platform, aliases, &text),
	TEXT_OR_NOT("term", platform, term),
	TEXT_OR_NOT("width", platform, texts.width),
	TEXT_OR_NOT("enter", platform, enter),
	CYAML_FIELD_MAPPING_PTR("prompts", CYAML_FLAG_DEFAULT, struct platform,
				prompts, prompts_fields),
	TEXT_OR_NOT("above", platform, prompt_header),
	LIST("greeting", platform, greeting, &question),
	LIST("login_answers", platform, login_answers, &login_answer),
	LIST("paging_off", platform, paging_off, &text),
	LIST("pager", platform, pager, &pager),
	PART("enable", platform, enable, enable_fields),
	LIST("errors", platform, errors, &text),
	TEXT_OR_NOT("clear_line", platform, clear_line),
	LIST("takes_lines", platform, takes_lines, &text),
	LIST("volatile", platform, volatile_lines, &text),
	LIST("volatile_blocks", platform, volatile_blocks, &block),
	LIST("collect", platform, collect, &collected),
	LIST("secrets", platform, secrets, &text),
	LIST("secret_blocks", platform, secret_blocks, &block),
	PART("examples", platform, examples, examples_fields),
	PART("configure", platform, configure, configure_fields),
	PART("reads", platform, reads, reads_fields),
	TEXT_OR_NOT("exec", platform, texts.exec),
	TEXT_OR_NOT("logout", platform, logout),
	TEXT_OR_NOT("here_documents", platform, texts.here_documents),
	TEXT_OR_NOT("confirm_prompt", platform, texts.confirm_prompt),
	PART("detect", platform, detect, detect_fields),
	LIST("transcripts", platform, transcripts, &transcript),
	CYAML_FIELD_END};

static const cyaml_schema_value_t schema = {CYAML_VALUE_MAPPING(
	CYAML_FLAG_POINTER, struct platform, platform_fields)};

/* ---- what the schema cannot say */

/* A file that is being loaded. */
struct loading {
	const char *bytes;
	size_t len;
	const char *path;
	struct nf_error *err;
};

static int wrong(const struct loading *loading, const char *key,
		 const char *what)
{
	size_t line = document_line(loading->bytes, loading->len, key);

	return fault(loading->err, loading->path, line > 0 ? line : 1, "%s: %s",
		     key, what);
}

static bool is_set(const char *flag)
{
	return flag != NULL && strcmp(flag, "true") == 0;
}

static int check_flag(const struct loading *loading, const char *key,
		      const char *value)
{
	if (value == NULL || is_set(value) || strcmp(value, "false") == 0)
		return 0;
	return wrong(loading, key, "is true or false");
}

static int check_prompts(const struct loading *loading,
			 const struct platform *platform)
{
	const struct platform_prompts *prompts = platform->prompts;

	for (int mode = 0; mode < PLATFORM_NMODES; mode++) {
		if (prompts->of[mode] != NULL)
			return 0;
	}
	return wrong(loading, "prompts", "needs at least one");
}

static int check_enter(const struct loading *loading,
		       const struct platform *platform)
{
	static const char *const ends[] = {"\r", "\n", "\r\n"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (strcmp(platform->enter, ends[i]) == 0)
			return 0;
	}
	return wrong(loading, "enter",
		     "is \"\\r\", \"\\n\" or \"\\r\\n\", in double quotes");
}

/* A return key would send the command that is to be cleared. */
static int check_clear_line(const struct loading *loading,
			    const struct platform *platform)
{
	const char *keys = platform->clear_line;

	if (keys == NULL || (keys[0] != '\0' && strpbrk(keys, "\r\n") == NULL))
		return 0;
	return wrong(loading, "clear_line",
		     "is keys without a return key, as \"\\x15\" in double "
		     "quotes");
}

static int check_width(const struct loading *loading, struct platform *platform)
{
	const char *width = platform->texts.width;
	char *end;
	unsigned long columns = strtoul(width, &end, 10);

	if (*end != '\0' || width[0] < '0' || width[0] > '9' ||
	    columns < WIDTH_MIN || columns > WIDTH_MAX)
		return wrong(loading, "width", "is a number 20-32767");
	platform->columns = (unsigned)columns;
	return 0;
}

static int check_greeting(const struct loading *loading,
			  const struct platform *platform)
{
	for (unsigned i = 0; i < platform->greeting_count; i++) {
		if (check_flag(loading, "shell", platform->greeting[i].shell) ==
		    -1)
			return -1;
	}
	return 0;
}

static int check_words(const struct loading *loading, char *const *list,
		       unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (list[i][strspn(list[i], " ")] == '\0')
			return wrong(loading, "reads", "an entry is empty");
		if (!readonly_plain(list[i]))
			return wrong(loading, "reads",
				     "an entry has a character that no command "
				     "which only reads may have");
	}
	return 0;
}

static int check_reads(const struct loading *loading,
		       const struct platform *platform)
{
	const struct platform_reads *reads = platform->reads;

	if (reads == NULL)
		return 0;
	if (check_words(loading, reads->begin, reads->begin_count) == -1 ||
	    check_words(loading, reads->alone, reads->alone_count) == -1 ||
	    check_words(loading, reads->except, reads->except_count) == -1)
		return -1;
	return check_words(loading, reads->filters, reads->filters_count);
}

/* Compared with all commands before it: there are a few. */
static bool is_again(const struct platform *platform, unsigned at)
{
	unsigned i = 0;

	while (strcmp(platform->collect[i].command,
		      platform->collect[at].command) != 0)
		i++;
	return i < at;
}

/* What is wrong with a command that is to be collected, or NULL. */
static const char *fault_of_collected(const struct platform *platform,
				      unsigned at)
{
	const char *command = platform->collect[at].command;

	if (command[strspn(command, " ")] == '\0')
		return "is blank";
	if (fault_has_control(command))
		return "is more than one line of printable text";
	if (is_again(platform, at))
		return "is listed twice";
	if (platform->reads != NULL && !readonly_command(platform, command))
		return "does not only read, as the key reads has it";
	return NULL;
}

static int check_collect(const struct loading *loading,
			 const struct platform *platform)
{
	for (unsigned i = 0; i < platform->collect_count; i++) {
		const char *command = platform->collect[i].command;
		const char *what = fault_of_collected(platform, i);
		char way[48];
		size_t line;

		if (what == NULL)
			continue;
		(void)snprintf(way, sizeof(way), "collect/%u/command", i);
		line = document_line_at(loading->bytes, loading->len, way);
		return fault(loading->err, loading->path, line,
			     "collect: '%.*s' %s", fault_shown(command),
			     command, what);
	}
	return 0;
}

static int check_transcripts(const struct loading *loading,
			     const struct platform *platform)
{
	for (unsigned i = 0; i < platform->transcripts_count; i++) {
		const struct platform_transcript *one =
			&platform->transcripts[i];

		for (unsigned k = 0; k < one->turns_count; k++) {
			const struct platform_turn *at = &one->turns[k];

			if ((at->device == NULL) == (at->netfan == NULL))
				return wrong(loading, one->about,
					     "a turn is either device's or "
					     "netfan's");
		}
		for (unsigned k = 0; k < one->commands_count; k++) {
			if (check_flag(loading, "rejected",
				       one->commands[k].rejected) == -1)
				return -1;
		}
	}
	return 0;
}

/* Compile all patterns once, so that a bad one is reported with its line. */
static int check_patterns(const struct loading *loading,
			  const struct platform *platform)
{
	const char *at_fault = NULL;
	struct nf_error err;
	size_t line;

	if (patterns_check(platform, &at_fault, &err) == 0)
		return 0;
	if (at_fault == NULL) {
		*loading->err = err;
		return -1;
	}
	line = document_line(loading->bytes, loading->len, at_fault);
	return fault(loading->err, loading->path, line > 0 ? line : 1, "%s",
		     err.message);
}

static int set_default(char **value, const char *standard)
{
	if (*value == NULL)
		*value = strdup(standard);
	return *value != NULL ? 0 : -1;
}

/* ---- loading */

int platform_complete(struct platform *platform, const char *bytes, size_t len,
		      const char *path, struct nf_error *err)
{
	const struct loading all = {
		.bytes = bytes, .len = len, .path = path, .err = err};
	const struct loading *loading = &all;
	const struct platform_texts *texts = &platform->texts;

	if (set_default(&platform->term, DEFAULT_TERM) == -1 ||
	    set_default(&platform->texts.width, DEFAULT_WIDTH) == -1 ||
	    set_default(&platform->enter, DEFAULT_ENTER) == -1 ||
	    (platform->detect != NULL &&
	     set_default(&platform->detect->command, DEFAULT_DETECT) == -1))
		return fault_memory(err, path);
	if (check_prompts(loading, platform) == -1 ||
	    check_enter(loading, platform) == -1 ||
	    check_width(loading, platform) == -1 ||
	    check_clear_line(loading, platform) == -1 ||
	    check_flag(loading, "confirm_prompt", texts->confirm_prompt) ==
		    -1 ||
	    check_flag(loading, "exec", texts->exec) == -1 ||
	    check_flag(loading, "here_documents", texts->here_documents) ==
		    -1 ||
	    check_greeting(loading, platform) == -1 ||
	    check_reads(loading, platform) == -1 ||
	    check_collect(loading, platform) == -1 ||
	    check_transcripts(loading, platform) == -1)
		return -1;
	platform->here_documents = is_set(texts->here_documents);
	platform->executes = is_set(texts->exec);
	platform->confirms = is_set(texts->confirm_prompt);
	return check_patterns(loading, platform);
}

int platform_load(struct platform **out, const char *name, const char *bytes,
		  size_t len, const char *path, struct nf_error *err)
{
	struct platform *platform;
	void *loaded;

	if (document_load(&loaded, &schema, bytes, len, path, err) == -1)
		return -1;
	platform = loaded;
	platform->name = name;
	if (platform_complete(platform, bytes, len, path, err) == -1) {
		platform_free(platform);
		return -1;
	}
	*out = platform;
	return 0;
}

void platform_free(struct platform *platform)
{
	document_free(platform, &schema);
}
