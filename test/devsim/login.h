/* The login of a connection that brings none of its own, as IOS asks for it. */
#ifndef NETFAN_DEVSIM_LOGIN_H
#define NETFAN_DEVSIM_LOGIN_H

struct client;
struct term;

/*
 * Ask for name and password until they are right, three times at most. Returns
 * 0, and takes the client's deadline off, or -1 when it is not let in.
 */
int login_ask(struct client *client, struct term *term);

#endif
