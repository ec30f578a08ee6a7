/* The limits of this system for a run. */
#include "system/limits.h"

#include <assert.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/error.h"

#define CGROUPS "/sys/fs/cgroup"
#define CPUS_FIRST ((size_t)1024)
#define CPUS_MAX ((size_t)1 << 20) /* above any kernel's NR_CPUS */
#define CAP_SYS_ADMIN_BIT 21 /* linux/capability.h */
#define CAP_SYS_RESOURCE_BIT 24
#define UIDS_ALL UINT32_MAX /* length of the map of all user ids */

#define KIB ((uint64_t)1024)
#define MIB (1024 * KIB)

/* ---- what a run needs, measured */

#define SESSION_FILES 1 /* its socket */
#define WORKER_FILES 16 /* pipes, epoll, standard streams, names */
#define RESULT_FILES 1 /* a session's, where its result is kept */
#define HANDLE_FILES 3 /* a worker's in the parent: two pipes, pidfd */
#define PARENT_FILES 32

#define SESSION_MEMORY (100 * KIB)
#define PROCESS_MEMORY MIB
#define THREAD_MEMORY (256 * KIB)

/* Stacks count as data with all that they may grow to. */
#define SESSION_DATA (SESSION_MEMORY + 64 * KIB)
#define THREAD_DATA (THREAD_MEMORY + 8 * MIB)

/* What a worker takes in each mode, without its sessions. */
static const struct worker_cost {
	bool own_process; /* then its files and data are not the parent's */
	unsigned tasks; /* processes or threads that are started for it */
	uint64_t memory, data;
	const char *started, *all_started; /* what the system counts */
} worker_costs[NF_NMODES] = {
	[NF_MODE_PROCESS] = {true, 1, PROCESS_MEMORY, PROCESS_MEMORY, "process",
			     "processes"},
	[NF_MODE_THREAD] = {false, 1, THREAD_MEMORY, THREAD_DATA, "thread",
			    "threads"},
	[NF_MODE_SEQUENTIAL] = {false, 0, THREAD_MEMORY, 0, "thread",
				"threads"},
};

/* A worker is worth having for so many sessions, or as many as were wished. */
#define SESSIONS_WORTH 16

/* ---- files of one line, and lines of files */

/* The text behind key on the first line of DIR/NAME that begins with it. */
static char *line_after(const char *dir, const char *name, const char *key)
{
	size_t key_len = strlen(key), size = 0;
	char path[PATH_MAX], *line = NULL;
	bool found = false;
	FILE *file;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= PATH_MAX)
		return NULL;
	file = fopen(path, "re");
	if (file == NULL)
		return NULL;
	while (!found && getline(&line, &size, file) != -1)
		found = strncmp(line, key, key_len) == 0;
	(void)fclose(file);
	if (!found) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\n")] = '\0';
	memmove(line, line + key_len, strlen(line + key_len) + 1);
	return line;
}

/* Take a number and the space before it; one too large is UINT64_MAX. */
static bool take_number(const char **at, int base, uint64_t *value)
{
	const char *start = *at + strspn(*at, " \t");
	char *end;

	if (!isxdigit((unsigned char)*start))
		return false; /* strtoull() would take a sign */
	*value = strtoull(start, &end, base);
	if (*end != '\0' && !isspace((unsigned char)*end))
		return false;
	*at = end;
	return true;
}

/* "max" and "unlimited" are no numbers: they limit as little as no file. */
static bool read_number(const char *dir, const char *name, const char *key,
			int base, uint64_t *value)
{
	char *line = line_after(dir, name, key);
	const char *at = line;
	bool ok = line != NULL && take_number(&at, base, value);

	free(line);
	return ok;
}

static void lower(uint64_t *limit, const char **more, uint64_t to,
		  const char *advice)
{
	if (to >= *limit)
		return;
	*limit = to;
	*more = advice;
}

static uint64_t less(uint64_t all, uint64_t used)
{
	return all > used ? all - used : 0;
}

/* ---- processes of this user */

/* In a user namespace, root and capabilities are not the kernel's own. */
static bool namespace_is_initial(const char *root)
{
	char *line = line_after(root, "proc/self/uid_map", "");
	const char *at = line;
	uint64_t first, outside, n;
	bool initial;

	if (line == NULL)
		return true; /* a kernel without user namespaces */
	/* All ids can only be mapped to themselves. */
	initial = take_number(&at, 10, &first) &&
		  take_number(&at, 10, &outside) && take_number(&at, 10, &n) &&
		  n == UIDS_ALL;
	free(line);
	return initial;
}

/* Whether RLIMIT_NPROC binds this process: see copy_process() in Linux. */
static bool is_bound(const char *root, uint64_t uid)
{
	const uint64_t above = UINT64_C(1) << CAP_SYS_ADMIN_BIT |
			       UINT64_C(1) << CAP_SYS_RESOURCE_BIT;
	uint64_t caps = 0;

	(void)read_number(root, "proc/self/status", "CapEff:", 16, &caps);
	return (uid != 0 && (caps & above) == 0) || !namespace_is_initial(root);
}

static uint64_t count_tasks(const char *root, uint64_t uid)
{
	uint64_t owner, threads, n = 0;
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "%s/proc", root);
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (!isdigit((unsigned char)entry->d_name[0]) ||
		    snprintf(path, sizeof(path), "%s/proc/%s", root,
			     entry->d_name) >= PATH_MAX ||
		    !read_number(path, "status", "Uid:", 10, &owner) ||
		    owner != uid)
			continue;
		if (!read_number(path, "status", "Threads:", 10, &threads))
			threads = 1;
		n += threads;
	}
	if (dir != NULL)
		(void)closedir(dir);
	return n;
}

/* RLIMIT_NPROC from /proc, without which it could not be made use of. */
static void read_user(struct limits *limits, const char *root)
{
	uint64_t most, uid;

	if (!read_number(root, "proc/self/limits", "Max processes", 10,
			 &most) ||
	    !read_number(root, "proc/self/status", "Uid:", 10, &uid) ||
	    !is_bound(root, uid))
		return;
	lower(&limits->processes, &limits->more_processes,
	      less(most, count_tasks(root, uid)), "raise it with 'ulimit -u'");
}

/* RLIMIT_DATA, less what of it is in use. */
static void read_data(struct limits *limits, const char *root)
{
	uint64_t most, used = 0;

	if (!read_number(root, "proc/self/limits", "Max data size", 10, &most))
		return;
	(void)read_number(root, "proc/self/status", "VmData:", 10, &used);
	limits->data = less(most, used * KIB);
}

/* ---- cgroups */

static void read_pids(struct limits *limits, const char *dir)
{
	uint64_t most, used = 0;

	if (!read_number(dir, "pids.max", "", 10, &most))
		return;
	(void)read_number(dir, "pids.current", "", 10, &used);
	lower(&limits->processes, &limits->more_processes, less(most, used),
	      "raise pids.max of its cgroup");
}

/* The files of a version of cgroups: memory in use, and the page cache in it
 * that can be reclaimed. */
struct memory_files {
	const char *used, *idle, *active;
};

static const struct memory_files memory_v2 = {"memory.current",
					      "inactive_file ", "active_file "};
static const struct memory_files memory_v1 = {
	"memory.usage_in_bytes", "total_inactive_file ", "total_active_file "};

static void read_memory(struct limits *limits, const char *dir,
			const struct memory_files *files, const char *name,
			const char *advice)
{
	uint64_t most, used = 0, idle = 0, active = 0;

	if (!read_number(dir, name, "", 10, &most))
		return;
	(void)read_number(dir, files->used, "", 10, &used);
	(void)read_number(dir, "memory.stat", files->idle, 10, &idle);
	(void)read_number(dir, "memory.stat", files->active, 10, &active);
	lower(&limits->memory, &limits->more_memory,
	      less(most, less(less(used, idle), active)), advice);
}

static void lower_cores(struct limits *limits, uint64_t quota, uint64_t period)
{
	uint64_t cores = quota / period + (quota % period != 0);

	if (cores < limits->cores)
		limits->cores = cores > 0 ? (unsigned)cores : 1;
}

/* "QUOTA PERIOD" in microseconds, "max PERIOD" for none. */
static void read_cpu(struct limits *limits, const char *dir)
{
	char *line = line_after(dir, "cpu.max", "");
	const char *at = line;
	uint64_t quota, period;

	if (line != NULL && take_number(&at, 10, &quota) &&
	    take_number(&at, 10, &period) && period > 0)
		lower_cores(limits, quota, period);
	free(line);
}

static void read_cgroup(struct limits *limits, const char *dir)
{
	read_pids(limits, dir);
	read_memory(limits, dir, &memory_v2, "memory.max",
		    "raise memory.max of its cgroup");
	read_memory(limits, dir, &memory_v2, "memory.high",
		    "raise memory.high of its cgroup");
	read_cpu(limits, dir);
}

/*
 * A path that leads out of the cgroup namespace cannot be followed: what is
 * mounted here are others' cgroups, and /sys/fs/cgroup/.. is none.
 */
static bool leads_out(const char *path)
{
	return strncmp(path, "/..", 3) == 0 &&
	       (path[3] == '/' || path[3] == '\0');
}

typedef void read_fn(struct limits *limits, const char *dir);

/* Read the cgroup at path, and all above it, of the tree that is mounted on
 * CGROUPS and name. */
static void read_tree(struct limits *limits, const char *root, const char *name,
		      const char *path, read_fn *read)
{
	size_t top = strlen(root) + strlen(CGROUPS) + strlen(name);
	char dir[PATH_MAX];
	int len;

	if (path[0] != '/' || leads_out(path))
		return;
	len = snprintf(dir, sizeof(dir), "%s" CGROUPS "%s%s", root, name, path);
	if (len >= PATH_MAX)
		return;
	for (char *end = dir + len; end >= dir + top; end = strrchr(dir, '/')) {
		*end = '\0';
		read(limits, dir);
	}
}

/* ---- version 1: a tree for each controller, by its name */

static void read_memory_v1(struct limits *limits, const char *dir)
{
	read_memory(limits, dir, &memory_v1, "memory.limit_in_bytes",
		    "raise memory.limit_in_bytes of its cgroup");
}

/* A quota of -1 is no number: there is none. */
static void read_cpu_v1(struct limits *limits, const char *dir)
{
	uint64_t quota, period;

	if (read_number(dir, "cpu.cfs_quota_us", "", 10, &quota) &&
	    read_number(dir, "cpu.cfs_period_us", "", 10, &period) &&
	    period > 0)
		lower_cores(limits, quota, period);
}

static const struct controller {
	const char *name;
	read_fn *read;
} controllers[] = {
	{"memory", read_memory_v1}, {"pids", read_pids}, {"cpu", read_cpu_v1}};

static bool names(const char *list, const char *name)
{
	size_t len = strlen(name), word;

	for (;; list += word + 1) {
		word = strcspn(list, ",");
		if (word == len && strncmp(list, name, len) == 0)
			return true;
		if (list[word] == '\0')
			return false;
	}
}

/* "4:cpu,cpuacct:/a/b": each of its controllers is a link to the tree. */
static void read_hierarchy(struct limits *limits, const char *root, char *line)
{
	char *list = strchr(line, ':');
	char *path = list != NULL ? strchr(list + 1, ':') : NULL;
	char name[32];

	if (path == NULL)
		return;
	*path++ = '\0';
	path[strcspn(path, "\n")] = '\0';
	for (size_t i = 0; i < sizeof(controllers) / sizeof(controllers[0]);
	     i++) {
		if (!names(list + 1, controllers[i].name))
			continue;
		(void)snprintf(name, sizeof(name), "/%s", controllers[i].name);
		read_tree(limits, root, name, path, controllers[i].read);
	}
}

static void read_hierarchies(struct limits *limits, const char *root)
{
	char path[PATH_MAX], *line = NULL;
	size_t size = 0;
	FILE *file = NULL;

	if (snprintf(path, sizeof(path), "%s/proc/self/cgroup", root) <
	    PATH_MAX)
		file = fopen(path, "re");
	while (file != NULL && getline(&line, &size, file) != -1)
		read_hierarchy(limits, root, line);
	if (file != NULL)
		(void)fclose(file);
	free(line);
}

/* Controllers may be divided among both versions. */
static void read_cgroups(struct limits *limits, const char *root)
{
	char *own = line_after(root, "proc/self/cgroup", "0::");

	if (own != NULL)
		read_tree(limits, root, "", own, read_cgroup);
	free(own);
	read_hierarchies(limits, root);
}

/* ---- the machine */

/* -1 when the kernel's masks are longer, else how many CPUs are set. */
static int count_cpus(size_t room)
{
	size_t size = CPU_ALLOC_SIZE(room);
	cpu_set_t *set = CPU_ALLOC(room);
	int n = 0;

	if (set == NULL)
		return 0;
	if (sched_getaffinity(0, size, set) == 0)
		n = CPU_COUNT_S(size, set);
	else if (errno == EINVAL)
		n = -1;
	CPU_FREE(set);
	return n;
}

static unsigned read_affinity(void)
{
	int n = -1;

	for (size_t room = CPUS_FIRST; n == -1 && room <= CPUS_MAX; room *= 2)
		n = count_cpus(room);
	return n > 0 ? (unsigned)n : 1;
}

static void read_available(struct limits *limits, const char *root)
{
	uint64_t kib;

	if (!read_number(root, "proc/meminfo", "MemAvailable:", 10, &kib) ||
	    kib > UINT64_MAX / KIB)
		return;
	lower(&limits->memory, &limits->more_memory, kib * KIB,
	      "end other programs or add memory");
}

void limits_read(struct limits *limits, const char *root)
{
	struct rlimit rlimit;

	*limits = (struct limits){
		.descriptors = UINT64_MAX,
		.processes = UINT64_MAX,
		.memory = UINT64_MAX,
		.data = UINT64_MAX,
		.cores = read_affinity(),
	};
	if (getrlimit(RLIMIT_NOFILE, &rlimit) == 0 &&
	    rlimit.rlim_cur != RLIM_INFINITY)
		limits->descriptors = rlimit.rlim_cur;
	read_available(limits, root);
	read_user(limits, root);
	read_data(limits, root);
	read_cgroups(limits, root);
}

/* ---- a wish */

enum resource { DESCRIPTORS, PROCESSES, MEMORY, DATA };

static uint64_t have(const struct limits *limits, enum resource resource)
{
	switch (resource) {
	case DESCRIPTORS:
		return limits->descriptors;
	case PROCESSES:
		return limits->processes;
	case MEMORY:
		return limits->memory;
	case DATA:
		return limits->data;
	}
	return 0;
}

/*
 * Descriptors of the process that needs most, as each process has the limit for
 * itself: the parent, which may come to hold a file for each session of all.
 */
static uint64_t need_descriptors(const struct limits_wish *wish)
{
	uint64_t workers = wish->workers, sessions = wish->fanout;
	uint64_t session = SESSION_FILES + wish->held_files;
	uint64_t handle = HANDLE_FILES + wish->passes;
	uint64_t parent = PARENT_FILES + workers * handle +
			  sessions * (RESULT_FILES + wish->parent_files);
	uint64_t worker =
		WORKER_FILES + (sessions + workers - 1) / workers * session;
	uint64_t jump = WORKER_FILES + wish->jump_files + sessions;
	uint64_t most = parent > worker ? parent : worker;

	if (!worker_costs[wish->mode].own_process)
		most = parent + workers * WORKER_FILES + sessions * session;
	return wish->jump_files > 0 && jump > most ? jump : most;
}

/* The data of one worker process, or of all workers in one process. Answers
 * that the parent keeps go to files where it finds no memory. */
static uint64_t need_data(const struct limits_wish *wish)
{
	const struct worker_cost *cost = &worker_costs[wish->mode];
	uint64_t workers = wish->workers, sessions = wish->fanout;

	if (cost->own_process)
		return cost->data +
		       (sessions + workers - 1) / workers * SESSION_DATA;
	return workers * cost->data + sessions * SESSION_DATA;
}

/* Two 32-bit counts times small constants: no sum here can wrap. */
static uint64_t need(const struct limits_wish *wish, enum resource resource)
{
	const struct worker_cost *cost = &worker_costs[wish->mode];

	switch (resource) {
	case DESCRIPTORS:
		return need_descriptors(wish);
	case PROCESSES:
		return (uint64_t)wish->workers * cost->tasks;
	case MEMORY:
		return wish->workers * cost->memory +
		       wish->fanout * SESSION_MEMORY;
	case DATA:
		return need_data(wish);
	}
	return 0;
}

/* A wish made smaller; needs never fall as n grows. */
typedef struct limits_wish scale_fn(const struct limits_wish *wish, unsigned n);

static struct limits_wish with_fanout(const struct limits_wish *wish,
				      unsigned n)
{
	struct limits_wish smaller = *wish;

	smaller.fanout = n;
	return smaller;
}

/* n workers, with no more sessions than make them worth having. */
static struct limits_wish with_workers(const struct limits_wish *wish,
				       unsigned n)
{
	unsigned each = wish->fanout / wish->workers +
			(wish->fanout % wish->workers != 0);
	uint64_t all =
		(uint64_t)n * (each < SESSIONS_WORTH ? each : SESSIONS_WORTH);

	struct limits_wish smaller = *wish;

	smaller.workers = n;
	if (all < wish->fanout)
		smaller.fanout = (unsigned)all;
	return smaller;
}

/* The largest n up to high that fits; 0 may not fit either. */
static unsigned largest(const struct limits *limits, enum resource resource,
			const struct limits_wish *wish, scale_fn *scale,
			unsigned high)
{
	unsigned low = 0;

	while (low < high) {
		unsigned middle = high - (high - low) / 2;
		struct limits_wish smaller = scale(wish, middle);

		if (need(&smaller, resource) <= have(limits, resource))
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

struct bound {
	unsigned most;
	enum resource by; /* when most is less than was asked for */
};

static struct bound tightest(const struct limits *limits,
			     const struct limits_wish *wish, scale_fn *scale,
			     unsigned high)
{
	static const enum resource all[] = {DESCRIPTORS, PROCESSES, MEMORY,
					    DATA};
	struct bound bound = {.most = high};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		unsigned most =
			largest(limits, all[i], wish, scale, bound.most);

		if (most < bound.most)
			bound = (struct bound){most, all[i]};
	}
	return bound;
}

/* ---- telling */

#define REASON 128

/* Which limit it is, and what to do about it. */
static void describe(char reason[REASON], const struct limits *limits,
		     enum nf_mode mode, enum resource resource)
{
	uint64_t n = have(limits, resource);
	const char *more = NULL;
	int len = 0;

	switch (resource) {
	case DESCRIPTORS:
		len = snprintf(reason, REASON,
			       "a process may open %" PRIu64 " files here", n);
		more = "raise it with 'ulimit -n'";
		break;
	case PROCESSES:
		len = snprintf(reason, REASON,
			       "%" PRIu64 " more %s may be started here", n,
			       n == 1 ? worker_costs[mode].started
				      : worker_costs[mode].all_started);
		more = limits->more_processes;
		break;
	case MEMORY:
		len = snprintf(reason, REASON,
			       "%" PRIu64 " %s of memory are left here",
			       n < 10 * MIB ? n / KIB : n / MIB,
			       n < 10 * MIB ? "KiB" : "MiB");
		more = limits->more_memory;
		break;
	case DATA:
		len = snprintf(reason, REASON,
			       "a process may have %" PRIu64
			       " MiB more of data here",
			       n / MIB);
		more = "raise it with 'ulimit -d'";
		break;
	}
	if (more != NULL && len >= 0 && len < REASON)
		(void)snprintf(reason + len, REASON - (size_t)len, "; %s",
			       more);
}

static void tell(char *note, size_t size, const struct limits_wish *wish,
		 const struct limits_wish *fit, const char *why_workers,
		 const char *why_fanout)
{
	char workers[64], fanout[64];

	(void)snprintf(workers, sizeof(workers), "lowered from %u to %u",
		       wish->workers, fit->workers);
	(void)snprintf(fanout, sizeof(fanout), "from %u to %u", wish->fanout,
		       fit->fanout);
	if (fit->fanout == wish->fanout && fit->workers == wish->workers)
		note[0] = '\0';
	else if (fit->fanout == wish->fanout)
		(void)snprintf(note, size, "workers %s: %s", workers,
			       why_workers);
	else if (fit->workers == wish->workers)
		(void)snprintf(note, size, "fanout lowered %s: %s", fanout,
			       why_fanout);
	else if (strcmp(why_workers, why_fanout) == 0)
		(void)snprintf(note, size, "workers %s and fanout %s: %s",
			       workers, fanout, why_fanout);
	else
		(void)snprintf(note, size, "workers %s (%s) and fanout %s (%s)",
			       workers, why_workers, fanout, why_fanout);
}

int limits_fit(const struct limits *limits, struct limits_wish *wish,
	       char *note, size_t note_size, struct nf_error *err)
{
	struct limits_wish fit = *wish;
	char why_workers[REASON], why_fanout[REASON];
	struct bound workers, fanout;

	assert(wish->workers > 0 && wish->fanout > 0 && note_size > 0);
	note[0] = '\0';
	workers = tightest(limits, wish, with_workers, wish->workers);
	fit.workers = workers.most > 0 ? workers.most : 1;
	fanout = tightest(limits, &fit, with_fanout, wish->fanout);
	describe(why_workers, limits, wish->mode, workers.by);
	describe(why_fanout, limits, wish->mode, fanout.by);
	if (fanout.most == 0)
		return error_set(err, NF_SYSTEM,
				 "not even one worker with one session fits: "
				 "%s",
				 why_fanout);
	fit.fanout = fanout.most;
	tell(note, note_size, wish, &fit, why_workers, why_fanout);
	*wish = fit;
	return 0;
}
