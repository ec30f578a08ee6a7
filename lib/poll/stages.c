/* How far each device's session has come. */
#include "poll/stages.h"

#include <sys/mman.h>

#include "base/error.h"

int stages_init(struct stages *stages, size_t n, struct nf_error *err)
{
	void *memory = mmap(NULL, n, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return error_sys(err, NF_SYSTEM, "no memory for stages");
	*stages = (struct stages){.at = memory, .n = n};
	return 0;
}

void stages_release(struct stages *stages)
{
	if (stages->at != NULL)
		(void)munmap(stages->at, stages->n);
	*stages = (struct stages){0};
}

/* Workers write the stages: a value that is none of theirs is not believed. */
enum nf_stage stages_of(const struct stages *stages, uint32_t device)
{
	unsigned char stage =
		atomic_load_explicit(&stages->at[device], memory_order_relaxed);

	return stage > NF_STAGE_CONNECT && stage < NF_NSTAGES
		       ? (enum nf_stage)stage
		       : NF_STAGE_CONNECT;
}
