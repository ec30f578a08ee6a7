/* The parts of an SSH connection: for ssh.c, auth.c and channel.c alone.
 */
#ifndef NETFAN_TRANSPORT_SSH_SSH_PARTS_H
#define NETFAN_TRANSPORT_SSH_SSH_PARTS_H

#include <libssh2.h>

#include "transport/ssh/ssh.h"

struct ssh {
	struct transport stream; /* the shell's channel */
	struct transport *tr; /* borrowed */
	LIBSSH2_SESSION *session;
	LIBSSH2_CHANNEL *channel;
	bool had_channel; /* one that has ended */
	struct algorithms algorithms; /* what it may offer */
	uint8_t *head; /* the server's first bytes, until the handshake ends */
	size_t head_len;
	size_t head_at; /* what libssh2 has of it */
	bool greeted; /* its identification line has come */
	bool sound; /* and a KEXINIT that libssh2 may see */
	bool opened; /* the handshake is done */
	size_t run; /* bytes received in this call */
	size_t memory; /* bytes that libssh2 holds */
	bool late; /* past the deadline it had one more look already */
	bool ended; /* the other side said all it will say */
	bool closing; /* we said all we will say */
	int sys_errno; /* of a connection that broke, else 0 */
	const char *methods; /* of login that it offers; libssh2's */
	const char *password; /* borrowed while logging in */
	unsigned rounds; /* of questions so far */
	bool answered; /* the password was given */
	bool asks_new; /* it demands a new password */
	bool silent; /* a question has no answer: nothing more is sent */
	char question[64]; /* that one, for a message */
	char weak[SSH_WEAK_MAX];
};

/* Memory within a session's bound, which libssh2 frees; *abstract is the ssh.
 */
void *ssh_alloc(size_t len, void **abstract);

/* After EAGAIN: 0 when to try again, -1 when there is no use in that. */
int ssh_wait(struct ssh *ssh, int64_t deadline_ms, struct nf_error *err);

/* What libssh2 waits for. */
unsigned ssh_directions(const struct ssh *ssh);

/* Turn libssh2's rc into an error of ours, code where nothing else is known. */
int ssh_fail(const struct ssh *ssh, int rc, enum nf_code code,
	     struct nf_error *err);

/* Call again as long as libssh2 says EAGAIN; it stays so when waiting fails. */
#define UNTIL_DONE(rc, call, ssh, deadline_ms, err)                            \
	do                                                                     \
		(rc) = (call);                                                 \
	while ((rc) == LIBSSH2_ERROR_EAGAIN &&                                 \
	       ssh_wait((ssh), (deadline_ms), (err)) == 0)

#endif
