/*
 * Probe a device that no platform file describes: find out at its prompt what
 * such a file would have to say.
 */
#ifndef NETFAN_DIALOGUE_PROBE_H
#define NETFAN_DIALOGUE_PROBE_H

#include "dialogue/cli.h"

struct probe_result;

/*
 * Find out how the device refuses a command, which command switches paging off,
 * and what enable leads to, if there is a secret. No password of credentials
 * gets into a pattern. All that is sent is harmless to a device that takes it
 * for something else. The dialogue goes on with the platform that was found, so
 * that *out has to outlive it. A step that fails ends the probe, which is no
 * error: see probe_result_note(). NF_SYSTEM; *out may be set then, too.
 */
int probe_device(struct probe_result **out, struct cli *cli,
		 const struct credentials *credentials, int64_t deadline_ms,
		 struct nf_error *err);
void probe_result_free(struct probe_result *result); /* NULL is fine */

/* Why the probe ended early, "" when it did not. */
const char *probe_result_note(const struct probe_result *result);

/* The platform as far as it was found, for draft_print(). */
const struct platform *probe_result_platform(const struct probe_result *result);

#endif
