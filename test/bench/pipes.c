/*
 * The reference: what pipes alone can carry between a parent and its workers.
 * Eight bytes out and 26 back a task, as in netfan, and nothing done with them.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORKERS_MAX 64
#define AHEAD_MAX 64 /* a pipe's worth is never reached: nobody blocks */
#define TICKET 8
#define FRAMES 26 /* STARTED and DONE */

struct worker {
	int task_fd, result_fd;
};

struct trial {
	struct worker workers[WORKERS_MAX];
	int nworkers, ahead, epfd;
	long ntasks, sent, done;
};

static char bytes[AHEAD_MAX * FRAMES];

static double now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void work(int task_fd, int result_fd)
{
	char tickets[AHEAD_MAX * TICKET];
	ssize_t n;

	while ((n = read(task_fd, tickets, sizeof(tickets))) > 0) {
		size_t len = (size_t)n / TICKET * FRAMES;

		if (write(result_fd, bytes, len) != (ssize_t)len)
			break;
	}
	_exit(0);
}

/* A worker inherits the ends of those before it: it must let go of them. */
static int start_worker(struct trial *trial)
{
	struct worker *worker = &trial->workers[trial->nworkers];
	struct epoll_event event = {.events = EPOLLIN};
	int tasks[2], results[2];
	pid_t pid;

	if (pipe(tasks) == -1 || pipe(results) == -1 || (pid = fork()) == -1)
		return -1;
	if (pid == 0) {
		for (int i = 0; i < trial->nworkers; i++)
			(void)close(trial->workers[i].task_fd);
		(void)close(tasks[1]);
		work(tasks[0], results[1]);
	}
	(void)close(tasks[0]);
	(void)close(results[1]);
	*worker = (struct worker){.task_fd = tasks[1], .result_fd = results[0]};
	event.data.ptr = worker;
	trial->nworkers++;
	return epoll_ctl(trial->epfd, EPOLL_CTL_ADD, worker->result_fd, &event);
}

static int hand_out(struct trial *trial, const struct worker *worker, long n)
{
	size_t len;

	if (n > trial->ntasks - trial->sent)
		n = trial->ntasks - trial->sent;
	len = (size_t)n * TICKET;
	trial->sent += n;
	return n == 0 || write(worker->task_fd, bytes, len) == (ssize_t)len
		       ? 0
		       : -1;
}

static int take_results(struct trial *trial, const struct worker *worker)
{
	char frames[AHEAD_MAX * FRAMES];
	ssize_t n = read(worker->result_fd, frames, sizeof(frames));

	if (n <= 0)
		return -1;
	trial->done += n / FRAMES;
	return hand_out(trial, worker, n / FRAMES);
}

static int run(struct trial *trial)
{
	struct epoll_event events[WORKERS_MAX];

	for (int i = 0; i < trial->nworkers; i++) {
		if (hand_out(trial, &trial->workers[i], trial->ahead) == -1)
			return -1;
	}
	while (trial->done < trial->ntasks) {
		int n = epoll_wait(trial->epfd, events, WORKERS_MAX, -1);

		for (int i = 0; i < n; i++) {
			if (take_results(trial, events[i].data.ptr) == -1)
				return -1;
		}
	}
	return 0;
}

static int measure(struct trial *trial, int nworkers)
{
	double start;
	int rc = 0;

	trial->epfd = epoll_create1(EPOLL_CLOEXEC);
	while (trial->nworkers < nworkers && rc == 0)
		rc = start_worker(trial);
	start = now_s();
	if (rc == 0)
		rc = run(trial);
	if (rc == 0)
		(void)printf("{\"tasks_per_s\": %.0f}\n",
			     (double)trial->ntasks / (now_s() - start));
	for (int i = 0; i < trial->nworkers; i++)
		(void)close(trial->workers[i].task_fd);
	while (wait(NULL) > 0)
		;
	return rc;
}

int main(int argc, char **argv)
{
	int nworkers = argc == 4 ? atoi(argv[1]) : 0;
	struct trial trial = {.ahead = argc == 4 ? atoi(argv[2]) : 0,
			      .ntasks = argc == 4 ? atol(argv[3]) : 0};

	if (nworkers < 1 || nworkers > WORKERS_MAX || trial.ahead < 1 ||
	    trial.ahead > AHEAD_MAX || trial.ntasks < 1) {
		(void)fputs("usage: bench-pipes WORKERS K TASKS\n", stderr);
		return 2;
	}
	if (measure(&trial, nworkers) == -1) {
		perror("bench-pipes");
		return 1;
	}
	return 0;
}
