/* Completing a device by what ssh -G says. */
#include "sshconfig/completion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/error.h"
#include "inventory/address.h"
#include "sshconfig/tokens.h"

#define JUMP_MAX 512

/* The texts that are made for a device, while it is amended. */
struct texts {
	char files[ANSWER_FILES * TOKENS_TEXT];
	char jump[JUMP_MAX];
	char lists[4][ALGORITHMS_LIST];
};

/* What is made of a device. */
struct making {
	const struct device *dev;
	const struct answer *answer;
	const struct completion *completion;
	struct amendment amendment;
	struct access access;
	struct texts texts;
	struct nf_error *err; /* the fault */
};

static const char *host_of(const struct making *making)
{
	return making->amendment.host != NULL ? making->amendment.host
					      : making->dev->pub.host;
}

static const char *user_of(const struct making *making)
{
	return making->amendment.username != NULL
		       ? making->amendment.username
		       : making->dev->credentials.username;
}

static uint16_t port_of(const struct making *making)
{
	return making->amendment.port != 0 ? making->amendment.port
					   : making->dev->pub.port;
}

/* Is it said by the files? */
static bool is_said(const struct making *making, enum answer_value value)
{
	const char *text = making->answer->value[value];
	const char *without = making->completion->defaults->value[value];

	return text != NULL && (without == NULL || strcmp(text, without) != 0);
}

/* ---- where it is, and by which name */

static int port_decode(const char *text, uint16_t *port, struct nf_error *err)
{
	char *end = NULL;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || value == 0 ||
	    value > UINT16_MAX)
		return error_set(err, NF_INVALID,
				 "ssh_config: Port '%.20s' is none", text);
	*port = (uint16_t)value;
	return 0;
}

/* A host that was not said comes as it was asked for. */
static int make_place(struct making *making, const char *asked)
{
	const char *host = making->answer->value[ANSWER_HOSTNAME];
	const char *user = making->answer->value[ANSWER_USER];
	char why[256];
	uint16_t port = 0;

	if (strcasecmp(host, asked) != 0)
		making->amendment.host = host;
	if (making->dev->own_user && is_said(making, ANSWER_USER))
		making->amendment.username = user;
	if (port_decode(making->answer->value[ANSWER_PORT], &port,
			making->err) == -1)
		return -1;
	if (making->dev->pub.port == PORT_SSH && port != PORT_SSH)
		making->amendment.port = port;
	if (!tokens_safe(host_of(making)))
		return error_set(making->err, NF_INVALID,
				 "ssh_config: HostName '%.128s' has other than "
				 "letters, digits and ._-:%%@, or begins with "
				 "a -",
				 host_of(making));
	if (!address_check(host_of(making), why, sizeof(why)))
		return error_set(making->err, NF_INVALID,
				 "ssh_config: HostName '%.128s': %s",
				 host_of(making), why);
	if (!tokens_safe(user_of(making)))
		return error_set(making->err, NF_INVALID,
				 "ssh_config: user '%.128s' has other than "
				 "letters, digits and ._-:%%@, or begins with "
				 "a -",
				 user_of(making));
	return 0;
}

/* ---- the way */

/* One hop of a ProxyJump, in parts of a text. */
struct hop_text {
	const char *user, *host, *port;
	size_t user_len, host_len, port_len; /* 0: not given */
};

static void split_hop(struct hop_text *hop, const char *text, size_t len)
{
	const char *end = text + len;
	const char *at = memrchr(text, '@', len), *colon;

	*hop = (struct hop_text){.host = text};
	if (at != NULL) {
		hop->user = text;
		hop->user_len = (size_t)(at - text);
		hop->host = at + 1;
	}
	hop->host_len = (size_t)(end - hop->host);
	colon = memrchr(hop->host, ':', hop->host_len);
	if (*hop->host == '[') {
		const char *close = memchr(hop->host, ']', hop->host_len);

		if (close == NULL)
			return;
		colon = close + 1 < end && close[1] == ':' ? close + 1 : NULL;
		hop->host++;
		hop->host_len = (size_t)(close - hop->host);
	} else if (colon != NULL) {
		hop->host_len = (size_t)(colon - hop->host);
	}
	if (colon != NULL) {
		hop->port = colon + 1;
		hop->port_len = (size_t)(end - hop->port);
	}
}

static bool equals(const char *text, size_t len, const char *other)
{
	return strlen(other) == len && strncasecmp(text, other, len) == 0;
}

/* Is the last hop the device itself? ssh calls that a loop. */
static bool jump_loops(const struct making *making, const char *jump)
{
	const char *comma = strrchr(jump, ',');
	const char *last = comma != NULL ? comma + 1 : jump;
	struct hop_text hop;
	char port[8];

	split_hop(&hop, last, strlen(last));
	(void)snprintf(port, sizeof(port), "%u", (unsigned)port_of(making));
	return (equals(hop.host, hop.host_len, host_of(making)) ||
		equals(hop.host, hop.host_len, making->dev->pub.host)) &&
	       (hop.port_len > 0 ? equals(hop.port, hop.port_len, port)
				 : port_of(making) == PORT_SSH) &&
	       (hop.user_len == 0 ||
		equals(hop.user, hop.user_len, user_of(making)));
}

/* Add a hop to a list, without what makes it an URI. */
static int add_hop(struct making *making, const char *text, size_t len)
{
	static const char scheme[] = "ssh://";
	static const char others[] = "[]";
	char *out = making->texts.jump;
	size_t used = strlen(out);
	struct hop_text hop;

	if (len >= strlen(scheme) &&
	    strncasecmp(text, scheme, strlen(scheme)) == 0) {
		text += strlen(scheme);
		len -= strlen(scheme);
		len -= len > 0 && text[len - 1] == '/';
	}
	if (len == 0 || used + len + 2 > JUMP_MAX)
		return error_set(making->err, NF_INVALID,
				 "ssh_config: a ProxyJump is empty, or all of "
				 "them are longer than %d bytes",
				 JUMP_MAX);
	used += (size_t)snprintf(out + used, JUMP_MAX - used, "%s%.*s",
				 used > 0 ? "," : "", (int)len,
				 text); /* it fits */
	text = out + used - len;
	split_hop(&hop, text, len);
	for (size_t i = 0; i < len; i++) {
		const char letter[2] = {text[i], '\0'};

		if (!tokens_safe(letter) && letter[0] != '-' &&
		    strchr(others, letter[0]) == NULL)
			return error_set(making->err, NF_INVALID,
					 "ssh_config: ProxyJump '%.128s' has "
					 "other than letters, digits and "
					 "._-:%%@",
					 text);
	}
	if (hop.host_len == 0 || *hop.host == '-' ||
	    (hop.user_len > 0 && *hop.user == '-'))
		return error_set(making->err, NF_INVALID,
				 "ssh_config: ProxyJump '%.128s' has no host, "
				 "or a name that begins with a -",
				 text);
	return 0;
}

static int make_jump(struct making *making, const char *jump)
{
	if (jump_loops(making, jump))
		return 0;
	for (const char *at = jump; *at != '\0';) {
		size_t len = strcspn(at, ",");

		if (add_hop(making, at, len) == -1)
			return -1;
		at += len + (at[len] == ',');
	}
	making->access.proxy_jump = making->texts.jump;
	return 0;
}

/* ssh looks names up for BindAddress, too. */
static int make_origin(struct making *making)
{
	const char *const *value = making->answer->value;
	const char *source = value[ANSWER_BIND_ADDRESS];
	struct access *access = &making->access;

	if (access->interface == NULL)
		access->interface = value[ANSWER_BIND_INTERFACE];
	if (access->source_address != NULL || source == NULL)
		return 0;
	access->source_address = source;
	return address_is_numeric(source)
		       ? 0
		       : error_set(making->err, NF_INVALID,
				   "ssh_config: BindAddress '%.128s' is no "
				   "address",
				   source);
}

/* A command keeps its tokens, as one of an inventory has them. */
static int make_way(struct making *making)
{
	const char *const *value = making->answer->value;
	struct access *access = &making->access;

	if (access->proxy_jump != NULL || access->proxy_command != NULL ||
	    access->proxy != NULL)
		return 0;
	access->proxy_command = value[ANSWER_PROXY_COMMAND];
	return value[ANSWER_PROXY_JUMP] != NULL
		       ? make_jump(making, value[ANSWER_PROXY_JUMP])
		       : 0;
}

/* ---- keys */

static bool has_own_files(const struct making *making)
{
	const struct answer *answer = making->answer;
	const struct answer *defaults = making->completion->defaults;

	if (answer->nfiles != defaults->nfiles)
		return true;
	for (size_t i = 0; i < answer->nfiles; i++) {
		if (strcmp(answer->file[i], defaults->file[i]) != 0)
			return true;
	}
	return false;
}

/* As ssh, pass over files that are not there. */
static int make_files(struct making *making)
{
	const struct tokens tokens = {.host = host_of(making),
				      .name = making->dev->pub.host,
				      .user = user_of(making),
				      .port = port_of(making)};
	char *out = making->texts.files;
	size_t used = 0;

	if (making->access.key_file != NULL || !has_own_files(making))
		return 0;
	for (size_t i = 0; i < making->answer->nfiles; i++) {
		char path[TOKENS_TEXT];

		if (tokens_fill(path, making->answer->file[i], &tokens,
				making->err) == -1)
			return -1;
		if (strchr(path, ',') != NULL)
			return error_set(making->err, NF_INVALID,
					 "ssh_config: the name of a key file "
					 "has a comma: %.128s",
					 path);
		if (access(path, F_OK) == 0)
			used += (size_t)snprintf(
				out + used, sizeof(making->texts.files) - used,
				"%s%s", used > 0 ? "," : "",
				path); /* it fits */
	}
	if (used > 0)
		making->access.key_file = out;
	return 0;
}

/* ---- algorithms, times */

static void make_list(struct making *making, enum answer_value value,
		      enum kexinit_kind kind, const char **own, char *out)
{
	if (*own != NULL || !is_said(making, value))
		return;
	algorithms_keep_spoken(making->completion->spoken, kind,
			       making->answer->value[value], out);
	*own = out;
}

/* Seconds, as ssh -G writes them; other texts are none. */
static void make_time(struct making *making, enum answer_value value,
		      int64_t *own_ms)
{
	const char *text = making->answer->value[value];
	char *end = NULL;
	long seconds;

	if (*own_ms != 0 || text == NULL)
		return;
	seconds = strtol(text, &end, 10);
	if (end != text && *end == '\0' && seconds > 0 && seconds <= 86400)
		*own_ms = (int64_t)seconds * 1000;
}

static void make_rest(struct making *making)
{
	struct access *access = &making->access;
	struct texts *texts = &making->texts;

	make_list(making, ANSWER_KEX, KEXINIT_KEX, &access->kex_algorithms,
		  texts->lists[0]);
	make_list(making, ANSWER_HOSTKEYS, KEXINIT_HOSTKEY,
		  &access->hostkey_algorithms, texts->lists[1]);
	make_list(making, ANSWER_CIPHERS, KEXINIT_CIPHER_OUT, &access->ciphers,
		  texts->lists[2]);
	make_list(making, ANSWER_MACS, KEXINIT_MAC_OUT, &access->macs,
		  texts->lists[3]);
	make_time(making, ANSWER_CONNECT_TIMEOUT, &access->connect_ms);
	make_time(making, ANSWER_ALIVE_INTERVAL, &access->keepalive_ms);
}

int completion_apply(const struct completion *completion,
		     struct nf_inventory *inv, size_t i,
		     const struct answer *answer, const char *asked,
		     struct nf_error *err)
{
	struct nf_error fault = {.code = NF_OK};
	struct making *making = calloc(1, sizeof(*making));
	int rc;

	if (making == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for ssh_config");
	making->dev = inventory_device(inv, i);
	making->answer = answer;
	making->completion = completion;
	making->access = *making->dev->access;
	making->err = &fault;
	if (make_place(making, asked) == -1 || make_origin(making) == -1 ||
	    make_way(making) == -1 || make_files(making) == -1) {
		making->amendment = (struct amendment){.fault = fault.message};
	} else {
		make_rest(making);
		making->amendment.access = &making->access;
	}
	rc = inventory_amend(inv, i, &making->amendment, err);
	free(making);
	return rc;
}
