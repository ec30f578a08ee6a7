/* What was said at a terminal, by both sides, for a person to read. */
#ifndef NETFAN_SESSION_RECORD_H
#define NETFAN_SESSION_RECORD_H

#include <stdbool.h>

#include "base/buf.h"
#include "netfan.h"
#include "session/veil.h"

#define RECORD_MAX ((size_t)64 * 1024) /* bytes kept, from the beginning */

struct record;

/* What the veil covers is not shown where the device says it. NF_SYSTEM. */
int record_new(struct record **out, const struct veil *veil,
	       struct nf_error *err);
void record_free(struct record *record); /* NULL is fine */

/* Keep what we said, or the device. */
void record_keep(struct record *record, bool ours, const void *bytes,
		 size_t len);

/* We said a secret: it is not kept, nor what the device says to it on that
 * line, which may be an echo. */
void record_secret(struct record *record);

const struct veil *record_veil(const struct record *record);

/*
 * Append what was said, a line a turn, each a comment of YAML:
 *	# - device: "\r\nR1#"
 *	# - netfan: "show version\r"
 * Everything but printable ASCII is escaped. Errors as buf_append().
 */
int record_print(const struct record *record, struct buf *out);

#endif
