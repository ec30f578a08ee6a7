/* lib/hostkeys/forget.c: what is left of a known_hosts file. */
#include "hostkeys/forget.h"

#include <stdlib.h>
#include <string.h>

#include "unit/testkey.h"
#include "unit/unit.h"

/* What ssh-keygen -H made of sw1.example.net and [sw1.example.net]:2222. */
#define HASHED_22 "|1|+q8V33PtQJTkQOEgufJdV37r0Ds=|1uaxm2uGWQ8kor0rno85CfN5IWo="
#define HASHED_2222                                                            \
	"|1|eDg3Vik54Mfx/HwSe6+rVsTl2bA=|IwhQ96UJKvcHCBcnrdsXwkCd7uA="

/* Forget hosts: left is the text then, NULL when nothing was to be forgotten. */
static void forget(const char *text, const struct host *hosts, size_t n,
		   const char *left)
{
	struct hostkeys *known = testkey_known(text, strlen(text), hosts, n);
	struct nf_error err = {0};
	size_t len = 0;
	char *out;

	unit_where(text);
	assert_int_equal(forget_hosts(&out, &len, text, strlen(text), known,
				      hosts, n, &err),
			 0);
	if (left == NULL) {
		assert_null(out);
	} else {
		assert_non_null(out);
		assert_int_equal(len, strlen(left));
		assert_memory_equal(out, left, len);
	}
	free(out);
	hostkeys_free(known);
}

static void forget_one(const char *text, const char *host, uint16_t port,
		       const char *left)
{
	const struct host hosts[] = {{host, port}};

	forget(text, hosts, 1, left);
}

static void test_a_line_of_a_host_alone_goes(void **state)
{
	(void)state;
	forget_one("sw0 " ED_A "\nsw1 " ED_A "\nsw2 " ED_A "\n", "sw1", 22,
		   "sw0 " ED_A "\nsw2 " ED_A "\n");
	forget_one("sw1 " ED_A "\nsw1 " RSA_A "\n", "sw1", 22, "");
	forget_one(" \tSW1\t" ED_A " a comment\r\nsw2 " ED_B, "sw1", 22,
		   "sw2 " ED_B);
	forget_one("sw2 " ED_B "\nsw1 " ED_A, "sw1", 22, "sw2 " ED_B "\n");
}

static void test_of_several_names_the_others_stay(void **state)
{
	(void)state;
	forget_one("sw1,sw2 " ED_A "\n", "sw1", 22, "sw2 " ED_A "\n");
	forget_one("sw2,sw1 " ED_A "\n", "sw1", 22, "sw2 " ED_A "\n");
	forget_one("a,sw1,b,SW1 " ED_A "  x \r\n", "sw1", 22,
		   "a,b " ED_A "  x \r\n");
	forget_one("sw1,sw1 " ED_A "\n", "sw1", 22, "");
	forget_one("[sw1]:2222,sw1 " ED_A "\n", "sw1", 2222, "sw1 " ED_A "\n");
	forget_one("sw1,192.0.2.1 " ED_A "\n", "192.0.2.1", 22,
		   "sw1 " ED_A "\n");
}

static void test_a_hashed_line_goes(void **state)
{
	(void)state;
	forget_one(HASHED_22 " " ED_A "\n" HASHED_2222 " " ED_B "\n",
		   "sw1.example.net", 22, HASHED_2222 " " ED_B "\n");
	forget_one(HASHED_22 " " ED_A "\n" HASHED_2222 " " ED_B "\n",
		   "SW1.example.net", 2222, HASHED_22 " " ED_A "\n");
}

static void test_several_hosts_are_forgotten_at_once(void **state)
{
	const struct host hosts[] = {
		{"sw2", 22}, {"sw1", 22}, {"sw1", 22}, {"sw3", 2222}};

	(void)state;
	forget("sw1,sw2 " ED_A "\nsw4,sw1 " ED_B "\n# sw1\n[sw3]:2222 " EC_A
	       "\n",
	       hosts, LENGTH(hosts), "sw4 " ED_B "\n# sw1\n");
}

static void test_what_is_not_theirs_or_has_a_mark_stays(void **state)
{
	static const char *const texts[] = {
		"",
		"sw2 " ED_A "\n",
		"[sw1]:2222 " ED_A "\n", /* another port */
		"@revoked sw1 " ED_A "\n",
		"@cert-authority sw1 " ED_A "\n",
		"sw* " ED_A "\n",
		"sw1,!sw2 " ED_A "\n",
		"#sw1 " ED_A "\n",
		"sw1 ssh-ed25519 garbage\n",
		"sw1",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++)
		forget_one(texts[i], "sw1", 22, NULL);
	/* Of the host without its port: it is of other ports, too. */
	forget_one("sw1 " ED_A "\n", "sw1", 2222, NULL);
	forget_one("sw1 " ED_A "\n@revoked sw1 " EC_A "\nsw* " ED_B "\n", "sw1",
		   22, "@revoked sw1 " EC_A "\nsw* " ED_B "\n");
}

/* ---- hostkeys_each() */

struct listed {
	struct hostkeys_entry entries[8];
	size_t n;
};

static int list(void *arg, const struct hostkeys_entry *entry)
{
	struct listed *listed = arg;

	listed->entries[listed->n++] = *entry;
	return listed->n == LENGTH(listed->entries) ? -1 : 0;
}

static void test_each_key_is_told_with_its_line(void **state)
{
	struct hostkeys *known =
		testkey_known_of("# a comment\n\n[sw1]:2222,b " ED_A
				 "\n@revoked * " RSA_A "\nnothing\nsw1 " ED_B
				 "\n@cert-authority [sw*]:2222 " EC_A "\n",
				 "sw1", 2222);
	struct listed listed = {.n = 0};
	const struct hostkeys_entry *at = listed.entries;

	(void)state;
	assert_int_equal(hostkeys_each(known, "sw1", 2222, list, &listed), 0);
	assert_int_equal(listed.n, 5);
	assert_int_equal(at[0].line, 3);
	assert_int_equal(at[0].kind, KNOWN_HOSTS_PLAIN);
	assert_false(at[0].portless || at[0].revoked || at[0].authority);
	assert_string_equal(at[0].type, SSH_ED25519);
	assert_int_equal(at[1].line, 4);
	assert_true(at[1].revoked);
	assert_int_equal(at[1].kind, KNOWN_HOSTS_PATTERN);
	assert_int_equal(at[2].line, 7);
	assert_true(at[2].authority);
	assert_int_equal(at[3].line, 6);
	assert_true(at[3].portless);
	assert_int_equal(at[4].line, 4);
	assert_true(at[4].portless && at[4].revoked);
	assert_int_equal(hostkeys_each(known, "sw9", 22, list, &listed), 0);
	assert_int_equal(listed.n, 5);
	listed.n = LENGTH(listed.entries) - 2;
	assert_int_equal(hostkeys_each(known, "sw1", 2222, list, &listed), -1);
	assert_int_equal(listed.n, LENGTH(listed.entries));
	hostkeys_free(known);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_line_of_a_host_alone_goes),
	cmocka_unit_test(test_of_several_names_the_others_stay),
	cmocka_unit_test(test_a_hashed_line_goes),
	cmocka_unit_test(test_several_hosts_are_forgotten_at_once),
	cmocka_unit_test(test_what_is_not_theirs_or_has_a_mark_stays),
	cmocka_unit_test(test_each_key_is_told_with_its_line),
};

UNIT_MAIN(tests)
