/* Getters: how a secret is had from each of its sources. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/home.h"
#include "base/printable.h"
#include "secrets/command.h"
#include "secrets/secret_file.h"
#include "secrets/source_parts.h"

#define SHOWN 128 /* bytes of a path or a name in a message */
#define LINE_MAX_BYTES ((size_t)64 * 1024) /* in which a file's line ends */
#define NETRC_MAX ((size_t)16 * 1024 * 1024)

/* ---- what all have */

int getting_refuse(const struct getting *getting, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(getting->sources->why, SECRET_WHY_MAX, fmt, args);
	va_end(args);
	return 0;
}

int getting_no_memory(const struct getting *getting)
{
	return error_sys(getting->err, NF_SYSTEM, "no memory for secrets");
}

static const char *show(char shown[SHOWN], const char *text)
{
	printable_copy(shown, SHOWN, (const uint8_t *)text, strlen(text));
	return shown;
}

int getting_check(const struct getting *getting, const char *what,
		  const char *value, size_t len)
{
	if (len == 0)
		return getting_refuse(getting,
				      "%s is empty: one that is meant to be "
				      "empty is written literal:",
				      what);
	if (memchr(value, '\0', len) != NULL)
		return getting_refuse(
			getting, "%s has a NUL in it: write it without", what);
	if (memchr(value, '\n', len) != NULL ||
	    memchr(value, '\r', len) != NULL)
		return getting_refuse(getting,
				      "%s has a line break in it: write it on "
				      "one line, with none at its end",
				      what);
	return 1;
}

static int keep(const struct getting *getting, const char *what,
		const char *value, size_t len)
{
	char *kept;

	if (getting_check(getting, what, value, len) == 0)
		return 0;
	kept = secrets_room(getting->sources->arena, len + 1);
	if (kept == NULL)
		return getting_no_memory(getting);
	memcpy(kept, value, len);
	kept[len] = '\0';
	getting->cached->value = kept;
	return 1;
}

/* Keep the first line of a text. */
static int keep_line(const struct getting *getting, const char *what,
		     const char *text, size_t len)
{
	const char *newline = memchr(text, '\n', len);

	if (newline != NULL)
		len = (size_t)(newline - text);
	if (len > 0 && text[len - 1] == '\r')
		len--;
	return keep(getting, what, text, len);
}

/* Put a path in place of arg; NULL: there is no home, or no memory. */
static int take_path(struct getting *getting, char *path)
{
	if (path == NULL)
		return getting_refuse(getting,
				      "its path is not known: set HOME, or "
				      "write one that begins with /");
	free(getting->arg);
	getting->arg = path;
	return 1;
}

/* ---- environment variables */

bool getter_names_variable(const char *text, size_t len)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	static const char digits[] = "0123456789";

	if (len == 0 || strchr(digits, text[0]) != NULL)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\0' || (strchr(letters, text[i]) == NULL &&
					strchr(digits, text[i]) == NULL))
			return false;
	}
	return true;
}

/* The text may be a password: it is not shown. */
static int place_variable(struct getting *getting)
{
	if (getter_names_variable(getting->arg, strlen(getting->arg)))
		return 1;
	return getting_refuse(getting,
			      "env: is followed by what is no name of an "
			      "environment variable: write one, or literal: "
			      "before a password that looks so");
}

static bool is_no_secret(const char *name)
{
	static const char *const names[] = {"HOME", "LOGNAME", "PATH", "TMPDIR",
					    "USER"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

/* Overwrite the variable, as often as it is there, and take it out. */
static void take_out(const char *name)
{
	size_t len = strlen(name);

	for (char **at = environ; at != NULL && *at != NULL; at++) {
		if (strncmp(*at, name, len) == 0 && (*at)[len] == '=')
			explicit_bzero(*at + len + 1, strlen(*at + len + 1));
	}
	(void)unsetenv(name);
}

static int get_variable(struct getting *getting)
{
	const char *name = getting->arg, *value = getenv(name);
	char shown[SHOWN], what[SHOWN + 32];
	int rc;

	(void)snprintf(what, sizeof(what), "environment variable %s",
		       show(shown, name));
	if (value == NULL)
		return getting_refuse(getting,
				      "%s is not set: set it, or write "
				      "literal: before a password that looks "
				      "so",
				      what);
	rc = keep(getting, what, value, strlen(value));
	if (getting->sources->own_environment && !is_no_secret(name))
		take_out(name);
	return rc;
}

/* ---- files */

/* Make a path absolute, or relative to where we are: to be freed. */
static char *place_path(const struct getting *getting, const char *text)
{
	const char *of = getting->use->path, *slash;
	char *path;

	if (text[0] == '/' || text[0] == '~')
		return home_expand(text);
	slash = of != NULL ? strrchr(of, '/') : NULL;
	if (slash == NULL)
		return strdup(text);
	return asprintf(&path, "%.*s/%s", (int)(slash - of), of, text) == -1
		       ? NULL
		       : path;
}

static int place_file(struct getting *getting)
{
	if (*getting->arg == '\0')
		return getting_refuse(
			getting, "file: is followed by no path: write one, "
				 "or literal: before a password that "
				 "looks so");
	return take_path(getting, place_path(getting, getting->arg));
}

static int refuse_file(const struct getting *getting, const char *path)
{
	int why = errno;
	char shown[SHOWN];

	if (why == ENXIO)
		return getting_refuse(getting,
				      "%s is no file of its own: write "
				      "command: and what reads it",
				      show(shown, path));
	return getting_refuse(getting,
			      "%s cannot be read: %s: check the path and its "
			      "permissions",
			      show(shown, path), strerror(why));
}

static void note_shared(const struct getting *getting, const char *path,
			const char *what)
{
	const struct nf_log *log = getting->sources->log;
	char shown[SHOWN], text[SHOWN + 64];

	if (log == NULL || log->line == NULL)
		return;
	(void)snprintf(text, sizeof(text),
		       "%s: others may read the %s in it: chmod 600",
		       show(shown, path), what);
	log->line(log->arg, text);
}

/* Keep the first line of a file. */
static int get_line(const struct getting *getting, const char *path, bool noted)
{
	struct secrets scratch = {.newest = NULL};
	struct secret_file file;
	char shown[SHOWN], what[SHOWN + 32];
	int rc = secret_file_read(&file, &scratch, path, LINE_MAX_BYTES);

	(void)snprintf(what, sizeof(what), "the first line of %s",
		       show(shown, path));
	if (rc == -1)
		rc = getting_no_memory(getting);
	else if (rc == 0)
		rc = refuse_file(getting, path);
	else if (!file.whole && memchr(file.text, '\n', file.len) == NULL)
		rc = getting_refuse(getting,
				    "%s is longer than %zu KiB: is that the "
				    "file?",
				    what, LINE_MAX_BYTES / 1024);
	else
		rc = keep_line(getting, what, file.text, file.len);
	if (rc == 1 && file.shared && noted)
		note_shared(getting, path, "secret");
	secrets_release(&scratch);
	return rc;
}

static int get_file(struct getting *getting)
{
	return get_line(getting, getting->arg, true);
}

/* ---- credentials of systemd's */

static int place_credential(struct getting *getting)
{
	const char *name = getting->arg;

	if (*name != '\0' && strchr(name, '/') == NULL &&
	    strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
		return 1;
	return getting_refuse(getting,
			      "cred: is followed by what is no name of a "
			      "credential: write one, without a slash, or "
			      "literal: before a password that looks so");
}

/* systemd gives a service its own copy, by an ACL that looks like a group's. */
static int get_credential(struct getting *getting)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	char *path;
	int rc;

	if (dir == NULL || *dir == '\0')
		return getting_refuse(getting,
				      "cred: needs $CREDENTIALS_DIRECTORY, "
				      "which is not set: start netfan as a "
				      "service with LoadCredential=");
	if (asprintf(&path, "%s/%s", dir, getting->arg) == -1)
		return getting_no_memory(getting);
	rc = get_line(getting, path, false);
	free(path);
	return rc;
}

/* ---- commands */

/* Whoever may write the file would run commands as us. That another may replace
 * it does not matter: the file would be that one's. */
static int place_command(struct getting *getting)
{
	const char *path = getting->use->path;
	char shown[SHOWN];

	if (*getting->arg == '\0')
		return getting_refuse(getting,
				      "command: is followed by none: write "
				      "one, or literal: before a password that "
				      "looks so");
	if (!getting->use->exposed)
		return 1;
	return getting_refuse(getting,
			      "command: stands in a file that others may "
			      "write: chmod go-w %s, or have its owner be you",
			      show(shown, path != NULL ? path : ""));
}

static int get_command(struct getting *getting)
{
	struct secrets scratch = {.newest = NULL};
	struct command_output output;
	char why[COMMAND_WHY_MAX];
	const struct secret_sources *sources = getting->sources;
	const struct command_patience patience = {
		.limit_ms = sources->command_ms != 0 ? sources->command_ms
						     : COMMAND_MS,
		.interrupted = sources->interrupted,
		.arg = sources->arg};
	int rc = command_run(getting->arg, &patience, &scratch, &output, why,
			     getting->err);

	if (rc == 1)
		rc = keep_line(getting,
			       "the first line that the command prints",
			       output.text, output.len);
	else if (rc == 0)
		(void)getting_refuse(getting,
				     "the command %s: try it in a shell", why);
	secrets_release(&scratch);
	return rc;
}

/* ---- a person */

static int place_label(struct getting *getting)
{
	const char *key = getting->use->key;

	for (const char *at = getting->arg; *at != '\0'; at++) {
		/* C1 as well, in UTF-8. */
		if ((unsigned char)*at < 0x20 || *at == 0x7f ||
		    (*at == '\xc2' && (unsigned char)at[1] < 0xa0))
			return getting_refuse(getting,
					      "the label behind ask: has a "
					      "control character in it: write "
					      "it without");
	}
	if (*getting->arg != '\0')
		return 1;
	free(getting->arg);
	getting->arg = strdup(key != NULL ? key : "password");
	return getting->arg != NULL ? 1 : getting_no_memory(getting);
}

static int get_typed(struct getting *getting)
{
	const struct secret_sources *sources = getting->sources;
	char line[SECRET_ASKED_MAX];
	int rc = -1;

	if (sources->ask != NULL)
		rc = sources->ask(sources->arg, getting->arg, line);
	if (rc == 1)
		rc = keep(getting, "what was typed", line, strlen(line));
	else if (rc == -1 && sources->interrupted != NULL &&
		 sources->interrupted(sources->arg))
		rc = error_set(getting->err, NF_CANCELLED,
			       "interrupted while a password was asked for");
	else if (rc == 0)
		(void)getting_refuse(getting, "nothing was typed for it: type "
					      "it when it is asked for");
	else
		rc = getting_refuse(getting,
				    "there is no terminal to ask for it at: "
				    "give it by env:, file: or command:");
	explicit_bzero(line, sizeof(line));
	return rc;
}

/* ---- netrc */

static int place_netrc(struct getting *getting)
{
	const char *path = getenv("NETRC");

	if (*getting->arg != '\0')
		return take_path(getting, place_path(getting, getting->arg));
	if (path != NULL && *path != '\0')
		return take_path(getting, home_expand(path));
	return take_path(getting, home_path(".netrc"));
}

static int parse_netrc(const struct getting *getting, struct secret_file *file)
{
	struct netrc *netrc = calloc(1, sizeof(*netrc));

	getting->cached->netrc = netrc;
	if (netrc == NULL || netrc_parse(netrc, file->text) == -1)
		return getting_no_memory(getting);
	if (file->shared)
		note_shared(getting, getting->arg, "passwords");
	return 1;
}

static int get_netrc(struct getting *getting)
{
	struct secret_file file;
	char shown[SHOWN];

	switch (secret_file_read(&file, getting->sources->arena, getting->arg,
				 NETRC_MAX)) {
	case 1:
		break;
	case 0:
		return refuse_file(getting, getting->arg);
	default:
		return getting_no_memory(getting);
	}
	if (!file.whole)
		return getting_refuse(getting,
				      "%s is larger than %zu MiB: write those "
				      "of these devices to a file of their own",
				      show(shown, getting->arg),
				      NETRC_MAX / 1024 / 1024);
	return parse_netrc(getting, &file);
}

static int refuse_device(const struct getting *getting)
{
	const struct secret_use *use = getting->use;
	const char *host = use->host != NULL ? use->host : use->name;
	char path[SHOWN], machine[SHOWN], user[SHOWN];

	return getting_refuse(
		getting,
		"%s has no password for %s%s%s: add it there: machine, login, "
		"password",
		show(path, getting->arg),
		show(machine, host != NULL ? host : "it"),
		use->user != NULL ? " and user " : "",
		show(user, use->user != NULL ? use->user : ""));
}

int getting_choose(const struct getting *getting, const struct netrc *netrc,
		   struct secret *secret)
{
	const struct secret_use *use = getting->use;
	const char *const machines[] = {use->host, use->name, ""};
	const struct netrc_entry *entry = NULL;
	char path[SHOWN], what[SHOWN + 32];

	for (size_t i = 0; entry == NULL && i < 3; i++) {
		if (machines[i] != NULL)
			entry = netrc_find(netrc, machines[i], use->user);
	}
	if (entry == NULL)
		return refuse_device(getting);
	(void)snprintf(what, sizeof(what), "its password in %s",
		       show(path, getting->arg));
	*secret = (struct secret){entry->password, entry->login};
	return getting_check(getting, what, entry->password,
			     strlen(entry->password));
}

/* ---- all of them */

const struct getter getters[NGETTERS] = {
	{"${", "}", false, place_variable, get_variable},
	{"env:", "", false, place_variable, get_variable},
	{"file:", "", false, place_file, get_file},
	{"command:", "", true, place_command, get_command},
	{"ask:", "", true, place_label, get_typed},
	{"netrc:", "", false, place_netrc, get_netrc},
	{"cred:", "", false, place_credential, get_credential},
};

bool getter_is_variable(const struct getter *getter)
{
	return getter->get == get_variable;
}
