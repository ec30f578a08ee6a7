/* What running sessions ask of the parent. */
#include "poll/requests/requests.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/wire.h"
#include "keys/agent_call.h"
#include "poll/requests/jumping.h"
#include "poll/requests/proxy_commands.h"
#include "poll/requests/questions.h"

#define NUMBER_LEN 4u
#define ON_ITS_WAY 1 /* a descriptor that a full socket did not take yet */

/* ---- the kinds */

static bool may_ask_agent(const struct plan *plan, size_t device)
{
	return plan->agent.keys.n > 0 && plan_wants_agent(plan, device);
}

static void connect_agent(struct nf_poll *poll, const struct request *request)
{
	struct nf_error err = {.stage = NF_STAGE_AUTH};
	int fd = agent_connect(poll->plan.agent.path, &err);

	if (fd == -1)
		request_refuse(poll, request, &err);
	else
		request_grant(poll, request, NULL, 0, &fd, 1);
}

static bool may_jump(const struct plan *plan, size_t device)
{
	return hops_of(&plan->ways.hops, device) != HOP_NONE;
}

static const struct request_row rows[REQUEST_NKINDS] = {
	[REQUEST_AGENT] = {may_ask_agent, connect_agent, ON_ITS_WAY},
	[REQUEST_PROXY_COMMAND] = {proxy_commands_may, proxy_commands_answer,
				   ON_ITS_WAY + PROXY_COMMAND_FILES},
	[REQUEST_JUMP] = {may_jump, jumping_answer, ON_ITS_WAY},
	[REQUEST_TYPED] = {questions_may, questions_take, 0},
};

/* ---- asked */

static bool may_ask(const struct plan *plan, size_t device,
		    enum request_kind kind)
{
	return rows[kind].may != NULL && rows[kind].may(plan, device);
}

bool requests_are_expected(const struct plan *plan)
{
	for (size_t i = 0; i < plan->ndevices; i++) {
		for (int kind = 0; kind < REQUEST_NKINDS; kind++) {
			if (may_ask(plan, i, (enum request_kind)kind))
				return true;
		}
	}
	return false;
}

unsigned requests_files(const struct plan *plan)
{
	unsigned most = 0;

	for (size_t i = 0; i < plan->ndevices; i++) {
		for (int kind = 0; kind < REQUEST_NKINDS; kind++) {
			if (rows[kind].files > most &&
			    may_ask(plan, i, (enum request_kind)kind))
				most = rows[kind].files;
		}
	}
	return most;
}

enum pool_verdict requests_take(struct nf_poll *poll, const struct task *task,
				const struct message *message)
{
	struct progress *progress = &poll->progress[task->index];
	const struct request request = {
		.device = task->index,
		.ticket = task->ticket,
		.number = message->request.number,
		.kind = message->request.kind,
		.text = message->request.text,
	};

	if (request.number != progress->nrequests + 1 ||
	    request.number > REQUESTS_MAX ||
	    !may_ask(&poll->plan, request.device, request.kind))
		return POOL_BAD;
	progress->nrequests = request.number;
	progress->asks = true;
	progress->ticket = request.ticket;
	rows[request.kind].answer(poll, &request);
	return POOL_TAKEN;
}

bool request_is_awaited(const struct nf_poll *poll,
			const struct request *request)
{
	const struct progress *progress = &poll->progress[request->device];

	return progress->asks && progress->ticket == request->ticket &&
	       progress->nrequests == request->number;
}

static void drop(const int *fds, size_t nfds)
{
	for (size_t i = 0; i < nfds; i++)
		(void)close(fds[i]);
}

/* ---- answered */

/* Send an answer whose bytes begin with room for the number. */
static void answer(struct nf_poll *poll, const struct request *request,
		   uint8_t *bytes, size_t len, const int *fds, size_t nfds)
{
	if (!request_is_awaited(poll, request)) {
		drop(fds, nfds);
		return;
	}
	poll->progress[request->device].asks = false;
	wire_put_u32(bytes, request->number);
	(void)pool_pass(poll->pool, request->ticket, bytes, len, fds, nfds);
}

void request_grant(struct nf_poll *poll, const struct request *request,
		   const void *bytes, size_t len, const int *fds, size_t nfds)
{
	uint8_t packet[PASSED_BYTES_MAX];

	assert(len <= REQUEST_BYTES_MAX && nfds <= PASSED_FDS_MAX);
	packet[NUMBER_LEN] = NF_OK;
	if (len > 0)
		memcpy(packet + NUMBER_LEN + 1, bytes, len);
	answer(poll, request, packet, NUMBER_LEN + 1 + len, fds, nfds);
	explicit_bzero(packet, sizeof(packet));
}

void request_refuse(struct nf_poll *poll, const struct request *request,
		    const struct nf_error *error)
{
	uint8_t packet[NUMBER_LEN + ERROR_SIZE_MAX];

	assert(error->code != NF_OK);
	answer(poll, request, packet,
	       NUMBER_LEN + error_encode(error, packet + NUMBER_LEN), NULL, 0);
}
