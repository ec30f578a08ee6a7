/* netfan bench: the same work in every mode and width, side by side. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/files.h"
#include "bench/options.h"
#include "bench/proc_usage.h"
#include "bench/run.h"
#include "bench/show.h"
#include "bench/validate.h"
#include "commands/commands.h"
#include "format/fold.h"
#include "inventory.h"
#include "options/groups.h"
#include "platforms.h"
#include "selection.h"
#include "status.h"
#include "tell.h"

struct bench {
	struct bench_options *options;
	struct simulator simulator;
	struct nf_platforms *platforms;
	struct nf_inventory *inv;
	struct stop stop;
	struct bench_runs runs;
	struct outcome outcome;
	size_t done; /* runs so far, without those of the warm-up */
};

static size_t ndevices(const struct bench *bench)
{
	return nf_inventory_size(bench->inv);
}

static const char *name_of(const struct bench *bench, size_t device)
{
	return nf_inventory_device(bench->inv, device)->name;
}

static int complain(const char *what, const char *why)
{
	tell("netfan bench: %s: %s", what, why);
	return -1;
}

static void NF_PRINTF(2, 3)
	note(const struct bench *bench, const char *fmt, ...)
{
	char text[TELL_MAX];
	va_list args;

	if (bench->options->common.quiet)
		return;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	tell("netfan bench: %s", text);
}

/* ---- runs */

static void show_progress(const struct bench *bench, const struct row *row,
			  bool counts)
{
	char label[ROW_LABEL];

	if (bench->options->common.quiet || !isatty(STDERR_FILENO))
		return;
	row_label(label, row);
	if (counts)
		(void)fprintf(stderr, "\r%zu of %zu: %-40s", bench->done + 1,
			      bench->runs.nrows * bench->options->runs, label);
	else
		(void)fprintf(stderr, "\rfirst run: %-40s", label);
}

static void end_progress(const struct bench *bench)
{
	if (!bench->options->common.quiet && isatty(STDERR_FILENO))
		(void)fprintf(stderr, "\r%60s\r", "");
}

/* An inventory may be read again: what is in the environment stays there. */
static struct nf_secret_ways secret_ways(struct bench *bench)
{
	struct nf_secret_ways ways = inventory_ways(&bench->stop);

	ways.own_environment = false;
	return ways;
}

/* Run a row once with the devices of inv: 0, -1 or 1 as bench_run_row(). */
static int run_once(struct bench *bench, struct bench_run *run,
		    const struct row *row, struct nf_inventory *inv,
		    bool patient)
{
	const struct bench_run_setup setup = {
		.inv = inv,
		.poll = &bench->options->common.poll,
		.simulator = &bench->simulator,
		.patient = patient,
		.stop = &bench->stop};

	return bench_run_row(run, row, &setup);
}

static void note_widths(const struct bench *bench, const struct widths *widths)
{
	unsigned n = (unsigned)ndevices(bench);

	if (widths->n > 0 && widths->at[widths->n - 1] > n)
		note(bench, "there are %u devices: nothing is wider", n);
}

/* A mode that was asked for may have no such pool at such a width. */
static void note_modes(const struct bench *bench)
{
	const struct bench_runs *runs = &bench->runs;
	unsigned there = 0;

	for (size_t i = 0; i < runs->nrows; i++)
		there |= 1u << runs->rows[i].mode;
	for (int mode = 0; mode < NF_NMODES; mode++) {
		if ((bench->options->modes & ~there & 1u << mode) != 0)
			note(bench, "%s mode has no such pool at such a width",
			     nf_mode_name((enum nf_mode)mode));
	}
}

/* List the rows for the devices that take part, and make memory for their runs:
 * 0, or -1 as it was told. */
static int list_rows(struct bench *bench)
{
	struct widths widths = bench->options->widths;
	struct bench_runs *runs = &bench->runs;

	free(runs->at);
	free(runs->n);
	if (widths.n == 0)
		widths_default(&widths, (unsigned)ndevices(bench));
	widths_limit(&widths, (unsigned)ndevices(bench));
	bench->outcome.cores = proc_usage_processors();
	runs->inv = bench->inv;
	runs->each = bench->options->runs;
	runs->nrows =
		rows_list(runs->rows, bench->options->modes,
			  bench->options->pools, &widths, bench->outcome.cores);
	runs->at = calloc(runs->nrows * runs->each, sizeof(*runs->at));
	runs->n = calloc(runs->nrows, sizeof(*runs->n));
	if (runs->nrows == 0)
		return complain("nothing to run",
				"no mode has such a pool at such a width");
	return runs->at != NULL && runs->n != NULL ? 0 : tell_no_memory();
}

/* ---- devices that take part */

static bool has_answered(const struct sample *sample)
{
	return sample->code == NF_OK;
}

/* May a device that failed answer when fewer are asked at a time? A password is
 * not tried in vain again, nor is a second timeout waited for. */
static bool may_answer(const struct sample *sample)
{
	return sample->code != NF_OK && sample->code != NF_TIMEOUT &&
	       sample->code != NF_AUTH_FAILED;
}

/* Keep in inv the devices whose sample is such: how many there are, or -1. */
static ssize_t select_devices(const struct bench *bench,
			      struct nf_inventory *inv,
			      bool (*such)(const struct sample *sample))
{
	size_t n = ndevices(bench), kept = 0;
	const char **names = calloc(n + 1, sizeof(const char *));
	struct nf_error err;
	int rc = 0;

	if (names == NULL)
		return tell_no_memory();
	for (size_t i = 0; i < n; i++) {
		if (such(&bench->runs.reference.samples[i]))
			names[kept++] = name_of(bench, i);
	}
	if (kept > 0)
		rc = nf_inventory_select(
			inv,
			&(struct nf_selection){.limits = names,
					       .nlimits = kept},
			&err);
	if (rc == -1)
		(void)complain("inventory", err.message);
	free(names);
	return rc == -1 ? -1 : (ssize_t)kept;
}

/* Take into the reference what devices answered in run, in which fewer were
 * asked at a time. */
static void merge_samples(struct bench *bench, const struct bench_run *run)
{
	const struct bench_runs *runs = &bench->runs;
	const struct sample *again = run->samples;
	size_t n = 0;

	for (size_t i = 0; run->samples != NULL && i < ndevices(bench); i++) {
		if (!may_answer(&runs->reference.samples[i]))
			continue;
		if (has_answered(again)) {
			runs->reference.samples[i] = *again;
			n++;
		}
		again++;
	}
	if (n > 0)
		note(bench,
		     "of %zu devices, %zu fail at %u wide, but answer when "
		     "fewer are asked at a time",
		     ndevices(bench), n, runs->rows[runs->nrows - 1].width);
}

/* Ask devices that failed in the widest row again in the narrowest: 0, -1 or 1
 * as bench_run_row(). */
static int ask_again(struct bench *bench)
{
	const struct bench_runs *runs = &bench->runs;
	struct nf_inventory *inv;
	const struct nf_secret_ways ways = secret_ways(bench);
	struct bench_run run = {.samples = NULL};
	struct nf_error err;
	ssize_t n;
	int rc = 0;

	if (runs->rows[0].width == runs->rows[runs->nrows - 1].width)
		return 0;
	if (inventory_open(&inv, &bench->options->common, bench->platforms,
			   &ways, NULL, &err) == -1)
		return complain("inventory", err.message);
	n = select_devices(bench, inv, may_answer);
	if (n > 0)
		rc = run_once(bench, &run, &runs->rows[0], inv, true);
	if (n > 0 && rc == 0)
		merge_samples(bench, &run);
	bench_run_release(&run);
	nf_inventory_free(inv);
	return n == -1 ? -1 : rc;
}

/* Leave out devices that fail still, as no mode would help: 0, or -1. */
static int leave_out(struct bench *bench)
{
	size_t n = ndevices(bench);
	ssize_t left;

	for (size_t i = 0; i < n; i++) {
		const struct sample *sample = &bench->runs.reference.samples[i];

		if (!has_answered(sample))
			note(bench, "%s is left out: %s", name_of(bench, i),
			     nf_code_name(sample->code));
	}
	left = select_devices(bench, bench->inv, has_answered);
	if (left == 0)
		return complain("no device answers", "try netfan check");
	bench->outcome.nleft_out += n - (size_t)left;
	return left == -1 ? -1 : list_rows(bench);
}

/* Run the widest row for the reference: 0, -1 or 1 as bench_run_row(). If not
 * all answered, some devices are left out. */
static int run_reference(struct bench *bench, bool *all)
{
	struct bench_runs *runs = &bench->runs;
	const struct row *widest = &runs->rows[runs->nrows - 1];
	size_t first;
	int rc;

	bench_run_release(&runs->reference);
	show_progress(bench, widest, false);
	rc = run_once(bench, &runs->reference, widest, bench->inv, false);
	end_progress(bench);
	if (rc == 0 && runs->reference.samples == NULL)
		return complain("the first run", runs->reference.why);
	if (rc == 0 &&
	    bench_run_failed(&runs->reference, ndevices(bench), &first) > 0)
		rc = ask_again(bench);
	if (rc != 0)
		return rc;
	*all = bench_run_failed(&runs->reference, ndevices(bench), &first) == 0;
	/* Every password that still takes part is right: a few logins need not
	 * try it before all others do. */
	if (*all)
		bench->options->common.poll.max_auth_failures = -1;
	return *all ? 0 : leave_out(bench);
}

/* Learn host keys, and the reference that other runs are compared with; of the
 * widest row, as it is done soonest. */
static int warm_up(struct bench *bench)
{
	unsigned left = bench->options->warmup;

	while (left > 0) {
		bool all = false;
		int rc = run_reference(bench, &all);

		if (rc != 0)
			return rc;
		if (all || left > 1)
			left--;
	}
	return 0;
}

/* Run row after row, then all again: a machine whose speed drifts harms all
 * rows alike. */
static int run_all(struct bench *bench)
{
	struct bench_runs *runs = &bench->runs;

	for (unsigned round = 0; round < runs->each; round++) {
		for (size_t i = 0; i < runs->nrows; i++) {
			size_t k = (i + round) % runs->nrows;
			int rc;

			show_progress(bench, &runs->rows[k], true);
			rc = run_once(bench, &runs->at[k * runs->each + round],
				      &runs->rows[k], bench->inv, false);
			if (rc != 0)
				return rc;
			runs->n[k]++;
			bench->done++;
		}
	}
	return 0;
}

/* ---- the outcome */

/* Note that a refused command was measured: hardly what was meant. */
static void tell_refused(const struct bench *bench)
{
	size_t first = 0, refused = validate_refused(&bench->runs, &first);

	if (refused > 0)
		note(bench,
		     "of %zu device%s, as %s, a refusal is measured: the "
		     "command is invalid there",
		     refused, refused == 1 ? "" : "s", name_of(bench, first));
}

static int take_outcome(struct bench *bench)
{
	struct outcome *outcome = &bench->outcome;

	outcome->rows = calloc(bench->runs.nrows, sizeof(*outcome->rows));
	if (outcome->rows == NULL)
		return tell_no_memory();
	outcome->nrows = bench->runs.nrows;
	outcome->ndevices = ndevices(bench);
	outcome->ncommands = bench->options->common.poll.ncommands;
	outcome->nruns = bench->options->runs;
	outcome->login_rate = bench->options->common.poll.rate;
	outcome->logins = bench->options->common.poll.logins;
	outcome->simulated = bench->simulator.n > 0;
	outcome->stopped = bench->stop.signal != 0;
	validate_rows(outcome, &bench->runs);
	validate_floor(outcome, &bench->runs);
	outcome_compare(outcome);
	if (outcome_best(outcome) != NULL)
		tell_refused(bench);
	return 0;
}

/* Print table, chart and advice, no wider than the terminal. */
static int show_text(const struct outcome *outcome)
{
	unsigned columns = fold_columns();
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return tell_no_memory();
	show_table(out, outcome, columns);
	show_chart(out, outcome, columns);
	show_advice(out, outcome);
	if (fclose(out) == EOF) {
		free(text);
		return tell_no_memory();
	}
	fold_text(stdout, text, columns);
	free(text);
	return 0;
}

static int show_outcome(struct bench *bench)
{
	const struct outcome *outcome = &bench->outcome;
	int rc = show_text(outcome);

	return files_write(bench->options, outcome) == -1 ? -1 : rc;
}

/* ---- opening and closing */

static int open_simulator(struct bench *bench)
{
	struct options *options = &bench->options->common;

	if (bench->options->simulation.devices == 0)
		return 0;
	if (simulator_start(&bench->simulator, &bench->options->simulation) ==
	    -1)
		return -1;
	if (texts_add(&options->inventories, bench->simulator.inventory) == -1)
		return tell_no_memory();
	options->poll.known_hosts = bench->simulator.known_hosts;
	options->poll.host_keys = NF_HOST_KEYS_ACCEPT_NEW;
	return 0;
}

static int open_inventory(struct bench *bench)
{
	const struct options *options = &bench->options->common;
	const struct nf_secret_ways ways = secret_ways(bench);
	struct nf_error err;

	if (platforms_open(&bench->platforms, &options->platforms, NULL,
			   &err) == -1 ||
	    inventory_open(&bench->inv, options, bench->platforms, &ways, NULL,
			   &err) == -1 ||
	    selection_apply(bench->inv, options, NULL, 0, &err) == -1 ||
	    nf_inventory_read_secrets(bench->inv, false, &err) == -1) {
		tell("%s", err.message);
		return -1;
	}
	return 0;
}

static int bench_open(struct bench *bench)
{
	if (files_try(bench->options) == -1)
		return -1;
	if (stop_init(&bench->stop) == -1)
		return complain("signalfd", strerror(errno));
	if (open_simulator(bench) == -1 || open_inventory(bench) == -1 ||
	    list_rows(bench) == -1)
		return -1;
	note_widths(bench, &bench->options->widths);
	note_modes(bench);
	return 0;
}

static void bench_close(struct bench *bench)
{
	struct bench_runs *runs = &bench->runs;

	for (size_t i = 0; runs->at != NULL && i < runs->nrows * runs->each;
	     i++)
		bench_run_release(&runs->at[i]);
	bench_run_release(&runs->reference);
	free(runs->at);
	free(runs->n);
	free(bench->outcome.rows);
	nf_inventory_free(bench->inv);
	nf_platforms_free(bench->platforms);
	simulator_stop(&bench->simulator);
	if (bench->stop.fd != -1)
		(void)close(bench->stop.fd);
}

static int status_of(const struct bench *bench)
{
	if (bench->stop.signal != 0)
		return STATUS_SIGNAL + bench->stop.signal;
	for (size_t k = 0; k < bench->outcome.nrows; k++) {
		if (bench->outcome.rows[k].nruns == 0)
			return STATUS_SOME;
	}
	return STATUS_OK;
}

static int run_bench(struct bench *bench)
{
	int rc = bench_open(bench);

	if (rc == 0)
		rc = warm_up(bench);
	if (rc == 0)
		rc = run_all(bench);
	end_progress(bench);
	if (rc == -1 || (rc == 1 && bench->done == 0))
		return bench->stop.signal != 0
			       ? STATUS_SIGNAL + bench->stop.signal
			       : STATUS_USAGE;
	if (take_outcome(bench) == -1)
		return STATUS_USAGE;
	return show_outcome(bench) == -1 ? STATUS_OUTPUT : status_of(bench);
}

static const struct option_row *const groups[] = {
	inventory_options, selection_options, host_options, command_options,
	bench_measure_options, login_options, access_options, answer_options,
	channel_options, session_options, way_options, connect_time_options,
	login_time_options, command_time_options, platform_options,
	bench_report_options, general_options,
	/* The order is that of --help. */
	NULL};

static int run(int argc, char **argv)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	struct bench_options options;
	enum parsed parsed =
		bench_options_parse(&options, &subcommand_bench, argc, argv);
	int status = parsed == PARSED_HELP ? STATUS_OK : STATUS_USAGE;

	if (bench == NULL) {
		(void)tell_no_memory();
	} else if (parsed == PARSED_RUN) {
		bench->options = &options;
		bench->stop.fd = -1;
		bench->runs.exact = options.standard;
		status = run_bench(bench);
		bench_close(bench);
	}
	options_release(&options.common);
	free(bench);
	return status;
}

const struct subcommand subcommand_bench = {
	.name = "bench",
	.summary = "compare sequential, thread and process mode",
	.arguments = "COMMAND...",
	.about = "Run every COMMAND on every device, one after another, with "
		 "threads and with\n"
		 "processes, at several widths, and show what each costs and "
		 "what suffices.\n"
		 "At each width there is the classic pool of one session a "
		 "worker, and one whose\n"
		 "sessions are multiplexed over as many workers as there are "
		 "processors.",
	.status = "Exit status: 0 every row has a figure, 1 some have none, as "
		  "devices failed or\n"
		  "answered otherwise, 2 usage, inventory or environment, 5 "
		  "results could not be\n"
		  "written, 128 and more stopped by a signal.",
	.groups = groups,
	.run = run,
};
