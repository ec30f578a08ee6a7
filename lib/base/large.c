/* Large arrays: what the kernel is told of them. */
#include "base/large.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define LARGE ((size_t)4 * 1024 * 1024) /* two huge pages, as most have them */

void large_hint(void *at, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE); /* it is always known */
	size_t before = -(uintptr_t)at & (page - 1); /* to the next page */

	if (len < LARGE)
		return;
	(void)madvise((char *)at + before, (len - before) / page * page,
		      MADV_HUGEPAGE);
}
