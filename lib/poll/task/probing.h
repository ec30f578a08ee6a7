/* What was found out of a device, for a person: YAML with comments. */
#ifndef NETFAN_POLL_TASK_PROBING_H
#define NETFAN_POLL_TASK_PROBING_H

#include "session/session.h"
#include "terminal/transcript_log.h"

/* Bytes of the longest text. */
#define PROBING_MAX ((size_t)1024 * 1024)

/*
 * Print what was found out. session is NULL when the login came to nothing,
 * found when the device was not found out. draft_note (or NULL) stands above
 * the draft of a platform file. Errors as buf_append().
 */
int probing_print(struct buf *out, const struct session *session,
		  const struct platform *found,
		  const struct transcript_log *log, const char *draft_note);

#endif
