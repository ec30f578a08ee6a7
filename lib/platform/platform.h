/*
 * Platforms: what a device type needs from a session, as data. Their names are
 * netmiko's device_type names. README.md tells what each key means.
 */
#ifndef NETFAN_PLATFORM_PLATFORM_H
#define NETFAN_PLATFORM_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "netfan.h"

/* Longest line that a pattern is matched against: none of a prompt is longer. */
#define PATTERNS_LINE_MAX 512

/* The modes of a command line, by their key. */
#define PLATFORM_MODES(X)                                                      \
	X(PLATFORM_USER, "user")                                               \
	X(PLATFORM_PRIVILEGED, "privileged")                                   \
	X(PLATFORM_CONFIGURATION, "configuration")

#define PLATFORM_MODE_ID(id, name) id,
enum platform_mode { PLATFORM_MODES(PLATFORM_MODE_ID) PLATFORM_NMODES };
#undef PLATFORM_MODE_ID

struct platform_prompts {
	char *of[PLATFORM_NMODES]; /* patterns, NULL: no such mode */
};

struct platform_pager {
	const char *prompt; /* a pattern */
	const char *key; /* that asks for the next page */
};

struct platform_enable {
	char *command;
	char *password; /* a pattern: who asks for the secret */
};

struct platform_configure {
	char *enter, *commit, *leave, *save; /* in this order; or NULL */
};

/* Commands that only read: lists of words that they begin with, see
 * readonly.h. */
struct platform_reads {
	char **begin; /* commands, whatever follows */
	unsigned begin_count;
	char **alone; /* commands that nothing follows */
	unsigned alone_count;
	char **except; /* of begin: these may write */
	unsigned except_count;
	char **filters; /* behind a '|' */
	unsigned filters_count;
};

/* A question and its reply. */
struct platform_question {
	char *asks; /* a pattern */
	char *reply;
	char *shell; /* "true": it is another shell's prompt; or NULL */
};

/* A command whose output is kept by a collection. */
struct platform_collected {
	char *command;
	/* A pattern of the last line of its output that is not blank: what ends
	 * so is whole. NULL: it has no such mark. */
	char *end;
};

/* Lines that are a secret together, such as a certificate, or that change by
 * themselves: from one line to another, by a pattern each. */
struct platform_block {
	char *begin;
	char *end;
};

/* Lines of outputs that are collected: the tests try the patterns with them. */
struct platform_examples {
	char **volatile_lines;
	unsigned volatile_lines_count;
	char **volatile_blocks; /* a whole one each */
	unsigned volatile_blocks_count;
	char **secrets; /* each secret in them stands in {{ }} */
	unsigned secrets_count;
	char **secret_blocks; /* a whole one each, with the lines around it */
	unsigned secret_blocks_count;
	char **plain; /* that stay, and count */
	unsigned plain_count;
};

/* A line of a dialogue: one of both is NULL. */
struct platform_turn {
	char *device; /* it says this */
	char *netfan; /* we say this */
};

struct platform_outcome {
	char *command;
	char *output;
	char *rejected; /* "true", or NULL */
};

/* A dialogue as a device once had it, and what has to come out of it. */
struct platform_transcript {
	char *about;
	char *secret; /* or NULL */
	struct platform_turn *turns;
	unsigned turns_count;
	char *prompt; /* the one found last */
	struct platform_outcome *commands;
	unsigned commands_count;
};

/* A device of this platform as it shows itself: the tests detect it by that. */
struct platform_sample {
	char *about;
	char *banner; /* lines of it, or NULL */
	char *prompt;
	char *output; /* of the command; NULL: the banner decides */
};

/* The marks that tell a device of this platform from all others. */
struct platform_detect {
	char **banner; /* patterns of a line before the first prompt */
	unsigned banner_count;
	char *command; /* harmless */
	char **output; /* patterns of a line of its output */
	unsigned output_count;
	struct platform_sample *samples;
	unsigned samples_count;
};

/* Texts of a file, of which values of its platform are made as it is loaded. */
struct platform_texts {
	char *width; /* columns */
	char *exec; /* executes */
	char *confirm_prompt; /* confirms */
	char *here_documents;
};

/*
 * Patterns are PCRE2, matched against one line with its carriage returns and
 * terminal control sequences taken out. What a platform does not have is NULL,
 * a list that it does not have is empty.
 */
struct platform {
	const char *name;
	char *about; /* the device in a few words */
	char **aliases;
	unsigned aliases_count;
	char *term; /* terminal type asked for with the pty */
	unsigned columns; /* of that terminal */
	char *enter; /* what ends a line sent: "\r", "\n" or "\r\n" */
	struct platform_prompts *prompts;
	char *prompt_header; /* a line that stands above each prompt */
	struct platform_question *greeting; /* before the first prompt */
	unsigned greeting_count;
	/* Likewise, and answered with a line, by keyboard-interactive, too. */
	struct platform_question *login_answers;
	unsigned login_answers_count;
	char **paging_off; /* commands; a refused one is no harm */
	unsigned paging_off_count;
	struct platform_pager *pager;
	unsigned pager_count;
	struct platform_enable *enable;
	/* What clears a refused command that the device typed again; NULL: it
	 * is not known to do so. */
	char *clear_line;
	char **errors; /* patterns of a line that refuses a command */
	unsigned errors_count;
	char **takes_lines; /* patterns of a line behind which it takes lines */
	unsigned takes_lines_count;
	char **volatile_lines; /* patterns of lines that change by themselves */
	unsigned volatile_lines_count;
	struct platform_block *volatile_blocks;
	unsigned volatile_blocks_count;
	struct platform_collected *collect; /* in this order */
	unsigned collect_count;
	/* Patterns of secrets in a line of a configuration: the group named
	 * secret, wherever in the line they match. */
	char **secrets;
	unsigned secrets_count;
	struct platform_block *secret_blocks;
	unsigned secret_blocks_count;
	struct platform_examples *examples; /* of these; or NULL */
	struct platform_configure *configure;
	struct platform_reads *reads; /* NULL: nothing is known to */
	bool executes; /* commands are run without a shell */
	char *logout; /* said before the connection is closed */
	bool here_documents; /* its shell knows of <<WORD */
	bool confirms; /* a prompt has to be proven */
	struct platform_detect *detect; /* NULL: it is never found out */
	bool tries_enter; /* enter is a guess: of one to be found out */
	struct platform_transcript *transcripts;
	unsigned transcripts_count;
	struct platform_texts texts;
};

/*
 * Load a platform from the bytes of its file and check it, its patterns too;
 * name is borrowed, path is for messages. NF_INVALID with file and line;
 * NF_SYSTEM without memory.
 */
int platform_load(struct platform **out, const char *name, const char *bytes,
		  size_t len, const char *path, struct nf_error *err);

/*
 * Complete a platform that was put together from another kind of file: set the
 * keys that it lacks to their defaults, and check it as platform_load() does,
 * with the same codes. Its name is set already.
 */
int platform_complete(struct platform *platform, const char *bytes, size_t len,
		      const char *path, struct nf_error *err);

/* Free a platform, of which each text, list and part came from malloc(). */
void platform_free(struct platform *platform);

#endif
