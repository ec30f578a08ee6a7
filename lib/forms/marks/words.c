/* Words that files of other kinds are known by. */
#include <string.h>
#include <strings.h>

#include "forms/marks/parts.h"

static bool is_any(struct span word, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (span_is(word, *words))
			return true;
	}
	return false;
}

bool word_is_ssh(struct span word)
{
	static const char *const words[] = {"HostName",
					    "User",
					    "Port",
					    "IdentityFile",
					    "ProxyJump",
					    "ProxyCommand",
					    "Ciphers",
					    "MACs",
					    "KexAlgorithms",
					    "Include",
					    "ForwardAgent",
					    "HostKeyAlgorithms",
					    "LogLevel",
					    "Compression",
					    "PubkeyAcceptedKeyTypes",
					    "ControlPath",
					    "ControlMaster",
					    "PubkeyAcceptedAlgorithms",
					    "IdentitiesOnly",
					    "ServerAliveInterval",
					    "StrictHostKeyChecking",
					    "UserKnownHostsFile",
					    "PreferredAuthentications",
					    "ControlPersist",
					    "ConnectTimeout",
					    NULL};

	return is_any(word, words);
}

bool word_is_clogin(struct span word)
{
	static const char *const words[] = {
		"user",         "password",   "method",
		"autoenable",   "noenable",   "enauser",
		"enableprompt", "userprompt", "passprompt",
		"userpassword", "cyphertype", "identity",
		"sshcmd",       "timeout",    "passphrase",
		"enablecmd",    "prompt",     NULL};

	return is_any(word, words);
}

bool word_is_key_kind(struct span word)
{
	static const char *const words[] = {"ssh-rsa",
					    "ssh-dss",
					    "ssh-ed25519",
					    "ssh-ed448",
					    "ecdsa-sha2-nistp256",
					    "ecdsa-sha2-nistp384",
					    "ecdsa-sha2-nistp521",
					    NULL};

	return is_any(word, words) || span_begins(word, "sk-ssh-") ||
	       span_begins(word, "sk-ecdsa-");
}

bool word_is_config_section(struct span word)
{
	static const char *const words[] = {"defaults",
					    "privilege_escalation",
					    "ssh_connection",
					    "paramiko_connection",
					    "persistent_connection",
					    "inventory",
					    "colors",
					    "diff",
					    "galaxy",
					    "connection",
					    "selinux",
					    "tags",
					    NULL};

	return is_any(word, words);
}

bool word_is_terraform(struct span word)
{
	static const char *const words[] = {"resource",  "provider", "variable",
					    "terraform", "module",   "data",
					    "output",    "locals",   NULL};

	return is_any(word, words);
}

bool word_is_command(struct span word)
{
	static const char *const words[] = {"show", "display",  "get",
					    "ping", "terminal", "configure",
					    NULL};

	return is_any(word, words);
}

/* Does any of the texts stand in a line, whatever the case? */
static bool holds_any(struct span line, const char *const *texts)
{
	for (; *texts != NULL; texts++) {
		size_t len = strlen(*texts);

		for (size_t i = 0; i + len <= line.len; i++) {
			if (strncasecmp(line.at + i, *texts, len) == 0)
				return true;
		}
	}
	return false;
}

static bool has_digit(struct span span)
{
	return span_has_any(span, "0123456789");
}

bool line_is_product(struct span line)
{
	static const char *const brands[] = {
		"cisco ",     "catalyst ", "nexus ",   "juniper ",
		"arista ",    "huawei ",   "aruba ",   "fortigate",
		"palo alto ", "mikrotik ", "procurve", "firepower ",
		"nokia ",     "dell ",     NULL};
	static const char *const models[] = {
		"ws-c",  "n9k-",  "n7k-",  "n5k-",  "n3k-",  "isr4",  "asr1",
		"asr9",  "c9200", "c9300", "c9400", "c9500", "c2960", "c3560",
		"c3750", "c3850", "ex2",   "ex3",   "ex4",   "qfx5",  "mx2",
		"mx4",   "mx9",   "srx",   "dcs-7", "pa-",   "fg-",   "asa55",
		"fpr",   "crs3",  "ccr1",  "icx7",  NULL};

	if (holds_any(line, brands))
		return true;
	if (!has_digit(line) || span_has_any(line, ".@:[ "))
		return false;
	for (const char *const *model = models; *model != NULL; model++) {
		if (span_begins(line, *model))
			return true;
	}
	return false;
}
