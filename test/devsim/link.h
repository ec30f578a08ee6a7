/* One SSH connection to a device, on its fiber. */
#ifndef NETFAN_DEVSIM_LINK_H
#define NETFAN_DEVSIM_LINK_H

#include <libssh/libssh.h>
#include <libssh/server.h>

struct client;

/*
 * On a fiber: shake hands as bind says, let the client log in, give it a shell
 * or answer its command, and close its descriptor.
 */
void link_serve(ssh_bind bind, struct client *client);

#endif
