/*
 * The door: who gets in to a simulated device at all, and who is turned away or
 * kept waiting before anything is said, as by servers with limits of their own.
 */
#ifndef NETFAN_DEVSIM_DOOR_H
#define NETFAN_DEVSIM_DOOR_H

#include <stdbool.h>
#include <stddef.h>

struct client;

/* On a fiber: turn the client away, with so many of its device at their login,
 * it among them. True when that was done and its connection is closed. */
bool door_turns_away(struct client *client, size_t at_login);

/* On a fiber: wait for the one processor that all devices share, first come
 * first served. False when the client is gone by then; it is closed. */
bool door_await(const struct client *client);

#endif
