/* The user's SSH agent. */
#include "poll/plan/key_agent.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "keys/agent_call.h"

#define SLICE_MS 100 /* between two looks at whether it was interrupted */

/* Wait until the call can go on: -1 when there is no time left. */
static int await(int fd, unsigned directions,
		 const struct key_agent_patience *patience,
		 struct nf_error *err)
{
	struct pollfd pollfd = {.fd = fd,
				.events = directions == NF_WAIT_OUT ? POLLOUT
								    : POLLIN};

	while (poll(&pollfd, 1, SLICE_MS) <= 0) {
		if (patience->interrupted != NULL &&
		    patience->interrupted(patience->arg))
			return error_set(err, NF_CANCELLED, "interrupted");
		if (deadline_clock_ms() >= patience->deadline_ms)
			return error_set(err, NF_TIMEOUT,
					 "the agent does not answer");
	}
	return 0;
}

static int make_call(struct agent_call *call, int fd,
		     const struct key_agent_patience *patience,
		     struct nf_error *err)
{
	unsigned directions;
	int rc;

	if (agent_put_list(&call->request) == -1)
		return error_sys(err, NF_SYSTEM, "no request to the agent");
	while ((rc = agent_call_turn(call, fd, &directions)) == 0) {
		if (await(fd, directions, patience, err) == -1)
			return -1;
	}
	return rc == 1 ? 0
		       : error_sys(err, NF_SYSTEM,
				   "the agent does not list its keys");
}

static int list(struct key_agent *agent,
		const struct key_agent_patience *patience, struct nf_error *err)
{
	struct agent_call call;
	int rc = -1, fd = agent_connect(agent->path, err);

	if (fd == -1)
		return -1;
	agent_call_init(&call);
	if (make_call(&call, fd, patience, err) == 0)
		rc = agent_take_list(&agent->keys, call.reply.data,
				     call.reply.len, err);
	agent_call_release(&call);
	(void)close(fd);
	return rc;
}

static int check_some(const struct key_agent *agent, struct nf_error *err)
{
	if (agent->keys.n > 0)
		return 0;
	if (agent->keys.nunusable > 0)
		return error_set(err, NF_AUTH_FAILED,
				 "the agent has no key of a kind that can be "
				 "used here");
	return error_set(err, NF_AUTH_FAILED,
			 "the agent has no keys, or is locked");
}

int key_agent_ask(struct key_agent *agent, const char *path,
		  const struct key_agent_patience *patience,
		  struct nf_error *err)
{
	*agent = (struct key_agent){0};
	if (path == NULL || path[0] == '\0') {
		(void)error_set(&agent->trouble, NF_INVALID,
				"SSH_AUTH_SOCK names no agent");
		return 0;
	}
	agent->path = strdup(path);
	if (agent->path == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for an agent");
	if (list(agent, patience, &agent->trouble) == 0)
		(void)check_some(agent, &agent->trouble);
	if (agent->trouble.code != NF_CANCELLED)
		return 0;
	return error_set(err, NF_CANCELLED, "%s", agent->trouble.message);
}

void key_agent_release(struct key_agent *agent)
{
	agent_keys_release(&agent->keys);
	free(agent->path);
	*agent = (struct key_agent){0};
}
