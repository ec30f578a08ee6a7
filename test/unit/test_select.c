/* lib/select/select.h: selecting devices by expressions. */
#include "select/select.h"

#include "unit/box.h"
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct box boxes[] = {
	{"R1", "10.0.0.1", 22, "core ", "role=core site=paris "},
	{"R2", "10.0.0.2", 2022, "", "role=edge site=rome tags=old "},
	{"R7", "10.0.0.7", 22, "core paris ", "role=core site=paris tags=a "},
	{"sw1", "10.1.0.1", 22, "core ", "tags=a tags=b "},
	{"sw2", "10.1.0.2", 22, "core paris ",
	 "text=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab "},
	{"sw10", "10.1.0.10", 22, "paris ", ""},
	{"x:22", "h.example", 22, "", ""},
	{"2001:db8::1", "2001:db8::1", 22, "", ""},
	{"sw*", "10.2.0.1", 22, "", ""},
	{"v6", "2001:db8::5", 830, "", ""},
	{"!a,b", "10.2.0.2", 22, "", ""},
};

static const char *const groups[] = {"core", "paris", "empty", "sw2", NULL};
static const char *const keys[] = {"role", "site", "tags", NULL};

static const struct select_subject subject = {
	.arg = (void *)(uintptr_t)boxes,
	.n = LENGTH(boxes),
	.name = box_name,
	.host = box_host,
	.groups = box_groups,
	.values = box_values,
	.group_names = groups,
	.keys = keys,
};

/* The names of what was chosen, with a blank between. */
static void tell_chosen(char *out, const bool *chosen)
{
	size_t len = 0;

	*out = '\0';
	for (size_t i = 0; i < LENGTH(boxes); i++) {
		if (chosen[i])
			len += (size_t)sprintf(out + len, "%s%s",
					       len > 0 ? " " : "",
					       boxes[i].name);
	}
}

static void assert_request(const struct select_request *request,
			   const char *names)
{
	bool chosen[LENGTH(boxes)];
	char told[256];
	struct nf_error err = {0};
	int rc = select_devices(chosen, request, &subject, &err);

	if (rc == -1)
		unit_where(err.message);
	assert_int_equal(rc, 0);
	tell_chosen(told, chosen);
	assert_string_equal(told, names);
}

static void assert_chosen(const char *expression, const char *names)
{
	const struct select_request request = {.limits = &expression,
					       .nlimits = 1};

	unit_where(expression);
	assert_request(&request, names);
}

struct selected {
	const char *expression;
	const char *names;
};

static void assert_all_chosen(const struct selected *table, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_chosen(table[i].expression, table[i].names);
}

#define ALL "R1 R2 R7 sw1 sw2 sw10 x:22 2001:db8::1 sw* v6 !a,b"

static void test_selection_is_what_its_terms_name(void **state)
{
	static const struct selected table[] = {
		{"all", ALL},
		{"*", ALL},
		{"R1", "R1"},
		{"R1,R7", "R1 R7"},
		{" R7 , R1 ,", "R1 R7"},
		{"R7,R1,R7", "R1 R7"},
		{"R*", "R1 R2 R7"},
		{"R?", "R1 R2 R7"},
		{"R[12]", "R1 R2"},
		{"R[!1]", "R2 R7"},
		{"R[1-3]", "R1 R2"},
		{"R[1,7]", "R1 R7"},
		{"sw[2-10]", "sw2 sw10"},
		{"R[1-2],sw[1,10]", "R1 R2 sw1 sw10"},
		{"core", "R1 R7 sw1 sw2"},
		{"@core", "R1 R7 sw1 sw2"},
		{"co*", "R1 R7 sw1 sw2"},
		{"co*,v6", "R1 R7 sw1 sw2 v6"},
		{"~R[12]", "R1 R2"},
		{"~[0-9]", "2001:db8::1"},
		{"~co", "R1 R7 sw1 sw2"},
		{"role=core", "R1 R7"},
		{"role=c*", "R1 R7"},
		{"tags=b", "sw1"},
		{"tags~^(a|b)$", "R7 sw1"},
		{"site~is,site=rome", "R1 R2 R7"},
		{"site~o{1,2}m", "R2"},
		{"site~(p,|ro)", "R2"},
	};

	(void)state;
	assert_all_chosen(table, LENGTH(table));
}

static void test_signs_count_whatever_their_order(void **state)
{
	static const struct selected table[] = {
		{"core,&paris,!R7", "sw2"},
		{"&paris,core,!R7", "sw2"},
		{"!R7,core,&paris", "sw2"},
		{"! R7, core, & paris", "sw2"},
		{"!core", "R2 sw10 x:22 2001:db8::1 sw* v6 !a,b"},
		{"&paris", "R7 sw2 sw10"},
		{"&core,&paris", "R7 sw2"},
		{"&core,&paris,&R*", "R7"},
		{"core,!R1,R1", "R7 sw1 sw2"},
		{"R1,&core,&core,&@core", "R1"},
		{"core,!role=core", "sw1 sw2"},
		{"all,!~R", "sw1 sw2 sw10 x:22 2001:db8::1 sw* v6 !a,b"},
		{"core,!nosuch,!no*,!@empty,!nokey=x", "R1 R7 sw1 sw2"},
	};

	(void)state;
	assert_all_chosen(table, LENGTH(table));
}

static void test_a_whole_name_wins(void **state)
{
	static const struct selected table[] = {
		{"sw*", "sw*"},
		{"sw2", "sw2"},
		{"x:22", "x:22"},
		{"x:22,R1", "R1 x:22"},
		{"2001:db8::1", "2001:db8::1"},
		{"sw\\*", "sw*"},
		{"*w\\*", "sw*"},
		{"!a,b", "!a,b"},
		{"all,!R*,!~sw,!x*,!2*,!v6", "!a,b"},
	};

	(void)state;
	assert_all_chosen(table, LENGTH(table));
}

static void test_hosts_count_where_no_name_does(void **state)
{
	static const struct selected table[] = {
		{"10.0.0.2", "R2"},
		{"10.0.0.2:2022", "R2"},
		{"10.0.0.*", "R1 R2 R7"},
		{"10.[0-1].0.1", "R1 sw1"},
		{"h.example", "x:22"},
		{"h.example:22,R1", "R1 x:22"},
		{"2001:db8::5", "v6"},
		{"[2001:db8::5]", "v6"},
		{"[2001:db8::5]:830", "v6"},
		{"2001:db8::*", "2001:db8::1"},
		{"all,!10.*,!h.*", "2001:db8::1 v6"},
	};

	(void)state;
	assert_all_chosen(table, LENGTH(table));
}

static void test_colons_separate_as_ansibles_do(void **state)
{
	static const struct selected table[] = {
		{"R1:R2", "R1 R2"},
		{"core:!R7:&paris", "sw2"},
		{"core:&paris", "R7 sw2"},
		{"!core:!R2:!x*", "sw10 2001:db8::1 sw* v6 !a,b"},
		{"R[1-2]:v6", "R1 R2 v6"},
		{"R1:R2,v6", "R1 R2 v6"},
		{"R1:site=rome", "R1 R2"},
	};

	(void)state;
	assert_all_chosen(table, LENGTH(table));
}

static void test_excludes_are_terms_with_a_not(void **state)
{
	static const char *const limits[] = {"core", "R2"};
	static const char *const excludes[] = {"R7,sw1", "paris:nosuch"};
	const struct select_request both = {.limits = limits,
					    .nlimits = 2,
					    .excludes = excludes,
					    .nexcludes = 2};
	const struct select_request rest = {.excludes = excludes,
					    .nexcludes = 2};

	(void)state;
	assert_request(&both, "R1 R2");
	assert_request(&rest, "R1 R2 x:22 2001:db8::1 sw* v6 !a,b");
	assert_request(&(struct select_request){0}, ALL);
}

static void test_pick_keeps_some_at_even_distance(void **state)
{
	static const char *const limit[] = {"*,!sw10,!v6,!x:22,!!a*"};
	static const struct {
		size_t pick;
		const char *names;
	} cases[] = {
		{1, "R1"},
		{2, "R1 sw1"},
		{3, "R1 R7 sw2"},
		{6, "R1 R2 R7 sw1 sw2 2001:db8::1"},
		{7, "R1 R2 R7 sw1 sw2 2001:db8::1 sw*"},
		{8, "R1 R2 R7 sw1 sw2 2001:db8::1 sw*"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_request(&(struct select_request){.limits = limit,
							.nlimits = 1,
							.pick = cases[i].pick},
			       cases[i].names);
}

/* ---- refusals */

static void assert_refused(const char *expression, const char *words)
{
	const struct select_request request = {.limits = &expression,
					       .nlimits = 1};
	bool chosen[LENGTH(boxes)];
	struct nf_error err = {0};

	unit_where(expression);
	assert_int_equal(select_devices(chosen, &request, &subject, &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	unit_where(err.message);
	assert_non_null(strstr(err.message, words));
	assert_null(strchr(err.message, '\n'));
}

static void test_what_matches_nothing_is_named(void **state)
{
	static const struct selected table[] = {
		{"R9", "'R9' matches no device: did you mean 'R1'?; there are "
		       "11 devices: !a,b,2001:db8::1,R[1-2,7],sw[1-2,10],sw*,"
		       "v6,x:22; groups: core, paris, empty, sw2"},
		{"r7", "did you mean 'R7'?"},
		{"R1,R9", "'R9' matches no device"},
		{"R1,&R9", "'R9' matches no device"},
		{"R1:R9", "'R9' matches no device"},
		{"Z*", "'Z*' matches no device"},
		{"R[3-5]", "'R[3-5]' matches no device"},
		{"@cor",
		 "'@cor' is no group and no file: did you mean '@core'?"},
		{"empty", "'empty' is a group without devices"},
		{"@empty", "'@empty' is a group without devices"},
		{"rol=core", "'rol=core' matches no device: none has a key "
			     "'rol': did you mean 'role'?; keys: role, site"},
		{"role=cor", "'role=cor' matches no device; there are 11"},
		{"10.0.0.2:22", "'10.0.0.2:22' matches no device"},
		{"[2001:db8::5]:22", "'[2001:db8::5]:22' matches no device"},
		{"2001:db8::77", "'2001:db8::77' matches no device"},
		{"site~(", "'site~(': missing closing parenthesis"},
		{"R1,R2,R9\n\x1b\x7f\xc2\x9bé\xff",
		 "'R9\\x0a\\x1b\\x7f\\xc2\\x9bé\\xff' matches no device"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(table); i++)
		assert_refused(table[i].expression, table[i].names);
}

static void test_faulty_expressions_are_refused(void **state)
{
	static const struct selected table[] = {
		{"", "an empty selection"},
		{" , ", "an empty selection"},
		{"!", "an empty selection"},
		{"@", "write the name of a group or of a file"},
		{"R[9-1]", "'R[9-1]': the range [9-1] goes backwards"},
		{"R[1-3", "'R[1-3': a '[' without a ']'"},
		{"R[1:3]", "'R[1:3]': the range [1:3] has a ':'"},
		{"role!=core", "write KEY=VALUE with a '!' before it"},
		{"!R[9-1]", "goes backwards"},
		{"R1,!R1", "the selection is empty: of 11 devices, 1 match"},
		{"R1,&paris", "none of them is in all that stands behind '&'"},
		{"!all", "what is excluded leaves none"},
		{"&core,!core", "of 11 devices, 4 match"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(table); i++)
		assert_refused(table[i].expression, table[i].names);
}

static void test_a_sign_in_an_exclusion_is_refused(void **state)
{
	static const char *const excludes[] = {"R1,!R2"};
	const struct select_request request = {.excludes = excludes,
					       .nexcludes = 1};
	bool chosen[LENGTH(boxes)];
	struct nf_error err = {0};

	(void)state;
	assert_int_equal(select_devices(chosen, &request, &subject, &err), -1);
	assert_int_equal(err.code, NF_INVALID);
	assert_non_null(strstr(err.message, "'!R2' has a sign"));
}

/* ---- files */

/* Write a list, and the path of it behind '@'; to be removed. */
static void write_list(char path[64], const char *text, size_t len)
{
	int fd;

	(void)strcpy(path, "@/tmp/netfan-select-XXXXXX");
	fd = mkstemp(path + 1);
	assert_true(fd != -1);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	assert_int_equal(close(fd), 0);
}

/* Select by what stands before "@FILE", and the file: names, or words of why it
 * is refused. */
static void assert_list(const char *before, const char *text, const char *names,
			const char *words)
{
	char path[64], expression[128];

	write_list(path, text, strlen(text));
	(void)snprintf(expression, sizeof(expression), "%s%s", before, path);
	if (names != NULL)
		assert_chosen(expression, names);
	if (words != NULL)
		assert_refused(expression, words);
	assert_int_equal(unlink(path + 1), 0);
}

static void test_a_file_lists_terms(void **state)
{
	static const char plain[] = "\xef\xbb\xbf# ours\r\n\r\n  R1  # the "
				    "first\r\n@paris\r\nsw[1-3],!R7";

	(void)state;
	assert_list("", plain, "R1 sw1 sw2 sw10", NULL);
	assert_list("R2,", plain, "R1 R2 sw1 sw2 sw10", NULL);
	assert_list("core,", "!R1\n!R7\n", "sw1 sw2", NULL);
	assert_list("R*,&", "R1\nR2\n", "R1 R2", NULL);
	assert_list("R*,&core,&", "R1\nR2\n", "R1", NULL);
	assert_list("core,R2,!", "R1\nparis\nnosuch:sw1\n", "R2", NULL);
	assert_list("R1:", "R7:sw1\n", "R1 R7 sw1", NULL);
}

static void test_a_faulty_file_is_named(void **state)
{
	(void)state;
	assert_list("", "R1\nR9\n", NULL, ":2: 'R9' matches no device");
	assert_list("", "R1\n@other\n", NULL, ":2: '@other': no group is");
	assert_list("", "# nothing\n\n", NULL, ": nothing is listed in it");
	assert_list("&", "R1\n!R2\n", NULL, ":2: '!R2' has a sign");
	assert_list("!", "&R2\n", NULL, ":1: '&R2' has a sign");
	assert_list("", "R1\n\nR[9-1]", NULL, ":3: 'R[9-1]': the range");
	assert_refused("@/tmp", "cannot be read");
	assert_refused("@/nonexistent/list", "is no group and no file");
}

static void test_a_file_with_a_nul_is_none(void **state)
{
	char path[64];

	(void)state;
	write_list(path, "R1\0R2", 5);
	assert_refused(path, "a NUL is in it");
	assert_int_equal(unlink(path + 1), 0);
}

static void test_standard_input_is_a_file(void **state)
{
	static const struct selected table[] = {
		{"-", "R1 R7"}, {"@-", "R1 R7"}, {"core,!-", "sw1 sw2"}};

	(void)state;
	for (size_t i = 0; i < LENGTH(table); i++) {
		int fds[2];

		assert_int_equal(pipe(fds), 0);
		assert_int_equal(write(fds[1], "R1\nR7\n", 6), 6);
		assert_int_equal(close(fds[1]), 0);
		assert_int_equal(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
		assert_true(select_reads_input(table[i].expression));
		assert_chosen(table[i].expression, table[i].names);
		assert_int_equal(close(fds[0]), 0);
	}
	assert_true(select_reads_input("R1, ! @-"));
	assert_false(select_reads_input("R1,@core,sw-1,@f-"));
}

static void test_a_regex_takes_no_end_of_steps(void **state)
{
	(void)state;
	assert_refused("text~^(a+)+$", "takes too many steps");
}

/* ---- many */

#define MANY 100000
#define LISTED 1000

/* Devices d0, d1 and so on, each in a group of a hundred. */
struct crowd {
	size_t ncalls; /* names and hosts that were asked for */
	char text[32];
};

static const char *crowd_name(void *arg, size_t i)
{
	struct crowd *crowd = arg;

	crowd->ncalls++;
	(void)snprintf(crowd->text, sizeof(crowd->text), "d%zu", i);
	return crowd->text;
}

static const char *crowd_host(void *arg, size_t i, uint16_t *port)
{
	*port = 22;
	return crowd_name(arg, i);
}

static void crowd_groups(void *arg, size_t i, select_each *each, void *each_arg)
{
	char name[32];

	(void)arg;
	(void)snprintf(name, sizeof(name), "g%zu", i / 100);
	each(each_arg, name);
}

static void test_a_long_list_takes_each_device_a_few_times(void **state)
{
	static bool chosen[MANY];
	struct crowd crowd = {0};
	const struct select_subject many = {.arg = &crowd,
					    .n = MANY,
					    .name = crowd_name,
					    .host = crowd_host,
					    .groups = crowd_groups};
	char path[64], *list = calloc(LISTED, 16);
	const char *const limits[] = {path};
	const struct select_request request = {.limits = limits, .nlimits = 1};
	struct nf_error err;
	size_t len = 0, n = 0;

	(void)state;
	assert_non_null(list);
	for (size_t i = 0; i < LISTED; i++)
		len += (size_t)sprintf(list + len, "d%zu\n", i * 97);
	write_list(path, list, len);
	free(list);
	assert_int_equal(select_devices(chosen, &request, &many, &err), 0);
	assert_int_equal(unlink(path + 1), 0);
	for (size_t i = 0; i < MANY; i++)
		n += chosen[i];
	assert_int_equal(n, LISTED);
	assert_true(chosen[97] && !chosen[98]);
	assert_true(crowd.ncalls <= (size_t)6 * MANY);
}

/* The site of each device is its own. */
static void crowd_values(void *arg, size_t i, const char *key,
			 select_each *each, void *each_arg)
{
	if (strcmp(key, "site") == 0)
		each(each_arg, crowd_name(arg, i));
}

static void test_many_values_ask_each_device_once(void **state)
{
	static bool chosen[MANY];
	struct crowd crowd = {0};
	const struct select_subject many = {.arg = &crowd,
					    .n = MANY,
					    .name = crowd_name,
					    .host = crowd_host,
					    .groups = crowd_groups,
					    .values = crowd_values};
	char *list = calloc(LISTED, 16);
	const char *limit = list;
	const struct select_request request = {.limits = &limit, .nlimits = 1};
	struct nf_error err;
	size_t len = 0, n = 0;

	(void)state;
	assert_non_null(list);
	for (size_t i = 0; i < LISTED; i++)
		len += (size_t)sprintf(list + len, "site=d%zu,", i * 97);
	assert_int_equal(select_devices(chosen, &request, &many, &err), 0);
	free(list);
	for (size_t i = 0; i < MANY; i++)
		n += chosen[i];
	assert_int_equal(n, LISTED);
	assert_true(chosen[97] && !chosen[98]);
	assert_true(crowd.ncalls <= (size_t)8 * MANY);
}

/* The site of all is the text that arg is. */
static void text_values(void *arg, size_t i, const char *key, select_each *each,
			void *each_arg)
{
	(void)i;
	if (strcmp(key, "site") == 0)
		each(each_arg, arg);
}

static const char *text_host(void *arg, size_t i, uint16_t *port)
{
	(void)arg;
	(void)i;
	*port = 22;
	return "10.0.0.1";
}

static const char *text_name(void *arg, size_t i)
{
	(void)arg;
	(void)i;
	return "R1";
}

static void text_groups(void *arg, size_t i, select_each *each, void *each_arg)
{
	(void)arg;
	(void)i;
	(void)each;
	(void)each_arg;
}

/* Values that are short enough are found as words; longer ones are compared. */
static void test_a_value_may_be_of_any_length(void **state)
{
	char value[700], word[712];
	const struct select_subject one = {.arg = value,
					   .n = 1,
					   .name = text_name,
					   .host = text_host,
					   .groups = text_groups,
					   .values = text_values};
	const char *limit = word;
	const struct select_request request = {.limits = &limit, .nlimits = 1};
	struct nf_error err;
	bool chosen;

	(void)state;
	for (int len = 500; len < 520; len++) {
		memset(value, 'v', sizeof(value));
		value[len] = '\0';
		(void)snprintf(word, sizeof(word), "site=%s", value);
		assert_int_equal(select_devices(&chosen, &request, &one, &err),
				 0);
		assert_true(chosen);
		word[strlen(word) - 1] = 'w';
		assert_int_equal(select_devices(&chosen, &request, &one, &err),
				 -1);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_selection_is_what_its_terms_name),
	cmocka_unit_test(test_signs_count_whatever_their_order),
	cmocka_unit_test(test_a_whole_name_wins),
	cmocka_unit_test(test_hosts_count_where_no_name_does),
	cmocka_unit_test(test_colons_separate_as_ansibles_do),
	cmocka_unit_test(test_excludes_are_terms_with_a_not),
	cmocka_unit_test(test_pick_keeps_some_at_even_distance),
	cmocka_unit_test(test_what_matches_nothing_is_named),
	cmocka_unit_test(test_faulty_expressions_are_refused),
	cmocka_unit_test(test_a_sign_in_an_exclusion_is_refused),
	cmocka_unit_test(test_a_file_lists_terms),
	cmocka_unit_test(test_a_faulty_file_is_named),
	cmocka_unit_test(test_a_file_with_a_nul_is_none),
	cmocka_unit_test(test_standard_input_is_a_file),
	cmocka_unit_test(test_a_regex_takes_no_end_of_steps),
	cmocka_unit_test(test_a_long_list_takes_each_device_a_few_times),
	cmocka_unit_test(test_many_values_ask_each_device_once),
	cmocka_unit_test(test_a_value_may_be_of_any_length),
};

UNIT_MAIN(tests)
