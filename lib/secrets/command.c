/* Commands: programs whose output is a secret. */
#include "secrets/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "base/printable.h"
#include "system/environment.h"
#include "system/program.h"

/* Bytes of a complaint that are shown; all of it is searched for the output, as it
 * may be cut where it ends. */
#define SHOWN 128
#define HIDDEN 8 /* bytes by which a line of the output is known again */

struct taking {
	char *bytes;
	size_t len;
	bool over; /* there was no room for all */
	const struct command_patience *patience;
	bool interrupted;
};

static int take_output(void *arg, const uint8_t *bytes, size_t len)
{
	struct taking *taking = arg;

	if (len > COMMAND_OUTPUT_MAX - taking->len) {
		taking->over = true;
		return -1;
	}
	memcpy(taking->bytes + taking->len, bytes, len);
	taking->len += len;
	return 0;
}

static bool is_interrupted(void *arg)
{
	struct taking *taking = arg;

	taking->interrupted =
		taking->patience->interrupted(taking->patience->arg);
	return taking->interrupted;
}

/* Is a line of the output, or a beginning of one, in what it complained of? */
static bool repeats_output(const char *complaint, const struct taking *taking)
{
	const char *at = taking->bytes, *end = at + taking->len;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((newline != NULL ? newline : end) - at);
		char line[HIDDEN * sizeof("xNN") + sizeof("...")];
		bool hides;

		printable_copy(line, sizeof(line), (const uint8_t *)at,
			       len < HIDDEN ? len : HIDDEN);
		hides = line[0] != '\0' && strstr(complaint, line) != NULL;
		explicit_bzero(line, sizeof(line));
		if (hides)
			return true;
		at += len + 1;
	}
	return false;
}

/* What it complained of, behind what became of it. */
static void tell_complaint(char why[COMMAND_WHY_MAX], const char *complaint,
			   const struct taking *taking)
{
	size_t len = strlen(why);
	char *at = why + len;
	size_t size = COMMAND_WHY_MAX - len;

	if (complaint[0] == '\0')
		return;
	if (repeats_output(complaint, taking))
		(void)snprintf(at, size,
			       ", and says why with its output in it");
	else
		(void)snprintf(at, size, ": %.*s", SHOWN, complaint);
}

static void tell_end(char why[COMMAND_WHY_MAX], int status,
		     const struct taking *taking, const struct nf_error *err)
{
	if (status > 0)
		(void)snprintf(why, COMMAND_WHY_MAX, "ends with status %d",
			       status);
	else if (taking->over)
		(void)snprintf(why, COMMAND_WHY_MAX, "prints more than %zu KiB",
			       COMMAND_OUTPUT_MAX / 1024);
	else if (err->code == NF_TIMEOUT)
		(void)snprintf(why, COMMAND_WHY_MAX,
			       "does not end within %lld s",
			       (long long)(taking->patience->limit_ms / 1000));
	else
		(void)snprintf(why, COMMAND_WHY_MAX, "has failed: %.200s",
			       err->message);
}

int command_run(const char *command, const struct command_patience *patience,
		struct secrets *arena, struct command_output *output,
		char why[COMMAND_WHY_MAX], struct nf_error *err)
{
	const char *argv[] = {"/bin/sh", "-c", command, NULL};
	const char **env = environment_make();
	struct taking taking = {.bytes =
					secrets_room(arena, COMMAND_OUTPUT_MAX),
				.patience = patience};
	const struct program program = {
		.argv = argv,
		.env = env,
		.dir_fd = -1,
		.secret = true,
		.deadline_ms = deadline_clock_ms() + patience->limit_ms,
		.take_output = take_output,
		.interrupted =
			patience->interrupted != NULL ? is_interrupted : NULL,
		.arg = &taking,
	};
	char complaint[PROGRAM_COMPLAINT] = "";
	struct nf_error end = {.code = NF_OK};
	int status;

	if (env == NULL || taking.bytes == NULL) {
		free(env);
		return error_sys(err, NF_SYSTEM, "no memory for a command");
	}
	status = program_run(&program, complaint, &end);
	free(env);
	*output = (struct command_output){taking.bytes, taking.len};
	if (status == 0)
		return 1;
	if (taking.interrupted)
		return error_set(err, NF_CANCELLED,
				 "interrupted while a password was asked for");
	tell_end(why, status, &taking, &end);
	tell_complaint(why, complaint, &taking);
	explicit_bzero(complaint, sizeof(complaint));
	return 0;
}
