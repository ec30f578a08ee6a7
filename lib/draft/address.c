/* Addresses of devices: mistakes in them, and what to write instead. */
#include "draft/address.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "netfan.h"
#include "yaml/fault.h"

#define DIGITS "0123456789"

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

static bool is_digits(const char *text)
{
	return *text != '\0' && text[strspn(text, DIGITS)] == '\0';
}

static bool is_ipv4(const char *text)
{
	struct in_addr address;

	return inet_pton(AF_INET, text, &address) == 1;
}

/* Whether text is an IPv6 address, with a zone behind it or not. */
static bool is_ipv6(const char *text)
{
	size_t len = strcspn(text, "%");
	char bare[INET6_ADDRSTRLEN];
	struct in6_addr address;

	if (len >= sizeof(bare) || (text[len] == '%' && text[len + 1] == '\0'))
		return false;
	memcpy(bare, text, len);
	bare[len] = '\0';
	return inet_pton(AF_INET6, bare, &address) == 1;
}

/* Copy four numbers without the zeros that some of them begin with. */
static bool without_zeros(const char *text, char out[INET_ADDRSTRLEN])
{
	size_t at = 0;

	for (; *text != '\0'; text++) {
		bool first = at == 0 || out[at - 1] == '.';

		if (*text == '0' && first && strchr(DIGITS, text[1]) != NULL &&
		    text[1] != '\0')
			continue;
		if (at + 1 >= INET_ADDRSTRLEN)
			return false;
		out[at++] = *text;
	}
	out[at] = '\0';
	return is_ipv4(out);
}

/* Refuse text that only the resolver takes for an IPv4 address, or that can be
 * nothing else. */
static bool check_ipv4(const char *text, const struct advice *advice)
{
	char plain[INET_ADDRSTRLEN];
	struct in_addr address;

	if (is_ipv4(text) || (inet_aton(text, &address) == 0 &&
			      text[strspn(text, DIGITS ".")] != '\0'))
		return true;
	if (without_zeros(text, plain))
		return advise(advice,
			      "a number with a zero before it is octal to some "
			      "and decimal to others: write %s, if that is it",
			      plain);
	return advise(advice,
		      "it is no IPv4 address: write four numbers 0-255 with "
		      "points between");
}

/* Find a port behind a name, an IPv4 address, or an IPv6 one in brackets. */
static bool check_port(const char *text, const struct advice *advice)
{
	const char *colon = strrchr(text, ':');
	bool brackets = text[0] == '[';
	const char *end = brackets ? strchr(text, ']') : colon;

	if (brackets && end != NULL && end[1] == '\0')
		return advise(advice, "write it without the brackets");
	if (colon == NULL || end == NULL || !is_digits(colon + 1) ||
	    (brackets ? end + 1 : strchr(text, ':')) != colon)
		return advise(advice, "it is no address and no name");
	return advise(advice,
		      "it holds a port: write host: '%.*s' and port: %.*s",
		      (int)(end - text) - brackets, text + brackets,
		      fault_shown(colon + 1), colon + 1); /* within 255 bytes */
}

static bool check_slash(const char *text, const struct advice *advice)
{
	const char *slash = strchr(text, '/');
	int len = (int)(slash - text); /* within 255 bytes */

	if (is_digits(slash + 1))
		return advise(advice,
			      "it holds a prefix length: write the device's "
			      "own address alone, as in %.*s",
			      len, text);
	return advise(advice, "it is no address and no name (it holds a '/')");
}

static bool is_range(const char *text)
{
	if (strpbrk(text, ",*") != NULL)
		return true;
	if (strchr(text, '[') != NULL && text[0] != '[')
		return true;
	return strchr(text, '.') != NULL && strchr(text, '-') != NULL &&
	       text[strspn(text, DIGITS ".-")] == '\0';
}

bool address_is_numeric(const char *text)
{
	return is_ipv4(text) || is_ipv6(text);
}

const char *address_shown(const char *text)
{
	const char *at = strrchr(text, '@');
	const char *colon = strchr(text, ':');

	return at != NULL && colon != NULL && colon < at ? at : text;
}

bool address_check(const char *text, char *why, size_t size)
{
	const struct advice advice = {.why = why, .size = size};
	const char *at = strchr(text, '@');

	if (is_ipv6(text))
		return true;
	if (address_shown(text) != text)
		return advise(&advice,
			      "it holds a password: write username, password "
			      "and host, each for itself");
	if (is_range(text))
		return advise(&advice,
			      "it stands for several addresses: write a device "
			      "for each");
	if (strchr(text, '/') != NULL)
		return check_slash(text, &advice);
	if (at != NULL)
		return advise(&advice,
			      "it holds a user: write username: '%.*s' and "
			      "host: '%.*s'",
			      (int)(at - text), text, fault_shown(at + 1),
			      at + 1); /* within 255 bytes */
	if (strpbrk(text, ":[]") != NULL)
		return check_port(text, &advice);
	return check_ipv4(text, &advice);
}
