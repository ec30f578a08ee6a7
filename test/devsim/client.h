/* One connected client, from accept(2) to close(2). */
#ifndef NETFAN_DEVSIM_CLIENT_H
#define NETFAN_DEVSIM_CLIENT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct device;

/* What devsim has served so far. */
struct counts {
	uint64_t connections;
	uint64_t logins;
	uint64_t refused; /* passwords */
	uint64_t turned_away; /* connections */
	uint64_t live, peak; /* connections at once */
};

struct client {
	struct device *dev; /* borrowed */
	struct counts *counts; /* borrowed */
	int64_t login_deadline_ms; /* NO_DEADLINE: it is logged in */
	int fd;
	bool logged_in;
	char from[INET_ADDRSTRLEN];
};

#endif
