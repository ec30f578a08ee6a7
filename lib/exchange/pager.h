/*
 * The pager of a device: its prompt is found, and gets its key.
 *
 *   when           the prompt                          of
 *   -------------  ----------------------------------  ----------------------
 *   at once        is the unfinished line              the platform
 *                  ends it, and the device has rubbed  any, the one before
 *                  the same one out before
 *   in a pause     ends it, is like no other text,     the platform, or all
 *                  and takes a blank                   families (pagers.h)
 *   when quiet     ends it                             the same
 *                  ends a finished line, behind        the same
 *                  which messages came, and no more
 *
 * A key is never sent to the device's own prompt. What stands before the
 * pager's stays, and what the device rubs out is the pager's alone
 * (terminal/overlay.h): text that only looked like it stays, too.
 */
#ifndef NETFAN_EXCHANGE_PAGER_H
#define NETFAN_EXCHANGE_PAGER_H

#include "exchange/prompt.h"
#include "output/cutter.h"
#include "terminal/terminal.h"

#define PAGER_PAUSE_MS 200 /* without a byte: it counts as a pause */

enum pager_when { PAGER_AT_ONCE, PAGER_IN_PAUSE, PAGER_WHEN_QUIET };

struct pager {
	struct terminal *terminal; /* borrowed, as are cutter and prompt */
	struct output_cutter *cutter;
	const struct prompt *prompt;
	const struct platform_pager *last; /* that asked; NULL: none */
};

/* Has it its key, and did nothing come since? */
bool pager_is_awaited(const struct pager *pager);

/* Send the key of a pager whose prompt stands there. NF_TIMEOUT,
 * NF_DISCONNECTED, NF_SYSTEM, and what the cutter's failure has. */
enum reply_result pager_reply(struct pager *pager, enum pager_when when,
			      struct nf_error *err);

#endif
