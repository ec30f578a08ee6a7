/*
 * What this system lets a run have, found out before the first login, so that
 * a run is made smaller rather than failing in its middle.
 *
 * Control groups are looked at where they are mounted as a rule: version 2 on
 * /sys/fs/cgroup, of version 1 each controller on /sys/fs/cgroup/NAME.
 */
#ifndef NETFAN_SYSTEM_LIMITS_H
#define NETFAN_SYSTEM_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netfan.h"

/* UINT64_MAX where nothing limits. */
struct limits {
	uint64_t descriptors; /* RLIMIT_NOFILE, soft */
	uint64_t processes; /* or threads, that may still be made */
	uint64_t memory; /* bytes that may still be used */
	unsigned cores; /* CPUs that may be kept busy; at least 1 */
	const char *more_processes; /* what would give more; static, or NULL */
	const char *more_memory; /* likewise */
	uint64_t data; /* bytes that this process may still make its own */
};

/*
 * Read them, below root: "" for the system, else a directory with proc/ and
 * sys/fs/cgroup/ in it (RLIMIT_NOFILE and the affinity mask are this process's
 * in either case). What cannot be read limits nothing.
 *
 *   processes  RLIMIT_NPROC less the tasks of this user, as far as /proc shows
 *              them (root, CAP_SYS_RESOURCE and CAP_SYS_ADMIN are not bound
 *              by it, but in a user namespace); pids.max less pids.current
 *   memory     MemAvailable of /proc/meminfo; memory.max and memory.high (above
 *              which all slows down) less memory.current, in which the page
 *              cache that can be reclaimed (inactive_file and active_file of
 *              memory.stat) does not count
 *   cores      the affinity mask; cpu.max, rounded up
 *   data       RLIMIT_DATA less VmData, of each process alone
 *
 * Of version 1, memory.limit_in_bytes less memory.usage_in_bytes, with the same
 * of memory.stat, and cpu.cfs_quota_us by cpu.cfs_period_us.
 *
 * The files of cgroups count in the own one and in all above it, as far as a
 * cgroup namespace shows them. RLIMIT_AS is not looked at: it bounds the
 * addresses of each process, most of them libraries and stacks that never
 * become memory, and not what all use together.
 */
void limits_read(struct limits *limits, const char *root);

/* The width of a run, as it is wished for, then as it fits. The first
 * three are at least 1. */
struct limits_wish {
	enum nf_mode mode;
	unsigned workers;
	unsigned fanout;
	unsigned held_files; /* that a session may hold in its worker */
	unsigned parent_files; /* that the parent may hold for a session, beside
				* its result */
	bool passes; /* the parent has one more file for each worker */
	unsigned
		jump_files; /* of the process for jump hosts, beside one for each
			      * session; 0: there is none */
};

#define LIMITS_NOTE 384 /* room for any note */

/*
 * Lower workers and fanout to what fits; workers only when each would have but
 * few sessions otherwise. The note is one line, "" when all fits:
 *
 *   fanout lowered from 5000 to 980: a process may open 1024 files here; raise
 *   it with 'ulimit -n'
 *
 * Of several limits the tightest is named. -1 with NF_SYSTEM, and the wish as
 * it was, when not even one worker with one session fits.
 */
int limits_fit(const struct limits *limits, struct limits_wish *wish,
	       char *note, size_t note_size, struct nf_error *err);

#endif
