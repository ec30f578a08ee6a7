/* Topologies: what knows of a network besides its devices. For the table of
 * forms. */
#ifndef NETFAN_FORMS_TOPOLOGY_TOPOLOGY_H
#define NETFAN_FORMS_TOPOLOGY_TOPOLOGY_H

struct reading;

/*
 * Read a topology of containerlab's. A node's kind is its platform, its address
 * mgmt-ipv4, or mgmt-ipv6, else the name of its container. Who logs in is said
 * by credentials, else by the environment of its image, else the one whom
 * containerlab's manual names for the kind, as in the inventories that it writes
 * itself. Nodes without a command line of their own are left out and counted.
 * Errors as form.h has them.
 */
int containerlab_read(struct reading *reading);

/*
 * Read devices, or virtual machines, as NetBox's REST interface has them in JSON:
 * an answer with results, or a list. Those that are not active, or have no
 * primary address, are left out and counted. The platform is that of its slug,
 * with "_" for "-"; tags are groups; the rest is data. Errors as form.h has them.
 */
int netbox_read(struct reading *reading);

#endif
