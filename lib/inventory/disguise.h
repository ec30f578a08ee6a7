/* Data of devices, which are the user's own, without the secrets in them. */
#ifndef NETFAN_INVENTORY_DISGUISE_H
#define NETFAN_INVENTORY_DISGUISE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define DISGUISE "***" /* in place of a secret */

/* Is what has this name, of len bytes, likely a secret? By its words
 * ("snmp_community", "apiKey"). */
bool disguise_name(const char *name, size_t len);

/* Is this text, of len bytes, a private key? */
bool disguise_text(const char *text, size_t len);

/*
 * Append JSON with DISGUISE in place of values that have such names, and of such
 * texts: 1 when there was one, 0, or -1 with errno as buf_append().
 */
int disguise_json(struct buf *buf, const char *json);

#endif
