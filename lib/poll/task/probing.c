/* What was found out of a device. */
#include "poll/task/probing.h"

#include <string.h>

#include "base/printable.h"
#include "platform/draft.h"

/* Print the line by which a device was detected; it may hold anything. */
static int print_evidence(struct buf *out,
			  const struct credentials *credentials,
			  const char *line)
{
	uint8_t redacted[DETECT_EVIDENCE * sizeof(REDACTED)];
	char text[DETECT_EVIDENCE * 4 + 4];
	size_t len = redact_copy(credentials, redacted, sizeof(redacted),
				 (const uint8_t *)line, strlen(line), false);

	if (len == 0)
		return 0;
	printable_copy(text, sizeof(text), redacted, len);
	return buf_print(out, "# Its line \"%s\" tells.\n", text);
}

static int print_known(struct buf *out, const struct platform *platform,
		       const struct session *session,
		       const struct transcript_log *log)
{
	if (buf_print(out,
		      "# This is %s. In the inventory:\n"
		      "#   device_type: %s\n",
		      platform->about != NULL ? platform->about
					      : platform->name,
		      platform->name) == -1)
		return -1;
	return session != NULL
		       ? print_evidence(out, transcript_log_credentials(log),
					session_evidence(session))
		       : 0;
}

static int print_unknown(struct buf *out, const struct probe_result *result,
			 const char *draft_note)
{
	if (draft_note != NULL && buf_print(out, "%s", draft_note) == -1)
		return -1;
	if (*probe_result_note(result) != '\0' &&
	    buf_print(out, "# It is not whole, as a step failed: %s\n",
		      probe_result_note(result)) == -1)
		return -1;
	return draft_print(probe_result_platform(result), out);
}

int probing_print(struct buf *out, const struct session *session,
		  const struct platform *found,
		  const struct transcript_log *log, const char *draft_note)
{
	const struct probe_result *unknown =
		session != NULL ? session_probe_result(session) : NULL;
	int rc = 0;

	if (unknown != NULL)
		rc = print_unknown(out, unknown, draft_note);
	else if (found != NULL)
		rc = print_known(out, found, session, log);
	if (rc == -1 || buf_print(out, "# What was said:\n") == -1)
		return -1;
	return transcript_log_print(log, out);
}
