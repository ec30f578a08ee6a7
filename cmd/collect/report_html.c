/* A report for a browser: one page, which needs nothing from outside. */
#include <inttypes.h>
#include <openssl/evp.h>
#include <string.h>

#include "collect/excerpt.h"
#include "collect/report.h"
#include "format/escape.h"

/* Of this style alone the page's policy allows: by its digest. */
static const char style[] =
	":root{color-scheme:light dark}"
	"body{font:1rem/1.4 system-ui,sans-serif;max-width:60rem;"
	"margin:0 auto;padding:1rem}"
	"h1{font-size:1.3rem}h2{font-size:1.1rem;margin-top:2rem}"
	"h1,h2,h3,td,li,p{overflow-wrap:anywhere}"
	"h3{font-size:1rem;margin-bottom:.3rem}"
	"pre{overflow-x:auto;padding:.5rem;border:1px solid #8888;"
	"border-radius:.3rem}"
	"table{border-collapse:collapse;width:100%}"
	"th,td{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0;"
	"border-bottom:1px solid #8884}"
	".minus{color:#b00020}.plus{color:#0a6b2d}.hunk{opacity:.7}"
	".bad{color:#b00020;font-weight:bold}"
	"@media(prefers-color-scheme:dark){.minus,.bad{color:#ff8a80}"
	".plus{color:#8bd49c}}"
	"@media(max-width:40rem){td,th{display:block;border:0;padding:0}"
	"thead{display:none}tr{display:block;padding:.5rem 0;"
	"border-bottom:1px solid #8884}}"
	"@media print{body{max-width:none;padding:0;font-size:10pt}"
	"pre{white-space:pre-wrap;overflow-wrap:anywhere;border:0;padding:0}"
	"h2,h3{break-after:avoid}tr{break-inside:avoid}}";

#define DIGEST_TEXT 64 /* base64 of SHA-256, and a NUL */

/* ---- pieces */

static void put_text(struct output *out, const char *text)
{
	escape_text(out, ESCAPE_HTML, text);
}

/* An element with a text in it. */
static void put_element(struct output *out, const char *element,
			const char *text)
{
	output_format(out, "<%s>", element);
	put_text(out, text);
	output_format(out, "</%s>", element);
}

static void put_cell_number(struct output *out, const char *label,
			    uint64_t number)
{
	output_format(out, "<tr><td>%s</td><td>%" PRIu64 "</td></tr>\n", label,
		      number);
}

static void put_style_digest(struct output *out)
{
	unsigned char digest[EVP_MAX_MD_SIZE], text[DIGEST_TEXT];
	unsigned len = 0;

	if (EVP_Digest(style, strlen(style), digest, &len, EVP_sha256(),
		       NULL) != 1)
		return; /* the page has no style then */
	(void)EVP_EncodeBlock(text, digest, (int)len);
	output_format(out, "; style-src 'sha256-%s'", (const char *)text);
}

static void put_head(struct output *out, const char *title)
{
	output_text(out, "<!DOCTYPE html>\n<html lang=\"en\"><head>"
			 "<meta charset=\"utf-8\">\n"
			 "<meta http-equiv=\"Content-Security-Policy\" "
			 "content=\"default-src 'none'; base-uri 'none'; "
			 "form-action 'none'");
	put_style_digest(out);
	output_text(out, "\">\n<meta name=\"viewport\" "
			 "content=\"width=device-width, initial-scale=1\">\n"
			 "<meta name=\"referrer\" content=\"no-referrer\">\n");
	put_element(out, "title", title);
	output_format(out, "\n<style>");
	output_text(out, style);
	output_text(out, "</style></head>\n<body>\n");
}

/* ---- devices that failed, are new or gone */

static void put_time_cell(struct output *out, int64_t us)
{
	char when[COLLECTION_TIME];

	collection_time(when, us);
	put_element(out, "td", us != 0 ? when : "");
}

static void put_what(struct output *out, const struct nf_store_device *dev)
{
	if (dev->error.code != NF_OK) {
		output_format(out, "%s: %s: ", nf_stage_name(dev->error.stage),
			      nf_code_name(dev->error.code));
		put_text(out, dev->error.message);
	}
	for (size_t i = 0; i < dev->noutputs; i++) {
		const struct nf_store_output *output = &dev->outputs[i];

		if (output->why[0] == '\0' || output->told)
			continue;
		output_text(out, "<br>");
		escape_first_line(out, ESCAPE_HTML, output->command);
		output_format(out, ": %s: ", nf_output_fate_name(output->fate));
		put_text(out, output->why);
	}
}

/* Is a device worth a row? One that changed has a part of its own. */
static bool has_row(const struct nf_store_device *dev)
{
	if (dev->fate != NF_DEVICE_SAME && dev->fate != NF_DEVICE_CHANGED)
		return true;
	for (size_t i = 0; i < dev->noutputs; i++) {
		if (dev->outputs[i].why[0] != '\0' && !dev->outputs[i].told)
			return true;
	}
	return false;
}

static void put_row(struct output *out, const struct nf_store_device *dev)
{
	output_text(out, "<tr>");
	put_element(out, "td", dev->name);
	put_element(out, "td", dev->host);
	output_format(out, "<td%s>%s</td><td>",
		      collection_failed(dev) ? " class=\"bad\"" : "",
		      nf_device_fate_name(dev->fate));
	put_what(out, dev);
	output_text(out, "</td>");
	put_time_cell(out, dev->failing_us);
	put_time_cell(out, dev->succeeded_us);
	output_text(out, "</tr>\n");
}

static void put_rows(struct output *out, const struct collection *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->ndevices; i++) {
		if (!has_row(c->devices[i]) || n++ >= COLLECTION_LIST)
			continue;
		if (n == 1)
			output_text(out,
				    "<h2>Devices to look at</h2>\n<table>"
				    "<thead><tr><th>device<th>host<th>status"
				    "<th>what<th>failing since<th>all was well"
				    "</tr></thead>\n<tbody>");
		put_row(out, c->devices[i]);
	}
	if (n > 0)
		output_text(out, "</tbody></table>\n");
	if (n > COLLECTION_LIST)
		output_format(out, "<p>and %zu more</p>\n",
			      n - COLLECTION_LIST);
}

/* ---- what changed */

static const char *class_of(const char *line, size_t len)
{
	switch (len > 0 ? line[0] : '\0') {
	case '+':
		return "plus";
	case '-':
		return "minus";
	case '@':
		return "hunk";
	default:
		return "same";
	}
}

static void put_line(void *arg, const char *line, size_t len, size_t cut)
{
	struct output *out = arg;
	struct escape escape;

	output_format(out, "<span class=\"%s\">", class_of(line, len));
	escape_init(&escape, ESCAPE_HTML);
	escape_bytes(&escape, out, (const uint8_t *)line, len);
	escape_end(&escape, out);
	if (cut > 0)
		output_format(out, " (%zu byte%s more)", cut,
			      cut == 1 ? "" : "s");
	output_text(out, "</span>\n");
}

static void put_excerpt(struct output *out, struct excerpts *excerpts,
			size_t device, size_t output)
{
	enum excerpt excerpt;
	struct nf_error err;
	size_t left_out;

	output_text(out, "<pre>");
	excerpt = excerpts_take(excerpts, device, output, &left_out, &err);
	output_text(out, "</pre>\n");
	if (excerpt == EXCERPT_CUT)
		output_format(out, "<p>%zu line%s more</p>\n", left_out,
			      left_out == 1 ? "" : "s");
	else if (excerpt == EXCERPT_FAILED)
		put_element(out, "p", err.message);
}

static void put_change(struct output *out, struct excerpts *excerpts,
		       size_t device, size_t i)
{
	const struct nf_store_device *dev = excerpts->c->devices[device];
	const struct nf_store_output *output = &dev->outputs[i];

	output_text(out, "<h3>");
	put_text(out, dev->name);
	output_text(out, ": ");
	escape_first_line(out, ESCAPE_HTML, output->command);
	output_text(out, "</h3>\n");
	if (output->fate == NF_OUTPUT_ADDED)
		output_format(out, "<p>added, %" PRIu64 " byte%s</p>\n",
			      output->bytes, output->bytes == 1 ? "" : "s");
	else if (excerpts->room == 0)
		output_text(out, "<p>changed</p>\n");
	else
		put_excerpt(out, excerpts, device, i);
}

static void put_changes(struct output *out, const struct collection *c)
{
	struct excerpts excerpts = excerpts_begin(c, put_line, out);
	size_t n = 0;

	for (size_t i = 0; i < c->ndevices; i++) {
		for (size_t k = 0; k < c->devices[i]->noutputs; k++) {
			enum nf_output_fate fate =
				c->devices[i]->outputs[k].fate;

			if (fate != NF_OUTPUT_CHANGED &&
			    fate != NF_OUTPUT_ADDED)
				continue;
			if (n == 0)
				output_text(out, "<h2>Changes</h2>\n");
			if (n++ < COLLECTION_LIST)
				put_change(out, &excerpts, i, k);
		}
	}
	if (n > COLLECTION_LIST)
		output_format(out, "<p>and %zu output%s more</p>\n",
			      n - COLLECTION_LIST,
			      n - COLLECTION_LIST == 1 ? "" : "s");
}

/* ---- the whole */

static void put_counts(struct output *out, const struct collection *c)
{
	char when[COLLECTION_TIME];

	collection_time(when, c->started_us);
	output_text(out, "<table><tbody>\n<tr><td>begun</td>");
	put_element(out, "td", when);
	output_text(out, "</tr>\n");
	for (int fate = 0; fate < NF_NDEVICE_FATES; fate++)
		put_cell_number(out,
				nf_device_fate_name((enum nf_device_fate)fate),
				c->counts[fate]);
	output_text(out, "</tbody></table>\n");
}

static void write_html(struct output *out, const struct collection *c)
{
	char summary[COLLECTION_SUMMARY];

	collection_summary(c, summary);
	put_head(out, summary);
	put_element(out, "h1", summary);
	output_text(out, "\n");
	for (size_t i = 0; i < c->nproblems; i++) {
		output_text(out, "<p class=\"bad\">");
		put_text(out, c->problems[i]);
		output_text(out, "</p>\n");
	}
	put_counts(out, c);
	put_rows(out, c);
	put_changes(out, c);
	output_text(out, "</body></html>\n");
}

const struct report_kind report_html = {.name = "html", .write = write_html};
