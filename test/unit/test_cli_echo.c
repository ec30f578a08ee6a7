/*
 * lib/dialogue/cli.c: the ways in which devices paint a command, each from what
 * several of that kind send. All is played whole, byte by byte, and cut at every
 * place; but for those in which the prompt is followed by more, as a pause there
 * is an end. None of it may take time.
 */
#include "dialogue/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/talk.h"
#include "unit/unit.h"

#define END                                                                    \
	{                                                                      \
		SCRIPT_END, NULL, 0, 0                                         \
	}

#define B8 "\b\b\b\b\b\b\b\b"
#define B16 B8 B8
#define B32 B16 B16

/* A device that wants no paging_off: what it says to a command, without the
 * prompt, and the answer in it. */
struct painted {
	const char *prompt, *command;
	const char *said;
	const char *output;
};

static struct script_step step(enum script_kind kind, const char *first,
			       const char *last)
{
	struct script_step made = {.kind = kind};
	char *bytes;
	int len = asprintf(&bytes, "%s%s", first, last);

	assert_true(len >= 0);
	made.bytes = bytes;
	made.len = (size_t)len;
	return made;
}

struct scene {
	const struct painted *painted;
	const struct script_step *steps;
	int64_t waits_ms;
};

static void play(void *arg, struct script_manner manner)
{
	const struct scene *scene = arg;
	const struct painted *painted = scene->painted;
	struct talk talk;
	int64_t begin_ms;

	talk_begin(&talk, "generic", scene->steps, manner);
	if (cli_find_prompt(talk.cli, &(struct login){WITH(0)}, patience(&talk),
			    &talk.err) == -1)
		fail_msg("%s", talk.err.message);
	begin_ms = talk.script.now_ms;
	command(&talk, painted->command, painted->output);
	assert_int_equal(talk.script.now_ms - begin_ms, scene->waits_ms);
	assert_prompt(&talk, painted->prompt);
	talk_end(&talk);
}

/* Whole, and byte by byte, without a pause. */
static void play_at_once(void (*fn)(void *arg, struct script_manner manner),
			 void *arg, const struct script_step *steps)
{
	(void)steps;
	fn(arg, plain);
	fn(arg, (struct script_manner){.piece = 1});
}

typedef void player_fn(void (*fn)(void *arg, struct script_manner manner),
		       void *arg, const struct script_step *steps);

static void play_each(const struct painted *painted, size_t n,
		      player_fn *player, int64_t waits_ms)
{
	for (size_t i = 0; i < n; i++) {
		const struct painted *one = &painted[i];
		const struct script_step steps[] = {
			step(SCRIPT_DELIVER, "\r\n", one->prompt),
			step(SCRIPT_EXPECT, "\n", ""),
			step(SCRIPT_DELIVER, "\r\n", one->prompt),
			step(SCRIPT_EXPECT, one->command, "\n"),
			step(SCRIPT_DELIVER, one->said, one->prompt),
			/* the proof of an end without an echo */
			step(waits_ms > 0 ? SCRIPT_EXPECT : SCRIPT_END, "\n",
			     ""),
			step(SCRIPT_DELIVER, "\r\n", one->prompt),
			END,
		};
		struct scene scene = {
			.painted = one, .steps = steps, .waits_ms = waits_ms};

		unit_where(one->said);
		player(play, &scene, steps);
		for (size_t k = 0; k + 1 < LENGTH(steps); k++)
			free((char *)steps[k].bytes);
	}
}

#define PLAY_EACH(painted)                                                     \
	play_each(painted, LENGTH(painted), play_in_every_manner, 0)
#define PLAY_AT_ONCE(painted)                                                  \
	play_each(painted, LENGTH(painted), play_at_once, 0)

/* As long as no device was seen to echo that has one. */
#define NO_ECHO_MS 300

/* ---- long commands */

#define OLT "olt3.par(config-shaper upstream-gold-shaper-9 1/1)#"
#define FLOWS "show flow monitor NETFLOW cache filter ipv4 source address"
#define RULES                                                                  \
	"show security policies from-zone trust to-zone untrust policy-name "  \
	"allow-web detail"

static void test_echo_that_scrolled_behind_a_mark_is_dropped(void **state)
{
	static const struct painted painted[] = {
		/* A character at a time, in what the prompt leaves of a row. */
		{OLT, "per interface muxponder-highspeed 1/1/1",
		 "per interface muxponder-hig" B16 B8 "\b\b\b"
		 "$r interface muxponder-high" B16 B8 "\b\b\b"
		 "$ interface muxponder-highs" B16 B8 "\b\b\b"
		 "$erface muxponder-highspeed" B16 B8 "\b\b\b"
		 "$muxponder-highspeed 1/1/1 \b"
		 "\r\nshaper 1\r\n",
		 "shaper 1\n"},
		/* All of the row, with the prompt. */
		{"core-1.par# ", FLOWS,
		 FLOWS "\r\033[Kcore-1.par# $filter ipv4 source address"
		       "\r\nno flow\r\n",
		 "no flow\n"},
		/* By a part of a row, twice. */
		{"edge-sw.lab#", RULES,
		 "show security policies from-zone trust" B32 "\b\b\b\b\b\b"
		 "$rom-zone trust to-zone untrust policy" B32 "\b\b\b\b\b\b"
		 "$ntrust policy-name allow-web detail  \b\b"
		 "\r\nPolicy: allow-web\r\n",
		 "Policy: allow-web\n"},
		/* Shells on a terminal that has no line above. */
		{"adm@box> ", RULES,
		 RULES "\r\033[K<to-zone untrust policy-name allow-web detail"
		       "\033[K\r\nPolicy: allow-web\r\n",
		 "Policy: allow-web\n"},
		{"lab@srx-1# ", RULES,
		 RULES "\r\033[Klab@srx-1# ...untrust policy-name allow-web "
		       "detail \r\nPolicy: allow-web\r\n",
		 "Policy: allow-web\n"},
	};

	(void)state;
	PLAY_EACH(painted);
}

static void test_echo_that_was_cut_before_a_mark_is_dropped(void **state)
{
	static const struct painted painted[] = {
		{"edge-fw/pri/act# ", RULES,
		 RULES "\r\033[Kedge-fw/pri/act# show security policies "
		       "from-zone trust to-zone untru$\r\n"
		       "Policy: allow-web\r\n",
		 "Policy: allow-web\n"},
		{"fw-2(config)# ", FLOWS,
		 FLOWS B32 B16 B8 "\b\bshow flow monitor NETFLOW c$\033[K"
				  "\r\nno flow\r\n",
		 "no flow\n"},
		{"pdu-1> ", FLOWS,
		 "show flow monitor NETFLOW cache filter i>\r\n\r\nno flow\r\n",
		 "\nno flow\n"},
	};

	(void)state;
	PLAY_EACH(painted);
}

static void test_echo_that_a_carriage_return_wrapped_is_dropped(void **state)
{
	static const struct painted painted[] = {
		/* readline(3), in a row of 80. */
		{"adm@box-1:~$ ", RULES,
		 "show security policies from-zone trust to-zone untrust "
		 "policy-name  \rallow-web detail\r\nPolicy: allow-web\r\n",
		 "Policy: allow-web\n"},
		/* The same, of a line that came at once: in a row of 60. */
		{"box-1# ", RULES,
		 "show security policies from-zone trust to-zone untrust\r"
		 "t policy-name allow-web detail\r\nPolicy: allow-web\r\n",
		 "Policy: allow-web\n"},
		/* In three rows of 40. */
		{"box-1> ", RULES,
		 "show security policies from-zone  \rtrust to-zone untrust "
		 "policy-name allow- \rweb detail\r\nPolicy: allow-web\r\n",
		 "Policy: allow-web\n"},
		/* By a blank, and back; and in lines. */
		{"<sw-9>", FLOWS,
		 "show flow monitor NETFLOW cache filter ipv \033[1D4 source "
		 "address\r\nno flow\r\n",
		 "no flow\n"},
		{"sw-8#", FLOWS,
		 "show flow monitor NETFLOW cache filter ipv \r\n"
		 "4 source address\r\nno flow\r\n",
		 "no flow\n"},
	};

	(void)state;
	PLAY_EACH(painted);
}

/* ---- painted anew */

static void test_echo_that_is_painted_twice_is_dropped(void **state)
{
	static const struct painted painted[] = {
		/* A line above, at the return key. */
		{"sw-1# ", "show vlan",
		 "show vlan\r\n\033[1A\rsw-1# show vlan\r\n1 default\r\n",
		 "1 default\n"},
		{"sw-1# ", "show vlan",
		 "show vlan\r\n\033[A\033[2K\rsw-1# show vlan\033[K\r\n"
		 "\r\n1 default\r\n",
		 "\n1 default\n"},
		/* In a line of its own. */
		{"[adm@box] > ", "/ip route print",
		 "/ip route print\r\n\r\r\r\r[adm@box] > /ip route print\r\n"
		 "\r 0 A S 0.0.0.0/0\r\n",
		 " 0 A S 0.0.0.0/0\n"},
		/* By the terminal, before the shell was there, and by it. */
		{"box:~$ ", "uname -s",
		 "uname -s\r\nbox:~$ uname -s\r\nLinux\r\n", "Linux\n"},
		{"edge-sw.lab# ", RULES,
		 "$ntrust policy-name allow-web detail\r\n"
		 "edge-sw.lab# $ntrust policy-name allow-web detail\r\n"
		 "Policy: allow-web\r\n",
		 "Policy: allow-web\n"},
		{"edge-fw/act# ", RULES,
		 "show security policies from-zon$\r\n"
		 "show security policies from-zon$\r\nPolicy: allow-web\r\n",
		 "Policy: allow-web\n"},
	};

	(void)state;
	PLAY_AT_ONCE(painted);
}

static void test_echo_that_is_painted_word_by_word_is_dropped(void **state)
{
	static const struct painted painted[] = {
		{"lab@mx-1> ", "file list /var/tmp detail",
		 "file    \b\b\blist    \b\b\b/var/tmp    \b\b\bdetail \r\n"
		 "total 0\r\n",
		 "total 0\n"},
		{"lab@mx-1> ", "sh ver",
		 "sh\b\bshow ver\b\b\bversion \r\nJunos: 22.4R1\r\n",
		 "Junos: 22.4R1\n"},
		{"A:sr1# ", "show port desc | match 1/2/1",
		 "show port desc\b\b\b\bdescription | match 1/2/1\r\n"
		 "1/2/1 to sr2\r\n",
		 "1/2/1 to sr2\n"},
		{"sw-1> ", "show ip route",
		 "show \r\033[Ksw-1> show ip \r\033[Ksw-1> show ip route\r\n"
		 "none\r\n",
		 "none\n"},
	};

	(void)state;
	PLAY_EACH(painted);
}

/* The prompt stands where the echo stood, and more comes behind it. */
static void test_echo_that_is_painted_anew_in_pieces_is_waited_for(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\nsw-1# "),
		EXPECT("\n"),
		DELIVER("\r\nsw-1# "),
		EXPECT("show vlan\n"),
		DELIVER("show vlan\r\n\033[1A\rsw-1# "),
		DELIVER_AFTER(20, "show vlan\r\n1 default\r\nsw-1# "),
		EXPECT("clear vlan\n"),
		DELIVER("clear vlan\r\n\033[A\rsw-1# clear vlan\r\nsw-1# "),
		EXPECT("show users\n"),
		DELIVER("show users\r\n\033[A\rsw-1# "),
		END,
	};
	struct talk talk;
	int64_t begin_ms;

	(void)state;
	talk_open(&talk, "generic", steps, "sw-1# ");
	command(&talk, "show vlan", "1 default\n");
	begin_ms = talk.script.now_ms;
	command(&talk, "clear vlan", "");
	assert_int_equal(talk.script.now_ms, begin_ms);
	command(&talk, "show users", "");
	assert_int_equal(talk.script.now_ms, begin_ms + 50);
	talk_end(&talk);
}

/* An empty line's echo may be the device's own newline. */
static void test_echo_of_an_empty_line_tells_no_device_that_echoes(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\nlab@mx> "),
		EXPECT("set cli screen-length 0\n"),
		DELIVER("\r\n\r\nlab@mx> "),
		EXPECT("set cli complete-on-space off\n"),
		DELIVER("\r\n\r\nlab@mx> "),
		EXPECT("\n"),
		DELIVER("\r\n\r\nlab@mx> "),
		EXPECT("show x\n"),
		DELIVER("\r\nx\r\n\r\nlab@mx> "),
		EXPECT("\n"), /* the proof */
		DELIVER("\r\n\r\nlab@mx> "),
		END,
	};
	struct talk talk;
	int64_t begin_ms;

	(void)state;
	talk_open(&talk, "juniper_junos", steps, "lab@mx> ");
	begin_ms = talk.script.now_ms;
	assert_int_equal(run(&talk, "show x"), 0);
	assert_int_equal(talk.script.now_ms, begin_ms + NO_ECHO_MS);
	talk_end(&talk);
}

/* Of a device that shows it twice where there is no answer, either. */
static void test_echo_that_comes_twice_without_a_prompt_is_dropped(void **state)
{
	static const struct script_step steps[] = {
		DELIVER("\r\nR1#"),
		EXPECT("terminal length 0\r"),
		DELIVER("terminal length 0\r\nterminal length 0\r\nR1#"),
		EXPECT("show x\r"),
		DELIVER("show x\r\nshow x\r\nx\r\nR1#"),
		EXPECT("show history\r"),
		DELIVER("show history\r\nshow history\r\nshow history\r\nR1#"),
		END,
	};
	struct talk talk;

	(void)state;
	talk_open(&talk, "cisco_ios", steps, "R1#");
	command(&talk, "show x", "x\n");
	command(&talk, "show history", "show history\n");
	talk_end(&talk);
}

/* ---- what is none */

static void test_an_answer_may_begin_with_its_command(void **state)
{
	static const struct painted painted[] = {
		{"R1#", "show history", "show history\r\nshow history\r\n",
		 "show history\n"},
		{"R1#", "show history",
		 "show history\r\n  show history\r\n  show clock\r\n",
		 "  show history\n  show clock\n"},
		{"box:~$ ", "cat cat", "cat cat\r\ncat cat\r\ncat dog\r\n",
		 "cat cat\ncat dog\n"},
		{"R1#", "show x", "show x\r\nR2#show x\r\nR1#show y\r\n",
		 "R2#show x\nR1#show y\n"},
		{"R1#", "show x", "show x\r\nx\r\nR1#show x\r\n",
		 "x\nR1#show x\n"},
		{"box:~$ ", "w", "w\r\nw\r\nit is ten now\r\n",
		 "w\nit is ten now\n"},
		{"R1#", RULES, RULES "\r\n$policy-name allow-web detail\r\n",
		 "$policy-name allow-web detail\n"},
	};

	(void)state;
	PLAY_AT_ONCE(painted);
}

static void test_an_answer_without_an_echo_is_whole(void **state)
{
	static const struct painted painted[] = {
		{"R1#", "show price", "$5\r\n", "$5\n"},
		{"R1#", "show currency", "$\r\n", "$\n"},
		{"R1#", "show direction", "<\r\n", "<\n"},
		{"R1#", "interface vlan 10", "interface $\r\n",
		 "interface $\n"},
		{"R1#", "show foo", "Invalid command: show foo\r\n",
		 "Invalid command: show foo\n"},
		{"R1#", "show clocks", "Invalid command: show clocks\r\n",
		 "Invalid command: show clocks\n"},
		{"box:~$", "w", "it is ten now\r\n", "it is ten now\n"},
		{"R1#", RULES, "$5\r\nshow security policies$\r\n",
		 "$5\nshow security policies$\n"},
		{"box:~$", "cat /srv/prices/of/all/that/is/sold/in/$HOMETOWN",
		 "$HOMETOWN\r\n", "$HOMETOWN\n"},
	};

	(void)state;
	play_each(painted, LENGTH(painted), play_in_every_manner, NO_ECHO_MS);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_echo_that_scrolled_behind_a_mark_is_dropped),
	cmocka_unit_test(test_echo_that_was_cut_before_a_mark_is_dropped),
	cmocka_unit_test(test_echo_that_a_carriage_return_wrapped_is_dropped),
	cmocka_unit_test(test_echo_that_is_painted_twice_is_dropped),
	cmocka_unit_test(test_echo_that_is_painted_word_by_word_is_dropped),
	cmocka_unit_test(
		test_echo_that_is_painted_anew_in_pieces_is_waited_for),
	cmocka_unit_test(
		test_echo_of_an_empty_line_tells_no_device_that_echoes),
	cmocka_unit_test(
		test_echo_that_comes_twice_without_a_prompt_is_dropped),
	cmocka_unit_test(test_an_answer_may_begin_with_its_command),
	cmocka_unit_test(test_an_answer_without_an_echo_is_whole),
};

UNIT_MAIN(tests)
