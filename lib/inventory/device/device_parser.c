/* Device parser: makes a device of its entry in a file, and checks it. */
#include "inventory/device/device_parser_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/person.h"
#include "draft/address.h"
#include "inventory/device/placeholder.h"
#include "inventory/device/platform_words.h"
#include "platform/catalogue.h"
#include "platform/login/login_answers.h"
#include "platform/patterns.h"
#include "yaml/fault.h"

#define TEXT_MAX 255 /* bytes of a name, a host, a user name */
#define PORT_SSH 22
#define PORT_TELNET 23
#define STAND_IN "generic" /* for a platform that there is not */

/* The line of a key, or that where the device starts; 0: there are none. */
static uint32_t parse_line(const struct parse *parse, enum key key)
{
	const struct said *said = parse->view.value[key];

	return said != NULL ? said->line : parse->draft->line;
}

/* The file where that line is, NULL for one from memory. */
static const char *parse_path(const struct parse *parse, enum key key)
{
	const struct layer *layer = parse->view.layer[key];

	if (layer == NULL)
		layer = parse->draft->own;
	return draft_file(parse->parser->draft, layer->file)->path;
}

const char *parse_value(const struct parse *parse, enum key key)
{
	const struct said *said = parse->view.value[key];

	return said != NULL && (said->flags & (SAID_JSON | SAID_TAG)) == 0
		       ? said->text
		       : NULL;
}

static const char *parse_address(const struct parse *parse)
{
	const char *ip = parse_value(parse, KEY_IP);

	return ip != NULL && *ip != '\0' ? ip : parse_value(parse, KEY_HOST);
}

static void parse_label(const struct parse *parse, char label[LABEL_MAX])
{
	const char *address = parse_address(parse);

	fault_label(label, parse_value(parse, KEY_NAME),
		    address != NULL ? address_shown(address) : NULL,
		    parse->ordinal);
}

/* A fault at the key, or at the start of a device that lacks it. */
int parse_fault(const struct parse *parse, enum key key, const char *fmt, ...)
{
	char label[LABEL_MAX];
	char what[384];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	parse_label(parse, label);
	return fault(parse->err, parse_path(parse, key), parse_line(parse, key),
		     "%s: %s", label, what);
}

int parse_keep(const struct parse *parse, const char **out, const char *text,
	       size_t len)
{
	*out = strings_add(parse->parser->strings, text, len);
	if (*out == NULL)
		return fault_memory(parse->err, parse->dev->path);
	return 0;
}

int parse_check_text(const struct parse *parse, enum key key, const char *text)
{
	if (strnlen(text, TEXT_MAX + 1) > TEXT_MAX)
		return parse_fault(parse, key, "%s is longer than %d bytes",
				   key_name(key), TEXT_MAX);
	if (fault_has_control(text))
		return parse_fault(parse, key,
				   "%s contains a control character",
				   key_name(key));
	return 0;
}

static int unknown_platform(const struct parse *parse)
{
	parse->err->code = NF_UNKNOWN_PLATFORM;
	return -1;
}

/* What a device_type may have been meant to be: a name, or a word for one. */
static const char *find_meant(const struct parse *parse, const char *base)
{
	const char *word = platform_last(base);
	const char *meant =
		nf_nearest(word, nf_platforms_names(parse->parser->platforms));

	return meant != NULL ? meant : platform_word_nearest(word);
}

/* Refuse a device_type. base is the type without its suffix _telnet. */
static int fault_platform(const struct parse *parse, const char *type,
			  const char *base)
{
	const char *meant = find_meant(parse, base);

	if (meant != NULL)
		(void)parse_fault(parse, KEY_DEVICE_TYPE,
				  "unknown device_type '%.*s': did you mean "
				  "'%s'? (" PLATFORMS_LISTED ")",
				  fault_shown(type), type, meant);
	else
		(void)parse_fault(
			parse, KEY_DEVICE_TYPE,
			"unknown device_type '%.*s': " PLATFORMS_LISTED,
			fault_shown(type), type);
	return unknown_platform(parse);
}

/* The length of a device_type without its suffix _telnet. */
static size_t base_len(const char *type)
{
	static const char suffix[] = "_telnet";
	size_t len = strlen(type), suffix_len = strlen(suffix);

	if (len > suffix_len && strcmp(type + len - suffix_len, suffix) == 0)
		len -= suffix_len;
	return len;
}

static int find_platform(const struct parse *parse, const char *type)
{
	char base[TEXT_MAX + 1];
	size_t len = base_len(type);
	int rc;

	if (len >= sizeof(base))
		return fault_platform(parse, type, type);
	memcpy(base, type, len);
	base[len] = '\0';
	rc = platform_find(&parse->dev->platform, parse->parser->platforms,
			   base, parse->err);
	return rc != 0 ? rc : fault_platform(parse, type, base);
}

static int read_platform(const struct parse *parse)
{
	const char *type = parse_value(parse, KEY_DEVICE_TYPE);
	struct device_parser *parser = parse->parser;
	struct device *dev = parse->dev;

	if (type == NULL || *type == '\0') {
		(void)parse_fault(parse, KEY_DEVICE_TYPE,
				  "no device_type: say what it is, as in "
				  "device_type: cisco_ios (" PLATFORMS_LISTED
				  ")");
		return unknown_platform(parse);
	}
	if (parser->type == type)
		dev->platform = parser->platform;
	else if (find_platform(parse, type) == -1)
		return -1;
	parser->type = type;
	parser->platform = dev->platform;
	dev->pub.platform = dev->platform->name;
	dev->telnet = base_len(type) < strlen(type);
	return 0;
}

/* Telnet is said by the suffix of device_type or here: they have to agree. */
static int read_transport(const struct parse *parse)
{
	const char *text = parse_value(parse, KEY_TRANSPORT);
	struct device *dev = parse->dev;
	bool telnet = text != NULL && strcmp(text, "telnet") == 0;

	if (text == NULL)
		return 0;
	if (!telnet && strcmp(text, "ssh") != 0)
		return parse_fault(parse, KEY_TRANSPORT,
				   "transport '%.*s' is not ssh or telnet",
				   fault_shown(text), text);
	if (dev->telnet && !telnet)
		return parse_fault(parse, KEY_TRANSPORT,
				   "transport ssh contradicts device_type "
				   "'%s'",
				   parse_value(parse, KEY_DEVICE_TYPE));
	dev->telnet = telnet;
	return 0;
}

static int read_host(const struct parse *parse)
{
	const char *text = parse_address(parse);
	enum key key = text == parse_value(parse, KEY_IP) ? KEY_IP : KEY_HOST;
	char why[256];
	size_t len;

	if (text == NULL)
		return parse_fault(parse, KEY_HOST,
				   "no address: give 'host' or 'ip'");
	text += strspn(text, " \t\r\n");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		len--;
	if (len == 0)
		return parse_fault(parse, key, "%s is empty", key_name(key));
	if (text[len] == '\0')
		parse->dev->pub.host = text; /* it lives as long */
	else if (parse_keep(parse, &parse->dev->pub.host, text, len) == -1)
		return -1;
	if (parse_check_text(parse, key, parse->dev->pub.host) == -1)
		return -1;
	if (strchr(parse->dev->pub.host, ' ') != NULL)
		return parse_fault(parse, key, "%s contains a blank",
				   key_name(key));
	if (!address_check(parse->dev->pub.host, why, sizeof(why)))
		return parse_fault(parse, key, "%s '%.*s': %s", key_name(key),
				   fault_shown(address_shown(text)),
				   address_shown(text), why);
	return 0;
}

/* The port 1-65535 that text is in plain decimal; 0 for any other text. */
static uint16_t port_decode(const char *text)
{
	unsigned port = 0;
	size_t len = strspn(text, "0123456789");

	if (text[len] != '\0' || len == 0 || len > 5 || text[0] == '0')
		return 0;
	for (; *text != '\0'; text++)
		port = port * 10 + (unsigned)(*text - '0'); /* a digit */
	return port <= UINT16_MAX ? (uint16_t)port : 0;
}

static int read_port(const struct parse *parse)
{
	const char *text = parse_value(parse, KEY_PORT);
	uint16_t port;

	parse->dev->pub.port = parse->dev->telnet ? PORT_TELNET : PORT_SSH;
	if (text == NULL)
		return 0;
	port = port_decode(text);
	if (port != 0)
		parse->dev->pub.port = port;
	else
		return parse_fault(parse, KEY_PORT,
				   "port '%.*s' is not a number 1-65535",
				   fault_shown(text), text);
	return 0;
}

/* Find the user who runs the program. */
static int own_username(const struct parse *parse)
{
	char name[PERSON_MAX];

	if (!person_name(name))
		return parse_fault(parse, KEY_USERNAME,
				   "no username, and $USER is not set");
	return parse_keep(parse, &parse->parser->username, name, strlen(name));
}

/* ---- credentials */

/* Why a value cannot be meant for a login: "password IS WHAT: REMEDY". */
struct unfit {
	const char *is, *what, *remedy;
};

static bool is_unfit(const struct parse *parse, enum key key, const char *text,
		     struct unfit *unfit)
{
	static const struct unfit vault = {"is", PLACEHOLDER_VAULT,
					   "write what ansible-vault decrypts "
					   "it to"},
				  nul = {"has", "a NUL in it",
					 "write it without"},
				  line = {"has", "a line break in it",
					  "write it on one line, with none at "
					  "its end"};
	const struct said *said = parse->view.value[key];

	*unfit = (struct unfit){"is", placeholder_kind(text),
				"write the value itself, or literal: before "
				"one that looks so"};
	if ((said->flags & SAID_VAULT) != 0 ||
	    (unfit->what != NULL &&
	     strcmp(unfit->what, PLACEHOLDER_VAULT) == 0))
		*unfit = vault;
	else if ((said->flags & SAID_NUL) != 0)
		*unfit = nul;
	else if (unfit->what == NULL && strpbrk(text, "\r\n") != NULL)
		*unfit = line;
	return unfit->what != NULL;
}

int parse_skip(const struct parse *parse, enum key key, const char *fmt, ...)
{
	char label[LABEL_MAX], what[384];
	struct nf_error why;
	va_list args;

	if (parse->dev->skip != NULL)
		return 0;
	va_start(args, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	parse_label(parse, label);
	(void)fault(&why, parse_path(parse, key), parse_line(parse, key),
		    "%s: %s%s", label, key_name(key), what);
	if (parse->parser->strict)
		return error_set(parse->err, NF_INVALID, "%s", why.message);
	return parse_keep(parse, &parse->dev->skip, why.message,
			  strlen(why.message));
}

/* Is it what was found to mean itself before, in the same file? */
static bool is_fine(const struct parse *parse, enum key key)
{
	return parse->parser->fine[key].text == parse->view.value[key]->text &&
	       parse->parser->fine[key].file == parse->view.layer[key]->file &&
	       parse->parser->fine[key].flags == parse->view.value[key]->flags;
}

static void note_fine(const struct parse *parse, enum key key)
{
	parse->parser->fine[key].text = parse->view.value[key]->text;
	parse->parser->fine[key].file = parse->view.layer[key]->file;
	parse->parser->fine[key].flags = parse->view.value[key]->flags;
}

/* The text of a key for the login: 1, 0 when there is none to be used. It may be
 * a password: it is not shown. */
int parse_credential(const struct parse *parse, enum key key, const char **text)
{
	const char *literal;
	struct unfit unfit;
	int rc;

	*text = parse_value(parse, key);
	if (*text == NULL)
		return 0;
	if (is_fine(parse, key))
		return 1;
	rc = parse_reference(parse, key, *text);
	if (rc != 0)
		return rc;
	if (is_unfit(parse, key, *text, &unfit))
		return parse_skip(parse, key, " %s %s: %s", unfit.is,
				  unfit.what, unfit.remedy);
	literal = placeholder_literal(*text);
	if (literal != NULL)
		*text = literal;
	else
		note_fine(parse, key);
	return 1;
}

static int read_username(const struct parse *parse)
{
	struct credentials *credentials = &parse->dev->credentials;
	const char *text;
	int rc = parse_credential(parse, KEY_USERNAME, &text);

	if (rc == -1)
		return -1;
	if (rc == 1 && *text != '\0') {
		if (parse_check_text(parse, KEY_USERNAME, text) == -1)
			return -1;
		credentials->username = text;
		return 0;
	}
	if (parse->parser->username == NULL && own_username(parse) == -1)
		return -1;
	credentials->username = parse->parser->username;
	parse->dev->unfit_user = rc == 0 && text != NULL;
	parse->dev->own_user = !parse->dev->unfit_user;
	return 0;
}

static int read_secret(const struct parse *parse, enum key key,
		       const char **out)
{
	const char *text;
	int rc = parse_credential(parse, key, &text);

	if (rc == 1)
		*out = text;
	return rc == -1 ? -1 : 0;
}

/* An empty password is one; an empty secret is none, netmiko's default. */
static int read_secrets(const struct parse *parse)
{
	struct credentials *credentials = &parse->dev->credentials;

	if (read_secret(parse, KEY_PASSWORD, &credentials->password) == -1 ||
	    read_secret(parse, KEY_SECRET, &credentials->secret) == -1)
		return -1;
	if (credentials->secret != NULL && *credentials->secret == '\0')
		credentials->secret = NULL;
	return 0;
}

/* Read a key that is true or false: 1, 0 when it is not given. */
int parse_flag(const struct parse *parse, enum key key, bool *out)
{
	const char *text = parse_value(parse, key);

	if (text == NULL)
		return 0;
	*out = strcasecmp(text, "true") == 0 || strcasecmp(text, "yes") == 0;
	if (*out || strcasecmp(text, "false") == 0 ||
	    strcasecmp(text, "no") == 0)
		return 1;
	return parse_fault(parse, key, "%s '%.*s' is not true or false",
			   key_name(key), fault_shown(text), text);
}

static int read_enable(const struct parse *parse)
{
	bool on;
	int rc = parse_flag(parse, KEY_ENABLE, &on);

	if (rc == 1)
		parse->dev->credentials.enable =
			on ? ENABLE_ALWAYS : ENABLE_NEVER;
	return rc == -1 ? -1 : 0;
}

static int read_legacy(const struct parse *parse)
{
	bool on;
	int rc = parse_flag(parse, KEY_LEGACY, &on);

	if (rc == 1)
		parse->dev->legacy = on ? LEGACY_ON : LEGACY_OFF;
	return rc == -1 ? -1 : 0;
}

static int fault_answer(const struct parse *parse,
			const struct login_answer *answer)
{
	int shown = fault_shown(answer->question);

	if (answer->question_len < (size_t)shown)
		shown = (int)answer->question_len; /* below shown */
	return parse_fault(parse, KEY_LOGIN_ANSWERS,
			   "login_answers: '%.*s' is not REGEX=REPLY", shown,
			   answer->question);
}

/* Check that the question of an answer is a pattern, and all of it can be
 * typed. */
static int check_answer(const struct parse *parse,
			const struct login_answer *answer)
{
	char *text = strndup(answer->question,
			     answer->question_len + 1 + answer->reply_len);
	struct nf_error why;
	int rc = 0;

	if (text == NULL)
		return fault_memory(parse->err, parse->dev->path);
	if (fault_has_control(text))
		rc = parse_fault(parse, KEY_LOGIN_ANSWERS,
				 "login_answers contains a control character");
	text[answer->question_len] = '\0';
	if (rc == 0 && patterns_check_question(text, &why) == -1)
		rc = parse_fault(parse, KEY_LOGIN_ANSWERS, "login_answers: %s",
				 why.message);
	free(text);
	return rc;
}

static int read_login_answers(const struct parse *parse)
{
	const char *text = parse_value(parse, KEY_LOGIN_ANSWERS), *at = text;
	struct login_answer answer;
	int rc;

	if (text == NULL || text[strspn(text, " \t\r\n")] == '\0')
		return 0;
	while ((rc = login_answers_next(&at, &answer)) == 1) {
		if (check_answer(parse, &answer) == -1)
			return -1;
	}
	if (rc == -1)
		return fault_answer(parse, &answer);
	parse->dev->login_answers = text;
	return 0;
}

static int read_name(const struct parse *parse)
{
	const char *text = parse_value(parse, KEY_NAME);

	if (text == NULL)
		return 0;
	if (*text == '\0')
		return parse_fault(parse, KEY_NAME, "name is empty");
	if (parse_check_text(parse, KEY_NAME, text) == -1)
		return -1;
	parse->dev->pub.name = text;
	return 0;
}

/* Is the key used to log in alone? */
static bool is_login_key(enum key key)
{
	return key == KEY_USERNAME || key == KEY_PASSWORD ||
	       key == KEY_SECRET || key == KEY_PASSPHRASE;
}

/* What may have been meant by a list or a mapping. */
static const char *value_advice(enum key key, const char *kind)
{
	if (strcmp(kind, "list") == 0)
		return key == KEY_LOGIN_ANSWERS ? " (write one a line, behind "
						  "a |)"
						: "";
	return is_login_key(key) ? " (and {{ ... }} is a placeholder: write "
				   "the value itself)"
				 : "";
}

/* Refuse values that are a list, have a tag, a NUL, or are encrypted. Keys of the
 * login alone may be: that is told later. */
static int check_value(const struct parse *parse, enum key key)
{
	const struct said *said = parse->view.value[key];
	bool login = is_login_key(key);

	if (said == NULL)
		return 0;
	if ((said->flags & SAID_JSON) != 0)
		return parse_fault(parse, key,
				   "%s must be a single value, not a %s%s",
				   key_name(key), said->text,
				   value_advice(key, said->text));
	if ((said->flags & SAID_TAG) != 0)
		return parse_fault(parse, key,
				   "%s has a tag: put quotes around a value "
				   "that starts with '!'",
				   key_name(key));
	if ((said->flags & SAID_VAULT) != 0 && !login)
		return parse_fault(parse, key,
				   "%s is a vault value: write what "
				   "ansible-vault decrypts it to",
				   key_name(key));
	if ((said->flags & SAID_NUL) != 0 && !login)
		return parse_fault(parse, key, "%s contains a NUL character",
				   key_name(key));
	return 0;
}

static int check_values(const struct parse *parse)
{
	if ((parse->view.flags &
	     (SAID_JSON | SAID_TAG | SAID_VAULT | SAID_NUL)) == 0)
		return 0;
	for (unsigned key = 0; key < NKEYS_READ; key++) {
		if (check_value(parse, (enum key)key) == -1)
			return -1;
	}
	return 0;
}

/* Take the fault of a step, which is no error where it can be told as the
 * device's result. */
static int take_fault(const struct parse *parse)
{
	struct device *dev = parse->dev;

	if (parse->err->code == NF_SYSTEM || parse->parser->strict ||
	    dev->path == NULL)
		return -1;
	dev->unusable = true;
	if (dev->skip != NULL)
		return 0;
	return parse_keep(parse, &dev->skip, parse->err->message,
			  strlen(parse->err->message));
}

/* What a device has whose value was not taken. */
static int fill_in(const struct parse *parse)
{
	static const struct access no_access;
	const char *type = parse_value(parse, KEY_DEVICE_TYPE);
	struct device *dev = parse->dev;
	char label[LABEL_MAX];

	if (dev->platform == NULL &&
	    catalogue_find(&dev->platform, parse->parser->platforms, STAND_IN,
			   parse->err) != 1)
		return -1;
	if (dev->pub.platform == NULL)
		dev->pub.platform = type != NULL && *type != '\0' &&
						    !fault_has_control(type)
					    ? type
					    : "unknown";
	if (dev->access == NULL)
		dev->access = &no_access;
	if (dev->pub.host != NULL)
		return 0;
	dev->pub.host = "";
	if (dev->pub.name != NULL)
		return 0;
	parse_label(parse, label);
	return parse_keep(parse, &dev->pub.name, label, strlen(label));
}

static int parse_steps(const struct parse *parse)
{
	static int (*const steps[])(const struct parse *parse) = {
		check_values, read_name,   read_platform,      read_transport,
		read_host,    read_port,   read_username,      read_secrets,
		read_enable,  read_legacy, read_login_answers, access_parse};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (steps[i](parse) == -1 && take_fault(parse) == -1)
			return -1;
	}
	return fill_in(parse);
}

int device_parser_parse(struct device_parser *parser, size_t i, size_t ordinal,
			struct device *dev, struct nf_error *err)
{
	struct parse parse = {.parser = parser,
			      .draft = &parser->draft->devices[i],
			      .ordinal = ordinal,
			      .dev = dev,
			      .err = err};

	draft_view(parse.draft, &parse.view);
	*dev = (struct device){
		.path = draft_file(parser->draft, parse.draft->own->file)->path,
		.draft = (uint32_t)i, /* below UINT32_MAX: inventory.c */
		.line = parse.draft->line,
		.name_line = parse_line(&parse, KEY_NAME),
		.skip = parse.draft->skip,
		.unusable = parse.draft->skip != NULL};
	if (dev->skip != NULL && parser->strict)
		return error_set(err, NF_INVALID, "%s", dev->skip);
	if (parse_steps(&parse) == -1)
		return -1;
	dev->pub.username = dev->credentials.username;
	dev->unnamed = dev->pub.name == NULL;
	return 0;
}
