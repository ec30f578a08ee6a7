/* lib/base/error.c */
#include "base/error.h"

#include <errno.h>
#include <string.h>

#include "unit/unit.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

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
	  times[] = {NF_TIMES(NAME_OF)};
#undef NAME_OF

	(void)state;
	assert_int_equal(COUNT_OF(codes), NF_NCODES);
	assert_int_equal(COUNT_OF(stages), NF_NSTAGES);
	assert_int_equal(COUNT_OF(times), NF_NTIMES);
	for (size_t i = 0; i < COUNT_OF(codes); i++)
		assert_string_equal(nf_code_name((enum nf_code)codes[i].id),
				    codes[i].name);
	for (size_t i = 0; i < COUNT_OF(stages); i++)
		assert_string_equal(nf_stage_name((enum nf_stage)stages[i].id),
				    stages[i].name);
	for (size_t i = 0; i < COUNT_OF(times); i++)
		assert_string_equal(nf_time_name((enum nf_time)times[i].id),
				    times[i].name);
}

/* A number that came over a pipe may be any. */
static void test_error_names_of_numbers_out_of_range_are_safe(void **state)
{
	(void)state;
	assert_string_equal(nf_code_name(NF_NCODES), "system");
	assert_string_equal(nf_stage_name(NF_NSTAGES), "");
	assert_string_equal(nf_time_name(NF_NTIMES), "");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_error_set_fills_code_and_message),
	cmocka_unit_test(test_error_set_keeps_the_stage),
	cmocka_unit_test(test_error_sys_appends_what_errno_says),
	cmocka_unit_test(test_error_may_be_null),
	cmocka_unit_test(test_error_cuts_a_message_that_is_too_long),
	cmocka_unit_test(test_error_names_are_those_of_the_header),
	cmocka_unit_test(test_error_names_of_numbers_out_of_range_are_safe),
};

UNIT_MAIN(tests)
