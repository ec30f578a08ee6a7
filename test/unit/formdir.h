/* A folder with files of an inventory, of the test's own: they are read by a
 * form, and are these devices. */
#ifndef NETFAN_TEST_FORMDIR_H
#define NETFAN_TEST_FORMDIR_H

#include "netfan.h"

struct formdir {
	char dir[64];
	struct nf_inventory
		*inv; /* of the last formdir_read(), if it was read */
	struct nf_error err;
	char notes[4096]; /* of the last formdir_read(), each with a newline */
};

/* Make one, go there, and have it for a home. */
void formdir_make(struct formdir *files);
void formdir_remove(struct formdir *files);

/* Write a file, 0600; paths are relative. */
void formdir_put(const struct formdir *files, const char *path,
		 const char *text);

/* Read a file by a form: 0, -1 with err. */
int formdir_read(struct formdir *files, const char *form, const char *path);

/* Read a file, which is these devices, as invtext_dump() has them. */
void formdir_expect(struct formdir *files, const char *form, const char *path,
		    const char *devices);

/* Expect the notes of the last file. */
void formdir_expect_notes(const struct formdir *files, const char *notes);

/* Read a file that is refused as a whole, as NF_INVALID. */
void formdir_refuse(struct formdir *files, const char *form, const char *path,
		    const char *message);

#endif
