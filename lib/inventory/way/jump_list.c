/* Lists of jump hosts. */
#include "inventory/way/jump_list.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define RIGHT "write [user@]host[:port], several with commas, or none"

bool jump_list_is_none(const char *text)
{
	return strcasecmp(text, JUMP_LIST_NONE) == 0;
}

static int wrong(const struct jump_name *name, const char *what, char *why,
		 size_t size)
{
	(void)snprintf(why, size, "'%.64s' %s: " RIGHT, name->text, what);
	return -1;
}

/* Take the user off: behind the last @, as ssh(1) does. */
static char *take_user(char *text, struct jump_name *out)
{
	char *at = strrchr(text, '@');

	out->user[0] = '\0';
	if (at == NULL)
		return text;
	*at = '\0';
	if (at == text || strlen(text) >= sizeof(out->user))
		return NULL;
	memcpy(out->user, text, strlen(text) + 1);
	return at + 1;
}

/* Divide host and port, NULL for none: "::1" is a host, "[::1]:22" and "r1:22" are
 * both. */
static bool divide(char *text, const char **host, const char **port)
{
	char *colon = strrchr(text, ':'), *end = strchr(text, ']');

	*host = text;
	*port = NULL;
	if (text[0] == '[') {
		if (end == NULL || (end[1] != ':' && end[1] != '\0'))
			return false;
		*host = text + 1;
		*end = '\0';
		colon = end[1] == ':' ? end + 1 : NULL;
	} else if (colon != strchr(text, ':')) {
		return true; /* an IPv6 address */
	}
	if (colon != NULL) {
		*colon = '\0';
		*port = colon + 1;
	}
	return true;
}

static int read_port(const char *text, uint16_t *port)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (!isdigit((unsigned char)*text) || *end != '\0' || value < 1 ||
	    value > UINT16_MAX)
		return -1;
	*port = (uint16_t)value;
	return 0;
}

static bool is_host(const char *host)
{
	if (*host == '\0' || *host == '-')
		return false;
	for (const char *c = host; *c != '\0'; c++) {
		if ((unsigned char)*c <= ' ' || *c == 0x7f ||
		    strchr("/@[]", *c) != NULL)
			return false;
	}
	return true;
}

static int read_name(struct jump_name *out, char *why, size_t size)
{
	char text[sizeof(out->text)], *rest;
	const char *host, *port;

	memcpy(text, out->text, sizeof(text));
	rest = take_user(text, out);
	if (rest == NULL)
		return wrong(out,
			     "has no user before its @, or one that is "
			     "too long",
			     why, size);
	if (!divide(rest, &host, &port) || !is_host(host) ||
	    strlen(host) >= sizeof(out->host))
		return wrong(out, "is not the name of a host", why, size);
	memcpy(out->host, host, strlen(host) + 1);
	if (port != NULL && read_port(port, &out->port) == -1)
		return wrong(out, "has a port that is not a number 1-65535",
			     why, size);
	return 1;
}

int jump_list_next(const char **at, struct jump_name *out, char *why,
		   size_t size)
{
	size_t len;

	if (**at == '\0')
		return 0;
	*at += strspn(*at, " \t");
	len = strcspn(*at, ",");
	*out = (struct jump_name){.port = 0};
	if (len >= sizeof(out->text)) {
		(void)snprintf(why, size, "a jump host is too long: " RIGHT);
		return -1;
	}
	memcpy(out->text, *at, len);
	while (len > 0 && strchr(" \t", out->text[len - 1]) != NULL)
		out->text[--len] = '\0';
	*at += strcspn(*at, ",");
	if (**at == ',' && (*at)[1] == '\0') {
		(void)snprintf(why, size, "it ends with a comma: " RIGHT);
		return -1;
	}
	*at += **at == ',';
	return read_name(out, why, size);
}

bool jump_list_check(const char *text, char *why, size_t size)
{
	struct jump_name name;
	size_t n = 0;
	int rc = 1;

	if (jump_list_is_none(text))
		return true;
	while ((rc = jump_list_next(&text, &name, why, size)) == 1)
		n++;
	if (rc == 0 && (n == 0 || n > JUMP_LIST_MAX)) {
		(void)snprintf(why, size, "it has %zu jump hosts, not 1-%d", n,
			       JUMP_LIST_MAX);
		return false;
	}
	return rc == 0;
}
