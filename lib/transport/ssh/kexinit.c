/* Reading the first bytes of a server. */
#include "transport/ssh/kexinit.h"

#include <string.h>

#include "base/error.h"
#include "base/wire.h"
#include "transport/ssh/disconnect.h"

#define DISCONNECT 1 /* SSH_MSG_DISCONNECT */
#define KEXINIT 20 /* SSH_MSG_KEXINIT */
#define COOKIE_LEN 16

/* Names that clients alone have among their key exchange methods. */
static const char *const clients_say[] = {"ext-info-c",
					  "kex-strict-c-v00@openssh.com"};

bool kexinit_is_echo(const char *line, size_t len)
{
	static const char ours[] = "SSH-2.0-libssh2_";

	return len >= strlen(ours) && memcmp(line, ours, strlen(ours)) == 0;
}

const char *kexinit_banner(const char *bytes, size_t len)
{
	const char *at = bytes;

	while (at != NULL && len - (size_t)(at - bytes) >= 4) {
		if (memcmp(at, "SSH-", 4) == 0 &&
		    !kexinit_is_echo(at, len - (size_t)(at - bytes)))
			return at;
		at = memchr(at, '\n', len - (size_t)(at - bytes));
		at = at != NULL ? at + 1 : NULL;
	}
	return NULL;
}

bool kexinit_lists(const struct kexinit_list *list, const char *name)
{
	size_t len = strlen(name), at = 0;

	while (at < list->len) {
		const char *comma =
			memchr(list->names + at, ',', list->len - at);
		size_t end = comma ? (size_t)(comma - list->names) : list->len;

		if (end - at == len && memcmp(list->names + at, name, len) == 0)
			return true;
		at = end + 1;
	}
	return false;
}

static int refuse_client(const struct kexinit *kexinit, struct nf_error *err)
{
	const struct kexinit_list *list = &kexinit->lists[KEXINIT_KEX];

	for (size_t i = 0; i < sizeof(clients_say) / sizeof(clients_say[0]);
	     i++) {
		if (kexinit_lists(list, clients_say[i]))
			return error_set(err, NF_PROTOCOL,
					 "it offers the key exchange %s, which "
					 "is a client's word",
					 clients_say[i]);
	}
	return 1;
}

/* A cookie, then the lists, each after its length. */
static int read_lists(const uint8_t *bytes, size_t len, struct kexinit *kexinit,
		      struct nf_error *err)
{
	size_t cookie = len < COOKIE_LEN ? len : COOKIE_LEN;

	bytes += cookie;
	len -= cookie;
	for (int kind = 0; kind < KEXINIT_NKINDS; kind++) {
		struct kexinit_list *list = &kexinit->lists[kind];

		list->len = len >= 4 ? wire_u32(bytes) : SIZE_MAX;
		if (len < 4 || list->len > len - 4)
			return error_set(err, NF_PROTOCOL,
					 "its KEXINIT ends within a list");
		list->names = (const char *)bytes + 4;
		bytes += 4 + list->len;
		len -= 4 + list->len;
	}
	return refuse_client(kexinit, err);
}

static int refuse_none(struct nf_error *err)
{
	return error_set(err, NF_PROTOCOL,
			 "it sends no KEXINIT within its first %zu bytes",
			 KEXINIT_WITHIN);
}

static int turned_away(const uint8_t *bytes, size_t len, struct nf_error *err)
{
	struct disconnect disconnect;

	disconnect_decode(&disconnect, bytes, len);
	return disconnect_explain(&disconnect, DISCONNECT_END, err);
}

/* Binary packets: u32 length of the rest, u8 padding, u8 type. */
int kexinit_find(const uint8_t *bytes, size_t len, struct kexinit *kexinit,
		 struct nf_error *err)
{
	const uint8_t *newline = memchr(bytes, '\n', len);
	size_t at = newline != NULL ? (size_t)(newline - bytes) + 1 : len;

	while (len - at >= 4 + 2) {
		size_t packet = wire_u32(bytes + at);

		at += 4;
		if (packet < 2 || at > KEXINIT_WITHIN ||
		    packet > KEXINIT_WITHIN - at)
			return refuse_none(err);
		if (packet > len - at)
			return 0;
		if (bytes[at + 1] == DISCONNECT)
			return turned_away(bytes + at + 2, packet - 2, err);
		if (bytes[at + 1] == KEXINIT)
			return read_lists(bytes + at + 2, packet - 2, kexinit,
					  err);
		at += packet;
	}
	return len < KEXINIT_WITHIN ? 0 : refuse_none(err);
}
