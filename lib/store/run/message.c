/* What a commit says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/printable.h"
#include "store/store_parts.h"

#define BODY_MAX ((size_t)16 * 1024 * 1024)

static bool is_new(const struct nf_store_output *output)
{
	return output->fate == NF_OUTPUT_ADDED ||
	       output->fate == NF_OUTPUT_CHANGED;
}

bool row_changed(const struct row *row)
{
	for (size_t i = 0; i < row->pub.noutputs; i++) {
		if (is_new(&row->told[i]))
			return true;
	}
	return false;
}

/* ---- subject */

/* What is counted, in this order. */
enum { CHANGED, ADDED, FAILED, REMOVED, NCOUNTS };
static const char *const counted[NCOUNTS] = {"changed", "added", "failed",
					     "removed"};

static void count(const struct row *row, size_t counts[NCOUNTS])
{
	enum nf_device_fate fate = row->pub.fate;

	if (fate == NF_DEVICE_ADDED)
		counts[ADDED]++;
	else if (row_changed(row))
		counts[CHANGED]++;
	counts[FAILED] += fate == NF_DEVICE_FAILED;
	counts[REMOVED] += row->removed;
}

char *message_subject(const struct nf_store *store, char *out, size_t size)
{
	size_t counts[NCOUNTS] = {0};
	const char *between = "collect: ";
	size_t len = 0;

	for (size_t i = 0; i < store->nrows; i++)
		count(&store->rows[i], counts);
	for (size_t i = 0; i < NCOUNTS && len < size; i++) {
		if (counts[i] == 0)
			continue;
		len += (size_t)snprintf(out + len, size - len, "%s%zu %s",
					between, counts[i], counted[i]);
		between = ", ";
	}
	/* Marks, or what a run left that did not end. */
	if (len == 0)
		(void)snprintf(out, size, "collect: files as they are");
	return out;
}

bool message_has_changed(const char *subject)
{
	char word[16];

	(void)snprintf(word, sizeof(word), " %s", counted[CHANGED]);
	return strstr(subject, word) != NULL;
}

/* ---- body */

static int add_name(struct buf *buf, const char *before, const char *name)
{
	char text[256];

	printable_copy(text, sizeof(text), (const uint8_t *)name, strlen(name));
	return buf_print(buf, "%s%s", before, text);
}

static int add_row(const struct row *row, struct buf *buf)
{
	const char *between = ": ";

	if (row->removed)
		return add_name(buf, "", row->pub.name) == -1
			       ? -1
			       : buf_print(buf, ": removed\n");
	if (!row_changed(row))
		return 0;
	if (add_name(buf, "", row->pub.name) == -1)
		return -1;
	for (size_t i = 0; i < row->pub.noutputs; i++) {
		if (!is_new(&row->told[i]))
			continue;
		if (add_name(buf, between, row->told[i].command) == -1)
			return -1;
		between = ", ";
	}
	return buf_print(buf, "\n");
}

char *message_body(const struct nf_store *store)
{
	struct buf buf;

	buf_init(&buf, BODY_MAX);
	for (size_t i = 0; i < store->nrows; i++) {
		if (add_row(&store->rows[i], &buf) == -1)
			goto fail;
	}
	if (buf_append(&buf, "", 1) == -1) /* its NUL */
		goto fail;
	return (char *)buf.data;
fail:
	buf_release(&buf);
	return NULL;
}
