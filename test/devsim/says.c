/* Answers from files, which a test may change while devices run. */
#include "devsim/says.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_LEN 512

/* Read a whole file that nobody changes in place. */
static char *read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *text = NULL;
	size_t len = 0;
	ssize_t n = 1;

	if (fd == -1)
		return NULL;
	if (fstat(fd, &st) == 0)
		text = malloc((size_t)st.st_size + 1);
	while (text != NULL && n > 0 && len < (size_t)st.st_size) {
		n = read(fd, text + len, (size_t)st.st_size - len);
		len += n > 0 ? (size_t)n : 0;
	}
	if (text != NULL)
		text[len] = '\0';
	(void)close(fd);
	return text;
}

char *says_read(const char *dir, const char *hostname, const char *line)
{
	char path[PATH_LEN];
	int len = snprintf(path, sizeof(path), "%s/%s/%s", dir, hostname, line);
	char *text;

	if (len < 0 || (size_t)len >= sizeof(path) || strchr(line, '/') != NULL)
		return NULL;
	for (char *at = path + (size_t)len - strlen(line); *at != '\0'; at++) {
		if (*at == ' ')
			*at = '_';
	}
	text = read_file(path);
	if (text != NULL)
		return text;
	memmove(path + strlen(dir) + 1, path + (size_t)len - strlen(line),
		strlen(line) + 1);
	return read_file(path);
}
