/* Simulated devices, and polls of them. */
#include "unit/farm.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/unit.h"

#define PORT "2222"
#define START_MS 300000 /* it makes a key, where the machine is busy */
#define LIMIT_S 800
#define ARGS_MAX 32
#define OUTPUT_MAX ((size_t)64 * 1024 * 1024)

/* ---- devices */

/* Beside this program, unless DEVSIM tells another. */
static void find_devsim(char path[PATH_MAX + 8])
{
	const char *told = getenv("DEVSIM");
	char self[PATH_MAX];
	ssize_t len;

	if (told != NULL) {
		(void)snprintf(path, PATH_MAX + 8, "%s", told);
		return;
	}
	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	assert_in_range(len, 1, sizeof(self) - 1);
	self[len] = '\0';
	(void)snprintf(path, PATH_MAX + 8, "%s/devsim", dirname(self));
}

void farm_init(struct farm *farm)
{
	const char *tmp = getenv("TEST_TMP"), *net = getenv("TEST_NET");
	char path[PATH_MAX + 8];

	find_devsim(path);
	if (access(path, X_OK) == -1)
		UNIT_SKIP("devsim is not built");
	*farm = (struct farm){.pid = -1, .out = -1};
	(void)snprintf(farm->base, sizeof(farm->base), "%s",
		       net != NULL ? net : "127.15.0");
	(void)snprintf(farm->dir, sizeof(farm->dir), "%s/farm.XXXXXX",
		       tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(farm->dir));
}

void farm_put(const struct farm *farm, const char *dir, const char *name,
	      const char *text)
{
	char path[PATH_MAX];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", farm->dir, dir);
	(void)mkdir(path, 0700);
	(void)snprintf(path, sizeof(path), "%s/%s/%s", farm->dir, dir, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void open_inventory(struct farm *farm)
{
	char path[PATH_MAX];
	const char *dirs[] = {path};
	struct nf_error err;

	(void)snprintf(path, sizeof(path), "%s/platforms", farm->dir);
	if (nf_platforms_load(&farm->platforms, dirs,
			      access(path, F_OK) == 0 ? 1 : 0, NULL,
			      &err) == -1)
		fail_msg("%s", err.message);
	assert_int_equal(
		nf_inventory_new(&farm->inv, farm->platforms, NULL, &err), 0);
}

void farm_add(struct farm *farm, unsigned number, const char *device_type,
	      const char *transport)
{
	char name[16], host[48];
	const struct nf_entry entry = {
		.name = name,
		.device_type = device_type,
		.host = host,
		.port = transport != NULL ? FARM_TELNET : PORT,
		.transport = transport,
		.username = "cisco",
		.password = "cisco",
	};
	struct nf_error err;

	if (farm->inv == NULL)
		open_inventory(farm);
	(void)snprintf(name, sizeof(name), "R%u", number);
	(void)snprintf(host, sizeof(host), "%s.%u", farm->base, number);
	if (nf_inventory_add(farm->inv, &entry, &err) == -1)
		fail_msg("%s", err.message);
}

static void run_devsim(const char *path, const struct farm *farm, int out,
		       const char *keys, const char *const *more)
{
	char base[48], says[PATH_MAX], n[16];
	const char *args[ARGS_MAX] = {
		path,        "--base", base,       "--port",
		PORT,        "--keys", keys,       "--die-with-parent",
		"--says",    says,     "--enable", "",
		"--devices", n};
	size_t i = 14;

	(void)snprintf(base, sizeof(base), "%s.1", farm->base);
	(void)snprintf(says, sizeof(says), "%s/says", farm->dir);
	(void)snprintf(n, sizeof(n), "%zu", nf_inventory_size(farm->inv));
	while (*more != NULL && i < ARGS_MAX - 1)
		args[i++] = *more++;
	if (dup2(out, STDOUT_FILENO) == -1)
		_exit(126);
	(void)execv(path, (char *const *)args);
	_exit(127);
}

static void await_ready(const struct farm *farm)
{
	struct pollfd fd = {.fd = farm->out, .events = POLLIN};
	char line[256];
	ssize_t n;

	assert_int_equal(poll(&fd, 1, START_MS), 1);
	n = read(farm->out, line, sizeof(line) - 1);
	assert_in_range(n, 1, sizeof(line) - 1);
	line[n] = '\0';
	assert_non_null(strstr(line, "devices at"));
}

/* Take the keys that all tests share; they are made by one at a time. */
static int lock_keys(const char *devsim, char keys[PATH_MAX])
{
	char path[PATH_MAX + 8];
	int fd;

	(void)snprintf(path, sizeof(path), "%s", devsim);
	(void)snprintf(keys, PATH_MAX, "%.*s/devsim-keys", PATH_MAX - 16,
		       dirname(path));
	(void)snprintf(path, sizeof(path), "%s.lock", keys);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_not_equal(fd, -1);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	return fd;
}

void farm_start(struct farm *farm, const char *const *args)
{
	char devsim[PATH_MAX + 8], keys[PATH_MAX];
	int fds[2], lock;

	find_devsim(devsim);
	lock = lock_keys(devsim, keys);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	farm->pid = fork();
	assert_int_not_equal(farm->pid, -1);
	if (farm->pid == 0)
		run_devsim(devsim, farm, fds[1], keys, args);
	(void)close(fds[1]);
	farm->out = fds[0];
	await_ready(farm);
	(void)close(lock);
	(void)alarm(LIMIT_S);
}

void farm_release(struct farm *farm)
{
	nf_inventory_free(farm->inv);
	nf_platforms_free(farm->platforms);
}

void farm_stop(struct farm *farm)
{
	(void)alarm(0);
	assert_int_equal(kill(farm->pid, SIGTERM), 0);
	assert_int_equal(waitpid(farm->pid, NULL, 0), farm->pid);
	(void)close(farm->out);
	farm_release(farm);
}

/* ---- polls */

static struct farm_answer *next_answer(struct farm_told *told,
				       const char *command)
{
	struct farm_answer *answer = &told->answers[told->nanswers++];

	assert_in_range(told->nanswers, 1, FARM_ANSWERS);
	(void)snprintf(answer->command, sizeof(answer->command), "%s", command);
	buf_init(&answer->output, OUTPUT_MAX);
	buf_init(&answer->errors, OUTPUT_MAX);
	return answer;
}

static void take_result(struct farm_told *told, struct nf_result *result)
{
	struct farm_answer *answer = NULL;
	struct nf_part part;
	struct nf_error err;
	int rc;

	told->results++;
	told->error = result->error;
	told->attempts = result->attempts;
	(void)snprintf(told->platform, sizeof(told->platform), "%s",
		       result->platform);
	told->key = result->key;
	(void)snprintf(told->fingerprint, sizeof(told->fingerprint), "%s",
		       result->key_fingerprint);
	memcpy(told->us, result->us, sizeof(told->us));
	while ((rc = nf_result_read(result, &part, &err)) == 1) {
		if (part.kind == NF_PART_COMMAND)
			answer = next_answer(told, part.command);
		if (answer == NULL) {
			fail_msg("a part of no command");
			return;
		}
		assert_int_equal(answer->ends, 0);
		if (part.kind == NF_PART_OUTPUT || part.kind == NF_PART_STDERR)
			assert_int_equal(buf_append(part.kind == NF_PART_OUTPUT
							    ? &answer->output
							    : &answer->errors,
						    part.bytes, part.len),
					 0);
		if (part.kind == NF_PART_END) {
			answer->ends++;
			answer->end = part;
		}
	}
	assert_int_equal(rc, 0);
}

void farm_poll(const struct farm *farm, const struct nf_poll_options *options,
	       struct farm_told *told)
{
	struct nf_poll_options own = *options;
	struct nf_result *result;
	struct nf_poll *poll;
	struct nf_error err;

	own.host_keys = NF_HOST_KEYS_OFF;
	own.timeout_ms = own.timeout_ms > 0 ? own.timeout_ms : 600000;
	if (nf_poll_open(&poll, farm->inv, &own, &err) == -1)
		fail_msg("%s", err.message);
	while (nf_poll_pending(poll) > 0) {
		assert_int_equal(nf_poll_step(poll, -1, &err), 0);
		while ((result = nf_poll_take(poll)) != NULL)
			take_result(&told[result->device], result);
	}
	nf_poll_free(poll);
	for (size_t i = 0; i < nf_inventory_size(farm->inv); i++)
		assert_int_equal(told[i].results, 1);
}

void farm_forget(struct farm_told *told, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (unsigned k = 0; k < told[i].nanswers; k++) {
			buf_release(&told[i].answers[k].output);
			buf_release(&told[i].answers[k].errors);
		}
		told[i] = (struct farm_told){0};
	}
}

void farm_answered(const struct farm_answer *answer, const char *command,
		   const char *output)
{
	size_t len = strlen(output);

	unit_where(command);
	assert_string_equal(answer->command, command);
	if (answer->output.len != len ||
	    (len > 0 && memcmp(answer->output.data, output, len) != 0))
		fail_msg("'%s' was answered with:\n%.*s---", command,
			 (int)answer->output.len,
			 (const char *)answer->output.data);
	assert_int_equal(answer->ends, 1);
	assert_false(answer->end.truncated);
}
