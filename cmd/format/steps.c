/* How far a device came. */
#include "format/steps.h"

#define NAME_OF(id, name) name,
static const char *const names[] = {STEPS(NAME_OF)};
#undef NAME_OF

/* The stages of a step, and its time: NF_NTIMES for none of its own. */
static const struct {
	enum nf_stage first, last;
	enum nf_time time;
} rows[] = {
	[STEP_TCP] = {NF_STAGE_CONNECT, NF_STAGE_CONNECT, NF_TIME_CONNECT},
	[STEP_SSH] = {NF_STAGE_HANDSHAKE, NF_STAGE_HANDSHAKE,
		      NF_TIME_HANDSHAKE},
	[STEP_HOSTKEY] = {NF_STAGE_HOSTKEY, NF_STAGE_HOSTKEY, NF_NTIMES},
	[STEP_LOGIN] = {NF_STAGE_AUTH, NF_STAGE_AUTH, NF_TIME_AUTH},
	[STEP_PROMPT] = {NF_STAGE_SHELL, NF_STAGE_PROMPT, NF_TIME_PROMPT},
	[STEP_ENABLE] = {NF_STAGE_ENABLE, NF_STAGE_ENABLE, NF_NTIMES},
};

const char *step_name(enum step step)
{
	return names[step];
}

/* Was it taken? A step with a time has one then. */
static bool was_taken(const struct nf_result *result, enum step step)
{
	switch (step) {
	case STEP_HOSTKEY:
		return result->key != NF_KEY_NONE;
	case STEP_ENABLE:
		return result->privileged;
	case STEP_TCP:
	case STEP_SSH:
	case STEP_LOGIN:
	case STEP_PROMPT:
	case NSTEPS:
		break;
	}
	return result->us[rows[step].time] > 0;
}

enum step_state step_state(const struct nf_result *result, enum step step)
{
	const struct nf_error *error = &result->error;

	if (error->code == NF_SKIPPED)
		return STEP_NOT;
	if (error->code != NF_OK && error->stage < rows[step].first)
		return STEP_NOT;
	if (error->code != NF_OK && error->stage <= rows[step].last)
		return STEP_FAILED;
	return was_taken(result, step) ? STEP_OK : STEP_NOT;
}

int64_t step_us(const struct nf_result *result, enum step step)
{
	return rows[step].time != NF_NTIMES ? result->us[rows[step].time] : 0;
}
