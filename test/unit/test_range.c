/* lib/base/range.h: names with ranges in them. */
#include "base/range.h"

#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPRESSIONS 400 /* that chance makes */

static struct range *range_of(const char *text, enum range_form form)
{
	struct range *range = NULL;
	struct nf_error err = {0};

	unit_where(text);
	assert_true(range_is(text, form));
	assert_int_equal(range_new(&range, text, form, &err), 0);
	return range;
}

/* All names with a blank between, at most size of them; to be freed. */
static char *names_of(const char *text, enum range_form form)
{
	struct range *range = range_of(text, form);
	struct range_iter iter;
	char name[RANGE_NAME_MAX], *all = calloc(1, 1), *more;
	size_t len = 0, n = 0;

	range_begin(&iter, range);
	while (range_next(&iter, name)) {
		more = realloc(all, len + strlen(name) + 2);
		assert_non_null(more);
		all = more;
		len += (size_t)sprintf(all + len, "%s%s", n++ > 0 ? " " : "",
				       name);
	}
	assert_int_equal(n, range_count(range));
	assert_false(range_next(&(struct range_iter){.range = range}, name) &&
		     n == 0);
	range_free(range);
	return all;
}

struct expansion {
	const char *text;
	const char *names;
};

static void assert_expansions(const struct expansion *table, size_t n,
			      enum range_form form)
{
	for (size_t i = 0; i < n; i++) {
		char *names = names_of(table[i].text, form);

		assert_string_equal(names, table[i].names);
		free(names);
	}
}

static void test_range_stands_for_its_names(void **state)
{
	static const struct expansion table[] = {
		{"R[001-003]", "R001 R002 R003"},
		{"10.0.[0-1].[1-2]", "10.0.0.1 10.0.0.2 10.0.1.1 10.0.1.2"},
		{"x[001-006/2]", "x001 x003 x005"},
		{"rack[1-2]sw[1-2]", "rack1sw1 rack1sw2 rack2sw1 rack2sw2"},
		{"h[1,3,5-7]", "h1 h3 h5 h6 h7"},
		{"h[8-11]", "h8 h9 h10 h11"},
		{"h[98-101/2]", "h98 h100"},
		{"h[1-100/33].a", "h1.a h34.a h67.a h100.a"},
		{"[1-2][3-4]", "13 14 23 24"},
		{"n0[8-11]", "n08 n09 n010 n011"},
		{"n[ 1 - 3 , 7 ]", "n1 n2 n3 n7"},
		{"n[5]", "n5"},
		{"a[b]c[1-2]", "a[b]c1 a[b]c2"},
		{"[2001:db8::1]x[1-2]", "[2001:db8::1]x1 [2001:db8::1]x2"},
		{"2001:db8::[1-2]", "2001:db8::1 2001:db8::2"},
	};

	(void)state;
	assert_expansions(table, LENGTH(table), RANGE_DASH);
}

static void test_range_has_each_number_once_in_order(void **state)
{
	static const struct expansion table[] = {
		{"h[3,1,2,1-2]", "h1 h2 h3"},
		{"h[1,01]", "h1 h01"},
		{"h[1-10/2,1-10/3]", "h1 h3 h4 h5 h7 h9 h10"},
		{"h[8-12,08-12]", "h8 h9 h08 h09 h10 h11 h12"},
		{"h[98-102,098-102]", "h98 h99 h098 h099 h100 h101 h102"},
		{"h[1-9/3,2-8,20-29/9,100]",
		 "h1 h2 h3 h4 h5 h6 h7 h8 h20 h29 h100"},
	};

	(void)state;
	assert_expansions(table, LENGTH(table), RANGE_DASH);
}

/* What ansible-inventory 2.14 makes of them. */
static void test_range_is_written_as_ansible_does(void **state)
{
	static const struct expansion table[] = {
		{"x[1:3]", "x1 x2 x3"},
		{"y[01:04]", "y01 y02 y03 y04"},
		{"z[41:44:2]", "z41 z43"},
		{"v[a:c]", "va vb vc"},
		{"v[a:e:2]", "va vc ve"},
		{"w[y:B]", "wy wz wA wB"},
		{"u[:3]", "u0 u1 u2 u3"},
		{"u[:03]", "u0 u1 u2 u3"},
		{"u[8:010]", "u8 u9 u10"},
		{"q[1:2]r[1:2]", "q1r1 q1r2 q2r1 q2r2"},
		{"o[08:10]", "o08 o09 o10"},
		{"p[9:11]", "p9 p10 p11"},
	};

	(void)state;
	assert_expansions(table, LENGTH(table), RANGE_COLON);
}

static void test_range_is_told_from_text(void **state)
{
	static const char *const texts[] = {
		"",
		"R1",
		"]",
		"a]b",
		"[2001:db8::1]",
		"[2001:db8::1]:2022",
		"[fe80::1%eth0]",
		"[::1]",
		"a[b-d]",
		"x[old]",
		"[!1]",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		struct range *range = NULL;
		struct nf_error err;
		struct range_iter iter;
		char name[RANGE_NAME_MAX];

		unit_where(texts[i]);
		assert_false(range_is(texts[i], RANGE_DASH));
		assert_int_equal(range_new(&range, texts[i], RANGE_DASH, &err),
				 0);
		assert_int_equal(range_count(range), 1);
		range_begin(&iter, range);
		assert_true(range_next(&iter, name));
		assert_string_equal(name, texts[i]);
		assert_false(range_next(&iter, name));
		range_free(range);
	}
	assert_true(range_is("a[b:d]", RANGE_COLON));
	assert_false(range_is("[2001:db8::5]:2230", RANGE_COLON));
	assert_false(range_is("[1:2:3:4:5:6:7:8]", RANGE_COLON));
}

struct refusal {
	const char *text;
	const char *words;
};

static void assert_refusals(const struct refusal *table, size_t n,
			    enum range_form form)
{
	for (size_t i = 0; i < n; i++) {
		struct range *range = NULL;
		struct nf_error err = {0};

		unit_where(table[i].text);
		assert_true(range_is(table[i].text, form));
		assert_int_equal(range_new(&range, table[i].text, form, &err),
				 -1);
		assert_int_equal(err.code, NF_INVALID);
		unit_where(err.message);
		assert_non_null(strstr(err.message, table[i].words));
		assert_null(range);
	}
}

static void test_range_refuses_what_cannot_be_meant(void **state)
{
	static const struct refusal table[] = {
		{"h[9-1]", "the range [9-1] goes backwards: write the smaller"},
		{"h[01-100]", "write [001-100] or [1-100]"},
		{"h[05-7]", "write [05-07] or [5-7]"},
		{"h[8-010]", "write [008-010] or [8-10]"},
		{"h[1-3/0]", "has a step of 0"},
		{"h[1-]", "lacks a number"},
		{"h[]", "lacks a number"},
		{"h[ ]", "lacks a number"},
		{"h[,1]", "lacks a number"},
		{"h[1,,2]", "lacks a number"},
		{"h[1--3]", "lacks a number"},
		{"h[1-3/-1]", "lacks a number"},
		{"h[1-c]", "has more in it than numbers"},
		{"h[1e1-1e2]", "has more in it than numbers"},
		{"h[0x1-3]", "has more in it than numbers"},
		{"h[1-3 5]", "has more in it than numbers"},
		{"h[1:3]", "write a '-'"},
		{"h[1-3", "a '[' without a ']'"},
		{"h[1-3]]", "a ']' without a '['"},
		{"h[[1-3]]", "has more in it than numbers"},
		{"h[7/2]", "has a step behind one number"},
		{"h[1-1000001]", "more than 1000000 names"},
		{"h[1-1000000,1]", "more than 1000000 names"},
		{"h[1-1001][1-1000]", "more than 1000000 names"},
		{"h[1-999999999999999999]", "more than 1000000 names"},
		{"h[1-9999999999999999999]", "more than 18 digits"},
		{"[1][1][1][1][1][1][1][1][1]", "more than 8 ranges"},
	};

	(void)state;
	assert_refusals(table, LENGTH(table), RANGE_DASH);
}

static void test_range_refuses_what_ansible_does(void **state)
{
	static const struct refusal table[] = {
		{"h[1-3]", "write [1:9]"},
		{"h[01:100]", "write [001:100] or [1:100]"},
		{"h[3:1]", "goes backwards"},
		{"h[c:a]", "goes backwards"},
		{"h[1:9:0]", "has a step of 0"},
		{"h[1:]", "is no range"},
		{"h[a:3]", "is no range"},
		{"h[aa:bb]", "is no range"},
		{"h[1:5:2:1]", "is no range"},
		{"h[1:3,5]", "is no range"},
		{"h[]", "is no range"},
		{"h[x]", "is no range"},
	};

	(void)state;
	assert_refusals(table, LENGTH(table), RANGE_COLON);
}

static void test_range_refuses_names_that_are_too_long(void **state)
{
	char text[RANGE_NAME_MAX + 16];
	struct range *range = NULL;
	struct nf_error err;

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text + RANGE_NAME_MAX - 3, "[9-10]", 7);
	assert_int_equal(range_new(&range, text, RANGE_DASH, &err), 0);
	range_free(range);
	memcpy(text + RANGE_NAME_MAX - 3, "[9-100]", 8);
	assert_int_equal(range_new(&range, text, RANGE_DASH, &err), -1);
	assert_int_equal(err.code, NF_INVALID);
}

static void test_range_holds_no_more_than_its_bound_of_steps(void **state)
{
	char text[2048] = "h[1";
	struct range *range = NULL;
	struct nf_error err;

	(void)state;
	for (int i = 0; i < RANGE_STEPS_MAX; i++)
		(void)strcat(text, ",1-9000/3");
	(void)strcat(text, "]");
	assert_int_equal(range_new(&range, text, RANGE_DASH, &err), 0);
	assert_int_equal(range_count(range), 3000);
	range_free(range);
	(void)strcpy(strchr(text, ']'), ",2-3/2]");
	assert_int_equal(range_new(&range, text, RANGE_DASH, &err), -1);
	assert_non_null(strstr(err.message, "more than 64 steps"));
}

static void test_range_of_a_million_names_is_counted_in_full(void **state)
{
	struct range *range = range_of("h[000001-999999,1000000]", RANGE_DASH);
	struct range_iter iter;
	char name[RANGE_NAME_MAX] = "", last[RANGE_NAME_MAX];
	size_t n = 0;

	(void)state;
	range_begin(&iter, range);
	do
		(void)strcpy(last, name);
	while (range_next(&iter, name) && ++n > 0);
	assert_int_equal(n, RANGE_NUMBERS_MAX);
	assert_string_equal(last, "h1000000");
	range_free(range);
}

static void test_range_set_has_its_numbers_alone(void **state)
{
	static const char text[] = "1-9/4,007-012,100,98-99,3-4,400-900/100";
	static const char *const in[] = {"1",   "5",   "9",   "007", "012",
					 "100", "98",  "99",  "3",   "4",
					 "400", "500", "900", "010"};
	static const char *const out[] = {"",    "0",   "2",   "6",    "7",
					  "01",  "006", "013", "12",   "0100",
					  "450", "a",   "-",   "1000", "97"};
	struct range_set set;
	struct nf_error err;

	(void)state;
	assert_int_equal(
		range_set_read(&set, text, strlen(text), RANGE_DASH, &err), 0);
	for (size_t i = 0; i < LENGTH(in); i++) {
		unit_where(in[i]);
		assert_true(range_set_has(&set, in[i], strlen(in[i])));
	}
	for (size_t i = 0; i < LENGTH(out); i++) {
		unit_where(out[i]);
		assert_false(range_set_has(&set, out[i], strlen(out[i])));
	}
	range_set_release(&set);
}

/* ---- what nodeset makes of them */

/* Write a bracket that chance makes, mostly good. */
static size_t write_part(char *out)
{
	int width = rand() % 3 + 1, first = rand() % 120;
	int last = first + rand() % 30 - (rand() % 8 == 0 ? 5 : 0);
	size_t len = (size_t)sprintf(out, "%0*d", width, first);

	if (rand() % 3 > 0)
		len += (size_t)sprintf(out + len, "-%0*d", width, last);
	if (rand() % 4 == 0)
		len += (size_t)sprintf(out + len, "/%d", rand() % 6);
	return len;
}

static void write_expression(char *out)
{
	int nbrackets = rand() % 2 + 1;

	*out++ = 'n';
	for (int i = 0; i < nbrackets; i++) {
		int nparts = rand() % 3 + 1;

		*out++ = '[';
		for (int part = 0; part < nparts; part++) {
			if (part > 0)
				*out++ = ',';
			out += write_part(out);
		}
		*out++ = ']';
		*out++ = 'x';
	}
	*out = '\0';
}

/* Ask ClusterShell, once for all: a line for each of theirs, "" for what it
 * refuses. */
static FILE *ask_nodeset(const char *file)
{
	char command[1024];
	FILE *answers;

	(void)snprintf(command, sizeof(command),
		       "/usr/bin/python3 -c '\n"
		       "import sys\n"
		       "from ClusterShell.NodeSet import NodeSet\n"
		       "for line in open(sys.argv[1]):\n"
		       "  try: print(*NodeSet(line.rstrip()))\n"
		       "  except Exception: print()\n"
		       "' %s",
		       file);
	answers = popen(command, "re"); /* NOLINT(cert-env33-c) */
	assert_non_null(answers);
	return answers;
}

static void assert_as_nodeset(const char *text, const char *answer)
{
	struct range *range = NULL;
	struct nf_error err;
	char *names;

	unit_where(text);
	if (*answer == '\0') {
		assert_int_equal(range_new(&range, text, RANGE_DASH, &err), -1);
		return;
	}
	names = names_of(text, RANGE_DASH);
	assert_string_equal(names, answer);
	free(names);
}

static void test_range_is_what_nodeset_takes_it_for(void **state)
{
	char file[] = "/tmp/netfan-range-XXXXXX", texts[EXPRESSIONS][128];
	int fd = mkstemp(file);
	FILE *list = fdopen(fd, "w"), *answers;
	char *line = NULL;
	size_t room = 0, n = 0;

	(void)state;
	assert_non_null(list);
	srand(18);
	for (int i = 0; i < EXPRESSIONS; i++) {
		write_expression(texts[i]);
		assert_true(fprintf(list, "%s\n", texts[i]) > 0);
	}
	assert_int_equal(fclose(list), 0);
	answers = ask_nodeset(file);
	while (n < EXPRESSIONS && getline(&line, &room, answers) > 0) {
		line[strcspn(line, "\n")] = '\0';
		assert_as_nodeset(texts[n++], line);
	}
	assert_int_equal(n, EXPRESSIONS);
	assert_int_equal(pclose(answers), 0);
	free(line);
	assert_int_equal(remove(file), 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_range_stands_for_its_names),
	cmocka_unit_test(test_range_has_each_number_once_in_order),
	cmocka_unit_test(test_range_is_written_as_ansible_does),
	cmocka_unit_test(test_range_is_told_from_text),
	cmocka_unit_test(test_range_refuses_what_cannot_be_meant),
	cmocka_unit_test(test_range_refuses_what_ansible_does),
	cmocka_unit_test(test_range_refuses_names_that_are_too_long),
	cmocka_unit_test(test_range_holds_no_more_than_its_bound_of_steps),
	cmocka_unit_test(test_range_of_a_million_names_is_counted_in_full),
	cmocka_unit_test(test_range_set_has_its_numbers_alone),
	cmocka_unit_test(test_range_is_what_nodeset_takes_it_for),
};

UNIT_MAIN(tests)
