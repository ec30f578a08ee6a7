/* A login's connection to the user's agent. */
#include "transport/auth/agent.h"

#include <errno.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "fiber/fiber.h"
#include "keys/agent_call.h"

#define PAUSE_MIN_MS 10
#define PAUSE_MAX_MS 1000

void agent_close(struct agent *agent)
{
	if (agent->fd != -1)
		(void)close(agent->fd);
	agent->fd = -1;
}

/* The agent takes no more connections for now: it is not the device's fault. */
static int pause_ms(int64_t *ms, int64_t deadline_ms, struct nf_error *err)
{
	if (deadline_clock_ms() + *ms > deadline_ms)
		return error_set(err, NF_TIMEOUT,
				 "the agent takes no more connections");
	if (sleep_until(deadline_clock_ms() + *ms) == -1)
		return error_set(err, NF_CANCELLED, "the run was stopped");
	*ms = *ms < PAUSE_MAX_MS / 2 ? *ms * 2 : PAUSE_MAX_MS;
	return 0;
}

static int ensure_open(struct agent *agent, int64_t deadline_ms,
		       struct nf_error *err)
{
	int64_t pause = PAUSE_MIN_MS;

	while (agent->fd == -1) {
		agent->fd = agent->connect(agent->arg, deadline_ms, err);
		if (agent->fd == -1 &&
		    (err->sys_errno != EAGAIN ||
		     pause_ms(&pause, deadline_ms, err) == -1))
			return -1;
	}
	return 0;
}

/* Let a call come to its end. */
static int await(const struct agent *agent, struct agent_call *call,
		 int64_t deadline_ms, struct nf_error *err)
{
	unsigned directions;
	int rc, ready = 1;

	while ((rc = agent_call_turn(call, agent->fd, &directions)) == 0 &&
	       ready == 1)
		ready = wait_io(agent->fd, directions, deadline_ms);
	if (rc == 1)
		return 0;
	if (rc == 0 && ready == 0)
		return error_set(err, NF_TIMEOUT, "the agent does not answer");
	if (errno == ECANCELED)
		return error_set(err, NF_CANCELLED, "the run was stopped");
	return error_sys(err, errno == EPROTO ? NF_PROTOCOL : NF_SYSTEM,
			 "the agent gives no signature");
}

int agent_sign(struct agent *agent, const struct key *key,
	       const char *algorithm, const uint8_t *data, size_t len,
	       struct buf *out, int64_t deadline_ms, struct nf_error *err)
{
	struct agent_call call;
	int rc = -1;

	agent_call_init(&call);
	if (agent_put_sign(&call.request, key, algorithm, data, len) == -1)
		(void)error_sys(err, NF_SYSTEM, "no request to the agent");
	else if (ensure_open(agent, deadline_ms, err) == 0)
		rc = await(agent, &call, deadline_ms, err);
	if (rc == -1) /* a reply may still come: not to the next request */
		agent_close(agent);
	else
		rc = agent_take_signature(out, algorithm, call.reply.data,
					  call.reply.len, err);
	agent_call_release(&call);
	return rc;
}
