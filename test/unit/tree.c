/* A directory of the test's own, with whatever it makes in it. */
#include "unit/tree.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/unit.h"

#define PATHS 8
#define ORDINARY 65534

struct tree tree_make(void)
{
	struct tree tree = {.dir = "/tmp/netfan-tree-XXXXXX"};

	assert_non_null(mkdtemp(tree.dir));
	return tree;
}

static int remove_one(const char *path, const struct stat *st, int kind,
		      struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

void tree_remove(const struct tree *tree)
{
	assert_int_equal(nftw(tree->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS),
			 0);
}

const char *tree_path(const struct tree *tree, const char *below)
{
	static char paths[PATHS][512];
	static unsigned next;
	char *path = paths[next++ % PATHS];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", tree->dir, below);
	return path;
}

void tree_put(const struct tree *tree, const char *below, const char *text)
{
	FILE *file = fopen(tree_path(tree, below), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

void tree_holds(const struct tree *tree, const char *below, const char *text)
{
	char got[4096];
	FILE *file = fopen(tree_path(tree, below), "r");
	size_t len;

	assert_non_null(file);
	len = fread(got, 1, sizeof(got) - 1, file);
	(void)fclose(file);
	got[len] = '\0';
	assert_string_equal(got, text);
}

size_t tree_count(const struct tree *tree, const char *below)
{
	DIR *dir = opendir(tree_path(tree, below));
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n - 2; /* "." and ".." */
}

mode_t tree_mode(const struct tree *tree, const char *below)
{
	struct stat st;

	assert_int_equal(lstat(tree_path(tree, below), &st), 0);
	return st.st_mode & 07777;
}

void tree_drop_root(const struct tree *tree)
{
	if (geteuid() != 0)
		return;
	assert_int_equal(chown(tree->dir, ORDINARY, ORDINARY), 0);
	assert_int_equal(seteuid(ORDINARY), 0);
}

void tree_be_root(void)
{
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
}
