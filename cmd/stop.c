/* What stops a run. */
#include "stop.h"

#include <limits.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "clock.h"

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
	case 0:
		return "--deadline";
	case SIGINT:
		return "Ctrl-C";
	case SIGTERM:
		return "SIGTERM";
	default:
		return "SIGHUP";
	}
}

static void ask(struct stop *stop, int64_t now_ms)
{
	stop->asked = true;
	stop->deadline_ms = now_ms + STOP_GRACE_MS;
}

void stop_update(struct stop *stop)
{
	struct signalfd_siginfo info;
	int64_t now_ms = clock_ms();

	while (read(stop->fd, &info, sizeof(info)) == sizeof(info)) {
		stop->now |= stop->asked;
		if (stop->signal == 0)
			stop->signal = (int)info.ssi_signo;
		if (!stop->asked)
			ask(stop, now_ms);
	}
	if (!stop->asked && stop->end_ms != 0 && now_ms >= stop->end_ms)
		ask(stop, now_ms);
	stop->now |= stop->asked && now_ms >= stop->deadline_ms;
}

int stop_wait_ms(const struct stop *stop)
{
	int64_t until_ms = stop->asked ? stop->deadline_ms : stop->end_ms;
	int64_t left_ms;

	if (until_ms == 0)
		return -1;
	left_ms = until_ms - clock_ms();
	if (left_ms > INT_MAX)
		return INT_MAX;
	return left_ms > 0 ? (int)left_ms : 0;
}
