/*
 * record DIR: record the paths on standard input, a line each, in the folder of
 * a store, as a run does in its end; and prepare the folder if there is none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/folder.h"
#include "store/git.h"

static int fail(const char *why)
{
	(void)fprintf(stderr, "record: %s\n", why);
	return 1;
}

static size_t read_paths(struct git_path **paths)
{
	size_t n = 0, cap = 0, size = 0;
	char *line = NULL;

	while (getline(&line, &size, stdin) > 0) {
		if (n == cap) {
			cap = cap > 0 ? 2 * cap : 1024;
			*paths = reallocarray(*paths, cap, sizeof(**paths));
			if (*paths == NULL)
				return 0;
		}
		line[strcspn(line, "\n")] = '\0';
		(*paths)[n++] = (struct git_path){strdup(line), false};
	}
	free(line);
	return n;
}

static void free_paths(struct git_path *paths, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free((char *)paths[i].path);
	free(paths);
}

int main(int argc, char **argv)
{
	struct git_path *paths = NULL;
	struct git *git = NULL;
	struct folder folder;
	struct nf_error err;
	size_t n, mended;
	char head[72];
	int rc = -1;

	if (argc != 2)
		return fail("usage: record DIR <PATHS");
	n = read_paths(&paths);
	if (folder_open(&folder, argv[1], true, &err) == -1)
		return fail(err.message);
	if (folder_lock(&folder, 0, NULL, NULL, &err) == 0 &&
	    git_open(&git, &folder, NULL, &mended, &err) == 0)
		rc = git_record(git, paths, n, "bench", "", head, &err);
	git_free(git);
	folder_close(&folder);
	free_paths(paths, n);
	if (rc == -1)
		return fail(err.message);
	return rc == 1 ? 0 : fail("nothing was recorded");
}
