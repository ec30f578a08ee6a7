/* Shared memory. */
#include "base/shared_memory.h"

#include <stdint.h>
#include <sys/mman.h>

#include "base/error.h"

static void *mapped(void *memory)
{
	return memory != MAP_FAILED ? memory : NULL;
}

/* Not of a memfd: that is a file, which a file-size limit would keep small. */
int shared_memory_init(struct shared_memory *shared, size_t size,
		       const char *what, struct nf_error *err)
{
	void *again;

	shared->size = size;
	shared->writing = mapped(mmap(NULL, size, PROT_READ | PROT_WRITE,
				      MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	if (shared->writing == NULL)
		return error_sys(err, NF_SYSTEM, "no memory for %s", what);
	/* From nothing: a second view of the same pages, see mremap(2). */
	again = mapped(mremap(shared->writing, 0, size, MREMAP_MAYMOVE));
	shared->reading = again;
	if (again == NULL || mprotect(again, size, PROT_READ) == -1 ||
	    madvise(shared->writing, size, MADV_DONTFORK) == -1)
		return error_sys(err, NF_SYSTEM, "no memory for %s", what);
	return 0;
}

void shared_memory_release(struct shared_memory *shared)
{
	if (shared->writing != NULL)
		(void)munmap(shared->writing, shared->size);
	if (shared->reading != NULL)
		(void)munmap((void *)(uintptr_t)shared->reading, shared->size);
	*shared = (struct shared_memory){0};
}
