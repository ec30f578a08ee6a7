/* The public face of a pool, as futures and iterators see it. */
#ifndef NETFAN_EXECUTOR_EXECUTOR_H
#define NETFAN_EXECUTOR_EXECUTOR_H

#include "executor/future.h"

/* Step until *flag is set: 1, or 0 at the deadline; -1 with NF_INVALID where
 * nobody may wait, or when the pool cannot go on. */
int executor_await(struct nf_executor *executor, const bool *flag,
		   int64_t deadline_ms, struct nf_error *err);

/* The deadline of a wait of timeout_ms, -1 for none. */
int64_t executor_deadline(int timeout_ms);

/* Call the callbacks of a future that has ended: now, or, inside of one, when
 * it has returned. */
void executor_call_back(struct nf_executor *executor, struct nf_future *future);

/* The future is free: it is none of the executor's any more. */
void executor_drop(struct nf_executor *executor, struct nf_future *future);

/* Keep what an iterator needs of it, also when it is freed meanwhile. */
void executor_hold(struct nf_executor *executor);
void executor_let_go(struct nf_executor *executor);

/* One more of its tasks has ended. */
void executor_count_end(struct nf_executor *executor);

unsigned executor_fanout(const struct nf_executor *executor);

#endif
