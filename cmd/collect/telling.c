/* Telling what a collection came to. */
#include "collect/telling.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "collect/hooks.h"
#include "collect/metrics.h"
#include "collect/system_log.h"
#include "collect/whole_file.h"
#include "tell.h"

bool telling_watched(const struct options *options)
{
	return !options->quiet &&
	       (options->verbose || isatty(STDERR_FILENO) == 1);
}

/* ---- files */

struct writing {
	const struct report_kind *kind; /* NULL: metrics */
	const struct collection *c;
};

static void write_it(struct output *out, const void *arg)
{
	const struct writing *writing = arg;

	if (writing->kind != NULL)
		writing->kind->write(out, writing->c);
	else
		metrics_write(out, writing->c);
}

/* Reports hold what devices are; metrics are read by another user. */
static int write_file(const char *path, const struct report_kind *kind,
		      const struct collection *c, struct nf_error *err)
{
	const struct writing writing = {.kind = kind, .c = c};

	return whole_file_write(path, kind != NULL ? 0600 : 0644, write_it,
				&writing, err);
}

static void write_files(const struct collect_options *options,
			struct collection *c)
{
	struct nf_error err;

	for (size_t i = 0; i < options->nfiles; i++) {
		if (write_file(options->files[i].path, options->files[i].kind,
			       c, &err) == -1)
			collection_problem(c, "--report: %s", err.message);
	}
	if (options->metrics != NULL &&
	    write_file(options->metrics, NULL, c, &err) == -1)
		collection_problem(c, "--metrics: %s", err.message);
}

/* ---- standard output */

/* Tell on standard error what a report on standard output would have told. */
static void tell_problems(const struct collection *c)
{
	for (size_t i = 0; i < c->nproblems; i++)
		tell("netfan: %s", c->problems[i]);
}

static void write_report(const struct collect_options *options,
			 const struct collection *c, struct output *out)
{
	const struct report_kind *kind =
		options->report != NULL ? options->report : &report_text;
	char summary[COLLECTION_SUMMARY];
	bool news = collection_has_news(c);

	if (news) {
		kind->write(out, c);
		output_flush(out);
	}
	if (out->sys_errno != 0 && out->sys_errno != EPIPE &&
	    out->sys_errno != ECANCELED)
		tell("netfan: standard output: %s", strerror(out->sys_errno));
	if (out->sys_errno != 0)
		tell_problems(c);
	if (telling_watched(&options->common) &&
	    !(news && kind == &report_text)) {
		collection_summary(c, summary);
		tell("%s", summary);
	}
}

/* ---- hooks */

/* List the hooks there are to run: how many they are. */
static size_t list_hooks(const struct collect_options *options,
			 const struct collection *c, struct hook hooks[2])
{
	size_t n = 0;

	if (options->on_change != NULL && collection_has_changed(c))
		hooks[n++] = (struct hook){.option = "on-change",
					   .command = options->on_change};
	if (options->on_failure != NULL && collection_has_failed(c))
		hooks[n++] = (struct hook){.option = "on-failure",
					   .command = options->on_failure};
	return n;
}

/* Open a file in memory that holds the report: -1 with errno. */
static int text_in_memory(const struct collection *c)
{
	int fd = memfd_create("netfan-report", MFD_CLOEXEC);
	struct output out;

	if (fd == -1)
		return -1;
	output_init(&out, fd, NULL);
	report_text.write(&out, c);
	output_flush(&out);
	if (out.sys_errno == 0)
		return fd;
	(void)close(fd);
	errno = out.sys_errno;
	return -1;
}

/* Run hooks, with the report in a file in memory, and another at a path. */
static void run_hooks(struct hook *hooks, size_t n, const char *path,
		      const struct collection *c, struct stop *stop)
{
	int fd = text_in_memory(c);

	if (fd == -1)
		tell("netfan: hooks: report: %s", strerror(errno));
	for (size_t i = 0; fd != -1 && i < n && stop->signal == 0; i++) {
		hooks[i].report_fd = fd;
		hooks[i].report_path = path;
		hooks[i].limit_ms = HOOK_MS;
		hook_run(&hooks[i], c, stop);
	}
	if (fd != -1)
		(void)close(fd);
}

/* Run the hooks there are to run. Their report is in the folder, which is locked,
 * and the one place that surely can be written to, unless the disk is full: who
 * is to hear of that has to be called all the same. */
static void tell_hooks(const struct collect_options *options,
		       const struct collection *c, struct stop *stop)
{
	struct hook hooks[2];
	size_t n = list_hooks(options, c, hooks);
	struct nf_error err;
	char *path = NULL;

	if (n == 0)
		return;
	if (asprintf(&path, "%s/.netfan/report.json", c->dir) == -1) {
		(void)tell_no_memory();
		return;
	}
	if (write_file(path, &report_json, c, &err) == 0) {
		run_hooks(hooks, n, path, c, stop);
	} else {
		tell("netfan: hooks: %s", err.message);
		run_hooks(hooks, n, "", c, stop);
	}
	(void)unlink(path);
	free(path);
}

void telling_run(const struct collect_options *options, struct collection *c,
		 struct output *out, struct stop *stop)
{
	struct nf_error err;

	write_files(options, c);
	if (options->syslog && system_log(c, SYSTEM_LOG, &err) == -1)
		tell("netfan: --syslog: %s", err.message);
	write_report(options, c, out);
	if (stop->signal == 0)
		tell_hooks(options, c, stop);
}
