/* All simulated devices: their listening sockets, their clients, one loop. */
#ifndef NETFAN_DEVSIM_SERVER_H
#define NETFAN_DEVSIM_SERVER_H

#include <stdint.h>

#include "devsim/client.h"

struct nf_error;
struct options;
struct server;

/*
 * Bind every device that is to be bound. SIGTERM and SIGINT are blocked from
 * here on, for server_run() to see. The options outlive the server.
 */
int server_open(struct server **out, const struct options *opts,
		struct nf_error *err);
void server_free(struct server *server);

/* Serve until SIGTERM or SIGINT, then put all clients out. */
int server_run(struct server *server, struct nf_error *err);

/* Addresses of the first and the last device, as text. */
const char *server_first(const struct server *server);
const char *server_last(const struct server *server);

/* What was served; *commands is the sum over the devices. */
struct counts server_counts(const struct server *server, uint64_t *commands);

#endif
