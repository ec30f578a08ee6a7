/* The kinds of workers: a row each. */
#include "worker/worker_kind.h"

#include "worker/worker_inline.h"
#include "worker/worker_process.h"
#include "worker/worker_thread.h"

static const struct worker_kind *const kinds[NF_NMODES] = {
	[NF_MODE_PROCESS] = &worker_process,
	[NF_MODE_THREAD] = &worker_thread,
	[NF_MODE_SEQUENTIAL] = &worker_inline,
};

const struct worker_kind *worker_kind_find(enum nf_mode mode)
{
	return kinds[mode];
}
