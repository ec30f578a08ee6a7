/* lib/content/mask.c and marks.c, as a filter uses them */
#include "content/mask.h"

#include <stdio.h>
#include <string.h>

#include <openssl/hmac.h>

#include "unit/content.h"
#include "unit/dice.h"
#include "unit/unit.h"

/* A text, and what it is masked: "{x}" stands for the mark of x. */
struct example {
	const char *text;
	const char *masked; /* NULL: it stays */
};

static void append(struct buf *out, const void *bytes, size_t len)
{
	assert_int_equal(buf_append(out, bytes, len), 0);
}

/* The mark, by OpenSSL's own HMAC. */
static void append_mark(struct buf *out, const char *secret, size_t len)
{
	uint8_t made[NF_DIGEST];
	unsigned made_len = 0;

	assert_non_null(HMAC(EVP_sha256(), content_key, (int)CONTENT_KEY,
			     (const uint8_t *)secret, len, made, &made_len));
	assert_int_equal(buf_print(out, "<secret:%02x%02x%02x%02x>", made[0],
				   made[1], made[2], made[3]),
			 0);
}

static void expand(const char *masked, struct buf *out)
{
	buf_init(out, SIZE_MAX / 2);
	for (const char *at = masked; *at != '\0';) {
		size_t plain = strcspn(at, "{"), secret;

		append(out, at, plain);
		at += plain;
		if (*at == '\0')
			break;
		secret = strcspn(++at, "}");
		append_mark(out, at, secret);
		at += secret + 1;
	}
}

static void expect(const struct content_rules *rules, const struct buf *text,
		   const struct buf *masked, size_t piece)
{
	struct filtered got;
	uint8_t digest[NF_DIGEST];

	content_filter(&got, rules, CONTENT_MASKED, text->data, text->len,
		       piece);
	assert_int_equal(got.text.len, masked->len);
	assert_memory_equal(got.text.data, masked->data, masked->len);
	content_digest(masked->data, masked->len, digest);
	assert_memory_equal(got.end.digest, digest, sizeof(digest));
	content_release(&got);
}

/* Cut at every place; and what is masked stays as it is. Texts end in "\n". */
static void check(const struct example *examples, size_t n)
{
	struct content_rules *rules = content_rules(NULL, 0);

	for (size_t i = 0; i < n; i++) {
		const struct example *one = &examples[i];
		struct buf text, masked;

		unit_where(one->text);
		buf_init(&text, SIZE_MAX / 2);
		append(&text, one->text, strlen(one->text));
		expand(one->masked != NULL ? one->masked : one->text, &masked);
		for (size_t piece = 0; piece < text.len; piece++)
			expect(rules, &text, &masked, piece);
		for (size_t piece = 0; piece < masked.len; piece++)
			expect(rules, &masked, &masked, piece);
		buf_release(&text);
		buf_release(&masked);
	}
	rules_free(rules);
}

static void test_mask_puts_a_mark_in_place_of_each_secret(void **state)
{
	static const struct example examples[] = {
		{"hostname R1\n", NULL},
		{"snmp-server community public RO\n",
		 "snmp-server community {public} RO\n"},
		{"key 7 0822455D0A16\nend\n", "key 7 {0822455D0A16}\nend\n"},
		{"key a password b key c\n", "key {a} password {b} key {c}\n"},
		{"KEY a\nmonkey b\n", "KEY {a}\nmonkey b\n"},
		{"snmp-server community key x\n",
		 "snmp-server community {key} {x}\n"},
		{"key \nkey\n", NULL},
		{"key \"a b\"\n", "key {\"a} b\"\n"},
	};

	(void)state;
	check(examples, LENGTH(examples));
}

static void test_mask_keeps_what_is_a_mark_already(void **state)
{
	static const struct example examples[] = {
		{"key <secret:0123abcd>\n", NULL},
		{"key <secret:0123abcd>x\n", "key <secret:0123abcd>{x}\n"},
		{"key x<secret:0123abcd>y\n", "key {x}<secret:0123abcd>{y}\n"},
		{"key <secret:0123abcD>\n", "key {<secret:0123abcD>}\n"},
		{"key <secret:0123abcd\n", "key {<secret:0123abcd}\n"},
		{"key <secret:0123abcd >\n", "key {<secret:0123abcd} >\n"},
		{"<secret:0123abcd>\n", NULL},
	};

	(void)state;
	check(examples, LENGTH(examples));
}

static void test_mask_hides_keys_and_hashes_of_any_platform(void **state)
{
	static const struct example examples[] = {
		{"a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nAAAA\n"
		 "-----END RSA PRIVATE KEY-----\nb\n",
		 "a\n-----BEGIN RSA PRIVATE KEY-----\n{MIIE\nAAAA\n}\n"
		 "-----END RSA PRIVATE KEY-----\nb\n"},
		/* What is secret by the key before it would be no beginning. */
		{"set key \"-----BEGIN PRIVATE KEY-----\nMIIE\n"
		 "-----END PRIVATE KEY-----\"\n",
		 "set key \"-----BEGIN PRIVATE KEY-----\n{MIIE\n}\n"
		 "-----END PRIVATE KEY-----\"\n"},
		{"x \"-----BEGIN CERTIFICATE-----\nMIIE\n"
		 "-----END CERTIFICATE-----\"\n",
		 "x \"-----BEGIN CERTIFICATE-----\n{MIIE\n}\n"
		 "-----END CERTIFICATE-----\"\n"},
		{"\"-----BEGIN EC PRIVATE KEY-----\\nMI\\n"
		 "-----END EC PRIVATE KEY-----\\n\"\nb\n",
		 "\"-----BEGIN EC PRIVATE KEY-----{\\nMI\\n}"
		 "-----END EC PRIVATE KEY-----\\n\"\nb\n"},
		{"-----BEGIN PUBLIC KEY-----\nMIIE\n"
		 "-----END PUBLIC KEY-----\n",
		 NULL},
		{"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/\n"
		 "---- END SSH2 ENCRYPTED PRIVATE KEY ----\n",
		 "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n{P2/\n}\n"
		 "---- END SSH2 ENCRYPTED PRIVATE KEY ----\n"},
		{"user x $6$salt$hash;\n$9$abcd\n",
		 "user x $6${salt$hash};\n$9${abcd}\n"},
		{"costs $1 or $5\n", NULL},
	};

	(void)state;
	check(examples, LENGTH(examples));
}

static void test_mask_puts_one_mark_in_place_of_a_block(void **state)
{
	static const struct example examples[] = {
		{"c\n certificate ca 01\n  3082 1234\n  ABCD\n quit\nd\n",
		 "c\n certificate ca 01\n{  3082 1234\n  ABCD\n}\n quit\nd\n"},
		{" certificate ca 01\n quit\n", NULL},
		{" certificate ca 01\n", NULL},
		{" certificate ca 01\n3082\n30\n",
		 " certificate ca 01\n{3082\n30\n}\n"},
		{" certificate ca 01\n<secret:0123abcd>\n x\n quit\n",
		 " certificate ca 01\n{<secret:0123abcd>\n x\n}\n quit\n"},
		/* Its lines are no secrets of their own, nor volatile. */
		{" certificate ca 01\nkey a\n10:11:12\n quit\nkey a\n",
		 " certificate ca 01\n{key a\n10:11:12\n}\n quit\nkey {a}\n"},
		{" certificate ca 01\n certificate ca 02\n quit\n quit\n",
		 " certificate ca 01\n{ certificate ca 02\n}\n quit\n quit\n"},
		/* An edge has its own secrets, unless it were none then. */
		{" certificate ca 01 key x\na\n quit\n",
		 " certificate ca 01 key {x}\n{a\n}\n quit\n"},
	};

	(void)state;
	check(examples, LENGTH(examples));
}

static void test_mask_ends_a_block_with_the_output(void **state)
{
	static const char text[] = " certificate ca 01\n3082\nend";
	struct content_rules *rules = content_rules(NULL, 0);
	struct buf masked;

	(void)state;
	expand(" certificate ca 01\n{3082\nend\n}\n", &masked);
	for (size_t piece = 0; piece < sizeof(text); piece++) {
		struct filtered got;

		content_filter(&got, rules, CONTENT_MASKED, text,
			       sizeof(text) - 1, piece);
		assert_int_equal(got.text.len, masked.len);
		assert_memory_equal(got.text.data, masked.data, masked.len);
		assert_false(got.end.marked);
		content_release(&got);
	}
	buf_release(&masked);
	rules_free(rules);
}

static void test_mask_takes_a_block_of_any_length(void **state)
{
	static const char begin[] = " certificate ca 01\n";
	struct content_rules *rules = content_rules(NULL, 0);
	struct buf text, masked;

	(void)state;
	buf_init(&text, SIZE_MAX / 2);
	buf_init(&masked, SIZE_MAX / 2);
	append(&text, begin, sizeof(begin) - 1);
	append(&masked, begin, sizeof(begin) - 1);
	for (size_t i = 0; i < 300000; i++)
		append(&text, i % 9001 == 9000 ? "\n" : "3", 1);
	append(&text, "\n", 1);
	append_mark(&masked, (char *)text.data + sizeof(begin) - 1,
		    text.len - (sizeof(begin) - 1));
	append(&text, " quit\n", 6);
	append(&masked, "\n quit\n", 7);
	for (size_t piece = 4000; piece < 4200; piece += 33)
		expect(rules, &text, &masked, piece);
	expect(rules, &text, &masked, 0);
	buf_release(&text);
	buf_release(&masked);
	rules_free(rules);
}

/* A volatile line is asked for as it is kept, so that a kept text, filtered
 * again, comes to the same. */
static void test_mask_leaves_nothing_to_a_second_time(void **state)
{
	static const char *const words[] = {"key ",
					    "password 7 ",
					    "snmp-server community ",
					    "x",
					    "\n",
					    "\n",
					    "<secret:0123abcd>",
					    "<secret:",
					    " certificate ca ",
					    "quit\n",
					    " quit\n",
					    "-----BEGIN PRIVATE KEY-----\n",
					    "-----END PRIVATE KEY-----\n",
					    " uptime is ",
					    "ntp clock-period ",
					    "$6$",
					    "abcdef",
					    " ",
					    "end\n",
					    "key",
					    "counters of ",
					    "total ",
					    "\ntotal\n"};
	static const char *const lines[] = {"^key <secret:[0-7]", "x{5}$"};
	struct content_rules *rules = content_rules(lines, LENGTH(lines));
	struct dice dice = {.state = 17};

	(void)state;
	for (size_t i = 0; i < 2000; i++) {
		struct filtered once, twice, raw;
		struct buf text;
		char where[32];

		(void)snprintf(where, sizeof(where), "text %zu of seed 17", i);
		unit_where(where);
		buf_init(&text, SIZE_MAX / 2);
		for (unsigned n = 1 + dice_below(&dice, 60); n > 0; n--) {
			const char *word = words[dice_below(
				&dice, (unsigned)LENGTH(words))];

			append(&text, word, strlen(word));
		}
		content_filter(&once, rules, CONTENT_MASKED, text.data,
			       text.len, 0);
		content_filter(&raw, rules, CONTENT_SHOWN, text.data, text.len,
			       1 + dice_below(&dice, 9));
		content_filter(&twice, rules, CONTENT_MASKED, once.text.data,
			       once.text.len, 1 + dice_below(&dice, 9));
		assert_int_equal(once.text.len, twice.text.len);
		assert_memory_equal(once.text.data, twice.text.data,
				    once.text.len);
		assert_memory_equal(once.end.digest, twice.end.digest,
				    NF_DIGEST);
		assert_int_equal(once.end.bytes, twice.end.bytes);
		assert_int_equal(once.end.marked, twice.end.marked);
		assert_memory_equal(once.end.digest, raw.end.digest, NF_DIGEST);
		content_release(&once);
		content_release(&twice);
		content_release(&raw);
		buf_release(&text);
	}
	rules_free(rules);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_mask_puts_a_mark_in_place_of_each_secret),
	cmocka_unit_test(test_mask_keeps_what_is_a_mark_already),
	cmocka_unit_test(test_mask_hides_keys_and_hashes_of_any_platform),
	cmocka_unit_test(test_mask_puts_one_mark_in_place_of_a_block),
	cmocka_unit_test(test_mask_ends_a_block_with_the_output),
	cmocka_unit_test(test_mask_takes_a_block_of_any_length),
	cmocka_unit_test(test_mask_leaves_nothing_to_a_second_time),
};

UNIT_MAIN(tests)
