/* The options of the subcommands. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/format.h"
#include "options/values.h"
#include "options/words.h"
#include "tell.h"

#define WORKERS_MAX 1024
#define FANOUT_MAX 100000
#define TIMEOUT_MAX 86400 /* seconds: a day */
#define RATE_MAX 100000 /* logins a second */
#define RUNS_MAX 1000
#define DEVICES_MAX 1000000
#define DELAY_MAX 86400000 /* milliseconds: a day */

void options_version(void)
{
	char text[512];

	nf_version_text(text, sizeof(text));
	(void)puts(text);
}

/* After a line that says what is wrong. */
static enum parsed hint(const struct manual *manual)
{
	tell("Try '%s --help'.", manual->name);
	return PARSED_WRONG;
}

enum parsed options_wrong(const struct manual *manual, const char *fmt, ...)
{
	char what[TELL_MAX];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	tell("%s: %s", manual->name, what);
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
	char wanted[FORMAT_NAMES];
	va_list args;

	if (right)
		return PARSED_RUN;
	va_start(args, fmt);
	(void)vsnprintf(wanted, sizeof(wanted), fmt, args);
	va_end(args);
	return options_wrong(given->manual, "--%s '%s': give %s", given->option,
			     given->value, wanted);
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

/* As the library has it: 0 is its own choice, -1 no limit. */
static enum parsed take_limit(const struct given *given, int *out)
{
	unsigned n = 0;
	bool none = strcmp(given->value, "0") == 0;
	bool right = none || value_count(&n, given->value, FANOUT_MAX);

	*out = none ? -1 : (int)n;
	return accept(given, right, "a number 1-%d, or 0 for no limit",
		      FANOUT_MAX);
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

static enum parsed take_format(const struct given *given, const char **out)
{
	unsigned run =
		given->manual->of == OF_CHECK ? FORMAT_CHECK : FORMAT_POLL;
	char names[FORMAT_NAMES];

	format_names(names, run, "");
	*out = given->value;
	return accept(given, format_find(given->value, run) != NULL, "%s",
		      names);
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

static enum parsed take_command(const struct given *given,
				struct command_list *commands)
{
	if (word_is_blank(given->value))
		return options_wrong(given->manual,
				     "--command: the command is blank");
	return command_list_add(commands, given->value) == 0 ? PARSED_RUN
							     : PARSED_WRONG;
}

static enum parsed take_answer(const struct given *given,
			       struct command_list *commands)
{
	errno = 0;
	if (command_list_add_answer(commands, given->value) == 0)
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
	case OPTION_LOGINS_PER_HOST:
		return take_limit(given, &poll->logins_per_host);
	case OPTION_MAX_AUTH_FAILURES:
		return take_limit(given, &poll->max_auth_failures);
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

/* Standard input can be read once. */
static enum parsed take_input(struct options *options,
			      const struct given *given)
{
	const char *taken = options->input;

	if (strcmp(given->value, "-") != 0)
		return PARSED_RUN;
	options->input = given->option;
	return accept(given, taken == NULL,
		      "a file: --%s reads standard input already", taken);
}

static enum parsed take_path(struct paths *paths, const struct given *given)
{
	if (paths_add(paths, given->value) == 0)
		return PARSED_RUN;
	(void)tell_no_memory();
	return PARSED_WRONG;
}

static enum parsed take_inventory(struct options *options,
				  const struct given *given)
{
	bool input = strcmp(given->value, "-") == 0;

	if (input && given->manual->of == OF_BENCH)
		return accept(given, false,
			      "a file: it is read more than once");
	if (take_input(options, given) == PARSED_WRONG)
		return PARSED_WRONG;
	return take_path(&options->inventories, given);
}

static enum parsed take(struct options *options, int option,
			const struct given *given)
{
	if (option >= OPTION_MODES && option <= OPTION_PLOT)
		return take_of_bench(&options->bench, option, given);
	switch (option) {
	case 'i':
		options->bench.of_network = given->option;
		return take_inventory(options, given);
	case 'c':
		if (take_input(options, given) == PARSED_WRONG)
			return PARSED_WRONG;
		return command_list_read(&options->commands, given->value) == 0
			       ? PARSED_RUN
			       : PARSED_WRONG;
	case 'e':
		return take_command(given, &options->commands);
	case 'o':
		return given->manual->of == OF_BENCH
			       ? take_file(given, &options->bench)
			       : take_format(given, &options->format);
	case OPTION_PLATFORMS:
		return take_path(&options->platforms, given);
	case 'v':
		options->verbose = true;
		return PARSED_RUN;
	case 'q':
		options->quiet = true;
		return PARSED_RUN;
	case 'h':
		choices_help(given->manual);
		return PARSED_HELP;
	case OPTION_VERSION:
		options_version();
		return PARSED_HELP;
	default:
		return take_of_session(options, option, given);
	}
}

/*
 * The table as getopt_long(3) wants it, for one subcommand. The colon makes it
 * tell an option without its value from one that there is not.
 */
static void list_choices(const struct manual *manual,
			 struct option longs[CHOICES_MAX + 1],
			 char letters[2 * CHOICES_MAX + 2])
{
	const struct choice *of[CHOICES_MAX];
	size_t n = choices_of(of, manual->of);

	*letters++ = ':';
	for (size_t i = 0; i < n; i++) {
		bool valued = of[i]->value != NULL;

		longs[i] = (struct option){
			of[i]->name, valued ? required_argument : no_argument,
			NULL, of[i]->id};
		if (of[i]->id < 256)
			*letters++ = (char)of[i]->id;
		if (of[i]->id < 256 && valued)
			*letters++ = ':';
	}
	longs[n] = (struct option){0};
	*letters = '\0';
}

/* A long option that is none, or the beginning of some. */
static enum parsed wrong_long(const struct manual *manual, const char *text)
{
	const struct choice *of[CHOICES_MAX];
	const char *names[CHOICES_MAX + 1] = {NULL};
	size_t n = choices_of(of, manual->of);
	char name[64], whole[256] = "";
	size_t len = strcspn(text + 2, "="), at = 0;

	(void)snprintf(name, sizeof(name), "%.*s", (int)len, text + 2);
	for (size_t i = 0; i < n; i++) {
		names[i] = of[i]->name;
		if (len > 0 && strncmp(of[i]->name, name, len) == 0 &&
		    at < sizeof(whole) - 32)
			at += (size_t)sprintf(whole + at, "%s--%s",
					      at > 0 ? " or " : "", names[i]);
	}
	if (at > 0)
		return options_wrong(manual, "--%s: write it in full: %s", name,
				     whole);
	if (nf_nearest(name, names) != NULL)
		return options_wrong(manual,
				     "there is no option --%s: did you mean "
				     "--%s?",
				     name, nf_nearest(name, names));
	return options_wrong(manual, "there is no option --%s", name);
}

/* What getopt_long(3) finds to be wrong, in the argument before optind if it is
 * a long option. */
static enum parsed wrong_option(const struct manual *manual, int found,
				char **argv)
{
	const char *name = choice_name(manual->of, optopt);

	if (found == ':')
		return options_wrong(manual, "--%s: a value is missing", name);
	if (optopt == 0)
		return wrong_long(manual, argv[optind - 1]);
	if (name[0] != '\0')
		return options_wrong(manual, "--%s: it takes no value", name);
	return options_wrong(manual, "there is no option -%c", optopt);
}

/*
 * getopt_long(3) takes --out for --output, which would be another option from
 * the day on which there is one of that name.
 */
static bool abbreviated(const struct option *found, char **argv)
{
	const char *text = argv[optind - 1];

	if (optarg == text)
		text = argv[optind - 2];
	return strcspn(text + 2, "=") != strlen(found->name);
}

/* The next option, read: *more tells whether there was one. */
static enum parsed next_option(struct options *options,
			       const struct manual *manual, int argc,
			       char **argv, bool *more)
{
	struct option longs[CHOICES_MAX + 1];
	char letters[2 * CHOICES_MAX + 2];
	int place = -1, option;

	list_choices(manual, longs, letters);
	option = getopt_long(argc, argv, letters, longs, &place);
	*more = option != -1;
	if (option == -1)
		return PARSED_RUN;
	if (option == '?' || option == ':')
		return wrong_option(manual, option, argv);
	if (place != -1 && abbreviated(&longs[place], argv))
		return wrong_long(manual, optarg == argv[optind - 1]
						  ? argv[optind - 2]
						  : argv[optind - 1]);
	return take(
		options, option,
		&(const struct given){.manual = manual,
				      .option = choice_name(manual->of, option),
				      .value = optarg});
}

enum parsed options_parse(struct options *options, const struct manual *manual,
			  int argc, char **argv)
{
	enum parsed parsed = PARSED_RUN;
	bool more = true;

	*options = (struct options){
		.bench = {.modes = (1u << NF_NMODES) - 1,
			  .pools = POOL_CLASSIC | POOL_MULTIPLEXED,
			  .runs = BENCH_RUNS,
			  .warmup = BENCH_WARMUP,
			  .simulation = {.connect_ms = BENCH_DELAY_MS,
					 .login_ms = BENCH_DELAY_MS,
					 .command_ms = BENCH_DELAY_MS}}};
	opterr = 0; /* its messages show what was typed as it is */
	while (parsed == PARSED_RUN && more)
		parsed = next_option(options, manual, argc, argv, &more);
	options->words = argv + optind;
	options->nwords = (size_t)(argc - optind);
	return parsed;
}

int options_take_commands(struct options *options, const struct manual *manual)
{
	struct command_list *commands = &options->commands;

	if (words_take(commands, manual, options->words, options->nwords,
		       options->quiet) == -1)
		return -1;
	options->poll.commands = commands->at;
	options->poll.ncommands = commands->n;
	options->poll.answers = commands->answers;
	options->poll.nanswers = commands->nanswers;
	return 0;
}

void options_release(struct options *options)
{
	paths_free(&options->inventories);
	paths_free(&options->platforms);
	command_list_release(&options->commands);
}
