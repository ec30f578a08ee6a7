/* A folder of a store, of the test's own, and the user's git beside netfan's. */
#include "unit/storedir.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/unit.h"

#define PATHS 64

void storedir_make(struct storedir *store)
{
	const char *tmp = getenv("TEST_TMP");

	if (system("git --version >/dev/null 2>&1") != 0)
		UNIT_SKIP("there is no git here");
	(void)snprintf(store->dir, sizeof(store->dir), "%s/netfan-store-XXXXXX",
		       tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(store->dir));
	/* No git of the test is the user's. */
	assert_int_equal(setenv("HOME", store->dir, 1), 0);
	assert_int_equal(setenv("GIT_CONFIG_NOSYSTEM", "1", 1), 0);
	assert_int_equal(unsetenv("XDG_CONFIG_HOME"), 0);
	store->git = NULL;
}

static void opened(const struct storedir *store, int rc)
{
	if (rc == -1)
		fail_msg("%s", store->err.message);
}

void storedir_open(struct storedir *store)
{
	opened(store,
	       folder_open(&store->folder, store->dir, true, &store->err));
	opened(store, folder_lock(&store->folder, 0, NULL, NULL, &store->err));
	opened(store, git_open(&store->git, &store->folder,
			       "A. Tester <tester@example.net>", &store->mended,
			       &store->err));
}

void storedir_close(struct storedir *store)
{
	git_free(store->git);
	folder_close(&store->folder);
	store->git = NULL;
}

void storedir_remove(struct storedir *store)
{
	char command[512];

	if (store->git != NULL)
		storedir_close(store);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", store->dir);
	assert_int_equal(system(command), 0);
}

void storedir_put(const struct storedir *store, const char *path,
		  const char *text)
{
	char file[512];
	FILE *out;

	(void)snprintf(file, sizeof(file), "%s/%s", store->dir, path);
	for (char *at = file + strlen(store->dir) + 1;
	     (at = strchr(at, '/')) != NULL; at++) {
		*at = '\0';
		assert_true(mkdir(file, 0700) == 0 || errno == EEXIST);
		*at = '/';
	}
	out = fopen(file, "we");
	assert_non_null(out);
	assert_true(fputs(text, out) >= 0);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(chmod(file, 0600), 0);
}

int storedir_record(struct storedir *store, const char *subject,
		    const char *const *paths)
{
	struct git_path told[PATHS];
	size_t n = 0;

	for (; paths[n] != NULL; n++) {
		assert_true(n < PATHS);
		told[n].gone = paths[n][0] == '!';
		told[n].path = paths[n] + told[n].gone;
	}
	return git_record(store->git, told, n, subject, "", store->head,
			  &store->err);
}

int storedir_sh(const struct storedir *store, const char *script, char *out,
		size_t size)
{
	char command[2048];
	FILE *pipe;
	size_t len;

	(void)snprintf(command, sizeof(command),
		       "cd '%s' && exec 2>&1 && export "
		       "GIT_AUTHOR_NAME=U GIT_AUTHOR_EMAIL=u@example.net "
		       "GIT_COMMITTER_NAME=U GIT_COMMITTER_EMAIL=u@example.net"
		       "\n%s",
		       store->dir, script);
	pipe = popen(command, "re"); /* NOLINT: a shell is what is wanted */
	assert_non_null(pipe);
	len = fread(out, 1, size - 1, pipe);
	while (fgetc(pipe) != EOF)
		;
	if (len > 0 && out[len - 1] == '\n')
		len--;
	out[len] = '\0';
	return WEXITSTATUS(pclose(pipe));
}

void storedir_expect(const struct storedir *store, const char *script,
		     const char *output)
{
	char out[4096];
	int status = storedir_sh(store, script, out, sizeof(out));

	unit_where(script);
	assert_string_equal(out, output);
	assert_int_equal(status, 0);
}
