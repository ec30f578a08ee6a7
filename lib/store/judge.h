/* Judging: what becomes of an output, by a table of rules. */
#ifndef NETFAN_STORE_JUDGE_H
#define NETFAN_STORE_JUDGE_H

#include "netfan.h"

/* Outputs below this may shrink as they like, but not to nothing. */
#define JUDGE_SMALL ((uint64_t)1024)

/* Runs in a row with the same much shorter output, after which it is taken. */
#define JUDGE_RUNS 3u

/* What a device answered to a command. */
struct answer {
	bool cut; /* it is not whole */
	bool lost; /* it could not be kept aside */
	bool rejected; /* the device called the command invalid */
	bool ran; /* as a program; then: */
	int status; /* 0-255; -1: none */
	bool own; /* the command is one of its platform's list */
	bool blank; /* it has nothing but blanks, counted or not */
	bool marked; /* it ends with the mark of its command */
	bool has_mark; /* the command has such a mark */
	uint8_t digest[NF_DIGEST]; /* of what counts */
	uint64_t bytes; /* of that */
};

/* What there was before it. */
struct before {
	bool kept; /* an earlier run kept an output */
	bool there; /* a file is in its place; then: */
	uint64_t bytes; /* that count */
	bool marked;
	bool same; /* it says the same as the answer */
	unsigned shrunk; /* runs in a row with this answer, this one too */
};

struct judge_limits {
	double ratio; /* of what is much shorter; negative: nothing is */
	bool accept; /* what is shrunk is taken */
};

struct verdict {
	enum nf_output_fate fate;
	enum nf_code code; /* of the device then; NF_OK: it has not failed */
	char why[128]; /* in words, or "" */
};

/* Is it an answer that may be kept? Only of such a one is all of *before looked
 * at: of others kept and there. */
bool judge_good(const struct answer *answer);

void judge(const struct answer *answer, const struct before *before,
	   const struct judge_limits *limits, struct verdict *verdict);

#endif
