/* lib/worker/frame.c */
#include "worker/frame.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/wire.h"
#include "unit/unit.h"

/* A frame as a test wants it; its payload is made from its number. */
struct sample {
	enum frame_type type;
	uint32_t ticket;
	uint32_t len;
};

static const struct sample samples[] = {
	{FRAME_STARTED, 1, 8},
	{FRAME_DATA, 0x01020304, 0},
	{FRAME_DATA, 0xffffffff, 1},
	{FRAME_DONE, 0, 0},
	{FRAME_STARTED, 0x80000000, 9},
	{FRAME_DATA, 7, 23},
	{FRAME_DONE, 7, 0},
	{FRAME_HELLO, 0, 0},
	{FRAME_READY, 9, 4},
};

static uint8_t payload_byte(size_t number, size_t at)
{
	return (uint8_t)(number * 31 + at * 7 + (at >> 8) + 1);
}

static uint8_t *new_payload(size_t number, size_t len)
{
	uint8_t *bytes = malloc(len > 0 ? len : 1);

	assert_non_null(bytes);
	for (size_t i = 0; i < len; i++)
		bytes[i] = payload_byte(number, i);
	return bytes;
}

static void put(struct buf *out, size_t number, const struct sample *sample)
{
	uint8_t *payload = new_payload(number, sample->len);
	struct iovec part = {.iov_base = payload, .iov_len = sample->len};

	assert_int_equal(frame_put(out, sample->type, sample->ticket, &part, 1),
			 0);
	free(payload);
}

static void put_all(struct buf *out)
{
	buf_init(out, (size_t)1 << 20);
	for (size_t i = 0; i < LENGTH(samples); i++)
		put(out, i, &samples[i]);
}

static void assert_is_sample(const struct frame *frame, size_t number)
{
	assert_true(number < LENGTH(samples));
	assert_int_equal(frame->type, samples[number].type);
	assert_int_equal(frame->ticket, samples[number].ticket);
	assert_int_equal(frame->len, samples[number].len);
	for (size_t i = 0; i < frame->len; i++)
		assert_int_equal(frame->payload[i], payload_byte(number, i));
}

/*
 * Feed one read of len bytes as the pool does, and count the frames. The bytes
 * are a copy that is gone afterwards: a parser that still points into an
 * earlier read is found out.
 */
static size_t feed(struct frame_parser *parser, const uint8_t *bytes,
		   size_t len, size_t number)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	size_t at = 0, used, first = number;
	struct frame frame;
	int rc;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	do {
		rc = frame_parser_feed(parser, copy + at, len - at, &used,
				       &frame, NULL);
		assert_true(used <= len - at);
		at += used;
		if (rc == 1)
			assert_is_sample(&frame, number++);
	} while (rc == 1);
	assert_int_equal(rc, 0);
	assert_int_equal(at, len);
	memset(copy, 0xee, len);
	free(copy);
	return number - first;
}

static struct frame_parser *new_parser(void)
{
	struct frame_parser *parser = calloc(1, sizeof(*parser));

	assert_non_null(parser);
	return parser;
}

static void test_a_frame_is_spelled_as_its_header_says(void **state)
{
	static const uint8_t expected[] = {0,    0,    0,    3,   2,   0x01,
					   0x02, 0x03, 0x04, 'a', 'b', 'c'};
	struct iovec parts[] = {{(void *)(uintptr_t) "a", 1},
				{NULL, 0},
				{(void *)(uintptr_t) "bc", 2}};
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	assert_int_equal(frame_payload(parts, 3), 3);
	assert_int_equal(frame_size(3), sizeof(expected));
	assert_int_equal(frame_put(&out, FRAME_DATA, 0x01020304, parts, 3), 0);
	assert_int_equal(out.len, sizeof(expected));
	assert_memory_equal(out.data, expected, sizeof(expected));
	buf_release(&out);
}

static void test_frames_survive_reads_of_every_size(void **state)
{
	struct frame_parser *parser = new_parser();
	struct buf stream;

	(void)state;
	put_all(&stream);
	for (size_t piece = 1; piece <= stream.len; piece++) {
		size_t n = 0;

		for (size_t at = 0; at < stream.len; at += piece) {
			size_t len = stream.len - at < piece ? stream.len - at
							     : piece;

			n += feed(parser, stream.data + at, len, n);
		}
		assert_int_equal(n, LENGTH(samples));
		assert_false(frame_parser_inside(parser));
	}
	buf_release(&stream);
	free(parser);
}

static void test_frames_survive_a_cut_at_every_byte(void **state)
{
	struct frame_parser *parser = new_parser();
	struct buf stream;

	(void)state;
	put_all(&stream);
	for (size_t cut = 0; cut <= stream.len; cut++) {
		size_t n = feed(parser, stream.data, cut, 0);

		n += feed(parser, stream.data + cut, stream.len - cut, n);
		assert_int_equal(n, LENGTH(samples));
		assert_false(frame_parser_inside(parser));
	}
	buf_release(&stream);
	free(parser);
}

/* Where frames end in the stream of all samples. */
static bool is_border(size_t at)
{
	size_t border = 0;

	for (size_t i = 0; i < LENGTH(samples) && border < at; i++)
		border += frame_size(samples[i].len);
	return border == at;
}

static void test_a_parser_knows_at_each_byte_whether_it_is_inside(void **state)
{
	struct buf stream;

	(void)state;
	put_all(&stream);
	for (size_t cut = 0; cut <= stream.len; cut++) {
		struct frame_parser *whole = new_parser();
		struct frame_parser *bytewise = new_parser();
		size_t n = 0;

		(void)feed(whole, stream.data, cut, 0);
		for (size_t at = 0; at < cut; at++)
			n += feed(bytewise, stream.data + at, 1, n);
		assert_int_equal(frame_parser_inside(whole), !is_border(cut));
		assert_int_equal(frame_parser_inside(bytewise),
				 !is_border(cut));
		free(whole);
		free(bytewise);
	}
	buf_release(&stream);
}

static void test_a_lent_frame_is_whole_until_the_next_call(void **state)
{
	struct frame_parser *parser = new_parser();
	struct frame frame;
	struct buf stream;
	size_t used;

	(void)state;
	put_all(&stream);
	/* The first ends in a second read: it is lent from the parser. */
	assert_int_equal(
		frame_parser_feed(parser, stream.data, 4, &used, &frame, NULL),
		0);
	assert_int_equal(used, 4);
	assert_true(frame_parser_inside(parser));
	assert_int_equal(frame_parser_feed(parser, stream.data + 4,
					   stream.len - 4, &used, &frame, NULL),
			 1);
	assert_int_equal(used, frame_size(samples[0].len) - 4);
	assert_false(frame_parser_inside(parser));
	assert_is_sample(&frame, 0);
	/* Nothing more has come: the parser forgets it and wants a header. */
	assert_int_equal(
		frame_parser_feed(parser, stream.data, 0, &used, &frame, NULL),
		0);
	assert_int_equal(used, 0);
	assert_false(frame_parser_inside(parser));
	assert_int_equal(feed(parser, stream.data + frame_size(samples[0].len),
			      stream.len - frame_size(samples[0].len), 1),
			 LENGTH(samples) - 1);
	buf_release(&stream);
	free(parser);
}

static void test_used_ends_with_each_frame_of_one_read(void **state)
{
	struct frame_parser *parser = new_parser();
	struct frame frame;
	struct buf stream;
	size_t at = 0, used;

	(void)state;
	put_all(&stream);
	for (size_t i = 0; i < LENGTH(samples); i++) {
		assert_int_equal(frame_parser_feed(parser, stream.data + at,
						   stream.len - at, &used,
						   &frame, NULL),
				 1);
		assert_int_equal(used, frame_size(samples[i].len));
		assert_is_sample(&frame, i);
		at += used;
	}
	assert_int_equal(at, stream.len);
	buf_release(&stream);
	free(parser);
}

static void test_a_frame_of_the_maximum_passes_in_pieces(void **state)
{
	static const size_t pieces[] = {
		1,
		4096,
		65535,
		65536,
		FRAME_HEADER + FRAME_PAYLOAD_MAX - 1,
		FRAME_HEADER + FRAME_PAYLOAD_MAX,
	};
	struct frame_parser *parser = new_parser();
	struct sample largest = {FRAME_DATA, 5, FRAME_PAYLOAD_MAX};
	struct buf stream;

	(void)state;
	buf_init(&stream, frame_size(FRAME_PAYLOAD_MAX));
	put(&stream, 3, &largest);
	for (size_t i = 0; i < LENGTH(pieces); i++) {
		size_t at = 0, used;
		struct frame frame;
		int rc = 0;

		while (rc == 0) {
			size_t len = stream.len - at < pieces[i]
					     ? stream.len - at
					     : pieces[i];

			rc = frame_parser_feed(parser, stream.data + at, len,
					       &used, &frame, NULL);
			assert_int_equal(used, len);
			at += used;
		}
		assert_int_equal(rc, 1);
		assert_int_equal(at, stream.len);
		assert_int_equal(frame.len, FRAME_PAYLOAD_MAX);
		for (size_t k = 0; k < frame.len; k++)
			assert_int_equal(frame.payload[k], payload_byte(3, k));
	}
	buf_release(&stream);
	free(parser);
}

/* Feed a header whole, byte by byte, and behind a good frame. */
static void assert_header_refused(const uint8_t *header, const char *message)
{
	static const uint8_t good[FRAME_HEADER] = {0, 0, 0, 0, FRAME_DONE};
	struct frame_parser *parser = new_parser();
	struct nf_error err = {0};
	struct frame frame;
	size_t used;

	assert_int_equal(frame_parser_feed(parser, header, FRAME_HEADER, &used,
					   &frame, &err),
			 -1);
	assert_int_equal(err.code, NF_PROTOCOL);
	assert_string_equal(err.message, message);
	assert_int_equal(frame_parser_feed(parser, good, sizeof(good), &used,
					   &frame, &err),
			 1);
	for (size_t i = 0; i < FRAME_HEADER - 1; i++)
		assert_int_equal(frame_parser_feed(parser, header + i, 1, &used,
						   &frame, &err),
				 0);
	err = (struct nf_error){0};
	assert_int_equal(frame_parser_feed(parser, header + FRAME_HEADER - 1, 1,
					   &used, &frame, &err),
			 -1);
	assert_int_equal(err.code, NF_PROTOCOL);
	assert_string_equal(err.message, message);
	/* The caller need not want to know why. */
	assert_int_equal(
		frame_parser_feed(parser, header, 1, &used, &frame, NULL), -1);
	free(parser);
}

static void test_a_length_above_the_maximum_is_refused(void **state)
{
	static const uint32_t lens[] = {FRAME_PAYLOAD_MAX + 1,
					0x00020000,
					0x01000000,
					0x7fffffff,
					0x80000000,
					0xfffffff7,
					0xffffffff};

	(void)state;
	for (size_t i = 0; i < LENGTH(lens); i++) {
		uint8_t header[FRAME_HEADER] = {0};
		char message[100];

		wire_put_u32(header, lens[i]);
		header[4] = FRAME_DATA;
		(void)snprintf(message, sizeof(message),
			       "frame of %u bytes: more than %u", lens[i],
			       FRAME_PAYLOAD_MAX);
		assert_header_refused(header, message);
	}
}

static void test_a_length_at_the_maximum_waits_for_its_payload(void **state)
{
	static const uint32_t lens[] = {FRAME_PAYLOAD_MAX - 1,
					FRAME_PAYLOAD_MAX};

	(void)state;
	for (size_t i = 0; i < LENGTH(lens); i++) {
		struct frame_parser *parser = new_parser();
		uint8_t header[FRAME_HEADER] = {0};
		struct frame frame;
		size_t used;

		wire_put_u32(header, lens[i]);
		header[4] = FRAME_DATA;
		assert_int_equal(frame_parser_feed(parser, header,
						   sizeof(header), &used,
						   &frame, NULL),
				 0);
		assert_int_equal(used, sizeof(header));
		assert_true(frame_parser_inside(parser));
		free(parser);
	}
}

static void test_a_type_that_there_is_not_is_refused(void **state)
{
	(void)state;
	for (unsigned type = 0; type <= 255; type++) {
		uint8_t header[FRAME_HEADER] = {0};
		char message[100];

		if (type >= FRAME_STARTED && type <= FRAME_READY)
			continue;
		header[4] = (uint8_t)type;
		(void)snprintf(message, sizeof(message),
			       "frame of unknown type %u", type);
		assert_header_refused(header, message);
	}
}

static void test_frame_put_that_does_not_fit_leaves_the_buffer(void **state)
{
	uint8_t payload[20] = "abcdefghijklmnopqrs";
	struct iovec parts[] = {{payload, 10}, {payload + 10, 10}};
	struct buf out;

	(void)state;
	/* Room from nothing at all to one byte short of the frame. */
	for (size_t room = 0; room < frame_size(20); room++) {
		buf_init(&out, 3 + room);
		assert_int_equal(buf_append(&out, "xyz", 3), 0);
		errno = 0;
		assert_int_equal(frame_put(&out, FRAME_DATA, 1, parts, 2), -1);
		assert_int_equal(errno, ENOBUFS);
		assert_int_equal(out.len, 3);
		assert_memory_equal(out.data, "xyz", 3);
		buf_release(&out);
	}
	buf_init(&out, 3 + frame_size(20));
	assert_int_equal(buf_append(&out, "xyz", 3), 0);
	assert_int_equal(frame_put(&out, FRAME_DATA, 1, parts, 2), 0);
	assert_int_equal(buf_room(&out), 0);
	assert_memory_equal(out.data, "xyz", 3);
	assert_memory_equal(out.data + 3 + FRAME_HEADER, payload, 20);
	buf_release(&out);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_frame_is_spelled_as_its_header_says),
	cmocka_unit_test(test_frames_survive_reads_of_every_size),
	cmocka_unit_test(test_frames_survive_a_cut_at_every_byte),
	cmocka_unit_test(test_a_parser_knows_at_each_byte_whether_it_is_inside),
	cmocka_unit_test(test_a_lent_frame_is_whole_until_the_next_call),
	cmocka_unit_test(test_used_ends_with_each_frame_of_one_read),
	cmocka_unit_test(test_a_frame_of_the_maximum_passes_in_pieces),
	cmocka_unit_test(test_a_length_above_the_maximum_is_refused),
	cmocka_unit_test(test_a_length_at_the_maximum_waits_for_its_payload),
	cmocka_unit_test(test_a_type_that_there_is_not_is_refused),
	cmocka_unit_test(test_frame_put_that_does_not_fit_leaves_the_buffer),
};

UNIT_MAIN(tests)
