/* Large arrays: what the kernel is told of them. */
#ifndef NETFAN_BASE_LARGE_H
#define NETFAN_BASE_LARGE_H

#include <stddef.h>

/*
 * Say of len bytes at a place that all of them will be written soon. Of an array
 * of megabytes, the kernel then gives whole parts at once (transparent huge
 * pages, madvise(2) MADV_HUGEPAGE) where it would stop the program at every
 * 4 KiB of it. Nothing is done with small ones, and nothing is wrong where the
 * kernel has no such pages: no page is given beyond the array.
 */
void large_hint(void *at, size_t len);

#endif
