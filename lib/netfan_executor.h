/*
 * The executor of netfan: any function, over many indices, in a pool of workers.
 * A part of netfan.h, which includes it.
 *
 * Modelled on Python's concurrent.futures. A task is an index, and a few bytes
 * if need be: a worker calls the executor's function with it, and what that
 * writes is the task's result. There are no hidden threads: work is handed out
 * and results come in only inside nf_executor_step() and functions that wait.
 *
 * What a mode can promise:
 *
 *   process     A worker may crash, be killed or hang: the others go on, and
 *               the task is reported or tried again (on_worker_death). Workers
 *               are forked by nf_executor_open() and later to replace others:
 *               they see memory as it was then. They have /dev/null as stdin
 *               and stdout, the program's stderr, no other descriptor, and
 *               ignore SIGINT, SIGTERM, SIGQUIT, SIGHUP and SIGPIPE. Refused
 *               in a program that has other threads. Workers die with the
 *               program.
 *   thread      A crash ends the program. A task that neither returns nor
 *               gives way cannot be stopped: it fails by its time limit, its
 *               thread gets no more work, and what it uses must stay in place.
 *   sequential  Tasks run inside nf_executor_step(), one at a time. A crash
 *               ends the program; only a task on a fiber has a time limit.
 */
#ifndef NETFAN_EXECUTOR_H
#define NETFAN_EXECUTOR_H

#ifndef NETFAN_H
#error "include netfan.h, of which this is a part"
#endif

struct nf_executor;
struct nf_future;
struct nf_task_io; /* a task's way back to its executor */

/* A task: runs in a worker. Returns 0 when it is done, -1 and *err when it
 * failed; what it wrote is kept in either case. Any code but NF_OK will do. */
typedef int nf_task_fn(void *ctx, uint32_t index, struct nf_task_io *out,
		       struct nf_error *err);

/* Inside a task: append any number of bytes to its result; waits until there
 * is room. -1 when nobody wants them any more: the task should return then. */
NF_API int nf_write(struct nf_task_io *out, const void *bytes, size_t len);

/* Inside a task: what the initializer left for this worker, else NULL. */
NF_API void *nf_worker_state(const struct nf_task_io *out);

/* Inside a task: what was submitted with it, aligned for any type and borrowed
 * until it returns; NULL and a *len of 0 for nothing. */
NF_API const void *nf_payload(const struct nf_task_io *out, size_t *len);

/*
 * Inside a task: wait until fd is ready for one of directions, or until the
 * deadline (as nf_now_ms() counts). 1 when ready (an error counts), 0 at the
 * deadline, -1 with errno when it cannot be waited for: ECANCELED when the
 * task's own time is up or nobody wants its result. On a fiber the others run
 * on. One task of a worker at a time may wait for a descriptor.
 */
#define NF_WAIT_IN 1u
#define NF_WAIT_OUT 2u
#define NF_NO_DEADLINE INT64_MAX
NF_API int nf_wait_io(int fd, unsigned directions, int64_t deadline_ms);

/* The same for time alone: 0, or -1 with ECANCELED. */
NF_API int nf_sleep_until(int64_t deadline_ms);

/* The clock of deadlines: monotonic milliseconds, less the time in which a
 * worker with fibers could not run. */
NF_API int64_t nf_now_ms(void);

/* A task whose worker died in it has failed, and never begins twice; or it is
 * tried again, until two workers died in it, or with no other task begun. */
enum nf_on_death { NF_ON_DEATH_REPORT, NF_ON_DEATH_RETRY };

struct nf_executor_options {
	nf_task_fn *task;
	void *ctx; /* of task and initializer; borrowed */
	enum nf_mode mode;
	unsigned workers; /* 0: one a core. Sequential: 0 or 1 */
	/* Tasks handed out in all; 0: as many as can run at once. More of them
	 * keep workers busy between short tasks. */
	unsigned fanout;
	/* Tasks that run at once in a worker, each on a fiber of its own; 0:
	 * one, on an ordinary stack. A worker whose running fiber lets no other
	 * run for 10 s counts as hanging. */
	unsigned fibers;
	size_t stack_size; /* of a fiber, bytes; 0: 64 KiB */
	/* Called in each worker before its first task, or NULL. When it fails
	 * in one, the executor is broken: tasks that wait fail with
	 * NF_WORKER_DIED, and no more are taken. */
	int (*initializer)(void *ctx, void **state, struct nf_error *err);
	/* Called as a worker ends by itself, or NULL. */
	void (*finalizer)(void *state);
	unsigned max_tasks_per_worker; /* then it is replaced; 0: no limit */
	int64_t task_timeout_ms; /* from when a task begins; 0: no limit */
	enum nf_on_death on_worker_death;
};

/*
 * Start the workers. The options are copied, but for what they point to.
 * NF_INVALID for options that are out of range or contradict each other, and
 * for sequential mode inside a task on a fiber; NF_SYSTEM without memory,
 * descriptors, processes or threads, and for process mode beside other threads.
 */
NF_API int nf_executor_open(struct nf_executor **out,
			    const struct nf_executor_options *options,
			    struct nf_error *err);

/*
 * Stop taking tasks; cancel those that wait, if cancel_pending; then, if wait,
 * go on until all are done. Without wait the caller goes on stepping, and
 * nothing can fail; else the codes are those of nf_executor_step().
 */
NF_API int nf_executor_shutdown(struct nf_executor *executor, bool wait,
				bool cancel_pending, struct nf_error *err);

/* Shut down now: tasks that wait or run end with NF_CANCELLED. */
NF_API void nf_executor_terminate(struct nf_executor *executor);

/* Terminate if need be and free all but the futures, which stay readable. Not
 * inside a callback. */
NF_API void nf_executor_free(struct nf_executor *executor);

/* Tasks submitted and not yet ended. */
NF_API size_t nf_executor_pending(const struct nf_executor *executor);

/* Polls readable when nf_executor_step() has work to do: for a caller's own
 * loop, in which no other waiting function is needed. */
NF_API int nf_executor_fd(const struct nf_executor *executor);

/*
 * Hand out tasks and take in results, waiting at most timeout_ms for something
 * to happen, and run the callbacks of the tasks that ended. NF_INVALID inside a
 * callback, or a task, of this executor; NF_SYSTEM when epoll(7) fails.
 */
NF_API int nf_executor_step(struct nf_executor *executor, int timeout_ms,
			    struct nf_error *err);

/* ---- futures ---- */

enum nf_state {
	NF_STATE_PENDING, /* not begun: to be cancelled until a worker has it */
	NF_STATE_RUNNING,
	NF_STATE_DONE,
	NF_STATE_FAILED,
	NF_STATE_CANCELLED,
};

/*
 * Submit a task. Its future may be freed at any time; out may be NULL for a
 * task whose result nobody wants. NF_INVALID after a shutdown; NF_WORKER_DIED
 * when the executor is broken, as an initializer failed or workers died before
 * they had begun anything; NF_SYSTEM without memory, or when no worker could be
 * started in place of dead ones.
 */
NF_API int nf_submit(struct nf_executor *executor, uint32_t index,
		     struct nf_future **out, struct nf_error *err);

/*
 * Submit a task with len bytes, at most NF_PAYLOAD_MAX, which it finds with
 * nf_payload(): for work that came up when the workers were there already. The
 * bytes are copied, kept until the task has ended, and given to another worker
 * when one has died; never for secrets, as they lie about in pipes. Codes as of
 * nf_submit(); NF_INVALID also for too many bytes.
 */
#define NF_PAYLOAD_MAX 65536u
NF_API int nf_submit_payload(struct nf_executor *executor, uint32_t index,
			     const void *payload, size_t len,
			     struct nf_future **out, struct nf_error *err);

/* Forget a future. Its task, if not done, goes on and its result is dropped. */
NF_API void nf_future_free(struct nf_future *future);

NF_API uint32_t nf_future_index(const struct nf_future *future);
NF_API enum nf_state nf_future_state(const struct nf_future *future);
NF_API unsigned nf_future_worker(const struct nf_future *future); /* 0: none */

/*
 * Wait at most timeout_ms for the result: 0 when the task is done. *bytes is
 * what it wrote, also when it failed, borrowed; bytes and len may be NULL.
 *
 * When it failed or was cancelled, the error is that of nf_future_error(). Else
 * NF_TIMEOUT when timeout_ms passed: the task is pending or running still;
 * NF_INVALID inside a callback, or a task, of its executor; NF_SYSTEM when the
 * result cannot be read back, or of nf_executor_step().
 */
NF_API int nf_future_result(struct nf_future *future, int timeout_ms,
			    const void **bytes, size_t *len,
			    struct nf_error *err);

/*
 * Why a task failed or was cancelled; NULL otherwise. Never waits. The code is
 * the task's own, NF_TIMEOUT for its time limit, NF_WORKER_DIED, NF_CANCELLED,
 * or NF_SYSTEM when there was no room to keep its result.
 */
NF_API const struct nf_error *nf_future_error(const struct nf_future *future);

/* Cancel it, unless a worker has it or has begun it: true when cancelled. */
NF_API bool nf_future_cancel(struct nf_future *future);

/*
 * Call fn once, when the future is done, failed or cancelled: from the step in
 * which that happened, never inside another callback; at once when it has ended
 * already. In a callback, everything is allowed but waiting, stepping and
 * nf_executor_free(). NF_SYSTEM without memory.
 */
NF_API int nf_future_add_done_callback(struct nf_future *future,
				       void (*fn)(void *arg,
						  struct nf_future *future),
				       void *arg, struct nf_error *err);

enum nf_return_when {
	NF_FIRST_COMPLETED,
	NF_FIRST_FAILED, /* not the first cancelled; all, when none fails */
	NF_ALL_COMPLETED,
};

/*
 * Wait at most timeout_ms for futures, all of one executor: 1 when they have
 * ended as when asks (at once when n is 0), 0 when timeout_ms passed.
 * nf_future_state() tells which have ended. NF_INVALID for futures of several
 * executors, or inside a callback, or a task, of their own; NF_SYSTEM without
 * memory, or of nf_executor_step().
 */
NF_API int nf_wait(struct nf_future *const *futures, size_t n,
		   enum nf_return_when when, int timeout_ms,
		   struct nf_error *err);

/* An iterator over futures as they end, or in the order of their indices. */
struct nf_iter;

/*
 * Iterate over futures in the order in which they end. They stay the caller's,
 * and must outlive the iterator; the array need not. NF_INVALID for futures of
 * several executors; NF_SYSTEM without memory.
 */
NF_API int nf_as_completed(struct nf_iter **out,
			   struct nf_future *const *futures, size_t n,
			   struct nf_error *err);

/*
 * Submit indices[0..n), or 0..n-1 when indices is NULL (else borrowed), and
 * iterate over their futures in that order. At most ahead of them (0: twice the
 * fanout) are submitted before their turn has come. NF_INVALID for more than
 * 2^32 indices; NF_SYSTEM without memory; the codes of nf_submit().
 */
NF_API int nf_map(struct nf_iter **out, struct nf_executor *executor,
		  const uint32_t *indices, size_t n, size_t ahead,
		  struct nf_error *err);

/*
 * Wait at most timeout_ms for the next future: 1 and *out (borrowed; of
 * nf_map() until the next call), 0 at the end. A task that failed is no error
 * here. NF_TIMEOUT when timeout_ms passed: call again; NF_INVALID inside a
 * callback, or a task, of the executor; NF_SYSTEM of nf_executor_step(); of
 * nf_map() also the codes of nf_submit().
 */
NF_API int nf_iter_next(struct nf_iter *iter, int timeout_ms,
			struct nf_future **out, struct nf_error *err);

/* End it at any place; tasks of nf_map() that wait are cancelled. */
NF_API void nf_iter_free(struct nf_iter *iter);

#endif
