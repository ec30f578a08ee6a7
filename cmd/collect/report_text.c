/* A report as people read it, in a mail of cron's say. */
#include <inttypes.h>
#include <string.h>

#include "collect/excerpt.h"
#include "collect/report.h"
#include "format/escape.h"

/* ---- pieces */

static void put_name(struct output *out, const struct nf_store_device *dev)
{
	escape_text(out, ESCAPE_LINE, dev->name);
	if (dev->host[0] == '\0' || strcmp(dev->host, dev->name) == 0)
		return;
	output_text(out, " (");
	escape_text(out, ESCAPE_LINE, dev->host);
	output_text(out, ")");
}

static void put_command(struct output *out,
			const struct nf_store_output *output)
{
	escape_first_line(out, ESCAPE_LINE, output->command);
}

static void put_why(struct output *out, const struct nf_store_output *output)
{
	output_text(out, "  ");
	put_command(out, output);
	output_text(out, ": ");
	escape_text(out, ESCAPE_LINE, output->why);
	output_text(out, "\n");
}

/* Tell since when a device fails, or that it did not until now. */
static void put_since(struct output *out, const struct collection *c,
		      const struct nf_store_device *dev)
{
	char when[COLLECTION_TIME];
	bool long_since =
		dev->failing_us != 0 && dev->failing_us < c->started_us;

	collection_time(when, long_since ? dev->failing_us : dev->succeeded_us);
	output_format(out,
		      long_since ? " (failing since %s)\n"
				 : " (all was well: %s)\n",
		      when);
}

/* ---- sections: a title, and some of the devices that belong below it */

struct section {
	const char *title;
	bool (*has)(const struct nf_store_device *dev);
	void (*put)(struct output *out, const struct collection *c,
		    const struct nf_store_device *dev);
};

static void put_failed(struct output *out, const struct collection *c,
		       const struct nf_store_device *dev)
{
	put_name(out, dev);
	if (dev->fate == NF_DEVICE_SKIPPED)
		output_text(out, ": skipped: ");
	else
		output_format(out,
			      ": %s: %s: ", nf_stage_name(dev->error.stage),
			      nf_code_name(dev->error.code));
	escape_text(out, ESCAPE_LINE, dev->error.message);
	put_since(out, c, dev);
	for (size_t i = 0; i < dev->noutputs; i++) {
		if (dev->outputs[i].fate == NF_OUTPUT_FAILED &&
		    dev->outputs[i].why[0] != '\0')
			put_why(out, &dev->outputs[i]);
	}
}

static bool has_shrunk(const struct nf_store_device *dev)
{
	return collection_any(dev, NF_OUTPUT_SHRUNK);
}

static void put_shrunk(struct output *out, const struct collection *c,
		       const struct nf_store_device *dev)
{
	(void)c;
	put_name(out, dev);
	output_text(out, "\n");
	for (size_t i = 0; i < dev->noutputs; i++) {
		const struct nf_store_output *output = &dev->outputs[i];

		if (output->fate != NF_OUTPUT_SHRUNK)
			continue;
		output_text(out, "  ");
		put_command(out, output);
		output_format(out,
			      ": shrunk to %" PRIu64 " byte%s, before %" PRIu64
			      "; %u of 3 runs said the same\n",
			      output->bytes, output->bytes == 1 ? "" : "s",
			      output->bytes_before, output->shrunk);
	}
}

static bool is_new_left_out(const struct nf_store_output *output)
{
	return output->fate == NF_OUTPUT_LEFT_OUT && !output->told;
}

static bool has_left_out(const struct nf_store_device *dev)
{
	for (size_t i = 0; i < dev->noutputs; i++) {
		if (is_new_left_out(&dev->outputs[i]))
			return true;
	}
	return false;
}

static void put_left_out(struct output *out, const struct collection *c,
			 const struct nf_store_device *dev)
{
	(void)c;
	put_name(out, dev);
	output_text(out, "\n");
	for (size_t i = 0; i < dev->noutputs; i++) {
		if (is_new_left_out(&dev->outputs[i]))
			put_why(out, &dev->outputs[i]);
	}
}

static bool is_passed_over(const struct nf_store_device *dev)
{
	return dev->fate == NF_DEVICE_SKIPPED && !collection_failed(dev);
}

static bool is_added(const struct nf_store_device *dev)
{
	return dev->fate == NF_DEVICE_ADDED;
}

static bool is_gone(const struct nf_store_device *dev)
{
	return dev->fate == NF_DEVICE_GONE;
}

static void put_device(struct output *out, const struct collection *c,
		       const struct nf_store_device *dev)
{
	(void)c;
	put_name(out, dev);
	output_text(out, "\n");
}

static const struct section sections[] = {
	{"Failed", collection_failed, put_failed},
	{"Shrunk, so that the output of before stays (--accept DEVICE takes "
	 "the new one)",
	 has_shrunk, put_shrunk},
	{"Left out, as the device does not know them", has_left_out,
	 put_left_out},
	{"Skipped, as their platform lists nothing to collect", is_passed_over,
	 put_device},
	{"New", is_added, put_device},
	{"Gone from the inventory", is_gone, put_device},
};

static void put_section(struct output *out, const struct collection *c,
			const struct section *section)
{
	size_t n = 0;

	for (size_t i = 0; i < c->ndevices; i++) {
		if (!section->has(c->devices[i]) || n++ >= COLLECTION_LIST)
			continue;
		if (n == 1)
			output_format(out, "\n%s:\n", section->title);
		section->put(out, c, c->devices[i]);
	}
	if (n > COLLECTION_LIST)
		output_format(out, "and %zu more\n", n - COLLECTION_LIST);
}

/* ---- what changed */

static void put_line(void *arg, const char *line, size_t len, size_t cut)
{
	struct output *out = arg;
	struct escape escape;

	escape_init(&escape, ESCAPE_TEXT);
	escape_bytes(&escape, out, (const uint8_t *)line, len);
	escape_end(&escape, out);
	if (cut > 0)
		output_format(out, " (%zu byte%s more)", cut,
			      cut == 1 ? "" : "s");
	output_text(out, "\n");
}

static void put_excerpt(struct output *out, struct excerpts *excerpts,
			size_t device, size_t output)
{
	struct nf_error err;
	size_t left_out;

	switch (excerpts_take(excerpts, device, output, &left_out, &err)) {
	case EXCERPT_WHOLE:
		break;
	case EXCERPT_NONE:
		if (excerpts->c->diff_lines > 0)
			output_text(out, "(left out, as there are many)\n");
		break;
	case EXCERPT_CUT:
		output_format(out, "(%zu line%s more)\n", left_out,
			      left_out == 1 ? "" : "s");
		break;
	case EXCERPT_FAILED:
		output_text(out, "(no diff: ");
		escape_text(out, ESCAPE_LINE, err.message);
		output_text(out, ")\n");
		break;
	}
}

static void put_change(struct output *out, struct excerpts *excerpts,
		       size_t device, size_t i)
{
	const struct nf_store_device *dev = excerpts->c->devices[device];
	const struct nf_store_output *output = &dev->outputs[i];

	output_text(out, "\n=== ");
	put_name(out, dev);
	output_text(out, ": ");
	put_command(out, output);
	if (output->fate == NF_OUTPUT_ADDED) {
		output_format(out, ": added, %" PRIu64 " byte%s ===\n",
			      output->bytes, output->bytes == 1 ? "" : "s");
		return;
	}
	output_text(out, " ===\n");
	put_excerpt(out, excerpts, device, i);
}

/* A device that is new is in the section of those. */
static void put_changes(struct output *out, struct excerpts *excerpts,
			size_t device, size_t *n)
{
	const struct nf_store_device *dev = excerpts->c->devices[device];

	for (size_t i = 0; i < dev->noutputs && !is_added(dev); i++) {
		enum nf_output_fate fate = dev->outputs[i].fate;

		if (fate != NF_OUTPUT_CHANGED && fate != NF_OUTPUT_ADDED)
			continue;
		if ((*n)++ < COLLECTION_LIST)
			put_change(out, excerpts, device, i);
	}
}

static void put_all_changes(struct output *out, const struct collection *c)
{
	struct excerpts excerpts = excerpts_begin(c, put_line, out);
	size_t n = 0;

	for (size_t i = 0; i < c->ndevices; i++)
		put_changes(out, &excerpts, i, &n);
	if (n > COLLECTION_LIST)
		output_format(out, "\nand %zu output%s more that changed\n",
			      n - COLLECTION_LIST,
			      n - COLLECTION_LIST == 1 ? "" : "s");
}

static void write_text(struct output *out, const struct collection *c)
{
	char summary[COLLECTION_SUMMARY];

	collection_summary(c, summary);
	escape_text(out, ESCAPE_LINE, summary);
	output_text(out, "\n");
	for (size_t i = 0; i < c->nproblems; i++) {
		escape_text(out, ESCAPE_LINE, c->problems[i]);
		output_text(out, "\n");
	}
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		put_section(out, c, &sections[i]);
	put_all_changes(out, c);
}

const struct report_kind report_text = {.name = "text", .write = write_text};
