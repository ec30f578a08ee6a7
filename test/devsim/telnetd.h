/* Telnet as the way to a device's shell: libtelnet's server half, on fibers. */
#ifndef NETFAN_DEVSIM_TELNETD_H
#define NETFAN_DEVSIM_TELNETD_H

#include <stdbool.h>

struct client;

/* Was libtelnet there when devsim was built? Nothing serves without. */
bool telnetd_built(void);

/* On a fiber: serve a client to the end and close its descriptor. */
void telnetd_serve(struct client *client);

#endif
