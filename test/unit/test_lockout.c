/* lib/throttle/lockout.c */
#include "throttle/lockout.h"

#include <string.h>

#include "unit/unit.h"

#define NOW ((int64_t)1000000000)
#define SECOND ((int64_t)1000000)
#define NEVER INT64_MAX
#define DEVICES_MAX 40

static atomic_uchar permits[DEVICES_MAX];
static struct credentials logins[DEVICES_MAX];
static const struct credentials *places[DEVICES_MAX];
static char passwords[DEVICES_MAX][2];

/* A place for each letter: a password of its own; '-' has none. An upper case
 * letter is another user with the password of the lower case one. */
static struct lockout *lockout_of_any(const char *letters, bool asks,
				      unsigned most)
{
	struct lockout *lockout;
	struct nf_error err;
	size_t n = strlen(letters);

	for (size_t i = 0; i < n; i++) {
		bool other = letters[i] >= 'A' && letters[i] <= 'Z';
		bool has = letters[i] != '-';

		passwords[i][0] = (char)(letters[i] | 0x20);
		logins[i] = (struct credentials){
			.username = other ? "other" : "user",
			.password = has ? passwords[i] : NULL};
		places[i] = has || asks ? &logins[i] : NULL;
	}
	for (size_t i = 0; i < DEVICES_MAX; i++)
		atomic_store(&permits[i], PERMIT_ASK);
	assert_int_equal(lockout_new(&lockout, places, n, permits, most, &err),
			 0);
	return lockout;
}

static struct lockout *lockout_of(const char *letters, unsigned most)
{
	return lockout_of_any(letters, false, most);
}

static void end(struct lockout *lockout)
{
	lockout_free(lockout);
}

/* What each device has: '.' is to ask, 'g' may go, 's' is stopped. */
static void assert_permits(const char *wanted)
{
	char got[DEVICES_MAX + 1] = "";

	for (size_t i = 0; wanted[i] != '\0'; i++)
		got[i] = ".gs"[atomic_load(&permits[i])];
	assert_string_equal(got, wanted);
}

/* For the i-th user devices were skipped: so many. */
static void expect_skipped(struct lockout *lockout, size_t i, size_t n,
			   const char *username)
{
	uint32_t place;

	assert_int_equal(lockout_skipped(lockout, i, &place), n);
	assert_string_equal(places[place]->username, username);
}

static void expect_no_more(struct lockout *lockout, size_t i)
{
	uint32_t place;

	assert_int_equal(lockout_skipped(lockout, i, &place), 0);
}

static void ask(struct lockout *lockout, uint32_t first, uint32_t last)
{
	for (uint32_t i = first; i <= last; i++)
		lockout_ask(lockout, i, NOW);
}

static void refuse(struct lockout *lockout, uint32_t device, bool stops)
{
	assert_int_equal(lockout_refused(lockout, device), stops);
	lockout_left(lockout, device, NOW);
}

static void test_a_few_may_try_what_is_not_proven(void **state)
{
	struct lockout *lockout = lockout_of("aaaaaa", 3);

	(void)state;
	assert_permits("......");
	ask(lockout, 0, 5);
	ask(lockout, 0, 5); /* once more is no harm */
	assert_permits("ggg...");
	end(lockout);
}

static void test_the_first_that_is_accepted_lets_all_go(void **state)
{
	struct lockout *lockout = lockout_of("aaaaaabb", 3);

	(void)state;
	ask(lockout, 0, 4);
	lockout_accepted(lockout, 1);
	assert_permits("gggggg..");
	ask(lockout, 5, 5);
	lockout_left(lockout, 5, NOW);
	assert_permits("gggggg..");
	end(lockout);
}

static void test_one_that_was_asked_for_no_password_proves_none(void **state)
{
	struct lockout *lockout = lockout_of("aaaaaa", 3);

	(void)state;
	ask(lockout, 1, 5);
	lockout_accepted(lockout, 0);
	assert_permits(".ggg..");
	end(lockout);
}

/* Whatever its worker says of it. */
static void test_a_device_without_a_password_counts_for_none(void **state)
{
	struct lockout *lockout = lockout_of("a-", 1);

	(void)state;
	ask(lockout, 1, 1);
	refuse(lockout, 1, false);
	lockout_skip(lockout, 1);
	assert_permits("..");
	expect_no_more(lockout, 0);
	end(lockout);
}

static void test_so_many_refusals_stop_it(void **state)
{
	struct lockout *lockout = lockout_of("aaaaaab", 3);

	(void)state;
	ask(lockout, 0, 6);
	refuse(lockout, 0, false);
	assert_permits("ggg...g"); /* two try, one has refused: no fourth */
	refuse(lockout, 1, false);
	assert_false(lockout_stopped(lockout, 3));
	refuse(lockout, 2, true);
	assert_permits("ssssssg");
	assert_true(lockout_stopped(lockout, 3));
	assert_false(lockout_stopped(lockout, 6));
	expect_no_more(lockout, 0);
	lockout_skip(lockout, 3);
	lockout_skip(lockout, 4);
	expect_skipped(lockout, 0, 2, "user");
	expect_no_more(lockout, 1);
	refuse(lockout, 5, false); /* it was on its way: stopped already */
	end(lockout);
}

static void test_skipped_devices_are_told_by_user_in_any_order(void **state)
{
	struct lockout *lockout = lockout_of("aaBBcd", 1);

	(void)state;
	lockout_skip(lockout, 4);
	lockout_skip(lockout, 0);
	lockout_skip(lockout, 1);
	expect_skipped(lockout, 1, 1, "user");
	expect_skipped(lockout, 1, 1, "user");
	expect_no_more(lockout, 2);
	expect_skipped(lockout, 0, 2, "user");
	lockout_skip(lockout, 2); /* comes before the others */
	expect_skipped(lockout, 0, 1, "other");
	expect_skipped(lockout, 1, 2, "user");
	expect_skipped(lockout, 2, 1, "user");
	expect_no_more(lockout, 3);
	end(lockout);
}

static void test_a_success_between_begins_the_count_anew(void **state)
{
	struct lockout *lockout = lockout_of("aaaaaaaa", 3);

	(void)state;
	ask(lockout, 0, 0);
	lockout_accepted(lockout, 0);
	refuse(lockout, 1, false);
	refuse(lockout, 2, false);
	lockout_accepted(lockout, 3);
	refuse(lockout, 4, false);
	refuse(lockout, 5, false);
	refuse(lockout, 6, true);
	assert_permits("ssssssss");
	end(lockout);
}

static void test_users_and_passwords_are_told_apart_by_value(void **state)
{
	struct lockout *lockout = lockout_of("abAaBbaA-", 1);

	(void)state;
	ask(lockout, 0, 8);
	assert_permits("ggg.g....");
	refuse(lockout, 0, true);
	assert_permits("sggsg.s..");
	lockout_accepted(lockout, 2);
	assert_permits("sggsg.sg.");
	refuse(lockout, 1, true);
	assert_permits("ssgsgssg.");
	/* One without a password has nothing to be stopped. */
	assert_false(lockout_refused(lockout, 8));
	assert_false(lockout_stopped(lockout, 8));
	lockout_left(lockout, 8, NOW);
	end(lockout);
}

static void test_who_ends_without_an_answer_makes_room(void **state)
{
	struct lockout *lockout = lockout_of("aaaaaa", 2);

	(void)state;
	ask(lockout, 0, 5);
	assert_permits("gg....");
	lockout_left(lockout, 0, NOW);
	assert_permits("ggg...");
	lockout_left(lockout, 4, NOW); /* it waited, and waits no more */
	lockout_left(lockout, 1, NOW);
	lockout_left(lockout, 2, NOW);
	assert_permits("gggg.g");
	end(lockout);
}

static void test_the_last_that_waits_may_leave(void **state)
{
	struct lockout *lockout = lockout_of("aaaaaa", 1);

	(void)state;
	ask(lockout, 0, 2);
	lockout_left(lockout, 2, NOW);
	ask(lockout, 3, 3);
	lockout_left(lockout, 1, NOW);
	lockout_left(lockout, 3, NOW);
	ask(lockout, 4, 4);
	lockout_left(lockout, 0, NOW);
	assert_permits("g...g.");
	end(lockout);
}

static void test_who_takes_too_long_gives_its_place_away(void **state)
{
	struct lockout *lockout = lockout_of("aaaaaa", 2);
	int64_t due;

	(void)state;
	assert_true(lockout_due_us(lockout) == NEVER);
	ask(lockout, 0, 5);
	due = lockout_due_us(lockout);
	assert_true(due == NOW + 5 * SECOND);
	lockout_lapse(lockout, due - 1);
	assert_permits("gg....");
	lockout_lapse(lockout, due);
	assert_permits("gggg..");
	assert_true(lockout_due_us(lockout) == due + 5 * SECOND);
	refuse(lockout, 0, false); /* late, and it counts */
	refuse(lockout, 2, true);
	assert_permits("ssssss");
	lockout_lapse(lockout, due + 5 * SECOND);
	assert_true(lockout_due_us(lockout) == NEVER);
	end(lockout);
}

/* A person may answer in place of a password. */
static void
test_lockout_counts_devices_without_a_password_that_ask(void **state)
{
	struct lockout *lockout = lockout_of_any("-a--", true, 1);

	(void)state;
	lockout_ask(lockout, 0, NOW);
	lockout_ask(lockout, 1, NOW);
	lockout_ask(lockout, 2, NOW);
	assert_permits("gg..");
	assert_true(lockout_refused(lockout, 0));
	assert_permits("sgss");
	end(lockout);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		test_lockout_counts_devices_without_a_password_that_ask),
	cmocka_unit_test(test_a_few_may_try_what_is_not_proven),
	cmocka_unit_test(test_the_first_that_is_accepted_lets_all_go),
	cmocka_unit_test(test_one_that_was_asked_for_no_password_proves_none),
	cmocka_unit_test(test_a_device_without_a_password_counts_for_none),
	cmocka_unit_test(test_so_many_refusals_stop_it),
	cmocka_unit_test(test_skipped_devices_are_told_by_user_in_any_order),
	cmocka_unit_test(test_a_success_between_begins_the_count_anew),
	cmocka_unit_test(test_users_and_passwords_are_told_apart_by_value),
	cmocka_unit_test(test_who_ends_without_an_answer_makes_room),
	cmocka_unit_test(test_the_last_that_waits_may_leave),
	cmocka_unit_test(test_who_takes_too_long_gives_its_place_away),
};

UNIT_MAIN(tests)
