/* What a hop asks a person. */
#include "jump/enquiry.h"

#include "base/deadline_clock.h"
#include "base/error.h"
#include "fiber/fiber.h"
#include "session/session.h"

static void say(const struct gate *gate, uint32_t number, enum report_kind kind,
		const char *text)
{
	const struct report report = {
		.kind = kind, .place = gate->number, .text = text};

	board_report(gate->board, number, &report);
}

/* 1 once it is answered, 0 when nobody did, -1 when it cannot be waited. */
static int await_answer(const struct enquiry *enquiry)
{
	int64_t end_ms = deadline_clock_ms() + SESSION_TYPED_MS;
	int rc = 1;

	while (rc == 1 && !enquiry->answered)
		rc = fiber_park(end_ms);
	return enquiry->answered ? 1 : rc;
}

int enquire(struct gate *gate, const char *question, struct passed *typed,
	    struct nf_error *err)
{
	struct enquiry enquiry = {.fiber = fiber_self(),
				  .number = ++gate->board->last_enquiry};
	int rc;

	gate->enquiry = &enquiry;
	say(gate, enquiry.number, REPORT_QUESTION, question);
	rc = await_answer(&enquiry);
	gate->enquiry = NULL;
	if (rc != 1)
		say(gate, enquiry.number, REPORT_UNASKED, NULL);
	if (rc == -1)
		return error_sys(err, NF_SYSTEM, "cannot wait");
	if (rc == 0)
		return error_set(err, NF_AUTH_FAILED,
				 "the device asks \"%.200s\", and nobody "
				 "answered in %d s",
				 question, SESSION_TYPED_MS / 1000);
	*typed = enquiry.typed;
	if (enquiry.error.code == NF_OK)
		return 0;
	*err = enquiry.error;
	return -1;
}

static struct enquiry *find(const struct board *board, uint32_t number)
{
	for (size_t i = 0; i < board->hops->n; i++) {
		struct enquiry *enquiry = board->gates[i].enquiry;

		if (enquiry != NULL && enquiry->number == number)
			return enquiry;
	}
	return NULL;
}

void enquiry_answer(struct board *board, uint32_t number, struct passed *passed)
{
	struct enquiry *enquiry = find(board, number);

	if (enquiry == NULL || enquiry->answered)
		return;
	enquiry->answered = true;
	enquiry->error = (struct nf_error){.stage = NF_STAGE_AUTH};
	if (report_answer_open(passed, &enquiry->error) == 0) {
		enquiry->typed = *passed;
		*passed = (struct passed){0};
	}
	fiber_wake(enquiry->fiber);
}
