/* SSH as the way to a device's shell: libssh's server half, on fibers. */
#ifndef NETFAN_DEVSIM_SSHD_H
#define NETFAN_DEVSIM_SSHD_H

struct client;
struct nf_error;
struct options;
struct sshd;

/* Load the host key and settle what is offered. The options outlive it. */
int sshd_new(struct sshd **out, const struct options *opts,
	     struct nf_error *err);
void sshd_free(struct sshd *sshd);

/* On a fiber: serve a client to the end and close its descriptor. */
void sshd_serve(struct sshd *sshd, struct client *client);

#endif
