/* netfan inventory: show an inventory, check it, or write it in another form. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "inventory.h"
#include "options/given.h"
#include "options/groups.h"
#include "options/parse.h"
#include "platforms.h"
#include "selection.h"
#include "status.h"
#include "stop.h"
#include "tell.h"
#include "view/check.h"
#include "view/convert.h"
#include "view/view.h"

enum way { WAY_LIST, WAY_SHOW, WAY_GRAPH, WAY_CONVERT, WAY_CHECK };

struct inventory_options {
	struct options base; /* first: rows of all subcommands take it */
	enum way way;
	const char *way_option; /* which one said so; NULL: none did */
	struct texts show; /* names of devices; to be freed */
	const struct conversion_form *form;
	bool secrets;
};

/* ---- options */

static struct inventory_options *own(struct options *options)
{
	return (struct inventory_options *)options; /* it is the first there */
}

/* One way of showing is one too few for two options. */
static enum parsed take_way(struct options *options, const struct given *given,
			    enum way way)
{
	const char *before = own(options)->way_option;

	if (before != NULL && strcmp(before, given->row->name) != 0)
		return subcommand_wrong(given->sub,
					"--%s beside --%s: give one of them",
					given->row->name, before);
	own(options)->way = way;
	own(options)->way_option = given->row->name;
	return PARSED_RUN;
}

static enum parsed take_show(struct options *options, const struct given *given)
{
	if (take_way(options, given, WAY_SHOW) != PARSED_RUN)
		return PARSED_WRONG;
	return given_text(given, &own(options)->show);
}

static enum parsed take_graph(struct options *options,
			      const struct given *given)
{
	return take_way(options, given, WAY_GRAPH);
}

static enum parsed take_convert(struct options *options,
				const struct given *given)
{
	const struct conversion_form *form = conversion_find(given->value);

	own(options)->form = form;
	if (given_check(given, form != NULL, "netfan, ansible, csv or json") !=
	    PARSED_RUN)
		return PARSED_WRONG;
	return take_way(options, given, WAY_CONVERT);
}

static enum parsed take_check(struct options *options,
			      const struct given *given)
{
	return take_way(options, given, WAY_CHECK);
}

static enum parsed take_secrets(struct options *options,
				const struct given *given)
{
	(void)given;
	own(options)->secrets = true;
	return PARSED_RUN;
}

static enum parsed take_silence(struct options *options,
				const struct given *given)
{
	return take_quiet(options, given);
}

static const struct option_row view_options[] = {
	{"show", '\0', "DEVICE",
	 "all values of a device, and where each comes from;\n"
	 "may be given again",
	 take_show},
	{"graph", '\0', NULL, "the groups as a tree", take_graph},
	{"convert", '\0', "FORM",
	 "write the devices as netfan, ansible, csv or json", take_convert},
	{"check", '\0', NULL, "tell all that is wrong, at once", take_check},
	{"show-secrets", '\0', NULL,
	 "of --show and --convert: passwords in place of ***", take_secrets},
	{0},
};

static const struct option_row quiet_options[] = {
	{"quiet", 'q', NULL, "no summary and no notes", take_silence},
	{0},
};

static const struct option_row *const groups[] = {
	inventory_options, selection_options, host_options, view_options,
	platform_options, quiet_options, general_options,
	/* The order is that of --help. */
	NULL};

static enum parsed check_options(const struct inventory_options *options)
{
	if (options->secrets && options->way != WAY_SHOW &&
	    options->way != WAY_CONVERT)
		return subcommand_wrong(&subcommand_inventory,
					"--show-secrets is for --show and "
					"--convert");
	if (options->way == WAY_CHECK &&
	    (options->base.nwords > 0 || selection_is_limited(&options->base)))
		return subcommand_wrong(&subcommand_inventory,
					"--check is for all devices: name "
					"none");
	return PARSED_RUN;
}

/* ---- the subcommand */

/* Select devices by the words, and by --show. */
static int select_devices(struct nf_inventory *inv,
			  const struct inventory_options *options,
			  struct nf_error *err)
{
	const struct options *base = &options->base;
	const struct nf_selection shown = {.limits = options->show.at,
					   .nlimits = options->show.n};

	if (selection_apply(inv, base, (const char *const *)base->words,
			    base->nwords, err) == -1)
		return -1;
	return options->show.n == 0 ? 0 : nf_inventory_select(inv, &shown, err);
}

static int convert(const struct view *view, const struct conversion_form *form)
{
	struct output *out = malloc(sizeof(*out));
	int rc, sys_errno;

	if (out == NULL) {
		(void)tell_no_memory();
		return STATUS_USAGE;
	}
	output_init(out, STDOUT_FILENO, NULL);
	rc = conversion_write(view, form, out);
	sys_errno = out->sys_errno;
	free(out);
	if (sys_errno == EPIPE) /* nobody reads on: as if by SIGPIPE */
		return STATUS_SIGNAL + SIGPIPE;
	if (sys_errno != 0) {
		tell("netfan: standard output: %s", strerror(sys_errno));
		return STATUS_OUTPUT;
	}
	if (rc == -1)
		return STATUS_USAGE;
	return rc == 1 ? STATUS_SOME : STATUS_OK;
}

static int show(const struct view *view,
		const struct inventory_options *options)
{
	int rc = 0;

	switch (options->way) {
	case WAY_CONVERT:
		return convert(view, options->form);
	case WAY_LIST:
		rc = view_list(view);
		break;
	case WAY_SHOW:
		rc = view_details(view);
		break;
	case WAY_GRAPH:
		rc = view_graph(view);
		break;
	case WAY_CHECK: /* it needs no inventory that is right */
		break;
	}
	return rc == 0 ? STATUS_OK : STATUS_USAGE;
}

/* Signals are held meanwhile, so that a terminal gets its echo back. */
static int read_secrets(struct nf_inventory *inv, struct stop *stop,
			struct nf_error *err)
{
	if (stop_init(stop) == 0)
		return nf_inventory_read_secrets(inv, false, err);
	(void)snprintf(err->message, sizeof(err->message), "signalfd: %s",
		       strerror(errno));
	return -1;
}

static int open_and_show(const struct inventory_options *options)
{
	const struct options *base = &options->base;
	const struct nf_log log = {.line = base->quiet ? NULL : tell_note};
	struct stop stop = {.fd = -1};
	const struct nf_secret_ways ways = inventory_ways(&stop);
	struct nf_platforms *platforms = NULL;
	struct nf_inventory *inv = NULL;
	struct nf_error err;
	int status = STATUS_USAGE;

	if (platforms_open(&platforms, &base->platforms, &log, &err) == -1 ||
	    inventory_open(&inv, base, platforms, &ways, &log, &err) == -1 ||
	    select_devices(inv, options, &err) == -1 ||
	    (options->secrets
		     ? read_secrets(inv, &stop, &err)
		     : nf_inventory_read_secrets(inv, true, &err)) == -1) {
		tell("%s", err.message);
		if (stop.signal != 0)
			status = STATUS_SIGNAL + stop.signal;
	} else {
		const struct view view = {.inv = inv,
					  .part = base->nwords > 0 ||
						  selection_is_limited(base),
					  .secrets = options->secrets,
					  .quiet = base->quiet};

		status = show(&view, options);
	}
	if (stop.fd != -1)
		(void)close(stop.fd);
	nf_inventory_free(inv);
	nf_platforms_free(platforms);
	return status;
}

static int run(int argc, char **argv)
{
	struct inventory_options options = {.secrets = false};
	enum parsed parsed =
		options_parse(&options.base, &subcommand_inventory, argc, argv);
	int status = parsed == PARSED_HELP ? STATUS_OK : STATUS_USAGE;

	if (parsed == PARSED_RUN && check_options(&options) == PARSED_RUN)
		status = options.way == WAY_CHECK
				 ? check_inventory(&options.base)
				 : open_and_show(&options);
	texts_free(&options.show);
	options_release(&options.base);
	return status;
}

const struct subcommand subcommand_inventory = {
	.name = "inventory",
	.summary = "show an inventory, check it, or write it in another form",
	.arguments = "[DEVICE]...",
	.about = "List every DEVICE, all of the inventory if none is named, "
		 "with address, platform,\n"
		 "user and groups, and whether a poll would skip it. No device "
		 "is contacted.",
	.status =
		"Exit status: 0 all is well, 1 devices could not be written, 2 "
		"usage or inventory,\n"
		"of --check with any problem, 5 the output could not be "
		"written.",
	.groups = groups,
	.run = run,
};
