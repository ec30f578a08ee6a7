/* Completing a device by what ssh -G says. */
#include "sshconfig/completion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/error.h"
#include "draft/address.h"
#include "inventory/way/proxy_command.h"
#include "sshconfig/tokens.h"

#define JUMP_MAX TOKENS_TEXT
#define AUTH_MAX 64 /* each method once */
#define HOST_MAX 512 /* a host, and each of its % twice */

/* The texts that are made for a device, while it is amended. */
struct texts {
	char files[ANSWER_FILES * TOKENS_TEXT];
	char jump[JUMP_MAX];
	char command[PROXY_COMMAND_MAX];
	char auth[AUTH_MAX];
	char lists[4][ALGORITHMS_LIST];
};

/* What is made of a device. */
struct making {
	const struct nf_inventory *inv;
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

	if (strcasecmp(host, asked) != 0) {
		making->amendment.host = host;
		making->amendment.alias = making->dev->alias == NULL
						  ? making->dev->pub.host
						  : NULL;
	}
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

/* Both have those tokens that a proxy command of the inventory has. */
static int check_tokens(const struct making *making, const char *keyword,
			const char *text)
{
	char fault = proxy_command_fault(text);

	return fault == '\0' ? 0
			     : error_set(making->err, NF_INVALID,
					 "ssh_config: %s: " PROXY_COMMAND_FAULT,
					 keyword, fault);
}

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

static struct tokens tokens_of(const struct making *making)
{
	return (struct tokens){
		.host = host_of(making),
		.name = making->dev->pub.host,
		.user = user_of(making),
		.key_name = making->answer->value[ANSWER_HOST_KEY_ALIAS],
		.port = port_of(making)};
}

static int make_jump(struct making *making, const char *text)
{
	const struct tokens tokens = tokens_of(making);
	char jump[TOKENS_TEXT];

	if (check_tokens(making, "ProxyJump", text) == -1 ||
	    tokens_fill(jump, text, &tokens, making->err) == -1)
		return -1;
	if (jump_loops(making, jump)) {
		untaken_loop(making->completion->untaken, making->dev);
		return 0;
	}
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
	const struct nf_poll_options *options = making->completion->options;
	struct access *access = &making->access;

	if (access->interface == NULL && options->interface == NULL)
		access->interface = value[ANSWER_BIND_INTERFACE];
	if (access->source_address != NULL || options->source_address != NULL ||
	    source == NULL)
		return 0;
	access->source_address = source;
	return address_is_numeric(source)
		       ? 0
		       : error_set(making->err, NF_INVALID,
				   "ssh_config: BindAddress '%.128s' is no "
				   "address",
				   source);
}

/* Add a host, whose % are no tokens. */
static char *add_name(char *out, const char *host)
{
	for (; *host != '\0'; host++) {
		*out++ = *host;
		if (*host == '%')
			*out++ = '%';
	}
	return out;
}

/* A command keeps its tokens, as one of an inventory has them: there, %n is the
 * name in the inventory. */
static int make_command(struct making *making, const char *text)
{
	const char *passes = making->answer->value[ANSWER_PASSES_FD];
	char *out = making->texts.command, *end = out + PROXY_COMMAND_MAX;

	if (check_tokens(making, "ProxyCommand", text) == -1)
		return -1;
	if (passes != NULL && strcasecmp(passes, "yes") == 0)
		return error_set(making->err, NF_INVALID,
				 "ssh_config: ProxyUseFdpass: netfan reaches "
				 "devices by the input and output of a "
				 "ProxyCommand alone");
	while (*text != '\0' && out + HOST_MAX < end) {
		size_t len = 1 + (*text == '%');

		out = text[0] == '%' && text[1] == 'n'
			      ? add_name(out, making->dev->pub.host)
			      : mempcpy(out, text, len);
		text += len;
	}
	*out = '\0';
	if (*text != '\0')
		return error_set(making->err, NF_INVALID,
				 "ssh_config: the ProxyCommand is longer than "
				 "%d bytes",
				 PROXY_COMMAND_MAX - HOST_MAX);
	making->access.proxy_command = making->texts.command;
	return 0;
}

/* Do the options send it another way? Not so one of their own jump hosts. */
static bool has_options_way(const struct making *making)
{
	const struct nf_poll_options *options = making->completion->options;
	const char *list = options->proxy_jump;
	struct jump_name name;
	char why[200];

	while (list != NULL &&
	       jump_list_next(&list, &name, why, sizeof(why)) == 1) {
		if (inventory_find_hop(making->inv, &name) == making->dev)
			return false;
	}
	return options->proxy_jump != NULL || options->proxy_command != NULL ||
	       options->proxy != NULL;
}

static int make_way(struct making *making)
{
	const char *const *value = making->answer->value;
	struct access *access = &making->access;

	if (access->proxy_jump != NULL || access->proxy_command != NULL ||
	    access->proxy != NULL || has_options_way(making))
		return 0;
	if (value[ANSWER_PROXY_JUMP] != NULL)
		return make_jump(making, value[ANSWER_PROXY_JUMP]);
	return value[ANSWER_PROXY_COMMAND] != NULL
		       ? make_command(making, value[ANSWER_PROXY_COMMAND])
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

/* Is there a key, or its public part, which an agent may have the rest of? */
static bool is_key_there(const char *path)
{
	char public[TOKENS_TEXT + sizeof(".pub")];

	if (access(path, F_OK) == 0)
		return true;
	(void)snprintf(public, sizeof(public), "%s.pub", path);
	return access(public, F_OK) == 0;
}

/* As ssh, pass over files that are not there. */
static int make_files(struct making *making)
{
	const struct tokens tokens = tokens_of(making);
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
		if (is_key_there(path))
			used += (size_t)snprintf(
				out + used, sizeof(making->texts.files) - used,
				"%s%s", used > 0 ? "," : "",
				path); /* it fits */
	}
	if (used > 0) {
		making->access.key_file = out;
		making->access.keys_optional = true;
	} else if (making->access.use_keys == WISH_NONE) {
		making->access.use_keys = WISH_NO; /* they take their place */
	}
	return 0;
}

/* ---- proof */

static bool is_on(const struct making *making, enum answer_value value)
{
	const char *text = making->answer->value[value];

	return text == NULL ||
	       (strcmp(text, "no") != 0 && strcmp(text, "false") != 0);
}

/* A method of ssh's: what it is here. */
static const struct method {
	const char *name, *here;
	enum answer_value on;
} methods[] = {
	{"publickey", "publickey,agent", ANSWER_PUBLICKEY},
	{"password", "password", ANSWER_PASSWORD},
	{"keyboard-interactive", "keyboard-interactive", ANSWER_KEYBOARD},
};

#define NMETHODS (sizeof(methods) / sizeof(methods[0]))

static void add_method(struct making *making, const struct method *method)
{
	char *out = making->texts.auth;
	size_t used = strlen(out);

	if (is_on(making, method->on) && strstr(out, method->here) == NULL)
		(void)snprintf(out + used, AUTH_MAX - used, "%s%s",
			       used > 0 ? "," : "", method->here); /* it fits */
}

static void add_preferred(struct making *making, const char *list)
{
	while (*list != '\0') {
		size_t len = strcspn(list, ",");

		for (size_t i = 0; i < NMETHODS; i++) {
			if (equals(list, len, methods[i].name))
				add_method(making, &methods[i]);
		}
		list += len + (list[len] == ',');
	}
}

/* Which methods are tried, where ssh_config says it. */
static int make_auth(struct making *making)
{
	const char *list = making->answer->value[ANSWER_PREFERRED];
	bool said = list != NULL;

	for (size_t i = 0; i < NMETHODS; i++) {
		said |= !is_on(making, methods[i].on);
		if (list == NULL)
			add_method(making, &methods[i]);
	}
	if (!said || making->access.auth != NULL)
		return 0;
	if (list != NULL)
		add_preferred(making, list);
	making->access.auth = making->texts.auth;
	return making->texts.auth[0] != '\0'
		       ? 0
		       : error_set(making->err, NF_INVALID,
				   "ssh_config leaves no method of "
				   "authentication that netfan has: "
				   "PreferredAuthentications, or those that "
				   "are off");
}

static void make_agent(struct making *making)
{
	const char *agent = making->answer->value[ANSWER_IDENTITY_AGENT];
	const char *only = making->answer->value[ANSWER_IDENTITIES_ONLY];

	making->access.identities_only =
		only != NULL && strcmp(only, "yes") == 0;
	if (agent != NULL && making->access.allow_agent == WISH_NONE &&
	    (strcasecmp(agent, "none") == 0 || untaken_agent(agent)))
		making->access.allow_agent = WISH_NO;
}

/* ---- the host key */

static int make_host_key(struct making *making)
{
	const char *alias = making->answer->value[ANSWER_HOST_KEY_ALIAS];
	const char *strict = making->answer->value[ANSWER_STRICT_HOST_KEYS];

	making->access.strict_hostkeys =
		making->completion->options->host_keys ==
			NF_HOST_KEYS_DEFAULT &&
		strict != NULL &&
		(strcmp(strict, "true") == 0 || strcmp(strict, "yes") == 0);
	making->access.hostkey_alias = alias;
	/* A login that ssh would refuse is none to go on with. */
	if (making->answer->value[ANSWER_REVOKED_KEYS] != NULL)
		return error_set(making->err, NF_INVALID,
				 "ssh_config: RevokedHostKeys is not read: put "
				 "the keys into known_hosts, behind @revoked, "
				 "and 'RevokedHostKeys none' into ssh_config");
	return alias == NULL || tokens_safe(alias)
		       ? 0
		       : error_set(making->err, NF_INVALID,
				   "ssh_config: HostKeyAlias '%.128s' has "
				   "other than letters, digits and ._-:%%@, or "
				   "begins with a -",
				   alias);
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
	const struct nf_times *times = &making->completion->options->times;
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
	if (times->connect_ms == 0)
		make_time(making, ANSWER_CONNECT_TIMEOUT, &access->connect_ms);
	if (times->keepalive_ms == 0)
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
	making->inv = inv;
	making->dev = inventory_device(inv, i);
	making->answer = answer;
	making->completion = completion;
	making->access = *making->dev->access;
	making->err = &fault;
	untaken_see(completion->untaken, making->dev, answer,
		    completion->defaults);
	if (make_place(making, asked) == -1 || make_origin(making) == -1 ||
	    make_way(making) == -1 || make_files(making) == -1 ||
	    make_auth(making) == -1 || make_host_key(making) == -1) {
		making->amendment = (struct amendment){.fault = fault.message};
	} else {
		make_agent(making);
		make_rest(making);
		making->amendment.access = &making->access;
	}
	rc = inventory_amend(inv, i, &making->amendment, err);
	free(making);
	return rc;
}
