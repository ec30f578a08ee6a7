/* lib/worker/passage.c */
#include "worker/passage.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wire.h"
#include "unit/unit.h"

struct pair {
	int pool_fd, worker_fd;
	struct passages passages;
};

static struct pair open_pair(void)
{
	struct pair pair = {0};
	struct nf_error err;

	assert_int_equal(passage_open(&pair.pool_fd, &pair.worker_fd, &err), 0);
	return pair;
}

static void close_pair(struct pair *pair)
{
	passages_release(&pair->passages);
	(void)close(pair->pool_fd);
	(void)close(pair->worker_fd);
}

static void put(struct pair *pair, uint32_t ticket, const char *text,
		const int *fds, size_t nfds)
{
	assert_int_equal(passages_put(&pair->passages, pair->pool_fd, ticket,
				      text, strlen(text), fds, nfds),
			 0);
}

static void assert_closed(int fd)
{
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void assert_received(const struct pair *pair, uint32_t ticket,
			    const char *text, struct passed *passed)
{
	uint32_t got = 0;

	assert_int_equal(passage_receive(pair->worker_fd, &got, passed), 1);
	assert_int_equal(got, ticket);
	assert_int_equal(passed->len, strlen(text));
	assert_memory_equal(passed->bytes, text, passed->len);
}

static void test_a_passage_arrives_with_its_ticket_and_bytes(void **state)
{
	struct pair pair = open_pair();
	struct passed passed;

	(void)state;
	put(&pair, 0x01020304, "hello", NULL, 0);
	put(&pair, 7, "", NULL, 0);
	assert_received(&pair, 0x01020304, "hello", &passed);
	assert_int_equal(passed.nfds, 0);
	assert_int_equal(passed_take_fd(&passed), -1);
	passed_release(&passed);
	assert_received(&pair, 7, "", &passed);
	passed_release(&passed);
	assert_int_equal(
		passage_receive(pair.worker_fd, &(uint32_t){0}, &passed), 0);
	close_pair(&pair);
}

static void test_descriptors_are_given_away_and_received_as_new(void **state)
{
	struct pair pair = open_pair();
	struct passed passed;
	char bytes[4];
	int fds[2], first;

	(void)state;
	open_pipe(fds);
	put(&pair, 1, "two", fds, 2);
	assert_closed(fds[0]);
	assert_closed(fds[1]);
	assert_received(&pair, 1, "two", &passed);
	assert_int_equal(passed.nfds, 2);
	for (size_t i = 0; i < passed.nfds; i++)
		assert_int_equal(fcntl(passed.fds[i], F_GETFD), FD_CLOEXEC);
	assert_int_equal(write(passed.fds[1], "here", 4), 4);
	first = passed_take_fd(&passed);
	assert_int_equal(passed.nfds, 1);
	fds[1] = passed.fds[0];
	passed_release(&passed);
	assert_closed(fds[1]);
	assert_int_equal(read(first, bytes, 4), 4);
	(void)close(first);
	close_pair(&pair);
}

/* In their order, with their descriptors; those that never leave are closed. */
static void test_what_the_socket_does_not_take_waits(void **state)
{
	enum { MANY = 1000 };
	struct pair pair = open_pair();
	struct passed passed;
	uint32_t ticket, next = 1;
	int fds[2];

	(void)state;
	for (uint32_t i = 1; i <= MANY; i++)
		put(&pair, i, "some bytes", NULL, 0);
	assert_true(passages_wait(&pair.passages));
	open_pipe(fds);
	put(&pair, MANY + 1, "late", fds, 2);
	assert_int_equal(fcntl(fds[0], F_GETFD), FD_CLOEXEC);
	while (next <= MANY) {
		if (passage_receive(pair.worker_fd, &ticket, &passed) == 0) {
			passages_send(&pair.passages, pair.pool_fd);
			continue;
		}
		assert_int_equal(ticket, next++);
		passed_release(&passed);
	}
	passages_send(&pair.passages, pair.pool_fd);
	assert_false(passages_wait(&pair.passages));
	assert_closed(fds[0]);
	assert_received(&pair, MANY + 1, "late", &passed);
	assert_int_equal(passed.nfds, 2);
	passed_release(&passed);
	close_pair(&pair);
}

static void test_what_waits_is_dropped_with_its_descriptors(void **state)
{
	struct pair pair = open_pair();
	int fds[2];

	(void)state;
	while (!passages_wait(&pair.passages))
		put(&pair, 1, "some bytes", NULL, 0);
	open_pipe(fds);
	put(&pair, 2, "late", fds, 2);
	passages_release(&pair.passages);
	assert_closed(fds[0]);
	assert_closed(fds[1]);
	assert_false(passages_wait(&pair.passages));
	close_pair(&pair);
}

static void test_nothing_waits_for_a_worker_that_has_gone(void **state)
{
	struct pair pair = open_pair();
	int fds[2];

	(void)state;
	open_pipe(fds);
	(void)close(pair.worker_fd);
	put(&pair, 1, "too late", fds, 2);
	assert_false(passages_wait(&pair.passages));
	assert_closed(fds[0]);
	assert_closed(fds[1]);
	pair.worker_fd = dup(pair.pool_fd);
	close_pair(&pair);
}

static void test_the_end_and_a_packet_that_is_none_end_passages(void **state)
{
	struct pair pair = open_pair();
	struct passed passed;
	uint32_t ticket;

	(void)state;
	assert_int_equal(send(pair.pool_fd, "123", 3, 0), 3);
	assert_int_equal(passage_receive(pair.worker_fd, &ticket, &passed), -1);
	(void)shutdown(pair.pool_fd, SHUT_WR);
	assert_int_equal(passage_receive(pair.worker_fd, &ticket, &passed), -1);
	assert_int_equal(errno, EPIPE);
	close_pair(&pair);
}

static void test_a_descriptor_without_room_is_known_to_be_missing(void **state)
{
	struct pair pair = open_pair();
	struct rlimit before;
	struct passed passed;
	uint32_t ticket = 0;
	int fds[2];

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	open_pipe(fds);
	put(&pair, 3, "both", fds, 2);
	assert_int_equal(
		setrlimit(RLIMIT_NOFILE, &(struct rlimit){0, before.rlim_max}),
		0);
	assert_int_equal(passage_receive(pair.worker_fd, &ticket, &passed), 1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(ticket, 3);
	assert_memory_equal(passed.bytes, "both", passed.len);
	assert_int_equal(passed.nfds, 0);
	assert_true(passed.lacks_fds);
	passed_release(&passed);
	put(&pair, 4, "none", NULL, 0);
	assert_received(&pair, 4, "none", &passed);
	assert_false(passed.lacks_fds);
	passed_release(&passed);
	close_pair(&pair);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_passage_arrives_with_its_ticket_and_bytes),
	cmocka_unit_test(test_descriptors_are_given_away_and_received_as_new),
	cmocka_unit_test(test_a_descriptor_without_room_is_known_to_be_missing),
	cmocka_unit_test(test_what_the_socket_does_not_take_waits),
	cmocka_unit_test(test_what_waits_is_dropped_with_its_descriptors),
	cmocka_unit_test(test_nothing_waits_for_a_worker_that_has_gone),
	cmocka_unit_test(test_the_end_and_a_packet_that_is_none_end_passages),
};

UNIT_MAIN(tests)
