/* A folder with files of an inventory. */
#include "unit/formdir.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inventory/inventory.h"
#include "unit/invtext.h"
#include "unit/unit.h"

void formdir_make(struct formdir *files)
{
	*files = (struct formdir){.dir = "/tmp/netfan-form-XXXXXX"};
	assert_non_null(mkdtemp(files->dir));
	assert_int_equal(chdir(files->dir), 0);
	assert_int_equal(setenv("HOME", files->dir, 1), 0);
	assert_int_equal(unsetenv("CLOGINRC"), 0);
}

void formdir_remove(struct formdir *files)
{
	char command[128];

	nf_inventory_free(files->inv);
	assert_int_equal(chdir("/"), 0);
	(void)snprintf(command, sizeof(command), "rm -r %s", files->dir);
	assert_int_equal(system(command), 0);
}

void formdir_put(const struct formdir *files, const char *path,
		 const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	(void)files;
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
}

static void keep_note(void *arg, const char *text)
{
	struct formdir *files = arg;
	size_t len = strlen(files->notes);

	(void)snprintf(files->notes + len, sizeof(files->notes) - len, "%s\n",
		       text);
}

int formdir_read(struct formdir *files, const char *form, const char *path)
{
	const struct nf_log log = {.line = keep_note, .arg = files};

	nf_inventory_free(files->inv);
	files->inv = NULL;
	files->notes[0] = '\0';
	files->err = (struct nf_error){0};
	if (nf_inventory_new(&files->inv, NULL, &log, &files->err) == -1 ||
	    nf_inventory_format(files->inv, form, &files->err) == -1)
		fail_msg("%s", files->err.message);
	return nf_inventory_add_file(files->inv, path, &files->err);
}

void formdir_expect(struct formdir *files, const char *form, const char *path,
		    const char *devices)
{
	char *got;

	if (formdir_read(files, form, path) == -1)
		fail_msg("refused: %s", files->err.message);
	got = invtext_dump(files->inv);
	assert_string_equal(got, devices);
	free(got);
}

void formdir_expect_notes(const struct formdir *files, const char *notes)
{
	assert_string_equal(files->notes, notes);
}

void formdir_refuse(struct formdir *files, const char *form, const char *path,
		    const char *message)
{
	if (formdir_read(files, form, path) == 0)
		fail_msg("taken, in place of: %s", message);
	assert_string_equal(files->err.message, message);
	assert_int_equal(files->err.code, NF_INVALID);
}
