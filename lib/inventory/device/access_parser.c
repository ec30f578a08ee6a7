/* The keys of access to a device: how it is reached, and let in. */
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "hostkeys/pins.h"
#include "draft/address.h"
#include "inventory/device/device_parser_parts.h"
#include "inventory/way/jump_list.h"
#include "inventory/way/proxy_command.h"
#include "inventory/way/proxy_url.h"
#include "transport/auth/auth_order.h"
#include "transport/ssh/algorithms.h"
#include "yaml/fault.h"

#define SECONDS_MAX 86400
#define NONE "none"

/* Keys that say nothing of access. */
#define NO_ACCESS                                                              \
	(DRAFT_KEY(KEY_NAME) | DRAFT_KEY(KEY_DEVICE_TYPE) |                    \
	 DRAFT_KEY(KEY_HOST) | DRAFT_KEY(KEY_IP) | DRAFT_KEY(KEY_PORT) |       \
	 DRAFT_KEY(KEY_USERNAME) | DRAFT_KEY(KEY_PASSWORD) |                   \
	 DRAFT_KEY(KEY_SECRET) | DRAFT_KEY(KEY_ENABLE) |                       \
	 DRAFT_KEY(KEY_TRANSPORT) | DRAFT_KEY(KEY_LEGACY) |                    \
	 DRAFT_KEY(KEY_LOGIN_ANSWERS))

static int read_text(const struct parse *parse, enum key key, const char **out)
{
	const char *text = parse_value(parse, key);

	if (text == NULL || *text == '\0')
		return 0;
	*out = text;
	return parse_check_text(parse, key, text);
}

/* A proxy's URL may hold a password. */
static int read_proxy(const struct parse *parse, const char **out)
{
	const char *text = parse_value(parse, KEY_PROXY);
	struct proxy_url url;
	char why[200];
	bool right;

	if (text == NULL || *text == '\0')
		return 0;
	*out = text;
	if (fault_has_control(text))
		return parse_fault(parse, KEY_PROXY,
				   "proxy contains a control character");
	if (strcmp(text, NONE) == 0)
		return 0;
	right = proxy_url_parse(&url, text, why, sizeof(why));
	explicit_bzero(&url, sizeof(url));
	return right ? 0 : parse_fault(parse, KEY_PROXY, "proxy: %s", why);
}

/* Commands of ssh may be long. */
static int read_command(const struct parse *parse, const char **out)
{
	const char *text = parse_value(parse, KEY_PROXY_COMMAND);
	char fault;

	if (text == NULL || *text == '\0')
		return 0;
	if (strnlen(text, PROXY_COMMAND_MAX) == PROXY_COMMAND_MAX)
		return parse_fault(parse, KEY_PROXY_COMMAND,
				   "proxy_command is longer than %d bytes",
				   PROXY_COMMAND_MAX - 1);
	if (fault_has_control(text))
		return parse_fault(parse, KEY_PROXY_COMMAND,
				   "proxy_command contains a control "
				   "character");
	*out = text;
	fault = proxy_command_fault(text);
	return fault == '\0'
		       ? 0
		       : parse_fault(parse, KEY_PROXY_COMMAND,
				     "proxy_command: " PROXY_COMMAND_FAULT,
				     fault);
}

static int read_wish(const struct parse *parse, enum key key, enum wish *out)
{
	bool on;
	int rc = parse_flag(parse, key, &on);

	if (rc == 1)
		*out = on ? WISH_YES : WISH_NO;
	return rc == -1 ? -1 : 0;
}

/* Seconds, which may have a fraction; an empty value is none, as netmiko's. */
static int read_seconds(const struct parse *parse, enum key key, int64_t *ms)
{
	const char *text = parse_value(parse, key);
	char *end = NULL;
	double seconds;

	if (text == NULL || *text == '\0')
		return 0;
	seconds = strtod(text, &end);
	if (*end != '\0' || !(seconds >= 0 && seconds <= SECONDS_MAX) ||
	    strspn(text, "0123456789.") != strlen(text))
		return parse_fault(parse, key,
				   "%s '%.*s' is not a number of seconds, "
				   "0-%d",
				   key_name(key), fault_shown(text), text,
				   SECONDS_MAX);
	*ms = (int64_t)(seconds * 1000);
	return 0;
}

/* 0 switches them off, also those of the options: it is not as if none is given. */
static int read_keepalive(const struct parse *parse, int64_t *ms)
{
	const char *text = parse_value(parse, KEY_KEEPALIVE);

	if (read_seconds(parse, KEY_KEEPALIVE, ms) == -1)
		return -1;
	if (text != NULL && *text != '\0' && *ms == 0)
		*ms = KEEPALIVE_NONE;
	return 0;
}

static int check_pins(const struct parse *parse, const char *pins)
{
	size_t len = 0;
	const char *wrong = pins != NULL ? pins_wrong(pins, &len) : NULL;
	int shown;

	if (wrong == NULL)
		return 0;
	shown = fault_shown(wrong);
	return parse_fault(parse, KEY_HOSTKEY_FINGERPRINT,
			   "%s '%.*s' is not the fingerprint of a host key, as "
			   "ssh-keygen -l prints it: SHA256:... or MD5:..., "
			   "several with commas",
			   key_name(KEY_HOSTKEY_FINGERPRINT),
			   len < (size_t)shown ? (int)len : shown, wrong);
}

static int check_jump(const struct parse *parse, const char *list)
{
	char why[200];

	if (list == NULL || jump_list_check(list, why, sizeof(why)))
		return 0;
	return parse_fault(parse, KEY_PROXY_JUMP, "%s: %s",
			   key_name(KEY_PROXY_JUMP), why);
}

/* Whether it is one of this system's, its devices alone depend on. */
static int check_source(const struct parse *parse, const char *source)
{
	if (source == NULL || strcmp(source, NONE) == 0 ||
	    address_is_numeric(source))
		return 0;
	return parse_fault(parse, KEY_SOURCE_ADDRESS,
			   "source_address '%.*s' is no address: write one of "
			   "this system, or none",
			   fault_shown(source), source);
}

/* As Linux has them. */
static int check_interface(const struct parse *parse, const char *name)
{
	if (name == NULL ||
	    (strlen(name) < IF_NAMESIZE && strpbrk(name, "/: ") == NULL))
		return 0;
	return parse_fault(parse, KEY_INTERFACE,
			   "interface '%.*s' is not the name of one, as ip "
			   "link shows them",
			   fault_shown(name), name);
}

/* A list of algorithms, which may be empty: none. */
static int read_list(const struct parse *parse, enum key key, const char **out)
{
	const char *text = parse_value(parse, key);

	if (text == NULL || *text == '\0')
		return 0;
	if (!algorithms_is_list(text))
		return parse_fault(parse, key,
				   "%s '%.*s' is not names with commas between "
				   "them, and before all a +, - or ^, if any",
				   key_name(key), fault_shown(text), text);
	*out = text;
	return 0;
}

static int check_auth(const struct parse *parse, const char *auth)
{
	struct auth_order order;
	struct nf_error why;

	return auth == NULL || auth_order_read(&order, auth, &why) == 0
		       ? 0
		       : parse_fault(parse, KEY_AUTH, "%s", why.message);
}

/* Read all keys; the texts live as long as the inventory. */
static int read_all(const struct parse *parse, struct access *access)
{
	const struct {
		enum key key;
		const char **out;
	} texts[] = {
		{KEY_AUTH, &access->auth},
		{KEY_KEY_FILE, &access->key_file},
		{KEY_HOSTKEY_FINGERPRINT, &access->hostkey_fingerprint},
		{KEY_PROXY_JUMP, &access->proxy_jump},
		{KEY_SOURCE_ADDRESS, &access->source_address},
		{KEY_INTERFACE, &access->interface},
	};
	const struct {
		enum key key;
		const char **out;
	} lists[] = {
		{KEY_KEX_ALGORITHMS, &access->kex_algorithms},
		{KEY_HOSTKEY_ALGORITHMS, &access->hostkey_algorithms},
		{KEY_CIPHERS, &access->ciphers},
		{KEY_MACS, &access->macs},
	};
	const struct {
		enum key key;
		int64_t *out;
	} times[] = {
		{KEY_CONN_TIMEOUT, &access->connect_ms},
		{KEY_BANNER_TIMEOUT, &access->handshake_ms},
		{KEY_AUTH_TIMEOUT, &access->auth_ms},
		{KEY_PROMPT_TIMEOUT, &access->prompt_ms},
		{KEY_READ_TIMEOUT_OVERRIDE, &access->command_ms},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (read_text(parse, texts[i].key, texts[i].out) == -1)
			return -1;
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (read_list(parse, lists[i].key, lists[i].out) == -1)
			return -1;
	}
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		if (read_seconds(parse, times[i].key, times[i].out) == -1)
			return -1;
	}
	if (read_keepalive(parse, &access->keepalive_ms) == -1 ||
	    check_source(parse, access->source_address) == -1 ||
	    check_interface(parse, access->interface) == -1 ||
	    check_auth(parse, access->auth) == -1 ||
	    check_pins(parse, access->hostkey_fingerprint) == -1 ||
	    check_jump(parse, access->proxy_jump) == -1)
		return -1;
	if (parse_credential(parse, KEY_PASSPHRASE, &access->passphrase) ==
		    -1 ||
	    read_command(parse, &access->proxy_command) == -1 ||
	    read_proxy(parse, &access->proxy) == -1 ||
	    read_wish(parse, KEY_USE_KEYS, &access->use_keys) == -1)
		return -1;
	return read_wish(parse, KEY_ALLOW_AGENT, &access->allow_agent);
}

int access_parse(const struct parse *parse)
{
	struct accesses *accesses = parse->parser->accesses;
	bool plain = (parse->view.keys & ~NO_ACCESS) == 0;
	struct access access = {0};

	if (plain && parse->parser->plain != NULL) {
		parse->dev->access = parse->parser->plain;
		return 0;
	}
	if (read_all(parse, &access) == -1)
		return -1;
	parse->dev->access = accesses_find(accesses, &access);
	if (parse->dev->access == NULL)
		parse->dev->access = accesses_add(accesses, &access);
	if (plain)
		parse->parser->plain = parse->dev->access;
	return parse->dev->access != NULL
		       ? 0
		       : fault_memory(parse->err, parse->dev->path);
}
