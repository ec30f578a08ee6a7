/* Collections from tables, and what a report says of them: for tests of
 * cmd/collect. */
#ifndef NETFAN_TEST_COLLECTIONS_H
#define NETFAN_TEST_COLLECTIONS_H

#include "collect/report.h"

/* The lines of any diff: so many, each of them one text. */
struct diff_script {
	size_t nlines;
	const char *line;
	bool fails;
	size_t asked; /* how often */
};

/* A collection of devices, its counts made. */
struct collection collection_of(const struct nf_store_device *const *devices,
				size_t ndevices, struct diff_script *script);

#define COLLECTIONS_TEXT ((size_t)1024 * 1024)
extern char told[COLLECTIONS_TEXT]; /* by the last report */

/* What a report says. */
const char *tell_of(const struct report_kind *kind, const struct collection *c);

void assert_has(const char *text, const char *part);
void assert_has_not(const char *text, const char *part);

/* How often a text has a part. */
size_t count_of(const char *text, const char *part);

#endif
