/* One device's conversation. */
#include "session/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/deadline_clock.h"
#include "base/error.h"
#include "dialogue/identify.h"
#include "dialogue/probe.h"
#include "platform/login/login_patterns.h"
#include "transport/ssh/greeting.h"
#include "transport/telnet.h"

#define SHELL_MS 15000
#define ENABLE_MS 30000
#define GOODBYE_MS 1000

#define TELNET_PORT 23

struct session {
	const struct session_target *target;
	struct transport *tr;
	struct ssh *ssh; /* or telnet; the other is NULL */
	struct telnet *telnet;
	struct cli *cli; /* NULL without a shell */
	struct detect detect; /* of its platform, where that is not known */
	struct probe_result *result; /* of a device of no platform, else NULL */
	struct hostcheck_key *key; /* borrowed */
	int64_t *deadline_ms; /* of the whole, borrowed */
	unsigned ntyped; /* answers of a person */
	bool at_prompt; /* a line sent now is taken for a command */
};

/* The end of a step that may take step_ms, within the whole. */
static int64_t step_deadline(const struct session *session, int64_t step_ms)
{
	int64_t end = deadline_clock_ms() + step_ms;

	return end < *session->deadline_ms ? end : *session->deadline_ms;
}

/* What is given for a step, or its default. */
static int64_t given_or(int64_t given_ms, int64_t default_ms)
{
	return given_ms > 0 ? given_ms : default_ms;
}

static int64_t prompt_deadline(const struct session *session)
{
	return step_deadline(session, given_or(session->target->times.prompt_ms,
					       SESSION_PROMPT_MS));
}

static void enter(const struct session *session, enum nf_stage stage,
		  struct nf_error *err)
{
	err->stage = stage;
	atomic_store_explicit(session->target->stage, (unsigned char)stage,
			      memory_order_relaxed);
}

static int do_connect(struct session *session, struct nf_error *err)
{
	enter(session, NF_STAGE_CONNECT, err);
	return way_go(
		session->target, &session->tr,
		given_or(session->target->times.connect_ms, SESSION_CONNECT_MS),
		session->deadline_ms, err);
}

/* Add to err what the inventory has to say of a device that speaks telnet.
 * Another port than telnet's own has to be said, too. */
static void advise_telnet(const struct session_target *target,
			  struct nf_error *err)
{
	const struct platform *platform =
		patterns_platform(target->dialogue.patterns);
	char said[sizeof(err->message)], port[24] = "";

	(void)snprintf(said, sizeof(said), "%s", err->message);
	if (target->port != TELNET_PORT)
		(void)snprintf(port, sizeof(port), " and port: %u",
			       target->port);
	(void)error_set(err, NF_PROTOCOL,
			"%s; for telnet, its inventory entry needs "
			"device_type: %s_telnet%s",
			said, platform->name, port);
}

static struct hostcheck hostcheck_of(const struct session_target *target)
{
	return (struct hostcheck){.host = target->key_host.name,
				  .port = target->key_host.port,
				  .policy = target->host_keys,
				  .known = target->known,
				  .pins = target->pins,
				  .on_new_key = target->hooks->on_new_key,
				  .arg = target->arg};
}

static int do_handshake(struct session *session, struct nf_error *err)
{
	const struct session_target *target = session->target;
	const struct hostcheck check = hostcheck_of(target);
	const char *first[HOSTCHECK_TYPES];
	size_t nfirst = hostcheck_types(&check, first);
	int rc;

	enter(session, NF_STAGE_HANDSHAKE, err);
	rc = ssh_open(
		&session->ssh, session->tr, &target->algorithms, first, nfirst,
		step_deadline(session, given_or(target->times.handshake_ms,
						SESSION_HANDSHAKE_MS)),
		err);
	if (rc == -1 && err->code == NF_PROTOCOL &&
	    err->sys_errno == GREETING_TELNET)
		advise_telnet(target, err);
	return rc;
}

static int do_hostkey(struct session *session, struct nf_error *err)
{
	const struct session_target *target = session->target;
	const struct hostcheck check = hostcheck_of(target);

	enter(session, NF_STAGE_HOSTKEY, err);
	return hostcheck_judge(&check, session->ssh, session->key, err);
}

static int ask_for_password(const struct session *session, struct nf_error *err)
{
	const struct session_target *target = session->target;

	enter(session, NF_STAGE_AUTH, err);
	return target->credentials->password != NULL || target->asks
		       ? target->hooks->on_password(target->arg, err)
		       : 0;
}

static int64_t auth_deadline(const struct session *session)
{
	return step_deadline(session, given_or(session->target->times.auth_ms,
					       SESSION_AUTH_MS));
}

/* The login's time begins when others that wait for the same permit are done. */
static int on_password(void *arg, int64_t *deadline_ms, struct nf_error *err)
{
	const struct session *session = arg;

	if (ask_for_password(session, err) == -1)
		return -1;
	*deadline_ms = auth_deadline(session);
	return 0;
}

/* The reply to a question of keyboard-interactive that shows what is typed. */
static const char *find_reply(void *arg, const uint8_t *question, size_t len)
{
	const struct session *session = arg;
	const struct session_target *target = session->target;
	const struct patterns *patterns = target->dialogue.patterns;
	const char *answer = patterns_login_answer(patterns, question, len);

	if (answer == NULL &&
	    patterns_asks(patterns, question, len) == PATTERNS_USERNAME)
		answer = target->credentials->username;
	return answer;
}

static bool is_typed(void *arg, const uint8_t *question, size_t len)
{
	const struct session *session = arg;

	return patterns_is_typed(session->target->dialogue.patterns, question,
				 len);
}

/* A person answers: the time for that is not the device's. */
static int type(void *arg, const char *question, int64_t *deadline_ms,
		struct passed *typed, struct nf_error *err)
{
	struct session *session = arg;
	const struct session_target *target = session->target;
	int64_t start_ms = deadline_clock_ms(), took_ms;
	int rc;

	if (session->ntyped++ == SESSION_TYPED_MAX)
		return error_set(err, NF_AUTH_FAILED,
				 "a person has answered %d times, and the "
				 "device asks \"%s\"",
				 SESSION_TYPED_MAX, question);
	rc = target->hooks->on_request(target->arg, REQUEST_TYPED, question,
				       start_ms + SESSION_TYPED_MS, typed, err);
	took_ms = deadline_clock_ms() - start_ms;
	*session->deadline_ms += took_ms;
	*deadline_ms += took_ms;
	if (rc == -1 && err->code == NF_TIMEOUT) {
		(void)error_set(err, NF_TIMEOUT,
				"the device asks \"%s\", and nobody answered "
				"in %d s",
				question, SESSION_TYPED_MS / 1000);
		err->sys_errno = ENODATA;
	}
	return rc;
}

static int connect_agent(void *arg, int64_t deadline_ms, struct nf_error *err)
{
	const struct session *session = arg;
	const struct session_target *target = session->target;
	struct passed passed;
	int fd;

	if (target->hooks->on_request(target->arg, REQUEST_AGENT, "",
				      deadline_ms, &passed, err) == -1)
		return -1;
	fd = passed_take_fd(&passed);
	passed_release(&passed);
	return fd != -1 ? fd
			: error_set(err, NF_SYSTEM,
				    "no connection to the agent");
}

static const struct auth_hooks auth_hooks = {.on_password = on_password,
					     .reply = find_reply,
					     .is_typed = is_typed,
					     .type = type,
					     .connect_agent = connect_agent};

static int do_login(struct session *session, struct nf_error *err)
{
	const struct session_target *target = session->target;
	const struct auth_means means = {.credentials = target->credentials,
					 .keys = target->keys,
					 .asks = target->asks,
					 .order = target->auth,
					 .hooks = &auth_hooks,
					 .arg = session};
	bool wants;

	enter(session, NF_STAGE_AUTH, err);
	if (ssh_wants_proof(session->ssh, target->credentials->username, &wants,
			    auth_deadline(session), err) == -1)
		return -1;
	return wants ? ssh_login(session->ssh, &means, auth_deadline(session),
				 err)
		     : 0;
}

/* Open the shell: a byte stream, or NULL with *err set. */
static struct transport *open_shell(struct session *session,
				    struct nf_error *err)
{
	const struct session_target *target = session->target;
	const struct platform *platform =
		patterns_platform(target->dialogue.patterns);

	if (target->telnet)
		return telnet_open(&session->telnet, session->tr,
				   platform->term, platform->columns,
				   TERMINAL_ROWS, err) == 0
			       ? telnet_stream(session->telnet)
			       : NULL;
	return ssh_shell(
		       session->ssh, platform->term, platform->columns,
		       step_deadline(session, given_or(target->times.prompt_ms,
						       SHELL_MS)),
		       err) == 0
		       ? ssh_stream(session->ssh)
		       : NULL;
}

static void listen_to_banner(struct session *session)
{
	const char *version =
		session->ssh != NULL ? ssh_version(session->ssh) : "";

	detect_banner(&session->detect, (const uint8_t *)version,
		      strlen(version));
	cli_listen(session->cli, identify_banner, &session->detect);
}

/* Switch to the detected platform. If none matched, keep the line ending found
 * while probing. */
static int set_platform(struct session *session, size_t found,
			struct nf_error *err)
{
	const struct session_target *target = session->target;
	const struct session_dialogue *dialogue = &target->dialogue;
	bool detected = found < dialogue->ncandidates;
	const struct patterns *patterns =
		detected ? dialogue->candidates[found] : dialogue->fallback;

	target->hooks->on_platform(target->arg, patterns);
	return cli_set_platform(session->cli, patterns,
				detected ? NULL : cli_enter(session->cli),
				prompt_deadline(session), err);
}

static int detect_platform(struct session *session, struct nf_error *err)
{
	const struct session_target *target = session->target;
	size_t found;

	if (identify(session->cli, &session->detect, prompt_deadline(session),
		     err) == -1)
		return -1;
	found = detect_found(&session->detect);
	if (found == target->dialogue.ncandidates &&
	    target->dialogue.log != NULL)
		return probe_device(&session->result, session->cli,
				    target->credentials,
				    prompt_deadline(session), err);
	return set_platform(session, found, err);
}

static int do_prompt(struct session *session, struct nf_error *err)
{
	const struct session_target *target = session->target;
	struct login login = {.credentials = target->credentials,
			      .needs_pause = !target->telnet,
			      .type = type,
			      .arg = session};
	struct transport *shell;

	enter(session, NF_STAGE_SHELL, err);
	shell = open_shell(session, err);
	if (shell == NULL ||
	    cli_new(&session->cli, shell, target->dialogue.patterns, err) == -1)
		return -1;
	enter(session, NF_STAGE_PROMPT, err);
	cli_set_log(session->cli, target->dialogue.log, target->credentials);
	if (target->telnet)
		telnet_keep_alive(session->telnet, target->times.keepalive_ms);
	if (target->telnet)
		cli_set_telnet(
			session->cli,
			telnet_side(patterns_platform(target->dialogue.patterns)
					    ->columns));
	if (target->dialogue.ncandidates > 0)
		listen_to_banner(session);
	if (cli_find_prompt(session->cli, &login, prompt_deadline(session),
			    err) == -1)
		return -1;
	if (target->dialogue.ncandidates > 0 &&
	    detect_platform(session, err) == -1)
		return -1;
	if (session->result != NULL)
		return 0;
	target->hooks->on_prompt(target->arg, cli_prompt(session->cli));
	enter(session, NF_STAGE_ENABLE, err);
	if (cli_enable(session->cli, target->credentials,
		       step_deadline(session, given_or(target->times.prompt_ms,
						       ENABLE_MS)),
		       err) == -1)
		return -1;
	target->hooks->on_prompt(target->arg, cli_prompt(session->cli));
	return 0;
}

/* Take a step and its time. */
static int timed(struct session *session,
		 int (*step)(struct session *session, struct nf_error *err),
		 int64_t *us, struct nf_error *err)
{
	int64_t start = mono_us();
	int rc = step(session, err);

	*us = mono_us() - start;
	return rc;
}

/* Check the host key and log in: one time for both, as neither waits for other
 * devices. */
static int do_auth(struct session *session, struct nf_error *err)
{
	if (do_hostkey(session, err) == -1)
		return -1;
	return session->target->until == NF_UNTIL_HOSTKEY
		       ? 0
		       : do_login(session, err);
}

static void write_weak(const struct ssh *ssh, char weak[SSH_WEAK_MAX])
{
	const char *names[KEXINIT_NKINDS];
	size_t n = ssh_weak(ssh, names), len = 0;

	for (size_t i = 0; i < n && len < SSH_WEAK_MAX; i++)
		len += (size_t)snprintf(weak + len, SSH_WEAK_MAX - len, "%s%s",
					i > 0 ? "," : "", names[i]);
}

/* Handshake, host key and login. By telnet they are the shell's own. */
static int open_ssh(struct session *session, int64_t us[NF_NTIMES],
		    char weak[SSH_WEAK_MAX], struct nf_error *err)
{
	if (timed(session, do_handshake, &us[NF_TIME_HANDSHAKE], err) == -1)
		return -1;
	write_weak(session->ssh, weak);
	return timed(session, do_auth, &us[NF_TIME_AUTH], err);
}

static int open_steps(struct session *session, int64_t us[NF_NTIMES],
		      char weak[SSH_WEAK_MAX], struct nf_error *err)
{
	if (timed(session, do_connect, &us[NF_TIME_CONNECT], err) == -1)
		return -1;
	if (session->target->until == NF_UNTIL_CONNECT)
		return 0;
	if (session->target->telnet)
		(void)stpcpy(weak, "telnet");
	else if (open_ssh(session, us, weak, err) == -1)
		return -1;
	if (session->target->until != NF_UNTIL_ALL)
		return 0;
	/* By telnet the login is to come: where a person answers, it goes on
	 * until the prompt. */
	if (!session->target->telnet || !session->target->asks)
		session->target->hooks->on_login(session->target->arg);
	if (session->ssh != NULL)
		ssh_keep_alive(session->ssh,
			       session->target->times.keepalive_ms);
	if (session->target->telnet && ask_for_password(session, err) == -1)
		return -1;
	if (session->target->dialogue.exec)
		return 0;
	return timed(session, do_prompt, &us[NF_TIME_PROMPT], err);
}

/* Let the other side's words say why its shell came to an end. */
static void explain_end(const struct session *session, struct nf_error *err)
{
	if (session->ssh != NULL)
		ssh_explain_end(session->ssh, err);
	way_explain_end(session->target, session->tr, err);
}

int session_open(struct session **out, const struct session_target *target,
		 int64_t *deadline_ms, int64_t us[NF_NTIMES],
		 char weak[SSH_WEAK_MAX], struct hostcheck_key *key,
		 struct nf_error *err)
{
	struct session *session = calloc(1, sizeof(*session));

	err->stage = NF_STAGE_CONNECT;
	weak[0] = '\0';
	*key = (struct hostcheck_key){0};
	if (session == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a session");
	session->target = target;
	session->key = key;
	session->deadline_ms = deadline_ms;
	if (detect_begin(&session->detect, target->dialogue.candidates,
			 target->dialogue.ncandidates, err) == -1 ||
	    open_steps(session, us, weak, err) == -1) {
		explain_end(session, err);
		session_close(session);
		return -1;
	}
	session->at_prompt = target->until == NF_UNTIL_ALL &&
			     !target->dialogue.exec && session->result == NULL;
	*out = session;
	return 0;
}

/* Say goodbye to a shell in which no output is open. */
static void log_out(const struct session *session)
{
	struct nf_error ignored;

	(void)cli_logout(session->cli, *session->deadline_ms, &ignored);
}

void session_end_shell(struct session *session)
{
	log_out(session);
	cli_free(session->cli);
	session->cli = NULL;
	session->at_prompt = false;
	ssh_shell_end(session->ssh, step_deadline(session, GOODBYE_MS));
}

/* The end of a command that is sent now. */
static int64_t command_deadline(const struct session *session)
{
	int64_t command_ms = session->target->times.command_ms;

	return command_ms > 0 ? step_deadline(session, command_ms)
			      : *session->deadline_ms;
}

int session_command(struct session *session, const char *command, size_t number,
		    const struct output_sink *sink,
		    struct output_counts *counts, struct nf_error *err)
{
	int64_t end = command_deadline(session), moving = end;
	int rc;

	enter(session, NF_STAGE_COMMAND, err);
	cli_set_command_number(session->cli, number);
	rc = cli_command(session->cli, command, sink, &moving, counts, err);
	*session->deadline_ms += moving - end;
	session->at_prompt = rc == 0 && cli_lines_mark(session->cli) == NULL;
	if (rc == -1)
		explain_end(session, err);
	return rc;
}

int session_check_end(const struct session *session, struct nf_error *err)
{
	const char *mark =
		session->cli != NULL ? cli_lines_mark(session->cli) : NULL;

	if (mark == NULL)
		return 0;
	return error_set(err, NF_NO_PROMPT,
			 "the commands are over, and it still takes the lines "
			 "of one: '%s' ends them",
			 mark);
}

int session_end_output(struct session *session, struct nf_error *err)
{
	int rc;

	if (session->cli == NULL || !cli_is_open(session->cli))
		return 0;
	session->at_prompt = false;
	rc = cli_logout(session->cli, *session->deadline_ms, err);
	if (rc == -1)
		explain_end(session, err);
	return rc;
}

/*
 * Did the server run nothing, as the password has expired? OpenSSH's says so in
 * the command's place, the last behind whatever PAM has to say.
 */
static bool has_expired(const struct ssh_exec *exec)
{
	static const char text[] =
		"WARNING: Your password has expired.\n"
		"Password change required but no TTY available.\n";
	const size_t len = sizeof(text) - 1;

	return exec->status == 1 && exec->bytes == 0 && exec->err.len >= len &&
	       memcmp(exec->err.data + exec->err.len - len, text, len) == 0;
}

int session_exec(struct session *session, const char *command,
		 const struct output_sink *sink, struct ssh_exec *exec,
		 struct nf_error *err)
{
	int64_t end = command_deadline(session), moving = end;
	int rc;

	enter(session, NF_STAGE_COMMAND, err);
	rc = ssh_exec(session->ssh, command, sink, &moving, exec, err);
	*session->deadline_ms += moving - end;
	if (rc == -1)
		return -1;
	if (!has_expired(exec))
		return 0;
	enter(session, NF_STAGE_AUTH, err);
	(void)error_set(err, NF_AUTH_FAILED,
			"user %s: the device demands a new password",
			session->target->credentials->username);
	err->sys_errno = EKEYEXPIRED;
	return -1;
}

const struct probe_result *session_probe_result(const struct session *session)
{
	return session->result;
}

const char *session_evidence(const struct session *session)
{
	return detect_evidence(&session->detect);
}

const char *session_prompt(const struct session *session)
{
	return session->cli != NULL ? cli_prompt(session->cli) : "";
}

bool session_prompt_is_known(const struct session *session)
{
	return session->cli == NULL || cli_prompt_is_known(session->cli);
}

bool session_is_privileged(const struct session *session)
{
	return session->cli != NULL && cli_is_privileged(session->cli);
}

void session_close(struct session *session)
{
	if (session == NULL)
		return;
	/* A goodbye typed elsewhere could answer a question that is open. */
	if (session->at_prompt)
		log_out(session);
	cli_free(session->cli);
	telnet_close(session->telnet);
	ssh_close(session->ssh, deadline_clock_ms() + GOODBYE_MS);
	transport_free(session->tr);
	probe_result_free(session->result);
	detect_end(&session->detect);
	free(session);
}
