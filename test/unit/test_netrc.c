/* lib/secrets/netrc.c */
#include "secrets/netrc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

/* A file that was read. */
struct read {
	char *text;
	struct netrc netrc;
};

static struct read read_text(const char *text)
{
	struct read read = {.text = strdup(text)};

	assert_non_null(read.text);
	assert_int_equal(netrc_parse(&read.netrc, read.text), 0);
	return read;
}

static void release(struct read *read)
{
	netrc_release(&read->netrc);
	free(read->text);
}

/* "LOGIN PASSWORD" of the entry that is found; "" for none. */
static const char *find(const struct read *read, const char *machine,
			const char *login)
{
	static char found[256];
	const struct netrc_entry *entry =
		netrc_find(&read->netrc, machine, login);

	if (entry == NULL)
		return "";
	(void)snprintf(found, sizeof(found), "%s %s",
		       entry->login != NULL ? entry->login : "-",
		       entry->password);
	return found;
}

static void test_netrc_finds_a_machine(void **state)
{
	struct read read = read_text("machine r1 login u1 password p1\n"
				     "machine r2\n\tlogin u2\n\tpassword p2\n"
				     "default login anon password p0");

	(void)state;
	assert_string_equal(find(&read, "r1", NULL), "u1 p1");
	assert_string_equal(find(&read, "R2", NULL), "u2 p2");
	assert_string_equal(find(&read, "r2", "u2"), "u2 p2");
	assert_string_equal(find(&read, "r2", "U2"), "");
	assert_string_equal(find(&read, "r3", NULL), "");
	assert_string_equal(find(&read, "", NULL), "anon p0");
	release(&read);
}

static void test_netrc_takes_the_first_of_several(void **state)
{
	struct read read = read_text("machine h login z password first\n"
				     "machine h login a password second\n"
				     "machine h login z password third\n"
				     "machine g password any\n"
				     "machine g login a password own\n"
				     "machine a login b password c\n");

	(void)state;
	assert_string_equal(find(&read, "h", NULL), "z first");
	assert_string_equal(find(&read, "h", "z"), "z first");
	assert_string_equal(find(&read, "h", "a"), "a second");
	assert_string_equal(find(&read, "h", "b"), "");
	assert_string_equal(find(&read, "g", "a"), "a own");
	assert_string_equal(find(&read, "g", "b"), "- any");
	assert_string_equal(find(&read, "g", NULL), "- any");
	assert_string_equal(find(&read, "a", NULL), "b c");
	release(&read);
}

static void test_netrc_reads_words_as_they_are_written(void **state)
{
	static const struct {
		const char *text, *found;
	} cases[] = {
		{"machine h login u password \"a b\"", "u a b"},
		{"machine h login u password \"a\\\"b\\\\\"", "u a\"b\\"},
		{"machine h login u password a\\ b\\\\c", "u a b\\c"},
		{"machine h login u password a\"b", "u a\"b"},
		{"machine h login u password #4", "u #4"},
		{"machine h login u password 'a'", "u 'a'"},
		{"machine h login u password \"\"", "u "},
		{"machine h login u password end\\", "u end\\"},
		{"machine h login u password \"open", "u open"},
		{"machine h login u password \"open\nmachine i", "u open"},
		{"machine h login u password \"x\"login v", "v x"},
		{"machine h user u password p", "u p"},
		{"machine h account a login u password p", "u p"},
		{"machine h password p", "- p"},
		{"machine h login u password p\r\nmachine i\r\n", "u p"},
		{"machine h login password password p", "password p"},
		{"machine h login u port 22 password p", "u p"},
		{"# machine h password no\nmachine h password p", "- p"},
		{"#\nmachine h password p", "- p"},
		{"#c\\\nmachine h #c\npassword p", "- p"},
		{"rubbish \"x\nmachine h password p", "- p"},
		{"machine h login u", ""},
		{"machine h login u password", ""},
		{"machine h password\n\n", ""},
		{"machine", ""},
		{"machine \"\" password p", ""},
		{"login u password p", ""},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct read read = read_text(cases[i].text);

		unit_where(cases[i].text);
		assert_string_equal(find(&read, "h", NULL), cases[i].found);
		assert_string_equal(find(&read, "", NULL), "");
		release(&read);
	}
}

static void test_netrc_passes_over_macros(void **state)
{
	static const char *const texts[] = {
		"machine g password q\nmacdef init\nmachine h password no\n\n"
		"machine h password p",
		"macdef init x\r\n machine h password no\r\n\r\n"
		"machine h password p",
		"macdef m\n\nmachine h password p",
		"machine h password p\nmacdef m\nmachine h login a password no",
		"machine h password p\nmacdef",
		"machine h password p\nmacdef m",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		struct read read = read_text(texts[i]);

		unit_where(texts[i]);
		assert_string_equal(find(&read, "h", NULL), "- p");
		assert_string_equal(find(&read, "h", "a"), "- p");
		release(&read);
	}
}

static void test_netrc_finds_each_of_many(void **state)
{
	enum { MANY = 20000 };
	size_t room = (size_t)MANY * 64, len = 0;
	char *text = malloc(room);
	struct netrc netrc;
	char name[32];

	(void)state;
	assert_non_null(text);
	for (int i = 0; i < MANY; i++)
		len += (size_t)snprintf(text + len, room - len,
					"machine r%d login u password p%d\n", i,
					i);
	assert_int_equal(netrc_parse(&netrc, text), 0);
	assert_int_equal(netrc.n, MANY);
	for (int i = 0; i < MANY; i++) {
		const struct netrc_entry *entry;

		(void)snprintf(name, sizeof(name), "R%d", i);
		entry = netrc_find(&netrc, name, "u");
		assert_non_null(entry);
		assert_int_equal(entry->order, i);
	}
	netrc_release(&netrc);
	free(text);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_netrc_finds_a_machine),
	cmocka_unit_test(test_netrc_takes_the_first_of_several),
	cmocka_unit_test(test_netrc_reads_words_as_they_are_written),
	cmocka_unit_test(test_netrc_passes_over_macros),
	cmocka_unit_test(test_netrc_finds_each_of_many),
};

UNIT_MAIN(tests)
