/* What the parent passed to a task. */
#include "base/passed.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int passed_take_fd(struct passed *passed)
{
	int fd;

	if (passed->nfds == 0)
		return -1;
	fd = passed->fds[0];
	passed->nfds--;
	memmove(passed->fds, passed->fds + 1,
		passed->nfds * sizeof(passed->fds[0]));
	return fd;
}

void passed_release(struct passed *passed)
{
	if (passed->bytes != NULL)
		explicit_bzero(passed->bytes, passed->len);
	free(passed->bytes);
	for (size_t i = 0; i < passed->nfds; i++)
		(void)close(passed->fds[i]);
	*passed = (struct passed){0};
}
