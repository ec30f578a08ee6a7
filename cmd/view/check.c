/* netfan inventory --check: all that is wrong with an inventory, at once. */
#include "view/check.h"

#include <stdio.h>

#include "format/escape.h"
#include "inventory.h"
#include "platforms.h"
#include "remedy.h"
#include "status.h"
#include "tell.h"

struct check {
	const struct options *options;
	struct nf_platforms *platforms;
	struct nf_inventory *inv;
	size_t problems, notes;
};

static void print_line(const char *text)
{
	char harmless[2048];

	escape_copy(harmless, sizeof(harmless), ESCAPE_LINE, text);
	(void)printf("%s\n", harmless);
}

static void take_note(void *arg, const char *text)
{
	struct check *check = arg;

	if (check->options->quiet)
		return;
	check->notes++;
	print_line(text);
}

static void take_error(struct check *check, struct nf_error *err)
{
	remedy_add(err);
	check->problems++;
	print_line(err->message);
}

static void add_file(struct check *check, const char *path)
{
	struct nf_error err;

	if (nf_inventory_add_file(check->inv, path, &err) == -1)
		take_error(check, &err);
}

static void add_hosts(struct check *check, const char *hosts)
{
	struct nf_error err;

	if (inventory_add_hosts(check->inv, check->options, hosts, &err) == -1)
		take_error(check, &err);
}

static void add_all(struct check *check)
{
	const struct texts *files = &check->options->inventories;
	const struct texts *hosts = &check->options->hosts;

	for (size_t i = 0; i < hosts->n; i++)
		add_hosts(check, hosts->at[i]);
	if (files->n == 0 && hosts->n == 0)
		add_file(check, INVENTORY_DEFAULT);
	for (size_t i = 0; i < files->n; i++)
		add_file(check, files->at[i]);
}

/* Look for secrets that stand elsewhere, without running a command for one or
 * asking anybody: who has none there would be skipped. */
static void try_secrets(struct check *check)
{
	struct nf_error err;

	if (nf_inventory_read_secrets(check->inv, true, &err) == 0)
		return;
	check->problems++;
	print_line(err.message);
}

static void print_skipped(struct check *check)
{
	struct nf_description description;

	for (size_t i = 0; i < nf_inventory_size(check->inv); i++) {
		nf_inventory_describe(check->inv, i, &description);
		if (description.skip == NULL)
			continue;
		check->problems++;
		print_line(description.skip);
	}
}

static void tell_sum(const struct check *check)
{
	size_t devices = nf_inventory_size(check->inv);
	char notes[64] = "";

	if (check->options->quiet)
		return;
	if (check->notes > 0)
		(void)snprintf(notes, sizeof(notes), ", %zu note%s",
			       check->notes, check->notes == 1 ? "" : "s");
	tell("%zu device%s, %zu problem%s%s", devices, devices == 1 ? "" : "s",
	     check->problems, check->problems == 1 ? "" : "s", notes);
}

int check_inventory(const struct options *options)
{
	struct check check = {.options = options};
	const struct nf_log log = {.line = take_note, .arg = &check};
	struct nf_error err;
	int status = STATUS_USAGE;

	if (platforms_open(&check.platforms, &options->platforms, &log, &err) ==
		    -1 ||
	    inventory_new(&check.inv, options, check.platforms, &log, &err) ==
		    -1) {
		tell("%s", err.message);
	} else {
		add_all(&check);
		try_secrets(&check);
		print_skipped(&check);
		tell_sum(&check);
		status = check.problems == 0 ? STATUS_OK : STATUS_USAGE;
	}
	nf_inventory_free(check.inv);
	nf_platforms_free(check.platforms);
	return status;
}
