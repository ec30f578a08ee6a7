/* A run in the system's log. */
#include "collect/system_log.h"

#include <stdio.h>
#include <syslog.h>

#include "format/escape.h"

#define LINE_MAX_BYTES 1024 /* what any log takes as one line */

/* Log a line about a device, with as much of the text as there is room for. */
static void log_line(int level, const char *text)
{
	char harmless[LINE_MAX_BYTES];

	escape_copy(harmless, sizeof(harmless), ESCAPE_LINE, text);
	syslog(level, "%s", harmless);
}

static void log_failed(const struct nf_store_device *dev)
{
	char line[LINE_MAX_BYTES];

	(void)snprintf(line, sizeof(line), "%s: %s: %s: %s: %s", dev->name,
		       nf_device_fate_name(dev->fate),
		       nf_stage_name(dev->error.stage),
		       nf_code_name(dev->error.code), dev->error.message);
	log_line(LOG_WARNING, line);
}

static void log_changed(const struct nf_store_device *dev)
{
	char line[LINE_MAX_BYTES];
	int len = snprintf(line, sizeof(line), "%s: changed", dev->name);

	for (size_t i = 0; i < dev->noutputs; i++) {
		const struct nf_store_output *output = &dev->outputs[i];

		if ((output->fate == NF_OUTPUT_CHANGED ||
		     output->fate == NF_OUTPUT_ADDED) &&
		    (size_t)len < sizeof(line))
			len += snprintf(line + len, sizeof(line) - (size_t)len,
					": %s", output->path);
	}
	log_line(LOG_NOTICE, line);
}

static void log_device(const struct nf_store_device *dev)
{
	if (collection_failed(dev))
		log_failed(dev);
	if (collection_changed(dev))
		log_changed(dev);
}

void system_log(const struct collection *c)
{
	char summary[COLLECTION_SUMMARY];

	openlog("netfan", LOG_PID, LOG_DAEMON);
	for (size_t i = 0; i < c->ndevices; i++)
		log_device(c->devices[i]);
	for (size_t i = 0; i < c->nproblems; i++)
		log_line(LOG_ERR, c->problems[i]);
	collection_summary(c, summary);
	log_line(LOG_INFO, summary);
	closelog();
}
