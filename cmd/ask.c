/* Secrets that a person types at the terminal before a run. */
#include "ask.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum key {
	KEY_INTERRUPT = 3,
	KEY_END = 4,
	KEY_BACK = 8,
	KEY_KILL = 21,
	KEY_DELETE = 127
};

enum typed { TYPED_ALL, TYPED_NOTHING, TYPED_INTERRUPT };

static int refuse(struct nf_error *err, const char *option, const char *why)
{
	err->code = NF_INVALID;
	(void)snprintf(err->message, sizeof(err->message), "%s %s", option,
		       why);
	return -1;
}

/* Take bytes up to the end of a line; what is too long is cut, and seen to be. */
static enum typed read_line(int fd, char *line, size_t size)
{
	size_t len = 0;
	unsigned char c;

	for (;;) {
		ssize_t n = read(fd, &c, 1);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0 || (c == KEY_END && len == 0))
			return TYPED_NOTHING;
		if (c == KEY_INTERRUPT)
			return TYPED_INTERRUPT;
		if (c == '\n' || c == '\r')
			break;
		if (c == KEY_KILL)
			len = 0;
		else if (c == KEY_BACK || c == KEY_DELETE)
			len -= len > 0;
		else if (len + 1 < size)
			line[len++] = (char)c;
	}
	line[len] = '\0';
	return len > 0 ? TYPED_ALL : TYPED_NOTHING;
}

/* Keys come one by one, and Ctrl-C as one of them: the terminal is given back
 * as it was in any case. */
static enum typed ask_quietly(int fd, const char *label, char *line,
			      size_t size)
{
	struct termios saved, quiet;
	enum typed typed;

	if (tcgetattr(fd, &saved) == -1)
		return TYPED_NOTHING;
	quiet = saved;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG);
	quiet.c_cc[VMIN] = 1;
	quiet.c_cc[VTIME] = 0;
	(void)tcsetattr(fd, TCSAFLUSH, &quiet);
	(void)dprintf(fd, "netfan: %s: ", label);
	typed = read_line(fd, line, size);
	(void)tcsetattr(fd, TCSAFLUSH, &saved);
	(void)dprintf(fd, "\n");
	return typed;
}

static int ask_one(const char *option, const char *label, char text[ASK_SIZE],
		   struct nf_error *err)
{
	size_t skip = strlen(ASK_LITERAL);
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	enum typed typed;

	if (fd == -1)
		return refuse(err, option,
			      "needs a terminal to type it at, and there is "
			      "none");
	(void)strcpy(text, ASK_LITERAL);
	typed = ask_quietly(fd, label, text + skip, ASK_SIZE - skip);
	(void)close(fd);
	if (typed == TYPED_INTERRUPT)
		(void)raise(SIGINT);
	return typed == TYPED_ALL ? 0
				  : refuse(err, option, "got nothing typed");
}

int ask_all(struct ask *ask, struct nf_error *err)
{
	if (ask == NULL || ask->typed)
		return 0;
	if (ask->password &&
	    ask_one("--ask-pass", "password", ask->password_text, err) == -1)
		return -1;
	if (ask->secret && ask_one("--ask-secret", "enable secret",
				   ask->secret_text, err) == -1)
		return -1;
	ask->typed = true;
	return 0;
}
