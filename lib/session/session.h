/*
 * One device's conversation: connect, handshake, host key, login, prompt,
 * privileges, commands, goodbye. Straight-line code for a fiber; each step has
 * a deadline of its own below that of the whole.
 */
#ifndef NETFAN_SESSION_H
#define NETFAN_SESSION_H

#include <stdatomic.h>

#include "base/passed.h"
#include "credentials/credentials.h"
#include "dialogue/cli.h"
#include "dialogue/probe.h"
#include "platform/detect.h"
#include "session/hostcheck.h"
#include "session/way.h"
#include "terminal/transcript_log.h"
#include "transport/ssh/ssh.h"

/* How a device is spoken to once it has let us in. */
struct session_dialogue {
	bool exec; /* commands in channels of their own, without a shell */
	const struct patterns *patterns; /* before its platform is detected */
	/* The platforms among which its own is detected, and the one to take it
	 * for if none matches; n is 0 where the platform is known. */
	struct patterns *const *candidates;
	size_t ncandidates;
	const struct patterns *fallback;
	/* Keeps what is said in the shell; NULL: nothing is kept. With a log, a
	 * device of none of the candidates is probed. */
	struct transcript_log *log;
};

/* Calls in the course of a session, on its fiber. */
struct session_hooks {
	/* May this key of a host that has none yet be accepted? 0, or -1 with
	 * *err. Called before the login, when new keys are accepted. */
	int (*on_new_key)(void *arg, const struct ssh_key *key,
			  struct nf_error *err);
	/* May the password be offered? 0, or -1 with *err. Called where there
	 * is one, before it is offered, or by telnet before the device asks. */
	int (*on_password)(void *arg, struct nf_error *err);
	/* Likewise, of the proxy before the device; and it was accepted. */
	int (*on_proxy_password)(void *arg, struct nf_error *err);
	void (*on_proxy_login)(void *arg);
	/*
	 * Ask the parent for something, text being more of it, or "". It waits
	 * until deadline_ms. 0 and *passed, to be released; -1 with NF_TIMEOUT,
	 * NF_CANCELLED, and what the parent refuses with: EAGAIN as sys_errno
	 * says to ask again a moment later.
	 */
	int (*on_request)(void *arg, enum request_kind kind, const char *text,
			  int64_t deadline_ms, struct passed *passed,
			  struct nf_error *err);
	/* The device has let us in; by telnet, its own login is to come. */
	void (*on_login)(void *arg);
	/* The platform was detected: a candidate, or the fallback. */
	void (*on_platform)(void *arg, const struct patterns *patterns);
	/* The prompt was found, or found again where it may have changed. */
	void (*on_prompt)(void *arg, const char *prompt);
};

/* Every pointer is borrowed and outlives the session. */
struct session_target {
	const char *host; /* as the inventory has it */
	uint16_t port;
	struct host key_host; /* by which known_hosts has its key */
	const struct way *way;
	const struct address *addresses; /* of a direct way, in this order */
	size_t naddresses; /* at least 1 then */
	bool telnet; /* instead of SSH, as is all up to the credentials */
	struct algorithms_wish algorithms; /* texts borrowed, as all else */
	enum nf_until until;
	enum nf_host_keys host_keys;
	const struct hostkeys *known; /* NULL when host_keys is off */
	const char *pins; /* of its host key, as hostcheck.h has them */
	const struct credentials *credentials;
	struct login_keys keys; /* to be offered before the password */
	struct auth_order auth; /* which proofs are tried, in which order */
	bool asks; /* a person answers what the patterns have for that */
	struct nf_times times; /* of the steps; 0: those of session.c */
	struct session_dialogue dialogue;
	const struct session_hooks *hooks;
	void *arg; /* of the hooks */
	atomic_uchar *stage; /* shows others the step, as err->stage has it */
};

/* What the steps may take where nothing is given. A handshake's below 30 s
 * makes healthy devices fail when thousands share two cores. */
#define SESSION_CONNECT_MS 15000
#define SESSION_HANDSHAKE_MS 30000
#define SESSION_AUTH_MS 45000
#define SESSION_PROMPT_MS 45000

#define SESSION_TYPED_MS 120000 /* that a person has for an answer */
#define SESSION_TYPED_MAX 4 /* answers of a person in one session */
#define SESSION_TURN_MS 1800000 /* up to its turn at a jump host */

struct session;

/*
 * Open a session on a fiber. *deadline_ms is the whole session's; a hook or a
 * sink that makes the session wait may move it. us[] collects the time of every
 * step, on failure too; weak the names of weak algorithms that were agreed on,
 * with commas between them, or "telnet"; *key the host key.
 *
 * Where the target says to stop before the login, the session is only good to
 * be closed.
 *
 * On failure err->stage is the step that failed. The codes are those of
 * way_go(), ssh_open() or telnet_open(), ssh_login(), ssh_shell(),
 * cli_find_prompt(), cli_set_platform() and cli_enable(), NF_HOSTKEY_UNKNOWN,
 * NF_HOSTKEY_CHANGED and NF_HOSTKEY_REVOKED, those of a hook that refuses, and
 * NF_SYSTEM.
 */
int session_open(struct session **out, const struct session_target *target,
		 int64_t *deadline_ms, int64_t us[NF_NTIMES],
		 char weak[SSH_WEAK_MAX], struct hostcheck_key *key,
		 struct nf_error *err);

/* Leave the shell: commands are run in channels of their own from now on. */
void session_end_shell(struct session *session);

/* Run a command, the number-th of the session from 1 on, in the shell. A sink
 * that has an end is borrowed until then. Codes as cli_command(); NF_TIMEOUT,
 * too, when it took longer than a command may: the sink has what came. */
int session_command(struct session *session, const char *command, size_t number,
		    const struct output_sink *sink,
		    struct output_counts *counts, struct nf_error *err);

/* Check that no command was the last too early: the device may still take the
 * lines of one. NF_NO_PROMPT. */
int session_check_end(const struct session *session, struct nf_error *err);

/* Say goodbye in the shell if the output of the last command is open: its end
 * comes by that. Codes as cli_logout(). */
int session_end_output(struct session *session, struct nf_error *err);

/* Run a command in a channel of its own, without a shell. Codes as
 * ssh_exec(), and NF_AUTH_FAILED when the server ran nothing, as it demands a
 * new password. */
int session_exec(struct session *session, const char *command,
		 const struct output_sink *sink, struct ssh_exec *exec,
		 struct nf_error *err);

/* The result of probing a device of none of the candidates, else NULL. */
const struct probe_result *session_probe_result(const struct session *session);

/* The line by which the platform was detected, "" for none. */
const char *session_evidence(const struct session *session);

/* The prompt as found, "" before that and without a shell. */
const char *session_prompt(const struct session *session);

/* Is it one of the platform's? So is that of a session without a shell. */
bool session_prompt_is_known(const struct session *session);

/* Is the prompt a privileged one, of a platform that has enable? */
bool session_is_privileged(const struct session *session);

/* Say goodbye, in at most a second, and free. NULL is fine. */
void session_close(struct session *session);

#endif
