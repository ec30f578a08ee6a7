/* lib/transport/ssh/ssh.c */
#include "transport/ssh/ssh.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/wire.h"
#include "dialogue/cli.h"
#include "fiber/fiber.h"
#include "transport/busy.h"
#include "unit/talk.h"
#include "unit/unit.h"

static const struct algorithms_wish as_netfan_likes = {.legacy =
							       LEGACY_DEFAULT};

/* ---- a server that is a script ---- */

#define PATIENCE_MS 30000
#define HELLO_MAX ((size_t)1024)

/* Every manner ends the same way, at its deadline at the latest. Returns the
 * milliseconds it took. */
static int64_t open_once(const struct script_step *steps,
			 struct script_manner manner, struct nf_error *err)
{
	struct script script;
	struct ssh *ssh = NULL;
	int64_t deadline_ms, took_ms;
	int fds[2];

	assert_int_equal(ssh_library_init(err), 0);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	script_init(&script, steps, manner);
	script.transport.fd = fds[0];
	deadline_ms = script.now_ms + PATIENCE_MS;
	assert_int_equal(ssh_open(&ssh, &script.transport, &as_netfan_likes,
				  NULL, 0, deadline_ms, err),
			 -1);
	assert_null(ssh);
	if (err->code == NF_TIMEOUT)
		assert_in_range(script.now_ms, deadline_ms, deadline_ms + 1000);
	else
		assert_in_range(script.now_ms, 0, deadline_ms);
	took_ms = script.now_ms - (deadline_ms - PATIENCE_MS);
	script_release(&script);
	(void)close(fds[0]);
	(void)close(fds[1]);
	return took_ms;
}

static void open_fails(const struct script_step *steps, enum nf_code code,
		       const char *part)
{
	static const struct script_manner manners[] = {
		{0}, {.busy = true}, {.piece = 1, .busy = true, .send_max = 3}};

	for (size_t i = 0; i < LENGTH(manners); i++) {
		struct nf_error err = {0};

		(void)open_once(steps, manners[i], &err);
		if (err.code != code)
			fail_msg("%s: %s", nf_code_name(err.code), err.message);
		if (strstr(err.message, part) == NULL)
			fail_msg("\"%s\" lacks \"%s\"", err.message, part);
	}
}

/* How long it takes, in milliseconds. */
static int64_t open_takes(const struct script_step *steps)
{
	struct nf_error err = {0};

	return open_once(steps, (struct script_manner){0}, &err);
}

#define SERVER STEP(SCRIPT_SWALLOW)
#define END STEP(SCRIPT_END)
#define BANNER "SSH-2.0-Test_1.0\r\n"

static void leave_with_one(void)
{
	_exit(1);
}

/* A thread that was given up on may still be at work in OpenSSL. */
static void test_ssh_library_is_not_torn_down_at_exit(void **state)
{
	struct nf_error err;
	int status;
	pid_t pid = fork();

	(void)state;
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		if (ssh_library_init(&err) == -1 ||
		    OPENSSL_atexit(leave_with_one) != 1)
			_exit(2);
		exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void test_ssh_open_ends_at_its_deadline_in_silence(void **state)
{
	static const struct script_step silent[] = {SERVER, END};
	static const struct script_step banner[] = {SERVER, DELIVER(BANNER),
						    END};
	static const struct script_step half[] = {SERVER, DELIVER("SSH-2."),
						  END};
	static const struct script_step late[] = {
		SERVER, DELIVER_AFTER(40000, BANNER), END};
	static const struct script_step words[] = {SERVER,
						   DELIVER("Come in\r\n"), END};

	(void)state;
	open_fails(words, NF_TIMEOUT,
		   "no SSH by its deadline: it said \"Come in\"");
	open_fails(silent, NF_TIMEOUT, "deadline");
	open_fails(banner, NF_TIMEOUT, "deadline");
	open_fails(half, NF_TIMEOUT, "deadline");
	open_fails(late, NF_TIMEOUT, "deadline");
}

static void test_ssh_open_ends_at_its_deadline_in_a_flood(void **state)
{
	static const struct script_step lines[] = {
		SERVER, FLOOD("Maintenance tonight.\r\n\r\n"), END};

	(void)state;
	open_fails(lines, NF_TIMEOUT, "deadline");
}

static void test_ssh_open_says_what_was_no_ssh(void **state)
{
	static const struct script_step http[] = {
		SERVER, DELIVER("HTTP/1.1 400 Bad Request\r\n\r\n"),
		STEP(SCRIPT_CLOSE), END};
	static const struct script_step noise[] = {
		SERVER, DELIVER("\x80\xff\033[2J\a"), STEP(SCRIPT_CLOSE), END};
	static const struct script_step old[] = {
		SERVER, DELIVER("SSH-1.5-Old\r\n"), STEP(SCRIPT_CLOSE), END};
	static const struct script_step endless[] = {
		SERVER, FLOOD("no line end "), END};
	static const struct script_step packet[] = {
		SERVER, DELIVER(BANNER "\xff\xff\xff\xff\x04\x14 and so on"),
		STEP(SCRIPT_CLOSE), END};

	(void)state;
	open_fails(http, NF_PROTOCOL, "\"HTTP/1.1 400 Bad Request\"");
	open_fails(noise, NF_PROTOCOL, "\"\\x80\\xff\\x1b[2J\\x07\"");
	open_fails(old, NF_PROTOCOL, "SSH-1.5-Old");
	open_fails(endless, NF_PROTOCOL, "\"no line end no line end");
	open_fails(packet, NF_PROTOCOL, "no KEXINIT");
}

/* It says so at once, or waits for more; neither waits for the deadline. */
static void test_ssh_open_names_what_is_no_ssh_and_stays_connected(void **state)
{
	static const struct script_step http[] = {
		SERVER, DELIVER("HTTP/1.1 400 Bad Request\r\n\r\n"), END};
	static const struct script_step smtp[] = {
		SERVER, DELIVER_AFTER(3000, "220 mail"),
		DELIVER_AFTER(500, " ESMTP\r\n"), END};
	static const struct script_step telnet[] = {
		SERVER, DELIVER("\xff\xfb\x01\r\nWelcome\r\nUsername: "), END};
	static const struct script_step console[] = {
		SERVER, DELIVER("SSH-2.0-libssh2_1.10.0\r\nlogin: "), END};
	static const struct script_step old[] = {
		SERVER, DELIVER("Hello\r\nSSH-1.5-Old\r\n"), END};
	static const struct {
		const struct script_step *steps;
		const char *part;
		int64_t by_ms;
	} examples[] = {
		{http, "speaks HTTP", 1100},
		{smtp, "it said \"220 mail ESMTP\"", 4600},
		{telnet, "it speaks telnet, not SSH: it asks \"Username: \"",
		 1100},
		{console, "it asks \"login: \"", 1100},
		{old, "another version of SSH: \"SSH-1.5-Old\"", 100},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(examples); i++) {
		unit_where(examples[i].part);
		open_fails(examples[i].steps, NF_PROTOCOL, examples[i].part);
		assert_in_range(open_takes(examples[i].steps), 0,
				examples[i].by_ms);
	}
}

/* RFC 4253 section 4.2 lets a server send any lines first. */
static void test_ssh_open_bears_any_line_before_ssh(void **state)
{
	static const struct script_step two_pieces[] = {
		SERVER,
		DELIVER("Maintenance at 22:"),
		DELIVER_AFTER(900, "00 today\r\n"),
		DELIVER_AFTER(20000, BANNER),
		STEP(SCRIPT_CLOSE),
		END};
	static const struct script_step number[] = {
		SERVER, DELIVER("220 users are here\r\n"),
		DELIVER_AFTER(900, BANNER), STEP(SCRIPT_CLOSE), END};
	static const struct script_step half[] = {
		SERVER, DELIVER("Password: none\r\nSSH-2.0-x:"),
		DELIVER_AFTER(9000, "y\r\n"), STEP(SCRIPT_CLOSE), END};

	(void)state;
	open_fails(two_pieces, NF_DISCONNECTED, "closed the connection");
	open_fails(number, NF_DISCONNECTED, "closed the connection");
	open_fails(half, NF_DISCONNECTED, "closed the connection");
}

static void test_ssh_open_tells_of_a_lost_connection(void **state)
{
	static const struct script_step at_once[] = {SERVER, STEP(SCRIPT_CLOSE),
						     END};
	static const struct script_step later[] = {SERVER, DELIVER(BANNER),
						   STEP(SCRIPT_CLOSE), END};
	static const struct script_step reset[] = {SERVER, STEP(SCRIPT_RESET),
						   END};
	static const struct script_step reset_later[] = {
		SERVER, DELIVER(BANNER), STEP(SCRIPT_RESET), END};
	struct nf_error err = {0};

	(void)state;
	open_fails(at_once, NF_DISCONNECTED, "closed the connection");
	open_fails(later, NF_DISCONNECTED, "closed the connection");
	open_fails(reset, NF_DISCONNECTED,
		   "connection broke: Connection reset");
	open_fails(reset_later, NF_DISCONNECTED, "connection broke");
	(void)open_once(reset_later, (struct script_manner){0}, &err);
	assert_int_equal(err.sys_errno, ECONNRESET);
	/* Before a word: it may have had no room. */
	(void)open_once(reset, (struct script_manner){0}, &err);
	assert_int_equal(err.sys_errno, BUSY_UNHEARD);
	(void)open_once(at_once, (struct script_manner){0}, &err);
	assert_int_equal(err.sys_errno, BUSY_UNHEARD);
}

/* It turns away and is gone, before we have sent or read anything. */
static void test_ssh_open_hears_that_a_server_is_busy(void **state)
{
	static const struct script_step words[] = {
		SERVER, DELIVER("Exceeded MaxStartups\r\n"), STEP(SCRIPT_CLOSE),
		END};
	static const struct script_step broken[] = {
		SERVER, DELIVER("Not allowed at this time\r\n"),
		STEP(SCRIPT_RESET), END};

	(void)state;
	open_fails(words, NF_BUSY, "it said \"Exceeded MaxStartups\"");
	open_fails(broken, NF_BUSY, "it said \"Not allowed at this time\"");
}

/* SSH_MSG_DISCONNECT in the place of a KEXINIT: length 28, padding 4, reason
 * 7 or 12, text. */
static void test_ssh_open_hears_why_it_is_turned_away(void **state)
{
#define DISCONNECT(reason)                                                     \
	DELIVER(BANNER "\0\0\0\034\4\1\0\0\0" reason                           \
		       "\0\0\0\6closed\0\0\0\0....pads")
	static const struct script_step closed[] = {SERVER, DISCONNECT("\7"),
						    END};
	static const struct script_step busy[] = {SERVER, DISCONNECT("\014"),
						  STEP(SCRIPT_CLOSE), END};

	(void)state;
	open_fails(closed, NF_DISCONNECTED,
		   "the device closed the connection: it said \"closed\"");
	open_fails(busy, NF_BUSY, "it said \"closed\"");
	assert_in_range(open_takes(closed), 0, 100);
}

static void put(struct buf *out, const void *bytes, size_t len)
{
	assert_int_equal(buf_append(out, bytes, len), 0);
}

static void put_u32(struct buf *out, size_t value)
{
	uint8_t bytes[4];

	wire_put_u32(bytes, (uint32_t)value);
	put(out, bytes, sizeof(bytes));
}

/* A banner and a KEXINIT (RFC 4253 section 7.1) with this first list. */
static void make_hello(struct buf *out, const char *kex)
{
	const char *const lists[] = {kex,
				     "ssh-ed25519",
				     "aes128-ctr",
				     "aes128-ctr",
				     "hmac-sha2-256",
				     "hmac-sha2-256",
				     "none",
				     "none",
				     "",
				     ""};
	static const uint8_t zeros[16] = {0};
	uint8_t head[2] = {0, 20}; /* length of the padding, KEXINIT */
	size_t len = sizeof(head) + 16 + 5, padding;

	for (size_t i = 0; i < LENGTH(lists); i++)
		len += 4 + strlen(lists[i]);
	padding = 12 - len % 8;
	head[0] = (uint8_t)padding;
	put(out, BANNER, strlen(BANNER));
	put_u32(out, len + padding);
	put(out, head, sizeof(head));
	put(out, zeros, 16); /* the cookie */
	for (size_t i = 0; i < LENGTH(lists); i++) {
		put_u32(out, strlen(lists[i]));
		put(out, lists[i], strlen(lists[i]));
	}
	put(out, zeros, 5); /* no guess, and reserved */
	put(out, zeros, padding);
}

static void test_ssh_open_names_what_it_could_have_agreed_on(void **state)
{
	struct buf hello;
	struct script_step steps[] = {SERVER, {.kind = SCRIPT_DELIVER}, END};

	(void)state;
	buf_init(&hello, HELLO_MAX);
	make_hello(&hello, "diffie-hellman-group1-sha1,sntrup761");
	steps[1].bytes = (const char *)hello.data;
	steps[1].len = hello.len;
	open_fails(steps, NF_NO_COMMON_ALGORITHM,
		   "no common key exchange: it offers "
		   "diffie-hellman-group1-sha1,sntrup761; netfan offers "
		   "curve25519-sha256,");
	open_fails(steps, NF_NO_COMMON_ALGORITHM, "legacy: true");
	buf_release(&hello);
}

/* libssh2 1.11.1 takes these for methods and calls what they have not got. */
static void test_ssh_open_refuses_a_server_that_speaks_as_a_client(void **state)
{
	static const char *const kexes[] = {
		"ext-info-c", "kex-strict-c-v00@openssh.com,curve25519-sha256"};
	struct script_step steps[] = {SERVER, {.kind = SCRIPT_DELIVER}, END};

	(void)state;
	for (size_t i = 0; i < LENGTH(kexes); i++) {
		struct buf hello;

		buf_init(&hello, HELLO_MAX);
		make_hello(&hello, kexes[i]);
		steps[1].bytes = (const char *)hello.data;
		steps[1].len = hello.len;
		open_fails(steps, NF_PROTOCOL, "which is a client's word");
		buf_release(&hello);
	}
}

/* ---- a simulated device, through a connection that chops ---- */

#define PORT 2222
#define START_MS 15000
#define OUT_MAX ((size_t)64 * 1024)
#define ARGS_MAX 24

struct devsim {
	pid_t pid;
	int out; /* what it says */
	char keys[128];
	struct sockaddr_in address;
};

/* Beside this program, unless DEVSIM tells another. */
static void find_devsim(char *path, size_t size)
{
	const char *told = getenv("DEVSIM");
	char self[PATH_MAX];
	ssize_t len;

	if (told != NULL) {
		(void)snprintf(path, size, "%s", told);
		return;
	}
	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	assert_in_range(len, 1, sizeof(self) - 1);
	self[len] = '\0';
	(void)snprintf(path, size, "%s/devsim", dirname(self));
}

static void run_devsim(const char *path, int out, const char *keys,
		       const char *base, const char *const *more)
{
	char port[8];
	const char *args[ARGS_MAX] = {path, "--devices",        "1",  "--base",
				      base, "--port",           port, "--keys",
				      keys, "--die-with-parent"};
	size_t n = 10;

	(void)snprintf(port, sizeof(port), "%d", PORT);
	while (*more != NULL && n < ARGS_MAX - 1)
		args[n++] = *more++;
	if (dup2(out, STDOUT_FILENO) == -1)
		_exit(126);
	(void)execv(path, (char *const *)args);
	_exit(127);
}

static void await_ready(struct devsim *devsim)
{
	struct pollfd fd = {.fd = devsim->out, .events = POLLIN};
	char line[256];
	ssize_t n;

	assert_int_equal(poll(&fd, 1, START_MS), 1);
	n = read(devsim->out, line, sizeof(line) - 1);
	assert_in_range(n, 1, sizeof(line) - 1);
	line[n] = '\0';
	assert_non_null(strstr(line, "1 devices at"));
}

/* Each test is a process: its number makes an address of its own. */
static void start_devsim(struct devsim *devsim, const char *const *more)
{
	const char *tmp = getenv("TEST_TMP");
	char path[PATH_MAX + 8], base[32];
	int fds[2];

	find_devsim(path, sizeof(path));
	if (access(path, X_OK) == -1)
		UNIT_SKIP("devsim is not built");
	(void)snprintf(devsim->keys, sizeof(devsim->keys), "%s/test_ssh.XXXXXX",
		       tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(devsim->keys));
	(void)snprintf(base, sizeof(base), "127.20.%d.%d",
		       (int)getpid() / 250 % 250, (int)getpid() % 250 + 1);
	devsim->address = (struct sockaddr_in){.sin_family = AF_INET,
					       .sin_port = htons(PORT)};
	assert_int_equal(inet_pton(AF_INET, base, &devsim->address.sin_addr),
			 1);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	devsim->pid = fork();
	assert_int_not_equal(devsim->pid, -1);
	if (devsim->pid == 0)
		run_devsim(path, fds[1], devsim->keys, base, more);
	(void)close(fds[1]);
	devsim->out = fds[0];
	await_ready(devsim);
}

static void stop_devsim(struct devsim *devsim)
{
	char key[256];

	assert_int_equal(kill(devsim->pid, SIGTERM), 0);
	assert_int_equal(waitpid(devsim->pid, NULL, 0), devsim->pid);
	(void)close(devsim->out);
	(void)snprintf(key, sizeof(key), "%s/ed25519.key", devsim->keys);
	(void)unlink(key);
	(void)rmdir(devsim->keys);
}

/* A byte a read, EAGAIN every other time, one to three bytes a send. */
struct chopper {
	struct transport transport;
	struct transport *inner; /* freed with it */
	unsigned nrecvs, nsends;
};

static struct chopper *chopper_of(struct transport *tr)
{
	return (struct chopper *)(void *)((char *)tr -
					  offsetof(struct chopper, transport));
}

static ssize_t chopper_recv(struct transport *tr, void *bytes, size_t len)
{
	struct chopper *chopper = chopper_of(tr);

	errno = EAGAIN;
	if (++chopper->nrecvs % 2 == 0)
		return -1;
	return transport_recv(chopper->inner, bytes, len > 0 ? 1 : 0);
}

static ssize_t chopper_send(struct transport *tr, const void *bytes, size_t len)
{
	struct chopper *chopper = chopper_of(tr);
	size_t most = 1 + chopper->nsends % 3;

	errno = EAGAIN;
	if (++chopper->nsends % 2 == 0)
		return -1;
	return transport_send(chopper->inner, bytes, len < most ? len : most);
}

static int chopper_wait(struct transport *tr, unsigned directions,
			int64_t deadline_ms)
{
	return transport_wait(chopper_of(tr)->inner, directions, deadline_ms);
}

static int64_t chopper_now_ms(struct transport *tr)
{
	return transport_now(chopper_of(tr)->inner);
}

static void chopper_shutdown(struct transport *tr)
{
	transport_shutdown(chopper_of(tr)->inner);
}

static void chopper_free(struct transport *tr)
{
	transport_free(chopper_of(tr)->inner);
}

static const struct transport_ops chopper_ops = {
	.recv = chopper_recv,
	.send = chopper_send,
	.wait = chopper_wait,
	.now_ms = chopper_now_ms,
	.shutdown = chopper_shutdown,
	.free = chopper_free,
};

/* What a fiber does and sees: nothing is asserted on it. */
struct visit {
	struct sockaddr_in address;
	const struct patterns *patterns;
	struct credentials credentials;
	int64_t deadline_ms;
	struct chopper chopper;
	struct ssh *ssh;
	struct cli *cli;
	int rc;
	struct nf_error err;
	char key_type[64];
	char prompt[64];
	char weak[SSH_WEAK_MAX]; /* "NAME,NAME," */
	struct output_counts answer;
	struct buf out;
};

static int take_piece(void *arg, const uint8_t *bytes, size_t len,
		      int64_t *waited_ms)
{
	struct visit *visit = arg;

	(void)waited_ms;
	return buf_append(&visit->out, bytes, len);
}

static int visit_shell(struct visit *visit)
{
	const struct output_sink sink = {
		.emit = take_piece, .arg = visit, .bytes_max = OUT_MAX};
	struct login login = {.credentials = &visit->credentials};
	int64_t deadline_ms = visit->deadline_ms;

	if (ssh_shell(visit->ssh, "vt100", 80, deadline_ms, &visit->err) ==
		    -1 ||
	    cli_new(&visit->cli, ssh_stream(visit->ssh), visit->patterns,
		    &visit->err) == -1 ||
	    cli_find_prompt(visit->cli, &login, deadline_ms, &visit->err) ==
		    -1 ||
	    cli_enable(visit->cli, &visit->credentials, deadline_ms,
		       &visit->err) == -1 ||
	    cli_command(visit->cli, "show running-config", &sink, &deadline_ms,
			&visit->answer, &visit->err) == -1)
		return -1;
	(void)snprintf(visit->prompt, sizeof(visit->prompt), "%s",
		       cli_prompt(visit->cli));
	return cli_logout(visit->cli, deadline_ms, &visit->err);
}

static void note_weak(struct visit *visit)
{
	const char *names[KEXINIT_NKINDS];
	size_t n = ssh_weak(visit->ssh, names), len = 0;

	for (size_t i = 0; i < n && len < sizeof(visit->weak); i++)
		len += (size_t)snprintf(visit->weak + len,
					sizeof(visit->weak) - len, "%s,",
					names[i]);
}

static int permit(void *arg, int64_t *deadline_ms, struct nf_error *err)
{
	(void)arg, (void)deadline_ms, (void)err;
	return 0;
}

static const char *know_no_reply(void *arg, const uint8_t *question, size_t len)
{
	(void)arg, (void)question, (void)len;
	return NULL;
}

static int visit_login(struct visit *visit)
{
	static const struct auth_hooks hooks = {.on_password = permit,
						.reply = know_no_reply};
	const struct auth_means means = {.credentials = &visit->credentials,
					 .hooks = &hooks};
	struct transport *tr = &visit->chopper.transport;
	struct ssh_key key;

	if (ssh_open(&visit->ssh, tr, &as_netfan_likes, NULL, 0,
		     visit->deadline_ms, &visit->err) == -1 ||
	    ssh_host_key(visit->ssh, &key, &visit->err) == -1 ||
	    ssh_login(visit->ssh, &means, visit->deadline_ms, &visit->err) ==
		    -1)
		return -1;
	(void)snprintf(visit->key_type, sizeof(visit->key_type), "%s",
		       key.type);
	note_weak(visit);
	return visit_shell(visit);
}

static void visit_device(void *arg)
{
	struct visit *visit = arg;
	struct chopper *chopper = &visit->chopper;

	struct address address = {.len = sizeof(visit->address)};

	memcpy(&address.sockaddr, &visit->address, sizeof(visit->address));
	visit->rc =
		transport_connect(&chopper->inner, NULL, &address, 1, INT32_MAX,
				  visit->deadline_ms, &visit->err);
	if (visit->rc == -1)
		return;
	chopper->transport = (struct transport){.ops = &chopper_ops,
						.fd = chopper->inner->fd};
	visit->rc = visit_login(visit);
	cli_free(visit->cli);
	ssh_close(visit->ssh, deadline_clock_ms() + 1000);
	transport_free(&chopper->transport);
}

/* Start a device with these options, visit it and stop it. */
static void run_visit(struct visit *visit, const char *password,
		      const char *const *options)
{
	struct patterns *patterns = NULL;
	struct loop *loop = NULL;
	struct devsim devsim = {.pid = -1};
	struct nf_error err;

	*visit = (struct visit){.rc = -2,
				.credentials = {.username = "cisco",
						.password = password,
						.secret = "cisco"}};
	buf_init(&visit->out, OUT_MAX);
	assert_int_equal(ssh_library_init(&err), 0);
	start_devsim(&devsim, options);
	visit->address = devsim.address;
	visit->deadline_ms = deadline_clock_ms() + 500000; /* a hang */
	assert_int_equal(
		patterns_new(&patterns, talk_platform("cisco_ios"), NULL, &err),
		0);
	visit->patterns = patterns;
	assert_int_equal(loop_new(&loop, FIBER_STACK, &err), 0);
	assert_int_equal(fiber_start(loop, visit_device, visit, &err), 0);
	assert_int_equal(loop_run(loop, &err), 0);
	loop_free(loop);
	patterns_free(patterns);
	stop_devsim(&devsim);
}

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void visit_succeeds(const char *const *options, const char *weak)
{
	struct visit visit;

	run_visit(&visit, "cisco", options);
	if (visit.rc != 0)
		fail_msg("%s", visit.err.message);
	assert_string_equal(visit.key_type, "ssh-ed25519");
	assert_string_equal(visit.prompt, "R1#");
	assert_string_equal(visit.weak, weak);
	assert_false(visit.answer.rejected);
	assert_int_equal(visit.answer.bytes, visit.out.len);
	assert_in_range(visit.out.len, 500, OUT_MAX);
	assert_null(memchr(visit.out.data, '\r', visit.out.len));
	assert_null(memmem(visit.out.data, visit.out.len, "R1#", 3));
	assert_null(memmem(visit.out.data, visit.out.len, "--More--", 8));
	assert_memory_equal(visit.out.data + visit.out.len - 4, "end\n", 4);
	buf_release(&visit.out);
}

/* Returns how many bytes of the answer came all the same. */
static size_t visit_fails(const char *password, const char *const *options,
			  enum nf_code code, const char *part)
{
	struct visit visit;
	size_t len;

	run_visit(&visit, password, options);
	assert_int_equal(visit.rc, -1);
	if (visit.err.code != code || strstr(visit.err.message, part) == NULL)
		fail_msg("%s: %s", nf_code_name(visit.err.code),
			 visit.err.message);
	if (password != NULL && strlen(password) > 5)
		assert_null(strstr(visit.err.message, password));
	assert_int_equal(visit.answer.bytes, visit.out.len);
	len = visit.out.len;
	buf_release(&visit.out);
	return len;
}

static void test_ssh_brings_a_chopped_dialogue_to_its_end(void **state)
{
	(void)state;
	visit_succeeds(OPTIONS(NULL), "");
}

static void test_ssh_login_answers_the_keyboard_s_questions(void **state)
{
	(void)state;
	visit_succeeds(OPTIONS("--auth", "keyboard-interactive"), "");
}

/* A server that offers both has nothing to ask. */
static void test_ssh_login_tries_the_password_before_questions(void **state)
{
	(void)state;
	visit_succeeds(OPTIONS("--fault", "1=asks-on"), "");
}

static void test_ssh_login_says_what_the_server_wants(void **state)
{
	(void)state;
	(void)visit_fails("cisco", OPTIONS("--auth", "publickey"),
			  NF_AUTH_FAILED,
			  "user cisco: the device wants publickey, and no key "
			  "is given");
	(void)visit_fails(NULL, OPTIONS("--auth", "keyboard-interactive"),
			  NF_AUTH_FAILED,
			  "user cisco: the device wants keyboard-interactive, "
			  "and no password is given");
	(void)visit_fails(
		NULL, OPTIONS(NULL), NF_AUTH_FAILED,
		"user cisco: the device wants "
		"keyboard-interactive,password, and no password is given");
}

/* Both directions of the stream have the same. */
static void test_ssh_weak_names_each_algorithm_once(void **state)
{
	(void)state;
	visit_succeeds(
		OPTIONS("--ciphers", "aes128-cbc", "--macs", "hmac-sha1"),
		"aes128-cbc,hmac-sha1,");
}

static void test_ssh_login_says_when_it_is_refused(void **state)
{
	(void)state;
	(void)visit_fails("wrong-word", OPTIONS(NULL), NF_AUTH_FAILED,
			  "user cisco: password refused");
	(void)visit_fails("wrong-word",
			  OPTIONS("--auth", "keyboard-interactive"),
			  NF_AUTH_FAILED, "user cisco: password refused");
	(void)visit_fails("cisco",
			  OPTIONS("--auth", "keyboard-interactive", "--fault",
				  "1=asks-again"),
			  NF_AUTH_FAILED, "the device asks \"Password: \"");
	(void)visit_fails("cisco",
			  OPTIONS("--auth", "keyboard-interactive", "--fault",
				  "1=asks-on"),
			  NF_AUTH_FAILED,
			  "the device asks \"Favourite colour: \"");
}

static void test_ssh_shell_says_when_it_is_denied(void **state)
{
	(void)state;
	(void)visit_fails("cisco", OPTIONS("--fault", "1=no-shell"),
			  NF_SESSION_DENIED, "gives no terminal");
}

static void test_ssh_keeps_half_of_an_answer(void **state)
{
	(void)state;
	assert_in_range(visit_fails("cisco", OPTIONS("--fault", "1=eof"),
				    NF_DISCONNECTED, "closed"),
			100, OUT_MAX);
	/* A reset may overtake what was sent before it. */
	(void)visit_fails("cisco", OPTIONS("--fault", "1=drop"),
			  NF_DISCONNECTED, "");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_ssh_library_is_not_torn_down_at_exit),
	cmocka_unit_test(test_ssh_open_ends_at_its_deadline_in_silence),
	cmocka_unit_test(test_ssh_open_ends_at_its_deadline_in_a_flood),
	cmocka_unit_test(test_ssh_open_says_what_was_no_ssh),
	cmocka_unit_test(
		test_ssh_open_names_what_is_no_ssh_and_stays_connected),
	cmocka_unit_test(test_ssh_open_bears_any_line_before_ssh),
	cmocka_unit_test(test_ssh_open_tells_of_a_lost_connection),
	cmocka_unit_test(test_ssh_open_hears_that_a_server_is_busy),
	cmocka_unit_test(test_ssh_open_hears_why_it_is_turned_away),
	cmocka_unit_test(test_ssh_open_names_what_it_could_have_agreed_on),
	cmocka_unit_test(
		test_ssh_open_refuses_a_server_that_speaks_as_a_client),
	cmocka_unit_test(test_ssh_brings_a_chopped_dialogue_to_its_end),
	cmocka_unit_test(test_ssh_login_answers_the_keyboard_s_questions),
	cmocka_unit_test(test_ssh_login_tries_the_password_before_questions),
	cmocka_unit_test(test_ssh_login_says_what_the_server_wants),
	cmocka_unit_test(test_ssh_weak_names_each_algorithm_once),
	cmocka_unit_test(test_ssh_login_says_when_it_is_refused),
	cmocka_unit_test(test_ssh_shell_says_when_it_is_denied),
	cmocka_unit_test(test_ssh_keeps_half_of_an_answer),
};

UNIT_MAIN(tests)
