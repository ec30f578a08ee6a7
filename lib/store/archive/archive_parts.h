/* The parts of an archive: for those files of this room that look back. */
#ifndef NETFAN_STORE_ARCHIVE_PARTS_H
#define NETFAN_STORE_ARCHIVE_PARTS_H

#include "base/strings.h"
#include "store/git.h"
#include "store/state/state.h"

#define SECOND_US ((int64_t)1000000) /* microseconds */

struct nf_archive {
	struct folder folder;
	struct state state;
	struct git *git; /* NULL: a store of dated files */
	struct nf_platforms *platforms;
	bool own; /* the platforms are freed with the archive */
	struct nf_archive_options options; /* what it has is borrowed */
	struct nf_store_device *devices; /* as the state has them */
	struct nf_store_output *outputs; /* of all of them */
	struct strings paths; /* of outputs */
	const struct state_device **by_dir; /* sorted by dir */
};

/* Refuse what dated files do not have: -1 with NF_INVALID. */
int archive_needs_git(const struct nf_archive *archive, struct nf_error *err);

/* ---- place.c: where outputs are, and whose a place is */

/* Longest path: a device, a command, the time of a version. */
#define ARCHIVE_PATH ((size_t)3 * PATHS_NAME_MAX)

/* The place of an output, or of all those of a device (file is "" then). */
struct archive_place {
	const char *device; /* borrowed, as it was asked for */
	const char *command; /* likewise, in full; or NULL */
	/* What the state has of them: NULL when it does not know them (any
	 * more); then the place is where their names would have them. */
	const struct state_device *known;
	const struct state_file *known_file;
	char dir[PATHS_NAME_MAX];
	char file[PATHS_NAME_MAX];
	char path[ARCHIVE_PATH]; /* of both, below DIR */
};

void place_find(struct archive_place *place, const struct nf_archive *archive,
		const char *device, const char *command);

/* Whose place is this? Names that the state does not know are guessed, in the
 * buffers of owner. False: of no output. */
struct archive_owner {
	const char *device, *command;
	char device_guess[PATHS_NAME_MAX], command_guess[PATHS_NAME_MAX];
};
bool place_owner(struct archive_owner *owner, const struct nf_archive *archive,
		 const char *path);

/* Refuse a place where nothing ever was: -1 with NF_INVALID, and the nearest
 * name that there is. */
int place_refuse(const struct nf_archive *archive,
		 const struct archive_place *place, struct nf_error *err);

/* ---- version.c: a version, found and read */

struct archive_source {
	const char *commit; /* "": the files as they are, or dated ones */
	int64_t when_us; /* 0: of files, told by the file that is read */
	int64_t at_us; /* of dated files: 0 for the latest */
	char found[72];
};

/* Find a version. NF_INVALID (sys_errno ENOENT) when there is none; NF_SYSTEM.
 */
int version_find(struct archive_source *source, struct nf_archive *archive,
		 const struct nf_version *version, struct nf_error *err);

/* The rules of a device's platform; those of generic, which is noted, where it
 * is known no more. NF_INVALID for a pattern; NF_SYSTEM without memory. */
int archive_rules(struct content_rules **out, struct nf_archive *archive,
		  const struct archive_place *place, struct nf_error *err);

/* What is made of a text. */
struct archive_reading {
	const struct content_rules *rules; /* NULL: it is taken as it is */
	enum content_use use;
	content_emit *emit; /* -1 with errno, 0: as it was given up */
	void *arg;
	int64_t when_us; /* out: when it was written; 0: it is not there */
};

/* Read an output: 1; 0 when that version does not have it; -1 with NF_SYSTEM,
 * NF_INVALID for a file that is not to be trusted, NF_CANCELLED as emit gave
 * up. */
int archive_read(struct nf_archive *archive,
		 const struct archive_source *source,
		 const struct archive_place *place,
		 struct archive_reading *reading, struct nf_error *err);

#endif
