/* lib/throttle/lockout.c */
#include "throttle/lockout.h"

#include <stdio.h>
#include <string.h>

#include "unit/invtext.h"
#include "unit/unit.h"

#define NOW ((int64_t)1000000000)
#define SECOND ((int64_t)1000000)
#define NEVER INT64_MAX
#define DEVICES_MAX 40

static atomic_uchar permits[DEVICES_MAX];
static struct nf_inventory *inv;

/* A device for each letter: a password of its own; '-' has none. An upper case
 * letter is another user with the password of the lower case one. */
static struct credentials *credentials_of(const char *letters, unsigned most)
{
	char text[DEVICES_MAX * 100] = "";
	struct credentials *credentials;
	struct nf_error err;
	size_t len = 0;

	for (size_t i = 0; letters[i] != '\0'; i++) {
		bool other = letters[i] >= 'A' && letters[i] <= 'Z';

		len += (size_t)snprintf(
			text + len, sizeof(text) - len,
			"- {name: D%zu, device_type: cisco_ios, ip: 127.0.0.1, "
			"port: %zu, username: %s",
			i, i + 1, other ? "other" : "user");
		if (letters[i] != '-')
			len += (size_t)snprintf(text + len, sizeof(text) - len,
						", password: p%c",
						letters[i] | 0x20);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "}\n");
	}
	for (size_t i = 0; i < DEVICES_MAX; i++)
		atomic_store(&permits[i], PERMIT_ASK);
	inv = invtext_parse(text);
	assert_int_equal(
		credentials_new(&credentials, inv, permits, most, &err), 0);
	return credentials;
}

static void end(struct credentials *credentials)
{
	credentials_free(credentials);
	nf_inventory_free(inv);
}

/* What each device has: '.' is to ask, 'g' may go, 's' is stopped. */
static void assert_permits(const char *wanted)
{
	char got[DEVICES_MAX + 1] = "";

	for (size_t i = 0; wanted[i] != '\0'; i++)
		got[i] = ".gs"[atomic_load(&permits[i])];
	assert_string_equal(got, wanted);
}

static void ask(struct credentials *credentials, uint32_t first, uint32_t last)
{
	for (uint32_t i = first; i <= last; i++)
		credentials_ask(credentials, i, NOW);
}

static void refuse(struct credentials *credentials, uint32_t device, bool stops)
{
	assert_int_equal(credentials_refused(credentials, device), stops);
	credentials_left(credentials, device, NOW);
}

static void test_a_few_may_try_what_is_not_proven(void **state)
{
	struct credentials *credentials = credentials_of("aaaaaa", 3);

	(void)state;
	assert_permits("......");
	ask(credentials, 0, 5);
	ask(credentials, 0, 5); /* once more is no harm */
	assert_permits("ggg...");
	end(credentials);
}

static void test_the_first_that_is_accepted_lets_all_go(void **state)
{
	struct credentials *credentials = credentials_of("aaaaaabb", 3);

	(void)state;
	ask(credentials, 0, 4);
	credentials_accepted(credentials, 1);
	assert_permits("gggggg..");
	ask(credentials, 5, 5);
	credentials_left(credentials, 5, NOW);
	assert_permits("gggggg..");
	end(credentials);
}

static void test_one_that_was_asked_for_no_password_proves_none(void **state)
{
	struct credentials *credentials = credentials_of("aaaaaa", 3);

	(void)state;
	ask(credentials, 1, 5);
	credentials_accepted(credentials, 0);
	assert_permits(".ggg..");
	end(credentials);
}

/* Whatever its worker says of it. */
static void test_a_device_without_a_password_counts_for_none(void **state)
{
	struct credentials *credentials = credentials_of("a-", 1);
	const char *username;

	(void)state;
	ask(credentials, 1, 1);
	refuse(credentials, 1, false);
	credentials_skip(credentials, 1);
	assert_permits("..");
	assert_int_equal(credentials_skipped(credentials, 0, &username), 0);
	end(credentials);
}

static void test_so_many_refusals_stop_it(void **state)
{
	struct credentials *credentials = credentials_of("aaaaaab", 3);
	const char *username = "";

	(void)state;
	ask(credentials, 0, 6);
	refuse(credentials, 0, false);
	assert_permits("ggg...g"); /* two try, one has refused: no fourth */
	refuse(credentials, 1, false);
	assert_false(credentials_stopped(credentials, 3));
	refuse(credentials, 2, true);
	assert_permits("ssssssg");
	assert_true(credentials_stopped(credentials, 3));
	assert_false(credentials_stopped(credentials, 6));
	assert_int_equal(credentials_skipped(credentials, 0, &username), 0);
	credentials_skip(credentials, 3);
	credentials_skip(credentials, 4);
	assert_int_equal(credentials_skipped(credentials, 0, &username), 2);
	assert_string_equal(username, "user");
	assert_int_equal(credentials_skipped(credentials, 1, &username), 0);
	refuse(credentials, 5, false); /* it was on its way: stopped already */
	end(credentials);
}

static void test_a_success_between_begins_the_count_anew(void **state)
{
	struct credentials *credentials = credentials_of("aaaaaaaa", 3);

	(void)state;
	ask(credentials, 0, 0);
	credentials_accepted(credentials, 0);
	refuse(credentials, 1, false);
	refuse(credentials, 2, false);
	credentials_accepted(credentials, 3);
	refuse(credentials, 4, false);
	refuse(credentials, 5, false);
	refuse(credentials, 6, true);
	assert_permits("ssssssss");
	end(credentials);
}

static void test_users_and_passwords_are_told_apart_by_value(void **state)
{
	struct credentials *credentials = credentials_of("abAaBbaA-", 1);

	(void)state;
	ask(credentials, 0, 8);
	assert_permits("ggg.g....");
	refuse(credentials, 0, true);
	assert_permits("sggsg.s..");
	credentials_accepted(credentials, 2);
	assert_permits("sggsg.sg.");
	refuse(credentials, 1, true);
	assert_permits("ssgsgssg.");
	/* One without a password has nothing to be stopped. */
	assert_false(credentials_refused(credentials, 8));
	assert_false(credentials_stopped(credentials, 8));
	credentials_left(credentials, 8, NOW);
	end(credentials);
}

static void test_who_ends_without_an_answer_makes_room(void **state)
{
	struct credentials *credentials = credentials_of("aaaaaa", 2);

	(void)state;
	ask(credentials, 0, 5);
	assert_permits("gg....");
	credentials_left(credentials, 0, NOW);
	assert_permits("ggg...");
	credentials_left(credentials, 4,
			 NOW); /* it waited, and waits no more */
	credentials_left(credentials, 1, NOW);
	credentials_left(credentials, 2, NOW);
	assert_permits("gggg.g");
	end(credentials);
}

static void test_the_last_that_waits_may_leave(void **state)
{
	struct credentials *credentials = credentials_of("aaaaaa", 1);

	(void)state;
	ask(credentials, 0, 2);
	credentials_left(credentials, 2, NOW);
	ask(credentials, 3, 3);
	credentials_left(credentials, 1, NOW);
	credentials_left(credentials, 3, NOW);
	ask(credentials, 4, 4);
	credentials_left(credentials, 0, NOW);
	assert_permits("g...g.");
	end(credentials);
}

static void test_who_takes_too_long_gives_its_place_away(void **state)
{
	struct credentials *credentials = credentials_of("aaaaaa", 2);
	int64_t due;

	(void)state;
	assert_true(credentials_due_us(credentials) == NEVER);
	ask(credentials, 0, 5);
	due = credentials_due_us(credentials);
	assert_true(due == NOW + 5 * SECOND);
	credentials_lapse(credentials, due - 1);
	assert_permits("gg....");
	credentials_lapse(credentials, due);
	assert_permits("gggg..");
	assert_true(credentials_due_us(credentials) == due + 5 * SECOND);
	refuse(credentials, 0, false); /* late, and it counts */
	refuse(credentials, 2, true);
	assert_permits("ssssss");
	credentials_lapse(credentials, due + 5 * SECOND);
	assert_true(credentials_due_us(credentials) == NEVER);
	end(credentials);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_few_may_try_what_is_not_proven),
	cmocka_unit_test(test_the_first_that_is_accepted_lets_all_go),
	cmocka_unit_test(test_one_that_was_asked_for_no_password_proves_none),
	cmocka_unit_test(test_a_device_without_a_password_counts_for_none),
	cmocka_unit_test(test_so_many_refusals_stop_it),
	cmocka_unit_test(test_a_success_between_begins_the_count_anew),
	cmocka_unit_test(test_users_and_passwords_are_told_apart_by_value),
	cmocka_unit_test(test_who_ends_without_an_answer_makes_room),
	cmocka_unit_test(test_the_last_that_waits_may_leave),
	cmocka_unit_test(test_who_takes_too_long_gives_its_place_away),
};

UNIT_MAIN(tests)
