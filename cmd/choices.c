/* The options of all subcommands. */
#include "choices.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define OF_RUN (OF_POLL | OF_CHECK)
#define OF_COMMANDS (OF_POLL | OF_BENCH)
#define OF_ALL (OF_POLL | OF_CHECK | OF_BENCH)
#define OF_ANY (OF_ALL | OF_PLATFORMS)
#define HELP_COLUMN 26

/* In the order of --help. */
static const struct choice choices[] = {
	{'i', OF_ALL, "inventory", "FILE",
	 "the devices (default: " CHOICE_INVENTORY "), - for\n"
	 "standard input; all of them, if given again"},
	{'c', OF_COMMANDS, "commands", "FILE",
	 "commands, one a line; \"? REGEX=REPLY\" below one\n"
	 "answers what it asks; - is standard input"},
	{'e', OF_COMMANDS, "command", "CMD",
	 "one command, whatever words it has; may be given\n"
	 "again"},
	{OPTION_LEARN, OF_CHECK, "learn", NULL,
	 "find out what each device is, whatever its\n"
	 "device_type; show what it said and, of one that\n"
	 "nobody knows, a platform file that may do"},
	{'w', OF_RUN, "workers", "N", "worker processes (default: one a core)"},
	{'f', OF_RUN, "fanout", "N",
	 "sessions in flight in all (default: 500)"},
	{OPTION_MODE, OF_RUN, "mode", "MODE",
	 "process (default), thread or sequential: one\n"
	 "device after another"},
	{OPTION_MODES, OF_BENCH, "modes", "LIST",
	 "of sequential, thread, process (default: all)"},
	{OPTION_POOLS, OF_BENCH, "pools", "LIST",
	 "of classic, multiplexed (default: both)"},
	{OPTION_WIDTHS, OF_BENCH, "widths", "LIST",
	 "sessions in flight: 1,10,100 or 5..40:5 (default:\n"
	 "what suits the number of devices)"},
	{OPTION_RUNS, OF_BENCH, "runs", "N", "of each row (default: 3)"},
	{OPTION_WARMUP, OF_BENCH, "warmup", "N",
	 "runs before, which do not count (default: 1)"},
	{OPTION_SIMULATE, OF_BENCH, "simulate", "N",
	 "N simulated devices in place of an inventory, who\n"
	 "are asked for \"show inventory\" if nothing is given"},
	{OPTION_LATENCY, OF_BENCH, "latency-ms", "MS",
	 "what they take to connect, and again to log in"},
	{OPTION_CONNECT, OF_BENCH, "connect-ms", "MS",
	 "what they take to connect (default: 40)"},
	{OPTION_LOGIN, OF_BENCH, "login-ms", "MS", "to log in (default: 40)"},
	{OPTION_COMMAND, OF_BENCH, "command-ms", "MS",
	 "and for each line: paging off, enable, commands\n"
	 "(default: 40)"},
	{OPTION_JITTER, OF_BENCH, "jitter-ms", "MS",
	 "and at most, by chance, each time (default: 0)"},
	{OPTION_SLOW, OF_BENCH, "slow", "N[=MS]",
	 "device N takes MS more to connect (default: 5000)"},
	{'o', OF_BENCH, "output", "FORMAT=FILE",
	 "json=FILE, csv=FILE: all figures; both may be given"},
	{OPTION_PLOT, OF_BENCH, "plot", "FILE",
	 "wall against width: FILE.svg, or FILE.png if there is\n"
	 "a gnuplot"},
	{OPTION_RATE, OF_ALL, "rate", "N", "begin at most N logins a second"},
	{OPTION_LOGINS, OF_ALL, "logins", "N",
	 "at most N logins in progress (default: as many\n"
	 "as the processors can serve in time)"},
	{OPTION_LOGINS_PER_HOST, OF_ALL, "logins-per-host", "N",
	 "of them to one address, whatever the port\n"
	 "(default: 5; 0: any number)"},
	{OPTION_MAX_AUTH_FAILURES, OF_ALL, "max-auth-failures", "N",
	 "refusals of a user and password, with no success\n"
	 "between, that end its use (default: 3; 0: never)"},
	{OPTION_ON_WORKER_DEATH, OF_POLL, "on-worker-death", "ACTION",
	 "of a device whose worker dies in a command that may do\n"
	 "more than read: report (default), or retry it"},
	{'o', OF_RUN, "output", "FORMAT", "text (default) or ndjson"},
	{OPTION_ANSWER, OF_COMMANDS, "answer", "REGEX=REPLY",
	 "say REPLY when a command asks what REGEX matches;\n"
	 "may be given again"},
	{OPTION_STRICT, OF_POLL, "strict", NULL,
	 "a device that refuses a command, or where one ends\n"
	 "with a status other than 0, has failed"},
	{OPTION_EXEC, OF_COMMANDS, "exec", NULL,
	 "run each command as a program of its own (default\n"
	 "for linux)"},
	{OPTION_SHELL, OF_COMMANDS, "shell", NULL,
	 "run all commands in one shell (default for others)"},
	{OPTION_MAX_OUTPUT, OF_COMMANDS, "max-output", "SIZE",
	 "of one answer, such as 100K or 20M"},
	{OPTION_TIMEOUT, OF_ALL, "timeout", "SECONDS",
	 "of one device's whole session (default: 60)"},
	{OPTION_KNOWN_HOSTS, OF_ALL, "known-hosts", "FILE",
	 "host keys (default: ~/.ssh/known_hosts)"},
	{OPTION_HOST_KEYS, OF_ALL, "host-keys", "POLICY",
	 "accept-new (default), strict or off"},
	{OPTION_PLATFORMS, OF_ANY, "platforms", "DIR",
	 "platform files that add to those of netfan, or\n"
	 "come before them; may be given again"},
	{'v', OF_RUN, "verbose", NULL,
	 "tell when each device is taken up and done"},
	{'q', OF_RUN, "quiet", NULL, "no summary and no notes"},
	{'q', OF_BENCH, "quiet", NULL, "no notes and no progress"},
	{'h', OF_ANY, "help", NULL, "this help"},
	{OPTION_VERSION, OF_ANY, "version", NULL,
	 "versions of netfan and its libraries"},
};

#define NCHOICES (sizeof(choices) / sizeof(choices[0]))
static_assert(NCHOICES <= CHOICES_MAX, "those of a subcommand fit");

size_t choices_of(const struct choice *out[CHOICES_MAX], unsigned of)
{
	size_t n = 0;

	for (size_t i = 0; i < NCHOICES; i++) {
		if ((choices[i].of & of) != 0)
			out[n++] = &choices[i];
	}
	return n;
}

const char *choice_name(unsigned of, int id)
{
	for (size_t i = 0; i < NCHOICES; i++) {
		if (choices[i].id == id && (choices[i].of & of) != 0)
			return choices[i].name;
	}
	return "";
}

/* ---- help */

static void print_choice(const struct choice *choice)
{
	const char *line = choice->help;
	char left[32];
	int width = snprintf(left, sizeof(left), "  %c%c%s --%s%s%s",
			     choice->id < 256 ? '-' : ' ',
			     choice->id < 256 ? choice->id : ' ',
			     choice->id < 256 ? "," : " ", choice->name,
			     choice->value != NULL ? " " : "",
			     choice->value != NULL ? choice->value : "");

	(void)printf("%s", left);
	if (width > HELP_COLUMN - 2) {
		(void)putchar('\n');
		width = 0;
	}
	while (*line != '\0') {
		size_t len = strcspn(line, "\n");

		(void)printf("%*s%.*s\n", HELP_COLUMN - width, "", (int)len,
			     line);
		width = 0;
		line += len + (line[len] == '\n');
	}
}

void choices_help(const struct manual *manual)
{
	const struct choice *of[CHOICES_MAX];
	size_t n = choices_of(of, manual->of);

	(void)printf("usage: %s [OPTION]...%s%s\n\n%s\n\n", manual->name,
		     manual->arguments[0] != '\0' ? " " : "", manual->arguments,
		     manual->about);
	for (size_t i = 0; i < n; i++)
		print_choice(of[i]);
	(void)printf("\n%s\n", manual->status);
}
