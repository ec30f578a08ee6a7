/* Metrics of a run. */
#include "collect/metrics.h"

#include <inttypes.h>

#include "format/escape.h"

/* ---- samples */

/* Write the value of a label: a file with one that is no UTF-8, or has another
 * escape than these, would be dropped as a whole. */
static void put_label(struct output *out, const char *name, const char *value)
{
	char harmless[4096];

	output_format(out, "%s=\"", name);
	escape_copy(harmless, sizeof(harmless), ESCAPE_LINE, value);
	for (const char *at = harmless; *at != '\0'; at++) {
		if (*at == '\\' || *at == '"')
			output_text(out, "\\");
		output_bytes(out, at, 1);
	}
	output_text(out, "\"");
}

static void begin_sample(struct output *out, const struct collection *c,
			 const char *metric)
{
	output_format(out, "%s{", metric);
	put_label(out, "dir", c->dir);
}

/* Write seconds, or a number of which there are millions. */
static void put_millionths(struct output *out, int64_t millionths)
{
	output_format(out, "%" PRId64 ".%06" PRId64, millionths / 1000000,
		      millionths % 1000000);
}

/* ---- metrics of a device */

static void put_up(struct output *out, const struct nf_store_device *dev)
{
	bool up = dev->fate == NF_DEVICE_SAME || dev->fate == NF_DEVICE_ADDED ||
		  dev->fate == NF_DEVICE_CHANGED;

	output_text(out, up ? "1" : "0");
}

static void put_succeeded(struct output *out, const struct nf_store_device *dev)
{
	put_millionths(out, dev->succeeded_us);
}

static void put_duration(struct output *out, const struct nf_store_device *dev)
{
	put_millionths(out, dev->us);
}

static void put_bytes(struct output *out, const struct nf_store_device *dev)
{
	output_format(out, "%" PRIu64, dev->bytes);
}

static void put_changes(struct output *out, const struct nf_store_device *dev)
{
	output_format(out, "%" PRIu64, dev->changes);
}

static const struct {
	const char *name, *type, *help;
	void (*put)(struct output *out, const struct nf_store_device *dev);
} of_devices[] = {
	{"netfan_device_up", "gauge",
	 "Whether all outputs of the device came in the last run: 1 or 0.",
	 put_up},
	{"netfan_device_last_success_timestamp_seconds", "gauge",
	 "When all outputs of the device last came; 0: never.", put_succeeded},
	{"netfan_device_duration_seconds", "gauge",
	 "How long the session of the last run took.", put_duration},
	{"netfan_device_bytes", "gauge",
	 "Bytes of the outputs of the device in the last run.", put_bytes},
	{"netfan_device_changes_total", "counter",
	 "Runs in which an output of the device changed.", put_changes},
};

/* ---- metrics of the run */

static void put_ended(struct output *out, const struct collection *c)
{
	put_millionths(out, c->started_us + c->us);
}

static void put_run_duration(struct output *out, const struct collection *c)
{
	put_millionths(out, c->us);
}

static void put_record(struct output *out, const struct collection *c)
{
	output_text(out, c->nproblems == 0 ? "1" : "0");
}

static const struct {
	const char *name, *help;
	void (*put)(struct output *out, const struct collection *c);
} of_run[] = {
	{"netfan_last_run_timestamp_seconds", "When the last run ended.",
	 put_ended},
	{"netfan_last_run_duration_seconds", "How long the last run took.",
	 put_run_duration},
	{"netfan_record_up",
	 "Whether the last run could keep, record and push what came: 1 or 0.",
	 put_record},
};

/* ---- all of them */

static void put_head(struct output *out, const char *name, const char *type,
		     const char *help)
{
	output_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
		      type);
}

static void write_device_metric(struct output *out, const struct collection *c,
				size_t metric)
{
	put_head(out, of_devices[metric].name, of_devices[metric].type,
		 of_devices[metric].help);
	for (size_t i = 0; i < c->ndevices; i++) {
		const struct nf_store_device *dev = c->devices[i];

		if (dev->fate == NF_DEVICE_GONE)
			continue;
		begin_sample(out, c, of_devices[metric].name);
		output_text(out, ",");
		put_label(out, "device", dev->name);
		output_text(out, "} ");
		of_devices[metric].put(out, dev);
		output_text(out, "\n");
	}
}

static void write_counts(struct output *out, const struct collection *c)
{
	static const char name[] = "netfan_devices";

	put_head(out, name, "gauge",
		 "Devices by what became of them in the last run.");
	for (int fate = 0; fate < NF_NDEVICE_FATES; fate++) {
		begin_sample(out, c, name);
		output_format(out, ",status=\"%s\"} %zu\n",
			      nf_device_fate_name((enum nf_device_fate)fate),
			      c->counts[fate]);
	}
}

void metrics_write(struct output *out, const struct collection *c)
{
	for (size_t i = 0; i < sizeof(of_devices) / sizeof(of_devices[0]); i++)
		write_device_metric(out, c, i);
	write_counts(out, c);
	for (size_t i = 0; i < sizeof(of_run) / sizeof(of_run[0]); i++) {
		put_head(out, of_run[i].name, "gauge", of_run[i].help);
		begin_sample(out, c, of_run[i].name);
		output_text(out, "} ");
		of_run[i].put(out, c);
		output_text(out, "\n");
	}
}
