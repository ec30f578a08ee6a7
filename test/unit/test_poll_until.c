/* Polls that end before the login: netfan.h's nf_until, on simulated devices. */
#include "netfan.h"

#include <string.h>

#include "unit/farm.h"
#include "unit/unit.h"

static const enum nf_mode modes[] = {NF_MODE_PROCESS, NF_MODE_THREAD,
				     NF_MODE_SEQUENTIAL};

/* Whoever logs in is refused, so who is not has not. */
static const char *const refuse[] = {"--fault", "1=wrong-password", NULL};
static const char *const refuse_telnet[] = {"--fault", "1=wrong-password",
					    "--telnet", FARM_TELNET, NULL};

static void test_a_poll_up_to_the_login_comes_to_the_password(void **state)
{
	const struct nf_poll_options options = {.until = NF_UNTIL_ALL};
	struct farm_told told[1] = {0};
	struct farm farm;

	(void)state;
	farm_init(&farm);
	farm_add(&farm, 1, "cisco_ios", NULL);
	farm_start(&farm, refuse);
	farm_poll(&farm, &options, told);
	assert_int_equal(told[0].error.code, NF_AUTH_FAILED);
	assert_int_equal(told[0].key, NF_KEY_UNCHECKED);
	farm_stop(&farm);
}

static void test_a_poll_up_to_the_host_key_logs_nobody_in(void **state)
{
	struct farm_told told[1] = {0};
	struct farm farm;

	(void)state;
	farm_init(&farm);
	farm_add(&farm, 1, "cisco_ios", NULL);
	farm_start(&farm, refuse);
	for (size_t i = 0; i < LENGTH(modes); i++) {
		const struct nf_poll_options options = {
			.mode = modes[i], .until = NF_UNTIL_HOSTKEY};

		farm_poll(&farm, &options, told);
		assert_int_equal(told[0].error.code, NF_OK);
		assert_int_equal(told[0].key, NF_KEY_UNCHECKED);
		assert_int_equal(strncmp(told[0].fingerprint, "SHA256:", 7), 0);
		assert_true(told[0].us[NF_TIME_HANDSHAKE] > 0);
		assert_true(told[0].us[NF_TIME_PROMPT] == 0);
		farm_forget(told, LENGTH(told));
	}
	farm_stop(&farm);
}

static void test_a_poll_up_to_the_connection_shakes_no_hands(void **state)
{
	struct farm_told told[2] = {0};
	struct farm farm;

	(void)state;
	farm_init(&farm);
	farm_add(&farm, 1, "cisco_ios", NULL);
	farm_add(&farm, 2, "cisco_ios", "telnet");
	farm_start(&farm, refuse_telnet);
	for (size_t i = 0; i < LENGTH(modes); i++) {
		const struct nf_poll_options options = {
			.mode = modes[i], .until = NF_UNTIL_CONNECT};

		farm_poll(&farm, &options, told);
		for (size_t k = 0; k < LENGTH(told); k++) {
			assert_int_equal(told[k].error.code, NF_OK);
			assert_int_equal(told[k].key, NF_KEY_NONE);
			assert_string_equal(told[k].fingerprint, "");
			assert_true(told[k].us[NF_TIME_CONNECT] > 0);
			assert_true(told[k].us[NF_TIME_HANDSHAKE] == 0);
			assert_true(told[k].us[NF_TIME_AUTH] == 0);
		}
		farm_forget(told, LENGTH(told));
	}
	farm_stop(&farm);
}

static void test_telnet_has_no_host_key_to_come_to(void **state)
{
	const struct nf_poll_options options = {.until = NF_UNTIL_HOSTKEY};
	struct farm_told told[1] = {0};
	struct farm farm;

	(void)state;
	farm_init(&farm);
	farm_add(&farm, 1, "cisco_ios", "telnet");
	farm_start(&farm, refuse_telnet);
	farm_poll(&farm, &options, told);
	assert_int_equal(told[0].error.code, NF_SKIPPED);
	assert_string_equal(told[0].error.message,
			    "it speaks telnet, which has no host keys");
	farm_stop(&farm);
}

static void test_without_a_login_there_is_nothing_to_ask(void **state)
{
	static const char *const command[] = {"show clock"};
	const struct nf_poll_options wrong[] = {
		{.until = NF_UNTIL_CONNECT,
		 .commands = command,
		 .ncommands = 1},
		{.until = NF_UNTIL_HOSTKEY, .platform_commands = true},
		{.until = NF_UNTIL_HOSTKEY, .probe = true},
	};
	struct farm farm;

	(void)state;
	farm_init(&farm);
	farm_add(&farm, 1, "cisco_ios", NULL);
	for (size_t i = 0; i < LENGTH(wrong); i++) {
		struct nf_poll *poll = NULL;
		struct nf_error err = {.code = NF_OK};

		assert_int_equal(nf_poll_open(&poll, farm.inv, &wrong[i], &err),
				 -1);
		assert_int_equal(err.code, NF_INVALID);
	}
	farm_release(&farm);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_poll_up_to_the_login_comes_to_the_password),
	cmocka_unit_test(test_a_poll_up_to_the_host_key_logs_nobody_in),
	cmocka_unit_test(test_a_poll_up_to_the_connection_shakes_no_hands),
	cmocka_unit_test(test_telnet_has_no_host_key_to_come_to),
	cmocka_unit_test(test_without_a_login_there_is_nothing_to_ask),
};

UNIT_MAIN(tests)
