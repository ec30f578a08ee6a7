/* lib/system/limits.c */
#include "system/limits.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "unit/unit.h"

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define NONE UINT64_MAX

/* ---- a machine with as many CPUs as a test likes */

static size_t fake_cpus; /* 0: those there are */

/* As Linux does it: a mask shorter than the kernel's own is EINVAL. */
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	long len;

	memset(set, 0, size);
	if (fake_cpus == 0) {
		len = syscall(SYS_sched_getaffinity, pid, size, set);
		return len == -1 ? -1 : 0;
	}
	if (size * CHAR_BIT < fake_cpus) {
		errno = EINVAL;
		return -1;
	}
	for (size_t i = 0; i < fake_cpus; i++)
		CPU_SET_S(i, size, set);
	return 0;
}

/* ---- a root directory of the test's own */

struct root {
	char dir[PATH_MAX / 2];
};

static int set_up(void **state)
{
	struct root *root = calloc(1, sizeof(*root));
	const char *tmp = getenv("TEST_TMP");

	assert_non_null(root);
	(void)snprintf(root->dir, sizeof(root->dir), "%s/netfan-limits-XXXXXX",
		       tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(root->dir));
	fake_cpus = 8;
	*state = root;
	return 0;
}

static int drop(const char *path, const struct stat *st, int type,
		struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void empty(const struct root *root)
{
	assert_int_equal(nftw(root->dir, drop, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static int tear_down(void **state)
{
	fake_cpus = 0;
	empty(*state);
	free(*state);
	return 0;
}

/* The file, with all directories above it. */
static void put(const struct root *root, const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", root->dir, name);
	for (char *at = path + strlen(root->dir); at != NULL;
	     at = strchr(at + 1, '/')) {
		*at = '\0';
		assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
		*at = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* ---- files and what is read in them */

struct text {
	const char *name, *text;
};

struct reading {
	const char *what;
	struct text files[12];
	uint64_t processes, memory; /* 0: nothing limits; see LEFT_NONE */
	unsigned cores; /* 0: the 8 of the mask */
	const char *more; /* of processes and memory, the one that is limited */
};

#define LEFT_NONE 1 /* all is in use: what is asked for cannot be a default */
#define CGROUP(path)                                                           \
	{                                                                      \
		"proc/self/cgroup", "0::" path "\n"                            \
	}
#define AT "sys/fs/cgroup"

static uint64_t expected(uint64_t value)
{
	if (value == 0)
		return NONE;
	return value == LEFT_NONE ? 0 : value;
}

static void assert_reads(const struct root *root, const struct reading *reading)
{
	struct limits limits;
	const char *more;

	for (const struct text *text = reading->files; text->name != NULL;
	     text++)
		put(root, text->name, text->text);
	limits_read(&limits, root->dir);
	if (limits.processes != expected(reading->processes) ||
	    limits.memory != expected(reading->memory) ||
	    limits.cores != (reading->cores ? reading->cores : 8))
		fail_msg("%s: %ju processes, %ju bytes, %u cores",
			 reading->what, (uintmax_t)limits.processes,
			 (uintmax_t)limits.memory, limits.cores);
	more = limits.more_processes != NULL ? limits.more_processes
					     : limits.more_memory;
	if (reading->more == NULL
		    ? more != NULL
		    : more == NULL || strstr(more, reading->more) == NULL)
		fail_msg("%s: advice is \"%s\"", reading->what,
			 more != NULL ? more : "");
}

static void assert_all_read(const struct root *root,
			    const struct reading *readings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_reads(root, &readings[i]);
		empty(root);
		assert_int_equal(mkdir(root->dir, 0700), 0);
	}
}

static void test_nothing_to_read_limits_nothing(void **state)
{
	static const struct reading readings[] = {
		{.what = "no file"},
		{.what = "no cgroup files", .files = {CGROUP("/a/b")}},
		{.what = "not version 2",
		 .files = {{"proc/self/cgroup", "4:memory:/a\n1:cpu:/a\n"},
			   {AT "/a/memory.max", "5\n"},
			   {AT "/memory.max", "5\n"}}},
		{.what = "no line of it",
		 .files = {{"proc/self/cgroup", ""}, {AT "/pids.max", "5\n"}}},
		{.what = "relative", /* it would be /sys/fs/cgroupa */
		 .files = {CGROUP("a"), {AT "a/pids.max", "5\n"}}},
	};

	assert_all_read(*state, readings, LENGTH(readings));
}

static const struct reading pids_of_cgroups[] = {
	{.what = "its own",
	 .files = {CGROUP("/a"),
		   {AT "/a/pids.max", "100\n"},
		   {AT "/a/pids.current", "30\n"}},
	 .processes = 70,
	 .more = "pids.max"},
	{.what = "after the lines of version 1",
	 .files = {{"proc/self/cgroup", "2:cpu:/x\n0::/a\n"},
		   {AT "/x/pids.max", "2\n"},
		   {AT "/a/pids.max", "100\n"}},
	 .processes = 100,
	 .more = "pids.max"},
	{.what = "the root of a namespace",
	 .files = {CGROUP("/"),
		   {AT "/pids.max", "100\n"},
		   {AT "/pids.current", "30\n"}},
	 .processes = 70,
	 .more = "pids.max"},
	{.what = "the middle one is tightest",
	 .files = {CGROUP("/a/b/c"),
		   {AT "/a/pids.max", "1000\n"},
		   {AT "/a/pids.current", "900\n"},
		   {AT "/a/b/pids.max", "500\n"},
		   {AT "/a/b/pids.current", "450\n"},
		   {AT "/a/b/c/pids.max", "60\n"},
		   {AT "/a/b/c/pids.current", "1\n"}},
	 .processes = 50,
	 .more = "pids.max"},
	{.what = "the topmost is tightest",
	 .files = {CGROUP("/a/b"),
		   {AT "/pids.max", "10\n"},
		   {AT "/pids.current", "3\n"},
		   {AT "/a/b/pids.max", "60\n"}},
	 .processes = 7,
	 .more = "pids.max"},
	{.what = "a neighbour's does not count",
	 .files = {CGROUP("/a/b"),
		   {AT "/a/b2/pids.max", "5\n"},
		   {AT "/b/pids.max", "5\n"},
		   {AT "/a/b/c/pids.max", "5\n"}}},
	{.what = "max", /* nor less what is used */
	 .files = {CGROUP("/a"),
		   {AT "/a/pids.max", "max\n"},
		   {AT "/a/pids.current", "30\n"}}},
	{.what = "max below a limit",
	 .files = {CGROUP("/a/b"),
		   {AT "/a/b/pids.max", "max\n"},
		   {AT "/a/pids.max", "9\n"}},
	 .processes = 9,
	 .more = "pids.max"},
	{.what = "more than all in use", /* when max was lowered */
	 .files = {CGROUP("/a"),
		   {AT "/a/pids.max", "10\n"},
		   {AT "/a/pids.current", "11\n"}},
	 .processes = LEFT_NONE,
	 .more = "pids.max"},
};

static void test_pids_of_cgroups_are_read(void **state)
{
	assert_all_read(*state, pids_of_cgroups, LENGTH(pids_of_cgroups));
}

static const struct reading memory_of_cgroups[] = {
	{.what = "max less current",
	 .files = {CGROUP("/a"),
		   {AT "/a/memory.max", "1000000\n"},
		   {AT "/a/memory.current", "400000\n"}},
	 .memory = 600000,
	 .more = "memory.max"},
	{.what = "files give way",
	 .files = {CGROUP("/a"),
		   {AT "/a/memory.max", "1000000\n"},
		   {AT "/a/memory.current", "400000\n"},
		   {AT "/a/memory.stat",
		    "anon 1\nfile 5\nworkingset_inactive_file 7\n"
		    "inactive_file 150000\nactive_file 50000\n"}},
	 .memory = 800000,
	 .more = "memory.max"},
	{.what = "more files than in use", /* not read at one time */
	 .files = {CGROUP("/a"),
		   {AT "/a/memory.max", "1000000\n"},
		   {AT "/a/memory.current", "400000\n"},
		   {AT "/a/memory.stat", "inactive_file 500000\n"}},
	 .memory = 1000000,
	 .more = "memory.max"},
	{.what = "high is lower",
	 .files = {CGROUP("/a"),
		   {AT "/a/memory.max", "1000000\n"},
		   {AT "/a/memory.high", "900000\n"},
		   {AT "/a/memory.current", "400000\n"},
		   {AT "/a/memory.stat", "inactive_file 1000\n"}},
	 .memory = 501000,
	 .more = "memory.high"},
	{.what = "high alone",
	 .files = {CGROUP("/a"),
		   {AT "/a/memory.max", "max\n"},
		   {AT "/a/memory.high", "900000\n"}},
	 .memory = 900000,
	 .more = "memory.high"},
	{.what = "high exceeded",
	 .files = {CGROUP("/a"),
		   {AT "/a/memory.high", "900000\n"},
		   {AT "/a/memory.current", "900001\n"}},
	 .memory = LEFT_NONE,
	 .more = "memory.high"},
	{.what = "the middle one is tightest",
	 .files = {CGROUP("/a/b/c"),
		   {AT "/a/memory.max", "9000000\n"},
		   {AT "/a/memory.current", "8000000\n"},
		   {AT "/a/b/memory.max", "5000000\n"},
		   {AT "/a/b/memory.current", "4500000\n"},
		   {AT "/a/b/c/memory.max", "600000\n"},
		   {AT "/a/b/c/memory.current", "5\n"}},
	 .memory = 500000,
	 .more = "memory.max"},
	{.what = "max and max",
	 .files = {CGROUP("/a"),
		   {AT "/a/memory.max", "max\n"},
		   {AT "/a/memory.high", "max\n"},
		   {AT "/a/memory.current", "5\n"}}},
};

static void test_memory_of_cgroups_is_read(void **state)
{
	assert_all_read(*state, memory_of_cgroups, LENGTH(memory_of_cgroups));
}

#define CGROUP_V1                                                              \
	{                                                                      \
		"proc/self/cgroup", "9:pids:/p/q\n4:cpu,cpuacct:/c\n"          \
				    "3:name=systemd:/x\n2:memory:/m\n"         \
				    "1:cpuset:/s\n0::/u\n"                     \
	}

static const struct reading cgroups_of_version_1[] = {
	{.what = "memory less what files hold",
	 .files = {CGROUP_V1,
		   {AT "/memory/m/memory.limit_in_bytes", "1000000\n"},
		   {AT "/memory/m/memory.usage_in_bytes", "700000\n"},
		   {AT "/memory/m/memory.stat",
		    "inactive_file 1\ntotal_inactive_file 200000\n"
		    "total_active_file 100000\n"}},
	 .memory = 600000,
	 .more = "memory.limit_in_bytes"},
	{.what = "memory above its own",
	 .files = {CGROUP_V1,
		   {AT "/memory/m/memory.limit_in_bytes",
		    "9223372036854771712\n"},
		   {AT "/memory/memory.limit_in_bytes", "500000\n"}},
	 .memory = 500000,
	 .more = "memory.limit_in_bytes"},
	{.what = "pids",
	 .files = {CGROUP_V1,
		   {AT "/pids/p/q/pids.max", "max\n"},
		   {AT "/pids/p/pids.max", "100\n"},
		   {AT "/pids/p/pids.current", "30\n"}},
	 .processes = 70,
	 .more = "pids.max"},
	{.what = "a quota of processors",
	 .files = {CGROUP_V1,
		   {AT "/cpu/c/cpu.cfs_quota_us", "250000\n"},
		   {AT "/cpu/c/cpu.cfs_period_us", "100000\n"}},
	 .cores = 3},
	{.what = "no quota",
	 .files = {CGROUP_V1,
		   {AT "/cpu/c/cpu.cfs_quota_us", "-1\n"},
		   {AT "/cpu/c/cpu.cfs_period_us", "100000\n"}}},
	{.what = "version 2 beside it",
	 .files = {CGROUP_V1,
		   {AT "/u/pids.max", "50\n"},
		   {AT "/pids/p/q/pids.max", "60\n"}},
	 .processes = 50,
	 .more = "pids.max"},
	{.what = "another's controller",
	 .files = {CGROUP_V1, {AT "/memory/p/q/pids.max", "5\n"}}},
	{.what = "lines that are none",
	 .files = {{"proc/self/cgroup", "\n:\n2:memory\n2:memory:\n"
					"2:memory:m\n2:memory:/..\n"},
		   {AT "/memory/memory.limit_in_bytes", "5\n"}}},
};

static void test_cgroups_of_version_1_are_read(void **state)
{
	assert_all_read(*state, cgroups_of_version_1,
			LENGTH(cgroups_of_version_1));
}

static void test_memory_of_the_machine_is_read(void **state)
{
	static const struct reading readings[] = {
		{.what = "available, in KiB",
		 .files = {{"proc/meminfo", "MemTotal:        8000 kB\n"
					    "MemFree:          100 kB\n"
					    "MemAvailable:    2000 kB\n"}},
		 .memory = 2000 * KIB,
		 .more = "other programs"},
		{.what = "the cgroup's is less",
		 .files = {{"proc/meminfo", "MemAvailable:    2000 kB\n"},
			   CGROUP("/"),
			   {AT "/memory.max", "1000000\n"}},
		 .memory = 1000000,
		 .more = "memory.max"},
		{.what = "the cgroup's is more",
		 .files = {{"proc/meminfo", "MemAvailable:    2000 kB\n"},
			   CGROUP("/"),
			   {AT "/memory.max", "4000000\n"}},
		 .memory = 2000 * KIB,
		 .more = "other programs"},
		{.what = "old kernels do not tell",
		 .files = {{"proc/meminfo", "MemFree:    2000 kB\n"}}},
		{.what = "more than can be counted in bytes",
		 .files = {{"proc/meminfo",
			    "MemAvailable:    18014398509481985 kB\n"}}},
	};

	assert_all_read(*state, readings, LENGTH(readings));
}

static void test_cpus_of_cgroups_are_read(void **state)
{
	static const struct reading readings[] = {
		{.what = "two of eight",
		 .files = {CGROUP("/a"), {AT "/a/cpu.max", "200000 100000\n"}},
		 .cores = 2},
		{.what = "rounded up",
		 .files = {CGROUP("/a"), {AT "/a/cpu.max", "200001 100000\n"}},
		 .cores = 3},
		{.what = "a part of one",
		 .files = {CGROUP("/a"), {AT "/a/cpu.max", "1000 100000\n"}},
		 .cores = 1},
		{.what = "never none",
		 .files = {CGROUP("/a"), {AT "/a/cpu.max", "0 100000\n"}},
		 .cores = 1},
		{.what = "more than there are",
		 .files = {CGROUP("/a"),
			   {AT "/a/cpu.max", "18446744073709551615 1\n"}},
		 .cores = 8},
		{.what = "max",
		 .files = {CGROUP("/a"), {AT "/a/cpu.max", "max 100000\n"}}},
		{.what = "the middle one is tightest",
		 .files = {CGROUP("/a/b/c"),
			   {AT "/a/cpu.max", "500000 100000\n"},
			   {AT "/a/b/cpu.max", "150000 50000\n"},
			   {AT "/a/b/c/cpu.max", "400000 100000\n"}},
		 .cores = 3},
	};

	assert_all_read(*state, readings, LENGTH(readings));
}

static void test_garbage_limits_nothing(void **state)
{
	static const char *const garbage[] = {
		"",      "\n",         "x\n",      "-5\n",    "+5\n",
		"5x\n",  "0x5 1\n",    "a\n",      "maximum", " \n",
		"5.5\n", "\xff\xfe\n", "max5 1\n", "5,1\n"};
	static const char *const names[] = {AT "/pids.max", AT "/memory.max",
					    AT "/memory.high", AT "/cpu.max",
					    "proc/meminfo"};
	struct reading reading = {
		.files = {CGROUP("/"), {AT "/memory.current", "7\n"}}};

	for (size_t i = 0; i < LENGTH(names); i++) {
		for (size_t k = 0; k < LENGTH(garbage); k++) {
			reading.what = garbage[k];
			reading.files[2] = (struct text){names[i], garbage[k]};
			assert_all_read(*state, &reading, 1);
		}
	}
}

static void test_parts_of_a_file_that_are_garbage_limit_nothing(void **state)
{
	static const struct reading readings[] = {
		{.what = "no period",
		 .files = {CGROUP("/"), {AT "/cpu.max", "100000\n"}}},
		{.what = "a period of 0",
		 .files = {CGROUP("/"), {AT "/cpu.max", "100000 0\n"}}},
		{.what = "a period that is none",
		 .files = {CGROUP("/"), {AT "/cpu.max", "100000 x\n"}}},
		{.what = "no number available",
		 .files = {{"proc/meminfo", "MemAvailable: kB\n"}}},
		{.what = "what is used cannot be read",
		 .files = {CGROUP("/"),
			   {AT "/pids.max", "10\n"},
			   {AT "/pids.current", "x\n"}},
		 .processes = 10,
		 .more = "pids.max"},
		{.what = "nor what of it are files",
		 .files = {CGROUP("/"),
			   {AT "/memory.max", "10\n"},
			   {AT "/memory.current", "4\n"},
			   {AT "/memory.stat", "inactive_file x\n"}},
		 .memory = 6,
		 .more = "memory.max"},
	};

	assert_all_read(*state, readings, LENGTH(readings));
}

/* Seen from outside its cgroup's namespace: see cgroup_namespaces(7). */
static void test_a_cgroup_outside_of_the_namespace_limits_nothing(void **state)
{
	static const struct reading readings[] = {
		{.what = "beside it",
		 .files = {CGROUP("/../x"),
			   {AT "/pids.max", "5\n"},
			   {AT "/x/pids.max", "5\n"},
			   {"sys/fs/x/pids.max", "5\n"}}},
		{.what = "above it",
		 .files = {CGROUP("/.."),
			   {AT "/pids.max", "5\n"},
			   {"sys/fs/pids.max", "5\n"}}},
		{.what = "far above it",
		 .files = {CGROUP("/../../x"), {"sys/x/pids.max", "5\n"}}},
		{.what = "a name that only begins so",
		 .files = {CGROUP("/..x"), {AT "/..x/pids.max", "5\n"}},
		 .processes = 5,
		 .more = "pids.max"},
	};

	assert_all_read(*state, readings, LENGTH(readings));
}

/* The kernel adds " (deleted)" to a cgroup that was removed. */
static void test_what_is_above_a_cgroup_out_of_sight_is_read(void **state)
{
	static const struct reading readings[] = {
		{.what = "deleted",
		 .files = {CGROUP("/a/b (deleted)"), {AT "/a/pids.max", "5\n"}},
		 .processes = 5,
		 .more = "pids.max"},
		{.what = "a path of the host's, and a container's mount",
		 .files = {CGROUP("/docker/1"), {AT "/pids.max", "5\n"}},
		 .processes = 5,
		 .more = "pids.max"},
	};

	assert_all_read(*state, readings, LENGTH(readings));
}

static void test_a_path_too_long_to_open_limits_nothing(void **state)
{
	char *text = malloc(2 * PATH_MAX);
	struct reading reading = {.what = "long"};

	assert_non_null(text);
	(void)snprintf(text, 2 * PATH_MAX, "0::/%0*d\n", PATH_MAX, 7);
	reading.files[0] = (struct text){"proc/self/cgroup", text};
	reading.files[1] = (struct text){AT "/pids.max", "5\n"};
	assert_reads(*state, &reading);
	free(text);
}

/* ---- the tasks of a user */

#define ME "1000\t1001\t1002\t1003\n"
#define OTHER "1001\t1000\t1000\t1000\n" /* mine but for its real user */
#define SELF(uid, caps)                                                        \
	{                                                                      \
		"proc/self/status",                                            \
			"Name:\tx\nUid:\t" uid "CapEff:\t" caps "\n"           \
	}
#define TASK(pid, uid, threads)                                                \
	{                                                                      \
		"proc/" pid "/status",                                         \
			"Name:\tx\nUid:\t" uid "Threads:\t" threads "\n"       \
	}
#define MOST(n)                                                                \
	{                                                                      \
		"proc/self/limits",                                            \
			"Limit          Soft Limit  Hard Limit  Units     \n"  \
			"Max processes  " n "       500         processes \n"  \
	}
#define INITIAL                                                                \
	{                                                                      \
		"proc/self/uid_map", "         0          0 4294967295\n"      \
	}
#define INNER                                                                  \
	{                                                                      \
		"proc/self/uid_map", "         0     100000      65536\n"      \
	}

static void test_the_data_that_is_left_to_a_process_is_read(void **state)
{
	static const char limit[] =
		"Limit  Soft Limit  Hard Limit  Units\n"
		"Max data size  104857600  unlimited  bytes\n";
	const struct root *root = *state;
	struct limits limits;

	limits_read(&limits, root->dir);
	assert_true(limits.data == NONE);
	put(root, "proc/self/limits", limit);
	put(root, "proc/self/status", "VmData:\t   10240 kB\n");
	limits_read(&limits, root->dir);
	assert_true(limits.data == 90 * MIB);
	put(root, "proc/self/status", "VmData:\t   1024000 kB\n");
	limits_read(&limits, root->dir);
	assert_true(limits.data == 0);
	put(root, "proc/self/limits", "Max data size  unlimited  unlimited\n");
	limits_read(&limits, root->dir);
	assert_true(limits.data == NONE);
}

static const struct reading tasks_of_the_user[] = {
	{.what = "threads count, others do not",
	 .files = {INITIAL, MOST("100"), SELF(ME, "0"), TASK("1", OTHER, "50"),
		   TASK("20", ME, "1"), TASK("300", ME, "12"),
		   TASK("x4", ME, "5")},
	 .processes = 87,
	 .more = "ulimit -u"},
	{.what = "all used",
	 .files = {INITIAL, MOST("100"), SELF(ME, "0"), TASK("1", ME, "100")},
	 .processes = LEFT_NONE,
	 .more = "ulimit -u"},
	{.what = "more than all used",
	 .files = {INITIAL, MOST("100"), SELF(ME, "0"), TASK("1", ME, "101")},
	 .processes = LEFT_NONE,
	 .more = "ulimit -u"},
	{.what = "garbage",
	 .files = {MOST("100"), SELF(ME, "0"), TASK("1", ME, "x"),
		   TASK("2", "x\n", "7"), TASK("3", ME, "7")},
	 .processes = 92,
	 .more = "ulimit -u"},
	{.what = "the cgroup's is less",
	 .files = {INITIAL,
		   MOST("100"),
		   SELF(ME, "0"),
		   TASK("1", ME, "40"),
		   CGROUP("/"),
		   {AT "/pids.max", "59\n"}},
	 .processes = 59,
	 .more = "pids.max"},
	{.what = "the cgroup's is more",
	 .files = {INITIAL,
		   MOST("100"),
		   SELF(ME, "0"),
		   TASK("1", ME, "40"),
		   CGROUP("/"),
		   {AT "/pids.max", "61\n"}},
	 .processes = 60,
	 .more = "ulimit -u"},
	{.what = "nobody knows who this is",
	 .files = {INITIAL, MOST("100"), TASK("1", ME, "40")}},
};

static void test_tasks_of_the_user_are_counted(void **state)
{
	assert_all_read(*state, tasks_of_the_user, LENGTH(tasks_of_the_user));
}

static void test_nproc_does_not_bind_the_privileged(void **state)
{
	static const struct reading readings[] = {
		{.what = "root",
		 .files = {INITIAL, MOST("100"), SELF("0\t9\t9\t9\n", "0"),
			   TASK("1", "0\t0\t0\t0\n", "40")}},
		{.what = "root on a kernel without user namespaces",
		 .files = {MOST("100"), SELF("0\t9\t9\t9\n", "0"),
			   TASK("1", "0\t0\t0\t0\n", "40")}},
		{.what = "not the real user",
		 .files = {INITIAL, MOST("100"), SELF("1000\t0\t0\t0\n", "0"),
			   TASK("1", ME, "40")},
		 .processes = 60,
		 .more = "ulimit -u"},
		{.what = "CAP_SYS_ADMIN",
		 .files = {INITIAL, MOST("100"), SELF(ME, "0000000000200000"),
			   TASK("1", ME, "40")}},
		{.what = "CAP_SYS_RESOURCE",
		 .files = {INITIAL, MOST("100"), SELF(ME, "0000000001000000"),
			   TASK("1", ME, "40")}},
		{.what = "all others",
		 .files = {INITIAL, MOST("100"), SELF(ME, "000001fffedfffff"),
			   TASK("1", ME, "40")},
		 .processes = 60,
		 .more = "ulimit -u"},
		{.what = "root of an inner user namespace",
		 .files = {INNER, MOST("100"),
			   SELF("0\t0\t0\t0\n", "000001ffffffffff"),
			   TASK("1", "0\t0\t0\t0\n", "40")},
		 .processes = 60,
		 .more = "ulimit -u"},
	};

	assert_all_read(*state, readings, LENGTH(readings));
}

static void test_without_nproc_nobody_is_counted(void **state)
{
	static const struct reading readings[] = {
		{.what = "unlimited",
		 .files = {INITIAL, MOST("unlimited"), SELF(ME, "0"),
			   TASK("1", ME, "40")}},
		{.what = "no file",
		 .files = {INITIAL, SELF(ME, "0"), TASK("1", ME, "40")}},
		{.what = "garbage",
		 .files = {INITIAL, MOST("100x"), SELF(ME, "0"),
			   TASK("1", ME, "40")}},
	};

	assert_all_read(*state, readings, LENGTH(readings));
}

/* ---- the process and the machine */

static void test_a_lowered_descriptor_limit_is_seen(void **state)
{
	const struct root *root = *state;
	struct rlimit before, now;
	struct limits limits;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	limits_read(&limits, root->dir);
	assert_int_equal(limits.descriptors, before.rlim_cur);
	now = (struct rlimit){77, before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
	limits_read(&limits, root->dir);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(limits.descriptors, 77);
}

static void test_machines_of_any_size_are_counted(void **state)
{
	static const size_t sizes[] = {1,    2,    1023, 1024,
				       1025, 4096, 4097, 1 << 20};
	const struct root *root = *state;
	struct limits limits;

	for (size_t i = 0; i < LENGTH(sizes); i++) {
		fake_cpus = sizes[i];
		limits_read(&limits, root->dir);
		assert_int_equal(limits.cores, sizes[i]);
	}
	fake_cpus = (1 << 20) + 1; /* no kernel: but an end must be */
	limits_read(&limits, root->dir);
	assert_int_equal(limits.cores, 1);
}

static void test_this_system_is_read(void **state)
{
	uint64_t machine = (uint64_t)sysconf(_SC_PHYS_PAGES) *
			   (uint64_t)sysconf(_SC_PAGESIZE);
	struct limits limits;
	struct rlimit rlimit;

	(void)state;
	fake_cpus = 0;
	limits_read(&limits, "");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &rlimit), 0);
	assert_int_equal(limits.descriptors, rlimit.rlim_cur);
	assert_in_range(limits.cores, 1, sysconf(_SC_NPROCESSORS_CONF));
	assert_true(limits.processes > 0);
	assert_in_range(limits.memory, MIB, machine);
	assert_non_null(limits.more_memory);
}

/* ---- wishes */

static const struct limits unlimited = {.descriptors = NONE,
					.processes = NONE,
					.memory = NONE,
					.cores = 1,
					.data = NONE};

struct fit {
	struct limits limits; /* 0 stands for NONE */
	struct limits_wish wish;
	unsigned workers, fanout; /* what it gets */
	const char *note;
};

static struct limits filled(struct limits limits)
{
	if (limits.descriptors == 0)
		limits.descriptors = NONE;
	if (limits.processes == 0)
		limits.processes = NONE;
	if (limits.memory == 0)
		limits.memory = NONE;
	if (limits.data == 0)
		limits.data = NONE;
	return limits;
}

static void assert_fits(const struct fit *fit)
{
	struct limits limits = filled(fit->limits);
	struct limits_wish wish = fit->wish;
	struct nf_error err = {0};
	char note[LIMITS_NOTE] = "left from before";

	if (limits_fit(&limits, &wish, note, sizeof(note), &err) == -1)
		fail_msg("%s", err.message);
	assert_string_equal(note, fit->note);
	assert_int_equal(wish.workers, fit->workers);
	assert_int_equal(wish.fanout, fit->fanout);
	assert_int_equal(wish.mode, fit->wish.mode);
}

#define PROCESS NF_MODE_PROCESS
#define THREAD NF_MODE_THREAD
#define SEQUENTIAL NF_MODE_SEQUENTIAL

static void test_a_wish_that_fits_is_left_alone(void **state)
{
	static const struct fit fits[] = {
		{{0}, {PROCESS, 4, 5000, 0, 0, false, 0}, 4, 5000, ""},
		{{0},
		 {PROCESS, UINT_MAX, UINT_MAX, 0, 0, false, 0},
		 UINT_MAX,
		 UINT_MAX,
		 ""},
		{{0},
		 {THREAD, UINT_MAX, UINT_MAX, 0, 0, false, 0},
		 UINT_MAX,
		 UINT_MAX,
		 ""},
		/* just so: 3 * 4 + 500 + 32 files, 4 processes, ... */
		{{544, 4, 4 * MIB + 500 * 100 * KIB, 1, NULL, NULL,
		  MIB + 125 * 164 * KIB},
		 {PROCESS, 4, 500, 0, 0, false, 0},
		 4,
		 500,
		 ""},
		/* A socket for passages more: (3 + 1) * 4 + 500 + 32 files. */
		{{548, 0, 0, 1, NULL, NULL, 0},
		 {PROCESS, 4, 500, 0, 0, true, 0},
		 4,
		 500,
		 ""},
		/* (16 + 3) * 4 + 2 * 500 + 32 */
		{{1108, 4, 4 * 256 * KIB + 500 * 100 * KIB, 1, NULL, NULL,
		  4 * (8 * MIB + 256 * KIB) + 500 * 164 * KIB},
		 {THREAD, 4, 500, 0, 0, false, 0},
		 4,
		 500,
		 ""},
		/* More workers than sessions are the caller's affair. */
		{{0}, {PROCESS, 64, 3, 0, 0, false, 0}, 64, 3, ""},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(fits); i++)
		assert_fits(&fits[i]);
}

static const struct fit lowered[] = {
	/* sessions of which the parent holds three files beside the result */
	{{.descriptors = 216},
	 {PROCESS, 1, 500, 0, 3, false, 0},
	 1,
	 45,
	 "fanout lowered from 500 to 45: a process may open 216 files here; "
	 "raise it with 'ulimit -n'"},
	/* the process for jump hosts, with 40 files beside those of sessions */
	{{.descriptors = 100},
	 {PROCESS, 1, 500, 0, 0, false, 40},
	 1,
	 44,
	 "fanout lowered from 500 to 44: a process may open 100 files here; "
	 "raise it with 'ulimit -n'"},
	/* a worker of sessions that hold a file each, beside their socket */
	{{.descriptors = 216},
	 {PROCESS, 1, 500, 1, 0, false, 0},
	 1,
	 100,
	 "fanout lowered from 500 to 100: a process may open 216 files here; "
	 "raise it with 'ulimit -n'"},
	{{.descriptors = 1024},
	 {PROCESS, 4, 5000, 0, 0, false, 0},
	 4,
	 980,
	 "fanout lowered from 5000 to 980: a process may open 1024 "
	 "files here; raise it with 'ulimit -n'"},
	{{.descriptors = 1107},
	 {THREAD, 4, 500, 0, 0, false, 0},
	 4,
	 499,
	 "fanout lowered from 500 to 499: a process may open 1107 "
	 "files here; raise it with 'ulimit -n'"},
	{{.data = 20 * MIB},
	 {PROCESS, 4, 5000, 0, 0, false, 0},
	 4,
	 472,
	 "fanout lowered from 5000 to 472: a process may have 20 MiB "
	 "more of data here; raise it with 'ulimit -d'"},
	{{.descriptors = 53},
	 {SEQUENTIAL, 1, 2, 0, 0, false, 0},
	 1,
	 1,
	 "fanout lowered from 2 to 1: a process may open 53 files "
	 "here; raise it with 'ulimit -n'"},
	/* 11 * (3 + 16) + 32 files for 11 workers with 16 sessions */
	{{.descriptors = 256},
	 {PROCESS, 64, 5000, 0, 0, false, 0},
	 11,
	 191,
	 "workers lowered from 64 to 11 and fanout from 5000 to 191: a "
	 "process may open 256 files here; raise it with 'ulimit -n'"},
	{{.processes = 3, .more_processes = "raise it so"},
	 {PROCESS, 64, 500, 0, 0, false, 0},
	 3,
	 500,
	 "workers lowered from 64 to 3: 3 more processes may be "
	 "started here; raise it so"},
	{{.processes = 1},
	 {PROCESS, 2, 500, 0, 0, false, 0},
	 1,
	 500,
	 "workers lowered from 2 to 1: 1 more process may be started "
	 "here"},
	{{.processes = 1},
	 {THREAD, 2, 500, 0, 0, false, 0},
	 1,
	 500,
	 "workers lowered from 2 to 1: 1 more thread may be started "
	 "here"},
	{{.processes = 3},
	 {THREAD, 4, 4, 0, 0, false, 0},
	 3,
	 4,
	 "workers lowered from 4 to 3: 3 more threads may be started "
	 "here"},
	{{.memory = 40 * MIB, .more_memory = "buy some"},
	 {PROCESS, 2, 500, 0, 0, false, 0},
	 2,
	 389,
	 "fanout lowered from 500 to 389: 40 MiB of memory are left "
	 "here; buy some"},
	{{.memory = 3 * MIB},
	 {PROCESS, 4, 4, 0, 0, false,
	  0}, /* as many sessions as workers will do */
	 2,
	 4,
	 "workers lowered from 4 to 2: 3072 KiB of memory are left "
	 "here"},
	{{.memory = 3 * MIB},
	 {THREAD, 4, 400, 0, 0, false, 0},
	 1,
	 28,
	 "workers lowered from 4 to 1 and fanout from 400 to 28: 3072 "
	 "KiB of memory are left here"},
	{{1024, 3, 0, 1, "raise it so", NULL, 0},
	 {PROCESS, 64, 5000, 0, 0, false, 0},
	 3,
	 983,
	 "workers lowered from 64 to 3 (3 more processes may be "
	 "started here; raise it so) and fanout from 5000 to 983 (a "
	 "process may open 1024 files here; raise it with "
	 "'ulimit -n')"},
	/* Of several the tightest: 544 files are enough for 500. */
	{{543, 0, 40 * MIB, 1, NULL, NULL, 0},
	 {PROCESS, 4, 500, 0, 0, false, 0},
	 4,
	 368,
	 "fanout lowered from 500 to 368: 40 MiB of memory are left "
	 "here"},
	{{144, 0, 40 * MIB, 1, NULL, NULL, 0},
	 {PROCESS, 4, 500, 0, 0, false, 0},
	 4,
	 100,
	 "fanout lowered from 500 to 100: a process may open 144 "
	 "files here; raise it with 'ulimit -n'"},
	/* No sum wraps: 3 * 4294967295 + 32 + 4294967294 */
	{{.descriptors = UINT64_C(17179869211)},
	 {PROCESS, UINT_MAX, UINT_MAX, 0, 0, false, 0},
	 UINT_MAX - 1,
	 UINT_MAX,
	 "workers lowered from 4294967295 to 4294967294: a process may "
	 "open 17179869211 files here; raise it with 'ulimit -n'"},
	/* 100 KiB each and a thread */
	{{.memory = UINT64_C(439804651270144)},
	 {THREAD, 1, UINT_MAX, 0, 0, false, 0},
	 1,
	 UINT_MAX,
	 ""},
	/* two sessions each */
	{{.memory = UINT64_C(700) << 40},
	 {THREAD, 3u << 30, UINT_MAX, 0, 0, false, 0},
	 1648287887u,
	 3296575777u,
	 "workers lowered from 3221225472 to 1648287887 and fanout "
	 "from 4294967295 to 3296575777: 734003200 MiB of memory are "
	 "left here"},
	{{.memory = UINT64_C(439804651270143)},
	 {THREAD, 1, UINT_MAX, 0, 0, false, 0},
	 1,
	 UINT_MAX - 1,
	 "fanout lowered from 4294967295 to 4294967294: 419430400 MiB "
	 "of memory are left here"},
};

static void test_a_wish_is_lowered_and_the_note_says_why(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(lowered); i++)
		assert_fits(&lowered[i]);
}

static void test_a_sequential_run_starts_nothing(void **state)
{
	struct limits limits = unlimited;
	struct limits_wish wish = {SEQUENTIAL, 1, 1, 0, 0, false, 0};
	char note[LIMITS_NOTE];

	(void)state;
	limits.processes = 0;
	assert_int_equal(limits_fit(&limits, &wish, note, sizeof(note), NULL),
			 0);
}

/* ---- refusals: the least that one worker with one session needs */

struct least {
	enum nf_mode mode;
	struct limits limits;
	const char *message;
};

#define REFUSAL "not even one worker with one session fits: "

static const struct least leasts[] = {
	{PROCESS,
	 {.descriptors = 36},
	 REFUSAL "a process may open 35 files here; raise it with "
		 "'ulimit -n'"},
	{THREAD,
	 {.descriptors = 53},
	 REFUSAL "a process may open 52 files here; raise it with "
		 "'ulimit -n'"},
	{SEQUENTIAL,
	 {.descriptors = 53},
	 REFUSAL "a process may open 52 files here; raise it with "
		 "'ulimit -n'"},
	{PROCESS,
	 {.processes = 1, .more_processes = "so"},
	 REFUSAL "0 more processes may be started here; so"},
	{THREAD,
	 {.processes = 1},
	 REFUSAL "0 more threads may be started here"},
	{PROCESS,
	 {.memory = 1124 * KIB, .more_memory = "so"},
	 REFUSAL "1123 KiB of memory are left here; so"},
	{THREAD,
	 {.memory = 356 * KIB},
	 REFUSAL "355 KiB of memory are left here"},
	{SEQUENTIAL,
	 {.memory = 356 * KIB},
	 REFUSAL "355 KiB of memory are left here"},
};

static void test_one_session_is_had_while_it_fits(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(leasts); i++) {
		struct limits limits = filled(leasts[i].limits);
		struct limits_wish wish = {leasts[i].mode, 1, 1, 0, 0,
					   false,          0};
		char note[LIMITS_NOTE] = "x";

		assert_int_equal(
			limits_fit(&limits, &wish, note, sizeof(note), NULL),
			0);
		assert_string_equal(note, "");
	}
}

static void test_less_than_one_session_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(leasts); i++) {
		struct limits limits = leasts[i].limits;
		struct limits_wish wish = {leasts[i].mode, 7, 500, 0, 0,
					   false,          0};
		struct nf_error err = {0};
		char note[LIMITS_NOTE] = "x";

		limits = filled(limits);
		limits.descriptors -= limits.descriptors != NONE;
		limits.processes -= limits.processes != NONE;
		limits.memory -= limits.memory != NONE;
		assert_int_equal(
			limits_fit(&limits, &wish, note, sizeof(note), &err),
			-1);
		assert_int_equal(err.code, NF_SYSTEM);
		assert_string_equal(err.message, leasts[i].message);
		assert_string_equal(note, "");
		assert_int_equal(wish.workers, 7);
		assert_int_equal(wish.fanout, 500);
	}
}

static void test_a_note_is_cut_to_its_room(void **state)
{
	struct limits limits = unlimited;
	struct limits_wish wish = {PROCESS, 4, 5000, 0, 0, false, 0};
	char note[8] = "xxxxxxx";

	(void)state;
	limits.descriptors = 1024;
	assert_int_equal(limits_fit(&limits, &wish, note, 7, NULL), 0);
	assert_string_equal(note, "fanout");
}

/* ---- any wish in any system, by trying */

/* The needs once more, of workers and the parent each for itself. */
static bool has_room(const struct limits *limits,
		     const struct limits_wish *wish, uint64_t workers,
		     uint64_t fanout)
{
	enum nf_mode mode = wish->mode;
	/* Files of the parent. */
	uint64_t here = 32 + 3 * workers + fanout * (1 + wish->parent_files);
	uint64_t each = 1 + wish->held_files; /* of a session in its worker */
	uint64_t there = (fanout + workers - 1) / workers * each + 16;
	uint64_t jump =
		wish->jump_files > 0 ? wish->jump_files + fanout + 16 : 0;
	uint64_t memory = fanout * 100 * KIB, data = fanout * 164 * KIB;

	if (mode == PROCESS)
		data = MIB + (fanout + workers - 1) / workers * 164 * KIB;
	if (mode == THREAD)
		data += workers * (8 * MIB + 256 * KIB);
	if (mode != PROCESS) {
		here += fanout * each + 16 * workers;
		there = 0;
	}
	memory += workers * (mode == PROCESS ? MIB : 256 * KIB);
	return here <= limits->descriptors && there <= limits->descriptors &&
	       jump <= limits->descriptors &&
	       (mode == SEQUENTIAL || workers <= limits->processes) &&
	       memory <= limits->memory && data <= limits->data;
}

static void assert_fitted(const struct limits *limits,
			  const struct limits_wish *wish,
			  const struct limits_wish *fit)
{
	unsigned each = (wish->fanout + wish->workers - 1) / wish->workers;
	unsigned more;

	assert_in_range(fit->workers, 1, wish->workers);
	assert_in_range(fit->fanout, 1, wish->fanout);
	assert_true(has_room(limits, wish, fit->workers, fit->fanout));
	/* Nor would one more have fitted. */
	if (fit->fanout < wish->fanout)
		assert_false(
			has_room(limits, wish, fit->workers, fit->fanout + 1));
	more = (fit->workers + 1) * (each < 16 ? each : 16);
	if (fit->workers < wish->workers)
		assert_false(
			has_room(limits, wish, fit->workers + 1,
				 more < wish->fanout ? more : wish->fanout));
}

static void assert_tried(const struct limits *limits,
			 const struct limits_wish *wish)
{
	struct limits_wish fit = *wish;
	char note[LIMITS_NOTE];

	if (limits_fit(limits, &fit, note, sizeof(note), NULL) == -1) {
		assert_false(has_room(limits, wish, 1, 1));
		assert_memory_equal(&fit, wish, sizeof(fit));
		return;
	}
	assert_fitted(limits, wish, &fit);
	assert_int_equal(note[0] == '\0', fit.workers == wish->workers &&
						  fit.fanout == wish->fanout);
	assert_true(strlen(note) < sizeof(note) - 1);
	/* What was fitted fits. */
	assert_int_equal(limits_fit(limits, &fit, note, sizeof(note), NULL), 0);
	assert_string_equal(note, "");
}

static void test_any_wish_gets_what_fits_and_no_less(void **state)
{
	struct limits limits = {.more_processes = "", .more_memory = ""};
	struct limits_wish wish = {.mode = PROCESS};
	uint32_t random = 1;

	(void)state;
	for (int i = 0; i < 60000; i++) {
		random = random * 1664525u + 1013904223u;
		limits.descriptors = random >> 8 & 0x1ff;
		limits.processes = random >> 17 & 0xf;
		limits.memory = (random >> 21 & 0x3ff) * 64 * KIB;
		random = random * 1664525u + 1013904223u;
		limits.data = (random >> 9 & 0x3ff) * 128 * KIB;
		random = random * 1664525u + 1013904223u;
		wish.mode = (enum nf_mode)((random >> 8) % NF_NMODES);
		wish.workers = 1 + (random >> 12 & 0x1f);
		wish.fanout = 1 + (random >> 20 & 0x1ff);
		wish.held_files = random >> 29 & 1;
		wish.parent_files = random >> 30;
		wish.jump_files = random >> 4 & 0xff;
		assert_tried(&limits, &wish);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	TEST(test_nothing_to_read_limits_nothing),
	TEST(test_pids_of_cgroups_are_read),
	TEST(test_memory_of_cgroups_is_read),
	TEST(test_cgroups_of_version_1_are_read),
	TEST(test_memory_of_the_machine_is_read),
	TEST(test_cpus_of_cgroups_are_read),
	TEST(test_garbage_limits_nothing),
	TEST(test_parts_of_a_file_that_are_garbage_limit_nothing),
	TEST(test_a_cgroup_outside_of_the_namespace_limits_nothing),
	TEST(test_what_is_above_a_cgroup_out_of_sight_is_read),
	TEST(test_a_path_too_long_to_open_limits_nothing),
	TEST(test_the_data_that_is_left_to_a_process_is_read),
	TEST(test_tasks_of_the_user_are_counted),
	TEST(test_nproc_does_not_bind_the_privileged),
	TEST(test_without_nproc_nobody_is_counted),
	TEST(test_a_lowered_descriptor_limit_is_seen),
	TEST(test_machines_of_any_size_are_counted),
	TEST(test_this_system_is_read),
	cmocka_unit_test(test_a_wish_that_fits_is_left_alone),
	cmocka_unit_test(test_a_wish_is_lowered_and_the_note_says_why),
	cmocka_unit_test(test_a_sequential_run_starts_nothing),
	cmocka_unit_test(test_one_session_is_had_while_it_fits),
	cmocka_unit_test(test_less_than_one_session_is_refused),
	cmocka_unit_test(test_a_note_is_cut_to_its_room),
	cmocka_unit_test(test_any_wish_gets_what_fits_and_no_less),
};

UNIT_MAIN(tests)
