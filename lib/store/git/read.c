/* Reading the record: contents, revisions, and which commits touched what. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "store/git/git_parts.h"

#define TOKEN_MAX ((size_t)64 * 1024) /* of a log: a path, a subject */
#define SUBJECT_MAX 256
#define ID_MIN 40

/* ---- a content */

/* The blob of a path, as ls-tree tells it: 1, 0 when it is not there. That asks
 * for less than REV:PATH does, and tells a tree that is missing. */
static int find_blob(const struct git *git, const char *rev, const char *path,
		     char id[GIT_ID], struct nf_error *err)
{
	const struct git_call call = {
		.args = {"ls-tree", "-z", "--full-tree", rev, "--", path}};
	char line[PATH_MAX], type[16] = "";

	if (git_ask(git, &call, line, sizeof(line), err) != 0)
		return -1;
	return sscanf(line, "%*s %15s %71s", type, id) == 2 &&
	       strcmp(type, "blob") == 0;
}

int git_show(struct git *git, const char *rev, const char *path, git_take *take,
	     void *arg, struct nf_error *err)
{
	char id[GIT_ID];
	struct git_call call = {
		.args = {"cat-file", "blob", id}, .take = take, .arg = arg};
	int rc;

	if (rev[0] == '-')
		return 0;
	rc = find_blob(git, rev, path, id, err);
	if (rc != 1)
		return rc;
	return git_run(git, &call, err) == 0 ? 1 : -1;
}

/* ---- a revision */

/* What a name means: 1 and a commit, 0 when it means none. */
static int find_name(const struct git *git, const char *rev,
		     char commit[GIT_ID], struct nf_error *err)
{
	char name[1024];
	const struct git_call call = {.args = {"rev-parse", "-q", "--verify",
					       "--end-of-options", name}};
	int status;

	if (snprintf(name, sizeof(name), "%s^{commit}", rev) >=
	    (int)sizeof(name))
		return 0;
	status = git_ask(git, &call, commit, GIT_ID, err);
	return status == 0 ? 1 : status == 1 ? 0 : -1;
}

/* The first commit from one on that is as old as that, with its time. */
static int find_aged(const struct git *git, const char *from, int64_t before,
		     char commit[GIT_ID], int64_t *when_s, struct nf_error *err)
{
	char age[64], line[128];
	const struct git_call call = {
		.args = {"rev-list", "--timestamp", "-1", age, from, "--"}};

	(void)snprintf(age, sizeof(age), "--min-age=%" PRId64, before);
	if (git_ask(git, &call, line, sizeof(line), err) != 0)
		return -1;
	return sscanf(line, "%" SCNd64 " %71s", when_s, commit) == 2;
}

int git_find(struct git *git, const char *rev, int64_t before, char commit[72],
	     int64_t *when_s, struct nf_error *err)
{
	char from[GIT_ID];
	int rc;

	if (rev != NULL ? rev[0] == '-' || rev[0] == '\0' : before < 0)
		return 0;
	rc = find_name(git, rev != NULL ? rev : "HEAD", from, err);
	if (rc != 1)
		return rc;
	return find_aged(git, from, rev != NULL ? INT64_MAX : before, commit,
			 when_s, err);
}

/* ---- a log */

/*
 * Tokens with a NUL behind each, as -z gives them: the three of a commit, then
 * a status and a path for each file of it, the first of which has a newline
 * before it.
 */
enum token { TOKEN_NEXT, TOKEN_TIME, TOKEN_SUBJECT, TOKEN_PATH };

struct log_reader {
	int (*row)(void *arg, const struct git_commit *commit);
	void *arg;
	enum token expected;
	struct buf token;
	char subject[SUBJECT_MAX];
	struct git_commit commit;
};

static enum token read_next(struct log_reader *log, const char *text)
{
	text += strspn(text, "\n");
	if (*text == '\0')
		return TOKEN_NEXT;
	if (strlen(text) < ID_MIN) {
		log->commit.status = *text;
		return TOKEN_PATH;
	}
	(void)snprintf(log->commit.commit, sizeof(log->commit.commit), "%s",
		       text);
	return TOKEN_TIME;
}

static int read_token(struct log_reader *log)
{
	const char *text = (const char *)log->token.data;
	int rc = 0;

	switch (log->expected) {
	case TOKEN_NEXT:
		log->expected = read_next(log, text);
		break;
	case TOKEN_TIME:
		log->commit.when_s = strtoll(text, NULL, 10);
		log->expected = TOKEN_SUBJECT;
		break;
	case TOKEN_SUBJECT:
		(void)snprintf(log->subject, sizeof(log->subject), "%s", text);
		log->expected = TOKEN_NEXT;
		break;
	case TOKEN_PATH:
		log->commit.path = text;
		rc = log->row(log->arg, &log->commit);
		log->expected = TOKEN_NEXT;
		break;
	}
	log->token.len = 0;
	return rc;
}

/* A token that is too long is a path of the user's, if any: it is cut. */
static int take_log(void *arg, const uint8_t *bytes, size_t len)
{
	struct log_reader *log = arg;

	while (len > 0) {
		const uint8_t *nul = memchr(bytes, '\0', len);
		size_t n = nul != NULL ? (size_t)(nul - bytes) : len;
		size_t room = buf_room(&log->token) - 1;

		if (buf_append(&log->token, bytes, n < room ? n : room) == -1)
			return -1;
		if (nul == NULL)
			return 0;
		if (buf_append(&log->token, "", 1) == -1 ||
		    read_token(log) == -1)
			return -1;
		bytes = nul + 1;
		len -= n + 1;
	}
	return 0;
}

int git_log(struct git *git, const char *path,
	    int (*row)(void *arg, const struct git_commit *commit), void *arg,
	    struct nf_error *err)
{
	struct log_reader log = {.row = row, .arg = arg};
	char head[GIT_ID];
	const struct git_call call = {
		/* What the user likes to see is not for us. */
		.args = {"log", "-z", "--name-status", "--no-renames",
			 "--no-color", "--no-show-signature", "--no-relative",
			 "-O/dev/null", "--format=%H%x00%ct%x00%s", head, "--",
			 path},
		.take = take_log,
		.arg = &log,
	};
	int rc = find_name(git, "HEAD", head, err);

	if (rc != 1)
		return rc;
	log.commit.subject = log.subject;
	buf_init(&log.token, TOKEN_MAX);
	rc = git_run(git, &call, err);
	buf_release(&log.token);
	return rc == 0 ? 0 : -1;
}
