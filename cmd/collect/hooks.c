/* Hooks: commands of the user's that are told what a run came to. */
#include "collect/hooks.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "tell.h"

#define OWN_PREFIX "NETFAN_"
#define NOWN 7
#define LOOK_MS 20 /* between two looks whether it has ended */

extern char **environ;

/* ---- its environment */

struct environment {
	char **at; /* NULL at the end; the first NOWN are ours */
};

/* Format our own variables: 0, or -1 without memory. */
static int add_own(struct environment *env, const struct hook *hook,
		   const struct collection *c)
{
	char **at = env->at;

	if (asprintf(&at[0], OWN_PREFIX "CHANGED=%zu", c->changed) == -1 ||
	    asprintf(&at[1], OWN_PREFIX "ADDED=%zu",
		     c->counts[NF_DEVICE_ADDED]) == -1 ||
	    asprintf(&at[2], OWN_PREFIX "FAILED=%zu", c->failed) == -1 ||
	    asprintf(&at[3], OWN_PREFIX "GONE=%zu",
		     c->counts[NF_DEVICE_GONE]) == -1 ||
	    asprintf(&at[4], OWN_PREFIX "DIR=%s", c->dir) == -1 ||
	    asprintf(&at[5], OWN_PREFIX "COMMIT=%s", c->commit) == -1 ||
	    asprintf(&at[6], OWN_PREFIX "REPORT=%s", hook->report_path) == -1)
		return -1;
	return 0;
}

static void environment_release(struct environment *env)
{
	for (size_t i = 0; env->at != NULL && i < NOWN; i++)
		free(env->at[i]);
	free(env->at);
}

/* Make the environment: 0, or -1 without memory. */
static int environment_init(struct environment *env, const struct hook *hook,
			    const struct collection *c)
{
	size_t n = 0, own = NOWN;

	while (environ != NULL && environ[n] != NULL)
		n++;
	env->at = calloc(n + NOWN + 1, sizeof(*env->at));
	if (env->at == NULL || add_own(env, hook, c) == -1) {
		environment_release(env);
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		if (strncmp(environ[i], OWN_PREFIX, strlen(OWN_PREFIX)) != 0)
			env->at[own++] = environ[i];
	}
	return 0;
}

/* ---- its process */

/* Signals are for it as they are for any program, whatever we do with them. */
static int set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, ours;

	(void)sigemptyset(&none);
	(void)sigemptyset(&ours);
	(void)sigaddset(&ours, SIGPIPE);
	(void)sigaddset(&ours, SIGXFSZ);
	(void)posix_spawnattr_setpgroup(attributes, 0);
	(void)posix_spawnattr_setsigmask(attributes, &none);
	(void)posix_spawnattr_setsigdefault(attributes, &ours);
	return posix_spawnattr_setflags(
		attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
				    POSIX_SPAWN_SETSIGDEF);
}

static int spawn(pid_t *pid, const struct hook *hook, char **env)
{
	const char *const argv[] = {"sh", "-c", hook->command, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int rc = posix_spawn_file_actions_init(&actions);

	if (rc != 0)
		return rc;
	rc = posix_spawnattr_init(&attributes);
	if (rc == 0) {
		rc = set_attributes(&attributes);
		if (rc == 0)
			rc = posix_spawn_file_actions_adddup2(
				&actions, hook->report_fd, STDIN_FILENO);
		if (rc == 0)
			rc = posix_spawn(pid, "/bin/sh", &actions, &attributes,
					 (char *const *)argv, env);
		(void)posix_spawnattr_destroy(&attributes);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	return rc;
}

enum ending {
	ENDING_OWN, /* it ended by itself */
	ENDING_LATE, /* its time is over */
	ENDING_STOPPED, /* a signal came to us */
};

static bool has_ended(pid_t pid)
{
	siginfo_t info = {.si_pid = 0};

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
		       -1 ||
	       info.si_pid != 0;
}

static enum ending await(pid_t pid, int64_t end_ms, struct stop *stop)
{
	struct pollfd fd = {.fd = stop->fd, .events = POLLIN};

	while (!has_ended(pid)) {
		if (stop->signal != 0)
			return ENDING_STOPPED;
		if (clock_ms() >= end_ms)
			return ENDING_LATE;
		(void)poll(&fd, 1, LOOK_MS);
		stop_update(stop);
	}
	return ENDING_OWN;
}

static void reap(const struct hook *hook, pid_t pid, bool ours)
{
	int status;

	while (waitpid(pid, &status, 0) == -1) {
		if (errno != EINTR)
			return;
	}
	if (ours)
		return; /* we killed it, and told so */
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		tell("netfan: --%s: its command ended with status %d",
		     hook->option, WEXITSTATUS(status));
	if (WIFSIGNALED(status))
		tell("netfan: --%s: its command was killed by signal %d (%s)",
		     hook->option, WTERMSIG(status),
		     strsignal(WTERMSIG(status)));
}

static void watch(const struct hook *hook, pid_t pid, struct stop *stop)
{
	enum ending ending = await(pid, clock_ms() + hook->limit_ms, stop);

	if (ending == ENDING_LATE)
		tell("netfan: --%s: its command was killed, as it took longer "
		     "than %d s",
		     hook->option, (int)(hook->limit_ms / 1000));
	if (ending == ENDING_STOPPED)
		tell("netfan: --%s: its command was killed: %s", hook->option,
		     stop_name(stop));
	if (ending != ENDING_OWN)
		(void)kill(-pid, SIGKILL);
	reap(hook, pid, ending != ENDING_OWN);
}

void hook_run(const struct hook *hook, const struct collection *c,
	      struct stop *stop)
{
	struct environment env = {0};
	pid_t pid = -1;
	int rc;

	if (environment_init(&env, hook, c) == -1) {
		(void)tell_no_memory();
		return;
	}
	(void)lseek(hook->report_fd, 0, SEEK_SET);
	rc = spawn(&pid, hook, env.at);
	environment_release(&env);
	if (rc != 0)
		tell("netfan: --%s: its command cannot be run: %s",
		     hook->option, strerror(rc));
	else
		watch(hook, pid, stop);
}
