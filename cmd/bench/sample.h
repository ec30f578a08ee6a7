/*
 * A sample: what a run of a benchmark keeps of one device's session, its times
 * and two hashes of what the device said, to be compared with other runs.
 */
#ifndef NETFAN_CMD_BENCH_SAMPLE_H
#define NETFAN_CMD_BENCH_SAMPLE_H

#include "netfan.h"

struct sample {
	enum nf_code code; /* NF_OK: every command was answered */
	bool refused; /* a command was called invalid */
	int64_t us[NF_NTIMES];
	uint64_t exact; /* hash of every byte, those of the prompt, too */
	uint64_t loose; /* hash of each line up to its first digit */
};

/* Take a sample of a result, whose body is read: 0, or -1 with the errors of
 * nf_result_read(). */
int sample_take(struct sample *sample, struct nf_result *result,
		struct nf_error *err);

/* Do two samples differ in what the device said, be it in a number alone? */
bool sample_differs(const struct sample *one, const struct sample *other,
		    bool exact);

#endif
