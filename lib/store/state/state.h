/*
 * State: what a store knows of each device from one run to the next, in
 * DIR/.netfan/state. Text, a line a record, of words "key=value" in which
 * everything but printable ASCII, "%" and " " are %XX:
 *
 *   netfan-state 1 kind=git head=4f5e… masked=1
 *   volatile pattern=^ntp%20clock
 *   device name=R1 dir=R1 platform=cisco_ios tried=… succeeded=… …
 *   file command=show%20version file=show_version kept=1 digest=… …
 *   end records=2 sha256=…
 *
 * Patterns come first; a file is of the device above it; the sum is over all lines before the last.
 * Times are microseconds since 1970. A key that is not known is passed over, one
 * that is missing is 0 or "", as it was left out: so an older state is read as it
 * is, and written as today's. One that was written by a later format (the number
 * behind netfan-state) is refused.
 */
#ifndef NETFAN_STORE_STATE_H
#define NETFAN_STORE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "netfan.h"
#include "store/folder.h"
#include "store/paths.h"

#define STATE_FORMAT 1

/* An output that is kept. */
struct state_file {
	const char *command;
	const char *file; /* its name below the device's dir */
	bool kept; /* there is a good output in the file */
	uint8_t digest[NF_DIGEST]; /* of it, by filter.h */
	uint64_t bytes; /* that count, of it */
	bool marked; /* it ended with the mark of its command */
	/* A state that was made anew found it, and it may be the user's own:
	 * nothing is done to it until a device says what it is. */
	bool guessed;
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
	const char *name;
	const char *dir; /* the directory of its files */
	char *platform; /* what it was last; the state frees it */
	int64_t tried_us; /* 0: never; so below */
	int64_t succeeded_us;
	int64_t failing_us; /* since when it has been failing; 0: it is not */
	uint64_t changes; /* runs in which an output of it changed */
	struct nf_error error; /* of the last try; code NF_OK */
	bool gone; /* not in the inventory any more, and that was told */
	struct state_file *files;
	size_t nfiles, cap;
	struct paths paths; /* of its files: has their names */
	bool met; /* it is in this run's inventory; not stored */
};

struct state {
	char kind[8]; /* "git" or "plain" */
	char head[72]; /* the commit that has all this; "": none, or in doubt */
	bool masked; /* the files have marks where secrets were: masked=1 */
	/* Patterns of the user's, of lines that change by themselves, as the
	 * last run had them. */
	char **volatile_lines;
	size_t nvolatile;
	/* As read, sorted by name; behind them those that were added. */
	struct state_device *devices;
	size_t ndevices, cap;
	struct paths paths; /* of the devices' dirs: has their names */
};

/*
 * Read the state of a folder. 1; 0 and an empty one when there is none; -1 with
 * NF_INVALID when it is damaged (the message says how) or of a later format
 * (sys_errno EPROTONOSUPPORT then), with NF_SYSTEM otherwise.
 */
int state_read(struct state *state, const struct folder *folder,
	       struct nf_error *err);

/* Read it from bytes. Errors as state_read(). */
int state_parse(struct state *state, const char *bytes, size_t len,
		struct nf_error *err);

/* Write it, sorted by name, into bytes that are none yet. NF_SYSTEM. */
int state_print(const struct state *state, struct buf *out,
		struct nf_error *err);

/* Write it, as aside_replace() does. Errors as aside_place(). */
int state_write(const struct state *state, const struct folder *folder,
		struct nf_error *err);
void state_release(struct state *state);

/* Add patterns of lines that change by themselves: 0, or -1 without memory. */
int state_add_volatile(struct state *state, const char *const *patterns,
		       size_t n);
void state_clear_volatile(struct state *state);

/* The device of a name, which is added with a dir of its own when it is missing:
 * NULL without memory. Pointers to devices are good until another is added. */
struct state_device *state_device(struct state *state, const char *name);
struct state_device *state_find(const struct state *state, const char *name);

/* Likewise its file of a command. */
struct state_file *state_file(struct state_device *device, const char *command);
struct state_file *state_find_file(const struct state_device *device,
				   const char *command);

/* Set what a device is: 0, or -1 without memory. */
int state_set_platform(struct state_device *device, const char *platform);

/* Remove a device with its files from the state: the last one takes its place.
 * Its dir stays taken. */
void state_remove(struct state *state, const char *name);

/* Is the file in its place the one that the state tells of? */
bool state_file_is(const struct state_file *file, const struct stat *st);
void state_file_set(struct state_file *file, const struct stat *st);

#endif
