/* What a process and its children use. */
#include "bench/meter.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static FILE *open_proc(pid_t pid, const char *file)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	return fopen(path, "re");
}

/* A page that several have counts with the share of each. */
static uint64_t memory_of(pid_t pid)
{
	FILE *file = open_proc(pid, "smaps_rollup");
	unsigned long long kib = 0;
	char line[128];

	if (file == NULL)
		return 0;
	while (fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "Pss_Anon: %llu kB", &kib) == 1)
			break;
	}
	(void)fclose(file);
	return (uint64_t)kib * 1024;
}

uint64_t meter_memory(pid_t pid)
{
	uint64_t total = memory_of(pid);
	char path[48];
	FILE *file;
	int child;

	(void)snprintf(path, sizeof(path), "task/%d/children", (int)pid);
	file = total > 0 ? open_proc(pid, path) : NULL;
	if (file == NULL)
		return total;
	while (fscanf(file, "%d", &child) == 1)
		total += memory_of(child);
	(void)fclose(file);
	return total;
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
