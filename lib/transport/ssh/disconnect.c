/* What the other side says as it ends the connection. */
#include "transport/ssh/disconnect.h"

#include <string.h>

#include "base/error.h"
#include "base/printable.h"
#include "base/wire.h"
#include "transport/busy.h"

static const char *const reasons[] = {
	[1] = "host not allowed to connect",
	[2] = "protocol error",
	[3] = "key exchange failed",
	[5] = "MAC error",
	[6] = "compression error",
	[7] = "service not available",
	[8] = "protocol version not supported",
	[9] = "host key not verifiable",
	[10] = "connection lost",
	[11] = "by application",
	[DISCONNECT_TOO_MANY] = "too many connections",
	[13] = "authentication cancelled by user",
	[DISCONNECT_NO_MORE_AUTH] = "no more authentication methods available",
	[15] = "illegal user name",
};

void disconnect_keep(struct disconnect *disconnect, uint32_t reason,
		     const void *text, size_t len)
{
	disconnect->came = true;
	disconnect->reason = reason;
	printable_copy(disconnect->text, sizeof(disconnect->text), text,
		       text != NULL ? len : 0);
}

void disconnect_decode(struct disconnect *disconnect, const uint8_t *bytes,
		       size_t len)
{
	size_t text_len = len >= 8 ? wire_u32(bytes + 4) : 0;

	if (len >= 8 && text_len > len - 8)
		text_len = len - 8;
	disconnect_keep(disconnect, len >= 4 ? wire_u32(bytes) : 0,
			len >= 8 ? bytes + 8 : NULL, text_len);
}

int disconnect_explain(const struct disconnect *disconnect, const char *end,
		       struct nf_error *err)
{
	const uint8_t *text = (const uint8_t *)disconnect->text;
	const char *means =
		disconnect->reason < sizeof(reasons) / sizeof(reasons[0])
			? reasons[disconnect->reason]
			: NULL;

	if (*disconnect->text != '\0')
		(void)error_set(err, NF_DISCONNECTED, "%s: it said \"%s\"", end,
				disconnect->text);
	else if (means != NULL)
		(void)error_set(err, NF_DISCONNECTED, "%s: %s", end, means);
	else
		(void)error_set(err, NF_DISCONNECTED, "%s: reason %u", end,
				disconnect->reason);
	if (disconnect->reason == DISCONNECT_TOO_MANY)
		err->code = NF_BUSY;
	else if (*disconnect->text != '\0')
		(void)busy_explain(text, strlen(disconnect->text), err);
	return -1;
}

bool disconnect_refuses_login(const struct disconnect *disconnect)
{
	return disconnect->came &&
	       (disconnect->reason == DISCONNECT_NO_MORE_AUTH ||
		strcasestr(disconnect->text, "authentication fail") != NULL);
}
