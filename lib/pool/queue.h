/* Tasks that wait to be handed out, first come first served. */
#ifndef NETFAN_POOL_QUEUE_H
#define NETFAN_POOL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct task {
	uint32_t index; /* what the worker gets */
	unsigned attempts; /* times it was handed out */
	void *owner; /* the submitter's own */
	const void *payload; /* likewise, as long as the task is; NULL: none */
	uint32_t payload_len;
	unsigned lost; /* attempts ended by a death that it is blamed for */
	unsigned hurt; /* by one that nobody is, once it had begun */
	bool suspect; /* its worker died while it ran: tried again alone */
};

/* A ring. Zeroed, it is empty and ready. */
struct queue {
	struct task *tasks;
	size_t cap;
	size_t first;
	size_t len;
	size_t out; /* taken and not settled: room is kept for them */
};

void queue_release(struct queue *queue);

/* -1 with errno ENOMEM. */
int queue_put(struct queue *queue, struct task task);

/* Look at the first: NULL when there is none. Borrowed until the next call. */
const struct task *queue_peek(const struct queue *queue);

/* Take the first: false when there is none. */
bool queue_take(struct queue *queue, struct task *task);

/* Put one that was taken back to the front: cannot fail. */
void queue_put_back(struct queue *queue, struct task task);

/* One that was taken will not come back. */
void queue_settle(struct queue *queue);

size_t queue_len(const struct queue *queue);

#endif
