/* What other tools call the platforms. */
#ifndef NETFAN_INVENTORY_DEVICE_PLATFORM_WORDS_H
#define NETFAN_INVENTORY_DEVICE_PLATFORM_WORDS_H

/*
 * The device_type that is meant by a word of NAPALM, Nornir, scrapli or Ansible
 * ("ios", "iosxr", "cisco.ios.ios"), in any case; NULL for any other.
 */
const char *platform_word(const char *word);

#endif
