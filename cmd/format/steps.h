/* Steps: how far a device came on the way to its prompt. */
#ifndef NETFAN_CMD_FORMAT_STEPS_H
#define NETFAN_CMD_FORMAT_STEPS_H

#include "netfan.h"

/* The names are those of columns, and of members in JSON. */
#define STEPS(X)                                                               \
	X(STEP_TCP, "tcp")                                                     \
	X(STEP_SSH, "ssh")                                                     \
	X(STEP_HOSTKEY, "hostkey")                                             \
	X(STEP_LOGIN, "login")                                                 \
	X(STEP_PROMPT, "prompt")                                               \
	X(STEP_ENABLE, "enable")

#define STEP_ID(id, name) id,
enum step { STEPS(STEP_ID) NSTEPS };
#undef STEP_ID

enum step_state {
	STEP_NOT, /* not come to, or not to be taken */
	STEP_OK,
	STEP_FAILED,
};

const char *step_name(enum step step);

/* What became of a step. By telnet, where nobody can tell a login from what
 * else comes before the prompt, both are the prompt's. */
enum step_state step_state(const struct nf_result *result, enum step step);

/* How long it took, microseconds; 0: it has no time of its own. */
int64_t step_us(const struct nf_result *result, enum step step);

#endif
