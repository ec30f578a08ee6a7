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
 * to if a secret is given. All that is sent is harmless to a device that takes
 * it for something else. The dialogue goes on as what was learnt, which has to
 * outlive it. NF_NO_PROMPT, NF_DISCONNECTED, NF_SYSTEM.
 */
int learn_device(struct learnt **out, struct cli *cli, const char *secret,
		 int64_t deadline_ms, struct nf_error *err);
void learnt_free(struct learnt *learnt); /* NULL is fine */

/* What is known of it, for suggest_print(). */
const struct platform *learnt_platform(const struct learnt *learnt);

#endif
