/* Asking ssh -G. */
#include "sshconfig/asking.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "system/environment.h"
#include "system/program.h"

#define TIME_MS 10000 /* of one */
#define CALLS_MAX 8 /* at a time */
#define ARGS_MAX 16
#define LOOP "jumphost loop"

/* ---- one call */

struct call {
	struct question *question;
	const char *argv[ARGS_MAX];
	char port[8];
	struct buf said;
};

static int take_output(void *arg, const uint8_t *bytes, size_t len)
{
	struct call *call = arg;

	return buf_append(&call->said, bytes, len);
}

/* -T: without a word on the terminal that it is not given. */
static void fill_call(struct call *call, struct question *question,
		      const char *file)
{
	size_t n = 0;

	call->question = question;
	buf_init(&call->said, ANSWER_MAX);
	call->argv[n++] = "ssh";
	call->argv[n++] = "-G";
	call->argv[n++] = "-T";
	if (question->no_files)
		file = "/dev/null";
	if (file != NULL) {
		call->argv[n++] = "-F";
		call->argv[n++] = file;
	}
	if (question->no_jump) {
		call->argv[n++] = "-o";
		call->argv[n++] = "ProxyJump=none";
	}
	if (question->port != 0) {
		(void)snprintf(call->port, sizeof(call->port), "%u",
			       (unsigned)question->port);
		call->argv[n++] = "-p";
		call->argv[n++] = call->port;
	}
	if (question->user != NULL) {
		call->argv[n++] = "-l";
		call->argv[n++] = question->user;
	}
	call->argv[n++] = "--";
	call->argv[n++] = question->host;
	call->argv[n] = NULL;
}

static void take_end(struct call *call, const struct program_end *end)
{
	struct question *question = call->question;
	const char *said = (const char *)call->said.data;

	question->asked = true;
	question->failure = (struct nf_error){.code = NF_OK};
	question->loops =
		end->status == 255 && strstr(end->complaint, LOOP) != NULL;
	if (end->err.code != NF_OK)
		question->failure = end->err;
	else if (end->status != 0)
		(void)error_set(&question->failure, NF_INVALID, "ssh -G: %s",
				end->complaint[0] != '\0' ? end->complaint
							  : "it failed");
	else
		(void)answer_read(&question->answer, said != NULL ? said : "",
				  call->said.len, &question->failure);
}

/* Ask a few side by side. */
static int ask_some(const struct asking *asking, const char *const *env,
		    struct question *const *questions, size_t n,
		    struct nf_error *err)
{
	struct call calls[CALLS_MAX] = {0};
	struct program programs[CALLS_MAX] = {0};
	struct program_end ends[CALLS_MAX] = {0};
	int rc;

	for (size_t i = 0; i < n; i++) {
		fill_call(&calls[i], questions[i], asking->file);
		programs[i] = (struct program){
			.argv = calls[i].argv,
			.env = env,
			.dir_fd = -1,
			.deadline_ms = deadline_clock_ms() + TIME_MS,
			.alone = true,
			.take_output = take_output,
			.arg = &calls[i]};
	}
	rc = programs_run(programs, n, ends, err);
	for (size_t i = 0; i < n; i++) {
		if (rc == 0)
			take_end(&calls[i], &ends[i]);
		buf_release(&calls[i].said);
	}
	if (rc == -1 && err->sys_errno == ENOENT)
		return error_set(err, NF_INVALID,
				 "there is no ssh to ask what ssh_config says: "
				 "install OpenSSH's client");
	return rc;
}

int asking_run(const struct asking *asking, struct question *questions,
	       size_t n, struct nf_error *err)
{
	const char **env = environment_make();
	size_t at = 0;
	int rc = env != NULL
			 ? 0
			 : error_sys(err, NF_SYSTEM, "no memory for ssh -G");

	while (rc == 0 && at < n) {
		struct question *some[CALLS_MAX];
		size_t nsome = 0;

		if (asking->interrupted != NULL &&
		    asking->interrupted(asking->arg)) {
			rc = error_set(err, NF_CANCELLED,
				       "interrupted while ssh was asked");
			break;
		}
		for (; at < n && nsome < CALLS_MAX; at++) {
			if (!questions[at].asked)
				some[nsome++] = &questions[at];
		}
		if (nsome > 0)
			rc = ask_some(asking, env, some, nsome, err);
	}
	free(env);
	return rc;
}
