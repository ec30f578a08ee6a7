/* Simulated devices for a benchmark without a network. */
#include "bench/simulate.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT 2222
#define TRIES 8 /* places to find that nobody else has taken */
#define READY_S 60
#define ADDRESS "127.%u.%u.%u" /* the first, and as many as there are */
#define ARGS_MAX 32
#define TMP_MAX_LEN 200

extern char **environ;

static int complain(const char *what)
{
	(void)fprintf(stderr, "netfan bench: simulated devices: %s: %s\n", what,
		      strerror(errno));
	return -1;
}

/* ---- the program */

/* Beside this one: as it is installed, or as it was built. */
static int find_program(char out[PATH_MAX])
{
	static const char *const names[] = {"netfan-devsim", "devsim"};
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (len == -1)
		return complain("/proc/self/exe");
	self[len] = '\0';
	slash = strrchr(self, '/');
	for (size_t i = 0; slash != NULL && i < 2; i++) {
		*slash = '\0';
		if (snprintf(out, PATH_MAX, "%s/%s", self, names[i]) <
			    PATH_MAX &&
		    access(out, X_OK) == 0)
			return 0;
	}
	(void)fputs("netfan bench: there are no simulated devices beside "
		    "netfan: install libssh-dev and build it again\n",
		    stderr);
	return -1;
}

/* Arguments on their way: texts of their own, ends with NULL. */
struct args {
	char texts[ARGS_MAX][PATH_MAX / 8];
	char *at[ARGS_MAX + 1];
	size_t n;
};

static void add(struct args *args, const char *text)
{
	(void)snprintf(args->texts[args->n], sizeof(args->texts[0]), "%s",
		       text);
	args->at[args->n] = args->texts[args->n];
	args->at[++args->n] = NULL;
}

static void add_number(struct args *args, const char *option, unsigned value)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%u", value);
	add(args, option);
	add(args, text);
}

static void list_args(struct args *args, const struct simulation *simulation,
		      const char *base, const char *dir)
{
	char text[SIMULATOR_DIR + 8];

	*args = (struct args){.n = 0};
	add(args, "devsim");
	add(args, "--die-with-parent");
	add(args, "--base");
	add(args, base);
	add(args, "--keys");
	(void)snprintf(text, sizeof(text), "%s/keys", dir);
	add(args, text);
	add_number(args, "--port", PORT);
	add_number(args, "--devices", simulation->devices);
	add_number(args, "--connect-ms", simulation->connect_ms);
	add_number(args, "--login-ms", simulation->login_ms);
	add_number(args, "--command-ms", simulation->command_ms);
	add_number(args, "--jitter-ms", simulation->jitter_ms);
	if (simulation->slow == 0)
		return;
	add_number(args, "--slow-ms", simulation->slow_ms);
	(void)snprintf(text, sizeof(text), "%u=slow", simulation->slow);
	add(args, "--fault");
	add(args, text);
}

/* Its standard output is a pipe: *out. It heeds signals that we have blocked.
 */
static int spawn(pid_t *pid, const char *program, char **args, int *out)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int pipe_fds[2], rc;

	if (pipe2(pipe_fds, O_CLOEXEC) == -1)
		return complain("pipe");
	(void)sigemptyset(&none);
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, pipe_fds[1],
					       STDOUT_FILENO);
	(void)posix_spawn_file_actions_addopen(&actions, STDERR_FILENO,
					       "/dev/null", O_WRONLY, 0);
	(void)posix_spawnattr_init(&attributes);
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	rc = posix_spawn(pid, program, &actions, &attributes, args, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attributes);
	(void)close(pipe_fds[1]);
	*out = pipe_fds[0];
	if (rc == 0)
		return 0;
	(void)close(pipe_fds[0]);
	errno = rc;
	return complain(program);
}

/* It says a line when all of them listen; nothing when it cannot. */
static bool is_ready(int fd)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};
	char byte;

	return poll(&pollfd, 1, READY_S * 1000) == 1 && read(fd, &byte, 1) == 1;
}

/* Reap it, when it was not us who ended it. */
static void end_program(pid_t pid)
{
	(void)kill(pid, SIGTERM);
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
}

/* ---- what goes with it */

static int write_inventory(const struct simulator *simulator,
			   const struct simulation *simulation,
			   const unsigned first[3])
{
	FILE *file = fopen(simulator->inventory, "we");
	unsigned last = first[1] * 256 + first[2];

	if (file == NULL)
		return complain(simulator->inventory);
	for (unsigned i = 0; i < simulation->devices; i++, last++)
		(void)fprintf(
			file,
			"- {name: R%u, device_type: cisco_ios, ip: " ADDRESS
			", port: %d, username: cisco, password: cisco, "
			"secret: cisco}\n",
			i + 1, first[0] + last / 65536, last / 256 % 256,
			last % 256, PORT);
	return fclose(file) == 0 ? 0 : complain(simulator->inventory);
}

static int make_directory(struct simulator *simulator)
{
	const char *tmp = getenv("TMPDIR");

	if (tmp == NULL || strlen(tmp) > TMP_MAX_LEN)
		tmp = "/tmp";
	(void)snprintf(simulator->dir, sizeof(simulator->dir),
		       "%s/netfan-bench.XXXXXX", tmp);
	if (mkdtemp(simulator->dir) == NULL) {
		(void)complain(simulator->dir);
		simulator->dir[0] = '\0';
		return -1;
	}
	(void)snprintf(simulator->inventory, sizeof(simulator->inventory),
		       "%s/inventory.yaml", simulator->dir);
	(void)snprintf(simulator->known_hosts, sizeof(simulator->known_hosts),
		       "%s/known_hosts", simulator->dir);
	return 0;
}

/* 1 when the devices are there, 0 when that place is taken. */
static int try_place(struct simulator *simulator, const char *program,
		     const struct simulation *simulation,
		     const unsigned first[3])
{
	struct args *args = calloc(1, sizeof(*args));
	char base[32];
	int out = -1, rc;

	if (args == NULL)
		return complain("memory");
	(void)snprintf(base, sizeof(base), ADDRESS, first[0], first[1],
		       first[2]);
	list_args(args, simulation, base, simulator->dir);
	rc = spawn(&simulator->pid, program, args->at, &out);
	free(args);
	if (rc == -1)
		return -1;
	if (!is_ready(out)) {
		(void)close(out);
		end_program(simulator->pid);
		simulator->pid = 0;
		return 0;
	}
	(void)close(out);
	return write_inventory(simulator, simulation, first) == -1 ? -1 : 1;
}

int simulator_start(struct simulator *simulator,
		    const struct simulation *simulation)
{
	char program[PATH_MAX];

	*simulator = (struct simulator){.pid = 0};
	if (find_program(program) == -1 || make_directory(simulator) == -1)
		return -1;
	for (unsigned i = 0; i < TRIES; i++) {
		/* Another one may run beside us. */
		unsigned first[3] = {100 + (unsigned)(getpid() % 10) * 8 + i, 0,
				     1};
		int rc = try_place(simulator, program, simulation, first);

		if (rc != 0)
			return rc == 1 ? 0 : -1;
	}
	(void)fprintf(stderr,
		      "netfan bench: the simulated devices do not start: try "
		      "%s --devices %u --keys DIR\n",
		      program, simulation->devices);
	return -1;
}

static int remove_entry(const char *path, const struct stat *info, int kind,
			struct FTW *place)
{
	(void)info;
	(void)kind;
	(void)place;
	(void)remove(path);
	return 0;
}

void simulator_stop(struct simulator *simulator)
{
	if (simulator->pid > 0)
		end_program(simulator->pid);
	if (simulator->dir[0] != '\0')
		(void)nftw(simulator->dir, remove_entry, 8,
			   FTW_DEPTH | FTW_PHYS);
	*simulator = (struct simulator){.pid = 0};
}
