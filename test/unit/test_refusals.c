/* lib/poll/refusals.c */
#include <errno.h>
#include <string.h>

#include "poll/poll_parts.h"
#include "unit/unit.h"

enum { NDEVICES = 6, NPLACES = NOFFERS * NDEVICES };

/* Devices with one password, behind proxies with another. */
struct scene {
	struct credentials own, proxys;
	const struct credentials *at[NPLACES];
	atomic_uchar permits[NPLACES];
	struct progress progress[NDEVICES];
	struct message results[NDEVICES];
	uint32_t hops[NDEVICES];
	unsigned nnotes;
	char note[300];
	struct nf_poll poll;
};

static void keep_note(void *arg, const char *text)
{
	struct scene *scene = arg;

	scene->nnotes++;
	(void)strncpy(scene->note, text, sizeof(scene->note) - 1);
}

static void open_scene(struct scene *scene)
{
	struct plan *plan = &scene->poll.plan;
	struct nf_error err;

	*scene = (struct scene){
		.own = {.username = "me", .password = "sesame"},
		.proxys = {.username = "us", .password = "open"}};
	plan->ndevices = NDEVICES;
	plan->offers = (struct offers){scene->at, NPLACES, NDEVICES};
	for (size_t i = 0; i < NDEVICES; i++) {
		scene->at[offers_place(&plan->offers, OFFER_PASSWORD, i)] =
			&scene->own;
		scene->at[offers_place(&plan->offers, OFFER_PROXY, i)] =
			&scene->proxys;
		scene->hops[i] = HOP_NONE;
	}
	plan->ways.hops.of = scene->hops;
	plan->permits.writing = scene->permits;
	scene->poll.progress = scene->progress;
	scene->poll.options.log = (struct nf_log){keep_note, scene};
	assert_int_equal(refusals_begin(&scene->poll, &err), 0);
}

static void close_scene(struct scene *scene)
{
	lockout_free(scene->poll.lockout);
}

/* A device's session is over. */
static void end(struct scene *scene, uint32_t device, enum nf_stage stage,
		enum nf_code code, int sys_errno)
{
	struct message *message = &scene->results[device];

	message->result.error = (struct nf_error){
		.code = code, .stage = stage, .sys_errno = sys_errno};
	scene->progress[device].result = message;
	refusals_report(&scene->poll, device);
}

static bool stopped(const struct scene *scene, enum offer offer)
{
	return lockout_stopped(
		scene->poll.lockout,
		offers_place(&scene->poll.plan.offers, offer, NDEVICES - 1));
}

static void test_three_refusals_stop_a_password_and_are_told_once(void **state)
{
	struct scene scene;

	(void)state;
	open_scene(&scene);
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(stopped(&scene, OFFER_PASSWORD), i >= 3);
		end(&scene, i, NF_STAGE_AUTH, NF_AUTH_FAILED, EACCES);
	}
	assert_false(stopped(&scene, OFFER_PROXY));
	assert_int_equal(scene.nnotes, 1);
	assert_string_equal(scene.note,
			    "user me: its password is refused: devices with "
			    "the same one are not tried any more");
	close_scene(&scene);
}

static void test_a_refusal_while_connecting_is_the_proxys(void **state)
{
	struct scene scene;

	(void)state;
	open_scene(&scene);
	for (uint32_t i = 0; i < 3; i++)
		end(&scene, i, NF_STAGE_CONNECT, NF_AUTH_FAILED, EACCES);
	assert_true(stopped(&scene, OFFER_PROXY));
	assert_false(stopped(&scene, OFFER_PASSWORD));
	assert_non_null(strstr(scene.note, "user us: "));
	close_scene(&scene);
}

/* Neither a failure of another kind, nor a login that lacks something else. */
static void test_what_refuses_no_password_counts_for_nothing(void **state)
{
	struct scene scene;

	(void)state;
	open_scene(&scene);
	for (uint32_t i = 0; i < NDEVICES; i += 2) {
		end(&scene, i, NF_STAGE_AUTH, NF_AUTH_FAILED, ENOKEY);
		end(&scene, i + 1, NF_STAGE_AUTH, NF_TIMEOUT, EACCES);
	}
	assert_false(stopped(&scene, OFFER_PASSWORD));
	assert_false(stopped(&scene, OFFER_PROXY));
	assert_int_equal(scene.nnotes, 0);
	close_scene(&scene);
}

/* A command that fails is one behind a login. */
static void test_a_success_between_refusals_begins_the_count_anew(void **state)
{
	struct scene scene;

	(void)state;
	open_scene(&scene);
	for (uint32_t i = 0; i < 2; i++)
		end(&scene, i, NF_STAGE_AUTH, NF_AUTH_FAILED, EACCES);
	refusals_ask(&scene.poll,
		     offers_place(&scene.poll.plan.offers, OFFER_PASSWORD, 2));
	end(&scene, 2, NF_STAGE_COMMAND, NF_TIMEOUT, 0);
	for (uint32_t i = 3; i < 5; i++)
		end(&scene, i, NF_STAGE_AUTH, NF_AUTH_FAILED, EACCES);
	assert_false(stopped(&scene, OFFER_PASSWORD));
	end(&scene, 5, NF_STAGE_AUTH, NF_AUTH_FAILED, EACCES);
	assert_true(stopped(&scene, OFFER_PASSWORD));
	close_scene(&scene);
}

/* It may have had a key. */
static void test_a_success_without_the_password_proves_nothing(void **state)
{
	struct scene scene;

	(void)state;
	open_scene(&scene);
	for (uint32_t i = 0; i < 2; i++)
		end(&scene, i, NF_STAGE_AUTH, NF_AUTH_FAILED, EACCES);
	end(&scene, 2, NF_STAGE_COMMAND, NF_TIMEOUT, 0);
	end(&scene, 3, NF_STAGE_AUTH, NF_AUTH_FAILED, EACCES);
	assert_true(stopped(&scene, OFFER_PASSWORD));
	close_scene(&scene);
}

static void
test_devices_that_are_skipped_count_with_what_stopped_them(void **state)
{
	struct scene scene;
	struct nf_skipped skipped;

	(void)state;
	open_scene(&scene);
	assert_false(nf_poll_skipped(&scene.poll, 0, &skipped));
	for (uint32_t i = 0; i < 3; i++)
		end(&scene, i, NF_STAGE_CONNECT, NF_AUTH_FAILED, EACCES);
	for (uint32_t i = 3; i < 5; i++)
		end(&scene, i, NF_STAGE_CONNECT, NF_SKIPPED, 0);
	assert_true(nf_poll_skipped(&scene.poll, 0, &skipped));
	assert_string_equal(skipped.name, "us");
	assert_int_equal(skipped.ndevices, 2);
	assert_false(skipped.key);
	assert_false(nf_poll_skipped(&scene.poll, 1, &skipped));
	close_scene(&scene);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_three_refusals_stop_a_password_and_are_told_once),
	cmocka_unit_test(test_a_refusal_while_connecting_is_the_proxys),
	cmocka_unit_test(test_what_refuses_no_password_counts_for_nothing),
	cmocka_unit_test(test_a_success_between_refusals_begins_the_count_anew),
	cmocka_unit_test(test_a_success_without_the_password_proves_nothing),
	cmocka_unit_test(
		test_devices_that_are_skipped_count_with_what_stopped_them),
};

UNIT_MAIN(tests)
