/*
 * Telnet (RFC 854) over a transport, with libtelnet where it was there to build
 * with: a device's own login and shell as a byte stream. Never blocking; what a
 * device negotiates is answered in passing, within fixed bounds.
 *
 * Agreed to are the device's ECHO and SUPPRESS-GO-AHEAD, and of ours the same
 * SUPPRESS-GO-AHEAD, TERMINAL-TYPE and NAWS; everything else is refused. The
 * last two are offered as well, but only to a device that negotiates: any other
 * would take the bytes for typed ones.
 */
#ifndef NETFAN_TRANSPORT_TELNET_H
#define NETFAN_TRANSPORT_TELNET_H

#include "transport/transport.h"

struct telnet;

/* Characters of a terminal type, by RFC 1091. */
#define TELNET_TERM_MAX 40

/* The version of libtelnet that netfan was built with, NULL for none. */
const char *telnet_library(void);

/*
 * Speak telnet over tr (borrowed) as a terminal of that type and size, each
 * side of which is at most 65535. Nothing is sent yet. NF_INVALID when netfan
 * was built without telnet, or for a type that is not printable or too long;
 * NF_SYSTEM without memory.
 */
int telnet_open(struct telnet **out, struct transport *tr, const char *term,
		unsigned columns, unsigned rows, struct nf_error *err);

/*
 * The stream of what is typed and shown; it lives and ends with the telnet.
 *
 * A received CR NUL is a CR, CR LF stays as it is. To be sent, CR LF stays, a
 * CR alone becomes CR NUL and an LF alone CR LF, each of which a device takes
 * for the return key; CR and LF of a pair go in one call. Receiving fails with
 * EPROTO when the device compresses, or negotiates in more than 4 KiB at once.
 */
struct transport *telnet_stream(struct telnet *telnet);

/* Free, and leave the transport as it is. NULL is fine. */
void telnet_close(struct telnet *telnet);

#endif
