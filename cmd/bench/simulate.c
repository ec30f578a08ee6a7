/* Simulated devices. */
#include "bench/simulate.h"

#include <arpa/inet.h>
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

#include "bench/proc_usage.h"
#include "tell.h"

#define PORT 2222
#define TRIES 8 /* networks to try, of which others may be in use */
#define READY_S 60
#define SHARE_MIN 64 /* devices that are worth a process */
#define ARGS_MAX 32
#define TMP_MAX_LEN 200

extern char **environ;

static int complain(const char *what)
{
	tell("netfan bench: simulated devices: %s: %s", what, strerror(errno));
	return -1;
}

/* ---- the program */

/* Find the program beside this one, as it is installed or as it was built. */
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
	tell("netfan bench: there are no simulated devices beside netfan: "
	     "install libssh-dev and build it again");
	return -1;
}

/* Arguments of a program: copies, with NULL at their end. */
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

/* The devices of one process: the index of the first, and how many. */
struct share {
	unsigned from, n;
};

static void add_slow(struct args *args, const struct simulation *simulation,
		     const struct share *share)
{
	char text[32];

	if (simulation->slow <= share->from ||
	    simulation->slow > share->from + share->n)
		return;
	add_number(args, "--slow-ms", simulation->slow_ms);
	(void)snprintf(text, sizeof(text), "%u=slow", simulation->slow);
	add(args, "--fault");
	add(args, text);
}

static void list_args(struct args *args, const struct simulation *simulation,
		      const struct share *share, const char *base,
		      const char *dir)
{
	char text[SIMULATOR_DIR + 8];

	*args = (struct args){.n = 0};
	add(args, "devsim");
	add(args, "--die-with-parent");
	/* The cheapest for both sides: netfan is measured, not they. */
	add(args, "--host-key");
	add(args, "ecdsa");
	add(args, "--kex");
	add(args, "ecdh-sha2-nistp256");
	add(args, "--base");
	add(args, base);
	add(args, "--keys");
	(void)snprintf(text, sizeof(text), "%s/keys", dir);
	add(args, text);
	add_number(args, "--port", PORT);
	add_number(args, "--devices", share->n);
	add_number(args, "--first", share->from + 1);
	add_number(args, "--connect-ms", simulation->connect_ms);
	add_number(args, "--login-ms", simulation->login_ms);
	add_number(args, "--command-ms", simulation->command_ms);
	add_number(args, "--jitter-ms", simulation->jitter_ms);
	add_slow(args, simulation, share);
}

/* Start a program with its standard output in a pipe, *out, and with no signal
 * blocked, as ours are. */
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

/* Wait until a process says by a line that its devices listen; it ends without
 * one if they cannot. */
static bool is_ready(int fd)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};
	char byte;

	return poll(&pollfd, 1, READY_S * 1000) == 1 && read(fd, &byte, 1) == 1;
}

static void end_programs(struct simulator *simulator)
{
	for (unsigned i = 0; i < simulator->n; i++)
		(void)kill(simulator->pids[i], SIGTERM);
	while (simulator->n > 0) {
		if (waitpid(simulator->pids[simulator->n - 1], NULL, 0) != -1 ||
		    errno != EINTR)
			simulator->n--;
	}
}

/* ---- inventory and directory */

/* Format the address of a device by its index; that of the first is
 * 127.NET.0.1. */
static void format_address(char out[INET_ADDRSTRLEN], unsigned net,
			   unsigned index)
{
	unsigned number = net * 65536 + 1 + index;

	(void)snprintf(out, INET_ADDRSTRLEN, "127.%u.%u.%u",
		       number / 65536 % 256, number / 256 % 256, number % 256);
}

static int write_inventory(const struct simulator *simulator,
			   const struct simulation *simulation, unsigned net)
{
	FILE *file = fopen(simulator->inventory, "we");
	char address[INET_ADDRSTRLEN];
	bool cut;

	if (file == NULL)
		return complain(simulator->inventory);
	for (unsigned i = 0; i < simulation->devices; i++) {
		format_address(address, net, i);
		(void)fprintf(file,
			      "- {name: R%u, device_type: cisco_ios, ip: %s, "
			      "port: %d, username: cisco, password: cisco, "
			      "secret: cisco}\n",
			      i + 1, address, PORT);
	}
	cut = ferror(file) != 0;
	return fclose(file) == 0 && !cut ? 0 : complain(simulator->inventory);
}

static int make_directory(struct simulator *simulator)
{
	const char *tmp = getenv("TMPDIR");

	if (tmp == NULL || *tmp == '\0' || strlen(tmp) > TMP_MAX_LEN)
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

/* Start a process: 1 when its devices listen, 0 when their addresses are in
 * use, or -1 as it was told. */
static int start_share(struct simulator *simulator, const char *program,
		       const struct simulation *simulation,
		       const struct share *share, unsigned net)
{
	struct args *args = calloc(1, sizeof(*args));
	char base[INET_ADDRSTRLEN];
	int out = -1, rc;
	bool ready;

	if (args == NULL)
		return complain("memory");
	format_address(base, net, share->from);
	list_args(args, simulation, share, base, simulator->dir);
	rc = spawn(&simulator->pids[simulator->n], program, args->at, &out);
	free(args);
	if (rc == -1)
		return -1;
	simulator->n++;
	ready = is_ready(out);
	(void)close(out);
	return ready;
}

static unsigned count_processes(unsigned devices)
{
	unsigned n = proc_usage_processors();

	if (n > SIMULATOR_PROCESSES)
		n = SIMULATOR_PROCESSES;
	if (n > devices / SHARE_MIN)
		n = devices / SHARE_MIN;
	return n > 0 ? n : 1;
}

/* Start all processes in one network: 1, 0 or -1 as start_share(). */
static int try_net(struct simulator *simulator, const char *program,
		   const struct simulation *simulation, unsigned net)
{
	unsigned devices = simulation->devices, n = count_processes(devices);
	struct share share = {0, 0};
	int rc = 1;

	for (unsigned i = 0; i < n && rc == 1; i++) {
		share.from += share.n;
		share.n = (devices - share.from) / (n - i);
		rc = start_share(simulator, program, simulation, &share, net);
	}
	if (rc == 1)
		return write_inventory(simulator, simulation, net) == -1 ? -1
									 : 1;
	end_programs(simulator);
	return rc;
}

int simulator_start(struct simulator *simulator,
		    const struct simulation *simulation)
{
	char program[PATH_MAX];

	*simulator = (struct simulator){.n = 0};
	if (find_program(program) == -1 || make_directory(simulator) == -1)
		return -1;
	for (unsigned i = 0; i < TRIES; i++) {
		/* Another benchmark may run: begin elsewhere. */
		unsigned net = 100 + (unsigned)(getpid() % 10) * 8 + i;
		int rc = try_net(simulator, program, simulation, net);

		if (rc != 0)
			return rc == 1 ? 0 : -1;
	}
	tell("netfan bench: the simulated devices do not start: try %s "
	     "--devices %u --keys DIR",
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
	end_programs(simulator);
	if (simulator->dir[0] != '\0')
		(void)nftw(simulator->dir, remove_entry, 8,
			   FTW_DEPTH | FTW_PHYS);
	*simulator = (struct simulator){.n = 0};
}

int64_t simulator_cpu(const struct simulator *simulator)
{
	int64_t total = 0;

	for (unsigned i = 0; i < simulator->n; i++)
		total += proc_usage_cpu_us(simulator->pids[i]);
	return total;
}
