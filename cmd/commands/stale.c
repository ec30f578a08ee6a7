/* netfan stale: devices of a collection that have not answered for long. */
#include <string.h>

#include "archive/archive.h"
#include "archive/dates.h"
#include "clock.h"
#include "commands/commands.h"
#include "options/given.h"
#include "options/groups.h"
#include "status.h"

#define OLDER "2d"

/* ---- options */

static enum parsed take_older(struct options *options,
			      const struct given *given)
{
	struct archive_options *archive = (struct archive_options *)options;

	return given_check(given, date_span(&archive->older_us, given->value),
			   "a span: 90m, 36h, 2d, 1w");
}

static const struct option_row older_options[] = {
	{"older", '\0', "SPAN",
	 "how long ago they answered last: more than 90m, 36h,\n" OLDER
	 " (default), 1w",
	 take_older},
	{0},
};

static const struct option_row *const groups[] = {
	archive_dir_options, older_options, general_options,
	/* The order is that of --help. */
	NULL};

/* ---- the subcommand */

static enum parsed read_words(struct archive_options *options)
{
	if (options->base.nwords == 0)
		return PARSED_RUN;
	return subcommand_wrong(&subcommand_stale, "it takes no arguments");
}

/* Is it a device of the inventory that did not answer after that time? */
static bool is_stale(const struct nf_store_device *device, int64_t until_us)
{
	return device->fate != NF_DEVICE_GONE &&
	       device->succeeded_us < until_us;
}

/* Print a time in a column of its own, or what stands for none. */
static void print_time(struct output *out, int64_t us, const char *none)
{
	char when[DATE_TEXT];

	if (us != 0)
		date_text(when, us);
	output_format(out, "  %-19s", us != 0 ? when : none);
}

static void print_device(struct archive_run *run,
			 const struct nf_store_device *device, size_t width)
{
	struct output *out = pager_output(&run->pager);
	size_t len = strlen(device->name);

	pager_text(&run->pager, device->name);
	output_format(out, "%*s", (int)(len < width ? width - len : 0), "");
	print_time(out, device->succeeded_us, "never");
	print_time(out, device->failing_us, "-");
	output_text(out, "  ");
	if (device->error.code == NF_OK) {
		output_text(out, "it was not asked since\n");
		return;
	}
	output_format(out, "%s: ", nf_code_name(device->error.code));
	pager_text(&run->pager, device->error.message);
	output_text(out, "\n");
}

static int work(struct archive_run *run)
{
	int64_t until_us = clock_real_us() - run->options->older_us;
	const struct nf_store_device *device;
	size_t width = sizeof("DEVICE") - 1, n = 0;

	for (size_t i = 0;
	     (device = nf_archive_device(run->archive, i)) != NULL; i++) {
		size_t len = strlen(device->name);

		if (is_stale(device, until_us) && len > width)
			width = len;
		n += is_stale(device, until_us);
	}
	if (n == 0)
		return STATUS_OK;
	output_format(pager_output(&run->pager), "%-*s  %-19s  %-19s  %s\n",
		      (int)width, "DEVICE", "ANSWERED", "FAILING SINCE",
		      "LAST ERROR");
	for (size_t i = 0;
	     (device = nf_archive_device(run->archive, i)) != NULL; i++) {
		if (is_stale(device, until_us))
			print_device(run, device, width);
	}
	return STATUS_SOME;
}

static const struct archive_command stale = {
	.sub = &subcommand_stale,
	.read_words = read_words,
	.work = work,
};

static int run(int argc, char **argv)
{
	struct archive_options options = {.dir = NULL};

	(void)date_span(&options.older_us, OLDER);
	return archive_main(&stale, &options, argc, argv);
}

const struct subcommand subcommand_stale = {
	.name = "stale",
	.summary = "tell which devices of a collection have not answered for "
		   "long",
	.arguments = "",
	.about = "Tell which devices of a collection have not answered for "
		 "long: when they did\n"
		 "last, since when they have been failing, and the last error. "
		 "Those that left\n"
		 "the inventory are none of them.",
	.status =
		"Exit status: 0 there are none, 1 there are some, 2 usage, or "
		"there is no such\n"
		"collection, 5 the list could not be written.",
	.groups = groups,
	.run = run,
};
