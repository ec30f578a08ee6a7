/*
 * SSH over a transport, with libssh2 from 1.10 on: never blocking, every step
 * under a deadline.
 */
#ifndef NETFAN_TRANSPORT_SSH_SSH_H
#define NETFAN_TRANSPORT_SSH_SSH_H

#include "base/buf.h"
#include "base/sink.h"
#include "transport/auth/auth_means.h"
#include "transport/ssh/algorithms.h"
#include "transport/transport.h"

struct ssh;

#define SSH_SIGNAL_MAX 32 /* of a signal's name, without SIG, and a NUL */

struct ssh_key {
	const char *type; /* "ssh-ed25519"; borrowed from the session */
	const uint8_t *key; /* public key blob, RFC 4253 section 6.6 */
	size_t len;
};

/* Start libssh2 and OpenSSL: once, before the first session and any fork.
 * NF_SYSTEM. */
int ssh_library_init(struct nf_error *err);

/* Fill in what the linked libssh2 speaks, and is offered where nothing is wished
 * but this. NF_SYSTEM. */
int ssh_algorithms(struct algorithms *algorithms, enum legacy legacy,
		   struct nf_error *err);

/*
 * Handshake over tr (borrowed), with what is wished, asking for the host key
 * types in first[0..nfirst) before all others. NF_PROTOCOL (see
 * transport/ssh/greeting.h), NF_NO_COMMON_ALGORITHM, NF_DISCONNECTED (see
 * transport/busy.h), NF_BUSY, NF_TIMEOUT, NF_SYSTEM; NF_INVALID of
 * algorithms_choose().
 */
int ssh_open(struct ssh **out, struct transport *tr,
	     const struct algorithms_wish *wish, const char *const *first,
	     size_t nfirst, int64_t deadline_ms, struct nf_error *err);

/* Get the server's host key, proven by the handshake. NF_PROTOCOL when its type
 * is not known. */
int ssh_host_key(const struct ssh *ssh, struct ssh_key *key,
		 struct nf_error *err);

/* Room for the names of ssh_weak() with a comma between each two. */
#define SSH_WEAK_MAX 160

/* List the weak algorithms in use, each once: how many. Borrowed from libssh2,
 * for as long as the session lives. */
size_t ssh_weak(const struct ssh *ssh, const char *names[KEXINIT_NKINDS]);

/* The server's identification line, such as "SSH-2.0-Cisco-1.25". */
const char *ssh_version(const struct ssh *ssh);

/*
 * Try the method "none" (RFC 4252 section 5.2): *wants is false when the server
 * lets the user in by it. NF_AUTH_FAILED, NF_DISCONNECTED, NF_TIMEOUT,
 * NF_SYSTEM.
 */
int ssh_wants_proof(struct ssh *ssh, const char *user, bool *wants,
		    int64_t deadline_ms, struct nf_error *err);

/*
 * Log in by what the user has to prove to be who it says, in the order that the
 * means have: the course is that of transport/auth/auth.h. A password that is
 * refused ends it, so that nobody is locked out; a key that is declined does
 * not. A question of keyboard-interactive in a field that shows what is typed
 * ends it where there is no reply, before the password is given.
 * NF_AUTH_FAILED, with sys_errno EACCES when a password was refused, ENOMSG
 * behind such a question; what a hook refuses with; NF_DISCONNECTED, NF_TIMEOUT,
 * NF_SYSTEM.
 */
int ssh_login(struct ssh *ssh, const struct auth_means *means,
	      int64_t deadline_ms, struct nf_error *err);

/* Send a keepalive after each every_ms of silence, from now on; libssh2 sends
 * none within two seconds of the last. Behind the login alone. */
void ssh_keep_alive(struct ssh *ssh, int64_t every_ms);

/* Ask for a terminal of that type and width, and a shell. NF_SESSION_DENIED, with
 * sys_errno ENOTTY when one of both was refused; NF_DISCONNECTED, NF_TIMEOUT,
 * NF_SYSTEM. */
int ssh_shell(struct ssh *ssh, const char *term, unsigned columns,
	      int64_t deadline_ms, struct nf_error *err);

/* The shell as a byte stream; lives and ends with the session. */
struct transport *ssh_stream(struct ssh *ssh);

/* Add to err, when it tells that the shell's stream ended, the other side's
 * words. Code as it is, or NF_BUSY. */
void ssh_explain_end(const struct ssh *ssh, struct nf_error *err);

/* Wait for the end of the shell, for at most until deadline_ms, and free its
 * channel: a server may have room for one channel alone. */
void ssh_shell_end(struct ssh *ssh, int64_t deadline_ms);

/* The end of a command that ran in a channel of its own. */
struct ssh_exec {
	uint64_t bytes; /* of output that was passed on */
	struct buf err; /* its stderr, to be released */
	bool err_cut; /* there was more of it */
	bool left_open; /* it had ended, and something holds its output open */
	int status; /* 0-255; 0 also where the server does not say */
	char signal[SSH_SIGNAL_MAX]; /* that killed it, "" for none */
};

#define SSH_EXEC_STDERR_MAX ((size_t)64 * 1024)
#define SSH_EXEC_UNKNOWN (-1) /* it did not come to an end */
#define SSH_EXEC_KILLED (-2)

/*
 * Run a command in a channel of its own, without a terminal, and pass its
 * output on as it is, to its end: or until the server, which told how the
 * command ended, has nothing more to say. *deadline_ms moves by the time the
 * sink made us wait.
 * exec is filled on failure, too. NF_SESSION_DENIED, with sys_errno ENOEXEC when
 * the command was refused; NF_INCOMPLETE when its end was not told, and the
 * output does not look whole; NF_TIMEOUT, NF_DISCONNECTED, NF_OUTPUT_TOO_LARGE,
 * NF_CANCELLED when the sink gave up, NF_SYSTEM.
 */
int ssh_exec(struct ssh *ssh, const char *command,
	     const struct output_sink *sink, int64_t *deadline_ms,
	     struct ssh_exec *exec, struct nf_error *err);

/*
 * Say goodbye, until deadline_ms at the latest, and free. The transport is shut
 * down, not freed. NULL is fine.
 */
void ssh_close(struct ssh *ssh, int64_t deadline_ms);

#endif
