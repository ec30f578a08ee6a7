/* lib/jump/report.c: what the jump process and its parent say */
#include "jump/report.h"

#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

static void test_report_carries_a_wish(void **state)
{
	const struct report_wish wish = {.device = 7,
					 .hop = 3,
					 .port = 2222,
					 .connect_ms = 15000,
					 .left_ms = 60000,
					 .host = "r1.test"};
	uint8_t bytes[PASSED_BYTES_MAX];
	struct report_wish read;
	size_t len = report_wish_encode(&wish, bytes);

	(void)state;
	assert_int_equal(report_wish_decode(&read, bytes, len), 0);
	assert_int_equal(read.device, 7);
	assert_int_equal(read.hop, 3);
	assert_int_equal(read.port, 2222);
	assert_int_equal(read.connect_ms, 15000);
	assert_int_equal(read.left_ms, 60000);
	assert_string_equal(read.host, "r1.test");
	for (size_t cut = 0; cut + strlen("r1.test") <= len; cut++)
		assert_int_equal(report_wish_decode(&read, bytes, cut), -1);
}

static void test_report_carries_a_key(void **state)
{
	static const uint8_t key[] = {0, 1, 2, 0};
	const struct report report = {.kind = REPORT_KEY,
				      .place = 2,
				      .key_type = "ssh-ed25519",
				      .key = key,
				      .key_len = sizeof(key)};
	uint8_t bytes[PASSED_BYTES_MAX];
	struct report read;
	size_t len = report_encode(&report, bytes);

	(void)state;
	assert_int_equal(report_decode(&read, bytes, len), 0);
	assert_string_equal(read.key_type, "ssh-ed25519");
	assert_int_equal(read.key_len, sizeof(key));
	assert_memory_equal(read.key, key, sizeof(key));
	for (size_t cut = 0; cut <= len - sizeof(key); cut++)
		assert_int_equal(report_decode(&read, bytes, cut), -1);
}

static void test_report_carries_why_a_call_failed(void **state)
{
	const struct report report = {.kind = REPORT_FAILED,
				      .place = 9,
				      .error = {.code = NF_REFUSED,
						.stage = NF_STAGE_CONNECT,
						.message = "it is refused"}};
	uint8_t bytes[PASSED_BYTES_MAX];
	struct report read;
	size_t len = report_encode(&report, bytes);

	(void)state;
	assert_int_equal(report_decode(&read, bytes, len), 0);
	assert_int_equal(read.place, 9);
	assert_int_equal(read.error.code, NF_REFUSED);
	assert_string_equal(read.error.message, "it is refused");
	bytes[0] = 99;
	assert_int_equal(report_decode(&read, bytes, len), -1);
}

static void test_report_has_no_room_for_a_key_that_is_too_long(void **state)
{
	static const uint8_t key[PASSED_BYTES_MAX];
	const struct report report = {.kind = REPORT_KEY,
				      .key_type = "ssh-rsa",
				      .key = key,
				      .key_len = sizeof(key)};
	uint8_t bytes[PASSED_BYTES_MAX];

	(void)state;
	assert_int_equal(report_encode(&report, bytes), 0);
}

static void test_report_carries_a_question(void **state)
{
	char text[REQUEST_TEXT_MAX + 100];
	struct report report = {
		.kind = REPORT_QUESTION, .place = 3, .text = "Your code: "};
	uint8_t bytes[PASSED_BYTES_MAX];
	struct report read;
	size_t len = report_encode(&report, bytes);

	(void)state;
	assert_int_equal(report_decode(&read, bytes, len), 0);
	assert_int_equal(read.place, 3);
	assert_string_equal(read.text, "Your code: ");
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(report_decode(&read, bytes, cut), -1);
	bytes[len] = '\0'; /* a second end */
	assert_int_equal(report_decode(&read, bytes, len + 1), -1);

	memset(text, 'x', sizeof(text));
	memcpy(text + sizeof(text) - 6, "Code:", 6);
	report.text = text;
	len = report_encode(&report, bytes);
	assert_int_equal(report_decode(&read, bytes, len), 0);
	assert_int_equal(strlen(read.text), REQUEST_TEXT_MAX - 1);
	assert_string_equal(read.text + REQUEST_TEXT_MAX - 6, "Code:");
}

static void test_report_carries_how_long_a_call_took(void **state)
{
	const struct report report = {
		.kind = REPORT_OPENED, .place = 3, .took_ms = 70000};
	uint8_t bytes[PASSED_BYTES_MAX];
	struct report read;
	size_t len = report_encode(&report, bytes);

	(void)state;
	assert_int_equal(report_decode(&read, bytes, len), 0);
	assert_int_equal(read.place, 3);
	assert_int_equal(read.took_ms, 70000);
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(report_decode(&read, bytes, cut), -1);
	assert_int_equal(report_decode(&read, bytes, len + 1), -1);
}

static void test_report_tells_the_end_of_a_question(void **state)
{
	const struct report report = {.kind = REPORT_UNASKED, .place = 3};
	uint8_t bytes[PASSED_BYTES_MAX];
	struct report read;
	size_t len = report_encode(&report, bytes);

	(void)state;
	assert_int_equal(report_decode(&read, bytes, len), 0);
	assert_int_equal(read.kind, REPORT_UNASKED);
	assert_int_equal(report_decode(&read, bytes, len + 1), -1);
}

/* As it is received: bytes of one's own. */
static struct passed passed_of(const uint8_t *bytes, size_t len)
{
	struct passed passed = {.bytes = malloc(len + 1), .len = len};

	assert_non_null(passed.bytes);
	memcpy(passed.bytes, bytes, len);
	return passed;
}

static void test_report_carries_what_was_typed(void **state)
{
	uint8_t bytes[PASSED_BYTES_MAX];
	struct nf_error err = {.code = NF_OK};
	size_t len = report_answer_encode("4711", &err, bytes);
	struct passed passed = passed_of(bytes, len);

	(void)state;
	assert_int_equal(report_answer_open(&passed, &err), 0);
	assert_int_equal(passed.len, sizeof("4711"));
	assert_string_equal((const char *)passed.bytes, "4711");
	passed_release(&passed);
	for (size_t cut = 0; cut < len; cut++) {
		passed = passed_of(bytes, cut);
		assert_int_equal(report_answer_open(&passed, &err), -1);
		assert_int_equal(err.code, NF_SYSTEM);
		passed_release(&passed);
	}
}

static void test_report_carries_why_nothing_was_typed(void **state)
{
	const struct nf_error why = {.code = NF_CANCELLED,
				     .stage = NF_STAGE_AUTH,
				     .message = "the run was stopped"};
	uint8_t bytes[PASSED_BYTES_MAX];
	size_t len = report_answer_encode(NULL, &why, bytes);
	struct nf_error err = {.code = NF_OK};
	struct passed passed = passed_of(bytes, len);

	(void)state;
	assert_int_equal(report_answer_open(&passed, &err), -1);
	assert_int_equal(err.code, NF_CANCELLED);
	assert_string_equal(err.message, "the run was stopped");
	passed_release(&passed);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_report_carries_a_wish),
	cmocka_unit_test(test_report_carries_a_key),
	cmocka_unit_test(test_report_carries_why_a_call_failed),
	cmocka_unit_test(test_report_has_no_room_for_a_key_that_is_too_long),
	cmocka_unit_test(test_report_carries_a_question),
	cmocka_unit_test(test_report_carries_how_long_a_call_took),
	cmocka_unit_test(test_report_tells_the_end_of_a_question),
	cmocka_unit_test(test_report_carries_what_was_typed),
	cmocka_unit_test(test_report_carries_why_nothing_was_typed),
};

UNIT_MAIN(tests)
