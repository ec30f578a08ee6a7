/* Texts that the command line gives to an option which may be given again, in
 * their order: files, directories, names. */
#ifndef NETFAN_CMD_OPTIONS_TEXTS_H
#define NETFAN_CMD_OPTIONS_TEXTS_H

#include <stddef.h>

/* A zeroed list is empty and ready. */
struct texts {
	const char **at; /* borrowed */
	size_t n;
};

/* Append a text, which is borrowed: 0, or -1 with errno ENOMEM. */
int texts_add(struct texts *texts, const char *text);
void texts_free(struct texts *texts);

#endif
