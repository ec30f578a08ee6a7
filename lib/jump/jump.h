/*
 * Jump: the parent's side of the jump process, which has the connections to all
 * jump hosts of a run, each once for all devices behind it. It is forked before the
 * workers, and another when it dies. The parent wants a connection for a device,
 * and gets one end of a pair of sockets; the jump process has the other, and moves
 * the bytes.
 *
 *   a device's call is   moved by
 *   none -> wanted       jump_want()
 *   wanted -> open       REPORT_OPENED
 *   wanted -> none       REPORT_FAILED
 *   open -> none         REPORT_CUT: its hop has fallen
 *   wanted -> wanted     the process has died: another one is forked
 *   open -> none         it has died: REPORT_CUT
 *   wanted -> none       it has died, and no other can be: REPORT_CUT
 *   any -> none          jump_leave()
 */
#ifndef NETFAN_JUMP_JUMP_H
#define NETFAN_JUMP_JUMP_H

#include "jump/hop.h"
#include "jump/report.h"

struct jump;

/* Files of the process for each hop, beside one for each device: those of its
 * first connection, as others are had where there is room. */
#define JUMP_HOP_FILES 4

/* Fork the process, for ndevices. hops are borrowed, and what they remember is
 * written here. NF_SYSTEM, also when this program has threads. */
int jump_start(struct jump **out, struct hops *hops, size_t ndevices,
	       struct nf_error *err);

/* A descriptor that polls readable when jump_take() may have something. */
int jump_fd(const struct jump *jump);

/* Want a connection to host:port from a hop: it may take connect_ms to connect,
 * and all is given up after left_ms. A device has one at a time. */
void jump_want(struct jump *jump, const struct report_wish *wish);

/* The device's session is over. */
void jump_leave(struct jump *jump, uint32_t device);

/*
 * Take the next report: 1, 0 for none. Of OPENED, *fd is the device's socket, which
 * the caller has then; else it is -1. What it points to is borrowed until the
 * next call.
 */
int jump_take(struct jump *jump, struct report *report, int *fd);

/* Answer what a hop asked last by what was typed; or refuse to, for a reason. No
 * effect when it is not awaited any more. */
void jump_answer(struct jump *jump, uint32_t hop, const char *typed,
		 const struct nf_error *why);

/*
 * Make sure that all was heard that happened before now: jump_take() is to be
 * called as long as jump_settles() is true. A process that is killed closes the
 * sockets of devices and its own in any order.
 */
void jump_settle(struct jump *jump);
bool jump_settles(const struct jump *jump);

/* Process id, -1 while there is none. */
int jump_pid(const struct jump *jump);

/* End the process, at once or with a goodbye to the hops, and free. NULL is
 * fine. */
void jump_end(struct jump *jump, bool at_once);

#endif
