/* lib/platform/readonly.c, and what the platform files list for it. */
#include "platform/readonly.h"

#include <stdio.h>
#include <string.h>

#include "platform/catalogue.h"
#include "unit/talk.h"
#include "unit/unit.h"

struct verdict {
	const char *platform;
	const char *command;
	bool reads;
};

static void assert_verdicts(const struct verdict *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		static char where[200];
		bool reads = readonly_command(talk_platform(list[i].platform),
					      list[i].command);

		(void)snprintf(where, sizeof(where), "%s: %s", list[i].platform,
			       list[i].command);
		unit_where(where);
		assert_int_equal(reads, list[i].reads);
	}
}

static void test_a_command_reads_by_its_first_word(void **state)
{
	static const struct verdict list[] = {
		{"cisco_ios", "show clock", true},
		{"cisco_ios", "show", true},
		{"cisco_ios", "  show   clock  ", true},
		{"cisco_ios", "dir flash:", true},
		{"cisco_ios", "sh clock", false}, /* for short: not listed */
		{"cisco_ios", "SHOW clock", false},
		{"cisco_ios", "showclock", false},
		{"cisco_ios", "show\tclock", false},
		{"cisco_ios", "reload", false},
		{"cisco_ios", "clear counters", false},
		{"cisco_ios", "do show clock", false},
		{"cisco_ios", "display clock", false},
		{"cisco_ios", "", false},
		{"cisco_ios", " ", false},
		{"huawei", "display version", true},
		{"huawei", "show version", false},
		{"fortinet", "get system status", true},
		{"fortinet", "execute reboot", false},
		{"nokia_srl", "info from state /", true},
		{"f5_tmsh", "list ltm pool", true},
		{"nokia_sros", "admin display-config", true},
		{"nokia_sros", "admin reboot now", false},
		{"ciena_saos", "port show port 1", true},
		{"ciena_saos", "port disable port 1", false},
		{"generic", "show clock", false},
		{"autodetect", "show clock", false},
	};

	(void)state;
	assert_verdicts(list, LENGTH(list));
}

/* The shape with the byte in the place of each '@'. */
static const char *with_byte(const char *shape, int byte)
{
	static char text[64];
	size_t len = strlen(shape);

	assert_in_range(len, 1, sizeof(text) - 1);
	for (size_t i = 0; i <= len; i++)
		text[i] = shape[i] == '@' ? (char)byte : shape[i];
	return text;
}

/* What another command or a file may begin with, wherever it stands. */
static void test_no_command_reads_with_a_special_byte_in_it(void **state)
{
	static const char *const shapes[] = {"show run@", "show @ reload",
					     "@show run", "sh@ow run",
					     "show run | include a@"};
	const struct platform *ios = talk_platform("cisco_ios");

	(void)state;
	for (int byte = 1; byte < 256; byte++) {
		if (byte >= 0x20 && byte <= 0x7e &&
		    strchr(";&><`$(){}", byte) == NULL)
			continue;
		for (size_t i = 0; i < LENGTH(shapes); i++) {
			const char *text = with_byte(shapes[i], byte);

			unit_where(text);
			assert_false(readonly_command(ios, text));
		}
	}
	assert_true(readonly_command(ios, "show run | include ^a.*[0-9]+!"));
}

static void test_behind_a_pipe_stands_a_filter(void **state)
{
	static const struct verdict list[] = {
		{"cisco_ios", "show run | include vlan", true},
		{"cisco_ios", "show run|include vlan", true},
		{"cisco_ios", "show run | include a | count b", true},
		{"cisco_ios", "show run | redirect flash:x", false},
		{"cisco_ios", "show run | append flash:x", false},
		{"cisco_ios", "show run | tee flash:x", false},
		{"cisco_ios", "show run | include a | tee flash:x", false},
		{"cisco_ios", "show run | inc vlan", false},
		{"cisco_ios", "show run |", false},
		{"cisco_ios", "show run | | include a", false},
		{"cisco_ios", "show run || reload", false},
		{"cisco_ios", "| include a", false},
		{"juniper_junos", "show configuration | display set | no-more",
		 true},
		{"juniper_junos", "show configuration | match \"a|b\"", false},
		{"juniper_junos", "show configuration | save x", false},
		{"cisco_nxos", "show version | json", true},
		{"cisco_nxos", "show version | vsh", false},
		{"cisco_xr", "show run | file disk0:x", false},
		{"linux", "df | grep a", false},
	};

	(void)state;
	assert_verdicts(list, LENGTH(list));
}

static void test_what_writes_though_it_begins_so_is_excepted(void **state)
{
	static const struct verdict list[] = {
		{"cisco_asa", "show version", true},
		{"cisco_asa", "show tech-support file flash:x", false},
		{"cisco_asa", "show tech", false},
		{"cisco_asa", "show TECH", false},
		{"cisco_asa", "show t", false}, /* whatever it stands for */
		{"cisco_asa", "show traffic", true},
		{"cisco_asa", "show", true},
		{"huawei", "display diagnostic-information x.txt", false},
		{"huawei", "display device", true},
		{"cisco_nxos", "show tech-support", false},
		{"extreme_vsp", "show fulltech file x", false},
		{"ruijie_os", "show tech-support", false},
	};

	(void)state;
	assert_verdicts(list, LENGTH(list));
}

static void
test_what_changes_counters_or_daemons_does_not_only_read(void **state)
{
	static const struct verdict list[] = {
		{"cisco_ios",
		 "show platform hardware qfp active statistics drop clear",
		 false},
		{"cisco_ios", "show platform capture elam start", false},
		{"cisco_ios", "show plat", false},
		{"cisco_ios", "show policy-map", true},
		{"fortinet", "get test ipsmonitor 99", false},
		{"fortinet", "get system status", true},
		{"netscaler", "stat lb vserver -clearstats full", false},
		{"netscaler", "stat lb vserver v1 -clearstats full", false},
		{"netscaler", "stat lb vserver", true},
		{"paloalto_panos", "show counter global filter delta yes",
		 false},
		{"paloalto_panos", "show counter interface all", true},
	};

	(void)state;
	assert_verdicts(list, LENGTH(list));
}

static void test_some_commands_read_only_alone(void **state)
{
	static const struct verdict list[] = {
		{"linux", "hostname", true},
		{"linux", " hostname ", true},
		{"linux", "hostname -f", true},
		{"linux", "hostname evil", false},
		{"linux", "hostname -F /etc/x", false},
		{"linux", "uptime -p", true},
		{"linux", "ip addr show", true},
		{"linux", "ip -br link show dev eth0", true},
		{"linux", "ip addr add 10.0.0.1/24 dev show", false},
		{"linux", "ip -b show", false},
		{"linux", "ip -batch show show", false},
		{"linux", "ip -b x show", false},
		{"linux", "ip netns exec x show", false},
		{"linux", "show", false},
		{"linux", "rm -rf /", false},
		{"mikrotik_routeros", "/ip address print", true},
		{"mikrotik_routeros", "/ip/address/print", true},
		{"mikrotik_routeros", "/ip address print file=x", false},
		{"mikrotik_routeros", "/system script run print", false},
		{"mikrotik_routeros", "/export", true},
		{"mikrotik_routeros", "/export file=x", false},
	};

	(void)state;
	assert_verdicts(list, LENGTH(list));
}

static void test_a_file_without_a_list_has_nothing_that_reads(void **state)
{
	struct platform none = {.name = "none"};
	struct platform_reads empty = {.begin = NULL};

	(void)state;
	assert_false(readonly_command(&none, "show clock"));
	none.reads = &empty;
	assert_false(readonly_command(&none, "show clock"));
	assert_false(readonly_command(&none, ""));
}

/* Even one that begin would not take for a word. */
static void test_any_word_may_stand_in_an_exception(void **state)
{
	char show[] = "show", clear[] = "show * clear";
	char *begin[] = {show}, *except[] = {clear};
	struct platform_reads reads = {.begin = begin,
				       .begin_count = 1,
				       .except = except,
				       .except_count = 1};
	const struct platform platform = {.name = "own", .reads = &reads};

	(void)state;
	assert_true(readonly_command(&platform, "show counters"));
	assert_false(readonly_command(&platform, "show counters clear"));
	assert_false(readonly_command(&platform, "show Te1/0/1 cl"));
	assert_false(readonly_command(&platform, "show -x clear"));
	assert_true(readonly_command(&platform, "show clear"));
}

/* ---- the files ---- */

static void assert_none_writes(char *const *list, unsigned n)
{
	static const char *const writers[] = {
		"append", "awk",  "copy",     "diff",    "email", "file",
		"hold",   "less", "redirect", "save",    "sed",   "sh",
		"sort",   "tee",  "uniq",     "utility", "vsh",   "xargs"};

	for (unsigned i = 0; i < n; i++) {
		for (size_t k = 0; k < LENGTH(writers); k++)
			assert_string_not_equal(list[i], writers[k]);
	}
}

static void assert_none_changes(char *const *list, unsigned n)
{
	static const char *const words[] = {
		"clear", "config",  "configure", "copy",   "delete",  "do",
		"exec",  "execute", "no",        "reload", "request", "run",
		"set",   "system",  "test",      "tools"};

	for (unsigned i = 0; i < n; i++) {
		for (size_t k = 0; k < LENGTH(words); k++)
			assert_string_not_equal(list[i], words[k]);
	}
}

static void test_every_platform_but_two_lists_what_reads(void **state)
{
	(void)state;
	for (const struct builtin *at = builtins; at->name != NULL; at++) {
		const struct platform_reads *reads =
			talk_platform(at->name)->reads;

		unit_where(at->name);
		if (strcmp(at->name, "generic") == 0 ||
		    strcmp(at->name, "autodetect") == 0) {
			assert_null(reads);
			continue;
		}
		assert_non_null(reads);
		assert_true(reads->begin_count + reads->alone_count > 0);
		assert_none_changes(reads->begin, reads->begin_count);
		assert_none_writes(reads->filters, reads->filters_count);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_command_reads_by_its_first_word),
	cmocka_unit_test(test_no_command_reads_with_a_special_byte_in_it),
	cmocka_unit_test(test_behind_a_pipe_stands_a_filter),
	cmocka_unit_test(test_what_writes_though_it_begins_so_is_excepted),
	cmocka_unit_test(
		test_what_changes_counters_or_daemons_does_not_only_read),
	cmocka_unit_test(test_some_commands_read_only_alone),
	cmocka_unit_test(test_a_file_without_a_list_has_nothing_that_reads),
	cmocka_unit_test(test_any_word_may_stand_in_an_exception),
	cmocka_unit_test(test_every_platform_but_two_lists_what_reads),
};

UNIT_MAIN(tests)
