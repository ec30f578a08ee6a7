/* A key exchange, as far as what the client has to give for it. */
#ifndef NETFAN_DEVSIM_KEX_H
#define NETFAN_DEVSIM_KEX_H

/*
 * On a fiber: greet the client as a server of curve25519-sha256, which is to be
 * its first choice, and print what it drew for the exchange to stdout, as
 *
 *   kex COOKIE KEY
 *
 * in hexadecimal: the cookie of its KEXINIT (RFC 4253 section 7.1), and its
 * ephemeral public key (RFC 5656 section 4). libssh shows neither. Returns 0,
 * or -1 and nothing is printed when the client does not go along. The
 * descriptor stays the caller's.
 */
int kex_print(int fd);

#endif
