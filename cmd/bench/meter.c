/* What a process and its children use. */
#include "bench/meter.h"

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

/* KiB of memory that no file has. */
struct pages {
	unsigned long long share; /* what several have counts in part */
	unsigned long long own; /* what nobody else has */
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

uint64_t meter_memory(pid_t pid, struct stall_clock *clock, int64_t *stalled_ms)
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

uint64_t meter_lent(void)
{
	struct pages pages;

	if (!read_pages(&pages, getpid()) || pages.share < pages.own)
		return 0;
	return (pages.share - pages.own) * 1024;
}

int64_t meter_cpu(pid_t pid)
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

unsigned meter_processors(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return (unsigned)CPU_COUNT(&set);
	return (unsigned)sysconf(_SC_NPROCESSORS_ONLN); /* more than a set's */
}
