/*
 * State: what a store knows of each device from one run to the next, in
 * DIR/.netfan/state. Text, a line a record, of words "key=value" in which
 * everything but printable ASCII, "%" and " " are %XX:
 *
 *   netfan-state 1 kind=git head=4f5e… masked=1
 *   device name=R1 dir=R1 platform=cisco_ios tried=… succeeded=… …
 *   file device=R1 command=show%20version file=show_version digest=… …
 *   end records=2 sha256=…
 *
 * Times are microseconds since 1970. A key that is not known is passed over, one
 * that is missing is 0 or "": so an older state is read as it is. One that was
 * written by a later format (the number behind netfan-state) is refused.
 */
#ifndef NETFAN_STORE_STATE_H
#define NETFAN_STORE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "netfan.h"
#include "store/folder.h"
#include "store/paths.h"

#define STATE_FORMAT 1

/* An output that is kept. */
struct state_file {
	char *command;
	char *file; /* its name below the device's dir */
	bool kept; /* there is a good output in the file */
	uint8_t digest[NF_DIGEST]; /* of it, by filter.h */
	uint64_t bytes; /* that count, of it */
	bool marked; /* it ended with the mark of its command */
	/* The file as it was put into its place: another one was not by us. */
	uint64_t size;
	int64_t mtime_ns;
	uint64_t inode;
	int64_t changed_us; /* when it was put there */
	int64_t seen_us; /* when a device last said the same */
	/* An own command of the platform that the device refuses, or to which
	 * it says nothing, and that this was told. */
	bool left_out;
	/* A much shorter output that was kept aside: how often in a row. */
	uint8_t shrunk_digest[NF_DIGEST];
	unsigned shrunk; /* 0: none */
};

struct state_device {
	char *name;
	char *dir; /* the directory of its files */
	char *platform; /* what it was last */
	int64_t tried_us; /* 0: never; so below */
	int64_t succeeded_us;
	int64_t failing_us; /* since when it has been failing; 0: it is not */
	uint64_t changes; /* runs in which something of it changed */
	struct nf_error error; /* of the last try; code NF_OK */
	bool gone; /* not in the inventory any more, and that was told */
	struct state_file *files;
	size_t nfiles;
	struct paths paths; /* of its files */
	bool met; /* it is in this run's inventory; not stored */
};

struct state {
	char kind[8]; /* "git" or "plain" */
	char head[72]; /* the commit that has all this; "": none, or in doubt */
	bool masked; /* the files have marks where secrets were: masked=1 */
	struct state_device *devices; /* sorted by name */
	size_t ndevices;
	struct paths paths; /* of the devices' dirs */
};

/*
 * Read the state of a folder. 1; 0 and an empty one when there is none; -1 with
 * NF_INVALID when it is damaged (the message says how) or of a later format
 * (sys_errno EPROTONOSUPPORT then), with NF_SYSTEM otherwise.
 */
int state_read(struct state *state, const struct folder *folder,
	       struct nf_error *err);

/* Read it from bytes, for tests. */
int state_parse(struct state *state, const char *bytes, size_t len,
		struct nf_error *err);

/* Write it, as aside_replace() does. NF_SYSTEM. */
int state_write(const struct state *state, const struct folder *folder,
		struct nf_error *err);
void state_release(struct state *state);

/* The device of a name, which is added when it is missing: NULL without memory.
 * Pointers to devices are good until another is added. */
struct state_device *state_device(struct state *state, const char *name);
struct state_device *state_find(const struct state *state, const char *name);

/* Likewise its file of a command. */
struct state_file *state_file(struct state_device *device, const char *command);
struct state_file *state_find_file(const struct state_device *device,
				   const char *command);

/* Remove a device with its files from the state. */
void state_remove(struct state *state, const char *name);

/* Is the file in its place the one that the state tells of? */
bool state_file_is(const struct state_file *file, const struct stat *st);
void state_file_set(struct state_file *file, const struct stat *st);

#endif
