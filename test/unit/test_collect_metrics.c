/* cmd/collect/metrics.c: what node_exporter reads. */
#include "collect/metrics.h"

#include <stdio.h>
#include <string.h>

#include "unit/collections.h"
#include "unit/unit.h"

static const struct report_kind metrics = {.name = "metrics",
					   .write = metrics_write};
static struct diff_script no_diff;

static const struct nf_store_device well = {.name = "R1",
					    .host = "10.0.0.1",
					    .platform = "ios",
					    .fate = NF_DEVICE_CHANGED,
					    .succeeded_us = 1796004000500000,
					    .us = 2500001,
					    .bytes = 4096,
					    .changes = 7};
static const struct nf_store_device failed = {.name = "R2",
					      .host = "10.0.0.2",
					      .platform = "ios",
					      .fate = NF_DEVICE_FAILED};
static const struct nf_store_device gone = {
	.name = "R3", .host = "", .platform = "ios", .fate = NF_DEVICE_GONE};

static const char *metrics_of(const struct nf_store_device *const *devices,
			      size_t n)
{
	struct collection c = collection_of(devices, n, &no_diff);

	return tell_of(&metrics, &c);
}

static void test_each_device_has_its_samples(void **state)
{
	const struct nf_store_device *const all[] = {&well, &failed};
	const char *text = metrics_of(all, LENGTH(all));

	(void)state;
#define OF(metric, device, value)                                              \
	assert_has(text,                                                       \
		   "\n" metric "{dir=\"/var/lib/netfan\",device=\"" device     \
		   "\"} " value "\n")
	OF("netfan_device_up", "R1", "1");
	OF("netfan_device_up", "R2", "0");
	OF("netfan_device_last_success_timestamp_seconds", "R1",
	   "1796004000.500000");
	OF("netfan_device_last_success_timestamp_seconds", "R2", "0.000000");
	OF("netfan_device_duration_seconds", "R1", "2.500001");
	OF("netfan_device_bytes", "R1", "4096");
	OF("netfan_device_changes_total", "R1", "7");
#undef OF
}

static void test_a_run_has_its_samples(void **state)
{
	const struct nf_store_device *const all[] = {&well, &failed, &gone};
	const char *text = metrics_of(all, LENGTH(all));

	(void)state;
#define OF(metric, labels, value)                                              \
	assert_has(text, "\n" metric "{dir=\"/var/lib/netfan\"" labels         \
			 "} " value "\n")
	OF("netfan_devices", ",status=\"changed\"", "1");
	OF("netfan_devices", ",status=\"same\"", "0");
	OF("netfan_devices", ",status=\"gone\"", "1");
	OF("netfan_last_run_timestamp_seconds", "", "1796004001.250000");
	OF("netfan_last_run_duration_seconds", "", "1.250000");
	OF("netfan_record_up", "", "1");
#undef OF
}

static void test_a_problem_of_the_record_shows(void **state)
{
	const struct nf_store_device *const all[] = {&well};
	struct collection c = collection_of(all, 1, &no_diff);

	(void)state;
	collection_problem(&c, "git fell over");
	assert_has(tell_of(&metrics, &c),
		   "\nnetfan_record_up{dir=\"/var/lib/netfan\"} 0\n");
}

static void test_a_device_that_is_gone_has_none(void **state)
{
	const struct nf_store_device *const all[] = {&well, &gone};

	(void)state;
	assert_has_not(metrics_of(all, LENGTH(all)), "R3");
}

/* A file with a value that is not well formed is dropped as a whole. */
static void test_label_values_are_escaped(void **state)
{
	static const struct nf_store_device evil = {
		.name = "a\"b\\c\nd\033\377", .host = "h", .platform = "ios"};
	const struct nf_store_device *const all[] = {&evil};

	(void)state;
	assert_has(metrics_of(all, 1),
		   ",device=\"a\\\"b\\\\c\\\\x0ad\\\\x1b\\\\xff\"} 1\n");
}

/* Two files of one name with another help or type lose samples without a word,
 * and a family that is told twice is dropped. */
static void test_each_family_is_told_once_and_whole(void **state)
{
	const struct nf_store_device *const all[] = {&well, &failed};
	const char *text = metrics_of(all, LENGTH(all));
	char family[64] = "";

	(void)state;
	assert_int_equal(count_of(text, "# HELP "), 9);
	assert_int_equal(count_of(text, "# TYPE "), 9);
	for (const char *line = text; *line != '\0';
	     line += strcspn(line, "\n") + 1) {
		if (sscanf(line, "# HELP %63s", family) == 1)
			continue;
		assert_int_equal(strncmp(line + (line[0] == '#' ? 7 : 0),
					 family, strlen(family)),
				 0);
		assert_int_equal(count_of(family, "netfan_"), 1);
	}
	assert_int_equal(text[strlen(text) - 1], '\n');
}

/* For ever: whoever changes one of these loses samples of older files. */
static void test_help_and_type_stay_as_they_are(void **state)
{
	static const char *const heads[] = {
		"# HELP netfan_device_up Whether all outputs of the device "
		"came in the last run: 1 or 0.\n# TYPE netfan_device_up "
		"gauge\n",
		"# HELP netfan_device_last_success_timestamp_seconds When all "
		"outputs of the device last came; 0: never.\n",
		"# HELP netfan_device_duration_seconds How long the session of "
		"the last run took.\n",
		"# HELP netfan_device_bytes Bytes of the outputs of the device "
		"in the last run.\n",
		"# HELP netfan_device_changes_total Runs in which an output of "
		"the device changed.\n# TYPE netfan_device_changes_total "
		"counter\n",
		"# HELP netfan_devices Devices by what became of them in the "
		"last run.\n# TYPE netfan_devices gauge\n",
		"# HELP netfan_last_run_timestamp_seconds When the last run "
		"ended.\n",
		"# HELP netfan_last_run_duration_seconds How long the last run "
		"took.\n",
		"# HELP netfan_record_up Whether the last run could keep, "
		"record and push what came: 1 or 0.\n",
	};
	const struct nf_store_device *const all[] = {&well};
	const char *text = metrics_of(all, 1);

	(void)state;
	for (size_t i = 0; i < LENGTH(heads); i++)
		assert_has(text, heads[i]);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_each_device_has_its_samples),
	cmocka_unit_test(test_a_run_has_its_samples),
	cmocka_unit_test(test_a_problem_of_the_record_shows),
	cmocka_unit_test(test_a_device_that_is_gone_has_none),
	cmocka_unit_test(test_label_values_are_escaped),
	cmocka_unit_test(test_each_family_is_told_once_and_whole),
	cmocka_unit_test(test_help_and_type_stay_as_they_are),
};

UNIT_MAIN(tests)
