/* lib/poll/plan/plan.c, by polls: what each device is asked. */
#include "netfan.h"

#include <string.h>

#include "unit/farm.h"
#include "unit/unit.h"

/* A platform that is spoken as the simulated devices speak, up to its list. */
#define ACME                                                                   \
	"about: a platform of our own\n"                                       \
	"enter: \"\\r\"\n"                                                     \
	"prompts:\n"                                                           \
	"  user: '^[A-Z0-9]+> ?$'\n"                                           \
	"  privileged: '^[A-Z0-9]+# ?$'\n"                                     \
	"paging_off: [terminal length 0]\n"                                    \
	"errors: ['^% ?Invalid input detected']\n"                             \
	"logout: exit\n"

#define LISTS_BOX                                                              \
	"collect:\n"                                                           \
	"- command: show box\n"                                                \
	"  end: '^end$'\n"                                                     \
	"- command: show lid\n"

/* It is found out by what the devices of the farm say to show version. */
#define DETECT                                                                 \
	"detect:\n"                                                            \
	"  command: show version\n"                                            \
	"  answer: ['^ACME ']\n"                                               \
	"  samples:\n"                                                         \
	"  - about: a box\n"                                                   \
	"    prompt: 'R1#'\n"                                                  \
	"    answer: 'ACME 1'\n"

static void begin(struct farm *farm)
{
	farm_init(farm);
	farm_put(farm, "platforms", "acme_box.yaml", ACME LISTS_BOX DETECT);
	farm_put(farm, "platforms", "acme_lid.yaml",
		 ACME "collect:\n- command: show lid\n");
	farm_put(farm, "platforms", "acme_none.yaml", ACME);
	farm_put(farm, "says", "show_box", "a box\nend\n");
	farm_put(farm, "says", "show_lid", "a lid\n");
	farm_put(farm, "says", "show_version", "ACME 7\n");
}

static const char *const no_args[] = {NULL};
static const char *const telnet_args[] = {"--telnet", FARM_TELNET, NULL};

static const enum nf_mode modes[] = {NF_MODE_PROCESS, NF_MODE_THREAD,
				     NF_MODE_SEQUENTIAL};

static void assert_box(const struct farm_told *told)
{
	assert_int_equal(told->error.code, NF_OK);
	assert_string_equal(told->platform, "acme_box");
	assert_int_equal(told->nanswers, 2);
	farm_answered(&told->answers[0], "show box", "a box\nend\n");
	farm_answered(&told->answers[1], "show lid", "a lid\n");
	assert_true(told->answers[0].end.own);
	assert_true(told->answers[1].end.own);
}

static void test_each_device_is_asked_what_its_platform_lists(void **state)
{
	struct farm_told told[2] = {0};
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_add(&farm, 1, "acme_box", NULL);
	farm_add(&farm, 2, "acme_lid", NULL);
	farm_start(&farm, no_args);
	for (size_t i = 0; i < LENGTH(modes); i++) {
		const struct nf_poll_options options = {
			.mode = modes[i], .platform_commands = true};

		farm_poll(&farm, &options, told);
		assert_box(&told[0]);
		assert_int_equal(told[1].error.code, NF_OK);
		assert_int_equal(told[1].nanswers, 1);
		farm_answered(&told[1].answers[0], "show lid", "a lid\n");
		farm_forget(told, LENGTH(told));
	}
	farm_stop(&farm);
}

static void test_by_telnet_it_is_asked_the_same(void **state)
{
	const struct nf_poll_options options = {.platform_commands = true};
	struct farm_told told[1] = {0};
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_add(&farm, 1, "acme_box", "telnet");
	farm_start(&farm, telnet_args);
	farm_poll(&farm, &options, told);
	assert_box(&told[0]);
	farm_forget(told, LENGTH(told));
	farm_stop(&farm);
}

/* The devices close the connection behind one. */
static void test_as_programs_the_commands_are_the_same(void **state)
{
	const struct nf_poll_options options = {.channel = NF_CHANNEL_EXEC,
						.platform_commands = true};
	struct farm_told told[1] = {0};
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_add(&farm, 1, "acme_lid", NULL);
	farm_start(&farm, no_args);
	farm_poll(&farm, &options, told);
	assert_int_equal(told[0].error.code, NF_OK);
	assert_int_equal(told[0].nanswers, 1);
	assert_string_equal(told[0].answers[0].command, "show lid");
	assert_true(told[0].answers[0].end.ran);
	farm_forget(told, LENGTH(told));
	farm_stop(&farm);
}

static void test_a_device_is_asked_what_it_proved_to_be(void **state)
{
	struct farm_told told[2] = {0};
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_put(&farm, "says/R2", "show_version", "Nobody knows\n");
	farm_add(&farm, 1, "autodetect", NULL);
	farm_add(&farm, 2, "autodetect", NULL);
	farm_start(&farm, no_args);
	for (size_t i = 0; i < LENGTH(modes); i++) {
		const struct nf_poll_options options = {
			.mode = modes[i], .platform_commands = true};

		farm_poll(&farm, &options, told);
		assert_box(&told[0]);
		assert_int_equal(told[1].error.code, NF_SKIPPED);
		assert_int_equal(told[1].error.stage, NF_STAGE_COMMAND);
		assert_int_equal(told[1].error.stage, NF_STAGE_COMMAND);
		assert_string_equal(told[1].error.message,
				    "its platform, generic, lists no commands "
				    "to collect: name them");
		assert_int_equal(told[1].nanswers, 0);
		farm_forget(told, LENGTH(told));
	}
	farm_stop(&farm);
}

/* Nobody listens there: it would fail to connect. */
static void test_what_is_asked_nothing_is_not_contacted(void **state)
{
	const struct nf_poll_options options = {.platform_commands = true};
	struct farm_told told[1] = {0};
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_add(&farm, 1, "acme_none", NULL);
	farm_poll(&farm, &options, told);
	assert_int_equal(told[0].error.code, NF_SKIPPED);
	assert_int_equal(told[0].error.stage, NF_STAGE_COMMAND);
	assert_int_equal(told[0].attempts, 0);
	assert_string_equal(told[0].error.message,
			    "its platform, acme_none, lists no commands to "
			    "collect: name them");
	farm_release(&farm);
}

static void test_commands_that_are_named_come_instead_of_the_list(void **state)
{
	static const char *const commands[] = {"show lid"};
	const struct nf_poll_options options = {.commands = commands,
						.ncommands = 1,
						.platform_commands = true};
	struct farm_told told[2] = {0};
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_add(&farm, 1, "acme_box", NULL);
	farm_add(&farm, 2, "acme_none", NULL);
	farm_start(&farm, no_args);
	farm_poll(&farm, &options, told);
	for (size_t i = 0; i < LENGTH(told); i++) {
		assert_int_equal(told[i].error.code, NF_OK);
		assert_int_equal(told[i].nanswers, 1);
		farm_answered(&told[i].answers[0], "show lid", "a lid\n");
		assert_false(told[i].answers[0].end.own);
	}
	farm_forget(told, LENGTH(told));
	farm_stop(&farm);
}

/* With strict off, whoever keeps the answers judges. */
static void test_a_rejected_command_of_the_list_ends_nothing(void **state)
{
	const struct nf_poll_options options = {.platform_commands = true};
	struct farm_told told[1] = {0};
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_put(&farm, "platforms", "acme_odd.yaml",
		 ACME "collect:\n- command: sing\n- command: show lid\n");
	farm_add(&farm, 1, "acme_odd", NULL);
	farm_start(&farm, no_args);
	farm_poll(&farm, &options, told);
	assert_int_equal(told[0].error.code, NF_OK);
	assert_int_equal(told[0].nanswers, 2);
	assert_true(told[0].answers[0].end.rejected);
	assert_true(told[0].answers[0].end.own);
	farm_answered(&told[0].answers[1], "show lid", "a lid\n");
	farm_forget(told, LENGTH(told));
	farm_stop(&farm);
}

/* The credentials were good: that nothing was asked refuses nobody. */
static void
test_who_is_asked_nothing_is_not_skipped_for_a_password(void **state)
{
	const struct nf_poll_options options = {.platform_commands = true};
	struct nf_skipped skipped;
	struct nf_poll_options own = options;
	struct nf_poll *poll;
	struct nf_error err;
	struct farm farm;

	(void)state;
	begin(&farm);
	farm_put(&farm, "says", "show_version", "Nobody knows\n");
	farm_add(&farm, 1, "autodetect", NULL);
	farm_start(&farm, no_args);
	own.host_keys = NF_HOST_KEYS_OFF;
	assert_int_equal(nf_poll_open(&poll, farm.inv, &own, &err), 0);
	while (nf_poll_pending(poll) > 0) {
		assert_int_equal(nf_poll_step(poll, -1, &err), 0);
		(void)nf_poll_take(poll);
	}
	assert_false(nf_poll_skipped(poll, 0, &skipped));
	nf_poll_free(poll);
	farm_stop(&farm);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_each_device_is_asked_what_its_platform_lists),
	cmocka_unit_test(test_by_telnet_it_is_asked_the_same),
	cmocka_unit_test(test_as_programs_the_commands_are_the_same),
	cmocka_unit_test(test_a_device_is_asked_what_it_proved_to_be),
	cmocka_unit_test(test_what_is_asked_nothing_is_not_contacted),
	cmocka_unit_test(test_commands_that_are_named_come_instead_of_the_list),
	cmocka_unit_test(test_a_rejected_command_of_the_list_ends_nothing),
	cmocka_unit_test(
		test_who_is_asked_nothing_is_not_skipped_for_a_password),
};

UNIT_MAIN(tests)
