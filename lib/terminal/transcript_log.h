/* Log of both sides of a dialogue, for a person to read. */
#ifndef NETFAN_TERMINAL_TRANSCRIPT_LOG_H
#define NETFAN_TERMINAL_TRANSCRIPT_LOG_H

#include <stdbool.h>

#include "base/buf.h"
#include "netfan.h"
#include "terminal/redact.h"

#define TRANSCRIPT_LOG_MAX                                                     \
	((size_t)64 * 1024) /* bytes kept, from the beginning */

struct transcript_log;

/* Passwords of credentials (borrowed) are not printed where the device says
 * them. NF_SYSTEM. */
int transcript_log_new(struct transcript_log **out,
		       const struct credentials *credentials,
		       struct nf_error *err);
void transcript_log_free(struct transcript_log *log); /* NULL is fine */

/* Keep bytes that were sent (ours), or that the device sent. */
void transcript_log_keep(struct transcript_log *log, bool ours,
			 const void *bytes, size_t len);

/* Keep that a secret was sent, but not which; nor the rest of the line that the
 * device sends then, as it may be an echo. */
void transcript_log_secret(struct transcript_log *log);

const struct credentials *
transcript_log_credentials(const struct transcript_log *log);

/*
 * Print the log, a line a turn, each a comment of YAML:
 *	# - device: "\r\nR1#"
 *	# - netfan: "show version\r"
 * Everything but printable ASCII is escaped. Errors as buf_append().
 */
int transcript_log_print(const struct transcript_log *log, struct buf *out);

#endif
