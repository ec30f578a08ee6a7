/* URLs of SOCKS5 proxies. */
#include "inventory/way/proxy_url.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "draft/address.h"
#include "netfan.h"

#define PORT_SOCKS 1080
#define PORT_MAX 65535
#define DIGITS "0123456789"
#define HEX_DIGITS DIGITS "abcdefABCDEF"

/* The buffer of the message. */
struct advice {
	char *why;
	size_t size;
};

static bool NF_PRINTF(2, 3)
	advise(const struct advice *advice, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(advice->why, advice->size, fmt, args);
	va_end(args);
	return false;
}

/* What stands behind the scheme, NULL for another one than SOCKS5. With or
 * without the h, the proxy resolves names. */
static const char *behind_scheme(const char *text)
{
	static const char *const schemes[] = {"socks5://", "socks5h://"};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t len = strlen(schemes[i]);

		if (strncasecmp(text, schemes[i], len) == 0)
			return text + len;
	}
	return NULL;
}

/* Copy a part of the login: false when it is empty, too long, or no text. */
static bool take_text(char out[PROXY_URL_TEXT], const char *at, const char *end)
{
	size_t len = 0;

	while (at < end && len + 1 < PROXY_URL_TEXT) {
		char hex[3] = "";

		if (*at != '%') {
			out[len++] = *at++;
			continue;
		}
		if (end - at < 3)
			return false;
		memcpy(hex, at + 1, 2);
		if (strspn(hex, HEX_DIGITS) != 2 || strcmp(hex, "00") == 0)
			return false;
		out[len++] = (char)strtoul(hex, NULL, 16);
		at += 3;
	}
	out[len] = '\0';
	return at == end && len > 0;
}

static bool take_login(struct proxy_url *url, const char *at, const char *end,
		       const struct advice *advice)
{
	const char *colon = memchr(at, ':', (size_t)(end - at));

	if (colon != NULL && take_text(url->user, at, colon) &&
	    take_text(url->password, colon + 1, end))
		return true;
	return advise(advice,
		      "before its @ stand user:password, of 1-%d bytes each, "
		      "with %%40 for an @ and %%25 for a %%",
		      PROXY_URL_TEXT - 1);
}

/* The port, if any, and a slash that ends many URLs. */
static bool take_port(struct proxy_url *url, const char *text,
		      const struct advice *advice)
{
	size_t digits = *text == ':' ? strspn(text + 1, DIGITS) : 0;
	const char *end = text + (*text == ':') + digits;
	unsigned long port =
		*text == ':' ? strtoul(text + 1, NULL, 10) : PORT_SOCKS;

	if (strcmp(end, "/") == 0)
		end++;
	if (*end != '\0' || port == 0 || port > PORT_MAX ||
	    (*text == ':' && digits == 0))
		return advise(advice, "its port is none of 1-%d", PORT_MAX);
	url->port = (uint16_t)port;
	return true;
}

/* A % in a URL may be written as %25 (RFC 6874). */
static void take_scope(char *host)
{
	char *scope = strstr(host, "%25");

	if (scope != NULL && scope[3] != '\0')
		memmove(scope + 1, scope + 3, strlen(scope + 3) + 1);
}

static bool take_host(struct proxy_url *url, const char *text,
		      const struct advice *advice)
{
	bool brackets = *text == '[';
	size_t len = strcspn(text + brackets, brackets ? "]" : ":/");
	const char *end = text + brackets + len;

	if (!brackets && *end == ':' && strchr(end + 1, ':') != NULL)
		return advise(advice, "write an IPv6 address in brackets, as "
				      "in socks5://[::1]:1080");
	if (len == 0 || len >= PROXY_URL_TEXT || (brackets && *end != ']'))
		return advise(advice, "it has no host");
	memcpy(url->host, text + brackets, len);
	url->host[len] = '\0';
	if (brackets)
		take_scope(url->host);
	if (!address_check(url->host, advice->why, advice->size))
		return false;
	return take_port(url, end + brackets, advice);
}

bool proxy_url_parse(struct proxy_url *url, const char *text, char *why,
		     size_t size)
{
	const struct advice advice = {why, size};
	const char *authority = behind_scheme(text), *at;

	*url = (struct proxy_url){.port = 0};
	if (authority == NULL)
		return advise(&advice, "it is no SOCKS5 proxy: write "
				       "socks5://host:port");
	at = strrchr(authority, '@');
	if (at == NULL)
		return take_host(url, authority, &advice);
	return take_login(url, authority, at, &advice) &&
	       take_host(url, at + 1, &advice);
}
