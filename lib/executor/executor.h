/* Executors, as what stands on them sees them: waits and iterators. */
#ifndef NETFAN_EXECUTOR_EXECUTOR_H
#define NETFAN_EXECUTOR_EXECUTOR_H

#include "executor/future.h"

/* The deadline of a wait of timeout_ms, -1 for none: of executor_await(). */
int64_t executor_deadline(int timeout_ms);

/* The rest of a wait, in milliseconds; -1 for ever. */
int executor_rest_ms(int64_t deadline_ms);

/*
 * Step until is_over(arg) or the deadline, at least once unless it is over
 * already: 1 when it is, 0 at the deadline. NF_INVALID inside a callback, or a
 * task, of the executor; NF_SYSTEM of nf_executor_step().
 */
int executor_await(struct nf_executor *executor,
		   bool (*is_over)(const void *arg), const void *arg,
		   int64_t deadline_ms, struct nf_error *err);

struct future_set *executor_futures(struct nf_executor *executor);

/* Tasks that are handed out to workers at a time, at most. */
unsigned executor_fanout(const struct nf_executor *executor);

#endif
