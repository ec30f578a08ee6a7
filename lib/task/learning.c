/* What was learnt of a device. */
#include "task/learning.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/suggest.h"

static int put(struct buf *out, const char *text)
{
	return buf_append(out, text, strlen(text));
}

static int print_known(struct buf *out, const struct platform *platform)
{
	char *text;
	int rc;

	if (asprintf(&text,
		     "# This is %s. In the inventory:\n"
		     "#   device_type: %s\n",
		     platform->about != NULL ? platform->about : platform->name,
		     platform->name) == -1) {
		errno = ENOMEM;
		return -1;
	}
	rc = put(out, text);
	free(text);
	return rc;
}

static int print_unknown(struct buf *out, const struct platform *platform)
{
	return put(out, "# No platform file describes this device. One such as "
			"this may do, kept as\n"
			"#   ~/.config/netfan/platforms/my_device.yaml\n"
			"# and in the inventory:\n"
			"#   device_type: my_device\n") == -1
		       ? -1
		       : suggest_print(platform, out);
}

int learning_print(struct buf *out, const struct session *session,
		   const struct record *record)
{
	const struct platform *unknown =
		session != NULL ? session_learnt(session) : NULL;
	int rc = 0;

	if (unknown != NULL)
		rc = print_unknown(out, unknown);
	else if (session != NULL)
		rc = print_known(out,
				 patterns_platform(session_patterns(session)));
	if (rc == -1 || put(out, "# What was said:\n") == -1)
		return -1;
	return record_print(record, out);
}
