/* A version of an archive, found and read. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "platform/catalogue.h"
#include "platform/detect.h"
#include "store/archive/archive_parts.h"
#include "store/dated.h"

/* ---- versions of git's */

static int none_found(const struct nf_archive *archive,
		      const struct nf_version *version, struct nf_error *err)
{
	char shown[FOLDER_SHOWN];

	folder_shown(shown, &archive->folder, "");
	if (version->rev == NULL)
		return error_set(err, NF_INVALID,
				 "%s: nothing was kept yet at that time",
				 shown);
	(void)error_set(err, NF_INVALID, "there is no version '%.120s' in %s",
			version->rev, shown);
	err->sys_errno = ENOENT;
	return -1;
}

int version_find(struct archive_source *source, struct nf_archive *archive,
		 const struct nf_version *version, struct nf_error *err)
{
	int64_t when_s = 0;
	int rc;

	*source = (struct archive_source){.at_us = version->at_us};
	source->commit = source->found;
	if (version->rev == NULL &&
	    (version->at_us == 0 || archive->git == NULL))
		return 0;
	if (archive->git == NULL)
		return archive_needs_git(archive, err);
	rc = git_find(archive->git, version->rev, version->at_us / SECOND_US,
		      source->found, &when_s, err);
	if (rc == 0)
		return none_found(archive, version, err);
	source->when_us = when_s * SECOND_US;
	return rc == 1 ? 0 : -1;
}

/* ---- rules */

static void note_platform(const struct nf_archive *archive, const char *device,
			  const char *platform)
{
	const struct nf_log *log = &archive->options.log;
	char text[512];

	if (log->line == NULL)
		return;
	(void)snprintf(text, sizeof(text),
		       "%.120s: there is no platform '%.120s' any more: its "
		       "lines that change and its secrets are taken for those "
		       "of " DETECT_NONE,
		       device, platform);
	log->line(log->arg, text);
}

int archive_rules(struct content_rules **out, struct nf_archive *archive,
		  const struct archive_place *place, struct nf_error *err)
{
	const struct state *state = &archive->state;
	const struct platform *platform = NULL;
	const char *name = place->known != NULL ? place->known->platform : NULL;
	bool named = name != NULL && name[0] != '\0';
	int rc = catalogue_find(&platform, archive->platforms,
				named ? name : DETECT_NONE, err);

	if (rc == 0) {
		note_platform(archive, place->device, name);
		rc = catalogue_find(&platform, archive->platforms, DETECT_NONE,
				    err);
	}
	if (rc != 1)
		return rc == 0 ? error_set(err, NF_INVALID,
					   "there is no platform " DETECT_NONE)
			       : -1;
	return rules_new(out, platform,
			 (const char *const *)state->volatile_lines,
			 state->nvolatile, err);
}

/* ---- dated files */

/* Find the last version of a directory that is not after a time. */
static bool find_dated(DIR *dir, int64_t at_us, char found[DATED_NAME])
{
	char until[DATED_NAME];
	const struct dirent *at;

	dated_print(until, at_us / SECOND_US);
	found[0] = '\0';
	while ((at = readdir(dir)) != NULL) {
		if (dated_is(at->d_name) && strcmp(at->d_name, until) <= 0 &&
		    strcmp(at->d_name, found) > 0)
			memcpy(found, at->d_name, strlen(at->d_name) + 1);
	}
	return found[0] != '\0';
}

/* Find a version in the directory of an output: 1, 0 for none, -1 as
 * folder_dir(). */
static int find_version(const struct nf_archive *archive,
			const struct archive_source *source, const char *path,
			char found[DATED_NAME], struct nf_error *err)
{
	int fd = folder_dir(&archive->folder, path, false, err);
	bool is_there;
	DIR *dir;

	if (fd == -1)
		return err->sys_errno == ENOENT ? 0 : -1;
	if (source->at_us == 0) {
		is_there = dated_latest(fd, found);
		(void)close(fd);
		return is_there;
	}
	dir = fdopendir(fd);
	if (dir == NULL) {
		(void)close(fd);
		return error_set(err, NF_SYSTEM, "no memory for a directory");
	}
	is_there = find_dated(dir, source->at_us, found);
	(void)closedir(dir);
	return is_there;
}

/* ---- reading */

struct reader {
	struct content_filter *filter; /* NULL: it is taken as it is */
	struct archive_reading *reading;
	bool gave_up; /* a piece was not taken, */
	int why; /* with this errno */
};

static int gave_up(struct reader *reader)
{
	reader->gave_up = true;
	reader->why = errno;
	return -1;
}

static int take_piece(void *arg, const uint8_t *bytes, size_t len)
{
	struct reader *reader = arg;
	const struct archive_reading *reading = reader->reading;
	int64_t waited_ms = 0;
	int rc = reader->filter != NULL
			 ? filter_feed(reader->filter, bytes, len, &waited_ms)
			 : reading->emit(reading->arg, bytes, len, &waited_ms);

	return rc == 0 ? 0 : gave_up(reader);
}

static int read_fd(struct reader *reader, int fd, struct nf_error *err)
{
	uint8_t bytes[16384];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) != 0) {
		if (n == -1 && errno != EINTR)
			return error_sys(err, NF_SYSTEM,
					 "an output cannot be read");
		if (n > 0 && take_piece(reader, bytes, (size_t)n) == -1)
			return -1;
	}
	return 1;
}

static int read_file(const struct nf_archive *archive,
		     const struct archive_source *source,
		     const struct archive_place *place, struct reader *reader,
		     struct nf_error *err)
{
	char path[sizeof(place->path) + DATED_NAME], version[DATED_NAME];
	struct stat st;
	int fd, rc;

	(void)snprintf(path, sizeof(path), "%s", place->path);
	if (archive->git == NULL) {
		rc = find_version(archive, source, path, version, err);
		if (rc != 1)
			return rc;
		(void)snprintf(path, sizeof(path), "%s/%s", place->path,
			       version);
	}
	fd = folder_file(&archive->folder, path, &st, err);
	if (fd == -1)
		return err->sys_errno == ENOENT ? 0 : -1;
	reader->reading->when_us =
		st.st_mtim.tv_sec * SECOND_US + st.st_mtim.tv_nsec / 1000;
	rc = read_fd(reader, fd, err);
	(void)close(fd);
	return rc;
}

static int read_commit(const struct nf_archive *archive,
		       const struct archive_source *source,
		       const struct archive_place *place, struct reader *reader,
		       struct nf_error *err)
{
	int rc = git_show(archive->git, source->commit, place->path, take_piece,
			  reader, err);

	reader->reading->when_us = rc == 1 ? source->when_us : 0;
	return rc;
}

/* Let go what the filter still has. */
static int end_reading(struct reader *reader)
{
	struct content_end end;
	int64_t waited_ms = 0;

	if (reader->filter == NULL ||
	    filter_end(reader->filter, &end, &waited_ms) == 0)
		return 1;
	return gave_up(reader);
}

static int refuse_piece(const struct reader *reader, struct nf_error *err)
{
	if (reader->why == 0)
		return error_set(err, NF_CANCELLED, "it was given up");
	errno = reader->why;
	return error_sys(err, NF_SYSTEM, "an output cannot be read");
}

int archive_read(struct nf_archive *archive,
		 const struct archive_source *source,
		 const struct archive_place *place,
		 struct archive_reading *reading, struct nf_error *err)
{
	struct reader reader = {.reading = reading};
	int rc;

	reading->when_us = 0;
	if (reading->rules != NULL &&
	    filter_new(&reader.filter, reading->rules, archive->folder.key,
		       place->command, reading->use, reading->emit,
		       reading->arg, err) == -1)
		return -1;
	rc = source->commit[0] != '\0'
		     ? read_commit(archive, source, place, &reader, err)
		     : read_file(archive, source, place, &reader, err);
	if (rc == 1)
		rc = end_reading(&reader);
	filter_free(reader.filter);
	return reader.gave_up ? refuse_piece(&reader, err) : rc;
}
