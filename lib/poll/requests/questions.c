/* What devices ask, and a person is to answer. */
#include "poll/requests/questions.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/printable.h"
#include "poll/poll_parts.h"
#include "poll/requests/requests.h"

/* A session that waits for its answer. */
struct question {
	struct request request; /* its text stands in text */
	char text[REQUEST_TEXT_MAX]; /* made harmless */
	struct question *next;
};

bool questions_may(const struct plan *plan, size_t device)
{
	(void)device;
	return plan->options->nask > 0;
}

void questions_take(struct nf_poll *poll, const struct request *request)
{
	struct questions *questions = &poll->questions;
	struct question *question = calloc(1, sizeof(*question));
	struct nf_error err = {.stage = NF_STAGE_AUTH};

	if (question == NULL) {
		(void)error_sys(&err, NF_SYSTEM, "no memory for a question");
		request_refuse(poll, request, &err);
		return;
	}
	printable_copy(question->text, sizeof(question->text),
		       (const uint8_t *)request->text, strlen(request->text));
	question->request = *request;
	question->request.text = question->text;
	if (questions->first == NULL)
		questions->first = question;
	else
		questions->last->next = question;
	questions->last = question;
}

static void drop_first(struct questions *questions)
{
	struct question *first = questions->first;

	questions->first = first->next;
	questions->shown = (struct nf_question){.number = 0};
	free(first);
}

const struct nf_question *nf_poll_question(struct nf_poll *poll)
{
	struct questions *questions = &poll->questions;

	while (questions->first != NULL &&
	       !request_is_awaited(poll, &questions->first->request))
		drop_first(questions);
	if (questions->first == NULL)
		return NULL;
	if (questions->shown.number == 0)
		questions->shown = (struct nf_question){
			.device = questions->first->request.device,
			.number = ++questions->number,
			.text = questions->first->text};
	return &questions->shown;
}

/* Refuse the first. */
static void refuse(struct nf_poll *poll, enum nf_code code, const char *why)
{
	struct nf_error err = {.stage = NF_STAGE_AUTH};

	(void)error_set(&err, code, "%s", why);
	request_refuse(poll, &poll->questions.first->request, &err);
	drop_first(&poll->questions);
}

int nf_poll_answer(struct nf_poll *poll, const char *text, struct nf_error *err)
{
	size_t size = text != NULL ? strlen(text) + 1 : 0;

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
	request_grant(poll, &poll->questions.first->request, text, size, NULL,
		      0);
	drop_first(&poll->questions);
	return 0;
}

void questions_refuse(struct nf_poll *poll)
{
	while (nf_poll_question(poll) != NULL)
		refuse(poll, NF_CANCELLED, "the run was stopped");
}

void questions_release(struct questions *questions)
{
	while (questions->first != NULL)
		drop_first(questions);
}
