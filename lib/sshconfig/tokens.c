/* Tokens of ssh_config, filled in. */
#include "sshconfig/tokens.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/error.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define SAFE LETTERS "0123456789._-:%@"
#define VARIABLE_MAX 64

bool tokens_safe(const char *text)
{
	return text[0] != '\0' && text[0] != '-' &&
	       text[strspn(text, SAFE)] == '\0';
}

/* ---- a text that grows, as far as there is room */

struct filling {
	char *out;
	size_t len;
};

static int add(struct filling *filling, const char *text, size_t len,
	       struct nf_error *err)
{
	if (len >= TOKENS_TEXT - filling->len)
		return error_set(err, NF_INVALID,
				 "ssh_config: a path is longer than %d bytes",
				 TOKENS_TEXT - 1);
	memcpy(filling->out + filling->len, text, len);
	filling->len += len;
	filling->out[filling->len] = '\0';
	return 0;
}

/* What a letter stands for, in room where it has to be made; NULL: nothing. */
static const char *meaning(char letter, const struct tokens *tokens,
			   const struct passwd *self, char room[256])
{
	switch (letter) {
	case '%':
		return "%";
	case 'h':
		return tokens->host;
	case 'n':
		return tokens->name;
	case 'k':
		return tokens->key_name != NULL ? tokens->key_name
						: tokens->name;
	case 'r':
		return tokens->user;
	case 'p':
		(void)snprintf(room, 256, "%u", (unsigned)tokens->port);
		return room;
	case 'i':
		(void)snprintf(room, 256, "%lu", (unsigned long)getuid());
		return room;
	case 'u':
		return self != NULL ? self->pw_name : NULL;
	case 'd':
		return self != NULL ? self->pw_dir : NULL;
	case 'l':
	case 'L':
		if (gethostname(room, 256) == -1)
			return NULL;
		room[255] = '\0';
		if (letter == 'L')
			room[strcspn(room, ".")] = '\0';
		return room;
	default:
		return NULL;
	}
}

static int add_token(struct filling *filling, char letter,
		     const struct tokens *tokens, struct nf_error *err)
{
	char room[256];
	const char *text = meaning(letter, tokens, getpwuid(getuid()), room);

	if (text == NULL)
		return error_set(err, NF_INVALID,
				 "ssh_config: netfan cannot fill in %%%c",
				 letter > ' ' && letter <= '~' ? letter : '?');
	return add(filling, text, strlen(text), err);
}

/* *at is past the "${", and goes past the "}". */
static int add_variable(struct filling *filling, const char **at,
			struct nf_error *err)
{
	size_t len = strcspn(*at, "}");
	char name[VARIABLE_MAX];
	const char *value;

	if ((*at)[len] == '\0' || len == 0 || len >= sizeof(name) ||
	    strspn(*at, LETTERS "0123456789_") != len)
		return error_set(err, NF_INVALID,
				 "ssh_config: a ${ is not ${VARIABLE}");
	memcpy(name, *at, len);
	name[len] = '\0';
	*at += len + 1;
	value = getenv(name);
	if (value == NULL)
		return error_set(err, NF_INVALID,
				 "ssh_config: ${%s} is not in the environment",
				 name);
	return add(filling, value, strlen(value), err);
}

/* Add the home of a user, whose name ends at the first slash. */
static int add_home(struct filling *filling, const char **at,
		    struct nf_error *err)
{
	size_t len = strcspn(*at, "/");
	char name[VARIABLE_MAX];
	const struct passwd *user = NULL;

	if (len == 0) {
		user = getpwuid(getuid());
	} else if (len < sizeof(name)) {
		memcpy(name, *at, len);
		name[len] = '\0';
		user = getpwnam(name);
	}
	if (user == NULL)
		return error_set(err, NF_INVALID,
				 "ssh_config: there is no home for a ~");
	*at += len;
	return add(filling, user->pw_dir, strlen(user->pw_dir), err);
}

int tokens_fill(char out[TOKENS_TEXT], const char *text,
		const struct tokens *tokens, struct nf_error *err)
{
	struct filling filling = {.out = out};
	int rc = 0;

	out[0] = '\0';
	if (*text == '~') {
		text++;
		rc = add_home(&filling, &text, err);
	}
	while (rc == 0 && *text != '\0') {
		if (*text == '%') {
			rc = add_token(&filling, text[1], tokens, err);
			text += 2; /* a % at the end was refused */
		} else if (text[0] == '$' && text[1] == '{') {
			text += 2;
			rc = add_variable(&filling, &text, err);
		} else {
			rc = add(&filling, text++, 1, err);
		}
	}
	return rc;
}
