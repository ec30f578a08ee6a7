/* Proxy commands: commands whose input and output are a connection. */
#include "inventory/way/proxy_command.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

#define TOKENS "hprn%"
#define WORD                                                                   \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"       \
	"._-:%@"
#define PORT_TEXT 8

char proxy_command_fault(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text != '%')
			continue;
		text++;
		if (*text == '\0')
			return '%';
		if (strchr(TOKENS, *text) == NULL)
			return *text;
	}
	return '\0';
}

/* What a token stands for. */
static const char *value_of(char token, const struct nf_device *dev,
			    char port[PORT_TEXT])
{
	switch (token) {
	case 'h':
		return dev->host;
	case 'r':
		return dev->username;
	case 'n':
		return dev->name;
	case 'p':
		(void)snprintf(port, PORT_TEXT, "%u", dev->port);
		return port;
	}
	return "%";
}

static int check_word(char token, const char *value, struct nf_error *err)
{
	const char *bad = value + strspn(value, WORD);

	if (value[0] != '\0' && value[0] != '-' && *bad == '\0')
		return 0;
	return error_set(err, NF_INVALID,
			 "its %s is not given to a proxy command: a shell "
			 "would read more in it than a word (letters, digits "
			 "and ._-:%%@)",
			 token == 'h'   ? "host"
			 : token == 'r' ? "user"
					: "name");
}

int proxy_command_fill(char out[PROXY_COMMAND_MAX], const char *text,
		       const struct nf_device *dev, struct nf_error *err)
{
	char letter[2] = "", port[PORT_TEXT];
	size_t len = 0;

	for (; *text != '\0'; text++) {
		const char *value = letter;

		letter[0] = *text;
		if (*text == '%') {
			value = value_of(*++text, dev, port);
			if (check_word(*text, value, err) == -1)
				return -1;
		}
		if (strlen(value) >= PROXY_COMMAND_MAX - len)
			return error_set(err, NF_INVALID,
					 "its proxy command is longer than %d "
					 "bytes",
					 PROXY_COMMAND_MAX - 1);
		len = (size_t)(stpcpy(out + len, value) - out);
	}
	out[len] = '\0';
	return 0;
}
