/* lib/session/hostkeys.c, hostline.c and hostfile.c */
#include "session/hostkeys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/clock.h"
#include "unit/unit.h"

/* Made by ssh-keygen; nobody has the private halves. */
#define ED25519 "ssh-ed25519"
#define ECDSA "ecdsa-sha2-nistp256"
#define RSA "ssh-rsa"
#define ED_A_TEXT                                                              \
	"AAAAC3NzaC1lZDI1NTE5AAAAIG0qRUetRx0zZOfjXCv2NjcCSmFlReoBBNDYtehmvZWA"
#define ED_B_TEXT                                                              \
	"AAAAC3NzaC1lZDI1NTE5AAAAIBGhX4OEKRqKuQwxzWqKt+4lnB3XEMfBLamRIbfKLAtV"
#define EC_TEXT                                                                \
	"AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBFcaS4LcgaQb4dVE" \
	"ulMX6ZlRW9jy2J0reEZ/UNUkxEe0VG1U9hP8XBNAQbA+zD0cW4sIacrv9KnYC7ljTKB4" \
	"PJc="
#define RSA_TEXT                                                               \
	"AAAAB3NzaC1yc2EAAAADAQABAAAAgQDFgZ/Cz2DriVBqscdAT+ejcSEgCzo5ss497QWZ" \
	"Jb5VgZ8fPEWEO1ChT03PB0YXW+6fHU2dKwNo/wlCtoWWjRYqOMd8ZCxWqP6hT5CULP8G" \
	"XJ+49Mt0m6hH9lg64NMYkxLt5MweDz5M/qUPK7nUFuxedZgFluMkD0QIzVKX/v3gbQ=="
#define ED_A ED25519 " " ED_A_TEXT
#define ED_B ED25519 " " ED_B_TEXT
#define EC_A ECDSA " " EC_TEXT
#define RSA_A RSA " " RSA_TEXT

/* What ssh-keygen -H made of sw1.example.net and [sw1.example.net]:2222. */
#define HASHED_22 "|1|+q8V33PtQJTkQOEgufJdV37r0Ds=|1uaxm2uGWQ8kor0rno85CfN5IWo="
#define HASHED_2222                                                            \
	"|1|eDg3Vik54Mfx/HwSe6+rVsTl2bA=|IwhQ96UJKvcHCBcnrdsXwkCd7uA="

struct key {
	const char *type;
	const char *text;
	const char *fingerprint; /* as ssh-keygen -l prints it */
};

static const struct key ed_a = {
	ED25519, ED_A_TEXT,
	"SHA256:xrrYfjRHE3yvwySaBjVHzvLXp3pXmEEr6ZsgSS+CdK4"};
static const struct key ed_b = {
	ED25519, ED_B_TEXT,
	"SHA256:lm2yJc3SMjfsB8UZgzzFxHVfQp0+QB+LONfTjKdtxdY"};
static const struct key ec_a = {
	ECDSA, EC_TEXT, "SHA256:TApTyAlIk/dfCFovjNgq09P4ML20C5gG+bvFMJq5lSs"};
static const struct key rsa_a = {
	RSA, RSA_TEXT, "SHA256:BExyx8rUPE3Ou3fGCreu1vTFQtPvaGjMybWuqWv8aKA"};

#define KEY_ROOM 512

static size_t key_blob(uint8_t out[KEY_ROOM], const struct key *key)
{
	size_t len = strlen(key->text);
	size_t pad = len - strcspn(key->text, "=");

	assert_true(len <= KEY_ROOM);
	assert_int_equal(
		EVP_DecodeBlock(out, (const uint8_t *)key->text, (int)len),
		len / 4 * 3);
	return len / 4 * 3 - pad;
}

static enum hostkeys_verdict check_in(const struct hostkeys *known,
				      const char *host, uint16_t port,
				      const struct key *key)
{
	uint8_t blob[KEY_ROOM];
	size_t len = key_blob(blob, key);

	return hostkeys_check(known, host, port, key->type, blob, len);
}

static struct hostkeys *parse(const char *text)
{
	struct hostkeys *known = NULL;

	assert_int_equal(hostkeys_parse(&known, text, strlen(text), NULL), 0);
	return known;
}

static enum hostkeys_verdict check(const char *text, const char *host,
				   uint16_t port, const struct key *key)
{
	struct hostkeys *known = parse(text);
	enum hostkeys_verdict verdict = check_in(known, host, port, key);

	hostkeys_free(known);
	return verdict;
}

static struct hostkeys *load(const char *path)
{
	struct hostkeys *known = NULL;
	struct nf_error err = {0};

	if (hostkeys_load(&known, path, &err) == -1)
		fail_msg("%s", err.message);
	return known;
}

/* ---- a directory of the test's own */

struct place {
	char dir[64];
	char file[128];
};

static struct place place_make(void)
{
	struct place place = {.dir = "/tmp/netfan-hostkeys-XXXXXX"};

	assert_non_null(mkdtemp(place.dir));
	(void)snprintf(place.file, sizeof(place.file), "%s/known_hosts",
		       place.dir);
	return place;
}

static void place_remove(const struct place *place)
{
	(void)unlink(place->file);
	assert_int_equal(rmdir(place->dir), 0);
}

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void assert_holds(const char *path, const char *text)
{
	char got[4096];
	FILE *file = fopen(path, "r");
	size_t len;

	assert_non_null(file);
	len = fread(got, 1, sizeof(got) - 1, file);
	(void)fclose(file);
	got[len] = '\0';
	assert_string_equal(got, text);
}

static int append(const char *path, const char *host, uint16_t port,
		  const struct key *key, struct nf_error *err)
{
	uint8_t blob[KEY_ROOM];
	size_t len = key_blob(blob, key);

	return hostkeys_append(path, host, port, key->type, blob, len, err);
}

/* ---- one key, one host */

static void test_hostkeys_match_the_key_of_a_plain_name(void **state)
{
	(void)state;
	assert_int_equal(check("sw1 " ED_A "\n", "sw1", 22, &ed_a),
			 HOSTKEYS_MATCH);
	assert_int_equal(check("sw1 " EC_A " a comment\n", "sw1", 22, &ec_a),
			 HOSTKEYS_MATCH);
	assert_int_equal(check(" \tsw1\t " RSA_A "\t# c\n", "sw1", 22, &rsa_a),
			 HOSTKEYS_MATCH);
}

static void test_hostkeys_tell_a_changed_key(void **state)
{
	(void)state;
	assert_int_equal(check("sw1 " ED_A "\n", "sw1", 22, &ed_b),
			 HOSTKEYS_CHANGED);
}

static void test_hostkeys_tell_an_unknown_host(void **state)
{
	(void)state;
	assert_int_equal(check("sw1 " ED_A "\n", "sw", 22, &ed_a),
			 HOSTKEYS_UNKNOWN);
	assert_int_equal(check("sw1 " ED_A "\n", "sw10", 22, &ed_a),
			 HOSTKEYS_UNKNOWN);
	assert_int_equal(check("", "sw1", 22, &ed_a), HOSTKEYS_UNKNOWN);
}

static void test_hostkeys_known_by_another_type_alone_are_changed(void **state)
{
	(void)state;
	assert_int_equal(check("sw1 " EC_A "\n", "sw1", 22, &ed_a),
			 HOSTKEYS_CHANGED);
}

static void test_hostkeys_match_any_key_of_several(void **state)
{
	const char *text =
		"sw1 " EC_A "\nsw2 " RSA_A "\nsw1 " ED_A "\nsw1 " ED_B "\n";

	(void)state;
	assert_int_equal(check(text, "sw1", 22, &ec_a), HOSTKEYS_MATCH);
	assert_int_equal(check(text, "sw1", 22, &ed_a), HOSTKEYS_MATCH);
	assert_int_equal(check(text, "sw1", 22, &ed_b), HOSTKEYS_MATCH);
	assert_int_equal(check(text, "sw1", 22, &rsa_a), HOSTKEYS_CHANGED);
}

static void test_hostkeys_do_not_match_under_another_type_name(void **state)
{
	const struct key liar = {RSA, ED_A_TEXT, ""};

	(void)state;
	assert_int_equal(check("sw1 " ED_A "\n", "sw1", 22, &liar),
			 HOSTKEYS_CHANGED);
	assert_int_equal(check("sw1 " RSA " " ED_A_TEXT "\n", "sw1", 22, &ed_a),
			 HOSTKEYS_UNKNOWN);
}

/* ---- names, and the lines they are on */

static void test_hostkeys_names_match_as_with_ssh(void **state)
{
	static const struct {
		const char *names;
		const char *host;
		uint16_t port;
		bool matches;
	} cases[] = {
		/* case */
		{"SW1.Example.NET", "sw1.example.net", 22, true},
		{"sw1.example.net", "SW1.example.net", 22, true},
		{"*.Example.NET", "SW1.example.net", 22, true},
		/* port: but for 22, only the form with brackets counts */
		{"[sw1]:2222", "sw1", 2222, true},
		{"[sw1]:2222", "sw1", 22, false},
		{"[sw1]:2222", "sw1", 222, false},
		{"sw1", "sw1", 2222, false},
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
		{"192.0.2.*", "192.0.2.77", 2222, false},
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

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum hostkeys_verdict want =
			cases[i].matches ? HOSTKEYS_MATCH : HOSTKEYS_UNKNOWN;
		char text[256];

		(void)snprintf(text, sizeof(text), "%s " ED_A "\n",
			       cases[i].names);
		if (check(text, cases[i].host, cases[i].port, &ed_a) != want)
			fail_msg("%s and %s port %u", cases[i].names,
				 cases[i].host, (unsigned)cases[i].port);
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
	assert_int_equal(check(text, host, 22, &ed_a), HOSTKEYS_UNKNOWN);
}

static void test_hostkeys_host_too_long_for_a_name_is_unknown(void **state)
{
	char host[5001];

	(void)state;
	memset(host, 'a', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	assert_int_equal(check("* " ED_A "\n", host, 22, &ed_a),
			 HOSTKEYS_UNKNOWN);
}

static void test_hostkeys_find_hashed_names(void **state)
{
	const char *text = HASHED_22 " " ED_A "\n" HASHED_2222 " " ED_B "\n";

	(void)state;
	assert_int_equal(check(text, "sw1.example.net", 22, &ed_a),
			 HOSTKEYS_MATCH);
	assert_int_equal(check(text, "SW1.example.net", 22, &ed_a),
			 HOSTKEYS_MATCH);
	assert_int_equal(check(text, "sw1.example.net", 22, &ed_b),
			 HOSTKEYS_CHANGED);
	assert_int_equal(check(text, "sw1.example.net", 2222, &ed_b),
			 HOSTKEYS_MATCH);
	assert_int_equal(check(text, "sw1.example.net", 2223, &ed_b),
			 HOSTKEYS_UNKNOWN);
	assert_int_equal(check(text, "sw2.example.net", 22, &ed_a),
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
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char text[256];

		(void)snprintf(text, sizeof(text), "%s " ED_A "\n", names[i]);
		assert_int_equal(check(text, "sw1.example.net", 22, &ed_a),
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
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(check(texts[i], "sw1", 22, &ed_a),
				 HOSTKEYS_REVOKED);
	assert_int_equal(check("@revoked " HASHED_22 " " ED_A "\n",
			       "sw1.example.net", 22, &ed_a),
			 HOSTKEYS_REVOKED);
}

static void test_hostkeys_revoked_says_nothing_of_other_keys(void **state)
{
	const char *text = "@revoked * " ED_A "\nsw1 " ED_B "\n";

	(void)state;
	assert_int_equal(check(text, "sw1", 22, &ed_b), HOSTKEYS_MATCH);
	assert_int_equal(check(text, "sw2", 22, &ed_b), HOSTKEYS_UNKNOWN);
	assert_int_equal(check("@revoked sw2 " ED_A "\nsw1 " ED_A "\n", "sw1",
			       22, &ed_a),
			 HOSTKEYS_MATCH);
}

static void test_hostkeys_ignore_certificate_authorities(void **state)
{
	(void)state;
	assert_int_equal(
		check("@cert-authority * " ED_A "\n", "sw1", 22, &ed_a),
		HOSTKEYS_UNKNOWN);
	assert_int_equal(check("@cert-authority * " ED_A "\nsw1 " ED_B "\n",
			       "sw1", 22, &ed_b),
			 HOSTKEYS_MATCH);
}

/* ---- lines of every shape */

static void test_hostkeys_read_lines_that_end_as_on_windows(void **state)
{
	const char *text = "# note\r\n\r\nsw1 " ED_A "\r\nsw2 " ED_B
			   " comment\r\n@revoked * " EC_A "\r\n";

	(void)state;
	assert_int_equal(check(text, "sw1", 22, &ed_a), HOSTKEYS_MATCH);
	assert_int_equal(check(text, "sw2", 22, &ed_b), HOSTKEYS_MATCH);
	assert_int_equal(check(text, "sw2", 22, &ec_a), HOSTKEYS_REVOKED);
}

static void test_hostkeys_pass_over_lines_not_understood(void **state)
{
	static const char *const lines[] = {
		"",
		"   ",
		"#sw1 " ED_A,
		" # sw1 " ED_A,
		"sw1",
		"sw1 " ED25519,
		"sw1 " ED_A_TEXT,
		"sw1 1024 37 1234567890",
		"sw1 " ED25519 " AAAA",
		"sw1 " ED25519 " " EC_TEXT,
		"sw1 " ED_A "=",
		"sw1 " ED_A "AAAA",
		"sw1 " ED25519 " AAAAC3NzaC1lZDI1NTE5",
		"sw1 " ED25519 " A" ED_A_TEXT,
		"@unknown sw1 " ED_A,
		"@revoked",
		"@revoked @revoked sw1 " ED_A,
		"@revoked @cert-authority sw1 " ED_A,
		"@REVOKED sw1 " ED_A,
		"-----BEGIN OPENSSH PRIVATE KEY-----",
		"\x01\xff\xfe\x80 \xff \xff",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char text[1024];

		(void)snprintf(text, sizeof(text), "%s\nsw2 " ED_B "\n",
			       lines[i]);
		assert_int_equal(check(text, "sw1", 22, &ed_a),
				 HOSTKEYS_UNKNOWN);
		assert_int_equal(check(text, "sw2", 22, &ed_b), HOSTKEYS_MATCH);
	}
}

static void test_hostkeys_take_no_other_key_from_a_cut_line(void **state)
{
	const char *line = "sw1 " RSA_A;
	struct hostkeys *known;

	(void)state;
	for (size_t len = 0; len <= strlen(line); len++) {
		assert_int_equal(hostkeys_parse(&known, line, len, NULL), 0);
		assert_int_equal(check_in(known, "sw1", 22, &rsa_a),
				 len == strlen(line) ? HOSTKEYS_MATCH
						     : HOSTKEYS_UNKNOWN);
		hostkeys_free(known);
	}
}

static void test_hostkeys_line_ends_at_a_nul(void **state)
{
	static const char text[] =
		"sw1 " ED_A "\0 x\nsw2\0 " ED_A "\nsw3 " ED_A "\n";
	struct hostkeys *known;

	(void)state;
	assert_int_equal(hostkeys_parse(&known, text, sizeof(text) - 1, NULL),
			 0);
	assert_int_equal(check_in(known, "sw1", 22, &ed_a), HOSTKEYS_MATCH);
	assert_int_equal(check_in(known, "sw2", 22, &ed_a), HOSTKEYS_UNKNOWN);
	assert_int_equal(check_in(known, "sw3", 22, &ed_a), HOSTKEYS_MATCH);
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
	assert_int_equal(check(text, "sw77777", 22, &ed_a), HOSTKEYS_MATCH);
	assert_int_equal(check(text, "last", 22, &ed_a), HOSTKEYS_MATCH);
	free(text);
}

static void test_hostkeys_find_each_of_a_hundred_thousand_lines(void **state)
{
	size_t room = (size_t)100000 * 128;
	char *text = malloc(room);
	struct hostkeys *known;
	size_t len = 0;

	(void)state;
	assert_non_null(text);
	for (int i = 0; i < 100000; i++)
		len += (size_t)snprintf(text + len, room - len, "sw%d %s\n",
					i * 7773 % 100000,
					i % 2 == 0 ? ED_A : ED_B);
	assert_int_equal(hostkeys_parse(&known, text, len, NULL), 0);
	for (int i = 0; i < 100000; i++) {
		char host[16];

		(void)snprintf(host, sizeof(host), "sw%d", i * 7773 % 100000);
		assert_int_equal(
			check_in(known, host, 22, i % 2 == 0 ? &ed_a : &ed_b),
			HOSTKEYS_MATCH);
	}
	assert_int_equal(check_in(known, "sw100000", 22, &ed_a),
			 HOSTKEYS_UNKNOWN);
	hostkeys_free(known);
	free(text);
}

/* ---- types */

static void test_hostkeys_types_come_once_and_in_order(void **state)
{
	struct hostkeys *known =
		parse("* " RSA_A "\nsw1 " ED_A "\nsw2 " RSA_A "\nsw1 " ED_B
		      "\nsw1 " EC_A "\nsw? " EC_A "\n");
	const char *types[8];

	(void)state;
	assert_int_equal(hostkeys_types(known, "sw1", 22, types, 8), 3);
	assert_string_equal(types[0], ED25519);
	assert_string_equal(types[1], ECDSA);
	assert_string_equal(types[2], RSA);
	assert_int_equal(hostkeys_types(known, "sw2", 22, types, 8), 2);
	assert_string_equal(types[0], RSA);
	assert_string_equal(types[1], ECDSA);
	assert_int_equal(hostkeys_types(known, "sw10", 22, types, 8), 1);
	hostkeys_free(known);
}

static void test_hostkeys_types_are_no_more_than_asked_for(void **state)
{
	struct hostkeys *known =
		parse("sw1 " ED_A "\nsw1 " EC_A "\nsw1 " RSA_A "\n");
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
		parse("@revoked * " RSA_A "\n@cert-authority * " EC_A
		      "\nsw1 " ED_A "\n");
	const char *types[8];

	(void)state;
	assert_int_equal(hostkeys_types(known, "sw1", 22, types, 8), 1);
	assert_string_equal(types[0], ED25519);
	assert_int_equal(hostkeys_types(known, "sw2", 22, types, 8), 0);
	hostkeys_free(known);
}

/* ---- the fingerprint */

static void test_hostkeys_fingerprint_is_that_of_ssh_keygen(void **state)
{
	static const struct key *const keys[] = {&ed_a, &ed_b, &ec_a, &rsa_a};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char text[HOSTKEYS_FINGERPRINT];
		uint8_t blob[KEY_ROOM];

		hostkeys_fingerprint(blob, key_blob(blob, keys[i]), text);
		assert_string_equal(text, keys[i]->fingerprint);
	}
}

/* ---- reading the file */

static void test_hostkeys_file_that_is_missing_is_empty(void **state)
{
	struct place place = place_make();
	struct hostkeys *known;

	(void)state;
	known = load(place.file);
	assert_int_equal(check_in(known, "sw1", 22, &ed_a), HOSTKEYS_UNKNOWN);
	hostkeys_free(known);
	place_remove(&place);
}

static void test_hostkeys_file_is_read(void **state)
{
	struct place place = place_make();
	struct hostkeys *known;

	(void)state;
	put(place.file, "sw1 " ED_A "\nsw2 " ED_B);
	known = load(place.file);
	assert_int_equal(check_in(known, "sw1", 22, &ed_a), HOSTKEYS_MATCH);
	assert_int_equal(check_in(known, "sw2", 22, &ed_b), HOSTKEYS_MATCH);
	hostkeys_free(known);
	place_remove(&place);
}

static void assert_refused(const char *path, int sys_errno)
{
	struct hostkeys *known = NULL;
	struct nf_error err = {0};

	assert_int_equal(hostkeys_load(&known, path, &err), -1);
	assert_null(known);
	assert_int_equal(err.code, NF_INVALID);
	assert_int_equal(err.sys_errno, sys_errno);
	assert_non_null(strstr(err.message, path));
	if (sys_errno != 0)
		assert_non_null(strstr(err.message, strerror(sys_errno)));
}

static void test_hostkeys_refuse_a_file_they_cannot_read(void **state)
{
	struct place place;

	(void)state;
	if (geteuid() == 0)
		UNIT_SKIP("root can read everything");
	place = place_make();
	put(place.file, "sw1 " ED_A "\n");
	assert_int_equal(chmod(place.file, 0), 0);
	assert_refused(place.file, EACCES);
	place_remove(&place);
}

static void test_hostkeys_refuse_a_path_that_leads_nowhere(void **state)
{
	struct place place = place_make();
	char path[160];

	(void)state;
	put(place.file, "");
	(void)snprintf(path, sizeof(path), "%s/below", place.file);
	assert_refused(path, ENOTDIR);
	place_remove(&place);
}

static void test_hostkeys_refuse_what_is_no_regular_file(void **state)
{
	struct place place = place_make();

	(void)state;
	assert_refused(place.dir, 0);
	assert_int_equal(mkfifo(place.file, 0600), 0);
	assert_refused(place.file, 0); /* and does not wait for a writer */
	place_remove(&place);
}

static void test_hostkeys_refuse_a_file_above_64_mib(void **state)
{
	struct place place = place_make();

	(void)state;
	put(place.file, "");
	assert_int_equal(truncate(place.file, 64 * 1024 * 1024 + 1), 0);
	assert_refused(place.file, 0);
	place_remove(&place);
}

/* ---- appending */

static void test_hostkeys_append_makes_file_and_directory(void **state)
{
	struct place place = place_make();
	struct stat st;

	(void)state;
	assert_int_equal(rmdir(place.dir), 0);
	assert_int_equal(append(place.file, "SW1", 22, &ed_a, NULL), 0);
	assert_int_equal(append(place.file, "sw2", 2222, &ed_b, NULL), 0);
	assert_holds(place.file, "sw1 " ED_A "\n[sw2]:2222 " ED_B "\n");
	assert_int_equal(stat(place.file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(place.dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	place_remove(&place);
}

static void test_hostkeys_append_ends_a_last_line_without_newline(void **state)
{
	struct place place = place_make();

	(void)state;
	put(place.file, "sw1 " ED_A);
	assert_int_equal(append(place.file, "sw2", 22, &ec_a, NULL), 0);
	assert_int_equal(append(place.file, "sw3", 22, &rsa_a, NULL), 0);
	assert_holds(place.file, "sw1 " ED_A "\nsw2 " EC_A "\nsw3 " RSA_A "\n");
	place_remove(&place);
}

static void test_hostkeys_appended_are_found_again(void **state)
{
	static const struct {
		const char *host;
		uint16_t port;
	} hosts[] = {
		{"sw1", 22},          {"SW2.example.net", 2222},
		{"192.0.2.1", 22},    {"2001:db8::1", 22},
		{"2001:db8::1", 830}, {"fe80::1%eth0", 22},
	};
	struct place place = place_make();
	struct hostkeys *known;

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		assert_int_equal(append(place.file, hosts[i].host,
					hosts[i].port, &ed_a, NULL),
				 0);
	known = load(place.file);
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		assert_int_equal(
			check_in(known, hosts[i].host, hosts[i].port, &ed_a),
			HOSTKEYS_MATCH);
	hostkeys_free(known);
	place_remove(&place);
}

static void test_hostkeys_append_refuses_names_that_mean_more(void **state)
{
	static const char *const hosts[] = {
		"",      "sw1 sw2", "sw1\tsw2", "sw1\nsw2", "sw1,sw2",
		"sw1\r", "sw\x1b",  "sw\x7f",   "*",        "sw?",
		"!sw1",  "#sw1",    "@revoked", "|1|",      "[sw1]:22",
	};
	struct place place = place_make();

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct nf_error err = {0};

		assert_int_equal(append(place.file, hosts[i], 22, &ed_a, &err),
				 -1);
		assert_int_equal(err.code, NF_INVALID);
		assert_null(strchr(err.message, '\n'));
	}
	assert_int_equal(access(place.file, F_OK), -1);
	place_remove(&place);
}

static void test_hostkeys_append_refuses_a_malformed_key(void **state)
{
	static const uint8_t spaced[] = "\0\0\0\3a b\0\0\0\1x";
	struct nf_error err = {0};
	uint8_t blob[KEY_ROOM];
	struct place place = place_make();
	size_t len;

	(void)state;
	len = key_blob(blob, &ed_a);
	assert_int_equal(hostkeys_append(place.file, "sw1", 22, ED25519, blob,
					 len - 1, &err),
			 -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_int_equal(
		hostkeys_append(place.file, "sw1", 22, RSA, blob, len, &err),
		-1);
	assert_int_equal(hostkeys_append(place.file, "sw1", 22, "a b", spaced,
					 sizeof(spaced) - 1, &err),
			 -1);
	assert_int_equal(access(place.file, F_OK), -1);
	place_remove(&place);
}

static void test_hostkeys_append_says_what_cannot_be_written(void **state)
{
	struct nf_error err = {0};
	struct place place = place_make();
	char path[160];

	(void)state;
	assert_int_equal(append(place.dir, "sw1", 22, &ed_a, &err), -1);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_int_equal(err.sys_errno, EISDIR);
	assert_non_null(strstr(err.message, place.dir));
	/* One missing directory is made, not two. */
	(void)snprintf(path, sizeof(path), "%s/a/b/known_hosts", place.dir);
	assert_int_equal(append(path, "sw1", 22, &ed_a, &err), -1);
	assert_int_equal(err.sys_errno, ENOENT);
	place_remove(&place);
}

static void test_hostkeys_line_cut_by_a_full_disk_spoils_no_other(void **state)
{
	const char *before = "sw1 " ED_A "\n";
	struct rlimit limit;
	struct rlimit tight;
	struct nf_error err = {0};
	struct place place = place_make();
	struct hostkeys *known;

	(void)state;
	put(place.file, before);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	tight = limit;
	tight.rlim_cur = strlen(before) + 60;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	assert_int_equal(append(place.file, "sw2", 22, &ed_b, &err), -1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(err.code, NF_SYSTEM);

	assert_int_equal(append(place.file, "sw3", 22, &ec_a, NULL), 0);
	known = load(place.file);
	assert_int_equal(check_in(known, "sw1", 22, &ed_a), HOSTKEYS_MATCH);
	assert_int_equal(check_in(known, "sw2", 22, &ed_b), HOSTKEYS_UNKNOWN);
	assert_int_equal(check_in(known, "sw3", 22, &ec_a), HOSTKEYS_MATCH);
	hostkeys_free(known);
	place_remove(&place);
}

/* ---- others at the same file */

static void append_many(const char *path, const char *prefix)
{
	for (int i = 0; i < 200; i++) {
		char host[32];

		(void)snprintf(host, sizeof(host), "%s%d", prefix, i);
		if (append(path, host, 22, &ed_a, NULL) == -1)
			_exit(1);
	}
	_exit(0);
}

static void assert_ends_well(pid_t child)
{
	int status = -1;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_hostkeys_appended_by_two_processes_are_all_there(void **state)
{
	static const char *const prefixes[] = {"a", "b"};
	pid_t children[2];
	struct place place = place_make();
	struct hostkeys *known;

	(void)state;
	put(place.file, "sw1 " ED_A); /* only one of them may end this line */
	for (size_t i = 0; i < 2; i++) {
		children[i] = fork();
		assert_int_not_equal(children[i], -1);
		if (children[i] == 0) {
			(void)alarm(20);
			append_many(place.file, prefixes[i]);
		}
	}
	for (size_t i = 0; i < 2; i++)
		assert_ends_well(children[i]);

	known = load(place.file);
	for (int i = 0; i < 400; i++) {
		char host[32];

		(void)snprintf(host, sizeof(host), "%s%d", prefixes[i / 200],
			       i % 200);
		assert_int_equal(check_in(known, host, 22, &ed_a),
				 HOSTKEYS_MATCH);
	}
	assert_int_equal(check_in(known, "sw1", 22, &ed_a), HOSTKEYS_MATCH);
	hostkeys_free(known);
	place_remove(&place);
}

static int lock_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	return fd;
}

static void test_hostkeys_append_waits_for_the_lock(void **state)
{
	struct place place = place_make();
	pid_t child;
	int fd;

	(void)state;
	fd = lock_file(place.file);
	child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0) {
		(void)usleep(200 * 1000);
		_exit(0); /* and with it goes the last hold on the lock */
	}
	(void)close(fd);
	assert_int_equal(append(place.file, "sw1", 22, &ed_a, NULL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_holds(place.file, "sw1 " ED_A "\n");
	place_remove(&place);
}

static void test_hostkeys_append_gives_up_on_the_lock_in_time(void **state)
{
	struct nf_error err = {0};
	struct place place = place_make();
	int64_t from_ms;
	int fd;

	(void)state;
	fd = lock_file(place.file);
	from_ms = clock_ms();
	assert_int_equal(append(place.file, "sw1", 22, &ed_a, &err), -1);
	assert_in_range(clock_ms() - from_ms, 4500, 15000);
	assert_int_equal(err.code, NF_SYSTEM);
	assert_int_equal(err.sys_errno, ETIMEDOUT);
	(void)close(fd);
	assert_holds(place.file, "");
	place_remove(&place);
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
	cmocka_unit_test(test_hostkeys_host_too_long_for_a_name_is_unknown),
	cmocka_unit_test(test_hostkeys_find_hashed_names),
	cmocka_unit_test(test_hostkeys_pass_over_malformed_hashed_names),
	cmocka_unit_test(test_hostkeys_revoked_counts_whatever_else_matches),
	cmocka_unit_test(test_hostkeys_revoked_says_nothing_of_other_keys),
	cmocka_unit_test(test_hostkeys_ignore_certificate_authorities),
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
	cmocka_unit_test(test_hostkeys_file_that_is_missing_is_empty),
	cmocka_unit_test(test_hostkeys_file_is_read),
	cmocka_unit_test(test_hostkeys_refuse_a_file_they_cannot_read),
	cmocka_unit_test(test_hostkeys_refuse_a_path_that_leads_nowhere),
	cmocka_unit_test(test_hostkeys_refuse_what_is_no_regular_file),
	cmocka_unit_test(test_hostkeys_refuse_a_file_above_64_mib),
	cmocka_unit_test(test_hostkeys_append_makes_file_and_directory),
	cmocka_unit_test(test_hostkeys_append_ends_a_last_line_without_newline),
	cmocka_unit_test(test_hostkeys_appended_are_found_again),
	cmocka_unit_test(test_hostkeys_append_refuses_names_that_mean_more),
	cmocka_unit_test(test_hostkeys_append_refuses_a_malformed_key),
	cmocka_unit_test(test_hostkeys_append_says_what_cannot_be_written),
	cmocka_unit_test(test_hostkeys_line_cut_by_a_full_disk_spoils_no_other),
	cmocka_unit_test(test_hostkeys_appended_by_two_processes_are_all_there),
	cmocka_unit_test(test_hostkeys_append_waits_for_the_lock),
	cmocka_unit_test(test_hostkeys_append_gives_up_on_the_lock_in_time),
};

UNIT_MAIN(tests)
