/*
 * A device that no platform file describes is asked at its prompt what one
 * would have to say of it.
 */
#ifndef NETFAN_SESSION_LEARN_H
#define NETFAN_SESSION_LEARN_H

#include "session/cli.h"

struct learnt;

/*
 * Learn: how it refuses a command, which command ends paging, what enable leads
 * to if the veil has a secret; what it covers is in no pattern. All that is
 * sent is harmless to a device that takes it for something else. The dialogue
 * goes on as what was learnt, which has to outlive it. A step that fails ends
 * it: learnt_note() tells. NF_SYSTEM.
 */
int learn_device(struct learnt **out, struct cli *cli, const struct veil *veil,
		 int64_t deadline_ms, struct nf_error *err);
void learnt_free(struct learnt *learnt); /* NULL is fine */

/* Why it went no further, "" when it went to its end. */
const char *learnt_note(const struct learnt *learnt);

/* What is known of it, for suggest_print(). */
const struct platform *learnt_platform(const struct learnt *learnt);

#endif
