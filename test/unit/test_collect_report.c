/* cmd/collect: reports, pure functions of what became of devices. */
#include "collect/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/excerpt.h"
#include "unit/collections.h"
#include "unit/unit.h"

#define EVIL "\033[2J<script>\"&"
#define HOUR ((int64_t)3600 * 1000000)
#define STARTED ((int64_t)1796004000000000)

static const struct nf_store_output changed = {.command = "show run",
					       .path = "R1/show_run",
					       .fate = NF_OUTPUT_CHANGED,
					       .bytes = 40,
					       .bytes_before = 39};
static const struct nf_store_device same = {
	.name = "R0", .host = "10.0.0.9", .platform = "ios"};
static const struct nf_store_device changed_device = {.name = "R1",
						      .host = "10.0.0.1",
						      .platform = "ios",
						      .fate = NF_DEVICE_CHANGED,
						      .tried_us = STARTED,
						      .succeeded_us = STARTED,
						      .changes = 3,
						      .outputs = &changed,
						      .noutputs = 1};

static const struct nf_store_output refused = {
	.command = "show " EVIL,
	.path = "",
	.fate = NF_OUTPUT_FAILED,
	.why = "the device refused it " EVIL};
static const struct nf_store_device failed_device = {
	.name = "R2" EVIL,
	.host = "10.0.0.2",
	.platform = "ios",
	.fate = NF_DEVICE_FAILED,
	.error = {.code = NF_COMMAND_REJECTED,
		  .stage = NF_STAGE_COMMAND,
		  .message = "it said " EVIL "\n"},
	.tried_us = STARTED,
	.succeeded_us = STARTED - 72 * HOUR,
	.failing_us = STARTED - 48 * HOUR,
	.outputs = &refused,
	.noutputs = 1};

static const struct nf_store_device first_failure = {
	.name = "R3",
	.host = "R3",
	.platform = "ios",
	.fate = NF_DEVICE_FAILED,
	.error = {.code = NF_TIMEOUT,
		  .stage = NF_STAGE_CONNECT,
		  .message = "too late"},
	.tried_us = STARTED + 1,
	.failing_us = STARTED + 1};

static const struct nf_store_output shrunk = {.command = "show run",
					      .path = "R4/show_run",
					      .fate = NF_OUTPUT_SHRUNK,
					      .bytes = 100,
					      .bytes_before = 40000,
					      .shrunk = 2,
					      .why = "much shorter"};
static const struct nf_store_device shrunk_device = {
	.name = "R4",
	.host = "10.0.0.4",
	.platform = "ios",
	.fate = NF_DEVICE_FAILED,
	.error = {.code = NF_INCOMPLETE,
		  .stage = NF_STAGE_COMMAND,
		  .message = "show run is much shorter than before"},
	.outputs = &shrunk,
	.noutputs = 1};

static const struct nf_store_output left_out[] = {
	{.command = "show inventory",
	 .path = "",
	 .fate = NF_OUTPUT_LEFT_OUT,
	 .why = "refused anew"},
	{.command = "show module",
	 .path = "",
	 .fate = NF_OUTPUT_LEFT_OUT,
	 .told = true,
	 .why = "refused before"},
};
static const struct nf_store_device left_out_device = {.name = "R5",
						       .host = "10.0.0.5",
						       .platform = "ios",
						       .outputs = left_out,
						       .noutputs = 2};
static const struct nf_store_device left_out_before = {.name = "R6",
						       .host = "10.0.0.6",
						       .platform = "ios",
						       .outputs = &left_out[1],
						       .noutputs = 1};

static const struct nf_store_device placeholder = {
	.name = "R7",
	.host = "10.0.0.7",
	.platform = "ios",
	.fate = NF_DEVICE_SKIPPED,
	.error = {.code = NF_SKIPPED, .message = "its password is none"}};
static const struct nf_store_device passed_over = {
	.name = "R8",
	.host = "10.0.0.8",
	.platform = "generic",
	.fate = NF_DEVICE_SKIPPED,
	.error = {.code = NF_SKIPPED,
		  .stage = NF_STAGE_COMMAND,
		  .message = "its platform lists nothing"}};

static const struct nf_store_output first = {.command = "show run",
					     .path = "R9/show_run",
					     .fate = NF_OUTPUT_ADDED,
					     .bytes = 77};
static const struct nf_store_device added_device = {.name = "R9",
						    .host = "10.0.0.99",
						    .platform = "ios",
						    .fate = NF_DEVICE_ADDED,
						    .outputs = &first,
						    .noutputs = 1};
static const struct nf_store_device gone_device = {
	.name = "R10", .host = "", .platform = "ios", .fate = NF_DEVICE_GONE};

#define DEVICES(...) ((const struct nf_store_device *const[]){__VA_ARGS__})

static struct diff_script no_diff;

/* A collection of one device. */
static struct collection one(const struct nf_store_device *const *dev)
{
	return collection_of(dev, 1, &no_diff);
}

/* ---- what is worth telling */

static void test_a_quiet_night_has_no_news(void **state)
{
	const struct nf_store_device *const quiet[] = {&same, &left_out_before,
						       &passed_over};
	struct collection c = collection_of(quiet, LENGTH(quiet), &no_diff);

	(void)state;
	assert_false(collection_has_news(&c));
	assert_int_equal(c.ok, 2);
	assert_int_equal(c.failed, 0);
}

static void test_whatever_happened_is_news(void **state)
{
	static const struct nf_store_device *const news[] = {
		&changed_device,  &failed_device, &shrunk_device,
		&left_out_device, &placeholder,   &added_device,
		&gone_device};

	(void)state;
	for (size_t i = 0; i < LENGTH(news); i++) {
		struct collection c = one(&news[i]);

		unit_where(news[i]->name);
		assert_true(collection_has_news(&c));
	}
}

static void test_a_problem_of_the_record_is_news(void **state)
{
	const struct nf_store_device *const quiet = &same;
	struct collection c = one(&quiet);

	(void)state;
	for (size_t i = 0; i < COLLECTION_PROBLEMS + 1; i++)
		collection_problem(&c, "no room %zu", i);
	assert_true(collection_has_news(&c));
	assert_false(collection_has_changed(&c));
	assert_int_equal(c.nproblems, COLLECTION_PROBLEMS);
	assert_has(tell_of(&report_text, &c), "\nno room 0\n");
	assert_has(tell_of(&report_json, &c), "\"problems\":[\"no room 0\",");
	assert_has(tell_of(&report_html, &c), ">no room 0<");
}

static void test_a_failed_device_may_have_changed(void **state)
{
	static const struct nf_store_output outputs[] = {
		{.command = "a", .path = "a", .fate = NF_OUTPUT_CHANGED},
		{.command = "b", .path = "b", .fate = NF_OUTPUT_FAILED}};
	static const struct nf_store_device device = {.name = "R",
						      .host = "R",
						      .platform = "ios",
						      .fate = NF_DEVICE_FAILED,
						      .outputs = outputs,
						      .noutputs = 2};
	struct collection c = one(DEVICES(&device));

	(void)state;
	assert_true(collection_has_changed(&c));
	assert_int_equal(c.failed, 1);
	assert_int_equal(c.ok, 0);
	assert_has(tell_of(&report_text, &c), "\n=== R: a ===\n");
}

/* ---- text */

static void test_text_begins_with_the_counts(void **state)
{
	const struct nf_store_device *const all[] = {
		&same, &changed_device, &failed_device, &added_device};
	struct collection c = collection_of(all, LENGTH(all), &no_diff);

	(void)state;
	c.commit = "4f5e0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b";
	assert_ptr_equal(strstr(tell_of(&report_text, &c),
				"/var/lib/netfan: 4 devices: 1 same, 1 added, "
				"1 changed, 1 failed in 1.2 s; commit "
				"4f5e0a1b2c3d\n"),
			 told);
}

static void test_text_tells_what_changed(void **state)
{
	struct diff_script script = {.nlines = 3, .line = "+ntp \033[1m\ta"};
	struct collection c =
		collection_of(DEVICES(&changed_device), 1, &script);

	(void)state;
	assert_has(tell_of(&report_text, &c),
		   "\n=== R1 (10.0.0.1): show run ===\n"
		   "+ntp \\x1b[1m\ta\n+ntp \\x1b[1m\ta\n");
	assert_has_not(told, "more");
}

static void test_text_tells_stage_code_message_and_since_when(void **state)
{
	struct collection c = collection_of(
		DEVICES(&failed_device, &first_failure, &placeholder), 3,
		&no_diff);
	char since[COLLECTION_TIME], line[128];

	(void)state;
	collection_time(since, failed_device.failing_us);
	(void)snprintf(line, sizeof(line), "\\x0a (failing since %s)\n", since);
	assert_has(tell_of(&report_text, &c), line);
	assert_has(told,
		   "\nFailed:\nR2\\x1b[2J<script>\"& (10.0.0.2): command: "
		   "command_rejected: it said \\x1b[2J");
	assert_has(told,
		   "\n  show \\x1b[2J<script>\"&: the device refused it ");
	assert_has(told, "\nR3: connect: timeout: too late (all was well: "
			 "never)\n");
	assert_has(told, "\nR7 (10.0.0.7): skipped: its password is none (");
}

static void test_text_tells_what_to_do_about_what_shrank(void **state)
{
	struct collection c =
		collection_of(DEVICES(&shrunk_device), 1, &no_diff);

	(void)state;
	assert_has(tell_of(&report_text, &c), "--accept DEVICE");
	assert_has(told, "\nR4 (10.0.0.4)\n  show run: shrunk to 100 bytes, "
			 "before 40000; "
			 "2 of 3 runs said the same\n");
}

static void test_text_tells_once_what_is_left_out(void **state)
{
	struct collection c = collection_of(
		DEVICES(&left_out_device, &left_out_before), 2, &no_diff);

	(void)state;
	assert_has(tell_of(&report_text, &c),
		   "\n  show inventory: refused anew\n");
	assert_has_not(told, "show module");
	assert_has_not(told, "R6");
}

static void test_text_lists_new_gone_and_skipped_devices(void **state)
{
	struct collection c = collection_of(
		DEVICES(&added_device, &gone_device, &passed_over), 3,
		&no_diff);

	(void)state;
	assert_has(tell_of(&report_text, &c), "\nNew:\nR9 (10.0.0.99)\n");
	assert_has(told, "\nGone from the inventory:\nR10\n");
	assert_has(told, "nothing to collect:\nR8 (10.0.0.8)\n");
	assert_has_not(told, "===");
}

/* ---- bounds */

static void test_a_long_diff_is_cut_and_says_so(void **state)
{
	struct diff_script script = {.nlines = 103, .line = "+x"};
	struct collection c =
		collection_of(DEVICES(&changed_device), 1, &script);

	(void)state;
	assert_int_equal(count_of(tell_of(&report_text, &c), "\n+x"), 100);
	assert_has(told, "\n(3 lines more)\n");
	assert_int_equal(count_of(tell_of(&report_html, &c), ">+x<"), 100);
	assert_has(told, ">3 lines more<");
	assert_int_equal(count_of(tell_of(&report_json, &c), "\"+x\""), 100);
	assert_has(told, "\"diff_left_out\":3");
	c.diff_lines = 0;
	script.asked = 0;
	assert_has_not(tell_of(&report_text, &c), "+x");
	assert_has(told, "R1 (10.0.0.1): show run ===\n");
	assert_has(tell_of(&report_json, &c), "\"diff\":null");
	assert_int_equal(script.asked, 0);
}

static void test_a_long_line_is_cut_and_says_so(void **state)
{
	static char line[EXCERPT_LINE + 8] = "";
	struct diff_script script = {.nlines = 1, .line = line};
	struct collection c =
		collection_of(DEVICES(&changed_device), 1, &script);

	(void)state;
	memset(line, 'y', sizeof(line) - 1);
	assert_has(tell_of(&report_text, &c), "yyy (7 bytes more)\n");
	assert_has(tell_of(&report_html, &c), "yyy (7 bytes more)<");
	assert_has(tell_of(&report_json, &c), "yyy (7 bytes more)\"");
}

/* As a night in which everything changed. */
static void test_reports_for_people_are_bounded_as_a_whole(void **state)
{
	const size_t n = 400;
	const struct nf_store_device **all =
		calloc(2 * n, sizeof(const struct nf_store_device *));
	struct diff_script script = {.nlines = 99, .line = "+x"};
	struct collection c;

	(void)state;
	assert_non_null(all);
	for (size_t i = 0; i < n; i++) {
		all[i] = &changed_device;
		all[n + i] = &failed_device;
	}
	c = collection_of(all, 2 * n, &script);
	assert_int_equal(count_of(tell_of(&report_text, &c), "\n+x"),
			 c.diff_lines * EXCERPT_OUTPUTS);
	assert_true(script.asked <= COLLECTION_LIST);
	assert_int_equal(count_of(told, "command_rejected"), COLLECTION_LIST);
	assert_has(told, "\nand 300 more\n");
	assert_has(told, "\nand 300 outputs more that changed\n");
	assert_has(told, "(left out, as there are many)\n");
	assert_int_equal(count_of(tell_of(&report_html, &c), ">+x<"),
			 c.diff_lines * EXCERPT_OUTPUTS);
	assert_int_equal(count_of(told, "command_rejected"), COLLECTION_LIST);
	assert_int_equal(count_of(tell_of(&report_json, &c), "\n{\"device\":"),
			 2 * n);
	free(all);
}

static void test_a_diff_that_fails_is_told(void **state)
{
	struct diff_script script = {.fails = true};
	struct collection c =
		collection_of(DEVICES(&changed_device), 1, &script);

	(void)state;
	assert_has(tell_of(&report_text, &c), "\n(no diff: no \\x1bdiff<b>)\n");
	assert_has(tell_of(&report_html, &c), "no \\x1bdiff&lt;b&gt;");
	assert_has(tell_of(&report_json, &c),
		   "\"diff\":[],\"diff_error\":\"no \\u001bdiff<b>\"");
}

/* ---- JSON and HTML */

static void test_json_has_every_device(void **state)
{
	struct collection c = collection_of(
		DEVICES(&same, &failed_device, &shrunk_device), 3, &no_diff);

	(void)state;
	assert_has(tell_of(&report_json, &c),
		   "{\"dir\":\"/var/lib/netfan\",\"commit\":\"\",\"started\":"
		   "\"2026-11-30T02:00:00Z\",\"seconds\":1.250000,\"counts\":"
		   "{\"same\":1,\"added\":0,\"changed\":0,\"failed\":2,"
		   "\"skipped\":0,\"gone\":0},\"problems\":[],\"devices\":[\n"
		   "{\"device\":\"R0\",\"host\":\"10.0.0.9\",\"platform\":"
		   "\"ios\",\"status\":\"same\",\"tried\":null,");
	assert_has(told, "\"failing\":\"2026-11-28T02:00:00Z\"");
	assert_has(told, "\"error\":{\"stage\":\"command\",\"code\":"
			 "\"command_rejected\",\"message\":\"it said \\u001b[2J"
			 "<script>\\\"&\\n\"}");
	assert_has(told, "\"status\":\"shrunk\",\"bytes\":100,\"bytes_before\":"
			 "40000,\"why\":\"much shorter\",\"runs\":2}");
	assert_string_equal(told + strlen(told) - 5, "]}]}\n");
}

static void test_html_shows_nothing_as_markup(void **state)
{
	struct diff_script script = {.nlines = 1, .line = "+<img src=x>\033"};
	struct collection c = collection_of(
		DEVICES(&changed_device, &failed_device, &left_out_device), 3,
		&script);

	(void)state;
	assert_has(tell_of(&report_html, &c),
		   "<span class=\"plus\">+&lt;img src=x&gt;\\x1b</span>");
	assert_has(told, "R2\\x1b[2J&lt;script&gt;&quot;&amp;");
	assert_has(told, "show inventory: left_out: refused anew");
	assert_has_not(told, "show module");
	assert_has_not(told, "<script");
	assert_has_not(told, "<img");
	assert_has_not(told, "\033");
}

/* Not by an attribute, an address, a script or a second style. */
static void test_html_needs_nothing_from_outside(void **state)
{
	struct collection c = collection_of(
		DEVICES(&changed_device, &failed_device), 2, &no_diff);

	(void)state;
	assert_has(tell_of(&report_html, &c),
		   "content=\"default-src 'none'; base-uri 'none'; form-action "
		   "'none'; style-src 'sha256-");
	assert_int_equal(count_of(told, "<style>"), 1);
	assert_has(told, "name=\"viewport\"");
	assert_has(told, "@media print");
	assert_has_not(told, " style=");
	assert_has_not(told, " src=");
	assert_has_not(told, " href=");
	assert_has_not(told, "url(");
	assert_has_not(told, "http:");
}

static void test_a_kind_is_found_by_its_whole_name(void **state)
{
	(void)state;
	assert_ptr_equal(report_kind_find("text", 4), &report_text);
	assert_ptr_equal(report_kind_find("json=x", 4), &report_json);
	assert_ptr_equal(report_kind_find("html", 4), &report_html);
	assert_null(report_kind_find("htm", 3));
	assert_null(report_kind_find("", 0));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_quiet_night_has_no_news),
	cmocka_unit_test(test_whatever_happened_is_news),
	cmocka_unit_test(test_a_problem_of_the_record_is_news),
	cmocka_unit_test(test_a_failed_device_may_have_changed),
	cmocka_unit_test(test_text_begins_with_the_counts),
	cmocka_unit_test(test_text_tells_what_changed),
	cmocka_unit_test(test_text_tells_stage_code_message_and_since_when),
	cmocka_unit_test(test_text_tells_what_to_do_about_what_shrank),
	cmocka_unit_test(test_text_tells_once_what_is_left_out),
	cmocka_unit_test(test_text_lists_new_gone_and_skipped_devices),
	cmocka_unit_test(test_a_long_diff_is_cut_and_says_so),
	cmocka_unit_test(test_a_long_line_is_cut_and_says_so),
	cmocka_unit_test(test_reports_for_people_are_bounded_as_a_whole),
	cmocka_unit_test(test_a_diff_that_fails_is_told),
	cmocka_unit_test(test_json_has_every_device),
	cmocka_unit_test(test_html_shows_nothing_as_markup),
	cmocka_unit_test(test_html_needs_nothing_from_outside),
	cmocka_unit_test(test_a_kind_is_found_by_its_whole_name),
};

UNIT_MAIN(tests)
