/* The parts of an SSH connection: for ssh.c, channel.c and the files of auth
 * alone. */
#ifndef NETFAN_TRANSPORT_SSH_SSH_PARTS_H
#define NETFAN_TRANSPORT_SSH_SSH_PARTS_H

#include <libssh2.h>

#include "transport/auth/agent.h"
#include "transport/auth/auth.h"
#include "transport/ssh/disconnect.h"
#include "transport/ssh/refusal.h"
#include "transport/ssh/ssh.h"

/* How far the handshake has come. */
enum ssh_phase {
	SSH_BANNER, /* the server's identification line has yet to come */
	SSH_KEXINIT, /* its KEXINIT has yet to come whole, and to be checked */
	SSH_KEX, /* libssh2 exchanges keys */
	SSH_OPEN, /* the handshake is done */
};

/* The login: what the server offers, what was tried, and what came of it. */
struct ssh_login {
	const struct auth_means *means; /* borrowed; NULL: none is under way */
	int64_t deadline_ms; /* of it; hooks move it */
	const char *offered; /* methods, comma-separated; NULL: not asked yet */
	char wanted[AUTH_WANTED_MAX]; /* what it offers behind a failure */
	size_t tried[AUTH_NKINDS]; /* by kind: keys, or once */
	char accepted[AUTH_WANTED_MAX]; /* names of partial successes */
	struct agent agent; /* its connection, once it has to sign */
	char agent_trouble[124]; /* why it did not, for a hint */
	const char *hint; /* why a key was not offered whole; or NULL */
	bool permitted; /* the password may be given */
	bool given; /* a password was, in this try */
	bool typed; /* an answer of a person was */
	struct auth_failure failure; /* of this try; wanted is "" for none */
	bool attempting; /* replies are listened to */
	/* Of keyboard-interactive: */
	unsigned rounds; /* of questions */
	bool answered; /* the password was given, by this method or before */
	bool new_password; /* the server demands one */
	bool stuck; /* a question has no answer: nothing more is sent */
	bool hidden; /* that question hides what is typed */
	struct nf_error *why; /* of the try, borrowed while it answers */
	bool unanswered; /* a person gave no answer: *why says why */
	char question[128]; /* that question, for a message */
};

struct ssh {
	struct transport stream; /* the shell's channel */
	struct transport *tr; /* borrowed */
	LIBSSH2_SESSION *session;
	LIBSSH2_CHANNEL *channel; /* NULL: none is open */
	struct algorithms algorithms; /* that may be offered */
	struct keepalive keepalive; /* from the login on */
	enum ssh_phase phase;
	uint8_t *head; /* the server's first bytes, until the handshake ends */
	size_t head_len;
	size_t head_at; /* libssh2 has read head[0..head_at) */
	int64_t quiet_ms; /* when the greeting is another protocol's, or 0 */
	struct ssh_login login;
	struct disconnect disconnect; /* of the other side */
	bool opening; /* a channel: a refusal is listened to */
	struct channel_refusal refusal; /* why it was not opened */
	bool deaf; /* nothing is received */
	bool giving_up; /* on a channel that is opened: see tunnel.c */
	size_t run; /* bytes received in this call of libssh2 */
	size_t memory; /* bytes that libssh2 holds */
	size_t memory_max;
	bool overfull; /* it was refused more */
	int sys_errno; /* of a connection that broke, else 0 */
	bool ended; /* the other side has sent all it will send */
	bool closing; /* we have */
	bool late; /* past the deadline there was one more look already */
	bool had_channel; /* a channel was open, and has ended */
	uint32_t nchannels; /* asked for: libssh2 numbers them from 0 */
	bool exited; /* the command of the last has ended, says the server */
	bool tells_status; /* it said so of a command before */
};

/* Memory within a session's bound, which libssh2 frees; *abstract is the
 * struct ssh. */
void *ssh_alloc(size_t len, void **abstract);

/* Wait after LIBSSH2_ERROR_EAGAIN: 0 when to call libssh2 again, -1 with
 * NF_TIMEOUT, NF_DISCONNECTED or NF_SYSTEM. */
int ssh_wait(struct ssh *ssh, int64_t deadline_ms, struct nf_error *err);

/* The directions that libssh2 waits for: WAIT_IN, WAIT_OUT. */
unsigned ssh_directions(const struct ssh *ssh);

/* Turn libssh2's rc into an error: NF_DISCONNECTED or NF_TIMEOUT where it is
 * that, else code. Behind LIBSSH2_ERROR_EAGAIN *err stays as ssh_wait() left
 * it. */
int ssh_fail(const struct ssh *ssh, int rc, enum nf_code code,
	     struct nf_error *err);

/* Call again as long as libssh2 says EAGAIN; it stays so when waiting fails. */
#define UNTIL_DONE(rc, call, ssh, deadline_ms, err)                            \
	do                                                                     \
		(rc) = (call);                                                 \
	while ((rc) == LIBSSH2_ERROR_EAGAIN &&                                 \
	       ssh_wait((ssh), (deadline_ms), (err)) == 0)

#endif
