/* A definition of scrapli's, as its file has it: for scrapli.c. */
#ifndef NETFAN_PLATFORM_DEFINITION_H
#define NETFAN_PLATFORM_DEFINITION_H

#include <stddef.h>

#include "netfan.h"

struct input {
	char *text;
};

struct prompted {
	char *input, *exact, *pattern, *response;
};

struct entering {
	char *mode;
};

/* One of the kinds of instructions; the other pointers are NULL. */
struct instruction {
	struct input *send, *write;
	struct prompted *prompted;
	struct entering *enter;
};

struct access {
	char *name;
	struct instruction *instructions;
	unsigned instructions_count;
};

struct mode {
	char *name, *exact, *pattern;
	char **excludes; /* texts that its prompt does not hold */
	unsigned excludes_count;
	struct access *accesses; /* to other modes */
	unsigned accesses_count;
};

struct definition {
	char *pattern; /* of every prompt, looser than those of the modes */
	char **excludes;
	unsigned excludes_count;
	char *mode; /* where commands are run */
	struct mode *modes;
	unsigned modes_count;
	char **failures; /* texts of output that refuses a command */
	unsigned failures_count;
	struct instruction *on_open, *on_close;
	unsigned on_open_count, on_close_count;
	char *force_auth, *bypass_auth, *ntc_templates, *genie;
};

/*
 * Load a definition and check it, its patterns too. NF_INVALID with file and
 * line; NF_SYSTEM without memory.
 */
int definition_load(struct definition **out, const char *bytes, size_t len,
		    const char *path, struct nf_error *err);
void definition_free(struct definition *definition);

/* The mode of that name, or NULL. */
const struct mode *definition_mode(const struct definition *definition,
				   const char *name);

/*
 * Compile a pattern by itself, as unbalanced parentheses may pass once they are
 * embedded in another pattern: 0 when it is right, -1 without memory, else the
 * error code of PCRE2, and in *place the character at fault.
 */
int definition_pattern(const char *pattern, size_t *place);

#endif
