/* Secret parser: texts of a device that stand for a secret. */
#include "inventory/device/device_parser_parts.h"

#include <assert.h>
#include <string.h>

#include "draft/draft.h"
#include "inventory/device/placeholder.h"
#include "yaml/fault.h"

/* The keys whose texts may be references: their bits of dev->unread. */
static unsigned unread_bit(enum key key)
{
	switch ((int)key) {
	case KEY_PASSWORD:
		return UNREAD_PASSWORD;
	case KEY_SECRET:
		return UNREAD_SECRET;
	case KEY_PASSPHRASE:
		return UNREAD_PASSPHRASE;
	}
	return 0;
}

/* The file where a key stands that has a value. */
static const struct draft_file *file_of(const struct parse *parse, enum key key)
{
	return draft_file(parse->parser->draft, parse->view.layer[key]->file);
}

int parse_reference(const struct parse *parse, enum key key, const char *text)
{
	const unsigned odd = SAID_VAULT | SAID_NUL;

	if (unread_bit(key) == 0 || !file_of(parse, key)->own ||
	    (parse->view.value[key]->flags & odd) != 0 ||
	    placeholder_literal(text) != NULL || !secret_is_reference(text))
		return 0;
	parse->dev->unread |= (uint8_t)unread_bit(key); /* below 8 */
	parse->parser->unread = true;
	return secret_expect(parse->parser->sources, text, parse->err) == -1
		       ? -1
		       : 1;
}

/* ---- reading what was put off */

/* Is the user who runs the program meant, as nothing else was said? */
static bool is_own_user(const struct parse *parse)
{
	const struct device *dev = parse->dev;
	const char *own = parse->parser->username;

	return dev->own_user && own != NULL &&
	       dev->credentials.username != NULL &&
	       strcmp(dev->credentials.username, own) == 0;
}

/* Find the secret of a key: 1, 0 when it cannot be had, -1. */
static int find_secret(const struct parse *parse, enum key key,
		       struct secret *secret)
{
	const struct draft_file *file = file_of(parse, key);
	const struct device *dev = parse->dev;
	const struct secret_use use = {
		.path = file->path,
		.exposed = file->loose,
		.key = key_name(key),
		.host = dev->pub.host,
		.name = dev->pub.name,
		.user = is_own_user(parse) ? NULL : dev->credentials.username};
	int rc = secret_resolve(parse->parser->sources,
				parse->view.value[key]->text, &use, secret,
				parse->err);

	return rc == 0 ? parse_skip(parse, key, ": %s",
				    parse->parser->sources->why)
		       : rc;
}

/* Netrc says whose password it is: that counts where nothing else does. */
static int take_login(const struct parse *parse, const char *login)
{
	struct device *dev = parse->dev;

	if (login == NULL || *login == '\0' || !is_own_user(parse))
		return 0;
	if (fault_has_control(login))
		return parse_skip(parse, KEY_PASSWORD,
				  ": its login in netrc has a control "
				  "character in it: write it without");
	dev->credentials.username = dev->pub.username = login;
	dev->own_user = false;
	return 0;
}

static int take_passphrase(const struct parse *parse, const char *passphrase)
{
	struct accesses *accesses = parse->parser->accesses;
	struct access access = *parse->dev->access;
	const struct access *kept;

	access.passphrase = passphrase;
	kept = accesses_find(accesses, &access);
	if (kept == NULL)
		kept = accesses_add(accesses, &access);
	if (kept == NULL)
		return fault_memory(parse->err, parse->dev->path);
	parse->dev->access = kept;
	return 0;
}

/* Put a secret in the place of its text; NULL: there is none. */
static int take_secret(const struct parse *parse, enum key key,
		       const struct secret *secret)
{
	struct credentials *credentials = &parse->dev->credentials;

	switch ((int)key) {
	case KEY_PASSWORD:
		credentials->password = secret->value;
		return take_login(parse, secret->login);
	case KEY_SECRET:
		credentials->secret = secret->value;
		return 0;
	default:
		assert(key == KEY_PASSPHRASE);
		return take_passphrase(parse, secret->value);
	}
}

static int read_key(const struct parse *parse, enum key key)
{
	struct device *dev = parse->dev;
	struct secret secret = {.value = NULL};

	if ((dev->unread & unread_bit(key)) == 0)
		return 0;
	if (dev->skip == NULL && find_secret(parse, key, &secret) == -1)
		return -1;
	if (parse->parser->sources->trial)
		return 0;
	dev->unread &= (uint8_t)~unread_bit(key); /* below 8 */
	return take_secret(parse, key, &secret);
}

int device_parser_read_secrets(struct device_parser *parser, struct device *dev,
			       struct nf_error *err)
{
	static const enum key keys[] = {KEY_PASSWORD, KEY_SECRET,
					KEY_PASSPHRASE};
	struct parse parse = {.parser = parser,
			      .draft = &parser->draft->devices[dev->draft],
			      .dev = dev,
			      .err = err};

	draft_view(parse.draft, &parse.view);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (read_key(&parse, keys[i]) == -1)
			return -1;
	}
	return 0;
}
