/* Reading what a server says before its identification line. */
#include "transport/ssh/greeting.h"

#include <ctype.h>
#include <string.h>

#include "base/error.h"
#include "base/printable.h"
#include "transport/ssh/kexinit.h"

#define SAID_MAX 64

#define IAC 0xff /* of telnet's negotiation (RFC 854): IAC, verb, option */
#define IAC_WILL 0xfb
#define IAC_DONT 0xfe
#define IAC_LEN 3

static const char telnet[] = "telnet";

/* How other protocols begin; # is a digit. */
static const struct {
	const char *start;
	const char *protocol;
} starts[] = {
	{"HTTP/#", "HTTP"},
	{"<html", "HTTP"}, /* to a request that has no version */
	{"<!doctype", "HTTP"},
	{"### ", "FTP, SMTP or the like"},
	{"###-", "FTP, SMTP or the like"},
	{"+OK", "POP3"},
	{"* OK", "IMAP"},
	{"-ERR ", "Redis or POP3"},
	{"RFB ###.###", "VNC"},
	{"@RSYNCD:", "rsync"},
	{"AMQP", "AMQP"},
	{"\x15\x03", "TLS"}, /* an alert */
};

static bool has_start(const uint8_t *bytes, size_t len, const char *start)
{
	for (; *start != '\0'; start++, bytes++, len--) {
		if (len == 0)
			return false;
		if (*start == '#'
			    ? !isdigit(*bytes)
			    : tolower(*bytes) != tolower((unsigned char)*start))
			return false;
	}
	return true;
}

static bool is_negotiation(const uint8_t *bytes, size_t len)
{
	return len >= 2 && bytes[0] == IAC && bytes[1] >= IAC_WILL &&
	       bytes[1] <= IAC_DONT;
}

static bool negotiates(const uint8_t *bytes, size_t len)
{
	for (; len > 0; bytes++, len--) {
		if (is_negotiation(bytes, len))
			return true;
	}
	return false;
}

/* Find the unfinished line, behind the last negotiation: len when none is. */
static size_t last_line(const uint8_t *bytes, size_t len)
{
	size_t start = 0;

	for (size_t at = 0; at < len; at++) {
		if (is_negotiation(bytes + at, len - at))
			start = at + IAC_LEN;
		else if (bytes[at] == '\r' || bytes[at] == '\n')
			start = at + 1;
	}
	return start < len ? start : len;
}

/* Lines before the identification are finished ones: a question, or a command
 * line's prompt, waits for what a person types. */
static bool ends_in_prompt(const uint8_t *bytes, size_t len)
{
	size_t start = last_line(bytes, len);

	while (len > start && bytes[len - 1] == ' ')
		len--;
	return len > start && strchr(":>#$%]?", bytes[len - 1]) != NULL &&
	       bytes[len - 1] != '\0' &&
	       !has_start(bytes + start, len - start, "SSH-");
}

static size_t leading_blank(const uint8_t *bytes, size_t len)
{
	size_t at = 0;

	while (at < len && strchr("\r\n ", bytes[at]) != NULL &&
	       bytes[at] != '\0')
		at++;
	return at;
}

/* Name the protocol, or NULL. */
static const char *find_protocol(const uint8_t *bytes, size_t len)
{
	size_t blank = leading_blank(bytes, len);

	if (negotiates(bytes, len))
		return telnet;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (has_start(bytes + blank, len - blank, starts[i].start))
			return starts[i].protocol;
	}
	if (ends_in_prompt(bytes, len))
		return telnet;
	if (memchr(bytes, '\0', len) != NULL)
		return "something binary";
	return kexinit_is_echo((const char *)bytes + blank, len - blank)
		       ? "echo"
		       : NULL;
}

bool greeting_is_foreign(const uint8_t *bytes, size_t len)
{
	return find_protocol(bytes, len) != NULL;
}

static int explain_telnet(const uint8_t *bytes, size_t len,
			  struct nf_error *err)
{
	size_t start = last_line(bytes, len);
	char said[SAID_MAX];

	printable_copy(said, sizeof(said), bytes + start, len - start);
	if (*said == '\0')
		(void)error_set(err, NF_PROTOCOL, "it speaks telnet, not SSH");
	else
		(void)error_set(err, NF_PROTOCOL,
				"it speaks telnet, not SSH: it asks \"%s\"",
				said);
	err->sys_errno = GREETING_TELNET;
	return -1;
}

int greeting_explain(const uint8_t *bytes, size_t len, struct nf_error *err)
{
	const char *protocol;
	char said[SAID_MAX];
	size_t blank;

	if (len == 0)
		return 0;
	protocol = find_protocol(bytes, len);
	blank = leading_blank(bytes, len);
	if (protocol == telnet)
		return explain_telnet(bytes, len, err);
	printable_copy(said, sizeof(said), bytes + blank, len - blank);
	if (protocol == NULL)
		return error_set(err, NF_PROTOCOL,
				 "no SSH server: it said \"%s\"", said);
	return error_set(err, NF_PROTOCOL,
			 "it speaks %s, not SSH: it said \"%s\"", protocol,
			 said);
}

bool greeting_speaks_version(const uint8_t *line, size_t len)
{
	return len < strlen("SSH-2.0-") || memcmp(line, "SSH-2.0-", 8) == 0 ||
	       memcmp(line, "SSH-1.99", 8) == 0;
}

int greeting_other_version(const uint8_t *line, size_t len,
			   struct nf_error *err)
{
	char said[SAID_MAX];

	printable_copy(said, sizeof(said), line, len);
	return error_set(err, NF_PROTOCOL,
			 "it speaks another version of SSH: \"%s\"", said);
}
