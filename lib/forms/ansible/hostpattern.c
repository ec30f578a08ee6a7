/* Host patterns. */
#include "forms/ansible/hostpattern.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "base/range.h"
#include "yaml/fault.h"

#define DIGITS "0123456789"
#define NAME_MAX_LEN 1000 /* bytes of a pattern that may have a port */

/* ---- what is a name of the network */

/* The length of the range [a:c], [01:10:2] that text begins with; 0: none. */
static size_t range_len(const char *text)
{
	size_t at = 1;

	if (*text != '[')
		return 0;
	if (isalpha((unsigned char)text[1]) && text[2] == ':' &&
	    isalpha((unsigned char)text[3])) {
		at = 4;
	} else {
		size_t first = strspn(text + 1, DIGITS);
		size_t last;

		if (first == 0 || text[1 + first] != ':')
			return 0;
		last = strspn(text + first + 2, DIGITS);
		if (last == 0)
			return 0;
		at = first + 2 + last;
	}
	if (text[at] == ':') {
		size_t step = strspn(text + at + 1, DIGITS);

		if (step == 0)
			return 0;
		at += 1 + step;
	}
	return text[at] == ']' ? at + 1 : 0;
}

/* A letter, a digit, an underscore, or one beyond ASCII. */
static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (c & 0x80) != 0;
}

/* Is it labels with points between, which neither begin nor end with a dash, nor
 * end with an underscore? Ranges count as letters. */
static bool is_hostname(const char *text)
{
	bool begun = false, ended = false;

	while (*text != '\0') {
		size_t len = range_len(text);

		if (len == 0 && is_word(*text))
			len = 1;
		if (len > 0) {
			begun = true;
			ended = *text != '_';
			text += len;
		} else if (*text == '-' && begun) {
			ended = false;
			text++;
		} else if (*text == '.' && ended) {
			begun = ended = false;
			text++;
		} else {
			return false;
		}
	}
	return ended;
}

/* Is it an IPv6 address? Ranges count as a digit. */
static bool is_ipv6(const char *text)
{
	char plain[INET6_ADDRSTRLEN];
	struct in6_addr address;
	size_t n = 0;

	while (*text != '\0' && n + 1 < sizeof(plain)) {
		const char *end = *text == '[' ? strchr(text, ']') : NULL;

		plain[n++] = end != NULL ? '1' : *text;
		text = end != NULL ? end + 1 : text + 1;
	}
	plain[n] = '\0';
	return *text == '\0' && inet_pton(AF_INET6, plain, &address) == 1;
}

/* ---- ports */

/* The colon before a port that ends the text, outside of brackets, NULL: none. */
static char *port_colon(char *text)
{
	char *colon = strrchr(text, ':');

	if (colon == NULL || colon[1] == '\0' ||
	    colon[1 + strspn(colon + 1, DIGITS)] != '\0')
		return NULL;
	for (const char *at = text; at < colon; at++) {
		if (*at == '[') {
			at = strchr(at, ']');
			if (at == NULL || at > colon)
				return NULL;
		} else if (*at == ':' || *at == ']') {
			return NULL;
		}
	}
	return colon;
}

/* Cut the port off a pattern, and the brackets before it: NULL, there is none. */
static const char *take_port(char **text)
{
	char *start = *text, *colon = strrchr(start, ':');
	const char *port = NULL;

	if (*start == '[' && colon != NULL && colon[-1] == ']' &&
	    colon - start > 2 && colon[1] != '\0' &&
	    colon[1 + strspn(colon + 1, DIGITS)] == '\0') {
		port = colon + 1;
		colon[-1] = '\0';
		start = *text = start + 1;
	}
	colon = port_colon(start);
	if (colon != NULL) {
		*colon = '\0';
		port = colon + 1;
	}
	return port;
}

/* The port as a number: without zeros before it; of 0, NULL: none. */
static const char *plain_port(const char *port)
{
	if (port == NULL)
		return NULL;
	port += strspn(port, "0");
	return *port != '\0' ? port : NULL;
}

/* ---- hosts */

/* What is added, and for whom. */
struct adding {
	struct model *model;
	const struct reading *reading;
	size_t line;
	const char *port;
	hostpattern_take take;
	void *arg;
};

static int add_host(const struct adding *adding, const char *name)
{
	uint32_t host;

	if (*name == '\0')
		return reading_fault(adding->reading, adding->line,
				     "a host without a name");
	if (strcmp(name, "---") == 0)
		return reading_fault(adding->reading, adding->line,
				     "'---' begins a file of YAML, and is no "
				     "host");
	if (model_host(adding->model, adding->reading, name, adding->port,
		       adding->line, &host) == -1)
		return -1;
	return adding->take(adding->arg, host);
}

static int add_range(const struct adding *adding, const char *text)
{
	char name[RANGE_NAME_MAX];
	struct range *range;
	struct range_iter iter;
	struct nf_error err;
	int rc = 0;

	if (range_new(&range, text, RANGE_COLON, &err) == -1)
		return err.code == NF_SYSTEM
			       ? fault_memory(adding->reading->err,
					      adding->reading->name)
			       : reading_fault(adding->reading, adding->line,
					       "%s", err.message);
	if (range_count(range) > MODEL_HOSTS_MAX - adding->model->nhosts)
		rc = reading_fault(adding->reading, adding->line,
				   "more than %zu hosts: check the ranges",
				   MODEL_HOSTS_MAX);
	range_begin(&iter, range);
	while (rc == 0 && range_next(&iter, name))
		rc = add_host(adding, name);
	range_free(range);
	return rc;
}

static int add_text(const struct adding *adding, const char *text)
{
	return strchr(text, '[') != NULL ? add_range(adding, text)
					 : add_host(adding, text);
}

int hostpattern_add(struct model *model, const struct reading *reading,
		    const char *pattern, size_t line, hostpattern_take take,
		    void *arg)
{
	struct adding adding = {.model = model,
				.reading = reading,
				.line = line,
				.take = take,
				.arg = arg};
	char copy[NAME_MAX_LEN], *text = copy;
	size_t len = strlen(pattern);

	if (len < sizeof(copy)) {
		const char *port;

		memcpy(copy, pattern, len + 1);
		port = take_port(&text);
		if (port != NULL && (is_hostname(text) || is_ipv6(text))) {
			adding.port = plain_port(port);
			return add_text(&adding, text);
		}
	}
	if (len > 0 && pattern[len - 1] == ':')
		return reading_fault(reading, line,
				     "'%.*s' ends in ':', which is for a port",
				     fault_shown(pattern), pattern);
	return add_text(&adding, pattern);
}
