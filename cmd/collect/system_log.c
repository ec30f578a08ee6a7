/* A run in the system's log. */
#include "collect/system_log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "format/escape.h"

#define LINE_MAX_BYTES 1024 /* what any log takes as one line */
#define HEAD_MAX 64 /* bytes before it */
#define PATIENCE_S 1 /* with a log that takes no line */

struct log {
	struct sockaddr_un address;
	int fd;
	int sys_errno; /* of the first line that was not taken: no other is */
};

/* ---- a line */

/* Write what stands before a line, as syslog(3) has it: its length. */
static int put_head(char head[HEAD_MAX], int level)
{
	time_t now = time(NULL);
	char when[32] = "";
	struct tm tm;

	if (localtime_r(&now, &tm) != NULL)
		(void)strftime(when, sizeof(when), "%b %e %T ", &tm);
	return snprintf(head, HEAD_MAX,
			"<%d>%snetfan[%ld]: ", LOG_DAEMON | level, when,
			(long)getpid());
}

/* Log a line about a device, with as much of the text as there is room for. */
static void log_line(struct log *log, int level, const char *text)
{
	char line[HEAD_MAX + LINE_MAX_BYTES];
	int len = put_head(line, level);
	ssize_t n;

	if (log->sys_errno != 0)
		return;
	escape_copy(line + len, LINE_MAX_BYTES, ESCAPE_LINE, text);
	/* To the path each time: a log that is started anew gets the rest. */
	do
		n = sendto(log->fd, line, strlen(line), MSG_NOSIGNAL,
			   (const struct sockaddr *)&log->address,
			   sizeof(log->address));
	while (n == -1 && errno == EINTR);
	if (n == -1)
		log->sys_errno = errno;
}

/* ---- what is logged */

static void log_failed(struct log *log, const struct nf_store_device *dev)
{
	char line[LINE_MAX_BYTES];

	(void)snprintf(line, sizeof(line), "%s: %s: %s: %s: %s", dev->name,
		       nf_device_fate_name(dev->fate),
		       nf_stage_name(dev->error.stage),
		       nf_code_name(dev->error.code), dev->error.message);
	log_line(log, LOG_WARNING, line);
}

static void log_changed(struct log *log, const struct nf_store_device *dev)
{
	char line[LINE_MAX_BYTES];
	int len = snprintf(line, sizeof(line), "%s: changed", dev->name);

	for (size_t i = 0; i < dev->noutputs; i++) {
		const struct nf_store_output *output = &dev->outputs[i];

		if ((output->fate == NF_OUTPUT_CHANGED ||
		     output->fate == NF_OUTPUT_ADDED) &&
		    (size_t)len < sizeof(line))
			len += snprintf(line + len, sizeof(line) - (size_t)len,
					": %s", output->path);
	}
	log_line(log, LOG_NOTICE, line);
}

static void log_device(struct log *log, const struct nf_store_device *dev)
{
	if (collection_failed(dev))
		log_failed(log, dev);
	if (collection_changed(dev))
		log_changed(log, dev);
}

static void log_all(struct log *log, const struct collection *c)
{
	char summary[COLLECTION_SUMMARY];

	for (size_t i = 0; i < c->ndevices; i++)
		log_device(log, c->devices[i]);
	for (size_t i = 0; i < c->nproblems; i++)
		log_line(log, LOG_ERR, c->problems[i]);
	collection_summary(c, summary);
	log_line(log, LOG_INFO, summary);
}

/* ---- the socket */

/* -1 with errno. */
static int log_open(struct log *log, const char *path)
{
	static const struct timeval patience = {.tv_sec = PATIENCE_S};

	*log = (struct log){.address = {.sun_family = AF_UNIX}};
	(void)snprintf(log->address.sun_path, sizeof(log->address.sun_path),
		       "%s", path);
	log->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (log->fd == -1)
		return -1;
	return setsockopt(log->fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
			  sizeof(patience));
}

int system_log(const struct collection *c, const char *path,
	       struct nf_error *err)
{
	struct log log;

	if (log_open(&log, path) == -1)
		log.sys_errno = errno;
	else
		log_all(&log, c);
	if (log.fd != -1)
		(void)close(log.fd);
	if (log.sys_errno == 0)
		return 0;
	(void)snprintf(err->message, sizeof(err->message), "%s: %s", path,
		       log.sys_errno == EAGAIN ? "the log takes no lines"
					       : strerror(log.sys_errno));
	return -1;
}
