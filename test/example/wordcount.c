/*
 * Count lines, words and bytes of files, one file a task, in a pool of
 * processes: as wc(1) does, but on all cores at once.
 *
 *   wordcount [FILE...]
 *
 * The results come in the order of the files, whichever ends first: nf_map().
 */
#include <ctype.h>
#include <errno.h>
#include <netfan.h>
#include <stdio.h>
#include <string.h>

/* Workers are copies of this very program: what they write may be a struct. */
struct count {
	unsigned long lines, words, bytes;
};

static struct count count_words(FILE *file)
{
	struct count count = {0, 0, 0};
	int c, before = ' ';

	while ((c = getc(file)) != EOF) {
		count.bytes++;
		count.lines += c == '\n';
		count.words += !isspace(c) && isspace(before);
		before = c;
	}
	return count;
}

/* The task: runs in a worker. All that the caller sees of it is what it writes,
 * or the error that it returns. */
static int count_file(void *ctx, uint32_t index, struct nf_task_io *out,
		      struct nf_error *err)
{
	const char *const *paths = ctx;
	FILE *file = fopen(paths[index], "r");
	struct count count;

	if (file == NULL) {
		err->code = NF_SYSTEM;
		err->sys_errno = errno;
		(void)snprintf(err->message, sizeof(err->message), "%s",
			       strerror(errno));
		return -1;
	}
	count = count_words(file);
	(void)fclose(file);
	return nf_write(out, &count, sizeof(count));
}

/* Print what became of a file: 1 when it could not be counted. */
static int tell(const char *path, struct nf_future *future)
{
	const void *bytes;
	struct nf_error err;
	struct count count;
	size_t len;

	if (nf_future_result(future, 0, &bytes, &len, &err) == -1) {
		(void)fprintf(stderr, "wordcount: %s: %s\n", path, err.message);
		return 1;
	}
	memcpy(&count, bytes, sizeof(count));
	(void)printf("%8lu %8lu %8lu %s\n", count.lines, count.words,
		     count.bytes, path);
	return 0;
}

static int count_all(struct nf_executor *executor, const char *const *paths,
		     size_t n, struct nf_error *err)
{
	struct nf_future *future;
	struct nf_iter *iter;
	int rc, failed = 0;

	/* Only so many files as keep the workers busy are asked for ahead:
	 * the list may be as long as it likes. */
	if (nf_map(&iter, executor, NULL, n, 0, err) == -1)
		return -1;
	while ((rc = nf_iter_next(iter, -1, &future, err)) == 1)
		failed |= tell(paths[nf_future_index(future)], future);
	nf_iter_free(iter);
	return rc == -1 ? -1 : failed;
}

int main(int argc, char **argv)
{
	static const char *const some[] = {"/etc/passwd", "/proc/cpuinfo",
					   "/proc/meminfo"};
	const char *const *paths =
		argc > 1 ? (const char *const *)argv + 1 : some;
	size_t n = argc > 1 ? (size_t)argc - 1 : sizeof(some) / sizeof(some[0]);
	const struct nf_executor_options options = {
		.task = count_file,
		.ctx = (void *)paths,
		.mode = NF_MODE_PROCESS, /* a worker for each core */
	};
	struct nf_executor *executor;
	struct nf_error err;
	int rc;

	if (nf_executor_open(&executor, &options, &err) == -1) {
		(void)fprintf(stderr, "wordcount: %s\n", err.message);
		return 1;
	}
	rc = count_all(executor, paths, n, &err);
	if (rc == -1)
		(void)fprintf(stderr, "wordcount: %s\n", err.message);
	nf_executor_free(executor);
	return rc == 0 ? 0 : 1;
}
