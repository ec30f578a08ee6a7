/* Collecting: a run whose results go into a store, and what is told of it. */
#include "collect/collect.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "clock.h"
#include "collect/telling.h"
#include "run.h"
#include "selection.h"
#include "status.h"
#include "tell.h"

struct collect {
	const struct collect_options *options;
	struct run *run;
	struct nf_store *store;
	char *dir; /* as a path from the root */
	char *known_hosts; /* below it, where there is no home; or NULL */
	const struct nf_store_device **devices;
	struct collection c;
	int64_t begun_ms; /* clock_ms() */
	size_t nlost; /* devices that could not be kept, */
	struct nf_error lost; /* as of the first one */
};

/* ---- the format: into the store */

struct taker {
	struct collect *collect;
};

static int taker_open(void *ctx, const struct format_run *run,
		      struct nf_error *err)
{
	struct taker *taker = ctx;

	(void)err;
	taker->collect = run->into;
	return 0;
}

/* One that cannot be kept has failed, as the report will tell: a full disk
 * shall not be told once a device. */
static int taker_device(void *ctx, const struct nf_device *dev,
			struct nf_result *result, struct nf_error *err)
{
	struct collect *collect = ((struct taker *)ctx)->collect;

	(void)dev;
	if (nf_store_take(collect->store, result, err) == 0)
		return 1;
	if (collect->nlost++ == 0)
		collect->lost = *err;
	return 1;
}

static const struct format format_taker = {
	.name = "store",
	.ctx_size = sizeof(struct taker),
	.open = taker_open,
	.device = taker_device,
};

/* ---- before the first device */

/* Wait for a time by chance, so that not all runs of a network begin in the same
 * second. A signal ends netfan meanwhile, as nothing is begun. */
static void splay(int64_t most_ms)
{
	uint64_t dice = 0;
	int64_t end_ms, left_ms;

	if (most_ms == 0 ||
	    getrandom(&dice, sizeof(dice), 0) != (ssize_t)sizeof(dice))
		return;
	end_ms = clock_ms() + (int64_t)(dice % ((uint64_t)most_ms + 1));
	while ((left_ms = end_ms - clock_ms()) > 0)
		(void)poll(NULL, 0, left_ms < INT_MAX ? (int)left_ms : INT_MAX);
}

/* Tell why there is no run: the exit status. */
static int not_run(const struct collect *collect, const struct nf_error *err)
{
	const struct stop *stop = &collect->run->stop;

	if (stop->signal != 0)
		return STATUS_SIGNAL + stop->signal;
	if (err->code == NF_CANCELLED)
		tell("netfan: not run: another run had %s until --deadline",
		     collect->options->store.dir);
	else if (collect->options->if_running != IF_RUNNING_SKIP ||
		 telling_watched(&collect->options->common))
		tell("netfan: not run: %s", err->message);
	return STATUS_NOT_RUN;
}

static int open_failed(const struct collect *collect,
		       const struct nf_error *err)
{
	if (err->code == NF_BUSY || err->code == NF_CANCELLED)
		return not_run(collect, err);
	tell("netfan: %s", err->message);
	return err->code == NF_INVALID ? STATUS_USAGE : STATUS_OUTPUT;
}

static int find_dir(struct collect *collect)
{
	const char *dir = collect->options->store.dir;

	collect->dir = realpath(dir, NULL);
	if (collect->dir == NULL)
		collect->dir = strdup(dir);
	return collect->dir != NULL ? 0 : tell_no_memory();
}

/* Open the store and lock it: STATUS_OK, or why not. */
static int open_store(struct collect *collect)
{
	const struct collect_options *options = collect->options;
	struct nf_store_options store = options->store;
	struct nf_error err = {.code = NF_OK};

	store.whole = !selection_is_asked(&options->common);
	store.volatile_lines = options->volatile_lines.at;
	store.nvolatile_lines = options->volatile_lines.n;
	store.accept = options->accept.at;
	store.naccept = options->accept.n;
	store.wait_ms = options->if_running == IF_RUNNING_WAIT ? -1 : 0;
	store.interrupted = run_interrupted; /* by the deadline, too */
	store.interrupted_arg = &collect->run->stop;
	if (!options->common.quiet)
		store.log.line = tell_note;
	if (nf_store_open(&collect->store, &store, &err) == -1)
		return open_failed(collect, &err);
	return find_dir(collect) == 0 ? STATUS_OK : STATUS_OUTPUT;
}

/*
 * Find a place for host keys where the user has no home, as under systemd: a
 * collection keeps its own, or it would trust anew each night.
 */
static int choose_known_hosts(struct collect *collect,
			      struct nf_poll_options *poll)
{
	const char *home = getenv("HOME");
	char *path = NULL;

	if (poll->known_hosts != NULL || (home != NULL && home[0] != '\0'))
		return 0;
	if (asprintf(&path, "%s/.netfan/known_hosts", collect->dir) == -1)
		return tell_no_memory();
	collect->known_hosts = path;
	poll->known_hosts = path;
	return 0;
}

/* Let large answers wait below the folder where nothing else can be written. */
static int choose_tmpdir(const struct collect *collect)
{
	char *path = NULL;
	int rc;

	if (getenv("TMPDIR") != NULL || access("/var/tmp", W_OK) == 0 ||
	    access("/tmp", W_OK) == 0)
		return 0;
	if (asprintf(&path, "%s/.netfan", collect->dir) == -1)
		return tell_no_memory();
	rc = setenv("TMPDIR", path, 1);
	free(path);
	return rc == 0 ? 0 : tell_no_memory();
}

static int prepare(struct collect *collect, struct nf_poll_options *poll)
{
	struct nf_error err = {.code = NF_OK};

	if (nf_store_prepare(collect->store, collect->run->inv, poll, &err) ==
	    -1) {
		tell("netfan: %s", err.message);
		return err.code == NF_INVALID ? STATUS_USAGE : STATUS_OUTPUT;
	}
	return choose_known_hosts(collect, poll) == 0 &&
			       choose_tmpdir(collect) == 0
		       ? STATUS_OK
		       : STATUS_USAGE;
}

/* ---- behind the last one */

static int diff(void *arg, size_t device, size_t output, nf_take_line *take,
		void *take_arg, struct nf_error *err)
{
	const struct collect *collect = arg;
	unsigned flags = collect->options->show_secrets ? NF_SHOW_SECRETS : 0;

	return nf_store_diff(collect->store, device, output, flags, take,
			     take_arg, err);
}

/* See what became of each device. */
static int count(struct collect *collect)
{
	struct collection *c = &collect->c;
	size_t n = nf_store_size(collect->store);

	collect->devices =
		calloc(n + 1, sizeof(const struct nf_store_device *));
	if (collect->devices == NULL)
		return tell_no_memory();
	for (size_t i = 0; i < n; i++)
		collect->devices[i] = nf_store_device(collect->store, i);
	c->dir = collect->dir;
	c->commit = nf_store_head(collect->store);
	c->devices = collect->devices;
	c->ndevices = n;
	c->us = (clock_ms() - collect->begun_ms) * 1000;
	c->diff_lines = collect->options->diff_lines;
	c->diff = diff;
	c->diff_arg = collect;
	collection_count(c);
	return 0;
}

static void note_lost(struct collect *collect)
{
	collection_problem(&collect->c, "%zu device%s could not be kept: %s",
			   collect->nlost, collect->nlost == 1 ? "" : "s",
			   collect->lost.message);
}

/* Keep what came, whatever ended the run. */
static void keep(struct collect *collect)
{
	const struct collect_options *options = collect->options;
	struct run *run = collect->run;
	struct nf_error err = {.code = NF_OK};

	nf_poll_free(run->poll);
	run->poll = NULL;
	if (collect->nlost > 0)
		note_lost(collect);
	if (nf_store_commit(collect->store, &err) == -1)
		collection_problem(&collect->c, "%s", err.message);
	if (options->push != NULL && run->stop.signal == 0 &&
	    nf_store_push(collect->store, options->push, &err) == -1)
		collection_problem(&collect->c, "--push: %s", err.message);
}

static int status_of(const struct collect *collect)
{
	const struct run *run = collect->run;
	const struct collection *c = &collect->c;

	if (run->stop.signal != 0)
		return STATUS_SIGNAL + run->stop.signal;
	if (run->out.sys_errno == EPIPE) /* nobody reads on: as if by SIGPIPE */
		return STATUS_SIGNAL + SIGPIPE;
	if (run->out.sys_errno != 0 || c->nproblems > 0)
		return STATUS_OUTPUT;
	if (c->failed == 0)
		return STATUS_OK;
	return c->ok > 0 ? STATUS_SOME : STATUS_ALL;
}

/* Let the time that is over end nothing more than the asking: what comes behind
 * it has bounds of its own. Returns whether it is over, by a signal or not. */
static bool relax_stop(struct stop *stop)
{
	bool asked = stop->asked;

	stop->end_ms = 0;
	if (stop->signal == 0) {
		stop->asked = false;
		stop->now = false;
	}
	return asked;
}

static int finish(struct collect *collect)
{
	struct run *run = collect->run;
	bool hurried = relax_stop(&run->stop);
	struct nf_error err = {.code = NF_OK};

	keep(collect);
	if (count(collect) == -1)
		return STATUS_OUTPUT;
	telling_run(collect->options, &collect->c, &run->out, &run->stop);
	if (!hurried && run->stop.signal == 0 &&
	    nf_store_tidy(collect->store, &err) == -1) {
		tell("netfan: %s", err.message); /* behind the report */
		collection_problem(&collect->c, "%s", err.message);
	}
	return status_of(collect);
}

/* ---- the whole */

static int collect_all(struct collect *collect)
{
	const struct collect_options *options = collect->options;
	struct run *run = collect->run;
	struct nf_poll_options poll = options->common.poll;
	struct nf_error err = {.code = NF_OK};
	int status;

	if (run_open(run, NULL, 0) == -1)
		return run_status_broken(run);
	if (options->deadline_ms != 0)
		run->stop.end_ms = collect->begun_ms + options->deadline_ms;
	status = open_store(collect);
	if (status == STATUS_OK)
		status = prepare(collect, &poll);
	if (status != STATUS_OK)
		return status;
	if (run_ask(run, poll, &format_taker, collect, &err) == -1) {
		if (run->poll == NULL) {
			tell("netfan: %s", err.message);
			return run_status_broken(run);
		}
		collection_problem(&collect->c, "the run broke off: %s",
				   err.message);
	}
	return finish(collect);
}

static void collect_release(struct collect *collect)
{
	run_free(collect->run);
	nf_store_free(collect->store);
	free(collect->devices);
	free(collect->known_hosts);
	free(collect->dir);
}

int collect_run(const struct collect_options *options)
{
	struct collect collect = {.options = options,
				  .begun_ms = clock_ms(),
				  .c.started_us = clock_real_us()};
	int status;

	splay(options->splay_ms);
	collect.run = run_new(&options->common);
	if (collect.run == NULL)
		return STATUS_USAGE;
	status = collect_all(&collect);
	collect_release(&collect);
	return status;
}
