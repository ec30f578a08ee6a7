/* The options of the subcommands. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "values.h"

#define INVENTORY "inventory.yaml"
#define WORKERS_MAX 1024
#define FANOUT_MAX 100000
#define TIMEOUT_MAX 86400 /* seconds: a day */
#define RATE_MAX 100000 /* logins a second */

#define OF_RUN (OF_POLL | OF_CHECK)
#define OF_COMMANDS (OF_POLL | OF_BENCH)
#define OF_ALL (OF_POLL | OF_CHECK | OF_BENCH)
#define RUNS_MAX 1000
#define DEVICES_MAX 1000000
#define DELAY_MAX 86400000 /* milliseconds: a day */

/* Options without a letter of their own. */
enum {
	OPTION_TIMEOUT = 256,
	OPTION_MODE,
	OPTION_LOGINS,
	OPTION_RATE,
	OPTION_ON_WORKER_DEATH,
	OPTION_KNOWN_HOSTS,
	OPTION_HOST_KEYS,
	OPTION_PLATFORMS,
	OPTION_ANSWER,
	OPTION_MAX_OUTPUT,
	OPTION_STRICT,
	OPTION_EXEC,
	OPTION_SHELL,
	OPTION_LEARN,
	OPTION_MODES, /* from here to OPTION_PLOT: of bench alone */
	OPTION_POOLS,
	OPTION_WIDTHS,
	OPTION_RUNS,
	OPTION_WARMUP,
	OPTION_SIMULATE,
	OPTION_LATENCY,
	OPTION_CONNECT,
	OPTION_LOGIN,
	OPTION_COMMAND,
	OPTION_JITTER,
	OPTION_SLOW,
	OPTION_PLOT,
	OPTION_VERSION
};

struct choice {
	int id; /* its letter, if it has one */
	unsigned of;
	const char *name;
	const char *value; /* what stands behind it; NULL: nothing */
	const char *help; /* lines */
};

/* In the order of --help. */
static const struct choice choices[] = {
	{'i', OF_ALL, "inventory", "FILE",
	 "the devices (default: " INVENTORY ")"},
	{'c', OF_COMMANDS, "commands", "FILE",
	 "commands, one a line; \"? REGEX=REPLY\" below one\n"
	 "answers what it asks; - is standard input"},
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
	{OPTION_ON_WORKER_DEATH, OF_POLL, "on-worker-death", "ACTION",
	 "of a device whose worker dies in a command: report\n"
	 "(default), or retry: run its commands again"},
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
	{OPTION_PLATFORMS, OF_ALL, "platforms", "DIR",
	 "platform files that add to those of netfan, or\n"
	 "come before them; may be given again"},
	{'v', OF_RUN, "verbose", NULL,
	 "tell when each device is taken up and done"},
	{'q', OF_RUN, "quiet", NULL, "no summary and no notes"},
	{'q', OF_BENCH, "quiet", NULL, "no notes and no progress"},
	{'h', OF_ALL, "help", NULL, "this help"},
	{OPTION_VERSION, OF_ALL, "version", NULL,
	 "versions of netfan and its libraries"},
};

#define NCHOICES (sizeof(choices) / sizeof(choices[0]))

/* ---- help */

static int print_choice(const struct choice *choice)
{
	const char *line = choice->help;
	char left[32];
	int width = snprintf(left, sizeof(left), "  %c%c%s --%s%s%s",
			     choice->id < 256 ? '-' : ' ',
			     choice->id < 256 ? choice->id : ' ',
			     choice->id < 256 ? "," : " ", choice->name,
			     choice->value != NULL ? " " : "",
			     choice->value != NULL ? choice->value : "");

	if (printf("%s", left) < 0 || (width > 24 && putchar('\n') == EOF))
		return -1;
	if (width > 24)
		width = 0;
	while (*line != '\0') {
		size_t len = strcspn(line, "\n");

		if (printf("%*s%.*s\n", 26 - width, "", (int)len, line) < 0)
			return -1;
		width = 0;
		line += len + (line[len] == '\n');
	}
	return 0;
}

static enum parsed print_help(const struct manual *manual)
{
	if (printf("usage: %s [OPTION]... %s\n\n%s\n\n", manual->name,
		   manual->arguments, manual->about) < 0)
		return PARSED_WRONG;
	for (size_t i = 0; i < NCHOICES; i++) {
		if ((choices[i].of & manual->of) != 0 &&
		    print_choice(&choices[i]) == -1)
			return PARSED_WRONG;
	}
	return printf("\n%s\n", manual->status) < 0 ? PARSED_WRONG
						    : PARSED_HELP;
}

static enum parsed print_version(void)
{
	char text[512];

	nf_version_text(text, sizeof(text));
	return puts(text) == EOF ? PARSED_WRONG : PARSED_HELP;
}

/* After a line that says what is wrong. */
static enum parsed hint(const struct manual *manual)
{
	(void)fprintf(stderr, "Try '%s --help'.\n", manual->name);
	return PARSED_WRONG;
}

enum parsed options_wrong(const struct manual *manual, const char *what)
{
	(void)fprintf(stderr, "%s: %s\n", manual->name, what);
	return hint(manual);
}

/* ---- values */

/* An option and what was given behind it. */
struct given {
	const struct manual *manual;
	const char *option;
	char *value;
};

static enum parsed NF_PRINTF(3, 4)
	accept(const struct given *given, bool right, const char *fmt, ...)
{
	char wanted[80];
	va_list args;

	if (right)
		return PARSED_RUN;
	va_start(args, fmt);
	(void)vsnprintf(wanted, sizeof(wanted), fmt, args);
	va_end(args);
	(void)fprintf(stderr, "%s: --%s '%s': give %s\n", given->manual->name,
		      given->option, given->value, wanted);
	return hint(given->manual);
}

static enum parsed take_count(const struct given *given, unsigned *out,
			      unsigned max)
{
	return accept(given, value_count(out, given->value, max),
		      "a number 1-%u", max);
}

static enum parsed take_timeout(const struct given *given, int64_t *out_ms)
{
	double seconds = 0;
	bool right = value_decimal(&seconds, given->value, TIMEOUT_MAX);

	*out_ms = (int64_t)(seconds * 1000 + 0.5);
	return accept(given, right, "seconds, 0.001-%d", TIMEOUT_MAX);
}

static enum parsed take_mode(const struct given *given, enum nf_mode *out)
{
	unsigned mode = 0;

	while (mode < NF_NMODES &&
	       strcmp(given->value, nf_mode_name((enum nf_mode)mode)) != 0)
		mode++;
	*out = (enum nf_mode)mode;
	return accept(given, mode < NF_NMODES, "process, thread or sequential");
}

static enum parsed take_on_death(const struct given *given,
				 enum nf_on_death *out)
{
	static const char *const words[] = {"report", "retry", NULL};
	unsigned place = 0;
	bool right = value_word(&place, given->value, words);

	*out = place == 0 ? NF_ON_DEATH_REPORT : NF_ON_DEATH_RETRY;
	return accept(given, right, "report or retry");
}

static enum parsed take_format(const struct given *given, enum format *out)
{
	static const char *const words[] = {"text", "ndjson", NULL};
	unsigned place = 0;
	bool right = value_word(&place, given->value, words);

	*out = place == 0 ? FORMAT_TEXT : FORMAT_NDJSON;
	return accept(given, right, "text or ndjson");
}

static enum parsed take_host_keys(const struct given *given,
				  enum nf_host_keys *out)
{
	static const char *const words[] = {"accept-new", "strict", "off",
					    NULL};
	static const enum nf_host_keys policies[] = {
		NF_HOST_KEYS_ACCEPT_NEW, NF_HOST_KEYS_STRICT, NF_HOST_KEYS_OFF};
	unsigned place = 0;
	bool right = value_word(&place, given->value, words);

	*out = policies[place];
	return accept(given, right, "accept-new, strict or off");
}

static enum parsed take_answer(const struct given *given,
			       struct commands *commands)
{
	errno = 0;
	if (commands_answer(commands, given->value) == 0)
		return PARSED_RUN;
	return errno == EINVAL ? accept(given, false, "REGEX=REPLY")
			       : PARSED_WRONG;
}

/* ---- of bench */

/* Some of the words, with commas between: a bit each. */
static enum parsed take_words(const struct given *given, unsigned *bits,
			      const char *const *words, const char *wanted)
{
	char text[64], *rest = text, *word;
	bool right = strlen(given->value) < sizeof(text);

	*bits = 0;
	(void)snprintf(text, sizeof(text), "%s", given->value);
	while (right && (word = strsep(&rest, ",")) != NULL) {
		unsigned place = 0;

		right = value_word(&place, word, words);
		*bits |= 1u << place;
	}
	return accept(given, right, "some of %s, with commas", wanted);
}

/* As the bits of modes are. */
static enum parsed take_modes(const struct given *given, unsigned *modes)
{
	const char *words[NF_NMODES + 1] = {NULL};

	for (int mode = 0; mode < NF_NMODES; mode++)
		words[mode] = nf_mode_name((enum nf_mode)mode);
	return take_words(given, modes, words, "sequential, thread, process");
}

static enum parsed take_pools(const struct given *given, unsigned *pools)
{
	static const char *const words[] = {"classic", "multiplexed", NULL};

	return take_words(given, pools, words, "classic, multiplexed");
}

/* From 0 on, other than a count. */
static enum parsed take_number(const struct given *given, unsigned *out,
			       unsigned max)
{
	bool zero = strcmp(given->value, "0") == 0;

	*out = 0;
	return accept(given, zero || value_count(out, given->value, max),
		      "a number 0-%u", max);
}

static enum parsed take_slow(const struct given *given,
			     struct simulation *simulation)
{
	char *equals = strchr(given->value, '=');
	bool right;

	simulation->slow_ms = 5000;
	if (equals != NULL)
		*equals = '\0';
	right = value_count(&simulation->slow, given->value, DEVICES_MAX) &&
		(equals == NULL ||
		 value_count(&simulation->slow_ms, equals + 1, DELAY_MAX));
	if (equals != NULL)
		*equals = '=';
	return accept(given, right, "a device's number, or N=MS");
}

static enum parsed take_file(const struct given *given,
			     struct bench_wish *bench)
{
	bool json = strncmp(given->value, "json=", 5) == 0;
	bool csv = strncmp(given->value, "csv=", 4) == 0;
	bool right = (json && bench->json == NULL && given->value[5] != '\0') ||
		     (csv && bench->csv == NULL && given->value[4] != '\0');

	if (json)
		bench->json = given->value + 5;
	if (csv)
		bench->csv = given->value + 4;
	return accept(given, right, "json=FILE, csv=FILE, or both");
}

static enum parsed take_delay(struct simulation *simulation, int option,
			      const struct given *given)
{
	switch (option) {
	case OPTION_CONNECT:
		return take_number(given, &simulation->connect_ms, DELAY_MAX);
	case OPTION_LOGIN:
		return take_number(given, &simulation->login_ms, DELAY_MAX);
	case OPTION_COMMAND:
		return take_number(given, &simulation->command_ms, DELAY_MAX);
	case OPTION_JITTER:
		return take_number(given, &simulation->jitter_ms, DELAY_MAX);
	default: /* OPTION_LATENCY */
		if (take_number(given, &simulation->connect_ms, DELAY_MAX) !=
		    PARSED_RUN)
			return PARSED_WRONG;
		simulation->login_ms = simulation->connect_ms;
		return PARSED_RUN;
	}
}

static enum parsed take_of_bench(struct bench_wish *bench, int option,
				 const struct given *given)
{
	struct simulation *simulation = &bench->simulation;

	switch (option) {
	case OPTION_MODES:
		return take_modes(given, &bench->modes);
	case OPTION_POOLS:
		bench->of_width = given->option;
		return take_pools(given, &bench->pools);
	case OPTION_WIDTHS:
		bench->of_width = given->option;
		return accept(given, widths_parse(&bench->widths, given->value),
			      "at most %d numbers: 1,10,100 or 5..40:5",
			      WIDTHS_MAX);
	case OPTION_RUNS:
		return take_count(given, &bench->runs, RUNS_MAX);
	case OPTION_WARMUP:
		return take_number(given, &bench->warmup, RUNS_MAX);
	case OPTION_SIMULATE:
		return take_count(given, &simulation->devices, DEVICES_MAX);
	case OPTION_SLOW:
		bench->of_simulation = given->option;
		return take_slow(given, simulation);
	case OPTION_PLOT:
		bench->plot = given->value;
		return PARSED_RUN;
	default:
		bench->of_simulation = given->option;
		return take_delay(simulation, option, given);
	}
}

/* ---- parsing */

/* Those that say how the pool runs, and how far it goes. */
static enum parsed take_of_pool(struct nf_poll_options *poll, int option,
				const struct given *given)
{
	switch (option) {
	case 'w':
		return take_count(given, &poll->workers, WORKERS_MAX);
	case 'f':
		return take_count(given, &poll->fanout, FANOUT_MAX);
	case OPTION_MODE:
		return take_mode(given, &poll->mode);
	case OPTION_LOGINS:
		return take_count(given, &poll->logins, FANOUT_MAX);
	case OPTION_RATE:
		return accept(
			given,
			value_decimal(&poll->rate, given->value, RATE_MAX),
			"logins a second, 0.001-%d", RATE_MAX);
	case OPTION_ON_WORKER_DEATH:
		return take_on_death(given, &poll->on_worker_death);
	case OPTION_TIMEOUT:
		return take_timeout(given, &poll->timeout_ms);
	default:
		return hint(given->manual);
	}
}

/* Those that say how a device is spoken to. */
static enum parsed take_of_session(struct options *options, int option,
				   const struct given *given)
{
	struct nf_poll_options *poll = &options->poll;

	switch (option) {
	case OPTION_KNOWN_HOSTS:
		options->bench.of_network = given->option;
		poll->known_hosts = given->value;
		return PARSED_RUN;
	case OPTION_HOST_KEYS:
		options->bench.of_network = given->option;
		return take_host_keys(given, &poll->host_keys);
	case OPTION_ANSWER:
		return take_answer(given, &options->commands);
	case OPTION_MAX_OUTPUT:
		return accept(given,
			      value_size(&poll->max_output, given->value),
			      "bytes, or a number with K, M or G");
	case OPTION_EXEC:
		poll->channel = NF_CHANNEL_EXEC;
		return PARSED_RUN;
	case OPTION_SHELL:
		poll->channel = NF_CHANNEL_SHELL;
		return PARSED_RUN;
	case OPTION_STRICT:
		poll->strict = true;
		return PARSED_RUN;
	case OPTION_LEARN:
		poll->learn = true;
		return PARSED_RUN;
	default:
		return take_of_pool(poll, option, given);
	}
}

static enum parsed take(struct options *options, int option,
			const struct given *given)
{
	if (option >= OPTION_MODES && option <= OPTION_PLOT)
		return take_of_bench(&options->bench, option, given);
	switch (option) {
	case 'i':
		options->bench.of_network = given->option;
		options->inventory = given->value;
		return PARSED_RUN;
	case 'c':
		return commands_read(&options->commands, given->value) == 0
			       ? PARSED_RUN
			       : PARSED_WRONG;
	case 'o':
		return given->manual->of == OF_BENCH
			       ? take_file(given, &options->bench)
			       : take_format(given, &options->format);
	case OPTION_PLATFORMS:
		return directories_add(&options->platforms, given->value) == 0
			       ? PARSED_RUN
			       : PARSED_WRONG;
	case 'v':
		options->verbose = true;
		return PARSED_RUN;
	case 'q':
		options->quiet = true;
		return PARSED_RUN;
	case 'h':
		return print_help(given->manual);
	case OPTION_VERSION:
		return print_version();
	default:
		return take_of_session(options, option, given);
	}
}

/* The table as getopt_long(3) wants it, for one subcommand. */
static void list_choices(const struct manual *manual,
			 struct option longs[NCHOICES + 1],
			 char letters[2 * NCHOICES + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < NCHOICES; i++) {
		const struct choice *choice = &choices[i];

		if ((choice->of & manual->of) == 0)
			continue;
		longs[n++] = (struct option){
			choice->name,
			choice->value != NULL ? required_argument : no_argument,
			NULL, choice->id};
		if (choice->id < 256)
			*letters++ = (char)choice->id;
		if (choice->id < 256 && choice->value != NULL)
			*letters++ = ':';
	}
	longs[n] = (struct option){0};
	*letters = '\0';
}

/* The long name of an option, as messages have it. */
static const char *name_of(int option)
{
	for (size_t i = 0; i < NCHOICES; i++) {
		if (choices[i].id == option)
			return choices[i].name;
	}
	return "";
}

enum parsed options_parse(struct options *options, const struct manual *manual,
			  int argc, char **argv)
{
	struct option longs[NCHOICES + 1];
	char letters[2 * NCHOICES + 1];
	enum parsed parsed = PARSED_RUN;
	int option;

	*options = (struct options){
		.inventory = INVENTORY,
		.bench = {.modes = (1u << NF_NMODES) - 1,
			  .pools = POOL_CLASSIC | POOL_MULTIPLEXED,
			  .runs = BENCH_RUNS,
			  .warmup = BENCH_WARMUP,
			  .simulation = {.connect_ms = BENCH_DELAY_MS,
					 .login_ms = BENCH_DELAY_MS,
					 .command_ms = BENCH_DELAY_MS}}};
	list_choices(manual, longs, letters);
	/* How getopt_long(3) begins its messages. */
	argv[0] = (char *)(uintptr_t)manual->name;
	while (parsed == PARSED_RUN &&
	       (option = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const struct given given = {.manual = manual,
					    .option = name_of(option),
					    .value = optarg};

		parsed = option == '?' ? hint(manual)
				       : take(options, option, &given);
	}
	options->words = argv + optind;
	options->nwords = (size_t)(argc - optind);
	return parsed;
}

int options_take_commands(struct options *options)
{
	struct commands *commands = &options->commands;

	for (size_t i = 0; i < options->nwords; i++) {
		if (commands_add(commands, options->words[i]) == -1)
			return -1;
	}
	options->poll.commands = commands->at;
	options->poll.ncommands = commands->n;
	options->poll.answers = commands->answers;
	options->poll.nanswers = commands->nanswers;
	return 0;
}

void options_release(struct options *options)
{
	directories_free(&options->platforms);
	commands_release(&options->commands);
}
