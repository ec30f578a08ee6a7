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
 * The side of a window that a device is told for one of n, at most 65535: n, or
 * the next below it without a byte of 255. Telnet doubles such a byte, and
 * busybox's telnetd takes both: 511 columns become 511 of 65283 rows.
 */
unsigned telnet_side(unsigned n);

/*
 * Speak telnet over tr (borrowed) as a terminal of that type and size, of which
 * the device is told telnet_side(). Nothing is sent yet. NF_INVALID when netfan
 * was built without telnet, or for a type that is not printable or too long;
 * NF_SYSTEM without memory.
 */
int telnet_open(struct telnet **out, struct transport *tr, const char *term,
		unsigned columns, unsigned rows, struct nf_error *err);

/*
 * The stream of what is typed and shown; it lives and ends with the telnet.
 *
 * A received CR NUL is a CR, CR LF stays as it is. To be sent, CR LF stays; CR
 * and LF of a pair go in one call. A CR or an LF alone is the return key:
 *
 *   the device                             CR alone    LF alone
 *   -------------------------------------  ----------  ----------
 *   agreed to ECHO and SUPPRESS-GO-AHEAD   CR NUL      CR LF
 *   the same, but it showed that NUL       CR LF       CR LF
 *   negotiates, but has not agreed to both CR LF       CR LF
 *   does not negotiate                     CR, and LF only after a second in
 *                                          which no line end came back
 *   the same, once a line needed that LF   CR LF       CR LF
 *
 * Receiving fails with EPROTO when the device compresses, or negotiates in more
 * than 4 KiB at once.
 */
struct transport *telnet_stream(struct telnet *telnet);

/* Send a NOP after each every_ms of silence, from now on, to a device that
 * negotiates: any other would take it for typed. */
void telnet_keep_alive(struct telnet *telnet, int64_t every_ms);

/* Free, and leave the transport as it is. NULL is fine. */
void telnet_close(struct telnet *telnet);

#endif
