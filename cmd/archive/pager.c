/* Standard output, through a pager on a terminal. */
#include "archive/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "format/escape.h"
#include "status.h"
#include "tell.h"

extern char **environ;

#define DEFAULT_PAGER "less"

/* ---- which pager */

static bool is_program(const char *name)
{
	const char *dirs = getenv("PATH");
	char path[4096];

	while (dirs != NULL && *dirs != '\0') {
		int len = (int)strcspn(dirs, ":");

		(void)snprintf(path, sizeof(path), "%.*s/%s", len, dirs, name);
		if (len > 0 && access(path, X_OK) == 0)
			return true;
		dirs += len + (dirs[len] == ':');
	}
	return false;
}

/* The command that shows text on this terminal; NULL: it needs none. */
static const char *find_pager(void)
{
	const char *command = getenv("PAGER");

	if (isatty(STDOUT_FILENO) == 0)
		return NULL;
	if (command == NULL)
		return is_program(DEFAULT_PAGER) ? DEFAULT_PAGER : NULL;
	return command[0] != '\0' && strcmp(command, "cat") != 0 ? command
								 : NULL;
}

/* ---- starting it */

/* It gets the signals of the terminal as any program would, and is told of a
 * pipe that is closed: netfan ignores that. */
static int set_signals(posix_spawnattr_t *attr)
{
	sigset_t defaults;

	(void)sigemptyset(&defaults);
	(void)sigaddset(&defaults, SIGPIPE);
	(void)sigaddset(&defaults, SIGXFSZ);
	(void)sigaddset(&defaults, SIGINT);
	(void)sigaddset(&defaults, SIGQUIT);
	if (posix_spawnattr_setsigdefault(attr, &defaults) != 0)
		return -1;
	return posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGDEF) == 0 ? 0
									  : -1;
}

static int spawn(struct pager *pager, int stdin_fd)
{
	char shell[] = "/bin/sh", option[] = "-c";
	char *argv[] = {shell, option, (char *)(uintptr_t)pager->command, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int rc = -1;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return -1;
	if (posix_spawnattr_init(&attr) == 0) {
		if (set_signals(&attr) == 0 &&
		    posix_spawn_file_actions_adddup2(&actions, stdin_fd,
						     STDIN_FILENO) == 0 &&
		    posix_spawn(&pager->pid, shell, &actions, &attr, argv,
				environ) == 0)
			rc = 0;
		(void)posix_spawnattr_destroy(&attr);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	return rc;
}

/*
 * Start the pager. Where that cannot be done, the text goes to the terminal as
 * it is. less(1) is to end by itself where a screen holds the text. Ctrl-C is
 * the pager's: whoever stops a search does not want to lose the text.
 */
static void start(struct pager *pager)
{
	int fds[2];

	pager->command = find_pager();
	if (pager->command == NULL || pipe2(fds, O_CLOEXEC) == -1)
		return;
	(void)setenv("LESS", "FRX", 0);
	if (spawn(pager, fds[0]) == 0) {
		(void)signal(SIGINT, SIG_IGN);
		(void)signal(SIGQUIT, SIG_IGN);
		pager->pipe_fd = fds[1];
		output_init(&pager->out, fds[1], NULL);
	} else {
		pager->pid = 0;
		(void)close(fds[1]);
	}
	(void)close(fds[0]);
}

/* ---- writing */

void pager_init(struct pager *pager)
{
	pager->begun = false;
	pager->pid = 0;
	output_init(&pager->out, STDOUT_FILENO, NULL);
}

struct output *pager_output(struct pager *pager)
{
	if (!pager->begun)
		start(pager);
	pager->begun = true;
	return &pager->out;
}

int pager_line(struct pager *pager, const char *line, size_t len)
{
	struct output *out = pager_output(pager);
	struct escape escape;

	while (len > 0 && line[len - 1] == '\r')
		len--;
	escape_init(&escape, ESCAPE_TEXT);
	escape_bytes(&escape, out, (const uint8_t *)line, len);
	escape_end(&escape, out);
	output_text(out, "\n");
	return out->sys_errno == 0 ? 0 : -1;
}

void pager_text(struct pager *pager, const char *text)
{
	escape_text(pager_output(pager), ESCAPE_LINE, text);
}

/* ---- ending */

/* Wait for the pager: could the shell run it? */
static bool has_shown(const struct pager *pager)
{
	int status;

	while (waitpid(pager->pid, &status, 0) == -1) {
		if (errno != EINTR)
			return true;
	}
	return !WIFEXITED(status) ||
	       (WEXITSTATUS(status) != 126 && WEXITSTATUS(status) != 127);
}

static int end_pager(struct pager *pager, int status)
{
	(void)close(pager->pipe_fd);
	if (has_shown(pager))
		return status;
	tell("netfan: the pager '%s' cannot be run: set PAGER to another, or "
	     "to nothing",
	     pager->command);
	return STATUS_OUTPUT;
}

int pager_end(struct pager *pager, int status)
{
	int sys_errno;

	output_flush(&pager->out);
	sys_errno = pager->out.sys_errno;
	if (pager->pid != 0)
		return end_pager(pager, status);
	if (sys_errno == EPIPE) /* nobody reads on: as if by SIGPIPE */
		return STATUS_SIGNAL + SIGPIPE;
	if (sys_errno == 0)
		return status;
	tell("netfan: standard output: %s", strerror(sys_errno));
	return STATUS_OUTPUT;
}
