/* lib/worker/ticket.c and inbox.c */
#include "worker/ticket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/unit.h"
#include "worker/inbox.h"

#define LONG NF_PAYLOAD_MAX

static const uint8_t *some_bytes(void)
{
	static uint8_t bytes[LONG];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + (i >> 8));
	return bytes;
}

static void test_a_ticket_has_these_bytes(void **state)
{
	static const uint8_t wanted[] = {1, 2, 3, 4, 5,   6,   7,  8,
					 0, 0, 0, 3, 'a', 'b', 'c'};
	struct buf out;

	(void)state;
	buf_init(&out, sizeof(wanted));
	assert_int_equal(ticket_put(&out, 0x01020304, 0x05060708, "abc", 3), 0);
	assert_int_equal(out.len, sizeof(wanted));
	assert_memory_equal(out.data, wanted, sizeof(wanted));
	assert_int_equal(ticket_size(3), sizeof(wanted));
	buf_release(&out);
}

static void test_a_ticket_goes_in_whole_or_not_at_all(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, ticket_size(0) + ticket_size(10));
	assert_int_equal(ticket_put(&out, 1, 2, NULL, 0), 0);
	assert_int_equal(ticket_put(&out, 2, 3, some_bytes(), 11), -1);
	assert_int_equal(errno, ENOBUFS);
	assert_int_equal(out.len, ticket_size(0));
	assert_int_equal(ticket_put(&out, 2, 3, some_bytes(), 10), 0);
	buf_release(&out);
}

static const uint32_t lens[] = {0, 1, 0, 4095, LONG, 0, 13};

static void put_all(struct buf *out)
{
	buf_init(out, LENGTH(lens) * ticket_size(LONG));
	for (uint32_t i = 0; i < LENGTH(lens); i++)
		assert_int_equal(ticket_put(out, i + 1, i * 3,
					    some_bytes() + (LONG - lens[i]),
					    lens[i]),
				 0);
}

static void assert_ticket(const struct ticket *ticket, uint32_t i)
{
	assert_int_equal(ticket->number, i + 1);
	assert_int_equal(ticket->index, i * 3);
	assert_int_equal(ticket->payload_len, lens[i]);
	assert_int_equal(ticket->payload != NULL, lens[i] > 0);
	if (lens[i] > 0)
		assert_memory_equal(ticket->payload,
				    some_bytes() + (LONG - lens[i]), lens[i]);
}

/* Fed in pieces of a size, all come out; whatever a read ends in. */
static void feed_in_pieces(const struct buf *bytes, size_t piece)
{
	struct ticket_parser parser = {.have = 0};
	struct ticket ticket;
	size_t at = 0, used;
	uint32_t n = 0;

	while (at < bytes->len) {
		size_t left = bytes->len - at;
		int rc = ticket_parser_feed(&parser, bytes->data + at,
					    left < piece ? left : piece, &used,
					    &ticket);

		at += used;
		assert_int_not_equal(rc, -1);
		if (rc == 0)
			continue;
		assert_ticket(&ticket, n++);
		free(ticket.payload);
	}
	assert_int_equal(n, LENGTH(lens));
	assert_int_equal(parser.have, 0);
}

static void test_tickets_come_out_however_they_are_cut(void **state)
{
	static const size_t pieces[] = {
		1,  2,    3,         11,        12,
		13, 4096, LONG + 11, LONG + 12, (size_t)1 << 20};
	struct buf bytes;

	(void)state;
	put_all(&bytes);
	for (size_t i = 0; i < LENGTH(pieces); i++)
		feed_in_pieces(&bytes, pieces[i]);
	buf_release(&bytes);
}

static void test_a_payload_above_the_maximum_is_refused(void **state)
{
	static const uint8_t most[] = {0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0};
	static const uint8_t more[] = {0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1};
	struct ticket_parser parser = {.have = 0};
	struct ticket ticket;
	size_t used;

	(void)state;
	assert_int_equal(
		ticket_parser_feed(&parser, most, sizeof(most), &used, &ticket),
		0);
	ticket_parser_release(&parser);
	assert_int_equal(
		ticket_parser_feed(&parser, more, sizeof(more), &used, &ticket),
		-1);
	assert_int_equal(errno, EPROTO);
	ticket_parser_release(&parser);
}

/* ---- the inbox ---- */

static void put_into(int fd, uint32_t number)
{
	struct buf out;

	buf_init(&out, ticket_size(5));
	assert_int_equal(ticket_put(&out, number, 7, some_bytes(), 5), 0);
	assert_int_equal(write(fd, out.data, out.len), out.len);
	buf_release(&out);
}

static void test_an_inbox_gives_tickets_in_the_order_they_came(void **state)
{
	struct inbox inbox;
	bool emptied = false;
	int fds[2];

	(void)state;
	open_pipe(fds);
	assert_int_equal(inbox_init(&inbox, 3), 0);
	for (uint32_t round = 1; round < 5; round++) {
		put_into(fds[1], round);
		put_into(fds[1], round + 10);
		assert_int_equal(inbox_read(&inbox, fds[0], &emptied), 1);
		assert_true(emptied);
		for (size_t i = 0; i < 2; i++) {
			struct ticket ticket = inbox_take(&inbox);

			assert_int_equal(ticket.number, round + 10 * i);
			free(ticket.payload);
		}
	}
	assert_int_equal(inbox_read(&inbox, fds[0], &emptied), 1); /* EAGAIN */
	(void)close(fds[1]);
	assert_int_equal(inbox_read(&inbox, fds[0], &emptied), 0);
	(void)close(fds[0]);
	inbox_release(&inbox);
}

/* An inbox of two tickets, to be read from a pipe. */
static void open_inbox(struct inbox *inbox, int fds[2])
{
	open_pipe(fds);
	assert_int_equal(inbox_init(inbox, 2), 0);
}

static void close_inbox(struct inbox *inbox, const int fds[2])
{
	inbox_release(inbox);
	close_pipe(fds);
}

static void test_an_inbox_takes_no_more_than_it_was_made_for(void **state)
{
	struct inbox inbox;
	bool emptied;
	int fds[2];

	(void)state;
	open_inbox(&inbox, fds);
	for (uint32_t i = 1; i <= 3; i++)
		put_into(fds[1], i);
	assert_int_equal(inbox_read(&inbox, fds[0], &emptied), -1);
	assert_false(inbox.stopped);
	close_inbox(&inbox, fds); /* with what it has */
}

static void test_the_stop_ticket_is_told_and_ends_it(void **state)
{
	struct inbox inbox;
	bool emptied;
	int fds[2];

	(void)state;
	open_inbox(&inbox, fds);
	put_into(fds[1], 0);
	put_into(fds[1], 1);
	assert_int_equal(inbox_read(&inbox, fds[0], &emptied), -1);
	assert_true(inbox.stopped);
	assert_int_equal(inbox.len, 0);
	close_inbox(&inbox, fds);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_ticket_has_these_bytes),
	cmocka_unit_test(test_a_ticket_goes_in_whole_or_not_at_all),
	cmocka_unit_test(test_tickets_come_out_however_they_are_cut),
	cmocka_unit_test(test_a_payload_above_the_maximum_is_refused),
	cmocka_unit_test(test_an_inbox_gives_tickets_in_the_order_they_came),
	cmocka_unit_test(test_an_inbox_takes_no_more_than_it_was_made_for),
	cmocka_unit_test(test_the_stop_ticket_is_told_and_ends_it),
};

UNIT_MAIN(tests)
