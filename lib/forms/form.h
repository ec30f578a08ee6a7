/*
 * Forms: the kinds of files in which people keep their devices. Each has a
 * reader, which turns the bytes of a file into a draft; one table has all.
 */
#ifndef NETFAN_FORMS_FORM_H
#define NETFAN_FORMS_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "draft/draft.h"
#include "netfan.h"

struct note_set;

/* What readers are given besides a file. */
struct form_options {
	const char *vault_password_file; /* of Ansible's vault; NULL: none */
};

/* A file that is being read. Readers call the functions below on it. */
struct reading {
	struct draft *draft;
	struct pen pen;
	const struct form_options *options;
	const struct nf_log *log; /* of notes; NULL: they are not told */
	const char *path; /* as it was given; "-" is standard input */
	const char *name; /* the same for messages */
	const char *bytes; /* borrowed; no NUL behind them */
	size_t len;
	uint32_t file; /* its number in the draft */
	const struct reading *opener; /* the file that named it; NULL: none */
	struct nf_error *err;
	struct note_set *ignored; /* keys that were noted; owned */
	struct left_out *left_out; /* owned */
};

struct form {
	const char *name; /* for --inventory-format */
	/*
	 * Read the whole file into the draft. NF_INVALID when the file as a
	 * whole is at fault, with file and line; what is wrong with a device
	 * alone goes into its skip. NF_SYSTEM.
	 */
	int (*read)(struct reading *reading);
	/*
	 * Read a directory, where the form has any: NULL, it has none. bytes
	 * are NULL then.
	 */
	int (*read_directory)(struct reading *reading);
};

/* The form of a name, NULL: there is none. */
const struct form *form_find(const char *name);

/* All names, NULL at the end. */
const char *const *form_names(void);

/*
 * The form that a file has by its marks. NF_INVALID, in one line, for what is no
 * inventory, or one of a form that is not read: the line says what it is.
 */
int form_recognise(const struct form **out, const struct reading *reading);

/*
 * Read a directory whose form nobody gave. It is Ansible's by the names in it
 * (group_vars, host_vars, hosts, inventory), or when one of its files is; else
 * every file is read by its own marks, in order of names, and folders in it are
 * gone into. Passed over are names that begin with a point or end as copies and
 * texts do (~, .orig, .bak, .md), and what belongs to another file: groups and
 * defaults beside Nornir's hosts, a .db beside a config. A file that is no
 * inventory is noted. NF_INVALID when none is, and as form.read.
 */
int directory_read(struct reading *reading);

/* ---- reading.c */

/* Read a file, or a directory, by a form; NULL: by its marks. The draft is
 * left with what it had when that fails. NF_INVALID, NF_SYSTEM. */
int reading_run(struct reading *reading, const struct form *form);

/*
 * Open another file that this one names; a path that is not absolute is beside
 * this one. Its bytes live until reading_close(), which comes after success
 * alone. NF_INVALID when it cannot be read, when it is this one or one that
 * opened it, or too deep (16); NF_SYSTEM.
 */
int reading_open(const struct reading *reading, const char *path, bool own,
		 struct reading *other);
void reading_close(struct reading *reading);

/* The path that a file means by path, to be freed; NULL without memory. */
char *reading_beside(const struct reading *reading, const char *path);

/* Set the error to NF_INVALID with file and line (0: none): -1. */
int reading_fault(const struct reading *reading, size_t line, const char *fmt,
		  ...) NF_PRINTF(3, 4);

/* The reason why a device cannot be asked, "FILE:LINE: NAME: ...", for
 * draft_device.skip. name may be NULL. */
const char *reading_skip(const struct reading *reading, size_t line,
			 const char *name, const char *fmt, ...)
	NF_PRINTF(4, 5);

/* Tell something that is no fault, "FILE:LINE: ..."; line 0: "FILE: ...". */
void reading_note(const struct reading *reading, size_t line, const char *fmt,
		  ...) NF_PRINTF(3, 4);

/*
 * Say the value of a key by the name it has in the file. Keys that netmiko
 * knows and that have no meaning here are noted once a file. False when the
 * name is no key: nothing is said.
 */
bool reading_say(struct reading *reading, const char *name, const char *text,
		 size_t line, unsigned flags);

/* The same, of a key below NKEYS. */
void reading_say_key(struct reading *reading, enum key key, const char *text,
		     size_t line, unsigned flags);

/*
 * Count an entry that is not for a CLI poller, by what it is ("httpapi", "a
 * server"): told in one line when the file is read. example is its name.
 */
void reading_leave_out(struct reading *reading, const char *kind,
		       const char *example);

#endif
