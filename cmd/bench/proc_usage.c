/* Memory and CPU time of processes. */
#include "bench/proc_usage.h"

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/stall.h"

static FILE *open_proc(pid_t pid, const char *file)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	return fopen(path, "re");
}

/* Memory of a process that no file has, KiB. */
struct pages {
	unsigned long long share; /* a page that n processes have counts 1/n */
	unsigned long long own; /* pages that no other process has */
};

static bool read_pages(struct pages *pages, pid_t pid)
{
	FILE *file = open_proc(pid, "smaps_rollup");
	char line[128];

	*pages = (struct pages){.share = 0};
	if (file == NULL)
		return false;
	while (fgets(line, sizeof(line), file) != NULL) {
		(void)sscanf(line, "Pss_Anon: %llu kB", &pages->share);
		(void)sscanf(line, "Private_Dirty: %llu kB", &pages->own);
	}
	(void)fclose(file);
	return true;
}

/* Read the memory of one process, and the clock: to wait for a processor beside
 * hundreds of other processes is no stall, one process at a time. */
static uint64_t memory_of(pid_t pid, struct stall_clock *clock,
			  int64_t *stalled_ms)
{
	struct pages pages;
	bool known = read_pages(&pages, pid);
	int64_t ms = stall_clock_ms(clock, 0);

	if (ms > *stalled_ms)
		*stalled_ms = ms;
	return known ? pages.share * 1024 : 0;
}

uint64_t proc_usage_memory(pid_t pid, struct stall_clock *clock,
			   int64_t *stalled_ms)
{
	uint64_t total = memory_of(pid, clock, stalled_ms);
	char path[48];
	FILE *file;
	int child;

	(void)snprintf(path, sizeof(path), "task/%d/children", (int)pid);
	file = total > 0 ? open_proc(pid, path) : NULL;
	if (file == NULL)
		return total;
	while (fscanf(file, "%d", &child) == 1)
		total += memory_of(child, clock, stalled_ms);
	(void)fclose(file);
	return total;
}

uint64_t proc_usage_lent(void)
{
	struct pages pages;

	if (!read_pages(&pages, getpid()) || pages.share < pages.own)
		return 0;
	return (pages.share - pages.own) * 1024;
}

int64_t proc_usage_cpu_us(pid_t pid)
{
	FILE *file = open_proc(pid, "stat");
	unsigned long long user = 0, system = 0;
	char line[1024], *at = NULL;

	if (file == NULL)
		return 0;
	if (fgets(line, sizeof(line), file) != NULL)
		at = strrchr(line, ')'); /* its name may hold anything */
	(void)fclose(file);
	if (at == NULL ||
	    sscanf(at + 1,
		   " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu",
		   &user, &system) != 2)
		return 0;
	return (int64_t)((user + system) * 1000000 /
			 (unsigned long long)sysconf(_SC_CLK_TCK));
}

unsigned proc_usage_processors(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return (unsigned)CPU_COUNT(&set);
	return (unsigned)sysconf(_SC_NPROCESSORS_ONLN); /* more than a set's */
}
