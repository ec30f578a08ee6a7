/* lib/poll/plan/times.c: what the steps of a session may take. */
#include "poll/plan/times.h"

#include "unit/invtext.h"
#include "unit/unit.h"

/* R1 has nothing of its own, R2 all, R3 speaks telnet, and wants
 * no keepalives. */
static const char devices[] =
	"- {name: R1, device_type: cisco_ios, host: 127.0.0.1}\n"
	"- {name: R2, device_type: cisco_ios, host: 127.0.0.2,\n"
	"   conn_timeout: 1, banner_timeout: 2, auth_timeout: 3.5,\n"
	"   prompt_timeout: 4, read_timeout_override: 120, keepalive: 9}\n"
	"- {name: R3, device_type: cisco_ios_telnet, host: 127.0.0.3,\n"
	"   banner_timeout: 1, conn_timeout: 20, auth_timeout: 0, keepalive: "
	"0}\n";

static const char *const commands[] = {"show clock", "show version"};

static struct nf_inventory *inv;

static void plan_with(struct plan *plan, struct nf_poll_options *options)
{
	struct nf_error err;

	inv = invtext_parse(devices);
	options->host_keys = NF_HOST_KEYS_OFF;
	options->commands = commands;
	options->ncommands = 2;
	if (plan_init(plan, inv, options, &err) == -1)
		fail_msg("%s", err.message);
}

static void forget(struct plan *plan)
{
	plan_release(plan);
	nf_inventory_free(inv);
}

static void test_times_of_the_inventory_come_before_the_options(void **state)
{
	struct nf_poll_options options = {.times = {10, 20, 30, 40, 50, 60}};
	struct plan plan;
	struct nf_times times;

	(void)state;
	plan_with(&plan, &options);
	times = times_of(&plan, 0);
	assert_memory_equal(&times, &options.times, sizeof(times));
	times = times_of(&plan, 1);
	assert_memory_equal(
		&times,
		(&(struct nf_times){1000, 2000, 3500, 4000, 120000, 9000}),
		sizeof(times));
	times = times_of(&plan, 2);
	assert_memory_equal(&times,
			    (&(struct nf_times){20000, 1000, 30, 40, 50, 0}),
			    sizeof(times));
	forget(&plan);
}

/* Steps that are shorter than their defaults make no session shorter. */
static void test_a_session_lasts_longer_by_what_its_steps_need(void **state)
{
	struct nf_poll_options options = {.times = {0}};
	struct plan plan;

	(void)state;
	plan_with(&plan, &options);
	assert_int_equal(times_session_ms(&plan, 0), 60000);
	assert_int_equal(times_session_ms(&plan, 1), 60000 + 2 * 120000);
	assert_int_equal(times_session_ms(&plan, 2), 60000 + 5000);
	assert_int_equal(plan.timeout_ms, 60000 + 2 * 120000);
	forget(&plan);
}

static void test_a_session_whose_time_is_given_has_that(void **state)
{
	struct nf_poll_options options = {.timeout_ms = 7000};
	struct plan plan;

	(void)state;
	plan_with(&plan, &options);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(times_session_ms(&plan, i), 7000);
	assert_true(times_exceed(&plan));
	options.timeout_ms = 120000;
	assert_false(times_exceed(&plan));
	forget(&plan);
}

/* Telnet has no handshake. */
static void test_the_shortest_handshake_is_one_of_ssh(void **state)
{
	struct nf_poll_options options = {.times = {0}};
	struct plan plan;

	(void)state;
	plan_with(&plan, &options);
	assert_int_equal(times_handshake_ms(&plan), 2000);
	options.times.handshake_ms = 1500;
	assert_int_equal(times_handshake_ms(&plan), 1500);
	forget(&plan);
}

static void test_times_have_a_bound_that_sums_stay_below(void **state)
{
	struct nf_poll_options options = {
		.times = {.command_ms = INT64_MAX, .connect_ms = INT64_MAX}};
	struct plan plan;

	(void)state;
	plan_with(&plan, &options);
	assert_int_equal(times_session_ms(&plan, 0), PLAN_TIMEOUT_MAX_MS);
	forget(&plan);
}

static void test_times_that_are_negative_are_refused(void **state)
{
	struct nf_poll_options options = {.times = {.keepalive_ms = -1}};
	struct nf_error err;

	(void)state;
	assert_int_equal(times_check(&options, &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	options.times.keepalive_ms = 0;
	assert_int_equal(times_check(&options, &err), 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_times_of_the_inventory_come_before_the_options),
	cmocka_unit_test(test_a_session_lasts_longer_by_what_its_steps_need),
	cmocka_unit_test(test_a_session_whose_time_is_given_has_that),
	cmocka_unit_test(test_the_shortest_handshake_is_one_of_ssh),
	cmocka_unit_test(test_times_have_a_bound_that_sums_stay_below),
	cmocka_unit_test(test_times_that_are_negative_are_refused),
};

UNIT_MAIN(tests)
