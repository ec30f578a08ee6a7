/*
 * libFuzzer target: a command that only reads has nothing in it that another
 * command or a file could begin with, and names in front of, and behind, each
 * '|' what the platform lists: told apart here in another way than there.
 *
 * The first byte says which platform; the rest is the command.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "platform/catalogue.h"
#include "platform/readonly.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct platform **all;
static size_t nplatforms;

static void load_platforms(void)
{
	static struct nf_platforms *platforms;
	struct nf_error err;

	if (platforms != NULL)
		return;
	assert(nf_platforms_load(&platforms, NULL, 0, NULL, &err) == 0);
	assert(catalogue_all(&all, &nplatforms, platforms, &err) == 0);
}

/* The first word of a text is the first of an entry; all are plain words. */
static bool first_word_of(const char *text, char *const *list, unsigned n)
{
	size_t len;

	text += strspn(text, " ");
	len = strcspn(text, " ");
	for (unsigned i = 0; i < n; i++) {
		if (len > 0 && strcspn(list[i], " ") == len &&
		    strncmp(list[i], text, len) == 0)
			return true;
	}
	return false;
}

static void check(const struct platform *platform, char *command)
{
	const struct platform_reads *reads = platform->reads;
	char *stage = command, *next;

	for (const char *at = command; *at != '\0'; at++)
		assert(*at >= ' ' && *at <= '~' &&
		       strchr(";&><`$(){}", *at) == NULL);
	assert(reads != NULL);
	next = strchr(stage, '|');
	if (next != NULL)
		*next = '\0';
	assert(first_word_of(stage, reads->begin, reads->begin_count) ||
	       first_word_of(stage, reads->alone, reads->alone_count));
	while (next != NULL) {
		stage = next + 1;
		next = strchr(stage, '|');
		if (next != NULL)
			*next = '\0';
		assert(first_word_of(stage, reads->filters,
				     reads->filters_count));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const struct platform *platform;
	char *command;

	load_platforms();
	if (len == 0)
		return 0;
	platform = all[bytes[0] % nplatforms];
	command = calloc(len, 1); /* ends where a look beyond is seen */
	assert(command != NULL);
	memcpy(command, bytes + 1, len - 1);
	if (readonly_command(platform, command))
		check(platform, command);
	free(command);
	return 0;
}
