/* What other tools call the platforms. */
#ifndef NETFAN_INVENTORY_DEVICE_PLATFORM_WORDS_H
#define NETFAN_INVENTORY_DEVICE_PLATFORM_WORDS_H

#include "platform/catalogue.h"

/* Where all platforms are told, for messages on one that there is not. */
#define PLATFORMS_LISTED "netfan platforms lists all"

/*
 * The device_type that is meant by a word of NAPALM, Nornir, scrapli or Ansible
 * ("ios", "iosxr", "cisco.ios.ios"), in any case; NULL for any other.
 */
const char *platform_word(const char *word);

/*
 * The platform that a word is the name of, as catalogue_find() has it, or that it
 * means otherwise: 1, 0 for none, -1 with NF_SYSTEM.
 */
int platform_find(const struct platform **out, struct nf_platforms *platforms,
		  const char *word, struct nf_error *err);

/* Such a word that another one may have been meant to be, or NULL. */
const char *platform_word_nearest(const char *word);

/* What counts of a word: of NAMESPACE.COLLECTION.NAME the name. */
const char *platform_last(const char *word);

#endif
