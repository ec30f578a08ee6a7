/* Another program, run for its whole output. */
#include "forms/hostvars/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "system/environment.h"

#define FIRST_ROOM ((size_t)4096)
#define LOCALE "LC_ALL"

static int give_input(void *arg, const void **bytes, size_t *len)
{
	struct command *command = arg;

	*bytes = command->input;
	*len = command->given ? 0 : command->input_len;
	command->given = true;
	return 0;
}

/* Grow by a copy that is wiped: realloc() may leave one behind. */
static int make_room(struct command *command, size_t len)
{
	size_t room = command->room != 0 ? command->room : FIRST_ROOM;
	char *grown;

	while (room < command->output_len + len + 1)
		room *= 2;
	if (room == command->room)
		return 0;
	grown = malloc(room);
	if (grown == NULL)
		return -1;
	if (command->output != NULL) {
		memcpy(grown, command->output, command->output_len);
		explicit_bzero(command->output, command->room);
		free(command->output);
	}
	command->output = grown;
	command->room = room;
	return 0;
}

static int take_output(void *arg, const uint8_t *bytes, size_t len)
{
	struct command *command = arg;

	if (len > command->output_max - command->output_len) {
		command->overflowed = true;
		return -1;
	}
	if (make_room(command, len) == -1)
		return -1;
	memcpy(command->output + command->output_len, bytes, len);
	command->output_len += len;
	command->output[command->output_len] = '\0';
	return 0;
}

/* Our environment: Ansible refuses to work where the locale is not UTF-8. */
static const char **make_environment(void)
{
	static const char prefix[] = LOCALE "=";
	const char **env = environment_make(), **grown;
	size_t kept = 0;

	if (env == NULL)
		return NULL;
	for (size_t i = 0; env[i] != NULL; i++) {
		if (strncmp(env[i], prefix, sizeof(prefix) - 1) != 0)
			env[kept++] = env[i];
	}
	grown = reallocarray(env, kept + 2, sizeof(*env));
	if (grown == NULL) {
		free(env);
		return NULL;
	}
	grown[kept] = LOCALE "=C.UTF-8";
	grown[kept + 1] = NULL;
	return grown;
}

static int run(struct command *commands, struct program *programs,
	       struct program_end *ends, size_t n, struct nf_error *err)
{
	int rc = programs_run(programs, n, ends, err);

	for (size_t i = 0; i < n; i++)
		commands[i].end = ends[i];
	return rc;
}

int commands_run(struct command *commands, size_t n, unsigned seconds,
		 struct nf_error *err)
{
	const char **env = make_environment();
	struct program *programs = calloc(n, sizeof(*programs));
	struct program_end *ends = calloc(n, sizeof(*ends));
	int rc = -1;

	for (size_t i = 0; programs != NULL && i < n; i++)
		programs[i] = (struct program){
			.argv = commands[i].argv,
			.env = env,
			.dir_fd = -1,
			.deadline_ms =
				deadline_clock_ms() + (int64_t)seconds * 1000,
			.alone = true,
			.next_input =
				commands[i].input != NULL ? give_input : NULL,
			.take_output = take_output,
			.arg = &commands[i]};
	if (env == NULL || programs == NULL || ends == NULL)
		(void)error_sys(err, NF_SYSTEM, "no memory to run programs");
	else
		rc = run(commands, programs, ends, n, err);
	free(env);
	free(programs);
	free(ends);
	return rc;
}

void command_release(struct command *command)
{
	if (command->output != NULL)
		explicit_bzero(command->output, command->room);
	free(command->output);
	command->output = NULL;
	command->output_len = command->room = 0;
}
