/* Pushing the record: the one call that sees the user's configuration. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/printable.h"
#include "store/git/git_parts.h"

#define LIMIT_MS 60000

/*
 * What git, ssh and the helpers that give them credentials need of the user's
 * environment. All else stays here: it may hold passwords of devices. GIT_DIR
 * and the like would lead git elsewhere, GIT_ALLOW_PROTOCOL allows ext.
 */
static const char *const passed[] = {
	"PATH",
	"HOME",
	"USER",
	"LOGNAME",
	"SHELL",
	"TMPDIR",
	"XDG_CONFIG_HOME",
	"XDG_RUNTIME_DIR",
	"DBUS_SESSION_BUS_ADDRESS",
	"CREDENTIALS_DIRECTORY",
	"GNUPGHOME",
	"KRB5CCNAME",
	"SSH_AUTH_SOCK",
	"GIT_SSH",
	"GIT_SSH_COMMAND",
	"GIT_SSH_VARIANT",
	"GIT_ASKPASS",
	"GIT_CONFIG_GLOBAL",
	"GIT_CONFIG_SYSTEM",
	"GIT_CONFIG_NOSYSTEM",
	"GIT_SSL_CAINFO",
	"SSL_CERT_FILE",
	"SSL_CERT_DIR",
	"http_proxy",
	"https_proxy",
	"HTTPS_PROXY",
	"all_proxy",
	"ALL_PROXY",
	"no_proxy",
	"NO_PROXY",
};

#define NPASSED (sizeof(passed) / sizeof(passed[0]))

/* Beside those: which repository, and that nobody is there to be asked. */
static const char *const own[] = {"GIT_DIR", "GIT_WORK_TREE",
				  "GIT_TERMINAL_PROMPT", "LC_ALL"};

#define NOWN (sizeof(own) / sizeof(own[0]))

struct user_env {
	const char *list[NPASSED + NOWN + 1];
	char *made[NPASSED];
};

static const char *find_own(const struct git *git, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; git->env[i] != NULL; i++)
		if (strncmp(git->env[i], name, len) == 0 &&
		    git->env[i][len] == '=')
			return git->env[i];
	return NULL;
}

static int fill_env(struct user_env *env, const struct git *git)
{
	size_t n = 0, nmade = 0;

	for (size_t i = 0; i < NPASSED; i++) {
		const char *value = getenv(passed[i]);

		if (value == NULL)
			continue;
		if (asprintf(&env->made[nmade], "%s=%s", passed[i], value) ==
		    -1) {
			env->made[nmade] = NULL;
			return -1;
		}
		env->list[n++] = env->made[nmade++];
	}
	for (size_t i = 0; i < NOWN; i++) {
		env->list[n] = find_own(git, own[i]);
		n += env->list[n] != NULL;
	}
	return 0;
}

static void free_env(struct user_env *env)
{
	for (size_t i = 0; i < NPASSED; i++)
		free(env->made[i]);
}

static bool has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

/* What is wrong with a remote; NULL: nothing. */
static const char *find_fault(const char *remote)
{
	if (remote[0] == '\0')
		return "it is empty";
	if (remote[0] == '-')
		return "git would take it for an option";
	if (strncmp(remote, "ext::", 5) == 0)
		return "git would run it as a command";
	return has_control(remote) ? "it has control characters" : NULL;
}

int git_check_remote(const char *remote, struct nf_error *err)
{
	const char *fault = find_fault(remote);
	char shown[128];

	if (fault == NULL)
		return 0;
	printable_copy(shown, sizeof(shown), (const uint8_t *)remote,
		       strlen(remote));
	return error_set(err, NF_INVALID,
			 "'%s' is no remote to push to, as %s: give the name "
			 "of one that the repository has, or an address as "
			 "ssh://HOST/PATH",
			 shown, fault);
}

/* By its full name, without "+": to the same branch, and never forced. */
int git_push(struct git *git, const char *remote, struct nf_error *err)
{
	char ref[GIT_REF], refspec[2 * GIT_REF];
	struct user_env env = {0};
	const struct git_call call = {
		.args = {"push", "-q", "--", remote, refspec},
		.env = env.list,
		.limit_ms = LIMIT_MS,
	};
	int rc = -1;

	if (git_check_remote(remote, err) == -1 ||
	    git_branch(git, ref, err) == -1)
		return -1;
	(void)snprintf(refspec, sizeof(refspec), "%s:%s", ref, ref);
	if (fill_env(&env, git) == -1)
		(void)error_sys(err, NF_SYSTEM, "no memory to push");
	else if (git_run(git, &call, err) == 0)
		rc = 0;
	free_env(&env);
	return rc;
}
