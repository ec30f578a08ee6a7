/* netfan hostkeys: the host keys of devices, scanned, shown and forgotten. */
#include <string.h>

#include "commands/commands.h"
#include "format/keylist.h"
#include "options/given.h"
#include "options/groups.h"
#include "options/parse.h"
#include "run.h"
#include "selection.h"
#include "status.h"
#include "tell.h"

enum action { ACTION_SCAN, ACTION_SHOW, ACTION_FORGET };

struct hostkeys_options {
	struct options base; /* first: rows of all subcommands take it */
	bool all;
};

/* ---- options */

static enum parsed take_all(struct options *options, const struct given *given)
{
	(void)given;
	((struct hostkeys_options *)options)->all = true;
	return PARSED_RUN;
}

static const struct option_row all_options[] = {
	{"all", '\0', NULL, "of forget: the keys of the whole inventory",
	 take_all},
	{0},
};

static const struct option_row *const groups[] = {
	inventory_options, selection_options, host_options, all_options,
	output_options, session_options, pool_options, pace_options,
	access_options, ask_options, way_options, ssh_config_options,
	connect_time_options, platform_options, report_options, general_options,
	/* The order is that of --help. */
	NULL};

/* What can be done, and the options that have a meaning there; NULL: all. */
static const struct {
	const char *name;
	const char *const *takes;
} actions[] = {
	[ACTION_SCAN] = {"scan", NULL},
	[ACTION_SHOW] = {"show",
			 (const char *const[]){
				 "inventory", "inventory-format",
				 "vault-password-file", "strict-inventory",
				 "limit", "exclude", "pick", "host",
				 "device-type", "user", "output", "known-hosts",
				 "platforms", "quiet", "ssh-config", NULL}},
	[ACTION_FORGET] = {"forget",
			   (const char *const[]){
				   "inventory", "inventory-format",
				   "vault-password-file", "strict-inventory",
				   "limit", "exclude", "pick", "host",
				   "device-type", "user", "all", "output",
				   "known-hosts", "platforms", "quiet",
				   "ssh-config", NULL}},
};

#define NACTIONS (sizeof(actions) / sizeof(actions[0]))

static enum parsed find_action(const struct options *options,
			       enum action *action)
{
	const char *names[NACTIONS + 1] = {NULL};
	const char *meant;

	if (options->nwords == 0)
		return subcommand_wrong(&subcommand_hostkeys,
					"scan, show or forget: name one");
	for (unsigned i = 0; i < NACTIONS; i++) {
		names[i] = actions[i].name;
		if (strcmp(options->words[0], names[i]) == 0) {
			*action = (enum action)i;
			return PARSED_RUN;
		}
	}
	meant = nf_nearest(options->words[0], names);
	return subcommand_wrong(
		&subcommand_hostkeys, "'%s' is not scan, show or forget%s%s%s",
		options->words[0], meant != NULL ? ": did you mean '" : "",
		meant != NULL ? meant : "", meant != NULL ? "'?" : "");
}

static bool is_listed(const char *const *names, const char *name)
{
	while (*names != NULL && strcmp(*names, name) != 0)
		names++;
	return *names != NULL;
}

/* Refuse options without a meaning for the action. */
static enum parsed check_given(const struct options *options,
			       enum action action)
{
	const char *const *takes = actions[action].takes;

	for (size_t i = 0; i < options->ngiven; i++) {
		const char *name = options->given[i]->name;

		if (takes == NULL ? strcmp(name, "all") == 0
				  : !is_listed(takes, name))
			return subcommand_wrong(&subcommand_hostkeys,
						"--%s: %s does not take it",
						name, actions[action].name);
	}
	return PARSED_RUN;
}

/* Nothing is forgotten by a word that was left away. */
static enum parsed check_words(const struct hostkeys_options *options,
			       enum action action)
{
	bool names =
		options->base.nwords > 1 || selection_is_asked(&options->base);

	if (action != ACTION_FORGET || names != options->all)
		return PARSED_RUN;
	return subcommand_wrong(
		&subcommand_hostkeys,
		names ? "forget: --all beside names of devices: which is meant?"
		      : "forget: name the devices, or give --all");
}

/* ---- the actions */

static int scan(struct hostkeys_options *options)
{
	struct options *base = &options->base;

	base->poll.until = NF_UNTIL_HOSTKEY;
	/* Whoever scans wants new keys, also where ssh_config lets no login
	 * take one. */
	if (base->poll.host_keys == NF_HOST_KEYS_DEFAULT)
		base->poll.host_keys = NF_HOST_KEYS_ACCEPT_NEW;
	return run_devices(base, base->words + 1, base->nwords - 1,
			   format_find(base->format, FORMAT_HOSTKEYS));
}

static int list(struct run *run, const struct options *options,
		enum action action)
{
	const struct nf_known_hosts hosts = {
		.path = options->poll.known_hosts,
		.interrupted = run_interrupted,
		.arg = &run->stop,
		.log = {.line = options->quiet ? NULL : tell_note},
	};
	struct nf_poll_options poll = options->poll;
	bool json = format_find(options->format, FORMAT_HOSTKEYS) ==
		    format_find("ndjson", FORMAT_HOSTKEYS);
	struct keylist keylist;
	struct nf_error err = {.code = NF_OK};
	int rc;

	poll.interrupted = run_interrupted;
	poll.interrupted_arg = &run->stop;
	if (run_complete(run, &poll, &err) == -1) {
		tell("netfan: %s", err.message);
		return run_status_broken(run);
	}
	keylist_init(&keylist, &run->out, run->inv, json);
	rc = (action == ACTION_SHOW ? nf_known_hosts_show
				    : nf_known_hosts_forget)(
		run->inv, &hosts, keylist_take, &keylist, &err);
	output_flush(&run->out);
	if (rc == -1) {
		tell("netfan: %s", err.message);
		return run_status_broken(run);
	}
	if (run->out.sys_errno != 0)
		return run_status_output(run);
	return action == ACTION_SHOW && keylist.unknown > 0 ? STATUS_SOME
							    : STATUS_OK;
}

/* Work on the file, without any connection. */
static int work_on_file(const struct hostkeys_options *options,
			enum action action)
{
	const struct options *base = &options->base;
	struct run *run = run_new(base);
	int status = STATUS_USAGE;

	if (run == NULL)
		return STATUS_USAGE;
	if (run_open(run, (const char *const *)base->words + 1,
		     base->nwords - 1) == 0)
		status = list(run, base, action);
	run_free(run);
	return status;
}

/* ---- the subcommand */

static int run(int argc, char **argv)
{
	struct hostkeys_options options = {.all = false};
	enum parsed parsed =
		options_parse(&options.base, &subcommand_hostkeys, argc, argv);
	int status = parsed == PARSED_HELP ? STATUS_OK : STATUS_USAGE;
	enum action action = ACTION_SCAN;

	if (parsed == PARSED_RUN &&
	    find_action(&options.base, &action) == PARSED_RUN &&
	    check_given(&options.base, action) == PARSED_RUN &&
	    check_words(&options, action) == PARSED_RUN)
		status = action == ACTION_SCAN ? scan(&options)
					       : work_on_file(&options, action);
	options_release(&options.base);
	return status;
}

const struct subcommand subcommand_hostkeys = {
	.name = "hostkeys",
	.summary = "scan, show or forget the host keys of devices",
	.arguments = "scan|show [DEVICE]... | forget DEVICE...",
	.about = "scan    ask every DEVICE, all of the inventory if none is "
		 "named, for its host\n"
		 "        key, without logging in; keep it in known_hosts if "
		 "none is known\n"
		 "show    tell what known_hosts has for them, without any "
		 "connection\n"
		 "forget  take their keys out of known_hosts, which stays as "
		 "known_hosts.old",
	.status =
		"Exit status: 0 all is well, 1 a key could not be had, is not "
		"the known one, or\n"
		"(show) is not known, 2 usage, inventory or environment, 3 no "
		"key could be had,\n"
		"5 results could not be written, 130 or 143 stopped by a "
		"signal.",
	.formats = FORMAT_HOSTKEYS,
	.groups = groups,
	.run = run,
};
