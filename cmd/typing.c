/* What a person types at the terminal. */
#include "typing.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tell.h"

static int open_terminal(void)
{
	return open("/dev/tty", O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

int typing_open(struct typing *typing, struct nf_error *err)
{
	typing->fd = open_terminal();
	if (typing->fd != -1)
		return 0;
	(void)snprintf(err->message, sizeof(err->message),
		       "--ask needs a terminal to type the answers at, and "
		       "there is none");
	return -1;
}

/* Give the terminal back as it was. */
static void end(struct typing *typing, const char *say)
{
	if (typing->number == 0)
		return;
	(void)tcsetattr(typing->fd, TCSAFLUSH, &typing->saved);
	(void)dprintf(typing->fd, "%s\n", say);
	typing->number = 0;
}

void typing_close(struct typing *typing)
{
	if (typing->fd == -1)
		return;
	end(typing, "");
	(void)close(typing->fd);
	typing->fd = -1;
}

/* Ctrl-C stops the run as ever. Ctrl-Z would leave a shell without echo. */
static int silence(int fd, struct termios *saved)
{
	struct termios quiet;

	if (tcgetattr(fd, saved) == -1)
		return -1;
	quiet = *saved;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	quiet.c_lflag |= ICANON | ISIG;
	quiet.c_cc[VSUSP] = _POSIX_VDISABLE;
	return tcsetattr(fd, TCSAFLUSH, &quiet);
}

static void begin(struct typing *typing, const struct nf_question *question)
{
	if (silence(typing->fd, &typing->saved) == -1)
		return;
	(void)dprintf(typing->fd, "%s asks: %s ", question->name,
		      question->text);
	typing->number = question->number;
}

void typing_update(struct typing *typing, struct nf_poll *poll)
{
	const struct nf_question *question;

	if (typing->fd == -1)
		return;
	question = nf_poll_question(poll);
	if (question != NULL && question->number == typing->number)
		return;
	end(typing, "(it does not wait any more)");
	if (question != NULL)
		begin(typing, question);
}

/* Answer, NULL: refuse to. */
static void answer(struct typing *typing, struct nf_poll *poll,
		   const char *text)
{
	struct nf_error err;

	if (nf_poll_answer(poll, text, &err) == -1) {
		(void)dprintf(typing->fd, "\n%s\n", err.message);
		(void)tcflush(typing->fd, TCIFLUSH);
		return;
	}
	end(typing, "");
}

void typing_take(struct typing *typing, struct nf_poll *poll)
{
	char line[NF_ANSWER_MAX + 1]; /* one that is too long is seen to be */
	ssize_t n;

	if (typing->number == 0)
		return;
	n = read(typing->fd, line, sizeof(line) - 1);
	if (n > 0) {
		n -= line[n - 1] == '\n';
		line[n] = '\0';
		answer(typing, poll, line);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		answer(typing, poll, NULL);
	}
	explicit_bzero(line, sizeof(line));
}

/* Wait for a line: 1, 0 for none, -1 when the wait is stopped. One that was too
 * long is none. */
static int wait_for_line(int fd, struct stop *stop, char line[NF_SECRET_MAX])
{
	struct pollfd fds[] = {{.fd = fd, .events = POLLIN},
			       {.fd = stop->fd, .events = POLLIN}};
	ssize_t n = -1;

	while (n == -1) {
		(void)poll(fds, 2, stop_wait_ms(stop));
		stop_update(stop);
		if (stop->asked)
			return -1;
		n = read(fd, line, NF_SECRET_MAX);
		if (n == -1 && errno != EAGAIN && errno != EINTR)
			return -1;
	}
	if (n == 0 || n == NF_SECRET_MAX)
		return 0;
	n -= line[n - 1] == '\n';
	line[n] = '\0';
	return n > 0;
}

int typing_secret(void *arg, const char *label, char line[NF_SECRET_MAX])
{
	struct termios saved;
	int fd = open_terminal(), rc = -1;

	if (fd == -1)
		return -1;
	if (silence(fd, &saved) == 0) {
		(void)dprintf(fd, "netfan: %s: ", label);
		rc = wait_for_line(fd, arg, line);
		(void)tcsetattr(fd, TCSAFLUSH, &saved);
		(void)dprintf(fd, "\n");
	}
	(void)close(fd);
	return rc;
}
