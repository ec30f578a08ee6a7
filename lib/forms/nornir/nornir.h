/* Nornir's SimpleInventory, for the table of forms. */
#ifndef NETFAN_FORMS_NORNIR_NORNIR_H
#define NETFAN_FORMS_NORNIR_NORNIR_H

struct reading;

/*
 * Read Nornir's hosts, with groups.yaml and defaults.yaml beside them; or its
 * configuration, which names all three; or one file that has hosts, groups and
 * defaults as keys. Values are resolved as Nornir does, and as nornir_netmiko
 * uses them: the extras of a connection's options come first, then its options,
 * then the host's own, those of its groups, and the defaults. Errors as form.h has
 * them; NF_INVALID also for groups that are in themselves, and for an inventory
 * plugin other than SimpleInventory.
 */
int nornir_read(struct reading *reading);

#endif
