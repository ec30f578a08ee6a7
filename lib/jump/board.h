/*
 * Board: the jump process from within. It has a gate for each hop, a gate has links
 * (connections to its hop), a link has calls. All run on the fibers of one loop:
 *
 *   a call is              moved by
 *   waiting, in its gate   board_want(); gate_link_fell() when its link falls
 *                          before the hop has answered
 *   asked, on a link       gate_take()
 *   open, on that link     the hop's answer; board_opened()
 *   over                   board_fail(), the end of one side, the fall of the link
 */
#ifndef NETFAN_JUMP_BOARD_H
#define NETFAN_JUMP_BOARD_H

#include "jump/call.h"
#include "jump/hop.h"
#include "jump/report.h"
#include "worker/passage.h"

struct gate;

struct board {
	const struct hops *hops; /* borrowed */
	struct gate *gates; /* by hop */
	struct loop *loop;
	int fd; /* of passages, to the parent */
	int sender_fd; /* the same again: a fiber each waits for them */
	struct passages reports; /* that the socket did not take yet */
	uint32_t last_enquiry; /* number of the last question of a hop */
	struct fiber *sender, *tender;
	bool over; /* the parent has gone, or wants no more */
};

/* Run until the parent closes its end of fd, which is closed here. -1 without
 * memory or descriptors. */
int board_run(const struct hops *hops, int fd);

/* ---- for gates and links */

/* Tell the parent. */
void board_report(struct board *board, uint32_t id,
		  const struct report *report);

/* Let who wanted the call know that it is open. */
void board_opened(struct board *board, struct call *call);

/* Let who wanted it know why it is not, or, once it was open, why it is no more;
 * and free it. */
void board_fail(struct board *board, struct call *call,
		const struct nf_error *err);
void board_cut(struct board *board, struct call *call,
	       const struct nf_error *err);

/* Want a connection from a hop: on a fiber, which waits for it. The socket of it,
 * or -1 with the codes of a link and a call. */
int board_dial(struct board *board, uint32_t hop, const char *host,
	       uint16_t port, int64_t connect_ms, int64_t deadline_ms,
	       struct nf_error *err);

/* Calls wait: they are looked at until they are gone. */
void board_tend(struct board *board);

#endif
