/* lib/session/way.c */
#include "session/way.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "session/session.h"
#include "unit/loops.h"

#define FOR_MS 60000

#define DONE "\x05\x00\x00\x01\x7f\x00\x00\x01\x04\x38"

/* What the proxy says, each behind something of the session's. */
struct reply {
	const char *bytes;
	size_t len;
};
#define REPLY(text) ((struct reply){text, sizeof(text) - 1})

/* A session on its way through a proxy, and that proxy, on one loop. */
struct scene {
	const struct reply *replies;
	size_t n;
	int listener;
	struct way way;
	struct session_target target;
	unsigned asked, let_in; /* what the session told of the password */
	int rc;
	struct nf_error err;
};

static void proxy_main(void *arg)
{
	struct scene *scene = arg;
	char bytes[512];
	int fd = -1;

	if (wait_io(scene->listener, WAIT_IN, NO_DEADLINE) == 1)
		fd = accept(scene->listener, NULL, NULL);
	for (size_t i = 0; i < scene->n; i++) {
		if (wait_io(fd, WAIT_IN, NO_DEADLINE) != 1 ||
		    read(fd, bytes, sizeof(bytes)) <= 0)
			break;
		(void)!write(fd, scene->replies[i].bytes,
			     scene->replies[i].len);
	}
	(void)close(fd);
}

static void session_main(void *arg)
{
	struct scene *scene = arg;
	int64_t deadline_ms = deadline_clock_ms() + FOR_MS;
	struct transport *tr = NULL;

	scene->rc =
		way_go(&scene->target, &tr, FOR_MS, &deadline_ms, &scene->err);
	if (scene->rc == 0)
		transport_free(tr);
}

static int on_proxy_password(void *arg, struct nf_error *err)
{
	struct scene *scene = arg;

	(void)err;
	scene->asked++;
	return 0;
}

static void on_proxy_login(void *arg)
{
	struct scene *scene = arg;

	scene->let_in++;
}

static const struct session_hooks hooks = {
	.on_proxy_password = on_proxy_password,
	.on_proxy_login = on_proxy_login,
};

/* Listen on a free port of loopback. */
static void open_proxy(struct scene *scene, struct address *address)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	socklen_t len = sizeof(in);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	scene->listener =
		socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(
		bind(scene->listener, (struct sockaddr *)&in, sizeof(in)), 0);
	assert_int_equal(listen(scene->listener, 1), 0);
	assert_int_equal(
		getsockname(scene->listener, (struct sockaddr *)&in, &len), 0);
	memcpy(&address->sockaddr, &in, sizeof(in));
	address->len = sizeof(in);
}

/* Go through a proxy that replies so, with a user and password for it. */
static void go(struct scene *scene, const struct reply *replies, size_t n)
{
	struct address address = {0};
	const struct way_proxy proxy = {
		.socks5 = {"proxy:1080", "me", "secret"},
		.login = {.username = "me", .password = "secret"},
		.addresses = &address,
		.naddresses = 1};
	struct loop *loop = new_loop();

	*scene = (struct scene){.replies = replies, .n = n, .rc = -1};
	open_proxy(scene, &address);
	scene->way = (struct way){.kind = WAY_SOCKS5, .proxy = &proxy};
	scene->target = (struct session_target){.host = "r1",
						.port = 22,
						.way = &scene->way,
						.hooks = &hooks,
						.arg = scene};
	start(loop, proxy_main, scene);
	start(loop, session_main, scene);
	run(loop);
	loop_free(loop);
	(void)close(scene->listener);
}

/* Others would wait to hear what becomes of it. */
static void
test_a_password_that_the_proxy_does_not_want_needs_no_permit(void **state)
{
	const struct reply replies[] = {REPLY("\x05\x00"), REPLY(DONE)};
	struct scene scene;

	(void)state;
	go(&scene, replies, LENGTH(replies));
	assert_int_equal(scene.rc, 0);
	assert_int_equal(scene.asked, 0);
	assert_int_equal(scene.let_in, 0);
}

static void test_a_password_that_the_proxy_takes_is_told(void **state)
{
	const struct reply replies[] = {REPLY("\x05\x02"), REPLY("\x01\x00"),
					REPLY(DONE)};
	struct scene scene;

	(void)state;
	go(&scene, replies, LENGTH(replies));
	assert_int_equal(scene.rc, 0);
	assert_int_equal(scene.asked, 1);
	assert_int_equal(scene.let_in, 1);
}

static void test_a_password_that_the_proxy_refuses_lets_nobody_in(void **state)
{
	const struct reply replies[] = {REPLY("\x05\x02"), REPLY("\x01\x01")};
	struct scene scene;

	(void)state;
	go(&scene, replies, LENGTH(replies));
	assert_int_equal(scene.rc, -1);
	assert_int_equal(scene.err.code, NF_AUTH_FAILED);
	assert_int_equal(scene.asked, 1);
	assert_int_equal(scene.let_in, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		test_a_password_that_the_proxy_does_not_want_needs_no_permit),
	cmocka_unit_test(test_a_password_that_the_proxy_takes_is_told),
	cmocka_unit_test(test_a_password_that_the_proxy_refuses_lets_nobody_in),
};

UNIT_MAIN(tests)
