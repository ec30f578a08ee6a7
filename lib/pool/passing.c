/* Passing something to tasks that run, and watching for what is to be passed. */
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/error.h"
#include "pool/pool_parts.h"

bool pool_pass(struct pool *pool, uint32_t ticket, const void *bytes,
	       size_t len, const int *fds, size_t nfds)
{
	struct inflight *inflight = inflight_at(&pool->inflights, ticket);

	if (inflight != NULL && worker_handle_alive(inflight->holder))
		return worker_handle_pass(inflight->holder, pool->epfd, ticket,
					  bytes, len, fds, nfds) == 0;
	for (size_t i = 0; i < nfds; i++)
		(void)close(fds[i]);
	return false;
}

/* The place of fd among those that are watched; -1 finds a free one. */
static struct watch *find_watch(const struct pool *pool, int fd)
{
	for (size_t i = 0; i < pool->nwatches; i++) {
		if (pool->watches[i].fd == fd)
			return &pool->watches[i];
	}
	return NULL;
}

static struct watch *free_watch(struct pool *pool)
{
	struct watch *watch = find_watch(pool, -1), *more;

	if (watch != NULL)
		return watch;
	more = reallocarray(pool->watches, pool->nwatches + 1, sizeof(*more));
	if (more == NULL)
		return NULL;
	pool->watches = more;
	watch = &more[pool->nwatches++];
	watch->fd = -1;
	return watch;
}

int pool_watch(struct pool *pool, int fd, void (*fn)(void *arg), void *arg,
	       struct nf_error *err)
{
	struct watch *watch = free_watch(pool);
	struct epoll_event event = {.events = EPOLLIN};

	if (watch == NULL)
		return error_sys(err, NF_SYSTEM, "no memory to watch for more");
	event.data.u64 =
		epoll_tag((unsigned)(watch - pool->watches), EVENT_WATCH);
	if (epoll_ctl(pool->epfd, EPOLL_CTL_ADD, fd, &event) == -1)
		return error_sys(err, NF_SYSTEM, "cannot watch a descriptor");
	*watch = (struct watch){fd, fn, arg};
	return 0;
}

void pool_unwatch(struct pool *pool, int fd)
{
	struct watch *watch = find_watch(pool, fd);

	if (watch == NULL)
		return;
	(void)epoll_ctl(pool->epfd, EPOLL_CTL_DEL, fd, NULL);
	watch->fd = -1;
}

void watch_take(const struct pool *pool, unsigned place)
{
	/* A copy: fn may watch more, and move them. */
	struct watch watch = pool->watches[place];

	if (watch.fd != -1) /* not unwatched in this very batch */
		watch.fn(watch.arg);
}
