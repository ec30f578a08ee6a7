/*
 * Which TCP ports of this machine are open? All are tried at once, in one
 * thread: each task is a fiber, and gives way to the others while it waits.
 *
 *   portcheck [PORT...]
 *
 * Answers are told as they come in: nf_as_completed(). Without arguments it
 * listens on a port itself and looks at that one and some beside it.
 */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netfan.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORTS_MAX 1024
#define ANSWER_MS 1000

/* ---- the task */

static int fail(struct nf_error *err, enum nf_code code, int sys_errno)
{
	err->code = code;
	err->sys_errno = sys_errno;
	(void)snprintf(err->message, sizeof(err->message), "%s",
		       strerror(sys_errno));
	return -1;
}

/* Descriptors do not block here: a call that did would hold up all fibers. */
static int try_port(int fd, uint32_t port, struct nf_error *err)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((uint16_t)port)};
	int error = 0;
	socklen_t len = sizeof(error);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return 0;
	if (errno != EINPROGRESS)
		return fail(err, NF_REFUSED, errno);
	switch (nf_wait_io(fd, NF_WAIT_OUT, nf_now_ms() + ANSWER_MS)) {
	case 0:
		return fail(err, NF_TIMEOUT, ETIMEDOUT);
	case -1:
		return fail(err, NF_SYSTEM, errno);
	}
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return fail(err, NF_SYSTEM, errno);
	return error == 0 ? 0 : fail(err, NF_REFUSED, error);
}

/* The index of a task means what one likes: here it is the port. */
static int check_port(void *ctx, uint32_t index, struct nf_task_io *out,
		      struct nf_error *err)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), rc;

	(void)ctx;
	if (fd == -1 || fcntl(fd, F_SETFL, O_NONBLOCK) == -1)
		rc = fail(err, NF_SYSTEM, errno);
	else
		rc = try_port(fd, index, err);
	if (fd != -1)
		(void)close(fd);
	return rc == -1 ? -1 : nf_write(out, "open", 4);
}

/* ---- what becomes of it */

/* A callback of each future: comes from nf_iter_next(), as that steps. */
static void count_open(void *arg, struct nf_future *future)
{
	unsigned *nopen = arg;

	*nopen += nf_future_state(future) == NF_STATE_DONE;
}

static void tell(struct nf_future *future)
{
	unsigned port = nf_future_index(future);
	struct nf_error err;
	const void *bytes;
	size_t len;

	/* The result is bytes, not a string. */
	if (nf_future_result(future, 0, &bytes, &len, &err) == 0)
		(void)printf("%5u %.*s\n", port, (int)len, (const char *)bytes);
	else
		(void)printf("%5u %s (%s)\n", port, nf_code_name(err.code),
			     err.message);
}

static int check_all(struct nf_executor *executor, const uint32_t *ports,
		     size_t n, struct nf_error *err)
{
	struct nf_future *futures[PORTS_MAX], *next;
	struct nf_iter *iter = NULL;
	unsigned nopen = 0;
	size_t nsubmitted = 0;
	int rc = 0;

	while (rc == 0 && nsubmitted < n) {
		rc = nf_submit(executor, ports[nsubmitted],
			       &futures[nsubmitted], err);
		if (rc == 0)
			rc = nf_future_add_done_callback(
				futures[nsubmitted++], count_open, &nopen, err);
	}
	if (rc == 0)
		rc = nf_as_completed(&iter, futures, nsubmitted, err);
	if (rc == 0) {
		while ((rc = nf_iter_next(iter, -1, &next, err)) == 1)
			tell(next);
		(void)printf("%u of %zu are open\n", nopen, n);
	}
	/* Nothing more is to come: this waits for what still runs, if we are
	 * here because something failed, and so calls the last callbacks. */
	if (nf_executor_shutdown(executor, true, true, err) == -1)
		rc = -1;
	nf_iter_free(iter);
	while (nsubmitted > 0)
		nf_future_free(futures[--nsubmitted]);
	return rc;
}

/* ---- ports */

/* Listen on a port that was free: it, or 0. */
static uint32_t listen_somewhere(int fd)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == -1 ||
	    listen(fd, 1) == -1 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) == -1)
		return 0;
	return ntohs(address.sin_port);
}

static size_t choose(uint32_t *ports, int argc, char **argv, int fd)
{
	size_t n = 0;

	while (n < PORTS_MAX && (int)n + 1 < argc) {
		ports[n] = (uint32_t)strtoul(argv[n + 1], NULL, 10);
		n++;
	}
	if (n == 0 && (ports[0] = listen_somewhere(fd)) != 0)
		for (n = 1; n < 8; n++)
			ports[n] = (ports[0] + (uint32_t)n) % 65536;
	return n;
}

int main(int argc, char **argv)
{
	const struct nf_executor_options options = {
		.task = check_port,
		.mode = NF_MODE_THREAD,
		.workers = 1,
		.fibers = 256, /* at once; the others wait for their turn */
		.task_timeout_ms = 2L * ANSWER_MS,
	};
	struct nf_executor *executor;
	struct nf_error err;
	uint32_t ports[PORTS_MAX];
	int fd = socket(AF_INET, SOCK_STREAM, 0), rc = -1;
	size_t n = choose(ports, argc, argv, fd);

	if (nf_executor_open(&executor, &options, &err) == 0) {
		rc = check_all(executor, ports, n, &err);
		nf_executor_free(executor);
	}
	if (rc == -1)
		(void)fprintf(stderr, "portcheck: %s\n", err.message);
	(void)close(fd);
	return rc == -1 ? 1 : 0;
}
