/* Commands that wait for the test that watches them, instead of for a time. */
#include "devsim/hold.h"

#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "fiber/fiber.h"

#define LOOK_MS 20

/* One look for all that wait. */
static bool stands(const char *path)
{
	static int64_t looked_ms = -LOOK_MS;
	static bool stood;

	if (deadline_clock_ms() - looked_ms >= LOOK_MS) {
		looked_ms = deadline_clock_ms();
		stood = access(path, F_OK) == 0;
	}
	return stood;
}

void hold_command(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd == -1)
		return;
	(void)!write(fd, "\n", 1);
	(void)close(fd);
	while (stands(path))
		(void)sleep_until(deadline_clock_ms() + LOOK_MS);
}
