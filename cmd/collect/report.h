/*
 * Reports: a collection as it is told. Whatever comes from a device or an
 * inventory is made harmless in it, and all but JSON is bounded: a report may be
 * mailed.
 */
#ifndef NETFAN_CMD_COLLECT_REPORT_H
#define NETFAN_CMD_COLLECT_REPORT_H

#include "collect/collection.h"
#include "format/output.h"

struct report_kind {
	const char *name; /* the word of --report */
	void (*write)(struct output *out, const struct collection *c);
};

/* For people: what is wrong, then what changed. */
extern const struct report_kind report_text;

/* For programs: one object, with all devices. */
extern const struct report_kind report_json;

/* For a browser: one page, which needs nothing from outside and may do nothing.
 */
extern const struct report_kind report_html;

/* Find a kind by its name, of so many bytes: NULL when there is none. */
const struct report_kind *report_kind_find(const char *name, size_t len);

#endif
