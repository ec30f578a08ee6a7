/* A folder of a store, of the test's own, and the user's git beside netfan's. */
#ifndef NETFAN_TEST_STOREDIR_H
#define NETFAN_TEST_STOREDIR_H

#include "store/folder.h"
#include "store/git.h"

struct storedir {
	char dir[256];
	struct folder folder;
	struct git *git;
	size_t mended; /* by the last storedir_open() */
	char head[72]; /* of the last storedir_record() */
	struct nf_error err;
};

/* Make one, with or without opening it: skips the test where there is no git. */
void storedir_make(struct storedir *store);
void storedir_open(struct storedir *store); /* folder, lock and git */
void storedir_close(struct storedir *store);
void storedir_remove(struct storedir *store);

/* Write a file below it, of which the directories are made. */
void storedir_put(const struct storedir *store, const char *path,
		  const char *text);

/* Record paths, with NULL at the end; one that begins with "!" is gone. */
int storedir_record(struct storedir *store, const char *subject,
		    const char *const *paths);

/* Run a script in the directory, as its user would with a git of his own: its
 * status. The output, cut at size, has no newline at its end. */
int storedir_sh(const struct storedir *store, const char *script, char *out,
		size_t size);

/* Expect its output, and that it succeeds. */
void storedir_expect(const struct storedir *store, const char *script,
		     const char *output);

#endif
