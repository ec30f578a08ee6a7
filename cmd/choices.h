/*
 * The options of all subcommands: one table, of which --help is printed and
 * getopt_long(3) gets what it wants.
 */
#ifndef NETFAN_CMD_CHOICES_H
#define NETFAN_CMD_CHOICES_H

#include <stdbool.h>
#include <stddef.h>

/* Which subcommands have an option. */
#define OF_POLL 1u
#define OF_CHECK 2u
#define OF_BENCH 4u
#define OF_PLATFORMS 8u

#define CHOICE_INVENTORY "inventory.yaml" /* read when none is given */
#define CHOICES_MAX 64

/* Options without a letter of their own; the others are their letter. */
enum option_id {
	OPTION_TIMEOUT = 256,
	OPTION_MODE,
	OPTION_LOGINS,
	OPTION_LOGINS_PER_HOST,
	OPTION_MAX_AUTH_FAILURES,
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

/* A subcommand as its --help begins and ends. */
struct manual {
	unsigned of; /* its bit */
	const char *name; /* "netfan poll" */
	const char *arguments; /* behind its options */
	const char *about;
	const char *status; /* what its exit statuses mean */
};

struct choice {
	int id; /* its letter, if it has one */
	unsigned of;
	const char *name;
	const char *value; /* what stands behind it; NULL: nothing */
	const char *help; /* lines */
};

/* The options of one subcommand, or of several, in the order of --help: how
 * many there are. */
size_t choices_of(const struct choice *out[CHOICES_MAX], unsigned of);

/* The long name of an option, as messages have it; "" where none has it. */
const char *choice_name(unsigned of, int id);

/* Print a subcommand's --help on standard output. */
void choices_help(const struct manual *manual);

#endif
