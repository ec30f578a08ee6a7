/* The lock of a folder: one run at a time. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/deadline_clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/printable.h"
#include "store/folder.h"

#define LOCK_TEXT 128 /* of who has it, at most */
#define PAUSE_FIRST_MS 10 /* between looks at a lock that another run has */
#define PAUSE_MS 1000
#define DYING_MS 5000 /* for what a killed run leaves, to be gone */

static int open_lock(const struct folder *folder, struct nf_error *err)
{
	int fd = openat(folder->netfan_fd, "lock",
			O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
			0600);

	if (fd == -1)
		return folder_refuse(folder, "open", ".netfan/lock", err);
	(void)fchmod(fd, 0600);
	return fd;
}

/* 1; 0 when another has it. */
static int try_lock(const struct folder *folder, int fd, struct nf_error *err)
{
	while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno == EWOULDBLOCK)
			return 0;
		if (errno != EINTR)
			return folder_refuse(
				folder,
				"lock (name a folder where files can be "
				"locked)",
				".netfan/lock", err);
	}
	return 1;
}

/* What cannot be told, of a full disk, say, is left out. */
static void tell_lock(int fd)
{
	time_t now = time(NULL);
	char since[64] = "", text[LOCK_TEXT];
	struct tm tm;
	int len;

	if (localtime_r(&now, &tm) != NULL)
		(void)strftime(since, sizeof(since), " since %F %T %z", &tm);
	len = snprintf(text, sizeof(text), "process %ld%s\n", (long)getpid(),
		       since);
	if (file_pwrite(fd, text, (size_t)len, 0) != len)
		len = 0;
	if (ftruncate(fd, len) == -1)
		return;
}

static int tell_busy(const struct folder *folder, int fd, struct nf_error *err)
{
	char bytes[LOCK_TEXT], text[LOCK_TEXT], shown[FOLDER_SHOWN];
	ssize_t len = pread(fd, bytes, sizeof(bytes), 0);

	folder_shown(shown, folder, "");
	printable_copy(text, sizeof(text), (const uint8_t *)bytes,
		       len > 0 ? (size_t)len : 0);
	return error_set(err, NF_BUSY, "another run works in %s%s%s", shown,
			 *text != '\0' ? ": " : "", text);
}

/*
 * A run that was killed may have a child that was just forked, and has the lock
 * until it has closed what is not its own. A process that cannot be seen from
 * here counts as dead: that costs a moment.
 */
static bool is_holder_dead(int fd)
{
	char text[LOCK_TEXT] = "";
	long pid;

	return pread(fd, text, sizeof(text) - 1, 0) > 0 &&
	       sscanf(text, "process %ld", &pid) == 1 && pid > 0 &&
	       kill((pid_t)pid, 0) == -1 && errno == ESRCH;
}

/* Wait for a look later: signals end it early. */
static void pause_before(int64_t deadline_ms, int64_t now_ms, int pause_ms)
{
	int left_ms = deadline_wait_ms(deadline_ms, now_ms);

	(void)poll(NULL, 0,
		   left_ms != -1 && left_ms < pause_ms ? left_ms : pause_ms);
}

static int wait_lock(const struct folder *folder, int fd, int64_t deadline_ms,
		     bool (*interrupted)(void *arg), void *arg,
		     struct nf_error *err)
{
	for (int pause_ms = PAUSE_FIRST_MS;; pause_ms *= 2) {
		int rc = try_lock(folder, fd, err);
		int64_t now_ms = deadline_clock_ms();

		if (rc != 0)
			return rc == 1 ? 0 : -1;
		if (interrupted != NULL && interrupted(arg))
			return error_set(err, NF_CANCELLED,
					 "stopped waiting for another run");
		if (deadline_ms == 0 && is_holder_dead(fd))
			deadline_ms = now_ms + DYING_MS;
		if (deadline_ms == 0 || now_ms >= deadline_ms)
			return tell_busy(folder, fd, err);
		if (pause_ms > PAUSE_MS)
			pause_ms = PAUSE_MS;
		pause_before(deadline_ms, now_ms, pause_ms);
	}
}

int folder_lock(struct folder *folder, int64_t deadline_ms,
		bool (*interrupted)(void *arg), void *arg, struct nf_error *err)
{
	int fd = open_lock(folder, err);

	if (fd == -1)
		return -1;
	if (wait_lock(folder, fd, deadline_ms, interrupted, arg, err) == -1) {
		(void)close(fd);
		return -1;
	}
	tell_lock(fd);
	folder->lock_fd = fd;
	return 0;
}
