/* Files that are written whole, or not at all. */
#ifndef NETFAN_CMD_COLLECT_WHOLE_FILE_H
#define NETFAN_CMD_COLLECT_WHOLE_FILE_H

#include <sys/stat.h>

#include "format/output.h"
#include "netfan.h"

/*
 * Write a file of this mode, whatever the umask, and put it in the place of the
 * one that is there. Until then it has that one's name and seven characters
 * more, so that who reads *.prom or *.html of a directory does not see it. A link
 * stays, and the file behind it is replaced; a device or a pipe is refused. 0, or
 * -1 with err->message, the file as it was.
 */
int whole_file_write(const char *path, mode_t mode,
		     void (*write)(struct output *out, const void *arg),
		     const void *arg, struct nf_error *err);

#endif
