/* The command line of a device, over any stream. */
#include "devsim/shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/deadline_clock.h"
#include "devsim/client.h"
#include "devsim/command.h"
#include "devsim/device.h"
#include "devsim/hold.h"
#include "devsim/login.h"
#include "devsim/options.h"
#include "devsim/says.h"
#include "devsim/stream.h"
#include "devsim/term.h"
#include "fiber/fiber.h"

#define FLOOD_LINES 128 /* in a millisecond, at most */
#define LINE_MAX_LEN 256
#define ROWS 24
#define ENABLE_TRIES 3
#define FEIGN_MS 150 /* of silence behind what looks like the prompt */

/* What comes of a command. */
enum next {
	NEXT_GONE = -1, /* the client is, or the device broke off */
	NEXT_LOGOUT,
	NEXT_PROMPT,
};

struct shell {
	struct device *dev; /* borrowed */
	const char *from; /* borrowed */
	enum mode mode;
	char prompt[96];
	struct term term;
};

static void shell_init(struct shell *shell, struct device *dev,
		       const struct stream *stream, const char *from,
		       size_t rows)
{
	shell->dev = dev;
	shell->from = from;
	shell->mode =
		dev->opts->enable[0] == '\0' ? MODE_PRIVILEGED : MODE_USER;
	shell->prompt[0] = '\0';
	term_init(&shell->term, stream, rows);
}

static void make_prompt(struct shell *shell)
{
	const char *mark = "";

	switch (shell->mode) {
	case MODE_USER:
		mark = ">";
		break;
	case MODE_PRIVILEGED:
		mark = "#";
		break;
	case MODE_CONFIG:
		mark = "(config)#";
		break;
	case MODE_INTERFACE:
		mark = "(config-if)#";
		break;
	}
	(void)snprintf(shell->prompt, sizeof(shell->prompt), "%s%s",
		       shell->dev->hostname, mark);
}

/* Say what looks like the prompt, and nothing for a while. */
static void feign_prompt(struct shell *shell)
{
	term_put(&shell->term, shell->prompt);
	term_pause(&shell->term, FEIGN_MS);
}

/* Stop half way through a line, in the way of the device's fault. */
static enum next break_off(struct shell *shell, const char *line)
{
	struct term *term = &shell->term;

	if (shell->dev->fault == FAULT_LATE)
		feign_prompt(shell);
	term_putn(term, line, strlen(line) / 2);
	term_flush(term);
	if (shell->dev->fault == FAULT_DROP)
		term->stream->reset(term->stream->arg);
	else if (shell->dev->fault == FAULT_HANG ||
		 shell->dev->fault == FAULT_LATE)
		term_drain(term);
	return NEXT_GONE;
}

/* The line of an answer at which the device breaks off, if it does. */
static size_t breaking_point(const struct device *dev, size_t lines)
{
	bool breaks = dev->fault == FAULT_DROP || dev->fault == FAULT_EOF ||
		      dev->fault == FAULT_GOODBYE || dev->fault == FAULT_HANG ||
		      dev->fault == FAULT_LATE;

	return breaks ? lines / 2 : SIZE_MAX;
}

static enum next shell_show(struct shell *shell, enum show show)
{
	struct device *dev = shell->dev;
	size_t lines = device_lines(dev, show);
	size_t end = dev->fault == FAULT_FLOOD ? SIZE_MAX : lines;
	size_t stop = breaking_point(dev, lines);
	char line[DEVICE_LINE_MAX];

	term_page(&shell->term);
	for (size_t i = 0; i < end; i++) {
		int rc;

		device_line(dev, show, i % lines, shell->from, line);
		if (i == stop)
			return break_off(shell, line);
		if (i == lines / 2 && dev->fault == FAULT_PAUSE) {
			feign_prompt(shell);
			term_put(&shell->term, "\r\n");
		}
		rc = term_line(&shell->term, line);
		if (rc != 1)
			return rc == 0 ? NEXT_PROMPT : NEXT_GONE;
		/* A flood is not to drown the other devices. */
		if (i >= lines && i % FLOOD_LINES == 0)
			(void)sleep_until(deadline_clock_ms() + 1);
	}
	return NEXT_PROMPT;
}

/* Put the lines of a text, which is cut into them. */
static enum next shell_say(struct shell *shell, char *text)
{
	char *end;
	int rc = 1;

	term_page(&shell->term);
	for (; rc == 1 && *text != '\0'; text = end) {
		size_t len = strcspn(text, "\n");

		end = text + len + (text[len] == '\n');
		text[len] = '\0';
		rc = term_line(&shell->term, text);
	}
	return rc == -1 ? NEXT_GONE : NEXT_PROMPT;
}

static enum next shell_enable(struct shell *shell)
{
	const struct device *dev = shell->dev;
	char word[LINE_MAX_LEN];

	if (shell->mode == MODE_PRIVILEGED)
		return NEXT_PROMPT;
	for (int i = 1; i <= ENABLE_TRIES; i++) {
		term_put(&shell->term, "Password: ");
		if (term_read_line(&shell->term, word, sizeof(word), false) ==
		    -1)
			return NEXT_GONE;
		if (dev->fault != FAULT_NO_ENABLE &&
		    strcmp(word, dev->opts->enable) == 0) {
			shell->mode = MODE_PRIVILEGED;
			return NEXT_PROMPT;
		}
		term_put(&shell->term, i < ENABLE_TRIES
					       ? "% Access denied\r\n"
					       : "% Bad secrets\r\n\r\n");
	}
	return NEXT_PROMPT;
}

static enum next shell_configure(struct shell *shell)
{
	shell->mode = MODE_CONFIG;
	term_put(&shell->term, "Enter configuration commands, one per line.  "
			       "End with CNTL/Z.\r\n");
	return NEXT_PROMPT;
}

/* Take lines for the banner, up to the character that ends them; what the
 * banner has no room for is left out. */
static enum next shell_banner(struct shell *shell, char end)
{
	char line[LINE_MAX_LEN], *banner = shell->dev->banner;
	char *at = NULL;
	size_t len = 0;

	term_put(&shell->term, "Enter TEXT message.  End with the character '");
	term_putn(&shell->term, &end, 1);
	term_put(&shell->term, "'.\r\n");
	while (at == NULL && len < DEVICE_BANNER_MAX) {
		if (term_read_line(&shell->term, line, sizeof(line), true) ==
		    -1)
			return NEXT_GONE;
		at = strchr(line, end);
		if (at != NULL)
			*at = '\0';
		len += (size_t)snprintf(banner + len, DEVICE_BANNER_MAX - len,
					"%s\r\n", line);
	}
	return NEXT_PROMPT;
}

static enum next shell_exit(struct shell *shell)
{
	switch (shell->mode) {
	case MODE_INTERFACE:
		shell->mode = MODE_CONFIG;
		return NEXT_PROMPT;
	case MODE_CONFIG:
		shell->mode = MODE_PRIVILEGED;
		return NEXT_PROMPT;
	case MODE_PRIVILEGED:
	case MODE_USER:
		break;
	}
	return NEXT_LOGOUT;
}

static enum next shell_mode(struct shell *shell, enum mode mode)
{
	shell->mode = mode;
	return NEXT_PROMPT;
}

static enum next shell_command(struct shell *shell,
			       const struct command *command)
{
	switch (command->id) {
	case COMMAND_BANNER:
		return shell_banner(shell, command->word[0]);
	case COMMAND_CONFIGURE:
		return shell_configure(shell);
	case COMMAND_DISABLE:
		return shell_mode(shell, MODE_USER);
	case COMMAND_ENABLE:
		return shell_enable(shell);
	case COMMAND_END:
		return shell_mode(shell, MODE_PRIVILEGED);
	case COMMAND_EXIT:
		return shell_exit(shell);
	case COMMAND_HOSTNAME:
		(void)snprintf(shell->dev->hostname,
			       sizeof(shell->dev->hostname), "%s",
			       command->word);
		return NEXT_PROMPT;
	case COMMAND_INTERFACE:
		return shell_mode(shell, MODE_INTERFACE);
	case COMMAND_LOGOUT:
		return NEXT_LOGOUT;
	case COMMAND_SHOW_BANNER:
		term_put(&shell->term, shell->dev->banner);
		return NEXT_PROMPT;
	case COMMAND_SHOW_CLOCK:
		return shell_show(shell, SHOW_CLOCK);
	case COMMAND_SHOW_CONFIG:
		return shell_show(shell, SHOW_CONFIG);
	case COMMAND_SHOW_COUNTER:
		return shell_show(shell, SHOW_COUNTER);
	case COMMAND_SHOW_INVENTORY:
		return shell_show(shell, SHOW_INVENTORY);
	case COMMAND_SHOW_IP_BRIEF:
		return shell_show(shell, SHOW_IP_BRIEF);
	case COMMAND_SHOW_USERS:
		return shell_show(shell, SHOW_USERS);
	case COMMAND_SHOW_VERSION:
		return shell_show(shell, SHOW_VERSION);
	case COMMAND_TERMINAL_LENGTH:
		shell->term.rows = command->number;
		return NEXT_PROMPT;
	case COMMAND_TERMINAL_WIDTH:
		return NEXT_PROMPT; /* long lines are not wrapped here */
	}
	return NEXT_PROMPT;
}

/*
 * Is a command counted in show counter? What it was has to be known first. A
 * goodbye is not: whether it still arrives is a race with the connection's end.
 */
static bool counts(enum verdict verdict, const struct command *command)
{
	return verdict != VERDICT_KNOWN ||
	       (command->id != COMMAND_SHOW_COUNTER &&
		command->id != COMMAND_TERMINAL_LENGTH &&
		command->id != COMMAND_TERMINAL_WIDTH &&
		command->id != COMMAND_ENABLE && command->id != COMMAND_EXIT);
}

/* Has a command no answer? The client is gone as soon as it is echoed. */
static bool is_goodbye(enum verdict verdict, const struct command *command)
{
	return verdict == VERDICT_KNOWN &&
	       (command->id == COMMAND_EXIT || command->id == COMMAND_LOGOUT);
}

/* Not what finds a device out. What was echoed is seen meanwhile. */
static void hold(struct shell *shell, const struct command *command)
{
	if (shell->dev->opts->hold == NULL ||
	    command->id == COMMAND_SHOW_VERSION)
		return;
	term_flush(&shell->term);
	hold_command(shell->dev->opts->hold);
}

static void say_invalid(struct shell *shell, size_t wrong_at)
{
	size_t column = strlen(shell->prompt) + wrong_at;

	while (column-- > 0)
		term_put(&shell->term, " ");
	term_put(&shell->term,
		 "^\r\n% Invalid input detected at '^' marker.\r\n\r\n");
}

/* Answer a command that was parsed. */
static enum next shell_answer(struct shell *shell, const char *line,
			      enum verdict verdict,
			      const struct command *command)
{
	switch (verdict) {
	case VERDICT_KNOWN:
		return shell_command(shell, command);
	case VERDICT_INVALID:
		say_invalid(shell, command->wrong_at);
		break;
	case VERDICT_AMBIGUOUS:
		term_put(&shell->term, "% Ambiguous command:  \"");
		term_put(&shell->term, line);
		term_put(&shell->term, "\"\r\n");
		break;
	case VERDICT_INCOMPLETE:
		term_put(&shell->term, "% Incomplete command.\r\n\r\n");
		break;
	}
	return NEXT_PROMPT;
}

static enum next shell_line(struct shell *shell, const char *line)
{
	struct device *dev = shell->dev;
	struct command command = {.id = COMMAND_EXIT};
	enum verdict verdict = command_parse(&command, shell->mode, line);
	enum next next;
	char *said;

	if (counts(verdict, &command)) {
		dev->commands++;
		hold(shell, &command);
	}
	if (!is_goodbye(verdict, &command))
		term_pause(&shell->term,
			   device_delay(dev, dev->opts->command_ms));
	said = dev->opts->says != NULL
		       ? says_read(dev->opts->says, dev->hostname, line)
		       : NULL;
	if (said == NULL)
		return shell_answer(shell, line, verdict, &command);
	next = shell_say(shell, said);
	free(said);
	return next;
}

/* Lines of the banner end as they came, in \n, or as a terminal wants it. */
static void greet(struct shell *shell)
{
	const char *text = shell->dev->opts->banner;

	term_put(&shell->term, "\r\n");
	while (*text != '\0') {
		size_t len = strcspn(text, "\r\n");

		term_putn(&shell->term, text, len);
		term_put(&shell->term, "\r\n");
		text += len;
		text += *text == '\r';
		text += *text == '\n';
	}
}

static enum next shell_turn(struct shell *shell)
{
	char line[LINE_MAX_LEN];

	make_prompt(shell);
	term_put(&shell->term, shell->prompt);
	if (term_read_line(&shell->term, line, sizeof(line), true) == -1)
		return NEXT_GONE;
	if (strcmp(line, TERM_CTRL_Z) == 0) {
		if (shell->mode == MODE_CONFIG || shell->mode == MODE_INTERFACE)
			shell->mode = MODE_PRIVILEGED;
		return NEXT_PROMPT;
	}
	if (line[strspn(line, " ")] == '\0')
		return NEXT_PROMPT;
	return shell_line(shell, line);
}

static int shell_talk(struct shell *shell)
{
	enum next next;

	greet(shell);
	if (shell->dev->fault == FAULT_NO_PROMPT) {
		term_put(&shell->term, "Welcome.\r\n");
		term_drain(&shell->term);
		return -1;
	}
	do
		next = shell_turn(shell);
	while (next == NEXT_PROMPT);
	term_flush(&shell->term);
	return next == NEXT_LOGOUT ? 0 : -1;
}

int shell_run(struct device *dev, const struct stream *stream, const char *from)
{
	struct shell shell;

	shell_init(&shell, dev, stream, from, dev->opts->no_pager ? 0 : ROWS);
	return shell_talk(&shell);
}

int shell_login(struct client *client, const struct stream *stream)
{
	struct device *dev = client->dev;
	struct shell shell;
	int rc;

	shell_init(&shell, dev, stream, client->from,
		   dev->opts->no_pager ? 0 : ROWS);
	rc = login_ask(client, &shell.term);
	if (rc == 0 && dev->fault == FAULT_NO_SHELL) {
		term_put(&shell.term, "% Authorization failed.\r\n");
		rc = -1;
	}
	if (rc == 0)
		return shell_talk(&shell);
	term_flush(&shell.term);
	return -1;
}

int shell_exec(struct device *dev, const struct stream *stream,
	       const char *from, const char *line)
{
	struct shell shell;
	enum next next = NEXT_PROMPT;

	shell_init(&shell, dev, stream, from, 0);
	if (line[strspn(line, " ")] != '\0')
		next = shell_line(&shell, line);
	term_flush(&shell.term);
	return next == NEXT_GONE || shell.term.gone ? -1 : 0;
}
