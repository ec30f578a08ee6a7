/* lib/pool/admission.c */
#include "pool/admission.h"

#include "unit/unit.h"

#define NOW ((int64_t)1000000000) /* microseconds; any will do */
#define SECOND ((int64_t)1000000)
#define NEVER INT64_MAX

static struct admission admission_of(struct admission_rules rules)
{
	struct admission admission;

	if (rules.cores == 0)
		rules.cores = 1;
	admission_init(&admission, &rules, NOW);
	return admission;
}

/* Start as many as it lets at this time, at most 1000. */
static size_t start_all(struct admission *admission, size_t starting,
			int64_t now_us)
{
	size_t n = 0;

	while (n < 1000 && admission_open(admission, starting + n, now_us)) {
		admission_started(admission, now_us);
		n++;
	}
	return n;
}

static void test_admission_without_rules_is_open_to_any_number(void **state)
{
	struct admission admission = admission_of((struct admission_rules){0});

	(void)state;
	assert_true(admission_open(&admission, 0, NOW));
	assert_true(admission_open(&admission, 1000000, NOW));
	assert_true(admission_due_us(&admission, 1000000, NOW) == NEVER);
}

/* ---- starting_max ---- */

static void test_admission_lets_starting_max_start_at_a_time(void **state)
{
	struct admission admission =
		admission_of((struct admission_rules){.starting_max = 3});

	(void)state;
	assert_int_equal(start_all(&admission, 0, NOW), 3);
	assert_int_equal(start_all(&admission, 2, NOW), 1);
	assert_false(admission_open(&admission, 3, NOW + SECOND));
	assert_false(admission_open(&admission, 4, NOW + SECOND));
}

static void test_no_time_opens_what_starting_max_holds(void **state)
{
	struct admission admission = admission_of((struct admission_rules){
		.starting_max = 1, .rate = 10, .ahead_us = SECOND});

	(void)state;
	assert_int_equal(start_all(&admission, 0, NOW), 1);
	assert_true(admission_due_us(&admission, 1, NOW) == NEVER);
}

/* ---- rate ---- */

static void test_a_rate_spaces_the_starts(void **state)
{
	struct admission admission =
		admission_of((struct admission_rules){.rate = 5});
	int64_t now = NOW;

	(void)state;
	for (int i = 0; i < 20; i++) {
		int64_t due;

		assert_int_equal(start_all(&admission, 0, now), 1);
		due = admission_due_us(&admission, 0, now);
		assert_in_range(due - now, SECOND / 5, SECOND / 5 + 2);
		assert_false(admission_open(&admission, 0, due - 2));
		now = due;
	}
}

static void test_a_rate_does_not_begin_with_a_burst(void **state)
{
	struct admission admission =
		admission_of((struct admission_rules){.rate = 1000});

	(void)state;
	assert_int_equal(start_all(&admission, 0, NOW), 1);
}

static void test_a_rate_keeps_a_tenth_of_a_second_for_a_burst(void **state)
{
	static const struct {
		double rate;
		size_t burst;
	} cases[] = {{0.5, 1}, {5, 1},    {10, 1},
		     {25, 2},  {100, 10}, {2000, 200}};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct admission admission = admission_of(
			(struct admission_rules){.rate = cases[i].rate});

		assert_int_equal(start_all(&admission, 0, NOW + 3600 * SECOND),
				 cases[i].burst);
	}
}

/* However the pool is woken: over any time no more than rate and burst. */
static void test_a_rate_holds_over_any_time(void **state)
{
	struct admission admission =
		admission_of((struct admission_rules){.rate = 100});
	uint32_t random = 1;
	int64_t now = NOW;
	size_t n = 0;

	(void)state;
	while (now < NOW + 60 * SECOND) {
		random = random * 1664525u + 1013904223u;
		now += (random >> 16) % 30000;
		n += start_all(&admission, 0, now);
		assert_in_range(n, 0,
				(size_t)((now - NOW) / (SECOND / 100)) + 11);
	}
	assert_in_range(n, 5900, 6011); /* and not much less */
}

/* ---- pacing ---- */

static struct admission paced(int64_t ahead_us, unsigned cores)
{
	return admission_of(
		(struct admission_rules){.ahead_us = ahead_us, .cores = cores});
}

static void test_pacing_bounds_the_work_ahead_of_the_cores(void **state)
{
	struct admission admission = paced(100000, 2);

	(void)state;
	admission_sample(&admission, 10000);
	assert_int_equal(start_all(&admission, 0, NOW), 20);
	assert_int_equal(start_all(&admission, 15, NOW), 5);
	assert_false(admission_open(&admission, 20, NOW + 3600 * SECOND));
	assert_true(admission_due_us(&admission, 20, NOW) == NEVER);
}

static void test_pacing_lets_one_start_however_dear(void **state)
{
	struct admission admission = paced(1000, 1);

	(void)state;
	admission_sample(&admission, 200000);
	assert_int_equal(start_all(&admission, 0, NOW), 1);
	assert_false(admission_open(&admission, 1, NOW));
}

static void test_pacing_follows_the_cost_slowly(void **state)
{
	struct admission admission = paced(100000, 1);

	(void)state;
	admission_sample(&admission, 1000);
	assert_int_equal(admission.cost_us, 1000);
	admission_sample(&admission, 9000);
	assert_int_equal(admission.cost_us, 2000);
	for (int i = 0; i < 200; i++)
		admission_sample(&admission, 9000);
	assert_int_equal(admission.cost_us, 9000);
	for (int i = 0; i < 200; i++)
		admission_sample(&admission, 100);
	assert_in_range(admission.cost_us, 100, 108);
}

static void test_pacing_takes_a_machine_that_stood_for_no_cost(void **state)
{
	struct admission admission = paced(100000, 1);

	(void)state;
	admission_sample(&admission, UINT32_MAX);
	assert_int_equal(admission.cost_us, 250000);
}

static void test_a_start_without_cost_is_one_that_was_seen(void **state)
{
	struct admission admission = paced(100000, 1);

	(void)state;
	admission_sample(&admission, 0);
	assert_int_equal(start_all(&admission, 0, NOW), 1000);
	assert_int_equal(admission.cost_us, 1);
}

static void test_before_the_first_cost_the_starts_double(void **state)
{
	struct admission admission = paced(SECOND, 2);
	size_t starting = start_all(&admission, 0, NOW);

	(void)state;
	assert_int_equal(starting, 64);
	for (int i = 1; i <= 3; i++) {
		int64_t due = admission_due_us(&admission, starting,
					       NOW + (i - 1) * SECOND / 10);

		assert_true(due == NOW + i * SECOND / 10);
		assert_false(admission_open(&admission, starting, due - 1));
		starting += start_all(&admission, starting, due);
		assert_int_equal(starting, (size_t)64 << i);
	}
}

static void test_the_doubling_begins_with_the_first_start(void **state)
{
	struct admission admission = paced(SECOND, 2);

	(void)state;
	assert_int_equal(start_all(&admission, 0, NOW + 3600 * SECOND), 64);
}

static void test_the_doubling_has_an_end(void **state)
{
	struct admission admission = paced(1000000 * SECOND, 2);

	(void)state;
	(void)start_all(&admission, 0, NOW);
	assert_true(admission_open(&admission, (size_t)1 << 25,
				   NOW + 1000000 * SECOND));
	assert_false(admission_open(&admission, (size_t)1 << 27,
				    NOW + 1000000 * SECOND));
}

static void test_the_doubling_ends_at_a_millisecond_each(void **state)
{
	struct admission admission = paced(SECOND, 2);
	int64_t later = NOW + 1000 * SECOND;

	(void)state;
	(void)start_all(&admission, 0, NOW);
	assert_true(admission_open(&admission, 1999, later));
	assert_false(admission_open(&admission, 2000, later));
	assert_true(admission_due_us(&admission, 2000, later) == NEVER);
}

static void test_the_first_may_start_whatever_they_cost(void **state)
{
	struct admission admission = paced(1000, 1);

	(void)state;
	assert_int_equal(start_all(&admission, 0, NOW), 64);
	assert_false(admission_open(&admission, 64, NOW + 1000 * SECOND));
}

static void test_the_first_cost_ends_the_doubling(void **state)
{
	struct admission admission = paced(100000, 1);

	(void)state;
	(void)start_all(&admission, 0, NOW);
	admission_sample(&admission, 10000);
	assert_false(admission_open(&admission, 10, NOW + 3600 * SECOND));
	assert_true(admission_open(&admission, 9, NOW));
}

/* ---- the time that starts take ---- */

#define LOGINS_MAX 5000
#define DEADLINE (30 * SECOND)
#define STEP ((int64_t)5000) /* of the simulation */

/* What logins take: by themselves, and of one server that all of them share,
 * first come first served. */
struct network {
	int64_t own_us, own_more_us; /* at least, and at most so much more */
	int64_t shared_us;
};

struct login {
	int64_t began_us, ends_us;
	size_t starting;
};

struct simulation {
	struct admission admission;
	struct network network;
	struct login logins[LOGINS_MAX]; /* those in progress */
	size_t starting;
	int64_t free_us; /* when the server is */
	int64_t now_us;
	int64_t worst_us; /* that one took, of the later ones */
	uint32_t random;
};

static void begin(struct simulation *sim)
{
	const struct network *network = &sim->network;
	struct login *login = &sim->logins[sim->starting++];
	int64_t chance;

	sim->random = sim->random * 1664525u + 1013904223u;
	chance = (int64_t)(sim->random >> 8) * network->own_more_us >> 24;
	if (sim->free_us < sim->now_us)
		sim->free_us = sim->now_us;
	sim->free_us += network->shared_us;
	*login = (struct login){.began_us = sim->now_us,
				.ends_us =
					sim->free_us + network->own_us + chance,
				.starting = sim->starting};
	admission_started(&sim->admission, sim->now_us);
}

static void end_due(struct simulation *sim)
{
	for (size_t i = 0; i < sim->starting;) {
		struct login *login = &sim->logins[i];
		int64_t took_us = login->ends_us - login->began_us;

		if (login->ends_us > sim->now_us) {
			i++;
			continue;
		}
		if (login->began_us > NOW + DEADLINE && took_us > sim->worst_us)
			sim->worst_us = took_us;
		admission_sample(&sim->admission, 1000);
		admission_took(&sim->admission, login->starting, took_us);
		*login = sim->logins[--sim->starting];
	}
}

/* Let n log in: how long that takes. */
static int64_t simulate(struct simulation *sim, struct network network,
			size_t n)
{
	*sim = (struct simulation){.network = network, .now_us = NOW};
	sim->admission = paced(DEADLINE / 4, 2);
	while (n > 0 || sim->starting > 0) {
		while (n > 0 && sim->starting < LOGINS_MAX &&
		       admission_open(&sim->admission, sim->starting,
				      sim->now_us)) {
			begin(sim);
			n--;
		}
		sim->now_us += STEP;
		end_due(sim);
	}
	return sim->now_us - NOW;
}

static struct simulation sim;

static void test_who_waits_for_one_server_waits_a_quarter(void **state)
{
	static const int64_t shared_us[] = {20000, 50000, 100000, 400000};

	(void)state;
	for (size_t i = 0; i < LENGTH(shared_us); i++) {
		const struct network network = {.own_us = 30000,
						.shared_us = shared_us[i]};
		int64_t least_us = 1500 * shared_us[i];
		int64_t took_us = simulate(&sim, network, 1500);

		/* The server has always something to do, and no more. */
		assert_in_range(took_us, least_us, least_us + 2 * SECOND);
		if (least_us > 2 * DEADLINE)
			assert_in_range(sim.worst_us, DEADLINE / 16,
					DEADLINE / 3);
	}
}

static void test_slow_ones_that_wait_for_nobody_all_start(void **state)
{
	static const struct network networks[] = {
		{.own_us = 500000},
		{.own_us = 20 * SECOND},
		{.own_us = 100000, .own_more_us = 8 * SECOND},
		{.own_us = 5000, .own_more_us = 5000},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(networks); i++) {
		int64_t slowest_us =
			networks[i].own_us + networks[i].own_more_us;

		assert_in_range(simulate(&sim, networks[i], LOGINS_MAX), 0,
				2 * slowest_us + 2 * SECOND);
	}
}

static void test_the_first_times_open_it_slowly(void **state)
{
	struct admission admission = paced(SECOND, 2);

	(void)state;
	(void)start_all(&admission, 0, NOW);
	admission_sample(&admission, 1000);
	admission_took(&admission, 1, 50000);
	/* One more for the one that is ready, and one. */
	assert_true(admission_open(&admission, 65, NOW + SECOND));
	assert_false(admission_open(&admission, 66, NOW + SECOND));
	assert_true(admission_due_us(&admission, 66, NOW + SECOND) == NEVER);
}

static void test_a_crowd_is_told_by_what_each_one_more_adds(void **state)
{
	struct admission admission = paced(SECOND, 2);

	(void)state;
	for (size_t i = 1; i <= 60; i++) {
		assert_false(i < 16 && admission_crowded(&admission, 1000));
		admission_took(&admission, i, (int64_t)i * SECOND / 10);
	}
	assert_false(admission_crowded(&admission, 15)); /* 1.5 s of 2 */
	assert_true(admission_crowded(&admission, 25));
	admission_sample(&admission, 1000);
	assert_in_range(start_all(&admission, 0, NOW), 10, 11);
	/* Be it as slow as it may: a few at a time. */
	for (size_t i = 1; i <= 600; i++)
		admission_took(&admission, i % 60, (int64_t)(i % 60) * SECOND);
	assert_int_equal(start_all(&admission, 0, NOW), 4);
}

/* ---- due times ---- */

/*
 * Closed, it names a time to come, or none; at that time it is open, or names
 * a later one. Otherwise the pool would turn without rest, or sleep too long.
 */
static void check_due(struct admission *admission, size_t starting, int64_t now)
{
	int64_t due = 0;

	for (int i = 0; i < 4 && !admission_open(admission, starting, now);
	     i++) {
		due = admission_due_us(admission, starting, now);
		if (due == NEVER)
			return;
		if (due <= now)
			fail_msg("closed, with %zu starting, and due %lld us "
				 "ago (rate %g, ahead %lld, cost %lld)",
				 starting, (long long)(now - due),
				 admission->rules.rate,
				 (long long)admission->rules.ahead_us,
				 (long long)admission->cost_us);
		now = due;
	}
	assert_true(admission_open(admission, starting, now));
}

static void test_a_due_time_lies_ahead_and_opens(void **state)
{
	static const double rates[] = {0, 0.1, 3, 50, 1000};
	static const int64_t aheads[] = {0, 50000, SECOND};
	static const uint32_t costs[] = {0, 100, 20000};

	(void)state;
	for (size_t i = 0; i < 5 * 3 * 3; i++) {
		struct admission admission =
			admission_of((struct admission_rules){
				.rate = rates[i % 5],
				.ahead_us = aheads[i / 5 % 3],
				.starting_max = i % 2 == 0 ? 0 : 100,
				.cores = 2});
		size_t starting = 0;
		int64_t now = NOW;

		if (costs[i / 15] > 0)
			admission_sample(&admission, costs[i / 15]);
		for (int k = 0; k < 100; k++) {
			starting += start_all(&admission, starting, now);
			check_due(&admission, starting, now);
			now += k * 7001;
		}
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_admission_without_rules_is_open_to_any_number),
	cmocka_unit_test(test_admission_lets_starting_max_start_at_a_time),
	cmocka_unit_test(test_no_time_opens_what_starting_max_holds),
	cmocka_unit_test(test_a_rate_spaces_the_starts),
	cmocka_unit_test(test_a_rate_does_not_begin_with_a_burst),
	cmocka_unit_test(test_a_rate_keeps_a_tenth_of_a_second_for_a_burst),
	cmocka_unit_test(test_a_rate_holds_over_any_time),
	cmocka_unit_test(test_pacing_bounds_the_work_ahead_of_the_cores),
	cmocka_unit_test(test_pacing_lets_one_start_however_dear),
	cmocka_unit_test(test_pacing_follows_the_cost_slowly),
	cmocka_unit_test(test_pacing_takes_a_machine_that_stood_for_no_cost),
	cmocka_unit_test(test_a_start_without_cost_is_one_that_was_seen),
	cmocka_unit_test(test_before_the_first_cost_the_starts_double),
	cmocka_unit_test(test_the_doubling_begins_with_the_first_start),
	cmocka_unit_test(test_the_doubling_has_an_end),
	cmocka_unit_test(test_the_doubling_ends_at_a_millisecond_each),
	cmocka_unit_test(test_the_first_may_start_whatever_they_cost),
	cmocka_unit_test(test_the_first_cost_ends_the_doubling),
	cmocka_unit_test(test_who_waits_for_one_server_waits_a_quarter),
	cmocka_unit_test(test_slow_ones_that_wait_for_nobody_all_start),
	cmocka_unit_test(test_the_first_times_open_it_slowly),
	cmocka_unit_test(test_a_crowd_is_told_by_what_each_one_more_adds),
	cmocka_unit_test(test_a_due_time_lies_ahead_and_opens),
};

UNIT_MAIN(tests)
