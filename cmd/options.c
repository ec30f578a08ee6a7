/* The options of netfan poll. */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INVENTORY "inventory.yaml"
#define WORKERS_MAX 1024
#define FANOUT_MAX 100000
#define TIMEOUT_MAX 86400 /* seconds: a day */
#define RATE_MAX 100000 /* logins a second */

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
	OPTION_VERSION
};

static const struct option long_options[] = {
	{"inventory", required_argument, NULL, 'i'},
	{"workers", required_argument, NULL, 'w'},
	{"fanout", required_argument, NULL, 'f'},
	{"mode", required_argument, NULL, OPTION_MODE},
	{"logins", required_argument, NULL, OPTION_LOGINS},
	{"rate", required_argument, NULL, OPTION_RATE},
	{"on-worker-death", required_argument, NULL, OPTION_ON_WORKER_DEATH},
	{"output", required_argument, NULL, 'o'},
	{"timeout", required_argument, NULL, OPTION_TIMEOUT},
	{"known-hosts", required_argument, NULL, OPTION_KNOWN_HOSTS},
	{"host-keys", required_argument, NULL, OPTION_HOST_KEYS},
	{"platforms", required_argument, NULL, OPTION_PLATFORMS},
	{"answer", required_argument, NULL, OPTION_ANSWER},
	{"max-output", required_argument, NULL, OPTION_MAX_OUTPUT},
	{"strict", no_argument, NULL, OPTION_STRICT},
	{"exec", no_argument, NULL, OPTION_EXEC},
	{"shell", no_argument, NULL, OPTION_SHELL},
	{"verbose", no_argument, NULL, 'v'},
	{"quiet", no_argument, NULL, 'q'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, OPTION_VERSION},
	{0},
};

static const char help[] =
	"usage: netfan poll [OPTION]... COMMAND...\n"
	"\n"
	"Run every COMMAND, in order and in one session, on every device of "
	"the\n"
	"inventory, and print the answers as they come.\n"
	"\n"
	"  -i, --inventory FILE    devices to poll (default: " INVENTORY ")\n"
	"  -w, --workers N         worker processes (default: one a core)\n"
	"  -f, --fanout N          sessions in flight in all (default: 500)\n"
	"      --mode MODE         process (default), thread or sequential: "
	"one\n"
	"                          device after another\n"
	"      --rate N            begin at most N logins a second\n"
	"      --logins N          at most N logins in progress (default: as "
	"many\n"
	"                          as the processors can serve in time)\n"
	"      --on-worker-death ACTION\n"
	"                          of a device whose worker dies in a command: "
	"report\n"
	"                          (default), or retry: run its commands "
	"again\n"
	"  -o, --output FORMAT     text (default) or ndjson\n"
	"      --answer REGEX=REPLY\n"
	"                          say REPLY when a command asks what REGEX "
	"matches; may\n"
	"                          be given again\n"
	"      --strict            a device that refuses a command, or where "
	"one "
	"ends with\n"
	"                          a status other than 0, has failed\n"
	"      --exec, --shell     run each command as a program of its own "
	"(default for\n"
	"                          linux), or all in one shell\n"
	"      --max-output SIZE   of one answer, such as 100K or 20M\n"
	"      --timeout SECONDS   of one device's whole session (default: "
	"60)\n"
	"      --known-hosts FILE  host keys (default: ~/.ssh/known_hosts)\n"
	"      --host-keys POLICY  accept-new (default), strict or off\n"
	"      --platforms DIR     platform files that add to those of netfan, "
	"or "
	"come\n"
	"                          before them; may be given again\n"
	"  -v, --verbose           tell when each device is taken up and done\n"
	"  -q, --quiet             no summary and no notes\n"
	"  -h, --help              this help\n"
	"      --version           versions of netfan and its libraries\n"
	"\n"
	"Exit status: 0 every device answered, 1 some failed, 2 usage, "
	"inventory\n"
	"or environment, 3 every device failed, 130 or 143 stopped by a "
	"signal.\n";

/* After a line that says what is wrong. */
static enum parsed hint(void)
{
	(void)fputs("Try 'netfan poll --help'.\n", stderr);
	return PARSED_WRONG;
}

static enum parsed wrong(const char *option, const char *value,
			 const char *wanted)
{
	(void)fprintf(stderr, "netfan poll: --%s '%s': give %s\n", option,
		      value, wanted);
	return hint();
}

static enum parsed parse_count(unsigned *out, const char *option,
			       const char *text, unsigned max)
{
	char wanted[64], *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 ||
	    value < 1 || value > max) {
		(void)snprintf(wanted, sizeof(wanted), "a number 1-%u", max);
		return wrong(option, text, wanted);
	}
	*out = (unsigned)value;
	return PARSED_RUN;
}

/* A decimal number, at least 0.001. */
static bool parse_decimal(double *out, const char *text, double max)
{
	char *end;

	*out = strtod(text, &end);
	/* Written so that a "nan" is refused, too. */
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' &&
	       *out >= 0.001 && *out <= max;
}

static enum parsed parse_timeout(int64_t *out_ms, const char *text)
{
	double seconds;

	if (!parse_decimal(&seconds, text, TIMEOUT_MAX))
		return wrong("timeout", text, "seconds, 0.001-86400");
	*out_ms = (int64_t)(seconds * 1000 + 0.5);
	return PARSED_RUN;
}

static enum parsed parse_rate(double *out, const char *text)
{
	if (!parse_decimal(out, text, RATE_MAX))
		return wrong("rate", text, "logins a second, 0.001-100000");
	return PARSED_RUN;
}

static enum parsed parse_mode(enum nf_mode *out, const char *text)
{
	for (int mode = 0; mode < NF_NMODES; mode++) {
		if (strcmp(text, nf_mode_name((enum nf_mode)mode)) != 0)
			continue;
		*out = (enum nf_mode)mode;
		return PARSED_RUN;
	}
	return wrong("mode", text, "process, thread or sequential");
}

static enum parsed parse_on_death(enum nf_on_death *out, const char *text)
{
	if (strcmp(text, "report") == 0)
		*out = NF_ON_DEATH_REPORT;
	else if (strcmp(text, "retry") == 0)
		*out = NF_ON_DEATH_RETRY;
	else
		return wrong("on-worker-death", text, "report or retry");
	return PARSED_RUN;
}

static enum parsed parse_format(enum format *out, const char *text)
{
	if (strcmp(text, "text") == 0)
		*out = FORMAT_TEXT;
	else if (strcmp(text, "ndjson") == 0)
		*out = FORMAT_NDJSON;
	else
		return wrong("output", text, "text or ndjson");
	return PARSED_RUN;
}

static enum parsed parse_host_keys(enum nf_host_keys *out, const char *text)
{
	if (strcmp(text, "accept-new") == 0)
		*out = NF_HOST_KEYS_ACCEPT_NEW;
	else if (strcmp(text, "strict") == 0)
		*out = NF_HOST_KEYS_STRICT;
	else if (strcmp(text, "off") == 0)
		*out = NF_HOST_KEYS_OFF;
	else
		return wrong("host-keys", text, "accept-new, strict or off");
	return PARSED_RUN;
}

/* Bytes, or KiB, MiB, GiB with a letter. */
static enum parsed parse_size(uint64_t *out, const char *text)
{
	static const char units[] = "KMG";
	const char *unit;
	char *end;
	unsigned long long size = strtoull(text, &end, 10);
	unsigned shift = 0;

	unit = *end != '\0' ? strchr(units, toupper((unsigned char)*end))
			    : NULL;
	if (unit != NULL) {
		shift = 10 * (unsigned)(unit - units + 1);
		end++;
	}
	if (text[0] < '1' || text[0] > '9' || *end != '\0' || size > UINT32_MAX)
		return wrong("max-output", text,
			     "bytes, or a number with K, M or G");
	*out = (uint64_t)size << shift;
	return PARSED_RUN;
}

/* The last '=' divides them: a pattern has more use for one than a reply. */
static enum parsed add_answer(struct options *options, char *text)
{
	struct nf_poll_options *poll = &options->poll;
	char *divider = strrchr(text, '=');
	struct nf_answer *grown;

	if (divider == NULL || divider == text)
		return wrong("answer", text, "REGEX=REPLY");
	grown = reallocarray(options->answers, poll->nanswers + 1,
			     sizeof(*grown));
	if (grown == NULL) {
		(void)fputs("netfan: out of memory\n", stderr);
		return PARSED_WRONG;
	}
	*divider = '\0';
	grown[poll->nanswers++] =
		(struct nf_answer){.question = text, .reply = divider + 1};
	options->answers = grown;
	poll->answers = grown;
	return PARSED_RUN;
}

static enum parsed print(const char *text)
{
	return fputs(text, stdout) == EOF ? PARSED_WRONG : PARSED_HELP;
}

static enum parsed print_version(void)
{
	char text[512];

	nf_version_text(text, sizeof(text));
	return puts(text) == EOF ? PARSED_WRONG : PARSED_HELP;
}

static enum parsed parse_one(struct options *options, int option, char *value)
{
	struct nf_poll_options *poll = &options->poll;

	switch (option) {
	case 'i':
		options->inventory = value;
		return PARSED_RUN;
	case 'w':
		return parse_count(&poll->workers, "workers", value,
				   WORKERS_MAX);
	case 'f':
		return parse_count(&poll->fanout, "fanout", value, FANOUT_MAX);
	case OPTION_MODE:
		return parse_mode(&poll->mode, value);
	case OPTION_LOGINS:
		return parse_count(&poll->logins, "logins", value, FANOUT_MAX);
	case OPTION_RATE:
		return parse_rate(&poll->rate, value);
	case OPTION_ON_WORKER_DEATH:
		return parse_on_death(&poll->on_worker_death, value);
	case 'o':
		return parse_format(&options->format, value);
	case OPTION_TIMEOUT:
		return parse_timeout(&poll->timeout_ms, value);
	case OPTION_KNOWN_HOSTS:
		poll->known_hosts = value;
		return PARSED_RUN;
	case OPTION_HOST_KEYS:
		return parse_host_keys(&poll->host_keys, value);
	case OPTION_ANSWER:
		return add_answer(options, value);
	case OPTION_MAX_OUTPUT:
		return parse_size(&poll->max_output, value);
	case OPTION_EXEC:
		poll->channel = NF_CHANNEL_EXEC;
		return PARSED_RUN;
	case OPTION_SHELL:
		poll->channel = NF_CHANNEL_SHELL;
		return PARSED_RUN;
	case OPTION_STRICT:
		poll->strict = true;
		return PARSED_RUN;
	case OPTION_PLATFORMS:
		return directories_add(&options->platforms, value) == 0
			       ? PARSED_RUN
			       : PARSED_WRONG;
	case 'v':
		options->verbose = true;
		return PARSED_RUN;
	case 'q':
		options->quiet = true;
		return PARSED_RUN;
	case 'h':
		return print(help);
	case OPTION_VERSION:
		return print_version();
	default: /* getopt_long(3) has said what is wrong */
		return hint();
	}
}

enum parsed options_parse(struct options *options, int argc, char **argv)
{
	enum parsed parsed = PARSED_RUN;
	static char name[] = "netfan poll";
	int option;

	*options = (struct options){.inventory = INVENTORY};
	argv[0] = name; /* how getopt_long(3) begins its messages */
	while (parsed == PARSED_RUN &&
	       (option = getopt_long(argc, argv, "i:w:f:o:vqh", long_options,
				     NULL)) != -1)
		parsed = parse_one(options, option, optarg);
	if (parsed != PARSED_RUN)
		return parsed;
	options->poll.commands = (const char *const *)argv + optind;
	options->poll.ncommands = (size_t)(argc - optind);
	if (options->poll.ncommands == 0) {
		(void)fputs("netfan poll: no command is given\n", stderr);
		return hint();
	}
	return PARSED_RUN;
}

void options_release(struct options *options)
{
	directories_free(&options->platforms);
	free(options->answers);
}
