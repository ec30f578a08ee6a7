/* What was found out of a device, for a person: YAML with comments. */
#ifndef NETFAN_POLL_PROBING_H
#define NETFAN_POLL_PROBING_H

#include "dialogue/transcript_log.h"
#include "session/session.h"

/* The longest that there is to say. */
#define LEARNING_MAX ((size_t)1024 * 1024)

/* session is NULL when it came to nothing, found when it was not found out.
 * Errors as buf_append(). */
int learning_print(struct buf *out, const struct session *session,
		   const struct platform *found,
		   const struct transcript_log *log);

#endif
