/* A task: one device's session, run in a worker. */
#include "task/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "task/message.h"
#include "task/plan.h"

/* On the heap: it is too large for a fiber's stack. */
struct run {
	const struct plan *plan;
	struct outlet *out;
	uint32_t index;
	int64_t deadline_ms;
	uint64_t left; /* bytes of output that it may still say */
	struct message result;
};

/* Time spent waiting for our own pipe is not held against the device. */
static int say(struct run *run, const struct message *message)
{
	return message_send(run->out, message, &run->deadline_ms);
}

static int on_new_key(void *arg, const struct ssh_key *key,
		      struct nf_error *err)
{
	struct run *run = arg;
	const struct plan *plan = run->plan;
	const char *accepted = plan->accepted[plan->endpoint[run->index]];
	struct message message = {.type = MESSAGE_HOSTKEY};
	char fingerprint[HOSTKEYS_FINGERPRINT];

	hostkeys_fingerprint(key->key, key->len, fingerprint);
	if (strcmp(accepted, fingerprint) == 0)
		return 0;
	if (accepted[0] != '\0')
		return error_set(err, NF_HOSTKEY_CHANGED,
				 "its host key changed during this run: %s %s",
				 key->type, fingerprint);
	(void)snprintf(message.hostkey.type, sizeof(message.hostkey.type), "%s",
		       key->type);
	message.hostkey.key = key->key;
	message.hostkey.len = key->len;
	/* The parent has it before the password goes out. */
	if (say(run, &message) == -1 ||
	    outlet_flush(run->out, &run->deadline_ms) == -1)
		return error_set(err, NF_CANCELLED, "the run was stopped");
	return 0;
}

static int on_output(void *arg, const uint8_t *bytes, size_t len,
		     int64_t *waited_ms)
{
	struct run *run = arg;
	struct message message = {.type = MESSAGE_OUTPUT,
				  .output = {.bytes = bytes, .len = len}};

	run->left -= len; /* cli_sink.bytes_max keeps it above zero */
	return message_send(run->out, &message, waited_ms);
}

/* Announced in the pipe before it is sent, so that it is never sent twice. */
static int announce(struct run *run, uint32_t number, struct nf_error *err)
{
	struct message message = {.type = MESSAGE_COMMAND, .command = number};

	if (say(run, &message) == -1 ||
	    outlet_flush(run->out, &run->deadline_ms) == -1)
		return error_set(err, NF_CANCELLED, "the run was stopped");
	return 0;
}

static int run_command(struct run *run, struct session *session,
		       uint32_t number, struct nf_error *err)
{
	const char *command = run->plan->options->commands[number];
	struct cli_sink sink = {
		.emit = on_output, .arg = run, .bytes_max = run->left};
	struct cli_answer answer;
	struct message end = {.type = MESSAGE_END};
	int64_t start;
	int rc;

	err->stage = NF_STAGE_COMMAND;
	if (announce(run, number, err) == -1)
		return -1;
	start = clock_us();
	rc = session_command(session, command, &sink, &answer, err);
	end.end.us = clock_us() - start;
	end.end.rejected = answer.rejected;
	end.end.truncated = rc == -1;
	return say(run, &end) == -1 ? -1 : rc;
}

static int run_commands(struct run *run, struct session *session,
			struct nf_error *err)
{
	for (uint32_t i = 0; i < run->plan->options->ncommands; i++) {
		if (run_command(run, session, i, err) == -1)
			return -1;
	}
	return 0;
}

static struct session_target target_of(struct run *run)
{
	const struct plan *plan = run->plan;
	const struct device *dev = inventory_device(plan->inv, run->index);

	return (struct session_target){
		.host = dev->pub.host,
		.port = dev->pub.port,
		.addresses = plan->resolved[run->index].addresses,
		.naddresses = plan->resolved[run->index].naddresses,
		.username = dev->pub.username,
		.password = dev->password,
		.secret = dev->secret,
		.legacy = dev->legacy,
		.patterns = plan->patterns[run->index],
		.host_keys = plan->options->host_keys,
		.known = plan->known,
		.on_new_key = on_new_key,
		.arg = run,
	};
}

static void run_session(struct run *run)
{
	struct session_target target = target_of(run);
	struct nf_error *err = &run->result.result.error;
	int64_t *us = run->result.result.us;
	int64_t start = clock_us(), commands;
	struct session *session = NULL;

	if (session_open(&session, &target, &run->deadline_ms, us,
			 run->result.result.weak, err) == 0) {
		(void)snprintf(run->result.result.prompt,
			       sizeof(run->result.result.prompt), "%s",
			       session_prompt(session));
		commands = clock_us();
		if (run_commands(run, session, err) == 0)
			*err = (struct nf_error){.code = NF_OK};
		us[NF_TIME_COMMANDS] = clock_us() - commands;
	}
	us[NF_TIME_TOTAL] = clock_us() - start;
	(void)say(run, &run->result);
	session_close(session);
}

void task_run(void *ctx, uint32_t index, struct outlet *out)
{
	const struct plan *plan = ctx;
	struct run *run = calloc(1, sizeof(*run));

	if (run == NULL)
		return; /* done without a result: the parent says so */
	run->plan = plan;
	run->out = out;
	run->index = index;
	run->deadline_ms = clock_ms() + plan->timeout_ms;
	run->left = PLAN_OUTPUT_MAX;
	run->result.type = MESSAGE_RESULT;
	run_session(run);
	free(run);
}
