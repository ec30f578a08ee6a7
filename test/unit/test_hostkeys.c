/* lib/hostkeys/hostkeys.c, with known_hosts_line.c: which key is whose. */
#include "hostkeys/hostkeys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/testkey.h"
#include "unit/unit.h"

/* What ssh-keygen -H made of sw1.example.net and [sw1.example.net]:2222. */
#define HASHED_22 "|1|+q8V33PtQJTkQOEgufJdV37r0Ds=|1uaxm2uGWQ8kor0rno85CfN5IWo="
#define HASHED_2222                                                            \
	"|1|eDg3Vik54Mfx/HwSe6+rVsTl2bA=|IwhQ96UJKvcHCBcnrdsXwkCd7uA="

static enum hostkeys_verdict check(const char *text, const char *host,
				   uint16_t port, const struct testkey *key)
{
	struct hostkeys *known = testkey_known_of(text, host, port);
	enum hostkeys_verdict verdict = testkey_check(known, host, port, key);

	hostkeys_free(known);
	return verdict;
}

/* ---- one key, one host */

static void test_hostkeys_match_the_key_of_a_plain_name(void **state)
{
	(void)state;
	assert_int_equal(check("sw1 " ED_A "\n", "sw1", 22, &testkey_ed_a),
			 HOSTKEYS_MATCH);
	assert_int_equal(
		check("sw1 " EC_A " a comment\n", "sw1", 22, &testkey_ec_a),
		HOSTKEYS_MATCH);
	assert_int_equal(
		check(" \tsw1\t " RSA_A "\t# c\n", "sw1", 22, &testkey_rsa_a),
		HOSTKEYS_MATCH);
}

static void test_hostkeys_tell_a_changed_key(void **state)
{
	(void)state;
	assert_int_equal(check("sw1 " ED_A "\n", "sw1", 22, &testkey_ed_b),
			 HOSTKEYS_CHANGED);
}

static void test_hostkeys_tell_an_unknown_host(void **state)
{
	(void)state;
	assert_int_equal(check("sw1 " ED_A "\n", "sw", 22, &testkey_ed_a),
			 HOSTKEYS_UNKNOWN);
	assert_int_equal(check("sw1 " ED_A "\n", "sw10", 22, &testkey_ed_a),
			 HOSTKEYS_UNKNOWN);
	assert_int_equal(check("", "sw1", 22, &testkey_ed_a), HOSTKEYS_UNKNOWN);
}

static void test_hostkeys_known_by_another_type_alone_are_changed(void **state)
{
	(void)state;
	assert_int_equal(check("sw1 " EC_A "\n", "sw1", 22, &testkey_ed_a),
			 HOSTKEYS_CHANGED);
}

static void test_hostkeys_match_any_key_of_several(void **state)
{
	const char *text =
		"sw1 " EC_A "\nsw2 " RSA_A "\nsw1 " ED_A "\nsw1 " ED_B "\n";

	(void)state;
	assert_int_equal(check(text, "sw1", 22, &testkey_ec_a), HOSTKEYS_MATCH);
	assert_int_equal(check(text, "sw1", 22, &testkey_ed_a), HOSTKEYS_MATCH);
	assert_int_equal(check(text, "sw1", 22, &testkey_ed_b), HOSTKEYS_MATCH);
	assert_int_equal(check(text, "sw1", 22, &testkey_rsa_a),
			 HOSTKEYS_CHANGED);
}

static void test_hostkeys_do_not_match_under_another_type_name(void **state)
{
	const struct testkey liar = {SSH_RSA, ED_A_TEXT, ""};

	(void)state;
	assert_int_equal(check("sw1 " ED_A "\n", "sw1", 22, &liar),
			 HOSTKEYS_CHANGED);
	assert_int_equal(check("sw1 " SSH_RSA " " ED_A_TEXT "\n", "sw1", 22,
			       &testkey_ed_a),
			 HOSTKEYS_UNKNOWN);
}

/* ---- names, and the lines they are on */

struct name_case {
	const char *names;
	const char *host;
	uint16_t port;
	bool matches;
};

static const struct name_case name_cases[] = {
	/* case */
	{"SW1.Example.NET", "sw1.example.net", 22, true},
	{"sw1.example.net", "SW1.example.net", 22, true},
	{"*.Example.NET", "SW1.example.net", 22, true},
	/* port: the form with brackets, or else the host alone */
	{"[sw1]:2222", "sw1", 2222, true},
	{"[sw1]:2222", "sw1", 22, false},
	{"[sw1]:2222", "sw1", 222, false},
	{"sw1", "sw1", 2222, true},
	{"sw1,[sw1]:2223", "sw1", 2222, true},
	{"[sw1]:22", "sw1", 22, false},
	{"[2001:db8::1]:2222", "2001:db8::1", 2222, true},
	{"2001:db8::1", "2001:DB8::1", 22, true},
	/* comma list */
	{"sw1,sw2,192.0.2.1", "sw1", 22, true},
	{"sw1,sw2,192.0.2.1", "sw2", 22, true},
	{"sw1,sw2,192.0.2.1", "192.0.2.1", 22, true},
	{"sw1,sw2,192.0.2.1", "sw1,sw2", 22, false},
	{",,sw1,", "sw1", 22, true},
	/* wildcards */
	{"*", "sw1", 22, true},
	{"*", "sw1", 2222, true},
	{"192.0.2.*", "192.0.2.77", 22, true},
	{"192.0.2.*", "192.0.3.77", 22, false},
	{"192.0.2.*", "192.0.2.77", 2222, true},
	{"[192.0.2.*]:*", "192.0.2.77", 2222, true},
	{"sw?", "sw1", 22, true},
	{"sw?", "sw", 22, false},
	{"sw?", "sw12", 22, false},
	{"s*w*1", "ssw-w11", 22, true},
	{"s*w*1", "ssw-w12", 22, false},
	{"sw1*", "sw1", 22, true},
	{"*.net,sw2", "sw2", 22, true},
	{"*.net,sw2", "sw1.net", 22, true},
	{"*.net,sw2", "sw1.com", 22, false},
	/* a pattern is in the file, never in the name */
	{"sw1", "*", 22, false},
	/* negation, wherever it stands */
	{"*.net,!sw1.net", "sw2.net", 22, true},
	{"*.net,!sw1.net", "sw1.net", 22, false},
	{"!sw1.net,*.net", "sw1.net", 22, false},
	{"!sw*,sw1", "sw1", 22, false},
	{"!sw1", "sw2", 22, false},
	{"!sw1,sw2", "sw2", 22, true},
};

static void test_hostkeys_names_match_as_with_ssh(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(name_cases); i++) {
		const struct name_case *c = &name_cases[i];
		enum hostkeys_verdict want =
			c->matches ? HOSTKEYS_MATCH : HOSTKEYS_UNKNOWN;
		char text[256];

		(void)snprintf(text, sizeof(text), "%s " ED_A "\n", c->names);
		if (check(text, c->host, c->port, &testkey_ed_a) != want)
			fail_msg("%s and %s port %u", c->names, c->host,
				 (unsigned)c->port);
	}
}

static void test_hostkeys_pattern_of_many_stars_takes_no_time(void **state)
{
	char text[1024] = "";
	char host[1001];

	(void)state;
	memset(host, 'a', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	for (int i = 0; i < 300; i++)
		memcpy(text + 2 * i, "a*", 3);
	(void)snprintf(text + 600, sizeof(text) - 600, "b " ED_A "\n");
	assert_int_equal(check(text, host, 22, &testkey_ed_a),
			 HOSTKEYS_UNKNOWN);
}

static void test_hostkeys_host_too_long_for_a_name_is_not_believed(void **state)
{
	char host[5001];

	(void)state;
	memset(host, 'a', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	assert_int_equal(check("* " ED_A "\n", host, 22, &testkey_ed_a),
			 HOSTKEYS_CHANGED);
}

static void test_hostkeys_find_hashed_names(void **state)
{
	const char *text = HASHED_22 " " ED_A "\n" HASHED_2222 " " ED_B "\n";

	(void)state;
	assert_int_equal(check(text, "sw1.example.net", 22, &testkey_ed_a),
			 HOSTKEYS_MATCH);
	assert_int_equal(check(text, "SW1.example.net", 22, &testkey_ed_a),
			 HOSTKEYS_MATCH);
	assert_int_equal(check(text, "sw1.example.net", 22, &testkey_ed_b),
			 HOSTKEYS_CHANGED);
	assert_int_equal(check(text, "sw1.example.net", 2222, &testkey_ed_b),
			 HOSTKEYS_MATCH);
	assert_int_equal(check(text, "sw1.example.net", 2223, &testkey_ed_b),
			 HOSTKEYS_UNKNOWN);
	assert_int_equal(check(text, "sw2.example.net", 22, &testkey_ed_a),
			 HOSTKEYS_UNKNOWN);
}

static void test_hostkeys_pass_over_malformed_hashed_names(void **state)
{
	static const char *const names[] = {
		"|2|+q8V33PtQJTkQOEgufJdV37r0Ds=|1uaxm2uGWQ8kor0rno85CfN5IWo=",
		"|1|+q8V33PtQJTkQOEgufJdV37r0Ds=",
		"|1|+q8V33PtQJTkQOEgufJdV37r0Ds=|",
		"|1|+q8V33PtQJTkQOEgufJdV37r0Ds=|1uaxm2uGWQ8kor0rno85CfN5IW==",
		"|1|+q8V33PtQJTkQOEgufJdV37r0A==|1uaxm2uGWQ8kor0rno85CfN5IWo=",
		HASHED_22 ",sw1.example.net",
		"|",
		"|1",
		"|1|",
		"|1||",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++) {
		char text[256];

		(void)snprintf(text, sizeof(text), "%s " ED_A "\n", names[i]);
		assert_int_equal(
			check(text, "sw1.example.net", 22, &testkey_ed_a),
			HOSTKEYS_UNKNOWN);
	}
}

/* ---- markers */

static void test_hostkeys_revoked_counts_whatever_else_matches(void **state)
{
	static const char *const texts[] = {
		"sw1 " ED_A "\n@revoked sw1 " ED_A "\n",
		"@revoked sw1 " ED_A "\nsw1 " ED_A "\n",
		"sw1 " ED_A "\n@revoked * " ED_A "\n",
		"@revoked sw0,sw? " ED_A "\n",
		"@revoked\tsw1\t" ED_A "\n",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++)
		assert_int_equal(check(texts[i], "sw1", 22, &testkey_ed_a),
				 HOSTKEYS_REVOKED);
	assert_int_equal(check("@revoked " HASHED_22 " " ED_A "\n",
			       "sw1.example.net", 22, &testkey_ed_a),
			 HOSTKEYS_REVOKED);
}

static void test_hostkeys_revoked_says_nothing_of_other_keys(void **state)
{
	const char *text = "@revoked * " ED_A "\nsw1 " ED_B "\n";

	(void)state;
	assert_int_equal(check(text, "sw1", 22, &testkey_ed_b), HOSTKEYS_MATCH);
	assert_int_equal(check(text, "sw2", 22, &testkey_ed_b),
			 HOSTKEYS_UNKNOWN);
	assert_int_equal(check("@revoked sw2 " ED_A "\nsw1 " ED_A "\n", "sw1",
			       22, &testkey_ed_a),
			 HOSTKEYS_MATCH);
}

static void test_hostkeys_ignore_certificate_authorities(void **state)
{
	(void)state;
	assert_int_equal(
		check("@cert-authority * " ED_A "\n", "sw1", 22, &testkey_ed_a),
		HOSTKEYS_UNKNOWN);
	assert_int_equal(check("@cert-authority * " ED_A "\nsw1 " ED_B "\n",
			       "sw1", 22, &testkey_ed_b),
			 HOSTKEYS_MATCH);
}

static void test_hostkeys_tell_of_whom_there_is_an_authority(void **state)
{
	struct hostkeys *known =
		testkey_known_of("@cert-authority sw1 " ED_A "\n", "sw1", 2222);

	(void)state;
	assert_true(hostkeys_has_authority(known, "sw1", 2222));
	assert_false(hostkeys_has_authority(known, "sw2", 22));
	assert_false(hostkeys_has(known, "sw1", 2222));
	hostkeys_free(known);
	known = testkey_known_of("@cert-authority !sw1,* " ED_A "\nsw1 " ED_B
				 "\n@revoked sw1 " EC_A "\n",
				 "sw1", 22);
	assert_false(hostkeys_has_authority(known, "sw1", 22));
	hostkeys_free(known);
}

/* ---- other ports */

/* As ssh(1) does: the name with the port, and the host alone where no key is
 * known of that. */
static void test_hostkeys_on_other_ports_count_as_with_ssh(void **state)
{
	static const struct {
		const char *text;
		enum hostkeys_verdict verdict; /* of ED_A on port 2222 */
	} cases[] = {
		{"sw1 " ED_A "\n", HOSTKEYS_MATCH},
		{"sw* " ED_A "\n", HOSTKEYS_MATCH},
		{"sw1 " ED_B "\nsw1 " ED_A "\n", HOSTKEYS_MATCH},
		/* another server may be on another port */
		{"sw1 " ED_B "\n", HOSTKEYS_UNKNOWN},
		{"sw1 " RSA_A "\n", HOSTKEYS_UNKNOWN},
		{"[sw1]:2223 " ED_A "\n", HOSTKEYS_UNKNOWN},
		/* what is known of the port itself is all that counts */
		{"[sw1]:2222 " ED_B "\nsw1 " ED_A "\n", HOSTKEYS_CHANGED},
		{"sw1 " ED_A "\n[sw1]:2222 " RSA_A "\n", HOSTKEYS_CHANGED},
		{"[sw1]:2222 " ED_A "\nsw1 " ED_B "\n", HOSTKEYS_MATCH},
		{"@revoked [sw1]:2222 " ED_B "\nsw1 " ED_A "\n",
		 HOSTKEYS_MATCH},
		/* what is revoked for the host is not to be learnt */
		{"@revoked sw1 " ED_A "\n", HOSTKEYS_REVOKED},
		{"sw1 " ED_A "\n@revoked sw1 " ED_A "\n", HOSTKEYS_REVOKED},
		{"@revoked sw1 " ED_B "\n", HOSTKEYS_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		if (check(cases[i].text, "SW1", 2222, &testkey_ed_a) !=
		    cases[i].verdict)
			fail_msg("%s", cases[i].text);
	}
}

static void test_hostkeys_has_tells_of_the_port_itself_alone(void **state)
{
	static const struct {
		const char *text;
		bool has;
	} cases[] = {
		{"[sw1]:2222 " ED_A "\n", true},
		{"* " ED_A "\n", true},
		{"sw1 " ED_A "\n", false},
		{"@revoked [sw1]:2222 " ED_A "\n", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct hostkeys *known =
			testkey_known_of(cases[i].text, "sw1", 2222);

		assert_int_equal(hostkeys_has(known, "sw1", 2222),
				 cases[i].has);
		hostkeys_free(known);
	}
}

static void test_hostkeys_believe_no_key_of_a_host_not_asked_for(void **state)
{
	struct hostkeys *known = testkey_known_of("sw2 " ED_A "\n", "sw1", 22);

	(void)state;
	assert_int_equal(testkey_check(known, "sw2", 22, &testkey_ed_a),
			 HOSTKEYS_CHANGED);
	hostkeys_free(known);
}

static void test_hostkeys_of_two_readings_add_up(void **state)
{
	char first[] = "sw1 " ED_A "\n";
	char second[] = "@revoked sw1 " ED_A "\nsw1 " ED_B "\n";
	struct hostkeys *known = testkey_known_of("", "sw1", 22);

	(void)state;
	assert_int_equal(hostkeys_read(known, first, strlen(first), NULL, NULL),
			 0);
	assert_int_equal(testkey_check(known, "sw1", 22, &testkey_ed_a),
			 HOSTKEYS_MATCH);
	assert_int_equal(
		hostkeys_read(known, second, strlen(second), NULL, NULL), 0);
	assert_int_equal(testkey_check(known, "sw1", 22, &testkey_ed_a),
			 HOSTKEYS_REVOKED);
	assert_int_equal(testkey_check(known, "sw1", 22, &testkey_ed_b),
			 HOSTKEYS_MATCH);
	hostkeys_free(known);
}

/* ---- lines of every shape */

static void test_hostkeys_read_lines_that_end_as_on_windows(void **state)
{
	const char *text = "# note\r\n\r\nsw1 " ED_A "\r\nsw2 " ED_B
			   " comment\r\n@revoked * " EC_A "\r\n";

	(void)state;
	assert_int_equal(check(text, "sw1", 22, &testkey_ed_a), HOSTKEYS_MATCH);
	assert_int_equal(check(text, "sw2", 22, &testkey_ed_b), HOSTKEYS_MATCH);
	assert_int_equal(check(text, "sw2", 22, &testkey_ec_a),
			 HOSTKEYS_REVOKED);
}

static void test_hostkeys_pass_over_lines_not_understood(void **state)
{
	static const char *const lines[] = {
		"",
		"   ",
		"#sw1 " ED_A,
		" # sw1 " ED_A,
		"sw1",
		"sw1 " SSH_ED25519,
		"sw1 " ED_A_TEXT,
		"sw1 1024 37 1234567890",
		"sw1 " SSH_ED25519 " AAAA",
		"sw1 " SSH_ED25519 " " EC_TEXT,
		"sw1 " ED_A "=",
		"sw1 " ED_A "AAAA",
		"sw1 " SSH_ED25519 " AAAAC3NzaC1lZDI1NTE5",
		"sw1 " SSH_ED25519 " A" ED_A_TEXT,
		"@unknown sw1 " ED_A,
		"@revoked",
		"@revoked @revoked sw1 " ED_A,
		"@revoked @cert-authority sw1 " ED_A,
		"@REVOKED sw1 " ED_A,
		"-----BEGIN OPENSSH PRIVATE KEY-----",
		"\x01\xff\xfe\x80 \xff \xff",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(lines); i++) {
		char text[1024];

		(void)snprintf(text, sizeof(text), "%s\nsw2 " ED_B "\n",
			       lines[i]);
		assert_int_equal(check(text, "sw1", 22, &testkey_ed_a),
				 HOSTKEYS_UNKNOWN);
		assert_int_equal(check(text, "sw2", 22, &testkey_ed_b),
				 HOSTKEYS_MATCH);
	}
}

static void test_hostkeys_take_no_other_key_from_a_cut_line(void **state)
{
	const struct host host = {"sw1", 22};
	const char *line = "sw1 " RSA_A;
	struct hostkeys *known;

	(void)state;
	for (size_t len = 0; len <= strlen(line); len++) {
		known = testkey_known(line, len, &host, 1);
		assert_int_equal(
			testkey_check(known, "sw1", 22, &testkey_rsa_a),
			len == strlen(line) ? HOSTKEYS_MATCH
					    : HOSTKEYS_UNKNOWN);
		hostkeys_free(known);
	}
}

static void test_hostkeys_line_ends_at_a_nul(void **state)
{
	static const char text[] =
		"sw1 " ED_A "\0 x\nsw2\0 " ED_A "\nsw3 " ED_A "\n";
	static const struct host hosts[] = {
		{"sw1", 22}, {"sw2", 22}, {"sw3", 22}};
	struct hostkeys *known =
		testkey_known(text, sizeof(text) - 1, hosts, 3);

	(void)state;
	assert_int_equal(testkey_check(known, "sw1", 22, &testkey_ed_a),
			 HOSTKEYS_MATCH);
	assert_int_equal(testkey_check(known, "sw2", 22, &testkey_ed_a),
			 HOSTKEYS_UNKNOWN);
	assert_int_equal(testkey_check(known, "sw3", 22, &testkey_ed_a),
			 HOSTKEYS_MATCH);
	hostkeys_free(known);
}

static void test_hostkeys_read_a_line_of_a_megabyte(void **state)
{
	size_t room = (size_t)2 * 1024 * 1024;
	char *text = malloc(room);
	size_t len = 0;

	(void)state;
	assert_non_null(text);
	for (int i = 0; i < 100000; i++)
		len += (size_t)snprintf(text + len, room - len, "sw%d,", i);
	(void)snprintf(text + len, room - len, "last " ED_A);
	assert_int_equal(check(text, "sw77777", 22, &testkey_ed_a),
			 HOSTKEYS_MATCH);
	assert_int_equal(check(text, "last", 22, &testkey_ed_a),
			 HOSTKEYS_MATCH);
	free(text);
}

/* Names "sw0", "sw1", ...: to be freed with the hosts. */
static struct host *many_hosts(char (**names)[16], int n)
{
	struct host *hosts = calloc((size_t)n, sizeof(*hosts));

	*names = calloc((size_t)n, sizeof(**names));
	assert_non_null(hosts);
	assert_non_null(*names);
	for (int i = 0; i < n; i++) {
		(void)snprintf((*names)[i], sizeof(**names), "sw%d", i);
		hosts[i] = (struct host){(*names)[i], 22};
	}
	return hosts;
}

static void test_hostkeys_find_each_of_a_hundred_thousand_lines(void **state)
{
	enum { LINES = 100000 };
	size_t room = (size_t)LINES * 128;
	char *text = malloc(room);
	char(*names)[16];
	struct host *hosts = many_hosts(&names, LINES + 1);
	struct hostkeys *known;
	size_t len = 0;

	(void)state;
	assert_non_null(text);
	for (int i = 0; i < LINES; i++)
		len += (size_t)snprintf(text + len, room - len, "sw%d %s\n",
					i * 7773 % LINES,
					i % 2 == 0 ? ED_A : ED_B);
	known = testkey_known(text, len, hosts, LINES + 1);
	for (int i = 0; i < LINES; i++)
		assert_int_equal(testkey_check(known, names[i * 7773 % LINES],
					       22,
					       i % 2 == 0 ? &testkey_ed_a
							  : &testkey_ed_b),
				 HOSTKEYS_MATCH);
	assert_int_equal(testkey_check(known, names[LINES], 22, &testkey_ed_a),
			 HOSTKEYS_UNKNOWN);
	hostkeys_free(known);
	free(hosts);
	free(names);
	free(text);
}

/* ---- types */

static struct hostkeys *types_known(const char *text)
{
	static const struct host hosts[] = {
		{"sw1", 22}, {"sw2", 22}, {"sw10", 22}, {"sw1", 2222}};

	return testkey_known(text, strlen(text), hosts, 4);
}

static void test_hostkeys_types_come_once_and_in_order(void **state)
{
	struct hostkeys *known =
		types_known("* " RSA_A "\nsw1 " ED_A "\nsw2 " RSA_A
			    "\nsw1 " ED_B "\nsw1 " EC_A "\nsw? " EC_A "\n");
	const char *types[8];

	(void)state;
	assert_int_equal(hostkeys_types(known, "sw1", 22, types, 8), 3);
	assert_string_equal(types[0], SSH_ED25519);
	assert_string_equal(types[1], SSH_ECDSA);
	assert_string_equal(types[2], SSH_RSA);
	assert_int_equal(hostkeys_types(known, "sw2", 22, types, 8), 2);
	assert_string_equal(types[0], SSH_RSA);
	assert_string_equal(types[1], SSH_ECDSA);
	assert_int_equal(hostkeys_types(known, "sw10", 22, types, 8), 1);
	hostkeys_free(known);
}

static void test_hostkeys_types_are_no_more_than_asked_for(void **state)
{
	struct hostkeys *known =
		types_known("sw1 " ED_A "\nsw1 " EC_A "\nsw1 " RSA_A "\n");
	const char *types[3] = {NULL, NULL, NULL};

	(void)state;
	assert_int_equal(hostkeys_types(known, "sw1", 22, types, 0), 0);
	assert_null(types[0]);
	assert_int_equal(hostkeys_types(known, "sw1", 22, types, 2), 2);
	assert_null(types[2]);
	hostkeys_free(known);
}

static void test_hostkeys_types_leave_out_the_revoked(void **state)
{
	struct hostkeys *known =
		types_known("@revoked * " RSA_A "\n@cert-authority * " EC_A
			    "\nsw1 " ED_A "\n");
	const char *types[8];

	(void)state;
	assert_int_equal(hostkeys_types(known, "sw1", 22, types, 8), 1);
	assert_string_equal(types[0], SSH_ED25519);
	assert_int_equal(hostkeys_types(known, "sw2", 22, types, 8), 0);
	hostkeys_free(known);
}

/* ---- the fingerprint */

static void test_hostkeys_fingerprint_is_that_of_ssh_keygen(void **state)
{
	static const struct testkey *const keys[] = {
		&testkey_ed_a, &testkey_ed_b, &testkey_ec_a, &testkey_rsa_a};

	(void)state;
	for (size_t i = 0; i < LENGTH(keys); i++) {
		char text[HOSTKEYS_FINGERPRINT];
		uint8_t blob[TESTKEY_ROOM];

		hostkeys_fingerprint(blob, testkey_blob(blob, keys[i]), text);
		assert_string_equal(text, keys[i]->fingerprint);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_hostkeys_match_the_key_of_a_plain_name),
	cmocka_unit_test(test_hostkeys_tell_a_changed_key),
	cmocka_unit_test(test_hostkeys_tell_an_unknown_host),
	cmocka_unit_test(test_hostkeys_known_by_another_type_alone_are_changed),
	cmocka_unit_test(test_hostkeys_match_any_key_of_several),
	cmocka_unit_test(test_hostkeys_do_not_match_under_another_type_name),
	cmocka_unit_test(test_hostkeys_names_match_as_with_ssh),
	cmocka_unit_test(test_hostkeys_pattern_of_many_stars_takes_no_time),
	cmocka_unit_test(
		test_hostkeys_host_too_long_for_a_name_is_not_believed),
	cmocka_unit_test(test_hostkeys_find_hashed_names),
	cmocka_unit_test(test_hostkeys_pass_over_malformed_hashed_names),
	cmocka_unit_test(test_hostkeys_revoked_counts_whatever_else_matches),
	cmocka_unit_test(test_hostkeys_revoked_says_nothing_of_other_keys),
	cmocka_unit_test(test_hostkeys_ignore_certificate_authorities),
	cmocka_unit_test(test_hostkeys_tell_of_whom_there_is_an_authority),
	cmocka_unit_test(test_hostkeys_on_other_ports_count_as_with_ssh),
	cmocka_unit_test(test_hostkeys_has_tells_of_the_port_itself_alone),
	cmocka_unit_test(test_hostkeys_believe_no_key_of_a_host_not_asked_for),
	cmocka_unit_test(test_hostkeys_of_two_readings_add_up),
	cmocka_unit_test(test_hostkeys_read_lines_that_end_as_on_windows),
	cmocka_unit_test(test_hostkeys_pass_over_lines_not_understood),
	cmocka_unit_test(test_hostkeys_take_no_other_key_from_a_cut_line),
	cmocka_unit_test(test_hostkeys_line_ends_at_a_nul),
	cmocka_unit_test(test_hostkeys_read_a_line_of_a_megabyte),
	cmocka_unit_test(test_hostkeys_find_each_of_a_hundred_thousand_lines),
	cmocka_unit_test(test_hostkeys_types_come_once_and_in_order),
	cmocka_unit_test(test_hostkeys_types_are_no_more_than_asked_for),
	cmocka_unit_test(test_hostkeys_types_leave_out_the_revoked),
	cmocka_unit_test(test_hostkeys_fingerprint_is_that_of_ssh_keygen),
};

UNIT_MAIN(tests)
