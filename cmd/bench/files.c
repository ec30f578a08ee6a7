/* The files that an outcome is written to. */
#include "bench/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/export.h"
#include "bench/show.h"
#include "tell.h"

static int complain(const char *path, const char *why)
{
	tell("netfan bench: %s: %s", path, why);
	return -1;
}

static bool ends_in(const char *path, const char *end)
{
	size_t len = strlen(path), end_len = strlen(end);

	return len > end_len && strcmp(path + len - end_len, end) == 0;
}

/* ---- beforehand */

/* Is this standard output, which has the table? */
static bool is_output(const char *path, const struct stat *info)
{
	struct stat out;

	return strcmp(path, "-") == 0 ||
	       (S_ISREG(info->st_mode) && fstat(STDOUT_FILENO, &out) == 0 &&
		out.st_dev == info->st_dev && out.st_ino == info->st_ino);
}

static int try_file(const char *path)
{
	struct stat info = {0};
	bool there;
	FILE *file;

	if (path == NULL)
		return 0;
	there = lstat(path, &info) == 0;
	(void)stat(path, &info);
	if (is_output(path, &info))
		return complain(path, "standard output has the table: give "
				      "another file");
	if (S_ISFIFO(info.st_mode))
		return 0; /* its reader would see an end of file */
	file = fopen(path, "ae");
	if (file == NULL)
		return complain(path, strerror(errno));
	if (!there)
		(void)unlink(path);
	return fclose(file);
}

static bool alike(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

int files_try(const struct bench_options *options)
{
	if (options->plot != NULL && !ends_in(options->plot, ".svg") &&
	    !ends_in(options->plot, ".png"))
		return complain(options->plot, "a plot is a .svg or a .png");
	if (options->plot != NULL && ends_in(options->plot, ".png") &&
	    !show_png_can())
		return complain(options->plot,
				"there is no gnuplot, which draws "
				"it: write a .svg, or install it");
	if (alike(options->json, options->csv) ||
	    alike(options->json, options->plot) ||
	    alike(options->csv, options->plot))
		return complain(alike(options->json, options->csv)
					? options->csv
					: options->plot,
				"it is given for two things");
	return try_file(options->json) == -1 || try_file(options->csv) == -1 ||
			       try_file(options->plot) == -1
		       ? -1
		       : 0;
}

/* ---- afterwards */

/* Open a file to write. A pipe without a reader fails at once: a wait could not
 * be interrupted, as signals are blocked. */
static FILE *open_file(const char *path)
{
	int fd = open(path,
		      O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK,
		      0666);
	FILE *file = NULL;

	if (fd != -1 && fcntl(fd, F_SETFL, 0) != -1)
		file = fdopen(fd, "w");
	if (fd != -1 && file == NULL)
		(void)close(fd);
	return file;
}

static int write_file(const char *path, const struct outcome *outcome,
		      void (*write)(FILE *out, const struct outcome *outcome))
{
	FILE *file = path != NULL ? open_file(path) : NULL;
	bool cut;

	if (path == NULL)
		return 0;
	if (file == NULL)
		return complain(path, strerror(errno));
	write(file, outcome);
	cut = ferror(file) != 0;
	if (fclose(file) == 0 && !cut)
		return 0;
	return complain(path, strerror(errno));
}

static int write_plot(const char *path, const struct outcome *outcome)
{
	if (path != NULL && ends_in(path, ".png"))
		return show_png(path, outcome);
	return write_file(path, outcome, show_plot);
}

int files_write(const struct bench_options *options,
		const struct outcome *outcome)
{
	int rc = 0;

	if (write_file(options->json, outcome, export_json) == -1)
		rc = -1;
	if (write_file(options->csv, outcome, export_csv) == -1)
		rc = -1;
	if (write_plot(options->plot, outcome) == -1)
		rc = -1;
	return rc;
}
