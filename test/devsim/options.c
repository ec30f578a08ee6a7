/* What devsim was told on its command line. */
#include "devsim/options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "devsim/device.h"
#include "devsim/keys.h"
#include "devsim/telnetd.h"

#define DAY_MS UINT64_C(86400000)

enum kind { KIND_TEXT, KIND_NUMBER, KIND_FLAG, KIND_FAULT };

/* An option: where its value goes in struct options, bounds of a number. */
struct rule {
	const char *name;
	enum kind kind;
	size_t offset;
	uint64_t min, max;
	const char *help;
};

#define PLACE(field) offsetof(struct options, field)
#define TEXT(name, field, help)                                                \
	{                                                                      \
		name, KIND_TEXT, PLACE(field), 0, 0, help                      \
	}
#define NUMBER(name, field, min, max, help)                                    \
	{                                                                      \
		name, KIND_NUMBER, PLACE(field), min, max, help                \
	}

static const struct rule rules[] = {
	NUMBER("devices", devices, 1, 1000000, "N  how many devices (40)"),
	NUMBER("first", first, 1, 1000000, "N  number of the first (1)"),
	TEXT("base", base, "ADDRESS  of the first, in 127.0.0.0/8 (127.1.0.1)"),
	NUMBER("port", port, 1, 65535, "PORT  of each (2222)"),
	NUMBER("telnet", telnet_port, 1, 65535, "PORT  of telnet, too (none)"),
	TEXT("keys", keys, "DIR  where host keys live; needed"),
	TEXT("host-key", host_key, "TYPE  ed25519, ecdsa or rsa (ed25519)"),
	TEXT("hostkey-algorithms", hostkey_algorithms, "LIST  offered"),
	TEXT("kex", kex, "LIST  of key exchanges offered"),
	TEXT("ciphers", ciphers, "LIST  offered, both ways"),
	TEXT("macs", macs, "LIST  offered, both ways"),
	TEXT("user", user, "NAME  who may log in (cisco)"),
	TEXT("password", password, "WORD  of the login (cisco)"),
	TEXT("enable", enable, "WORD  of enable (cisco); empty: not needed"),
	TEXT("auth", auth,
	     "HOW  password, keyboard-interactive, both, publickey (both); "
	     "publickey lets nobody in"),
	TEXT("questions", questions,
	     "LIST  that keyboard-interactive asks: rounds with / between, of "
	     "questions with | between, ! behind one that shows what is typed"),
	TEXT("code", code,
	     "WORD  the answer to other questions than for user and password, "
	     "which is asked for by telnet, too"),
	TEXT("banner", banner, "TEXT  shown before the first prompt"),
	NUMBER("connect-ms", connect_ms, 0, DAY_MS, "MS  before SSH's version"),
	NUMBER("login-ms", login_ms, 0, DAY_MS, "MS  before a login succeeds"),
	NUMBER("command-ms", command_ms, 0, DAY_MS, "MS  before an answer"),
	NUMBER("shared-ms", shared_ms, 0, DAY_MS,
	       "MS  of one processor that all share, for each connection"),
	NUMBER("max-logins", max_logins, 0, UINT32_MAX,
	       "N  at a time, of one device; more are turned away (any)"),
	NUMBER("busy-ms", busy_ms, 0, DAY_MS,
	       "MS  from its first client on, a device turns all away (0)"),
	TEXT("turn-away", turn_away,
	     "TEXT  what those hear (Exceeded MaxStartups); empty: nothing"),
	TEXT("hold", hold,
	     "FILE  all but show version wait while it is there; its size "
	     "counts them"),
	TEXT("says", says,
	     "DIR  of answers: NAME/COMMAND, or COMMAND, with _ for blanks"),
	NUMBER("jitter-ms", jitter_ms, 0, DAY_MS, "MS  at most, on each delay"),
	NUMBER("slow-ms", slow_ms, 0, DAY_MS, "MS  of slow devices (5000)"),
	NUMBER("seed", seed, 0, UINT64_MAX, "N  of the jitter (1)"),
	NUMBER("config-lines", config_lines, CONFIG_LINES_MIN, UINT32_MAX,
	       "N  lines of show running-config (60)"),
	{"pager", KIND_FLAG, PLACE(pager), 0, 0, "  stop each 24 lines (so)"},
	{"no-pager", KIND_FLAG, PLACE(no_pager), 0, 0, "  stop nowhere"},
	{"fault", KIND_FAULT, 0, 0, 0, "N=KIND, A-B=KIND  how devices fail"},
	{"die-with-parent", KIND_FLAG, PLACE(die_with_parent), 0, 0,
	 "  end when the parent process does"},
	{"help", KIND_FLAG, PLACE(help), 0, 0, "  this"},
};

#define NRULES (sizeof(rules) / sizeof(rules[0]))

static void print_help(void)
{
	(void)puts("usage: devsim --keys DIR [options]\n"
		   "Simulate network devices that speak SSH and telnet, on "
		   "loopback.\n");
	for (size_t i = 0; i < NRULES; i++)
		(void)printf("  --%s %s\n", rules[i].name, rules[i].help);
	(void)puts("\nKinds of fault:");
	for (unsigned i = 0; i < NFAULTS; i++)
		(void)printf("  %-16s%s\n", fault_name((enum fault)i),
			     fault_does((enum fault)i));
}

/* A decimal number up to max, and where it ends; false when there is none. */
static bool read_number(const char *text, uint64_t max, uint64_t *out,
			const char **end)
{
	char *stop;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoull(text, &stop, 10);
	*end = stop;
	return errno == 0 && *out <= max;
}

static int set_number(struct options *opts, const struct rule *rule,
		      const char *text, struct nf_error *err)
{
	const char *end;
	uint64_t value;

	if (!read_number(text, rule->max, &value, &end) || *end != '\0' ||
	    value < rule->min)
		return error_set(err, NF_INVALID,
				 "--%s: '%s' is not a number from %" PRIu64
				 " to %" PRIu64,
				 rule->name, text, rule->min, rule->max);
	memcpy((char *)opts + rule->offset, &value, sizeof(value));
	return 0;
}

static int unknown_fault(const char *kind, struct nf_error *err)
{
	char known[256] = "";

	for (unsigned i = 0; i < NFAULTS; i++) {
		size_t len = strlen(known);

		(void)snprintf(known + len, sizeof(known) - len, "%s%s",
			       i > 0 ? ", " : "", fault_name((enum fault)i));
	}
	return error_set(err, NF_INVALID,
			 "--fault: unknown kind '%s'; there are %s", kind,
			 known);
}

/* "7=drop" or "7-9=drop" */
static int set_fault(struct options *opts, const char *text,
		     struct nf_error *err)
{
	const char *end = text;
	uint64_t from = 0, to;
	enum fault fault;
	uint64_t last = opts->first + opts->devices - 1;
	bool good = read_number(text, last, &from, &end);

	to = from;
	if (good && *end == '-')
		good = read_number(end + 1, last, &to, &end);
	if (!good || *end != '=' || from < opts->first || from > to)
		return error_set(err, NF_INVALID,
				 "--fault: '%s' is not N=KIND or A-B=KIND, "
				 "devices from %" PRIu64 " to %" PRIu64,
				 text, opts->first, last);
	if (!fault_find(&fault, end + 1))
		return unknown_fault(end + 1, err);
	while (from <= to)
		opts->faults[from++ - opts->first] = fault;
	return 0;
}

static int set_base(struct options *opts, struct nf_error *err)
{
	uint64_t last = (UINT64_C(128) << 24) - 2; /* .255.255.254 */
	struct in_addr address;

	if (inet_pton(AF_INET, opts->base, &address) != 1 ||
	    ntohl(address.s_addr) >> 24 != 127)
		return error_set(err, NF_INVALID,
				 "--base: '%s' is no address in 127.0.0.0/8",
				 opts->base);
	opts->base_address = ntohl(address.s_addr);
	if (opts->base_address + opts->devices - 1 > last)
		return error_set(err, NF_INVALID,
				 "--base: %" PRIu64 " devices from %s on leave "
				 "127.0.0.0/8",
				 opts->devices, opts->base);
	return 0;
}

static int set_auth(struct options *opts, struct nf_error *err)
{
	bool both = strcmp(opts->auth, "both") == 0;

	opts->auth_password = both || strcmp(opts->auth, "password") == 0;
	opts->auth_kbdint =
		both || strcmp(opts->auth, "keyboard-interactive") == 0;
	opts->auth_publickey = strcmp(opts->auth, "publickey") == 0;
	if (!opts->auth_password && !opts->auth_kbdint && !opts->auth_publickey)
		return error_set(err, NF_INVALID,
				 "--auth: '%s' is not password, "
				 "keyboard-interactive, both or publickey",
				 opts->auth);
	return 0;
}

static int check(struct options *opts, struct nf_error *err)
{
	if (opts->keys == NULL)
		return error_set(err, NF_INVALID, "--keys DIR is needed");
	if (!keys_have_type(opts->host_key))
		return error_set(err, NF_INVALID,
				 "--host-key: '%s' is not ed25519, ecdsa, rsa",
				 opts->host_key);
	if (opts->telnet_port != 0 && !telnetd_built())
		return error_set(err, NF_INVALID,
				 "--telnet: this devsim was built without "
				 "libtelnet");
	if (opts->telnet_port == opts->port)
		return error_set(err, NF_INVALID,
				 "--telnet: port %" PRIu64 " is for SSH",
				 opts->port);
	if (set_base(opts, err) == -1 || set_auth(opts, err) == -1)
		return -1;
	opts->faults = calloc(opts->devices, sizeof(*opts->faults));
	if (opts->faults == NULL)
		return error_sys(err, NF_SYSTEM, "faults");
	return 0;
}

static void list_known(struct option known[NRULES + 1])
{
	memset(known, 0, (NRULES + 1) * sizeof(known[0]));
	for (size_t i = 0; i < NRULES; i++) {
		known[i].name = rules[i].name;
		known[i].has_arg = rules[i].kind == KIND_FLAG
					   ? no_argument
					   : required_argument;
	}
}

static int apply(struct options *opts, const struct rule *rule,
		 const char *value, struct nf_error *err)
{
	const bool on = true;

	switch (rule->kind) {
	case KIND_TEXT:
		memcpy((char *)opts + rule->offset, &value, sizeof(value));
		break;
	case KIND_NUMBER:
		return set_number(opts, rule, value, err);
	case KIND_FLAG:
		memcpy((char *)opts + rule->offset, &on, sizeof(on));
		break;
	case KIND_FAULT:
		if (opts->faults != NULL)
			return set_fault(opts, value, err);
		break;
	}
	return 0;
}

static int parse_round(struct options *opts, int argc, char *argv[],
		       struct nf_error *err)
{
	struct option known[NRULES + 1];
	int index = 0, rc;

	list_known(known);
	optind = 0;
	opterr = 0;
	while ((rc = getopt_long(argc, argv, ":", known, &index)) == 0) {
		if (apply(opts, &rules[index], optarg, err) == -1)
			return -1;
	}
	if (rc == ':')
		return error_set(err, NF_INVALID, "%s needs a value",
				 argv[optind - 1]);
	if (rc != -1)
		return error_set(err, NF_INVALID, "unknown option %s",
				 argv[optind - 1]);
	if (optind < argc)
		return error_set(err, NF_INVALID, "what is '%s'?",
				 argv[optind]);
	return 0;
}

int options_parse(struct options *opts, int argc, char *argv[],
		  struct nf_error *err)
{
	*opts = (struct options){
		.devices = 40,
		.first = 1,
		.port = 2222,
		.seed = 1,
		.slow_ms = 5000,
		.config_lines = 60,
		.base = "127.1.0.1",
		.auth = "both",
		.host_key = "ed25519",
		.user = "cisco",
		.password = "cisco",
		.enable = "cisco",
		.code = "",
		.banner = "",
		.turn_away = "Exceeded MaxStartups",
	};
	if (parse_round(opts, argc, argv, err) == -1)
		return -1;
	if (opts->help) {
		print_help();
		return 0;
	}
	/* Faults are for a second round: now the number of devices is known. */
	if (check(opts, err) == -1 || parse_round(opts, argc, argv, err) == -1)
		return -1;
	return 1;
}

void options_release(struct options *opts)
{
	free(opts->faults);
	opts->faults = NULL;
}
