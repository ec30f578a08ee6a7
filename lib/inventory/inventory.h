/* The inventory as the rest of the library sees it: devices with secrets. */
#ifndef NETFAN_INVENTORY_INVENTORY_H
#define NETFAN_INVENTORY_INVENTORY_H

#include "credentials/credentials.h"
#include "hostkeys/hostnames.h"
#include "inventory/access.h"
#include "inventory/way/jump_list.h"
#include "netfan.h"
#include "platform/platform.h"
#include "transport/ssh/legacy.h"

struct draft;

/* Keys of which the text is no secret, but stands for one that was not read yet:
 * inventory_read_secrets(). */
enum unread {
	UNREAD_PASSWORD = 1,
	UNREAD_SECRET = 2,
	UNREAD_PASSPHRASE = 4,
};

struct device {
	struct nf_device pub;
	const struct platform *platform;
	struct credentials credentials; /* secrets in the inventory's arena */
	const struct access *access; /* may be shared; never NULL */
	/* REGEX=REPLY, one a line (platform/login/login_answers.h); NULL: none. */
	const char *login_answers;
	const char *path; /* of its file; NULL: it was added from memory */
	const char *skip; /* why it is not to be asked, NULL: it is */
	const char *fault; /* what is wrong with it, NULL: nothing */
	/* What it is found by beside its name, in place of what another source
	 * has told of it; NULL, 0: its host and port. */
	const char *alias;
	uint16_t alias_port;
	bool telnet; /* instead of SSH */
	bool unnamed; /* it was given no name */
	enum legacy legacy;
	uint32_t line; /* where it starts in the file */
	uint32_t name_line; /* where its name stands, else the same */
	uint32_t draft; /* its place in the inventory's draft */
	uint8_t unread; /* enum unread: what its texts only stand for */
	bool unusable; /* for more than its login: nothing can be asked of it */
	bool own_user; /* it was given no user: it is who runs the program */
	bool unfit_user : 1; /* that is a placeholder: its user is not known */
	bool alike : 1; /* another one without a name has the same host */
};

/* Device i of nf_inventory_size(), or one of inventory_hidden() behind them;
 * until devices are added. */
const struct device *inventory_device(const struct nf_inventory *inv, size_t i);

/* How many devices are hidden: they are not polled, but may be hops. Those that
 * were not selected, and those of inventory_add_hop(). */
size_t inventory_hidden(const struct nf_inventory *inv);

/*
 * The device that is meant by a jump host: that of its whole text, else that of
 * its host; each is first a device's name, else the host (or alias) of one. A
 * port that is given must be the device's, as others behind one address are not
 * who is meant; a host without one means ssh's. Also among those that are hidden;
 * NULL for none. Takes time by their number.
 */
const struct device *inventory_find_hop(const struct nf_inventory *inv,
					const struct jump_name *name);

/* Its place for inventory_device(), also of a hidden one. */
size_t inventory_index(const struct nf_inventory *inv,
		       const struct device *dev);

/* Its place for inventory_device(), below nf_inventory_size(); SIZE_MAX: it is
 * hidden. */
size_t inventory_place(const struct nf_inventory *inv,
		       const struct device *dev);

/* The name and port by which known_hosts has its key. */
struct host inventory_key_host(const struct device *dev);

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
	const char *alias; /* NULL: as it is, as is access */
	const struct access *access;
	const char *fault; /* why it cannot be asked: NF_INVALID will be its
			    * result */
};

/* Change device i, which may be a hidden one, and keeps its name, before a poll
 * is opened. NF_SYSTEM. */
int inventory_amend(struct nf_inventory *inv, size_t i,
		    const struct amendment *amendment, struct nf_error *err);

/*
 * Add a hidden device, the last, for a jump host: it is found by the whole text
 * of the name alone, and has its host, port and user. Nothing else can be added
 * after that. NF_INVALID for a host that is none; NF_SYSTEM.
 */
int inventory_add_hop(struct nf_inventory *inv, const struct jump_name *name,
		      struct nf_error *err);

/* What its files said: of a device, at its place there. */
const struct draft *inventory_draft(const struct nf_inventory *inv);

/* Keep the devices i for which chosen[i] says so, in their order, and hide the
 * others. Nothing can be added after that. NF_SYSTEM. */
int inventory_keep(struct nf_inventory *inv, const bool *chosen,
		   struct nf_error *err);

/*
 * Read the secrets that texts of a device stand for, unless that was done, or it
 * is not to be asked: files, commands, a person. Before workers fork. What cannot
 * be had is dev->skip; NF_INVALID where the inventory is strict; NF_CANCELLED
 * when a command was interrupted; NF_SYSTEM.
 */
int inventory_read_secrets(struct nf_inventory *inv, const struct device *dev,
			   struct nf_error *err);

/* Tell who loaded the inventory something. */
void inventory_note(const struct nf_inventory *inv, const char *text);

/* nf_inventory_add_file() of len bytes in memory, with the same codes; path is
 * for messages, and where other files are that they name. */
int inventory_add_bytes(struct nf_inventory *inv, const char *bytes, size_t len,
			const char *path, struct nf_error *err);

#endif
