/* Refusals that libssh2 does not tell. */
#include "transport/ssh/refusal.h"

#include "base/printable.h"
#include "base/wire.h"

#define FAILURE 51 /* SSH_MSG_USERAUTH_FAILURE */
#define OPEN_FAILURE 92 /* SSH_MSG_CHANNEL_OPEN_FAILURE */

bool auth_failure_decode(struct auth_failure *failure, const uint8_t *bytes,
			 size_t len)
{
	size_t names;

	if (len < 1 + 4 + 1 || bytes[0] != FAILURE)
		return false;
	names = wire_u32(bytes + 1);
	if (names > len - 6 || bytes[5 + names] > 1)
		return false;
	failure->partial = bytes[5 + names] == 1;
	printable_copy(failure->wanted, sizeof(failure->wanted), bytes + 5,
		       names);
	return true;
}

/* u8 number, u32 channel, u32 reason, then the words behind their length. */
void channel_refusal_decode(struct channel_refusal *refusal,
			    const uint8_t *bytes, size_t len)
{
	size_t words;

	if (len < 1 + 3 * 4 || bytes[0] != OPEN_FAILURE)
		return;
	words = wire_u32(bytes + 9);
	if (words > len - 13)
		return;
	refusal->reason = wire_u32(bytes + 5);
	printable_copy(refusal->words, sizeof(refusal->words), bytes + 13,
		       words);
}
