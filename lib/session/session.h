/*
 * One device's conversation: connect, handshake, host key, login, prompt,
 * privileges, commands, goodbye. Straight-line code for a fiber; each step has
 * a deadline of its own below that of the whole.
 */
#ifndef NETFAN_SESSION_H
#define NETFAN_SESSION_H

#include <stdatomic.h>
#include <sys/socket.h>

#include "credentials/credentials.h"
#include "dialogue/cli.h"
#include "dialogue/probe.h"
#include "dialogue/transcript_log.h"
#include "hostkeys/hostkeys.h"
#include "platform/detect.h"
#include "transport/ssh/ssh.h"

/* An address to connect to, as getaddrinfo(3) gave it. */
struct address {
	struct sockaddr_storage sockaddr;
	socklen_t len;
};

/* Everything is borrowed and outlives the session. */
struct session_target {
	const char
		*host; /* as the inventory says it: known_hosts names it so */
	uint16_t port;
	const struct address *addresses; /* tried in this order */
	size_t naddresses; /* at least 1 */
	const struct credentials *credentials;
	enum legacy legacy;
	bool telnet; /* neither keys nor legacy have a meaning then */
	bool exec; /* commands in channels of their own, without a shell */
	const struct patterns *patterns;
	/* What it may prove to be, and what it is taken for when it proves to
	 * be none of them; n is 0 where its platform is known. */
	struct patterns *const *candidates;
	size_t ncandidates;
	const struct patterns *otherwise;
	struct transcript_log *log; /* of what is said in the shell; NULL: none.
				  One who is none of the candidates is asked
				  what it is, then */
	enum nf_host_keys host_keys;
	const struct hostkeys *known; /* NULL when host_keys is off */
	/* Asked before the login about a key of a host that is not known, when
	 * new ones are accepted: 0, or -1 to refuse it. */
	int (*on_new_key)(void *arg, const struct ssh_key *key,
			  struct nf_error *err);
	/* Asked before the password is offered: 0, or -1 not to. */
	int (*on_password)(void *arg, struct nf_error *err);
	void (*on_login)(void *arg); /* when the device has let us in */
	/* When it was found out: one of the candidates, or otherwise. */
	void (*on_platform)(void *arg, const struct patterns *patterns);
	/* When the prompt was found, and when it may be another one. */
	void (*on_prompt)(void *arg, const char *prompt);
	/* Where each step is told, as in err->stage: for whoever looks on. */
	atomic_uchar *stage;
	void *arg;
};

/* A deadline below 30 s makes healthy devices fail when thousands of handshakes
 * share two cores. */
#define SESSION_HANDSHAKE_MS 30000

struct session;

/*
 * Open a session on a fiber. *deadline_ms is the whole session's and may be
 * moved by whoever makes the session wait. On failure err->stage tells how far
 * it came. us[] collects the time of every step, on failure too; weak
 * (SSH_WEAK_MAX bytes) what weak algorithms were agreed on.
 */
int session_open(struct session **out, const struct session_target *target,
		 int64_t *deadline_ms, int64_t us[NF_NTIMES],
		 char weak[SSH_WEAK_MAX], struct nf_error *err);

/* No more is typed: commands are run in channels of their own from now on. */
void session_end_shell(struct session *session);

/* Run one command, which is this one of the plan: see cli_command(). */
int session_command(struct session *session, const char *command, size_t number,
		    const struct output_sink *sink,
		    struct output_counts *answer, struct nf_error *err);

/* The same without a shell: see ssh_exec(). */
int session_exec(struct session *session, const char *command,
		 const struct output_sink *sink, struct ssh_exec *exec,
		 struct nf_error *err);

/* What was found out of one who is none of the candidates; NULL otherwise. */
const struct probe_result *session_probe_result(const struct session *session);

/* The line by which the platform was detected, "" for none. */
const char *session_evidence(const struct session *session);

const char *session_prompt(const struct session *session);

/* Say goodbye, in at most a second, and free. NULL is fine. */
void session_close(struct session *session);

#endif
