/* The signals that stop a run. */
#include "stop.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Is this signal ignored, as nohup(1) and a shell's background jobs have it? It
 * stays so. */
static bool is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 &&
	       action.sa_handler == SIG_IGN;
}

int stop_init(struct stop *stop)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	sigset_t set;

	(void)sigemptyset(&set);
	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (!is_ignored(numbers[i]))
			(void)sigaddset(&set, numbers[i]);
	}
	*stop = (struct stop){.fd = -1};
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return -1;
	stop->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return stop->fd == -1 ? -1 : 0;
}

const char *stop_name(const struct stop *stop)
{
	switch (stop->signal) {
	case SIGINT:
		return "Ctrl-C";
	case SIGTERM:
		return "SIGTERM";
	default:
		return "SIGHUP";
	}
}

void stop_update(struct stop *stop)
{
	struct signalfd_siginfo info;

	while (read(stop->fd, &info, sizeof(info)) == sizeof(info)) {
		stop->now |= stop->signal != 0;
		if (stop->signal == 0) {
			stop->signal = (int)info.ssi_signo;
			stop->deadline_ms = now_ms() + STOP_GRACE_MS;
		}
	}
	stop->now |= stop->signal != 0 && now_ms() >= stop->deadline_ms;
}

int stop_wait_ms(const struct stop *stop)
{
	int64_t left;

	if (stop->signal == 0)
		return -1;
	left = stop->deadline_ms - now_ms();
	return left > 0 ? (int)left : 0;
}
