/* Writing to files and pipes. */
#ifndef NETFAN_BASE_FILE_H
#define NETFAN_BASE_FILE_H

#include <sys/types.h>

/*
 * As write(2) and pwrite(2), but that a file-size limit (RLIMIT_FSIZE) makes
 * them fail with EFBIG, whatever the program has made of SIGXFSZ: the kernel
 * sends it to the thread that writes, and by default it ends the program.
 */
ssize_t file_write(int fd, const void *bytes, size_t len);
ssize_t file_pwrite(int fd, const void *bytes, size_t len, off_t at);

/* As file_write(), until all is written: 0, or -1 with errno. */
int file_write_all(int fd, const void *bytes, size_t len);

/* As write(2), but that a pipe which nobody reads makes it fail with EPIPE,
 * whatever the program has made of SIGPIPE. */
ssize_t pipe_write(int fd, const void *bytes, size_t len);

#endif
