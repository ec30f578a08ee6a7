/* Tasks that wait to be handed out. */
#include "pool/queue.h"

#include <assert.h>
#include <stdlib.h>

void queue_release(struct queue *queue)
{
	free(queue->tasks);
	*queue = (struct queue){0};
}

static int grow(struct queue *queue)
{
	size_t cap = queue->cap != 0 ? queue->cap * 2 : 64;
	struct task *tasks = malloc(cap * sizeof(*tasks));

	if (tasks == NULL)
		return -1;
	for (size_t i = 0; i < queue->len && queue->cap > 0; i++)
		tasks[i] = queue->tasks[(queue->first + i) % queue->cap];
	free(queue->tasks);
	queue->tasks = tasks;
	queue->cap = cap;
	queue->first = 0;
	return 0;
}

int queue_put(struct queue *queue, struct task task)
{
	/* A place stays free for each task that may be put back. */
	while (queue->len + queue->out >= queue->cap) {
		if (grow(queue) == -1)
			return -1;
	}
	queue->tasks[(queue->first + queue->len) % queue->cap] = task;
	queue->len++;
	return 0;
}

const struct task *queue_peek(const struct queue *queue)
{
	return queue->len > 0 ? &queue->tasks[queue->first] : NULL;
}

bool queue_take(struct queue *queue, struct task *task)
{
	if (queue->len == 0)
		return false;
	*task = queue->tasks[queue->first];
	queue->first = (queue->first + 1) % queue->cap;
	queue->len--;
	queue->out++;
	return true;
}

void queue_put_back(struct queue *queue, struct task task)
{
	assert(queue->out > 0 && queue->len < queue->cap);
	queue->first = (queue->first + queue->cap - 1) % queue->cap;
	queue->tasks[queue->first] = task;
	queue->len++;
	queue->out--;
}

void queue_settle(struct queue *queue)
{
	assert(queue->out > 0);
	queue->out--;
}

size_t queue_len(const struct queue *queue)
{
	return queue->len;
}
