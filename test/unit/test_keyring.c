/* Key files, as ssh-keygen and openssl make them, and the ring of them. */
#include "unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "keys/certificate.h"
#include "keys/key_file.h"
#include "keys/keyring.h"
#include "keys/unlock.h"
#include "unit/place.h"

#define DEVICES 500

static struct place place;
static struct keyring *ring;
static char notes[4096];
static char *kept[2 * DEVICES + 8]; /* texts that the ring borrows */
static size_t nkept;

static const char *keep(const char *text)
{
	assert_true(nkept < LENGTH(kept));
	kept[nkept] = text != NULL ? strdup(text) : NULL;
	return kept[nkept++];
}

static void take_note(void *arg, const char *text)
{
	size_t len = strlen(notes);

	(void)arg;
	(void)snprintf(notes + len, sizeof(notes) - len, "%s\n", text);
}

static const struct nf_log note_log = {.line = take_note};

static int setup(void **state)
{
	struct nf_error err;

	(void)state;
	place = place_make();
	notes[0] = '\0';
	assert_int_equal(setenv("HOME", place.dir, 1), 0);
	assert_int_equal(keyring_new(&ring, &note_log, &err), 0);
	return 0;
}

/* Run a command in the test's directory. */
static void run(const char *command)
{
	char line[1024];

	(void)snprintf(line, sizeof(line), "cd %s && { %s; } >/dev/null 2>&1",
		       place.dir, command);
	unit_where(command);
	assert_int_equal(system(line), 0); /* NOLINT(cert-env33-c) */
}

static int teardown(void **state)
{
	(void)state;
	keyring_free(ring);
	while (nkept > 0)
		free(kept[--nkept]);
	run("rm -rf ..?* .[!.]* *");
	place_remove(&place);
	return 0;
}

/* A path in the directory, good until the next but three. */
static const char *at(const char *file)
{
	static char paths[4][256];
	static unsigned next;
	char *path = paths[next++ % 4];

	(void)snprintf(path, 256, "%s/%s", place.dir, file);
	return path;
}

static const struct keyring_keys *get(const char *list, const char *passphrase)
{
	const struct keyring_wish wish = {.list = keep(list),
					  .passphrase = keep(passphrase)};
	const struct keyring_keys *keys = NULL;
	struct nf_error err = {0};

	assert_int_equal(keyring_get(ring, &wish, &keys, &err), 0);
	return keys;
}

/* The one key of a file. */
static const struct key *get_key(const char *file, const char *passphrase)
{
	const struct keyring_keys *keys = get(at(file), passphrase);

	if (keys->failure.code != NF_OK)
		print_error("%s\n", keys->failure.message);
	assert_int_equal(keys->failure.code, NF_OK);
	assert_int_equal(keys->keys.n, 1);
	return keys->keys.at[0];
}

static void expect_failure(const char *file, const char *passphrase,
			   int sys_errno, const char *words)
{
	const struct keyring_keys *keys = get(at(file), passphrase);
	bool passed_over = strcmp(words, "it is encrypted") == 0;
	const struct nf_error *why =
		passed_over ? &keys->locked : &keys->failure;

	unit_where(file);
	assert_int_equal(keys->keys.n, 0);
	assert_int_equal((passed_over ? &keys->failure : &keys->locked)->code,
			 NF_OK);
	assert_int_not_equal(why->code, NF_OK);
	assert_int_equal(why->sys_errno, sys_errno);
	assert_non_null(strstr(why->message, at(file)));
	if (strstr(why->message, words) == NULL)
		print_error("%s\n", why->message);
	assert_non_null(strstr(why->message, words));
}

/* The blob, as ssh-keygen wrote it beside the key. */
static void expect_blob(const struct key *key, const char *public)
{
	char line[8192], word[8192];
	FILE *file = fopen(at(public), "r");
	FILE *out;

	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	(void)fclose(file);
	assert_int_equal(sscanf(line, "%*s %8191s", word), 1);
	out = fopen(at("blob"), "w");
	assert_non_null(out);
	assert_int_equal(fwrite(key->blob.at, 1, key->blob.len, out),
			 key->blob.len);
	(void)fclose(out);
	(void)snprintf(line, sizeof(line), "test \"$(base64 -w0 blob)\" = %s",
		       "\"$(cut -d ' ' -f 2 blob.want)\"");
	(void)rename(at(public), at("blob.want"));
	run(line);
	(void)rename(at("blob.want"), at(public));
}

/* The types, as ssh-keygen is asked for them and as a blob begins. */
static const struct kind {
	const char *make;
	const char *type;
} kinds[] = {
	{"-t ed25519", "ssh-ed25519"},
	{"-t ecdsa -b 256", "ecdsa-sha2-nistp256"},
	{"-t ecdsa -b 384", "ecdsa-sha2-nistp384"},
	{"-t ecdsa -b 521", "ecdsa-sha2-nistp521"},
	{"-t rsa -b 2048", "ssh-rsa"},
};

/* Make a key of each kind, convert it, and read it. */
static void expect_kinds(const char *make, const char *convert,
			 const char *passphrase)
{
	char command[512];
	char name[32], public[32];

	for (size_t i = 0; i < LENGTH(kinds); i++) {
		const struct key *key;

		(void)snprintf(name, sizeof(name), "key%zu", i);
		(void)snprintf(command, sizeof(command),
			       "ssh-keygen -q %s %s -C 'a comment' -f %s && "
			       "f=%s && { %s; }",
			       kinds[i].make, make, name, name, convert);
		run(command);
		key = get_key(name, passphrase);
		assert_string_equal(key_type(key), kinds[i].type);
		assert_true(key_blob_is(&key->blob, kinds[i].type));
		(void)snprintf(public, sizeof(public), "key%zu.pub", i);
		expect_blob(key, public);
	}
}

static void test_keys_in_openssh_format_are_read(void **state)
{
	(void)state;
	expect_kinds("-N ''", "true", NULL);
	assert_string_equal(get_key("key0", NULL)->comment, "a comment");
}

static void test_encrypted_keys_in_openssh_format_are_read(void **state)
{
	(void)state;
	if (unlock_version() == NULL)
		UNIT_SKIP("netfan was built without Botan");
	expect_kinds("-N 'pass phrase' -a 1", "true", "pass phrase");
}

static void test_keys_in_pkcs8_are_read(void **state)
{
	(void)state;
	expect_kinds("-N ''",
		     "case $(ssh-keygen -l -f $f) in *ED25519*) ;; "
		     "*) ssh-keygen -q -p -P '' -N '' -m PKCS8 -f $f; esac",
		     NULL);
}

static void test_keys_in_older_pem_are_read(void **state)
{
	(void)state;
	expect_kinds("-N '' -m PEM", "true", NULL);
}

static void test_encrypted_keys_in_pkcs8_are_read(void **state)
{
	(void)state;
	run("ssh-keygen -q -t ecdsa -N 'pass phrase' -m PKCS8 -f a");
	(void)get_key("a", "pass phrase");
	expect_failure("a", "wrong", EKEYREJECTED, "the passphrase is wrong");
	expect_failure("a", NULL, ENOKEY, "it is encrypted");
}

static void test_encrypted_keys_in_older_pem_are_read(void **state)
{
	(void)state;
	run("ssh-keygen -q -t rsa -b 2048 -N 'pass phrase' -m PEM -f a");
	(void)get_key("a", "pass phrase");
	expect_failure("a", "wrong", EKEYREJECTED, "the passphrase is wrong");
	expect_failure("a", NULL, ENOKEY, "it is encrypted");
}

static void test_ed25519_in_pkcs8_is_read(void **state)
{
	(void)state;
	run("openssl genpkey -algorithm ED25519 -out a && chmod 600 a");
	assert_string_equal(key_type(get_key("a", NULL)), "ssh-ed25519");
}

static void test_a_compressed_point_is_read(void **state)
{
	const struct key *key;

	(void)state;
	run("openssl ecparam -name prime256v1 -genkey -noout "
	    "-conv_form compressed -out a && chmod 600 a");
	run("ssh-keygen -y -f a >a.pub");
	key = get_key("a", NULL);
	assert_string_equal(key_type(key), "ecdsa-sha2-nistp256");
	expect_blob(key, "a.pub");
}

static void test_a_wrong_passphrase_is_told(void **state)
{
	(void)state;
	run("ssh-keygen -q -t ed25519 -a 1 -N right -f a");
	expect_failure("a", NULL, ENOKEY, "it is encrypted");
	if (unlock_version() == NULL)
		UNIT_SKIP("netfan was built without Botan");
	expect_failure("a", "wrong", EKEYREJECTED, "the passphrase is wrong");
	expect_failure("a", "", EKEYREJECTED, "the passphrase is wrong");
}

static void test_files_that_are_no_keys_are_refused_with_a_remedy(void **state)
{
	(void)state;
	run("umask 022; ssh-keygen -q -t ed25519 -N '' -f a");
	run("cp a loose && chmod 640 loose");
	expect_failure("loose", NULL, 0,
		       "others may read it, as its mode is "
		       "0640: chmod 600 it");
	expect_failure("none", NULL, ENOENT, "No such file");
	expect_failure("a.pub", NULL, 0, "others may read it");
	run("umask 077; cat a.pub >pub");
	expect_failure("pub", NULL, ENOKEY, "it is a public key");
	run("mkdir dir && chmod 700 dir");
	expect_failure("dir", NULL, 0, "no regular file");
	run("umask 077; echo PuTTY-User-Key-File-3: ssh-rsa >ppk");
	expect_failure("ppk", NULL, ENOKEY, "puttygen -O private-openssh");
	run("umask 077; : >empty; head -c 70000 /dev/zero >large");
	expect_failure("empty", NULL, 0, "no private key");
	expect_failure("large", NULL, 0, "too large");
	run("umask 077; head -n 3 a >cut");
	expect_failure("cut", NULL, 0, "not a whole OpenSSH key");
	run("umask 077; openssl genpkey -algorithm X25519 -out x");
	expect_failure("x", NULL, 0, "of a kind that SSH has not");
}

/* Two keys' halves in one file. */
static void test_a_key_with_another_public_part_is_refused(void **state)
{
	(void)state;
	run("ssh-keygen -q -t ed25519 -N '' -f a && "
	    "ssh-keygen -q -t ed25519 -N '' -f b");
	run("for f in a b; do grep -v -e ----- $f | base64 -d >$f.raw; done");
	/* The seed of b stands 96 bytes behind the blob of a. */
	run("cp a.raw c.raw && dd if=b.raw of=c.raw bs=1 skip=161 seek=161 "
	    "count=32 conv=notrunc");
	run("umask 077; { echo '-----BEGIN OPENSSH PRIVATE KEY-----'; "
	    "base64 c.raw; echo '-----END OPENSSH PRIVATE KEY-----'; } >c");
	expect_failure("c", NULL, 0, "do not fit");
}

static void test_a_key_is_read_once_for_all_devices(void **state)
{
	const struct keyring_keys *first = NULL;
	char list[300];

	(void)state;
	if (unlock_version() == NULL)
		UNIT_SKIP("netfan was built without Botan");
	run("ssh-keygen -q -t ed25519 -N x -f a");
	for (int i = 0; i < DEVICES; i++) {
		/* Each device has texts of its own, and every second blanks. */
		const struct keyring_keys *keys;

		(void)snprintf(list, sizeof(list), i % 2 ? "%s" : "%s, ",
			       at("a"));
		keys = get(list, "x");
		assert_int_equal(keys->failure.code, NF_OK);
		if (first == NULL)
			first = keys;
		assert_ptr_equal(keys->keys.at[0], first->keys.at[0]);
	}
	assert_int_equal(keyring_nread(ring), 1);
	(void)get(at("a"), "wrong");
	(void)get(at("a"), "wrong");
	assert_int_equal(keyring_nread(ring), 2);
}

static void test_a_key_that_is_named_twice_is_offered_once(void **state)
{
	char list[600];
	const struct keyring_keys *keys;

	(void)state;
	run("ssh-keygen -q -t ed25519 -N '' -f a && cp a b");
	(void)snprintf(list, sizeof(list), "%s,%s , %s", at("a"), at("b"),
		       at("a"));
	keys = get(list, NULL);
	assert_int_equal(keys->failure.code, NF_OK);
	assert_int_equal(keys->keys.n, 1);
}

static void test_keys_come_in_the_order_of_the_list(void **state)
{
	const struct keyring_keys *keys;

	(void)state;
	run("ssh-keygen -q -t ecdsa -N '' -f a && "
	    "ssh-keygen -q -t ed25519 -N '' -f b");
	keys = get("~/b,~/a", NULL);
	assert_int_equal(keys->keys.n, 2);
	assert_string_equal(key_type(keys->keys.at[0]), "ssh-ed25519");
	assert_string_equal(key_type(keys->keys.at[1]), "ecdsa-sha2-nistp256");
}

static void test_default_keys_that_are_of_no_use_are_noted_once(void **state)
{
	const struct keyring_wish wish = {.defaults = true};
	const struct keyring_wish another = {
		.defaults = true, .passphrase = NULL, .list = ""};
	const struct keyring_keys *keys;
	struct nf_error err;

	(void)state;
	run("mkdir .ssh && ssh-keygen -q -t ecdsa -N '' -f .ssh/id_ecdsa && "
	    "ssh-keygen -q -t ed25519 -N x -f .ssh/id_ed25519");
	assert_int_equal(keyring_get(ring, &wish, &keys, &err), 0);
	assert_int_equal(keys->failure.code, NF_OK);
	assert_int_equal(keys->keys.n, 1);
	assert_non_null(strstr(notes, "/.ssh/id_ed25519: it is encrypted"));
	assert_null(strstr(notes, "id_rsa"));
	notes[0] = '\0';
	assert_int_equal(keyring_get(ring, &another, &keys, &err), 0);
	assert_string_equal(notes, "");
}

/* ---- certificates */

#define AUTHORITY                                                              \
	"ssh-keygen -q -t ed25519 -N '' -f ca && "                             \
	"ssh-keygen -q -t ecdsa -N '' -f a && "                                \
	"ssh-keygen -q -t rsa -b 2048 -N '' -f b && "

static void test_a_certificate_beside_a_key_is_taken(void **state)
{
	struct certificate certificate;
	const struct key *key;

	(void)state;
	run(AUTHORITY "ssh-keygen -q -s ca -I me -n root,admin a.pub");
	key = get_key("a", NULL);
	assert_true(key_blob_is(&key->certificate,
				"ecdsa-sha2-nistp256-cert-v01@openssh.com"));
	assert_string_equal(key_type(key), "ecdsa-sha2-nistp256");
	assert_int_equal(certificate_parse(&certificate, key->certificate.at,
					   key->certificate.len),
			 0);
	assert_int_equal(certificate.use, CERTIFICATE_USER);
	assert_true(blob_equals(certificate.id, "me"));
	assert_string_equal(notes, "");
}

static void test_certificates_of_no_use_beside_a_key_are_noted(void **state)
{
	(void)state;
	run(AUTHORITY "ssh-keygen -q -s ca -I me -h a.pub && "
		      "ssh-keygen -q -s ca -I me b.pub && "
		      "mv b-cert.pub c-cert.pub && mv b b2 && cp a c");
	assert_null(get_key("a", NULL)->certificate.at);
	assert_non_null(strstr(notes, "a-cert.pub: it is the certificate of a "
				      "host"));
	assert_null(get_key("c", NULL)->certificate.at);
	assert_non_null(strstr(notes, "c-cert.pub: it is the certificate of "
				      "another key"));
}

static void test_a_certificate_in_the_list_goes_to_its_key(void **state)
{
	const struct keyring_keys *keys;

	(void)state;
	run(AUTHORITY "ssh-keygen -q -s ca -I me b.pub && mv b-cert.pub cert");
	keys = get("~/a,~/b,~/cert", NULL);
	assert_int_equal(keys->failure.code, NF_OK);
	assert_int_equal(keys->keys.n, 2);
	assert_null(keys->keys.at[0]->certificate.at);
	assert_true(key_blob_is(&keys->keys.at[1]->certificate,
				"ssh-rsa-cert-v01@openssh.com"));
	assert_null(get_key("b", NULL)->certificate.at);
	keys = get("~/a,~/cert", NULL);
	assert_non_null(strstr(keys->failure.message,
			       "cert: it is a "
			       "certificate, and no key"));
}

/* ---- keys that need not be there, and an agent's that have to be named */

static void test_optional_keys_that_are_of_no_use_are_noted_once(void **state)
{
	const struct keyring_keys *keys;
	struct keyring_wish wish = {.optional = true, .passphrase = NULL};
	struct nf_error err;

	(void)state;
	run("ssh-keygen -q -t ecdsa -N '' -f a && chmod 640 a && "
	    "ssh-keygen -q -t ed25519 -N '' -f b");
	for (int i = 0; i < 2; i++) {
		wish.list = i == 0 ? "~/a,~/gone,~/b" : "~/a,~/b";
		assert_int_equal(keyring_get(ring, &wish, &keys, &err), 0);
		assert_int_equal(keys->failure.code, NF_OK);
		assert_int_equal(keys->keys.n, 1);
	}
	assert_non_null(strstr(notes, "others may read it"));
	assert_null(strstr(strstr(notes, "others") + 1, "others"));
	assert_null(strstr(notes, "gone"));
}

/* An agent that has the keys of these files. */
static void fill_agent(struct agent_keys *agent, const char *const *files,
		       size_t n)
{
	agent->at = calloc(n, sizeof(*agent->at));
	assert_non_null(agent->at);
	for (agent->n = 0; agent->n < n; agent->n++) {
		const struct key *key = get_key(files[agent->n], NULL);
		struct key_blob *blob = &agent->at[agent->n].blob;

		blob->at = malloc(key->blob.len);
		assert_non_null(blob->at);
		memcpy(blob->at, key->blob.at, key->blob.len);
		blob->len = key->blob.len;
	}
}

static void
test_of_an_agents_keys_those_of_files_alone_may_be_wanted(void **state)
{
	static const char *const files[] = {"a", "b", "c"};
	static const struct {
		const char *list;
		size_t n, first; /* how many of the agent's, and which */
	} rows[] = {
		{NULL, 0, 0},
		{"~/b.pub", 1, 1},
		{"~/gone/c", 1, 2}, /* c.pub is there */
		{"~/cert", 1, 0}, /* the certificate of a */
		{"~/c.pub,~/cert", 2, 2},
		{"~/nowhere", 0, 0},
	};
	struct agent_keys agent = {.n = 0};
	struct nf_error err;

	(void)state;
	run(AUTHORITY "ssh-keygen -q -t ed25519 -N '' -f c && mkdir gone && "
		      "ssh-keygen -q -s ca -I me a.pub && mv a-cert.pub cert");
	fill_agent(&agent, files, LENGTH(files));
	run("mv c.pub gone/c.pub && cp gone/c.pub .");
	for (size_t i = 0; i < LENGTH(rows); i++) {
		const struct keyring_wish wish = {.list = rows[i].list,
						  .agent = &agent,
						  .optional = true,
						  .only_files = true};
		const struct keyring_keys *keys;

		assert_int_equal(keyring_get(ring, &wish, &keys, &err), 0);
		if (keys->keys.n != rows[i].n)
			fail_msg("%s: %zu keys", rows[i].list, keys->keys.n);
		if (keys->keys.n > 0)
			assert_memory_equal(keys->keys.at[0]->blob.at,
					    agent.at[rows[i].first].blob.at,
					    keys->keys.at[0]->blob.len);
	}
	agent_keys_release(&agent);
}

static void test_a_certificate_is_whole_or_none(void **state)
{
	struct certificate certificate;
	const struct key_blob *blob;

	(void)state;
	run(AUTHORITY "ssh-keygen -q -s ca -I me a.pub");
	blob = &get_key("a", NULL)->certificate;
	for (size_t len = 0; len < blob->len; len++)
		assert_int_equal(certificate_parse(&certificate, blob->at, len),
				 -1);
}

/* ---- signatures */

static void test_an_algorithm_that_a_key_has_not_is_refused(void **state)
{
	const struct key *key;
	struct nf_error err;
	struct buf out;

	(void)state;
	run("ssh-keygen -q -t ed25519 -N '' -f a");
	key = get_key("a", NULL);
	buf_init(&out, 4096);
	assert_int_equal(key_sign(key, "rsa-sha2-256", (const uint8_t *)"x", 1,
				  &out, &err),
			 -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_int_equal(key_sign(key, "ssh-ed25519", (const uint8_t *)"x", 1,
				  &out, &err),
			 0);
	assert_int_equal(out.len, 64);
	buf_release(&out);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(test_keys_in_openssh_format_are_read),
	TEST(test_encrypted_keys_in_openssh_format_are_read),
	TEST(test_keys_in_pkcs8_are_read),
	TEST(test_keys_in_older_pem_are_read),
	TEST(test_encrypted_keys_in_pkcs8_are_read),
	TEST(test_encrypted_keys_in_older_pem_are_read),
	TEST(test_ed25519_in_pkcs8_is_read),
	TEST(test_a_compressed_point_is_read),
	TEST(test_a_wrong_passphrase_is_told),
	TEST(test_files_that_are_no_keys_are_refused_with_a_remedy),
	TEST(test_a_key_with_another_public_part_is_refused),
	TEST(test_a_key_is_read_once_for_all_devices),
	TEST(test_a_key_that_is_named_twice_is_offered_once),
	TEST(test_keys_come_in_the_order_of_the_list),
	TEST(test_default_keys_that_are_of_no_use_are_noted_once),
	TEST(test_a_certificate_beside_a_key_is_taken),
	TEST(test_certificates_of_no_use_beside_a_key_are_noted),
	TEST(test_a_certificate_in_the_list_goes_to_its_key),
	TEST(test_optional_keys_that_are_of_no_use_are_noted_once),
	TEST(test_of_an_agents_keys_those_of_files_alone_may_be_wanted),
	TEST(test_a_certificate_is_whole_or_none),
	TEST(test_an_algorithm_that_a_key_has_not_is_refused),
};

UNIT_MAIN(tests)
