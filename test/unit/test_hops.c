/* lib/poll/plan/hops.c: what jump hosts are logged in to with. */
#include "poll/plan/plan.h"

#include <stdio.h>
#include <string.h>

#include "unit/invtext.h"
#include "unit/unit.h"

#define WHY_MAX sizeof(((struct nf_error *)0)->message)

/* A device behind the jump host b1, whose user is left to be filled in. */
static const char devices[] =
	"- {name: R1, device_type: cisco_ios, host: 127.0.0.1}\n"
	"- {name: b1, device_type: linux, host: 127.0.0.2,\n"
	"   username: !vault secret, password: sesame}\n";

static const char *const commands[] = {"show clock"};

/* Why the hop of a list is closed, "" for not. */
static void find_hop(const char *list, char why[WHY_MAX], char user[64])
{
	struct nf_inventory *inv = invtext_parse(devices);
	struct nf_poll_options options = {.host_keys = NF_HOST_KEYS_OFF,
					  .commands = commands,
					  .ncommands = 1,
					  .proxy_jump = list};
	const struct hop *hop;
	struct nf_error err;
	struct plan plan;

	if (plan_init(&plan, inv, &options, &err) == -1)
		fail_msg("%s", err.message);
	assert_int_equal(plan.ways.hops.hops.n, 1);
	hop = &plan.ways.hops.hops.at[0];
	(void)snprintf(why, WHY_MAX, "%s",
		       hop->known.closed.code == NF_OK
			       ? ""
			       : hop->known.closed.message);
	(void)snprintf(user, 64, "%s", hop->credentials.username);
	plan_release(&plan);
	nf_inventory_free(inv);
}

static void test_nobody_logs_in_to_a_hop_whose_user_is_unfit(void **state)
{
	char why[WHY_MAX], user[64];

	(void)state;
	find_hop("b1", why, user);
	assert_non_null(strstr(why, "the jump host b1: "));
	assert_non_null(strstr(why, "username"));
	find_hop("admin@b1", why, user);
	assert_string_equal(why, "");
	assert_string_equal(user, "admin");
}

static void test_hop_takes_times_of_its_entry_before_those_of_all(void **state)
{
	struct nf_inventory *inv = invtext_parse(
		"- {name: R1, device_type: cisco_ios, host: 127.0.0.1}\n"
		"- {name: b1, device_type: linux, host: 127.0.0.2,\n"
		"   conn_timeout: 5}\n");
	struct nf_poll_options options = {.host_keys = NF_HOST_KEYS_OFF,
					  .commands = commands,
					  .ncommands = 1,
					  .proxy_jump = "b1",
					  .times = {.connect_ms = 20000,
						    .handshake_ms = 60000,
						    .auth_ms = 90000}};
	const struct nf_times *times;
	struct nf_error err;
	struct plan plan;

	(void)state;
	if (plan_init(&plan, inv, &options, &err) == -1)
		fail_msg("%s", err.message);
	times = &plan.ways.hops.hops.at[0].times;
	assert_int_equal(times->connect_ms, 5000);
	assert_int_equal(times->handshake_ms, 60000);
	assert_int_equal(times->auth_ms, 90000);
	plan_release(&plan);
	nf_inventory_free(inv);
}

/* b1 is not polled, and its own jump host, b0, is none of the inventory's. */
static void test_the_secret_of_a_hop_is_read_as_a_devices_is(void **state)
{
	static const char *const polled[] = {"R1"};
	struct nf_inventory *inv = invtext_parse(
		"- {name: R1, device_type: cisco_ios, host: 127.0.0.1,\n"
		"   proxy_jump: b1}\n"
		"- {name: R2, device_type: cisco_ios, host: 127.0.0.3,\n"
		"   password: \"command:echo no >&2; exit 1\"}\n"
		"- {name: b1, device_type: linux, host: 127.0.0.2,\n"
		"   password: \"command:echo sesame\"}\n");
	struct nf_poll_options options = {.host_keys = NF_HOST_KEYS_OFF,
					  .commands = commands,
					  .ncommands = 1,
					  .until = NF_UNTIL_CONNECT};
	const struct plan_hops *hops;
	struct nf_error err;
	struct plan plan;

	(void)state;
	assert_int_equal(
		nf_inventory_select(inv,
				    &(const struct nf_selection){
					    .limits = polled, .nlimits = 1},
				    &err),
		0);
	if (plan_init(&plan, inv, &options, &err) == -1)
		fail_msg("%s", err.message);
	hops = &plan.ways.hops;
	assert_int_equal(hops->hops.n, 1);
	assert_string_equal(hops->hops.at[0].credentials.password, "sesame");
	plan_release(&plan);
	nf_inventory_free(inv);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_nobody_logs_in_to_a_hop_whose_user_is_unfit),
	cmocka_unit_test(test_hop_takes_times_of_its_entry_before_those_of_all),
	cmocka_unit_test(test_the_secret_of_a_hop_is_read_as_a_devices_is),
};

UNIT_MAIN(tests)
