/* lib/poll/plan/accepted_keys.c */
#include "poll/plan/accepted_keys.h"

#include "unit/unit.h"

static const uint8_t one[] = "one", another[] = "another";

static int check(const struct accepted_keys *keys, size_t endpoint,
		 const uint8_t *key, size_t len, struct nf_error *err)
{
	const struct ssh_key seen = {"ssh-ed25519", key, len};

	return accepted_keys_check(keys, endpoint, &seen, err);
}

static void test_the_first_key_of_an_endpoint_is_the_one(void **state)
{
	struct accepted_keys keys = {0};
	struct nf_error err = {0};

	(void)state;
	assert_int_equal(accepted_keys_init(&keys, 2, &err), 0);
	assert_false(accepted_keys_has(&keys, 1, one, sizeof(one)));
	assert_int_equal(check(&keys, 1, one, sizeof(one), &err), 0);
	assert_true(accepted_keys_put(&keys, 1, one, sizeof(one)));
	assert_int_equal(check(&keys, 1, one, sizeof(one), &err), 1);
	assert_int_equal(check(&keys, 1, another, sizeof(another), &err), -1);
	assert_int_equal(err.code, NF_HOSTKEY_CHANGED);
	assert_int_equal(check(&keys, 0, one, sizeof(one), &err), 0);
	accepted_keys_release(&keys);
}

/* A device that is a jump host, too, may tell the same key a second time. */
static void test_a_second_one_is_known_for_the_same_or_another(void **state)
{
	struct accepted_keys keys = {0};
	struct nf_error err = {0};

	(void)state;
	assert_int_equal(accepted_keys_init(&keys, 1, &err), 0);
	assert_true(accepted_keys_put(&keys, 0, one, sizeof(one)));
	assert_false(accepted_keys_put(&keys, 0, one, sizeof(one)));
	assert_true(accepted_keys_has(&keys, 0, one, sizeof(one)));
	assert_false(accepted_keys_has(&keys, 0, another, sizeof(another)));
	accepted_keys_release(&keys);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_the_first_key_of_an_endpoint_is_the_one),
	cmocka_unit_test(test_a_second_one_is_known_for_the_same_or_another),
};

UNIT_MAIN(tests)
