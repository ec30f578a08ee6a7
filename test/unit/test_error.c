/* lib/base/error.c */
#include "base/error.h"

#include <errno.h>
#include <string.h>

#include "unit/unit.h"

static void test_error_set_fills_code_and_message(void **state)
{
	struct nf_error err = {.sys_errno = EPIPE};

	(void)state;
	assert_int_equal(error_set(&err, NF_AUTH_FAILED, "user %s", "bob"), -1);
	assert_int_equal(err.code, NF_AUTH_FAILED);
	assert_int_equal(err.sys_errno, 0);
	assert_string_equal(err.message, "user bob");
}

static void test_error_set_keeps_the_stage(void **state)
{
	struct nf_error err = {.stage = NF_STAGE_AUTH};

	(void)state;
	(void)error_set(&err, NF_TIMEOUT, "late");
	assert_int_equal(err.stage, NF_STAGE_AUTH);
	(void)error_sys(&err, NF_SYSTEM, "late");
	assert_int_equal(err.stage, NF_STAGE_AUTH);
}

static void test_error_sys_appends_what_errno_says(void **state)
{
	struct nf_error err = {0};

	(void)state;
	errno = ECONNREFUSED;
	assert_int_equal(error_sys(&err, NF_REFUSED, "connect to %d", 7), -1);
	assert_int_equal(err.code, NF_REFUSED);
	assert_int_equal(err.sys_errno, ECONNREFUSED);
	assert_string_equal(err.message, "connect to 7: Connection refused");
}

static void test_error_may_be_null(void **state)
{
	(void)state;
	assert_int_equal(error_set(NULL, NF_SYSTEM, "%d", 1), -1);
	assert_int_equal(error_sys(NULL, NF_SYSTEM, "%d", 1), -1);
}

static void test_error_cuts_a_message_that_is_too_long(void **state)
{
	struct nf_error err;
	char text[sizeof(err.message) + 100];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	(void)error_set(&err, NF_PROTOCOL, "%s", text);
	assert_int_equal(strlen(err.message), sizeof(err.message) - 1);

	errno = ENOENT;
	(void)error_sys(&err, NF_SYSTEM, "%s", text);
	assert_int_equal(strlen(err.message), sizeof(err.message) - 1);

	/* Three characters are left for ": No such file or directory". */
	(void)error_sys(&err, NF_SYSTEM, "%.*s", (int)sizeof(err.message) - 4,
			text);
	assert_string_equal(err.message + sizeof(err.message) - 4, ": N");
}

static void test_error_names_are_those_of_the_header(void **state)
{
#define NAME_OF(id, name) {id, name},
	static const struct {
		int id;
		const char *name;
	} codes[] = {NF_CODES(NAME_OF)}, stages[] = {NF_STAGES(NAME_OF)},
	  times[] = {NF_TIMES(NAME_OF)}, modes[] = {NF_MODES(NAME_OF)};
#undef NAME_OF

	(void)state;
	assert_int_equal(LENGTH(codes), NF_NCODES);
	assert_int_equal(LENGTH(stages), NF_NSTAGES);
	assert_int_equal(LENGTH(times), NF_NTIMES);
	for (size_t i = 0; i < LENGTH(codes); i++)
		assert_string_equal(nf_code_name((enum nf_code)codes[i].id),
				    codes[i].name);
	for (size_t i = 0; i < LENGTH(stages); i++)
		assert_string_equal(nf_stage_name((enum nf_stage)stages[i].id),
				    stages[i].name);
	for (size_t i = 0; i < LENGTH(times); i++)
		assert_string_equal(nf_time_name((enum nf_time)times[i].id),
				    times[i].name);
	assert_int_equal(LENGTH(modes), NF_NMODES);
	for (size_t i = 0; i < LENGTH(modes); i++)
		assert_string_equal(nf_mode_name((enum nf_mode)modes[i].id),
				    modes[i].name);
}

/* A number that came over a pipe may be any. */
static void test_error_names_of_numbers_out_of_range_are_safe(void **state)
{
	(void)state;
	assert_string_equal(nf_code_name(NF_NCODES), "system");
	assert_string_equal(nf_stage_name(NF_NSTAGES), "");
	assert_string_equal(nf_time_name(NF_NTIMES), "");
	assert_string_equal(nf_mode_name(NF_NMODES), "");
}

/* ---- over a pipe ---- */

static struct nf_error sample_error(size_t message_len)
{
	struct nf_error err = {.code = NF_AUTH_FAILED,
			       .stage = NF_STAGE_AUTH,
			       .sys_errno = 0x01020304};

	memset(err.message, 'm', message_len);
	return err;
}

static void test_an_error_comes_out_as_it_went_in(void **state)
{
	static const size_t lens[] = {
		0, 1, 100, sizeof(((struct nf_error *)0)->message) - 1};

	(void)state;
	for (size_t i = 0; i < LENGTH(lens); i++) {
		struct nf_error in = sample_error(lens[i]), out;
		uint8_t bytes[ERROR_SIZE_MAX];
		size_t len = error_encode(&in, bytes);

		memset(&out, 0xee, sizeof(out));
		assert_int_equal(len, 6 + lens[i]);
		assert_int_equal(error_decode(&out, bytes, len), 0);
		assert_int_equal(out.code, in.code);
		assert_int_equal(out.stage, in.stage);
		assert_int_equal(out.sys_errno, in.sys_errno);
		assert_string_equal(out.message, in.message);
	}
}

static void test_an_error_is_spelled_byte_by_byte(void **state)
{
	static const uint8_t expected[] = {
		NF_AUTH_FAILED, NF_STAGE_AUTH, 1, 2, 3, 4, 'm', 'm'};
	struct nf_error err = sample_error(2);
	uint8_t bytes[ERROR_SIZE_MAX];

	(void)state;
	assert_int_equal(error_encode(&err, bytes), sizeof(expected));
	assert_memory_equal(bytes, expected, sizeof(expected));
}

static void test_bytes_that_are_no_error_are_refused(void **state)
{
	static const uint8_t no_code[] = {NF_NCODES, 0, 0, 0, 0, 0};
	static const uint8_t no_stage[] = {NF_SYSTEM, NF_NSTAGES, 0, 0, 0, 0};
	struct nf_error err = sample_error(0);
	uint8_t bytes[ERROR_SIZE_MAX + 1] = {NF_SYSTEM};

	(void)state;
	for (size_t len = 0; len < 6; len++)
		assert_int_equal(error_decode(&err, bytes, len), -1);
	assert_int_equal(error_decode(&err, bytes, sizeof(bytes)), -1);
	assert_int_equal(error_decode(&err, no_code, 6), -1);
	assert_int_equal(error_decode(&err, no_stage, 6), -1);
	assert_int_equal(err.code, NF_AUTH_FAILED); /* as it was */
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_error_set_fills_code_and_message),
	cmocka_unit_test(test_error_set_keeps_the_stage),
	cmocka_unit_test(test_error_sys_appends_what_errno_says),
	cmocka_unit_test(test_error_may_be_null),
	cmocka_unit_test(test_error_cuts_a_message_that_is_too_long),
	cmocka_unit_test(test_error_names_are_those_of_the_header),
	cmocka_unit_test(test_error_names_of_numbers_out_of_range_are_safe),
	cmocka_unit_test(test_an_error_comes_out_as_it_went_in),
	cmocka_unit_test(test_an_error_is_spelled_byte_by_byte),
	cmocka_unit_test(test_bytes_that_are_no_error_are_refused),
};

UNIT_MAIN(tests)
