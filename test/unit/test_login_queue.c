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

static struct login_queue *queue_of(size_t ndevices)
{
	const struct login_queue_rules rules = {.ndevices = ndevices,
						.patience_us = PATIENCE,
						.slow_us = SLOW,
						.seed = 1};
	struct login_queue *queue;
	struct nf_error err;

	assert_int_equal(login_queue_new(&queue, &rules, &err), 0);
	return queue;
}

/* Devices first .. last share a limiter. */
static void join(struct login_queue *queue, enum login_queue_kind kind,
		 uint32_t first, uint32_t last, unsigned most)
{
	struct nf_error err;

	for (uint32_t i = first + 1; i <= last; i++)
		assert_int_equal(
			login_queue_join(queue, kind, i, i - 1, most, &err), 0);
}

static void ask(struct login_queue *queue, uint32_t first, uint32_t last)
{
	for (uint32_t i = first; i <= last; i++)
		login_queue_ask(queue, i);
}

/* n devices of one server, of which most may log in at a time, all asking. */
static struct login_queue *one_server(uint32_t n, unsigned most)
{
	struct login_queue *queue = queue_of(n);

	join(queue, LOGIN_QUEUE_ADDRESS, 0, n - 1, most);
	join(queue, LOGIN_QUEUE_SERVER, 0, n - 1, 0);
	ask(queue, 0, n - 1);
	return queue;
}

static void assert_takes(struct login_queue *queue, int64_t now_us,
			 uint32_t device)
{
	assert_int_equal(login_queue_take(queue, now_us), device);
}

static void assert_none(struct login_queue *queue, int64_t now_us)
{
	assert_takes(queue, now_us, LOGIN_QUEUE_NONE);
}

static void enter(struct login_queue *queue, uint32_t device, int64_t now_us)
{
	login_queue_accepted(queue, device, now_us, 10 * MS);
}

/* When the limiter lets a login in again. */
static int64_t after_pause(struct login_queue *queue, int64_t now_us)
{
	int64_t due_us = login_queue_due_us(queue);

	assert_true(due_us > now_us && due_us != NEVER);
	assert_none(queue, due_us - 1);
	return due_us;
}

static void assert_verdict(struct login_queue *queue, uint32_t device,
			   int64_t now_us, const char *said,
			   enum login_queue_verdict verdict)
{
	assert_int_equal(login_queue_refused(queue, device, now_us, said),
			 verdict);
}

/* ---- room */

static void test_devices_alone_go_at_once_and_in_order(void **state)
{
	struct login_queue *queue = queue_of(1000);

	(void)state;
	ask(queue, 0, 999);
	for (uint32_t i = 0; i < 1000; i++)
		assert_takes(queue, NOW, i);
	assert_none(queue, NOW);
	assert_true(login_queue_due_us(queue) == NEVER);
	login_queue_free(queue);
}

static void test_an_address_has_so_many_logins_at_a_time(void **state)
{
	struct login_queue *queue = one_server(10, 3);

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		assert_takes(queue, NOW, i);
	assert_none(queue, NOW + 1000 * SECOND);
	enter(queue, 1, NOW);
	assert_takes(queue, NOW, 3);
	assert_none(queue, NOW);
	enter(queue, 1, NOW); /* once more is no harm */
	assert_none(queue, NOW);
	login_queue_left(queue, 1); /* nor is its end */
	assert_none(queue, NOW);
	login_queue_left(queue, 0); /* it failed before its login was over */
	assert_takes(queue, NOW, 4);
	login_queue_free(queue);
}

static void test_without_a_limit_all_of_an_address_go(void **state)
{
	struct login_queue *queue = one_server(100, 0);

	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		assert_takes(queue, NOW, i);
	login_queue_free(queue);
}

static void test_who_waits_for_one_keeps_nobody_from_another(void **state)
{
	struct login_queue *queue = queue_of(6);

	(void)state;
	join(queue, LOGIN_QUEUE_ADDRESS, 0, 5, 2);
	join(queue, LOGIN_QUEUE_KEY, 0, 3,
	     1); /* one after the other, of these */
	ask(queue, 0, 5);
	assert_takes(queue, NOW, 0);
	assert_takes(queue, NOW, 4); /* 1, 2, 3 wait for 0 and take no place */
	assert_none(queue, NOW);
	enter(queue, 0, NOW);
	assert_takes(queue, NOW, 1);
	assert_none(queue, NOW);
	enter(queue, 4, NOW);
	assert_takes(queue, NOW, 5);
	enter(queue, 1, NOW);
	assert_takes(queue, NOW, 2);
	enter(queue, 2, NOW);
	assert_takes(queue, NOW, 3);
	login_queue_free(queue);
}

static void test_who_had_to_wait_goes_before_those_who_had_not(void **state)
{
	struct login_queue *queue = queue_of(100);

	(void)state;
	join(queue, LOGIN_QUEUE_ADDRESS, 0, 3, 1);
	ask(queue, 0, 99);
	assert_takes(queue, NOW, 0);
	assert_takes(queue, NOW, 4);
	enter(queue, 0, NOW);
	assert_takes(queue, NOW, 1);
	assert_takes(queue, NOW, 5);
	login_queue_free(queue);
}

static void test_a_key_that_is_known_lets_all_others_through(void **state)
{
	struct login_queue *queue = queue_of(5);

	(void)state;
	join(queue, LOGIN_QUEUE_KEY, 0, 4, 1);
	ask(queue, 0, 4);
	assert_takes(queue, NOW, 0);
	assert_none(queue, NOW);
	login_queue_lift_limit(queue, LOGIN_QUEUE_KEY, 0);
	for (uint32_t i = 1; i < 5; i++)
		assert_takes(queue, NOW, i);
	login_queue_lift_limit(queue, LOGIN_QUEUE_SERVER,
			       0); /* there is none */
	login_queue_free(queue);
}

static void test_a_login_begun_anew_takes_its_place_again(void **state)
{
	struct login_queue *queue = one_server(3, 1);

	(void)state;
	assert_takes(queue, NOW, 0);
	login_queue_begin(queue, 0); /* it has it already */
	enter(queue, 0, NOW);
	assert_takes(queue, NOW, 1);
	login_queue_begin(queue, 0); /* its worker died after the login */
	login_queue_left(queue, 1);
	assert_none(queue, NOW);
	login_queue_left(queue, 0);
	assert_takes(queue, NOW, 2);
	login_queue_free(queue);
}

static void test_a_login_asked_for_anew_outlives_its_last_task(void **state)
{
	struct login_queue *queue = queue_of(2);

	(void)state;
	join(queue, LOGIN_QUEUE_ADDRESS, 0, 1, 1);
	ask(queue, 0, 0);
	assert_takes(queue, NOW, 0);
	login_queue_left(queue, 0);
	ask(queue, 0, 0);
	login_queue_left(queue, 0);
	ask(queue, 1, 1);
	assert_takes(queue, NOW, 0);
	login_queue_begin(queue, 0);
	assert_none(queue, NOW);
	login_queue_left(queue, 0);
	assert_takes(queue, NOW, 1);
	login_queue_free(queue);
}

static void test_dropped_is_everybody_who_waits_and_nobody_else(void **state)
{
	struct login_queue *queue = one_server(20, 2);
	bool dropped[20] = {false};
	uint32_t device;
	size_t n = 0;

	(void)state;
	assert_takes(queue, NOW, 0);
	assert_takes(queue, NOW, 1);
	enter(queue, 0, NOW); /* 2 has its turn and was not taken */
	assert_verdict(queue, 1, NOW, "later", LOGIN_QUEUE_AGAIN);
	while ((device = login_queue_drop(queue)) != LOGIN_QUEUE_NONE) {
		assert_false(dropped[device]);
		dropped[device] = true;
		n++;
	}
	assert_int_equal(n, 19);
	assert_false(dropped[0]);
	assert_none(queue, NOW + 1000 * SECOND);
	login_queue_free(queue);
}

/* ---- slow addresses */

static void test_slow_logins_halve_what_an_address_gets(void **state)
{
	struct login_queue *queue = one_server(30, 4);

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		assert_takes(queue, NOW, i);
	/* All four began at once: they tell the same, once. */
	for (uint32_t i = 0; i < 2; i++)
		login_queue_accepted(queue, i, NOW + SLOW + MS, SLOW + MS);
	assert_none(queue, NOW);
	login_queue_accepted(queue, 2, NOW + SLOW + MS, SLOW + MS);
	assert_takes(queue, NOW, 4);
	login_queue_accepted(queue, 3, NOW + SLOW + MS, SLOW + MS);
	assert_takes(queue, NOW, 5);
	assert_none(queue, NOW);
	login_queue_free(queue);
}

static void test_one_goes_at_a_time_however_slow(void **state)
{
	struct login_queue *queue = one_server(30, 4);
	int64_t now = NOW;

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		assert_takes(queue, now, i);
	for (uint32_t i = 0; i < 20; i++) {
		now += 2 * SLOW;
		login_queue_accepted(queue, i, now, 2 * SLOW);
		(void)login_queue_take(queue, now);
	}
	now += 2 * SLOW;
	login_queue_accepted(queue, 20, now, 2 * SLOW);
	assert_takes(queue, now, 21);
	assert_none(queue, now);
	login_queue_free(queue);
}

static void test_quick_logins_give_an_address_its_places_back(void **state)
{
	struct login_queue *queue = one_server(100, 4);
	uint32_t out = 4, done = 0;

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		assert_takes(queue, NOW, i);
	login_queue_accepted(queue, done++, NOW + 2 * SLOW, 2 * SLOW);
	while (done < 40) {
		enter(queue, done++, NOW + 3 * SLOW);
		while (login_queue_take(queue, NOW) != LOGIN_QUEUE_NONE)
			out++;
	}
	assert_int_equal(out - done, 4);
	login_queue_free(queue);
}

/* ---- being turned away */

static void test_who_is_turned_away_comes_again_after_a_pause(void **state)
{
	struct login_queue *queue = queue_of(2);
	int64_t due;

	(void)state;
	ask(queue, 0, 1);
	assert_takes(queue, NOW, 0);
	assert_verdict(queue, 0, NOW, "Exceeded MaxStartups",
		       LOGIN_QUEUE_AGAIN);
	assert_takes(queue, NOW, 1); /* another server */
	due = after_pause(queue, NOW);
	assert_in_range(due - NOW, 375 * MS, 625 * MS);
	assert_takes(queue, due, 0);
	enter(queue, 0, due);
	assert_true(login_queue_due_us(queue) == NEVER);
	login_queue_free(queue);
}

static void test_pauses_grow_and_their_ends_differ(void **state)
{
	static const int64_t pauses[] = {500, 1000, 2000, 4000, 8000, 8000};
	struct login_queue *queue = queue_of(1);
	int64_t now = NOW;

	(void)state;
	ask(queue, 0, 0);
	for (size_t i = 0; i < LENGTH(pauses); i++) {
		int64_t due;

		assert_takes(queue, now, 0);
		assert_verdict(queue, 0, now, "busy", LOGIN_QUEUE_AGAIN);
		due = after_pause(queue, now);
		assert_in_range(due - now, pauses[i] * MS * 3 / 4,
				pauses[i] * MS * 5 / 4);
		now = due;
	}
	login_queue_free(queue);
}

static void test_a_server_that_turns_away_gets_one_at_a_time(void **state)
{
	struct login_queue *queue = one_server(100, 5);
	uint32_t out = 0;
	int64_t due;

	(void)state;
	for (uint32_t i = 0; i < 5; i++)
		assert_takes(queue, NOW, i);
	for (uint32_t i = 0; i < 5; i++) /* many at once are one reason */
		assert_verdict(queue, i, NOW, "busy", LOGIN_QUEUE_AGAIN);
	due = after_pause(queue, NOW);
	assert_in_range(due - NOW, 375 * MS, 625 * MS);
	assert_int_not_equal(login_queue_take(queue, due), LOGIN_QUEUE_NONE);
	assert_none(queue, due + 1000 * SECOND);
	login_queue_free(queue);
	/* Then slowly more again, up to what its address may have. */
	queue = one_server(100, 5);
	assert_takes(queue, NOW, 0);
	for (uint32_t i = 1; i < 5; i++)
		assert_takes(queue, NOW, i);
	assert_verdict(queue, 4, NOW, "busy", LOGIN_QUEUE_AGAIN);
	for (uint32_t i = 0; i < 4; i++)
		login_queue_left(queue, i);
	due = after_pause(queue, NOW);
	for (uint32_t i = 0, device = 4; i < 40; i++) {
		while (login_queue_take(queue, due) != LOGIN_QUEUE_NONE)
			out++;
		assert_in_range(out, i + 1, i + 5);
		enter(queue, device, due);
		device++;
	}
	assert_int_equal(out, 44);
	login_queue_free(queue);
}

static void test_another_port_of_its_address_goes_on(void **state)
{
	struct login_queue *queue = queue_of(4);

	(void)state;
	join(queue, LOGIN_QUEUE_ADDRESS, 0, 3, 5);
	join(queue, LOGIN_QUEUE_SERVER, 0, 1, 0);
	join(queue, LOGIN_QUEUE_SERVER, 2, 3, 0);
	login_queue_ask(queue, 0);
	assert_takes(queue, NOW, 0);
	assert_verdict(queue, 0, NOW, "all lines busy", LOGIN_QUEUE_AGAIN);
	ask(queue, 1, 3);
	assert_takes(queue, NOW, 2);
	assert_takes(queue, NOW, 3);
	assert_none(queue, NOW);
	login_queue_free(queue);
}

/* Turn away whoever comes: the time at which the last of them was. */
static int64_t turn_all_away(struct login_queue *queue, const char *said,
			     enum login_queue_verdict last)
{
	int64_t now = NOW;

	for (;;) {
		uint32_t device = login_queue_take(queue, now);
		enum login_queue_verdict verdict;

		if (device == LOGIN_QUEUE_NONE) {
			assert_true(login_queue_due_us(queue) != NEVER);
			now = login_queue_due_us(queue);
			continue;
		}
		verdict = login_queue_refused(queue, device, now, said);
		if (verdict != LOGIN_QUEUE_AGAIN) {
			assert_int_equal(verdict, last);
			return now;
		}
	}
}

static void test_two_minutes_are_waited_and_no_longer(void **state)
{
	struct login_queue *queue = queue_of(1);
	char said[LOGIN_QUEUE_SAID_MAX];
	int64_t end;

	(void)state;
	ask(queue, 0, 0);
	end = turn_all_away(queue, "Not allowed at this time",
			    LOGIN_QUEUE_BUSY);
	assert_true(end == NOW + PATIENCE);
	assert_true(login_queue_refused_for_us(queue, 0, end) == PATIENCE);
	assert_int_equal(login_queue_take_abandoned(queue, said),
			 LOGIN_QUEUE_NONE);
	assert_true(login_queue_drop(queue) == LOGIN_QUEUE_NONE);
	login_queue_free(queue);
}

static void test_those_held_back_are_lost_with_what_was_said(void **state)
{
	struct login_queue *queue = one_server(100, 5);
	bool lost[100] = {false};
	char said[LOGIN_QUEUE_SAID_MAX];
	uint32_t device;
	size_t n = 0;
	int64_t end = turn_all_away(queue, "go away", LOGIN_QUEUE_BUSY);

	(void)state;
	assert_true(end == NOW + PATIENCE);
	while ((device = login_queue_take_abandoned(queue, said)) !=
	       LOGIN_QUEUE_NONE) {
		assert_string_equal(said, "go away");
		assert_false(lost[device]);
		lost[device] = true;
		n++;
		assert_true(login_queue_refused_for_us(queue, device, end) ==
			    PATIENCE);
	}
	assert_int_equal(n, 99);
	login_queue_free(queue);
}

static void test_who_lets_one_in_is_waited_for_anew(void **state)
{
	struct login_queue *queue = one_server(3, 1);
	int64_t now = NOW;

	(void)state;
	assert_takes(queue, now, 0);
	assert_verdict(queue, 0, now, "busy", LOGIN_QUEUE_AGAIN);
	now += PATIENCE - SECOND;
	assert_takes(queue, now, 0);
	enter(queue, 0, now);
	assert_takes(queue, now, 1);
	now += 2 * SECOND;
	assert_verdict(queue, 1, now, "busy", LOGIN_QUEUE_AGAIN);
	now = after_pause(queue, now);
	assert_takes(queue, now, 1);
	login_queue_free(queue);
}

static void test_one_who_is_always_unlucky_ends_too(void **state)
{
	struct login_queue *queue = one_server(1000, 1);
	uint32_t unlucky = LOGIN_QUEUE_NONE;
	enum login_queue_verdict verdict = LOGIN_QUEUE_AGAIN;
	int64_t now = NOW;

	(void)state;
	while (verdict == LOGIN_QUEUE_AGAIN) {
		uint32_t device = login_queue_take(queue, now);

		if (device == LOGIN_QUEUE_NONE) {
			now = login_queue_due_us(queue);
			continue;
		}
		if (unlucky == LOGIN_QUEUE_NONE)
			unlucky = device;
		now += 500 * MS;
		if (device == unlucky) {
			verdict =
				login_queue_refused(queue, device, now, "busy");
			login_queue_begin(queue, 999); /* another one gets in */
			enter(queue, 999, now);
		} else {
			enter(queue, device, now);
		}
	}
	assert_int_equal(verdict, LOGIN_QUEUE_BUSY);
	assert_in_range(now - NOW, PATIENCE, PATIENCE + 10 * SECOND);
	login_queue_free(queue);
}

/* ---- without a word */

static void test_one_alone_that_closes_is_closed_at_once(void **state)
{
	struct login_queue *queue = queue_of(1);

	(void)state;
	ask(queue, 0, 0);
	assert_takes(queue, NOW, 0);
	assert_verdict(queue, 0, NOW, NULL, LOGIN_QUEUE_CLOSED);
	assert_true(login_queue_due_us(queue) == NEVER);
	login_queue_free(queue);
}

static void test_one_of_many_that_closes_is_tried_some_times(void **state)
{
	struct login_queue *queue = one_server(100, 5);
	int64_t end = turn_all_away(queue, NULL, LOGIN_QUEUE_CLOSED);
	char said[LOGIN_QUEUE_SAID_MAX];
	uint32_t device;
	size_t n = 1;

	(void)state;
	assert_in_range(end - NOW, 10 * SECOND, 30 * SECOND);
	/* All others have their one try, and nobody waits. */
	while ((device = login_queue_take(queue, end)) != LOGIN_QUEUE_NONE) {
		assert_verdict(queue, device, end, NULL, LOGIN_QUEUE_CLOSED);
		n++;
	}
	assert_int_equal(n, 100);
	assert_int_equal(login_queue_take_abandoned(queue, said),
			 LOGIN_QUEUE_NONE);
	login_queue_free(queue);
}

static void test_where_others_get_in_a_closed_door_is_busy(void **state)
{
	struct login_queue *queue = one_server(100, 5);

	(void)state;
	assert_takes(queue, NOW, 0);
	enter(queue, 0, NOW);
	(void)turn_all_away(queue, NULL, LOGIN_QUEUE_BUSY);
	login_queue_free(queue);
}

static void test_a_word_later_is_waited_for_as_if_said_at_first(void **state)
{
	struct login_queue *queue = one_server(2, 1);
	int64_t end;

	(void)state;
	assert_takes(queue, NOW, 0);
	assert_verdict(queue, 0, NOW, NULL, LOGIN_QUEUE_AGAIN);
	end = turn_all_away(queue, "Exceeded MaxStartups", LOGIN_QUEUE_BUSY);
	assert_true(end == NOW + PATIENCE);
	login_queue_free(queue);
}

static void test_without_patience_each_has_its_one_try(void **state)
{
	const struct login_queue_rules rules = {.ndevices = 3, .seed = 1};
	struct login_queue *queue;
	struct nf_error err;

	(void)state;
	assert_int_equal(login_queue_new(&queue, &rules, &err), 0);
	join(queue, LOGIN_QUEUE_ADDRESS, 0, 2, 1);
	join(queue, LOGIN_QUEUE_SERVER, 0, 2, 0);
	ask(queue, 0, 2);
	assert_takes(queue, NOW, 0);
	assert_verdict(queue, 0, NOW, NULL, LOGIN_QUEUE_CLOSED);
	assert_takes(queue, NOW, 1);
	assert_verdict(queue, 1, NOW, "busy", LOGIN_QUEUE_BUSY);
	assert_takes(queue, NOW, 2);
	login_queue_free(queue);
}

static void test_a_long_word_is_cut(void **state)
{
	struct login_queue *queue = one_server(2, 1);
	char word[LOGIN_QUEUE_SAID_MAX * 2], said[LOGIN_QUEUE_SAID_MAX];

	(void)state;
	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	(void)turn_all_away(queue, word, LOGIN_QUEUE_BUSY);
	assert_int_not_equal(login_queue_take_abandoned(queue, said),
			     LOGIN_QUEUE_NONE);
	assert_int_equal(strlen(said), LOGIN_QUEUE_SAID_MAX - 1);
	login_queue_free(queue);
}

/* ---- retries */

/* Within a quarter of the pause that is meant, and half a minute at most. */
static void
test_a_device_that_is_tried_again_pauses_longer_each_time(void **state)
{
	static const int64_t seconds[] = {1, 2, 4, 8, 16, 30, 30, 30};
	struct login_queue *queue = queue_of(2);
	int64_t now_us = NOW;

	(void)state;
	ask(queue, 0, 0);
	for (unsigned i = 0; i < LENGTH(seconds); i++) {
		int64_t most = seconds[i] * SECOND * 5 / 4, us;

		assert_takes(queue, now_us, 0);
		us = login_queue_retry(queue, 0, i, now_us);
		assert_true(us >= seconds[i] * SECOND * 3 / 4);
		assert_true(us <= (most < 30 * SECOND ? most : 30 * SECOND));
		now_us = after_pause(queue, now_us);
	}
	login_queue_free(queue);
}

static void test_a_device_that_pauses_holds_no_other_up(void **state)
{
	struct login_queue *queue = one_server(3, 1);
	int64_t now_us = NOW;

	(void)state;
	assert_takes(queue, now_us, 0);
	assert_none(queue, now_us);
	assert_true(login_queue_retry(queue, 0, 0, now_us) > 0);
	login_queue_left(queue, 0); /* has no effect: it waits */
	assert_takes(queue, now_us, 1);
	login_queue_left(queue, 1);
	assert_takes(queue, now_us, 2);
	now_us = after_pause(queue, now_us);
	/* It has the one place of its address. */
	assert_none(queue, now_us);
	login_queue_left(queue, 2);
	assert_takes(queue, now_us, 0);
	login_queue_free(queue);
}

/* The handshake was accepted, and what followed failed. */
static void test_a_device_that_is_idle_is_tried_again(void **state)
{
	struct login_queue *queue = one_server(2, 1);

	(void)state;
	assert_takes(queue, NOW, 0);
	enter(queue, 0, NOW);
	assert_true(login_queue_retry(queue, 0, 0, NOW) > 0);
	assert_takes(queue, NOW, 1);
	login_queue_left(queue, 1);
	assert_takes(queue, after_pause(queue, NOW), 0);
	login_queue_free(queue);
}

static void test_devices_that_pause_are_dropped_as_all_that_wait(void **state)
{
	struct login_queue *queue = queue_of(2);

	(void)state;
	ask(queue, 0, 1);
	assert_takes(queue, NOW, 0);
	assert_true(login_queue_retry(queue, 0, 3, NOW) > 0);
	assert_int_equal(login_queue_drop(queue), 1);
	assert_int_equal(login_queue_drop(queue), 0);
	assert_int_equal(login_queue_drop(queue), LOGIN_QUEUE_NONE);
	login_queue_free(queue);
}

static void
test_devices_that_failed_together_do_not_come_back_together(void **state)
{
	struct login_queue *queue = queue_of(50);
	int64_t least = INT64_MAX, most = 0;

	(void)state;
	ask(queue, 0, 49);
	for (uint32_t i = 0; i < 50; i++) {
		int64_t us;

		assert_takes(queue, NOW, i);
		us = login_queue_retry(queue, i, 0, NOW);
		least = us < least ? us : least;
		most = us > most ? us : most;
	}
	assert_true(most - least > SECOND / 5);
	login_queue_free(queue);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_devices_alone_go_at_once_and_in_order),
	cmocka_unit_test(test_an_address_has_so_many_logins_at_a_time),
	cmocka_unit_test(test_without_a_limit_all_of_an_address_go),
	cmocka_unit_test(test_who_waits_for_one_keeps_nobody_from_another),
	cmocka_unit_test(test_who_had_to_wait_goes_before_those_who_had_not),
	cmocka_unit_test(test_a_key_that_is_known_lets_all_others_through),
	cmocka_unit_test(test_a_login_begun_anew_takes_its_place_again),
	cmocka_unit_test(test_a_login_asked_for_anew_outlives_its_last_task),
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
	cmocka_unit_test(
		test_a_device_that_is_tried_again_pauses_longer_each_time),
	cmocka_unit_test(test_a_device_that_pauses_holds_no_other_up),
	cmocka_unit_test(test_a_device_that_is_idle_is_tried_again),
	cmocka_unit_test(test_devices_that_pause_are_dropped_as_all_that_wait),
	cmocka_unit_test(
		test_devices_that_failed_together_do_not_come_back_together),
};

UNIT_MAIN(tests)
