/* What was learnt of a device. */
#include "task/learning.h"

#include <string.h>

#include "base/printable.h"
#include "platform/suggest.h"

/* A device's line may hold anything. */
static int print_told(struct buf *out, const struct veil *veil,
		      const char *line)
{
	uint8_t veiled[DETECT_TOLD * sizeof(VEIL)];
	char text[DETECT_TOLD * 4 + 4];
	size_t len = veil_copy(veil, veiled, sizeof(veiled),
			       (const uint8_t *)line, strlen(line), false);

	if (len == 0)
		return 0;
	printable_copy(text, sizeof(text), veiled, len);
	return buf_print(out, "# Its line \"%s\" tells.\n", text);
}

static int print_known(struct buf *out, const struct platform *platform,
		       const struct session *session,
		       const struct record *record)
{
	if (buf_print(out,
		      "# This is %s. In the inventory:\n"
		      "#   device_type: %s\n",
		      platform->about != NULL ? platform->about
					      : platform->name,
		      platform->name) == -1)
		return -1;
	return session != NULL ? print_told(out, record_veil(record),
					    session_told(session))
			       : 0;
}

static int print_unknown(struct buf *out, const struct learnt *learnt)
{
	if (buf_print(
		    out,
		    "# No platform file describes this device. One such as "
		    "this "
		    "may do, kept as\n"
		    "#   ~/.config/netfan/platforms/my_device.yaml\n"
		    "# and in the inventory:\n"
		    "#   device_type: my_device\n"
		    "# With detect, which it does not have, it could be found "
		    "out (autodetect).\n") == -1)
		return -1;
	if (*learnt_note(learnt) != '\0' &&
	    buf_print(out, "# It is not whole, as a step failed: %s\n",
		      learnt_note(learnt)) == -1)
		return -1;
	return suggest_print(learnt_platform(learnt), out);
}

int learning_print(struct buf *out, const struct session *session,
		   const struct platform *found, const struct record *record)
{
	const struct learnt *unknown =
		session != NULL ? session_learnt(session) : NULL;
	int rc = 0;

	if (unknown != NULL)
		rc = print_unknown(out, unknown);
	else if (found != NULL)
		rc = print_known(out, found, session, record);
	if (rc == -1 || buf_print(out, "# What was said:\n") == -1)
		return -1;
	return record_print(record, out);
}
