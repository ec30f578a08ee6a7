/* All simulated devices: their listening sockets, their clients, one loop. */
#include "devsim/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "devsim/device.h"
#include "devsim/door.h"
#include "devsim/fault.h"
#include "devsim/limits.h"
#include "devsim/options.h"
#include "devsim/sshd.h"
#include "devsim/telnetd.h"
#include "fiber/fiber.h"

#define BACKLOG 4096
#define EVENTS_MAX 64
#define CLIENTS_MIN 1024 /* descriptors wanted for clients, at least */
#define FDS_BESIDE 32 /* standard ones, epoll, signalfd, what libssh opens */
#define FULL_WAIT_MS 20 /* out of descriptors: until one may be free again */
#define STOP_LIMIT_MS 3000

/* libssh and OpenSSL on a fiber. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_SIZE ((size_t)512 * 1024)
#else
#define STACK_SIZE ((size_t)128 * 1024)
#endif

/* A client in the list of those that are connected, and its way back. */
struct visitor {
	struct client client;
	struct server *server;
	bool telnet; /* SSH otherwise */
	LIST_ENTRY(visitor) entry;
};

struct server {
	const struct options *opts; /* borrowed */
	struct device *devices;
	int *listeners; /* of each device, then each for telnet; -1: none */
	size_t nlisteners;
	struct loop *loop;
	struct sshd *sshd;
	LIST_HEAD(visitors, visitor) visitors;
	struct counts counts;
	int listen_epfd; /* readable when one of the listeners is */
	int signal_fd;
	bool stopping;
};

/* ---- a client's fiber */

static void serve_telnet(struct visitor *visitor)
{
	enum fault fault = visitor->client.dev->fault;

	/* A key exchange is SSH's alone. */
	if (fault == FAULT_KEX || !fault_play(fault, visitor->client.fd))
		telnetd_serve(&visitor->client);
}

static void serve_ssh(struct visitor *visitor)
{
	struct client *client = &visitor->client;
	struct device *dev = client->dev;

	/* The one fault that begins as a device does. */
	if (dev->fault == FAULT_KEX)
		(void)sleep_until(deadline_clock_ms() +
				  device_delay(dev, dev->opts->connect_ms));
	if (!fault_play(dev->fault, client->fd))
		sshd_serve(visitor->server->sshd, client);
}

/* How many clients of a device have not logged in yet. */
static size_t count_logins(const struct server *server,
			   const struct device *dev)
{
	const struct visitor *visitor;
	size_t n = 0;

	if (server->opts->max_logins == 0)
		return 0;
	LIST_FOREACH(visitor, &server->visitors, entry)
	n += visitor->client.dev == dev && !visitor->client.logged_in;
	return n;
}

static void serve(struct visitor *visitor)
{
	struct client *client = &visitor->client;

	if (door_turns_away(client, count_logins(visitor->server, client->dev)))
		return;
	if (!door_await(client))
		return;
	if (visitor->telnet)
		serve_telnet(visitor);
	else
		serve_ssh(visitor);
}

static void visit(void *arg)
{
	struct visitor *visitor = arg;
	struct server *server = visitor->server;

	serve(visitor);
	server->counts.live--;
	LIST_REMOVE(visitor, entry);
	free(visitor);
}

static void count_in(struct counts *counts)
{
	counts->connections++;
	counts->live++;
	if (counts->live > counts->peak)
		counts->peak = counts->live;
}

static int admit(struct server *server, size_t index, int fd,
		 const struct sockaddr_in *from)
{
	struct visitor *visitor = calloc(1, sizeof(*visitor));
	const int on = 1;

	if (visitor == NULL)
		return -1;
	visitor->server = server;
	visitor->telnet = index >= server->opts->devices;
	visitor->client = (struct client){
		.dev = &server->devices[index % server->opts->devices],
		.counts = &server->counts,
		.login_deadline_ms = deadline_clock_ms() + LOGIN_LIMIT_MS,
		.fd = fd,
	};
	(void)inet_ntop(AF_INET, &from->sin_addr, visitor->client.from,
			sizeof(visitor->client.from));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (fiber_start(server->loop, visit, visitor, NULL) == -1) {
		free(visitor);
		return -1;
	}
	LIST_INSERT_HEAD(&server->visitors, visitor, entry);
	count_in(&server->counts);
	return 0;
}

/* ---- the fiber that accepts */

/* Take what waits at one listener; -1 when there is no descriptor for it. */
static int accept_all(struct server *server, size_t index)
{
	for (;;) {
		struct sockaddr_in from = {.sin_family = AF_INET};
		socklen_t len = sizeof(from);
		int fd = accept4(server->listeners[index],
				 (struct sockaddr *)&from, &len,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd == -1)
			return errno == EMFILE || errno == ENFILE ? -1 : 0;
		if (admit(server, index, fd, &from) == -1)
			(void)close(fd);
	}
}

static void accept_clients(void *arg)
{
	struct server *server = arg;
	struct epoll_event events[EVENTS_MAX];

	while (wait_io(server->listen_epfd, WAIT_IN, NO_DEADLINE) == 1) {
		int n = epoll_wait(server->listen_epfd, events, EVENTS_MAX, 0);
		bool full = false;

		for (int i = 0; i < n && !full; i++)
			full = accept_all(server, events[i].data.u32) == -1;
		if (full)
			sleep_until(deadline_clock_ms() + FULL_WAIT_MS);
	}
}

static void await_signal(void *arg)
{
	struct server *server = arg;

	(void)wait_io(server->signal_fd, WAIT_IN, NO_DEADLINE);
	server->stopping = true;
}

/* ---- opening */

static int raise_fd_limit(const struct options *opts, struct nf_error *err)
{
	uint64_t clients =
		opts->devices < CLIENTS_MIN ? opts->devices : CLIENTS_MIN;
	uint64_t listeners = opts->devices * (opts->telnet_port != 0 ? 2 : 1);
	uint64_t need = listeners + clients + FDS_BESIDE;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return error_sys(err, NF_SYSTEM, "getrlimit");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) == -1)
		return error_sys(err, NF_SYSTEM, "setrlimit");
	if (limit.rlim_cur < need)
		return error_set(err, NF_SYSTEM,
				 "%" PRIu64 " devices need %" PRIu64
				 " descriptors, the limit is %" PRIu64
				 ": raise it (ulimit -Hn)",
				 opts->devices, need, (uint64_t)limit.rlim_cur);
	return 0;
}

static int open_listener(const struct server *server, size_t index,
			 struct nf_error *err)
{
	const struct options *opts = server->opts;
	uint32_t number = (uint32_t)(index % opts->devices); /* checked */
	uint64_t port = index < opts->devices ? opts->port : opts->telnet_port;
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port), /* checked as well */
		.sin_addr.s_addr = htonl(opts->base_address + number),
	};
	struct epoll_event event = {.events = EPOLLIN,
				    .data.u32 = (uint32_t)index};
	const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	server->listeners[index] = fd;
	if (fd == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) == -1 ||
	    listen(fd, BACKLOG) == -1 ||
	    epoll_ctl(server->listen_epfd, EPOLL_CTL_ADD, fd, &event) == -1)
		return error_sys(err, NF_SYSTEM, "%s port %" PRIu64,
				 server->devices[number].address, port);
	return 0;
}

static int open_devices(struct server *server, struct nf_error *err)
{
	size_t count = (size_t)server->opts->devices;

	server->devices = calloc(count, sizeof(*server->devices));
	server->nlisteners = server->opts->telnet_port != 0 ? 2 * count : count;
	server->listeners =
		calloc(server->nlisteners, sizeof(*server->listeners));
	if (server->devices == NULL || server->listeners == NULL)
		return error_sys(err, NF_SYSTEM, "devices");
	for (size_t i = 0; i < count; i++)
		device_init(&server->devices[i], server->opts, (uint32_t)i);
	for (size_t i = 0; i < server->nlisteners; i++)
		server->listeners[i] = -1;
	for (size_t i = 0; i < server->nlisteners; i++) {
		if (server->devices[i % count].fault != FAULT_REFUSE &&
		    open_listener(server, i, err) == -1)
			return -1;
	}
	return 0;
}

static int open_signals(struct server *server, struct nf_error *err)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return error_sys(err, NF_SYSTEM, "sigprocmask");
	server->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (server->signal_fd == -1)
		return error_sys(err, NF_SYSTEM, "signalfd");
	return 0;
}

int server_open(struct server **out, const struct options *opts,
		struct nf_error *err)
{
	struct server *server = calloc(1, sizeof(*server));

	if (server == NULL)
		return error_sys(err, NF_SYSTEM, "server");
	server->opts = opts;
	server->signal_fd = -1;
	LIST_INIT(&server->visitors);
	server->listen_epfd = epoll_create1(EPOLL_CLOEXEC);
	if (server->listen_epfd == -1) {
		(void)error_sys(err, NF_SYSTEM, "epoll_create1");
		goto out;
	}
	if (raise_fd_limit(opts, err) == -1 ||
	    loop_new(&server->loop, STACK_SIZE, err) == -1 ||
	    sshd_new(&server->sshd, opts, err) == -1 ||
	    open_signals(server, err) == -1 ||
	    open_devices(server, err) == -1 ||
	    fiber_start(server->loop, accept_clients, server, err) == -1 ||
	    fiber_start(server->loop, await_signal, server, err) == -1)
		goto out;
	*out = server;
	return 0;
out:
	server_free(server);
	return -1;
}

static void close_listeners(struct server *server)
{
	if (server->listeners == NULL)
		return;
	for (size_t i = 0; i < server->nlisteners; i++) {
		if (server->listeners[i] != -1)
			(void)close(server->listeners[i]);
		server->listeners[i] = -1;
	}
}

void server_free(struct server *server)
{
	if (server == NULL)
		return;
	close_listeners(server);
	loop_free(server->loop);
	sshd_free(server->sshd);
	if (server->listen_epfd != -1)
		(void)close(server->listen_epfd);
	if (server->signal_fd != -1)
		(void)close(server->signal_fd);
	free(server->listeners);
	free(server->devices);
	free(server);
}

/* A fiber cannot be ended from outside: take away what it waits for. */
static int put_out(struct server *server, struct nf_error *err)
{
	int64_t deadline_ms = deadline_clock_ms() + STOP_LIMIT_MS;
	struct visitor *visitor;

	close_listeners(server);
	LIST_FOREACH(visitor, &server->visitors, entry)
	(void)shutdown(visitor->client.fd, SHUT_RDWR);
	while (server->counts.live > 0 && deadline_clock_ms() < deadline_ms) {
		if (loop_step(server->loop, deadline_ms, err) == -1)
			return -1;
	}
	return 0;
}

int server_run(struct server *server, struct nf_error *err)
{
	while (!server->stopping) {
		if (loop_step(server->loop, NO_DEADLINE, err) == -1)
			return -1;
	}
	return put_out(server, err);
}

const char *server_first(const struct server *server)
{
	return server->devices[0].address;
}

const char *server_last(const struct server *server)
{
	return server->devices[server->opts->devices - 1].address;
}

struct counts server_counts(const struct server *server, uint64_t *commands)
{
	*commands = 0;
	for (uint64_t i = 0; i < server->opts->devices; i++)
		*commands += server->devices[i].commands;
	return server->counts;
}
