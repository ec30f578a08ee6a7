/* Collections from tables, and what a report says of them. */
#include "unit/collections.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "unit/unit.h"

static int diff_from_script(void *arg, size_t device, size_t output,
			    nf_take_line *take, void *take_arg,
			    struct nf_error *err)
{
	struct diff_script *script = arg;

	(void)device;
	(void)output;
	script->asked++;
	if (script->fails) {
		*err = (struct nf_error){.code = NF_SYSTEM,
					 .message = "no \033diff<b>"};
		return -1;
	}
	for (size_t i = 0; i < script->nlines; i++) {
		if (take(take_arg, script->line, strlen(script->line)) == -1)
			return -1;
	}
	return 0;
}

struct collection collection_of(const struct nf_store_device *const *devices,
				size_t ndevices, struct diff_script *script)
{
	struct collection c = {.dir = "/var/lib/netfan",
			       .commit = "",
			       .devices = devices,
			       .ndevices = ndevices,
			       .started_us = 1796004000000000,
			       .us = 1250000,
			       .diff_lines = 100,
			       .diff = diff_from_script,
			       .diff_arg = script};

	collection_count(&c);
	return c;
}

char told[COLLECTIONS_TEXT];

const char *tell_of(const struct report_kind *kind, const struct collection *c)
{
	static struct output out;
	int fd = memfd_create("report", MFD_CLOEXEC);
	ssize_t n;

	assert_int_not_equal(fd, -1);
	output_init(&out, fd, NULL);
	kind->write(&out, c);
	output_flush(&out);
	assert_int_equal(out.sys_errno, 0);
	n = pread(fd, told, sizeof(told) - 1, 0);
	assert_int_not_equal(n, -1);
	told[n] = '\0';
	(void)close(fd);
	return told;
}

void assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("no \"%s\" in:\n%s", part, text);
}

void assert_has_not(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		fail_msg("a \"%s\" in:\n%s", part, text);
}

size_t count_of(const char *text, const char *part)
{
	size_t n = 0;

	while ((text = strstr(text, part)) != NULL) {
		text += strlen(part);
		n++;
	}
	return n;
}
