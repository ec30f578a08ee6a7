/*
 * Questions: what devices and jump hosts ask, and a person is to answer, in the
 * parent. They wait for one another, as a person answers one at a time.
 */
#ifndef NETFAN_POLL_REQUESTS_QUESTIONS_H
#define NETFAN_POLL_REQUESTS_QUESTIONS_H

#include "netfan.h"
#include "poll/plan/plan.h"

struct request;
struct question;

/* Zeroed, it is empty. */
struct questions {
	struct question *first, *last;
	uint64_t number; /* of the last that was shown */
	struct nf_question shown; /* the first, with its number */
};

/* A row of the table of requests: may this device ask? Let it wait. */
bool questions_may(const struct plan *plan, size_t device);
void questions_take(struct nf_poll *poll, const struct request *request);

/* Let what a hop asks wait, in place of what it asked before; and forget that, as
 * it does not wait any more. */
void questions_take_hop(struct nf_poll *poll, uint32_t hop, const char *text);
void questions_drop_hop(struct questions *questions, uint32_t hop);

/* Refuse all, as the run is stopped. */
void questions_refuse(struct nf_poll *poll);

void questions_release(struct questions *questions);

#endif
