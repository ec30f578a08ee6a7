/* Who gets in to a simulated device. */
#include "devsim/door.h"

#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "devsim/client.h"
#include "devsim/device.h"
#include "devsim/options.h"
#include "fiber/fiber.h"

static bool is_full(struct device *dev, size_t at_login)
{
	const struct options *opts = dev->opts;

	if (dev->first_ms == 0)
		dev->first_ms = clock_ms();
	return (opts->max_logins > 0 && at_login > opts->max_logins) ||
	       clock_ms() < dev->first_ms + (int64_t)opts->busy_ms;
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

void door_await(const struct client *client)
{
	static int64_t free_ms; /* when it is done with all before */
	int64_t now = clock_ms();

	if (client->dev->opts->shared_ms == 0)
		return;
	if (free_ms < now)
		free_ms = now;
	free_ms += (int64_t)client->dev->opts->shared_ms;
	(void)sleep_until(free_ms);
}
