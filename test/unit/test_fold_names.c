/* lib/base/fold.c: many names as one text with ranges. */
#include "base/fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/range.h"
#include "unit/unit.h"

#define MANY 100000
#define LISTS 120 /* that chance makes */
#define NAMES_MAX 60 /* of one of them */

/* Fold names, which have blanks between. */
static char *folded(const char *text)
{
	const char *names[NAMES_MAX];
	char *copy = strdup(text), *rest = copy, *name, *out = NULL;
	size_t n = 0;

	unit_where(text);
	assert_non_null(copy);
	while ((name = strsep(&rest, " ")) != NULL && *name != '\0')
		names[n++] = name;
	assert_int_equal(fold_names(&out, names, n), 0);
	free(copy);
	return out;
}

struct folding {
	const char *names;
	const char *want;
};

/* What nodeset -f makes of them, too. */
static const struct folding known[] = {
	{"n1", "n1"},
	{"n1 n2", "n[1-2]"},
	{"n2 n1 n3 n1", "n[1-3]"},
	{"n1 n3", "n[1,3]"},
	{"n1 n2 n3 n5 n7 n8", "n[1-3,5,7-8]"},
	{"n8 n9 n10 n11", "n[8-11]"},
	{"n98 n99 n100", "n[98-100]"},
	{"n001 n002 n003", "n[001-003]"},
	{"n08 n09 n10", "n[08-10]"},
	{"n099 n100 n101", "n[099-101]"},
	{"n8 n9 n08 n09 n10 n11", "n[8-9,08-11]"},
	{"n1 n01 n001", "n[1,01,001]"},
	{"n99 n099 n100", "n[99,099-100]"},
	{"n0 n1 n9 n10", "n[0-1,9-10]"},
	{"n00 n01", "n[00-01]"},
	{"n09 n10 n100", "n[09-10,100]"},
	{"a b", "a,b"},
	{"b a b", "a,b"},
	{"bar-a foo1 foo2", "bar-a,foo[1-2]"},
	{"1 2 3", "[1-3]"},
	{"n1x n2x n1", "n1,n[1-2]x"},
	{"n1.a n2.a n1.b n2.b", "n[1-2].a,n[1-2].b"},
	{"10.0.0.1 10.0.0.2 10.0.0.3", "10.0.0.[1-3]"},
	{"10.0.0.1 10.0.1.1", "10.0.[0-1].1"},
	{"10.0.0.1 10.0.0.2 10.0.1.1 10.0.1.2", "10.0.[0-1].[1-2]"},
	{"2001:db8::1 2001:db8::2", "2001:db8::[1-2]"},
	{"r1s2 r1s3 r2s2 r5s9", "r1s[2-3],r2s2,r5s9"},
	{"a1b1 a1b2 a2b2 a2b3", "a1b[1-2],a2b[2-3]"},
	{"a1b1 a1b2 a2b1 a2b2", "a[1-2]b[1-2]"},
	{"a1b1 a3b1 a1b7 a3b7", "a[1,3]b[1,7]"},
	{"a1b1c1 a1b1c2 a1b2c1 a1b2c2 a2b1c1 a2b1c2 a2b2c1 a2b2c2",
	 "a[1-2]b[1-2]c[1-2]"},
	{"a01b1 a02b1", "a[01-02]b1"},
	{"R1 r1 R2 r2", "R[1-2],r[1-2]"},
	{"sw-1-a sw-2-a sw-1-b", "sw-[1-2]-a,sw-1-b"},
	{"x1y x2z", "x1y,x2z"},
	{"n5", "n5"},
	{"n18 n20 n22", "n[18,20,22]"},
	{"n123456789012345678 n123456789012345679",
	 "n[123456789012345678-123456789012345679]"},
	{"h1 g1", "g1,h1"},
	{"h10 h2", "h[2,10]"},
	{"", ""},
};

static void test_names_are_folded(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(known); i++) {
		char *out = folded(known[i].names);

		assert_string_equal(out, known[i].want);
		free(out);
	}
}

/* What has a meaning in a text with ranges stays out of them. */
static void test_odd_names_stand_as_they_are(void **state)
{
	static const char *const names[] = {
		"a[1]",      "a[2]", "b,1", "b,2", "c 1", "c\x01", "d%1",
		"fe80::1%e", "d%2",  "x@1", "x@2", "!1",  "1",     ""};
	static const char want[] =
		",!1,1,a[1],a[2],b,1,b,2,c\x01,c 1,d%1,d%2,fe80::1%e,x@1,x@2";
	char *out = NULL;

	(void)state;
	assert_int_equal(fold_names(&out, names, LENGTH(names)), 0);
	assert_string_equal(out, want);
	free(out);
	out = folded(
		"v1.2.3.4.5.6.7.8.9 v1.2.3.4.5.6.7.8.8 v1.2.3.4.5.6.7.9.9");
	assert_string_equal(out, "v1.2.3.4.5.6.7.8.8,v1.2.3.4.5.6.7.[8-9].9");
	free(out);
	out = folded("r% r1 s1 s% r2"); /* '%' stands for a number inside */
	assert_string_equal(out, "r%,r[1-2],s%,s1");
	free(out);
	out = folded("n1234567890123456789 n1234567890123456788");
	assert_string_equal(out, "n1234567890123456788,n1234567890123456789");
	free(out);
}

static void test_many_names_are_folded(void **state)
{
	const char **names = calloc(MANY, sizeof(*names));
	char *texts = calloc(MANY, 32), *out = NULL;

	(void)state;
	assert_non_null(names);
	assert_non_null(texts);
	for (size_t i = 0; i < MANY; i++) {
		size_t k = (i * 7919) % MANY; /* in no order */

		names[i] = texts + 32 * i;
		(void)snprintf(texts + 32 * i, 32, "r%zusw%03zu", k / 1000,
			       k % 1000);
	}
	assert_int_equal(fold_names(&out, names, MANY), 0);
	assert_string_equal(out, "r[0-99]sw[000-999]");
	free(out);
	for (size_t i = 0; i < MANY; i++)
		(void)snprintf(texts + 32 * i, 32, "n%zu", 2 * i);
	assert_int_equal(fold_names(&out, names, MANY), 0);
	assert_int_equal(strncmp(out, "n[0,2,4,6,", 10), 0);
	free(out);
	free(texts);
	free(names);
}

/* ---- what nodeset makes of them */

/* Ask ClusterShell: of each line of names the folded text, and whether ours,
 * behind a tab, stands for the same. */
static FILE *ask_nodeset(const char *file)
{
	char command[1024];
	FILE *answers;

	(void)snprintf(command, sizeof(command),
		       "/usr/bin/python3 -c '\n"
		       "import sys\n"
		       "from ClusterShell.NodeSet import NodeSet\n"
		       "for line in open(sys.argv[1]):\n"
		       "  names, ours = line.rstrip(\"\\n\").split(\"\\t\")\n"
		       "  want = NodeSet(names.replace(\" \", \",\"))\n"
		       "  print(want, want == NodeSet(ours), sep=\"\\t\")\n"
		       "' %s",
		       file);
	answers = popen(command, "re"); /* NOLINT(cert-env33-c) */
	assert_non_null(answers);
	return answers;
}

/* Names of one or two numbers, with zeros in front of some. */
static void write_names(char *out, unsigned list)
{
	int n = rand() % (NAMES_MAX - 1) + 1;

	for (int i = 0; i < n; i++) {
		out += sprintf(out, "%s%c%0*d", i > 0 ? " " : "",
			       'a' + rand() % 2, rand() % 3 + 1, rand() % 25);
		if (list % 2 == 1)
			out += sprintf(out, "x%d", rand() % 4);
	}
}

/* Of one number the texts are the same; of two, which names stand together is a
 * matter of taste where they are no whole grid. */
static void test_names_are_folded_as_nodeset_does(void **state)
{
	char file[] = "/tmp/netfan-fold-XXXXXX";
	char *texts = calloc(LISTS + LENGTH(known), 1024);
	int fd = mkstemp(file);
	FILE *list = fdopen(fd, "w"), *answers;
	char *line = NULL;
	size_t room = 0, n = 0;

	(void)state;
	if (access("/usr/bin/nodeset", X_OK) == -1)
		skip();
	srand(1);
	assert_non_null(list);
	for (unsigned i = 0; i < LISTS; i++) {
		char names[2048], *out;

		write_names(names, i);
		out = folded(names);
		(void)fprintf(list, "%s\t%s\n", names, out);
		(void)strcpy(texts + 1024 * n++, i % 2 == 0 ? out : "");
		free(out);
	}
	for (size_t i = 0; i + 1 < LENGTH(known); i++) {
		(void)fprintf(list, "%s\t%s\n", known[i].names, known[i].want);
		(void)strcpy(texts + 1024 * n++, known[i].want);
	}
	assert_int_equal(fclose(list), 0);
	answers = ask_nodeset(file);
	for (size_t i = 0; i < n; i++) {
		char *same;

		assert_true(getline(&line, &room, answers) > 0);
		unit_where(line);
		same = strchr(line, '\t');
		assert_non_null(same);
		*same++ = '\0';
		unit_where(texts + 1024 * i);
		assert_string_equal(same, "True\n");
		if (texts[1024 * i] != '\0')
			assert_string_equal(texts + 1024 * i, line);
	}
	assert_int_equal(pclose(answers), 0);
	(void)unlink(file);
	free(line);
	free(texts);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_names_are_folded),
	cmocka_unit_test(test_odd_names_stand_as_they_are),
	cmocka_unit_test(test_many_names_are_folded),
	cmocka_unit_test(test_names_are_folded_as_nodeset_does),
};

UNIT_MAIN(tests)
