/* Telling what a collection came to: reports, metrics, the system's log, hooks. */
#ifndef NETFAN_CMD_COLLECT_TELLING_H
#define NETFAN_CMD_COLLECT_TELLING_H

#include "collect/collect.h"
#include "format/output.h"

/* Does somebody look, who is to be told what a mail at night need not have? */
bool telling_watched(const struct options *options);

/*
 * Tell of a collection in all the ways that were asked for. On standard output
 * (*out, which keeps its error) there is a report only if there are news. It
 * tells of problems, those with files, too; standard error does only when it
 * could not be written: cron would mail both.
 */
void telling_run(const struct collect_options *options, struct collection *c,
		 struct output *out, struct stop *stop);

#endif
