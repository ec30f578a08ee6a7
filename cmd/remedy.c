/* Remedies against errors of the library. */
#include "remedy.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define ANY (-1) /* stage; sys_errno */

/* The first row that suits counts. */
static const struct {
	enum nf_code code;
	int stage; /* enum nf_stage, or ANY */
	int sys_errno; /* as netfan.h has it for this code, or ANY */
	const char *text;
} remedies[] = {
	{NF_AUTH_FAILED, NF_STAGE_CONNECT, EACCES,
	 "; are both right in proxy, or $NETFAN_PROXY?"},
	{NF_AUTH_FAILED, ANY, EACCES,
	 "; are username and password right in the inventory?"},
	{NF_AUTH_FAILED, ANY, EKEYREJECTED,
	 "; is one permitted to this user on the device?"},
	{NF_AUTH_FAILED, ANY, E2BIG,
	 ": name the right one first, by key_file or -I"},
	{NF_AUTH_FAILED, ANY, ENOKEY,
	 ": key_file or -I names a key, --agent takes the agent's"},
	{NF_AUTH_FAILED, ANY, ENOENT, ": write it into the inventory"},
	{NF_AUTH_FAILED, ANY, ENOTSUP, ": add it to --auth, or the key auth"},
	{NF_AUTH_FAILED, ANY, EKEYEXPIRED, ": log in by hand and set it"},
	{NF_AUTH_FAILED, ANY, EHOSTUNREACH,
	 "; is its own login right, in an entry of its name, by -I or "
	 "--agent?"},
	{NF_AUTH_FAILED, ANY, ENOMSG, ": --login-answer answers it"},
	{NF_AUTH_FAILED, ANY, ENODATA, ": --ask answers it"},
	{NF_TIMEOUT, ANY, ENODATA, ""}, /* a person was asked, and silent */
	{NF_NO_PROMPT, ANY, ENOMSG, ": --login-answer answers it"},
	{NF_NO_PROMPT, ANY, 0, "; check --learn shows all that it says"},
	{NF_ENABLE_FAILED, ANY, EACCES, "; is secret right in the inventory?"},
	{NF_ENABLE_FAILED, ANY, ENOENT,
	 ": write it into the inventory, or enable: false"},
	{NF_ENABLE_FAILED, ANY, EKEYEXPIRED, ": log in by hand and set it"},
	{NF_ENABLE_FAILED, ANY, ANY,
	 "; enable: false in the inventory asks for no privileges"},
	{NF_SESSION_DENIED, ANY, ENOTTY,
	 ": poll --exec runs commands without one"},
	{NF_SESSION_DENIED, ANY, ENOEXEC, ": poll --shell types it in one"},
	{NF_RESOLVE, ANY, ANY,
	 "; is it spelt right in the inventory, and known to DNS?"},
	{NF_REFUSED, ANY, ANY,
	 "; is the port right, and its SSH or telnet switched on?"},
	{NF_UNREACHABLE, ANY, 0, ""}, /* said by who connects for us */
	{NF_UNREACHABLE, ANY, ANY,
	 "; is the address right, and is there a route to it?"},
	{NF_TIMEOUT, NF_STAGE_CONNECT, ANY,
	 "; is the address right, and let through on the way? "
	 "--connect-timeout waits longer"},
	{NF_TIMEOUT, NF_STAGE_HANDSHAKE, ANY,
	 "; is the port that of SSH? --handshake-timeout waits longer"},
	{NF_TIMEOUT, NF_STAGE_AUTH, ANY, "; --auth-timeout waits longer"},
	{NF_TIMEOUT, NF_STAGE_SHELL, ANY, "; --prompt-timeout waits longer"},
	{NF_TIMEOUT, NF_STAGE_PROMPT, ANY, "; --prompt-timeout waits longer"},
	{NF_TIMEOUT, NF_STAGE_ENABLE, ANY, "; --prompt-timeout waits longer"},
	{NF_TIMEOUT, NF_STAGE_COMMAND, ANY,
	 "; --command-timeout and --timeout give it longer"},
	{NF_DISCONNECTED, NF_STAGE_CONNECT, ANY,
	 "; does it let our address in? --retries tries again"},
	{NF_DISCONNECTED, NF_STAGE_HANDSHAKE, ANY,
	 "; does it let our address in? --retries tries again"},
	{NF_HOSTKEY_UNKNOWN, ANY, ANY,
	 "; hostkeys scan or --host-keys accept-new takes it"},
};

static bool suits(size_t i, const struct nf_error *err)
{
	return remedies[i].code == err->code &&
	       (remedies[i].stage == ANY ||
		remedies[i].stage == (int)err->stage) &&
	       (remedies[i].sys_errno == ANY ||
		remedies[i].sys_errno == err->sys_errno);
}

void remedy_add(struct nf_error *err)
{
	size_t len = strlen(err->message);
	size_t i = 0, n = sizeof(remedies) / sizeof(remedies[0]);

	while (i < n && !suits(i, err))
		i++;
	if (i < n && len + strlen(remedies[i].text) < sizeof(err->message))
		(void)stpcpy(err->message + len, remedies[i].text);
}
