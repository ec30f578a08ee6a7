/*
 * A draft: what inventory files say of devices, before it is checked. Readers
 * of all forms write it; the device parser reads it, and so does whoever asks
 * later what was said, and where.
 *
 * A device is a stack of layers: its own, then those of its groups and of
 * defaults, in the order in which its form resolves them. Of each key the first
 * layer that has it counts. Layers and lists are shared between devices.
 *
 * Functions that need memory do not fail: without it they set no_memory, which
 * is looked at once, by draft_check().
 */
#ifndef NETFAN_DRAFT_DRAFT_H
#define NETFAN_DRAFT_DRAFT_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strings.h"
#include "base/texthash.h"
#include "base/textmap.h"
#include "secrets/arena.h"
#include "draft/key.h"
#include "netfan.h"

enum said_flag {
	SAID_DATA = 1, /* what is a name of draft_data_name(), no enum key */
	SAID_VAULT = 2, /* a value of Ansible's vault */
	SAID_NUL = 4, /* a NUL was in it */
	SAID_JSON = 8, /* a list or mapping, as JSON */
	SAID_PLAIN = 16, /* a number, true or false, as it is written */
	SAID_TAG = 32, /* it had a tag that means nothing here */
};

/* A value, and where it stands. */
struct said {
	const char *text;
	uint32_t line; /* from 1 */
	uint32_t flags : 8;
	uint32_t what : 24;
};

/* Values of one place: of a device, a group, defaults. A key is there once, but
 * the data's: of those the last counts. */
struct layer {
	uint32_t file; /* for draft_file() */
	uint32_t n;
	struct said at[];
};

/* Pointers to layers, or to names of groups. */
struct draft_list {
	size_t n;
	const void *at[];
};

struct draft_file {
	const char *path; /* for messages; NULL: from memory */
	bool own; /* netfan's own form: values may be references to secrets */
	bool shared; /* others may read or write it */
	bool loose; /* others may write it */
	bool noted; /* that they may read passwords was told */
};

struct draft_device {
	const struct layer *own; /* its name is in it, if it has one */
	const struct draft_list *behind; /* layers, the first counts first */
	const struct draft_list *groups; /* names, as in the file; not twice */
	const char *skip; /* why it cannot be asked, NULL: nothing said so */
	uint32_t line; /* where it starts in the file of own */
};

struct draft_group {
	const char *name;
	uint32_t file;
	uint32_t line; /* where it was first defined, else named */
	bool defined;
	const char **children; /* names of groups */
	size_t nchildren;
};

/* A pattern of lines that change by themselves, of any device. */
struct draft_pattern {
	const char *text;
	uint32_t file;
	uint32_t line;
};

struct draft {
	struct strings strings;
	struct secrets *secrets; /* borrowed: where secret texts go */
	struct textmap texts; /* those of strings */
	struct textmap data_names; /* values are their numbers */
	struct textmap group_names; /* likewise, of groups */
	struct textmap key_names; /* values are of enum key */
	struct textmap fine_names; /* that are no near miss of a key */
	const struct draft_list **lists; /* a hash table, at most half full */
	size_t nlists, list_slots;
	struct texthash_key list_key;
	struct textmap layer_groups; /* values are pointers to names */
	const char **data_name;
	size_t ndata_names;
	struct draft_file *files;
	size_t nfiles;
	struct draft_device *devices;
	size_t ndevices, room;
	struct draft_group *groups;
	size_t ngroups;
	struct draft_pattern *patterns;
	size_t npatterns;
	const char
		*last_secret[NKEYS_READ]; /* of each key, mostly said again */
	const struct draft_list *last; /* the list that was asked for last */
	bool no_memory;
};

/* Zeroed but for secrets, a draft is empty and ready. */
void draft_release(struct draft *draft);

/* NF_SYSTEM when memory was short at any time before. */
int draft_check(const struct draft *draft, struct nf_error *err);

/* A new file, its number; and the file of a number. */
uint32_t draft_add_file(struct draft *draft, const struct draft_file *file);
const struct draft_file *draft_file(const struct draft *draft, uint32_t number);

/* The one copy of a text that lives as long as the draft. Not for secrets. */
const char *draft_text(struct draft *draft, const char *text, size_t len);

/* The list of these pointers, the same for the same. */
const struct draft_list *draft_list(struct draft *draft,
				    const void *const *pointers, size_t n);

/* Add a device, the last. Returns its place. */
size_t draft_add_device(struct draft *draft, const struct draft_device *device);

/* Put a layer behind those of the devices from there on. */
void draft_put_behind(struct draft *draft, size_t from,
		      const struct layer *layer);

/* A group of that name, which may be new; it is not kept over the next call. */
struct draft_group *draft_group(struct draft *draft, const char *name);

/* Put a group below another; both may be new. Once is enough. */
void draft_group_child(struct draft *draft, const char *parent,
		       const char *child);

/* Let a layer be that of a group, whose values its devices share; without a group
 * (NULL), that of defaults. */
void draft_name_layer(struct draft *draft, const struct layer *layer,
		      const char *group);

/* The name of the group that a layer is of; NULL: a device's, or defaults. */
const char *draft_layer_group(const struct draft *draft,
			      const struct layer *layer);

/* Is a layer that of defaults? */
bool draft_layer_is_defaults(const struct draft *draft,
			     const struct layer *layer);

/* Have a group of each name that devices from there on are in. */
void draft_group_devices(struct draft *draft, size_t from);

void draft_add_pattern(struct draft *draft, const char *text, uint32_t file,
		       size_t line);

/* The key that a name is, or is an alias of; NKEYS: it is none. A name that many
 * devices have is looked at once. */
enum key draft_key(struct draft *draft, const char *name);

/* What a name of data was probably meant to be, as key_near_miss(): a name that
 * many devices have is looked at once. */
const char *draft_near_miss(struct draft *draft, const char *name);

/* The name of a data key. */
const char *draft_data_name(const struct draft *draft, uint32_t what);

/* ---- layers that are being written */

struct pen {
	struct draft *draft;
	struct said *at;
	size_t n, room;
};

/* Say a value of a key below NKEYS_READ; the text is copied. Where the key was
 * said in this layer already, this one counts. */
void pen_say(struct pen *pen, enum key key, const char *text, size_t line,
	     unsigned flags);

/* Say a value of data: any other name. */
void pen_say_data(struct pen *pen, const char *name, const char *text,
		  size_t line, unsigned flags);

/* Say all that a layer says. */
void pen_say_again(struct pen *pen, const struct layer *layer);

/* What was said of a key since the last layer, NULL: nothing. */
const struct said *pen_said(const struct pen *pen, enum key key);

/* Take back what was said of a key. */
void pen_unsay(struct pen *pen, enum key key);

/* The layer of all that was said; the pen begins another. Never NULL while
 * there is memory. */
const struct layer *pen_layer(struct pen *pen, uint32_t file);

void pen_release(struct pen *pen);

/* ---- devices as they are read */

#define DRAFT_KEY(key) ((uint64_t)1 << (key))

static_assert(NKEYS_READ <= 64, "draft_view has a bit for each");

/* What counts of a device: NULL for what nobody said. */
struct draft_view {
	const struct said *value[NKEYS_READ];
	const struct layer *layer[NKEYS_READ]; /* where that is */
	unsigned flags; /* enum said_flag, of any */
	uint64_t keys; /* those that have a value, as DRAFT_KEY() */
};

void draft_view(const struct draft_device *device, struct draft_view *view);

/* What counts of a data key, NULL: nobody said it. layer may be NULL. */
const struct said *draft_data(const struct draft_device *device, uint32_t what,
			      const struct layer **layer);

/* Go through the layers of a device, from the first that counts: the i'th, NULL
 * at the end. */
const struct layer *draft_layer(const struct draft_device *device, size_t i);

/* Is it in a group of that name, itself or by its group's parents? Readers
 * put all of them into the device's list. */
bool draft_in_group(const struct draft_device *device, const char *name);

#endif
