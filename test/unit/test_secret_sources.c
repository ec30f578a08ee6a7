/* lib/secrets/source.c and what it takes secrets from. */
#include "secrets/source.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/place.h"
#include "unit/unit.h"

/* Sources, and what they said. */
struct trial {
	struct place place;
	struct secrets arena;
	struct secret_sources sources;
	struct secret_use use;
	struct secret secret;
	struct nf_log log;
	char noted[512]; /* the last note */
	unsigned nnoted;
	char label[128]; /* that was asked for last */
	unsigned nasked;
	const char *typed; /* NULL: there is nobody */
	struct nf_error err;
};

static void note(void *arg, const char *text)
{
	struct trial *trial = arg;

	(void)snprintf(trial->noted, sizeof(trial->noted), "%s", text);
	trial->nnoted++;
}

static int ask(void *arg, const char *label, char line[SECRET_ASKED_MAX])
{
	struct trial *trial = arg;

	(void)snprintf(trial->label, sizeof(trial->label), "%s", label);
	trial->nasked++;
	if (trial->typed == NULL)
		return -1;
	(void)snprintf(line, SECRET_ASKED_MAX, "%s", trial->typed);
	return trial->typed[0] != '\0';
}

static struct trial *begin(void)
{
	struct trial *trial = calloc(1, sizeof(*trial));

	assert_non_null(trial);
	trial->place = place_make();
	trial->log = (struct nf_log){.line = note, .arg = trial};
	trial->sources = (struct secret_sources){.arena = &trial->arena,
						 .log = &trial->log,
						 .ask = ask,
						 .arg = trial};
	trial->use = (struct secret_use){.path = trial->place.file,
					 .key = "password",
					 .host = "127.1.2.3",
					 .name = "R1"};
	(void)umask(077);
	return trial;
}

static void end(struct trial *trial)
{
	secret_sources_release(&trial->sources);
	secrets_release(&trial->arena);
	(void)unlink(trial->place.file);
	place_remove(&trial->place);
	free(trial);
}

static int resolve(struct trial *trial, const char *text)
{
	trial->secret = (struct secret){.value = NULL};
	unit_where(text);
	return secret_resolve(&trial->sources, text, &trial->use,
			      &trial->secret, &trial->err);
}

static void expect(struct trial *trial, const char *text, const char *value)
{
	if (resolve(trial, text) != 1)
		fail_msg("%s: %s", text, trial->sources.why);
	assert_string_equal(trial->secret.value, value);
}

static void expect_why(struct trial *trial, const char *text, const char *why)
{
	assert_int_equal(resolve(trial, text), 0);
	if (strstr(trial->sources.why, why) == NULL)
		fail_msg("%s: '%s' is not in: %s", text, why,
			 trial->sources.why);
}

/* The file of the place, which then has this text. */
static const char *put(struct trial *trial, const char *text)
{
	place_put(trial->place.file, text);
	return trial->place.file;
}

static const char *with_path(const char *mark, const char *path)
{
	static char text[256];

	(void)snprintf(text, sizeof(text), "%s%s", mark, path);
	return text;
}

/* ---- texts */

static void test_a_text_is_its_own_secret(void **state)
{
	static const char *const texts[] = {
		"",          "cisco",      "a:b",      "ENV:X",    "environ",
		"env",       "x${HOME}",   "${HOME}x", "${}",      "${a b}",
		"${1A}",     "${A:-b}",    "$HOME",    "$(HOME)",  "${HOME",
		" env:HOME", "Literal:ab", "files:/x", "literal",  "cred",
		"commands:", "vault:x",    "{{ x }}",  "${HOME} ",
	};
	struct trial *trial = begin();

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		assert_false(secret_is_reference(texts[i]));
		expect(trial, texts[i], texts[i]);
		assert_ptr_equal(trial->secret.value, texts[i]);
	}
	assert_false(secret_is_reference(NULL));
	end(trial);
}

static void test_a_literal_is_what_stands_behind_it(void **state)
{
	struct trial *trial = begin();

	(void)state;
	assert_true(secret_is_reference("literal:"));
	expect(trial, "literal:env:HOME", "env:HOME");
	expect(trial, "literal: x ", " x ");
	expect(trial, "literal:", "");
	expect(trial, "literal:${HOME}", "${HOME}");
	end(trial);
}

/* ---- environment variables */

static void test_a_variable_is_read_in_both_forms(void **state)
{
	struct trial *trial = begin();

	(void)state;
	assert_int_equal(setenv("DV_pw1", "se cret", 1), 0);
	assert_true(secret_is_reference("env:DV_pw1"));
	assert_true(secret_is_reference("${DV_pw1}"));
	expect(trial, "env:DV_pw1", "se cret");
	expect(trial, "${DV_pw1}", "se cret");
	expect(trial, "env: DV_pw1 ", "se cret");
	assert_string_equal(getenv("DV_pw1"), "se cret");
	end(trial);
}

static void test_a_variable_that_is_of_no_use_is_told(void **state)
{
	struct trial *trial = begin();

	(void)state;
	(void)unsetenv("DV_NONE");
	assert_int_equal(setenv("DV_EMPTY", "", 1), 0);
	assert_int_equal(setenv("DV_LINES", "one\ntwo", 1), 0);
	expect_why(trial, "env:DV_NONE",
		   "environment variable DV_NONE is not set: set it, or write "
		   "literal: before a password that looks so");
	expect_why(trial, "${DV_NONE}", "DV_NONE is not set");
	expect_why(trial, "env:DV_EMPTY", "DV_EMPTY is empty: ");
	expect_why(trial, "env:DV_LINES", "DV_LINES has a line break in it: ");
	assert_null(strstr(trial->sources.why, "two"));
	expect_why(trial, "env:", "env: is followed by what is no name");
	expect_why(trial, "env:hun ter2",
		   "env: is followed by what is no name");
	assert_null(strstr(trial->sources.why, "ter2"));
	end(trial);
}

/* What /proc shows of our environment's variable; it may be anywhere in it. */
static bool environment_shows(const char *text)
{
	static char bytes[1 << 20];
	FILE *file = fopen("/proc/self/environ", "re");
	size_t len;

	assert_non_null(file);
	len = fread(bytes, 1, sizeof(bytes), file);
	(void)fclose(file);
	return memmem(bytes, len, text, strlen(text)) != NULL;
}

#define BEGAN "NETFAN_TEST_BEGAN"

/* Run a test again, with the variable from its program's beginning. */
static void run_again(const char *name)
{
	char *argv[] = {(char *)(uintptr_t) "/proc/self/exe",
			(char *)(uintptr_t)name, NULL};
	int status = -1;
	pid_t pid;

	assert_int_equal(setenv(BEGAN, "1", 1), 0);
	assert_int_equal(setenv("DV_PW", "dv-hidden", 1), 0);
	pid = fork();
	if (pid == 0) {
		(void)execv(argv[0], argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(unsetenv(BEGAN), 0);
	assert_int_equal(unsetenv("DV_PW"), 0);
}

static void test_a_variable_is_taken_out_of_an_own_environment(void **state)
{
	struct trial *trial;

	(void)state;
	if (getenv(BEGAN) == NULL) {
		run_again(__func__);
		return;
	}
	trial = begin();
	assert_true(environment_shows("DV_PW=dv-hidden"));
	trial->sources.own_environment = true;
	expect(trial, "env:DV_PW", "dv-hidden");
	assert_false(environment_shows("dv-hidden"));
	assert_null(getenv("DV_PW"));
	expect(trial, "${DV_PW}", "dv-hidden");
	expect(trial, "command:echo \"$DV_PW-\"", "-");
	end(trial);
}

static void test_what_is_no_secret_stays_in_the_environment(void **state)
{
	struct trial *trial = begin();

	(void)state;
	assert_int_equal(setenv("HOME", "/nowhere", 1), 0);
	trial->sources.own_environment = true;
	expect(trial, "env:HOME", "/nowhere");
	assert_string_equal(getenv("HOME"), "/nowhere");
	end(trial);
}

static void test_no_command_has_a_variable_that_was_announced(void **state)
{
	struct trial *trial = begin();

	(void)state;
	assert_int_equal(setenv("DV_PW", "dv-hidden", 1), 0);
	trial->sources.own_environment = true;
	assert_int_equal(secret_expect(&trial->sources, NULL, NULL), 0);
	assert_int_equal(secret_expect(&trial->sources, "text", NULL), 0);
	assert_int_equal(secret_expect(&trial->sources, "ask:", NULL), 0);
	assert_int_equal(secret_expect(&trial->sources, "env:DV_NO", NULL), 0);
	assert_int_equal(secret_expect(&trial->sources, "${DV_PW}", NULL), 0);
	expect(trial, "command:echo \"<$DV_PW>\"", "<>");
	expect(trial, "env:DV_PW", "dv-hidden");
	assert_int_equal(trial->nasked, 0);
	end(trial);
}

/* ---- files */

static void test_a_file_gives_its_first_line(void **state)
{
	static const struct {
		const char *text, *value;
	} cases[] = {
		{"dv-1\n", "dv-1"},       {"dv-1", "dv-1"},
		{"dv-1\nmore\n", "dv-1"}, {"dv-1\r\nmore", "dv-1"},
		{" dv 1 \n", " dv 1 "},   {"env:HOME\n", "env:HOME"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct trial *trial = begin();
		const char *path = put(trial, cases[i].text);

		expect(trial, with_path("file:", path), cases[i].value);
		assert_int_equal(trial->nnoted, 0);
		end(trial);
	}
}

static void test_a_path_is_found_from_the_inventory_or_home(void **state)
{
	struct trial *trial = begin();
	const char *name = strrchr(put(trial, "dv-1\n"), '/') + 1;
	char inventory[128];

	(void)state;
	(void)snprintf(inventory, sizeof(inventory), "%s/inventory.yaml",
		       trial->place.dir);
	trial->use.path = inventory;
	expect(trial, with_path("file:", name), "dv-1");
	assert_int_equal(chdir(trial->place.dir), 0);
	trial->use.path = "inventory.yaml";
	expect(trial, with_path("file: ", name), "dv-1");
	trial->use.path = NULL;
	expect(trial, with_path("file:./", name), "dv-1");
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(setenv("HOME", trial->place.dir, 1), 0);
	expect(trial, with_path("file:~/", name), "dv-1");
	end(trial);
}

static void test_a_file_that_is_of_no_use_is_told(void **state)
{
	struct trial *trial = begin();
	const char *path = trial->place.file;
	char *large = malloc(70000);

	(void)state;
	expect_why(trial, "file:", "file: is followed by no path");
	expect_why(trial, "file:/nonexistent/pw",
		   "/nonexistent/pw cannot be read: No such file or "
		   "directory: check the path and its permissions");
	expect_why(trial, "file:/", "/ cannot be read: Is a directory");
	expect_why(trial, "file:/dev/zero", "/dev/zero is no file of its own");
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_why(trial, with_path("file:", path), "is no file of its own");
	assert_int_equal(unlink(path), 0);
	secret_sources_release(&trial->sources);
	(void)put(trial, "\ndv-1\n");
	expect_why(trial, with_path("file:", path), "is empty: ");
	secret_sources_release(&trial->sources);
	(void)put(trial, "dv-1\rx\n");
	expect_why(trial, with_path("file:", path), "has a line break in it");
	secret_sources_release(&trial->sources);
	assert_non_null(large);
	memset(large, 'x', 70000);
	large[69999] = '\0';
	(void)put(trial, large);
	expect_why(trial, with_path("file:", path), "is longer than 64 KiB");
	secret_sources_release(&trial->sources);
	large[10] = '\n';
	(void)put(trial, large);
	expect(trial, with_path("file:", path), "xxxxxxxxxx");
	free(large);
	end(trial);
}

static void test_a_file_that_others_may_read_is_noted_once(void **state)
{
	struct trial *trial = begin();
	const char *path = put(trial, "dv-1\n");

	(void)state;
	assert_int_equal(chmod(path, 0640), 0);
	expect(trial, with_path("file:", path), "dv-1");
	expect(trial, with_path("file:", path), "dv-1");
	assert_int_equal(trial->nnoted, 1);
	assert_non_null(strstr(trial->noted, path));
	assert_non_null(strstr(trial->noted, "others may read the secret in "
					     "it: chmod 600"));
	trial->sources.log = NULL;
	secret_sources_release(&trial->sources);
	expect(trial, with_path("file:", path), "dv-1");
	end(trial);
}

static void test_a_credential_of_systemd_is_a_file(void **state)
{
	struct trial *trial = begin();
	const char *name = strrchr(put(trial, "dv-1\n"), '/') + 1;

	(void)state;
	(void)unsetenv("CREDENTIALS_DIRECTORY");
	expect_why(trial, "cred:pw", "cred: needs $CREDENTIALS_DIRECTORY");
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", trial->place.dir, 1),
			 0);
	assert_int_equal(chmod(trial->place.file, 0440), 0);
	expect(trial, with_path("cred:", name), "dv-1");
	assert_int_equal(trial->nnoted, 0);
	expect_why(trial, "cred:none", "/none cannot be read: ");
	expect_why(trial, "cred:", "cred: is followed by what is no name");
	expect_why(trial, "cred:..", "cred: is followed by what is no name");
	expect_why(trial, "cred:../x", "cred: is followed by what is no name");
	expect_why(trial, "cred:/etc/x", "cred: is followed by what is no");
	end(trial);
}

/* ---- commands */

static void test_a_command_gives_the_first_line_it_prints(void **state)
{
	struct trial *trial = begin();

	(void)state;
	expect(trial, "command:printf 'dv 1\\nmore\\n'", "dv 1");
	expect(trial, "command: printf dv-2", "dv-2");
	expect(trial, "command:echo dv-3; echo noise >&2", "dv-3");
	expect(trial, "command:cat; echo \"dv-4$?\"", "dv-40");
	expect(trial, "command:echo env:HOME", "env:HOME");
	end(trial);
}

static void test_a_command_runs_once(void **state)
{
	struct trial *trial = begin();
	char command[256];
	struct stat st;

	(void)state;
	(void)snprintf(command, sizeof(command),
		       "command:printf x >>%s; echo dv-1", trial->place.file);
	for (int i = 0; i < 3; i++)
		expect(trial, command, "dv-1");
	assert_int_equal(stat(trial->place.file, &st), 0);
	assert_int_equal(st.st_size, 1);
	(void)snprintf(command, sizeof(command), "command:printf x >>%s; false",
		       trial->place.file);
	for (int i = 0; i < 3; i++)
		expect_why(trial, command, "ends with status 1");
	assert_int_equal(stat(trial->place.file, &st), 0);
	assert_int_equal(st.st_size, 2);
	end(trial);
}

static void test_a_command_that_fails_is_told_without_its_output(void **state)
{
	struct trial *trial = begin();

	(void)state;
	expect_why(trial,
		   "command:echo dv-hidden; echo 'no \033key' >&2; exit 3",
		   "the command ends with status 3: no \\x1bkey: try it in a "
		   "shell");
	expect_why(trial, "command:false",
		   "the command ends with status 1: try it in a shell");
	expect_why(trial,
		   "command:echo dv-hidden; echo 'a dv-hidden' >&2; "
		   "exit 1",
		   "status 1, and says why with its output in it");
	expect_why(trial,
		   "command:echo; echo dv-hidden-long-as-it-is; "
		   "printf '%0100d dv-hidden-long' 0 >&2; exit 1",
		   "and says why with its output in it");
	assert_null(strstr(trial->sources.why, "hidden"));
	expect_why(trial, "command:set -x; : dv-hidden; echo dv-hidden; false",
		   "and says why with its output in it");
	expect_why(trial, "command:echo dv-hidden; kill -9 $$",
		   "the command has failed: /bin/sh was ended by signal 9");
	expect_why(trial, "command:true", "prints is empty: ");
	expect_why(trial, "command:echo", "prints is empty: ");
	expect_why(trial, "command:printf 'a\\000b'", "has a NUL in it");
	expect_why(trial, "command:yes", "prints more than 64 KiB");
	expect_why(trial, "command: ", "command: is followed by none");
	end(trial);
}

static void test_a_command_that_hangs_is_killed_with_its_group(void **state)
{
	struct trial *trial = begin();
	char command[256], text[32] = "";
	FILE *file;
	pid_t pid;

	(void)state;
	trial->sources.command_ms = 300;
	(void)snprintf(command, sizeof(command),
		       "command:echo dv-hidden; sleep 1000 & echo $! >%s; "
		       "sleep 1001",
		       trial->place.file);
	expect_why(trial, command, "the command does not end within 0 s: ");
	assert_null(strstr(trial->sources.why, "hidden"));
	file = fopen(trial->place.file, "re");
	if (file != NULL && fgets(text, sizeof(text), file) != NULL) {
		pid = (pid_t)strtol(text, NULL, 10);
		/* It may not be reaped yet by who reaps orphans. */
		(void)snprintf(command, sizeof(command),
			       "command:! grep -q 'sleep' /proc/%d/cmdline "
			       "2>/dev/null && echo gone",
			       (int)pid);
		trial->sources.command_ms = 0;
		expect(trial, command, "gone");
	}
	if (file != NULL)
		(void)fclose(file);
	end(trial);
}

static void test_a_command_that_others_may_write_is_refused(void **state)
{
	struct trial *trial = begin();
	char command[256];

	(void)state;
	(void)snprintf(command, sizeof(command), "command:echo >%s; echo a",
		       trial->place.file);
	trial->use.exposed = true;
	trial->use.path = "/net/inventory.yaml";
	expect_why(trial, command,
		   "command: stands in a file that others may write: chmod "
		   "go-w /net/inventory.yaml, or have its owner be you");
	assert_int_equal(access(trial->place.file, F_OK), -1);
	/* Also one that ran for a file that they may not write. */
	trial->use.exposed = false;
	expect(trial, command, "a");
	trial->use.exposed = true;
	expect_why(trial, command, "others may write");
	end(trial);
}

/* ---- a person */

static void test_a_person_is_asked_once_for_a_label(void **state)
{
	struct trial *trial = begin();

	(void)state;
	trial->typed = "dv-1";
	expect(trial, "ask:core", "dv-1");
	assert_string_equal(trial->label, "core");
	trial->typed = "dv-2";
	expect(trial, "ask: core ", "dv-1");
	assert_int_equal(trial->nasked, 1);
	expect(trial, "ask:edge", "dv-2");
	trial->typed = "dv-3";
	expect(trial, "ask:", "dv-3");
	assert_string_equal(trial->label, "password");
	trial->use.key = "secret";
	trial->typed = "dv-4";
	expect(trial, "ask:", "dv-4");
	assert_string_equal(trial->label, "secret");
	assert_int_equal(trial->nasked, 4);
	end(trial);
}

static void test_that_nobody_answers_is_told(void **state)
{
	struct trial *trial = begin();

	(void)state;
	expect_why(trial, "ask:core", "there is no terminal to ask for it at");
	expect_why(trial, "ask:core", "there is no terminal to ask for it at");
	assert_int_equal(trial->nasked, 1);
	trial->typed = "";
	expect_why(trial, "ask:edge", "nothing was typed for it");
	trial->sources.ask = NULL;
	expect_why(trial, "ask:", "there is no terminal to ask for it at");
	expect_why(trial, "ask:a\tb", "has a control character in it");
	expect_why(trial, "ask:a\xc2\x9b", "has a control character in it");
	expect_why(trial, "ask:caf\xc3\xa9", "there is no terminal");
	end(trial);
}

/* ---- trials */

static bool interrupt(void *arg)
{
	(void)arg;
	return true;
}

static void test_a_trial_runs_nothing_and_asks_nobody(void **state)
{
	struct trial *trial = begin();
	char command[256];

	(void)state;
	(void)unsetenv("DV_NONE");
	assert_int_equal(setenv("DV_PW", "dv-1", 1), 0);
	(void)snprintf(command, sizeof(command), "command:echo a | tee %s",
		       trial->place.file);
	trial->sources.trial = true;
	expect(trial, command, "");
	expect(trial, "ask:core", "");
	expect(trial, "env:DV_PW", "dv-1");
	expect_why(trial, "env:DV_NONE", "is not set");
	assert_int_equal(access(trial->place.file, F_OK), -1);
	assert_int_equal(trial->nasked, 0);
	trial->use.exposed = true;
	expect_why(trial, command, "others may write");
	trial->use.exposed = trial->sources.trial = false;
	expect(trial, command, "a");
	end(trial);
}

static void test_a_command_can_be_interrupted(void **state)
{
	struct trial *trial = begin();

	(void)state;
	trial->sources.interrupted = interrupt;
	assert_int_equal(resolve(trial, "command:sleep 1000"), -1);
	assert_int_equal(trial->err.code, NF_CANCELLED);
	end(trial);
}

/* ---- netrc */

static void test_netrc_has_passwords_by_host_then_name(void **state)
{
	struct trial *trial = begin();
	const char *path = put(trial, "default login d password dv-0\n"
				      "machine R1 login n password dv-n\n"
				      "machine r2 login u password dv-u\n"
				      "machine r2 login v password dv-v\n"
				      "machine 127.1.2.3 password dv-h\n");
	char mark[256];

	(void)state;
	(void)snprintf(mark, sizeof(mark), "netrc:%s", path);
	expect(trial, mark, "dv-h");
	assert_null(trial->secret.login);
	trial->use.host = "127.1.2.4";
	expect(trial, mark, "dv-n");
	assert_string_equal(trial->secret.login, "n");
	trial->use.name = "R2";
	expect(trial, mark, "dv-u");
	trial->use.user = "v";
	expect(trial, mark, "dv-v");
	trial->use.user = "d";
	expect(trial, mark, "dv-0");
	trial->use.user = "nobody";
	expect_why(trial, mark,
		   "has no password for 127.1.2.4 and user nobody: add it "
		   "there: machine, login, password");
	trial->use.host = trial->use.name = trial->use.user = NULL;
	expect(trial, mark, "dv-0");
	assert_int_equal(trial->nnoted, 0);
	end(trial);
}

static void test_netrc_is_where_other_tools_look(void **state)
{
	struct trial *trial = begin();
	char path[128];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/.netrc", trial->place.dir);
	assert_int_equal(setenv("HOME", trial->place.dir, 1), 0);
	(void)unsetenv("NETRC");
	expect_why(trial, "netrc:", "/.netrc cannot be read: No such file");
	secret_sources_release(&trial->sources);
	place_put(path, "machine R1 password dv-home");
	expect(trial, "netrc:", "dv-home");
	place_put(trial->place.file, "machine R1 password dv-own");
	assert_int_equal(chmod(trial->place.file, 0644), 0);
	assert_int_equal(setenv("NETRC", trial->place.file, 1), 0);
	expect(trial, "netrc: ", "dv-own");
	assert_non_null(strstr(trial->noted, "others may read the passwords "
					     "in it: chmod 600"));
	assert_int_equal(setenv("NETRC", "", 1), 0);
	expect(trial, "netrc:", "dv-home");
	assert_int_equal(trial->nnoted, 1);
	assert_int_equal(unlink(path), 0);
	end(trial);
}

static void test_an_odd_password_of_netrc_is_told(void **state)
{
	struct trial *trial = begin();
	const char *path = put(trial, "machine R1 password \"\"\n"
				      "machine R2 password \"a\rb\"\n");
	char mark[256];

	(void)state;
	(void)snprintf(mark, sizeof(mark), "netrc:%s", path);
	expect_why(trial, mark, "its password in /");
	expect_why(trial, mark, "is empty: ");
	trial->use.name = "R2";
	expect_why(trial, mark, "has a line break in it");
	end(trial);
}

/* ---- where they are */

static void test_secrets_lie_in_the_arena_alone(void **state)
{
	struct trial *trial = begin();
	const char *one, *two;

	(void)state;
	expect(trial, "command:echo dv-1", "dv-1");
	one = trial->secret.value;
	expect(trial, "command:echo dv-1", "dv-1");
	assert_ptr_equal(trial->secret.value, one);
	two = secrets_add(&trial->arena, "next");
	assert_true(two > one && two - one < 64);
	end(trial);
}

static void test_many_references_are_found_again(void **state)
{
	enum { MANY = 3000 };
	struct trial *trial = begin();
	char name[32], text[48], value[32];

	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		for (int i = 0; i < MANY; i++) {
			(void)snprintf(name, sizeof(name), "DV_%d", i);
			(void)snprintf(text, sizeof(text), "env:%s", name);
			(void)snprintf(value, sizeof(value), "dv-%d", i);
			assert_int_equal(setenv(name, value, 1), 0);
			expect(trial, text, value);
			assert_int_equal(unsetenv(name), 0);
		}
	}
	assert_int_equal(trial->sources.cache.used, MANY);
	end(trial);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_a_text_is_its_own_secret),
	cmocka_unit_test(test_a_literal_is_what_stands_behind_it),
	cmocka_unit_test(test_a_variable_is_read_in_both_forms),
	cmocka_unit_test(test_a_variable_that_is_of_no_use_is_told),
	cmocka_unit_test(test_a_variable_is_taken_out_of_an_own_environment),
	cmocka_unit_test(test_what_is_no_secret_stays_in_the_environment),
	cmocka_unit_test(test_no_command_has_a_variable_that_was_announced),
	cmocka_unit_test(test_a_file_gives_its_first_line),
	cmocka_unit_test(test_a_path_is_found_from_the_inventory_or_home),
	cmocka_unit_test(test_a_file_that_is_of_no_use_is_told),
	cmocka_unit_test(test_a_file_that_others_may_read_is_noted_once),
	cmocka_unit_test(test_a_credential_of_systemd_is_a_file),
	cmocka_unit_test(test_a_command_gives_the_first_line_it_prints),
	cmocka_unit_test(test_a_command_runs_once),
	cmocka_unit_test(test_a_command_that_fails_is_told_without_its_output),
	cmocka_unit_test(test_a_command_that_hangs_is_killed_with_its_group),
	cmocka_unit_test(test_a_command_that_others_may_write_is_refused),
	cmocka_unit_test(test_a_person_is_asked_once_for_a_label),
	cmocka_unit_test(test_that_nobody_answers_is_told),
	cmocka_unit_test(test_a_trial_runs_nothing_and_asks_nobody),
	cmocka_unit_test(test_a_command_can_be_interrupted),
	cmocka_unit_test(test_netrc_has_passwords_by_host_then_name),
	cmocka_unit_test(test_netrc_is_where_other_tools_look),
	cmocka_unit_test(test_an_odd_password_of_netrc_is_told),
	cmocka_unit_test(test_secrets_lie_in_the_arena_alone),
	cmocka_unit_test(test_many_references_are_found_again),
};

UNIT_MAIN(tests)
