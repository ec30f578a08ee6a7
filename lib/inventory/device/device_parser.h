/* Device parser: makes a device of its entry in a file, and checks it. */
#ifndef NETFAN_INVENTORY_DEVICE_DEVICE_PARSER_H
#define NETFAN_INVENTORY_DEVICE_DEVICE_PARSER_H

#include "base/strings.h"
#include "draft/draft.h"
#include "inventory/inventory.h"
#include "netfan.h"
#include "secrets/arena.h"
#include "secrets/source.h"

/* What all devices of an inventory share. */
struct device_parser {
	const struct draft *draft; /* where the devices stand */
	bool strict; /* what is wrong with a device is an error */
	struct nf_platforms *platforms;
	struct strings *strings; /* where the devices' texts go */
	struct secrets *secrets; /* where their passwords go */
	struct secret_sources *sources; /* where passwords are had from */
	struct accesses *accesses; /* where what they share goes */
	const char *username; /* who runs the program; NULL: not asked yet */
	bool unread; /* a device had texts that stand for a secret */
	/* What was found of devices before, which most others say, too. Texts of
	 * a draft are there once: the same text is at the same place. */
	const struct access *plain; /* of those that say nothing of it */
	const char *type; /* the last device_type; NULL: none */
	const struct platform *platform; /* its */
	struct {
		const char *text;
		uint32_t file;
		uint32_t flags;
	} fine[NKEYS_READ]; /* texts for the login that mean themselves */
};

/*
 * Fill *dev with device i of the draft, the ordinal'th of its file, from 1. A
 * device without a name is left with pub.name NULL. NF_SYSTEM without memory.
 *
 * What is wrong with a device of a file is no error, but dev->skip: why it is not
 * asked, with file and line. Of one from memory, and where the parser is strict,
 * it is NF_INVALID, or NF_UNKNOWN_PLATFORM; but not what cannot be meant as a
 * login (a placeholder, a line break).
 */
int device_parser_parse(struct device_parser *parser, size_t i, size_t ordinal,
			struct device *dev, struct nf_error *err);

/*
 * Read the secrets that texts of a device stand for (dev->unread), and whose
 * login it is, where netrc alone says that. That one cannot be had is no error,
 * but dev->skip; where the parser is strict, it is NF_INVALID. Of a trial of the
 * sources, nothing else is changed. NF_CANCELLED when a command was
 * interrupted, NF_SYSTEM without memory.
 */
int device_parser_read_secrets(struct device_parser *parser, struct device *dev,
			       struct nf_error *err);

#endif
