/* Asking the parent for something. */
#include "poll/task/asking.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/wire.h"

#define NUMBER_LEN 4u

static int say(const struct asking *asking, enum request_kind kind,
	       const char *text, int64_t *waited_ms)
{
	struct message message = {
		.type = MESSAGE_REQUEST,
		.request = {.number = asking->number, .kind = kind}};

	(void)snprintf(message.request.text, sizeof(message.request.text), "%s",
		       text);
	return message_send(asking->out, &message, waited_ms) == -1
		       ? -1
		       : task_io_flush(asking->out, waited_ms);
}

/* Is it the answer to the last request, or to one that nobody waits for? */
static bool is_awaited(const struct asking *asking, const struct passed *passed)
{
	return passed->len > NUMBER_LEN &&
	       wire_u32(passed->bytes) == asking->number;
}

static int receive(const struct asking *asking, struct passed *passed,
		   int64_t deadline_ms)
{
	int rc;

	while ((rc = task_io_receive(asking->out, passed, deadline_ms)) == 1 &&
	       !is_awaited(asking, passed))
		passed_release(passed);
	return rc;
}

/* Leave what was asked for, or take the error. */
static int open_answer(struct passed *passed, struct nf_error *err)
{
	const uint8_t *answer = passed->bytes + NUMBER_LEN;
	struct nf_error why;

	if (answer[0] == NF_OK && !passed->lacks_fds) {
		passed->len -= NUMBER_LEN + 1;
		memmove(passed->bytes, answer + 1, passed->len);
		explicit_bzero(passed->bytes + passed->len, NUMBER_LEN + 1);
		return 0;
	}
	if (answer[0] == NF_OK) {
		(void)error_set(err, NF_SYSTEM, PASSED_LACKS_FDS);
	} else if (error_decode(&why, answer, passed->len - NUMBER_LEN) == 0) {
		if (why.stage == NF_STAGE_RESOLVE) /* it is told of none */
			why.stage = err->stage;
		*err = why;
	} else {
		(void)error_set(err, NF_SYSTEM, "an answer is damaged");
	}
	passed_release(passed);
	return -1;
}

int asking_request(struct asking *asking, enum request_kind kind,
		   const char *text, int64_t deadline_ms, int64_t *waited_ms,
		   struct passed *passed, struct nf_error *err)
{
	int rc;

	if (asking->number == REQUESTS_MAX)
		return error_set(err, NF_TIMEOUT,
				 "netfan itself was asked %d times, and had no "
				 "time for it",
				 REQUESTS_MAX);
	asking->number++;
	rc = say(asking, kind, text, waited_ms);
	if (rc != -1)
		rc = receive(asking, passed, deadline_ms);
	if (rc == -1)
		return error_set(err, NF_CANCELLED, "the run was stopped");
	if (rc == 0)
		return error_set(err, NF_TIMEOUT,
				 "netfan itself gave no answer in time");
	return open_answer(passed, err);
}
