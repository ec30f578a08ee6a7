/* Remedies against errors of the library. */
#include "remedy.h"

#include <errno.h>
#include <string.h>

static const struct {
	enum nf_code code;
	int sys_errno; /* as netfan.h has it for this code */
	const char *text;
} remedies[] = {
	{NF_UNKNOWN_PLATFORM, 0, " (netfan platforms lists all)"},
	{NF_AUTH_FAILED, ENOMSG, ": --login-answer answers it"},
	{NF_NO_PROMPT, ENOMSG, ": --login-answer answers it"},
	{NF_SESSION_DENIED, ENOTTY, ": poll --exec runs commands without one"},
	{NF_SESSION_DENIED, ENOEXEC, ": poll --shell types it in one"},
};

void remedy_add(struct nf_error *err)
{
	size_t len = strlen(err->message);

	for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++) {
		const char *text = remedies[i].text;

		if (err->code == remedies[i].code &&
		    err->sys_errno == remedies[i].sys_errno &&
		    len + strlen(text) < sizeof(err->message))
			(void)stpcpy(err->message + len, text);
	}
}
