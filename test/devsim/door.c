/* Who gets in to a simulated device. */
#include "devsim/door.h"

#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "devsim/client.h"
#include "devsim/device.h"
#include "devsim/options.h"
#include "fiber/fiber.h"

static bool is_full(struct device *dev, size_t at_login)
{
	const struct options *opts = dev->opts;

	if (dev->first_ms == 0)
		dev->first_ms = deadline_clock_ms();
	return (opts->max_logins > 0 && at_login > opts->max_logins) ||
	       deadline_clock_ms() < dev->first_ms + (int64_t)opts->busy_ms;
}

bool door_turns_away(struct client *client, size_t at_login)
{
	const char *words = client->dev->opts->turn_away;

	if (!is_full(client->dev, at_login))
		return false;
	if (words[0] != '\0') {
		(void)send(client->fd, words, strlen(words), MSG_NOSIGNAL);
		(void)send(client->fd, "\r\n", 2, MSG_NOSIGNAL);
	}
	client->counts->turned_away++;
	(void)close(client->fd);
	return true;
}

static bool is_gone(int fd)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLRDHUP};

	return poll(&pollfd, 1, 0) == 1;
}

/* Numbers, as at a counter: the last that was given out, and was served. */
static uint64_t given, served;

static bool is_next(uint64_t number)
{
	return served + 1 == number;
}

bool door_await(const struct client *client)
{
	uint64_t mine;
	bool gone;

	if (client->dev->opts->shared_ms == 0)
		return true;
	mine = ++given;
	while (!is_next(mine))
		(void)sleep_until(deadline_clock_ms() + 2);
	gone = is_gone(client->fd);
	if (gone)
		(void)close(client->fd);
	else
		(void)sleep_until(deadline_clock_ms() +
				  (int64_t)client->dev->opts->shared_ms);
	served++;
	return !gone;
}
