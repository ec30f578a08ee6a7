/* Remedies: what the command line has against an error of the library, which
 * knows of no options. */
#ifndef NETFAN_CMD_REMEDY_H
#define NETFAN_CMD_REMEDY_H

#include "netfan.h"

/* Add to the message of an error what helps against it, if anything does. */
void remedy_add(struct nf_error *err);

#endif
