/* An answer of ssh -G. */
#include "sshconfig/answer.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/printable.h"

static const char *const keywords[NANSWERS] = {
	[ANSWER_HOSTNAME] = "hostname",
	[ANSWER_USER] = "user",
	[ANSWER_PORT] = "port",
	[ANSWER_IDENTITY_AGENT] = "identityagent",
	[ANSWER_USER_KNOWN_HOSTS] = "userknownhostsfile",
	[ANSWER_PROXY_JUMP] = "proxyjump",
	[ANSWER_PROXY_COMMAND] = "proxycommand",
	[ANSWER_BIND_ADDRESS] = "bindaddress",
	[ANSWER_BIND_INTERFACE] = "bindinterface",
	[ANSWER_KEX] = "kexalgorithms",
	[ANSWER_HOSTKEYS] = "hostkeyalgorithms",
	[ANSWER_CIPHERS] = "ciphers",
	[ANSWER_MACS] = "macs",
	[ANSWER_CONNECT_TIMEOUT] = "connecttimeout",
	[ANSWER_ALIVE_INTERVAL] = "serveraliveinterval",
	[ANSWER_HOST_KEY_ALIAS] = "hostkeyalias",
	[ANSWER_STRICT_HOST_KEYS] = "stricthostkeychecking",
	[ANSWER_IDENTITIES_ONLY] = "identitiesonly",
	[ANSWER_PREFERRED] = "preferredauthentications",
	[ANSWER_PUBLICKEY] = "pubkeyauthentication",
	[ANSWER_PASSWORD] = "passwordauthentication",
	[ANSWER_KEYBOARD] = "kbdinteractiveauthentication",
	[ANSWER_PASSES_FD] = "proxyusefdpass",
	[ANSWER_ADDRESS_FAMILY] = "addressfamily",
	[ANSWER_GLOBAL_KNOWN_HOSTS] = "globalknownhostsfile",
	[ANSWER_KNOWN_HOSTS_COMMAND] = "knownhostscommand",
	[ANSWER_REVOKED_KEYS] = "revokedhostkeys",
	[ANSWER_PKCS11] = "pkcs11provider",
	[ANSWER_ATTEMPTS] = "connectionattempts",
};

static int fault_line(const char *what, const char *line, struct nf_error *err)
{
	char shown[80];

	printable_copy(shown, sizeof(shown), (const uint8_t *)line,
		       strlen(line));
	return error_set(err, NF_INVALID, "ssh -G %s: \"%s\"", what, shown);
}

static int add_file(struct answer *answer, const char *path,
		    struct nf_error *err)
{
	if (strcasecmp(path, "none") == 0)
		return 0;
	if (answer->nfiles == ANSWER_FILES)
		return error_set(err, NF_INVALID,
				 "ssh -G names more than %d files of keys",
				 ANSWER_FILES);
	answer->file[answer->nfiles++] = path;
	return 0;
}

static int take_value(struct answer *answer, const char *keyword,
		      const char *value, struct nf_error *err)
{
	if (strcmp(keyword, "identityfile") == 0 ||
	    strcmp(keyword, "certificatefile") == 0)
		return add_file(answer, value, err);
	for (size_t i = 0; i < NANSWERS; i++) {
		if (strcmp(keyword, keywords[i]) != 0)
			continue;
		if (answer->value[i] != NULL)
			return fault_line("says twice", keyword, err);
		if (i <= ANSWER_LAST_PLAIN || strcasecmp(value, "none") != 0)
			answer->value[i] = value;
	}
	return 0;
}

static bool has_control(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	}
	return false;
}

/* A line is a word, and after a blank all the rest is its value, which may be
 * missing. */
static int take_line(struct answer *answer, char *line, struct nf_error *err)
{
	char *blank = strchr(line, ' ');

	if (has_control(line))
		return fault_line("has a control character in a line", line,
				  err);
	if (blank == line || line[0] == '\0')
		return fault_line("has a line without a word", line, err);
	if (blank == NULL || blank[1] == '\0')
		return 0;
	*blank = '\0';
	return take_value(answer, line, blank + 1, err);
}

static int take_lines(struct answer *answer, struct nf_error *err)
{
	char *at = answer->text, *newline;

	for (; (newline = strchr(at, '\n')) != NULL; at = newline + 1) {
		*newline = '\0';
		if (take_line(answer, at, err) == -1)
			return -1;
	}
	if (*at != '\0')
		return fault_line("ends within a line", at, err);
	if (answer->value[ANSWER_HOSTNAME] == NULL ||
	    answer->value[ANSWER_USER] == NULL ||
	    answer->value[ANSWER_PORT] == NULL)
		return error_set(err, NF_INVALID,
				 "ssh -G does not say host, user and port");
	return 0;
}

int answer_read(struct answer *answer, const char *bytes, size_t len,
		struct nf_error *err)
{
	*answer = (struct answer){.nfiles = 0};
	if (len > ANSWER_MAX || memchr(bytes, '\0', len) != NULL)
		return error_set(err, NF_INVALID,
				 "ssh -G says more than %zu bytes, or a NUL",
				 ANSWER_MAX);
	answer->text = malloc(len + 1);
	if (answer->text == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for ssh -G");
	if (len > 0)
		memcpy(answer->text, bytes, len);
	answer->text[len] = '\0';
	if (take_lines(answer, err) == 0)
		return 0;
	answer_release(answer);
	return -1;
}

void answer_release(struct answer *answer)
{
	free(answer->text);
	*answer = (struct answer){.nfiles = 0};
}
