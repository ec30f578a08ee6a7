/* The record of a store in git: how the program is called, and its repository. */
#include "store/git.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "base/file.h"
#include "store/git/git_parts.h"

#define NICE 10
#define CALLS_MAX 8 /* at a time */
#define EXCLUDE ".netfan/"

/*
 * What no configuration of the repository, which is the user's, may change: it
 * runs no program of his, converts no bytes, and leaves nothing in the
 * background. That a reference is synced is new with git 2.36; an older one
 * passes over it.
 */
static const char *const settings[] = {
	"git",
	"-c",
	"core.hooksPath=/dev/null",
	"-c",
	"core.attributesFile=/dev/null",
	"-c",
	"core.autocrlf=false",
	"-c",
	"core.fsmonitor=false",
	"-c",
	"core.splitIndex=false",
	"-c",
	"core.fsync=reference",
	"-c",
	"commit.gpgSign=false",
	"-c",
	"gc.auto=0",
	"-c",
	"pack.threads=1",
	"-c",
	"protocol.ext.allow=never",
	"-c",
	"init.defaultBranch=main",
};

#define NSETTINGS (sizeof(settings) / sizeof(settings[0]))

/* ---- calls */

/* A call while it runs. */
struct turn {
	const struct git_call *call;
	const char *argv[NSETTINGS + GIT_ARGS + 1];
	const char *env[GIT_ENV + 2]; /* and that of its index */
	char index_env[PATH_MAX];
	bool told; /* its input */
};

static int next_input(void *arg, const void **bytes, size_t *len)
{
	struct turn *turn = arg;

	*bytes = turn->call->input->data;
	*len = turn->told ? 0 : turn->call->input->len;
	turn->told = true;
	return 0;
}

static int take_output(void *arg, const uint8_t *bytes, size_t len)
{
	const struct turn *turn = arg;
	const struct git_call *call = turn->call;

	if (call->take != NULL)
		return call->take(call->arg, bytes, len);
	return buf_append(call->output, bytes, len);
}

static void fill_argv(struct turn *turn)
{
	size_t n = 0;

	for (size_t i = 0; i < NSETTINGS; i++)
		turn->argv[n++] = settings[i];
	for (size_t i = 0; turn->call->args[i] != NULL; i++)
		turn->argv[n++] = turn->call->args[i];
}

static void fill_env(struct turn *turn, const struct git *git)
{
	size_t n = 0;

	for (; git->env[n] != NULL; n++)
		turn->env[n] = git->env[n];
	if (turn->call->index == NULL)
		return;
	(void)snprintf(turn->index_env, sizeof(turn->index_env),
		       "GIT_INDEX_FILE=%s/.netfan/%s", git->folder->path,
		       turn->call->index);
	turn->env[n] = turn->index_env;
}

static struct program program_of(struct turn *turn, const struct git *git)
{
	const struct git_call *call = turn->call;
	bool taken = call->take != NULL || call->output != NULL;

	fill_argv(turn);
	fill_env(turn, git);
	return (struct program){
		.argv = turn->argv,
		.env = call->env != NULL ? call->env : turn->env,
		.dir_fd = git->folder->fd,
		.private_files = call->env == NULL,
		.nice = call->nice ? NICE : 0,
		.deadline_ms = call->limit_ms == 0
				       ? 0
				       : deadline_clock_ms() + call->limit_ms,
		.next_input = call->input != NULL ? next_input : NULL,
		.take_output = taken ? take_output : NULL,
		.arg = turn,
	};
}

static void judge(const struct git_call *call, const struct program_end *end,
		  struct nf_error *err)
{
	if (end->status != 0)
		(void)error_set(err, NF_SYSTEM, "git %s: %s", call->args[0],
				end->complaint[0] != '\0' ? end->complaint
							  : "it failed");
}

static int run(const struct git *git, const struct git_call *calls, size_t n,
	       struct program_end *ends, struct nf_error *err)
{
	struct turn *turns = calloc(n, sizeof(*turns));
	struct program programs[CALLS_MAX];
	int rc;

	if (turns == NULL)
		return error_sys(err, NF_SYSTEM, "no memory to run git");
	for (size_t i = 0; i < n; i++) {
		turns[i].call = &calls[i];
		programs[i] = program_of(&turns[i], git);
	}
	rc = programs_run(programs, n, ends, err);
	free(turns);
	return rc;
}

int git_run(const struct git *git, const struct git_call *call,
	    struct nf_error *err)
{
	struct program_end end = {0};

	if (run(git, call, 1, &end, err) == -1)
		return -1;
	judge(call, &end, err);
	return end.status;
}

int git_run_all(const struct git *git, const struct git_call *calls, size_t n,
		struct nf_error *err)
{
	struct program_end ends[CALLS_MAX] = {0};

	if (run(git, calls, n, ends, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		judge(&calls[i], &ends[i], err);
		if (ends[i].status != 0)
			return -1;
	}
	return 0;
}

int git_ask(const struct git *git, const struct git_call *call, char *out,
	    size_t size, struct nf_error *err)
{
	struct git_call own = *call;
	struct buf line;
	int status;

	buf_init(&line, size - 1);
	own.output = &line;
	status = git_run(git, &own, err);
	if (line.len > 0 && line.data[line.len - 1] == '\n')
		line.len--;
	if (line.len > 0)
		memcpy(out, line.data, line.len);
	out[line.len] = '\0';
	buf_release(&line);
	return status;
}

/* ---- the environment */

int git_env_add(char *env[GIT_ENV + 1], const char *name, const char *value)
{
	size_t n = 0;

	while (env[n] != NULL)
		n++;
	if (asprintf(&env[n], "%s=%s", name, value) != -1)
		return 0;
	env[n] = NULL;
	return -1;
}

static int env_add_path(struct git *git, const char *name, const char *below)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s%s", git->folder->path, below);
	return git_env_add(git->env, name, path);
}

/* No configuration but the repository's; HOME is where none is found. */
static int fill_own_env(struct git *git)
{
	static const char *const fixed[][2] = {
		{"GIT_CONFIG_NOSYSTEM", "1"},
		{"GIT_CONFIG_GLOBAL", "/dev/null"},
		{"GIT_ATTR_NOSYSTEM", "1"},
		{"GIT_TERMINAL_PROMPT", "0"},
		{"GIT_LITERAL_PATHSPECS", "1"},
		{"GIT_NO_REPLACE_OBJECTS", "1"},
		{"GIT_OPTIONAL_LOCKS", "0"},
		{"HOME", "/dev/null"},
		{"LC_ALL", "C"},
	};
	const char *path = getenv("PATH"), *zone = getenv("TZ");

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (git_env_add(git->env, fixed[i][0], fixed[i][1]) == -1)
			return -1;
	if (env_add_path(git, "GIT_DIR", "/.git") == -1 ||
	    env_add_path(git, "GIT_WORK_TREE", "") == -1 ||
	    git_env_add(git->env, "PATH", path != NULL ? path : PROGRAM_PATH) ==
		    -1)
		return -1;
	return zone == NULL ? 0 : git_env_add(git->env, "TZ", zone);
}

/* ---- what it knows */

int git_branch(const struct git *git, char ref[GIT_REF], struct nf_error *err)
{
	const struct git_call call = {.args = {"symbolic-ref", "-q", "HEAD"}};
	int status = git_ask(git, &call, ref, GIT_REF, err);

	if (status == 0 && strncmp(ref, "refs/heads/", 11) == 0)
		return 0;
	return status == 0 || status == 1 ? git_tell_detached(git, err) : -1;
}

/* A branch is at an object that is there, and is a commit: so much is checked
 * in passing. */
int git_tip(const struct git *git, const char *ref, char commit[GIT_ID],
	    char tree[GIT_ID], struct nf_error *err)
{
	const struct git_call call = {.args = {"for-each-ref",
					       "--format=%(objectname) %(tree)",
					       ref}};
	char line[2 * GIT_ID];
	int n;

	commit[0] = tree[0] = '\0';
	if (git_ask(git, &call, line, sizeof(line), err) != 0)
		return -1;
	if (line[0] == '\0')
		return 0;
	n = sscanf(line, "%71s %71s", commit, tree);
	return n == 2 ? 0
		      : error_set(err, NF_SYSTEM, "%s of %s/.git is no commit",
				  ref, git->folder->path);
}

int git_head(struct git *git, char head[72], struct nf_error *err)
{
	char ref[GIT_REF], tree[GIT_ID];
	struct nf_error why;
	int64_t when_s;

	if (git_branch(git, ref, &why) == 0)
		return git_tip(git, ref, head, tree, err);
	if (why.code != NF_INVALID) {
		*err = why;
		return -1;
	}
	head[0] = '\0';
	return git_find(git, "HEAD", 0, head, &when_s, err) == -1 ? -1 : 0;
}

/* ---- its repository */

/* One whose HEAD never reached the disk was just being made, as nothing else
 * writes that without syncing. */
static bool is_made(const struct git *git)
{
	struct stat st;
	int fd = git->folder->fd;

	if (fstatat(fd, ".git/HEAD", &st, AT_SYMLINK_NOFOLLOW) == -1)
		return false;
	if (st.st_size > 0)
		return fstatat(fd, ".git/objects", &st, 0) == 0 &&
		       fstatat(fd, ".git/refs", &st, 0) == 0;
	(void)unlinkat(fd, ".git/HEAD", 0);
	return false;
}

/* Without a template: it would bring hooks, and what the system's admin likes. */
static int make(const struct git *git, struct nf_error *err)
{
	const struct git_call call = {.args = {"init", "-q", "--template="}};

	if (is_made(git))
		return 0;
	if (git_begin(git, err) == -1 || git_run(git, &call, err) != 0 ||
	    folder_sync(git->folder, err) == -1)
		return -1;
	git_done(git);
	return 0;
}

/* Has a text a line that excludes .netfan? */
static bool excludes(const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\r\n");
		const char *name = text + (*text == '/');
		size_t n = len - (*text == '/');

		if (n >= 7 && n <= 8 && strncmp(name, EXCLUDE, n) == 0)
			return true;
		text += len;
		text += strspn(text, "\r\n");
	}
	return false;
}

/* An append is whole or not there, whatever happens. */
static int append_exclude(int fd)
{
	static const char line[] = "\n/" EXCLUDE "\n";
	char text[8192];
	ssize_t n = read(fd, text, sizeof(text) - 1);
	size_t skip;

	if (n == -1)
		return -1;
	text[n] = '\0';
	if (excludes(text))
		return 0;
	skip = n == 0 || text[n - 1] == '\n';
	return file_write(fd, line + skip, sizeof(line) - 1 - skip) == -1 ? -1
									  : 0;
}

static int exclude(const struct git *git, struct nf_error *err)
{
	int dir = git->folder->fd, fd, rc;

	if (mkdirat(dir, ".git/info", 0700) == -1 && errno != EEXIST)
		return error_sys(err, NF_SYSTEM, "cannot make %s/.git/info",
				 git->folder->path);
	fd = openat(dir, ".git/info/exclude",
		    O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	rc = fd == -1 ? -1 : append_exclude(fd);
	if (rc == -1)
		(void)error_sys(err, NF_SYSTEM,
				"cannot write to %s/.git/info/exclude",
				git->folder->path);
	if (fd != -1)
		(void)close(fd);
	return rc;
}

/* Is there a git? A repository that is damaged, or on no branch, is opened all
 * the same: files are kept without it, and what is asked of it fails. */
static int check_git(const struct git *git, struct nf_error *err)
{
	char ref[GIT_REF];
	struct nf_error why;

	if (git_branch(git, ref, &why) == 0 || why.code == NF_INVALID ||
	    why.sys_errno == 0)
		return 0;
	if (err != NULL)
		*err = why;
	return -1;
}

static int allocate(struct git **out, const struct folder *folder,
		    struct nf_error *err)
{
	struct git *git = calloc(1, sizeof(*git));

	if (git != NULL) {
		git->folder = folder;
		if (fill_own_env(git) == 0) {
			*out = git;
			return 0;
		}
	}
	git_free(git);
	(void)error_sys(err, NF_SYSTEM, "no memory for a repository");
	return -1;
}

int git_open(struct git **out, const struct folder *folder, const char *author,
	     size_t *mended, struct nf_error *err)
{
	struct git *git = NULL;

	if (allocate(&git, folder, err) == -1)
		return -1;
	if (git_set_author(git, author, err) == -1)
		goto failed;
	*mended = git_mend(git);
	if (make(git, err) == -1 || exclude(git, err) == -1 ||
	    check_git(git, err) == -1)
		goto failed;
	*mended += git_index_catch_up(git);
	*out = git;
	return 0;
failed:
	git_free(git);
	return -1;
}

int git_open_to_read(struct git **out, const struct folder *folder,
		     struct nf_error *err)
{
	const struct git_call call = {.args = {"version"}};
	struct git *git = NULL;
	struct stat st;

	if (fstatat(folder->fd, ".git", &st, AT_SYMLINK_NOFOLLOW) == -1)
		return error_set(err, NF_INVALID,
				 "%s has no history: there is no git "
				 "repository in it",
				 folder->path);
	if (allocate(&git, folder, err) == -1)
		return -1;
	if (git_run(git, &call, err) != 0) {
		git_free(git);
		return -1;
	}
	*out = git;
	return 0;
}

void git_free(struct git *git)
{
	for (size_t i = 0; git != NULL && git->env[i] != NULL; i++)
		free(git->env[i]);
	free(git);
}
