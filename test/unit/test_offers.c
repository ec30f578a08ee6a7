/* lib/poll/plan/offers.c */
#include "poll/plan/offers.h"

#include "poll/plan/plan.h"
#include "unit/invtext.h"
#include "unit/unit.h"

#define DEVICES                                                                \
	"- {name: R1, device_type: cisco_ios, host: 10.0.0.1, username: u1, "  \
	"password: p1}\n"                                                      \
	"- {name: R2, device_type: cisco_ios, host: 10.0.0.2, username: u2}\n"

/* Two devices, the first of which has a password; one hop with, one without. */
struct trial {
	struct nf_poll_options options;
	struct way ways[2];
	struct way_proxy proxy;
	struct hop hops[2];
	struct keyring_keys wrong;
	const struct keyring_keys *keys[2];
	struct plan plan;
};

static void setup(struct trial *trial)
{
	*trial = (struct trial){
		.proxy = {.login = {.username = "me", .password = "sesame"}}};
	trial->wrong.wrong =
		(struct credentials){.username = "id", .password = "phrase"};
	trial->hops[0].credentials =
		(struct credentials){.username = "h", .password = "hop"};
	trial->hops[1].credentials = (struct credentials){.username = "h"};
	trial->ways[1] =
		(struct way){.kind = WAY_SOCKS5, .proxy = &trial->proxy};
	trial->keys[1] = &trial->wrong;
	trial->plan.inv = invtext_parse(DEVICES);
	trial->plan.options = &trial->options;
	trial->plan.ndevices = 2;
	trial->plan.ways.at = trial->ways;
	trial->plan.ways.hops.hops.at = trial->hops;
	trial->plan.ways.hops.hops.n = 2;
	trial->plan.login_keys.of = trial->keys;
}

static void teardown(struct trial *trial)
{
	offers_release(&trial->plan.offers);
	nf_inventory_free((struct nf_inventory *)trial->plan.inv);
}

/* The user of a place, NULL where there is nothing to offer. */
static const char *user_at(const struct offers *offers, uint32_t place)
{
	if (place >= offers->n || offers->at == NULL) {
		fail_msg("there is no place %u", place);
		return NULL;
	}
	return offers->at[place] != NULL ? offers_user(offers, place) : NULL;
}

static const char *user_of(const struct trial *trial, enum offer offer,
			   size_t device)
{
	const struct offers *offers = &trial->plan.offers;

	return user_at(offers, offers_place(offers, offer, device));
}

static void list(struct trial *trial)
{
	struct nf_error err;

	assert_int_equal(offers_init(&trial->plan.offers, &trial->plan, &err),
			 0);
}

static void test_offers_are_what_each_device_and_hop_has(void **state)
{
	struct trial trial;
	const struct offers *offers = &trial.plan.offers;

	(void)state;
	setup(&trial);
	list(&trial);
	assert_int_equal(offers->n, 2 * NOFFERS + 2);
	assert_string_equal(user_of(&trial, OFFER_PASSWORD, 0), "u1");
	assert_null(user_of(&trial, OFFER_PASSWORD, 1));
	assert_null(user_of(&trial, OFFER_PROXY, 0));
	assert_string_equal(user_of(&trial, OFFER_PROXY, 1), "me");
	assert_null(user_of(&trial, OFFER_KEY, 0));
	assert_string_equal(user_of(&trial, OFFER_KEY, 1), "id");
	assert_string_equal(user_at(offers, offers_hop(offers, 0)), "h");
	assert_null(user_at(offers, offers_hop(offers, 1)));
	teardown(&trial);
}

/* What is typed may be refused, too. */
static void test_offers_are_of_all_devices_where_a_person_types(void **state)
{
	struct trial trial;

	(void)state;
	setup(&trial);
	trial.options.nask = 1;
	list(&trial);
	assert_string_equal(user_of(&trial, OFFER_PASSWORD, 0), "u1");
	assert_string_equal(user_of(&trial, OFFER_PASSWORD, 1), "u2");
	teardown(&trial);
}

static void test_offers_places_are_all_others_and_of_one_kind(void **state)
{
	const struct offers offers = {.ndevices = 3};
	unsigned seen[NOFFERS * 3 + 2] = {0};

	(void)state;
	for (int offer = 0; offer < NOFFERS; offer++) {
		for (size_t device = 0; device < 3; device++) {
			uint32_t place = offers_place(
				&offers, (enum offer)offer, device);

			seen[place]++;
			for (int kind = 0; kind < NOFFERS; kind++)
				assert_int_equal(offers_is(&offers,
							   (enum offer)kind,
							   place),
						 kind == offer);
		}
	}
	for (size_t hop = 0; hop < 2; hop++) {
		seen[offers_hop(&offers, hop)]++;
		assert_false(offers_is(&offers, OFFER_KEY,
				       offers_hop(&offers, hop)));
	}
	for (size_t i = 0; i < NOFFERS * 3 + 2; i++)
		assert_int_equal(seen[i], 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_offers_are_what_each_device_and_hop_has),
	cmocka_unit_test(test_offers_are_of_all_devices_where_a_person_types),
	cmocka_unit_test(test_offers_places_are_all_others_and_of_one_kind),
};

UNIT_MAIN(tests)
