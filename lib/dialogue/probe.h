/*
 * A device that no platform file describes is asked at its prompt what one
 * would have to say of it.
 */
#ifndef NETFAN_DIALOGUE_PROBE_H
#define NETFAN_DIALOGUE_PROBE_H

#include "dialogue/cli.h"

struct probe_result;

/*
 * Learn: how it refuses a command, which command ends paging, what enable leads
 * to if there is a secret. No password of credentials is in a pattern. All that
 * is sent is harmless to a device that takes it for something else. The
 * dialogue goes on as what was found, which has to outlive it. A step that
 * fails ends it: probe_result_note() tells. NF_SYSTEM.
 */
int probe_device(struct probe_result **out, struct cli *cli,
		 const struct credentials *credentials, int64_t deadline_ms,
		 struct nf_error *err);
void probe_result_free(struct probe_result *result); /* NULL is fine */

/* Why it went no further, "" when it went to its end. */
const char *probe_result_note(const struct probe_result *result);

/* What is known of it, for draft_print(). */
const struct platform *probe_result_platform(const struct probe_result *result);

#endif
