/* lib/store/judge.c */
#include "store/judge.h"

#include <string.h>

#include "unit/unit.h"

#define GOOD .bytes = 5000
#define HALF                                                                   \
	{                                                                      \
		.ratio = 0.5                                                   \
	}
#define BEFORE .kept = true, .there = true, .bytes = 10000

struct trial_case {
	const char *about;
	struct answer answer;
	struct before before;
	struct judge_limits limits;
	enum nf_output_fate fate;
	enum nf_code code;
};

static const struct trial_case cases[] = {
	{"the first output",
	 {GOOD},
	 {.kept = false},
	 HALF,
	 NF_OUTPUT_ADDED,
	 NF_OK},
	{"the same as before",
	 {GOOD},
	 {BEFORE, .same = true},
	 HALF,
	 NF_OUTPUT_SAME,
	 NF_OK},
	{"another", {GOOD}, {BEFORE}, HALF, NF_OUTPUT_CHANGED, NF_OK},
	{"a cut one",
	 {GOOD, .cut = true},
	 {BEFORE},
	 HALF,
	 NF_OUTPUT_FAILED,
	 NF_INCOMPLETE},
	{"a cut one that says the same so far",
	 {GOOD, .cut = true},
	 {BEFORE, .same = true},
	 HALF,
	 NF_OUTPUT_FAILED,
	 NF_INCOMPLETE},
	{"one that was not written",
	 {GOOD, .lost = true},
	 {BEFORE},
	 HALF,
	 NF_OUTPUT_FAILED,
	 NF_SYSTEM},
	{"a refusal",
	 {GOOD, .rejected = true},
	 {.kept = false},
	 HALF,
	 NF_OUTPUT_FAILED,
	 NF_COMMAND_REJECTED},
	{"a refusal of what the platform lists",
	 {GOOD, .rejected = true, .own = true},
	 {.kept = false},
	 HALF,
	 NF_OUTPUT_LEFT_OUT,
	 NF_OK},
	{"a refusal of what was answered once",
	 {GOOD, .rejected = true, .own = true},
	 {BEFORE},
	 HALF,
	 NF_OUTPUT_FAILED,
	 NF_COMMAND_REJECTED},
	{"a refusal of what was kept, and is not there",
	 {GOOD, .rejected = true, .own = true},
	 {.kept = true},
	 HALF,
	 NF_OUTPUT_FAILED,
	 NF_COMMAND_REJECTED},
	{"a program that failed",
	 {GOOD, .ran = true, .status = 1},
	 {BEFORE},
	 HALF,
	 NF_OUTPUT_FAILED,
	 NF_COMMAND_REJECTED},
	{"a program that was killed, of the list",
	 {GOOD, .ran = true, .status = -1, .own = true},
	 {.kept = false},
	 HALF,
	 NF_OUTPUT_LEFT_OUT,
	 NF_OK},
	{"a program that did well",
	 {GOOD, .ran = true},
	 {.kept = false},
	 HALF,
	 NF_OUTPUT_ADDED,
	 NF_OK},
	{"nothing",
	 {.blank = true},
	 {BEFORE},
	 HALF,
	 NF_OUTPUT_FAILED,
	 NF_INCOMPLETE},
	{"nothing to what the platform lists",
	 {.blank = true, .own = true},
	 {.kept = false},
	 HALF,
	 NF_OUTPUT_LEFT_OUT,
	 NF_OK},
	{"less than half",
	 {.bytes = 4999},
	 {BEFORE, .shrunk = 1},
	 HALF,
	 NF_OUTPUT_SHRUNK,
	 NF_INCOMPLETE},
	{"half", {.bytes = 5000}, {BEFORE}, HALF, NF_OUTPUT_CHANGED, NF_OK},
	{"less than half, for the third time",
	 {.bytes = 4999},
	 {BEFORE, .shrunk = 3},
	 HALF,
	 NF_OUTPUT_CHANGED,
	 NF_OK},
	{"less than half, of what is small",
	 {.bytes = 10},
	 {.kept = true, .there = true, .bytes = 1023},
	 HALF,
	 NF_OUTPUT_CHANGED,
	 NF_OK},
	{"nothing that counts, of what is small",
	 {.bytes = 0},
	 {.kept = true, .there = true, .bytes = 10, .shrunk = 1},
	 HALF,
	 NF_OUTPUT_SHRUNK,
	 NF_INCOMPLETE},
	{"nothing that counts, as ever",
	 {.bytes = 0},
	 {.kept = true, .there = true, .same = true},
	 HALF,
	 NF_OUTPUT_SAME,
	 NF_OK},
	{"nothing that counts, for the first time",
	 {.bytes = 0},
	 {.kept = false},
	 HALF,
	 NF_OUTPUT_ADDED,
	 NF_OK},
	{"less than half, of a file that is not there",
	 {.bytes = 10},
	 {.kept = true, .bytes = 10000},
	 HALF,
	 NF_OUTPUT_CHANGED,
	 NF_OK},
	{"less than half, of a file that no run recorded",
	 {.bytes = 10},
	 {.there = true, .bytes = 10000, .shrunk = 1},
	 HALF,
	 NF_OUTPUT_SHRUNK,
	 NF_INCOMPLETE},
	{"less than half with its last line",
	 {.bytes = 10, .marked = true, .has_mark = true},
	 {BEFORE, .marked = true},
	 HALF,
	 NF_OUTPUT_CHANGED,
	 NF_OK},
	{"all of it without its last line",
	 {.bytes = 9990, .has_mark = true},
	 {BEFORE, .marked = true, .shrunk = 2},
	 HALF,
	 NF_OUTPUT_SHRUNK,
	 NF_INCOMPLETE},
	{"no last line where there never was one",
	 {.bytes = 9990, .has_mark = true},
	 {BEFORE},
	 HALF,
	 NF_OUTPUT_CHANGED,
	 NF_OK},
	{"no last line where none is known any more",
	 {.bytes = 9990},
	 {BEFORE, .marked = true},
	 HALF,
	 NF_OUTPUT_CHANGED,
	 NF_OK},
	{"less than half, accepted",
	 {.bytes = 10},
	 {BEFORE, .shrunk = 1},
	 {.ratio = 0.5, .accept = true},
	 NF_OUTPUT_CHANGED,
	 NF_OK},
	{"no ratio",
	 {.bytes = 10, .has_mark = true},
	 {BEFORE, .marked = true},
	 {.ratio = -1},
	 NF_OUTPUT_CHANGED,
	 NF_OK},
	{"a ratio of its own",
	 {.bytes = 8999},
	 {BEFORE, .shrunk = 1},
	 {.ratio = 0.9},
	 NF_OUTPUT_SHRUNK,
	 NF_INCOMPLETE},
};

static void test_each_answer_has_its_fate(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct verdict verdict;

		unit_where(cases[i].about);
		judge(&cases[i].answer, &cases[i].before, &cases[i].limits,
		      &verdict);
		assert_string_equal(nf_output_fate_name(verdict.fate),
				    nf_output_fate_name(cases[i].fate));
		assert_int_equal(verdict.code, cases[i].code);
		assert_int_equal(verdict.why[0] != '\0',
				 verdict.fate >= NF_OUTPUT_SHRUNK);
	}
}

static void test_what_is_not_taken_needs_no_comparison(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		unit_where(cases[i].about);
		assert_int_equal(judge_good(&cases[i].answer),
				 cases[i].fate != NF_OUTPUT_FAILED &&
					 cases[i].fate != NF_OUTPUT_LEFT_OUT);
	}
}

static void test_words_say_how_far_it_shrank(void **state)
{
	const struct answer answer = {.bytes = 312, .has_mark = true};
	const struct before before = {.there = true,
				      .kept = true,
				      .bytes = 52340,
				      .marked = true,
				      .shrunk = 2};
	const struct judge_limits limits = {.ratio = 0.5};
	struct verdict verdict;

	(void)state;
	judge(&answer, &before, &limits, &verdict);
	assert_string_equal(verdict.why,
			    "312 bytes after 52340, and without its last line: "
			    "kept aside, 2 of 3 runs");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_each_answer_has_its_fate),
	cmocka_unit_test(test_what_is_not_taken_needs_no_comparison),
	cmocka_unit_test(test_words_say_how_far_it_shrank),
};

UNIT_MAIN(tests)
