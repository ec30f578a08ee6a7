/*
 * Metrics of a run, for the textfile collector of Prometheus' node_exporter.
 * Names, types and help are for ever: of two files with another help for a name,
 * one file's samples of it are lost without a word. Nor has a sample a time of
 * its own, or the file would be dropped.
 */
#ifndef NETFAN_CMD_COLLECT_METRICS_H
#define NETFAN_CMD_COLLECT_METRICS_H

#include "collect/collection.h"
#include "format/output.h"

/* Write the metrics of a collection. */
void metrics_write(struct output *out, const struct collection *c);

#endif
