/* Unified diffs of two texts, by diff(1). */
#ifndef NETFAN_STORE_TEXT_DIFF_H
#define NETFAN_STORE_TEXT_DIFF_H

#include "netfan.h"
#include "store/folder.h"

#define TEXT_DIFF_LINE ((size_t)64 * 1024) /* a longer line is cut */

/*
 * Compare two texts, from descriptors of regular files, whole, wherever they
 * stand (-1: an empty text), and pass on the lines of their diff without its two
 * header lines. NF_SYSTEM (sys_errno ENOENT: there is no diff), NF_TIMEOUT after
 * a minute, without the time that take took, NF_CANCELLED as take gave up.
 */
int text_diff(const struct folder *folder, int before_fd, int after_fd,
	      nf_take_line *take, void *arg, struct nf_error *err);

#endif
