/* A device's address, as people read it. */
#ifndef NETFAN_CMD_ADDRESS_H
#define NETFAN_CMD_ADDRESS_H

#include "netfan.h"

#define ADDRESS_TEXT 300 /* a name of DNS, at most 253 bytes, and a port */

/* Format host and port: "192.0.2.1:22", "[2001:db8::1]:22". */
void address_text(char out[ADDRESS_TEXT], const struct nf_device *dev);

/* Format a device, "R1 (192.0.2.1:22)", or its address alone where its name
 * says no more than that. */
void address_with_name(char *out, size_t size, const struct nf_device *dev);

#endif
