/* SSH over a transport, with libssh2. */
#include "transport/ssh/ssh.h"

#include <errno.h>
#include <libssh2.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/printable.h"
#include "base/wire.h"
#include "fiber/fiber.h"
#include "transport/busy.h"
#include "transport/ssh/greeting.h"
#include "transport/ssh/ssh_parts.h"

#define MEMORY_MAX ((size_t)16 * 1024 * 1024) /* of one session in libssh2 */
#define RUN_MAX ((size_t)4 * 1024 * 1024) /* in a call: twice the window */
#define HEAD_MAX KEXINIT_WITHIN
#define MSG_CHANNEL_REQUEST 98 /* RFC 4250 section 4.1.2 */

/*
 * OpenSSL's clean-up at exit() is left out: a thread that was given up on may
 * still be within it, and it frees nothing that the system does not.
 */
int ssh_library_init(struct nf_error *err)
{
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL) != 1)
		return error_set(err, NF_SYSTEM, "OpenSSL does not start");
	if (libssh2_init(0) != 0)
		return error_set(err, NF_SYSTEM, "libssh2 does not start");
	return 0;
}

/* ---- libssh2's memory: bounded, as it queues whatever is sent to it */

void *ssh_alloc(size_t len, void **abstract)
{
	struct ssh *ssh = *abstract;
	void *memory;

	if (ssh->memory > ssh->memory_max ||
	    len > ssh->memory_max - ssh->memory) {
		ssh->overfull = true;
		return NULL;
	}
	memory = calloc(1, len); /* libssh2 reads beyond what it has filled */
	if (memory != NULL)
		ssh->memory += malloc_usable_size(memory);
	return memory;
}

/*
 * Is it a message that tells how the command of the last channel ended (RFC
 * 4254 section 6.10)? libssh2 below 1.12.0 does not tell a status of 0 from
 * none.
 */
static bool is_exit_message(const struct ssh *ssh, const uint8_t *message,
			    size_t len)
{
	static const char status[] = "exit-status", signal[] = "exit-signal";
	const size_t name_len = sizeof(status) - 1;

	return len >= 9 + name_len && message[0] == MSG_CHANNEL_REQUEST &&
	       wire_u32(message + 1) + 1 == ssh->nchannels &&
	       wire_u32(message + 5) == name_len &&
	       (memcmp(message + 9, status, name_len) == 0 ||
		memcmp(message + 9, signal, name_len) == 0);
}

/*
 * Wipe before freeing: passwords and keys are in there. Messages are read as
 * libssh2 is done with them, for what it does not tell: of a failed login,
 * whether it was a partial success; of a refused channel, the words; of a
 * command, whether it has ended.
 */
static void on_free(void *memory, void **abstract)
{
	struct ssh *ssh = *abstract;
	size_t len = malloc_usable_size(memory);

	if (memory == NULL)
		return;
	if (ssh->login.attempting)
		(void)auth_failure_decode(&ssh->login.failure, memory, len);
	ssh->exited |= is_exit_message(ssh, memory, len);
	if (ssh->opening)
		channel_refusal_decode(&ssh->refusal, memory, len);
	explicit_bzero(memory, len);
	free(memory);
	ssh->memory -= len;
}

static void *on_realloc(void *memory, size_t len, void **abstract)
{
	size_t old = malloc_usable_size(memory);
	void *moved = ssh_alloc(len, abstract);

	if (moved == NULL || memory == NULL)
		return moved;
	memcpy(moved, memory, old < len ? old : len);
	on_free(memory, abstract);
	return moved;
}

/* ---- libssh2's side of the transport */

/*
 * Make room in a head that is full before the identification line has come
 * (RFC 4253 section 4.2): lines that were finished are dropped.
 */
static void drop_lines(struct ssh *ssh)
{
	const uint8_t *newline = memrchr(ssh->head, '\n', ssh->head_len);
	size_t drop = newline != NULL ? (size_t)(newline - ssh->head) + 1 : 0;

	if (drop == 0) /* one endless line: no SSH server */
		ssh->ended = true;
	ssh->head_len -= drop;
	memmove(ssh->head, ssh->head + drop, ssh->head_len);
}

/*
 * Find the server's identification line: true when it has come whole, and the
 * head begins with it. Lines before it are dropped: one that is empty would
 * stop libssh2 1.10.
 */
static bool find_identification(struct ssh *ssh)
{
	const char *head = (const char *)ssh->head;
	const char *line = kexinit_banner(head, ssh->head_len);
	size_t before = line != NULL ? (size_t)(line - head) : 0;

	if (line == NULL ||
	    memchr(line, '\n', ssh->head_len - before) == NULL) {
		if (ssh->head_len == HEAD_MAX)
			drop_lines(ssh);
		return false;
	}
	ssh->head_len -= before;
	memmove(ssh->head, line, ssh->head_len);
	ssh->ended |= !greeting_speaks_version(ssh->head, ssh->head_len);
	return true;
}

/* Look at the head, and go on to the next phase when it has come whole. */
static void check_head(struct ssh *ssh)
{
	struct kexinit ignored;
	struct nf_error why;
	int found;

	ssh->quiet_ms = 0;
	if (ssh->phase == SSH_BANNER) {
		if (!find_identification(ssh)) {
			if (greeting_is_foreign(ssh->head, ssh->head_len))
				ssh->quiet_ms = transport_now(ssh->tr) +
						GREETING_QUIET_MS;
			return;
		}
		ssh->phase = SSH_KEXINIT;
	}
	found = kexinit_find(ssh->head, ssh->head_len, &ignored, &why);
	ssh->ended |= found == -1; /* algorithms_explain() will say why */
	if (found == 1)
		ssh->phase = SSH_KEX;
}

/*
 * Receive by way of head, of which libssh2 sees nothing before it was checked.
 * Head outlives a handshake that fails: banner and KEXINIT tell why.
 */
static ssize_t recv_through_head(struct ssh *ssh, void *bytes, size_t len)
{
	if (ssh->head_at == ssh->head_len || ssh->phase < SSH_KEX) {
		ssize_t n = transport_recv(ssh->tr, ssh->head + ssh->head_len,
					   HEAD_MAX - ssh->head_len);

		if (n <= 0)
			return n;
		ssh->head_len += (size_t)n;
		if (ssh->phase < SSH_KEX)
			check_head(ssh);
		if (ssh->phase < SSH_KEX) {
			errno = EAGAIN;
			return -1;
		}
	}
	if (len > ssh->head_len - ssh->head_at)
		len = ssh->head_len - ssh->head_at;
	memcpy(bytes, ssh->head + ssh->head_at, len);
	ssh->head_at += len;
	return (ssize_t)len;
}

static ssize_t recv_some(struct ssh *ssh, void *bytes, size_t len)
{
	if (ssh->head != NULL && ssh->head_at == ssh->head_len &&
	    ssh->phase == SSH_OPEN) {
		free(ssh->head);
		ssh->head = NULL;
	}
	if (ssh->head != NULL &&
	    (ssh->head_at < ssh->head_len || ssh->head_len < HEAD_MAX))
		return recv_through_head(ssh, bytes, len);
	return transport_recv(ssh->tr, bytes, len);
}

/*
 * Receive for libssh2. The end of the stream becomes EAGAIN and a flag: libssh2
 * 1.10 drops output that is still to be read when it hears of the end.
 */
static ssize_t on_recv(libssh2_socket_t fd, void *bytes, size_t len, int flags,
		       void **abstract)
{
	struct ssh *ssh = *abstract;
	ssize_t n;

	(void)fd;
	(void)flags;
	if (ssh->giving_up)
		return -ECANCELED;
	if (ssh->deaf ||
	    ssh->run >= RUN_MAX) /* libssh2 would read on for ever */
		return -EAGAIN;
	n = recv_some(ssh, bytes, len);
	if (n > 0) {
		ssh->run += (size_t)n;
		return n;
	}
	if (n == -1 && errno != EAGAIN)
		ssh->sys_errno = errno;
	ssh->ended |= n == 0 || ssh->sys_errno != 0;
	return ssh->closing ? 0 : -EAGAIN;
}

static ssize_t on_send(libssh2_socket_t fd, const void *bytes, size_t len,
		       int flags, void **abstract)
{
	struct ssh *ssh = *abstract;
	ssize_t n;

	(void)fd;
	(void)flags;
	if (ssh->login.stuck) { /* libssh2 would send empty answers, and wait */
		ssh->ended = true;
		return -EPIPE;
	}
	n = transport_send(ssh->tr, bytes, len);
	if (n == -1 && errno != EAGAIN) {
		ssh->sys_errno = errno;
		ssh->ended = true;
	}
	return n == -1 ? -errno : n;
}

static void on_disconnect(LIBSSH2_SESSION *session, int reason,
			  const char *text, int len, const char *language,
			  int language_len, void **abstract)
{
	struct ssh *ssh = *abstract;

	(void)session;
	(void)language;
	(void)language_len;
	disconnect_keep(&ssh->disconnect, (uint32_t)reason, text,
			len > 0 ? (size_t)len : 0);
	ssh->ended = true;
}

/* ---- waiting and failing */

static int ssh_lost(const struct ssh *ssh, struct nf_error *err)
{
	if (ssh->disconnect.came)
		return disconnect_explain(&ssh->disconnect, DISCONNECT_END,
					  err);
	if (ssh->sys_errno == 0)
		return error_set(err, NF_DISCONNECTED, DISCONNECT_END);
	errno = ssh->sys_errno;
	return error_sys(err, NF_DISCONNECTED, "the connection broke");
}

void ssh_explain_end(const struct ssh *ssh, struct nf_error *err)
{
	const char *last = strchr(err->message, ';'); /* words of the shell */
	char end[sizeof(DISCONNECT_END) + sizeof(err->message)];

	if (err->code != NF_DISCONNECTED || !ssh->disconnect.came)
		return;
	(void)stpcpy(stpcpy(end, DISCONNECT_END), last != NULL ? last : "");
	(void)disconnect_explain(&ssh->disconnect, end, err);
}

unsigned ssh_directions(const struct ssh *ssh)
{
	int blocked = libssh2_session_block_directions(ssh->session);

	return (blocked & LIBSSH2_SESSION_BLOCK_OUTBOUND ? WAIT_OUT : 0u) |
	       (blocked & LIBSSH2_SESSION_BLOCK_INBOUND || blocked == 0
			? WAIT_IN
			: 0u);
}

/* Wait, but no longer than it takes for what was said to be another
 * protocol's: then the server has said all it will say. */
static int wait_heeding_greeting(struct ssh *ssh, int64_t deadline_ms)
{
	int64_t quiet_ms = ssh->quiet_ms;
	int rc;

	if (quiet_ms == 0 || quiet_ms >= deadline_ms)
		return transport_wait_alive(ssh->tr, ssh_directions(ssh),
					    deadline_ms, &ssh->keepalive);
	rc = transport_wait(ssh->tr, ssh_directions(ssh), quiet_ms);
	ssh->ended |= rc == 0;
	return rc;
}

/* A packet that went in part would forbid all others until it is whole: hence
 * none is begun unless there is room for it. */
static void send_keepalive(void *arg)
{
	struct ssh *ssh = arg;
	int next_s;

	if (transport_wait(ssh->tr, WAIT_OUT, transport_now(ssh->tr)) == 1)
		(void)libssh2_keepalive_send(ssh->session, &next_s);
}

/* libssh2 counts seconds by a clock of its own, and makes 2 of 1: ours is the one
 * that decides. No reply is asked for, as libssh2 would keep it for ever. */
void ssh_keep_alive(struct ssh *ssh, int64_t every_ms)
{
	libssh2_keepalive_config(ssh->session, 0, 1);
	ssh->keepalive.send = send_keepalive;
	ssh->keepalive.arg = ssh;
	keepalive_begin(&ssh->keepalive, ssh->tr, every_ms);
}

int ssh_wait(struct ssh *ssh, int64_t deadline_ms, struct nf_error *err)
{
	bool late;
	int rc;

	if (ssh->ended)
		return ssh_lost(ssh, err);
	rc = wait_heeding_greeting(ssh, deadline_ms);
	if (ssh->ended)
		return ssh_lost(ssh, err);
	late = transport_now(ssh->tr) >= deadline_ms;
	ssh->run = 0;
	/* A server that never stops sending gets one look past the deadline. */
	if (rc == 1 && !(late && ssh->late)) {
		ssh->late = late;
		return 0;
	}
	if (rc == -1)
		return error_sys(err, NF_SYSTEM, "cannot wait");
	return error_set(err, NF_TIMEOUT, "no answer by its deadline");
}

int ssh_fail(const struct ssh *ssh, int rc, enum nf_code code,
	     struct nf_error *err)
{
	char *text = NULL, said[160];

	if (rc == LIBSSH2_ERROR_EAGAIN)
		return -1; /* ssh_wait() has said why */
	if (ssh->ended || ssh->disconnect.came)
		return ssh_lost(ssh, err);
	(void)libssh2_session_last_error(ssh->session, &text, NULL, 0);
	printable_copy(said, sizeof(said), (const uint8_t *)text,
		       text != NULL ? strlen(text) : 0);
	if (rc == LIBSSH2_ERROR_SOCKET_DISCONNECT ||
	    rc == LIBSSH2_ERROR_SOCKET_RECV || rc == LIBSSH2_ERROR_SOCKET_SEND)
		code = NF_DISCONNECTED;
	else if (rc == LIBSSH2_ERROR_TIMEOUT)
		code = NF_TIMEOUT;
	return error_set(err, code, "%s (libssh2 %d)", said, rc);
}

/* ---- handshake */

static const int method_types[KEXINIT_NKINDS] = {
	[KEXINIT_KEX] = LIBSSH2_METHOD_KEX,
	[KEXINIT_HOSTKEY] = LIBSSH2_METHOD_HOSTKEY,
	[KEXINIT_CIPHER_OUT] = LIBSSH2_METHOD_CRYPT_CS,
	[KEXINIT_CIPHER_IN] = LIBSSH2_METHOD_CRYPT_SC,
	[KEXINIT_MAC_OUT] = LIBSSH2_METHOD_MAC_CS,
	[KEXINIT_MAC_IN] = LIBSSH2_METHOD_MAC_SC,
};

/* The version of the library that is linked, which its header need not have. */
static int library_version(void)
{
	unsigned v[3] = {0};

	(void)sscanf(libssh2_version(0), "%3u.%3u.%3u", &v[0], &v[1], &v[2]);
	return ALGORITHMS_VERSION((int)v[0], (int)v[1], (int)v[2]);
}

static int ask_algorithms(struct algorithms *algorithms,
			  LIBSSH2_SESSION *session, enum legacy legacy,
			  struct nf_error *err)
{
	algorithms_init(algorithms, legacy, library_version());
	for (int i = 0; i < KEXINIT_NKINDS; i++) {
		const char **names;
		int n = libssh2_session_supported_algs(session, method_types[i],
						       &names);

		if (n <= 0)
			return error_set(err, NF_SYSTEM,
					 "libssh2 does not tell what it speaks "
					 "(%d)",
					 n);
		algorithms_speak(algorithms, (enum kexinit_kind)i, names,
				 (size_t)n);
		libssh2_free(session, names);
	}
	return 0;
}

int ssh_algorithms(struct algorithms *algorithms, enum legacy legacy,
		   struct nf_error *err)
{
	LIBSSH2_SESSION *session = libssh2_session_init();
	int rc;

	if (session == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a session");
	rc = ask_algorithms(algorithms, session, legacy, err);
	(void)libssh2_session_free(session);
	return rc;
}

static int set_methods(struct ssh *ssh, const char *const *first, size_t nfirst,
		       struct nf_error *err)
{
	for (int i = 0; i < KEXINIT_NKINDS; i++) {
		enum kexinit_kind kind = (enum kexinit_kind)i;
		char list[ALGORITHMS_LIST];

		algorithms_list(&ssh->algorithms, kind, first,
				kind == KEXINIT_HOSTKEY ? nfirst : 0, list);
		if (libssh2_session_method_pref(ssh->session, method_types[i],
						list) != 0)
			return error_set(err, NF_SYSTEM, "libssh2 refuses %s",
					 list);
	}
	return 0;
}

/*
 * Explain in err that the server turned us away before its identification line.
 * Its words may still wait to be received when a send of ours came too late,
 * and broke the connection.
 */
static void note_turned_away(struct ssh *ssh, struct nf_error *err)
{
	ssize_t n;

	if (ssh->phase > SSH_BANNER || !ssh->ended || ssh->head_len == HEAD_MAX)
		return;
	n = transport_recv(ssh->tr, ssh->head + ssh->head_len,
			   HEAD_MAX - ssh->head_len);
	if (n > 0)
		ssh->head_len += (size_t)n;
	(void)busy_explain(ssh->head, ssh->head_len, err);
}

/* Add to err, which tells of a deadline, what was said in place of an
 * identification line. */
static void note_greeting(const struct ssh *ssh, struct nf_error *err)
{
	char said[64];

	if (err->code != NF_TIMEOUT || ssh->phase > SSH_BANNER ||
	    ssh->head_len == 0)
		return;
	printable_copy(said, sizeof(said), ssh->head, ssh->head_len);
	(void)error_set(err, NF_TIMEOUT,
			"no SSH by its deadline: it said \"%s\"", said);
}

static int handshake(struct ssh *ssh, int64_t deadline_ms, struct nf_error *err)
{
	struct nf_error why = {.code = NF_OK};
	int rc;

	UNTIL_DONE(rc, libssh2_session_handshake(ssh->session, ssh->tr->fd),
		   ssh, deadline_ms, &why);
	if (rc == 0)
		return 0;
	/* libssh2 says -5 whatever it was: the server's bytes tell more. */
	if (why.code == NF_TIMEOUT ||
	    algorithms_explain(&ssh->algorithms, ssh->head, ssh->head_len,
			       err) == 0) {
		(void)ssh_fail(ssh, rc, NF_PROTOCOL, &why);
		(void)error_set(err, why.code, "%s", why.message);
		err->sys_errno = why.sys_errno;
		note_greeting(ssh, err);
	}
	note_turned_away(ssh, err);
	return -1;
}

static struct ssh *ssh_new(struct transport *tr)
{
	struct ssh *ssh = calloc(1, sizeof(*ssh));

	if (ssh == NULL)
		return NULL;
	ssh->tr = tr;
	ssh->memory_max = MEMORY_MAX;
	ssh->head = malloc(HEAD_MAX);
	ssh->session =
		libssh2_session_init_ex(ssh_alloc, on_free, on_realloc, ssh);
	if (ssh->head == NULL || ssh->session == NULL) {
		if (ssh->session != NULL)
			(void)libssh2_session_free(ssh->session);
		free(ssh->head);
		free(ssh);
		return NULL;
	}
	return ssh;
}

/* Before 1.11.1 callbacks were data pointers; POSIX lets us convert those. */
static void set_callbacks(LIBSSH2_SESSION *session)
{
#if LIBSSH2_VERSION_NUM >= 0x010b01
	(void)libssh2_session_callback_set2(session, LIBSSH2_CALLBACK_RECV,
					    (libssh2_cb_generic *)on_recv);
	(void)libssh2_session_callback_set2(session, LIBSSH2_CALLBACK_SEND,
					    (libssh2_cb_generic *)on_send);
	(void)libssh2_session_callback_set2(
		session, LIBSSH2_CALLBACK_DISCONNECT,
		(libssh2_cb_generic *)on_disconnect);
#else
	union {
		ssize_t (*recv)(libssh2_socket_t, void *, size_t, int, void **);
		ssize_t (*send)(libssh2_socket_t, const void *, size_t, int,
				void **);
		void (*disconnect)(LIBSSH2_SESSION *, int, const char *, int,
				   const char *, int, void **);
		void *data;
	} callback;

	callback.recv = on_recv;
	(void)libssh2_session_callback_set(session, LIBSSH2_CALLBACK_RECV,
					   callback.data);
	callback.send = on_send;
	(void)libssh2_session_callback_set(session, LIBSSH2_CALLBACK_SEND,
					   callback.data);
	callback.disconnect = on_disconnect;
	(void)libssh2_session_callback_set(session, LIBSSH2_CALLBACK_DISCONNECT,
					   callback.data);
#endif
}

int ssh_open(struct ssh **out, struct transport *tr,
	     const struct algorithms_wish *wish, const char *const *first,
	     size_t nfirst, int64_t deadline_ms, struct nf_error *err)
{
	struct ssh *ssh = ssh_new(tr);

	if (ssh == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for a session");
	libssh2_session_set_blocking(ssh->session, 0);
	set_callbacks(ssh->session);
	if (ask_algorithms(&ssh->algorithms, ssh->session, wish->legacy, err) ==
		    -1 ||
	    algorithms_choose(&ssh->algorithms, wish, err) == -1 ||
	    set_methods(ssh, first, nfirst, err) == -1 ||
	    handshake(ssh, deadline_ms, err) == -1) {
		ssh_close(ssh, 0);
		return -1;
	}
	ssh->phase = SSH_OPEN;
	*out = ssh;
	return 0;
}

int ssh_host_key(const struct ssh *ssh, struct ssh_key *key,
		 struct nf_error *err)
{
	static const char *const types[] = {
		[LIBSSH2_HOSTKEY_TYPE_RSA] = "ssh-rsa",
		[LIBSSH2_HOSTKEY_TYPE_DSS] = "ssh-dss",
		[LIBSSH2_HOSTKEY_TYPE_ECDSA_256] = "ecdsa-sha2-nistp256",
		[LIBSSH2_HOSTKEY_TYPE_ECDSA_384] = "ecdsa-sha2-nistp384",
		[LIBSSH2_HOSTKEY_TYPE_ECDSA_521] = "ecdsa-sha2-nistp521",
		[LIBSSH2_HOSTKEY_TYPE_ED25519] = "ssh-ed25519",
	};
	int type = LIBSSH2_HOSTKEY_TYPE_UNKNOWN;
	const char *blob =
		libssh2_session_hostkey(ssh->session, &key->len, &type);

	if (blob == NULL || type <= LIBSSH2_HOSTKEY_TYPE_UNKNOWN ||
	    (size_t)type >= sizeof(types) / sizeof(types[0]))
		return error_set(err, NF_PROTOCOL,
				 "its host key is of no known type");
	key->key = (const uint8_t *)blob;
	key->type = types[type];
	return 0;
}

static bool is_listed(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

size_t ssh_weak(const struct ssh *ssh, const char *names[KEXINIT_NKINDS])
{
	const char *used[KEXINIT_NKINDS];
	size_t n = 0;

	for (int i = 0; i < KEXINIT_NKINDS; i++) {
		const char *name =
			libssh2_session_methods(ssh->session, method_types[i]);

		used[i] = name != NULL ? name : "";
		if (i >= KEXINIT_MAC_OUT &&
		    algorithms_needs_no_mac(used[i - 2]))
			continue;
		if (algorithms_weak((enum kexinit_kind)i, used[i]) &&
		    !is_listed(names, n, used[i])) /* both ways have it */
			names[n++] = used[i];
	}
	return n;
}

const char *ssh_version(const struct ssh *ssh)
{
	const char *version = libssh2_session_banner_get(ssh->session);

	return version != NULL ? version : "";
}

/* ---- closing */

/*
 * Disconnect and shut down before anything is freed: libssh2_channel_free()
 * waits for a packet that dropbear, for one, does not send while its shell
 * lives. After the shutdown nothing waits any more.
 */
void ssh_close(struct ssh *ssh, int64_t deadline_ms)
{
	struct nf_error ignored;
	int rc;

	if (ssh == NULL)
		return;
	if (!ssh->ended)
		UNTIL_DONE(rc, libssh2_session_disconnect(ssh->session, "done"),
			   ssh, deadline_ms, &ignored);
	ssh->closing = true;
	transport_shutdown(ssh->tr);
	(void)libssh2_session_free(ssh->session);
	free(ssh->head);
	free(ssh);
}
