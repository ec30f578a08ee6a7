/* lib/store/run behind real polls: what is known stays in the workers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/farm.h"
#include "unit/unit.h"

#define ACME                                                                   \
	"about: a platform of our own\n"                                       \
	"enter: \"\\r\"\n"                                                     \
	"prompts:\n"                                                           \
	"  user: '^[A-Z0-9]+> ?$'\n"                                           \
	"  privileged: '^[A-Z0-9]+# ?$'\n"                                     \
	"paging_off: [terminal length 0]\n"                                    \
	"errors: ['^% ?Invalid input detected']\n"                             \
	"volatile: ['^up ']\n"                                                 \
	"secrets: ['^key (?<secret>\\S+)']\n"                                  \
	"collect:\n"                                                           \
	"- command: show box\n"                                                \
	"  end: '^end$'\n"                                                     \
	"- command: show lid\n"                                                \
	"- command: show none\n"                                               \
	"logout: exit\n"

static const char *const no_args[] = {NULL};

static void begin(struct farm *farm)
{
	farm_init(farm);
	farm_put(farm, "platforms", "acme_box.yaml", ACME);
	farm_put(farm, "says", "show_box", "up 1 day\nkey abc\nend\n");
	farm_put(farm, "says", "show_lid", "a lid\n");
	farm_add(farm, 1, "acme_box", NULL);
	farm_add(farm, 2, "acme_box", NULL);
	farm_start(farm, no_args);
}

/* A store of its own for each mode. */
static struct nf_store *collect(const struct farm *farm, enum nf_mode mode,
				size_t *received)
{
	char dir[160];
	const struct nf_store_options options = {
		.dir = dir, .masks = NF_MASKS_ON, .kind = NF_STORE_PLAIN};
	struct nf_poll_options poll_options = {.mode = mode,
					       .host_keys = NF_HOST_KEYS_OFF};
	struct nf_store *store = NULL;
	struct nf_result *result;
	struct nf_poll *poll = NULL;
	struct nf_error err;

	(void)snprintf(dir, sizeof(dir), "%s/%s", farm->dir,
		       nf_mode_name(mode));
	*received = 0;
	if (nf_store_open(&store, &options, &err) == -1 ||
	    nf_store_prepare(store, farm->inv, &poll_options, &err) == -1 ||
	    nf_poll_open(&poll, farm->inv, &poll_options, &err) == -1)
		fail_msg("%s", err.message);
	while (nf_poll_pending(poll) > 0) {
		assert_int_equal(nf_poll_step(poll, -1, &err), 0);
		while ((result = nf_poll_take(poll)) != NULL)
			if (nf_store_take(store, result, &err) == -1)
				fail_msg("%s", err.message);
	}
	nf_poll_free(poll);
	if (nf_store_commit(store, &err) == -1)
		fail_msg("%s", err.message);
	for (size_t i = 0; i < nf_store_size(store); i++)
		*received += nf_store_device(store, i)->bytes;
	return store;
}

static void assert_fates(const struct nf_store *store, enum nf_device_fate fate,
			 enum nf_output_fate box, enum nf_output_fate lid)
{
	assert_int_equal(nf_store_size(store), 2);
	for (size_t i = 0; i < 2; i++) {
		const struct nf_store_device *device =
			nf_store_device(store, i);

		if (device->error.code != NF_OK)
			fail_msg("%s", device->error.message);
		assert_string_equal(nf_device_fate_name(device->fate),
				    nf_device_fate_name(fate));
		assert_int_equal(device->noutputs, 3);
		assert_string_equal(
			nf_output_fate_name(device->outputs[0].fate),
			nf_output_fate_name(box));
		assert_string_equal(
			nf_output_fate_name(device->outputs[1].fate),
			nf_output_fate_name(lid));
		assert_string_equal(
			nf_output_fate_name(device->outputs[2].fate),
			nf_output_fate_name(NF_OUTPUT_LEFT_OUT));
	}
}

static void run(const struct farm *farm, enum nf_mode mode,
		enum nf_device_fate fate, enum nf_output_fate box,
		enum nf_output_fate lid)
{
	size_t received;
	struct nf_store *store = collect(farm, mode, &received);

	assert_fates(store, fate, box, lid);
	assert_true(received > 0);
	nf_store_free(store);
}

static void test_three_runs_are_the_same_in_every_mode(void **state)
{
	static const enum nf_mode modes[] = {NF_MODE_PROCESS, NF_MODE_THREAD,
					     NF_MODE_SEQUENTIAL};
	struct farm farm;

	(void)state;
	for (size_t i = 0; i < LENGTH(modes); i++) {
		unit_where(nf_mode_name(modes[i]));
		begin(&farm);
		run(&farm, modes[i], NF_DEVICE_ADDED, NF_OUTPUT_ADDED,
		    NF_OUTPUT_ADDED);
		farm_put(&farm, "says", "show_box",
			 "up 2 days\nkey abc\nend\n");
		run(&farm, modes[i], NF_DEVICE_SAME, NF_OUTPUT_SAME,
		    NF_OUTPUT_SAME);
		farm_put(&farm, "says", "show_box",
			 "up 2 days\nkey abd\nend\n");
		run(&farm, modes[i], NF_DEVICE_CHANGED, NF_OUTPUT_CHANGED,
		    NF_OUTPUT_SAME);
		farm_stop(&farm);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_three_runs_are_the_same_in_every_mode),
};

UNIT_MAIN(tests)
