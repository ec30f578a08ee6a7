/* Which methods of authentication are tried, and in which order. */
#include "transport/auth/auth_order.h"

#include <string.h>

#include "base/error.h"
#include "base/printable.h"

#define ALL "publickey, agent, password and keyboard-interactive"

static const char *const names[AUTH_NKINDS] = {
	[AUTH_PUBLICKEY] = "publickey",
	[AUTH_AGENT] = "agent",
	[AUTH_PASSWORD] = "password",
	[AUTH_KEYBOARD] = "keyboard-interactive",
};

const char *auth_kind_name(enum auth_kind kind)
{
	return names[kind];
}

/* A kind by its name, or AUTH_NKINDS. */
static unsigned char find(const char *name, size_t len)
{
	unsigned char kind = 0;

	while (kind < AUTH_NKINDS && (strlen(names[kind]) != len ||
				      memcmp(names[kind], name, len) != 0))
		kind++;
	return kind;
}

static int add(struct auth_order *order, const char *name, size_t len,
	       struct nf_error *err)
{
	unsigned char kind = find(name, len);
	char shown[40];

	if (kind < AUTH_NKINDS && memchr(order->at, kind, order->n) == NULL) {
		order->at[order->n++] = kind;
		return 0;
	}
	printable_copy(shown, sizeof(shown), (const uint8_t *)name, len);
	if (kind < AUTH_NKINDS)
		return error_set(err, NF_INVALID, "auth: '%s' is there twice",
				 shown);
	return error_set(err, NF_INVALID,
			 "auth: '%s' is no method: there are " ALL
			 ", with commas between",
			 shown);
}

int auth_order_read(struct auth_order *order, const char *list,
		    struct nf_error *err)
{
	struct auth_order read = {.n = 0};

	for (const char *at = list;; at++) {
		const char *name = at + strspn(at, " ");
		size_t len;

		at += strcspn(at, ",");
		len = (size_t)(at - name);
		while (len > 0 && name[len - 1] == ' ')
			len--;
		if (add(&read, name, len, err) == -1)
			return -1;
		if (*at == '\0')
			break;
	}
	*order = read;
	return 0;
}

int auth_order_at(const struct auth_order *order, size_t i)
{
	if (order->n == 0)
		return i < AUTH_NKINDS ? (int)i : AUTH_NKINDS;
	return i < order->n ? order->at[i] : AUTH_NKINDS;
}
