/*
 * What was said on a stream, by both sides, for a person to read: a transport
 * around another one that keeps it.
 */
#ifndef NETFAN_SESSION_RECORD_H
#define NETFAN_SESSION_RECORD_H

#include "base/buf.h"
#include "session/transport.h"

#define RECORD_MAX ((size_t)64 * 1024) /* bytes kept, from the beginning */

struct record;

/* NF_SYSTEM. */
int record_new(struct record **out, struct nf_error *err);
void record_free(struct record *record); /* NULL is fine */

/* Show text as "****" wherever it stands; borrowed, NULL and "" are fine. */
#define RECORD_HIDDEN_MAX 2
void record_hide(struct record *record, const char *text);

/* The stream to speak over from now on. inner is borrowed, and so is what is
 * returned: record_free() ends it. */
struct transport *record_wrap(struct record *record, struct transport *inner);

/*
 * Append what was said, a line a turn, each a comment of YAML:
 *	# - device: "\r\nR1#"
 *	# - netfan: "show version\r"
 * Everything but printable ASCII is escaped. Errors as buf_append().
 */
int record_print(const struct record *record, struct buf *out);

#endif
