/* A directory of the test's own, with whatever it makes in it. */
#ifndef NETFAN_TEST_TREE_H
#define NETFAN_TEST_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct tree {
	char dir[64];
};

struct tree tree_make(void);
void tree_remove(const struct tree *tree);

/* The path of what is in it: good until the eighth call from here. */
const char *tree_path(const struct tree *tree, const char *below);

/* Write a file; it must hold these bytes, or the text, and nothing else. */
void tree_put(const struct tree *tree, const char *below, const char *text);
void tree_holds(const struct tree *tree, const char *below, const char *text);

/* How many entries a directory has; the mode of a file, without its type. */
size_t tree_count(const struct tree *tree, const char *below);
mode_t tree_mode(const struct tree *tree, const char *below);

/* Be an ordinary user, whose the tree is from now on, and be root again: what
 * nobody refuses root shall be tested, too. Others stay who they are. */
void tree_drop_root(const struct tree *tree);
void tree_be_root(void);

#endif
