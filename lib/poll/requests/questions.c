/* What devices and jump hosts ask, and a person is to answer. */
#include "poll/requests/questions.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/printable.h"
#include "poll/poll_parts.h"
#include "poll/requests/jumping.h"
#include "poll/requests/requests.h"

#define STOPPED "the run was stopped"

/* A session that waits for its answer, or a login to a hop. */
struct question {
	uint32_t hop; /* HOP_NONE: a session's */
	struct request request; /* of a session; its text stands in text */
	char text[REQUEST_TEXT_MAX]; /* made harmless */
	struct question *next;
};

/* ---- the row */

/* NULL without memory. */
static struct question *question_new(uint32_t hop, const char *text)
{
	struct question *question = calloc(1, sizeof(*question));

	if (question == NULL)
		return NULL;
	question->hop = hop;
	printable_copy(question->text, sizeof(question->text),
		       (const uint8_t *)text, strlen(text));
	return question;
}

static void put(struct questions *questions, struct question *question)
{
	if (questions->last == NULL)
		questions->first = question;
	else
		questions->last->next = question;
	questions->last = question;
}

/* Drop the question behind this one; NULL: the first. */
static void drop_behind(struct questions *questions, struct question *before)
{
	struct question *question =
		before != NULL ? before->next : questions->first;

	if (before != NULL)
		before->next = question->next;
	else
		questions->first = question->next;
	if (questions->last == question)
		questions->last = before;
	if (before == NULL)
		questions->shown = (struct nf_question){.number = 0};
	free(question);
}

static void drop_first(struct questions *questions)
{
	drop_behind(questions, NULL);
}

/* ---- asked */

bool questions_may(const struct plan *plan, size_t device)
{
	(void)device;
	return plan->options->nask > 0;
}

void questions_take(struct nf_poll *poll, const struct request *request)
{
	struct question *question = question_new(HOP_NONE, request->text);
	struct nf_error err = {.stage = NF_STAGE_AUTH};

	if (question == NULL) {
		(void)error_sys(&err, NF_SYSTEM, "no memory for a question");
		request_refuse(poll, request, &err);
		return;
	}
	question->request = *request;
	question->request.text = question->text;
	put(&poll->questions, question);
}

void questions_take_hop(struct nf_poll *poll, uint32_t hop, const char *text)
{
	struct question *question;
	struct nf_error err = {.stage = NF_STAGE_AUTH};

	questions_drop_hop(&poll->questions, hop);
	question = poll->stopped ? NULL : question_new(hop, text);
	if (question != NULL) {
		put(&poll->questions, question);
		return;
	}
	if (poll->stopped)
		(void)error_set(&err, NF_CANCELLED, "%s", STOPPED);
	else
		(void)error_sys(&err, NF_SYSTEM, "no memory for a question");
	jumping_type(poll, hop, NULL, &err);
}

void questions_drop_hop(struct questions *questions, uint32_t hop)
{
	struct question *before = NULL, *at = questions->first;

	while (at != NULL && at->hop != hop) {
		before = at;
		at = at->next;
	}
	if (at != NULL)
		drop_behind(questions, before);
}

/* ---- shown */

static bool is_awaited(const struct nf_poll *poll,
		       const struct question *question)
{
	return question->hop != HOP_NONE ||
	       request_is_awaited(poll, &question->request);
}

static struct nf_question show(const struct nf_poll *poll,
			       const struct question *question, uint64_t number)
{
	const struct plan *plan = &poll->plan;
	bool hops = question->hop != HOP_NONE;
	size_t device = question->request.device;

	return (struct nf_question){
		.device = hops ? SIZE_MAX : device,
		.number = number,
		.text = question->text,
		.name = hops ? plan->ways.hops.hops.at[question->hop].name
			     : inventory_device(plan->inv, device)->pub.name};
}

const struct nf_question *nf_poll_question(struct nf_poll *poll)
{
	struct questions *questions = &poll->questions;

	while (questions->first != NULL && !is_awaited(poll, questions->first))
		drop_first(questions);
	if (questions->first == NULL)
		return NULL;
	if (questions->shown.number == 0)
		questions->shown =
			show(poll, questions->first, ++questions->number);
	return &questions->shown;
}

/* ---- answered */

/* Refuse the first. */
static void refuse(struct nf_poll *poll, enum nf_code code, const char *why)
{
	const struct question *first = poll->questions.first;
	struct nf_error err = {.stage = NF_STAGE_AUTH};

	(void)error_set(&err, code, "%s", why);
	if (first->hop != HOP_NONE)
		jumping_type(poll, first->hop, NULL, &err);
	else
		request_refuse(poll, &first->request, &err);
	drop_first(&poll->questions);
}

int nf_poll_answer(struct nf_poll *poll, const char *text, struct nf_error *err)
{
	size_t size = text != NULL ? strlen(text) + 1 : 0;
	const struct question *first;

	if (nf_poll_question(poll) == NULL)
		return error_set(err, NF_INVALID, "no device asks anything");
	if (text == NULL) {
		refuse(poll, NF_AUTH_FAILED,
		       "nobody answered what the device asks");
		return 0;
	}
	if (size > NF_ANSWER_MAX || strpbrk(text, "\r\n") != NULL)
		return error_set(err, NF_INVALID,
				 "an answer is one line of at most %d bytes",
				 NF_ANSWER_MAX - 1);
	first = poll->questions.first;
	if (first->hop != HOP_NONE)
		jumping_type(poll, first->hop, text, NULL);
	else
		request_grant(poll, &first->request, text, size, NULL, 0);
	drop_first(&poll->questions);
	return 0;
}

void questions_refuse(struct nf_poll *poll)
{
	while (nf_poll_question(poll) != NULL)
		refuse(poll, NF_CANCELLED, STOPPED);
}

void questions_release(struct questions *questions)
{
	while (questions->first != NULL)
		drop_first(questions);
}
