/* A task: one device's session, run in a worker. */
#include "poll/task/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "poll/plan/plan.h"
#include "poll/plan/proofs.h"
#include "poll/plan/times.h"
#include "poll/plan/wishes.h"
#include "poll/protocol.h"
#include "poll/task/asking.h"
#include "poll/task/held.h"
#include "poll/task/probing.h"
#include "poll/task/worker_state.h"
#include "throttle/lockout.h"

#define PERMIT_PAUSE_MAX_MS 32
#define PERMIT_EXCUSED_MS 10000 /* below what a task may be late by */

/* A session that runs; on the heap, as it is too large for a fiber's stack. */
struct run {
	const struct plan *plan;
	struct nf_task_io *out;
	uint32_t index;
	bool exec; /* commands are run without a shell */
	bool logged_in; /* the login is over, well or not */
	int64_t deadline_ms;
	uint64_t left; /* bytes of output that may still come */
	/* An output may stay open until the device takes up the next command,
	 * so that there are two for a while: its sink, by its number. */
	struct output_sink sinks[2];
	uint32_t number; /* of the command that is open, or said next */
	bool open; /* COMMAND was said of it, and END was not */
	int64_t start_us; /* when the last command was sent */
	int64_t us; /* its time up to the prompt, 0: that did not come yet */
	struct nf_error failure; /* that an output showed as it ended */
	struct held held; /* the output that is open, where digests are made */
	const struct platform
		*found; /* that the device proved to be; or NULL */
	struct transcript_log *log; /* of a device that is probed; or NULL */
	struct asking asking;
	struct message result;
};

/* Send a message. Time spent waiting for our own pipe is not the device's. */
static int say(struct run *run, const struct message *message)
{
	return message_send(run->out, message, &run->deadline_ms);
}

static int on_new_key(void *arg, const struct ssh_key *key,
		      struct nf_error *err)
{
	struct run *run = arg;
	struct message message = {.type = MESSAGE_HOSTKEY};
	int rc = accepted_keys_check(&run->plan->keys,
				     run->plan->endpoint[run->index], key, err);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	(void)snprintf(message.hostkey.type, sizeof(message.hostkey.type), "%s",
		       key->type);
	message.hostkey.key = key->key;
	message.hostkey.len = key->len;
	/* The parent has the key before the password goes out. */
	if (say(run, &message) == -1 ||
	    task_io_flush(run->out, &run->deadline_ms) == -1)
		return error_set(err, NF_CANCELLED, "the run was stopped");
	return 0;
}

/*
 * Wait until the parent permits the password, or forbids it to all: it writes
 * one byte. The wait is not taken off the device's time.
 */
static int await_permit(struct run *run, const atomic_uchar *permit,
			struct nf_error *err)
{
	int64_t start = deadline_clock_ms(), pause_ms = 1, waited_ms;

	while (atomic_load(permit) == PERMIT_ASK) {
		if (deadline_clock_ms() >= run->deadline_ms)
			return error_set(err, NF_TIMEOUT,
					 "it waited for others with the same "
					 "user and password to be let in");
		if (nf_sleep_until(deadline_clock_ms() + pause_ms) == -1)
			return error_set(err, NF_CANCELLED,
					 "the run was stopped");
		if (pause_ms < PERMIT_PAUSE_MAX_MS)
			pause_ms *= 2;
	}
	waited_ms = deadline_clock_ms() - start;
	run->deadline_ms +=
		waited_ms < PERMIT_EXCUSED_MS ? waited_ms : PERMIT_EXCUSED_MS;
	return 0;
}

static int on_request(void *arg, enum request_kind kind, const char *text,
		      int64_t deadline_ms, struct passed *passed,
		      struct nf_error *err)
{
	struct run *run = arg;

	return asking_request(&run->asking, kind, text, deadline_ms,
			      &run->deadline_ms, passed, err);
}

static int await_offer(struct run *run, enum offer offer, struct nf_error *err)
{
	const struct plan *plan = run->plan;
	const struct message message = {.type = MESSAGE_ASK,
					.ask = {.offer = offer}};
	uint32_t place = offers_place(&plan->offers, offer, run->index);
	const atomic_uchar *permit;

	if (plan->permits.reading == NULL)
		return 0;
	permit = (const atomic_uchar *)plan->permits.reading + place;
	if (atomic_load(permit) == PERMIT_ASK &&
	    (say(run, &message) == -1 ||
	     task_io_flush(run->out, &run->deadline_ms) == -1))
		return error_set(err, NF_CANCELLED, "the run was stopped");
	if (await_permit(run, permit, err) == -1)
		return -1;
	if (atomic_load(permit) == PERMIT_GO)
		return 0;
	return error_set(err, NF_SKIPPED, LOCKOUT_SKIPPED,
			 offers_user(&plan->offers, place));
}

static int on_password(void *arg, struct nf_error *err)
{
	return await_offer(arg, OFFER_PASSWORD, err);
}

static int on_proxy_password(void *arg, struct nf_error *err)
{
	return await_offer(arg, OFFER_PROXY, err);
}

/* Let the others go that wait for it. A run that is stopped ends soon. */
static void on_proxy_login(void *arg)
{
	struct run *run = arg;
	const struct message message = {.type = MESSAGE_PROXIED};

	if (run->plan->permits.reading != NULL && say(run, &message) == 0)
		(void)task_io_flush(run->out, &run->deadline_ms);
}

/* Tell the pool that the login is over: the next may begin. */
static void on_login(void *arg)
{
	struct run *run = arg;

	if (!run->logged_in)
		(void)task_io_ready(run->out, &run->deadline_ms);
	run->logged_in = true;
}

static int say_command(struct run *run, int64_t *waited_ms)
{
	struct message message = {
		.type = MESSAGE_COMMAND,
		.command = {.number = run->number,
			    .platform = run->result.result.platform}};

	run->open = true;
	return message_send(run->out, &message, waited_ms);
}

static int on_output(void *arg, const uint8_t *bytes, size_t len,
		     int64_t *waited_ms)
{
	struct run *run = arg;
	struct message message = {.type = MESSAGE_OUTPUT,
				  .output = {.bytes = bytes, .len = len}};

	run->left -= len; /* output_sink.bytes_max keeps it above zero */
	if (!run->open && say_command(run, waited_ms) == -1)
		return -1;
	return message_send(run->out, &message, waited_ms);
}

/* What the device is asked, as far as it was found out. */
static const char *command_of(const struct run *run, uint32_t number)
{
	return plan_command(run->plan, run->result.result.platform, number);
}

/* ---- outputs that are held, where digests are made */

static void begin_held(struct run *run)
{
	const struct worker_state *own = task_io_state(run->out);

	held_begin(&run->held, own->rules[run->result.result.platform],
		   run->plan->options->content->mask_key,
		   command_of(run, run->number));
}

static int on_held_output(void *arg, const uint8_t *bytes, size_t len,
			  int64_t *waited_ms)
{
	struct run *run = arg;

	run->left -= len;
	if (!run->open && say_command(run, waited_ms) == -1)
		return -1;
	begin_held(run);
	held_take(&run->held, bytes, len);
	return 0;
}

static int on_piece(void *arg, const uint8_t *bytes, size_t len,
		    int64_t *waited_ms)
{
	struct run *run = arg;
	const struct message message = {.type = MESSAGE_OUTPUT,
					.output = {.bytes = bytes, .len = len}};

	return message_send(run->out, &message, waited_ms);
}

/* Say a whole output, unless it is known, and tell what it came to. */
static int say_whole(struct run *run, struct message_content *content,
		     int64_t *waited_ms, struct nf_error *err)
{
	struct content_end end;
	bool known;

	if (held_end(&run->held, &end, err) == -1)
		return -1;
	/* Nothing has the digest of an answer of which nothing counts. */
	known = !end.blank &&
		plan_knows_output(run->plan, run->index,
				  command_of(run, run->number), end.digest);
	if (!known &&
	    held_pass(&run->held, on_piece, run, waited_ms, err) == -1)
		return -1;
	content->unchanged = known;
	content->marked = end.marked;
	content->blank = end.blank;
	content->counted = end.bytes;
	memcpy(content->digest, end.digest, NF_DIGEST);
	return 0;
}

/* Let the output go that is held. If it is whole and cannot be said, the
 * session has failed. */
static int settle_held(struct run *run, struct message *end, int64_t *waited_ms)
{
	struct message_content *content = &end->end.content;
	struct nf_error err = {.code = NF_OK};

	if (!run->open && say_command(run, waited_ms) == -1)
		return -1;
	begin_held(run);
	content->made = true;
	content->received = run->held.received;
	if (!end->end.truncated &&
	    say_whole(run, content, waited_ms, &err) == -1) {
		end->end.truncated = true;
		if (run->failure.code == NF_OK)
			run->failure = err;
		run->failure.stage = NF_STAGE_COMMAND;
	}
	held_forget(&run->held);
	return 0;
}

/* Announce the next command in the pipe before it is sent, so that no command
 * that does more than read is ever sent twice. */
static int announce(struct run *run, struct nf_error *err)
{
	const struct message ahead = {.type = MESSAGE_AHEAD};
	int rc = run->open ? say(run, &ahead)
			   : say_command(run, &run->deadline_ms);

	if (rc == -1 || task_io_flush(run->out, &run->deadline_ms) == -1)
		return error_set(err, NF_CANCELLED, "the run was stopped");
	return 0;
}

static bool makes_digests(const struct run *run)
{
	return run->plan->options->content != NULL;
}

/* Takes the output: it is said at once, where no digests are made. */
static content_emit *emit_of(const struct run *run)
{
	return makes_digests(run) ? on_held_output : on_output;
}

/* Bytes that the next command may say. */
static uint64_t bytes_max(const struct run *run)
{
	uint64_t max = run->plan->options->max_output;

	return max > 0 && max < run->left ? max : run->left;
}

/* Fail a command that was refused, or a program that failed, if strict. */
static int check_end(const struct run *run, const char *command,
		     const struct message *end, struct nf_error *err)
{
	int len = (int)strcspn(command, "\n");

	if (!run->plan->options->strict)
		return 0;
	if (end->end.rejected)
		return error_set(err, NF_COMMAND_REJECTED,
				 "the device refused: %.*s", len, command);
	if (end->end.ran && end->end.signal[0] != '\0')
		return error_set(err, NF_COMMAND_REJECTED,
				 "killed by SIG%s: %s", end->end.signal,
				 command);
	if (end->end.ran && end->end.status < 0)
		return error_set(err, NF_COMMAND_REJECTED,
				 "it ended without a status: %s", command);
	if (end->end.ran && end->end.status != 0)
		return error_set(err, NF_COMMAND_REJECTED, "status %d: %s",
				 (int)end->end.status, command);
	return 0;
}

static int say_end(struct run *run, struct message *end, int64_t *waited_ms)
{
	int rc = 0;

	if (!run->open)
		rc = say_command(run, waited_ms);
	end->type = MESSAGE_END;
	end->end.us = run->us > 0 ? run->us : mono_us() - run->start_us;
	if (rc == 0)
		rc = message_send(run->out, end, waited_ms);
	run->open = false;
	run->us = 0;
	run->number++;
	run->sinks[run->number % 2].bytes_max = bytes_max(run);
	return rc;
}

/* The output of a command is closed: late lines may have refused it. */
static int on_end(void *arg, const struct output_counts *counts, bool whole,
		  int64_t *waited_ms)
{
	struct run *run = arg;
	const char *command = command_of(run, run->number);
	struct message end = {.end = {.status = -1,
				      .rejected = counts->rejected,
				      .truncated = !whole}};

	if (whole && run->failure.code == NF_OK)
		(void)check_end(run, command, &end, &run->failure);
	if (makes_digests(run) && settle_held(run, &end, waited_ms) == -1)
		return -1;
	return say_end(run, &end, waited_ms);
}

/* Send a program's standard error, behind its output. */
static int say_stderr(struct run *run, const struct ssh_exec *exec)
{
	size_t at = 0;

	while (at < exec->err.len) {
		size_t left = exec->err.len - at;
		struct message message = {
			.type = MESSAGE_STDERR,
			.output = {.bytes = exec->err.data + at,
				   .len = left < SINK_PIECE_MAX
						  ? left
						  : SINK_PIECE_MAX}};

		if (say(run, &message) == -1)
			return -1;
		at += message.output.len;
	}
	return 0;
}

/* Refuse a command whose lines would have to be typed. */
static int has_no_shell(struct nf_error *err)
{
	(void)error_set(err, NF_SESSION_DENIED,
			"there is no shell that its lines could be typed into");
	err->sys_errno = ENOEXEC;
	return -1;
}

/* Run a command as a program of its own. */
static int execute(struct run *run, struct session *session,
		   const char *command, struct nf_error *err)
{
	const struct output_sink sink = {
		.emit = emit_of(run), .arg = run, .bytes_max = bytes_max(run)};
	struct message end = {.end = {.ran = true}};
	struct ssh_exec exec = {.status = -1};
	int rc = strchr(command, '\n') == NULL
			 ? session_exec(session, command, &sink, &exec, err)
			 : has_no_shell(err);

	run->us = mono_us() - run->start_us;
	end.end.status = exec.status >= 0 ? exec.status : -1;
	end.end.truncated = exec.err_cut || rc == -1;
	end.end.left_open = exec.left_open;
	memcpy(end.end.signal, exec.signal, sizeof(end.end.signal));
	if (makes_digests(run) &&
	    settle_held(run, &end, &run->deadline_ms) == -1 && rc == 0)
		rc = error_set(err, NF_CANCELLED, "the run was stopped");
	if (say_stderr(run, &exec) == -1 && rc == 0)
		rc = error_set(err, NF_CANCELLED, "the run was stopped");
	buf_release(&exec.err);
	if (say_end(run, &end, &run->deadline_ms) == -1 || rc == -1)
		return -1;
	return check_end(run, command, &end, err);
}

/* Type a command at the shell's prompt. */
static int type(struct run *run, struct session *session, uint32_t number,
		struct nf_error *err)
{
	const char *command = command_of(run, number);
	struct output_sink *sink = &run->sinks[number % 2];
	struct output_counts counts;
	struct message end = {.end = {.status = -1}};
	int rc;

	*sink = (struct output_sink){.emit = emit_of(run),
				     .end = on_end,
				     .arg = run,
				     .bytes_max = bytes_max(run)};
	rc = session_command(session, command, (size_t)number + 1, sink,
			     &counts, err);
	if (rc == -1)
		return -1;
	run->us = mono_us() - run->start_us;
	end.end.rejected = counts.rejected;
	return check_end(run, command, &end, err);
}

static int run_command(struct run *run, struct session *session,
		       uint32_t number, struct nf_error *err)
{
	err->stage = NF_STAGE_COMMAND;
	if (announce(run, err) == -1)
		return -1;
	run->start_us = mono_us();
	return run->exec ? execute(run, session, command_of(run, number), err)
			 : type(run, session, number, err);
}

static int run_commands(struct run *run, struct session *session,
			struct nf_error *err)
{
	size_t platform = run->result.result.platform;
	size_t n = plan_ncommands(run->plan, platform);

	if (plan_check_asked(run->plan, platform, err) == -1) {
		err->stage = NF_STAGE_COMMAND;
		return -1;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (run_command(run, session, i, err) == -1)
			return -1;
		if (run->failure.code != NF_OK)
			return -1;
	}
	return session_check_end(session, err);
}

/* End the output that is open, whether the commands went well or not: of two
 * failures the first is kept. */
static int end_output(struct run *run, struct session *session, int rc,
		      struct nf_error *err)
{
	struct nf_error other = {.stage = err->stage};

	if (session_end_output(session, rc == 0 ? err : &other) == -1)
		return -1;
	if (rc == 0 && run->failure.code == NF_OK)
		return 0;
	if (run->failure.code != NF_OK)
		*err = run->failure;
	return -1;
}

/* Send a text as output, in pieces of a message each. */
static int say_text(struct run *run, const struct buf *text)
{
	for (size_t at = 0; at < text->len; at += SINK_PIECE_MAX) {
		size_t left = text->len - at;
		struct message message = {
			.type = MESSAGE_OUTPUT,
			.output = {.bytes = text->data + at,
				   .len = left < SINK_PIECE_MAX
						  ? left
						  : SINK_PIECE_MAX}};

		if (say(run, &message) == -1)
			return -1;
	}
	return 0;
}

/* Send what was found out, as the output of the one command that there is. */
static void say_found(struct run *run, const struct session *session)
{
	struct message end = {.end = {.status = -1}};
	struct nf_error ignored;
	struct buf text;

	buf_init(&text, PROBING_MAX);
	if (announce(run, &ignored) == 0) {
		end.end.truncated =
			probing_print(&text, session, run->found, run->log,
				      run->plan->options->draft_note) == -1 ||
			say_text(run, &text) == -1;
		(void)say_end(run, &end, &run->deadline_ms);
	}
	buf_release(&text);
}

/* Note the platform that the device proved to be. */
static void on_platform(void *arg, const struct patterns *patterns)
{
	struct run *run = arg;
	const struct worker_state *own = task_io_state(run->out);
	size_t place = 0;

	while (own->patterns[place] != patterns)
		place++;
	run->result.result.platform = (uint32_t)place;
	run->found = patterns_platform(patterns);
	run->exec = plan_executes(run->plan, run->index, run->found);
}

/* Send the prompt early, in case that this worker is killed; the result has it,
 * too. */
static void on_prompt(void *arg, const char *prompt)
{
	struct run *run = arg;
	struct message message = {.type = MESSAGE_PROMPT};

	(void)snprintf(message.prompt, sizeof(message.prompt), "%s", prompt);
	if (run->log != NULL) /* a probe's findings are shown to others */
		redact_text(transcript_log_credentials(run->log),
			    message.prompt, sizeof(message.prompt));
	if (strcmp(run->result.result.prompt, message.prompt) == 0)
		return;
	memcpy(run->result.result.prompt, message.prompt,
	       sizeof(message.prompt));
	(void)say(run, &message);
}

static const struct session_hooks hooks = {
	.on_new_key = on_new_key,
	.on_password = on_password,
	.on_proxy_password = on_proxy_password,
	.on_proxy_login = on_proxy_login,
	.on_request = on_request,
	.on_login = on_login,
	.on_platform = on_platform,
	.on_prompt = on_prompt,
};

static struct session_dialogue dialogue_of(const struct run *run)
{
	const struct plan *plan = run->plan;
	const struct worker_state *own = task_io_state(run->out);
	bool detects = plan_detects(plan, run->index);

	return (struct session_dialogue){
		.exec = run->exec,
		.patterns = own->patterns[plan->platform[run->index]],
		.candidates = own->patterns,
		.ncandidates = detects ? plan->ncandidates : 0,
		.fallback = own->patterns[detects ? plan->fallback : 0],
		.log = run->log,
	};
}

static struct session_target target_of(struct run *run)
{
	const struct plan *plan = run->plan;
	const struct device *dev = inventory_device(plan->inv, run->index);

	return (struct session_target){
		.host = dev->pub.host,
		.port = dev->pub.port,
		.way = &plan->ways.at[run->index],
		.addresses = plan->resolved[run->index].addresses,
		.naddresses = plan->resolved[run->index].naddresses,
		.credentials = &dev->credentials,
		.algorithms = wishes_of(plan, run->index),
		.auth = proofs_order(plan, run->index),
		.asks = plan->options->nask > 0,
		.telnet = dev->telnet,
		.until = plan->options->until,
		.keys = key_plan_of(&plan->login_keys, run->index),
		.times = times_of(plan, run->index),
		.key_host = inventory_key_host(dev),
		.host_keys = plan_host_keys(plan, run->index),
		.known = plan->known,
		.pins = dev->access->hostkey_fingerprint,
		.dialogue = dialogue_of(run),
		.hooks = &hooks,
		.arg = run,
		.stage = &plan->stages.at[run->index],
	};
}

static void run_session(struct run *run)
{
	struct session_target target = target_of(run);
	struct nf_error *err = &run->result.result.error;
	int64_t *us = run->result.result.us;
	int64_t start = mono_us();
	struct session *session = NULL;
	int rc = 0;

	if (session_open(&session, &target, &run->deadline_ms, us,
			 run->result.result.weak, &run->result.result.key,
			 err) == 0) {
		on_prompt(run, session_prompt(session));
		run->result.result.unknown_prompt =
			!session_prompt_is_known(session);
		run->result.result.privileged = session_is_privileged(session);
		if (run->exec && !target.dialogue.exec)
			session_end_shell(session);
		us[NF_TIME_COMMANDS] = -mono_us();
		if (run->log == NULL && target.until == NF_UNTIL_ALL)
			rc = run_commands(run, session, err);
		us[NF_TIME_COMMANDS] += mono_us();
		if (end_output(run, session, rc, err) == 0)
			*err = (struct nf_error){.code = NF_OK};
	}
	us[NF_TIME_TOTAL] = mono_us() - start;
	if (run->log != NULL)
		say_found(run, session);
	(void)say(run, &run->result);
	if (us[NF_TIME_HANDSHAKE] > 0)
		on_login(run); /* a failed login has cost as much as others */
	session_close(session);
}

int task_run(void *ctx, uint32_t index, struct nf_task_io *out,
	     struct nf_error *err)
{
	const struct plan *plan = ctx;
	const struct device *dev = inventory_device(plan->inv, index);
	struct worker_state *own = task_io_state(out);
	struct run *run = calloc(1, sizeof(*run));
	int rc = 0;

	if (run == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a session");
	run->plan = plan;
	run->out = run->asking.out = out;
	run->index = index;
	run->deadline_ms = deadline_clock_ms() + times_session_ms(plan, index);
	run->left = PROTOCOL_OUTPUT_MAX;
	held_init(&run->held, &own->budget, PROTOCOL_OUTPUT_MAX);
	run->failure.stage = NF_STAGE_COMMAND;
	run->exec = plan_executes(
		plan, index,
		patterns_platform(plan->patterns[plan->platform[index]]));
	run->result.type = MESSAGE_RESULT;
	run->result.result.platform = (uint32_t)plan->platform[index];
	if (plan->options->probe)
		rc = transcript_log_new(&run->log, &dev->credentials, err);
	if (rc == 0)
		run_session(run);
	transcript_log_free(run->log);
	held_release(&run->held);
	free(run);
	return rc;
}
