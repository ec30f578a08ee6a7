/*
 * libFuzzer target: any bytes are an inventory of any form, or one line of error.
 * The first byte picks the form. A form that names other files has them in the
 * same input: a NUL ends each, the first is the one that is read.
 */
#include <assert.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inventory/inventory.h"

#define FILES_MAX 3

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* A form, and the names of its files. */
static const struct target {
	const char *form;
	const char *files[FILES_MAX];
} targets[] = {
	{"netmiko", {".netmiko.yml"}},
	{"nornir", {"hosts.yaml", "groups.yaml", "defaults.yaml"}},
	{"containerlab", {"x.clab.yml"}},
	{"netbox", {"netbox.json"}},
	{"rancid", {"router.db", ".cloginrc"}},
	{"oxidized", {"config", "router.db"}},
};

static void read_line(void *arg, const char *text)
{
	(void)arg;
	assert(strchr(text, '\n') == NULL);
}

static const struct nf_log fuzz_log = {.line = read_line};

static struct nf_platforms *platforms; /* NULL: not yet loaded */

/* Load the platforms, and go to a folder of this process's own, which is the home
 * as well. */
static void begin(void)
{
	static char folder[] = "/tmp/netfan-fuzz-forms-XXXXXX";
	struct nf_error err;

	if (platforms != NULL)
		return;
	assert(nf_platforms_load(&platforms, NULL, 0, NULL, &err) == 0);
	assert(mkdtemp(folder) != NULL && chdir(folder) == 0);
	assert(setenv("HOME", folder, 1) == 0);
	assert(unsetenv("CLOGINRC") == 0);
}

static void write_file(const char *name, const uint8_t *bytes, size_t len)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert(fd != -1 && write(fd, bytes, len) == (ssize_t)len);
	(void)close(fd);
}

/* Write the files behind the first; those that are not there are no more. */
static void write_others(const struct target *target, const uint8_t *bytes,
			 size_t len)
{
	for (size_t i = 1; i < FILES_MAX && target->files[i] != NULL; i++) {
		const uint8_t *end = len > 0 ? memchr(bytes, '\0', len) : NULL;
		size_t part = end != NULL ? (size_t)(end - bytes) : len;

		if (len == 0) {
			(void)unlink(target->files[i]);
			continue;
		}
		write_file(target->files[i], bytes, part);
		if (end != NULL)
			part++;
		bytes += part;
		len -= part;
	}
}

static void check(const struct nf_inventory *inv)
{
	for (size_t i = 0; i < nf_inventory_size(inv); i++) {
		const struct device *dev = inventory_device(inv, i);

		assert(*dev->pub.name != '\0');
		assert(dev->skip != NULL || *dev->pub.host != '\0');
		assert(dev->skip != NULL || dev->platform != NULL);
		assert(dev->skip == NULL || strchr(dev->skip, '\n') == NULL);
		assert(dev->path != NULL && dev->line != 0);
	}
}

static void read_as(const struct target *target, const uint8_t *bytes,
		    size_t len)
{
	const uint8_t *end = target->files[1] != NULL && len > 0
				     ? memchr(bytes, '\0', len)
				     : NULL;
	size_t part = end != NULL ? (size_t)(end - bytes) : len;
	struct nf_inventory *inv = NULL;
	struct nf_error err = {0};

	write_others(target, end != NULL ? end + 1 : NULL,
		     end != NULL ? len - part - 1 : 0);
	assert(nf_inventory_new(&inv, platforms, &fuzz_log, &err) == 0);
	assert(nf_inventory_format(inv, target->form, &err) == 0);
	if (inventory_add_bytes(inv, (const char *)bytes, part,
				target->files[0], &err) == -1) {
		assert(err.code == NF_INVALID);
		assert(strchr(err.message, '\n') == NULL);
		assert(nf_inventory_size(inv) == 0);
	}
	check(inv);
	nf_inventory_free(inv);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	size_t n = sizeof(targets) / sizeof(targets[0]);

	begin();
	if (len > 0)
		read_as(&targets[bytes[0] % n], bytes + 1, len - 1);
	return 0;
}
