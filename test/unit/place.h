/* A directory of the test's own, with a known_hosts file in it. */
#ifndef NETFAN_TEST_PLACE_H
#define NETFAN_TEST_PLACE_H

struct place {
	char dir[64];
	char file[128]; /* not there yet */
};

struct place place_make(void);
void place_remove(const struct place *place); /* with its file */

/* Write the file; it must hold this text and nothing else. */
void place_put(const char *path, const char *text);
void place_holds(const char *path, const char *text);

#endif
