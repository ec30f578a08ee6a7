/*
 * libFuzzer target: any bytes are a platform, of our own kind or of scrapli's,
 * whose patterns can be compiled and matched, or one line of error.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "platform/foreign/scrapli.h"
#include "platform/patterns.h"
#include "yaml/document.h"

typedef int load_fn(struct platform **out, const char *name, const char *bytes,
		    size_t len, const char *path, struct nf_error *err);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_texts(char *const *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		assert(strlen(list[i]) < SIZE_MAX);
}

static void check_patterns(const struct platform *platform)
{
	static const uint8_t line[] = "sw1(config)# --{ running }--";
	struct patterns *patterns = NULL;
	struct nf_error err = {0};
	size_t base_len = 0;

	assert(patterns_new(&patterns, platform, NULL, &err) == 0);
	for (size_t n = 0; n < sizeof(line); n++) {
		(void)patterns_prompt(patterns, line, n);
		(void)patterns_user(patterns, line, n);
		(void)patterns_password(patterns, line, n);
		(void)patterns_prompt_header(patterns, line, n);
		(void)patterns_error(patterns, line, n);
		if (patterns_base(patterns, line, n, &base_len) != NULL)
			assert(base_len > 0 && base_len <= n);
	}
	patterns_free(patterns);
}

static void check_platform(const struct platform *platform)
{
	assert(platform->columns >= 20 && platform->columns <= 32767);
	assert(*platform->enter != '\0' && platform->term != NULL);
	assert(platform->enable == NULL ||
	       (platform->enable->command != NULL &&
		platform->enable->password != NULL));
	check_texts(platform->paging_off, platform->paging_off_count);
	check_texts(platform->aliases, platform->aliases_count);
	check_patterns(platform);
}

static void check_refusal(const struct nf_error *err)
{
	assert(err->code == NF_INVALID);
	assert(strncmp(err->message, "f:", 2) == 0);
	for (const char *c = err->message; *c != '\0'; c++)
		assert((unsigned char)*c >= 0x20);
}

static void load_by(load_fn *load, const char *bytes, size_t len)
{
	struct platform *platform = NULL;
	struct nf_error err = {0};

	if (load(&platform, "p", bytes, len, "f", &err) == -1) {
		assert(platform == NULL);
		check_refusal(&err);
		return;
	}
	check_platform(platform);
	platform_free(platform);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *text = (const char *)bytes;

	load_by(scrapli_is(text, len) ? scrapli_load : platform_load, text,
		len);
	(void)document_line_at(text, len, "modes/0/instructions/1");
	return 0;
}
