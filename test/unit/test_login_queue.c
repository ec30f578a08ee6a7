/* lib/throttle/login_queue.c */
#include "throttle/login_queue.h"

#include <string.h>

#include "base/error.h"
#include "unit/unit.h"

#define NOW ((int64_t)1000000000) /* microseconds; any will do */
#define SECOND ((int64_t)1000000)
#define MS ((int64_t)1000)
#define PATIENCE (120 * SECOND)
#define SLOW (7 * SECOND)
#define NEVER INT64_MAX

static struct turns *turns_of(size_t ndevices)
{
	const struct turns_rules rules = {.ndevices = ndevices,
					  .patience_us = PATIENCE,
					  .slow_us = SLOW,
					  .seed = 1};
	struct turns *turns;
	struct nf_error err;

	assert_int_equal(turns_new(&turns, &rules, &err), 0);
	return turns;
}

/* Devices first .. last share a lane. */
static void join(struct turns *turns, enum turns_kind kind, uint32_t first,
		 uint32_t last, unsigned most)
{
	struct nf_error err;

	for (uint32_t i = first + 1; i <= last; i++)
		assert_int_equal(turns_join(turns, kind, i, i - 1, most, &err),
				 0);
}

static void ask(struct turns *turns, uint32_t first, uint32_t last)
{
	for (uint32_t i = first; i <= last; i++)
		turns_ask(turns, i);
}

/* n devices of one server, of which most may log in at a time, all asking. */
static struct turns *one_server(uint32_t n, unsigned most)
{
	struct turns *turns = turns_of(n);

	join(turns, TURNS_ADDRESS, 0, n - 1, most);
	join(turns, TURNS_SERVER, 0, n - 1, 0);
	ask(turns, 0, n - 1);
	return turns;
}

static void assert_takes(struct turns *turns, int64_t now_us, uint32_t device)
{
	assert_int_equal(turns_take(turns, now_us), device);
}

static void assert_none(struct turns *turns, int64_t now_us)
{
	assert_takes(turns, now_us, TURNS_NOBODY);
}

static void enter(struct turns *turns, uint32_t device, int64_t now_us)
{
	turns_enter(turns, device, now_us, 10 * MS);
}

/* When the lane lets one in again. */
static int64_t after_pause(struct turns *turns, int64_t now_us)
{
	int64_t due_us = turns_due_us(turns);

	assert_true(due_us > now_us && due_us != NEVER);
	assert_none(turns, due_us - 1);
	return due_us;
}

static void assert_verdict(struct turns *turns, uint32_t device, int64_t now_us,
			   const char *said, enum turns_verdict verdict)
{
	assert_int_equal(turns_turned_away(turns, device, now_us, said),
			 verdict);
}

/* ---- room */

static void test_devices_alone_go_at_once_and_in_order(void **state)
{
	struct turns *turns = turns_of(1000);

	(void)state;
	ask(turns, 0, 999);
	for (uint32_t i = 0; i < 1000; i++)
		assert_takes(turns, NOW, i);
	assert_none(turns, NOW);
	assert_true(turns_due_us(turns) == NEVER);
	turns_free(turns);
}

static void test_an_address_has_so_many_logins_at_a_time(void **state)
{
	struct turns *turns = one_server(10, 3);

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		assert_takes(turns, NOW, i);
	assert_none(turns, NOW + 1000 * SECOND);
	enter(turns, 1, NOW);
	assert_takes(turns, NOW, 3);
	assert_none(turns, NOW);
	enter(turns, 1, NOW); /* once more is no harm */
	assert_none(turns, NOW);
	turns_leave(turns, 1); /* nor is its end */
	assert_none(turns, NOW);
	turns_leave(turns, 0); /* it failed before its login was over */
	assert_takes(turns, NOW, 4);
	turns_free(turns);
}

static void test_without_a_limit_all_of_an_address_go(void **state)
{
	struct turns *turns = one_server(100, 0);

	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		assert_takes(turns, NOW, i);
	turns_free(turns);
}

static void test_who_waits_for_one_keeps_nobody_from_another(void **state)
{
	struct turns *turns = turns_of(6);

	(void)state;
	join(turns, TURNS_ADDRESS, 0, 5, 2);
	join(turns, TURNS_KEY, 0, 3, 1); /* one after the other, of these */
	ask(turns, 0, 5);
	assert_takes(turns, NOW, 0);
	assert_takes(turns, NOW, 4); /* 1, 2, 3 wait for 0 and take no place */
	assert_none(turns, NOW);
	enter(turns, 0, NOW);
	assert_takes(turns, NOW, 1);
	assert_none(turns, NOW);
	enter(turns, 4, NOW);
	assert_takes(turns, NOW, 5);
	enter(turns, 1, NOW);
	assert_takes(turns, NOW, 2);
	enter(turns, 2, NOW);
	assert_takes(turns, NOW, 3);
	turns_free(turns);
}

static void test_who_had_to_wait_goes_before_those_who_had_not(void **state)
{
	struct turns *turns = turns_of(100);

	(void)state;
	join(turns, TURNS_ADDRESS, 0, 3, 1);
	ask(turns, 0, 99);
	assert_takes(turns, NOW, 0);
	assert_takes(turns, NOW, 4);
	enter(turns, 0, NOW);
	assert_takes(turns, NOW, 1);
	assert_takes(turns, NOW, 5);
	turns_free(turns);
}

static void test_a_key_that_is_known_lets_all_others_through(void **state)
{
	struct turns *turns = turns_of(5);

	(void)state;
	join(turns, TURNS_KEY, 0, 4, 1);
	ask(turns, 0, 4);
	assert_takes(turns, NOW, 0);
	assert_none(turns, NOW);
	turns_open(turns, TURNS_KEY, 0);
	for (uint32_t i = 1; i < 5; i++)
		assert_takes(turns, NOW, i);
	turns_open(turns, TURNS_SERVER, 0); /* there is none */
	turns_free(turns);
}

static void test_a_login_begun_anew_takes_its_place_again(void **state)
{
	struct turns *turns = one_server(3, 1);

	(void)state;
	assert_takes(turns, NOW, 0);
	turns_begin(turns, 0); /* it has it already */
	enter(turns, 0, NOW);
	assert_takes(turns, NOW, 1);
	turns_begin(turns, 0); /* its worker died after the login */
	turns_leave(turns, 1);
	assert_none(turns, NOW);
	turns_leave(turns, 0);
	assert_takes(turns, NOW, 2);
	turns_free(turns);
}

static void test_dropped_is_everybody_who_waits_and_nobody_else(void **state)
{
	struct turns *turns = one_server(20, 2);
	bool dropped[20] = {false};
	uint32_t device;
	size_t n = 0;

	(void)state;
	assert_takes(turns, NOW, 0);
	assert_takes(turns, NOW, 1);
	enter(turns, 0, NOW); /* 2 has its turn and was not taken */
	assert_verdict(turns, 1, NOW, "later", TURNS_AGAIN);
	while ((device = turns_drop(turns)) != TURNS_NOBODY) {
		assert_false(dropped[device]);
		dropped[device] = true;
		n++;
	}
	assert_int_equal(n, 19);
	assert_false(dropped[0]);
	assert_none(turns, NOW + 1000 * SECOND);
	turns_free(turns);
}

/* ---- slow addresses */

static void test_slow_logins_halve_what_an_address_gets(void **state)
{
	struct turns *turns = one_server(30, 4);

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		assert_takes(turns, NOW, i);
	/* All four began at once: they tell the same, once. */
	for (uint32_t i = 0; i < 2; i++)
		turns_enter(turns, i, NOW + SLOW + MS, SLOW + MS);
	assert_none(turns, NOW);
	turns_enter(turns, 2, NOW + SLOW + MS, SLOW + MS);
	assert_takes(turns, NOW, 4);
	turns_enter(turns, 3, NOW + SLOW + MS, SLOW + MS);
	assert_takes(turns, NOW, 5);
	assert_none(turns, NOW);
	turns_free(turns);
}

static void test_one_goes_at_a_time_however_slow(void **state)
{
	struct turns *turns = one_server(30, 4);
	int64_t now = NOW;

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		assert_takes(turns, now, i);
	for (uint32_t i = 0; i < 20; i++) {
		now += 2 * SLOW;
		turns_enter(turns, i, now, 2 * SLOW);
		(void)turns_take(turns, now);
	}
	now += 2 * SLOW;
	turns_enter(turns, 20, now, 2 * SLOW);
	assert_takes(turns, now, 21);
	assert_none(turns, now);
	turns_free(turns);
}

static void test_quick_logins_give_an_address_its_places_back(void **state)
{
	struct turns *turns = one_server(100, 4);
	uint32_t out = 4, done = 0;

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		assert_takes(turns, NOW, i);
	turns_enter(turns, done++, NOW + 2 * SLOW, 2 * SLOW);
	while (done < 40) {
		enter(turns, done++, NOW + 3 * SLOW);
		while (turns_take(turns, NOW) != TURNS_NOBODY)
			out++;
	}
	assert_int_equal(out - done, 4);
	turns_free(turns);
}

/* ---- being turned away */

static void test_who_is_turned_away_comes_again_after_a_pause(void **state)
{
	struct turns *turns = turns_of(2);
	int64_t due;

	(void)state;
	ask(turns, 0, 1);
	assert_takes(turns, NOW, 0);
	assert_verdict(turns, 0, NOW, "Exceeded MaxStartups", TURNS_AGAIN);
	assert_takes(turns, NOW, 1); /* another server */
	due = after_pause(turns, NOW);
	assert_in_range(due - NOW, 375 * MS, 625 * MS);
	assert_takes(turns, due, 0);
	enter(turns, 0, due);
	assert_true(turns_due_us(turns) == NEVER);
	turns_free(turns);
}

static void test_pauses_grow_and_their_ends_differ(void **state)
{
	static const int64_t pauses[] = {500, 1000, 2000, 4000, 8000, 8000};
	struct turns *turns = turns_of(1);
	int64_t now = NOW;

	(void)state;
	ask(turns, 0, 0);
	for (size_t i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
		int64_t due;

		assert_takes(turns, now, 0);
		assert_verdict(turns, 0, now, "busy", TURNS_AGAIN);
		due = after_pause(turns, now);
		assert_in_range(due - now, pauses[i] * MS * 3 / 4,
				pauses[i] * MS * 5 / 4);
		now = due;
	}
	turns_free(turns);
}

static void test_a_server_that_turns_away_gets_one_at_a_time(void **state)
{
	struct turns *turns = one_server(100, 5);
	uint32_t out = 0;
	int64_t due;

	(void)state;
	for (uint32_t i = 0; i < 5; i++)
		assert_takes(turns, NOW, i);
	for (uint32_t i = 0; i < 5; i++) /* many at once are one reason */
		assert_verdict(turns, i, NOW, "busy", TURNS_AGAIN);
	due = after_pause(turns, NOW);
	assert_in_range(due - NOW, 375 * MS, 625 * MS);
	assert_int_not_equal(turns_take(turns, due), TURNS_NOBODY);
	assert_none(turns, due + 1000 * SECOND);
	turns_free(turns);
	/* Then slowly more again, up to what its address may have. */
	turns = one_server(100, 5);
	assert_takes(turns, NOW, 0);
	for (uint32_t i = 1; i < 5; i++)
		assert_takes(turns, NOW, i);
	assert_verdict(turns, 4, NOW, "busy", TURNS_AGAIN);
	for (uint32_t i = 0; i < 4; i++)
		turns_leave(turns, i);
	due = after_pause(turns, NOW);
	for (uint32_t i = 0, device = 4; i < 40; i++) {
		while (turns_take(turns, due) != TURNS_NOBODY)
			out++;
		assert_in_range(out, i + 1, i + 5);
		enter(turns, device, due);
		device++;
	}
	assert_int_equal(out, 44);
	turns_free(turns);
}

static void test_another_port_of_its_address_goes_on(void **state)
{
	struct turns *turns = turns_of(4);

	(void)state;
	join(turns, TURNS_ADDRESS, 0, 3, 5);
	join(turns, TURNS_SERVER, 0, 1, 0);
	join(turns, TURNS_SERVER, 2, 3, 0);
	turns_ask(turns, 0);
	assert_takes(turns, NOW, 0);
	assert_verdict(turns, 0, NOW, "all lines busy", TURNS_AGAIN);
	ask(turns, 1, 3);
	assert_takes(turns, NOW, 2);
	assert_takes(turns, NOW, 3);
	assert_none(turns, NOW);
	turns_free(turns);
}

/* Turn away whoever comes: the time at which the last of them was. */
static int64_t turn_all_away(struct turns *turns, const char *said,
			     enum turns_verdict last)
{
	int64_t now = NOW;

	for (;;) {
		uint32_t device = turns_take(turns, now);
		enum turns_verdict verdict;

		if (device == TURNS_NOBODY) {
			assert_true(turns_due_us(turns) != NEVER);
			now = turns_due_us(turns);
			continue;
		}
		verdict = turns_turned_away(turns, device, now, said);
		if (verdict != TURNS_AGAIN) {
			assert_int_equal(verdict, last);
			return now;
		}
	}
}

static void test_two_minutes_are_waited_and_no_longer(void **state)
{
	struct turns *turns = turns_of(1);
	char said[TURNS_SAID];
	int64_t end;

	(void)state;
	ask(turns, 0, 0);
	end = turn_all_away(turns, "Not allowed at this time", TURNS_BUSY);
	assert_true(end == NOW + PATIENCE);
	assert_true(turns_waited_us(turns, 0, end) == PATIENCE);
	assert_int_equal(turns_lost(turns, said), TURNS_NOBODY);
	assert_true(turns_drop(turns) == TURNS_NOBODY);
	turns_free(turns);
}

static void test_those_held_back_are_lost_with_what_was_said(void **state)
{
	struct turns *turns = one_server(100, 5);
	bool lost[100] = {false};
	char said[TURNS_SAID];
	uint32_t device;
	size_t n = 0;
	int64_t end = turn_all_away(turns, "go away", TURNS_BUSY);

	(void)state;
	assert_true(end == NOW + PATIENCE);
	while ((device = turns_lost(turns, said)) != TURNS_NOBODY) {
		assert_string_equal(said, "go away");
		assert_false(lost[device]);
		lost[device] = true;
		n++;
		assert_true(turns_waited_us(turns, device, end) == PATIENCE);
	}
	assert_int_equal(n, 99);
	turns_free(turns);
}

static void test_who_lets_one_in_is_waited_for_anew(void **state)
{
	struct turns *turns = one_server(3, 1);
	int64_t now = NOW;

	(void)state;
	assert_takes(turns, now, 0);
	assert_verdict(turns, 0, now, "busy", TURNS_AGAIN);
	now += PATIENCE - SECOND;
	assert_takes(turns, now, 0);
	enter(turns, 0, now);
	assert_takes(turns, now, 1);
	now += 2 * SECOND;
	assert_verdict(turns, 1, now, "busy", TURNS_AGAIN);
	now = after_pause(turns, now);
	assert_takes(turns, now, 1);
	turns_free(turns);
}

static void test_one_who_is_always_unlucky_ends_too(void **state)
{
	struct turns *turns = one_server(1000, 1);
	uint32_t unlucky = TURNS_NOBODY;
	enum turns_verdict verdict = TURNS_AGAIN;
	int64_t now = NOW;

	(void)state;
	while (verdict == TURNS_AGAIN) {
		uint32_t device = turns_take(turns, now);

		if (device == TURNS_NOBODY) {
			now = turns_due_us(turns);
			continue;
		}
		if (unlucky == TURNS_NOBODY)
			unlucky = device;
		now += 500 * MS;
		if (device == unlucky) {
			verdict = turns_turned_away(turns, device, now, "busy");
			turns_begin(turns, 999); /* another one gets in */
			enter(turns, 999, now);
		} else {
			enter(turns, device, now);
		}
	}
	assert_int_equal(verdict, TURNS_BUSY);
	assert_in_range(now - NOW, PATIENCE, PATIENCE + 10 * SECOND);
	turns_free(turns);
}

/* ---- without a word */

static void test_one_alone_that_closes_is_closed_at_once(void **state)
{
	struct turns *turns = turns_of(1);

	(void)state;
	ask(turns, 0, 0);
	assert_takes(turns, NOW, 0);
	assert_verdict(turns, 0, NOW, NULL, TURNS_CLOSED);
	assert_true(turns_due_us(turns) == NEVER);
	turns_free(turns);
}

static void test_one_of_many_that_closes_is_tried_some_times(void **state)
{
	struct turns *turns = one_server(100, 5);
	int64_t end = turn_all_away(turns, NULL, TURNS_CLOSED);
	char said[TURNS_SAID];
	uint32_t device;
	size_t n = 1;

	(void)state;
	assert_in_range(end - NOW, 10 * SECOND, 30 * SECOND);
	/* All others have their one try, and nobody waits. */
	while ((device = turns_take(turns, end)) != TURNS_NOBODY) {
		assert_verdict(turns, device, end, NULL, TURNS_CLOSED);
		n++;
	}
	assert_int_equal(n, 100);
	assert_int_equal(turns_lost(turns, said), TURNS_NOBODY);
	turns_free(turns);
}

static void test_where_others_get_in_a_closed_door_is_busy(void **state)
{
	struct turns *turns = one_server(100, 5);

	(void)state;
	assert_takes(turns, NOW, 0);
	enter(turns, 0, NOW);
	(void)turn_all_away(turns, NULL, TURNS_BUSY);
	turns_free(turns);
}

static void test_a_word_later_is_waited_for_as_if_said_at_first(void **state)
{
	struct turns *turns = one_server(2, 1);
	int64_t end;

	(void)state;
	assert_takes(turns, NOW, 0);
	assert_verdict(turns, 0, NOW, NULL, TURNS_AGAIN);
	end = turn_all_away(turns, "Exceeded MaxStartups", TURNS_BUSY);
	assert_true(end == NOW + PATIENCE);
	turns_free(turns);
}

static void test_without_patience_each_has_its_one_try(void **state)
{
	const struct turns_rules rules = {.ndevices = 3, .seed = 1};
	struct turns *turns;
	struct nf_error err;

	(void)state;
	assert_int_equal(turns_new(&turns, &rules, &err), 0);
	join(turns, TURNS_ADDRESS, 0, 2, 1);
	join(turns, TURNS_SERVER, 0, 2, 0);
	ask(turns, 0, 2);
	assert_takes(turns, NOW, 0);
	assert_verdict(turns, 0, NOW, NULL, TURNS_CLOSED);
	assert_takes(turns, NOW, 1);
	assert_verdict(turns, 1, NOW, "busy", TURNS_BUSY);
	assert_takes(turns, NOW, 2);
	turns_free(turns);
}

static void test_a_long_word_is_cut(void **state)
{
	struct turns *turns = one_server(2, 1);
	char word[TURNS_SAID * 2], said[TURNS_SAID];

	(void)state;
	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	(void)turn_all_away(turns, word, TURNS_BUSY);
	assert_int_not_equal(turns_lost(turns, said), TURNS_NOBODY);
	assert_int_equal(strlen(said), TURNS_SAID - 1);
	turns_free(turns);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_devices_alone_go_at_once_and_in_order),
	cmocka_unit_test(test_an_address_has_so_many_logins_at_a_time),
	cmocka_unit_test(test_without_a_limit_all_of_an_address_go),
	cmocka_unit_test(test_who_waits_for_one_keeps_nobody_from_another),
	cmocka_unit_test(test_who_had_to_wait_goes_before_those_who_had_not),
	cmocka_unit_test(test_a_key_that_is_known_lets_all_others_through),
	cmocka_unit_test(test_a_login_begun_anew_takes_its_place_again),
	cmocka_unit_test(test_dropped_is_everybody_who_waits_and_nobody_else),
	cmocka_unit_test(test_slow_logins_halve_what_an_address_gets),
	cmocka_unit_test(test_one_goes_at_a_time_however_slow),
	cmocka_unit_test(test_quick_logins_give_an_address_its_places_back),
	cmocka_unit_test(test_who_is_turned_away_comes_again_after_a_pause),
	cmocka_unit_test(test_pauses_grow_and_their_ends_differ),
	cmocka_unit_test(test_a_server_that_turns_away_gets_one_at_a_time),
	cmocka_unit_test(test_another_port_of_its_address_goes_on),
	cmocka_unit_test(test_two_minutes_are_waited_and_no_longer),
	cmocka_unit_test(test_those_held_back_are_lost_with_what_was_said),
	cmocka_unit_test(test_who_lets_one_in_is_waited_for_anew),
	cmocka_unit_test(test_one_who_is_always_unlucky_ends_too),
	cmocka_unit_test(test_one_of_many_that_closes_is_tried_some_times),
	cmocka_unit_test(test_one_alone_that_closes_is_closed_at_once),
	cmocka_unit_test(test_where_others_get_in_a_closed_door_is_busy),
	cmocka_unit_test(test_a_word_later_is_waited_for_as_if_said_at_first),
	cmocka_unit_test(test_without_patience_each_has_its_one_try),
	cmocka_unit_test(test_a_long_word_is_cut),
};

UNIT_MAIN(tests)
