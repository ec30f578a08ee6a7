/* Options of netfan bench. */
#include "bench/options.h"

#include <stdio.h>
#include <string.h>

#include "options/given.h"
#include "options/groups.h"
#include "options/parse.h"
#include "options/values.h"

#define RUNS 3
#define RUNS_MAX 1000
#define WARMUP 1
#define DEVICES_MAX 1000000
#define DELAY_MS 40 /* of simulated devices, each time */
#define DELAY_MAX_MS 86400000 /* a day */
#define SLOW_MS 5000

/* Asked of simulated devices, whose output of it never changes. */
static const char *const standard_command[] = {"show inventory"};

/* Cast to the struct that begins with options: rows of bench get no other. */
static struct bench_options *whole(struct options *options)
{
	return (struct bench_options *)options;
}

/* ---- measuring */

/* Read words with commas between, a bit each. */
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
	return given_check(given, right, "some of %s, with commas", wanted);
}

static enum parsed take_modes(struct options *options,
			      const struct given *given)
{
	const char *words[NF_NMODES + 1] = {NULL};

	for (int mode = 0; mode < NF_NMODES; mode++)
		words[mode] = nf_mode_name((enum nf_mode)mode);
	return take_words(given, &whole(options)->modes, words,
			  "sequential, thread, process");
}

static enum parsed take_pools(struct options *options,
			      const struct given *given)
{
	static const char *const words[] = {"classic", "multiplexed", NULL};

	return take_words(given, &whole(options)->pools, words,
			  "classic, multiplexed");
}

static enum parsed take_widths(struct options *options,
			       const struct given *given)
{
	return given_check(
		given, widths_parse(&whole(options)->widths, given->value),
		"at most %d numbers: 1,10,100 or 5..40:5", WIDTHS_MAX);
}

static enum parsed take_runs(struct options *options, const struct given *given)
{
	return given_count(given, &whole(options)->runs, RUNS_MAX);
}

static enum parsed take_warmup(struct options *options,
			       const struct given *given)
{
	return given_number(given, &whole(options)->warmup, RUNS_MAX);
}

/* ---- simulated devices */

static enum parsed take_simulate(struct options *options,
				 const struct given *given)
{
	return given_count(given, &whole(options)->simulation.devices,
			   DEVICES_MAX);
}

static enum parsed take_latency(struct options *options,
				const struct given *given)
{
	struct simulation *simulation = &whole(options)->simulation;
	enum parsed parsed =
		given_number(given, &simulation->connect_ms, DELAY_MAX_MS);

	simulation->login_ms = simulation->connect_ms;
	return parsed;
}

static enum parsed take_connect(struct options *options,
				const struct given *given)
{
	return given_number(given, &whole(options)->simulation.connect_ms,
			    DELAY_MAX_MS);
}

static enum parsed take_login(struct options *options,
			      const struct given *given)
{
	return given_number(given, &whole(options)->simulation.login_ms,
			    DELAY_MAX_MS);
}

static enum parsed take_command(struct options *options,
				const struct given *given)
{
	return given_number(given, &whole(options)->simulation.command_ms,
			    DELAY_MAX_MS);
}

static enum parsed take_jitter(struct options *options,
			       const struct given *given)
{
	return given_number(given, &whole(options)->simulation.jitter_ms,
			    DELAY_MAX_MS);
}

static enum parsed take_slow(struct options *options, const struct given *given)
{
	struct simulation *simulation = &whole(options)->simulation;
	char *equals = strchr(given->value, '=');
	bool right;

	simulation->slow_ms = SLOW_MS;
	if (equals != NULL)
		*equals = '\0';
	right = value_count(&simulation->slow, given->value, DEVICES_MAX) &&
		(equals == NULL ||
		 value_count(&simulation->slow_ms, equals + 1, DELAY_MAX_MS));
	if (equals != NULL)
		*equals = '=';
	return given_check(given, right, "a device's number, or N=MS");
}

/* ---- output */

static enum parsed take_output(struct options *options,
			       const struct given *given)
{
	struct bench_options *bench = whole(options);
	bool json = strncmp(given->value, "json=", 5) == 0;
	bool csv = strncmp(given->value, "csv=", 4) == 0;
	bool right = (json && bench->json == NULL && given->value[5] != '\0') ||
		     (csv && bench->csv == NULL && given->value[4] != '\0');

	if (json)
		bench->json = given->value + 5;
	if (csv)
		bench->csv = given->value + 4;
	return given_check(given, right, "json=FILE, csv=FILE, or both");
}

static enum parsed take_plot(struct options *options, const struct given *given)
{
	whole(options)->plot = given->value;
	return PARSED_RUN;
}

/* ---- tables */

const struct option_row bench_measure_options[] = {
	{"modes", '\0', "LIST", "of sequential, thread, process (default: all)",
	 take_modes},
	{"pools", '\0', "LIST", "of classic, multiplexed (default: both)",
	 take_pools},
	{"widths", '\0', "LIST",
	 "sessions in flight: 1,10,100 or 5..40:5 (default:\n"
	 "what suits the number of devices)",
	 take_widths},
	{"runs", '\0', "N", "of each row (default: 3)", take_runs},
	{"warmup", '\0', "N", "runs before, which do not count (default: 1)",
	 take_warmup},
	{"simulate", '\0', "N",
	 "N simulated devices in place of an inventory, who\n"
	 "are asked for \"show inventory\" if nothing is given",
	 take_simulate},
	{"latency-ms", '\0', "MS",
	 "what they take to connect, and again to log in", take_latency},
	{"connect-ms", '\0', "MS", "what they take to connect (default: 40)",
	 take_connect},
	{"login-ms", '\0', "MS", "to log in (default: 40)", take_login},
	{"command-ms", '\0', "MS",
	 "and for each line: paging off, enable, commands\n"
	 "(default: 40)",
	 take_command},
	{"jitter-ms", '\0', "MS",
	 "and at most, by chance, each time (default: 0)", take_jitter},
	{"slow", '\0', "N[=MS]",
	 "device N takes MS more to connect (default: 5000)", take_slow},
	{"output", 'o', "FORMAT=FILE",
	 "json=FILE, csv=FILE: all figures; both may be given", take_output},
	{"plot", '\0', "FILE",
	 "wall against width: FILE.svg, or FILE.png if there is\n"
	 "a gnuplot",
	 take_plot},
	{0},
};

const struct option_row bench_report_options[] = {
	{"quiet", 'q', NULL, "no notes and no progress", take_quiet},
	{0},
};

/* Options that only devices of a network heed, or only simulated ones, or only
 * rows of a width. */
static const char *const of_network[] = {"inventory",
					 "inventory-format",
					 "vault-password-file",
					 "strict-inventory",
					 "host",
					 "device-type",
					 "user",
					 "ask-pass",
					 "ask-secret",
					 "known-hosts",
					 "host-keys",
					 NULL};
static const char *const of_simulation[] = {
	"latency-ms", "connect-ms", "login-ms", "command-ms",
	"jitter-ms",  "slow",       NULL};
static const char *const of_width[] = {"pools", "widths", NULL};

/* ---- the command line as a whole */

/* Refuse an option that would do nothing, as a mistake. */
static enum parsed refuse_idle(const struct bench_options *options,
			       const struct subcommand *sub)
{
	bool simulated = options->simulation.devices > 0;
	const char *idle = options_last(&options->common,
					simulated ? of_network : of_simulation);

	if (idle != NULL)
		return subcommand_wrong(sub, "--%s: does nothing %s --simulate",
					idle, simulated ? "with" : "without");
	idle = options_last(&options->common, of_width);
	if (idle != NULL && options->modes == 1u << NF_MODE_SEQUENTIAL)
		return subcommand_wrong(sub,
					"--%s: does nothing with sequential "
					"mode alone",
					idle);
	if (options->simulation.slow > options->simulation.devices)
		return subcommand_wrong(sub, "--slow: there are %u devices",
					options->simulation.devices);
	return PARSED_RUN;
}

/* Ask simulated devices for the standard command, as none was given. */
static enum parsed take_standard(struct bench_options *options,
				 const struct subcommand *sub)
{
	struct nf_poll_options *poll = &options->common.poll;

	if (options->simulation.devices == 0)
		return subcommand_wrong(sub, "no command is given");
	poll->commands = standard_command;
	poll->ncommands = 1;
	options->standard = true;
	return PARSED_RUN;
}

enum parsed bench_options_parse(struct bench_options *options,
				const struct subcommand *sub, int argc,
				char **argv)
{
	enum parsed parsed;

	*options =
		(struct bench_options){.common = {.inventories_reread = true},
				       .modes = (1u << NF_NMODES) - 1,
				       .pools = POOL_CLASSIC | POOL_MULTIPLEXED,
				       .runs = RUNS,
				       .warmup = WARMUP,
				       .simulation = {.connect_ms = DELAY_MS,
						      .login_ms = DELAY_MS,
						      .command_ms = DELAY_MS}};
	parsed = options_parse(&options->common, sub, argc, argv);
	if (parsed == PARSED_RUN &&
	    options_take_commands(&options->common, sub) == -1)
		return PARSED_WRONG;
	if (parsed == PARSED_RUN)
		parsed = refuse_idle(options, sub);
	if (parsed == PARSED_RUN && options->common.poll.ncommands == 0)
		parsed = take_standard(options, sub);
	return parsed;
}
