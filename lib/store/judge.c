/* Judging: what becomes of an output. */
#include "store/judge.h"

#include <inttypes.h>
#include <stdio.h>

struct trial {
	const struct answer *answer;
	const struct before *before;
	const struct judge_limits *limits;
};

static bool is_cut(const struct trial *trial)
{
	return trial->answer->cut;
}

static bool is_lost(const struct trial *trial)
{
	return trial->answer->lost;
}

static bool is_rejected(const struct trial *trial)
{
	return trial->answer->rejected;
}

static bool has_failed(const struct trial *trial)
{
	return trial->answer->ran && trial->answer->status != 0;
}

static bool is_blank(const struct trial *trial)
{
	return trial->answer->blank;
}

/* The platform's list has commands that not every device knows. One of which
 * there was an answer once is missed. */
static bool is_dispensable(const struct trial *trial)
{
	return trial->answer->own && !trial->before->there &&
	       !trial->before->kept;
}

static bool is_dispensable_and_rejected(const struct trial *trial)
{
	return is_dispensable(trial) &&
	       (is_rejected(trial) || has_failed(trial));
}

static bool is_dispensable_and_blank(const struct trial *trial)
{
	return is_dispensable(trial) && is_blank(trial);
}

static bool is_same(const struct trial *trial)
{
	return trial->before->same;
}

/* It has its end mark: then it is whole at any length. */
static bool is_marked(const struct trial *trial)
{
	return trial->answer->marked;
}

static bool is_shrunk(const struct trial *trial)
{
	const struct before *before = trial->before;

	if (!before->there || trial->limits->ratio < 0 ||
	    trial->limits->accept || is_marked(trial) ||
	    before->shrunk >= JUDGE_RUNS)
		return false;
	if (before->marked && trial->answer->has_mark)
		return true;
	/* One of which nothing counts is no answer to what once did. */
	return (before->bytes >= JUDGE_SMALL || trial->answer->bytes == 0) &&
	       (double)trial->answer->bytes <
		       trial->limits->ratio * (double)before->bytes;
}

static bool is_new(const struct trial *trial)
{
	return !trial->before->kept;
}

static bool always(const struct trial *trial)
{
	(void)trial;
	return true;
}

static void say_status(const struct trial *trial, char *why, size_t size)
{
	if (trial->answer->status == -1)
		(void)snprintf(why, size, "it was killed on the device");
	else
		(void)snprintf(why, size, "it ended with status %d",
			       trial->answer->status);
}

static void say_shrunk(const struct trial *trial, char *why, size_t size)
{
	(void)snprintf(why, size,
		       "%" PRIu64 " byte%s after %" PRIu64
		       "%s: kept aside, %u of %u runs",
		       trial->answer->bytes,
		       trial->answer->bytes == 1 ? "" : "s",
		       trial->before->bytes,
		       trial->before->marked && trial->answer->has_mark
			       ? ", and without its last line"
			       : "",
		       trial->before->shrunk, JUDGE_RUNS);
}

/* The first rule that holds decides. Those before is_same make do without what
 * was before. */
static const struct rule {
	bool (*holds)(const struct trial *trial);
	enum nf_output_fate fate;
	enum nf_code code; /* of the device */
	const char *why;
	void (*say)(const struct trial *trial, char *why, size_t size);
} rules[] = {
	{is_cut, NF_OUTPUT_FAILED, NF_INCOMPLETE, "the answer is not whole",
	 NULL},
	{is_lost, NF_OUTPUT_FAILED, NF_SYSTEM, "it could not be written", NULL},
	{is_dispensable_and_rejected, NF_OUTPUT_LEFT_OUT, NF_OK,
	 "the device refuses it", NULL},
	{is_rejected, NF_OUTPUT_FAILED, NF_COMMAND_REJECTED,
	 "the device refuses it", NULL},
	{has_failed, NF_OUTPUT_FAILED, NF_COMMAND_REJECTED, NULL, say_status},
	{is_dispensable_and_blank, NF_OUTPUT_LEFT_OUT, NF_OK,
	 "the answer is blank", NULL},
	{is_blank, NF_OUTPUT_FAILED, NF_INCOMPLETE, "the answer is blank",
	 NULL},
	{is_same, NF_OUTPUT_SAME, NF_OK, "", NULL},
	{is_shrunk, NF_OUTPUT_SHRUNK, NF_INCOMPLETE, NULL, say_shrunk},
	{is_new, NF_OUTPUT_ADDED, NF_OK, "", NULL},
	{always, NF_OUTPUT_CHANGED, NF_OK, "", NULL},
};

bool judge_good(const struct answer *answer)
{
	const struct trial trial = {.answer = answer};

	return !is_cut(&trial) && !is_lost(&trial) && !is_rejected(&trial) &&
	       !has_failed(&trial) && !is_blank(&trial);
}

void judge(const struct answer *answer, const struct before *before,
	   const struct judge_limits *limits, struct verdict *verdict)
{
	const struct trial trial = {answer, before, limits};
	const struct rule *rule = rules;

	while (!rule->holds(&trial))
		rule++;
	verdict->fate = rule->fate;
	verdict->code = rule->code;
	if (rule->say != NULL)
		rule->say(&trial, verdict->why, sizeof(verdict->why));
	else
		(void)snprintf(verdict->why, sizeof(verdict->why), "%s",
			       rule->why);
}
