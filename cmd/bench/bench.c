/* netfan bench: the same work in every mode and width, side by side. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/export.h"
#include "bench/meter.h"
#include "bench/show.h"
#include "bench/trial.h"
#include "command.h"
#include "options.h"

static const struct manual manual = {
	.of = OF_BENCH,
	.name = "netfan bench",
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
		  "answered otherwise, 2 usage, inventory or environment, 130 "
		  "or 143 stopped by a\n"
		  "signal.",
};

/* Of the processors' time, where sessions hardly wait for one. */
#define IDLE 0.3

/* Of simulated devices, whose answer to it never changes. */
static const char *const standard_command[] = {"show inventory"};

struct bench {
	struct options *options;
	const struct bench_wish *wish;
	struct simulator simulator;
	struct nf_platforms *platforms;
	struct nf_inventory *inv;
	struct stop stop;
	struct row rows[ROWS_MAX];
	size_t nrows;
	struct trial *trials; /* a row's runs stand together */
	size_t *nruns; /* of each row, so far */
	struct trial reference; /* what is right */
	bool exact; /* to the byte */
	bool unread; /* nobody reads what is shown */
	struct outcome outcome;
	size_t done; /* runs in all */
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
	(void)fprintf(stderr, "netfan bench: %s: %s\n", what, why);
	return -1;
}

static int no_memory(void)
{
	(void)fputs("netfan: out of memory\n", stderr);
	return -1;
}

/* ---- runs */

static void show_progress(const struct bench *bench, const struct row *row)
{
	char label[ROW_LABEL];

	if (bench->options->quiet || !isatty(STDERR_FILENO))
		return;
	row_label(label, row);
	(void)fprintf(stderr, "\r%zu of %zu: %-40s", bench->done + 1,
		      bench->nrows * bench->wish->runs + bench->wish->warmup,
		      label);
}

static void end_progress(const struct bench *bench)
{
	if (!bench->options->quiet && isatty(STDERR_FILENO))
		(void)fprintf(stderr, "\r%60s\r", "");
}

/* As trial_run(). */
static int run_once(struct bench *bench, struct trial *trial,
		    const struct row *row)
{
	const struct trial_wish wish = {.inv = bench->inv,
					.poll = &bench->options->poll,
					.simulator = &bench->simulator,
					.stop = &bench->stop};
	int rc;

	show_progress(bench, row);
	rc = trial_run(trial, row, &wish);
	bench->done++;
	return rc;
}

/* What is run, of the devices that there are. */
static int list_rows(struct bench *bench)
{
	struct widths widths = bench->wish->widths;
	unsigned n = (unsigned)ndevices(bench);

	free(bench->trials);
	free(bench->nruns);
	if (widths.n == 0)
		widths_default(&widths, n);
	widths_limit(&widths, n);
	bench->outcome.cores = meter_processors();
	bench->nrows =
		rows_list(bench->rows, bench->wish->modes, bench->wish->pools,
			  &widths, bench->outcome.cores);
	bench->trials = calloc(bench->nrows * bench->wish->runs,
			       sizeof(*bench->trials));
	bench->nruns = calloc(bench->nrows, sizeof(*bench->nruns));
	if (bench->nrows == 0)
		return complain("nothing to run",
				"no mode has such a pool at such a width");
	return bench->trials != NULL && bench->nruns != NULL ? 0 : no_memory();
}

/* Who fails now is left out: no mode would help. 0, or -1. */
static int leave_out(struct bench *bench)
{
	size_t n = ndevices(bench), left = 0;
	const char **names = calloc(n + 1, sizeof(const char *));
	struct nf_error err;
	int rc;

	if (names == NULL)
		return no_memory();
	end_progress(bench);
	for (size_t i = 0; i < n; i++) {
		enum nf_code code = bench->reference.answers[i].code;

		if (code == NF_OK)
			names[left++] = name_of(bench, i);
		else
			(void)fprintf(stderr,
				      "netfan bench: %s is left out: %s\n",
				      name_of(bench, i), nf_code_name(code));
	}
	if (left == 0)
		rc = complain("no device answers", "try netfan check");
	else if (nf_inventory_select(bench->inv, names, left, &err) == -1)
		rc = complain("inventory", err.message);
	else
		rc = list_rows(bench);
	free(names);
	return rc;
}

/* What is right, and known keys: of the widest row, so that it is soon done. */
static int warm_up(struct bench *bench)
{
	unsigned left = bench->wish->warmup;

	while (left > 0) {
		int rc;

		trial_release(&bench->reference);
		rc = run_once(bench, &bench->reference,
			      &bench->rows[bench->nrows - 1]);
		if (rc != 0)
			return rc;
		left--;
		if (bench->reference.answers == NULL)
			return complain("the first run", bench->reference.why);
		if (trial_failed(&bench->reference, ndevices(bench)) == 0)
			continue;
		if (leave_out(bench) == -1)
			return -1;
		left = left > 0 ? left : 1;
	}
	return 0;
}

/* Row after row, then again: a machine that drifts harms all alike. */
static int run_all(struct bench *bench)
{
	for (unsigned run = 0; run < bench->wish->runs; run++) {
		for (size_t i = 0; i < bench->nrows; i++) {
			size_t k = (i + run) % bench->nrows;
			struct trial *trial =
				&bench->trials[k * bench->wish->runs + run];
			int rc = run_once(bench, trial, &bench->rows[k]);

			if (rc != 0)
				return rc;
			bench->nruns[k]++;
		}
	}
	return 0;
}

/* ---- what they come to */

/* The run before all others, or the first in which every device answered. */
static const struct trial *example_of(const struct bench *bench)
{
	const struct trial *trial = bench->trials;

	if (bench->reference.answers != NULL)
		return &bench->reference;
	while (trial->answers == NULL ||
	       trial_failed(trial, ndevices(bench)) > 0)
		trial++; /* there is one: its answers are compared */
	return trial;
}

/* No time is told of a run that did not bring every device's right answer. */
static bool is_right(const struct bench *bench, const struct row *row,
		     const struct trial *trial, unsigned run, char why[160])
{
	size_t n = ndevices(bench), failed, differs, i = 0;

	if (trial->answers == NULL) {
		(void)snprintf(why, 160, "run %u: %.140s", run + 1, trial->why);
		return false;
	}
	if (trial->fanout < row->width) {
		(void)snprintf(why, 160, "run %u was %u wide: %.120s", run + 1,
			       trial->fanout, trial->note);
		return false;
	}
	failed = trial_failed(trial, n);
	if (failed > 0) {
		while (trial->answers[i].code == NF_OK)
			i++;
		(void)snprintf(why, 160,
			       "run %u: %zu of %zu devices failed, as %s: %s",
			       run + 1, failed, n, name_of(bench, i),
			       nf_code_name(trial->answers[i].code));
		return false;
	}
	differs = trial_differs(trial, example_of(bench), n, bench->exact);
	if (differs > 0)
		(void)snprintf(why, 160,
			       "run %u: %zu of %zu devices answered otherwise",
			       run + 1, differs, n);
	return differs == 0;
}

static void take_row(struct bench *bench, size_t k)
{
	struct figures *figures = &bench->outcome.rows[k];
	const struct trial *trials = &bench->trials[k * bench->wish->runs];
	unsigned nruns = 0;
	char why[160] = "stopped before its first run";

	while (nruns < bench->nruns[k] &&
	       is_right(bench, &bench->rows[k], &trials[nruns], nruns, why))
		nruns++;
	if (nruns < bench->nruns[k])
		nruns = 0;
	figures_take(figures, &bench->rows[k], trials, nruns, ndevices(bench));
	if (nruns == 0)
		memcpy(figures->why, why, sizeof(why));
}

/* Were the processors at rest most of the time? */
static bool is_idle(const struct bench *bench, const struct figures *row)
{
	double worked = row->user + row->system + row->devices_cpu;

	return worked < IDLE * row->wall * bench->outcome.cores;
}

/*
 * The least that a device ever took: then it waited for nobody. 0 when it
 * always had to, for a processor.
 */
static double least_of(const struct bench *bench, size_t device)
{
	double least = 0;

	for (size_t k = 0; k < bench->nrows; k++) {
		if (!is_idle(bench, &bench->outcome.rows[k]))
			continue;
		for (size_t run = 0; run < bench->outcome.rows[k].nruns;
		     run++) {
			const struct trial *trial =
				&bench->trials[k * bench->wish->runs + run];
			double took = (double)trial->answers[device]
					      .us[NF_TIME_TOTAL] /
				      1e6;

			if (least == 0 || took < least)
				least = took;
		}
	}
	return least;
}

static void take_floor(struct bench *bench)
{
	struct outcome *outcome = &bench->outcome;

	for (size_t i = 0; i < ndevices(bench); i++) {
		double least = least_of(bench, i);

		if (least > outcome->floor) {
			outcome->without_slowest = outcome->floor;
			outcome->floor = least;
			outcome->slowest = name_of(bench, i);
		} else if (least > outcome->without_slowest) {
			outcome->without_slowest = least;
		}
	}
}

/* A refusal is an answer, too, but hardly the one that was meant. */
static void tell_refused(const struct bench *bench)
{
	const struct trial *trial = example_of(bench);
	size_t first = 0, refused = 0;

	for (size_t i = ndevices(bench); i-- > 0;) {
		if (trial->answers[i].refused) {
			first = i;
			refused++;
		}
	}
	if (refused > 0)
		(void)fprintf(stderr,
			      "netfan bench: of %zu device%s, as %s, a refusal "
			      "is measured: the command is invalid there\n",
			      refused, refused == 1 ? "" : "s",
			      name_of(bench, first));
}

static int take_outcome(struct bench *bench)
{
	struct outcome *outcome = &bench->outcome;

	outcome->rows = calloc(bench->nrows, sizeof(*outcome->rows));
	if (outcome->rows == NULL)
		return no_memory();
	outcome->nrows = bench->nrows;
	outcome->ndevices = ndevices(bench);
	outcome->ncommands = bench->options->poll.ncommands;
	outcome->nruns = bench->wish->runs;
	outcome->simulated = bench->simulator.n > 0;
	outcome->stopped = bench->stop.signal != 0;
	for (size_t k = 0; k < bench->nrows; k++)
		take_row(bench, k);
	take_floor(bench);
	outcome_compare(outcome);
	if (outcome_best(outcome) != NULL)
		tell_refused(bench);
	return 0;
}

/* ---- files */

static int write_file(const char *path, const struct outcome *outcome,
		      void (*write)(FILE *out, const struct outcome *outcome))
{
	FILE *file = path != NULL ? fopen(path, "we") : NULL;

	if (path == NULL)
		return 0;
	if (file == NULL)
		return complain(path, strerror(errno));
	write(file, outcome);
	if (fclose(file) == 0)
		return 0;
	return complain(path, strerror(errno));
}

static bool ends_in(const char *path, const char *end)
{
	size_t len = strlen(path), end_len = strlen(end);

	return len > end_len && strcmp(path + len - end_len, end) == 0;
}

static int write_plot(const char *path, const struct outcome *outcome)
{
	if (path != NULL && ends_in(path, ".png"))
		return show_png(path, outcome);
	return write_file(path, outcome, show_plot);
}

static int show_outcome(struct bench *bench)
{
	const struct outcome *outcome = &bench->outcome;
	int rc = 0;

	show_table(stdout, outcome);
	show_chart(stdout, outcome);
	show_advice(stdout, outcome);
	if (fflush(stdout) == EOF) {
		bench->unread = errno == EPIPE; /* as if by SIGPIPE */
		rc = bench->unread
			     ? 0
			     : complain("standard output", strerror(errno));
	}
	if (write_file(bench->wish->json, outcome, export_json) == -1 ||
	    write_file(bench->wish->csv, outcome, export_csv) == -1 ||
	    write_plot(bench->wish->plot, outcome) == -1)
		rc = -1;
	return rc;
}

/* What can be known before minutes were spent on measuring. */
static int try_file(const char *path)
{
	struct stat info;
	bool there = path != NULL && lstat(path, &info) == 0;
	FILE *file = path != NULL ? fopen(path, "ae") : NULL;

	if (path != NULL && file == NULL)
		return complain(path, strerror(errno));
	if (file != NULL && !there)
		(void)unlink(path);
	return file != NULL ? fclose(file) : 0;
}

static int try_files(const struct bench_wish *wish)
{
	if (wish->plot != NULL && !ends_in(wish->plot, ".svg") &&
	    !ends_in(wish->plot, ".png"))
		return complain(wish->plot, "a plot is a .svg or a .png");
	if (wish->plot != NULL && ends_in(wish->plot, ".png") &&
	    !show_png_can())
		return complain(wish->plot, "there is no gnuplot, which draws "
					    "it: write a .svg, or install it");
	return try_file(wish->json) == -1 || try_file(wish->csv) == -1 ||
			       try_file(wish->plot) == -1
		       ? -1
		       : 0;
}

/* ---- before and after it */

static int open_simulator(struct bench *bench)
{
	struct options *options = bench->options;

	if (bench->wish->simulation.devices == 0)
		return 0;
	if (simulator_start(&bench->simulator, &bench->wish->simulation) == -1)
		return -1;
	options->inventory = bench->simulator.inventory;
	options->poll.known_hosts = bench->simulator.known_hosts;
	options->poll.host_keys = NF_HOST_KEYS_ACCEPT_NEW;
	return 0;
}

static int open_inventory(struct bench *bench)
{
	const struct options *options = bench->options;
	struct nf_error err;

	if (platforms_open(&bench->platforms, &options->platforms, &err) ==
		    -1 ||
	    nf_inventory_load(&bench->inv, options->inventory, bench->platforms,
			      NULL, &err) == -1) {
		(void)fprintf(stderr, "%s\n", err.message);
		return -1;
	}
	return 0;
}

static int bench_open(struct bench *bench)
{
	if (try_files(bench->wish) == -1)
		return -1;
	if (stop_init(&bench->stop) == -1)
		return complain("signalfd", strerror(errno));
	return open_simulator(bench) == -1 || open_inventory(bench) == -1
		       ? -1
		       : list_rows(bench);
}

static void bench_close(struct bench *bench)
{
	for (size_t i = 0;
	     bench->trials != NULL && i < bench->nrows * bench->wish->runs; i++)
		trial_release(&bench->trials[i]);
	trial_release(&bench->reference);
	free(bench->trials);
	free(bench->nruns);
	free(bench->outcome.rows);
	nf_inventory_free(bench->inv);
	nf_platforms_free(bench->platforms);
	simulator_stop(&bench->simulator);
	if (bench->stop.fd != -1)
		(void)close(bench->stop.fd);
}

static int status_of(const struct bench *bench)
{
	if (bench->unread)
		return STATUS_SIGNAL + SIGPIPE;
	if (bench->stop.signal != 0)
		return STATUS_SIGNAL + bench->stop.signal;
	for (size_t k = 0; k < bench->nrows; k++) {
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
	if (rc == -1 || (rc == 1 && bench->done <= bench->wish->warmup))
		return bench->stop.signal != 0
			       ? STATUS_SIGNAL + bench->stop.signal
			       : STATUS_USAGE;
	if (take_outcome(bench) == -1 || show_outcome(bench) == -1)
		return STATUS_USAGE;
	return status_of(bench);
}

/* An option that would do nothing is a mistake: 0, or -1. */
static int check_simulation(const struct bench_wish *wish)
{
	const struct simulation *simulation = &wish->simulation;
	const char *idle = simulation->devices > 0 ? wish->of_network
						   : wish->of_simulation;
	char what[80];

	if (idle != NULL)
		(void)snprintf(what, sizeof(what), "--%s: does nothing %s",
			       idle,
			       simulation->devices > 0 ? "with --simulate"
						       : "without --simulate");
	else if (simulation->slow > simulation->devices)
		(void)snprintf(what, sizeof(what),
			       "--slow: there are %u devices",
			       simulation->devices);
	else
		return 0;
	(void)options_wrong(&manual, what);
	return -1;
}

/* Those of files come before those of the command line: 0 or -1. */
static int take_commands(struct options *options)
{
	if (options_take_commands(options) == -1 ||
	    check_simulation(&options->bench) == -1)
		return -1;
	if (options->poll.ncommands > 0)
		return 0;
	if (options->bench.simulation.devices == 0) {
		(void)options_wrong(&manual, "no command is given");
		return -1;
	}
	options->poll.commands = standard_command;
	options->poll.ncommands = 1;
	return 0;
}

int command_bench(int argc, char **argv)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	struct options options;
	enum parsed parsed = options_parse(&options, &manual, argc, argv);
	int status = parsed == PARSED_HELP ? STATUS_OK : STATUS_USAGE;

	if (bench == NULL) {
		(void)no_memory();
	} else if (parsed == PARSED_RUN && take_commands(&options) == 0) {
		bench->options = &options;
		bench->wish = &options.bench;
		bench->stop.fd = -1;
		bench->exact = options.poll.commands == standard_command;
		status = run_bench(bench);
		bench_close(bench);
	}
	options_release(&options);
	free(bench);
	return status;
}
