/* The inventory as the rest of the library sees it: devices with secrets. */
#ifndef NETFAN_INVENTORY_INVENTORY_H
#define NETFAN_INVENTORY_INVENTORY_H

#include "credentials/credentials.h"
#include "inventory/access.h"
#include "netfan.h"
#include "platform/platform.h"
#include "transport/ssh/legacy.h"

struct device {
	struct nf_device pub;
	const struct platform *platform;
	struct credentials credentials; /* secrets in the inventory's arena */
	const struct access *access; /* may be shared; never NULL */
	enum legacy legacy;
	/* REGEX=REPLY, one a line (platform/login/login_answers.h); NULL: none. */
	const char *login_answers;
	bool telnet; /* instead of SSH */
	bool unnamed; /* it was given no name */
	bool own_user; /* it was given no user: it is who runs the program */
	bool alike; /* another one without a name has the same host */
	const char *path; /* of its file; NULL: it was added from memory */
	size_t line; /* where it starts in the file */
	size_t name_line; /* where its name stands, else the same */
	const char *skip; /* why it is not to be asked, NULL: it is */
	const char *fault; /* what is wrong with it, NULL: nothing */
};

/* Device i of nf_inventory_size(); lives as long as the inventory. */
const struct device *inventory_device(const struct nf_inventory *inv, size_t i);

/* The first device of that name, else the first of that host, also among those
 * that were not selected; NULL for none. Takes time by their number. */
const struct device *inventory_find(const struct nf_inventory *inv,
				    const char *name);

/* Where inventory_device() has it; SIZE_MAX: it was not selected. */
size_t inventory_place(const struct nf_inventory *inv,
		       const struct device *dev);

/* The platforms that it was read with; they read more of their files when they
 * are asked for them. */
struct nf_platforms *inventory_platforms(const struct nf_inventory *inv);

/* Patterns of lines that change by themselves, of all files; rules_check() took
 * them. They live as long as the inventory. */
const char *const *inventory_volatile(const struct nf_inventory *inv,
				      size_t *n);

/*
 * What another source says of a device: that is copied. Zeroed, it says nothing;
 * access is all that holds from now on, the device's own included.
 */
struct amendment {
	const char *host; /* NULL: as it is, as are port and user */
	uint16_t port;
	const char *username;
	const struct access *access; /* NULL: as it is */
	const char *fault; /* why it cannot be asked: NF_INVALID will be its
			    * result */
};

/* Change device i, which keeps its name, before a poll is opened. NF_SYSTEM. */
int inventory_amend(struct nf_inventory *inv, size_t i,
		    const struct amendment *amendment, struct nf_error *err);

/* nf_inventory_load() of len bytes in memory, with the same codes; path is for
 * messages. */
int inventory_parse(struct nf_inventory **out, const char *bytes, size_t len,
		    const char *path, struct nf_platforms *platforms,
		    const struct nf_log *log, struct nf_error *err);

#endif
