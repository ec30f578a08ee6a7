/* A collection: what a run came to. */
#include "collect/collection.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#define COMMIT_SHOWN 12 /* digits, as git shortens it in a large repository */

bool collection_failed(const struct nf_store_device *dev)
{
	return dev->fate == NF_DEVICE_FAILED ||
	       (dev->fate == NF_DEVICE_SKIPPED &&
		dev->error.stage != NF_STAGE_COMMAND);
}

bool collection_any(const struct nf_store_device *dev, enum nf_output_fate fate)
{
	for (size_t i = 0; i < dev->noutputs; i++) {
		if (dev->outputs[i].fate == fate)
			return true;
	}
	return false;
}

bool collection_changed(const struct nf_store_device *dev)
{
	return collection_any(dev, NF_OUTPUT_CHANGED) ||
	       collection_any(dev, NF_OUTPUT_ADDED);
}

static void count_outputs(struct collection *c,
			  const struct nf_store_device *dev)
{
	for (size_t i = 0; i < dev->noutputs; i++) {
		const struct nf_store_output *output = &dev->outputs[i];

		c->shrunk += output->fate == NF_OUTPUT_SHRUNK;
		c->left_out +=
			output->fate == NF_OUTPUT_LEFT_OUT && !output->told;
	}
}

static bool is_ok(enum nf_device_fate fate)
{
	return fate == NF_DEVICE_SAME || fate == NF_DEVICE_ADDED ||
	       fate == NF_DEVICE_CHANGED;
}

void collection_count(struct collection *c)
{
	for (size_t i = 0; i < c->ndevices; i++) {
		const struct nf_store_device *dev = c->devices[i];

		c->counts[dev->fate]++;
		c->failed += collection_failed(dev);
		c->ok += is_ok(dev->fate);
		c->changed +=
			dev->fate != NF_DEVICE_ADDED && collection_changed(dev);
		count_outputs(c, dev);
	}
}

void collection_problem(struct collection *c, const char *fmt, ...)
{
	va_list args;

	if (c->nproblems == COLLECTION_PROBLEMS)
		return;
	va_start(args, fmt);
	(void)vsnprintf(c->problems[c->nproblems++], sizeof(c->problems[0]),
			fmt, args);
	va_end(args);
}

bool collection_has_changed(const struct collection *c)
{
	return c->changed > 0 || c->counts[NF_DEVICE_ADDED] > 0 ||
	       c->counts[NF_DEVICE_GONE] > 0;
}

bool collection_has_failed(const struct collection *c)
{
	return c->failed > 0 || c->nproblems > 0;
}

bool collection_has_news(const struct collection *c)
{
	return collection_has_changed(c) || collection_has_failed(c) ||
	       c->left_out > 0;
}

void collection_summary(const struct collection *c,
			char out[COLLECTION_SUMMARY])
{
	const char *separator = ": ";
	FILE *line;

	out[0] = '\0';
	line = fmemopen(out, COLLECTION_SUMMARY, "w");
	if (line == NULL)
		return;
	(void)fprintf(line, "%.256s: %zu device%s", c->dir, c->ndevices,
		      c->ndevices == 1 ? "" : "s");
	for (int fate = 0; fate < NF_NDEVICE_FATES; fate++) {
		if (c->counts[fate] == 0)
			continue;
		(void)fprintf(line, "%s%zu %s", separator, c->counts[fate],
			      nf_device_fate_name((enum nf_device_fate)fate));
		separator = ", ";
	}
	(void)fprintf(line, " in %.1f s", (double)c->us / 1e6);
	if (c->commit[0] != '\0')
		(void)fprintf(line, "; commit %.*s", COMMIT_SHOWN, c->commit);
	(void)fclose(line);
}

void collection_time(char out[COLLECTION_TIME], int64_t us)
{
	time_t seconds = (time_t)(us / 1000000);
	struct tm tm;

	if (us == 0 || localtime_r(&seconds, &tm) == NULL ||
	    strftime(out, COLLECTION_TIME, "%Y-%m-%d %H:%M", &tm) == 0)
		(void)snprintf(out, COLLECTION_TIME, "never");
}

void collection_time_utc(char out[COLLECTION_TIME], int64_t us)
{
	time_t seconds = (time_t)(us / 1000000);
	struct tm tm;

	if (us == 0 || gmtime_r(&seconds, &tm) == NULL ||
	    strftime(out, COLLECTION_TIME, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		out[0] = '\0';
}
